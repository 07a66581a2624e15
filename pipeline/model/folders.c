// SPDX-License-Identifier: GPL-3.0-or-later
// Which episodes a show has, and which of them is meant.
#include "base/fs.h"
#include "base/str.h"
#include "model/episode.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int episode_folders_but(struct arena *a, const char *show_dir,
                        bool (*is_one)(void *ctx, const char *folder), void *ctx, char ***ret,
                        size_t *ret_n, struct err *e)
{
    const char *dir = fs_join(a, show_dir, "episodes");
    char **names;
    size_t n, kept = 0;
    int r = fs_list(a, dir, &names, &n, e);
    if (r < 0) {
        if (e)
            e->kind = ERR_INPUT;
        return r;
    }
    int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC); // of thousands, paths are half the work
    for (size_t i = 0; r >= 0 && i < n; i++) {
        char path[NAME_MAX + sizeof "/episode.yaml"];
        snprintf(path, sizeof path, "%s/episode.yaml", names[i]);
        if (*names[i] == '.')
            continue;
        if ((is_one && is_one(ctx, names[i])) || faccessat(fd, path, F_OK, 0) == 0)
            names[kept++] = names[i];
        else if (errno == EACCES)
            r = err_input(e,
                          "episodes/%s: the folder may not be read\n"
                          "give yourself the right to read it, or move it out of the show",
                          names[i]);
    }
    if (fd >= 0)
        close(fd);
    if (r < 0)
        return r;
    *ret = names;
    *ret_n = kept;
    return 0;
}

int episode_folders(struct arena *a, const char *show_dir, char ***ret, size_t *ret_n,
                    struct err *e)
{
    return episode_folders_but(a, show_dir, NULL, NULL, ret, ret_n, e);
}

static int refuse(struct err *e, const char *word, const char *why, char **names, size_t n)
{
    struct str s;
    str_init(&s, 2000);
    for (size_t i = 0; i < n; i++)
        str_addf(&s, "\n  %s", names[i]);
    int r = err_input(e, "%.200s: %s%s", word, why,
                      n > 0 ? s.p : "\nthere is none yet: make one with dgl-episode new");
    str_done(&s);
    return r;
}

// A path to a folder below episodes/, or to a file in it: the folder's name; NULL: it leads
// elsewhere.
static char *folder_of_path(struct arena *a, const char *show_dir, const char *word)
{
    const char *episodes = fs_absolute(a, fs_join(a, show_dir, "episodes"));
    const char *path = fs_absolute(a, word);
    size_t len = strlen(episodes);
    if (strncmp(path, episodes, len) != 0 || path[len] != '/')
        return NULL;
    const char *name = path + len + 1;
    return arena_strndup(a, name, strcspn(name, "/"));
}

static const char *whole_name(char **names, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], word) == 0)
            return names[i];
    }
    return NULL;
}

int episode_find(struct arena *a, const char *show_dir, const char *word, char **ret_folder,
                 struct err *e)
{
    char **names;
    size_t n, hits = 0;
    int r = episode_folders(a, show_dir, &names, &n, e);
    if (r < 0)
        return r;
    const char *name = whole_name(names, n, word);
    if (!name && strchr(word, '/')) {
        const char *folder = folder_of_path(a, show_dir, word);
        if (!folder)
            return refuse(e, word, "is not an episode of this show, which are", names, n);
        name = whole_name(names, n, folder);
        if (!name)
            return refuse(e, word, "holds no episode.yaml; the episodes are", names, n);
    }
    char **meant = arena_array(a, char *, n + 1);
    for (size_t i = 0; !name && *word && i < n; i++) {
        if (str_starts(names[i], word))
            meant[hits++] = names[i];
    }
    if (!name && hits > 1)
        return refuse(e, word, "may be any of", meant, hits);
    if (!name && hits == 0)
        return refuse(e, word, "there is no such episode; there are", names, n);
    *ret_folder = arena_strdup(a, name ? name : meant[0]);
    return 0;
}
