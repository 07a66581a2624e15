// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/slate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "live/screens.h"
#include "media/filmdraw.h"
#include "picture/moving.h"
#include "picture/paint.h"
#include "picture/wave.h"

static const uint32_t wave_color = 0xffd7a8, shade = 0x0b1226;
static const double most_apart_s = 0.5, longest_silence_s = 60;

struct slate {
    struct screens *screens;
    struct wave *wave;
    struct wave_sound sound;
    int64_t heard;  // levels
    bool begun;     // apart_s counts
    double apart_s; // the wave's clock less the programme's
};

// On any picture, a sun or a white wall, the signs can be seen.
static void darken_strip(struct image *back, const struct moving_place *at)
{
    double beside = back->height / 60.0;
    struct paint_box panel = {at->x - beside, at->y - beside, at->width + 2 * beside,
                              at->height + 2 * beside, beside};
    paint_box(back, &panel, ink_of(shade), 0.55);
}

int slate_new(int width, int height, const char *image, struct slate **ret, struct err *e)
{
    struct screens *screens;
    int r = screens_new(width, height, image, &screens, e);
    if (r < 0)
        return r;
    struct slate *s = mem_alloc(sizeof *s);
    struct moving_place at = moving_place(width, height);
    struct wave_look look = {.x = at.x,
                             .y = at.y,
                             .width = at.width,
                             .height = at.height,
                             .played = wave_color,
                             .ahead = wave_color,
                             .live = true};
    darken_strip(screens_canvas(screens), &at);
    s->screens = screens;
    s->wave = wave_new(&look, screens_back(screens), NULL, 0);
    *ret = s;
    return 0;
}

void slate_free(struct slate *s)
{
    if (!s)
        return;
    wave_free(s->wave);
    screens_free(s->screens);
    free(s->sound.level);
    free(s);
}

int slate_frame(struct slate *s, tick at, tick since, AVFrame **ret)
{
    AVFrame *f = screens_frame(s->screens, at);
    if (!f)
        return -ENOMEM;
    struct image into = filmdraw_image(f);
    moving_paint(screens_back(s->screens), tick_to_s(at - since), &into);
    *ret = f;
    return 0;
}

void slate_hear(struct slate *s, int sample_rate, const float *const *planes, int channels,
                size_t frames)
{
    s->sound.sample_rate = sample_rate;
    wave_add(&s->sound, planes, channels, frames);
    for (size_t i = 0; i < s->sound.count; i++)
        wave_hear(s->wave, s->sound.level[i]);
    s->heard += (int64_t)s->sound.count;
    s->sound.count = 0;
}

// The wave's clock follows the sound. Where the sound stays away the curve goes on in silence;
// where it is ahead, or the programme's clock jumps, the clocks are laid together anew.
static double wave_time(struct slate *s, tick at)
{
    double now = tick_to_s(at) + s->apart_s, ahead = (double)s->heard / WAVE_RATE - now;
    if (!s->begun || ahead > most_apart_s || ahead < -longest_silence_s) {
        s->begun = true;
        s->apart_s += ahead;
        return now + ahead;
    }
    for (; (double)s->heard / WAVE_RATE < now - most_apart_s; s->heard++)
        wave_hear(s->wave, 0);
    return now;
}

int slate_wave(struct slate *s, tick at, AVFrame **ret)
{
    AVFrame *f = screens_frame(s->screens, at);
    if (!f)
        return -ENOMEM;
    struct image into = filmdraw_image(f);
    wave_paint(s->wave, wave_time(s, at), &into);
    *ret = f;
    return 0;
}
