// SPDX-License-Identifier: GPL-3.0-or-later
// check: reads a feed as a directory would. A tool: nothing is kept.
//
// settings: {"site": the address that stands for public/ in the feed, "public": folder}
//           Where one is missing, lengths and files are not compared.
// in:       {"feed": path, "categories": apple-categories.json}
//           Without the second, categories are not compared.
// makes:    nothing
// measured: {"findings": [{severity "error" or "warning", rule, where, message}]}
#include <string.h>

#include "base/fs.h"
#include "doc/feedlint.h"
#include "model/cover.h"
#include "stage/texts.h"

enum { FEED_MAX = 64 << 20 };

struct place {
    struct arena *arena;
    const char *site, *public;
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

static const char *look(void *ctx, enum feed_link kind, const char *url, int64_t bytes)
{
    struct place *p = ctx;
    if (!str_starts(url, p->site))
        return NULL;
    char *path = path_of(p->arena, url + strlen(p->site));
    if (leaves_root(path))
        return arena_printf(p->arena, "%s: leads out of the site", url);
    const char *file = fs_join(p->arena, p->public, path);
    int64_t size = fs_size(file);
    if (size < 0)
        return arena_printf(p->arena, "the feed names %s, which is not there; publish again", path);
    if (bytes >= 0 && size != bytes)
        return arena_printf(p->arena, "the feed says %lld bytes, %s has %lld; publish again",
                            (long long)bytes, path, (long long)size);
    struct err why = {0};
    if (kind != FEED_IMAGE || cover_check(file, NULL, &why) >= 0)
        return NULL;
    for (char *c = why.text; *c; c++)
        *c = *c == '\n' ? ' ' : *c;
    return arena_printf(p->arena, "%s: %s", path,
                        why.text + (str_starts(why.text, file) ? strlen(file) + 2 : 0));
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
    struct place place = {job->arena, json_text(job->settings, "site"),
                          json_text(job->settings, "public")};
    struct feedlint lint = {
        .shown = path, .categories = json_get(apple, "categories"), .ctx = &place};
    if (place.site && place.public)
        lint.look = look;
    struct findings found;
    r = feedlint(job->arena, &lint, bytes, len, &found, e);
    json_free(apple);
    if (r < 0)
        return r;
    struct stage_variant *v = &job->variants[0];
    if (!v->measured)
        v->measured = json_new_object();
    json_put(v->measured, "findings", findings_json(job->arena, path, &found));
    return 0;
}

const struct stage stage_check = {"check", run};
