// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/cleaner.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/meter.h"

struct cleaner {
    int channels;
    struct clean *clean[METER_MAX_CHANNELS];
    float *out[METER_MAX_CHANNELS];
    const float *planes[METER_MAX_CHANNELS];
    size_t fill[METER_MAX_CHANNELS], room[METER_MAX_CHANNELS];
    size_t given; // of each channel's out, in the last call
};

struct cleaner *cleaner_new(int sample_rate, int channels, const struct clean_found *found)
{
    if (channels < 1 || channels > METER_MAX_CHANNELS)
        return NULL;
    struct cleaner *c = mem_alloc(sizeof(*c));
    c->channels = channels;
    for (int i = 0; i < channels; i++) {
        c->clean[i] = clean_new(sample_rate, &found[i]);
        if (!c->clean[i]) {
            cleaner_free(c);
            return NULL;
        }
    }
    return c;
}

void cleaner_free(struct cleaner *c)
{
    if (!c)
        return;
    for (int i = 0; i < METER_MAX_CHANNELS; i++) {
        clean_free(c->clean[i]);
        free(c->out[i]);
    }
    free(c);
}

static void run_channel(struct cleaner *c, int i, const float *in, size_t n, bool last)
{
    c->fill[i] -= c->given;
    if (c->given)
        memmove(c->out[i], c->out[i] + c->given, c->fill[i] * sizeof(float));
    size_t need = c->fill[i] + n + 2 * clean_delay(c->clean[i]);
    if (need > c->room[i]) {
        c->room[i] = need;
        c->out[i] = mem_grow(c->out[i], need * sizeof(float));
    }
    if (n)
        c->fill[i] += clean_run(c->clean[i], in, n, c->out[i] + c->fill[i]);
    if (last)
        c->fill[i] += clean_flush(c->clean[i], c->out[i] + c->fill[i]);
    c->planes[i] = c->out[i];
}

size_t cleaner_run(struct cleaner *c, const float *const *planes, size_t frames, bool last)
{
    size_t least = SIZE_MAX;
    for (int i = 0; i < c->channels; i++) {
        run_channel(c, i, frames ? planes[i] : NULL, frames, last);
        least = c->fill[i] < least ? c->fill[i] : least;
    }
    c->given = least;
    return least;
}

const float *const *cleaner_planes(const struct cleaner *c)
{
    return c->planes;
}
