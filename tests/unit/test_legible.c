// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/legible.h"
#include "model/legible_lines.h"
#include "refusal.h"

#define MS (TICKS_PER_SEC / 1000)

// One letter n times, a blank after every ninth.
static char *filled(struct arena *a, size_t n)
{
    char *s = arena_alloc(a, n + 1);
    for (size_t i = 0; i < n; i++)
        s[i] = i % 10 == 9 && i + 1 < n ? ' ' : 'a';
    return s;
}

struct row {
    int from, to; // ms
    const char *speaker, *text;
};

static struct captions made(struct arena *a, const struct row *rows, size_t n)
{
    struct captions c = {.cues = arena_array(a, struct cue, n + 1)};
    for (; c.count < n && rows[c.count].text; c.count++) {
        const struct row *r = &rows[c.count];
        c.cues[c.count] = (struct cue){r->from * MS, r->to * MS, r->speaker, r->text};
    }
    return c;
}

// "0-1000 Kari: text|line / …"
static char *shown(struct arena *a, const struct captions *c)
{
    char *s = arena_strdup(a, "");
    for (size_t i = 0; i < c->count; i++) {
        const struct cue *q = &c->cues[i];
        s = arena_printf(a, "%s%s%d-%d %s%s%s", s, i ? " / " : "", (int)(q->start / MS),
                         (int)(q->end / MS), q->speaker ? q->speaker : "", q->speaker ? ": " : "",
                         q->text);
    }
    for (char *p = s; (p = strchr(p, '\n')) != NULL;)
        *p = '|';
    return s;
}

static const struct legible_finding *found(const struct legible_findings *f, enum legible_rule rule)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].rule == rule)
            return &f->items[i];
    return NULL;
}

enum verdict { FINE, WARNING, ERROR };

static enum verdict verdict(const struct captions *c, enum legible_rule rule)
{
    struct arena a = {0};
    struct legible_findings f;
    legible_find(&a, c, &f);
    const struct legible_finding *x = found(&f, rule);
    enum verdict v = !x ? FINE : x->is_error ? ERROR : WARNING;
    arena_done(&a);
    return v;
}

static void each_limit_has_two_sides(void **state)
{
    (void)state;
    static const struct {
        enum legible_rule rule;
        int from, to; // of a block of so many characters and lines
        int chars, lines;
        int next; // begin of another one; 0: none
        enum verdict want;
    } rows[] = {
        {LEGIBLE_LINE, 0, 4000, 40, 1, 0, FINE},      {LEGIBLE_LINE, 0, 4000, 41, 1, 0, WARNING},
        {LEGIBLE_LINE, 0, 4000, 46, 1, 0, WARNING},   {LEGIBLE_LINE, 0, 4000, 47, 1, 0, ERROR},
        {LEGIBLE_LINES, 0, 4000, 10, 2, 0, FINE},     {LEGIBLE_LINES, 0, 4000, 10, 3, 0, ERROR},
        {LEGIBLE_SPEED, 0, 2000, 34, 1, 0, FINE},     {LEGIBLE_SPEED, 0, 1999, 34, 1, 0, WARNING},
        {LEGIBLE_SPEED, 0, 2000, 40, 1, 0, WARNING},  {LEGIBLE_SPEED, 0, 1999, 40, 1, 0, ERROR},
        {LEGIBLE_SPEED, 0, 2000, 20, 2, 0, WARNING}, // both lines count, their end does not
        {LEGIBLE_SHORT, 100, 1300, 5, 1, 0, FINE},    {LEGIBLE_SHORT, 100, 1299, 5, 1, 0, WARNING},
        {LEGIBLE_SHORT, 100, 930, 5, 1, 0, WARNING},  {LEGIBLE_SHORT, 100, 929, 5, 1, 0, ERROR},
        {LEGIBLE_LONG, 100, 7100, 5, 1, 0, FINE},     {LEGIBLE_LONG, 100, 7101, 5, 1, 0, WARNING},
        {LEGIBLE_LONG, 100, 8100, 5, 1, 0, WARNING},  {LEGIBLE_LONG, 100, 8101, 5, 1, 0, ERROR},
        {LEGIBLE_OVERLAP, 0, 2000, 5, 1, 2000, FINE}, {LEGIBLE_OVERLAP, 0, 2001, 5, 1, 2000, ERROR},
        {LEGIBLE_GAP, 0, 2000, 5, 1, 2080, FINE},     {LEGIBLE_GAP, 0, 2000, 5, 1, 2079, WARNING},
        {LEGIBLE_GAP, 0, 2000, 5, 1, 2000, WARNING},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        char *text = filled(&a, (size_t)rows[i].chars);
        for (int k = 1; k < rows[i].lines; k++)
            text = arena_printf(&a, "%s\n%s", text, filled(&a, (size_t)rows[i].chars));
        struct row cues[2] = {{rows[i].from, rows[i].to, NULL, text}};
        if (rows[i].next)
            cues[1] = (struct row){rows[i].next, rows[i].next + 2000, NULL, "aaa"};
        struct captions c = made(&a, cues, 2);
        if (verdict(&c, rows[i].rule) != rows[i].want)
            print_error("row %zu: %d\n", i, verdict(&c, rows[i].rule));
        assert_int_equal(verdict(&c, rows[i].rule), rows[i].want);
        arena_done(&a);
    }
}

static void a_hidden_long_cue_overlaps_all_that_begin_in_it(void **state)
{
    (void)state;
    struct arena a = {0};
    struct captions c = made(
        &a, (struct row[]){{0, 6000, NULL, "a"}, {1000, 3000, NULL, "b"}, {4000, 5500, NULL, "c"}},
        3);
    struct legible_findings f;
    legible_find(&a, &c, &f);
    assert_int_equal(f.count, 2);
    assert_true(f.items[1].rule == LEGIBLE_OVERLAP && f.items[1].at == 4000 * MS);
    assert_float_equal(f.items[1].value, 2, 1e-9);
    arena_done(&a);
}

static void findings_say_what_to_do(void **state)
{
    (void)state;
    static const struct {
        struct legible_finding f;
        const char *want;
    } rows[] = {
        {{LEGIBLE_LINE, true, 0, 47}, "a line of 47 characters: break it, or shorten the text"},
        {{LEGIBLE_SPEED, true, 0, 21.25},
         "21.2 characters a second: shorten the text, or show it longer"},
        {{LEGIBLE_OVERLAP, true, 0, 0.5},
         "begins 0.50 s before the one above it ends: end that one earlier"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str s;
        str_init(&s, STR_MAX);
        legible_say(&s, &rows[i].f);
        assert_string_equal(s.p, rows[i].want);
        str_done(&s);
    }
}

static void texts_break_at_natural_places(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want; // blocks by '/', lines by '|'
    } rows[] = {
        {"Hei på deg.", "Hei på deg."},
        {"1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890"},
        {"Vi møttes i kulturhuset, og der var det mange folk.",
         "Vi møttes i kulturhuset,|og der var det mange folk."},
        // not between article and noun, first and last name, number and unit
        {"Da kommunen fikk tilbud om å bygge et nytt hus.",
         "Da kommunen fikk tilbud|om å bygge et nytt hus."},
        {"Derfor snakket vi lenge med Kari Nordmann om dette.",
         "Derfor snakket vi lenge|med Kari Nordmann om dette."},
        {"Det er nå omtrent fjorten og en halv 45 minutter igjen.",
         "Det er nå omtrent fjorten|og en halv 45 minutter igjen."},
        // an abbreviation is no end of a sentence
        {"Vi begynte kl. 12 i Bodø. Da var alle der, sa hun.",
         "Vi begynte kl. 12 i Bodø.|Da var alle der, sa hun."},
        // three lines and more: blocks that end with sentences
        {"Det er viktig å møtes. Det gjør vi hver uke på biblioteket. Da kommer det folk fra hele "
         "kommunen for å prate sammen.",
         "Det er viktig å møtes.|Det gjør vi hver uke på biblioteket./Da kommer det folk fra hele "
         "kommunen|for å prate sammen."},
        {"Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz er langt",
         "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz|er langt"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        const char **blocks;
        size_t n = legible_break(&a, rows[i].text, &blocks);
        char *got = arena_strdup(&a, "");
        for (size_t k = 0; k < n; k++)
            got = arena_printf(&a, "%s%s%s", got, k ? "/" : "", blocks[k]);
        for (char *p = got; (p = strchr(p, '\n')) != NULL;)
            *p = '|';
        assert_string_equal(got, rows[i].want);
        arena_done(&a);
    }
}

#define LONG_TEXT                                                         \
    "Det er viktig å møtes. Det gjør vi hver uke på biblioteket. Da " \
    "kommer det folk fra hele kommunen for å prate sammen."

static void what_can_be_mended_is(void **state)
{
    (void)state;
    static const struct {
        struct row cues[4];
        tick end;
        const char *want;
    } rows[] = {
        // nothing to do
        {{{1000, 3000, "Kari", "Hei."}, {3080, 5000, "Ola", "Hei."}},
         0,
         "1000-3000 Kari: Hei. / 3080-5000 Ola: Hei."},
        // an overlap goes, with two frames to spare
        {{{1000, 4000, NULL, "Hei."}, {3000, 5000, NULL, "Hallo."}},
         0,
         "1000-2920 Hei. / 3000-5000 Hallo."},
        // one that would become too brief: the next begins later
        {{{1000, 2500, NULL, "Hei."}, {2000, 5000, NULL, "Hallo."}},
         0,
         "1000-2200 Hei. / 2280-5000 Hallo."},
        // of two that began together, too
        {{{1000, 5000, NULL, "Hei."}, {1000, 5000, NULL, "Hallo."}},
         0,
         "1000-2200 Hei. / 2280-5000 Hallo."},
        // no time for both: shared by length, then longer into the free time
        {{{1000, 2000, NULL, "Hei."}, {1000, 2000, NULL, "Hallo, du."}},
         0,
         "1000-1262 Hei. / 1342-2542 Hallo, du."},
        // two who speak at once share a block
        {{{1000, 3000, "Kari", "Hei, alle sammen."}, {1200, 3200, "Ola", "Ja, hei på dere."}},
         0,
         "1000-3200 Kari: Hei, alle sammen. / 1000-3200 Ola: Ja, hei på dere."},
        {{{1000, 2000, NULL, "Hei."}, {2000, 4000, NULL, "Hallo."}},
         0,
         "1000-2000 Hei. / 2080-4000 Hallo."},
        {{{1000, 3000, NULL, "Hei."}, {3000, 5000, NULL, "Hallo."}},
         0,
         "1000-2920 Hei. / 3000-5000 Hallo."},
        // too brief, too fast: free time behind it is taken, up to the next or the end
        {{{1000, 1500, NULL, "Hei."}, {5000, 7000, NULL, "Hallo."}},
         0,
         "1000-2200 Hei. / 5000-7000 Hallo."},
        {{{1000, 1500, NULL, "Hei."}, {2000, 4000, NULL, "Hallo."}},
         0,
         "1000-1920 Hei. / 2000-4000 Hallo."},
        {{{1000, 1500, NULL, "Hei."}}, 2000 * MS, "1000-2000 Hei."},
        {{{0, 1500, NULL, "Dette er tretti tegn, akkurat."}},
         0,
         "0-1765 Dette er tretti tegn, akkurat."},
        // too long: little text is shown less long, sentences become two
        {{{0, 12000, NULL, "Hei."}}, 0, "0-7000 Hei."},
        {{{0, 12080, NULL, "Vi møttes i kulturhuset.\nDer var det mange folk."}},
         0,
         "0-6127 Vi møttes i kulturhuset. / 6207-12080 Der var det mange folk."},
        // lines
        {{{0, 5000, NULL, "Vi møttes i kulturhuset, og der var det mange folk."}},
         0,
         "0-5000 Vi møttes i kulturhuset,|og der var det mange folk."},
        {{{0, 10080, "Kari", LONG_TEXT}},
         0,
         "0-5132 Kari: Det er viktig å møtes.|Det gjør vi hver uke på biblioteket. / 5212-10080 "
         "Kari: Da kommer det folk fra hele kommunen|for å prate sammen."},
        {{{0, 3000, NULL, "en\nto\ntre"}}, 0, "0-3000 en to tre"},
        // replies keep their lines
        {{{0, 3000, NULL, "- Hei.\n- Hallo."}}, 0, "0-3000 - Hei.|- Hallo."},
        {{{0, 4000, NULL, "- Hei,\ndu.\n- Hallo."}}, 0, "0-4000 - Hei, du.|- Hallo."},
        {{{0, 6000, NULL, "- En.\n- To.\n- Tre."}}, 0, "0-3700 - En.|- To. / 3780-6000 - Tre."},
        {{{0, 3000, NULL, "Det var\n-5 grader\nute"}}, 0, "0-3000 Det var -5 grader ute"},
        {{{0, 6000, "Kari", "Dette er en lang setning\nsom trenger to linjer."},
          {0, 6000, "Ola", "Ja."}},
         0,
         "0-4720 Kari: Dette er en lang setning|som trenger to linjer. / 4800-6000 Ola: Ja."},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct legible_mended done;
        struct captions c = made(&a, rows[i].cues, COUNT(rows[i].cues));
        legible_mend(&a, &c, rows[i].end, &done);
        assert_string_equal(shown(&a, &c), rows[i].want);
        arena_done(&a);
    }
}

static void what_was_mended_is_counted_by_rule(void **state)
{
    (void)state;
    struct arena a = {0};
    struct legible_mended done;
    struct captions c = made(&a,
                             (struct row[]){{0, 3000, NULL, "Hei."},
                                            {2000, 4000, NULL, "Hallo."},
                                            {4000, 4500, NULL, "Ja."},
                                            {9000, 19000, NULL, LONG_TEXT}},
                             4);
    legible_mend(&a, &c, 0, &done);
    static const size_t want[LEGIBLE_RULES] = {
        [LEGIBLE_LINE] = 1, [LEGIBLE_LINES] = 0,   [LEGIBLE_SHORT] = 1,
        [LEGIBLE_LONG] = 1, [LEGIBLE_OVERLAP] = 1, [LEGIBLE_GAP] = 1,
    };
    for (size_t i = 0; i < LEGIBLE_RULES; i++) {
        if (done.count[i] != want[i])
            print_error("%s: %zu\n", legible_limits[i].name, done.count[i]);
        assert_int_equal(done.count[i], want[i]);
    }
    struct legible_findings f;
    legible_find(&a, &c, &f);
    assert_int_equal(f.count, 0);
    legible_mend(&a, &c, 0, &done); // and then nothing is left to do
    for (size_t i = 0; i < LEGIBLE_RULES; i++)
        assert_int_equal(done.count[i], 0);
    arena_done(&a);
}

static void what_has_no_time_is_left_and_reported(void **state)
{
    (void)state;
    struct arena a = {0};
    struct legible_mended done;
    struct captions c =
        made(&a, (struct row[]){{0, 1000, NULL, LONG_TEXT}, {1080, 3000, NULL, "Hei."}}, 2);
    legible_mend(&a, &c, 3000 * MS, &done);
    assert_int_equal(c.count, 2);
    assert_int_equal(verdict(&c, LEGIBLE_LINES), ERROR);
    assert_int_equal(verdict(&c, LEGIBLE_SPEED), ERROR);
    assert_int_equal(verdict(&c, LEGIBLE_LINE), FINE);
    assert_int_equal(done.count[LEGIBLE_LINES], 0);
    arena_done(&a);
}

// ---- nothing is ever lost

static char *words_of(struct arena *a, const struct captions *c)
{
    struct str s;
    str_init(&s, STR_MAX);
    for (size_t i = 0; i < c->count; i++) {
        for (const char *p = c->cues[i].text + strspn(c->cues[i].text, " \t\n"); *p;) {
            size_t len = strcspn(p, " \t\n");
            str_addn(&s, p, len);
            str_addc(&s, ' ');
            p += len + strspn(p + len, " \t\n");
        }
    }
    char *words = arena_strdup(a, s.p ? s.p : "");
    str_done(&s);
    return words;
}

static void check_mended(struct captions *c, const char *source)
{
    struct arena a = {0};
    struct err e = {0};
    struct legible_mended done;
    struct captions again;
    struct str s;
    const char *before = words_of(&a, c);
    legible_mend(&a, c, 0, &done);
    for (size_t i = 0; i < c->count; i++)
        assert_true(c->cues[i].end > c->cues[i].start &&
                    (i == 0 || c->cues[i].start >= c->cues[i - 1].start));
    str_init(&s, STR_MAX);
    captions_write_vtt(&s, c);
    if (captions_parse(&a, s.p, s.len, "mended", &again, &e) < 0)
        print_error("%s\n%s\n%s\n", source, s.p, e.text);
    assert_int_equal(e.code, 0);
    if (!str_same(words_of(&a, &again), before))
        print_error("%s\n%s\n", source, s.p);
    assert_string_equal(words_of(&a, &again), before);
    str_done(&s);
    arena_done(&a);
}

static void damaged_captions_are_mended_without_loss(void **state)
{
    (void)state;
    static const char *const corpus[] = {
        "WEBVTT\n\nNOTE x\n\n00:01.000 --> 00:02.500 align:start\n<v Kari>Hei &amp; <i>på</i> deg, "
        "du som går her og venter.</v>\n- to\n\n00:02.400 --> 00:14.000\n<v.a Ola>Hallo &lt;3. Så "
        "fint.\n<v Per>Ja\n\n00:14.000 --> 00:14.100\nEn\nto\ntre\n- fire\n",
        "1\n00:00:01,000 --> 00:00:02,500\n<i>Hei</i> {\\an8}du\n- Er det noen der ute nå i "
        "kveld?\n\n2\n00:00:02,500 --> 00:00:04,000\nKari: Hade & < >\n\n3\n00:00:03,500 --> "
        "00:00:04,000\nKari: Ola: Hade\n",
    };
    unsigned seed = 7;
    int read = 0;
    for (int round = 0; round < 4000; round++) {
        struct arena a = {0};
        struct err e = {0};
        struct captions c;
        char text[1024] = {0};
        size_t len = strlen(corpus[round % 2]);
        memcpy(text, corpus[round % 2], len);
        damage(text, &len, &seed);
        if (captions_parse(&a, text, len, "c", &c, &e) >= 0) {
            check_mended(&c, text);
            read++;
        }
        arena_done(&a);
    }
    assert_true(read > 500); // else the damage is too great to test anything
}

// Many cues of any times in order, with any words.
static void any_cues_are_mended_without_loss(void **state)
{
    (void)state;
    static const char *const words[] = {"og",
                                        "en",
                                        "Kari",
                                        "Nordmann",
                                        "huset.",
                                        "da,",
                                        "-",
                                        "- Ja",
                                        "\n",
                                        "\n- ",
                                        "fellesskapsfølelsen",
                                        "25",
                                        "…",
                                        "å"};
    static const char *const speakers[] = {NULL, "Kari", "Ola"};
    unsigned seed = 11;
    for (int round = 0; round < 2000; round++) {
        struct arena a = {0};
        struct captions c = {.cues = arena_array(&a, struct cue, 40)};
        tick at = 0;
        c.count = mishap(&seed) % 30 + 1;
        for (size_t i = 0; i < c.count; i++) {
            at += mishap(&seed) % 3 ? mishap(&seed) % 3000 * MS : 0;
            const char *text = "x";
            for (unsigned n = mishap(&seed) % 40; n > 0; n--)
                text = arena_printf(&a, "%s%s%s", text, text[strlen(text) - 1] == '\n' ? "" : " ",
                                    words[mishap(&seed) % COUNT(words)]);
            text = arena_printf(&a, "%s y", text);
            char *clean = arena_strdup(&a, text); // no empty lines: no reader makes them
            for (char *p; (p = strstr(clean, "\n\n")) != NULL;)
                memmove(p, p + 1, strlen(p));
            for (char *p; (p = strstr(clean, " \n")) != NULL;)
                memmove(p, p + 1, strlen(p));
            c.cues[i] = (struct cue){at, at + (mishap(&seed) % 9000 + 1) * MS,
                                     speakers[mishap(&seed) % 3], clean};
        }
        check_mended(&c, "");
        arena_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_limit_has_two_sides),
        cmocka_unit_test(a_hidden_long_cue_overlaps_all_that_begin_in_it),
        cmocka_unit_test(findings_say_what_to_do),
        cmocka_unit_test(texts_break_at_natural_places),
        cmocka_unit_test(what_can_be_mended_is),
        cmocka_unit_test(what_was_mended_is_counted_by_rule),
        cmocka_unit_test(what_has_no_time_is_left_and_reported),
        cmocka_unit_test(damaged_captions_are_mended_without_loss),
        cmocka_unit_test(any_cues_are_mended_without_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
