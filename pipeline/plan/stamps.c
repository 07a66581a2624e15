// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/stamps.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/proc.h"
#include "base/str.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// The show's own folder is the last one.
static const char *const folders[] = {"episodes/",     ".dgl/store/", "public/episodes/",
                                      "public/media/", "public/kit/", ""};

struct stamps_show {
    int fd[COUNT(folders)]; // below 0: it is not there
};

struct stamps_show *stamps_open(const char *dir)
{
    struct arena a = {0};
    struct stamps_show *show = mem_alloc(sizeof *show);
    for (size_t i = 0; i < COUNT(folders); i++)
        show->fd[i] = open(fs_join(&a, dir, folders[i]), O_PATH | O_DIRECTORY | O_CLOEXEC);
    arena_done(&a);
    if (show->fd[COUNT(folders) - 1] >= 0)
        return show;
    stamps_close(show);
    return NULL;
}

void stamps_close(struct stamps_show *show)
{
    for (size_t i = 0; show && i < COUNT(folders); i++)
        if (show->fd[i] >= 0)
            close(show->fd[i]);
    free(show);
}

// Where path is to be looked up, and what is left of it.
static int nearest(const struct stamps_show *show, const char **path)
{
    size_t i = 0;
    while (show->fd[i] < 0 || !str_starts(*path, folders[i]))
        i++;
    *path += strlen(folders[i]);
    return show->fd[i];
}

static void add_stat(int dir_fd, struct hash *h, const char *path, int64_t *newest_ns)
{
    struct stat st;
    int64_t stamp[4] = {0};
    if (fstatat(dir_fd, path, &st, 0) == 0) {
        stamp[0] = (int64_t)st.st_ino;
        stamp[1] = S_ISDIR(st.st_mode) ? 0 : (int64_t)st.st_size;
        stamp[2] = clock_ns(st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
        stamp[3] = (int64_t)st.st_mode;
        if (stamp[2] > *newest_ns)
            *newest_ns = stamp[2];
    }
    hash_add(h, stamp, sizeof stamp);
}

static void add_stamp(struct hash *h, const char *path, int64_t *newest_ns)
{
    hash_add_text(h, path);
    add_stat(AT_FDCWD, h, path, newest_ns);
}

static void finish_key(struct hash *h, char ret[STAMPS_KEY + 1])
{
    char hex[HASH_HEX];
    hash_finish(h, hex);
    memcpy(ret, hex, STAMPS_KEY);
    ret[STAMPS_KEY] = '\0';
}

int64_t stamps_key(const struct stamps_show *show, const char *paths, char ret[STAMPS_KEY + 1])
{
    int64_t newest_ns = 0;
    char path[PATH_MAX];
    struct hash *h = hash_new();
    hash_add_text(h, paths);
    for (const char *at = paths; *at;) {
        size_t len = strcspn(at, ";"), n = len < sizeof path ? len : sizeof path - 1;
        memcpy(path, at, n);
        path[n] = '\0';
        const char *rest = path;
        int fd = nearest(show, &rest);
        add_stat(fd, h, rest, &newest_ns);
        at += len + (at[len] == ';');
    }
    finish_key(h, ret);
    return newest_ns;
}

// A link to a folder is one name of the tree, with the time of the folder: what is in it, too.
static void add_linked(struct arena *a, struct hash *h, const char *path, int64_t *newest_ns)
{
    char **names;
    size_t n;
    if (!fs_is_dir(path) || fs_list(a, path, &names, &n, NULL) < 0)
        return;
    for (size_t i = 0; i < n; i++)
        add_stamp(h, fs_join(a, path, names[i]), newest_ns);
}

void stamps_world(const struct session *s, char ret[STAMPS_KEY + 1])
{
    static const char *const programs[] = {"dgl-episode", "dgl-episode-worker"};
    struct arena a = {0};
    char self[PATH_MAX];
    int64_t newest = 0;
    struct hash *h = hash_new();
    add_stamp(h, fs_join(&a, s->dir, s->show.file->path), &newest);
    if (s->show.calendar_path)
        add_stamp(h, s->show.calendar_path, &newest);
    for (size_t i = 0; i < COUNT(programs) && proc_self_dir(self, sizeof self) >= 0; i++)
        add_stamp(h, fs_join(&a, self, programs[i]), &newest);
    for (size_t i = 0; s->preset_dirs[i]; i++) {
        char **names;
        size_t n;
        if (fs_list_tree(&a, s->preset_dirs[i], &names, &n, NULL) < 0)
            continue;
        for (size_t k = 0; k < n; k++) {
            const char *path = fs_join(&a, s->preset_dirs[i], names[k]);
            add_stamp(h, path, &newest);
            add_linked(&a, h, path, &newest);
        }
    }
    finish_key(h, ret);
    arena_done(&a);
}
