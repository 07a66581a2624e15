// SPDX-License-Identifier: GPL-3.0-or-later
// A feed's document: what its channel says, and the entries behind it.
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/xml.h"
#include "doc/markdown.h"
#include "doc/rss.h"
#include "doc/rss_parts.h"
#include "doc/rss_words.h"

static void write_categories(struct xml *x, const struct fact_show *s)
{
    for (size_t i = 0; i < s->num_categories; i++) {
        struct str top;
        str_init(&top, STR_MAX);
        const char *sub = strstr(s->categories[i], " > ");
        str_addn(&top, s->categories[i],
                 sub ? (size_t)(sub - s->categories[i]) : strlen(s->categories[i]));
        xml_open(x, "itunes:category");
        xml_attr(x, "text", top.p);
        if (sub) {
            xml_open(x, "itunes:category");
            xml_attr(x, "text", sub + 3);
            xml_close(x);
        }
        xml_close(x);
        str_done(&top);
    }
}

static void write_owner(struct xml *x, const struct fact_show *s)
{
    xml_open(x, "podcast:locked");
    xml_attr(x, "owner", s->owner_email);
    xml_text(x, s->locked ? "yes" : "no");
    xml_close(x);
    if (!s->owner_email)
        return;
    xml_open(x, "itunes:owner");
    xml_leaf(x, "itunes:name", s->owner_name);
    xml_leaf(x, "itunes:email", s->owner_email);
    xml_close(x);
}

static void write_frequency(struct xml *x, const char *language, bool complete)
{
    const char *text = "månedlig";
    if (str_starts(language, "nn"))
        text = "månadleg";
    else if (str_starts(language, "en"))
        text = "monthly";
    xml_open(x, "podcast:updateFrequency");
    xml_attr(x, "complete", complete ? "true" : NULL);
    xml_attr(x, "rrule", "FREQ=MONTHLY");
    xml_text(x, text);
    xml_close(x);
}

static void write_channel_image(struct xml *x, const struct fact_show *s)
{
    if (!s->cover)
        return;
    xml_open(x, "image");
    rss_leaf_url(x, "url", s, s->cover);
    xml_leaf(x, "title", s->title);
    xml_leaf(x, "link", s->site);
    xml_close(x);
    rss_image(x, s, s->cover, s->cover_width, s->title);
}

static void write_link(struct xml *x, const struct fact_show *s, const char *rel, const char *file)
{
    if (!file)
        return;
    xml_open(x, "atom:link");
    rss_attr_url(x, "href", s, file);
    xml_attr(x, "rel", rel);
    xml_attr(x, "type", "application/rss+xml");
    xml_close(x);
}

static void write_links(struct xml *x, const struct fact_show *s, const struct fact_channel *c,
                        const struct rss_document *d)
{
    bool is_first = str_same(d->file, d->first);
    write_link(x, s, "self", d->file);
    for (size_t i = 0; is_first && i < c->num_hubs; i++) {
        xml_open(x, "atom:link");
        xml_attr(x, "href", c->hubs[i]);
        xml_attr(x, "rel", "hub");
        xml_close(x);
    }
    if (!d->oldest)
        return;
    write_link(x, s, "first", d->first);
    write_link(x, s, "next", d->older);
    write_link(x, s, "last", d->oldest);
    write_link(x, s, "prev-archive", d->older);
    if (is_first)
        return;
    write_link(x, s, "current", d->first);
    xml_open(x, "fh:archive");
    xml_close(x);
}

// Who may not show it; Apple reads its own tag alone.
static void write_block(struct xml *x, const struct fact_channel *c)
{
    bool apple = false;
    for (size_t i = 0; i < c->num_block; i++) {
        bool all = str_same(c->block[i], "all");
        apple = apple || all || str_same(c->block[i], "apple");
        xml_open(x, "podcast:block");
        xml_attr(x, "id", all ? NULL : c->block[i]);
        xml_text(x, "yes");
        xml_close(x);
    }
    xml_leaf(x, "itunes:block", apple ? "Yes" : NULL);
}

static void write_other(struct xml *x, const struct fact_other *o, const char *medium)
{
    xml_open(x, "podcast:remoteItem");
    xml_attr(x, "feedGuid", o->guid);
    xml_attr(x, "feedUrl", o->url);
    xml_attr(x, "medium", medium);
    xml_attr(x, "title", o->title);
    xml_close(x);
}

static void write_others(struct xml *x, const struct fact_channel *c)
{
    if (c->num_podroll) {
        xml_open(x, "podcast:podroll");
        for (size_t i = 0; i < c->num_podroll; i++)
            write_other(x, &c->podroll[i], NULL);
        xml_close(x);
    }
    if (c->publisher.guid) {
        xml_open(x, "podcast:publisher");
        write_other(x, &c->publisher, "publisher");
        xml_close(x);
    }
}

static void write_trailers(struct xml *x, const struct fact_show *s, const struct fact_channel *c)
{
    for (size_t i = 0; i < c->num_trailers; i++) {
        const struct fact_trailer *t = &c->trailers[i];
        char date[CLOCK_TEXT];
        clock_rfc2822(t->published_utc_s, date);
        xml_open(x, "podcast:trailer");
        xml_attr(x, "pubdate", date);
        rss_attr_url(x, "url", s, t->path);
        xml_attr_int(x, "length", t->bytes);
        xml_attr(x, "type", t->type);
        if (t->season > 0)
            xml_attr_int(x, "season", t->season);
        rss_text_short(x, t->title);
        xml_close(x);
    }
}

// What stands in the show's own feed alone.
static void write_once(struct xml *x, const struct fact_show *s, const struct fact_channel *c)
{
    write_frequency(x, s->language, c->complete);
    for (size_t i = 0; i < c->num_funding; i++) {
        xml_open(x, "podcast:funding");
        xml_attr(x, "url", c->funding[i].url);
        rss_text_short(x, c->funding[i].text);
        xml_close(x);
    }
    for (size_t i = 0; i < c->num_verify; i++) {
        xml_open(x, "podcast:txt");
        xml_attr(x, "purpose", c->verify[i].purpose);
        xml_text(x, c->verify[i].text);
        xml_close(x);
    }
    write_trailers(x, s, c);
    write_others(x, c);
    xml_leaf(x, "itunes:new-feed-url", c->moved_to);
}

static void write_words(struct xml *x, const struct fact_show *s, const struct rss_document *d)
{
    struct str summary;
    str_init(&summary, STR_MAX);
    str_add(&summary, s->summary);
    text_cut(&summary, RSS_DESCRIPTION_MAX);
    xml_leaf(x, "link", s->site);
    xml_leaf(x, "description", summary.p);
    str_done(&summary);
    xml_leaf(x, "language", s->language);
    xml_leaf(x, "copyright", s->copyright);
    xml_leaf(x, "generator", "dgl-episode");
    if (d->newest_utc_s == INT64_MIN)
        return;
    rss_leaf_date(x, "pubDate", d->newest_utc_s);
    rss_leaf_date(x, "lastBuildDate", d->newest_utc_s);
}

static void write_channel(struct xml *x, const struct fact_show *s, const struct fact_channel *c,
                          const struct rss_document *d)
{
    bool is_first = str_same(d->file, d->first);
    xml_leaf(x, "title", d->title);
    write_links(x, s, c, d);
    write_words(x, s, d);
    write_channel_image(x, s);
    xml_leaf(x, "itunes:author", s->author);
    xml_leaf(x, "itunes:explicit", s->is_explicit ? "true" : "false");
    xml_leaf(x, "itunes:type", "episodic");
    xml_leaf(x, "itunes:complete", is_first && c->complete ? "Yes" : NULL);
    write_categories(x, s);
    write_owner(x, s);
    xml_leaf(x, "podcast:guid", d->guid);
    xml_leaf(x, "podcast:medium", d->medium);
    rss_license(x, s->license);
    write_block(x, c);
    if (is_first && d->of_show)
        write_once(x, s, c);
}

int rss_feed(struct str *out, const struct fact_show *s, const struct fact_channel *c,
             const struct rss_document *d, const char *const *items, size_t num_items,
             struct err *e)
{
    static const struct {
        const char *prefix, *uri;
    } spaces[] = {
        {"xmlns:atom", "http://www.w3.org/2005/Atom"},
        {"xmlns:content", "http://purl.org/rss/1.0/modules/content/"},
        {"xmlns:fh", "http://purl.org/syndication/history/1.0"},
        {"xmlns:itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"},
        {"xmlns:media", "http://search.yahoo.com/mrss/"},
        {"xmlns:podcast", "https://podcastindex.org/namespace/1.0"},
        {"xmlns:psc", "http://podlove.org/simple-chapters"},
    };
    static const char *const needed[] = {"summary", "author", "guid"};
    const char *const have[] = {s->summary, s->author, d->guid};
    for (size_t i = 0; i < COUNT(needed); i++)
        if (!have[i])
            return err_set(e, -EINVAL, "settings of the show: '%s' is missing", needed[i]);
    struct xml x;
    str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml_init(&x, out, 0);
    xml_open(&x, "rss");
    xml_attr(&x, "version", "2.0");
    for (size_t i = 0; i < COUNT(spaces); i++)
        xml_attr(&x, spaces[i].prefix, spaces[i].uri);
    xml_open(&x, "channel");
    write_channel(&x, s, c, d);
    for (size_t i = 0; i < num_items; i++)
        xml_raw(&x, items[i]);
    xml_close(&x);
    xml_close(&x);
    return out->over ? err_set(e, -EFBIG, "the feed is larger than %u MB", STR_MAX >> 20) : 0;
}
