// SPDX-License-Identifier: GPL-3.0-or-later
// check: reads a feed as a directory would. A tool: nothing is kept.
//
// settings: {"site": the address that stands for public/ in the feed, "public": folder}
//           Where one is missing, lengths and files are not compared.
//           "shown": what findings call the feed; default: its path
//           "guids": true: lists those of its entries
//           "newest": n, "sample": m: lists the files it names, all of the newest n entries and of
//           m more, spread over the others
// in:       {"feed": path, "categories": apple-categories.json}
//           Without the second, categories are not compared.
// makes:    nothing
// measured: {"findings": [{severity "error" or "warning", rule, where, message}],
//            "self": the feed's own address, where it says one
//            "guids": of its entries, with "guids": true
//            "links": [{kind "media", "cover", "image", "transcript", "chapters", rule, url, type,
//            bytes, line}], each address once; type and bytes as the feed says, where it does}
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "doc/feedlint.h"
#include "model/cover.h"
#include "stage/texts.h"

enum { FEED_MAX = 64 << 20 };

struct place {
    struct arena *arena;
    const char *site, *public; // NULL: files are not looked for
    bool lists;
    struct feed_ref *refs;
    size_t num_refs, cap;
};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The path an address names, percent-encoding undone.
static char *path_of(struct arena *a, const char *url)
{
    size_t n = strcspn(url, "?#");
    char *path = arena_strndup(a, url, n), *to = path;
    for (const char *from = path; *from; from++) {
        int high = *from == '%' ? hex_digit(from[1]) : -1;
        int low = high >= 0 ? hex_digit(from[2]) : -1;
        *to++ = low >= 0 ? (char)(high * 16 + low) : *from;
        from += low >= 0 ? 2 : 0;
    }
    *to = '\0';
    return path;
}

static bool leaves_root(const char *path)
{
    return *path == '/' || str_starts(path, "../") || strstr(path, "/../") || str_ends(path, "/..");
}

static const char *look_here(const struct place *p, const struct feed_ref *ref)
{
    const char *url = ref->url;
    if (!str_starts(url, p->site))
        return NULL;
    char *path = path_of(p->arena, url + strlen(p->site));
    if (leaves_root(path))
        return arena_printf(p->arena, "%s: leads out of the site", url);
    const char *file = fs_join(p->arena, p->public, path);
    int64_t size = fs_size(file);
    if (size < 0)
        return arena_printf(p->arena, "the feed names %s, which is not there; publish again", path);
    if (ref->bytes >= 0 && size != ref->bytes)
        return arena_printf(p->arena, "the feed says %lld bytes, %s has %lld; publish again",
                            (long long)ref->bytes, path, (long long)size);
    struct err why = {0};
    if (ref->kind != FEED_COVER || cover_check(file, NULL, &why) >= 0)
        return NULL;
    for (char *c = why.text; *c; c++)
        *c = *c == '\n' ? ' ' : *c;
    return arena_printf(p->arena, "%s: %s", path,
                        why.text + (str_starts(why.text, file) ? strlen(file) + 2 : 0));
}

static const char *look(void *ctx, const struct feed_ref *ref)
{
    struct place *p = ctx;
    if (p->lists && ref->kind != FEED_OTHER) {
        p->refs = arena_grow(p->arena, p->refs, p->num_refs, &p->cap, sizeof *p->refs);
        p->refs[p->num_refs++] = *ref;
    }
    return p->site && p->public ? look_here(p, ref) : NULL;
}

static int newest_first(const void *x, const void *y)
{
    const struct feed_ref *a = x, *b = y;
    if (a->published_utc_s != b->published_utc_s)
        return a->published_utc_s < b->published_utc_s ? 1 : -1;
    return a->line - b->line;
}

static bool listed(const struct json *links, const char *url)
{
    for (size_t i = 0; i < json_count(links); i++)
        if (str_same(json_text(json_at(links, i), "url"), url))
            return true;
    return false;
}

static struct json *link_json(const struct feed_ref *ref)
{
    static const char *const kinds[] = {[FEED_ENCLOSURE] = "media",
                                        [FEED_COVER] = "cover",
                                        [FEED_IMAGE] = "image",
                                        [FEED_TRANSCRIPT] = "transcript",
                                        [FEED_CHAPTERS] = "chapters"};
    struct json *o = json_new_object();
    json_put_text(o, "kind", kinds[ref->kind]);
    json_put_text(o, "rule", ref->rule);
    json_put_text(o, "url", ref->url);
    json_put_text(o, "type", ref->type);
    if (ref->bytes >= 0)
        json_put_int(o, "bytes", ref->bytes);
    json_put_int(o, "line", ref->line);
    return o;
}

// Which entry, counted from the newest, each reference belongs to decides; those of the channel
// come first.
static struct json *links_json(struct place *p, size_t newest, size_t sample)
{
    struct json *links = json_new_array();
    size_t entries = 0, at = 0;
    if (p->num_refs)
        qsort(p->refs, p->num_refs, sizeof *p->refs, newest_first);
    newest += p->num_refs && p->refs[0].published_utc_s == INT64_MAX;
    for (size_t i = 0; i < p->num_refs; i++)
        entries += i == 0 || p->refs[i].published_utc_s != p->refs[i - 1].published_utc_s;
    size_t others = entries > newest ? entries - newest : 0;
    size_t step = sample && others > sample ? (others + sample - 1) / sample : 1;
    for (size_t i = 0; i < p->num_refs; i++) {
        at += i > 0 && p->refs[i].published_utc_s != p->refs[i - 1].published_utc_s;
        bool wanted = at < newest || (sample && (at - newest) % step == 0);
        if (wanted && !listed(links, p->refs[i].url))
            json_push(links, link_json(&p->refs[i]));
    }
    return links;
}

static struct json *findings_json(struct arena *a, const char *path, const struct findings *f)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < f->count; i++) {
        const struct finding *x = &f->items[i];
        struct json *j = json_new_object();
        json_put_text(j, "severity", x->error ? "error" : "warning");
        json_put_text(j, "rule", x->rule);
        json_put_text(j, "where", x->line > 0 ? arena_printf(a, "%s:%d", path, x->line) : path);
        json_put_text(j, "message", x->message);
        json_push(list, j);
    }
    return list;
}

static int run(struct stage_job *job, struct err *e)
{
    const char *path = NULL;
    char *bytes;
    size_t len;
    int r = texts_need(job, "feed", &path, e);
    if (r >= 0)
        r = fs_read(job->arena, path, FEED_MAX, &bytes, &len, e);
    struct json *apple = NULL;
    if (r >= 0 && stage_input(job->in, "categories"))
        r = stage_load(job->in, "categories", &apple, e);
    if (r < 0)
        return r;
    size_t newest = (size_t)json_int(job->settings, "newest", 0);
    struct place place = {.arena = job->arena,
                          .site = json_text(job->settings, "site"),
                          .public = json_text(job->settings, "public"),
                          .lists = newest > 0};
    const char *shown = json_text_or(job->settings, "shown", path);
    struct feedlint lint = {
        .shown = shown, .categories = json_get(apple, "categories"), .look = look, .ctx = &place};
    struct findings found;
    r = feedlint(job->arena, &lint, bytes, len, &found, e);
    json_free(apple);
    if (r < 0)
        return r;
    struct stage_variant *v = &job->variants[0];
    if (!v->measured)
        v->measured = json_new_object();
    json_put(v->measured, "findings", findings_json(job->arena, shown, &found));
    json_put_text(v->measured, "self", found.self);
    if (json_bool(job->settings, "guids", false)) {
        struct json *guids = json_new_array();
        for (size_t i = 0; i < found.num_guids; i++)
            json_push_text(guids, found.guids[i]);
        json_put(v->measured, "guids", guids);
    }
    if (place.lists)
        json_put(v->measured, "links",
                 links_json(&place, newest, (size_t)json_int(job->settings, "sample", 0)));
    return 0;
}

const struct stage stage_check = {"check", run};
