// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/stillfile.h"

#include <errno.h>
#include <libswscale/swscale.h>
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/fs.h"
#include "media/av.h"

enum { FILE_MAX = 64 << 20 };

void pixels_done(struct pixels *s)
{
    free(s->rgba);
    *s = (struct pixels){0};
}

static int decode(const char *path, const char *bytes, size_t len, AVFrame *frame, struct err *e)
{
    AUTO(codec) AVCodecContext *c = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_PNG));
    AUTO(packet) AVPacket *packet = av_packet_alloc();
    if (!c || !packet)
        mem_fail();
    int r = av_new_packet(packet, (int)len);
    if (r < 0)
        return libav_error(e, r, path);
    memcpy(packet->data, bytes, len);
    c->max_pixels = (int64_t)STILL_MAX_SIDE * STILL_MAX_SIDE;
    c->thread_count = 1;
    r = avcodec_open2(c, NULL, NULL);
    if (r >= 0)
        r = avcodec_send_packet(c, packet);
    if (r >= 0)
        r = avcodec_receive_frame(c, frame);
    if (r < 0)
        return err_input(e, "%s: cannot be read as PNG", path);
    if (frame->width > STILL_MAX_SIDE || frame->height > STILL_MAX_SIDE)
        return err_input(e, "%s: %d x %d pixels, at most %d a side can be used", path, frame->width,
                         frame->height, STILL_MAX_SIDE);
    return 0;
}

static int to_rgba(const char *path, const AVFrame *frame, struct pixels *ret, struct err *e)
{
    int w = frame->width, h = frame->height;
    struct SwsContext *sws =
        sws_getContext(w, h, frame->format, w, h, AV_PIX_FMT_RGBA, SWS_POINT, NULL, NULL, NULL);
    if (!sws)
        return err_input(e, "%s: a PNG of an unknown kind", path);
    struct pixels s = {.width = w, .height = h, .stride = 4 * w};
    s.rgba = mem_alloc((size_t)s.stride * (size_t)h);
    sws_scale(sws, (const uint8_t *const *)frame->data, frame->linesize, 0, h, &s.rgba, &s.stride);
    sws_freeContext(sws);
    *ret = s;
    return 0;
}

int stillfile_read(const char *path, struct pixels *ret, struct err *e)
{
    struct arena a = {0};
    char *bytes;
    size_t len;
    libav_quiet();
    int r = fs_read(&a, path, FILE_MAX, &bytes, &len, e);
    if (r >= 0) {
        AUTO(frame) AVFrame *frame = av_frame_alloc();
        if (!frame)
            mem_fail();
        r = decode(path, bytes, len, frame, e);
        if (r >= 0)
            r = to_rgba(path, frame, ret, e);
    }
    arena_done(&a);
    return r;
}

// From BT.709 in limited range to BT.601 in full range: grey stays grey, so luma is one multiple of
// luma and two of chroma, and chroma is made of chroma alone.
struct to_601 {
    double yy, yb, yr; // luma out of luma, Cb and Cr
    double bb, br, rb, rr;
};

static struct to_601 to_601(void)
{
    const double r7 = 0.2126, b7 = 0.0722, g7 = 1 - r7 - b7; // BT.709
    const double r6 = 0.299, b6 = 0.114, g6 = 1 - r6 - b6;   // BT.601
    // R - Y, G - Y and B - Y of one unit of Cb and of Cr, whose full swing is 1
    const double cr_r = 2 * (1 - r7), cb_b = 2 * (1 - b7);
    const double cb_g = -b7 / g7 * cb_b, cr_g = -r7 / g7 * cr_r;
    const double of_luma = 255.0 / 219, of_chroma = 255.0 / 224;
    double yb = g6 * cb_g + b6 * cb_b, yr = r6 * cr_r + g6 * cr_g;
    return (struct to_601){
        .yy = of_luma,
        .yb = yb * of_chroma,
        .yr = yr * of_chroma,
        .bb = (cb_b - yb) / (2 * (1 - b6)) * of_chroma,
        .br = -yr / (2 * (1 - b6)) * of_chroma,
        .rb = -yb / (2 * (1 - r6)) * of_chroma,
        .rr = (cr_r - yr) / (2 * (1 - r6)) * of_chroma,
    };
}

static uint8_t level(double v)
{
    return (uint8_t)(v <= 0 ? 0 : v >= 255 ? 255 : lrint(v));
}

// Chroma around 0 of a row between chroma's own, y in its pixels, with the last one once more.
static void chroma_row(const struct image *im, int plane, double y, double *ret)
{
    int w = im->width / 2, h = im->height / 2 - 1, top = (int)floor(y);
    int above = top < 0 ? 0 : top, below = top < h ? top + 1 : h;
    const uint8_t *a = im->plane[plane] + (ptrdiff_t)above * im->stride[plane];
    const uint8_t *b = im->plane[plane] + (ptrdiff_t)below * im->stride[plane];
    double share = y - top;
    for (int x = 0; x < w; x++)
        ret[x] = a[x] + share * (b[x] - a[x]) - 128;
    ret[w] = ret[w - 1];
}

static void convert_luma(const struct image *im, const struct to_601 *m, double *cb, double *cr,
                         AVFrame *to)
{
    for (int y = 0; y < im->height; y++) {
        const uint8_t *in = im->plane[0] + (ptrdiff_t)y * im->stride[0];
        uint8_t *out = to->data[0] + (ptrdiff_t)y * to->linesize[0];
        chroma_row(im, 1, y / 2.0 - 0.25, cb);
        chroma_row(im, 2, y / 2.0 - 0.25, cr);
        for (int x = 0; x < im->width; x++) {
            int left = x / 2, right = left + (x & 1);
            double b = (cb[left] + cb[right]) / 2, r = (cr[left] + cr[right]) / 2;
            out[x] = level(m->yy * (in[x] - 16) + m->yb * b + m->yr * r);
        }
    }
}

static void convert_chroma(const struct image *im, const struct to_601 *m, double *cb, double *cr,
                           AVFrame *to)
{
    for (int y = 0; y < im->height / 2; y++) {
        uint8_t *blue = to->data[1] + (ptrdiff_t)y * to->linesize[1];
        uint8_t *red = to->data[2] + (ptrdiff_t)y * to->linesize[2];
        chroma_row(im, 1, y, cb);
        chroma_row(im, 2, y, cr);
        for (int x = 0; x < im->width / 2; x++) {
            double b = cb[x] + 0.25 * (cb[x + 1] - cb[x]), r = cr[x] + 0.25 * (cr[x + 1] - cr[x]);
            blue[x] = level(128 + m->bb * b + m->br * r);
            red[x] = level(128 + m->rb * b + m->rr * r);
        }
    }
}

// In video chroma lies beside every second pixel, in JPEG in the middle of four.
static void convert(const struct image *im, AVFrame *to)
{
    struct to_601 m = to_601();
    size_t room = (size_t)im->width / 2 + 1;
    double *cb = mem_alloc(2 * room * sizeof *cb), *cr = cb + room;
    convert_luma(im, &m, cb, cr, to);
    convert_chroma(im, &m, cb, cr, to);
    free(cb);
}

static int encode(AVFrame *frame, int coarse, AVPacket *packet)
{
    AUTO(codec)
    AVCodecContext *c = avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_MJPEG));
    if (!c)
        mem_fail();
    c->width = frame->width;
    c->height = frame->height;
    c->pix_fmt = AV_PIX_FMT_YUVJ420P;
    c->color_range = AVCOL_RANGE_JPEG;
    c->time_base = (AVRational){1, 1};
    c->sample_aspect_ratio = (AVRational){1, 1};
    c->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
    c->qmin = 1;
    c->thread_count = 1;
    c->global_quality = frame->quality = FF_QP2LAMBDA * coarse;
    int r = avcodec_open2(c, NULL, NULL);
    if (r >= 0)
        r = avcodec_send_frame(c, frame);
    if (r >= 0)
        r = avcodec_receive_packet(c, packet);
    return r;
}

int stillfile_write(const struct image *im, int coarse, const char *path, struct err *e)
{
    AUTO(frame) AVFrame *frame = av_frame_alloc();
    AUTO(packet) AVPacket *packet = av_packet_alloc();
    if (!frame || !packet)
        mem_fail();
    libav_quiet();
    frame->format = AV_PIX_FMT_YUVJ420P;
    frame->width = im->width;
    frame->height = im->height;
    int r = av_frame_get_buffer(frame, 0);
    if (r < 0)
        return libav_error(e, r, path);
    convert(im, frame);
    r = encode(frame, coarse, packet);
    if (r < 0)
        return libav_error(e, r, path);
    r = fs_replace(path, packet->data, (size_t)packet->size, e);
    return r < 0 ? r : 0;
}

// The mean of n by n pixels.
static void reduce(const uint8_t *from, int stride, int n, uint8_t *to, int width, int height)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            unsigned sum = 0;
            for (int i = 0; i < n * n; i++)
                sum += from[(ptrdiff_t)(y * n + i / n) * stride + x * n + i % n];
            to[(ptrdiff_t)y * width + x] =
                (uint8_t)((sum + (unsigned)(n * n) / 2) / (unsigned)(n * n));
        }
}

int stillfile_write_small(const struct image *im, int most, int coarse, const char *path,
                          struct err *e)
{
    int n = (im->width + most - 1) / most;
    struct image small = {.width = im->width / n & ~1, .height = im->height / n & ~1};
    if (n <= 1 || !small.width || !small.height)
        return stillfile_write(im, coarse, path, e);
    size_t size = (size_t)small.width * (size_t)small.height;
    uint8_t *bytes = mem_alloc(size + size / 2);
    small.plane[0] = bytes;
    small.plane[1] = bytes + size;
    small.plane[2] = bytes + size + size / 4;
    for (int i = 0; i < 3; i++) {
        small.stride[i] = i ? small.width / 2 : small.width;
        reduce(im->plane[i], im->stride[i], n, small.plane[i], small.stride[i],
               i ? small.height / 2 : small.height);
    }
    int r = stillfile_write(&small, coarse, path, e);
    free(bytes);
    return r;
}
