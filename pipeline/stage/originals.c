// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/originals.h"

#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "stage/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *folder(const struct stage_job *job)
{
    return fs_join(job->arena, job->show_dir, "originals");
}

int originals_prepare(struct stage_job *job, struct original *const *all, size_t n, struct err *e)
{
    char *dir = folder(job), **names;
    int64_t bytes = 0;
    size_t num_names;
    int r = fs_list(job->arena, dir, &names, &num_names, e);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        struct original *o = all[i];
        int64_t size = fs_size(o->from);
        for (size_t k = 0; k < num_names && !o->there; k++)
            o->there = str_starts(names[k], o->sha256) && !strstr(names[k], ".tmp-") &&
                       fs_size(fs_join(job->arena, dir, names[k])) == size;
        o->copy = arena_printf(job->arena, "%s/%s.tmp-%ld-%zu", dir, o->sha256, (long)getpid(), i);
        bytes += size > 0 && !o->there ? size : 0;
    }
    if (r >= 0 && bytes)
        r = fs_need_room(dir, bytes, e);
    return r < 0 ? r : fs_mkdirs(dir, e);
}

// What is read back must come from the disk, not from memory.
static void drop_cache(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
}

struct copying {
    const struct progress *progress;
    const atomic_bool *unwanted;
};

static bool copying_stopped(const void *ctx)
{
    const struct copying *c = ctx;
    return progress_stopped(c->progress) || (c->unwanted && atomic_load(c->unwanted));
}

int originals_copy(struct stage_job *job, struct original *o, struct err *e)
{
    if (o->there)
        return 0;
    char hex[HASH_HEX];
    struct copying c = {job->progress, o->unwanted};
    int r = fs_copy_until(o->from, o->copy, 0444, copying_stopped, &c, e);
    if (r == -ECANCELED && !progress_stopped(job->progress))
        return 0;
    if (r < 0)
        return r;
    drop_cache(o->copy);
    r = hash_file(o->copy, hex, job->progress ? job->progress->stop : NULL, NULL, NULL, e);
    if (r < 0)
        return r;
    if (strcmp(hex, o->sha256) != 0)
        return err_set(e, -EIO,
                       "%s: the copy differs from the recording: it was changed meanwhile, or the "
                       "disk is faulty; try again",
                       o->name);
    return 0;
}

int originals_keep(struct stage_job *job, struct original *o, const char *extension, struct err *e)
{
    o->path = arena_printf(job->arena, "originals/%s.%s", o->sha256, extension);
    char *to = fs_join(job->arena, job->show_dir, o->path);
    if (fs_size(to) > 0 && fs_size(to) == fs_size(o->from))
        return 0;
    int r = 0;
    if (o->there) { // under another extension
        o->there = false;
        r = originals_copy(job, o, e);
    }
    if (r >= 0 && rename(o->copy, to) < 0)
        r = err_errno(e, -errno, to);
    return r < 0 ? r : fs_sync_dir(folder(job), e);
}

void originals_drop(struct original *o)
{
    if (o->copy)
        unlink(o->copy);
}
