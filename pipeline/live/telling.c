// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/parts.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "model/spot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void put_time(struct json *o, const char *key, int64_t utc_s)
{
    char text[CLOCK_TEXT];
    clock_iso(utc_s, text);
    json_put_text(o, key, text);
}

static struct json *sources_json(struct relay *r, int on_air)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < r->num_intakes && r->intakes[i]; i++) {
        struct json *o = json_new_object();
        char text[INTAKE_TEXT];
        intake_describe(r->intakes[i], text);
        json_put_text(o, "name", r->source_names[i]);
        json_put_text(o, "state", intake_states[intake_state(r->intakes[i])]);
        json_put_bool(o, "on_air", (int)i == on_air);
        json_put_text(o, "format", text);
        json_put_real(o, "buffered_s", intake_buffered_s(r->intakes[i]));
        json_push(list, o);
    }
    return list;
}

// What a filter's last breath reads is silence.
static double level(double lufs)
{
    return lufs < -120 ? -HUGE_VAL : lufs;
}

static struct json *loudness_json(struct relay *r)
{
    struct ride_readings now;
    struct json *o = json_new_object();
    if (r->program)
        program_loudness(r->program, &now);
    else
        ride_readings(r->ride, &now);
    json_put_real(o, "momentary_lufs", level(now.out.momentary_lufs));
    json_put_real(o, "short_term_lufs", level(now.out.short_term_lufs));
    json_put_real(o, "integrated_lufs", now.out.integrated_lufs);
    json_put_real(o, "true_peak_dbtp", level(now.out.true_peak_dbtp));
    json_put_real(o, "gain_db", now.gain_db);
    return o;
}

static struct json *endpoints_json(struct relay *r)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < r->num_endpoints; i++) {
        struct json *o = endpoint_json(r->endpoints[i].endpoint);
        if (r->endpoints[i].more) {
            struct json *more = r->endpoints[i].more(r->endpoints[i].ctx);
            for (size_t k = 0; k < json_count(more); k++) {
                const char *key = json_key_at(more, k);
                json_put(o, key, json_keep(json_get(more, key)));
            }
            json_free(more);
        }
        json_push(list, o);
    }
    return list;
}

static struct json *recordings_json(struct relay *r)
{
    struct json *list = json_new_array();
    recorder_list(r->recorder, list);
    if (r->aired) {
        char path[4096];
        struct endpoint_stats s;
        muxer_path(r->aired, path, sizeof path);
        endpoint_stats(r->endpoints[r->num_endpoints - 1].endpoint, &s);
        if (path[0] && fs_exists(path)) {
            struct json *o = json_new_object();
            json_put_text(o, "kind", "aired");
            json_put_text(o, "path", path);
            json_put_real(o, "starts_s", 0);
            json_put_int(o, "bytes", fs_size(path));
            json_put_real(o, "seconds", s.delivered_s);
            json_push(list, o);
        }
    }
    return list;
}

static struct json *marks_json(struct relay *r)
{
    struct json *list = json_new_array();
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < r->num_marks; i++) {
        struct json *o = json_new_object();
        json_put_real(o, "at_s", r->marks[i].at_s);
        json_put_text(o, "title", r->marks[i].title);
        json_push(list, o);
    }
    pthread_mutex_unlock(&r->lock);
    return list;
}

static int64_t memory_now(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f && fscanf(f, "%*s %ld", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

static double cpu_s(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

struct json *telling_state(struct relay *r)
{
    struct json *o = json_new_object();
    struct program_state s = {.on_air = -1};
    int64_t left_out = 0;
    if (r->program)
        program_state(r->program, &s);
    for (size_t i = 0; i < r->num_encoders; i++)
        left_out += encoder_left_out(r->encoders[i].encoder);
    json_put_text(o, "episode", json_text(r->job, "episode"));
    pthread_mutex_lock(&r->lock);
    json_put_text(o, "title", r->title);
    pthread_mutex_unlock(&r->lock);
    put_time(o, "started", r->started_utc_s);
    put_time(o, "said", clock_now());
    json_put_real(o, "elapsed_s", s.elapsed_s);
    json_put_bool(o, "on_slate", s.on_air < 0);
    json_put_real(o, "slate_s", s.slate_s);
    json_put_real(o, "late_s", s.late_s);
    json_put_int(o, "pictures_left_out", left_out);
    json_put(o, "sources", sources_json(r, s.on_air));
    json_put(o, "loudness", loudness_json(r));
    json_put(o, "endpoints", endpoints_json(r));
    json_put(o, "recordings", recordings_json(r));
    json_put(o, "marks", marks_json(r));
    json_put(o, "earlier", json_count(r->earlier) ? json_keep(r->earlier) : NULL);
    json_put_real(o, "cpu_s", cpu_s());
    json_put_int(o, "memory_bytes", memory_now());
    json_put_int(o, "pid", getpid());
    struct json *clean = redact_json(r->p->redactor, o);
    json_free(o);
    return clean;
}

struct json *telling_report(const struct json *last_state)
{
    struct json *o = json_new_object(), *files = json_new_array();
    static const char *const kept[] = {"episode",  "title",     "started", "elapsed_s", "slate_s",
                                       "loudness", "endpoints", "marks",   "earlier",   "cpu_s"};
    for (size_t i = 0; i < COUNT(kept); i++)
        if (json_get(last_state, kept[i]))
            json_put(o, kept[i], json_keep(json_get(last_state, kept[i])));
    put_time(o, "ended", clock_now());
    const struct json *list = json_get(last_state, "recordings");
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *was = json_at(list, i);
        const char *path = json_text_or(was, "path", "");
        char hex[HASH_HEX] = "";
        struct json *f = json_new_object();
        json_put_text(f, "kind", json_text(was, "kind"));
        json_put_text(f, "path", path);
        json_put_real(f, "starts_s", json_number(was, "starts_s", 0));
        json_put_int(f, "bytes", fs_size(path));
        json_put_real(f, "seconds", json_number(was, "seconds", 0));
        if (hash_file(path, hex, NULL, NULL, NULL, NULL) >= 0)
            json_put_text(f, "sha256", hex);
        json_push(files, f);
    }
    json_put(o, "recordings", files);
    return o;
}

void telling_event(struct relay *r, const char *what, const char *name, const char *state,
                   const char *text)
{
    struct json *o = json_new_object();
    json_put_text(o, "event", what);
    json_put_text(o, "name", name);
    json_put_text(o, "state", state);
    json_put_text(o, "text", text ? text : "");
    r->p->say(r->p->ctx, o);
}

// ---- the control socket

static struct json *ok(void)
{
    struct json *o = json_new_object();
    json_put_bool(o, "ok", true);
    return o;
}

static struct json *refuse(const char *why)
{
    struct json *o = json_new_object();
    json_put_bool(o, "ok", false);
    json_put_text(o, "error", why);
    return o;
}

static struct json *do_status(struct relay *r, const struct json *asked)
{
    (void)asked;
    struct json *o = ok();
    json_put(o, "state", telling_state(r));
    return o;
}

static struct json *do_stop(struct relay *r, const struct json *asked)
{
    (void)asked;
    pthread_mutex_lock(&r->lock);
    r->stop_asked = true;
    pthread_mutex_unlock(&r->lock);
    return ok();
}

// It goes to servers, onto screens and into a file that publish reads.
static bool is_title(const char *text)
{
    size_t len = strlen(text);
    return !strchr(text, '\n') && spot_find_unwanted(text, len, 0) == len;
}

static struct json *do_mark(struct relay *r, const struct json *asked)
{
    const char *title = json_text_or(asked, "title", "");
    struct program_state s = {0};
    if (!is_title(title))
        return refuse("a chapter's title is one line without control characters");
    if (r->program)
        program_state(r->program, &s);
    pthread_mutex_lock(&r->lock);
    bool room = r->num_marks < RELAY_MARKS;
    if (room) {
        struct relay_mark *m = &r->marks[r->num_marks++];
        m->at_s = s.elapsed_s;
        str_fit(m->title, sizeof m->title, title);
        r->save_asked = true;
    }
    pthread_mutex_unlock(&r->lock);
    if (!room)
        return refuse("there are 500 marks already");
    telling_event(r, "mark", title, "", "");
    struct json *o = ok();
    json_put_real(o, "at_s", s.elapsed_s);
    return o;
}

static struct json *do_title(struct relay *r, const struct json *asked)
{
    const char *title = json_text_or(asked, "title", "");
    if (!title[0])
        return refuse("a title is missing");
    if (!is_title(title))
        return refuse("a title is one line without control characters");
    pthread_mutex_lock(&r->lock);
    str_fit(r->title, sizeof r->title, title);
    pthread_mutex_unlock(&r->lock);
    for (size_t i = 0; i < r->num_endpoints; i++)
        if (r->endpoints[i].title)
            r->endpoints[i].title(r->endpoints[i].ctx, title);
    telling_event(r, "title", title, "", "");
    return ok();
}

struct json *telling_answer(void *ctx, const struct json *asked)
{
    static const struct {
        const char *what;
        struct json *(*answer)(struct relay *r, const struct json *asked);
    } rows[] = {{"status", do_status}, {"stop", do_stop}, {"mark", do_mark}, {"title", do_title}};
    for (size_t i = 0; i < COUNT(rows); i++)
        if (str_same(rows[i].what, json_text_or(asked, "do", "")))
            return rows[i].answer(ctx, asked);
    return refuse("\"do\" is one of status, stop, mark, title");
}
