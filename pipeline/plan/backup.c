// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/backup.h"

#include <sys/stat.h>

#include "base/fs.h"

static bool same_disk(const char *x, const char *y)
{
    struct stat a, b;
    return stat(x, &a) == 0 && stat(y, &b) == 0 && a.st_dev == b.st_dev;
}

// In the folder itself, or in the folder originals/ of a copy of the whole show.
static bool has_copy(struct arena *a, const char *folder, const char *name, int64_t size)
{
    return fs_size(fs_join(a, folder, name)) == size ||
           fs_size(fs_join(a, folder, arena_printf(a, "originals/%s", name))) == size;
}

struct json *backup_look(struct session *s)
{
    struct arena a = {0};
    const char *here = fs_join(&a, s->dir, "originals"), *there = s->show.backup;
    char **names = NULL;
    size_t n = 0, missing = 0;
    int64_t bytes = 0;
    struct err unreadable = {0};
    if (fs_list(&a, here, &names, &n, &unreadable) < 0 || n == 0) {
        arena_done(&a);
        return NULL;
    }
    bool there_now = there && fs_is_dir(there);
    for (size_t i = 0; there_now && i < n; i++) {
        int64_t size = fs_size(fs_join(&a, here, names[i]));
        if (has_copy(&a, there, names[i], size))
            continue;
        missing++;
        bytes += size > 0 ? size : 0;
    }
    struct json *o = json_new_object();
    json_put_text(o, "state",
                  !there                   ? "none"
                  : !there_now             ? "away"
                  : missing                ? "missing"
                  : same_disk(here, there) ? "same disk"
                                           : "whole");
    json_put_text(o, "folder", there);
    json_put_int(o, "originals", (int64_t)n);
    if (there_now) {
        json_put_int(o, "missing", (int64_t)missing);
        json_put_int(o, "missing_bytes", bytes);
    }
    arena_done(&a);
    return o;
}
