// SPDX-License-Identifier: GPL-3.0-or-later
// After a broadcast: what was recorded and how it is published, chapters that were marked, and what
// the law still asks for.
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "live.h"
#include "livereceived.h"
#include "plan/review.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DAY_S = 86400 };

// "received" or "aired", by its name where the report does not say it.
static bool is_kind(const struct json *o, const char *kind)
{
    return str_starts(json_text_or(o, "kind", fs_basename(json_text_or(o, "path", ""))), kind);
}

int end_write_chapters(struct broadcast *b, const struct json *report, char **ret_path,
                       struct err *e)
{
    char when[CLOCK_TEXT];
    struct str s;
    struct json *parts = received_all(report);
    *ret_path = NULL;
    if (!received_marked(parts) || b->mode != LIVE_BROADCAST) {
        json_free(parts);
        return 0;
    }
    clock_iso(b->s.now_utc_s, when);
    str_init(&s, 1 << 20);
    str_addf(&s,
             "# Marked during the broadcast that began at %s.\n"
             "# publish takes them where episode.yaml has no chapters; times count from the start "
             "of\n# what was received. Change what you like; chapters: [] there is without.\n",
             when);
    received_chapters(parts, &s);
    json_free(parts);
    char *path = fs_join(&b->s.arena, b->plan.ep->dir, episode_live_chapters);
    int r = fs_replace(path, s.p, s.len, e);
    str_done(&s);
    if (r >= 0)
        *ret_path = path;
    return r < 0 ? r : 0;
}

// ---- words

static void print_endpoint(const struct json *o)
{
    int again = (int)json_int_in(o, "connections", 0, INT_MAX, 0) - 1;
    printf("  %-14s %9.1f s sent", json_text_or(o, "name", ""), json_number(o, "delivered_s", 0));
    if (again < 0)
        printf(", never came up: %s", json_text_or(o, "why", "unknown why"));
    else if (again > 0)
        printf(", connected again %d times", again);
    if (json_number(o, "dropped_s", 0) > 0)
        printf(", %.1f s left out", json_number(o, "dropped_s", 0));
    putchar('\n');
}

static bool needs_quotes(const char *path)
{
    for (const char *c = path; *c; c++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@,%", *c))
            return true;
    return false;
}

// As a shell takes it for one word.
static void print_word(const char *path)
{
    if (!needs_quotes(path)) {
        printf(" %s", path);
        return;
    }
    fputs(" '", stdout);
    for (const char *c = path; *c; c++)
        fputs(*c == '\'' ? "'\\''" : (char[]){*c, 0}, stdout);
    putchar('\'');
}

// The one as received is for publishing: no slate, no loudness but its own.
static void print_recordings(struct broadcast *b, const struct json *report)
{
    const struct json *list = json_get(report, "recordings"), *best = json_at(list, 0);
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *o = json_at(list, i);
        printf("  %-9s %s  %.1f MB\n", is_kind(o, "received") ? "received" : "aired",
               json_text_or(o, "path", ""), json_number(o, "bytes", 0) / 1e6);
        if (is_kind(o, "received"))
            best = o;
    }
    if (!best)
        return;
    printf("publish it with:\n  dgl-episode publish %s", b->plan.ep->folder);
    print_word(json_text_or(best, "path", ""));
    putchar('\n');
}

// What began again is one recording for the episode, part after part.
static void print_parts(const struct json *report)
{
    struct json *parts = received_all(report);
    size_t n = json_count(parts);
    if (n > 1)
        printf("the broadcast was received in %zu parts; in episode.yaml they are one recording, "
               "which publish then takes:\n  recordings: [{parts: [",
               n);
    for (size_t i = 0; n > 1 && i < n; i++) {
        struct json *path = json_new_text(json_text_or(json_at(parts, i), "path", ""));
        struct str s;
        str_init(&s, STR_MAX);
        json_write(&s, path, false);
        printf("%s%s", i ? ", " : "", s.p);
        str_done(&s);
        json_free(path);
    }
    if (n > 1)
        puts("]}]");
    json_free(parts);
}

static void print_consents(const struct episode *ep)
{
    for (size_t i = 0; i < ep->num_guests; i++) {
        const char *missing[REVIEW_SCOPES];
        size_t n = review_consent(&ep->guests[i], missing);
        if (n)
            printf("ask %s: consent to the broadcast does not cover its recording (missing: "
                   "%s%s%s); note it in episode.yaml under consent\n",
                   ep->guests[i].name, missing[0], n > 1 ? ", " : "", n > 1 ? missing[1] : "");
    }
}

static void print_chapters(const struct json *report, const char *path)
{
    struct str s;
    struct json *parts = received_all(report);
    str_init(&s, 1 << 20);
    received_chapters(parts, &s);
    json_free(parts);
    printf("chapters, which publish takes from %s where episode.yaml has none:\n%s", path, s.p);
    str_done(&s);
}

void end_print(struct broadcast *b, const struct json *report, const char *chapters)
{
    const struct json *l = json_get(report, "loudness"), *list = json_get(report, "endpoints");
    double lufs = json_number(l, "integrated_lufs", NAN),
           s = json_number_in(report, "elapsed_s", 0, INT_MAX, 0);
    if (b->env->verbosity < 0)
        return;
    if (b->mode == LIVE_END_STALE || b->mode == LIVE_ANNOUNCE) {
        puts(json_text_or(report, "said", "nothing was left open"));
        return;
    }
    printf("%s  %s  ended after %02d:%02d:%02d", b->plan.ep->folder, b->plan.ep->title,
           (int)s / 3600, (int)s / 60 % 60, (int)s % 60);
    if (isfinite(lufs))
        printf("  %.1f LUFS  %.1f dBTP", lufs, json_number(l, "true_peak_dbtp", NAN));
    putchar('\n');
    for (size_t i = 0; i < json_count(list); i++)
        print_endpoint(json_at(list, i));
    if (b->mode != LIVE_BROADCAST)
        return;
    print_recordings(b, report);
    print_parts(report);
    if (chapters)
        print_chapters(report, chapters);
    if (!json_count(json_get(report, "recordings")))
        return;
    print_consents(b->plan.ep);
    printf("captions: a recording that is published or left lying needs them within %d days; "
           "dgl-episode status counts\n",
           LIVE_CAPTION_DAYS);
}

// ---- what status says of it later

// "2026-12-08T100000Z", as folders are named.
static bool started_at(struct arena *a, const char *name, int64_t *ret_utc_s)
{
    if (strlen(name) != 18 || name[10] != 'T')
        return false;
    return clock_parse_iso(arena_printf(a, "%.13s:%.2s:%.3s", name, name + 13, name + 15),
                           ret_utc_s, NULL);
}

static bool was_recorded(struct arena *a, const char *dir)
{
    struct json *report = NULL;
    json_load(fs_join(a, dir, "report.json"), &report, NULL);
    bool recorded = json_count(json_get(report, "recordings")) > 0;
    json_free(report);
    return recorded;
}

static bool has_captions(const struct episode *ep)
{
    for (size_t i = 0; i < ep->num_captions; i++)
        if (!str_same(ep->captions[i].made, "automatic"))
            return true;
    return false;
}

struct json *end_captions_due(struct arena *a, const char *show_dir, const char *slug,
                              const struct episode *ep, int64_t now_utc_s)
{
    char **names, until[CLOCK_TEXT];
    size_t n;
    int64_t began = 0;
    const char *root = arena_printf(a, "%s/.dgl/live/%s", show_dir, slug);
    if (fs_list(a, root, &names, &n, NULL) < 0)
        return NULL;
    for (size_t i = n; i-- > 0;)
        if (started_at(a, names[i], &began) && was_recorded(a, fs_join(a, root, names[i])))
            break;
        else
            began = 0;
    if (!began)
        return NULL;
    int64_t end = began + (int64_t)LIVE_CAPTION_DAYS * DAY_S;
    struct json *o = json_new_object();
    clock_iso(end, until);
    json_put_text(o, "until", until);
    json_put_int(o, "days_left", (int64_t)floor((double)(end - now_utc_s) / DAY_S));
    json_put_bool(o, "have", has_captions(ep));
    return o;
}
