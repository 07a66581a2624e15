// SPDX-License-Identifier: GPL-3.0-or-later
// What would be done (--dry-run), and whether it could be (--check).
#include "base/fs.h"
#include "base/str.h"
#include "live.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// ---- --dry-run

static bool is_open(const char *url)
{
    return url && (str_starts(url, "http://") || str_starts(url, "rtmp://"));
}

static void print_endpoint(const struct broadcast *b, const struct live_endpoint *ep)
{
    const struct live *l = &b->s.show.live;
    char form[80];
    if (ep->format)
        snprintf(form, sizeof form, "%s %" PRId64 " kbit/s", ep->format, ep->bitrate_kbps);
    else if (l->width)
        snprintf(form, sizeof form, "h264 + aac %" PRId64 " kbit/s", l->bitrate_kbps + 128);
    else
        snprintf(form, sizeof form, "aac 128 kbit/s");
    printf("  %-14s %-9s %-24s %s\n", ep->name, ep->kind, form,
           ep->url ? ep->url : "address from Facebook");
    if (ep->secret)
        printf("  %-14s secret %s: %s\n", "", ep->secret,
               job_secret(b, ep->secret) ? "there" : "missing");
    if (ep->secret && is_open(ep->url))
        printf("  %-14s not encrypted: the secret can be read on the way\n", "");
}

static void print_picture(const struct live *l)
{
    if (l->width)
        printf("picture %" PRId64 " x %" PRId64 ", %g frames a second, %" PRId64 " kbit/s, %s\n",
               l->width, l->height, (double)l->rate_num / l->rate_den, l->bitrate_kbps, l->speed);
    else
        puts("picture none: sound alone");
}

void plan_print(struct broadcast *b)
{
    const struct live *l = &b->s.show.live;
    struct err why = {0};
    if (b->env->json) {
        struct json *job = NULL;
        if (job_make(b, false, &job, &why) >= 0)
            print_json(job);
        json_free(job);
        return;
    }
    printf("%s  %s\n", b->plan.ep->folder, b->plan.ep->title);
    for (size_t i = 0; i < b->num_sources; i++)
        printf("%s %-14s %s%s\n", i ? "backup " : "source ", b->sources[i].name, b->sources[i].url,
               b->sources[i].listen ? "  (waits for a push)" : "");
    print_picture(l);
    printf("sound   rides towards %.1f LUFS, peaks at most %.1f dBTP\n", l->target_lufs,
           l->ceiling_dbtp);
    puts("to");
    for (size_t i = 0; i < b->num_endpoints; i++)
        print_endpoint(b, b->endpoints[i]);
    printf("records %s%s in %s\n", l->record_received ? "as received " : "",
           l->record_aired      ? "as aired"
           : l->record_received ? ""
                                : "nothing",
           b->folder);
    printf("room    %.1f GB for %g hours, %.1f GB are free\n", (double)job_room_bytes(b) / 1e9,
           l->hours, (double)fs_free_bytes(b->s.dir) / 1e9);
    puts("nothing was connected and nothing written");
}

// ---- --check

struct findings {
    struct json *list;
    bool bad_here, bad_there;
};

__attribute__((format(printf, 4, 5))) static void find(struct findings *f, const char *name,
                                                       bool ok, const char *fmt, ...)
{
    char text[1000];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct json *o = json_new_object();
    json_put_text(o, "name", name);
    json_put_bool(o, "ok", ok);
    json_put_text(o, "text", text);
    json_push(f->list, o);
    f->bad_here |= !ok;
}

static void check_secrets(const struct broadcast *b, struct findings *f)
{
    for (size_t i = 0; i < b->num_endpoints; i++) {
        const struct live_endpoint *ep = b->endpoints[i];
        if (!ep->secret)
            continue;
        bool there = job_secret(b, ep->secret) != NULL;
        find(f, ep->name, there, "secret %s is %s", ep->secret,
             there ? "there" : "missing: add a line \"NAME = …\" to the secrets file");
        if (is_open(ep->url))
            find(f, ep->name, true, "not encrypted: the secret can be read on the way");
    }
    for (size_t i = 0; i < b->num_sources; i++) {
        const struct live_source *s = &b->sources[i];
        const char *value = job_secret(b, s->secret);
        if (!s->secret)
            continue;
        find(f, s->name, value != NULL, "secret %s is %s", s->secret, value ? "there" : "missing");
    }
}

static void check_disk(struct broadcast *b, struct findings *f)
{
    struct err e = {0};
    int64_t room = job_room_bytes(b), there = fs_free_bytes(b->s.dir);
    bool made = fs_mkdirs(b->root, &e) >= 0 && access(b->root, W_OK) == 0;
    find(f, "folder", made, "%s %s", b->root, made ? "can be written" : "cannot be written");
    find(f, "disk", there >= room, "%.1f GB are free, %g hours take about %.1f GB",
         (double)there / 1e9, b->s.show.live.hours, (double)room / 1e9);
}

// An endpoint whose secret is missing is asked all the same whether it can be reached.
static int check_far_ends(struct broadcast *b, struct findings *f, struct err *e)
{
    struct json *job = NULL, *answer = NULL;
    struct err missing = {0};
    int r = f->bad_here ? -EINVAL : job_make(b, true, &job, &missing);
    if (r < 0 && !f->bad_here)
        find(f, "show.yaml", false, "%s", missing.text);
    if (r < 0)
        r = job_make(b, false, &job, e);
    if (r >= 0)
        r = live_run(b, job, &answer, e);
    json_free(job);
    const struct json *list = json_get(answer, "check");
    for (size_t i = 0; i < json_count(list); i++) {
        f->bad_there |= !json_bool(json_at(list, i), "ok", false);
        json_push(f->list, json_keep(json_at(list, i)));
    }
    json_free(answer);
    return r;
}

static void print(const struct broadcast *b, const struct findings *f)
{
    if (b->env->json) {
        struct json *o = json_new_object();
        json_put_text(o, "episode", b->plan.ep->folder);
        json_put_bool(o, "ok", !f->bad_here && !f->bad_there);
        json_put(o, "check", json_keep(f->list));
        print_json(o);
        json_free(o);
        return;
    }
    for (size_t i = 0; i < json_count(f->list); i++) {
        const struct json *o = json_at(f->list, i);
        printf("%-7s %-14s %s\n", json_bool(o, "ok", false) ? "ok" : "not ok",
               json_text_or(o, "name", ""), json_text_or(o, "text", ""));
    }
}

int plan_check(struct broadcast *b, struct err *e)
{
    struct findings f = {.list = json_new_array()};
    check_secrets(b, &f);
    check_disk(b, &f);
    int r = check_far_ends(b, &f, e);
    if (r >= 0)
        print(b, &f);
    json_free(f.list);
    return r < 0 ? r : f.bad_here ? 3 : f.bad_there ? 4 : 0;
}
