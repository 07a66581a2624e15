// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/filmtone.h"

#include "base/arena.h"
#include "media/av.h"
#include "media/filmdraw.h"

#include <stdlib.h>
#include <string.h>

struct filmtone {
    struct filmtone_shot *shots;
    size_t n, now;              // the shot that the last frame was of
    struct tone_tables *tables; // of it; NULL: it stays as it is
};

static bool stays(const struct tone_correction *c)
{
    return c->luma == 1 && c->blue == 1 && c->red == 1;
}

static void begin_shot(struct filmtone *t, size_t shot)
{
    const struct tone_correction *by = &t->shots[shot].by;
    tone_tables_free(t->tables);
    t->tables = stays(by) ? NULL : tone_tables_new(by);
    t->now = shot;
}

struct filmtone *filmtone_new(struct tone *measured)
{
    const struct tone_shot *found;
    struct filmtone *t = mem_alloc(sizeof *t);
    t->n = tone_shots(measured, &found);
    struct tone_shot *shots = mem_alloc((t->n + 1) * sizeof *shots);
    struct tone_correction *by = mem_alloc((t->n + 1) * sizeof *by);
    t->shots = mem_alloc((t->n + 1) * sizeof *t->shots);
    for (size_t i = 0; i < t->n; i++) {
        shots[i] = found[i];
        // a camera may take few frames of what stands still, and what is long weighs more
        shots[i].frames = found[i].at.end - found[i].at.start;
    }
    tone_match(shots, t->n, by);
    for (size_t i = 0; i < t->n; i++)
        t->shots[i] = (struct filmtone_shot){found[i].at, found[i].level, by[i]};
    free(by);
    free(shots);
    if (t->n)
        begin_shot(t, 0);
    return t;
}

void filmtone_free(struct filmtone *t)
{
    if (!t)
        return;
    tone_tables_free(t->tables);
    free(t->shots);
    free(t);
}

size_t filmtone_shots(const struct filmtone *t, const struct filmtone_shot **ret)
{
    *ret = t->shots;
    return t->n;
}

int filmtone_apply(struct filmtone *t, AVFrame *f, tick at, struct err *e)
{
    size_t shot = t->now;
    while (shot + 1 < t->n && at >= t->shots[shot + 1].at.start)
        shot++;
    if (shot != t->now)
        begin_shot(t, shot);
    if (!t->tables)
        return 0;
    int r = av_frame_make_writable(f); // the decoder may still refer to it
    if (r < 0)
        return libav_error(e, r, "a picture");
    struct image m = filmdraw_image(f);
    tone_apply(t->tables, &m);
    return 0;
}
