// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/packpicture.h"

#include "base/err.h"
#include "base/progress.h"
#include "media/avc.h"
#include "media/packsource.h"

#include <errno.h>
#include <libavutil/pixdesc.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 4096, BEHIND_END = 17 /* frames of H.264 that may be shown earlier */ };

static const tick slack = TICKS_PER_SEC / 1000; // containers round to milliseconds

struct frame {
    int64_t shown, length;
    uint32_t size;
    bool key, hidden;
};

enum { SD_LINES = 576 };

struct packpicture {
    struct arena arena;
    struct packsource in;
    struct frame *frames; // the survey's
    size_t num_frames, room;
    struct picture_index index;
    size_t done; // packets given
};

void packpicture_close(struct packpicture *p)
{
    if (!p)
        return;
    packsource_close(&p->in);
    arena_done(&p->arena);
    free(p->frames);
    free(p);
}

const struct picture_index *packpicture_index(const struct packpicture *p)
{
    return &p->index;
}

static int keep(struct packpicture *p, struct err *e)
{
    const uint8_t *data;
    size_t size = packsource_bytes(&p->in, &data);
    if (!size)
        return err_input(e, "%s: damaged: a frame without content", p->in.range.path);
    if (p->num_frames == p->room) {
        p->room = p->room ? 2 * p->room : FIRST_ROOM;
        p->frames = mem_grow(p->frames, p->room * sizeof *p->frames);
    }
    p->frames[p->num_frames++] = (struct frame){
        .shown = p->in.packet->pts,
        .length = p->in.packet->duration,
        .size = (uint32_t)size,
        .key = p->in.packet->flags & AV_PKT_FLAG_KEY,
        .hidden = p->in.packet->flags & AV_PKT_FLAG_DISCARD,
    };
    return 0;
}

static bool is_behind(const struct packpicture *p, int64_t shown)
{
    return p->in.range.to != TICK_NONE && packsource_time(&p->in, shown) >= p->in.range.to - slack;
}

static void say_progress(const struct packpicture *p, const struct frame *f)
{
    if (f->key && p->in.packet->pos > 0 && p->in.in.size > 0)
        progress_update(p->in.range.progress, "reading the picture",
                        0.5 * (double)p->in.packet->pos / (double)p->in.in.size,
                        tick_to_s(packsource_time(&p->in, f->shown)));
}

static int read_frames(struct packpicture *p, struct err *e)
{
    int r, behind = 0;
    while (behind < BEHIND_END && (r = packsource_next(&p->in, e)) > 0) {
        r = keep(p, e);
        if (r >= 0)
            r = progress_check(p->in.range.progress, e);
        if (r < 0)
            return r;
        struct frame *f = &p->frames[p->num_frames - 1];
        say_progress(p, f);
        f->hidden = f->hidden || is_behind(p, f->shown);
        behind += is_behind(p, f->shown);
    }
    if (r < 0)
        return r;
    while (p->num_frames && p->frames[p->num_frames - 1].hidden)
        p->num_frames--;
    return 0;
}

static int nothing_there(const struct packpicture *p, struct err *e)
{
    char from[TICK_TEXT], near[TICK_TEXT];
    if (p->in.range.from == TICK_NONE || p->in.begun)
        return err_input(e, "%s: nothing of its picture can be shown", p->in.range.path);
    tick_text_ms(p->in.range.from, from);
    if (p->in.nearest == TICK_NONE)
        return err_set(e, -EINVAL, "%s: no key frame at %s", p->in.range.path, from);
    tick_text_ms(p->in.nearest, near);
    return err_set(e, -EINVAL, "%s: no key frame at %s; the nearest is at %s", p->in.range.path,
                   from, near);
}

// A picture in high definition that says nothing of its colours is taken for BT.709, as players
// take it; its file then says so (ITU-T H.273: 1 in all three, 2: unspecified).
static int said(int value, int height)
{
    return value == AVCOL_PRI_UNSPECIFIED && height > SD_LINES ? AVCOL_PRI_BT709 : value;
}

static void say_shape(struct packpicture *p)
{
    const AVCodecParameters *c = p->in.stream->codecpar;
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(c->format);
    AVRational aspect = av_guess_sample_aspect_ratio(p->in.in.format, p->in.stream, NULL);
    struct picture_shape *s = &p->index.shape;
    size_t size = (size_t)c->extradata_size;
    uint8_t *config = arena_alloc(&p->arena, avc_room(size));
    struct avc_depth depth = {1, 8};
    if (d)
        depth = (struct avc_depth){3 - d->log2_chroma_w - d->log2_chroma_h, d->comp[0].depth};
    if (d && d->nb_components < 3)
        depth.chroma = 0;
    *s = (struct picture_shape){
        .width = c->width,
        .height = c->height,
        .aspect_num = aspect.num,
        .aspect_den = aspect.den,
        .has_colour = c->height > SD_LINES || c->color_primaries != AVCOL_PRI_UNSPECIFIED ||
                      c->color_trc != AVCOL_TRC_UNSPECIFIED ||
                      c->color_space != AVCOL_SPC_UNSPECIFIED || c->color_range != 0,
        .full_range = c->color_range == AVCOL_RANGE_JPEG,
        .primaries = said(c->color_primaries, c->height),
        .transfer = said(c->color_trc, c->height),
        .matrix = said(c->color_space, c->height),
        .config = config,
        .config_size = size,
    };
    if (p->in.start_codes)
        s->config_size = avc_config(c->extradata, size, depth, config);
    else
        memcpy(config, c->extradata, size);
}

static int say_times(struct packpicture *p, struct err *e)
{
    AVRational unit = p->in.stream->time_base;
    AVRational frames = av_guess_frame_rate(p->in.in.format, p->in.stream, NULL);
    int64_t *shown = mem_alloc(p->num_frames * sizeof *shown);
    const struct frame *last = p->frames;
    for (size_t i = 0; i < p->num_frames; i++) {
        shown[i] = p->frames[i].shown;
        last = p->frames[i].shown > last->shown ? &p->frames[i] : last;
    }
    struct packtimes_given given = {
        .shown = shown,
        .count = p->num_frames,
        .unit = {unit.num, unit.den},
        .frames = {frames.num, frames.den},
        .last_length = last->length,
    };
    int r = packtimes_make(&p->arena, &given, &p->index.times, e);
    free(shown);
    return r < 0 ? err_wrap(e, "%s", p->in.range.path) : 0;
}

// One span is all that one edit can show.
static int say_span(struct packpicture *p, struct err *e)
{
    const struct packtimes *t = &p->index.times;
    int64_t first = INT64_MAX, last = -1, end = t->end, at = 0;
    for (size_t i = 0; i < p->num_frames; at += t->lengths[i++]) {
        int64_t shown = at + t->shifts[i];
        if (p->frames[i].hidden)
            continue;
        if (shown < first) {
            first = shown;
            p->index.span.start = packsource_time(&p->in, p->frames[i].shown);
        }
        last = shown > last ? shown : last;
    }
    at = 0;
    for (size_t i = 0; i < p->num_frames; at += t->lengths[i++]) {
        int64_t shown = at + t->shifts[i];
        if (p->frames[i].hidden && shown > first && shown < last)
            return err_input(e, "%s: its edit list leaves out a part inside, which a copy cannot",
                             p->in.range.path);
        end = shown > last && shown < end ? shown : end;
    }
    int64_t length = end - first, wanted = INT64_MAX;
    if (p->in.range.to != TICK_NONE)
        wanted = tick_to_samples(p->in.range.to - p->index.span.start, (int)t->rate);
    p->index.shown_from = first;
    p->index.shown_length = wanted < length ? wanted : length;
    p->index.span.end =
        p->index.span.start + tick_from_samples(p->index.shown_length, (int)t->rate);
    return 0;
}

static int survey(struct packpicture *p, struct err *e)
{
    int r = read_frames(p, e);
    if (r < 0)
        return r;
    if (!p->num_frames)
        return nothing_there(p, e);
    say_shape(p);
    if (!avc_config_whole(p->index.shape.config, p->index.shape.config_size))
        return err_input(e, "%s: damaged: its picture does not say how to decode it",
                         p->in.range.path);
    r = say_times(p, e);
    if (r >= 0)
        r = say_span(p, e);
    if (r < 0)
        return r;
    uint32_t *sizes = arena_array(&p->arena, uint32_t, p->num_frames);
    bool *keys = arena_array(&p->arena, bool, p->num_frames);
    for (size_t i = 0; i < p->num_frames; i++) {
        sizes[i] = p->frames[i].size;
        keys[i] = p->frames[i].key;
    }
    p->index.count = p->num_frames;
    p->index.sizes = sizes;
    p->index.keys = keys;
    free(p->frames);
    p->frames = NULL;
    return 0;
}

int packpicture_open(const struct picture_range *range, struct packpicture **ret, struct err *e)
{
    struct packpicture *p = mem_alloc(sizeof *p);
    struct picture_range own = *range;
    own.path = arena_strdup(&p->arena, range->path);
    int r = packsource_open(&own, &p->in, e);
    if (r >= 0)
        r = survey(p, e);
    if (r >= 0) {
        packsource_close(&p->in);
        r = packsource_open(&own, &p->in, e);
    }
    if (r < 0)
        packpicture_close(p);
    else
        *ret = p;
    return r;
}

int packpicture_packet(struct packpicture *p, const uint8_t **ret, size_t *ret_size, struct err *e)
{
    int r = packsource_next(&p->in, e);
    if (r < 0)
        return r;
    size_t size = r > 0 ? packsource_bytes(&p->in, ret) : 0;
    if (p->done == p->index.count || size != p->index.sizes[p->done])
        return err_set(e, -EIO, "%s: changed while it was read", p->in.range.path);
    p->done++;
    *ret_size = size;
    return 0;
}
