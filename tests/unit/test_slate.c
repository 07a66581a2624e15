// SPDX-License-Identifier: GPL-3.0-or-later
#include <malloc.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "doc/canvas.h"
#include "doc/color.h"
#include "live/slate.h"
#include "live/slatesound.h"
#include "media/filmdraw.h"
#include "media/stillfile.h"
#include "picture/moving.h"
#include "picture/paint.h"
#include "scratch.h"
#include "stage/stage.h"
#include "unit/waves.h"

enum { WIDTH = 1280, HEIGHT = 720 };
static char dir[SCRATCH_MAX], path[SCRATCH_MAX + 16];

static int set_up(void **state)
{
    (void)state;
    scratch_new(dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_free(dir);
    return 0;
}

static struct slate *plain_slate(void)
{
    struct slate *s = NULL;
    struct err e = {0};
    if (slate_new(WIDTH, HEIGHT, NULL, &s, &e) < 0)
        fail_msg("%s", e.text);
    return s;
}

static tick seconds(double s)
{
    return (tick)llround(s * (double)TICKS_PER_SEC);
}

static AVFrame *away(struct slate *s, double at)
{
    AVFrame *f = NULL;
    assert_int_equal(slate_frame(s, seconds(at), 0, &f), 0);
    return f;
}

static uint8_t luma(const AVFrame *f, int x, int y)
{
    return f->data[0][(ptrdiff_t)y * f->linesize[0] + x];
}

// Pixels that differ clearly, inside the strip or outside it.
static long moved(const AVFrame *a, const AVFrame *b, bool inside)
{
    struct moving_place at = moving_place(WIDTH, HEIGHT);
    long n = 0;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            bool in = x >= at.x && x < at.x + at.width && y >= at.y && y < at.y + at.height;
            if (in == inside)
                n += abs(luma(a, x, y) - luma(b, x, y)) > (inside ? 8 : 0);
        }
    return n;
}

static void every_frame_moves_and_only_the_strip(void **state)
{
    (void)state;
    static const double rates[] = {25, 30000 / 1001.0, 50, 60};
    for (size_t r = 0; r < COUNT(rates); r++) {
        struct slate *s = plain_slate();
        AVFrame *first = away(s, 0), *last = av_frame_clone(first);
        for (int i = 1; i < 60; i++) {
            AVFrame *f = away(s, 5 * i / rates[r]); // every fifth, and the one behind it
            AVFrame *next = away(s, (5 * i + 1) / rates[r]);
            if (moved(f, next, true) < 40)
                fail_msg("frame %d at %g a second: %ld pixels", 5 * i, rates[r],
                         moved(f, next, true));
            assert_int_equal(moved(first, next, false), 0);
            av_frame_free(&f);
            av_frame_free(&last);
            last = next;
        }
        av_frame_free(&first);
        av_frame_free(&last);
        slate_free(s);
    }
}

static void frames_are_what_the_encoder_wants(void **state)
{
    (void)state;
    struct slate *s = plain_slate();
    AVFrame *f = NULL;
    assert_int_equal(slate_frame(s, seconds(70), seconds(7), &f), 0);
    assert_true(f->pts == seconds(70));
    assert_int_equal(f->format, AV_PIX_FMT_YUV420P);
    assert_int_equal(f->width, WIDTH);
    assert_int_equal(f->height, HEIGHT);
    assert_int_equal(f->colorspace, AVCOL_SPC_BT709);
    assert_int_equal(f->color_primaries, AVCOL_PRI_BT709);
    assert_int_equal(f->color_trc, AVCOL_TRC_BT709);
    assert_int_equal(f->color_range, AVCOL_RANGE_MPEG);
    assert_int_equal(f->sample_aspect_ratio.num, f->sample_aspect_ratio.den);
    AVFrame *same = away(s, 63); // the time counts from when the source went away
    assert_int_equal(moved(f, same, true), 0);
    av_frame_free(&f);
    av_frame_free(&same);
    slate_free(s);
    slate_free(NULL);
}

// An encoder may keep as many frames as it likes: they stay as they were.
static void frames_that_are_kept_do_not_change(void **state)
{
    (void)state;
    enum { KEPT = 80 };
    struct slate *s = plain_slate();
    AVFrame *kept[KEPT], *copy[KEPT];
    for (int i = 0; i < KEPT; i++) {
        kept[i] = away(s, i);
        copy[i] = av_frame_clone(kept[i]);
        assert_int_equal(av_frame_make_writable(copy[i]), 0);
    }
    for (int i = 0; i < KEPT; i++) {
        assert_int_equal(moved(kept[i], copy[i], true), 0);
        av_frame_free(&kept[i]);
        av_frame_free(&copy[i]);
    }
    AVFrame *f = away(s, 1);
    const uint8_t *place = f->data[0];
    av_frame_free(&f);
    for (int i = 0; i < 10; i++) {
        f = away(s, i);
        assert_ptr_equal(f->data[0], place); // the buffer that is free is used again
        av_frame_free(&f);
    }
    slate_free(s);
}

// Reads a digit by its seven bars; '?': none.
static char read_digit(const struct image *m, double x, double y, double size)
{
    static const double at[7][2] = {{.25, 0}, {.5, .25}, {.5, .75}, {.25, 1},
                                    {0, .75}, {0, .25},  {.25, .5}};
    static const char *const lit[10] = {"1111110", "0110000", "1101101", "1111001", "0110011",
                                        "1011011", "1011111", "1110000", "1111111", "1111011"};
    char seen[8] = {0};
    for (int i = 0; i < 7; i++) {
        int px = (int)(x + at[i][0] * size), py = (int)(y + at[i][1] * size);
        seen[i] = m->plane[0][(ptrdiff_t)py * m->stride[0] + px] > 120 ? '1' : '0';
    }
    for (int d = 0; d < 10; d++)
        if (!strcmp(seen, lit[d]))
            return (char)('0' + d);
    return '?';
}

static void digits_can_be_read(void **state)
{
    (void)state;
    struct slate *s = plain_slate();
    AVFrame *f = away(s, 0);
    struct image m = filmdraw_image(f);
    struct paint_box all = {0, 0, WIDTH, HEIGHT, 0};
    paint_box(&m, &all, ink_of(0), 1);
    paint_digits(&m, "0123456789", 1000, 100, 110, ink_of(0xffffff));
    for (int i = 0; i < 10; i++) // 100 high without the thickness of a bar; each 72 wide
        assert_int_equal(read_digit(&m, 1000 - 5 - 50 - 72 * (9 - i), 105, 100), '0' + i);
    assert_int_equal(luma(f, 1001, 150), 16);
    av_frame_free(&f);
    slate_free(s);
}

static void shapes_are_cut_at_the_edges(void **state)
{
    (void)state;
    struct slate *s = plain_slate();
    AVFrame *f = away(s, 0);
    struct image m = filmdraw_image(f);
    static const struct paint_box rows[] = {
        {-50, -50, 60, 60, 30},   {WIDTH - 9.5, HEIGHT - 9.5, 60, 60, 0},
        {-1e6, 300, 2e6, 1.5, 0}, {WIDTH + 10, 5, 10, 10, 5},
        {5, -30, 10, 10, 5},      {1e9, 1e9, 1, 1, 0},
        {-1e9, -1e9, 1, 1, 0.5},  {300, 300, 0, 0, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        paint_box(&m, &rows[i], ink_of(0xffffff), 1);
    assert_true(luma(f, 0, 0) > 230 && luma(f, WIDTH - 1, HEIGHT - 1) > 230);
    assert_true(luma(f, 600, 300) > 230 && luma(f, 600, 304) < 60);
    av_frame_free(&f);
    slate_free(s);
}

static void the_picture_is_the_pngs(void **state)
{
    (void)state;
    struct err e = {0};
    struct slate *s = NULL;
    struct canvas c;
    snprintf(path, sizeof path, "%s/slate.png", dir);
    canvas_open(&c, WIDTH, HEIGHT, false);
    color_use(c.cr, 0xff0000);
    cairo_paint(c.cr);
    assert_int_equal(canvas_save(&c, path, &e), 0);
    canvas_close(&c);
    assert_int_equal(slate_new(WIDTH, HEIGHT, path, &s, &e), 0);
    AVFrame *f = away(s, 0);
    assert_int_equal(luma(f, 600, 100), 63); // red in BT.709
    assert_int_equal(f->data[1][50 * f->linesize[1] + 300], 102);
    assert_int_equal(f->data[2][50 * f->linesize[2] + 300], 240);
    av_frame_free(&f);
    slate_free(s);
    assert_true(slate_new(1920, 1080, path, &s, &e) < 0);
    assert_int_equal(e.kind, ERR_INPUT);
    assert_non_null(strstr(e.text, "slate.png: 1280 x 720 pixels; the programme's picture has "
                                   "1920 x 1080"));
    assert_true(slate_new(WIDTH, HEIGHT, "/dev/null", &s, &e) < 0);
    assert_int_equal(e.kind, ERR_INPUT);
    assert_true(slate_new(1281, 720, NULL, &s, &e) < 0);
    assert_true(slate_new(1280, 64, NULL, &s, &e) < 0);
}

static AVFrame *curve(struct slate *s, double at)
{
    AVFrame *f = NULL;
    assert_int_equal(slate_wave(s, seconds(at), &f), 0);
    return f;
}

static void hear(struct slate *s, double seconds_long, float peak)
{
    enum { BLOCK = 480 };
    static float block[BLOCK];
    for (int i = 0; i < BLOCK; i++)
        block[i] = (float)(peak * sin(wave_turn * i / 48));
    for (int i = 0; i < (int)(seconds_long * 100 + 0.5); i++)
        slate_hear(s, 48000, (const float *[]){block, block}, 2, BLOCK);
}

static long bright(const AVFrame *f)
{
    struct moving_place at = moving_place(WIDTH, HEIGHT);
    long n = 0;
    for (int y = at.y; y < at.y + at.height; y++)
        for (int x = at.x; x < at.x + at.width; x++)
            n += luma(f, x, y) > 150;
    return n;
}

// 40 ms of sound, then a frame, as a broadcast does.
static void the_curve_follows_the_sound(void **state)
{
    (void)state;
    static const float peaks[] = {0, 0.01f, 0.1f, 0.7f};
    long before = -1;
    for (size_t p = 0; p < COUNT(peaks); p++) {
        struct slate *s = plain_slate();
        AVFrame *last = curve(s, 1000);
        for (int i = 1; i < 250; i++) {
            hear(s, 0.04, peaks[p]);
            AVFrame *f = curve(s, 1000 + i * 0.04);
            if (moved(last, f, true) < 100)
                fail_msg("frame %d: %ld pixels", i, moved(last, f, true));
            av_frame_free(&last);
            last = f;
        }
        long now = bright(last);
        assert_true(now > before * 6 / 5);
        before = now;
        av_frame_free(&last);
        slate_free(s);
    }
}

static void the_curve_goes_on_without_sound_and_through_jumps(void **state)
{
    (void)state;
    struct slate *s = plain_slate();
    hear(s, 20, 0.7f);
    double at = 5;
    AVFrame *last = curve(s, at);
    long loud = bright(last);
    for (int i = 0; i < 500; i++) { // nothing is heard
        at += 0.04;
        AVFrame *f = curve(s, at);
        assert_true(moved(last, f, true) > 100);
        av_frame_free(&last);
        last = f;
    }
    assert_true(bright(last) < loud / 4);
    static const double jumps[] = {3600, -100, 1e6, 0.04};
    for (size_t i = 0; i < COUNT(jumps); i++) {
        at += jumps[i];
        hear(s, 8, 0.7f);
        AVFrame *f = curve(s, at);
        assert_true(bright(f) > loud / 4);
        av_frame_free(&f);
    }
    av_frame_free(&last);
    slate_free(s);
}

// Below a millisecond at 720p, and nothing is kept.
static void frames_are_cheap(void **state)
{
    (void)state;
    enum { FRAMES = 500 };
    struct slate *s = plain_slate();
    for (int way = 0; way < 2; way++) {
        hear(s, 1, 0.5f);
        AVFrame *f = way ? curve(s, 0) : away(s, 0);
        av_frame_free(&f);
        struct mallinfo2 before = mallinfo2();
        double most = 0;
        clock_t start = clock();
        for (int i = 1; i <= FRAMES; i++) {
            hear(s, way ? 0.04 : 0, 0.5f);
            f = way ? curve(s, i * 0.04) : away(s, i * 0.04);
            av_frame_free(&f);
        }
        most = (double)(clock() - start) / CLOCKS_PER_SEC / FRAMES * 1000;
        struct mallinfo2 after = mallinfo2();
        print_message("%s: %.3f ms a frame\n", way ? "curve" : "slate", most);
        assert_true(after.uordblks <= before.uordblks + 4096);
#if !defined(__SANITIZE_ADDRESS__) && !defined(COVERAGE)
        assert_true(most < 1);
#endif
    }
    slate_free(s);
}

// ---- the sound

static void put_le(FILE *f, uint32_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        fputc((int)(v >> 8 * i & 255), f);
}

static void write_wav(const struct wave *w)
{
    uint32_t bytes = (uint32_t)w->frames * 2;
    snprintf(path, sizeof path, "%s/music.wav", dir);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs("RIFF", f);
    put_le(f, 36 + bytes, 4);
    fputs("WAVEfmt ", f);
    put_le(f, 16, 4);
    put_le(f, 1, 2);
    put_le(f, 1, 2);
    put_le(f, (uint32_t)w->rate, 4);
    put_le(f, (uint32_t)w->rate * 2, 4);
    put_le(f, 2, 2);
    put_le(f, 16, 2);
    fputs("data", f);
    put_le(f, bytes, 4);
    for (size_t i = 0; i < w->frames; i++)
        put_le(f, (uint32_t)(uint16_t)lrint((double)w->plane[0][i] * 32767), 2);
    assert_int_equal(fclose(f), 0);
}

static void write_music(double length)
{
    struct wave w;
    wave_init(&w, 32000, 1);
    wave_tone(&w, length, 440, -6);
    write_wav(&w);
    wave_done(&w);
}

// Adds what comes in blocks of 441 samples.
static int listen(struct slatesound *s, bool on, double length, struct wave *out, struct err *e)
{
    int r = 0;
    for (int i = 0; i < (int)(length * 100 + 0.5) && r >= 0; i++) {
        size_t from = wave_extend(out, 441);
        float *planes[2] = {out->plane[0] + from, out->plane[1] + from};
        planes[0][0] = planes[1][440] = NAN; // must be filled
        r = slatesound_read(s, on, planes, 441, e);
    }
    return r;
}

static double loudest(const struct wave *w, size_t from, size_t to)
{
    float most = 0;
    for (int c = 0; c < w->channels; c++)
        for (size_t i = from; i < to; i++)
            most = fabsf(w->plane[c][i]) >= most ? fabsf(w->plane[c][i]) : most;
    return (double)most;
}

static void music_is_quiet_and_goes_round(void **state)
{
    (void)state;
    struct slatesound *s = NULL;
    struct err e = {0};
    struct wave out;
    struct meter_result r;
    write_music(1.37);
    assert_int_equal(slatesound_open(path, 44100, 2, &s, &e), 0);
    wave_init(&out, 44100, 2);
    assert_int_equal(listen(s, true, 20, &out, &e), 0);
    wave_measure(&out, &r);
    assert_true(fabs(r.integrated_lufs + 30) < 0.2);
    assert_int_equal(r.invalid, 0);
    wave_done(&out);
    slatesound_close(s);
    slatesound_close(NULL);
}

static void it_comes_and_goes_in_50_ms(void **state)
{
    (void)state;
    enum { RATE = 44100, FADE = RATE / 20 };
    struct slatesound *s = NULL;
    struct err e = {0};
    struct wave out;
    write_music(1.37);
    assert_int_equal(slatesound_open(path, RATE, 2, &s, &e), 0);
    wave_init(&out, RATE, 2);
    assert_int_equal(listen(s, false, 0.5, &out, &e), 0);
    assert_true(loudest(&out, 0, out.frames) == 0);
    size_t on = out.frames;
    listen(s, true, 0.5, &out, &e);
    double level = loudest(&out, on + FADE, out.frames);
    assert_true(loudest(&out, on, on + FADE / 10) < 0.12 * level);
    assert_true(loudest(&out, on + FADE * 9 / 10, on + FADE) > 0.85 * level);
    size_t off = out.frames;
    listen(s, false, 0.5, &out, &e);
    assert_true(loudest(&out, off, off + FADE / 10) > 0.85 * level);
    assert_true(loudest(&out, off + FADE * 9 / 10, off + FADE) < 0.12 * level);
    assert_true(loudest(&out, off + FADE + 1, out.frames) == 0);
    for (size_t i = 1; i < out.frames; i++) // no click
        assert_true(fabsf(out.plane[0][i] - out.plane[0][i - 1]) < 0.08 * level);
    wave_done(&out);
    slatesound_close(s);
}

static void a_file_that_is_lost_is_silence(void **state)
{
    (void)state;
    struct slatesound *s = NULL;
    struct err e = {0};
    struct wave out;
    write_music(1.37);
    assert_int_equal(slatesound_open(path, 44100, 2, &s, &e), 0);
    assert_int_equal(unlink(path), 0);
    wave_init(&out, 44100, 2);
    assert_true(listen(s, true, 5, &out, &e) < 0);
    assert_non_null(strstr(e.text, "music.wav"));
    size_t from = out.frames;
    assert_int_equal(listen(s, true, 5, &out, &e), 0);
    assert_true(out.frames - from == 5 * 44100 && loudest(&out, from, out.frames) == 0);
    assert_true(isfinite(loudest(&out, 0, out.frames)));
    wave_done(&out);
    slatesound_close(s);
}

static void without_a_file_it_is_silent_and_what_is_none_is_refused(void **state)
{
    (void)state;
    struct slatesound *s = NULL;
    struct err e = {0};
    struct wave out;
    wave_init(&out, 44100, 2);
    assert_int_equal(slatesound_open("", 44100, 2, &s, &e), 0);
    assert_int_equal(listen(s, true, 0.1, &out, &e), 0);
    assert_true(loudest(&out, 0, out.frames) == 0);
    slatesound_close(s);
    wave_done(&out);
    assert_true(slatesound_open("/dev/null", 44100, 2, &s, &e) < 0);
    assert_int_equal(e.kind, ERR_INPUT);
    struct wave silence;
    wave_init(&silence, 32000, 1);
    wave_silence(&silence, 1);
    write_wav(&silence);
    wave_done(&silence);
    assert_true(slatesound_open(path, 44100, 2, &s, &e) < 0);
    assert_int_equal(e.kind, ERR_INPUT);
    assert_non_null(strstr(e.text, "music.wav: nothing is heard in it"));
}

// ---- the stage that draws the pictures

static void the_stage_draws_what_the_slate_reads(void **state)
{
    (void)state;
    static const char text[] =
        "{\"width\":1280,\"height\":720,\"language\":\"nn\",\"show_title\":\"Det gode liv i nord\","
        "\"title\":\"Trivsel i Meløy\",\"theme\":\"trivsel\",\"goals\":[{\"number\":3,"
        "\"title\":\"God helse\",\"color\":\"#4C9F38\",\"text_color\":\"#000000\"}]}";
    static const char *const files[] = {"slate.png", "card.png"};
    struct json *settings = NULL;
    struct arena a = {0};
    struct err e = {0};
    const struct progress progress = {0};
    assert_int_equal(json_parse(text, sizeof text - 1, "settings", &settings, &e), 0);
    struct stage_variant v = {.name = "", .dir = dir, .measured = json_new_object()};
    struct stage_job job = {.settings = settings,
                            .variants = &v,
                            .num_variants = 1,
                            .arena = &a,
                            .progress = &progress};
    if (stage_find("slate")->run(&job, &e) < 0)
        fail_msg("%s", e.text);
    assert_int_equal(json_int(v.measured, "width", 0), 1280);
    AVFrame *frame[2];
    for (int i = 0; i < 2; i++) {
        struct slate *s = NULL;
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        assert_int_equal(slate_new(1280, 720, path, &s, &e), 0);
        frame[i] = away(s, 1);
        slate_free(s);
    }
    assert_true(moved(frame[0], frame[1], false) > 1000); // one says more than the other
    av_frame_free(&frame[0]);
    av_frame_free(&frame[1]);
    json_free(settings);
    job.settings = NULL;
    assert_true(stage_find("slate")->run(&job, &e) < 0);
    json_free(v.measured);
    arena_done(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_frame_moves_and_only_the_strip),
        cmocka_unit_test(frames_are_what_the_encoder_wants),
        cmocka_unit_test(frames_that_are_kept_do_not_change),
        cmocka_unit_test(digits_can_be_read),
        cmocka_unit_test(shapes_are_cut_at_the_edges),
        cmocka_unit_test(the_picture_is_the_pngs),
        cmocka_unit_test(the_curve_follows_the_sound),
        cmocka_unit_test(the_curve_goes_on_without_sound_and_through_jumps),
        cmocka_unit_test(frames_are_cheap),
        cmocka_unit_test(music_is_quiet_and_goes_round),
        cmocka_unit_test(it_comes_and_goes_in_50_ms),
        cmocka_unit_test(a_file_that_is_lost_is_silence),
        cmocka_unit_test(without_a_file_it_is_silent_and_what_is_none_is_refused),
        cmocka_unit_test(the_stage_draws_what_the_slate_reads),
    };
    return cmocka_run_group_tests_name("slate", tests, set_up, tear_down);
}
