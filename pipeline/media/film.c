// SPDX-License-Identifier: GPL-3.0-or-later
// One thread shows the frames one after the other in one size; each rung has a thread that scales
// and encodes. x264 and the decoder have threads of their own.
#include "media/film.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/queue.h"
#include "base/str.h"
#include "base/workers.h"
#include "media/filmtone.h"
#include "media/h264file.h"
#include "media/shape.h"
#include "media/stillfile.h"
#include "picture/cadence.h"
#include "picture/look.h"
#include "picture/overlay.h"
#include "picture/still.h"
#include "picture/tone.h"
#include "picture/wave.h"

#include <errno.h>
#include <libavutil/imgutils.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { AHEAD = 4 }; // frames in front of an encoder, which has a queue of its own

struct rung {
    const struct film_rung *p;
    struct queue *queue;
    struct graph *scale; // NULL: the size is right
    struct h264file *file;
    atomic_int_least64_t written;
};

struct film {
    const struct film_params *p;
    struct film_result *result;
    struct rung rungs[FILM_MAX_RUNGS];
    struct projector *projector;
    struct graph *shape;            // NULL: frames are right as they are
    const struct film_part *shaped; // the graph is for its frames; NULL: not looked at
    bool as_is;
    AVFrame *next, *raw; // the camera's next one; the one before, as long as it is not shaped
    const struct film_part *raw_part; // of raw
    tick raw_at;                      // when it was recorded
    tick late[FILM_SYNC_FRAMES];      // the last frames' delays, in a ring
    int64_t num_late;
    AVFrame *frame; // the one shown, shaped
    AVFrame *drawn; // with what is drawn over it
    AVFrame *blank; // where nothing was filmed
    struct filmdraw *draw;
    struct wave *wave; // NULL: none
    struct image back; // of blank, for the wave
    int64_t total;
    double told;
};

static void drop_frame(void *item)
{
    AVFrame *f = item;
    av_frame_free(&f);
}

// ---- frames

static tick frame_time(const struct film *f, int64_t n)
{
    return av_rescale(n, TICKS_PER_SEC * f->p->rate_den, f->p->rate_num);
}

static int make_blank(struct film *f, struct err *e)
{
    AVFrame *b = f->blank;
    b->format = AV_PIX_FMT_YUV420P;
    b->width = f->p->width;
    b->height = f->p->height;
    int r = av_frame_get_buffer(b, 0);
    if (r < 0)
        return libav_error(e, r, "a picture");
    ptrdiff_t lines[4] = {b->linesize[0], b->linesize[1], b->linesize[2], 0};
    r = av_image_fill_black(b->data, lines, b->format, AVCOL_RANGE_MPEG, b->width, b->height);
    if (r < 0)
        return libav_error(e, r, "a picture");
    f->back = filmdraw_image(b);
    struct pixels card = {0};
    r = f->p->background ? stillfile_read(f->p->background, &card, e) : 0;
    if (r < 0 || !f->p->background)
        return r;
    struct overlay *o = overlay_new(card.rgba, card.width, card.height, card.stride);
    overlay_blend(o, &f->back, 0, 0, OVERLAY_OPAQUE);
    overlay_free(o);
    pixels_done(&card);
    return 0;
}

static void start_wave(struct film *f)
{
    const struct film_wave *w = &f->p->wave;
    if (!w->count)
        return;
    struct wave_look look = {w->x, w->y, w->width, w->height, w->played, w->ahead, false};
    f->wave = wave_new(&look, &f->back, w->level, w->count);
}

static int open_shape(struct film *f, const AVFrame *like, const struct film_part *part,
                      struct err *e)
{
    struct shape s = {
        .turn = turn_named(part->turn),
        .pixel_aspect = {part->sar_num, part->sar_den},
        .width = f->p->window.width ? f->p->window.width : f->p->width,
        .height = f->p->window.width ? f->p->window.height : f->p->height,
        .crop = f->p->crop,
    };
    struct str how;
    graph_close(f->shape);
    f->shape = NULL;
    str_init(&how, STR_MAX);
    shape_describe(&s, like, &how);
    int r = 0;
    if (how.len)
        r = graph_open(how.p, like, (AVRational){1, 1}, f->p->threads, &f->shape, e);
    f->shaped = part;
    f->as_is = !how.len;
    str_done(&how);
    return r;
}

// f->frame, which is as large as the window, becomes a whole frame with it in its place.
static int put_in_window(struct film *f, struct err *e)
{
    const struct film_window *w = &f->p->window;
    AVFrame *in = f->frame, *whole = av_frame_alloc();
    if (!whole)
        mem_fail();
    whole->format = f->blank->format;
    whole->width = f->blank->width;
    whole->height = f->blank->height;
    int r = av_frame_get_buffer(whole, 0);
    if (r >= 0)
        r = av_frame_copy(whole, f->blank);
    for (int i = 0; r >= 0 && i < 3; i++) {
        int half = i > 0; // chroma
        uint8_t *at = whole->data[i] + (w->y >> half) * whole->linesize[i] + (w->x >> half);
        av_image_copy_plane(at, whole->linesize[i], in->data[i], in->linesize[i], w->width >> half,
                            w->height >> half);
    }
    av_frame_unref(f->frame);
    av_frame_move_ref(f->frame, whole);
    av_frame_free(&whole);
    return r < 0 ? libav_error(e, r, "a picture") : 0;
}

static int fit_frame(struct film *f, const AVFrame *raw, const struct film_part *part,
                     struct err *e)
{
    int r = 0;
    if (f->shaped != part || (f->shape && !graph_fits(f->shape, raw)))
        r = open_shape(f, raw, part, e);
    av_frame_unref(f->frame);
    if (r >= 0)
        r = av_frame_ref(f->frame, raw);
    if (r < 0 || f->as_is)
        return r < 0 ? libav_error(e, r, "a picture") : 0;
    r = graph_push(f->shape, f->frame, e);
    av_frame_unref(f->frame);
    if (r >= 0)
        r = graph_pull(f->shape, f->frame, e);
    return r < 0 ? r : r > 0 ? 0 : err_set(e, -EIO, "a picture got lost in its filters");
}

static int shape_frame(struct film *f, const AVFrame *raw, const struct film_part *part,
                       struct err *e)
{
    int r = fit_frame(f, raw, part, e);
    return r < 0 || !f->p->window.width ? r : put_in_window(f, e);
}

// f->frame: f->raw, as it is published from n on.
static int show_raw(struct film *f, int64_t n, struct err *e)
{
    int r = shape_frame(f, f->raw, f->raw_part, e);
    if (r >= 0 && f->p->measured) {
        struct image m = filmdraw_image(f->frame);
        tone_add(f->p->measured, &m, frame_time(f, n));
    }
    if (r >= 0 && f->p->tone)
        r = filmtone_apply(f->p->tone, f->frame, frame_time(f, n), e);
    return r;
}

static int show_blank(struct film *f, struct err *e)
{
    av_frame_unref(f->frame);
    int r = av_frame_ref(f->frame, f->blank);
    f->shaped = NULL;
    return r < 0 ? libav_error(e, r, "a picture") : 0;
}

// f->drawn: f->frame, or a copy with what is drawn over it.
static int draw(struct film *f, int64_t n, struct err *e)
{
    tick at = frame_time(f, n);
    av_frame_unref(f->drawn);
    int r = av_frame_ref(f->drawn, f->frame);
    if (r >= 0 && (f->wave || filmdraw_shows(f->draw, at)))
        r = av_frame_make_writable(f->drawn);
    if (r < 0)
        return libav_error(e, r, "a picture");
    struct image m = filmdraw_image(f->drawn);
    if (f->wave)
        wave_paint(f->wave, tick_to_s(at), &m);
    filmdraw_draw(f->draw, at, &m);
    return 0;
}

static void look_at(struct film *f, int64_t n)
{
    struct image as_filmed = filmdraw_image(f->frame), as_drawn = filmdraw_image(f->drawn);
    if (f->p->stills && f->shaped)
        stills_add(f->p->stills, &as_filmed, frame_time(f, n));
    if (f->p->look)
        look_add(f->p->look, &as_drawn, frame_time(f, n));
}

// ---- the reader's thread

static void abort_all(struct film *f)
{
    for (size_t i = 0; i < f->p->num_rungs; i++)
        queue_abort(f->rungs[i].queue);
}

static void tell(struct film *f, int64_t shown)
{
    bool writes = f->p->num_rungs > 0;
    int64_t least = writes ? INT64_MAX : shown;
    for (size_t i = 0; i < f->p->num_rungs; i++) {
        int64_t n = atomic_load_explicit(&f->rungs[i].written, memory_order_relaxed);
        least = n < least ? n : least;
    }
    double share = (double)least / (double)f->total;
    if (share < f->told + 0.001)
        return;
    f->told = share;
    progress_frames(f->p->progress, least);
    progress_update(f->p->progress, writes ? "encoding the picture" : "looking at the shots", share,
                    tick_to_s(frame_time(f, least)));
}

// -EPIPE: a rung failed, and has said why.
static int send_frame(struct film *f, struct err *e)
{
    for (size_t i = 0; i < f->p->num_rungs; i++) {
        AVFrame *copy = av_frame_clone(f->drawn);
        if (!copy)
            return libav_error(e, AVERROR(ENOMEM), "a picture");
        int r = queue_send(f->rungs[i].queue, copy);
        if (r < 0) {
            drop_frame(copy);
            return r;
        }
    }
    return 0;
}

static bool is_kept(const struct timeline *t, tick recorded)
{
    for (size_t i = 0; i < t->count; i++)
        if (recorded >= t->kept[i].from && recorded < t->kept[i].to)
            return true;
    return false;
}

static tick mean_late(const struct film *f)
{
    int64_t n = f->num_late < FILM_SYNC_FRAMES ? f->num_late : FILM_SYNC_FRAMES;
    tick sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += f->late[i];
    return n ? sum / n : TICK_NONE;
}

// The camera's frame f->raw is shown in `count` published frames, from n on.
static void note_shown(struct film *f, int64_t n, int64_t count)
{
    const struct timeline *t = f->p->timeline;
    if (!f->raw->width || !is_kept(t, f->raw_at))
        return;
    if (!count) {
        f->result->dropped++;
        return;
    }
    tick wanted = timeline_published(t, f->raw_at);
    f->late[f->num_late++ % FILM_SYNC_FRAMES] = frame_time(f, n) - wanted;
    if (f->num_late <= FILM_SYNC_FRAMES)
        f->result->late_at_start = mean_late(f);
}

// Published frames n to n + count - 1 all show f->raw, or where that is empty f->frame.
static int publish(struct film *f, int64_t *n, int64_t count, struct err *e)
{
    note_shown(f, *n, count);
    int shaped = count > 0 && f->raw->width ? show_raw(f, *n, e) : 0;
    if (shaped < 0)
        return shaped;
    if (count > 0)
        av_frame_unref(f->raw); // one that is not shown is never shaped
    if (f->shaped && count > 1)
        f->result->repeated += count - 1;
    for (; count > 0; count--, ++*n) {
        int r = progress_check(f->p->progress, e);
        if (r >= 0)
            r = draw(f, *n, e);
        if (r < 0)
            return r;
        look_at(f, *n);
        r = send_frame(f, e);
        if (r < 0)
            return r;
        tell(f, *n);
    }
    return 0;
}

// What is cut out need not be decoded.
static void skip_cut(struct film *f, tick recorded)
{
    const struct timeline *t = f->p->timeline;
    for (size_t i = 0; i < t->count; i++)
        if ((i == 0 || recorded >= t->kept[i - 1].to) && recorded < t->kept[i].from)
            projector_skip(f->projector, t->kept[i].from - TICKS_PER_SEC);
}

// Each frame of the camera says for how long the one before it is shown.
static int show_camera(struct film *f, struct cadence_pick *pick, int64_t *n, struct err *e)
{
    const struct film_part *part;
    tick recorded;
    int r;
    while ((r = projector_next(f->projector, f->next, &recorded, &part, e)) > 0) {
        r = publish(f, n, cadence_pick_push(pick, recorded), e);
        av_frame_unref(f->raw);
        av_frame_move_ref(f->raw, f->next);
        f->raw_part = part;
        f->raw_at = recorded;
        if (r < 0)
            return r;
        if (*n >= f->total)
            return 0;
        skip_cut(f, recorded);
    }
    return r < 0 ? r : publish(f, n, cadence_pick_end(pick), e);
}

static int show_all(struct film *f, struct err *e)
{
    const struct film_params *p = f->p;
    int64_t n = 0;
    int r = show_blank(f, e);
    if (r >= 0 && f->projector) {
        struct cadence_rate rate = {p->rate_num, p->rate_den};
        struct cadence_pick *pick = cadence_pick_new(p->timeline, rate);
        r = pick ? show_camera(f, pick, &n, e)
                 : err_set(e, -EINVAL, "no film has %d/%d frames a second", rate.num, rate.den);
        cadence_pick_free(pick);
    } else if (r >= 0) {
        r = publish(f, &n, f->total, e);
    }
    if (r == -EPIPE)
        return 0; // without an end: it would look whole
    for (size_t i = 0; r >= 0 && i < p->num_rungs; i++)
        queue_finish(f->rungs[i].queue);
    return r;
}

// ---- the threads of the rungs

static int scale_and_write(struct film *f, struct rung *g, AVFrame *frame, struct err *e)
{
    bool right = g->p->width == f->p->width && g->p->height == f->p->height;
    if (!g->scale && !right) {
        char how[96];
        snprintf(how, sizeof how, "scale=%d:%d:flags=bicubic+accurate_rnd,setsar=1", g->p->width,
                 g->p->height);
        int r = graph_open(how, frame, (AVRational){1, 1}, 1, &g->scale, e);
        if (r < 0)
            return r;
    }
    if (!g->scale)
        return h264file_write(g->file, frame, e);
    int r = graph_push(g->scale, frame, e);
    if (r >= 0)
        r = graph_pull(g->scale, frame, e);
    if (r == 0)
        return err_set(e, -EIO, "a picture got lost in its filters");
    return r < 0 ? r : h264file_write(g->file, frame, e);
}

static int encode_all(struct film *f, struct rung *g, struct err *e)
{
    for (;;) {
        void *item = NULL;
        int r = queue_recv(g->queue, &item);
        if (r < 0)
            return 0; // another one failed and has said why
        if (r == 0) {
            struct h264file *whole = g->file;
            g->file = NULL;
            return h264file_finish(whole, e);
        }
        AVFrame *frame = item;
        r = scale_and_write(f, g, frame, e);
        av_frame_free(&frame);
        if (r < 0)
            return r;
        atomic_fetch_add_explicit(&g->written, 1, memory_order_relaxed);
    }
}

static int run_one(void *ctx, size_t i, struct err *e)
{
    struct film *f = ctx;
    int r = i == 0 ? show_all(f, e) : encode_all(f, &f->rungs[i - 1], e);
    if (r < 0)
        abort_all(f);
    return r;
}

static int open_rung(struct film *f, size_t i, struct err *e)
{
    const struct film_params *p = f->p;
    struct rung *g = &f->rungs[i];
    g->p = &p->rungs[i];
    g->queue = queue_new(AHEAD, 1, drop_frame);
    struct h264_params hp = {
        .path = g->p->path,
        .width = g->p->width,
        .height = g->p->height,
        .rate = {p->rate_num, p->rate_den},
        .crf = g->p->crf,
        .speed = g->p->speed,
        .level = g->p->level,
        .max_kbps = g->p->max_kbps,
        .buffer_kbit = g->p->buffer_kbit,
        .group_frames = p->group_frames,
        .threads = p->threads + p->threads / 2, // as x264 itself counts them
    };
    return h264file_open(&hp, &g->file, e);
}

static int open_all(struct film *f, struct err *e)
{
    const struct film_params *p = f->p;
    f->total = av_rescale(p->timeline->length, p->rate_num, TICKS_PER_SEC * p->rate_den);
    if (p->track)
        f->projector = projector_new(p->track, p->threads);
    f->next = av_frame_alloc();
    f->raw = av_frame_alloc();
    f->frame = av_frame_alloc();
    f->drawn = av_frame_alloc();
    f->blank = av_frame_alloc();
    if (!f->next || !f->raw || !f->frame || !f->drawn || !f->blank)
        mem_fail();
    int r = f->total > 0 ? make_blank(f, e) : err_set(e, -EINVAL, "there is no picture to make");
    if (r >= 0)
        r = filmdraw_new(p->pieces, p->num_pieces, &f->draw, e);
    if (r >= 0)
        start_wave(f);
    for (size_t i = 0; r >= 0 && i < p->num_rungs; i++)
        r = open_rung(f, i, e);
    return r;
}

static void close_all(struct film *f, bool good)
{
    for (size_t i = 0; i < f->p->num_rungs; i++) {
        struct rung *g = &f->rungs[i];
        queue_free(g->queue);
        graph_close(g->scale);
        h264file_abort(g->file);
        if (!good)
            unlink(f->p->rungs[i].path);
    }
    graph_close(f->shape);
    projector_close(f->projector);
    wave_free(f->wave);
    filmdraw_free(f->draw);
    av_frame_free(&f->next);
    av_frame_free(&f->raw);
    av_frame_free(&f->frame);
    av_frame_free(&f->drawn);
    av_frame_free(&f->blank);
}

int film_make(const struct film_params *p, struct film_result *ret, struct err *e)
{
    if ((!p->num_rungs && !p->measured) || p->num_rungs > FILM_MAX_RUNGS)
        return err_set(e, -EINVAL, "%zu sizes of picture; 1 to %d can be made", p->num_rungs,
                       FILM_MAX_RUNGS);
    struct film f = {.p = p, .result = ret};
    *ret = (struct film_result){.late_at_start = TICK_NONE, .late_at_end = TICK_NONE};
    int r = open_all(&f, e);
    if (r >= 0)
        r = workers_together(p->num_rungs + 1, run_one, &f, e);
    if (r >= 0) {
        ret->frames = f.total;
        ret->late_at_end = mean_late(&f);
        if (f.projector)
            projector_result(f.projector, &ret->camera);
    }
    close_all(&f, r >= 0);
    return r < 0 ? r : 0;
}
