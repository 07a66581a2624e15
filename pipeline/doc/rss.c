// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/rss.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/xml.h"
#include "doc/markdown.h"
#include "doc/rss_parts.h"
#include "doc/rss_words.h"
#include "doc/words.h"

void site_url(struct str *out, const struct fact_show *s, const char *path)
{
    str_add(out, s->site);
    str_add_url(out, path);
}

static void leaf_int(struct xml *x, const char *name, int64_t value)
{
    struct str text;
    str_init(&text, 32);
    str_addf(&text, "%lld", (long long)value);
    xml_leaf(x, name, text.p);
    str_done(&text);
}

static void attr_url(struct xml *x, const char *name, const struct fact_show *s, const char *path)
{
    struct str url;
    str_init(&url, STR_MAX);
    site_url(&url, s, path);
    xml_attr(x, name, url.p);
    str_done(&url);
}

static void leaf_url(struct xml *x, const char *name, const struct fact_show *s, const char *path)
{
    struct str url;
    str_init(&url, STR_MAX);
    site_url(&url, s, path);
    xml_leaf(x, name, url.p);
    str_done(&url);
}

static void leaf_date(struct xml *x, const char *name, int64_t utc_s)
{
    char text[CLOCK_TEXT];
    clock_rfc2822(utc_s, text);
    xml_leaf(x, name, text);
}

static void write_enclosure(struct xml *x, const struct fact_show *s, const struct fact_file *f)
{
    xml_open(x, "enclosure");
    attr_url(x, "url", s, f->path);
    xml_attr_int(x, "length", f->bytes);
    xml_attr(x, "type", f->type);
    xml_close(x);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// "sha256-" and the digest in base64, as browsers write it for subresources.
static void integrity_text(struct str *out, const char *hex)
{
    unsigned char digest[HASH_HEX / 2];
    size_t n = 0;
    for (; n < sizeof digest && hex[2 * n] && hex[2 * n + 1]; n++)
        digest[n] = (unsigned char)(hex_digit(hex[2 * n]) << 4 | hex_digit(hex[2 * n + 1]));
    str_add(out, "sha256-");
    str_add_base64(out, digest, n);
}

static void write_alternate(struct xml *x, const struct fact_show *s, const struct fact_file *f)
{
    xml_open(x, "podcast:alternateEnclosure");
    xml_attr(x, "type", f->type);
    xml_attr_int(x, "length", f->bytes);
    double seconds = tick_to_s(f->duration);
    if (seconds > 0)
        xml_attr_int(x, "bitrate", (long long)((double)f->bytes * 8 / seconds / 1000 + 0.5) * 1000);
    if (f->height)
        xml_attr_int(x, "height", f->height);
    xml_attr(x, "title", *f->output ? f->output : NULL);
    xml_open(x, "podcast:source");
    attr_url(x, "uri", s, f->path);
    xml_close(x);
    if (f->sha256) {
        struct str value;
        str_init(&value, 128);
        integrity_text(&value, f->sha256);
        xml_open(x, "podcast:integrity");
        xml_attr(x, "type", "sri");
        xml_attr(x, "value", value.p);
        xml_close(x);
        str_done(&value);
    }
    xml_close(x);
}

static void write_image(struct xml *x, const struct fact_show *s, const char *path, int64_t width,
                        const char *alt)
{
    if (!path)
        return;
    xml_open(x, "itunes:image");
    attr_url(x, "href", s, path);
    xml_close(x);
    xml_open(x, "podcast:image");
    attr_url(x, "href", s, path);
    xml_attr(x, "alt", alt);
    xml_attr(x, "aspect-ratio", "1/1");
    if (width > 0)
        xml_attr_int(x, "width", width);
    xml_attr(x, "type", str_ends(path, ".png") ? "image/png" : "image/jpeg");
    xml_attr(x, "purpose", "artwork");
    xml_close(x);
}

static void write_transcript(struct xml *x, const struct fact_show *s, const char *path,
                             const char *type, const char *language)
{
    if (!path)
        return;
    xml_open(x, "podcast:transcript");
    attr_url(x, "url", s, path);
    xml_attr(x, "type", type);
    xml_attr(x, "language", language);
    xml_attr(x, "rel", "captions");
    xml_close(x);
}

static void write_chapters(struct xml *x, const struct fact_show *s, const struct fact_episode *ep)
{
    if (ep->num_chapters == 0)
        return;
    struct str path;
    str_init(&path, STR_MAX);
    str_addf(&path, "episodes/%s/chapters.json", ep->slug);
    xml_open(x, "podcast:chapters");
    attr_url(x, "url", s, path.p);
    xml_attr(x, "type", "application/json+chapters");
    xml_close(x);
    str_done(&path);
    xml_open(x, "psc:chapters");
    xml_attr(x, "version", "1.2");
    for (size_t i = 0; i < ep->num_chapters; i++) {
        char at[TICK_TEXT];
        tick_text_ms(ep->chapters[i].start, at);
        xml_open(x, "psc:chapter");
        xml_attr(x, "start", at);
        xml_attr(x, "title", ep->chapters[i].title);
        xml_attr(x, "href", ep->chapters[i].url);
        xml_close(x);
    }
    xml_close(x);
}

static void write_length_and_kind(struct xml *x, const struct fact_episode *ep)
{
    int64_t seconds = (ep->length + TICKS_PER_SEC / 2) / TICKS_PER_SEC;
    leaf_int(x, "itunes:duration", seconds > 0 ? seconds : 1);
    xml_leaf(x, "itunes:explicit", ep->is_explicit ? "true" : "false");
    xml_leaf(x, "itunes:episodeType", ep->kind);
    rss_numbers(x, ep);
}

int rss_item(struct str *out, const struct fact_show *s, const struct fact_episode *ep,
             struct err *e)
{
    struct xml x;
    struct str page;
    xml_init(&x, out, 2);
    str_init(&page, STR_MAX);
    str_add(&page, s->site);
    str_add(&page, "episodes/");
    str_add_url(&page, ep->slug);
    str_addc(&page, '/');
    xml_open(&x, "item");
    xml_leaf(&x, "title", ep->title);
    xml_leaf(&x, "link", page.p);
    rss_guid(&x, ep->guid);
    leaf_date(&x, "pubDate", ep->published_utc_s);
    int r = rss_words(&x, ep, page.p, e);
    write_enclosure(&x, s, &ep->files[0]);
    xml_leaf(&x, "itunes:title", ep->title);
    xml_leaf(&x, "itunes:author", s->author);
    write_length_and_kind(&x, ep);
    write_image(&x, s, ep->cover, ep->cover_width, ep->title);
    rss_subjects(&x, s, ep);
    rss_people(&x, ep->hosts, ep->num_hosts, "host");
    rss_people(&x, ep->guests, ep->num_guests, "guest");
    rss_places(&x, ep);
    rss_license(&x, ep->license);
    for (size_t i = 0; i < ep->num_transcripts; i++) {
        const struct fact_transcript *t = &ep->transcripts[i];
        write_transcript(&x, s, t->vtt, "text/vtt", t->language);
        write_transcript(&x, s, t->srt, "application/x-subrip", t->language);
    }
    write_chapters(&x, s, ep);
    for (size_t i = 1; i < ep->num_files; i++)
        write_alternate(&x, s, &ep->files[i]);
    xml_close(&x);
    str_done(&page);
    if (r >= 0 && out->over)
        r = err_set(e, -EFBIG, "the feed's entry is too large");
    return r;
}

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

static void write_frequency(struct xml *x, const char *language)
{
    const char *text = "månedlig";
    if (str_starts(language, "nn"))
        text = "månadleg";
    else if (str_starts(language, "en"))
        text = "monthly";
    xml_open(x, "podcast:updateFrequency");
    xml_attr(x, "rrule", "FREQ=MONTHLY");
    xml_text(x, text);
    xml_close(x);
}

static void write_channel_image(struct xml *x, const struct fact_show *s)
{
    if (!s->cover)
        return;
    xml_open(x, "image");
    leaf_url(x, "url", s, s->cover);
    xml_leaf(x, "title", s->title);
    xml_leaf(x, "link", s->site);
    xml_close(x);
    write_image(x, s, s->cover, s->cover_width, s->title);
}

static void write_channel(struct xml *x, const struct fact_show *s, int64_t newest_utc_s)
{
    xml_leaf(x, "title", s->title);
    xml_open(x, "atom:link");
    attr_url(x, "href", s, "feed.xml");
    xml_attr(x, "rel", "self");
    xml_attr(x, "type", "application/rss+xml");
    xml_close(x);
    xml_leaf(x, "link", s->site);
    struct str summary;
    str_init(&summary, STR_MAX);
    str_add(&summary, s->summary);
    text_cut(&summary, RSS_DESCRIPTION_MAX);
    xml_leaf(x, "description", summary.p);
    str_done(&summary);
    xml_leaf(x, "language", s->language);
    xml_leaf(x, "copyright", s->copyright);
    xml_leaf(x, "generator", "dgl-episode");
    if (newest_utc_s != INT64_MIN) {
        leaf_date(x, "pubDate", newest_utc_s);
        leaf_date(x, "lastBuildDate", newest_utc_s);
    }
    write_channel_image(x, s);
    xml_leaf(x, "itunes:author", s->author);
    xml_leaf(x, "itunes:explicit", s->is_explicit ? "true" : "false");
    xml_leaf(x, "itunes:type", "episodic");
    write_categories(x, s);
    write_owner(x, s);
    xml_leaf(x, "podcast:guid", s->guid);
    xml_leaf(x, "podcast:medium", "podcast");
    rss_license(x, s->license);
    write_frequency(x, s->language);
}

int rss_feed(struct str *out, const struct fact_show *s, const char *const *items, size_t num_items,
             int64_t newest_utc_s, struct err *e)
{
    static const struct {
        const char *prefix, *uri;
    } spaces[] = {
        {"xmlns:atom", "http://www.w3.org/2005/Atom"},
        {"xmlns:content", "http://purl.org/rss/1.0/modules/content/"},
        {"xmlns:itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"},
        {"xmlns:podcast", "https://podcastindex.org/namespace/1.0"},
        {"xmlns:psc", "http://podlove.org/simple-chapters"},
    };
    static const char *const needed[] = {"summary", "author", "guid"};
    const char *const have[] = {s->summary, s->author, s->guid};
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
    write_channel(&x, s, newest_utc_s);
    for (size_t i = 0; i < num_items; i++)
        xml_raw(&x, items[i]);
    xml_close(&x);
    xml_close(&x);
    return out->over ? err_set(e, -EFBIG, "the feed is larger than %u MB", STR_MAX >> 20) : 0;
}

void chapters_json(struct str *out, const struct fact_episode *ep)
{
    struct json *j = json_new_object();
    json_put_text(j, "version", "1.2.0");
    json_put_text(j, "title", ep->title);
    struct json *list = json_new_array();
    for (size_t i = 0; i < ep->num_chapters; i++) {
        struct json *c = json_new_object();
        int64_t ms = ep->chapters[i].start / (TICKS_PER_SEC / 1000);
        json_put_real(c, "startTime", (double)ms / 1000);
        json_put_text(c, "title", ep->chapters[i].title);
        json_put_text(c, "url", ep->chapters[i].url);
        json_push(list, c);
    }
    json_put(j, "chapters", list);
    json_write(out, j, true);
    str_addc(out, '\n');
    json_free(j);
}
