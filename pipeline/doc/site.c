// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/site.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/xml.h"
#include "doc/markdown.h"
#include "doc/rss.h"
#include "doc/words.h"

enum { PLACES = 16 };

static void attr_path(struct xml *x, const char *name, const char *path)
{
    if (!path)
        return;
    struct str url;
    str_init(&url, STR_MAX);
    str_add_url(&url, path);
    xml_attr(x, name, url.p);
    str_done(&url);
}

static void leaf_key(struct xml *x, const char *name, const char *attr, const char *value,
                     const char *text)
{
    xml_open(x, name);
    xml_attr(x, attr, value);
    if (text)
        xml_text(x, text);
    xml_close(x);
}

static void write_strings(struct xml *x, const struct json *strings)
{
    xml_open(x, "strings");
    for (size_t i = 0; i < json_count(strings); i++) {
        const char *key = json_key_at(strings, i);
        if (json_text(strings, key))
            leaf_key(x, "s", "key", key, json_text(strings, key));
    }
    xml_close(x);
}

static void write_license(struct xml *x, const char *id)
{
    const struct license *known = license_find(id);
    if (!id)
        return;
    xml_open(x, "license");
    xml_attr(x, "id", id);
    xml_attr(x, "url", known ? known->url : NULL);
    xml_text(x, known ? known->name : id);
    xml_close(x);
}

static void write_show(struct xml *x, const struct fact_show *s)
{
    xml_open(x, "show");
    attr_path(x, "cover", s->cover);
    xml_leaf(x, "title", s->title);
    xml_leaf(x, "summary", s->summary);
    xml_leaf(x, "author", s->author);
    xml_leaf(x, "email", s->owner_email);
    write_license(x, s->license);
    xml_close(x);
}

static void page_open(struct xml *x, struct str *out, const char *kind, const char *lang,
                      const char *root, const struct json *strings, const struct fact_show *show)
{
    xml_init(x, out, 0);
    xml_open(x, "page");
    xml_attr(x, "kind", kind);
    xml_attr(x, "lang", lang);
    xml_attr(x, "root", root);
    xml_attr(x, "site", show->site);
    write_strings(x, strings);
    write_show(x, show);
}

static void write_date(struct xml *x, const struct words *w, int64_t utc_s)
{
    struct day d = day_in_norway(utc_s);
    struct str iso, text;
    str_init(&iso, 32);
    str_init(&text, 128);
    str_addf(&iso, "%04d-%02d-%02d", d.year, d.month, d.day);
    words_date(&text, w, utc_s);
    leaf_key(x, "date", "iso", iso.p, text.p);
    str_done(&iso);
    str_done(&text);
}

static void write_length(struct xml *x, const struct words *w, tick length)
{
    if (length <= 0)
        return;
    struct str iso, text;
    str_init(&iso, 32);
    str_init(&text, 128);
    str_addf(&iso, "PT%lldS", (long long)((length + TICKS_PER_SEC / 2) / TICKS_PER_SEC));
    words_length(&text, w, length);
    leaf_key(x, "length", "iso", iso.p, text.p);
    str_done(&iso);
    str_done(&text);
}

static void write_goals(struct xml *x, const struct fact_episode *ep)
{
    for (size_t i = 0; i < ep->num_goals; i++) {
        const struct fact_goal *g = &ep->goals[i];
        xml_open(x, "goal");
        xml_attr_int(x, "number", g->number);
        xml_attr(x, "iri", g->iri);
        xml_text(x, g->title);
        xml_close(x);
    }
    for (size_t i = 0; i < ep->num_targets; i++)
        leaf_key(x, "target", "iri", ep->targets[i].iri, ep->targets[i].code);
}

static void write_people(struct xml *x, const char *name, const struct fact_person *people,
                         size_t n)
{
    for (size_t i = 0; i < n; i++) {
        xml_open(x, name);
        xml_attr(x, "role", people[i].role);
        xml_attr(x, "municipality", people[i].place.name);
        xml_attr(x, "url", people[i].url);
        xml_text(x, people[i].name);
        xml_close(x);
    }
}

// What a list of episodes shows, and the page too.
static void write_head(struct xml *x, const struct words *w, const struct fact_episode *ep)
{
    xml_attr(x, "lang", ep->language);
    attr_path(x, "slug", ep->slug);
    attr_path(x, "cover", ep->cover);
    if (ep->poster)
        attr_path(x, "poster", ep->poster);
    xml_attr(x, "kind", ep->kind);
    if (ep->number > 0)
        xml_attr_int(x, "number", ep->number);
    if (ep->season > 0)
        xml_attr_int(x, "season", ep->season);
    xml_leaf(x, "title", ep->title);
    xml_leaf(x, "summary", ep->summary);
    write_date(x, w, ep->published_utc_s);
    write_length(x, w, ep->length);
    if (ep->theme)
        leaf_key(x, "theme", "id", ep->theme_id, ep->theme);
    write_goals(x, ep);
    write_people(x, "host", ep->hosts, ep->num_hosts);
    write_people(x, "guest", ep->guests, ep->num_guests);
    const struct fact_place *places[PLACES];
    size_t n = facts_places(ep, places, PLACES);
    for (size_t i = 0; i < n; i++)
        leaf_key(x, "place", "number", places[i]->number, places[i]->name);
}

static void write_files(struct xml *x, const struct words *w, const struct fact_episode *ep)
{
    for (size_t i = 0; i < ep->num_files; i++) {
        struct str size;
        str_init(&size, 64);
        words_size(&size, w, ep->files[i].bytes);
        xml_open(x, "file");
        attr_path(x, "path", ep->files[i].path);
        xml_attr(x, "type", ep->files[i].type);
        xml_attr(x, "output", ep->files[i].output);
        xml_attr(x, "size", size.p);
        if (ep->files[i].width) {
            xml_attr_int(x, "width", ep->files[i].width);
            xml_attr_int(x, "height", ep->files[i].height);
        }
        xml_close(x);
        str_done(&size);
    }
}

static void write_clips(struct xml *x, const struct words *w, const struct fact_episode *ep)
{
    for (size_t i = 0; i < ep->num_clips; i++) {
        const struct fact_clip *c = &ep->clips[i];
        struct str size, length;
        str_init(&size, 64);
        str_init(&length, 64);
        words_size(&size, w, c->bytes);
        words_length(&length, w, c->duration);
        xml_open(x, "clip");
        attr_path(x, "path", c->path);
        xml_attr(x, "shape", c->shape);
        xml_attr(x, "size", size.p);
        xml_attr(x, "length", length.p);
        attr_path(x, "captions", c->captions);
        xml_leaf(x, "title", c->title);
        xml_leaf(x, "text", c->text);
        xml_close(x);
        str_done(&size);
        str_done(&length);
    }
}

static void write_kit(struct xml *x, const struct words *w, const struct fact_episode *ep)
{
    for (size_t i = 0; i < ep->num_kit; i++) {
        const struct fact_download *d = &ep->kit[i];
        struct str size, kind;
        str_init(&size, 64);
        str_init(&kind, 64);
        words_size(&size, w, d->bytes);
        const char *dot = strrchr(d->path, '.');
        for (const char *c = dot ? dot + 1 : ""; *c; c++)
            str_addc(&kind, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
        xml_open(x, "kit");
        attr_path(x, "path", d->path);
        xml_attr(x, "type", d->type);
        xml_attr(x, "format", kind.p);
        xml_attr(x, "size", size.p);
        xml_text(x, d->title);
        xml_close(x);
        str_done(&size);
        str_done(&kind);
    }
}

static void write_resources(struct xml *x, const struct fact_episode *ep)
{
    for (size_t i = 0; i < ep->num_resources; i++) {
        xml_open(x, "resource");
        xml_attr(x, "kind", ep->resources[i].kind);
        xml_attr(x, "url", ep->resources[i].url);
        xml_attr(x, "municipality", ep->resources[i].place.name);
        xml_text(x, ep->resources[i].title);
        xml_close(x);
    }
}

static void attr_times(struct xml *x, tick t, bool hours)
{
    struct str at;
    str_init(&at, 32);
    words_clock(&at, t, hours);
    xml_attr_int(x, "seconds", t / TICKS_PER_SEC);
    xml_attr(x, "at", at.p);
    str_done(&at);
}

static void write_chapters(struct xml *x, const struct fact_episode *ep)
{
    bool hours = ep->length >= 3600 * TICKS_PER_SEC;
    for (size_t i = 0; i < ep->num_chapters; i++) {
        xml_open(x, "chapter");
        attr_times(x, ep->chapters[i].start, hours);
        xml_attr(x, "url", ep->chapters[i].url);
        xml_text(x, ep->chapters[i].title);
        xml_close(x);
    }
}

static void write_turn(struct xml *x, const struct turn *turn, bool hours)
{
    xml_open(x, "turn");
    attr_times(x, turn->start, hours);
    xml_attr(x, "speaker", turn->speaker);
    xml_text(x, turn->text);
    xml_close(x);
}

// <transcript><part title><turn/>…: a part is a chapter, without title where there are none.
static void write_transcript(struct arena *a, struct xml *x, const struct fact_episode *ep,
                             const struct site_text *text)
{
    bool hours = ep->length >= 3600 * TICKS_PER_SEC;
    tick *breaks = arena_array(a, tick, ep->num_chapters + 1);
    for (size_t i = 0; i < ep->num_chapters; i++)
        breaks[i] = ep->chapters[i].start;
    struct turns turns;
    transcript_turns(a, &text->captions, breaks, ep->num_chapters, &turns);
    xml_open(x, "transcript");
    xml_attr(x, "lang", text->language);
    xml_attr(x, "made", text->made);
    for (size_t i = 0; i < ep->num_transcripts; i++) {
        if (!str_same(ep->transcripts[i].language, text->language))
            continue;
        attr_path(x, "vtt", ep->transcripts[i].vtt);
        attr_path(x, "srt", ep->transcripts[i].srt);
    }
    size_t chapter = 0, open = SIZE_MAX;
    for (size_t i = 0; i < turns.count; i++) {
        while (chapter + 1 < ep->num_chapters && breaks[chapter + 1] <= turns.items[i].start)
            chapter++;
        if (chapter != open && open != SIZE_MAX)
            xml_close(x);
        if (chapter != open) {
            xml_open(x, "part");
            xml_attr(x, "title", ep->num_chapters > 1 ? ep->chapters[chapter].title : NULL);
            open = chapter;
        }
        write_turn(x, &turns.items[i], hours);
    }
    if (open != SIZE_MAX)
        xml_close(x);
    xml_close(x);
}

static int write_notes(struct xml *x, const char *notes, struct err *e)
{
    if (!notes)
        return 0;
    struct str html;
    str_init(&html, STR_MAX);
    int r = markdown_html(&html, notes, MARKDOWN_PAGE, NULL, e);
    if (r >= 0) {
        xml_open(x, "notes");
        xml_raw(x, html.p);
        xml_close(x);
    }
    str_done(&html);
    return r;
}

int site_episode(struct arena *a, struct str *out, const struct json *strings,
                 const struct fact_show *show, const struct fact_episode *ep,
                 const struct site_text *texts, size_t num_texts, struct err *e)
{
    struct xml x;
    struct words w = {strings};
    page_open(&x, out, "episode", ep->language, "../../", strings, show);
    xml_open(&x, "episode");
    write_head(&x, &w, ep);
    write_files(&x, &w, ep);
    write_clips(&x, &w, ep);
    write_kit(&x, &w, ep);
    write_chapters(&x, ep);
    write_resources(&x, ep);
    write_license(&x, ep->license ? ep->license : show->license);
    for (size_t i = 0; i < num_texts; i++)
        write_transcript(a, &x, ep, &texts[i]);
    int r = write_notes(&x, ep->notes, e);
    xml_close(&x);
    xml_close(&x);
    if (r >= 0 && out->over)
        r = err_set(e, -EFBIG, "the page is too large");
    return r;
}

void site_index(struct str *out, const struct json *strings, const struct fact_show *show,
                const struct fact_episode *episodes, size_t num_episodes)
{
    struct xml x;
    struct words w = {strings};
    page_open(&x, out, "index", show->language, "", strings, show);
    for (size_t i = 0; i < num_episodes; i++) {
        xml_open(&x, "episode");
        write_head(&x, &w, &episodes[i]);
        xml_close(&x);
    }
    xml_close(&x);
}

void site_missing(struct str *out, const struct json *strings, const struct fact_show *show)
{
    struct xml x;
    page_open(&x, out, "missing", show->language, show->site, strings, show);
    xml_close(&x);
}
