// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/relay.h"

#include "base/clock.h"
#include "base/str.h"
#include "live/earlier.h"
#include "live/parts.h"
#include "live/reach.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const double say_s = 0.5, save_s = 2, look_s = 0.05;
static const double grace_s = 3; // for what is queued when the broadcast ends

static void learn_secrets(struct redactor *r, const struct json *list)
{
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *o = json_at(list, i);
        redactor_add(r, json_text_or(o, "secret", ""));
        redactor_add_login(r, json_text_or(o, "user", "source"), json_text_or(o, "secret", ""));
    }
}

static void save(const struct relay *r, const char *key, const struct json *o)
{
    const char *path = json_text(r->job, key);
    struct err e = {0};
    if (path && json_save(path, o, &e) < 0)
        telling_event((struct relay *)(uintptr_t)r, "warning", key, "", e.text);
}

static void say(struct relay *r, const char *key, struct json *value)
{
    struct json *line = json_new_object();
    json_put(line, key, value);
    r->p->say(r->p->ctx, line);
}

static bool is_over(struct relay *r)
{
    pthread_mutex_lock(&r->lock);
    bool asked = r->stop_asked;
    pthread_mutex_unlock(&r->lock);
    return asked || (r->p->stop && atomic_load(r->p->stop)) || program_is_over(r->program);
}

static void look_at_slate(struct relay *r)
{
    struct program_state s;
    program_state(r->program, &s);
    if (s.on_air == r->last_on_air)
        return;
    r->last_on_air = s.on_air;
    telling_event(r, "slate", s.on_air < 0 ? "" : r->source_names[s.on_air],
                  s.on_air < 0 ? "on" : "off", "");
}

// A chapter is to outlive what happens next.
static bool save_is_asked(struct relay *r)
{
    pthread_mutex_lock(&r->lock);
    bool asked = r->save_asked;
    r->save_asked = false;
    pthread_mutex_unlock(&r->lock);
    return asked;
}

static void keep_going(struct relay *r)
{
    double said = 0, saved = 0;
    while (!is_over(r)) {
        double now = clock_monotonic();
        look_at_slate(r);
        if (save_is_asked(r))
            said = saved = 0;
        if (now - said >= say_s) {
            said = now;
            struct json *state = telling_state(r);
            if (now - saved >= save_s) {
                saved = now;
                save(r, "state_file", state);
            }
            say(r, "state", state);
        }
        usleep((useconds_t)(look_s * 1e6));
    }
}

static int judge(const struct relay *r, const struct json *state, struct err *e)
{
    const struct json *list = json_get(state, "endpoints");
    (void)r;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *o = json_at(list, i);
        if (!json_int(o, "connections", 0))
            return err_remote(e, -ENOTCONN, "%s was never reached: %s", json_text_or(o, "name", ""),
                              json_text_or(o, "why", "no answer"));
    }
    return 0;
}

static struct json *state_of(void *ctx)
{
    return telling_state(ctx);
}

// A port that somebody else has is no reason not to broadcast.
static void show_metrics(struct relay *r)
{
    struct metrics_params p = {
        .port = (int)json_int(r->job, "metrics_port", 0),
        .state = state_of,
        .ctx = r,
        .target_lufs = json_number(json_get(r->job, "loudness"), "target_lufs", -16),
    };
    struct err e = {0};
    char text[80];
    if (!p.port)
        return;
    if (metrics_start(&p, &r->metrics, &e) < 0) {
        say(r, "warning", json_new_text(e.text));
        return;
    }
    snprintf(text, sizeof text, "http://127.0.0.1:%d/", metrics_port(r->metrics));
    telling_event(r, "page", "status", "up", text);
}

static int run(struct relay *r, struct json **ret_report, struct err *e)
{
    r->earlier = earlier_measure(json_get(r->job, "earlier"));
    int c = wiring_make(r, e);
    if (c >= 0)
        c = wiring_start(r, e);
    if (c >= 0 && json_text(r->job, "socket"))
        c = control_start(json_text(r->job, "socket"), telling_answer, r, &r->control, e);
    if (c < 0)
        return c;
    show_metrics(r);
    keep_going(r);
    wiring_stop(r, grace_s);
    control_stop(r->control);
    r->control = NULL;
    metrics_stop(r->metrics);
    r->metrics = NULL;
    struct json *state = telling_state(r);
    *ret_report = telling_report(state);
    json_put_bool(state, "ended", true);
    save(r, "state_file", state);
    save(r, "report_file", *ret_report);
    c = judge(r, state, e);
    json_free(state);
    return c;
}

static int check(struct relay *r, struct json **ret_report)
{
    *ret_report = json_new_object();
    json_put(*ret_report, "check", reach_all(&r->arena, r->job, r->p->redactor));
    return 0;
}

// Ends what was left open, or announces what is to come.
static int only_talk(struct relay *r, struct json **ret_report, struct err *e)
{
    struct str said;
    str_init(&said, STR_MAX);
    int c = (json_bool(r->job, "announce", false) ? reach_announce : reach_end_stale)(
        &r->arena, r->job, r->p->redactor, &said, e);
    *ret_report = json_new_object();
    json_put_text(*ret_report, "said", said.p);
    str_done(&said);
    return c;
}

int relay_run(const struct relay_params *p, struct json **ret_report, struct err *e)
{
    struct relay *r = mem_alloc(sizeof *r);
    r->p = p;
    r->job = p->job;
    r->started_utc_s = clock_now();
    r->last_on_air = -1;
    pthread_mutex_init(&r->lock, NULL);
    snprintf(r->title, sizeof r->title, "%s", json_text_or(p->job, "title", ""));
    signal(SIGPIPE, SIG_IGN);
    learn_secrets(p->redactor, json_get(p->job, "endpoints"));
    learn_secrets(p->redactor, json_get(p->job, "sources"));
    *ret_report = NULL;
    int c = json_bool(p->job, "check", false) ? check(r, ret_report)
            : json_bool(p->job, "end_stale", false) || json_bool(p->job, "announce", false)
                ? only_talk(r, ret_report, e)
                : run(r, ret_report, e);
    control_stop(r->control);
    wiring_free(r);
    json_free(r->earlier);
    if (c < 0 && e)
        redact_text(p->redactor, e->text, sizeof e->text);
    pthread_mutex_destroy(&r->lock);
    arena_done(&r->arena);
    free(r);
    return c;
}
