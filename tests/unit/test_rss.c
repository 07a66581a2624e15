// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/xmlread.h"
#include "feeds.h"

#define ITUNES "http://www.itunes.com/dtds/podcast-1.0.dtd"
#define MEDIA "http://search.yahoo.com/mrss/"
#define PODCAST "https://podcastindex.org/namespace/1.0"

static const struct xml_elem *find(const struct xml_elem *el, const char *ns, const char *name)
{
    for (const struct xml_elem *c = el->first; c; c = c->next)
        if (strcmp(c->name, name) == 0 && strcmp(c->ns, ns) == 0)
            return c;
    fail_msg("no %s", name);
    return NULL;
}

struct read {
    struct arena arena;
    struct str text;
    struct xml_doc doc;
    const struct xml_elem *channel, *item;
};

static void read_feed(struct read *r, const struct feed_facts *f)
{
    struct err e = {0};
    *r = (struct read){0};
    str_init(&r->text, STR_MAX);
    feed_text(&r->text, f);
    if (xmlread_tree(&r->arena, r->text.p, r->text.len, "feed.xml", &r->doc, &e) < 0)
        fail_msg("%s\n%s", e.text, r->text.p);
    r->channel = r->doc.root->first;
    r->item = find(r->channel, "", "item");
}

static void read_done(struct read *r)
{
    str_done(&r->text);
    arena_done(&r->arena);
}

static void elements_hold_what_the_standards_ask(void **state)
{
    (void)state;
    static const struct {
        bool item;
        const char *ns, *name, *attr, *want;
    } rows[] = {
        {false, "", "title", NULL, "Det gode liv & nord"},
        {false, "http://www.w3.org/2005/Atom", "link", "href", FEED_SITE "feed.xml"},
        {false, "http://www.w3.org/2005/Atom", "link", "rel", "self"},
        {false, "", "lastBuildDate", NULL, "Thu, 12 Feb 2026 08:00:00 +0000"},
        {false, ITUNES, "explicit", NULL, "false"},
        {false, ITUNES, "image", "href", FEED_SITE "cover.png"},
        {false, ITUNES, "category", "text", "Government"},
        {false, PODCAST, "locked", NULL, "yes"},
        {false, PODCAST, "locked", "owner", "post@example.org"},
        {false, PODCAST, "medium", NULL, "podcast"},
        {false, PODCAST, "license", NULL, "cc-by-4.0"},
        {false, PODCAST, "updateFrequency", "rrule", "FREQ=MONTHLY"},
        {false, PODCAST, "updateFrequency", "complete", "true"},
        {false, PODCAST, "funding", "url", "https://example.org/stott?a=1&b=2"},
        {false, PODCAST, "funding", NULL, "Støtt oss"},
        {false, PODCAST, "txt", "purpose", "applepodcastsverify"},
        {false, PODCAST, "txt", NULL, "8f1a2b3c"},
        {false, PODCAST, "block", "id", "amazon"},
        {false, PODCAST, "block", NULL, "yes"},
        {false, PODCAST, "trailer", "url", FEED_SITE "media/t/t-1a2b3c4d.m4a"},
        {false, PODCAST, "trailer", "pubdate", "Thu, 01 Jan 2026 00:00:00 +0000"},
        {false, PODCAST, "trailer", "length", "812345"},
        {false, PODCAST, "trailer", "season", "2026"},
        {false, PODCAST, "trailer", NULL, "Snart kommer den"},
        {false, ITUNES, "block", NULL, "Yes"},
        {false, ITUNES, "complete", NULL, "Yes"},
        {false, ITUNES, "new-feed-url", NULL, "https://ny.example.org/feed.xml"},
        {true, "", "title", NULL, "Trivsel i Meløy"},
        {true, "", "link", NULL, FEED_SITE "episodes/x/"},
        {true, "", "guid", NULL, "0190a6b2-7c3e-4f5d-8a9b-0c1d2e3f4a5b"},
        {true, "", "guid", "isPermaLink", "false"},
        {true, "", "pubDate", NULL, "Thu, 12 Feb 2026 08:00:00 +0000"},
        {true, "", "enclosure", "url", FEED_SITE "media/x/x%20y-1a2b3c4d.mp3"},
        {true, "", "enclosure", "length", "24312345"},
        {true, "", "enclosure", "type", "audio/mpeg"},
        {true, "", "category", "domain", FEED_SITE "tema"},
        {true, "", "category", NULL, "trivsel"},
        {true, ITUNES, "duration", NULL, "1520"},
        {true, ITUNES, "episode", NULL, "2"},
        {true, ITUNES, "season", NULL, "2026"},
        {true, ITUNES, "episodeType", NULL, "full"},
        {true, PODCAST, "person", "role", "host"},
        {true, PODCAST, "location", NULL, "Meløy"},
        {true, PODCAST, "location", "geo", "geo:66.8600,13.7000"},
        {true, PODCAST, "location", "osm", "R408216"},
        {true, PODCAST, "location", "country", "NO"},
        {true, PODCAST, "soundbite", "startTime", "73.000"},
        {true, PODCAST, "soundbite", "duration", "60.500"},
        {true, PODCAST, "soundbite", NULL, "Ei åpen dør"},
        {true, PODCAST, "socialInteract", "protocol", "activitypub"},
        {true, PODCAST, "socialInteract", "uri", "https://sosial.example.org/@dgl/1"},
        {true, PODCAST, "socialInteract", "accountId", "@dgl"},
        {true, MEDIA, "thumbnail", "url", FEED_SITE "episodes/x/cover.png"},
        {true, MEDIA, "thumbnail", "width", "3000"},
        {true, PODCAST, "transcript", "url", FEED_SITE "episodes/x/nb.vtt"},
        {true, PODCAST, "transcript", "type", "text/vtt"},
        {true, PODCAST, "transcript", "language", "nb"},
        {true, PODCAST, "chapters", "url", FEED_SITE "episodes/x/chapters.json"},
        {true, PODCAST, "chapters", "type", "application/json+chapters"},
        {true, PODCAST, "txt", NULL, "http://metadata.un.org/sdg/3"},
        {true, PODCAST, "alternateEnclosure", "length", "20111222"},
        {true, PODCAST, "alternateEnclosure", "bitrate", "106000"},
    };
    struct feed_facts f;
    struct read r;
    feed_facts(&f);
    read_feed(&r, &f);
    assert_string_equal(find(r.channel, PODCAST, "guid")->text, f.guid);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct xml_elem *el =
            find(rows[i].item ? r.item : r.channel, rows[i].ns, rows[i].name);
        const char *got = rows[i].attr ? xml_attr_of(el, rows[i].attr) : el->text;
        if (!got || strcmp(got, rows[i].want) != 0)
            fail_msg("%s %s: %s, not %s", rows[i].name, rows[i].attr ? rows[i].attr : "", got,
                     rows[i].want);
    }
    read_done(&r);
}

// Documents of one feed: what each says of the others, and what stands in the first one alone.
static void archives_say_where_they_stand_and_take_nothing_back(void **state)
{
    (void)state;
    static const struct {
        const char *file, *older;
        const char *has[8], *lacks[8];
    } rows[] = {
        {"feed.xml",
         "feed-archive-2.xml",
         {"feed.xml\" rel=\"self\"", "feed.xml\" rel=\"first\"",
          "feed-archive-2.xml\" rel=\"next\"", "feed-archive-2.xml\" rel=\"prev-archive\"",
          "feed-archive-1.xml\" rel=\"last\"", "<podcast:trailer", "rel=\"hub\""},
         {"<fh:archive", "rel=\"current\""}},
        {"feed-archive-2.xml",
         "feed-archive-1.xml",
         {"feed-archive-2.xml\" rel=\"self\"", "feed.xml\" rel=\"current\"",
          "feed-archive-1.xml\" rel=\"prev-archive\"", "<fh:archive/>", "<podcast:block"},
         {"<podcast:trailer", "rel=\"hub\"", "<podcast:funding", "new-feed-url", "complete",
          "next-archive"}},
        {"feed-archive-1.xml",
         NULL,
         {"feed-archive-1.xml\" rel=\"self\"", "feed-archive-1.xml\" rel=\"last\"",
          "<fh:archive/>"},
         {"rel=\"next\"", "prev-archive"}},
    };
    struct feed_facts f;
    feed_facts(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rss_document d = feed_document(&f);
        struct err e = {0};
        struct str text;
        d.file = rows[i].file;
        d.older = rows[i].older;
        d.oldest = "feed-archive-1.xml";
        str_init(&text, STR_MAX);
        assert_int_equal(rss_feed(&text, &f.show, &f.channel, &d, NULL, 0, &e), 0);
        for (size_t k = 0; k < COUNT(rows[i].has) && rows[i].has[k]; k++)
            if (!strstr(text.p, rows[i].has[k]))
                fail_msg("%s lacks %s", rows[i].file, rows[i].has[k]);
        for (size_t k = 0; k < COUNT(rows[i].lacks) && rows[i].lacks[k]; k++)
            if (strstr(text.p, rows[i].lacks[k]))
                fail_msg("%s has %s", rows[i].file, rows[i].lacks[k]);
        str_done(&text);
    }
}

// The feed of films names the MP4 first; what it is beside that stays.
static void a_film_is_the_enclosure_where_it_is_asked_for(void **state)
{
    (void)state;
    struct feed_facts f;
    struct err e = {0};
    struct str text;
    feed_facts(&f);
    f.files[1] = (struct fact_file){
        "mp4", "media/x/x-5e6f7a8b.mp4", "video/mp4", NULL, 99887766, f.ep.length, 1920, 1080};
    f.ep.poster = "episodes/x/poster.jpg";
    str_init(&text, STR_MAX);
    assert_int_equal(rss_item(&text, &f.show, &f.ep, 1, &e), 0);
    assert_non_null(strstr(text.p, "<enclosure url=\"" FEED_SITE "media/x/x-5e6f7a8b.mp4\" "
                                   "length=\"99887766\" type=\"video/mp4\"/>"));
    assert_non_null(strstr(text.p, "<podcast:alternateEnclosure type=\"audio/mpeg\""));
    assert_non_null(strstr(text.p, "medium=\"video\" width=\"1920\" height=\"1080\" "
                                   "duration=\"1520\" lang=\"nb\""));
    assert_non_null(strstr(text.p, "<media:thumbnail url=\"" FEED_SITE "episodes/x/poster.jpg\" "
                                   "width=\"1920\""));
    assert_non_null(strstr(text.p, f.ep.guid));
    str_done(&text);
}

static size_t count(const struct xml_elem *el, const char *ns, const char *name)
{
    size_t n = 0;
    for (const struct xml_elem *c = el->first; c; c = c->next)
        n += strcmp(c->name, name) == 0 && strcmp(c->ns, ns) == 0;
    return n;
}

static void lists_have_one_element_an_entry(void **state)
{
    (void)state;
    struct feed_facts f;
    struct read r;
    feed_facts(&f);
    read_feed(&r, &f);
    assert_int_equal(count(r.item, "", "category"), 1 + 2 + 1);
    assert_int_equal(count(r.item, PODCAST, "person"), 4);
    assert_int_equal(count(r.item, PODCAST, "location"), 1);
    assert_int_equal(count(r.item, PODCAST, "alternateEnclosure"), 2);
    assert_int_equal(count(r.item, PODCAST, "transcript"), 4);
    const struct xml_elem *psc = find(r.item, "http://podlove.org/simple-chapters", "chapters");
    assert_int_equal(count(psc, psc->ns, "chapter"), 3);
    assert_string_equal(xml_attr_of(psc->first->next->next, "start"), "00:11:40.125");
    const struct xml_elem *alternate = find(r.item, PODCAST, "alternateEnclosure");
    assert_string_equal(xml_attr_of(find(alternate, PODCAST, "integrity"), "value"),
                        "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    const struct xml_elem *mental = find(r.channel, ITUNES, "category")->next;
    assert_string_equal(xml_attr_of(mental, "text"), "Health & Fitness");
    assert_string_equal(xml_attr_of(mental->first, "text"), "Mental Health");
    read_done(&r);
}

static void same_facts_give_same_bytes(void **state)
{
    (void)state;
    struct feed_facts f, g;
    struct str a, b;
    feed_facts(&f);
    feed_facts(&g);
    str_init(&a, STR_MAX);
    str_init(&b, STR_MAX);
    feed_text(&a, &f);
    feed_text(&b, &g);
    assert_string_equal(a.p, b.p);
    str_done(&a);
    str_done(&b);
}

static void what_is_not_there_leaves_no_element(void **state)
{
    (void)state;
    static const char *const gone[] = {
        "podcast:chapters", "psc:chapter",     "podcast:transcript", "content:encoded>",
        "podcast:location", "itunes:episode>", "itunes:season",      "podcast:txt",
        "category domain",  "(null)",          "alternateEnclosure", "<description></",
        "soundbite",        "socialInteract",  "media:thumbnail",    "media:content",
        "podcast:trailer",  "podcast:funding", "podcast:block",      "itunes:block",
        "podroll",          "publisher",       "rel=\"hub\"",        "new-feed-url",
        "itunes:complete",  "complete=",       "rel=\"next\"",       "fh:archive"};
    struct feed_facts f;
    struct read r;
    feed_facts(&f);
    f.ep = (struct fact_episode){.slug = "x",
                                 .guid = "g",
                                 .title = "t",
                                 .language = "nb",
                                 .kind = "full",
                                 .length = TICKS_PER_SEC / 4,
                                 .files = f.files,
                                 .num_files = 1};
    f.channel = (struct fact_channel){0};
    read_feed(&r, &f);
    for (size_t i = 0; i < COUNT(gone); i++)
        if (strstr(r.text.p, gone[i]))
            fail_msg("%s", gone[i]);
    assert_string_equal(find(r.item, ITUNES, "duration")->text, "1");
    read_done(&r);
}

static void a_description_never_exceeds_what_directories_read(void **state)
{
    (void)state;
    struct str words;
    str_init(&words, STR_MAX);
    for (int i = 0; i < 3000; i++)
        str_add(&words, i % 7 ? "ord & " : "åå ");
    struct fact_chapter many[200];
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] =
            (struct fact_chapter){(tick)i * TICKS_PER_SEC, "Et kapittel med et langt navn", NULL};
    for (int kind = 0; kind < 4; kind++) {
        struct feed_facts f;
        struct read r;
        feed_facts(&f);
        f.ep.notes = kind == 0 ? words.p : "kort";
        f.ep.summary = kind == 1 ? words.p : "kort";
        if (kind >= 2) {
            f.ep.chapters = many;
            f.ep.num_chapters = COUNT(many);
        }
        if (kind == 3)
            f.ep.summary = words.p;
        read_feed(&r, &f);
        const char *text = find(r.item, "", "description")->text;
        assert_in_range(strlen(text), 20, 4000);
        assert_true(str_ends(text, kind & 1 ? "</p>\n" : "</a></p>"));
        read_done(&r);
    }
    str_done(&words);
}

static void relative_links_in_notes_are_absolute_in_the_feed(void **state)
{
    (void)state;
    struct feed_facts f;
    struct read r;
    feed_facts(&f);
    read_feed(&r, &f);
    static const char link[] = "<a href=\"" FEED_SITE "episodes/x/notat.pdf\">notatet</a>";
    assert_non_null(strstr(find(r.item, "", "description")->text, link));
    assert_non_null(
        strstr(find(r.item, "http://purl.org/rss/1.0/modules/content/", "encoded")->text, link));
    assert_non_null(strstr(find(r.item, "", "description")->text, "00:03:10 Turlag &amp; «dør»"));
    read_done(&r);
}

static void chapters_are_the_same_in_json(void **state)
{
    (void)state;
    struct feed_facts f;
    struct err e = {0};
    struct json *j;
    struct str text;
    feed_facts(&f);
    str_init(&text, STR_MAX);
    chapters_json(&text, &f.ep);
    assert_int_equal(json_parse(text.p, text.len, "chapters.json", &j, &e), 0);
    const struct json *list = json_get(j, "chapters");
    assert_string_equal(json_text(j, "version"), "1.2.0");
    assert_int_equal(json_count(list), 3);
    assert_true(json_number(json_at(list, 1), "startTime", -1) == 190);
    assert_true(json_number(json_at(list, 2), "startTime", -1) == 700.125);
    assert_string_equal(json_text(json_at(list, 1), "url"), "https://example.org/?a=1&b=2");
    json_free(j);
    str_done(&text);
}

static void a_broadcast_stands_in_front_with_all_its_ways(void **state)
{
    (void)state;
    static const struct {
        const char *ns, *name, *attr, *want;
    } rows[] = {
        {"", "title", NULL, "Trivsel i Meløy"},
        {"", "link", NULL, "https://example.org/direkte?a=1&b=2"},
        {"", "guid", NULL, "5f1c4f0e-0000-5000-8000-000000000001"},
        {"", "guid", "isPermaLink", "false"},
        {"", "enclosure", "url", "https://radio.example.org/dgl.mp3"},
        {"", "enclosure", "length", "0"},
        {"", "enclosure", "type", "audio/mpeg"},
        {PODCAST, "alternateEnclosure", "type", "audio/mpeg"},
        {PODCAST, "alternateEnclosure", "bitrate", "128000"},
        {PODCAST, "alternateEnclosure", "default", "true"},
        {PODCAST, "contentLink", "href", "https://example.org/direkte?a=1&b=2"},
        {PODCAST, "contentLink", NULL, "Det gode liv"},
        {PODCAST, "person", "role", "host"},
        {PODCAST, "season", NULL, "2026"},
        {PODCAST, "episode", NULL, "2"},
        {PODCAST, "txt", NULL, "http://metadata.un.org/sdg/3"},
        {ITUNES, "explicit", NULL, "false"},
    };
    struct feed_facts f;
    struct read r;
    struct err e = {0};
    feed_facts(&f);
    r = (struct read){0};
    str_init(&r.text, STR_MAX);
    feed_live_text(&r.text, &f, "pending");
    if (xmlread_tree(&r.arena, r.text.p, r.text.len, "feed.xml", &r.doc, &e) < 0)
        fail_msg("%s\n%s", e.text, r.text.p);
    r.channel = r.doc.root->first;
    r.item = find(r.channel, "", "item");
    const struct xml_elem *live = find(r.channel, PODCAST, "liveItem");
    assert_ptr_equal(live->next, r.item);
    assert_string_equal(xml_attr_of(live, "status"), "pending");
    assert_string_equal(xml_attr_of(live, "start"), "2026-12-10T09:00:00Z");
    assert_string_equal(xml_attr_of(live, "end"), "2026-12-10T10:00:00Z");
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct xml_elem *el = find(live, rows[i].ns, rows[i].name);
        const char *got = rows[i].attr ? xml_attr_of(el, rows[i].attr) : el->text;
        if (!got || strcmp(got, rows[i].want) != 0)
            fail_msg("%s %s: %s, not %s", rows[i].name, rows[i].attr ? rows[i].attr : "", got,
                     rows[i].want);
    }
    assert_int_equal(count(live, PODCAST, "alternateEnclosure"), 2);
    assert_int_equal(count(live, PODCAST, "contentLink"), 2);
    assert_int_equal(count(live, PODCAST, "chapters") + count(live, "", "pubDate"), 0);
    const struct xml_elem *hls = find(live, PODCAST, "alternateEnclosure")->next;
    assert_null(xml_attr_of(hls, "default"));
    assert_string_equal(xml_attr_of(hls->first, "uri"), FEED_SITE "live/live.m3u8");
    read_done(&r);
}

static void a_broadcast_is_read_or_names_what_is_missing(void **state)
{
    (void)state;
    static const char ep[] =
        "{\"slug\":\"x\",\"guid\":\"g\",\"title\":\"t\",\"published_utc_s\":1}";
    static const struct {
        const char *before, *after, *says; // NULL: fine
    } rows[] = {
        {"\"status\":\"live\",\"start_utc_s\":1", "\"pages\":[{\"url\":\"u\",\"title\":\"t\"}]",
         NULL},
        {"\"start_utc_s\":1", "\"pages\":[{\"url\":\"u\",\"title\":\"t\"}]", "status"},
        {"\"status\":\"live\"", "\"pages\":[{\"url\":\"u\",\"title\":\"t\"}]", "start_utc_s"},
        {"\"status\":\"live\",\"start_utc_s\":1", "\"files\":[]", "pages"},
        {"\"status\":\"live\",\"start_utc_s\":1", "\"pages\":[{\"url\":\"u\"}]", "title"},
        {"\"status\":\"live\",\"start_utc_s\":1", "\"files\":[{\"url\":\"u\"}]", "type"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct json *j;
        struct fact_live live;
        const char *text =
            arena_printf(&a, "{%s,\"episode\":%s,%s}", rows[i].before, ep, rows[i].after);
        assert_int_equal(json_parse(text, strlen(text), "s", &j, &e), 0);
        int r = facts_live(&a, j, &live, &e);
        assert_true((r < 0) == (rows[i].says != NULL));
        if (rows[i].says && !strstr(e.text, rows[i].says))
            fail_msg("%s", e.text);
        if (!rows[i].says)
            assert_true(live.end_utc_s == INT64_MIN);
        json_free(j);
        arena_done(&a);
    }
}

static void settings_become_facts_or_name_what_is_missing(void **state)
{
    (void)state;
    static const struct {
        const char *settings, *says; // NULL: fine
    } rows[] = {
        {"{\"slug\":\"x\",\"guid\":\"g\",\"title\":\"t\",\"published_utc_s\":1,\"length_ticks\":5,"
         "\"files\":[{\"path\":\"p\",\"type\":\"t\",\"bytes\":0}]}",
         NULL},
        {"{}", "slug"},
        {"{\"slug\":\"x\",\"title\":1}", "title"},
        {"{\"slug\":\"x\",\"title\":\"t\"}", "published_utc_s"},
        {"{\"slug\":\"x\",\"title\":\"t\",\"published_utc_s\":1}", "guid"},
        {"{\"slug\":\"x\",\"guid\":\"g\",\"title\":\"t\",\"published_utc_s\":1}", "length_ticks"},
        {"{\"slug\":\"x\",\"guid\":\"g\",\"title\":\"t\",\"published_utc_s\":1,\"length_ticks\":5}",
         "files"},
        {"{\"slug\":\"x\",\"guid\":\"g\",\"title\":\"t\",\"published_utc_s\":1,\"length_ticks\":5,"
         "\"files\":[{\"path\":\"p\"}]}",
         "type"},
        {"{\"slug\":\"x\",\"title\":\"t\",\"published_utc_s\":1,\"goals\":[{}]}", "goal"},
        {"{\"slug\":\"x\",\"title\":\"t\",\"published_utc_s\":1,\"chapters\":[{\"title\":\"a\"}]}",
         "chapter"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct json *j;
        struct fact_episode ep;
        assert_int_equal(json_parse(rows[i].settings, strlen(rows[i].settings), "s", &j, &e), 0);
        int r = facts_episode(&a, j, &ep, &e);
        assert_true((r < 0) == (rows[i].says != NULL));
        if (rows[i].says && !strstr(e.text, rows[i].says))
            fail_msg("%s", e.text);
        json_free(j);
        arena_done(&a);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_hold_what_the_standards_ask),
        cmocka_unit_test(archives_say_where_they_stand_and_take_nothing_back),
        cmocka_unit_test(a_film_is_the_enclosure_where_it_is_asked_for),
        cmocka_unit_test(lists_have_one_element_an_entry),
        cmocka_unit_test(same_facts_give_same_bytes),
        cmocka_unit_test(what_is_not_there_leaves_no_element),
        cmocka_unit_test(a_description_never_exceeds_what_directories_read),
        cmocka_unit_test(relative_links_in_notes_are_absolute_in_the_feed),
        cmocka_unit_test(chapters_are_the_same_in_json),
        cmocka_unit_test(a_broadcast_stands_in_front_with_all_its_ways),
        cmocka_unit_test(a_broadcast_is_read_or_names_what_is_missing),
        cmocka_unit_test(settings_become_facts_or_name_what_is_missing),
    };
    return cmocka_run_group_tests_name("rss", tests, NULL, NULL);
}
