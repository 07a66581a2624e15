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
    assert_string_equal(c.cues[0].text, "Hei");
    assert_string_equal(c.cues[1].speaker, "Ola & Per");
    assert_string_equal(c.cues[1].text, "Hallo");
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
        {V "00:01.00 --> 00:02.000\nHei\n", "c:3:9: this is not a time",
         "write it like 00:00:01.000 --> 00:00:04.000"},
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
        {"1\n00:01,00 --> 00:02,000\nHei\n", "c:2:9: this is not a time",
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
    struct captions c = {cues, COUNT(cues), NULL};
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
    struct arena a = {0};
    struct captions named;
    captions_name_speakers(&a, &c, &named);
    captions_write_srt(&s, &named);
    arena_done(&a);
    assert_string_equal(s.p,
                        "1\n00:00:01,000 --> 00:00:02,500\nKari & <Ola>: Hei -> & <deg>\nlinje to\n"
                        "\n2\n00:00:02,500 --> 01:00:00,000\nMer\n"
                        "\n3\n00:00:00,000 --> 01:00:00,002\næøå\n"
                        "\n4\n01:00:00,001 --> 01:00:00,002\nPer: Ja\n");
    str_done(&s);
}

static void times_are_read_as_either_format_writes_them(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHei\n",
        "WEBVTT\n\n00:01,000 --> 00:02,500\nHei\n",
        "WEBVTT\r\n\r\n0:01.000 --> 0:00:02,500\r\nHei",
        "1\n00:00:01,000 --> 00:00:02,500\nHei\n",
        "1\n00:01,000 --> 00:02.500\nHei\n",
        "\xEF\xBB\xBF\x31\n0:01,000 --> 00:02,500\nHei\n",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct arena a = {0};
        struct captions c;
        parsed(&a, texts[i], &c);
        assert_int_equal(c.count, 1);
        assert_true(c.cues[0].start == 1000 * MS && c.cues[0].end == 2500 * MS);
        assert_string_equal(c.cues[0].text, "Hei");
        arena_done(&a);
    }
}

static void signs_may_be_written_as_numbers(void **state)
{
    (void)state;
    struct arena a = {0};
    struct captions c;
    parsed(&a,
           "WEBVTT\n\n00:01.000 --> 00:02.000\n&#248;&#xF8;&#X1F600; &#10;&#0; &#xD800;&#12 &#;"
           "&#xFFFFFFFFFF;\n",
           &c);
    assert_string_equal(c.cues[0].text, "øø😀 &#10;&#0; &#xD800;&#12 &#;&#xFFFFFFFFFF;");
    arena_done(&a);
}

// Windows programs write SubRip in their own encoding; what could be another one stays refused.
static void other_encodings_are_read_where_there_is_no_doubt(void **state)
{
    (void)state;
#define S "1\n00:00:01,000 --> 00:00:02,000\n"
    static const struct {
        const char *text;
        const char *want, *encoding; // want NULL: refused
    } rows[] = {
        {S "Mel\xF8y \x96 s\xE5 fint\x85\n", "Meløy – så fint…", "Windows-1252"},
        {S "\xC5se: \xAB"
           "Bod\xF8\xBB caf\xE9\n",
         "Åse: «Bodø» café", "Windows-1252"},
        {S "Meløy\n", "Meløy", NULL},
        {S "Meløy og Mel\xF8y\n", NULL, NULL},                         // two encodings in one file
        {S "Mel\x9By, s\x86 fint\n", NULL, NULL},                      // MS-DOS
        {S "Mel\xBFy, s\x8C fint\n", NULL, NULL},                      // an old Mac
        {S "\x96 og \xE6 \x81\n", NULL, NULL},                         // 0x81 is nothing
        {S "caf\xE9\n", NULL, NULL},                                   // nothing that tells
        {"WEBVTT\n\n00:01.000 --> 00:02.000\nMel\xF8y\n", NULL, NULL}, // is UTF-8, always
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct captions c;
        struct err e = {0};
        int r = captions_parse(&a, rows[i].text, strlen(rows[i].text), "c", &c, &e);
        if ((r >= 0) != (rows[i].want != NULL))
            print_error("row %zu: %s\n", i, e.text);
        assert_true((r >= 0) == (rows[i].want != NULL));
        if (r >= 0) {
            assert_string_equal(c.cues[0].text, rows[i].want);
            assert_true(str_same(c.encoding, rows[i].encoding));
        }
        arena_done(&a);
    }
}

// ~ is the pair of U+1F600, # is U+00E5, ! half a pair.
static size_t to_utf16(const char *text, bool little, char *out)
{
    size_t n = 0;
    unsigned units[2] = {0xFEFF};
    for (size_t many = 1;; text++) {
        for (size_t i = 0; i < many; i++) {
            out[n++] = (char)(little ? units[i] : units[i] >> 8);
            out[n++] = (char)(little ? units[i] >> 8 : units[i]);
        }
        if (!*text)
            return n;
        many = *text == '~' ? 2 : 1;
        units[0] = *text == '~' || *text == '!' ? 0xD83D : *text == '#' ? 0xE5 : (unsigned)*text;
        units[1] = 0xDE00;
    }
}

static void utf16_is_read_in_either_order(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        struct arena a = {0};
        struct captions c;
        struct err e = {0};
        char text[200];
        bool vtt = i & 2, whole = !(i & 4);
        size_t len = to_utf16(vtt     ? "WEBVTT\n\n00:01.000 --> 00:02.000\n#~\n"
                              : whole ? "1\r\n00:00:01,000 --> 00:00:02,000\r\n#~\r\n"
                                      : "1\n00:00:01,000 --> 00:00:02,000\n#!\n",
                              i & 1, text);
        int r = captions_parse(&a, text, vtt && !whole ? len - 1 : len, "c", &c, &e);
        assert_true((r >= 0) == whole);
        if (whole) {
            assert_string_equal(c.cues[0].text, "å😀");
            assert_string_equal(c.encoding, "UTF-16");
        }
        arena_done(&a);
    }
}

// "speaker|text" of all cues.
static void listed(const struct captions *c, struct str *out)
{
    str_init(out, STR_MAX);
    for (size_t i = 0; i < c->count; i++)
        str_addf(out, "%s%s|%s", i ? " / " : "", c->cues[i].speaker ? c->cues[i].speaker : "",
                 c->cues[i].text);
}

static void names_in_front_of_texts_become_speakers_only_where_they_return(void **state)
{
    (void)state;
    static const struct {
        const char *texts[5], *want;
    } rows[] = {
        {{"Kari Nordmann: Hei.", "Ola: Hei.", "Det er fint.", "Kari Nordmann: Ja.", "Ola: Ja."},
         "Kari Nordmann|Hei. / Ola|Hei. / |Det er fint. / Kari Nordmann|Ja. / Ola|Ja."},
        {{"KARI: Hei.\nOLA: Hei.", "KARI: Ja.", "OLA: Nei."},
         "KARI|Hei. / OLA|Hei. / KARI|Ja. / OLA|Nei."},
        {{"Đorvu Čállán: Bures.", "Đorvu Čállán: Bures."},
         "Đorvu Čállán|Bures. / Đorvu Čállán|Bures."},
        {{"Husk: ta med kart.", "Og så går vi.", "Det er bratt.", "Husk: ta det rolig.", "Sånn."},
         "|Husk: ta med kart. / |Og så går vi. / |Det er bratt. / |Husk: ta det rolig. / |Sånn."},
        {{"Kari: Hei.", "Ola: Hei.", "Per: Hei."}, "|Kari: Hei. / |Ola: Hei. / |Per: Hei."},
        {{"Vi sier: ja.", "Vi sier: nei."}, "|Vi sier: ja. / |Vi sier: nei."},
        {{"Klokka 12: mat.", "Klokka 12: mat."}, "|Klokka 12: mat. / |Klokka 12: mat."},
        {{"Kari:", "Kari:"}, "|Kari: / |Kari:"},
        {{"Se Https://x", "Http://y"}, "|Se Https://x / |Http://y"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct captions c;
        struct str s, got;
        str_init(&s, STR_MAX);
        for (int k = 0; k < 5 && rows[i].texts[k]; k++)
            str_addf(&s, "%d\n00:00:0%d,000 --> 00:00:0%d,900\n%s\n\n", k + 1, k, k,
                     rows[i].texts[k]);
        parsed(&a, s.p, &c);
        listed(&c, &got);
        assert_string_equal(got.p, rows[i].want);
        str_done(&s);
        str_done(&got);
        arena_done(&a);
    }
}

static void voices_of_one_time_are_written_in_one_block(void **state)
{
    (void)state;
    struct cue cues[] = {
        {0, 1000 * MS, "Kari", "Hei"},
        {0, 1000 * MS, "Ola", "Hallo\nigjen"},
        {1000 * MS, 2000 * MS, "Ola", "Ja"},
        {1000 * MS, 2000 * MS, NULL, "(latter)"},
    };
    struct captions c = {cues, COUNT(cues), NULL}, named, again;
    struct arena a = {0};
    struct str s;
    str_init(&s, STR_MAX);
    captions_write_vtt(&s, &c);
    assert_string_equal(s.p,
                        "WEBVTT\n"
                        "\n00:00:00.000 --> 00:00:01.000\n<v Kari>- Hei\n<v Ola>- Hallo\nigjen\n"
                        "\n00:00:01.000 --> 00:00:02.000\n<v Ola>Ja\n"
                        "\n00:00:01.000 --> 00:00:02.000\n(latter)\n");
    parsed(&a, s.p, &again);
    assert_string_equal(again.cues[1].text, "Hallo\nigjen");
    captions_name_speakers(&a, &c, &named);
    assert_int_equal(named.count, 3);
    assert_string_equal(named.cues[0].text, "- Kari: Hei\n- Ola: Hallo\nigjen");
    assert_string_equal(named.cues[1].text, "Ja");
    str_done(&s);
    arena_done(&a);
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
        cmocka_unit_test(times_are_read_as_either_format_writes_them),
        cmocka_unit_test(signs_may_be_written_as_numbers),
        cmocka_unit_test(other_encodings_are_read_where_there_is_no_doubt),
        cmocka_unit_test(utf16_is_read_in_either_order),
        cmocka_unit_test(names_in_front_of_texts_become_speakers_only_where_they_return),
        cmocka_unit_test(voices_of_one_time_are_written_in_one_block),
        cmocka_unit_test(wrong_captions_are_refused_with_their_place),
        cmocka_unit_test(endless_cues_are_refused),
        cmocka_unit_test(both_formats_are_written),
        cmocka_unit_test(damaged_captions_are_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
