// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/published.h"
#include "refusal.h"
#include "scratch.h"

static char dir[SCRATCH_MAX], path[SCRATCH_MAX + 20];

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void put(const char *text)
{
    assert_true(fs_replace(path, text, strlen(text), NULL) >= 0);
}

static const char *content(struct arena *a)
{
    static char *text; // gcc 12 takes what it points to for the pointer itself
    size_t len;
    assert_int_equal(fs_read(a, path, 1 << 20, &text, &len, NULL), 0);
    return text;
}

static void a_record_looks_like_this(void **state)
{
    (void)state;
    struct published_source sources[] = {{"zoom.mp4", HASH_A}};
    struct published_file files[] = {
        {"mp3", "media/x/x-1a2b3c4d.mp3", "audio/mpeg", HASH_B, 38400123,
         2402350 * (TICKS_PER_SEC / 1000), -16.0123, -1.006, 0, 0, NULL, 0},
        {"opus", "media/x/x-5.opus", "audio/ogg", HASH_A, 1, TICKS_PER_SEC + 1, -HUGE_VAL,
         -HUGE_VAL, 0, 0, NULL, 0},
    };
    struct published_former former[] = {{"media/x/x-0.mp3", 1770883200}};
    struct chapter chapters[] = {{0, "Velkommen", NULL, NULL},
                                 {TICKS_PER_SEC / 3, "Å", "https://example.org/", NULL}};
    struct published p = {
        .guid = "g",
        .slug = "x",
        .state = "published",
        .first_published_utc_s = 1770883200,
        .sources = sources,
        .num_sources = 1,
        .files = files,
        .num_files = 2,
        .former = former,
        .num_former = 1,
        .chapters = chapters,
        .num_chapters = 2,
        .length = 5 * TICKS_PER_SEC,
    };
    struct arena a = {0};
    struct err e = {0};
    fs_remove_tree(path, NULL);
    assert_int_equal(published_save(&p, path, &e), 1);
    assert_int_equal(published_save(&p, path, &e), 0); // nothing changed
    const char *want = "{\n"
                       "  \"guid\": \"g\",\n"
                       "  \"slug\": \"x\",\n"
                       "  \"state\": \"published\",\n"
                       "  \"first_published\": \"2026-02-12T08:00:00Z\",\n"
                       "  \"length\": \"00:00:05.000\",\n"
                       "  \"sources\": [\n"
                       "    {\n"
                       "      \"path\": \"zoom.mp4\",\n"
                       "      \"sha256\": \"" HASH_A "\"\n"
                       "    }\n"
                       "  ],\n"
                       "  \"files\": [\n"
                       "    {\n"
                       "      \"output\": \"mp3\",\n"
                       "      \"path\": \"media/x/x-1a2b3c4d.mp3\",\n"
                       "      \"type\": \"audio/mpeg\",\n"
                       "      \"bytes\": 38400123,\n"
                       "      \"sha256\": \"" HASH_B "\",\n"
                       "      \"duration\": \"00:40:02.350\",\n"
                       "      \"integrated_lufs\": -16.01,\n"
                       "      \"true_peak_dbtp\": -1.01\n"
                       "    },\n"
                       "    {\n"
                       "      \"output\": \"opus\",\n"
                       "      \"path\": \"media/x/x-5.opus\",\n"
                       "      \"type\": \"audio/ogg\",\n"
                       "      \"bytes\": 1,\n"
                       "      \"sha256\": \"" HASH_A "\",\n"
                       "      \"duration\": \"00:00:01.000000001\",\n"
                       "      \"integrated_lufs\": null,\n"
                       "      \"true_peak_dbtp\": null\n"
                       "    }\n"
                       "  ],\n"
                       "  \"former\": [\n"
                       "    {\n"
                       "      \"path\": \"media/x/x-0.mp3\",\n"
                       "      \"until\": \"2026-02-12T08:00:00Z\"\n"
                       "    }\n"
                       "  ],\n"
                       "  \"chapters\": [\n"
                       "    {\n"
                       "      \"at\": \"00:00:00.000\",\n"
                       "      \"title\": \"Velkommen\"\n"
                       "    },\n"
                       "    {\n"
                       "      \"at\": \"00:00:00.333333333\",\n"
                       "      \"title\": \"Å\",\n"
                       "      \"url\": \"https://example.org/\"\n"
                       "    }\n"
                       "  ]\n"
                       "}\n";
    assert_string_equal(content(&a), want);
    struct published back = {0};
    assert_int_equal(published_load(&a, path, &back, &e), 0);
    assert_true(back.files[0].duration == files[0].duration &&
                back.files[1].duration == files[1].duration);
    assert_true(back.chapters[1].start == chapters[1].start);
    assert_true(back.files[0].integrated_lufs == -16.01);
    assert_true(isinf(back.files[1].true_peak_dbtp) && back.files[1].true_peak_dbtp < 0);
    assert_int_equal(back.former[0].until_utc_s, 1770883200);
    assert_int_equal(published_save(&back, path, &e), 0); // the same bytes
    published_done(&back);
    published_done(&back);
    arena_done(&a);
}

static void clips_are_kept_with_what_is_said_in_them(void **state)
{
    (void)state;
    struct published_file file = {"clip-1-square",
                                  "media/x/clip-1-square-1a2b3c4d.mp4",
                                  "video/mp4",
                                  HASH_A,
                                  1000,
                                  TICKS_PER_SEC,
                                  -16,
                                  -1,
                                  1080,
                                  1080,
                                  "25",
                                  8};
    struct published_clip clips[] = {
        {file, "Ei åpen dør", "Čáhci.", "media/x/clip-1-square-1a2b3c4d.nb_NO.srt"},
        {file, "Uten", NULL, NULL}};
    clips[1].file.path = "media/x/clip-2-square-1a2b3c4d.mp4";
    struct published p = {
        .guid = "g", .slug = "x", .state = "published", .clips = clips, .num_clips = 2};
    struct arena a = {0};
    struct err e = {0};
    struct published back = {0};
    fs_remove_tree(path, NULL);
    assert_int_equal(published_save(&p, path, &e), 1);
    assert_int_equal(published_load(&a, path, &back, &e), 0);
    assert_int_equal(back.num_clips, 2);
    assert_string_equal(back.clips[0].title, "Ei åpen dør");
    assert_string_equal(back.clips[0].text, "Čáhci.");
    assert_string_equal(back.clips[0].captions, clips[0].captions);
    assert_int_equal(back.clips[0].file.height, 1080);
    assert_true(!back.clips[1].text && !back.clips[1].captions);
    assert_int_equal(published_save(&back, path, &e), 0); // the same bytes
    published_done(&back);
    clips[0].captions = "media/../../x.srt";
    assert_int_equal(published_save(&p, path, &e), 1);
    assert_true(published_load(&a, path, &back, &e) < 0);
    assert_non_null(strstr(e.text, "clips[0].captions must lead to a file below public/"));
    arena_done(&a);
}

static void a_file_with_a_picture_says_its_size(void **state)
{
    (void)state;
    static const char pictures[] = "      \"true_peak_dbtp\": -1.5,\n"
                                   "      \"width\": 1920,\n"
                                   "      \"height\": 1080,\n"
                                   "      \"frame_rate\": \"30000/1001\",\n"
                                   "      \"bit_rate_kbps\": 2345\n"
                                   "    }";
    struct published_file files[] = {
        {"1080p", "media/x/x-1.mp4", "video/mp4", HASH_A, 9, TICKS_PER_SEC, -16, -1.5, 1920, 1080,
         "30000/1001", 2345},
        {"hls", "media/x/x-2/index.m3u8", "application/vnd.apple.mpegurl", HASH_B, 9, TICKS_PER_SEC,
         -16, -1.5, 1280, 720, NULL, 0},
    };
    struct published p = {
        .guid = "g", .slug = "x", .state = "published", .files = files, .num_files = 2};
    struct arena a = {0};
    struct err e = {0};
    struct published back;
    assert_int_equal(published_save(&p, path, &e), 1);
    assert_non_null(strstr(content(&a), pictures));
    assert_int_equal(published_load(&a, path, &back, &e), 0);
    assert_int_equal(back.files[0].width, 1920);
    assert_int_equal(back.files[0].height, 1080);
    assert_string_equal(back.files[0].frame_rate, "30000/1001");
    assert_int_equal(back.files[0].bit_rate_kbps, 2345);
    assert_int_equal(back.files[1].height, 720);
    assert_null(back.files[1].frame_rate);
    assert_int_equal(back.files[1].bit_rate_kbps, 0);
    assert_int_equal(published_save(&back, path, &e), 0); // the same bytes
    back.files[0].width = back.files[0].height = 0;
    back.files[0].frame_rate = NULL;
    back.files[0].bit_rate_kbps = 0;
    assert_int_equal(published_save(&back, path, &e), 1); // what is gone is not taken for others'
    assert_null(strstr(content(&a), "1920"));
    assert_null(strstr(content(&a), "frame_rate"));
    published_done(&back);
    arena_done(&a);
}

// Times of every kind of clock come back to the tick.
static void times_survive(void **state)
{
    (void)state;
    static const int rates[] = {44100, 48000, 22050, 11025, 90000};
    struct arena a = {0};
    struct err e = {0};
    unsigned seed = 3;
    for (int i = 0; i < 200; i++) {
        struct published p = {.guid = "g", .slug = "x", .state = "published"}, back;
        p.length =
            tick_from_samples(mishap(&seed), rates[i % 5]) + (i % 3 == 0 ? mishap(&seed) % 100 : 0);
        assert_true(published_save(&p, path, &e) >= 0);
        assert_int_equal(published_load(&a, path, &back, &e), 0);
        assert_true(back.length == p.length);
        published_done(&back);
    }
    arena_done(&a);
}

static void keys_of_others_survive(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    struct published p;
    put("{\"zz\": {\"b\": 1, \"a\": [2.5, null]}, \"guid\": \"g\", \"slug\": \"x\", \"state\": "
        "\"published\", \"live\": true,"
        " \"sources\": [{\"path\": \"a\", \"sha256\": \"" HASH_A
        "\", \"camera\": 2, \"width\": 1920}],"
        " \"files\": [{\"output\": \"mp3\", \"path\": \"m/a.mp3\", \"type\": \"audio/mpeg\", "
        "\"bytes\": 1, \"sha256\": \"" HASH_A "\","
        " \"uploaded\": \"2026\"}, {\"output\": \"opus\", \"path\": \"m/a.opus\", \"type\": "
        "\"audio/ogg\", \"bytes\": 2,"
        " \"sha256\": \"" HASH_B "\", \"note\": \"x\"}]}");
    assert_int_equal(published_load(&a, path, &p, &e), 0);
    p.state = "retracted";
    p.num_files = 1; // opus is gone
    assert_int_equal(published_save(&p, path, &e), 1);
    published_done(&p);
    const char *text = content(&a);
    assert_non_null(strstr(text, "\"camera\": 2"));
    assert_non_null(strstr(text, "\"width\": 1920"));
    assert_non_null(strstr(text, "\"uploaded\": \"2026\""));
    assert_null(strstr(text, "\"note\""));
    assert_non_null(strstr(text, "\"state\": \"retracted\""));
    const char *chapters = strstr(text, "\"chapters\"");
    assert_non_null(chapters);
    const char *zz = strstr(chapters, "\"zz\"");
    assert_non_null(zz);
    assert_non_null(strstr(zz, "\"live\": true"));
    assert_non_null(strstr(strstr(text, "\"b\": 1"), "\"a\": ["));
    assert_int_equal(published_load(&a, path, &p, &e), 0);
    assert_int_equal(published_save(&p, path, &e), 0);
    published_done(&p);
    arena_done(&a);
}

static void never_published_is_no_error(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    struct published p = {.guid = "untouched"};
    fs_remove_tree(path, NULL);
    assert_int_equal(published_load(&a, path, &p, &e), -ENOENT);
    assert_int_equal(e.code, 0);
    assert_string_equal(e.text, "");
    assert_string_equal(p.guid, "untouched");
    arena_done(&a);
}

#define HEAD "{\"guid\": \"g\", \"slug\": \"x\", \"state\": \"published\", "
#define FILE_OF(p, h, b)                                                     \
    HEAD "\"files\": [{\"output\": \"mp3\", \"type\": \"t\", \"path\": \"" p \
         "\", \"sha256\": \"" h "\", \"bytes\": " b "}]}"

static void damaged_records_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"{}", ": guid is missing"},
        {"[]", ": guid is missing"},
        {"{\"guid\": 1}", ": guid must be text"},
        {"{\"guid\": \"g\", \"slug\": \"../x\", \"state\": \"published\"}",
         ": slug must be of a to z, 0 to 9 and -"},
        {"{\"guid\": \"g\", \"slug\": \"x\", \"state\": \"gone\"}",
         ": state must be published or retracted"},
        {HEAD "\"first_published\": \"i går\"}",
         ": first_published must be a date like 2026-02-12T08:00:00Z"},
        {HEAD "\"length\": 12}", ": length must be text"},
        {HEAD "\"length\": \"12:99\"}", ": length must be a time like 00:40:02.350"},
        {HEAD "\"sources\": {\"a\": 1}}", ": sources must be a list"},
        {HEAD "\"sources\": [{\"path\": \"a\"}]}", ": sources[0].sha256 is missing"},
        {HEAD "\"sources\": [{\"path\": \"a\", \"sha256\": \"AA\"}]}",
         ": sources[0].sha256 must be 64 hexadecimal digits in small letters"},
        {HEAD "\"chapters\": [{\"at\": \"0\"}]}", ": chapters[0].title is missing"},
        {FILE_OF("../../etc/x", HASH_A, "1"), ": files[0].path must lead to a file below public/"},
        {FILE_OF("/etc/x", HASH_A, "1"), ": files[0].path must lead to a file below public/"},
        {FILE_OF("a/./x", HASH_A, "1"), ": files[0].path must lead to a file below public/"},
        {FILE_OF("a//x", HASH_A, "1"), ": files[0].path must lead to a file below public/"},
        {FILE_OF("a/..", HASH_A, "1"), ": files[0].path must lead to a file below public/"},
        {FILE_OF("a/x", HASH_A, "-4"), ": files[0].bytes must be a whole number"},
        {FILE_OF("a/x", HASH_A, "1, \"width\": 0, \"height\": 1"),
         ": files[0].width must be a whole number above 0"},
        {FILE_OF("a/x", HASH_A, "1, \"width\": 640, \"height\": \"x\""),
         ": files[0].height must be a whole number above 0"},
        {FILE_OF("a/x", HASH_A, "1, \"width\": 640"), ": files[0].height is missing"},
        {FILE_OF("a/x", HASH_A, "1, \"height\": 640"), ": files[0].width is missing"},
        {FILE_OF("a/x", HASH_A, "1, \"bit_rate_kbps\": -1"),
         ": files[0].bit_rate_kbps must be a whole number above 0"},
        {FILE_OF("a/x", HASH_A, "1, \"frame_rate\": 25"), ": files[0].frame_rate must be text"},
        {HEAD "\"former\": [{\"path\": \"..\"}]}",
         ": former[0].path must lead to a file below public/"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct published p;
        char want[SCRATCH_MAX + 200];
        put(rows[i].text);
        snprintf(want, sizeof(want), "%s%s", path, rows[i].want);
        int r = published_load(&a, path, &p, &e);
        if (r >= 0)
            print_error("not refused: %s\n", rows[i].text);
        assert_true(r < 0);
        refused(&e, want, NULL);
        arena_done(&a);
    }
    struct arena a = {0};
    struct err e = {0};
    struct published p;
    put("{\n<<<<<<< HEAD\n}\n");
    assert_int_equal(published_load(&a, path, &p, &e), -EINVAL);
    assert_int_equal(e.kind, ERR_INPUT);
    assert_non_null(strstr(e.text, "published.json:2"));
    arena_done(&a);
}

static void broken_json_does_no_harm(void **state)
{
    (void)state;
    static const char whole[] = FILE_OF("a/x.mp3", HASH_A, "12");
    unsigned seed = 9;
    for (int round = 0; round < 300; round++) {
        struct arena a = {0};
        struct err e = {0};
        struct published p;
        char text[sizeof(whole) + 32];
        size_t len = sizeof(whole) - 1;
        memcpy(text, whole, len);
        damage(text, &len, &seed);
        text[len] = '\0';
        put(text);
        int r = published_load(&a, path, &p, &e);
        assert_true(r >= 0 || e.kind == ERR_INPUT);
        if (r >= 0)
            published_done(&p);
        arena_done(&a);
    }
}

static int set_up(void **state)
{
    (void)state;
    scratch_new(dir);
    snprintf(path, sizeof(path), "%s/published.json", dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_free(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_looks_like_this),
        cmocka_unit_test(clips_are_kept_with_what_is_said_in_them),
        cmocka_unit_test(a_file_with_a_picture_says_its_size),
        cmocka_unit_test(times_survive),
        cmocka_unit_test(keys_of_others_survive),
        cmocka_unit_test(never_published_is_no_error),
        cmocka_unit_test(damaged_records_are_refused),
        cmocka_unit_test(broken_json_does_no_harm),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
