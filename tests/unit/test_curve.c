// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/xmlread.h"
#include "doc/curve.h"
#include "doc/curvedata.h"
#include "sound/loudness.h"

enum { BLOCKS_PER_S = 50, MOST_BYTES = 250 << 10 };

// Words and pauses that never repeat.
static void talk(struct blocks *b, double seconds)
{
    uint32_t dice = 1;
    *b = (struct blocks){.n = (size_t)(seconds * BLOCKS_PER_S)};
    b->energy = mem_alloc((b->n + 1) * sizeof *b->energy);
    b->peak = mem_alloc((b->n + 1) * METER_BLOCK_PEAKS * sizeof *b->peak);
    b->crossings = mem_alloc((b->n + 1) * sizeof *b->crossings);
    b->bands = mem_alloc(1);
    for (size_t i = 0; i < b->n; i++) {
        dice = dice * 1664525u + 1013904223u;
        double lufs = (i / 37) % 3 ? -24 + (dice >> 8) / 16777216.0 * 12 : -70;
        b->energy[i] = (float)loudness_energy(lufs);
        for (int k = 0; k < METER_BLOCK_PEAKS; k++)
            b->peak[i * METER_BLOCK_PEAKS + (size_t)k] =
                meter_peak_code((float)pow(10, (lufs + 9) / 20));
    }
}

struct scene {
    struct blocks b;
    struct curve_span *span;
    double (*gain)[2];
    struct curve_mark cuts[3];
    struct curve_lane lanes[2];
    struct curve_gain gains[1];
    struct curve_params p;
};

static struct scene *scene_new(double seconds)
{
    struct scene *s = mem_alloc(sizeof *s);
    size_t turns = (size_t)(seconds / 4);
    talk(&s->b, seconds);
    s->span = mem_alloc((turns + 1) * sizeof *s->span);
    s->gain = mem_alloc((turns + 1) * sizeof *s->gain);
    for (size_t i = 0; i < turns; i++) {
        s->span[i] = (struct curve_span){(double)i * 4, (double)i * 4 + 2};
        s->gain[i][0] = (double)i * 4;
        s->gain[i][1] = i % 7 ? (double)(i % 5) - 2 : NAN;
    }
    s->lanes[0] = (struct curve_lane){"Kari <& \"co\">", 0, s->span, turns};
    s->lanes[1] = (struct curve_lane){"Musikk", CURVE_MUSIC, s->span, turns / 2};
    s->gains[0] = (struct curve_gain){(const double(*)[2])s->gain, turns, 0};
    s->cuts[0] = (struct curve_mark){seconds / 3, 7, "0:07"};
    s->p = (struct curve_params){
        .length_s = seconds,
        .sound = {{"Før", &s->b, 0, -23.4, -3}, {"Etter", &s->b, 0, -16, -1}},
        .num_sounds = 2,
        .target_lufs = -16,
        .tolerance_lu = 0.2,
        .ceiling_dbtp = -1,
        .lanes = s->lanes,
        .num_lanes = 2,
        .gains = s->gains,
        .num_gains = 1,
        .cuts = s->cuts,
        .num_cuts = 1,
        .words = {.title = "Styrke & tid",
                  .desc = "a < b",
                  .momentary = "0,4 s",
                  .short_term = "3 s",
                  .integrated = "i",
                  .target = "mål",
                  .gain = "Gain",
                  .voices = "Hvem",
                  .chapters = "Kapitler",
                  .true_peak = "Topp",
                  .ceiling = "tak",
                  .cut = "klipp",
                  .decimal = ","},
    };
    return s;
}

static void scene_free(struct scene *s)
{
    blocks_done(&s->b);
    free(s->span);
    free(s->gain);
    free(s);
}

static void draw(const struct curve_params *p, struct str *out)
{
    struct err e = {0};
    str_init(out, STR_MAX);
    assert_int_equal(curve_draw(p, out, &e), 0);
}

static void assert_well_formed(const struct str *svg)
{
    struct err e = {0};
    struct arena a = {0};
    struct xml_doc doc;
    if (xmlread_tree(&a, svg->p, svg->len, "svg", &doc, &e) < 0)
        fail_msg("%s", e.text);
    arena_done(&a);
    assert_null(strstr(svg->p, "nan"));
    assert_null(strstr(svg->p, "inf "));
}

static void is_well_formed_and_says_what_it_shows(void **state)
{
    (void)state;
    struct scene *s = scene_new(60);
    struct str svg;
    draw(&s->p, &svg);
    assert_well_formed(&svg);
    static const char *const parts[] = {
        "role=\"img\"",          "<title>Styrke &amp; tid</title>",
        "<desc>a &lt; b</desc>", "Før: −23,4 LUFS",
        "Etter: −16,0 LUFS",     ">Musikk</text>",
        "Kari &lt;&amp; \"co",   "prefers-color-scheme:dark",
        ">0:30</text>",
    };
    for (size_t i = 0; i < COUNT(parts); i++)
        if (!strstr(svg.p, parts[i]))
            fail_msg("%s is not in the picture", parts[i]);
    str_done(&svg);
    scene_free(s);
}

static void same_sound_same_bytes(void **state)
{
    (void)state;
    struct scene *s = scene_new(60);
    struct str a, b;
    draw(&s->p, &a);
    draw(&s->p, &b);
    assert_string_equal(a.p, b.p);
    str_done(&a);
    str_done(&b);
    scene_free(s);
}

static void three_hours_stay_small(void **state)
{
    (void)state;
    struct scene *s = scene_new(3 * 3600);
    struct str svg;
    draw(&s->p, &svg);
    assert_well_formed(&svg);
    assert_true(svg.len < MOST_BYTES);
    assert_non_null(strstr(svg.p, ">3:00:00</text>"));
    str_done(&svg);
    scene_free(s);
}

// Silence, no sound at all, a moment, and everything left out.
static void odd_sounds_are_drawn_too(void **state)
{
    (void)state;
    static const double lengths[] = {0, 0.02, 0.5, 2};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct scene *s = scene_new(lengths[i]);
        struct str svg;
        memset(s->b.energy, 0, s->b.n * sizeof *s->b.energy);
        memset(s->b.peak, 0, s->b.n * METER_BLOCK_PEAKS * sizeof *s->b.peak);
        s->p.num_sounds = 1;
        s->p.sound[0].integrated_lufs = s->p.sound[0].true_peak_dbtp = -HUGE_VAL;
        s->p.target_lufs = s->p.ceiling_dbtp = NAN;
        s->p.num_lanes = s->p.num_gains = s->p.num_cuts = 0;
        draw(&s->p, &svg);
        assert_well_formed(&svg);
        str_done(&svg);
        scene_free(s);
    }
}

static void columns_hold_the_extremes(void **state)
{
    (void)state;
    struct scene *s = scene_new(100);
    size_t loud = 2500;
    s->b.energy[loud] = (float)loudness_energy(0);
    s->b.peak[loud * METER_BLOCK_PEAKS] = meter_peak_code(2);
    struct curve_column *one = curve_loudness(&s->p.sound[0], 100, 1, 10);
    struct curve_column *peak = curve_peaks(&s->p.sound[0], 100, 10);
    for (size_t i = 0; i < 10; i++) {
        assert_true(one[i].low < -69 && one[i].low > -71);
        if (i == 5)
            assert_true(fabsf(one[i].high) < 0.01f && fabsf(peak[i].high - 6.02f) < 0.05f);
        else
            assert_true(one[i].high < -11 && peak[i].high < -2);
    }
    free(one);
    free(peak);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_well_formed_and_says_what_it_shows),
        cmocka_unit_test(same_sound_same_bytes),
        cmocka_unit_test(three_hours_stay_small),
        cmocka_unit_test(odd_sounds_are_drawn_too),
        cmocka_unit_test(columns_hold_the_extremes),
    };
    return cmocka_run_group_tests_name("curve", tests, NULL, NULL);
}
