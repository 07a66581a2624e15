// SPDX-License-Identifier: GPL-3.0-or-later
// A broadcast in the feed: podcast:liveItem. Those who know it take the alternateEnclosures, others
// the enclosure, a browser the contentLink; who does not know it ignores it.
#include "base/clock.h"
#include "doc/rss.h"
#include "doc/rss_parts.h"
#include "doc/rss_words.h"

#include <errno.h>

static void attr_time(struct xml *x, const char *name, int64_t utc_s)
{
    char text[CLOCK_TEXT];
    clock_iso(utc_s, text);
    xml_attr(x, name, text);
}

static void write_stream(struct xml *x, const struct fact_stream *f, bool is_default)
{
    xml_open(x, "podcast:alternateEnclosure");
    xml_attr(x, "type", f->type);
    if (f->bitrate_kbps)
        xml_attr_int(x, "bitrate", f->bitrate_kbps * 1000);
    xml_attr(x, "default", is_default ? "true" : NULL);
    xml_open(x, "podcast:source");
    xml_attr(x, "uri", f->url);
    xml_close(x);
    xml_close(x);
}

static void write_streams(struct xml *x, const struct fact_live *live)
{
    if (!live->num_files)
        return;
    xml_open(x, "enclosure");
    xml_attr(x, "url", live->files[0].url);
    xml_attr(x, "length", "0"); // RSS's word for "not known"
    xml_attr(x, "type", live->files[0].type);
    xml_close(x);
    for (size_t i = 0; i < live->num_files; i++)
        write_stream(x, &live->files[i], i == 0);
}

static void write_pages(struct xml *x, const struct fact_live *live)
{
    for (size_t i = 0; i < live->num_pages; i++) {
        xml_open(x, "podcast:contentLink");
        xml_attr(x, "href", live->pages[i].url);
        xml_text(x, live->pages[i].title);
        xml_close(x);
    }
}

int rss_live(struct str *out, const struct fact_show *s, const struct fact_live *live,
             struct err *e)
{
    const struct fact_episode *ep = &live->ep;
    struct xml x;
    xml_init(&x, out, 2);
    xml_open(&x, "podcast:liveItem");
    xml_attr(&x, "status", live->status);
    attr_time(&x, "start", live->start_utc_s);
    if (live->end_utc_s != INT64_MIN)
        attr_time(&x, "end", live->end_utc_s);
    xml_leaf(&x, "title", ep->title);
    xml_leaf(&x, "link", live->pages[0].url);
    rss_guid(&x, ep->guid);
    int r = rss_words(&x, ep, live->pages[0].url, e);
    write_streams(&x, live);
    write_pages(&x, live);
    xml_leaf(&x, "itunes:title", ep->title);
    xml_leaf(&x, "itunes:author", s->author);
    xml_leaf(&x, "itunes:explicit", ep->is_explicit ? "true" : "false");
    rss_numbers(&x, ep);
    rss_subjects(&x, s, ep);
    rss_people(&x, ep->hosts, ep->num_hosts, "host");
    rss_people(&x, ep->guests, ep->num_guests, "guest");
    rss_places(&x, ep);
    rss_license(&x, ep->license);
    xml_close(&x);
    if (r >= 0 && out->over)
        r = err_set(e, -EFBIG, "the feed's entry is too large");
    return r;
}
