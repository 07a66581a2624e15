// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/remote.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"

struct remote {
    const struct remote_kind *kind;
    void *own;
    void (*sent)(void *ctx, int64_t bytes);
    bool (*stopped)(const void *ctx);
    void *ctx;
    int64_t gone; // of the file on its way
};

static const struct remote_kind *const kinds[] = {
    &remote_webdav, &remote_ftps, &remote_folder, &remote_s3, &remote_sftp,
};

static void count(void *ctx, int64_t bytes)
{
    struct remote *r = ctx;
    r->gone += bytes;
    if (r->sent)
        r->sent(r->ctx, bytes);
}

static bool is_stopped(const void *ctx)
{
    const struct remote *r = ctx;
    return r->stopped && r->stopped(r->ctx);
}

int remote_open(const struct remote_params *p, struct remote **ret, struct err *e)
{
    *ret = NULL;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (!str_same(kinds[i]->name, p->kind))
            continue;
        struct remote *made = mem_alloc(sizeof(*made));
        struct remote_params own = *p;
        *made = (struct remote){kinds[i], NULL, p->sent, p->stopped, p->ctx, 0};
        own.sent = count;
        own.stopped = is_stopped;
        own.ctx = made;
        int r = kinds[i]->open(&own, &made->own, e);
        if (r < 0)
            free(made);
        else
            *ret = made;
        return r;
    }
    return err_input(e, "there is no kind of target '%s'", p->kind);
}

void remote_close(struct remote *r)
{
    if (r)
        r->kind->close(r->own);
    free(r);
}

// "text/html; charset=utf-8" is text/html here.
static bool is_type(const char *found, const char *wanted)
{
    size_t n = strcspn(wanted, ";"), m = strcspn(found, "; ");
    return n == m && !strncasecmp(found, wanted, n);
}

static int compare(const struct remote_file *f, const struct remote_facts *there, struct err *e)
{
    if (!there->there)
        return err_remote(e, -EBADMSG, "%s: was sent, but is not there", f->path);
    if (there->bytes >= 0 && there->bytes != f->bytes)
        return err_remote(e, -EBADMSG, "%s: has %lld bytes there, not %lld", f->path,
                          (long long)there->bytes, (long long)f->bytes);
    if (*there->sha256 && strcasecmp(there->sha256, f->sha256) != 0)
        return err_remote(e, -EBADMSG, "%s: has other bytes there than were sent", f->path);
    if (*there->type && f->type && !is_type(there->type, f->type))
        return err_remote(e, -EBADMSG, "%s: is given out as %s there, not as %s", f->path,
                          there->type, f->type);
    return 0;
}

// Whoever asks for it: what a target holds beside the show's folder is not ours.
static int keep_below(const char *path, struct err *e)
{
    return fs_leads_down(path) ? 0 : err_set(e, -EINVAL, "%s: leads out of the target", path);
}

int remote_put(struct remote *r, const struct remote_file *f, struct err *e)
{
    struct remote_facts there = {.bytes = -1};
    r->gone = 0;
    int k = keep_below(f->path, e);
    if (k >= 0)
        k = r->kind->put(r->own, f, e);
    if (k >= 0)
        k = remote_look(r, f->path, &there, e);
    if (k >= 0)
        k = compare(f, &there, e);
    if (k < 0 && r->gone != 0)
        count(r, -r->gone);
    return k;
}

int remote_look(struct remote *r, const char *path, struct remote_facts *ret, struct err *e)
{
    *ret = (struct remote_facts){.bytes = -1};
    int k = keep_below(path, e);
    return k < 0 ? k : r->kind->look(r->own, path, ret, e);
}

int remote_get(struct remote *r, const char *path, const char *to, size_t max, struct err *e)
{
    int k = keep_below(path, e);
    return k < 0 ? k : r->kind->get(r->own, path, to, max, e);
}

int remote_remove(struct remote *r, const char *path, const char *const *parts, struct err *e)
{
    static const char *const none[] = {NULL};
    struct remote_facts there;
    int k = keep_below(path, e);
    parts = parts ? parts : none;
    for (size_t i = 0; k >= 0 && parts[i]; i++)
        if (!hash_is_hex(parts[i]))
            k = err_set(e, -EINVAL, "%s: a part of it is named by no hash", path);
    if (k >= 0)
        k = r->kind->remove(r->own, path, parts, e);
    if (k >= 0)
        k = remote_look(r, path, &there, e);
    if (k >= 0 && there.there)
        return err_remote(e, -EEXIST, "%s: was removed, but is still there", path);
    return k;
}

char *remote_part_name(struct arena *a, const char *path, const char *sha256)
{
    const char *name = fs_basename(path);
    return arena_printf(a, "%.*s.%s.%.*s.part", (int)(name - path), path, name, REMOTE_PART_DIGITS,
                        sha256);
}

double remote_asked_s(const struct remote *r)
{
    return r->kind->asked_s ? r->kind->asked_s(r->own) : 0;
}

bool remote_may_mend(const struct err *e)
{
    static const int never[] = {-EACCES, -EKEYREJECTED, -EINVAL, -ENOSPC, -EDQUOT,
                                -EROFS,  -ENOTDIR,      -EISDIR, -ELOOP,  -EFBIG,
                                -EPERM,  -ECANCELED,    -ENOENT};
    for (size_t i = 0; i < COUNT(never); i++)
        if (e->code == never[i])
            return false;
    return e->kind == ERR_REMOTE;
}
