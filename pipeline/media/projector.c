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
    tick step;
    int threads;
    size_t part; // of the reel
    tick begins; // of that part, in the track
    struct reel *reel;
    struct graph *weave; // makes frames of fields; NULL: not needed
    bool drained;        // it was told of the end
    AVFrame *raw;
    AVFrame *shown, *next;
    tick next_at; // in the track; TICK_NONE: there is no next one in this part
    const struct film_part *shown_part; // NULL: nothing is shown yet
    bool is_new;
    struct projector_result result;
};

struct projector *projector_new(const struct film_track *t, tick step, int threads)
{
    struct projector *p = mem_alloc(sizeof *p);
    p->track = t;
    p->step = step;
    p->threads = threads;
    p->raw = av_frame_alloc();
    p->shown = av_frame_alloc();
    p->next = av_frame_alloc();
    if (!p->raw || !p->shown || !p->next)
        mem_fail();
    p->next_at = p->result.first_error = TICK_NONE;
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
    av_frame_free(&p->shown);
    av_frame_free(&p->next);
    free(p);
}

void projector_result(const struct projector *p, struct projector_result *ret)
{
    *ret = p->result;
}

static const struct film_part *part_of(const struct projector *p)
{
    return &p->track->parts[p->part];
}

// Time stamps of a constant rate are rounded, to a millisecond in Matroska: its frames are told by
// their number.
static tick steady(const struct film_part *part, tick at)
{
    if (part->rate_num <= 0)
        return at;
    double period = (double)TICKS_PER_SEC * part->rate_den / part->rate_num;
    double n = round((double)(at - part->first) / period);
    return part->first + (tick)llround(n * period);
}

// ---- frames of the reel, woven where they are fields

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

static int read_woven(struct projector *p, tick *ret_at, struct err *e)
{
    for (;;) {
        int r = p->weave ? graph_pull(p->weave, p->next, e) : 0;
        if (r > 0)
            *ret_at = p->next->pts / WOVEN;
        if (r != 0)
            return r;
        tick at;
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

// The next frame of this part into p->next; next_at TICK_NONE: there is none.
static int read_next(struct projector *p, struct err *e)
{
    const struct film_part *part = part_of(p);
    tick at = 0;
    av_frame_unref(p->next);
    p->next_at = TICK_NONE;
    int r = part->interlaced ? read_woven(p, &at, e) : reel_read(p->reel, p->next, &at, e);
    if (r <= 0)
        return r;
    p->result.decoded++;
    p->next_at = p->begins + steady(part, at);
    return 1;
}

static int open_part(struct projector *p, struct err *e)
{
    const struct film_part *part = part_of(p);
    int r = reel_open(
        &(struct reel_params){.path = part->path, .zero = part->zero, .threads = p->threads},
        &p->reel, e);
    return r < 0 ? r : read_next(p, e);
}

static void show_next(struct projector *p)
{
    av_frame_unref(p->shown);
    av_frame_move_ref(p->shown, p->next);
    p->shown_part = part_of(p);
    p->is_new = true;
}

static int skip_to(struct projector *p, tick at, struct err *e)
{
    if (!reel_seek(p->reel, at - p->begins))
        return 0;
    stop_weaving(p);
    int r = read_next(p, e);
    return r < 0 ? r : 0;
}

// Half of the shorter one's time: the nearest frame of a faster camera, of a slower one that on
// screen.
static tick early(const struct projector *p)
{
    const struct film_part *part = part_of(p);
    tick own = part->rate_num > 0 ? av_rescale(TICKS_PER_SEC, part->rate_den, part->rate_num) : 0;
    return (own > 0 && own < p->step ? own : p->step) / 2;
}

static int advance(struct projector *p, tick at, struct err *e)
{
    int r = 0;
    if (p->next_at != TICK_NONE && at - p->next_at > worth_seeking)
        r = skip_to(p, at, e);
    while (r >= 0 && p->next_at != TICK_NONE && p->next_at < at + early(p)) {
        show_next(p);
        r = read_next(p, e);
    }
    if (r >= 0 && !p->shown_part && p->next_at != TICK_NONE) {
        r = av_frame_ref(p->shown, p->next);
        p->shown_part = part_of(p);
        p->is_new = true;
    }
    return r < 0 ? r : 0;
}

static int to_part(struct projector *p, tick at, struct err *e)
{
    while (p->part + 1 < p->track->num_parts && at >= p->begins + part_of(p)->length) {
        close_part(p);
        p->begins += part_of(p)->length;
        p->part++;
        p->next_at = TICK_NONE;
    }
    return p->reel ? 0 : open_part(p, e);
}

int projector_at(struct projector *p, tick recorded, const AVFrame **ret,
                 const struct film_part **ret_part, bool *ret_new, struct err *e)
{
    const struct film_track *t = p->track;
    tick at = recorded + (tick)llround(t->offset_s * (double)TICKS_PER_SEC +
                                       (double)recorded * t->drift_ppm / 1e6);
    p->is_new = false;
    int r = to_part(p, at, e);
    if (r >= 0)
        r = advance(p, at, e);
    if (r < 0)
        return r;
    if (!p->shown_part)
        return err_input(e, "%s: damaged: nothing of its picture can be decoded", part_of(p)->path);
    *ret = p->shown;
    *ret_part = p->shown_part;
    *ret_new = p->is_new;
    return 0;
}
