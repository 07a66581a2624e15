// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/captions.h"
#include "refusal.h"

#define MS (TICKS_PER_SEC / 1000)

static void parsed(struct arena *a, const char *text, struct captions *c)
{
    struct err e = {0};
    int r = captions_parse(a, text, strlen(text), "c", c, &e);
    if (r < 0)
        print_error("%s\n%s\n", text, e.text);
    assert_int_equal(r, 0);
}

static void webvtt_is_read(void **state)
{
    (void)state;
    struct arena a = {0};
    struct captions c;
    parsed(&a,
           "\xEF\xBB\xBFWEBVTT - Trivsel\nKind: captions\n\nNOTE her\nkommer --> ikke "
           "noe\n\nSTYLE\n::cue { color: red }\n\n"
           "1\n00:01.000 --> 00:02.500 align:start position:10%\n<v Kari Nordmann>Hei &amp; "
           "<i>velkommen</i>\ntil <b.loud>oss</b></v>\n\n\n"
           "intro - 2\n01:00:02.500 --> 01:00:04.000\n  Q&A: 1 < 2 &lt;3&gt; <00:03.000>nå  \n\t\n",
           &c);
    assert_int_equal(c.count, 2);
    assert_true(c.cues[0].start == 1000 * MS && c.cues[0].end == 2500 * MS);
    assert_string_equal(c.cues[0].speaker, "Kari Nordmann");
    assert_string_equal(c.cues[0].text, "Hei & velkommen\ntil oss");
    assert_true(c.cues[1].start == 3602500 * MS);
    assert_null(c.cues[1].speaker);
    assert_string_equal(c.cues[1].text, "Q&A: 1 < 2 <3> nå");
    arena_done(&a);
}

static void subrip_is_read(void **state)
{
    (void)state;
    struct arena a = {0};
    struct captions c;
    parsed(&a,
           "1\r\n00:00:01,000 --> 00:00:02,500\r\n{\\an8}<i>Hei</i> & <font "
           "color=\"red\">hallo</font>\r\n- {sic} 1 < 2 <3\r\n\r\n"
           "7\r\n0:01:00.000 --> 00:01:01,250  X1:10\r\nHade\r\n",
           &c);
    assert_int_equal(c.count, 2);
    assert_string_equal(c.cues[0].text, "Hei & hallo\n- {sic} 1 < 2 <3");
    assert_true(c.cues[1].start == 60000 * MS && c.cues[1].end == 61250 * MS);
    assert_string_equal(c.cues[1].text, "Hade");
    arena_done(&a);
}

static void two_voices_in_one_cue_become_two(void **state)
{
    (void)state;
    struct arena a = {0};
    struct captions c;
    parsed(&a,
           "WEBVTT\n\n00:01.000 --> 00:02.000\n<v.first Kari>- Hei</v>\n<v Ola &amp; Per>- Hallo\n",
           &c);
    assert_int_equal(c.count, 2);
    assert_string_equal(c.cues[0].speaker, "Kari");
    assert_string_equal(c.cues[0].text, "- Hei");
    assert_string_equal(c.cues[1].speaker, "Ola & Per");
    assert_string_equal(c.cues[1].text, "- Hallo");
    assert_true(c.cues[0].start == c.cues[1].start && c.cues[0].end == c.cues[1].end);
    arena_done(&a);
}

#define V "WEBVTT\n\n"

static void wrong_captions_are_refused_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want, *remedy;
    } rows[] = {
        {"", "c: the file is empty", NULL},
        {"WEBVTT\n", "c: there are no cues in it", NULL},
        {"\n\n", "c: there are no cues in it", NULL},
        {"webvtt\n", "c:1:1: the first line is not quite WEBVTT", "write WEBVTT alone in capitals"},
        {"WEBVTTX\n\n", "c:1:1: the first line is not quite WEBVTT", NULL},
        {"Hei på deg\n", "c:1:1: the number of a cue is missing", NULL},
        {"WEBVTT\n00:01.000 --> 00:02.000\nHei\n", "c:2:1: times inside the head",
         "put an empty line below WEBVTT"},
        {V "00:01.000 -> 00:02.000\nHei\n", "c:3:1: a text without its times", NULL},
        {V "00:01,000 --> 00:02,000\nHei\n", "c:3:6: this is not a time",
         "write it like 00:00:01.000 --> 00:00:04.000"},
        {V "00:01.00 --> 00:02.000\nHei\n", "c:3:9: this is not a time", NULL},
        {V "00:61.000 --> 00:62.000\nHei\n", "c:3:6: this is not a time", NULL},
        {V "00:01.000 --> \nHei\n", "c:3:15: this is not a time", NULL},
        {V "00:01.000 --> 00:02.000 midt\nHei\n", "c:3:24: this does not belong behind a time",
         NULL},
        {V "00:02.000 --> 00:01.000\nHei\n", "c:3:15: a cue that ends before it begins", NULL},
        {V "00:02.000 --> 00:02.000\nHei\n", "c:3:15: a cue that ends before it begins", NULL},
        {V "00:02.000 --> 00:03.000\nHei\n\n00:01.000 --> 00:02.000\nHei\n",
         "c:6:1: a cue that begins before the one above it",
         "put the cues in the order of their times"},
        {V "00:01.000 --> 00:02.000\n\nHei\n", "c:3:1: a cue without text", NULL},
        {V "00:01.000 --> 00:02.000\n<i> </i>\n", "c:3:1: a cue without text", NULL},
        {V "00:01.000 --> 00:02.000\nHei\n\nmer av det\n", "c:6:1: a text without its times", NULL},
        {V "00:01.000 --> 00:02.000\nHei\n00:02.000 --> 00:03.000\nHade\n",
         "c:5:11: --> inside a text", "put an empty line between two cues"},
        {V "00:01.000 --> 00:02.000\nHei <i\n", "c:4:5: a < without its >", NULL},
        {V "00:01.000 --> 00:02.000\nMel\xF8y\n",
         "c:4:4: byte 0xf8 is not UTF-8 (in Windows-1252 it is \"ø\")",
         "save the file with the encoding UTF-8"},
        {V "00:01.000 --> 00:02.000\nHei\x1b[0m\n", "c:4:4: an invisible control character", NULL},
        {"00:00:01,000 --> 00:00:02,000\nHei\n", "c:1:1: the number of a cue is missing", NULL},
        {"1\n00:01,000 --> 00:02,000\nHei\n", "c:2:6: this is not a time",
         "write it like 00:00:01,000 --> 00:00:04,000"},
        {"1\n00:00:01,000 --> 00:00:02,000\nHei\n\nmer\n", "c:5:1: the number of a cue is missing",
         NULL},
        {"1\n00:00:01,000 --> 00:00:02,000\nHei\n\n2\n", "c:5:1: a cue of a number only", NULL},
        {"1\n00:00:01,000 --> 00:00:02,000\n\n", "c:2:1: a cue without text", NULL},
        {"1\n00:00:01,000 00:00:02,000\nHei\n", "c:2:14: --> is missing", NULL},
        {"1\n00:00:01,000 --> 00:00:02,000\nHei\n2\n00:00:02,000 --> 00:00:03,000\nHade\n",
         "c:5:14: --> inside a text", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct captions c = {0};
        struct err e = {0};
        int r = captions_parse(&a, rows[i].text, strlen(rows[i].text), "c", &c, &e);
        if (r >= 0)
            print_error("not refused: %s\n", rows[i].text);
        assert_true(r < 0);
        refused(&e, rows[i].want, rows[i].remedy);
        assert_null(c.cues);
        arena_done(&a);
    }
}

static void endless_cues_are_refused(void **state)
{
    (void)state;
    struct arena a = {0};
    struct captions c;
    struct err e = {0};
    struct str s;
    str_init(&s, STR_MAX);
    str_add(&s, "WEBVTT\n\n00:01.000 --> 00:02.000\n");
    for (int i = 0; i < 70; i++)
        str_add(&s, "linje\n");
    assert_true(captions_parse(&a, s.p, s.len, "c", &c, &e) < 0);
    refused(&e, "c:67:1: too many lines in one cue", "put an empty line between two cues");
    str_done(&s);
    arena_done(&a);
}

static void both_formats_are_written(void **state)
{
    (void)state;
    struct cue cues[] = {
        {1000 * MS, 2500 * MS, "Kari & <Ola>", "Hei --> & <deg>\nlinje to"},
        {2500 * MS, 3600000 * MS, "Kari & <Ola>", "Mer"},
        {-5 * MS, 3600001 * MS + MS / 2, NULL, "æøå"},
        {3600001 * MS, 3600002 * MS, "Per", "Ja"},
    };
    struct captions c = {cues, COUNT(cues)};
    struct str s;
    str_init(&s, STR_MAX);
    captions_write_vtt(&s, &c);
    assert_string_equal(s.p, "WEBVTT\n"
                             "\n00:00:01.000 --> 00:00:02.500\n<v Kari &amp; &lt;Ola&gt;>Hei "
                             "--&gt; &amp; &lt;deg&gt;\nlinje to\n"
                             "\n00:00:02.500 --> 01:00:00.000\n<v Kari &amp; &lt;Ola&gt;>Mer\n"
                             "\n00:00:00.000 --> 01:00:00.002\næøå\n"
                             "\n01:00:00.001 --> 01:00:00.002\n<v Per>Ja\n");
    str_clear(&s);
    captions_write_srt(&s, &c);
    assert_string_equal(s.p,
                        "1\n00:00:01,000 --> 00:00:02,500\nKari & <Ola>: Hei -> & <deg>\nlinje to\n"
                        "\n2\n00:00:02,500 --> 01:00:00,000\nMer\n"
                        "\n3\n00:00:00,000 --> 01:00:00,002\næøå\n"
                        "\n4\n01:00:00,001 --> 01:00:00,002\nPer: Ja\n");
    str_done(&s);
}

static bool same(const struct captions *x, const struct captions *y)
{
    bool equal = x->count == y->count;
    for (size_t i = 0; equal && i < x->count; i++) {
        const struct cue *a = &x->cues[i], *b = &y->cues[i];
        equal = a->start == b->start && a->end == b->end && str_same(a->speaker, b->speaker) &&
                str_same(a->text, b->text);
    }
    return equal;
}

// What was read can be written and read again without loss, and no input does harm.
static void damaged_captions_are_read_or_refused(void **state)
{
    (void)state;
    static const char *const corpus[] = {
        "WEBVTT\n\nNOTE x\n\n1\n00:01.000 --> 00:02.500 align:start\n<v Kari>Hei &amp; <i>på</i> "
        "deg</v>\n- to\n\n"
        "00:02.500 --> 01:00:04.000\n<v.a Ola>Hallo &lt;3\n<v Per>Ja\n",
        "1\n00:00:01,000 --> 00:00:02,500\n<i>Hei</i> {\\an8}du\nlinje\n\n2\n00:00:02,500 --> "
        "00:00:04,000\nHade & < >\n",
    };
    unsigned seed = 42;
    int read = 0;
    for (int round = 0; round < 8000; round++) {
        struct arena a = {0};
        struct err e = {0};
        struct captions c, again;
        char text[1024];
        size_t len = strlen(corpus[round % 2]);
        memcpy(text, corpus[round % 2], len);
        damage(text, &len, &seed);
        if (captions_parse(&a, text, len, "c", &c, &e) < 0) {
            assert_true(e.kind == ERR_INPUT && str_starts(e.text, "c:"));
        } else {
            struct str s;
            str_init(&s, STR_MAX);
            captions_write_vtt(&s, &c);
            parsed(&a, s.p, &again);
            if (!same(&c, &again))
                print_error("%s\n", s.p);
            assert_true(same(&c, &again));
            str_done(&s);
            read++;
        }
        arena_done(&a);
    }
    assert_true(read > 1000); // else the damage is too great to test anything
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(webvtt_is_read),
        cmocka_unit_test(subrip_is_read),
        cmocka_unit_test(two_voices_in_one_cue_become_two),
        cmocka_unit_test(wrong_captions_are_refused_with_their_place),
        cmocka_unit_test(endless_cues_are_refused),
        cmocka_unit_test(both_formats_are_written),
        cmocka_unit_test(damaged_captions_are_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
