// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/fs.h"
#include "doc/html.h"
#include "doc/site.h"
#include "feeds.h"
#include "model/goals.h"

static const char *const languages[] = {"nb", "nn", "en"};
static const char *const page_sheets[] = {"presets/site/page.xsl", "presets/site/layout.xsl", NULL};
static const char *const index_sheets[] = {"presets/site/index.xsl", "presets/site/layout.xsl",
                                           NULL};
static const char *const missing_sheets[] = {"presets/site/missing.xsl", "presets/site/layout.xsl",
                                             NULL};

static struct cue cues[] = {
    {0, TICKS_PER_SEC, "Kari", "Hei <du> & du"},
    {195 * TICKS_PER_SEC, 196 * TICKS_PER_SEC, "Åse", "Takk!"},
};

static struct json *strings(struct arena *a, const char *language)
{
    struct json *j;
    struct err e = {0};
    if (json_load(arena_printf(a, "presets/site/strings.%s.json", language), &j, &e) < 0)
        fail_msg("%s", e.text);
    return j;
}

static void render(struct arena *a, const char *const *sheets, const struct str *document,
                   struct str *out)
{
    struct err e = {0};
    if (html_render(a, sheets, document, out, &e) < 0)
        fail_msg("%s", e.text);
}

static void make_page(struct arena *a, const struct feed_facts *f, const struct json *words,
                      struct str *out)
{
    struct site_text text = {"nb", "automatic", {cues, COUNT(cues), NULL}};
    struct str document;
    struct err e = {0};
    str_init(&document, STR_MAX);
    assert_int_equal(site_episode(a, &document, words, &f->show, &f->ep, &text, 1, &e), 0);
    render(a, page_sheets, &document, out);
    str_done(&document);
}

static void all_languages_have_the_same_strings(void **state)
{
    (void)state;
    struct arena a = {0};
    struct json *nb = strings(&a, "nb");
    for (size_t i = 0; i < COUNT(languages); i++) {
        struct json *j = strings(&a, languages[i]);
        assert_int_equal(json_count(j), json_count(nb));
        assert_string_equal(json_text(j, "lang"), languages[i]);
        assert_int_equal(json_count(json_get(j, "months")), 12);
        for (size_t k = 0; k < json_count(nb); k++)
            assert_string_equal(json_key_at(j, k), json_key_at(nb, k));
        json_free(j);
    }
    json_free(nb);
    arena_done(&a);
}

static void every_string_a_stylesheet_asks_for_is_there(void **state)
{
    (void)state;
    static const char *const sheets[] = {"page", "index", "missing", "layout"};
    static const char ask[] = "key('string', '";
    struct arena a = {0};
    struct json *nb = strings(&a, "nb");
    size_t asked = 0;
    for (size_t i = 0; i < COUNT(sheets); i++) {
        char *text;
        size_t len;
        const char *path = arena_printf(&a, "presets/site/%s.xsl", sheets[i]);
        assert_int_equal(fs_read(&a, path, 1 << 20, &text, &len, NULL), 0);
        for (const char *p = text; (p = strstr(p, ask)); asked++) {
            p += strlen(ask);
            const char *key = arena_strndup(&a, p, strcspn(p, "'"));
            if (!json_text(nb, key))
                fail_msg("%s asks for '%s'", path, key);
        }
    }
    assert_true(asked > 20);
    json_free(nb);
    arena_done(&a);
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        n++;
    return n;
}

// h1 first, and none further down than one level below the heading before.
static void check_headings(const char *html)
{
    int before = 0;
    for (const char *p = html; (p = strstr(p, "<h")); p += 2) {
        int level = p[2] - '0';
        if (level < 1 || level > 6 || (p[3] != '>' && p[3] != ' '))
            continue;
        if (level > before + 1)
            fail_msg("h%d behind h%d: %.60s", level, before, p);
        before = level;
    }
    assert_int_equal(count(html, "<h1"), 1);
}

static void check_page(const char *html, const char *language)
{
    static const char *const never[] = {"<script",   "javascript", "onclick", "<h2></h2>",
                                        "<dt></dt>", "<p></p>",    "\"></a>", "label=\"\"",
                                        "alt=\"\"",  "(null)",     "<iframe", "cookie"};
    for (size_t i = 0; i < COUNT(never); i++)
        if (strstr(html, never[i]))
            fail_msg("%s", never[i]);
    struct str lang;
    str_init(&lang, 64);
    str_addf(&lang, "<!DOCTYPE html>\n<html lang=\"%s\">", language);
    assert_true(str_starts(html, lang.p));
    str_done(&lang);
    assert_non_null(strstr(html, "<a class=\"skip\" href=\"#innhold\">"));
    assert_int_equal(count(html, "id=\"innhold\""), 1);
    check_headings(html);
    // nothing is fetched from elsewhere; servers may forbid inline style
    assert_null(strstr(html, " style=\""));
    assert_null(strstr(html, "<style"));
    for (const char *p = html; (p = strstr(p, " src=\"")); p += 6)
        assert_false(str_starts(p + 6, "http"));
}

static void an_episodes_page_holds_everything_and_fetches_nothing(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "<h1>Trivsel i Meløy</h1>",
        "<audio controls preload=\"metadata\"",
        "<source src=\"../../media/x/x%20y-1a2b3c4d.mp3\" type=\"audio/mpeg\">",
        "<track kind=\"captions\" src=\"../../episodes/x/nb.vtt\" srclang=\"nb\" label=\"",
        "<a href=\"../../media/x/x%20y-1a2b3c4d.mp3#t=190\"><span class=\"at\">3:10</span>",
        "<li class=\"goal-3\"><b>3</b> <span>God helse</span></li>",
        "<a href=\"../../index.html\">",
        "<time datetime=\"2026-02-12\">12",
        "Åse &lt;3, rådgiver, Meløy",
        "<a href=\"https://example.org/per\">Per</a>",
        "<a href=\"notat.pdf\">notatet</a>",
        "id=\"tekst-nb\"",
        "href=\"#tekst-nb\"",
        "<b class=\"speaker\">Kari:</b> Hei &lt;du&gt; &amp; du",
        "<h3>Turlag &amp; «dør»</h3>",
        ">CC BY 4.0</a>",
        "MP3, 24",
        "download",
        "<link rel=\"canonical\" href=\"https://example.org/pod/episodes/x/\">",
    };
    for (size_t i = 0; i < COUNT(languages); i++) {
        struct arena a = {0};
        struct json *words = strings(&a, languages[i]);
        struct feed_facts f;
        struct str html, again;
        feed_facts(&f);
        f.ep.language = languages[i];
        str_init(&html, STR_MAX);
        str_init(&again, STR_MAX);
        make_page(&a, &f, words, &html);
        make_page(&a, &f, words, &again);
        check_page(html.p, languages[i]);
        assert_string_equal(html.p, again.p);
        for (size_t k = 0; k < COUNT(parts); k++)
            if (!strstr(html.p, parts[k]))
                fail_msg("%s: no %s in\n%s", languages[i], parts[k], html.p);
        assert_int_equal(strstr(html.p, "<div lang=\"nb\">") != NULL, i != 0);
        str_done(&html);
        str_done(&again);
        json_free(words);
        arena_done(&a);
    }
}

static void an_episode_with_the_least_still_has_a_page(void **state)
{
    (void)state;
    struct arena a = {0};
    struct json *words = strings(&a, "nb");
    struct feed_facts f;
    struct str document, html;
    struct err e = {0};
    feed_facts(&f);
    f.show = (struct fact_show){.title = "t", .site = FEED_SITE, .author = "a"};
    f.ep = (struct fact_episode){.slug = "x",
                                 .guid = "g",
                                 .title = "t",
                                 .language = "nb",
                                 .kind = "full",
                                 .length = TICKS_PER_SEC,
                                 .files = f.files,
                                 .num_files = 1};
    str_init(&document, STR_MAX);
    str_init(&html, STR_MAX);
    assert_int_equal(site_episode(&a, &document, words, &f.show, &f.ep, NULL, 0, &e), 0);
    render(&a, page_sheets, &document, &html);
    check_page(html.p, "nb");
    assert_int_equal(count(html.p, "<img"), 0);
    assert_int_equal(count(html.p, "<track"), 0);
    str_done(&document);
    str_done(&html);
    json_free(words);
    arena_done(&a);
}

static void the_front_page_lists_all_episodes(void **state)
{
    (void)state;
    struct arena a = {0};
    struct json *words = strings(&a, "nb");
    struct feed_facts f;
    struct str document, html;
    feed_facts(&f);
    struct fact_episode two[] = {f.ep, f.ep};
    two[1].slug = "y";
    two[1].language = "en";
    for (size_t n = 0; n <= 2; n++) {
        str_init(&document, STR_MAX);
        str_init(&html, STR_MAX);
        site_index(&document, words, &f.show, two, n);
        render(&a, index_sheets, &document, &html);
        check_page(html.p, "nb");
        assert_int_equal(count(html.p, "<article"), n);
        assert_int_equal(strstr(html.p, "href=\"episodes/x/index.html\"") != NULL, n > 0);
        assert_int_equal(strstr(html.p, "<article lang=\"en\">") != NULL, n > 1);
        assert_int_equal(strstr(html.p, json_text(words, "none")) != NULL, n == 0);
        str_done(&document);
        str_done(&html);
    }
    json_free(words);
    arena_done(&a);
}

static void chips_have_the_goals_colours(void **state)
{
    (void)state;
    struct arena a = {0};
    struct goals g;
    struct err e = {0};
    char *css;
    size_t len;
    assert_int_equal(goals_load(&a, "presets/goals.json", &g, &e), 0);
    assert_int_equal(fs_read(&a, "presets/site/style.css", 1 << 20, &css, &len, &e), 0);
    for (int n = 1; n <= SDG_LAST; n++) {
        bool white = str_same(g.goal[n].text_color, "white");
        const char *rule = arena_printf(&a, ".goals .goal-%d { --goal: %s; --on: %s; }\n", n,
                                        g.goal[n].color, white ? "#fff" : "#000");
        if (!strstr(css, rule))
            fail_msg("style.css lacks %s", rule);
    }
    arena_done(&a);
}

static void the_missing_page_works_at_any_depth(void **state)
{
    (void)state;
    struct arena a = {0};
    struct json *words = strings(&a, "nb");
    struct feed_facts f;
    struct str document, html;
    feed_facts(&f);
    str_init(&document, STR_MAX);
    str_init(&html, STR_MAX);
    site_missing(&document, words, &f.show);
    render(&a, missing_sheets, &document, &html);
    check_page(html.p, "nb");
    assert_non_null(strstr(html.p, "<link rel=\"stylesheet\" href=\"" FEED_SITE "style.css\">"));
    assert_non_null(strstr(html.p, "<a href=\"" FEED_SITE "index.html\">"));
    for (const char *p = html.p; (p = strstr(p, "href=\"")); p += 6)
        assert_true(str_starts(p + 6, "http") || str_starts(p + 6, "#") ||
                    str_starts(p + 6, "mailto:"));
    str_done(&document);
    str_done(&html);
    json_free(words);
    arena_done(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_languages_have_the_same_strings),
        cmocka_unit_test(every_string_a_stylesheet_asks_for_is_there),
        cmocka_unit_test(an_episodes_page_holds_everything_and_fetches_nothing),
        cmocka_unit_test(an_episode_with_the_least_still_has_a_page),
        cmocka_unit_test(the_front_page_lists_all_episodes),
        cmocka_unit_test(chips_have_the_goals_colours),
        cmocka_unit_test(the_missing_page_works_at_any_depth),
    };
    return cmocka_run_group_tests_name("site", tests, NULL, NULL);
}
