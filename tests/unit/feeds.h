// SPDX-License-Identifier: GPL-3.0-or-later
// A show and an episode with everything, and the feed made of them. Include behind cmocka.h.
#pragma once
#include <string.h>

#include "base/hash.h"
#include "doc/rss.h"

#define FEED_SITE "https://example.org/pod/"

struct feed_facts {
    struct fact_show show;
    struct fact_episode ep;
    const char *categories[2];
    char guid[UUID_TEXT];
    struct fact_goal goals[2];
    struct fact_target targets[1];
    struct fact_person hosts[1], guests[2];
    struct fact_file files[3];
    struct fact_chapter chapters[3];
    struct fact_transcript transcripts[1];
    struct fact_soundbite soundbites[1];
    struct fact_comments comments[1];
    struct fact_credit credits[1];
    struct fact_channel channel;
    struct fact_funding funding[1];
    struct fact_txt verify[1];
    struct fact_other podroll[1];
    struct fact_trailer trailers[1];
    const char *block[2], *hubs[1];
};

static inline void feed_channel(struct feed_facts *f)
{
    f->funding[0] = (struct fact_funding){"https://example.org/stott?a=1&b=2", "Støtt oss"};
    f->verify[0] = (struct fact_txt){"applepodcastsverify", "8f1a2b3c"};
    f->podroll[0] =
        (struct fact_other){"917393e3-1b1e-5cef-ace4-edaa54e1f810", NULL, "Folkehelse i nord"};
    f->trailers[0] = (struct fact_trailer){
        "Snart kommer den", "media/t/t-1a2b3c4d.m4a", "audio/x-m4a", 812345, 1767225600, 2026};
    f->block[0] = "amazon";
    f->block[1] = "apple";
    f->hubs[0] = "https://hub.example.org/";
    f->channel = (struct fact_channel){
        .funding = f->funding,
        .num_funding = 1,
        .verify = f->verify,
        .num_verify = 1,
        .podroll = f->podroll,
        .num_podroll = 1,
        .publisher = {"003af0a0-6a45-55cf-b765-68e3d349551a", "https://example.org/u.xml", NULL},
        .trailers = f->trailers,
        .num_trailers = 1,
        .block = f->block,
        .num_block = 2,
        .hubs = f->hubs,
        .num_hubs = 1,
        .moved_to = "https://ny.example.org/feed.xml",
        .complete = true};
}

static inline void feed_facts(struct feed_facts *f)
{
    const struct fact_place place = {"1837", "Meløy", "R408216", 66.86, 13.7, true};
    static const char sha[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const tick length = 1520 * TICKS_PER_SEC + TICKS_PER_SEC / 4;
    uuid_v5("ead4c236-bf58-58c6-a2c6-a6b28d128cb6", "example.org/pod/feed.xml", f->guid, NULL);
    f->categories[0] = "Government";
    f->categories[1] = "Health & Fitness > Mental Health";
    f->show = (struct fact_show){.title = "Det gode liv & nord",
                                 .summary = "Én samtale i måneden.",
                                 .author = "Nordland fylkeskommune",
                                 .language = "nb",
                                 .site = FEED_SITE,
                                 .guid = f->guid,
                                 .license = "CC-BY-4.0",
                                 .copyright = "Nordland fylkeskommune",
                                 .owner_name = "Redaksjonen",
                                 .owner_email = "post@example.org",
                                 .cover = "cover.png",
                                 .categories = f->categories,
                                 .num_categories = 2,
                                 .cover_width = 3000,
                                 .locked = true};
    f->goals[0] =
        (struct fact_goal){3, "http://metadata.un.org/sdg/3", "God helse", "#4C9F38", "#000000"};
    f->goals[1] =
        (struct fact_goal){11, "http://metadata.un.org/sdg/11", "Byer", "#FD9D24", "#000000"};
    f->targets[0] = (struct fact_target){"3.4", "http://metadata.un.org/sdg/3.4"};
    f->hosts[0] = (struct fact_person){.name = "Kari Nordmann"};
    f->guests[0] = (struct fact_person){.name = "Åse <3", .role = "rådgiver", .place = place};
    f->guests[1] =
        (struct fact_person){.name = "Per", .url = "https://example.org/per", .place = place};
    f->files[0] = (struct fact_file){
        "mp3", "media/x/x y-1a2b3c4d.mp3", "audio/mpeg", sha, 24312345, length, 0, 0};
    f->files[1] = (struct fact_file){
        "m4a", "media/x/x-1a2b3c4d.m4a", "audio/x-m4a", sha, 20111222, length, 0, 0};
    f->files[2] = (struct fact_file){
        "opus", "media/x/x-1a2b3c4d.opus", "audio/ogg", NULL, 12000111, length, 0, 0};
    f->chapters[0] = (struct fact_chapter){0, "Velkommen", NULL};
    f->chapters[1] = (struct fact_chapter){190 * TICKS_PER_SEC, "Turlag & «dør»",
                                           "https://example.org/?a=1&b=2"};
    f->chapters[2] = (struct fact_chapter){700 * TICKS_PER_SEC + TICKS_PER_SEC / 8, "Råd", NULL};
    f->transcripts[0] = (struct fact_transcript){"nb",
                                                 "corrected",
                                                 "episodes/x/nb.vtt",
                                                 "episodes/x/nb.srt",
                                                 "episodes/x/nb.json",
                                                 "episodes/x/nb.html"};
    f->soundbites[0] = (struct fact_soundbite){
        {73 * TICKS_PER_SEC, 133 * TICKS_PER_SEC + TICKS_PER_SEC / 2}, "Ei åpen dør"};
    f->comments[0] =
        (struct fact_comments){"https://sosial.example.org/@dgl/1", "activitypub", "@dgl"};
    f->credits[0] = (struct fact_credit){"Per Nordmann", "producer", "creative direction", NULL};
    feed_channel(f);
    f->ep = (struct fact_episode){.slug = "x",
                                  .guid = "0190a6b2-7c3e-4f5d-8a9b-0c1d2e3f4a5b",
                                  .title = "Trivsel i Meløy",
                                  .summary = "Om å bo & bli.",
                                  .notes = "Se [notatet](notat.pdf).",
                                  .language = "nb",
                                  .kind = "full",
                                  .license = "CC-BY-4.0",
                                  .cover = "episodes/x/cover.png",
                                  .theme_id = "trivsel",
                                  .theme = "trivsel",
                                  .published_utc_s = 1770883200,
                                  .number = 2,
                                  .season = 2026,
                                  .cover_width = 3000,
                                  .length = length,
                                  .goals = f->goals,
                                  .num_goals = 2,
                                  .targets = f->targets,
                                  .num_targets = 1,
                                  .hosts = f->hosts,
                                  .num_hosts = 1,
                                  .guests = f->guests,
                                  .num_guests = 2,
                                  .files = f->files,
                                  .num_files = 3,
                                  .chapters = f->chapters,
                                  .num_chapters = 3,
                                  .transcripts = f->transcripts,
                                  .num_transcripts = 1,
                                  .soundbites = f->soundbites,
                                  .num_soundbites = 1,
                                  .comments = f->comments,
                                  .num_comments = 1,
                                  .credits = f->credits,
                                  .num_credits = 1};
}

// The show's own feed, without archives.
static inline struct rss_document feed_document(const struct feed_facts *f)
{
    return (struct rss_document){.file = "feed.xml",
                                 .first = "feed.xml",
                                 .title = f->show.title,
                                 .guid = f->guid,
                                 .medium = "podcast",
                                 .newest_utc_s = f->ep.published_utc_s,
                                 .of_show = true};
}

static inline void feed_text(struct str *out, const struct feed_facts *f)
{
    struct err e = {0};
    struct str item;
    str_init(&item, STR_MAX);
    assert_int_equal(rss_item(&item, &f->show, &f->ep, 0, &e), 0);
    const char *items[] = {item.p};
    const struct rss_document d = feed_document(f);
    assert_int_equal(rss_feed(out, &f->show, &f->channel, &d, items, 1, &e), 0);
    str_done(&item);
}

// The feed with a broadcast in front of the episode.
static inline void feed_live_text(struct str *out, const struct feed_facts *f, const char *status)
{
    static struct fact_stream files[] = {
        {"https://radio.example.org/dgl.mp3", "audio/mpeg", 128},
        {FEED_SITE "live/live.m3u8", "application/vnd.apple.mpegurl", 0}};
    static struct fact_link pages[] = {{"https://example.org/direkte?a=1&b=2", "Det gode liv"},
                                       {"https://www.facebook.com/123", "Facebook"}};
    struct fact_live live = {.status = status,
                             .start_utc_s = 1796893200,
                             .end_utc_s = 1796896800,
                             .ep = f->ep,
                             .files = files,
                             .num_files = COUNT(files),
                             .pages = pages,
                             .num_pages = COUNT(pages)};
    struct err e = {0};
    struct str item, broadcast;
    live.ep.guid = "5f1c4f0e-0000-5000-8000-000000000001";
    live.ep.notes = NULL;
    live.ep.num_chapters = 0;
    str_init(&item, STR_MAX);
    str_init(&broadcast, STR_MAX);
    assert_int_equal(rss_item(&item, &f->show, &f->ep, 0, &e), 0);
    assert_int_equal(rss_live(&broadcast, &f->show, &live, &e), 0);
    const char *items[] = {broadcast.p, item.p};
    const struct rss_document d = feed_document(f);
    assert_int_equal(rss_feed(out, &f->show, &f->channel, &d, items, 2, &e), 0);
    str_done(&broadcast);
    str_done(&item);
}
