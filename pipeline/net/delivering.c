// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/delivering.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "base/workers.h"
#include "net/remote.h"

// AWAY_AFTER: so many files in a row that failed in all their tries: nobody is there any more, and
// the others would wait as long for nothing.
enum { PAUSE_MS = 50, LONGEST_WAIT_S = 120, SPEED_S = 5, AWAY_AFTER = 4 };

struct courier {
    const struct json *job;
    const atomic_bool *stop;
    const struct progress *progress;
    struct remote_params params;
    int64_t tries;
    double retry_s;
    int journal; // below 0: none
    pthread_mutex_t lock;
    // lock:
    struct remote **idle; // connections nobody uses now
    size_t num_idle;
    struct json *sent, *there, *removed, *failed;
    int64_t total, gone, sent_bytes;
    char now[300];         // what is sent
    double marked_s, rate; // bytes a second, over the last seconds
    int64_t marked;
    int64_t in_a_row; // files that failed, and none has arrived between
    bool hopeless;    // what waiting cannot mend has happened
};

static bool stopped(const void *ctx)
{
    const struct courier *c = ctx;
    return c->stop && atomic_load(c->stop);
}

static void amount(int64_t bytes, char *ret, size_t size)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double v = (double)bytes;
    size_t i = 0;
    while (v >= 999.5 && i + 1 < COUNT(units))
        v /= 1000, i++;
    snprintf(ret, size, i && v < 10 ? "%.1f %s" : "%.0f %s", v, units[i]);
}

// lock is held
static void tell(struct courier *c)
{
    char gone[32], total[32], rate[32], what[120];
    double now = clock_monotonic();
    if (now - c->marked_s >= SPEED_S || !c->marked_s) {
        c->rate = c->marked_s ? (double)(c->gone - c->marked) / (now - c->marked_s) : 0;
        c->marked_s = now;
        c->marked = c->gone;
    }
    amount(c->gone, gone, sizeof gone);
    amount(c->total, total, sizeof total);
    amount((int64_t)fmax(c->rate, 0), rate, sizeof rate);
    snprintf(what, sizeof what, "%s\t%s of %s%s%s%s", json_text_or(c->job, "name", "target"), gone,
             total, c->rate > 0 ? ", " : "", c->rate > 0 ? rate : "", c->rate > 0 ? "/s" : "");
    progress_update(c->progress, what, c->total ? (double)c->gone / (double)c->total : 1, -1);
}

static void on_sent(void *ctx, int64_t bytes)
{
    struct courier *c = ctx;
    pthread_mutex_lock(&c->lock);
    c->gone += bytes;
    tell(c);
    pthread_mutex_unlock(&c->lock);
}

static struct remote *take(struct courier *c)
{
    pthread_mutex_lock(&c->lock);
    struct remote *r = c->num_idle ? c->idle[--c->num_idle] : NULL;
    pthread_mutex_unlock(&c->lock);
    return r;
}

static void give_back(struct courier *c, struct remote *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&c->lock);
    c->idle[c->num_idle++] = r;
    pthread_mutex_unlock(&c->lock);
}

// False: stopped.
static bool wait_s(struct courier *c, double seconds)
{
    double until = clock_monotonic() + fmin(seconds, LONGEST_WAIT_S);
    while (!stopped(c) && clock_monotonic() < until)
        poll(NULL, 0, PAUSE_MS);
    return !stopped(c);
}

struct errand {
    int (*fn)(struct courier *c, struct remote *r, const void *what, struct err *e);
    const void *what;
};

static int interrupted(struct err *e)
{
    err_set(e, -ECANCELED, "interrupted");
    e->kind = ERR_INTERRUPTED;
    return -ECANCELED;
}

// -ENOENT speaks of a file, never of the target.
static int open_target(struct courier *c, struct remote **ret, struct err *e)
{
    int r = remote_open(&c->params, ret, e);
    return r == -ENOENT ? e->code = -ENOTDIR : r;
}

// With a remote that is free, or a new one. It stays the same between the tries: what it remembers
// of the one that broke off is what the next one goes on with; it connects anew by itself.
static int insist(struct courier *c, const struct errand *x, struct err *e)
{
    if (stopped(c))
        return interrupted(e);
    struct remote *remote = take(c);
    int r = 0;
    for (int64_t i = 1;; i++) {
        *e = (struct err){0};
        r = remote ? 0 : open_target(c, &remote, e);
        if (r >= 0)
            r = x->fn(c, remote, x->what, e);
        if (r >= 0 || r == -ENOENT || stopped(c) || !remote_may_mend(e) || i >= c->tries)
            break;
        double asked = remote ? remote_asked_s(remote) : 0;
        if (!wait_s(c, fmax(asked, c->retry_s * pow(2, (double)(i - 1)))))
            break;
    }
    if (r < 0 && r != -ENOENT) {
        remote_close(remote);
        remote = NULL;
    }
    give_back(c, remote);
    return r < 0 && stopped(c) ? interrupted(e) : r;
}

static struct remote_file file_of(const struct json *f)
{
    return (struct remote_file){
        .from = json_text_or(f, "from", ""),
        .path = json_text_or(f, "path", ""),
        .bytes = json_int(f, "bytes", 0),
        .sha256 = json_text_or(f, "sha256", ""),
        .type = json_text_or(f, "type", "application/octet-stream"),
        .cache = json_text_or(f, "cache", "no-cache"),
    };
}

static int put(struct courier *c, struct remote *r, const void *what, struct err *e)
{
    const struct remote_file f = file_of(what);
    (void)c;
    return remote_put(r, &f, e);
}

// 1: those very bytes lie there. Where the target does not say it, a name that carries its
// content's hash does, or that they were brought there.
static int find(struct courier *c, struct remote *r, const void *what, struct err *e)
{
    const struct remote_file f = file_of(what);
    struct remote_facts there;
    char mark[16];
    int k = remote_look(r, f.path, &there, e);
    (void)c;
    if (k < 0)
        return k;
    snprintf(mark, sizeof mark, "-%.8s.", f.sha256);
    if (!there.there || there.bytes != f.bytes)
        return 0;
    if (*there.sha256)
        return !strcasecmp(there.sha256, f.sha256);
    return strstr(f.path, mark) != NULL || json_bool(what, "known", false);
}

static const char *path_of(const struct json *removal)
{
    return json_as_text(removal) ? json_as_text(removal) : json_text_or(removal, "path", "");
}

static int take_away(struct courier *c, struct remote *r, const void *what, struct err *e)
{
    struct arena a = {0};
    const struct json *list = json_get(what, "parts");
    const char **parts = arena_array(&a, const char *, json_count(list) + 1);
    (void)c;
    for (size_t i = 0; i < json_count(list); i++)
        parts[i] = json_as_text(json_at(list, i));
    int k = remote_remove(r, path_of(what), parts, e);
    arena_done(&a);
    return k;
}

// Of other bytes than came now: nobody would ever go on with them.
static int drop_parts(struct courier *c, struct remote *r, const void *what, struct err *e)
{
    struct arena a = {0};
    const struct json *list = json_get(what, "parts");
    const struct remote_file f = file_of(what);
    int k = 0;
    (void)c;
    for (size_t i = 0; k >= 0 && i < json_count(list); i++)
        k = remote_remove(r, remote_part_name(&a, f.path, json_as_text(json_at(list, i))), NULL, e);
    arena_done(&a);
    return k;
}

// lock is held. As in delivering.h. A line that breaks off is none: it has no line feed.
static int note(struct courier *c, const char *mark, const char *sha256, int64_t bytes,
                const char *path)
{
    struct str s;
    if (c->journal < 0)
        return 0;
    str_init(&s, 8192);
    str_addf(&s, "%s%s %lld %s\n", mark, sha256, (long long)bytes, path);
    ssize_t n = write(c->journal, s.p, s.len);
    int r = n < 0 ? -errno : (size_t)n < s.len ? -ENOSPC : 0;
    if (r == 0 && fdatasync(c->journal) < 0)
        r = -errno;
    str_done(&s);
    return r;
}

// Nothing is sent of which it could not be said afterwards that it may be there.
static int note_before(struct courier *c, const struct remote_file *f, struct err *e)
{
    pthread_mutex_lock(&c->lock);
    int r = note(c, "?", f->sha256, f->bytes, f->path);
    pthread_mutex_unlock(&c->lock);
    return r < 0 ? err_errno(e, r, json_text_or(c->job, "journal", "journal")) : 0;
}

static void fail_one(struct courier *c, const char *path, const struct err *e)
{
    struct json *o = json_new_object();
    json_put_text(o, "path", path);
    json_put_text(o, "text", e->text);
    pthread_mutex_lock(&c->lock);
    json_push(c->failed, o);
    c->in_a_row++;
    c->hopeless |= !remote_may_mend(e) || c->in_a_row >= AWAY_AFTER;
    pthread_mutex_unlock(&c->lock);
}

static void arrived(struct courier *c, const struct remote_file *f, bool was_there)
{
    pthread_mutex_lock(&c->lock);
    json_put_bool(was_there ? c->there : c->sent, f->path, true);
    c->in_a_row = 0;
    note(c, "", f->sha256, f->bytes, f->path);
    c->sent_bytes += was_there ? 0 : f->bytes;
    if (was_there) { // it went at no rate
        c->gone += f->bytes;
        c->marked += f->bytes;
    }
    tell(c);
    pthread_mutex_unlock(&c->lock);
}

struct phase {
    struct courier *c;
    const struct json *files;
};

static bool is_hopeless(struct courier *c)
{
    pthread_mutex_lock(&c->lock);
    bool hopeless = c->hopeless;
    pthread_mutex_unlock(&c->lock);
    return hopeless;
}

static int bring(void *ctx, size_t i, struct err *e)
{
    struct phase *p = ctx;
    struct courier *c = p->c;
    const struct json *j = json_at(p->files, i);
    const struct remote_file f = file_of(j);
    if (is_hopeless(c))
        return 0;
    int r = json_bool(j, "look", false) ? insist(c, &(struct errand){find, j}, e) : 0;
    bool was_there = r > 0;
    if (r == 0 && (r = note_before(c, &f, e)) >= 0)
        r = insist(c, &(struct errand){put, j}, e);
    if (r >= 0 && json_count(json_get(j, "parts")))
        r = insist(c, &(struct errand){drop_parts, j}, e);
    if (r >= 0)
        arrived(c, &f, was_there);
    else if (e->kind == ERR_INTERRUPTED)
        return r;
    else
        fail_one(c, f.path, e);
    return 0;
}

static int clear(void *ctx, size_t i, struct err *e)
{
    struct phase *p = ctx;
    struct courier *c = p->c;
    const struct json *removal = json_at(p->files, i);
    const char *path = path_of(removal);
    if (is_hopeless(c))
        return 0;
    int r = insist(c, &(struct errand){take_away, removal}, e);
    if (r < 0 && e->kind == ERR_INTERRUPTED)
        return r;
    if (r < 0) {
        fail_one(c, path, e);
        return 0;
    }
    pthread_mutex_lock(&c->lock);
    json_push_text(c->removed, path);
    c->in_a_row = 0;
    note(c, "-", "", 0, path);
    pthread_mutex_unlock(&c->lock);
    return 0;
}

static int begin(struct courier *c, const struct json *job, const atomic_bool *stop,
                 const struct progress *progress, struct err *e)
{
    const struct json *t = json_get(job, "target");
    *c = (struct courier){
        .job = job,
        .stop = stop,
        .progress = progress,
        .tries = json_int(job, "tries", 5),
        .retry_s = json_number(job, "retry_s", 2),
        .journal = -1,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .sent = json_new_object(),
        .there = json_new_object(),
        .removed = json_new_array(),
        .failed = json_new_array(),
    };
    c->params = (struct remote_params){
        .kind = json_text_or(t, "kind", ""),
        .url = json_text_or(t, "url", ""),
        .region = json_text(t, "region"),
        .user = json_text(t, "user"),
        .secret = json_text(t, "secret"),
        .ca_file = json_text(t, "ca"),
        .known_hosts = json_text(t, "known_hosts"),
        .identity = json_text(t, "identity"),
        .part_bytes = json_int(t, "part_bytes", 0),
        .timeout_s = json_number(t, "timeout_s", 0),
        .sent = on_sent,
        .stopped = stopped,
        .ctx = c,
    };
    c->idle = mem_alloc(((size_t)json_int(job, "at_once", 1) + 1) * sizeof *c->idle);
    const char *journal = json_text(job, "journal");
    if (journal)
        c->journal = open(journal, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    return journal && c->journal < 0 ? err_errno(e, -errno, journal) : 0;
}

static void end(struct courier *c)
{
    for (size_t i = 0; i < c->num_idle; i++)
        remote_close(c->idle[i]);
    free(c->idle);
    if (c->journal >= 0)
        close(c->journal);
    json_free(c->sent);
    json_free(c->there);
    json_free(c->removed);
    json_free(c->failed);
}

static struct json *result(const struct courier *c)
{
    struct json *o = json_new_object();
    json_put(o, "sent", json_keep(c->sent));
    json_put(o, "there", json_keep(c->there));
    json_put(o, "removed", json_keep(c->removed));
    json_put(o, "failed", json_keep(c->failed));
    json_put_int(o, "bytes", c->sent_bytes);
    return o;
}

int delivering(const struct json *job, const atomic_bool *stop, const struct progress *progress,
               struct json **ret, struct err *e)
{
    struct courier c;
    const struct json *phases = json_get(job, "phases");
    int r = begin(&c, job, stop, progress, e), threads = (int)json_int(job, "at_once", 1);
    for (size_t i = 0; i < json_count(phases); i++)
        for (size_t k = 0; k < json_count(json_at(phases, i)); k++)
            c.total += json_int(json_at(json_at(phases, i), k), "bytes", 0);
    struct phase lift = {&c, json_get(job, "lift")};
    if (r >= 0)
        r = workers_run(json_count(lift.files), threads, clear, &lift, e);
    for (size_t i = 0; r >= 0 && i < json_count(phases) && !json_count(c.failed); i++) {
        struct phase p = {&c, json_at(phases, i)};
        r = workers_run(json_count(p.files), threads, bring, &p, e);
    }
    struct phase away = {&c, json_get(job, "remove")};
    if (r >= 0 && !json_count(c.failed))
        r = workers_run(json_count(away.files), threads, clear, &away, e);
    if (r >= 0)
        *ret = result(&c);
    end(&c);
    return r < 0 ? r : 0;
}

static int fetch(struct courier *c, struct remote *r, const void *what, struct err *e)
{
    const struct json *job = what;
    (void)c;
    return remote_get(r, json_text_or(job, "path", ""), json_text_or(job, "to", ""),
                      (size_t)json_int(job, "max_bytes", 64 << 20), e);
}

int delivering_get(const struct json *job, const atomic_bool *stop, const struct progress *progress,
                   struct json **ret, struct err *e)
{
    struct courier c;
    int r = begin(&c, job, stop, progress, e);
    if (r >= 0)
        r = insist(&c, &(struct errand){fetch, job}, e);
    if (r >= 0 || (r == -ENOENT && !e->code)) {
        *ret = json_new_object();
        json_put_bool(*ret, "there", r >= 0);
        r = 0;
    }
    end(&c);
    return r < 0 ? r : 0;
}
