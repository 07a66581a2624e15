// SPDX-License-Identifier: GPL-3.0-or-later
#include "livefeed.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/proc.h"
#include "base/str.h"
#include "plan/liveitem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HEARD_MAX = 600, LAST_TRIES = 3, FINISH_S = 60, PAUSE_MS = 50, NICE = 10 };
static const double look_s = 1, first_wait_s = 5, longest_wait_s = 300;

// What runs on a change, in this order, each when the one before went well; the second where the
// show says where to deliver to.
static const char *const steps[] = {"feed", "deliver"};

struct livefeed {
    struct broadcast *b;
    livefeed_warn *warn;
    void *ctx;
    enum liveitem_status said, saying; // by the feed; by what runs
    size_t step;
    struct proc child;
    bool runs, finishing;
    double next, wait_s; // clock_monotonic; after a failure
    int failures;
    char heard[HEARD_MAX], warned[HEARD_MAX];
};

struct livefeed *livefeed_new(struct broadcast *b, livefeed_warn *warn, void *ctx)
{
    if (b->mode != LIVE_BROADCAST && b->mode != LIVE_END_STALE)
        return NULL;
    struct livefeed *f = mem_alloc(sizeof *f);
    f->b = b;
    f->warn = warn;
    f->ctx = ctx;
    f->wait_s = first_wait_s;
    // an earlier broadcast has been told of; what a crash left behind may not have been
    if (b->mode == LIVE_BROADCAST && liveitem_status(&b->plan, clock_now()) == LIVEITEM_ENDED)
        f->said = LIVEITEM_ENDED;
    return f;
}

// The pipe never fills up; its end, which tells what went wrong, is kept.
static void hear(struct livefeed *f)
{
    char chunk[HEARD_MAX];
    ssize_t n;
    while ((n = read(fileno(f->child.out), chunk, sizeof chunk - 1)) > 0) {
        size_t len = strlen(f->heard), room = sizeof f->heard - 1 - (size_t)n;
        size_t drop = len > room ? len - room : 0;
        memmove(f->heard, f->heard + drop, len - drop);
        memcpy(f->heard + len - drop, chunk, (size_t)n);
        f->heard[len - drop + (size_t)n] = '\0';
    }
}

static void failed(struct livefeed *f, const char *why)
{
    char text[HEARD_MAX + 100], line[HEARD_MAX];
    str_fit(line, sizeof line, why);
    line[strcspn(line, "\n")] = '\0';
    f->runs = false;
    f->failures++;
    f->next = clock_monotonic() + f->wait_s;
    f->wait_s = f->wait_s * 2 < longest_wait_s ? f->wait_s * 2 : longest_wait_s;
    snprintf(text, sizeof text,
             "the broadcast goes on, but the feed does not say yet that it %s: %s",
             f->saying == LIVEITEM_LIVE ? "is live" : "has ended", line);
    if (!str_same(line, f->warned))
        f->warn(f->ctx, text);
    snprintf(f->warned, sizeof f->warned, "%s", line);
}

static void start(struct livefeed *f)
{
    char self[PATH_MAX], path[PATH_MAX + 20];
    const char *presets = f->b->env->presets_dir, *argv[10];
    struct err e = {0};
    size_t n = 0;
    int r = proc_self_dir(self, sizeof self);
    snprintf(path, sizeof path, "%s/dgl-episode", r < 0 ? "." : self);
    argv[n++] = path;
    if (presets) {
        argv[n++] = "--presets";
        argv[n++] = presets;
    }
    argv[n++] = "-C";
    argv[n++] = f->b->s.dir;
    argv[n++] = "-q";
    argv[n++] = steps[f->step];
    if (str_same(steps[f->step], "deliver"))
        argv[n++] = "--no-check";
    argv[n] = NULL;
    f->heard[0] = '\0';
    if (proc_start_heard(argv, &f->child, &e) < 0) {
        failed(f, e.text);
        return;
    }
    f->runs = true;
    setpriority(PRIO_PROCESS, (id_t)f->child.pid, NICE); // the encoders come first
    fcntl(fileno(f->child.out), F_SETFL, O_NONBLOCK);
}

static void take_end(struct livefeed *f)
{
    int status = 0;
    hear(f);
    f->runs = false;
    proc_wait(&f->child, &status);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        failed(f, *f->heard ? f->heard : "it was ended");
        return;
    }
    if (++f->step < (f->b->s.show.delivery.num_targets ? COUNT(steps) : 1)) {
        start(f);
        return;
    }
    f->said = f->saying;
    f->wait_s = first_wait_s;
    f->failures = 0;
    f->warned[0] = '\0';
}

// While the endpoints connect the feed says pending, as it did; and what a crash left behind is
// not told as live any more.
static bool is_news(const struct livefeed *f)
{
    enum liveitem_status status = liveitem_status(&f->b->plan, clock_now());
    return status != f->said &&
           (status == LIVEITEM_ENDED || (status == LIVEITEM_LIVE && !f->finishing));
}

void livefeed_look(struct livefeed *f)
{
    if (f && f->runs) {
        hear(f);
        if (proc_ended(&f->child))
            take_end(f);
        return;
    }
    double now = clock_monotonic();
    if (!f || now < f->next)
        return;
    f->next = now + look_s;
    if (!is_news(f))
        return;
    f->saying = liveitem_status(&f->b->plan, clock_now());
    f->step = 0;
    start(f);
}

void livefeed_finish(struct livefeed *f, bool (*is_enough)(const void *ctx), const void *ctx)
{
    if (!f)
        return;
    double until = clock_monotonic() + FINISH_S;
    f->finishing = true;
    f->next = 0;
    f->failures = 0;
    f->wait_s = first_wait_s;
    bool left = true;
    while (left && clock_monotonic() < until && !is_enough(ctx)) {
        livefeed_look(f);
        left = f->runs || (is_news(f) && f->failures < LAST_TRIES);
        if (left)
            poll(NULL, 0, PAUSE_MS);
    }
    if (is_news(f))
        f->warn(f->ctx, "the feed does not say yet that the broadcast has ended; "
                        "run: dgl-episode feed");
}

void livefeed_free(struct livefeed *f)
{
    if (f && f->runs)
        proc_end(&f->child);
    free(f);
}
