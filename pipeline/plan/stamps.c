// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/stamps.h"

#include "base/fs.h"
#include "base/hash.h"
#include "base/proc.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static void add_stamp(int dir_fd, struct hash *h, const char *path, int64_t *newest_ns)
{
    struct stat st;
    int64_t stamp[4] = {0};
    if (fstatat(dir_fd, path, &st, 0) == 0) {
        stamp[0] = (int64_t)st.st_ino;
        stamp[1] = S_ISDIR(st.st_mode) ? 0 : (int64_t)st.st_size;
        stamp[2] = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
        stamp[3] = (int64_t)st.st_mode;
        if (stamp[2] > *newest_ns)
            *newest_ns = stamp[2];
    }
    hash_add_text(h, path);
    hash_add(h, stamp, sizeof stamp);
}

static void finish_key(struct hash *h, char ret[STAMPS_KEY + 1])
{
    char hex[HASH_HEX];
    hash_finish(h, hex);
    memcpy(ret, hex, STAMPS_KEY);
    ret[STAMPS_KEY] = '\0';
}

int64_t stamps_key(int dir_fd, const char *paths, char ret[STAMPS_KEY + 1])
{
    int64_t newest_ns = 0;
    char path[PATH_MAX];
    struct hash *h = hash_new();
    for (const char *at = paths; *at;) {
        size_t len = strcspn(at, ";"), n = len < sizeof path ? len : sizeof path - 1;
        memcpy(path, at, n);
        path[n] = '\0';
        add_stamp(dir_fd, h, path, &newest_ns);
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
        add_stamp(AT_FDCWD, h, fs_join(a, path, names[i]), newest_ns);
}

void stamps_world(const struct session *s, char ret[STAMPS_KEY + 1])
{
    static const char *const programs[] = {"dgl-episode", "dgl-episode-worker"};
    const int dir_fd = AT_FDCWD;
    struct arena a = {0};
    char self[PATH_MAX];
    int64_t newest = 0;
    struct hash *h = hash_new();
    add_stamp(dir_fd, h, fs_join(&a, s->dir, s->show.file->path), &newest);
    if (s->show.calendar_path)
        add_stamp(dir_fd, h, s->show.calendar_path, &newest);
    for (size_t i = 0; i < COUNT(programs) && proc_self_dir(self, sizeof self) >= 0; i++)
        add_stamp(dir_fd, h, fs_join(&a, self, programs[i]), &newest);
    for (size_t i = 0; s->preset_dirs[i]; i++) {
        char **names;
        size_t n;
        if (fs_list_tree(&a, s->preset_dirs[i], &names, &n, NULL) < 0)
            continue;
        for (size_t k = 0; k < n; k++) {
            const char *path = fs_join(&a, s->preset_dirs[i], names[k]);
            add_stamp(dir_fd, h, path, &newest);
            add_linked(&a, h, path, &newest);
        }
    }
    finish_key(h, ret);
    arena_done(&a);
}
