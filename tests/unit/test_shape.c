// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "media/shape.h"

static AVFrame *frame(enum AVPixelFormat format, int width, int height)
{
    AVFrame *f = av_frame_alloc();
    f->format = format;
    f->width = width;
    f->height = height;
    f->sample_aspect_ratio = (AVRational){1, 1};
    assert_int_equal(av_frame_get_buffer(f, 0), 0);
    memset(f->data[0], 60, (size_t)f->linesize[0] * (size_t)height);
    memset(f->data[1], 128, (size_t)f->linesize[1] * (size_t)height / 2);
    memset(f->data[2], 128, (size_t)f->linesize[2] * (size_t)height / 2);
    return f;
}

// The same through the graph; f is the caller's no more.
static AVFrame *shaped(const struct shape *s, AVFrame *f)
{
    struct str how;
    struct graph *g;
    struct err e = {0};
    AVFrame *out = av_frame_alloc();
    str_init(&how, STR_MAX);
    shape_describe(s, f, &how);
    if (graph_open(how.p, f, (AVRational){1, 25}, 1, &g, &e) < 0 || graph_push(g, f, &e) < 0 ||
        graph_pull(g, out, &e) != 1)
        fail_msg("%s: %s", how.p, e.text);
    graph_close(g);
    str_done(&how);
    av_frame_free(&f);
    return out;
}

static int luma(const AVFrame *f, int x, int y)
{
    return f->data[0][y * f->linesize[0] + x];
}

static void names_of_turns_lead_back(void **state)
{
    (void)state;
    for (int t = TURN_NONE; t <= TURN_CROSS; t++)
        assert_int_equal(turn_named(turn_name((enum turn)t)), t);
    assert_int_equal(turn_named("sideways"), TURN_NONE);
    assert_int_equal(turn_of_matrix(NULL), TURN_NONE);
}

// A bright corner says where the top left of the file is seen.
static void each_turn_brings_the_corner_where_it_belongs(void **state)
{
    (void)state;
    enum { WIDE = 160, HIGH = 96, CORNER = 24 };
    static const struct {
        enum turn turn;
        bool right, bottom, on_side;
    } rows[] = {
        {TURN_CLOCK, true, false, true},   {TURN_HALF, true, true, false},
        {TURN_COUNTER, false, true, true}, {TURN_MIRROR, true, false, false},
        {TURN_FLIP, false, true, false},   {TURN_TRANSPOSE, false, false, true},
        {TURN_CROSS, true, true, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AVFrame *f = frame(AV_PIX_FMT_YUV420P, WIDE, HIGH);
        for (int y = 0; y < CORNER; y++)
            memset(f->data[0] + y * f->linesize[0], 200, CORNER);
        int w = rows[i].on_side ? HIGH : WIDE, h = rows[i].on_side ? WIDE : HIGH;
        struct shape s = {.turn = rows[i].turn, .width = w, .height = h};
        f->colorspace = AVCOL_SPC_BT709;
        AVFrame *out = shaped(&s, f);
        assert_int_equal(out->width, w);
        assert_int_equal(out->height, h);
        for (int c = 0; c < 4; c++) {
            bool right = c & 1, bottom = c >> 1;
            int got = luma(out, right ? w - CORNER / 2 : CORNER / 2,
                           bottom ? h - CORNER / 2 : CORNER / 2);
            int wanted = right == rows[i].right && bottom == rows[i].bottom ? 200 : 60;
            if (abs(got - wanted) > 2)
                fail_msg("%s: corner %d has %d", turn_name(rows[i].turn), c, got);
        }
        av_frame_free(&out);
    }
}

static void another_shape_gets_bars_or_is_cropped(void **state)
{
    (void)state;
    for (int crop = 0; crop <= 1; crop++) {
        AVFrame *f = frame(AV_PIX_FMT_YUV420P, 160, 120); // 4:3 into 16:9
        f->colorspace = AVCOL_SPC_BT709;
        struct shape s = {.width = 320, .height = 180, .crop = crop};
        AVFrame *out = shaped(&s, f);
        assert_int_equal(out->width, 320);
        assert_int_equal(out->height, 180);
        assert_int_equal(luma(out, 160, 90), 60);
        assert_int_equal(luma(out, 10, 90), crop ? 60 : 16);
        assert_int_equal(luma(out, 309, 90), crop ? 60 : 16);
        assert_true(out->sample_aspect_ratio.num == out->sample_aspect_ratio.den);
        av_frame_free(&out);
    }
}

static void pixels_become_square(void **state)
{
    (void)state;
    AVFrame *f = frame(AV_PIX_FMT_YUV420P, 720, 576); // PAL, 16:9: no bars
    struct shape s = {.pixel_aspect = {64, 45}, .width = 1280, .height = 720};
    AVFrame *out = shaped(&s, f);
    assert_int_equal(luma(out, 4, 360), luma(out, 640, 360));
    assert_int_equal(luma(out, 640, 3), luma(out, 640, 360));
    av_frame_free(&out);
}

static void full_range_becomes_limited(void **state)
{
    (void)state;
    static const int full[] = {0, 128, 255}, limited[] = {16, 126, 235};
    for (size_t i = 0; i < COUNT(full); i++) {
        AVFrame *f = frame(AV_PIX_FMT_YUV420P, 1280, 720);
        memset(f->data[0], full[i], (size_t)f->linesize[0] * 720);
        f->color_range = AVCOL_RANGE_JPEG;
        f->colorspace = AVCOL_SPC_BT709;
        AVFrame *out = shaped(&(struct shape){.width = 1280, .height = 720}, f);
        assert_true(abs(luma(out, 640, 360) - limited[i]) <= 1);
        av_frame_free(&out);
    }
}

static void what_is_right_is_left_alone(void **state)
{
    (void)state;
    struct shape s = {.width = 1280, .height = 720};
    for (int change = 0; change < 5; change++) {
        AVFrame *f = frame(AV_PIX_FMT_YUV420P, change == 1 ? 1278 : 1280, 720);
        struct str how;
        str_init(&how, STR_MAX);
        f->colorspace = change == 2 ? AVCOL_SPC_SMPTE170M : AVCOL_SPC_BT709;
        f->color_range = change == 3 ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
        s.turn = change == 4 ? TURN_HALF : TURN_NONE;
        shape_describe(&s, f, &how);
        assert_int_equal(how.len > 0, change > 0);
        str_done(&how);
        av_frame_free(&f);
    }
}

static void unsaid_colours_are_those_of_the_size(void **state)
{
    (void)state;
    static const struct {
        int height;
        enum AVColorSpace matrix;
    } rows[] = {{576, AVCOL_SPC_SMPTE170M}, {720, AVCOL_SPC_BT709}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        AVFrame *f = frame(AV_PIX_FMT_YUV420P, 720, rows[i].height);
        struct colours c = colours_of(f);
        assert_int_equal(c.matrix, rows[i].matrix);
        assert_false(c.full_range || colours_are_hdr(&c));
        f->color_trc = AVCOL_TRC_SMPTE2084;
        c = colours_of(f);
        assert_true(colours_are_hdr(&c));
        av_frame_free(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_turns_lead_back),
        cmocka_unit_test(each_turn_brings_the_corner_where_it_belongs),
        cmocka_unit_test(another_shape_gets_bars_or_is_cropped),
        cmocka_unit_test(pixels_become_square),
        cmocka_unit_test(full_range_becomes_limited),
        cmocka_unit_test(what_is_right_is_left_alone),
        cmocka_unit_test(unsaid_colours_are_those_of_the_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
