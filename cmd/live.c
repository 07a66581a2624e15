// SPDX-License-Identifier: GPL-3.0-or-later
// live: a broadcast from one source to many endpoints, and the words that talk to it while it runs.
#include "live.h"

#include "base/fs.h"
#include "base/str.h"
#include "livetalk.h"
#include "liveview.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

const struct opt live_opts[] = {
    {"from", 0, "SOURCE",
     "a file, an address, alsa:default, pulse:…, v4l2:…, - for standard input, "
     "or a source of show.yaml; again: a backup"},
    {"only", 0, "NAME", "to this endpoint alone; again, or NAME,NAME: to several"},
    {"dry-run", 'n', NULL, "say what would be done; connect nowhere, write nothing"},
    {"check", 0, NULL, "days before: secrets, disk, endpoints and their certificates"},
    {"rehearse", 0, NULL, "send a test pattern to the endpoints of --only, record nothing"},
    {"resume", 0, NULL, "go on with the broadcast that a crash or a power cut interrupted"},
    {"announce", 0, NULL,
     "make it known at Facebook for live: {start} of episode.yaml, at most seven days ahead"},
    {"end-stale", 0, NULL, "end what such a broadcast left open at Facebook and in the feed"},
    {"metrics", 0, "PORT", "measurements for Prometheus and a status page on 127.0.0.1"},
    {"secrets-fd", 0, "N", "read secrets, lines \"name = value\", from this open descriptor"},
    {"unit", 0, NULL, "print a systemd unit for this broadcast"},
    {NULL, 0, NULL, NULL},
};

// ---- the words for a broadcast that runs

static int no_broadcast(struct err *e)
{
    return err_input(e, "no broadcast of this show is running here\n"
                        "begin one: dgl-episode live EPISODE --from SOURCE");
}

// What is running needs no show.yaml that can be read.
static int find_socket(struct arena *a, const struct env *env, char **ret, struct err *e)
{
    char *dir;
    int r = session_find_show(a, env->dir, &dir, e);
    *ret = r < 0 ? NULL : talk_find(a, dir);
    return r;
}

static void print_state(const struct json *o)
{
    const struct json *source = view_source(o), *list = json_get(o, "endpoints");
    const struct json *l = json_get(o, "loudness");
    int s = (int)json_number_in(o, "elapsed_s", 0, INT_MAX, 0);
    printf("%s  %02d:%02d:%02d  source %s: %s%s\n", json_text_or(o, "episode", ""), s / 3600,
           s / 60 % 60, s % 60, json_text_or(source, "name", "–"),
           json_text_or(source, "state", ""),
           json_bool(o, "on_slate", false) ? ", the slate is on air" : "");
    if (json_get(l, "short_term_lufs"))
        printf("  %.1f LUFS over 3 s, %.1f so far, %.1f dBTP\n",
               json_number(l, "short_term_lufs", 0), json_number(l, "integrated_lufs", 0),
               json_number(l, "true_peak_dbtp", 0));
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *ep = json_at(list, i);
        bool calm = str_same(json_text(ep, "state"), "live");
        printf("  %-14s %-10s %6.0f kbit/s %5.1f s waiting %5.0f dropped  %s\n",
               json_text_or(ep, "name", ""), json_text_or(ep, "state", ""),
               json_number(ep, "kbps", 0), json_number(ep, "queue_s", 0),
               json_number(ep, "dropped", 0), calm ? "" : json_text_or(ep, "why", ""));
    }
}

static int say_status(const struct env *env, const char *socket, struct err *e)
{
    struct json *answer = NULL;
    int r = socket ? talk_ask(socket, talk_question("status", NULL), &answer, e) : 0;
    if (r < 0)
        return r;
    const struct json *state = json_get(answer, "state");
    if (env->json) {
        struct json *o = state ? json_keep(state) : json_new_object();
        json_put_bool(o, "running", state != NULL);
        print_json(o);
        json_free(o);
    } else if (state) {
        print_state(state);
    } else {
        puts("no broadcast of this show is running here");
    }
    json_free(answer);
    return 0;
}

// "live mark A long title" need not be in quotes.
static char *joined(struct arena *a, const struct args *args)
{
    struct str s;
    str_init(&s, 1000);
    for (size_t i = 1; i < args->num_words; i++)
        str_addf(&s, "%s%s", i > 1 ? " " : "", args->words[i]);
    char *text = s.len ? arena_strdup(a, s.p) : NULL;
    str_done(&s);
    return text;
}

static int talk(const struct env *env, const struct args *args, struct err *e)
{
    struct arena a = {0};
    struct json *answer = NULL;
    char *socket;
    const char *word = args->words[0], *title = joined(&a, args);
    bool titled = str_same(word, "mark") || str_same(word, "title");
    int r = find_socket(&a, env, &socket, e);
    if (r >= 0 && titled != (title != NULL))
        r = err_usage(e,
                      titled ? "dgl-episode live %s TITLE: which title?"
                             : "dgl-episode live %s takes no further word",
                      word);
    if (r >= 0 && str_same(word, "status"))
        r = say_status(env, socket, e);
    else if (r >= 0)
        r = socket ? talk_ask(socket, talk_question(word, title), &answer, e) : no_broadcast(e);
    if (r >= 0 && answer && env->json)
        print_json(answer);
    else if (r >= 0 && answer && env->verbosity >= 0)
        printf("%s%s%s\n", word, title ? ": " : " was asked for; it ends in order",
               title ? title : "");
    json_free(answer);
    arena_done(&a);
    return r < 0 ? r : 0;
}

// ---- a broadcast

static int refuse_second(struct broadcast *b, struct err *e)
{
    if (!talk_find(&b->s.arena, b->s.dir))
        return 0;
    return err_input(e, "a broadcast of this show is running already\n"
                        "look at it: dgl-episode live status; end it: dgl-episode live stop");
}

// The slate is worth a warning, never the broadcast.
static void draw_slate(struct broadcast *b)
{
    struct err e = {0};
    if (slate_draw(b, &e) < 0)
        progress_warn(b->env->progress, "without a drawn slate: %s", e.text);
}

// What ended with a far end's fault has all its results, too.
static int finish(struct broadcast *b, const struct json *report, int r, struct err *e)
{
    char *chapters = NULL;
    struct err why = {0};
    if (!report)
        return r;
    if (end_write_chapters(b, report, &chapters, &why) < 0)
        progress_warn(b->env->progress, "the chapters were not written: %s", why.text);
    if (b->env->json)
        print_json(report);
    else
        end_print(b, report, chapters);
    const struct json *list = json_get(report, "endpoints");
    for (size_t i = 0; r >= 0 && i < json_count(list); i++) {
        const struct json *ep = json_at(list, i);
        if (json_int(ep, "connections", 1) > 0)
            continue;
        r = err_set(e, -EHOSTUNREACH, "endpoint %s never came up; all else is done",
                    json_text_or(ep, "name", ""));
        e->kind = ERR_REMOTE;
    }
    return r;
}

static void look_at_disk(struct broadcast *b)
{
    int64_t room = job_room_bytes(b), there = fs_free_bytes(b->s.dir);
    if (b->mode == LIVE_BROADCAST && there >= 0 && there < room)
        progress_warn(b->env->progress,
                      "%.1f GB are free, the recordings of %g hours take about %.1f GB; the "
                      "broadcast goes on when the disk is full, they do not",
                      (double)there / 1e9, b->s.show.live.hours, (double)room / 1e9);
}

static int broadcast(struct broadcast *b, struct err *e)
{
    struct json *job = NULL, *report = NULL;
    int r = refuse_second(b, e);
    // everything that can be refused is, before anything is written
    if (r >= 0)
        r = job_make(b, true, &job, e);
    if (r >= 0 && b->mode != LIVE_END_STALE && b->mode != LIVE_ANNOUNCE && b->s.show.live.width) {
        draw_slate(b);
        json_free(job);
        job = NULL;
        r = job_make(b, true, &job, e);
    }
    if (r >= 0)
        look_at_disk(b);
    if (r >= 0)
        r = live_run(b, job, &report, e);
    r = finish(b, report, r, e);
    json_free(job);
    json_free(report);
    return r;
}

static int run(struct broadcast *b, const struct args *args, struct err *e)
{
    struct err why = {0};
    if (args_has(args, "unit"))
        return unit_print(b, e);
    if (args_has(args, "dry-run")) {
        if (broadcast_secrets(b, args, &why) < 0)
            progress_warn(b->env->progress, "%s", why.text);
        plan_print(b);
        return 0;
    }
    int r = broadcast_secrets(b, args, e);
    if (r < 0)
        return r;
    return b->mode == LIVE_CHECK ? plan_check(b, e) : broadcast(b, e);
}

int cmd_live(const struct env *env, const struct args *args, struct err *e)
{
    static const char *const talks[] = {"mark", "title", "stop", "status"};
    struct broadcast b = {.input = -1};
    for (size_t i = 0; i < COUNT(talks); i++)
        if (str_same(args->words[0], talks[i]))
            return talk(env, args, e);
    if (args->num_words > 1)
        return err_usage(e, "one episode at a time; sources are named with --from");
    // what is in memory here must not end up in a core file
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    int r = broadcast_open(&b, env, args, e);
    if (r >= 0)
        r = run(&b, args, e);
    broadcast_close(&b);
    return r;
}
