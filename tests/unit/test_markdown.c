// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/xmlread.h"
#include "doc/link.h"
#include "doc/markdown.h"

static void only_four_schemes_and_relative_addresses_are_links(void **state)
{
    (void)state;
    static const struct {
        const char *href;
        bool allowed;
    } rows[] = {
        {"https://example.org/a?b=c#d", true},
        {"HTTP://example.org", true},
        {"mailto:post@example.org", true},
        {"tel:+4775650000", true},
        {"side.html", true},
        {"../2026-01/index.html#t=3", true},
        {"/rot", true},
        {"#tekst", true},
        {"?q=https://example.org", true},
        {"q?x=javascript:y", true},
        {"", false},
        {"javascript:alert(1)", false},
        {"JaVaScRiPt:alert(1)", false},
        {" javascript:alert(1)", false},
        {"java\tscript:alert(1)", false},
        {"java\nscript:alert(1)", false},
        {"\x01javascript:alert(1)", false},
        {"java script:alert(1)", false},
        {"javascript%3Aalert(1)", false},
        {"javascript%253Aalert(1)", false},
        {"%6Aavascript:alert(1)", false},
        {"java%0Ascript%3aalert(1)", false},
        {"%20javascript%3Aalert(1)", false},
        {"vbscript:x", false},
        {"data:text/html,x", false},
        {"file:///etc/passwd", false},
        {"ftp://example.org/", false},
        {"//example.org/", false},
        {"%2F/example.org/", false},
        {"\\\\example.org", false},
        {"/\\example.org", false},
        {"%5C%5Cexample.org", false},
        {"http:", false},
        {"http:example.org", false},
        {"https:///etc", false},
        {"mailto:", false},
        {"x:y", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (link_allowed(rows[i].href) != rows[i].allowed)
            fail_msg("\"%s\" should be %s", rows[i].href, rows[i].allowed ? "allowed" : "refused");
}

static void relative_addresses_are_resolved_against_the_page(void **state)
{
    (void)state;
    static const struct {
        const char *href, *want;
    } rows[] = {
        {"a.pdf", "https://example.org/pod/episodes/x/a.pdf"},
        {"./a.pdf", "https://example.org/pod/episodes/x/a.pdf"},
        {"../../a b.pdf", "https://example.org/pod/a%20b.pdf"},
        {"../../../../../a", "https://example.org/a"},
        {"/a", "https://example.org/a"},
        {"#t", "https://example.org/pod/episodes/x/#t"},
        {"?t", "https://example.org/pod/episodes/x/?t"},
        {"https://nord.example/å", "https://nord.example/%C3%A5"},
        {"mailto:a@b.no", "mailto:a@b.no"},
    };
    struct str out;
    str_init(&out, STR_MAX);
    for (size_t i = 0; i < COUNT(rows); i++) {
        str_clear(&out);
        link_write(&out, rows[i].href, "https://example.org/pod/episodes/x/");
        assert_string_equal(out.p, rows[i].want);
    }
    str_done(&out);
}

static void notes_become_plain_html(void **state)
{
    (void)state;
    static const struct {
        const char *notes, *want;
    } rows[] = {
        {"Hei *på* **deg**", "<p>Hei <em>på</em> <strong>deg</strong></p>\n"},
        {"# A\n\n## B\n\n###### F", "<h3>A</h3>\n<h4>B</h4>\n<h6>F</h6>\n"},
        {"### A\n\n#### B", "<h3>A</h3>\n<h4>B</h4>\n"},
        {"- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"},
        {"3. a", "<ol start=\"3\">\n<li>a</li>\n</ol>\n"},
        {"a  \nb", "<p>a<br/>\nb</p>\n"},
        {"`a < b`", "<p><code>a &lt; b</code></p>\n"},
        {"[x](https://e.org/?a=1&b=2)", "<p><a href=\"https://e.org/?a=1&amp;b=2\">x</a></p>\n"},
        {"https://e.org/x", "<p><a href=\"https://e.org/x\">https://e.org/x</a></p>\n"},
        {"![kart](https://e.org/k.png \"t\")", "<p>kart</p>\n"},
        {"![*et* [kart](https://e.org)](k.png)", "<p>et kart</p>\n"},
        {"&aring; &#229; &#xE5; &ukjent; &amp;", "<p>å å å &amp;ukjent; &amp;</p>\n"},
        {"&#0;", "<p>\xef\xbf\xbd</p>\n"},
        {"<b>fet</b>", "<p>&lt;b&gt;fet&lt;/b&gt;</p>\n"},
        {"<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"},
        {"<img src=x onerror=y>", "<p>&lt;img src=x onerror=y&gt;</p>\n"},
        {"", ""},
    };
    struct str out;
    str_init(&out, STR_MAX);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        str_clear(&out);
        assert_int_equal(markdown_html(&out, rows[i].notes, MARKDOWN_PAGE, NULL, &e), 0);
        assert_string_equal(out.p, rows[i].want);
    }
    str_done(&out);
}

static void a_link_that_is_refused_leaves_its_text(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "[x](javascript:alert(1))",
        "[x](JAVASCRIPT:alert(1))",
        "[x](<java&#10;script:alert(1)>)",
        "[x](javascript&colon;alert(1))",
        "[x](javascript&#58;alert(1))",
        "[x](javascript&#x3A;alert(1))",
        "[x](java&Tab;script&colon;alert(1))",
        "[x](&#1;javascript:alert(1))",
        "[x](< javascript:alert(1)>)",
        "[x](javascript%3Aalert(1))",
        "[x](data:text/html;base64,PHM+)",
        "[x](//example.org)",
        "[x](&sol;&sol;example.org)",
        "[x][r]\n\n[r]: javascript:alert(1)",
        "[x](\\\\example.org)",
        "[x](&bsol;&bsol;example.org)",
    };
    struct str out;
    str_init(&out, STR_MAX);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        str_clear(&out);
        assert_int_equal(markdown_html(&out, rows[i], MARKDOWN_PAGE, NULL, &e), 0);
        if (strcmp(out.p, "<p>x</p>\n") != 0)
            fail_msg("%s became %s", rows[i], out.p);
    }
    str_done(&out);
}

static void feeds_get_the_few_elements_apps_show(void **state)
{
    (void)state;
    static const char notes[] =
        "# A\n\n> q\n\n| a | b |\n|---|---|\n| 1 | `2` |\n\n---\n\n[r](b.pdf)\n";
    struct str out;
    struct err e = {0};
    str_init(&out, STR_MAX);
    assert_int_equal(markdown_html(&out, notes, MARKDOWN_FEED, "https://e.org/x/", &e), 0);
    assert_string_equal(
        out.p,
        "<p><strong>A</strong></p>\n<p>q</p>\n<p><strong>a</strong> · <strong>b</strong></p>\n"
        "<p>1 · 2</p>\n<p><a href=\"https://e.org/x/b.pdf\">r</a></p>\n");
    str_done(&out);
}

static void plain_text_keeps_what_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *notes, *want;
    } rows[] = {
        {"Hei *på*\ndeg\n\nNy", "Hei på deg\n\nNy"},
        {"# Tittel\n\n- a\n- b\n  - c\n\nslutt", "Tittel\n\n- a\n- b\n  - c\n\nslutt"},
        {"1. a\n2. b", "1. a\n2. b"},
        {"[her](https://e.org/)", "her (https://e.org/)"},
        {"<https://e.org/>", "https://e.org/"},
        {"<post@e.org>", "post@e.org"},
        {"[x](javascript:y)", "x"},
        {"a  \nb &aring;", "a\nb å"},
        {"", ""},
    };
    struct str out;
    str_init(&out, STR_MAX);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        str_clear(&out);
        assert_int_equal(markdown_text(&out, rows[i].notes, NULL, &e), 0);
        assert_string_equal(out.p, rows[i].want);
    }
    str_done(&out);
}

static void whatever_is_written_the_result_is_well_formed(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "*",  "**",   "[",        "](",   "](javascript:", ")",    "<b>",
        "&",  "&#0;", "`",        "\n\n", "\n- ",          "\n> ", "\n# ",
        "![", "å",    "\\",       "|",    "\n|-|\n",       "~~",   "\"",
        "<",  "]]>",  "https://", "\x01", "\n1. ",         "  \n", "\n\n    "};
    uint32_t dice = 7;
    struct str notes, out;
    str_init(&notes, STR_MAX);
    str_init(&out, STR_MAX);
    for (int round = 0; round < 400; round++) {
        struct arena a = {0};
        struct err e = {0};
        struct xml_doc doc;
        str_clear(&notes);
        str_clear(&out);
        for (int i = 0; i < 60; i++) {
            dice = dice * 1664525u + 1013904223u;
            str_add(&notes, pieces[(dice >> 16) % COUNT(pieces)]);
        }
        str_add(&out, "<x>");
        assert_int_equal(
            markdown_html(&out, notes.p, round & 1 ? MARKDOWN_PAGE : MARKDOWN_FEED, NULL, &e), 0);
        str_add(&out, "</x>");
        if (xmlread_tree(&a, out.p, out.len, "notes", &doc, &e) < 0)
            fail_msg("%s\n%s\n%s", e.text, notes.p, out.p);
        assert_null(strstr(out.p, "href=\"javascript"));
        arena_done(&a);
    }
    str_done(&notes);
    str_done(&out);
}

static void a_cut_text_ends_behind_a_word_and_never_inside_a_letter(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t max;
        const char *want;
    } rows[] = {
        {"kort", 10, "kort"},
        {"en lang setning", 12, "en lang…"},
        {"ååååååå", 8, "åå…"},
        {"12345678901", 11, "12345678901"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str s;
        str_init(&s, STR_MAX);
        str_add(&s, rows[i].text);
        text_cut(&s, rows[i].max);
        assert_string_equal(s.p, rows[i].want);
        assert_true(s.len <= rows[i].max);
        str_done(&s);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_four_schemes_and_relative_addresses_are_links),
        cmocka_unit_test(relative_addresses_are_resolved_against_the_page),
        cmocka_unit_test(notes_become_plain_html),
        cmocka_unit_test(a_link_that_is_refused_leaves_its_text),
        cmocka_unit_test(feeds_get_the_few_elements_apps_show),
        cmocka_unit_test(plain_text_keeps_what_is_said),
        cmocka_unit_test(whatever_is_written_the_result_is_well_formed),
        cmocka_unit_test(a_cut_text_ends_behind_a_word_and_never_inside_a_letter),
    };
    return cmocka_run_group_tests_name("markdown", tests, NULL, NULL);
}
