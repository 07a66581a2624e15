// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/slatesound.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "media/feed.h"
#include "sound/meter.h"

enum { BLOCK = 4096, CHANNELS = 2 };
static const double fade_s = 0.05, most_gain_db = 20;

struct slatesound {
    char *path; // NULL: silence
    int rate, channels;
    struct feed *feed;
    float level;      // gain of the music
    float fade, step; // 0..1, and how fast
    bool any;         // something came since the file was opened
};

static int open_feed(struct slatesound *s, struct err *e)
{
    const struct feed_params p = {.path = s->path,
                                  .track = -1,
                                  .sample_rate = s->rate,
                                  .channels = s->channels,
                                  .threads = 1};
    feed_close(s->feed);
    s->feed = NULL;
    s->any = false;
    return feed_open(&p, &s->feed, e);
}

static int measure(struct slatesound *s, struct err *e)
{
    struct meter *m = meter_new(
        &(struct meter_params){.sample_rate = s->rate, .channels = s->channels, .no_table = true});
    float *plane[CHANNELS] = {mem_alloc(BLOCK * sizeof(float)), mem_alloc(BLOCK * sizeof(float))};
    struct meter_result result;
    int r;
    while ((r = feed_read(s->feed, plane, BLOCK, e)) > 0)
        meter_add(m, (const float *const *)plane, (size_t)r);
    meter_result(m, &result);
    if (r >= 0 && result.integrated_lufs == -HUGE_VAL)
        r = err_input(e, "%s: nothing is heard in it", s->path);
    s->level = (float)pow(10, fmin(SLATE_LUFS - result.integrated_lufs, most_gain_db) / 20);
    meter_free(m);
    free(plane[0]);
    free(plane[1]);
    return r;
}

int slatesound_open(const char *path, int sample_rate, int channels, struct slatesound **ret,
                    struct err *e)
{
    if (sample_rate < 8000 || sample_rate > 192000 || channels < 1 || channels > CHANNELS)
        return err_set(e, -EINVAL, "the slate's sound: %d Hz in %d channels cannot be", sample_rate,
                       channels);
    struct slatesound *s = mem_alloc(sizeof *s);
    s->rate = sample_rate;
    s->channels = channels;
    s->step = (float)(1 / (fade_s * sample_rate));
    if (path && *path) {
        s->path = mem_alloc(strlen(path) + 1);
        memcpy(s->path, path, strlen(path));
        int r = open_feed(s, e);
        if (r >= 0)
            r = measure(s, e);
        if (r >= 0)
            r = open_feed(s, e);
        if (r < 0) {
            slatesound_close(s);
            return r;
        }
    }
    *ret = s;
    return 0;
}

void slatesound_close(struct slatesound *s)
{
    if (!s)
        return;
    feed_close(s->feed);
    free(s->path);
    free(s);
}

// Fills n samples from `at` on, from the beginning again where the file ends.
static int fill(struct slatesound *s, float *const *planes, size_t at, size_t n, struct err *e)
{
    while (n > 0) {
        float *to[CHANNELS] = {planes[0] + at, planes[s->channels - 1] + at};
        int r = feed_read(s->feed, to, n, e);
        if (r == 0 && !s->any)
            r = err_set(e, -EIO, "%s: it has become empty", s->path);
        else if (r == 0)
            r = open_feed(s, e);
        else if (r > 0)
            s->any = true;
        if (r < 0)
            return r;
        at += (size_t)r;
        n -= (size_t)r;
    }
    return 0;
}

static void fade(struct slatesound *s, bool on, float *const *planes, size_t frames)
{
    float from = s->fade, step = on ? s->step : -s->step;
    for (int c = 0; c < s->channels; c++) {
        s->fade = from;
        for (size_t i = 0; i < frames; i++) {
            planes[c][i] *= s->level * s->fade;
            s->fade += step;
            s->fade = s->fade < 0 ? 0 : s->fade > 1 ? 1 : s->fade;
        }
    }
}

int slatesound_read(struct slatesound *s, bool on, float *const *planes, size_t frames,
                    struct err *e)
{
    for (int c = 0; c < s->channels; c++)
        memset(planes[c], 0, frames * sizeof(float));
    if (!s->feed || (!on && s->fade == 0))
        return 0;
    int r = fill(s, planes, 0, frames, e);
    fade(s, on, planes, frames);
    if (r < 0) {
        feed_close(s->feed);
        s->feed = NULL;
    }
    return r;
}
