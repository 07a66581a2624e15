// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "frames.h"
#include "picture/overlay.h"

struct drawn {
    int width, height;
    uint8_t *rgba;
};

static struct drawn drawn_noise(int width, int height, unsigned *seed)
{
    struct drawn d = {width, height, malloc(4 * (size_t)width * (size_t)height)};
    for (size_t i = 0; i < (size_t)width * (size_t)height; i++) {
        for (int c = 0; c < 3; c++)
            d.rgba[4 * i + (size_t)c] = (uint8_t)frame_random(seed);
        unsigned kind = frame_random(seed) % 4;
        d.rgba[4 * i + 3] = (uint8_t)(kind == 0 ? 0 : kind == 1 ? 255 : frame_random(seed));
    }
    return d;
}

// BT.709, limited range, of the pixels with their weights; alpha in ret[3].
static void mean_of(const struct drawn *d, const int (*at)[3], size_t n, double ret[4])
{
    double rgb[3] = {0}, cover = 0, weights = 0;
    for (size_t i = 0; i < n; i++) {
        int x = at[i][0], y = at[i][1];
        if (x < 0 || y < 0 || x >= d->width || y >= d->height)
            continue;
        const uint8_t *p = d->rgba + 4 * ((size_t)y * (size_t)d->width + (size_t)x);
        weights += at[i][2];
        cover += at[i][2] * p[3] / 255.0;
        for (int c = 0; c < 3; c++)
            rgb[c] += at[i][2] * p[3] / 255.0 * p[c] / 255.0;
    }
    for (int c = 0; c < 3 && cover > 0; c++)
        rgb[c] /= cover;
    ret[0] = 16 + 219 * (0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]);
    ret[1] = 128 + 224 * (-0.2126 * rgb[0] - 0.7152 * rgb[1] + 0.9278 * rgb[2]) / 1.8556;
    ret[2] = 128 + 224 * (0.7874 * rgb[0] - 0.7152 * rgb[1] - 0.0722 * rgb[2]) / 1.5748;
    ret[3] = cover / weights;
}

// What exact arithmetic makes of one sample of the frame `was`, the overlay at even (x0, y0).
static double exact(const struct drawn *d, const struct image *was, int plane, int x, int y, int x0,
                    int y0, int alpha_256)
{
    double got[4], old = frame_at(was, plane, x, y);
    int dx = x - (plane ? x0 / 2 : x0), dy = y - (plane ? y0 / 2 : y0);
    int scale = plane ? 2 : 1;
    if (dx < 0 || dy < 0 || dx * scale >= d->width || dy * scale >= d->height)
        return old;
    const int luma[][3] = {{dx, dy, 1}};
    const int cx = 2 * dx, cy = 2 * dy;
    const int chroma[][3] = {{cx - 1, cy, 1},     {cx, cy, 2},     {cx + 1, cy, 1},
                             {cx - 1, cy + 1, 1}, {cx, cy + 1, 2}, {cx + 1, cy + 1, 1}};
    mean_of(d, plane ? chroma : luma, plane ? COUNT(chroma) : COUNT(luma), got);
    double alpha = got[3] * alpha_256 / 256;
    return old + (got[plane] - old) * alpha;
}

static void check(const struct drawn *d, int x, int y, int alpha_256, unsigned *seed)
{
    struct image was = frame_new(96, 64), is = frame_new(96, 64);
    frame_noise(&was, seed);
    frame_copy(&is, &was);
    struct overlay *o = overlay_new(d->rgba, d->width, d->height, 4 * d->width);
    assert_int_equal(overlay_width(o), d->width);
    assert_int_equal(overlay_height(o), d->height);
    overlay_blend(o, &is, x, y, alpha_256);
    overlay_free(o);
    int x0 = (int)floor(x / 2.0) * 2, y0 = (int)floor(y / 2.0) * 2;
    for (int p = 0; p < 3; p++)
        for (int row = 0; row < (p ? 32 : 64); row++)
            for (int col = 0; col < is.stride[p]; col++) {
                double want = col < (p ? 48 : 96) ? exact(d, &was, p, col, row, x0, y0, alpha_256)
                                                  : frame_at(&was, p, col, row);
                double got = frame_at(&is, p, col, row);
                if (fabs(got - want) > 1)
                    fail_msg("plane %d, (%d, %d) at (%d, %d) by %d: %g, not %g", p, col, row, x, y,
                             alpha_256, got, want);
            }
    frame_free(&was);
    frame_free(&is);
}

static void blending_is_that_of_exact_arithmetic(void **state)
{
    (void)state;
    static const int sizes[][2] = {{40, 30}, {41, 31}, {1, 1},   {2, 2},
                                   {7, 64},  {96, 64}, {130, 90}};
    static const int places[][2] = {{0, 0},   {10, 8},  {11, 9}, {-6, -4},
                                    {-7, -5}, {80, 50}, {95, 63}};
    static const int alphas[] = {256, 255, 128, 1, 77};
    unsigned seed = 5;
    for (size_t s = 0; s < COUNT(sizes); s++) {
        struct drawn d = drawn_noise(sizes[s][0], sizes[s][1], &seed);
        for (size_t p = 0; p < COUNT(places); p++)
            for (size_t a = 0; a < COUNT(alphas); a++)
                check(&d, places[p][0], places[p][1], alphas[a], &seed);
        free(d.rgba);
    }
}

static void what_is_not_seen_leaves_every_bit(void **state)
{
    (void)state;
    static const int rows[][3] = {{0, 0, 0},         {0, 0, -5},          {-40, 0, 256},
                                  {-41, 0, 256},     {96, 0, 256},        {0, 64, 256},
                                  {0, -30, 256},     {97, -31, 256},      {0, -31, 256},
                                  {1 << 30, 0, 256}, {-(1 << 30), 0, 256}};
    unsigned seed = 6;
    struct image was = frame_new(96, 64), is = frame_new(96, 64);
    frame_noise(&was, &seed);
    frame_copy(&is, &was);
    struct drawn d = drawn_noise(40, 30, &seed);
    struct overlay *o = overlay_new(d.rgba, 40, 30, 160);
    for (size_t i = 0; i < COUNT(rows); i++) {
        overlay_blend(o, &is, rows[i][0], rows[i][1], rows[i][2]);
        assert_true(frame_same(&is, &was));
    }
    overlay_blend(o, &is, 0, 0, 256);
    assert_false(frame_same(&is, &was));
    overlay_free(o);
    frame_copy(&is, &was);
    for (size_t i = 0; i < 40 * 30; i++)
        d.rgba[4 * i + 3] = 0;
    o = overlay_new(d.rgba, 40, 30, 160);
    overlay_blend(o, &is, 8, 8, 256);
    assert_true(frame_same(&is, &was));
    overlay_free(o);
    free(d.rgba);
    frame_free(&was);
    frame_free(&is);
}

static void colours_are_those_of_bt_709(void **state)
{
    (void)state;
    static const struct {
        uint8_t rgba[4];
        int want[3];
    } rows[] = {{{255, 255, 255, 255}, {235, 128, 128}}, {{0, 0, 0, 255}, {16, 128, 128}},
                {{255, 0, 0, 255}, {63, 102, 240}},      {{0, 255, 0, 255}, {173, 42, 26}},
                {{0, 0, 255, 255}, {32, 240, 118}},      {{128, 128, 128, 255}, {126, 128, 128}}};
    struct image im = frame_new(8, 8);
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t rgba[16];
        for (int k = 0; k < 16; k++)
            rgba[k] = rows[i].rgba[k % 4];
        struct overlay *o = overlay_new(rgba, 2, 2, 8);
        frame_fill(&im, 90, 60, 200);
        overlay_blend(o, &im, 2, 2, OVERLAY_OPAQUE);
        overlay_free(o);
        for (int p = 0; p < 3; p++)
            assert_int_equal(frame_at(&im, p, p ? 1 : 3, p ? 1 : 3), rows[i].want[p]);
        assert_int_equal(frame_at(&im, 0, 4, 2), 90);
    }
    frame_free(&im);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blending_is_that_of_exact_arithmetic),
        cmocka_unit_test(what_is_not_seen_leaves_every_bit),
        cmocka_unit_test(colours_are_those_of_bt_709),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
