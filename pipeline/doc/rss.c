// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/rss.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/xml.h"
#include "doc/rss_parts.h"
#include "doc/rss_words.h"

void site_url(struct str *out, const struct fact_show *s, const char *path)
{
    str_add(out, s->site);
    str_add_url(out, path);
}

static void write_enclosure(struct xml *x, const struct fact_show *s, const struct fact_file *f)
{
    xml_open(x, "enclosure");
    rss_attr_url(x, "url", s, f->path);
    xml_attr_int(x, "length", f->bytes);
    xml_attr(x, "type", f->type);
    xml_close(x);
}

static unsigned hex_digit(char c) // of hash.h's texts, which are small letters
{
    return c >= 'a' ? (unsigned)(c - 'a') + 10 : (unsigned)(c - '0');
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
    if (seconds >= 1)
        xml_attr_int(x, "bitrate", (long long)((double)f->bytes * 8 / seconds / 1000 + 0.5) * 1000);
    if (f->height)
        xml_attr_int(x, "height", f->height);
    xml_attr(x, "title", *f->output ? f->output : NULL);
    xml_open(x, "podcast:source");
    rss_attr_url(x, "uri", s, f->path);
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

static void write_transcript(struct xml *x, const struct fact_show *s,
                             const struct fact_transcript *t)
{
    const struct {
        const char *path, *type, *rel;
    } ways[] = {
        {t->vtt, "text/vtt", "captions"},
        {t->srt, "application/x-subrip", "captions"},
        {t->json, "application/json", NULL},
        {t->html, "text/html", NULL},
    };
    for (size_t i = 0; i < COUNT(ways); i++) {
        if (!ways[i].path)
            continue;
        xml_open(x, "podcast:transcript");
        rss_attr_url(x, "url", s, ways[i].path);
        xml_attr(x, "type", ways[i].type);
        xml_attr(x, "language", t->language);
        xml_attr(x, "rel", ways[i].rel);
        xml_close(x);
    }
}

static void write_chapters(struct xml *x, const struct fact_show *s, const struct fact_episode *ep)
{
    if (ep->num_chapters == 0)
        return;
    struct str path;
    str_init(&path, STR_MAX);
    str_addf(&path, "episodes/%s/chapters.json", ep->slug);
    xml_open(x, "podcast:chapters");
    rss_attr_url(x, "url", s, path.p);
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

// Rounded; what is shorter than a second lasts one.
static int64_t whole_seconds(tick length)
{
    int64_t seconds = (length + TICKS_PER_SEC / 2) / TICKS_PER_SEC;
    return seconds > 0 ? seconds : 1;
}

static void attr_seconds(struct xml *x, const char *name, tick t)
{
    struct str text;
    str_init(&text, 64);
    str_add_real(&text, tick_to_s(t), 3);
    xml_attr(x, name, text.p);
    str_done(&text);
}

static void write_length_and_kind(struct xml *x, const struct fact_episode *ep)
{
    rss_leaf_int(x, "itunes:duration", whole_seconds(ep->length));
    xml_leaf(x, "itunes:explicit", ep->is_explicit ? "true" : "false");
    xml_leaf(x, "itunes:episodeType", ep->kind);
    rss_numbers(x, ep);
}

static void write_soundbites(struct xml *x, const struct fact_episode *ep)
{
    for (size_t i = 0; i < ep->num_soundbites; i++) {
        const struct fact_soundbite *b = &ep->soundbites[i];
        xml_open(x, "podcast:soundbite");
        attr_seconds(x, "startTime", b->span.start);
        attr_seconds(x, "duration", b->span.end - b->span.start);
        rss_text_short(x, b->title);
        xml_close(x);
    }
}

static void write_comments(struct xml *x, const struct fact_episode *ep)
{
    for (size_t i = 0; i < ep->num_comments; i++) {
        xml_open(x, "podcast:socialInteract");
        xml_attr(x, "protocol", ep->comments[i].protocol);
        xml_attr(x, "uri", ep->comments[i].url);
        xml_attr(x, "accountId", ep->comments[i].account);
        if (ep->num_comments > 1)
            xml_attr_int(x, "priority", (long long)i + 1);
        xml_close(x);
    }
}

static void write_thumbnail(struct xml *x, const struct fact_show *s, const char *path,
                            int64_t width, int64_t height)
{
    if (!path)
        return;
    xml_open(x, "media:thumbnail");
    rss_attr_url(x, "url", s, path);
    if (width > 0 && height > 0) {
        xml_attr_int(x, "width", width);
        xml_attr_int(x, "height", height);
    }
    xml_close(x);
}

// What no other element says: a picture for readers that know no podcasts, and of a film its width
// and a still. The sound is not said again: some clients would take it for a second file.
static void write_media(struct xml *x, const struct fact_show *s, const struct fact_episode *ep)
{
    write_thumbnail(x, s, ep->cover, ep->cover_width, ep->cover_width);
    for (size_t i = 0; i < ep->num_files; i++) {
        const struct fact_file *f = &ep->files[i];
        if (f->height <= 0 || !str_starts(f->type, "video/"))
            continue;
        xml_open(x, "media:content");
        rss_attr_url(x, "url", s, f->path);
        xml_attr_int(x, "fileSize", f->bytes);
        xml_attr(x, "type", f->type);
        xml_attr(x, "medium", "video");
        xml_attr_int(x, "width", f->width);
        xml_attr_int(x, "height", f->height);
        xml_attr_int(x, "duration", whole_seconds(f->duration));
        xml_attr(x, "lang", ep->language);
        write_thumbnail(x, s, ep->poster, f->width, f->height);
        xml_close(x);
    }
}

int rss_item(struct str *out, const struct fact_show *s, const struct fact_episode *ep,
             size_t enclosure, struct err *e)
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
    rss_leaf_date(&x, "pubDate", ep->published_utc_s);
    int r = rss_words(&x, ep, page.p, e);
    write_enclosure(&x, s, &ep->files[enclosure]);
    xml_leaf(&x, "itunes:title", ep->title);
    xml_leaf(&x, "itunes:author", s->author);
    write_length_and_kind(&x, ep);
    rss_image(&x, s, ep->cover, ep->cover_width, ep->title);
    rss_subjects(&x, s, ep);
    rss_people(&x, ep->hosts, ep->num_hosts, "host");
    rss_people(&x, ep->guests, ep->num_guests, "guest");
    rss_credits(&x, ep);
    rss_places(&x, ep);
    rss_license(&x, ep->license);
    for (size_t i = 0; i < ep->num_transcripts; i++)
        write_transcript(&x, s, &ep->transcripts[i]);
    write_chapters(&x, s, ep);
    write_soundbites(&x, ep);
    write_comments(&x, ep);
    for (size_t i = 0; i < ep->num_files; i++)
        if (i != enclosure)
            write_alternate(&x, s, &ep->files[i]);
    write_media(&x, s, ep);
    xml_close(&x);
    str_done(&page);
    if (r >= 0 && out->over)
        r = err_set(e, -EFBIG, "the feed's entry is too large");
    return r;
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
