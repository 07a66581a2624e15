// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/str.h"
#include "frames.h"
#include "media/stillfile.h"
#include "model/cover.h"
#include "scratch.h"

static char dir[SCRATCH_MAX];
static char path[SCRATCH_MAX + 16];

static int set_up(void **state)
{
    (void)state;
    scratch_new(dir);
    snprintf(path, sizeof path, "%s/still", dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_free(dir);
    return 0;
}

static AVFrame *av_frame(enum AVPixelFormat format, int width, int height)
{
    AVFrame *f = av_frame_alloc();
    f->format = format;
    f->width = width;
    f->height = height;
    assert_int_equal(av_frame_get_buffer(f, 0), 0);
    return f;
}

// A PNG as libavcodec writes it, from bytes that depend on place and channel.
static void png_of(enum AVPixelFormat format, int bytes_a_pixel, int width, int height)
{
    AVCodecContext *c = avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_PNG));
    c->width = width;
    c->height = height;
    c->pix_fmt = format;
    c->time_base = (AVRational){1, 1};
    assert_int_equal(avcodec_open2(c, NULL, NULL), 0);
    AVFrame *f = av_frame(format, width, height);
    for (int y = 0; y < height; y++)
        for (int i = 0; i < width * bytes_a_pixel; i++)
            f->data[0][y * f->linesize[0] + i] = (uint8_t)(i * 7 + y * 31);
    AVPacket *p = av_packet_alloc();
    assert_int_equal(avcodec_send_frame(c, f), 0);
    assert_int_equal(avcodec_receive_packet(c, p), 0);
    assert_true(fs_replace(path, p->data, (size_t)p->size, NULL) >= 0);
    av_packet_free(&p);
    av_frame_free(&f);
    avcodec_free_context(&c);
}

static void every_kind_of_png_becomes_rgba(void **state)
{
    (void)state;
    // where of a pixel's bytes red, green, blue and alpha stand; -1: none, it is opaque
    static const struct {
        enum AVPixelFormat format;
        int bytes, at[4];
    } rows[] = {
        {AV_PIX_FMT_RGBA, 4, {0, 1, 2, 3}},     {AV_PIX_FMT_RGB24, 3, {0, 1, 2, -1}},
        {AV_PIX_FMT_GRAY8, 1, {0, 0, 0, -1}},   {AV_PIX_FMT_YA8, 2, {0, 0, 0, 1}},
        {AV_PIX_FMT_RGB48BE, 6, {0, 2, 4, -1}}, {AV_PIX_FMT_RGBA64BE, 8, {0, 2, 4, 6}},
    };
    enum { WIDTH = 37, HEIGHT = 11 };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        struct pixels s;
        png_of(rows[i].format, rows[i].bytes, WIDTH, HEIGHT);
        if (stillfile_read(path, &s, &e) < 0)
            fail_msg("%s", e.text);
        assert_int_equal(s.width, WIDTH);
        assert_int_equal(s.height, HEIGHT);
        int apart = rows[i].bytes > 4; // 16 bits are rounded
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++)
                for (int c = 0; c < 4; c++) {
                    int at = rows[i].at[c], got = s.rgba[y * s.stride + 4 * x + c];
                    int want = at < 0 ? 255 : ((x * rows[i].bytes + at) * 7 + y * 31) & 255;
                    if (abs(got - want) > apart)
                        fail_msg("kind %zu, (%d, %d), channel %d: %d, not %d", i, x, y, c, got,
                                 want);
                }
        pixels_done(&s);
    }
}

static void what_is_no_png_is_refused(void **state)
{
    (void)state;
    struct err e = {0};
    struct pixels s = {0};
    png_of(AV_PIX_FMT_RGBA, 4, 64, 64);
    struct arena a = {0};
    char *bytes;
    size_t len;
    assert_true(fs_read(&a, path, 1 << 20, &bytes, &len, &e) >= 0);
    static const char *const texts[] = {"", "\x89PNG\r\n\x1a\n", "\xFF\xD8\xFF\xE0", "no picture"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_true(fs_replace(path, texts[i], strlen(texts[i]), NULL) >= 0);
        assert_true(stillfile_read(path, &s, &e) < 0);
        assert_int_equal(e.kind, ERR_INPUT);
        assert_non_null(strstr(e.text, ": cannot be read as PNG"));
    }
    unsigned seed = 9;
    for (int round = 0; round < 300; round++) { // damaged: refused or read, never a crash
        char *copy = memcpy(arena_alloc(&a, len), bytes, len);
        for (int k = 0; k < 3; k++)
            copy[frame_random(&seed) % len] = (char)frame_random(&seed);
        FILE *f = fopen(path, "wb");
        fwrite(copy, 1, round % 2 ? len : frame_random(&seed) % len, f);
        fclose(f);
        if (stillfile_read(path, &s, &e) >= 0)
            pixels_done(&s);
    }
    fs_remove_tree(path, NULL);
    assert_true(stillfile_read(path, &s, &e) < 0);
    assert_non_null(strstr(e.text, "no such file"));
    arena_done(&a);
}

static void a_picture_too_large_is_refused(void **state)
{
    (void)state;
    struct err e = {0};
    struct pixels s;
    png_of(AV_PIX_FMT_GRAY8, 1, STILL_MAX_SIDE + 1, 2);
    assert_true(stillfile_read(path, &s, &e) < 0);
    assert_int_equal(e.kind, ERR_INPUT);
    assert_non_null(strstr(e.text, "8193 x 2 pixels"));
}

static AVFrame *decoded(void)
{
    struct arena a = {0};
    char *bytes;
    size_t len;
    assert_true(fs_read(&a, path, 16 << 20, &bytes, &len, NULL) >= 0);
    AVCodecContext *c = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_MJPEG));
    assert_int_equal(avcodec_open2(c, NULL, NULL), 0);
    AVPacket *p = av_packet_alloc();
    assert_int_equal(av_new_packet(p, (int)len), 0);
    memcpy(p->data, bytes, len);
    AVFrame *f = av_frame_alloc();
    assert_int_equal(avcodec_send_packet(c, p), 0);
    assert_int_equal(avcodec_receive_frame(c, f), 0);
    av_packet_free(&p);
    avcodec_free_context(&c);
    arena_done(&a);
    return f;
}

enum { SIDE = 256, PATCH = 32 };

static AVFrame *to_rgb(const uint8_t *const *data, const int *stride, enum AVPixelFormat format,
                       int space, int full)
{
    struct SwsContext *sws =
        sws_getContext(SIDE, SIDE, format, SIDE, SIDE, AV_PIX_FMT_RGB24,
                       SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, NULL, NULL, NULL);
    const int *table = sws_getCoefficients(space);
    assert_true(sws_setColorspaceDetails(sws, table, full, table, 1, 0, 1 << 16, 1 << 16) >= 0);
    AVFrame *f = av_frame(AV_PIX_FMT_RGB24, SIDE, SIDE);
    sws_scale(sws, data, stride, 0, SIDE, f->data, f->linesize);
    sws_freeContext(sws);
    return f;
}

static AVFrame *to_jpeg(const AVFrame *rgb)
{
    struct SwsContext *sws =
        sws_getContext(SIDE, SIDE, AV_PIX_FMT_RGB24, SIDE, SIDE, AV_PIX_FMT_YUVJ420P,
                       SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP, NULL, NULL, NULL);
    const int *table = sws_getCoefficients(SWS_CS_ITU601);
    assert_true(sws_setColorspaceDetails(sws, table, 1, table, 1, 0, 1 << 16, 1 << 16) >= 0);
    AVFrame *f = av_frame(AV_PIX_FMT_YUVJ420P, SIDE, SIDE);
    sws_scale(sws, (const uint8_t *const *)rgb->data, rgb->linesize, 0, SIDE, f->data, f->linesize);
    sws_freeContext(sws);
    return f;
}

// The largest difference; swscale does not know where chroma lies, so not at the edges of patches.
static int apart(const AVFrame *a, const AVFrame *b, int plane, int channels, int patch)
{
    int worst = 0, side = plane ? SIDE / 2 : SIDE;
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            int px = x % patch, py = y % patch;
            if (patch < side && (px < 4 || px >= patch - 4 || py < 4 || py >= patch - 4))
                continue;
            for (int c = 0; c < channels; c++) {
                int d = a->data[plane][y * a->linesize[plane] + channels * x + c] -
                        b->data[plane][y * b->linesize[plane] + channels * x + c];
                worst = abs(d) > worst ? abs(d) : worst;
            }
        }
    return worst;
}

// Patches of colours that RGB can show, or soft ramps through them.
static void paint(struct image *im, bool soft)
{
    for (int p = 0; p < 3; p++)
        for (int y = 0; y < (p ? SIDE / 2 : SIDE); y++)
            for (int x = 0; x < (p ? SIDE / 2 : SIDE); x++) {
                double u = (double)(p ? 2 * x : x) / SIDE, v = (double)(p ? 2 * y : y) / SIDE;
                if (!soft) {
                    u = floor(u * SIDE / PATCH) * PATCH / SIDE;
                    v = floor(v * SIDE / PATCH) * PATCH / SIDE;
                }
                double level = p == 0   ? 70 + 90 * u
                               : p == 1 ? 128 + 50 * (v - 0.5)
                                        : 128 - 60 * (u - v);
                im->plane[p][y * im->stride[p] + x] = (uint8_t)lrint(level);
            }
}

static void a_jpeg_shows_the_colours_of_the_frame(void **state)
{
    (void)state;
    for (int soft = 0; soft < 2; soft++) {
        struct err e = {0};
        struct image im = frame_new(SIDE, SIDE);
        paint(&im, soft);
        if (stillfile_write(&im, 1, path, &e) < 0)
            fail_msg("%s", e.text);
        AVFrame *jpeg = decoded();
        assert_int_equal(jpeg->format, AV_PIX_FMT_YUVJ420P);
        AVFrame *want = to_rgb((const uint8_t *const *)im.plane, im.stride, AV_PIX_FMT_YUV420P,
                               SWS_CS_ITU709, 0);
        AVFrame *planes = to_jpeg(want);
        AVFrame *got = to_rgb((const uint8_t *const *)jpeg->data, jpeg->linesize,
                              AV_PIX_FMT_YUVJ420P, SWS_CS_ITU601, 1);
        for (int p = 0; p < 3; p++)
            assert_in_range(apart(jpeg, planes, p, 1, soft ? SIDE : p ? PATCH / 2 : PATCH), 0, 2);
        // blue is Cb 1.8 times, each rounded: two levels of planes are four of it
        assert_in_range(apart(got, want, 0, 3, soft ? SIDE : PATCH), 0, 4);
        av_frame_free(&planes);
        av_frame_free(&jpeg);
        av_frame_free(&got);
        av_frame_free(&want);
        frame_free(&im);
    }
}

static void a_jpeg_is_what_others_read(void **state)
{
    (void)state;
    struct err e = {0};
    struct image im = frame_new(320, 180);
    unsigned seed = 4;
    frame_noise(&im, &seed);
    snprintf(path, sizeof path, "%s/poster.jpg", dir);
    int64_t last = INT64_MAX;
    for (int coarse = 1; coarse <= 31; coarse += 10) {
        struct cover_facts f;
        assert_int_equal(stillfile_write(&im, coarse, path, &e), 0);
        assert_true(cover_facts(path, &f, &e) >= 0);
        assert_string_equal(f.type, "image/jpeg");
        assert_int_equal(f.width, 320);
        assert_int_equal(f.height, 180);
        assert_true(fs_size(path) < last);
        last = fs_size(path);
    }
    struct arena a = {0};
    char *bytes;
    size_t len;
    assert_true(fs_read(&a, path, 1 << 20, &bytes, &len, &e) >= 0);
    assert_memory_equal(bytes, "\xFF\xD8\xFF\xE0", 4); // JFIF
    assert_memory_equal(bytes + 6, "JFIF", 5);
    arena_done(&a);
    assert_true(stillfile_write(&im, 3, "/dev/null/poster.jpg", &e) < 0);
    frame_free(&im);
}

static void a_small_jpeg_is_the_picture_made_smaller(void **state)
{
    (void)state;
    static const struct {
        int width, height, small_width, small_height;
    } rows[] = {
        {1920, 1080, 480, 270}, {1280, 720, 426, 240}, {480, 270, 480, 270}, {482, 100, 240, 50}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        struct image im = frame_new(rows[i].width, rows[i].height);
        frame_fill(&im, 40, 128, 128);
        for (int y = 0; y < im.height; y++) // the right half is bright
            memset(im.plane[0] + y * im.stride[0] + im.width / 2, 200, (size_t)im.width / 2);
        if (stillfile_write_small(&im, 480, 1, path, &e) < 0)
            fail_msg("%s", e.text);
        AVFrame *got = decoded();
        assert_int_equal(got->width, rows[i].small_width);
        assert_int_equal(got->height, rows[i].small_height);
        const uint8_t *row = got->data[0] + got->height / 2 * got->linesize[0];
        assert_in_range(row[got->width / 4], 26, 30); // (40 - 16) * 255 / 219
        assert_in_range(row[got->width * 3 / 4], 212, 216);
        av_frame_free(&got);
        frame_free(&im);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_png_becomes_rgba),
        cmocka_unit_test(what_is_no_png_is_refused),
        cmocka_unit_test(a_picture_too_large_is_refused),
        cmocka_unit_test(a_jpeg_shows_the_colours_of_the_frame),
        cmocka_unit_test(a_small_jpeg_is_the_picture_made_smaller),
        cmocka_unit_test(a_jpeg_is_what_others_read),
    };
    return cmocka_run_group_tests_name("stillfile", tests, set_up, tear_down);
}
