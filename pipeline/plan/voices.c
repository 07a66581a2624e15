// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/voices.h"

#include "base/clock.h"
#include "base/str.h"

enum { SPEED_S = 5 };

static double whole(const struct voices *v)
{
    double sum = 0;
    for (size_t i = 0; i < v->count; i++)
        sum += v->one[i].bytes;
    return sum;
}

// Bytes a second over the last seconds. lock is held.
static double rate_of(struct voices *v, double gone)
{
    double now = clock_monotonic();
    if (!v->marked_s || now - v->marked_s >= SPEED_S) {
        v->rate = v->marked_s ? (gone - v->marked) / (now - v->marked_s) : 0;
        v->marked_s = now;
        v->marked = gone;
    }
    return v->rate;
}

// lock is held. "deliver\t123 of 202 MB, 4.1 MB/s (web 84 %, disk 38 %)"
static void say_all(struct voices *v)
{
    struct str s;
    double sum = whole(v), gone = 0;
    str_init(&s, 1000);
    for (size_t i = 0; i < v->count; i++)
        gone += v->one[i].done * v->one[i].bytes;
    double rate = rate_of(v, gone);
    str_addf(&s, "deliver\t%.*f of %.*f MB", sum < 1e7, gone / 1e6, sum < 1e7, sum / 1e6);
    if (rate > 0)
        str_addf(&s, ", %.1f MB/s", rate / 1e6);
    for (size_t i = 0, shown = 0; i < v->count; i++)
        if (v->one[i].name)
            str_addf(&s, "%s%s %.0f %%", shown++ ? ", " : " (", v->one[i].name,
                     100 * v->one[i].done);
    str_addc(&s, ')');
    progress_update(v->outer, s.p, sum > 0 ? gone / sum : 1, -1);
    str_done(&s);
}

static void on_update(void *ctx, const char *what, double done, double media_s)
{
    struct voice *one = ctx;
    struct voices *v = one->all;
    pthread_mutex_lock(&v->lock);
    one->done = done;
    if (v->count == 1)
        progress_update(v->outer, what, done, media_s);
    else if (what && *what) // over is only one of them
        say_all(v);
    pthread_mutex_unlock(&v->lock);
}

static void on_warning(void *ctx, const char *text)
{
    struct voices *v = ((struct voice *)ctx)->all;
    pthread_mutex_lock(&v->lock);
    progress_warn(v->outer, "%s", text);
    pthread_mutex_unlock(&v->lock);
}

void voices_begin(struct voices *v, const struct progress *outer)
{
    *v = (struct voices){.outer = outer, .lock = PTHREAD_MUTEX_INITIALIZER};
}

void voices_add(struct voices *v, const char *name, double bytes)
{
    if (v->count == VOICES_MAX || !v->outer)
        return;
    struct voice *one = &v->one[v->count++];
    *one = (struct voice){.all = v, .name = name, .bytes = bytes, .done = bytes > 0 ? 0 : 1};
    one->progress = (struct progress){v->outer->stop, on_update, on_warning, one, NULL};
}

const struct progress *voices_of(struct voices *v, size_t i)
{
    return i < v->count ? &v->one[i].progress : NULL;
}
