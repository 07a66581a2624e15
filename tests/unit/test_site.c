// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/fs.h"
#include "doc/html.h"
#include "doc/searchindex.h"
#include "doc/site.h"
#include "doc/sitemap.h"
#include "feeds.h"
#include "model/goals.h"

static const char *const languages[] = {"nb", "nn", "en"};
#define SHEET(name) "presets/site/" name ".xsl"
static const char *const page_sheets[] = {SHEET("page"), SHEET("layout"), NULL};
static const char *const embed_sheets[] = {SHEET("embed"), SHEET("layout"), NULL};
static const char *const show_sheets[] = {SHEET("layout"),  SHEET("cards"),    SHEET("index"),
                                          SHEET("subject"), SHEET("calendar"), SHEET("about"),
                                          SHEET("search"),  SHEET("missing"),  NULL};

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
    struct words w = {words, NULL};
    struct err e = {0};
    str_init(&document, STR_MAX);
    assert_int_equal(site_episode(a, &document, &w, &f->show, &f->ep, &text, 1, &e), 0);
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
    static const char *const sheets[] = {"page",     "embed", "index",  "subject", "cards",
                                         "calendar", "about", "search", "missing", "layout"};
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
    static const char *const never[] = {"<script>",  "javascript", "onclick", "<h2></h2>",
                                        "<dt></dt>", "<p></p>",    "\"></a>", "label=\"\"",
                                        "alt=\"\"",  "(null)",     "<iframe", "document.cookie"};
    for (size_t i = 0; i < COUNT(never); i++)
        if (strstr(html, never[i]))
            fail_msg("%s", never[i]);
    struct str lang;
    str_init(&lang, 64);
    str_addf(&lang, "<!DOCTYPE html>\n<html lang=\"%s\">", language);
    assert_true(str_starts(html, lang.p));
    str_done(&lang);
    for (const char *p = html; (p = strstr(p, "<script")); p++)
        assert_true(str_starts(p, "<script src=\"") ||
                    str_starts(p, "<script type=\"application/ld+json\">"));
    assert_non_null(strstr(html, "<a class=\"skip\" href=\"#innhold\">"));
    assert_int_equal(count(html, "id=\"innhold\""), 1);
    check_headings(html);
    // nothing is fetched from elsewhere; servers may forbid inline style
    assert_null(strstr(html, " style=\""));
    assert_null(strstr(html, "<style"));
    for (const char *p = html; (p = strstr(p, " src=\"")); p += 6)
        assert_true(!str_starts(p + 6, "http") || str_starts(p - 10, "&lt;iframe")); // shown code
}

static void an_episodes_page_holds_everything_and_fetches_nothing(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "<h1>Trivsel i Meløy</h1>",
        "<audio controls preload=\"metadata\"",
        "<source src=\"../../media/x/x%20y-1a2b3c4d.mp3\" type=\"audio/mpeg\">",
        "<track kind=\"captions\" src=\"../../episodes/x/nb.vtt\" srclang=\"nb\" label=\"",
        "<a href=\"../../media/x/x%20y-1a2b3c4d.mp3#t=190\" data-t=\"190\"><span class=\"at\">3:10",
        "<a class=\"goal-3\" href=\"../../maal/3/index.html\"><b>3</b> <span>God helse</span></a>",
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
        "\"@type\":\"PodcastEpisode\"",
        "\"sameAs\":\"http://metadata.un.org/sdg/3\"",
        "href=\"../../kommune/1837/index.html\">Meløy</a>",
        "href=\"../../tema/trivsel/index.html\">",
        "https://example.org/pod/episodes/x/oembed.json",
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
    struct words w = {words, NULL};
    assert_int_equal(site_episode(&a, &document, &w, &f.show, &f.ep, NULL, 0, &e), 0);
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
    struct words w = {words, NULL};
    struct site_facts facts = {.show = f.show, .episodes = two, .year = 2026};
    for (size_t n = 0; n <= 2; n++) {
        str_init(&document, STR_MAX);
        str_init(&html, STR_MAX);
        facts.num_episodes = n;
        site_index(&a, &document, &w, &facts);
        render(&a, show_sheets, &document, &html);
        check_page(html.p, "nb");
        assert_int_equal(count(html.p, "<article"), n);
        assert_int_equal(strstr(html.p, "href=\"episodes/x/index.html\"") != NULL, n > 0);
        assert_int_equal(strstr(html.p, "<h3 lang=\"en\">") != NULL, n > 1);
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
        const char *rule = arena_printf(&a, "\n.goal-%d { --goal: %s; --on: %s; }\n", n,
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
    struct words w = {words, NULL};
    site_missing(&document, &w, &f.show);
    render(&a, show_sheets, &document, &html);
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

static struct json *parse(const char *text)
{
    struct json *j;
    struct err e = {0};
    if (json_parse(text, strlen(text), "settings", &j, &e) < 0)
        fail_msg("%s", e.text);
    return j;
}

#define MONTHS "\"months\":[{\"month\":202602,\"theme\":\"trivsel\",\"goals\":[{\"number\":3}]}]"
static const char settings[] =
    "{\"show\":{\"title\":\"T\",\"site\":\"" FEED_SITE "\",\"author\":\"A\",\"language\":\"nb\"},"
    "\"goals\":[{\"number\":3,\"title\":\"God helse\"},{\"number\":4,\"title\":\"God utdanning\"}],"
    "\"themes\":[{\"id\":\"trivsel\",\"title\":\"trivsel\"},{\"id\":\"mat\",\"title\":\"mat\"}],"
    "\"year\":2026," MONTHS ",\"episodes\":["
    "{\"slug\":\"b\",\"title\":\"Ny\",\"published_utc_s\":1770883200,\"month\":202602,"
    "\"theme\":{\"id\":\"trivsel\",\"title\":\"trivsel\"},\"goals\":[{\"number\":3,\"title\":"
    "\"God\"}],"
    "\"resources\":[{\"kind\":\"need\",\"title\":\"En buss\",\"municipality\":"
    "{\"number\":\"1837\",\"name\":\"Meløy\"}}]},"
    "{\"slug\":\"a\",\"title\":\"Gammel\",\"published_utc_s\":1740000000,"
    "\"resources\":[{\"kind\":\"offer\",\"title\":\"En båt\",\"municipality\":"
    "{\"number\":\"1834\",\"name\":\"Lurøy\"}}]}]}";

// The settings above, in words of bokmål.
struct room {
    struct arena a;
    struct json *settings, *strings;
    struct words w;
    struct site_facts f;
    struct str document, html;
};

static void room_open(struct room *r)
{
    struct err e = {0};
    *r = (struct room){.settings = parse(settings)};
    r->strings = strings(&r->a, "nb");
    r->w = (struct words){r->strings, NULL};
    if (site_facts_read(&r->a, r->settings, &r->f, &e) < 0)
        fail_msg("%s", e.text);
    str_init(&r->document, STR_MAX);
    str_init(&r->html, STR_MAX);
}

static void room_render(struct room *r)
{
    str_clear(&r->html);
    render(&r->a, show_sheets, &r->document, &r->html);
    str_clear(&r->document);
    check_page(r->html.p, "nb");
}

static void room_close(struct room *r)
{
    str_done(&r->document);
    str_done(&r->html);
    json_free(r->settings);
    json_free(r->strings);
    arena_done(&r->a);
}

static void the_calendar_shows_all_months_and_what_was_heard(void **state)
{
    (void)state;
    struct room r;
    room_open(&r);
    site_calendar(&r.a, &r.document, &r.w, &r.f);
    room_render(&r);
    assert_int_equal(count(r.html.p, "<path d=\"M"), 12);
    assert_int_equal(count(r.html.p, "<h2 id=\"aar-2026\">"), 1);
    assert_int_equal(count(r.html.p, "<h2 id=\"aar-2025\">"), 1);
    assert_int_equal(count(r.html.p, "<h3>"), 13); // of the year before one month alone
    const char *old = strstr(r.html.p, ">Gammel</a>"), *year = strstr(r.html.p, "aar-2025");
    assert_true(old > year && year > strstr(r.html.p, ">Ny</a>"));
    room_close(&r);
}

static void subjects_gather_their_own(void **state)
{
    (void)state;
    struct room r;
    room_open(&r);
    assert_int_equal(site_goals_in_use(&r.f), SDG(3));
    site_theme(&r.document, &r.w, &r.f, &r.f.themes[0]);
    room_render(&r);
    assert_non_null(strstr(r.html.p, "En buss"));
    assert_null(strstr(r.html.p, "En båt"));
    assert_non_null(strstr(r.html.p, "februar 2026"));
    site_theme(&r.document, &r.w, &r.f, &r.f.themes[1]);
    room_render(&r);
    assert_int_equal(count(r.html.p, "<article"), 0);
    site_goal(&r.document, &r.w, &r.f, &r.f.goals[0]);
    room_render(&r);
    assert_int_equal(count(r.html.p, "<article"), 1);
    const struct fact_place **places;
    assert_int_equal(site_places(&r.a, &r.f, &places), 2);
    assert_string_equal(places[0]->number, "1834");
    site_place(&r.document, &r.w, &r.f, places[0]);
    room_render(&r);
    assert_non_null(strstr(r.html.p, "En båt"));
    assert_null(strstr(r.html.p, "En buss"));
    site_about(&r.document, &r.w, &r.f);
    room_render(&r);
    assert_int_equal(count(r.html.p, json_text(r.strings, "lacking-text")), 2);
    site_search(&r.document, &r.w, &r.f);
    room_render(&r);
    assert_int_equal(count(r.html.p, "<article"), 2);
    room_close(&r);
}

static void what_a_language_lacks_is_marked_as_bokmaal(void **state)
{
    (void)state;
    struct room r;
    room_open(&r);
    struct json *own = parse("{\"lang\":\"se\",\"skip\":\"X\"}");
    r.w = (struct words){own, r.strings};
    r.f.show.language = "se";
    site_index(&r.a, &r.document, &r.w, &r.f);
    render(&r.a, show_sheets, &r.document, &r.html);
    assert_non_null(strstr(r.html.p, "<html lang=\"se\">"));
    assert_non_null(strstr(r.html.p, "href=\"#innhold\">X</a>"));
    assert_non_null(strstr(r.html.p, "<span lang=\"nb\">Episoder</span>"));
    assert_non_null(strstr(r.html.p, "<time datetime=\"2026-02-12\" lang=\"nb\">12. februar"));
    json_free(own);
    room_close(&r);
}

static void the_index_of_words_says_where(void **state)
{
    (void)state;
    struct room r;
    room_open(&r);
    struct captions c = {cues, COUNT(cues), NULL};
    struct searchindex *s = searchindex_new();
    searchindex_add(s, 0, &r.f.episodes[0], &c, 1);
    searchindex_add(s, 7, &r.f.episodes[1], &c, 1);
    struct json *words = NULL;
    for (size_t i = 0; i < SEARCH_SHARDS; i++) {
        str_clear(&r.document);
        searchindex_write(s, i, &r.document);
        json_free(words);
        words = parse(r.document.p);
        char letter = searchindex_letter(i);
        assert_int_equal(json_get(words, "takk") != NULL, letter == 't');
        if (letter == 't')
            assert_string_equal(strstr(r.document.p, "\"takk\""),
                                "\"takk\":[[0,195],[7,195]],\n\"trivsel\":[[0,-1]]\n}\n");
        if (letter == 'b')
            assert_non_null(strstr(r.document.p, "\"bat\":[[7,-1]]"));
    }
    json_free(words);
    searchindex_free(s);
    room_close(&r);
}

static void frames_and_maps_name_whole_addresses(void **state)
{
    (void)state;
    struct room r;
    room_open(&r);
    sitemap_oembed(&r.document, &r.f.show, &r.f.episodes[0]);
    struct json *o = parse(r.document.p);
    assert_string_equal(json_text(o, "version"), "1.0");
    assert_string_equal(json_text(o, "type"), "rich");
    assert_true(str_starts(json_text(o, "html"),
                           "<iframe src=\"" FEED_SITE "episodes/b/embed/index.html\""));
    json_free(o);
    str_clear(&r.document);
    static const char *const paths[] = {"", "om/"};
    sitemap_xml(&r.document, &r.f, paths, COUNT(paths));
    assert_int_equal(count(r.document.p, "<loc>" FEED_SITE), 4);
    assert_non_null(strstr(r.document.p, "<lastmod>2026-02-12</lastmod>"));
    struct feed_facts f;
    feed_facts(&f);
    str_clear(&r.document);
    site_embed(&r.document, &r.w, &f.show, &f.ep);
    render(&r.a, embed_sheets, &r.document, &r.html);
    assert_non_null(strstr(r.html.p, "<source src=\"../../../media/x/"));
    assert_non_null(strstr(r.html.p, "noindex"));
    room_close(&r);
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
        cmocka_unit_test(the_calendar_shows_all_months_and_what_was_heard),
        cmocka_unit_test(subjects_gather_their_own),
        cmocka_unit_test(what_a_language_lacks_is_marked_as_bokmaal),
        cmocka_unit_test(the_index_of_words_says_where),
        cmocka_unit_test(frames_and_maps_name_whole_addresses),
    };
    return cmocka_run_group_tests_name("site", tests, NULL, NULL);
}
