// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "doc/transcript.h"
#include "doc/words.h"

static const char norwegian[] =
    "{\"months\":[\"januar\",\"februar\",\"mars\",\"april\",\"mai\",\"juni\",\"juli\",\"august\","
    "\"september\",\"oktober\",\"november\",\"desember\"],\"date\":\"{day}. {month} {year}\","
    "\"decimal\":\",\",\"hours\":\"t\",\"minutes\":\"min\",\"seconds\":\"sek\"}";

static void days_are_norwegian_days(void **state)
{
    (void)state;
    static const struct {
        const char *iso, *want;
    } rows[] = {
        {"2026-02-12T08:00:00Z", "12. februar 2026"},
        {"2026-02-11T23:00:00Z", "12. februar 2026"}, // midnight in winter
        {"2026-02-11T22:59:59Z", "11. februar 2026"},
        {"2026-06-30T22:00:00Z", "1. juli 2026"}, // midnight in summer
        {"2026-06-30T21:59:59Z", "30. juni 2026"},
        {"2026-03-28T23:00:00Z", "29. mars 2026"}, // the last night of winter time
        {"2026-03-29T22:00:00Z", "30. mars 2026"},
        {"2026-10-24T22:00:00Z", "25. oktober 2026"},
        {"2026-10-25T22:30:00Z", "25. oktober 2026"},
        {"2026-10-25T23:00:00Z", "26. oktober 2026"},
        {"2025-12-31T23:30:00Z", "1. januar 2026"},
    };
    struct json *strings;
    assert_int_equal(json_parse(norwegian, strlen(norwegian), "s", &strings, NULL), 0);
    struct words w = {strings, NULL};
    struct str out;
    str_init(&out, 100);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t at;
        int offset;
        assert_true(clock_parse_iso(rows[i].iso, &at, &offset));
        str_clear(&out);
        words_date(&out, &w, at);
        assert_string_equal(out.p, rows[i].want);
    }
    str_done(&out);
    json_free(strings);
}

static void sizes_and_lengths_are_said_as_people_say_them(void **state)
{
    (void)state;
    static const struct {
        int64_t bytes;
        const char *want;
    } sizes[] = {{0, "0 kB"},
                 {1, "1 kB"},
                 {99999, "100 kB"},
                 {100000, "0,1 MB"},
                 {24312345, "24,3 MB"},
                 {24350000, "24,4 MB"},
                 {999950000, "1000,0 MB"},
                 {INT64_MAX, "9223372036854,8 MB"}};
    static const struct {
        double seconds;
        const char *want;
    } lengths[] = {{0.3, "0 sek"}, {42, "42 sek"}, {60, "1 min"},        {1520, "25 min"},
                   {3600, "1 t"},  {3590, "1 t"},  {5400, "1 t 30 min"}, {7230, "2 t 1 min"}};
    struct json *strings;
    assert_int_equal(json_parse(norwegian, strlen(norwegian), "s", &strings, NULL), 0);
    struct words w = {strings, NULL};
    struct str out;
    str_init(&out, 100);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        str_clear(&out);
        words_size(&out, &w, sizes[i].bytes);
        assert_string_equal(out.p, sizes[i].want);
    }
    for (size_t i = 0; i < COUNT(lengths); i++) {
        str_clear(&out);
        words_length(&out, &w, (tick)(lengths[i].seconds * (double)TICKS_PER_SEC));
        assert_string_equal(out.p, lengths[i].want);
    }
    str_done(&out);
    json_free(strings);
}

static void licences_are_known_in_any_case(void **state)
{
    (void)state;
    assert_string_equal(license_find("cc-by-4.0")->name, "CC BY 4.0");
    assert_string_equal(license_find("NLOD-2.0")->url, "https://data.norge.no/nlod/no/2.0");
    assert_null(license_find("eget"));
    assert_null(license_find(NULL));
}

#define S(n) ((n)*TICKS_PER_SEC)

static void cues_become_paragraphs(void **state)
{
    (void)state;
    static struct cue cues[] = {
        {S(0), S(2), "Kari", "Hei og\nvelkommen."},
        {S(2), S(4), "Kari", "I dag er vi to."},
        {S(4), S(6), "Åse", "Takk!"},
        {S(20), S(22), "Åse", "Etter en pause."},
        {S(22), S(24), NULL, "- Ja?\n- Nei."},
        {S(24), S(26), NULL, "Mer."},
        {S(30), S(31), "Åse", "Nytt kapittel."},
    };
    static const struct {
        tick start;
        const char *speaker, *text;
    } want[] = {
        {S(0), "Kari", "Hei og velkommen. I dag er vi to."},
        {S(4), "Åse", "Takk!"},
        {S(20), NULL, "Etter en pause."},
        {S(22), NULL, "Ja?"},
        {S(22), NULL, "Nei. Mer."},
        {S(30), "Åse", "Nytt kapittel."},
    };
    struct arena a = {0};
    struct captions c = {cues, COUNT(cues), NULL};
    struct turns t;
    tick breaks[] = {0, S(30)};
    transcript_turns(&a, &c, breaks, 2, &t);
    assert_int_equal(t.count, COUNT(want));
    for (size_t i = 0; i < t.count; i++) {
        assert_int_equal(t.items[i].start, want[i].start);
        assert_true(str_same(t.items[i].speaker, want[i].speaker));
        assert_string_equal(t.items[i].text, want[i].text);
    }
    arena_done(&a);
}

static void long_speech_is_broken_behind_a_sentence(void **state)
{
    (void)state;
    struct cue cues[100];
    for (size_t i = 0; i < COUNT(cues); i++)
        cues[i] = (struct cue){S((tick)i), S((tick)i + 1), "Kari",
                               i % 3 == 2 ? "og slutt." : "ti ord til"};
    struct arena a = {0};
    struct captions c = {cues, COUNT(cues), NULL};
    struct turns t;
    transcript_turns(&a, &c, NULL, 0, &t);
    assert_in_range(t.count, 2, 4);
    for (size_t i = 0; i + 1 < t.count; i++)
        assert_true(str_ends(t.items[i].text, "slutt."));
    arena_done(&a);
}

static void a_transcript_survives_its_json(void **state)
{
    (void)state;
    static struct cue cues[] = {{S(1) / 2, S(2), "Kari", "Hei\n<du>"},
                                {S(3599), S(3600), NULL, "æøå"}};
    struct arena a = {0};
    struct captions c = {cues, 2, NULL}, back;
    struct err e = {0};
    struct json *j = transcript_json(&c, "nb", "corrected");
    assert_string_equal(json_text(j, "version"), "1.0.0");
    assert_int_equal(transcript_read(&a, j, &back, &e), 0);
    assert_int_equal(back.count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(back.cues[i].start, cues[i].start);
        assert_int_equal(back.cues[i].end, cues[i].end);
        assert_true(str_same(back.cues[i].speaker, cues[i].speaker));
        assert_string_equal(back.cues[i].text, cues[i].text);
    }
    json_free(j);
    static const char broken[] = "{\"segments\":[{\"body\":\"x\"}]}";
    assert_int_equal(json_parse(broken, strlen(broken), "t", &j, &e), 0);
    assert_true(transcript_read(&a, j, &back, &e) < 0);
    json_free(j);
    arena_done(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_norwegian_days),
        cmocka_unit_test(sizes_and_lengths_are_said_as_people_say_them),
        cmocka_unit_test(licences_are_known_in_any_case),
        cmocka_unit_test(cues_become_paragraphs),
        cmocka_unit_test(long_speech_is_broken_behind_a_sentence),
        cmocka_unit_test(a_transcript_survives_its_json),
    };
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
