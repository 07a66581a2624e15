// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/projector.h"

#include "base/arena.h"
#include "base/err.h"
#include "media/graph.h"
#include "media/reel.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static const tick worth_seeking = 20 * TICKS_PER_SEC; // cut out: decoding it would take longer

struct projector {
    const struct film_track *track;
    int threads;
    size_t part;         // of the reel
    tick begins;         // of that part, in the track
    struct reel *reel;   // NULL: not open
    struct graph *weave; // makes frames of fields; NULL: not needed
    bool drained;        // it was told of the end
    AVFrame *raw;
    tick last; // in the track; where the last frame stood
    struct projector_result result;
};

struct projector *projector_new(const struct film_track *t, int threads)
{
    struct projector *p = mem_alloc(sizeof *p);
    p->track = t;
    p->threads = threads;
    p->raw = av_frame_alloc();
    if (!p->raw)
        mem_fail();
    p->result.first_error = TICK_NONE;
    return p;
}

static void stop_weaving(struct projector *p)
{
    graph_close(p->weave);
    p->weave = NULL;
    p->drained = false;
}

static void close_part(struct projector *p)
{
    struct reel_damage damage;
    if (p->reel) {
        reel_damage(p->reel, &damage);
        if (damage.errors && p->result.first_error == TICK_NONE)
            p->result.first_error = p->begins + damage.first;
        p->result.errors += damage.errors;
    }
    reel_close(p->reel);
    p->reel = NULL;
    stop_weaving(p);
}

void projector_close(struct projector *p)
{
    if (!p)
        return;
    close_part(p);
    av_frame_free(&p->raw);
    free(p);
}

void projector_result(const struct projector *p, struct projector_result *ret)
{
    struct reel_damage damage = {0, TICK_NONE};
    *ret = p->result;
    if (p->reel)
        reel_damage(p->reel, &damage);
    ret->errors += damage.errors;
    if (damage.errors && ret->first_error == TICK_NONE)
        ret->first_error = p->begins + damage.first;
}

static const struct film_part *part_of(const struct projector *p)
{
    return &p->track->parts[p->part];
}

// ---- fields

static const AVRational tick_base = {1, (int)TICKS_PER_SEC};
static const char weaving[] = "bwdif=mode=send_frame:parity=auto:deint=all";
enum { WOVEN = 2 }; // bwdif counts time in halves

static int push_field(struct projector *p, AVFrame *f, struct err *e)
{
    if (!p->weave) {
        int r = graph_open(weaving, f, tick_base, p->threads, &p->weave, e);
        if (r < 0)
            return r;
    }
    return graph_push(p->weave, f, e);
}

static int read_woven(struct projector *p, AVFrame *ret, tick *ret_at, struct err *e)
{
    for (;;) {
        int r = p->weave ? graph_pull(p->weave, ret, e) : 0;
        if (r > 0)
            *ret_at = ret->pts / WOVEN;
        if (r != 0)
            return r;
        tick at = 0;
        r = reel_read(p->reel, p->raw, &at, e);
        if (r < 0)
            return r;
        if (r == 0 && (!p->weave || p->drained))
            return 0;
        p->drained = r == 0;
        p->raw->pts = at;
        r = p->drained ? graph_push(p->weave, NULL, e) : push_field(p, p->raw, e);
        if (r < 0)
            return r;
    }
}

// ---- frames

static int open_part(struct projector *p, struct err *e)
{
    const struct film_part *part = part_of(p);
    return reel_open(
        &(struct reel_params){.path = part->path, .zero = part->zero, .threads = p->threads},
        &p->reel, e);
}

static tick on_common_clock(const struct film_track *t, tick at)
{
    double own = (double)at - t->offset_s * (double)TICKS_PER_SEC;
    return (tick)llround(own / (1 + t->drift_ppm / 1e6));
}

static tick on_own_clock(const struct film_track *t, tick recorded)
{
    return recorded + (tick)llround(t->offset_s * (double)TICKS_PER_SEC +
                                    (double)recorded * t->drift_ppm / 1e6);
}

// A frame of this part; 0: there are no more that belong to it.
static int read_part(struct projector *p, AVFrame *ret, tick *ret_at, struct err *e)
{
    const struct film_part *part = part_of(p);
    bool last = p->part + 1 == p->track->num_parts;
    int r = part->interlaced ? read_woven(p, ret, ret_at, e) : reel_read(p->reel, ret, ret_at, e);
    if (r > 0 && !last && *ret_at >= part->length) {
        av_frame_unref(ret);
        return 0;
    }
    return r;
}

int projector_next(struct projector *p, AVFrame *ret, tick *ret_recorded,
                   const struct film_part **ret_part, struct err *e)
{
    while (p->part < p->track->num_parts) {
        tick at = 0;
        int r = p->reel ? 0 : open_part(p, e);
        if (r >= 0)
            r = read_part(p, ret, &at, e);
        if (r < 0)
            return r;
        if (r > 0) {
            p->result.decoded++;
            p->last = p->begins + at;
            *ret_recorded = on_common_clock(p->track, p->last);
            *ret_part = part_of(p);
            return 1;
        }
        close_part(p);
        p->begins += part_of(p)->length;
        p->part++;
    }
    if (p->result.decoded)
        return 0;
    return err_input(e, "%s: damaged: nothing of its picture can be decoded",
                     p->track->parts[0].path);
}

void projector_skip(struct projector *p, tick recorded)
{
    tick at = on_own_clock(p->track, recorded);
    if (at - p->last < worth_seeking || p->part == p->track->num_parts)
        return;
    while (p->part + 1 < p->track->num_parts && at >= p->begins + part_of(p)->length) {
        close_part(p);
        p->begins += part_of(p)->length;
        p->part++;
    }
    if (p->reel && reel_seek(p->reel, at - p->begins))
        stop_weaving(p);
}
