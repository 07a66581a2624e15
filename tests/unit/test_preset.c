// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_presets_promise_what_the_manual_says),
        cmocka_unit_test(folders_in_front_go_before),
        cmocka_unit_test(unknown_presets_name_the_known_ones),
        cmocka_unit_test(wrong_presets_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
