// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/filmdraw.h"

#include "base/arena.h"
#include "media/av.h"
#include "media/stillfile.h"
#include "picture/overlay.h"

#include <stdlib.h>

struct filmdraw {
    const struct film_piece *pieces;
    struct overlay **overlays;
    size_t n;
};

int filmdraw_new(const struct film_piece *pieces, size_t n, struct filmdraw **ret, struct err *e)
{
    struct filmdraw *d = mem_alloc(sizeof *d);
    d->pieces = pieces;
    d->overlays = mem_alloc((n + 1) * sizeof *d->overlays);
    int r = 0;
    for (; r >= 0 && d->n < n; d->n++) {
        struct pixels p = {0};
        r = stillfile_read(pieces[d->n].path, &p, e);
        if (r < 0)
            break;
        d->overlays[d->n] = overlay_new(p.rgba, p.width, p.height, p.stride);
        pixels_done(&p);
    }
    if (r < 0) {
        filmdraw_free(d);
        return r;
    }
    *ret = d;
    return 0;
}

void filmdraw_free(struct filmdraw *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->n; i++)
        overlay_free(d->overlays[i]);
    free(d->overlays);
    free(d);
}

static int strength(const struct film_piece *p, tick at)
{
    if (at < p->from || at >= p->to)
        return 0;
    double in = p->fade_in > 0 ? (double)(at - p->from) / (double)p->fade_in : 1;
    double out = p->fade_out > 0 ? (double)(p->to - at) / (double)p->fade_out : 1;
    double share = in < out ? in : out;
    return share >= 1 ? OVERLAY_OPAQUE : (int)(share * OVERLAY_OPAQUE + 0.5);
}

bool filmdraw_shows(const struct filmdraw *d, tick at)
{
    for (size_t i = 0; i < d->n; i++)
        if (strength(&d->pieces[i], at))
            return true;
    return false;
}

void filmdraw_draw(const struct filmdraw *d, tick at, struct image *into)
{
    for (size_t i = 0; i < d->n; i++) {
        int alpha = strength(&d->pieces[i], at);
        if (alpha)
            overlay_blend(d->overlays[i], into, d->pieces[i].x, d->pieces[i].y, alpha);
    }
}

struct image filmdraw_image(const AVFrame *f)
{
    return (struct image){
        .width = f->width,
        .height = f->height,
        .plane = {f->data[0], f->data[1], f->data[2]},
        .stride = {f->linesize[0], f->linesize[1], f->linesize[2]},
    };
}
