// SPDX-License-Identifier: GPL-3.0-or-later
// One text in every place of an episode where people write: the entry of the feed and the chapters
// stay well-formed, and say it as it was said.
#include "fuzz.h"

#include "base/json.h"
#include "base/xmlread.h"
#include "doc/rss.h"

static const char frame[] =
    "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
    "xmlns:podcast='https://podcastindex.org/namespace/1.0' "
    "xmlns:content='http://purl.org/rss/1.0/modules/content/' "
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:atom='http://www.w3.org/2005/Atom' "
    "xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:dcterms='http://purl.org/dc/terms/'>";

static void well_formed(const struct str *item)
{
    struct arena a = {0};
    struct xml_doc doc;
    struct err e = {0};
    struct str x;
    str_init(&x, STR_MAX);
    str_add(&x, frame);
    str_addn(&x, item->p, item->len);
    str_add(&x, "</rss>");
    if (xmlread_tree(&a, x.p, x.len, "item", &doc, &e) < 0) {
        fprintf(stderr, "%s\n%s\n", e.text, x.p);
        FUZZ_HOLD(!"well-formed");
    }
    FUZZ_HOLD(doc.root->first && strcmp(doc.root->first->name, "item") == 0);
    FUZZ_HOLD(!doc.root->first->next);
    str_done(&x);
    arena_done(&a);
}

FUZZ(item)
{
    struct err e = {0};
    struct str s, clean;
    char *text = fuzz_text(data, size);
    str_init(&s, STR_MAX);
    str_init(&clean, STR_MAX);
    str_add_utf8(&clean, text);
    const char *t = clean.p ? clean.p : "";
    struct fact_place place = {"1837", t, "R1", 66, 14, true};
    struct fact_person who = {t, t, "https://example.org/", place};
    struct fact_file file = {"mp3", "media/x/x-1a2b3c4d.mp3", "audio/mpeg", NULL, 1, 705600000, 0,
                             0};
    struct fact_chapter chapters[] = {{0, t, NULL}, {705600000, t, "https://example.org/?a&b"}};
    struct fact_transcript words = {"nb", "corrected", "v.vtt", "v.srt", "v.json", "v.html"};
    struct fact_soundbite bite = {{0, 705600000}, t};
    struct fact_credit credit = {t, t, "writing", NULL};
    struct fact_comments comments = {"https://example.org/1", "activitypub", t};
    const char *categories[] = {"Government"};
    struct fact_show show = {.title = t,
                             .summary = t,
                             .author = t,
                             .language = "nb",
                             .guid = "g",
                             .site = "https://example.org/x/",
                             .license = "CC-BY-4.0",
                             .owner_name = t,
                             .owner_email = "a@example.org",
                             .cover = "cover.png",
                             .categories = categories,
                             .num_categories = 1};
    struct fact_episode ep = {.slug = "x",
                              .guid = t,
                              .title = t,
                              .summary = t,
                              .notes = t,
                              .language = "nb",
                              .kind = "full",
                              .license = "CC-BY-4.0",
                              .theme_id = "trivsel",
                              .theme = t,
                              .published_utc_s = 1770000000,
                              .number = 2,
                              .season = 2026,
                              .length = 705600000,
                              .hosts = &who,
                              .num_hosts = 1,
                              .guests = &who,
                              .num_guests = 1,
                              .files = &file,
                              .num_files = 1,
                              .chapters = chapters,
                              .num_chapters = 2,
                              .transcripts = &words,
                              .num_transcripts = 1,
                              .soundbites = &bite,
                              .num_soundbites = 1,
                              .comments = &comments,
                              .num_comments = 1,
                              .credits = &credit,
                              .num_credits = 1};
    if (rss_item(&s, &show, &ep, 0, &e) >= 0)
        well_formed(&s);
    str_clear(&s);
    chapters_json(&s, &ep);
    struct json *j = NULL;
    FUZZ_HOLD(json_parse(s.p, s.len, "chapters", &j, &e) >= 0);
    FUZZ_HOLD(json_count(json_get(j, "chapters")) == 2);
    json_free(j);
    str_done(&s);
    str_done(&clean);
    free(text);
    return 0;
}
