// SPDX-License-Identifier: GPL-3.0-or-later
// What a camera's file is found to be, and the film that is made of it; ffmpeg makes the files.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "ffmpeg.h"
#include "media/film.h"
#include "media/reelfacts.h"
#include "media/sync.h"
#include "picture/look.h"
#include "scratch.h"

enum { FPS = 25, WIDTH = 128, HEIGHT = 72, SECONDS = 6 };
static const double frame_s = 1.0 / FPS;

struct desk {
    char dir[SCRATCH_MAX], camera[SCRATCH_MAX + 16], made[SCRATCH_MAX + 16];
    struct arena arena;
    bool can;
};

static int set_up(void **state)
{
    static struct desk desk;
    char path[FFMPEG_PATH];
    desk = (struct desk){.can = ffmpeg_find(path)};
    scratch_new(desk.dir);
    snprintf(desk.camera, sizeof desk.camera, "%s/camera.mp4", desk.dir);
    snprintf(desk.made, sizeof desk.made, "%s/made.mp4", desk.dir);
    *state = &desk;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *d = *state;
    scratch_free(d->dir);
    arena_done(&d->arena);
    return 0;
}

// A camera's file of SECONDS: the filter decides which frames it has, and when.
static void film(struct desk *d, const char *rate, const char *filter)
{
    char source[128], chain[256];
    if (!d->can)
        skip();
    snprintf(source, sizeof source, "testsrc2=s=%dx%d:r=%s:d=%d", WIDTH, HEIGHT, rate, SECONDS);
    snprintf(chain, sizeof chain, "%s%sformat=yuv420p", filter, *filter ? "," : "");
    ffmpeg_make((const char *const[]){"-f",
                                      "lavfi",
                                      "-i",
                                      source,
                                      "-vf",
                                      chain,
                                      "-fps_mode",
                                      "passthrough",
                                      "-c:v",
                                      "libx264",
                                      "-preset",
                                      "veryfast",
                                      "-profile:v",
                                      "high",
                                      "-bf",
                                      "2",
                                      "-g",
                                      "50",
                                      "-keyint_min",
                                      "50",
                                      "-x264-params",
                                      "scenecut=0:open-gop=0",
                                      "-video_track_timescale",
                                      "90000",
                                      d->camera,
                                      NULL});
}

static struct reel_facts found(struct desk *d)
{
    struct reel_facts f;
    struct err e = {0};
    if (reel_look(d->camera, 0, NULL, &f, &e) != 1)
        fail_msg("%s", e.text);
    return f;
}

static void a_constant_rate_is_known_whatever_it_is(void **state)
{
    static const struct {
        const char *rate;
        int num, den, suits_num, suits_den;
    } rows[] = {
        {"25", 25, 1, 25, 1}, {"50", 50, 1, 25, 1}, {"30000/1001", 30000, 1001, 30000, 1001},
        {"60", 60, 1, 30, 1}, {"24", 24, 1, 24, 1},
    };
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        film(d, rows[i].rate, "");
        struct reel_facts f = found(d);
        assert_true(f.constant);
        assert_int_equal(f.missing, 0);
        assert_int_equal(f.num_gaps, 0);
        assert_int_equal(f.rate_num, rows[i].num);
        assert_int_equal(f.rate_den, rows[i].den);
        assert_int_equal(f.suits_num, rows[i].suits_num);
        assert_int_equal(f.suits_den, rows[i].suits_den);
        assert_string_equal(f.codec, "h264");
        assert_string_equal(f.profile, "High");
        assert_string_equal(f.pixels, "yuv420p");
        assert_int_equal(f.width, WIDTH);
        assert_true(f.starts_with_key && f.closed_groups);
        assert_false(f.interlaced);
        assert_true(f.bit_rate > 0);
    }
}

static void missing_frames_are_counted_and_placed(void **state)
{
    struct desk *d = *state;
    film(d, "25", "select='not(between(n\\,50\\,57))'"); // 2.00 to 2.32 s
    struct reel_facts f = found(d);
    assert_int_equal(f.missing, 8);
    assert_int_equal(f.num_gaps, 1);
    assert_true(fabs(tick_to_s(f.gap[0].start) - 49 * frame_s) < 0.001);
    assert_true(fabs(tick_to_s(f.gap[0].end) - 58 * frame_s) < 0.001);
}

static void a_file_without_a_picture_has_none(void **state)
{
    struct desk *d = *state;
    struct reel_facts f;
    struct err e = {0};
    if (!d->can)
        skip();
    ffmpeg_make((const char *const[]){"-f", "lavfi", "-i", "sine=d=1", d->camera, NULL});
    assert_int_equal(reel_look(d->camera, 0, NULL, &f, &e), 0);
    fs_replace(d->camera, "no film", 7, &e);
    assert_true(reel_look(d->camera, 0, NULL, &f, &e) <= 0);
}

struct hearing { // of progress
    int64_t frames, updates;
    double done;
    bool orderly;
};

static void hear_frames(void *ctx, int64_t n)
{
    struct hearing *h = ctx;
    h->orderly = h->orderly && n >= h->frames;
    h->frames = n;
}

static void hear_update(void *ctx, const char *what, double done, double media_s)
{
    struct hearing *h = ctx;
    h->orderly = h->orderly && done >= h->done && done <= 1 && *what &&
                 fabs(media_s - (double)h->frames / FPS) < 0.001;
    h->done = done;
    h->updates++;
}

// All of what was filmed but `cut`, at FPS.
static struct film_result make(struct desk *d, struct span cut, tick zero)
{
    static struct film_part part;
    static struct film_track track;
    tick length = SECONDS * TICKS_PER_SEC;
    struct kept kept[2] = {{0, cut.end ? cut.start : length, 0}, {cut.end, length, cut.start}};
    struct timeline t = {.kept = kept,
                         .count = cut.end ? 2 : 1,
                         .recorded = length,
                         .length = length - (cut.end - cut.start)};
    part = (struct film_part){.path = d->camera,
                              .zero = zero,
                              .length = length,
                              .turn = "none",
                              .sar_num = 1,
                              .sar_den = 1};
    track = (struct film_track){.parts = &part, .num_parts = 1};
    struct film_rung rung = {.path = d->made,
                             .width = WIDTH,
                             .height = HEIGHT,
                             .crf = 23,
                             .speed = "ultrafast",
                             .level = 40,
                             .max_kbps = 4000,
                             .buffer_kbit = 4000};
    struct film_params p = {.track = &track,
                            .timeline = &t,
                            .rate_num = FPS,
                            .rate_den = 1,
                            .group_frames = 2 * FPS,
                            .width = WIDTH,
                            .height = HEIGHT,
                            .rungs = &rung,
                            .num_rungs = 1,
                            .threads = 2};
    struct film_result r;
    struct err e = {0};
    struct hearing h = {.orderly = true};
    struct progress progress = {.update = hear_update, .frames = hear_frames, .ctx = &h};
    p.progress = &progress;
    if (film_make(&p, &r, &e) < 0)
        fail_msg("%s", e.text);
    assert_true(h.orderly && h.updates > 10);
    assert_true(h.frames > r.frames / 2 && h.frames <= r.frames);
    return r;
}

static void made_is(struct desk *d, double seconds)
{
    struct sync_ends ends;
    struct err e = {0};
    if (sync_ends(d->made, &ends, &e) < 0)
        fail_msg("%s", e.text);
    assert_true(ends.picture.start == 0);
    assert_true(ends.sound.start == TICK_NONE);
    assert_true(fabs(tick_to_s(ends.picture.end) - seconds) < 0.001);
}

static void the_same_rate_goes_frame_by_frame(void **state)
{
    struct desk *d = *state;
    film(d, "25", "");
    struct film_result r = make(d, (struct span){0, 0}, 0);
    assert_int_equal(r.frames, SECONDS * FPS);
    assert_int_equal(r.repeated, 0);
    assert_int_equal(r.dropped, 0);
    assert_int_equal(r.camera.errors, 0);
    assert_true(r.late_at_start == 0 && r.late_at_end == 0);
    made_is(d, SECONDS);
}

static void twice_the_rate_leaves_out_every_second_frame(void **state)
{
    struct desk *d = *state;
    film(d, "50", "");
    struct film_result r = make(d, (struct span){0, 0}, 0);
    assert_int_equal(r.frames, SECONDS * FPS);
    assert_int_equal(r.repeated, 0);
    assert_true(llabs(r.dropped - SECONDS * FPS) <= 1);
    assert_true(fabs(tick_to_s(r.late_at_start)) <= frame_s / 2);
}

static void what_is_missing_is_shown_again(void **state)
{
    struct desk *d = *state;
    film(d, "25", "select='not(between(n\\,50\\,57))'");
    struct film_result r = make(d, (struct span){0, 0}, 0);
    assert_int_equal(r.repeated, 8);
    assert_int_equal(r.dropped, 0);
    assert_true(r.late_at_end == 0);
}

static void a_cut_loses_no_frame_and_no_time(void **state)
{
    struct desk *d = *state;
    film(d, "25", "");
    struct film_result r = make(d, (struct span){2 * TICKS_PER_SEC, 3 * TICKS_PER_SEC}, 0);
    assert_int_equal(r.frames, (SECONDS - 1) * FPS);
    assert_int_equal(r.repeated, 0);
    assert_int_equal(r.dropped, 0); // what is cut out is not what is dropped
    assert_true(r.late_at_start == 0 && r.late_at_end == 0);
    made_is(d, SECONDS - 1);
}

static void a_picture_beside_its_time_is_measured(void **state)
{
    struct desk *d = *state;
    film(d, "25", "");
    // The file's clock began 15 ms before its picture: frames lie between those that are published.
    struct film_result r = make(d, (struct span){0, 0}, -15 * TICKS_PER_SEC / 1000);
    assert_true(fabs(tick_to_s(r.late_at_start) + 0.015) < 0.0005);
    assert_true(fabs(tick_to_s(r.late_at_end) + 0.015) < 0.0005);
}

static void the_ends_of_sound_are_those_of_the_edit_list(void **state)
{
    struct desk *d = *state;
    struct sync_ends ends;
    struct err e = {0};
    if (!d->can)
        skip();
    // One second of AAC is 46.9 packets behind a packet that only starts the encoder.
    ffmpeg_make((const char *const[]){"-f", "lavfi", "-i", "color=s=64x64:r=25:d=1", "-f", "lavfi",
                                      "-i", "sine=r=48000:d=1", "-c:v", "libx264", "-c:a", "aac",
                                      d->made, NULL});
    if (sync_ends(d->made, &ends, &e) < 0)
        fail_msg("%s", e.text);
    assert_true(ends.picture.start == 0 && ends.sound.start == 0);
    assert_true(ends.picture.end == TICKS_PER_SEC);
    assert_true(fabs(tick_to_s(ends.sound.end) - 1) < 0.002);
    fs_replace(d->made, "no film", 7, &e);
    assert_true(sync_ends(d->made, &ends, &e) < 0);
    assert_int_equal(e.kind, ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_constant_rate_is_known_whatever_it_is),
        cmocka_unit_test(missing_frames_are_counted_and_placed),
        cmocka_unit_test(a_file_without_a_picture_has_none),
        cmocka_unit_test(the_same_rate_goes_frame_by_frame),
        cmocka_unit_test(twice_the_rate_leaves_out_every_second_frame),
        cmocka_unit_test(what_is_missing_is_shown_again),
        cmocka_unit_test(a_cut_loses_no_frame_and_no_time),
        cmocka_unit_test(a_picture_beside_its_time_is_measured),
        cmocka_unit_test(the_ends_of_sound_are_those_of_the_edit_list),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
