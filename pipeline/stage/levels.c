// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/levels.h"

#include "base/arena.h"
#include "base/progress.h"
#include "media/feed.h"

#include <stdlib.h>

enum { BLOCK = 4800, CHANNELS_MAX = 8 };
static const uint32_t played = 0xffd7a8, ahead = 0x6f83b8; // the sun and the sky of the card

int levels_read(const char *path, const struct progress *progress, struct wave_sound *ret,
                struct err *e)
{
    float *planes[CHANNELS_MAX];
    struct feed *feed;
    int r = feed_open(&(struct feed_params){.path = path, .track = -1, .threads = 1}, &feed, e);
    if (r < 0)
        return r;
    int channels = feed_channels(feed);
    *ret = (struct wave_sound){.sample_rate = feed_rate(feed)};
    for (int c = 0; c < channels; c++)
        planes[c] = mem_alloc(BLOCK * sizeof(float));
    while ((r = feed_read(feed, planes, BLOCK, e)) > 0) {
        wave_add(ret, (const float *const *)planes, channels, (size_t)r);
        r = progress_check(progress, e);
        if (r < 0)
            break;
    }
    for (int c = 0; c < channels; c++)
        free(planes[c]);
    feed_close(feed);
    return r;
}

void levels_show(const struct wave_sound *s, struct film_params *film)
{
    film->wave.played = played;
    film->wave.ahead = ahead;
    film->wave.level = s->level;
    film->wave.count = s->count;
}
