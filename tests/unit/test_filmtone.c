// SPDX-License-Identifier: GPL-3.0-or-later
// A film of shots in another light, made with and without their correction.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "media/film.h"
#include "media/filmtone.h"
#include "media/h264file.h"
#include "media/reel.h"
#include "room.h"
#include "scratch.h"

enum { WIDE = 480, HIGH = 270, FPS = 25, FRAMES = 100 };
#define FRAME (TICKS_PER_SEC / FPS)

struct take { // of the film's frames
    int from, to;
    double gain, blue, red;
};
// 0.7 stops darker and bluer; gains are those of BT.709's curve, of whose exponent 0.45 is
static const struct take even[] = {{0, FRAMES, 1, 1, 1}};
static const struct take uneven[] = {{0, 60, 1, 1, 1}, {60, FRAMES, 0.804, 1.1, 1}};

struct desk {
    char dir[SCRATCH_MAX], camera[SCRATCH_MAX + 16], made[SCRATCH_MAX + 16];
    struct film_part part;
    struct film_track track;
    struct kept kept;
    struct timeline timeline;
    struct film_rung rung;
    struct film_params film;
};

static int set_up(void **state)
{
    struct desk *d = mem_alloc(sizeof *d);
    scratch_new(d->dir);
    snprintf(d->camera, sizeof d->camera, "%s/camera.mp4", d->dir);
    snprintf(d->made, sizeof d->made, "%s/made.mp4", d->dir);
    d->part = (struct film_part){.path = d->camera,
                                 .zero = TICK_NONE,
                                 .length = FRAMES * FRAME,
                                 .turn = "none",
                                 .sar_num = 1,
                                 .sar_den = 1};
    d->track = (struct film_track){.parts = &d->part, .num_parts = 1};
    d->kept = (struct kept){.from = 0, .to = FRAMES * FRAME, .at = 0};
    d->timeline = (struct timeline){.kept = &d->kept, .count = 1, .length = FRAMES * FRAME};
    d->rung = (struct film_rung){.path = d->made,
                                 .width = WIDE,
                                 .height = HIGH,
                                 .crf = 8,
                                 .speed = "ultrafast",
                                 .level = 40};
    d->film = (struct film_params){.track = &d->track,
                                   .timeline = &d->timeline,
                                   .rate_num = FPS,
                                   .rate_den = 1,
                                   .group_frames = 50,
                                   .width = WIDE,
                                   .height = HIGH,
                                   .rungs = &d->rung,
                                   .num_rungs = 1,
                                   .threads = 1};
    *state = d;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *d = *state;
    scratch_free(d->dir);
    free(d);
    return 0;
}

static void draw_take(struct image *m, const struct take *t, int frame)
{
    room(m, 6, frame / 4);
    light(m, t->gain, t->blue, t->red);
}

static void film_takes(struct desk *d, const struct take *takes, size_t n)
{
    struct err e = {0};
    struct h264_params hp = {.path = d->camera,
                             .width = WIDE,
                             .height = HIGH,
                             .rate = {FPS, 1},
                             .crf = 8,
                             .speed = "ultrafast",
                             .level = 40,
                             .group_frames = 50,
                             .threads = 1};
    struct h264file *h;
    if (h264file_open(&hp, &h, &e) < 0)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < n; i++)
        for (int k = takes[i].from; k < takes[i].to; k++) {
            AVFrame *f = av_frame_alloc();
            f->format = AV_PIX_FMT_YUV420P;
            f->width = WIDE;
            f->height = HIGH;
            assert_int_equal(av_frame_get_buffer(f, 0), 0);
            struct image m = filmdraw_image(f);
            draw_take(&m, &takes[i], k);
            assert_int_equal(h264file_write(h, f, &e), 0);
            av_frame_free(&f);
        }
    assert_int_equal(h264file_finish(h, &e), 0);
}

static struct filmtone *look(struct desk *d)
{
    struct err e = {0};
    struct film_params first = d->film;
    struct film_result result;
    first.measured = tone_new(WIDE, HIGH, FPS, 1);
    first.num_rungs = 0;
    if (film_make(&first, &result, &e) < 0)
        fail_msg("%s", e.text);
    assert_int_equal(result.frames, FRAMES);
    assert_true(fs_size(d->made) < 0);
    struct filmtone *t = filmtone_new(first.measured);
    tone_free(first.measured);
    return t;
}

static void make(struct desk *d, struct filmtone *tone)
{
    struct err e = {0};
    struct film_result result;
    d->film.tone = tone;
    if (film_make(&d->film, &result, &e) < 0)
        fail_msg("%s", e.text);
}

static double mean_difference(const struct image *a, const struct image *b, int plane)
{
    int width = plane ? WIDE / 2 : WIDE, height = plane ? HIGH / 2 : HIGH;
    double sum = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            sum += abs(*canvas_at(a, plane, x, y) - *canvas_at(b, plane, x, y));
    return sum / width / height;
}

// The most that a plane of frames from `from` on differs from the room in its own light.
static void worst_of(const struct desk *d, int from, int to, double ret[3])
{
    struct err e = {0};
    struct reel *reel;
    struct image truth;
    AVFrame *f = av_frame_alloc();
    tick at;
    int n = 0;
    for (int p = 0; p < 3; p++)
        ret[p] = 0;
    canvas_new(&truth, WIDE, HIGH);
    struct reel_params rp = {.path = d->made, .zero = TICK_NONE, .threads = 1};
    assert_int_equal(reel_open(&rp, &reel, &e), 0);
    for (; reel_read(reel, f, &at, &e) > 0; n++, av_frame_unref(f)) {
        if (n < from || n >= to)
            continue;
        struct image m = filmdraw_image(f);
        draw_take(&truth, even, n);
        for (int p = 0; p < 3; p++)
            ret[p] = fmax(ret[p], mean_difference(&m, &truth, p));
    }
    assert_int_equal(n, FRAMES);
    reel_close(reel);
    canvas_free(&truth);
    av_frame_free(&f);
}

static void a_darker_bluer_shot_comes_back_from_its_first_frame_on(void **state)
{
    struct desk *d = *state;
    double was[3], now[3], first[3];
    film_takes(d, uneven, COUNT(uneven));
    struct filmtone *t = look(d);
    const struct filmtone_shot *shots;
    assert_int_equal(filmtone_shots(t, &shots), 2);
    assert_int_equal(shots[1].at.start, 60 * FRAME);
    assert_int_equal(shots[1].at.end, FRAMES * FRAME);
    assert_true(shots[0].by.luma == 1 && shots[0].by.blue == 1 && shots[0].by.red == 1);
    assert_true(fabs(shots[1].by.luma - 1 / 0.804) < 0.03);
    assert_true(fabs(shots[1].by.blue - 1 / 1.1) < 0.02 && fabs(shots[1].by.red - 1) < 0.02);

    make(d, NULL);
    worst_of(d, 60, FRAMES, was);
    make(d, t);
    worst_of(d, 0, 60, first);
    worst_of(d, 60, FRAMES, now);
    assert_true(was[0] > 12 && was[1] > 3);
    for (int p = 0; p < 3; p++) {
        assert_true(first[p] < 1.2);
        assert_true(now[p] < 1.6);
    }
    filmtone_free(t);
}

static void one_light_stays_as_it_is(void **state)
{
    struct desk *d = *state;
    double off[3];
    film_takes(d, even, COUNT(even));
    struct filmtone *t = look(d);
    const struct filmtone_shot *shots;
    assert_int_equal(filmtone_shots(t, &shots), 1);
    assert_true(shots[0].by.luma == 1 && shots[0].by.blue == 1 && shots[0].by.red == 1);
    make(d, t);
    worst_of(d, 0, FRAMES, off);
    assert_true(off[0] < 1.2 && off[1] < 1.2 && off[2] < 1.2);
    filmtone_free(t);
}

static void what_is_long_weighs_more_however_few_frames_it_has(void **state)
{
    (void)state;
    struct image m;
    canvas_new(&m, WIDE, HIGH);
    struct tone *tone = tone_new(WIDE, HIGH, FPS, 1);
    const struct take light_of[] = {{0, 0, 1, 1, 1}, {0, 0, 0.804, 1, 1}};
    for (int i = 0; i < 50; i++) { // 5 s of 5 frames, then 1.8 s of 45
        draw_take(&m, &light_of[i >= 5], 0);
        tone_add(tone, &m, i < 5 ? i * TICKS_PER_SEC : 5 * TICKS_PER_SEC + (i - 5) * FRAME);
    }
    struct filmtone *t = filmtone_new(tone);
    const struct filmtone_shot *shots;
    assert_int_equal(filmtone_shots(t, &shots), 2);
    assert_true(shots[0].by.luma == 1 && shots[1].by.luma > 1.15);
    filmtone_free(t);
    tone_free(tone);
    canvas_free(&m);
}

static void nothing_filmed_has_no_shots(void **state)
{
    struct desk *d = *state;
    struct err e = {0};
    d->film.track = NULL;
    struct filmtone *t = look(d);
    const struct filmtone_shot *shots;
    assert_int_equal(filmtone_shots(t, &shots), 0);
    AVFrame *f = av_frame_alloc();
    assert_int_equal(filmtone_apply(t, f, 0, &e), 0);
    av_frame_free(&f);
    filmtone_free(t);
    d->film.num_rungs = 0; // neither written nor measured
    struct film_result result;
    assert_int_equal(film_make(&d->film, &result, &e), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_darker_bluer_shot_comes_back_from_its_first_frame_on,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_light_stays_as_it_is, set_up, tear_down),
        cmocka_unit_test(what_is_long_weighs_more_however_few_frames_it_has),
        cmocka_unit_test_setup_teardown(nothing_filmed_has_no_shots, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
