// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/hlspack.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"

#include <errno.h>
#include <stdlib.h>

enum { FILE_BUFFER = 1 << 18 };

void hlspack_init(struct hls_pack *k, const struct hls_params *p)
{
    *k = (struct hls_pack){.p = p, .buffer = mem_alloc(FILE_BUFFER)};
}

void hlspack_done(struct hls_pack *k)
{
    if (k->now.file)
        fclose(k->now.file);
    free(k->buffer);
}

int hlspack_open(struct hls_pack *k, const char *path, const char *type, struct err *e)
{
    const char *full = fs_join(k->p->arena, k->p->dir, path);
    FILE *f = fopen(full, "wbe");
    if (!f)
        return err_errno(e, -errno, full);
    setvbuf(f, k->buffer, _IOFBF, FILE_BUFFER);
    k->now = (struct boxes){.file = f};
    k->files = arena_grow(k->p->arena, k->files, k->num_files, &k->cap, sizeof *k->files);
    k->files[k->num_files++] = (struct hls_file){path, 0, type};
    return 0;
}

int hlspack_status(struct hls_pack *k, struct err *e)
{
    if (!k->now.error)
        return 0;
    const char *path = k->files[k->num_files - 1].path;
    return err_errno(e, k->now.error, fs_join(k->p->arena, k->p->dir, path));
}

int hlspack_close(struct hls_pack *k, struct err *e)
{
    if (fclose(k->now.file) != 0 && !k->now.error)
        k->now.error = -errno;
    k->now.file = NULL;
    k->files[k->num_files - 1].bytes = k->now.at;
    return hlspack_status(k, e);
}

int hlspack_text(struct hls_pack *k, const char *path, const char *type, const struct str *text,
                 struct err *e)
{
    if (text->over)
        return err_set(e, -EFBIG, "%s: too much text", path);
    int r = hlspack_open(k, path, type, e);
    if (r < 0)
        return r;
    box_bytes(&k->now, text->p, text->len);
    return hlspack_close(k, e);
}

void hlspack_add(struct hls_pack *k, struct hls_track *t, struct hls_piece piece)
{
    t->pieces = arena_grow(k->p->arena, t->pieces, t->count, &t->cap, sizeof *t->pieces);
    t->pieces[t->count++] = piece;
}

// ---- one rendition

static int close_segment(struct hls_strand *s, struct err *e)
{
    if (!s->segments.count)
        return 0;
    s->segments.pieces[s->segments.count - 1].bytes = s->pack->now.at;
    return hlspack_close(s->pack, e);
}

int hlsstrand_segment(struct hls_strand *s, tick start, struct err *e)
{
    struct arena *a = s->pack->p->arena;
    int r = close_segment(s, e);
    if (r >= 0)
        r = progress_check(s->pack->p->progress, e);
    if (r < 0)
        return r;
    char name[HLS_NAME];
    unsigned number = (unsigned)s->segments.count + 1;
    hlslist_segment_name(number, "m4s", name);
    hlspack_add(s->pack, &s->segments, (struct hls_piece){.start = start, .file = number});
    r = hlspack_open(s->pack, fs_join(a, s->folder, name), HLS_TYPE_SEGMENT, e);
    if (r >= 0)
        hlsbox_put_segment_type(&s->pack->now);
    return r;
}

void hlsstrand_head(struct hls_strand *s, struct hls_fragment *f)
{
    f->number = ++s->fragments;
    hlsbox_put_fragment(&s->pack->now, f);
}

int hlsstrand_end(struct hls_strand *s, tick end, struct err *e)
{
    s->segments.end = s->iframes.end = end;
    return close_segment(s, e);
}
