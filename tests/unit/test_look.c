// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/proc.h"
#include "canvas.h"
#include "picture/look.h"
#include "scratch.h"

enum { FPS = 25 };
#define FRAME (TICKS_PER_SEC / FPS)

static struct look *looking_at(const struct image *m)
{
    return look_new(&(struct look_params){
        .width = m->width, .height = m->height, .rate_num = FPS, .rate_den = 1});
}

enum what { SCENE, DARK, STILL };

static void paint(struct image *m, enum what what, int frame, uint32_t *noise)
{
    canvas_fill(m, what == DARK ? 18 : 100, 128, 128);
    if (what == SCENE)
        canvas_box(m, frame % (m->width / 2), 10, m->width / 4, m->height / 2, 180);
    if (what == DARK)
        canvas_noise(m, 6, noise);
    if (what == DARK) // a name in a corner, below 2 % of the picture
        canvas_box(m, 0, 0, m->width / 10, m->height / 6, 200);
}

static void passages_are_found_to_the_frame_and_short_ones_are_not(void **state)
{
    (void)state;
    static const struct {
        int frames;
        enum what what;
    } rows[] = {{60, SCENE}, {50, DARK}, {30, SCENE}, {49, DARK}, {10, SCENE},
                {75, STILL}, {5, SCENE}, {49, STILL}, {5, SCENE}, {50, STILL}};
    static const int sizes[][2] = {{64, 36}, {1280, 720}, {98, 1082}};
    for (size_t s = 0; s < COUNT(sizes); s++) {
        struct image m;
        uint32_t noise = 1;
        canvas_new(&m, sizes[s][0], sizes[s][1]);
        struct look *l = looking_at(&m);
        struct look_result got;
        int frame = 0;
        for (size_t i = 0; i < COUNT(rows); i++)
            for (int k = 0; k < rows[i].frames; k++, frame++) {
                paint(&m, rows[i].what, frame, &noise);
                look_add(l, &m, frame * FRAME);
            }
        look_result(l, &got);
        assert_int_equal(got.frames, frame);
        assert_int_equal(got.black.count, 1);
        assert_true(got.black.first[0].start == 60 * FRAME);
        assert_true(got.black.first[0].end == 110 * FRAME && got.black.length == 50 * FRAME);
        assert_int_equal(got.frozen.count, 2);
        assert_true(got.frozen.first[0].start == 199 * FRAME);
        assert_true(got.frozen.first[0].end == 274 * FRAME);
        assert_true(got.frozen.first[1].start == 333 * FRAME);
        assert_true(got.frozen.first[1].end == 383 * FRAME);
        assert_true(got.frozen.length == 125 * FRAME);
        look_free(l);
        canvas_free(&m);
    }
}

static void a_difference_below_60_db_is_none(void **state)
{
    (void)state;
    // one in so many samples of luma changes by 100 every frame; 0.256 of 256 on average, all
    // planes together, is the limit
    static const struct {
        int one_in;
        bool frozen;
    } rows[] = {{230, false}, {300, true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct image m;
        canvas_new(&m, 320, 180);
        struct look *l = looking_at(&m);
        for (int frame = 0; frame < 3 * FPS; frame++) {
            canvas_fill(&m, 100, 128, 128);
            for (int k = 0; frame && k < 320 * 180; k += rows[i].one_in)
                *canvas_at(&m, 0, k % 320, k / 320) = frame % 2 ? 200 : 0;
            look_add(l, &m, frame * FRAME);
        }
        struct look_result got;
        look_result(l, &got);
        assert_int_equal(got.frozen.count, rows[i].frozen);
        look_free(l);
        canvas_free(&m);
    }
}

static void only_the_first_passages_are_kept_but_all_are_counted(void **state)
{
    (void)state;
    struct image m;
    canvas_new(&m, 16, 16);
    struct look *l = looking_at(&m);
    tick at = 0;
    for (int i = 0; i < 2 * 70; i++, at += 2 * TICKS_PER_SEC) { // two seconds a frame
        canvas_fill(&m, i % 2 ? 16 : 100, 128, 128);
        look_add(l, &m, at);
    }
    struct look_result got;
    look_result(l, &got);
    // the last one is a frame long
    assert_int_equal(got.black.count, 69);
    assert_true(got.black.first[63].start == TICKS_PER_SEC * (2 * 127));
    assert_true(got.black.length == 69 * 2 * TICKS_PER_SEC);
    look_free(l);
    canvas_free(&m);
}

static void where_levels_are_wrong_is_told(void **state)
{
    (void)state;
    struct image m;
    struct look_result got;
    canvas_new(&m, 64, 36);
    struct look *l = looking_at(&m);
    for (int i = 0; i < 300;
         i++) { // 2 to 5 s burnt out, 6 to 9 s out of range, 10 to 11 s too short
        bool burnt = i >= 50 && i < 125, illegal = i >= 150 && i < 225, brief = i >= 250 && i < 275;
        canvas_fill(&m, illegal || brief ? 3 : 100 + i % 9, 128, 128);
        if (burnt)
            canvas_box(&m, 0, 0, 64, 6, 235);
        look_add(l, &m, i * FRAME);
    }
    look_result(l, &got);
    assert_int_equal(got.burnt.count, 1);
    assert_true(got.burnt.first[0].start == 50 * FRAME && got.burnt.first[0].end == 125 * FRAME);
    assert_int_equal(got.illegal.count, 1);
    assert_true(got.illegal.first[0].start == 150 * FRAME);
    assert_true(got.illegal.first[0].end == 225 * FRAME);
    look_free(l);
    canvas_free(&m);
}

// Of key frames alone nothing is known between two of them.
static void of_some_frames_only_passages_end_with_the_last_one(void **state)
{
    (void)state;
    struct image m;
    struct look_result got;
    canvas_new(&m, 64, 36);
    struct look *l = look_new(&(struct look_params){
        .width = 64, .height = 36, .rate_num = FPS, .rate_den = 1, .some_only = true});
    static const int luma[] = {60, 90, 120, 16, 150, 16, 16, 16, 180, 180, 180}; // two seconds each
    for (size_t i = 0; i < COUNT(luma); i++) {
        canvas_fill(&m, luma[i], 128, 128);
        look_add(l, &m, (tick)i * 2 * TICKS_PER_SEC);
    }
    look_result(l, &got);
    assert_int_equal(got.black.count, 1); // a black frame alone may be a flash
    assert_true(got.black.first[0].start == 10 * TICKS_PER_SEC);
    assert_true(got.black.first[0].end == 14 * TICKS_PER_SEC);
    assert_int_equal(got.frozen.count, 2); // the three black ones and the three of 180
    assert_true(got.frozen.first[1].start == 16 * TICKS_PER_SEC);
    assert_true(got.frozen.first[1].end == 20 * TICKS_PER_SEC);
    look_free(l);
    canvas_free(&m);
}

static void levels_out_of_range_are_those_of_r_103(void **state)
{
    (void)state;
    static const struct {
        int y, cb, cr;
        bool illegal;
    } rows[] = {
        {5, 128, 128, false},  {4, 128, 128, true},   {246, 128, 128, false},
        {247, 128, 128, true}, {63, 102, 240, false}, // red of BT.709
        {173, 42, 26, false},  {32, 240, 118, false}, // green, blue
        {219, 16, 138, false}, {16, 128, 140, false}, // yellow; R' is 34
        {120, 60, 160, true},  {235, 128, 148, true}, // B' is -3; R' is 266
        {30, 170, 170, true},                         // G' is 3
        {180, 200, 128, true}, {60, 128, 80, true},   // B' is 311; R' is -14
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct image m;
        canvas_new(&m, 320, 180);
        struct look *l = looking_at(&m);
        for (int frame = 0; frame < 4; frame++) {
            canvas_fill(&m, 120, 128, 128);
            if (frame)
                canvas_fill(&m, rows[i].y, rows[i].cb, rows[i].cr);
            look_add(l, &m, frame * FRAME);
        }
        struct look_result got;
        look_result(l, &got);
        assert_true(got.range == (rows[i].illegal ? 0.75 : 0));
        assert_true(got.range_worst == rows[i].illegal);
        look_free(l);
        canvas_free(&m);
    }
}

static void one_percent_of_the_picture_may_be_out_of_range(void **state)
{
    (void)state;
    for (int wide = 1; wide <= 2; wide++) {
        struct image m;
        struct look_result got;
        canvas_new(&m, 320, 180);
        struct look *l = looking_at(&m);
        canvas_fill(&m, 120, 128, 128);
        canvas_box(&m, 0, 0, 2 * wide, 160, 255);
        look_add(l, &m, 0);
        look_result(l, &got);
        assert_true(got.range == (wide > 1));
        assert_true(fabs(got.range_worst - wide * 80 / (160.0 * 90)) < 1e-9);
        look_free(l);
        canvas_free(&m);
    }
}

static void exposure_is_that_of_what_is_not_black(void **state)
{
    (void)state;
    struct image m;
    struct look_result got;
    canvas_new(&m, 1000, 100); // not a multiple of what is counted at once
    struct look *l = looking_at(&m);
    canvas_fill(&m, 16 + 219 / 3, 128, 128);
    canvas_box(&m, 0, 0, 100, 100, 16);
    canvas_box(&m, 950, 0, 50, 100, 240);
    for (int frame = 0; frame < 2 * FPS; frame++)
        look_add(l, &m, frame * FRAME);
    canvas_fill(&m, 16, 128, 128);
    for (int frame = 2 * FPS; frame < 3 * FPS; frame++)
        look_add(l, &m, frame * FRAME);
    look_result(l, &got);
    assert_true(fabs(got.crushed - 0.1) < 1e-9 && fabs(got.clipped - 0.05) < 1e-9);
    double level = 0.85 / 3 + 0.05 * 224 / 219;
    assert_true(fabs(got.level - level) < 1e-9);
    assert_int_equal(got.seconds, 3);
    assert_true(fabs((double)got.levels[0] - level) < 1e-6 && got.levels[1] == got.levels[0]);
    assert_true(got.levels[2] == 0);
    look_free(l);
    canvas_free(&m);
}

static void flicker_is_neither_a_fade_nor_a_cut_nor_noise(void **state)
{
    (void)state;
    static const struct {
        int period, step; // frames; luma steps up and down
        int fade;         // luma steps a frame
        int cuts;         // frames from one to the next
        int64_t flicker_s;
    } rows[] = {
        {2, 2, 0, 0, 4}, {3, 3, 0, 0, 4}, {2, 1, 0, 0, 0}, {0, 0, 2, 0, 0}, {0, 0, 0, 12, 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct image m;
        struct look_result got;
        uint32_t noise = 7;
        canvas_new(&m, 160, 90);
        struct look *l = looking_at(&m);
        for (int frame = 0; frame < 4 * FPS; frame++) {
            int y = 40 + frame % 100 * rows[i].fade;
            y += rows[i].period && frame % rows[i].period == 0 ? rows[i].step : 0;
            y += rows[i].cuts && frame / rows[i].cuts % 2 ? 80 : 0;
            canvas_fill(&m, y > 240 ? 240 : y, 128, 128);
            canvas_noise(&m, 8, &noise);
            look_add(l, &m, frame * FRAME);
        }
        look_result(l, &got);
        assert_int_equal(got.flicker_s, rows[i].flicker_s);
        look_free(l);
        canvas_free(&m);
    }
}

static void seconds_without_frames_keep_the_level_and_nothing_is_nothing(void **state)
{
    (void)state;
    struct image m;
    struct look_result got;
    canvas_new(&m, 16, 16);
    struct look *l = looking_at(&m);
    look_result(l, &got);
    assert_true(got.frames == 0 && got.black.count == 0 && got.seconds == 0);
    canvas_fill(&m, 235, 128, 128);
    look_add(l, &m, 0);
    look_add(l, &m, 5 * TICKS_PER_SEC);
    look_add(l, &m, INT64_C(900) * 24 * 60 * 60 * TICKS_PER_SEC / 100);
    look_result(l, &got);
    assert_int_equal(got.seconds, 6);
    assert_true(got.levels[0] == 1 && got.levels[3] == 1 && got.levels[5] == 1);
    look_free(l);
    canvas_free(&m);
    assert_null(look_new(&(struct look_params){.width = 16, .height = 16}));
    assert_null(look_new(&(struct look_params){.rate_num = 25, .rate_den = 1}));
}

// What ffmpeg's two filters say of a clip, and the clip itself.
enum { WIDE = 960, HIGH = 540 };

#define SOURCE "=s=960x540:r=25:d="
static const char clip[] =
    "testsrc2" SOURCE "4,tpad=stop_mode=clone:stop_duration=3[a];"
    "color=black:s=960x540:r=25:d=3,noise=alls=8:allf=t[b];testsrc2" SOURCE "2[c];"
    "color=black:s=960x540:r=25:d=1.5[d];smptebars" SOURCE "2.5[e];testsrc2" SOURCE "2[f];"
    "color=0x181818:s=960x540:r=25:d=2.6[g];"
    "[a][b][c][d][e][f][g]concat=n=7,format=yuv420p,blackdetect,freezedetect,"
    "metadata=mode=print:file=%s";

struct found {
    size_t n;
    double from[8], to[8];
};

static void found_line(struct found *f, const char *line, const char *start, const char *end)
{
    size_t a = strlen(start), b = strlen(end);
    if (f->n < COUNT(f->from) && !strncmp(line, start, a)) {
        f->from[f->n] = strtod(line + a, NULL);
        f->to[f->n++] = HUGE_VAL;
    } else if (f->n && !strncmp(line, end, b)) {
        f->to[f->n - 1] = strtod(line + b, NULL);
        if (f->to[f->n - 1] - f->from[f->n - 1] < 2)
            f->n--; // blackdetect names every start
    }
}

static void compare(const struct found *f, const struct look_passages *p, double end)
{
    assert_int_equal(f->n, p->count);
    for (size_t i = 0; i < f->n; i++) {
        double from = tick_to_s(p->first[i].start), to = tick_to_s(p->first[i].end);
        print_message("# %.2f to %.2f s, ffmpeg: %.2f to %.2f s\n", from, to, f->from[i], f->to[i]);
        assert_true(fabs(from - f->from[i]) <= 1.0 / FPS);
        assert_true(fabs(to - fmin(f->to[i], end)) <= 1.0 / FPS);
    }
}

static int64_t look_at_clip(const char *report, struct look *l)
{
    static char graph[2048];
    snprintf(graph, sizeof(graph), clip, report);
    const char *const argv[] = {"/usr/bin/ffmpeg", "-v", "error", "-f", "lavfi", "-i", graph, "-f",
                                "rawvideo",        "-",  NULL};
    struct proc p;
    struct image m = {.width = WIDE, .height = HIGH, .stride = {WIDE, WIDE / 2, WIDE / 2}};
    size_t luma = (size_t)WIDE * HIGH, all = luma * 3 / 2;
    m.plane[0] = mem_alloc(all);
    m.plane[1] = m.plane[0] + luma;
    m.plane[2] = m.plane[1] + luma / 4;
    assert_int_equal(proc_start(argv, &p, NULL), 0);
    int64_t n = 0;
    for (; fread(m.plane[0], 1, all, p.out) == all; n++)
        look_add(l, &m, n * FRAME);
    int status;
    assert_int_equal(proc_wait(&p, &status), 0);
    assert_int_equal(status, 0);
    free(m.plane[0]);
    return n;
}

static void passages_are_those_of_blackdetect_and_freezedetect(void **state)
{
    (void)state;
    if (access("/usr/bin/ffmpeg", X_OK))
        skip();
    char dir[SCRATCH_MAX], report[SCRATCH_MAX + 16], line[256];
    scratch_new(dir);
    snprintf(report, sizeof(report), "%s/found", dir);
    struct look *l = look_new(
        &(struct look_params){.width = WIDE, .height = HIGH, .rate_num = FPS, .rate_den = 1});
    double end = (double)look_at_clip(report, l) / FPS;
    struct found black = {0}, frozen = {0};
    FILE *f = fopen(report, "r");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f)) {
        found_line(&black, line, "lavfi.black_start=", "lavfi.black_end=");
        found_line(&frozen, line,
                   "lavfi.freezedetect.freeze_start=", "lavfi.freezedetect.freeze_end=");
    }
    fclose(f);
    struct look_result got;
    look_result(l, &got);
    assert_int_equal(black.n, 2);
    assert_int_equal(frozen.n, 3);
    compare(&black, &got.black, end);
    compare(&frozen, &got.frozen, end);
    look_free(l);
    scratch_free(dir);
}

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void a_frame_of_1080p_costs_little(void **state)
{
    (void)state;
    enum { FRAMES = 6, TURNS = 120 };
    struct image m[FRAMES];
    uint32_t noise = 3;
    for (int i = 0; i < FRAMES; i++) {
        canvas_new(&m[i], 1920, 1080);
        canvas_fill(&m[i], 100, 128, 128);
        canvas_noise(&m[i], 40, &noise);
    }
    struct look *l = looking_at(&m[0]);
    double from = cpu_ms();
    for (int i = 0; i < TURNS; i++)
        look_add(l, &m[i % FRAMES], i * FRAME);
    double each = (cpu_ms() - from) / TURNS;
    print_message("# %.3f ms a frame of 1080p\n", each);
    // far above what it needs: this machine may be busy, or checking every address
    assert_true(each < 50);
    look_free(l);
    for (int i = 0; i < FRAMES; i++)
        canvas_free(&m[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(passages_are_found_to_the_frame_and_short_ones_are_not),
        cmocka_unit_test(a_difference_below_60_db_is_none),
        cmocka_unit_test(where_levels_are_wrong_is_told),
        cmocka_unit_test(of_some_frames_only_passages_end_with_the_last_one),
        cmocka_unit_test(only_the_first_passages_are_kept_but_all_are_counted),
        cmocka_unit_test(levels_out_of_range_are_those_of_r_103),
        cmocka_unit_test(one_percent_of_the_picture_may_be_out_of_range),
        cmocka_unit_test(exposure_is_that_of_what_is_not_black),
        cmocka_unit_test(flicker_is_neither_a_fade_nor_a_cut_nor_noise),
        cmocka_unit_test(seconds_without_frames_keep_the_level_and_nothing_is_nothing),
        cmocka_unit_test(passages_are_those_of_blackdetect_and_freezedetect),
        cmocka_unit_test(a_frame_of_1080p_costs_little),
    };
    return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}
