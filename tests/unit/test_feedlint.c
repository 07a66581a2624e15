// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "doc/feedlint.h"
#include "doc/feedvalue.h"
#include "feeds.h"

static void values_are_judged(void **state)
{
    (void)state;
    static const struct {
        enum feed_kind kind;
        const char *value;
        enum feed_verdict want;
    } rows[] = {
        {FEED_DATE, "Thu, 12 Feb 2026 08:00:00 +0000", FEED_GOOD},
        {FEED_DATE, "Thu, 12 Feb 2026 09:00:00 +0100", FEED_GOOD},
        {FEED_DATE, "Sun, 1 Mar 2026 00:00:00 GMT", FEED_GOOD},
        {FEED_DATE, "Sun, 29 Feb 2032 23:59 -0000", FEED_GOOD},
        {FEED_DATE, "Wed, 12 Feb 2026 08:00:00 +0000", FEED_BAD},
        {FEED_DATE, "Sun, 29 Feb 2026 08:00:00 +0000", FEED_BAD},
        {FEED_DATE, "Thu, 12 Feb 2026 25:00:00 +0000", FEED_BAD},
        {FEED_DATE, "Thu, 12 Feb 26 08:00:00 +0000", FEED_BAD},
        {FEED_DATE, "tor, 12 feb 2026 08:00:00 +0000", FEED_BAD},
        {FEED_DATE, "2026-02-12T08:00:00Z", FEED_BAD},
        {FEED_DATE, "Thu, 12 Feb 2026 08:00:00 CET", FEED_BAD},
        {FEED_DATE, "", FEED_BAD},
        {FEED_URL, "https://example.org/a%20b", FEED_GOOD},
        {FEED_URL, "https://example.org/å", FEED_BAD},
        {FEED_URL, "https://example.org/a b", FEED_BAD},
        {FEED_URL, "https:///x", FEED_BAD},
        {FEED_URL, "/x", FEED_BAD},
        {FEED_LANGUAGE, "nb", FEED_GOOD},
        {FEED_LANGUAGE, "en-GB", FEED_GOOD},
        {FEED_LANGUAGE, "norsk", FEED_BAD},
        {FEED_LANGUAGE, "nb_NO", FEED_BAD},
        {FEED_BOOL, "true", FEED_GOOD},
        {FEED_BOOL, "no", FEED_BAD},
        {FEED_BOOL, "True", FEED_BAD},
        {FEED_COUNT, "1", FEED_GOOD},
        {FEED_COUNT, "0", FEED_BAD},
        {FEED_COUNT, "01", FEED_BAD},
        {FEED_NUMBER, "100.5", FEED_GOOD},
        {FEED_DURATION, "1520", FEED_GOOD},
        {FEED_DURATION, "25:20", FEED_DOUBTFUL},
        {FEED_DURATION, "lang", FEED_BAD},
        {FEED_UUID, "917393e3-1b1e-5cef-ace4-edaa54e1f810", FEED_GOOD},
        {FEED_UUID, "917393e3-1b1e-4cef-ace4-edaa54e1f810", FEED_DOUBTFUL},
        {FEED_UUID, "917393e3-1b1e-5cef-ace4-edaa54e1f81", FEED_BAD},
        {FEED_UUID, "917393E3-1b1e-5cef-ace4-edaa54e1f810", FEED_BAD},
        {FEED_TEXT, "  ", FEED_BAD},
        {FEED_TEXT, " a", FEED_DOUBTFUL},
        {FEED_GEO, "geo:66.86,13.7", FEED_GOOD},
        {FEED_GEO, "66.86,13.7", FEED_BAD},
        {FEED_GEO, "geo:96.86,13.7", FEED_BAD},
        {FEED_START, "00:03:10.250", FEED_GOOD},
        {FEED_START, "190", FEED_BAD},
        {FEED_OSM, "R408216", FEED_GOOD},
        {FEED_OSM, "408216", FEED_BAD},
        {FEED_OSM, "R", FEED_BAD},
        {FEED_START, "00:63:10", FEED_BAD},
        {FEED_LICENSE, "cc-by-4.0", FEED_GOOD},
        {FEED_LICENSE, "CC-BY-4.0", FEED_DOUBTFUL},
        {FEED_COPYRIGHT, "© 2026 NFK", FEED_DOUBTFUL},
        {FEED_COPYRIGHT, "2026 NFK", FEED_DOUBTFUL},
        {FEED_EMAIL, "post@example.org", FEED_GOOD},
        {FEED_EMAIL, "Kari <post@example.org>", FEED_BAD},
        {FEED_MEDIUM, "podcast", FEED_GOOD},
        {FEED_MEDIUM, "radio", FEED_BAD},
        {FEED_YES, "Yes", FEED_GOOD},
        {FEED_YES, "true", FEED_BAD},
        {FEED_LIVE_STATUS, "live", FEED_GOOD},
        {FEED_LIVE_STATUS, "Live", FEED_BAD},
        {FEED_TIME, "2026-12-10T10:00:00+01:00", FEED_GOOD},
        {FEED_TIME, "2026-12-10T09:00:00Z", FEED_GOOD},
        {FEED_TIME, "2026-12-10", FEED_BAD},
        {FEED_TIME, "Thu, 12 Feb 2026 08:00:00 +0000", FEED_BAD},
    };
    struct str why;
    str_init(&why, 1024);
    for (size_t i = 0; i < COUNT(rows); i++) {
        str_clear(&why);
        enum feed_verdict v = feed_value(&why, rows[i].kind, rows[i].value);
        if (v != rows[i].want)
            fail_msg("\"%s\": %d, not %d: %s", rows[i].value, v, rows[i].want, why.p);
        assert_true((v == FEED_GOOD) == (why.len == 0));
    }
    str_done(&why);
}

static struct json *apple(void)
{
    static const char text[] = "{\"Government\":[],\"Health & Fitness\":[\"Mental Health\"]}";
    struct json *j;
    assert_int_equal(json_parse(text, strlen(text), "c", &j, NULL), 0);
    return j;
}

static void lint(struct arena *a, const char *text, struct findings *ret)
{
    struct json *categories = apple();
    struct err e = {0};
    struct feedlint p = {.shown = "feed.xml", .categories = categories};
    assert_int_equal(feedlint(a, &p, text, strlen(text), ret, &e), 0);
    assert_int_equal(e.code, 0);
    json_free(categories);
}

static void our_own_feed_has_no_fault(void **state)
{
    (void)state;
    struct arena a = {0};
    struct feed_facts f;
    struct findings found;
    struct str text;
    feed_facts(&f);
    str_init(&text, STR_MAX);
    for (int live = 0; live < 2; live++) {
        str_clear(&text);
        if (live)
            feed_live_text(&text, &f, "ended");
        else
            feed_text(&text, &f);
        lint(&a, text.p, &found);
        for (size_t i = 0; i < found.count; i++)
            fail_msg("%s:%d: %s", found.items[i].rule, found.items[i].line, found.items[i].message);
    }
    str_done(&text);
    arena_done(&a);
}

// The feed with one place changed; "\1" in to stands for what was there.
static void change(struct str *out, const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    if (!at)
        fail_msg("no %s in the feed", from);
    str_addn(out, text, (size_t)(at - text));
    for (; *to; to++) {
        if (*to == '\1')
            str_add(out, from);
        else
            str_addc(out, *to);
    }
    str_add(out, at + strlen(from));
}

struct fault {
    const char *from, *to;
    bool error;
    const char *rule;
};

static void find_each(const char *text, const struct fault *rows, size_t n)
{
    struct str changed;
    str_init(&changed, STR_MAX);
    for (size_t i = 0; i < n; i++) {
        struct arena a = {0};
        struct findings found;
        str_clear(&changed);
        change(&changed, text, rows[i].from, rows[i].to);
        lint(&a, changed.p, &found);
        bool named = false;
        for (size_t k = 0; k < found.count; k++)
            named = named || (strcmp(found.items[k].rule, rows[i].rule) == 0 &&
                              found.items[k].error == rows[i].error);
        if (!named)
            fail_msg("%s -> %s: no finding of %s", rows[i].from, rows[i].to, rows[i].rule);
        arena_done(&a);
    }
    str_done(&changed);
}

static void each_fault_of_a_broadcast_is_found_and_named(void **state)
{
    (void)state;
    static const struct fault rows[] = {
        {" status=\"live\"", "", true, "podcast liveItem/status"},
        {" status=\"live\"", " status=\"on\"", true, "podcast liveItem/status"},
        {" start=\"2026-12-10T09:00:00Z\"", "", true, "podcast liveItem/start"},
        {"2026-12-10T10:00:00Z", "kl. 10", true, "podcast liveItem/end"},
        {"<podcast:contentLink href=\"https://example.org/direkte?a=1&amp;b=2\"",
         "<podcast:contentLink", true, "podcast liveItem/podcast:contentLink"},
        {"5f1c4f0e-0000-5000-8000-000000000001", "0190a6b2-7c3e-4f5d-8a9b-0c1d2e3f4a5b", true,
         "PSP-1 item/guid"},
        {" length=\"0\" type=\"audio/mpeg\"", " length=\"0\"", true, "RSS item/enclosure"},
        {"<enclosure url=\"https://radio.example.org/dgl.mp3\" length=\"0\" type=\"audio/mpeg\"/>",
         "", false, "podcast liveItem/enclosure"},
        {"<podcast:source uri=\"https://radio.example.org/dgl.mp3\"/>", "", true,
         "podcast item/podcast:alternateEnclosure"},
    };
    struct feed_facts f;
    struct str text;
    feed_facts(&f);
    str_init(&text, STR_MAX);
    feed_live_text(&text, &f, "live");
    find_each(text.p, rows, COUNT(rows));
    // an entry that goes is a loss, a broadcast that is over is none
    struct arena a = {0};
    struct findings found;
    lint(&a, text.p, &found);
    assert_true(found.num_guids > 0);
    for (size_t i = 0; i < found.num_guids; i++)
        assert_string_not_equal(found.guids[i], "5f1c4f0e-0000-5000-8000-000000000001");
    arena_done(&a);
    str_done(&text);
}

static void each_fault_is_found_and_named(void **state)
{
    (void)state;
    static const struct fault rows[] = {
        {"<title>Det gode liv &amp; nord</title>", "", true, "PSP-1 channel/title"},
        {"<title>Det gode liv &amp; nord</title>", "\1\1", true, "PSP-1 channel/title"},
        {"<language>nb</language>", "", true, "PSP-1 channel/language"},
        {"<language>nb</language>", "<language>norsk</language>", true, "PSP-1 channel/language"},
        {" rel=\"self\"", "", true, "PSP-1 channel/atom:link"},
        {"<itunes:explicit>false</itunes:explicit>", "", true, "PSP-1 channel/itunes:explicit"},
        {"<itunes:category text=\"Government\"/>", "<itunes:category text=\"Goverment\"/>", true,
         "Apple channel/itunes:category"},
        {"<itunes:category text=\"Mental Health\"/>", "<itunes:category text=\"Mental health\"/>",
         true, "Apple channel/itunes:category"},
        {"<itunes:image href=\"https://example.org/pod/cover.png\"/>",
         "<itunes:image href=\"https://example.org/pod/cover.webp\"/>", true,
         "PSP-1 channel/itunes:image"},
        {"<podcast:locked owner=\"post@example.org\">yes</podcast:locked>", "", false,
         "PSP-1 channel/podcast:locked"},
        {"<podcast:medium>podcast", "<podcast:medium>radio", true,
         "podcast channel/podcast:medium"},
        {"<copyright>", "<copyright>© 2026 ", false, "PSP-1 channel/copyright"},
        {"+0000</lastBuildDate>", "+0100</lastBuildDate>", false, "RSS channel/lastBuildDate"},
        {"<title>Trivsel i Meløy</title>", "<title>Episode 2: Trivsel</title>", false,
         "PSP-1 item/title"},
        {"<title>Trivsel i Meløy</title>", "<title>2. Trivsel</title>", false, "PSP-1 item/title"},
        {" isPermaLink=\"false\"", "", true, "RSS item/guid"},
        {"<guid isPermaLink=\"false\">0190a6b2-7c3e-4f5d-8a9b-0c1d2e3f4a5b</guid>", "", true,
         "PSP-1 item/guid"},
        {"Thu, 12 Feb 2026 08:00:00 +0000</pubDate>\n      <desc",
         "Fri, 12 Feb 2026 08:00:00 +0000</pubDate>\n      <desc", true, "PSP-1 item/pubDate"},
        {" length=\"24312345\"", "", true, "RSS item/enclosure"},
        {" length=\"24312345\"", " length=\"1520\"", true, "PSP-1 item/enclosure"},
        {"x%20y-1a2b3c4d.mp3", "x y.mp3", true, "PSP-1 item/enclosure"},
        {"x%20y-1a2b3c4d.mp3", "x.wav", true, "Apple item/enclosure"},
        {"type=\"audio/mpeg\"", "type=\"audio/mp3\"", true, "Apple item/enclosure"},
        {"<itunes:duration>1520", "<itunes:duration>25:20", false, "PSP-1 item/itunes:duration"},
        {"<itunes:episode>2", "<itunes:episode>0", true, "PSP-1 item/itunes:episode"},
        {"<itunes:type>episodic</itunes:type>", "<itunes:type>weekly</itunes:type>", true,
         "Apple channel/itunes:type"},
        {"type=\"text/vtt\"", "type=\"text/webvtt\"", true, "podcast item/podcast:transcript"},
        {"application/json+chapters", "application/json", true, "podcast item/podcast:chapters"},
        {"start=\"00:03:10.000\"", "start=\"190\"", true, "PSC item/psc:chapter"},
        {"geo:66.8600,13.7000", "66.86,13.7", true, "podcast podcast:location"},
        {"<rss version=\"2.0\"", "<rss version=\"0.91\"", true, "RSS rss"},
        {"encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\"", true, "PSP-1 encoding"},
        {"</channel>", "</chanel>", true, "XML"},
        {"<rss ", "<!DOCTYPE rss [<!ENTITY a \"b\">]><rss ", true, "XML"},
    };
    struct feed_facts f;
    struct str text;
    feed_facts(&f);
    str_init(&text, STR_MAX);
    feed_text(&text, &f);
    find_each(text.p, rows, COUNT(rows));
    str_done(&text);
}

static bool has(const struct findings *f, const char *rule, const char *part)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->items[i].rule, rule) == 0 && strstr(f->items[i].message, part))
            return true;
    return false;
}

static void two_entries_must_differ(void **state)
{
    (void)state;
    struct arena a = {0};
    struct feed_facts f;
    struct findings found;
    struct str item, text;
    struct err e = {0};
    feed_facts(&f);
    str_init(&item, STR_MAX);
    str_init(&text, STR_MAX);
    assert_int_equal(rss_item(&item, &f.show, &f.ep, 0, &e), 0);
    const char *items[] = {item.p, item.p};
    const struct rss_document d = feed_document(&f);
    assert_int_equal(rss_feed(&text, &f.show, &f.channel, &d, items, 2, &e), 0);
    lint(&a, text.p, &found);
    assert_true(has(&found, "PSP-1 item/guid", "stands in two entries"));
    assert_true(has(&found, "Apple item/enclosure", "the same file"));
    str_done(&item);
    str_done(&text);
    arena_done(&a);
}

static void a_guid_made_with_the_scheme_is_an_error_and_another_ones_a_warning(void **state)
{
    (void)state;
    static const char ns[] = "ead4c236-bf58-58c6-a2c6-a6b28d128cb6";
    static const struct {
        const char *name;
        bool error;
    } rows[] = {{FEED_SITE "feed.xml", true}, {"example.org/old/feed.xml", false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct feed_facts f;
        struct findings found;
        struct str text;
        feed_facts(&f);
        assert_int_equal(uuid_v5(ns, rows[i].name, f.guid, NULL), 0);
        str_init(&text, STR_MAX);
        feed_text(&text, &f);
        lint(&a, text.p, &found);
        assert_int_equal(found.count, 1);
        assert_int_equal(found.items[0].error, rows[i].error);
        assert_string_equal(found.items[0].rule, "podcast channel/podcast:guid");
        str_done(&text);
        arena_done(&a);
    }
}

struct asked {
    int enclosures, images, others;
    int64_t bytes;
};

static const char *note(void *ctx, const struct feed_ref *ref)
{
    struct asked *asked = ctx;
    asked->enclosures += ref->kind == FEED_ENCLOSURE;
    asked->images += ref->kind == FEED_COVER || ref->kind == FEED_IMAGE;
    asked->others += ref->kind >= FEED_TRANSCRIPT;
    if (strstr(ref->url, ".mp3"))
        asked->bytes = ref->bytes;
    return strstr(ref->url, "nb.srt") ? "not there" : NULL;
}

static void every_address_is_looked_at(void **state)
{
    (void)state;
    struct arena a = {0};
    struct feed_facts f;
    struct findings found;
    struct asked asked = {0};
    struct err e = {0};
    struct str text;
    feed_facts(&f);
    str_init(&text, STR_MAX);
    feed_text(&text, &f);
    struct feedlint p = {.shown = "feed.xml", .look = note, .ctx = &asked};
    assert_int_equal(feedlint(&a, &p, text.p, text.len, &found, &e), 0);
    assert_int_equal(asked.enclosures, 3);
    assert_int_equal(asked.images, 4);
    assert_int_equal(asked.others, 7); // chapters, four transcripts, funding, trailer
    assert_int_equal(asked.bytes, 24312345);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.items[0].message, "not there");
    str_done(&text);
    arena_done(&a);
}

static void what_is_no_feed_is_said_to_be_none(void **state)
{
    (void)state;
    static const struct {
        const char *text, *rule;
    } rows[] = {
        {"", "XML"},
        {"{}", "XML"},
        {"<feed xmlns=\"http://www.w3.org/2005/Atom\"/>", "RSS rss"},
        {"<rss version=\"2.0\"/>", "RSS rss"},
        {"<rss version=\"2.0\"><channel/></rss>", "Apple channel/item"},
        {"<rss version=\"2.0\"><channel><item/></channel></rss>", "PSP-1 item/enclosure"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct findings found;
        lint(&a, rows[i].text, &found);
        assert_true(has(&found, rows[i].rule, ""));
        arena_done(&a);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_judged),
        cmocka_unit_test(our_own_feed_has_no_fault),
        cmocka_unit_test(each_fault_is_found_and_named),
        cmocka_unit_test(each_fault_of_a_broadcast_is_found_and_named),
        cmocka_unit_test(two_entries_must_differ),
        cmocka_unit_test(a_guid_made_with_the_scheme_is_an_error_and_another_ones_a_warning),
        cmocka_unit_test(every_address_is_looked_at),
        cmocka_unit_test(what_is_no_feed_is_said_to_be_none),
    };
    return cmocka_run_group_tests_name("feedlint", tests, NULL, NULL);
}
