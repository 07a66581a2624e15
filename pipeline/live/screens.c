// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/screens.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "media/filmdraw.h"
#include "media/stillfile.h"
#include "picture/overlay.h"
#include "picture/paint.h"

enum { BUFFERS = 64 }; // an encoder that looks ahead holds some 40
static const uint32_t dark_blue = 0x12203f;

struct screens {
    AVFrame *back;
    struct image image; // of back
    AVFrame *buffer[BUFFERS];
};

static AVFrame *frame_new(int width, int height)
{
    AVFrame *f = av_frame_alloc();
    if (!f)
        return NULL;
    f->format = AV_PIX_FMT_YUV420P;
    f->width = width;
    f->height = height;
    f->color_range = AVCOL_RANGE_MPEG;
    f->colorspace = AVCOL_SPC_BT709;
    f->color_primaries = AVCOL_PRI_BT709;
    f->color_trc = AVCOL_TRC_BT709;
    f->chroma_location = AVCHROMA_LOC_LEFT;
    f->sample_aspect_ratio = (AVRational){1, 1};
    if (av_frame_get_buffer(f, 0) < 0)
        av_frame_free(&f);
    return f;
}

static int draw_back(struct screens *s, const char *image, struct err *e)
{
    struct pixels p = {0};
    struct paint_box all = {-8, -8, s->image.width + 16, s->image.height + 16, 0};
    paint_box(&s->image, &all, ink_of(dark_blue), 1);
    if (!image || !*image)
        return 0;
    int r = stillfile_read(image, &p, e);
    if (r < 0)
        return r;
    if (p.width != s->image.width || p.height != s->image.height)
        r = err_input(e, "%s: %d x %d pixels; the programme's picture has %d x %d", image, p.width,
                      p.height, s->image.width, s->image.height);
    if (r >= 0) {
        struct overlay *o = overlay_new(p.rgba, p.width, p.height, p.stride);
        overlay_blend(o, &s->image, 0, 0, OVERLAY_OPAQUE);
        overlay_free(o);
    }
    pixels_done(&p);
    return r;
}

int screens_new(int width, int height, const char *image, struct screens **ret, struct err *e)
{
    if ((width | height) & 1 || width < 128 || height < 128 || width > STILL_MAX_SIDE ||
        height > STILL_MAX_SIDE)
        return err_input(e, "a picture of %d x %d pixels cannot be; both are even, 128 to %d",
                         width, height, STILL_MAX_SIDE);
    struct screens *s = mem_alloc(sizeof *s);
    s->back = frame_new(width, height);
    if (!s->back)
        mem_fail();
    s->image = filmdraw_image(s->back);
    int r = draw_back(s, image, e);
    if (r < 0) {
        screens_free(s);
        return r;
    }
    *ret = s;
    return 0;
}

void screens_free(struct screens *s)
{
    if (!s)
        return;
    for (int i = 0; i < BUFFERS; i++)
        av_frame_free(&s->buffer[i]);
    av_frame_free(&s->back);
    free(s);
}

const struct image *screens_back(const struct screens *s)
{
    return &s->image;
}

struct image *screens_canvas(struct screens *s)
{
    return &s->image;
}

// One that nobody else holds, or a new one; NULL: no memory.
static AVFrame **free_buffer(struct screens *s)
{
    for (int i = 0; i < BUFFERS; i++) {
        if (s->buffer[i] && av_frame_is_writable(s->buffer[i]))
            return &s->buffer[i];
        if (s->buffer[i])
            continue;
        s->buffer[i] = frame_new(s->image.width, s->image.height);
        if (!s->buffer[i] || av_frame_copy(s->buffer[i], s->back) < 0) {
            av_frame_free(&s->buffer[i]);
            return NULL;
        }
        return &s->buffer[i];
    }
    return NULL;
}

AVFrame *screens_frame(struct screens *s, tick at)
{
    AVFrame **own = free_buffer(s);
    // all are held for longer than an encoder does: a copy that belongs to nobody
    AVFrame *f = own ? av_frame_clone(*own) : frame_new(s->image.width, s->image.height);
    if (f && !own && av_frame_copy(f, s->back) < 0)
        av_frame_free(&f);
    if (f)
        f->pts = at;
    return f;
}
