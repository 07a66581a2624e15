// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/picturepreset.h"
#include "model/preset.h"
#include "refusal.h"
#include "scratch.h"

static const char *const shipped[] = {"presets", NULL};

static void the_presets_promise_what_the_manual_says(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double lufs, dbtp, short_term, range;
    } loudness[] = {{"podcast", -16, -1, HUGE_VAL, HUGE_VAL},
                    {"broadcast", -23, -1, -18, 15},
                    {"streaming", -14, -1, HUGE_VAL, HUGE_VAL},
                    {"voice-telephone", -18, -3, HUGE_VAL, HUGE_VAL}};
    static const struct {
        const char *name, *codec, *container, *mime, *extension;
        int stereo, mono;
    } outputs[] = {
        {"mp3", "libmp3lame", "mp3", "audio/mpeg", "mp3", 128, 96},
        {"m4a", "aac", "ipod", "audio/x-m4a", "m4a", 128, 96},
        {"opus", "libopus", "ogg", "audio/ogg", "opus", 96, 64},
    };
    struct arena a = {0};
    struct err e = {0};
    for (size_t i = 0; i < COUNT(loudness); i++) {
        struct loudness_preset p;
        assert_int_equal(loudness_preset_load(&a, shipped, loudness[i].name, &p, &e), 0);
        assert_string_equal(p.name, loudness[i].name);
        assert_true(p.target_lufs == loudness[i].lufs);
        assert_true(p.ceiling_dbtp == loudness[i].dbtp);
        assert_true(p.tolerance_lu == 0.2);
        assert_true(p.max_short_term_lufs == loudness[i].short_term);
        assert_true(p.max_range_lu == loudness[i].range);
    }
    for (size_t i = 0; i < COUNT(outputs); i++) {
        struct output_preset p;
        assert_int_equal(output_preset_load(&a, shipped, outputs[i].name, &p, &e), 0);
        assert_string_equal(p.codec, outputs[i].codec);
        assert_string_equal(p.container, outputs[i].container);
        assert_string_equal(p.mime, outputs[i].mime);
        assert_string_equal(p.extension, outputs[i].extension);
        assert_int_equal(p.sample_rate_hz, 48000);
        assert_int_equal(p.bitrate_kbps_stereo, outputs[i].stereo);
        assert_int_equal(p.bitrate_kbps_mono, outputs[i].mono);
    }
    arena_done(&a);
}

static void put(const char *dir, const char *name, const char *text)
{
    char path[SCRATCH_MAX + 40];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    assert_true(fs_replace(path, text, strlen(text), NULL) >= 0);
}

static void folders_in_front_go_before(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    char dir[SCRATCH_MAX];
    scratch_new(dir);
    put(dir, "loudness/podcast.yaml",
        "about: quieter\ntarget_lufs: -18.5\ntolerance_lu: 0.5\nceiling_dbtp: -2\n");
    const char *const dirs[] = {dir, "no/such/folder", "presets", NULL};
    struct loudness_preset p;
    assert_int_equal(loudness_preset_load(&a, dirs, "podcast", &p, &e), 0);
    assert_true(p.target_lufs == -18.5);
    assert_int_equal(loudness_preset_load(&a, dirs, "broadcast", &p, &e), 0);
    assert_true(p.target_lufs == -23);
    assert_true(str_starts(preset_path(&a, dirs, "loudness/podcast.yaml"), dir));
    assert_string_equal(preset_path(&a, dirs, "goals.json"), "presets/goals.json");
    assert_null(preset_path(&a, dirs, "nothing.yaml"));
    assert_null(preset_path(&a, dirs, "loudness")); // a folder is no file
    scratch_free(dir);
    arena_done(&a);
}

static void unknown_presets_name_the_known_ones(void **state)
{
    (void)state;
    static const struct {
        const char *name, *want;
    } rows[] = {
        {"podkast", "write podcast"},
        {"hi-fi", "known: broadcast, podcast, streaming, voice-telephone"},
        {"../output/mp3", "known: broadcast, podcast, streaming, voice-telephone"},
        {"", "known: broadcast, podcast, streaming, voice-telephone"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct loudness_preset p;
        char want[200];
        snprintf(want, sizeof(want), "there is no loudness preset %s", rows[i].name);
        assert_true(loudness_preset_load(&a, shipped, rows[i].name, &p, &e) < 0);
        refused(&e, want, rows[i].want);
        arena_done(&a);
    }
    struct arena a = {0};
    struct err e = {0};
    struct output_preset p;
    assert_true(output_preset_load(&a, (const char *const[]){NULL}, "mp3", &p, &e) < 0);
    refused(&e, "no folder with presets/output is found", "name one with --presets");
    arena_done(&a);
}

static void wrong_presets_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", ":1:1: the preset is empty"},
        {"about: x\ntarget_lufs: 16\ntolerance_lu: 0.2\nceiling_dbtp: -1\n",
         ":2:14: target_lufs must be from -40 to -5"},
        {"about: x\ntarget_lufs: -16 LUFS\ntolerance_lu: 0.2\nceiling_dbtp: -1\n",
         ":2:14: target_lufs must be a number, here is \"-16 LUFS\""},
        {"about: x\ntarget_lufs: -23\ntolerance_lu: 0.2\nceiling_dbtp: -1\n"
         "max_short_term_lufs: -22.5\n",
         ":5:22: the loudest 3 s lie above the loudness of the whole, which is to be -23 LUFS"},
        {"about: x\ntolerance_lu: 0.2\nceiling_dbtp: -1\n", ":1:1: a preset has no target_lufs"},
        {"about: x\ntarget: -16\n", ":2:1: unknown key target in a preset"},
    };
    char dir[SCRATCH_MAX];
    scratch_new(dir);
    const char *const dirs[] = {dir, NULL};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct loudness_preset p;
        char want[SCRATCH_MAX + 200];
        snprintf(want, sizeof(want), "%s/loudness/own.yaml%s", dir, rows[i].want);
        put(dir, "loudness/own.yaml", rows[i].text);
        assert_true(loudness_preset_load(&a, dirs, "own", &p, &e) < 0);
        refused(&e, want, NULL);
        arena_done(&a);
    }
    struct arena a = {0};
    struct err e = {0};
    struct output_preset p;
    const char *mp3 =
        "about: x\nextension: mp3\nmime: audio/mpeg\ncodec: libmp3lame\ncontainer: mp3\n"
        "sample_rate_hz: 48000\nbitrate_kbps_stereo: 128\nbitrate_kbps_mono: 96\n";
    put(dir, "output/own.yaml",
        arena_printf(&a, "%soptions: [compression_level=5]\nstart_headroom_db: 0.5\n", mp3));
    assert_int_equal(output_preset_load(&a, dirs, "own", &p, &e), 0);
    assert_string_equal(p.options.items[0], "compression_level=5");
    assert_true(p.start_headroom_db == 0.5 && p.start_gain_db == 0);
    put(dir, "output/own.yaml", arena_printf(&a, "%soptions: fast\n", mp3));
    assert_true(output_preset_load(&a, dirs, "own", &p, &e) < 0);
    assert_non_null(strstr(e.text, ":9:10: an option of the codec without ="));
    scratch_free(dir);
    arena_done(&a);
}

static void picture_presets_promise_what_the_manual_says(void **state)
{
    (void)state;
    static const struct {
        const char *name, *rate, *level;
        int width, height, num, kbps, kbit;
        const char *ladder[3];
    } rows[] = {
        {"1080p25", "25", "4.0", 1920, 1080, 25, 6000, 9000, {"720p", "480p"}},
        {"1080p30", "30", "4.0", 1920, 1080, 30, 6000, 9000, {"720p", "480p"}},
        {"1080p", "source", "4.2", 1920, 1080, 0, 6000, 9000, {"720p", "480p"}},
        {"1080p50", "50", "4.2", 1920, 1080, 50, 9000, 13500, {"720p", "480p"}},
        {"720p25", "25", "4.0", 1280, 720, 25, 3000, 4500, {"480p"}},
        {"720p30", "30", "4.0", 1280, 720, 30, 3000, 4500, {"480p"}},
        {"720p", "source", "4.0", 1280, 720, 0, 3000, 4500, {"480p"}},
        {"480p", "source", "4.0", 854, 480, 0, 1400, 2100, {NULL}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct picture_preset rung[PICTURE_MAX_RUNGS];
        size_t n = 0, want = 1;
        assert_int_equal(picture_preset_named(&a, shipped, rows[i].name, NULL, rung, &n, &e), 0);
        assert_string_equal(rung[0].name, rows[i].name);
        assert_int_equal(rung[0].width, rows[i].width);
        assert_int_equal(rung[0].height, rows[i].height);
        assert_int_equal(rung[0].max_bitrate_kbps, rows[i].kbps);
        assert_int_equal(rung[0].buffer_kbit, rows[i].kbit);
        assert_string_equal(rung[0].level, rows[i].level);
        assert_string_equal(rung[0].profile, "high");
        assert_string_equal(rung[0].fit, "pad");
        assert_string_equal(rung[0].speed, "medium");
        assert_true(rung[0].crf == 21 && rung[0].gop_s == 2);
        for (; rows[i].ladder[want - 1]; want++)
            assert_string_equal(rung[want].name, rows[i].ladder[want - 1]);
        assert_int_equal(n, want);
        for (size_t k = 0; k < n; k++) { // whatever a rung says, it has the main picture's rate
            assert_string_equal(rung[k].frame_rate, rows[i].rate);
            assert_int_equal(rung[k].rate_num, rows[i].num);
            assert_int_equal(rung[k].rate_den, 1);
        }
        arena_done(&a);
    }
}

#define PICTURE(size, rate, level, rest)                                              \
    "about: x\n" size "frame_rate_fps: " rate "\nfit: crop\ncrf: 20.5\nspeed: slow\n" \
    "max_bitrate_kbps: 6000\nbuffer_kbit: 9000\nlevel: \"" level "\"\ngop_s: 2\n" rest
#define FULL "width_px: 1920\nheight_px: 1080\n"
#define MIDDLE "width_px: 1600\nheight_px: 900\n"

static void frame_rates_are_whole_numbers_or_fractions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int num, den;
        const char *remedy; // NULL: good
    } rows[] = {
        {PICTURE(FULL, "source", "4.2", ""), 0, 1, NULL},
        {PICTURE(FULL, "24", "4.0", ""), 24, 1, NULL},
        {PICTURE(FULL, "30000/1001", "4.0", ""), 30000, 1001, NULL},
        {PICTURE(FULL, "60000/1001", "4.2", ""), 60000, 1001, NULL},
        {PICTURE(FULL, "60", "4.2", ""), 60, 1, NULL},
        {PICTURE(FULL, "61", "4.2", ""), 0, 0, ""},
        {PICTURE(FULL, "0", "4.2", ""), 0, 0, ""},
        {PICTURE(FULL, "25/0", "4.2", ""), 0, 0, ""},
        {PICTURE(FULL, "25/", "4.2", ""), 0, 0, ""},
        {PICTURE(FULL, "1/2", "4.2", ""), 0, 0, ""},
        {PICTURE(FULL, "-25", "4.2", ""), 0, 0, ""},
        {PICTURE(FULL, "11", "4.2", ""), 0, 0, ""}, // no whole number of ticks
        {PICTURE(FULL, "29.97", "4.2", ""), 0, 0, "write 30000/1001"},
        {PICTURE(FULL, "23.976", "4.2", ""), 0, 0, "write 24000/1001"},
        {PICTURE(FULL, "25.0", "4.2", ""), 0, 0, "write 25"},
    };
    char dir[SCRATCH_MAX];
    scratch_new(dir);
    const char *const dirs[] = {dir, NULL};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct picture_preset rung[PICTURE_MAX_RUNGS];
        size_t n;
        put(dir, "picture/own.yaml", rows[i].text);
        int r = picture_preset_named(&a, dirs, "own", NULL, rung, &n, &e);
        if ((r >= 0) != !rows[i].remedy)
            fail_msg("%s%s", rows[i].text, e.text);
        if (r >= 0) {
            assert_int_equal(rung[0].rate_num, rows[i].num);
            assert_int_equal(rung[0].rate_den, rows[i].den);
            assert_string_equal(rung[0].fit, "crop");
            assert_string_equal(rung[0].profile, "high");
            assert_int_equal(n, 1);
        } else {
            assert_non_null(strstr(e.text, "own.yaml:4:17: frame_rate_fps cannot be \""));
            assert_true(str_ends(e.text, rows[i].remedy));
        }
        arena_done(&a);
    }
    scratch_free(dir);
}

static void wrong_picture_presets_are_refused(void **state)
{
    (void)state;
    static const char ladder[] = "write the rungs from large to small, below the preset itself";
    static const struct {
        const char *text, *file, *want, *remedy;
    } rows[] = {
        {PICTURE("width_px: 853\nheight_px: 480\n", "25", "4.0", ""), "own",
         ":2:11: width_px must be even, since two pixels share a colour", "write 854"},
        {PICTURE("width_px: 854\nheight_px: 481\n", "25", "4.0", ""), "own",
         ":3:12: height_px must be even, since two pixels share a colour", "write 482"},
        {PICTURE(FULL, "50", "4.0", ""), "own",
         ":10:8: level 4.0 does not hold 1920 x 1080 at 50 frames a second, 6000 kbit/s and a "
         "buffer of 9000 kbit",
         "write level: \"4.2\""},
        {PICTURE(FULL, "source", "4.1", ""), "own",
         ":10:8: level 4.1 does not hold 1920 x 1080 at up to 60 frames a second, 6000 kbit/s and "
         "a buffer of 9000 kbit",
         "write level: \"4.2\""},
        {PICTURE("width_px: 3840\nheight_px: 2160\n", "25", "4.2", ""), "own",
         ":10:8: level 4.2 does not hold 3840 x 2160 at 25 frames a second, 6000 kbit/s and a "
         "buffer of 9000 kbit",
         "make the picture smaller, or the frames fewer"},
        {PICTURE(FULL, "25", "5.1", ""), "own", ":10:8: level cannot be \"5.1\"", NULL},
        {PICTURE(FULL, "25", "4.0", "codec: hevc\n"), "own", ":12:1: unknown key codec in a preset",
         NULL},
        {PICTURE(FULL, "25", "4.0", "ladder: [smal]\n"), "own",
         ":12:10: there is no picture preset smal", "write small"},
        {PICTURE(FULL, "25", "4.0", "ladder: [own]\n"), "own",
         ":12:10: own is not smaller than own", ladder},
        {PICTURE(FULL, "25", "4.0", "ladder: [small, middle]\n"), "own",
         ":12:17: middle is not smaller than small", ladder},
        {PICTURE(FULL, "25", "4.0", "ladder: [wide]\n"), "own",
         ":12:10: wide is not smaller than own", ladder},
        {PICTURE(FULL, "25", "4.0", "ladder: [small, small]\n"), "own",
         ":12:17: small is not smaller than small", ladder},
        {PICTURE(FULL, "50", "4.2", "ladder: [middle]\n"), "middle", // 50 frames of it
         ":10:8: level 4.0 does not hold 1600 x 900 at 50 frames a second, 6000 kbit/s and a "
         "buffer of 9000 kbit",
         "write level: \"4.2\""},
        {PICTURE(FULL, "25", "4.0", "ladder: [a, b, c, d, e, f]\n"), "own",
         ":12:25: more than 5 rungs below the preset itself", NULL},
    };
    char dir[SCRATCH_MAX];
    scratch_new(dir);
    const char *const dirs[] = {dir, NULL};
    put(dir, "picture/middle.yaml", PICTURE(MIDDLE, "25", "4.0", ""));
    put(dir, "picture/wide.yaml", PICTURE("width_px: 1920\nheight_px: 804\n", "25", "4.0", ""));
    put(dir, "picture/small.yaml", PICTURE("width_px: 640\nheight_px: 360\n", "25", "4.0", ""));
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct picture_preset rung[PICTURE_MAX_RUNGS];
        size_t n;
        char want[SCRATCH_MAX + 200];
        snprintf(want, sizeof(want), "%s/picture/%s.yaml%s", dir, rows[i].file, rows[i].want);
        put(dir, "picture/own.yaml", rows[i].text);
        int r = picture_preset_named(&a, dirs, "own", NULL, rung, &n, &e);
        if (r >= 0)
            print_error("not refused: %s\n", rows[i].text);
        assert_true(r < 0);
        refused(&e, want, rows[i].remedy);
        arena_done(&a);
    }
    scratch_free(dir);
    struct arena a = {0};
    struct err e = {0};
    struct picture_preset rung[PICTURE_MAX_RUNGS];
    size_t n;
    assert_true(picture_preset_named(&a, shipped, "cinema", NULL, rung, &n, &e) < 0);
    refused(&e, "there is no picture preset cinema",
            "known: 1080p, 1080p25, 1080p30, 1080p50, 480p, 720p, 720p25, 720p30, portrait, "
            "square");
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_presets_promise_what_the_manual_says),
        cmocka_unit_test(folders_in_front_go_before),
        cmocka_unit_test(unknown_presets_name_the_known_ones),
        cmocka_unit_test(wrong_presets_are_refused),
        cmocka_unit_test(picture_presets_promise_what_the_manual_says),
        cmocka_unit_test(frame_rates_are_whole_numbers_or_fractions),
        cmocka_unit_test(wrong_picture_presets_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
