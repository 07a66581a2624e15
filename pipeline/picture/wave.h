// SPDX-License-Identifier: GPL-3.0-or-later
// The moving waveform of an episode that is sound alone: bars that scroll past the present, which
// is in the middle, and a line that says how much has been played. Live the present is at the
// right, and there is no line. It moves in every frame, in silence too. The same sound and time
// give the same bytes.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "picture/image.h"

enum { WAVE_RATE = 25 }; // levels a second

// Loudness of a sound, WAVE_RATE times a second: add its samples in blocks of any size.
// {.sample_rate = …} starts it; free(level) ends it. The last piece counts once it is whole.
struct wave_sound {
    int sample_rate; // a multiple of WAVE_RATE
    float *level;    // root mean square of all channels, full scale 1.0
    size_t count;
    size_t room, filled; // of levels; samples of the piece that is being made
    double energy;
};
void wave_add(struct wave_sound *s, const float *const *planes, int channels, size_t frames);

struct wave_look {
    int x, y, width, height; // its rectangle in the frame, even numbers, at least 64 × 32
    uint32_t played, ahead;  // 0xRRGGBB, sRGB, of bars and line
    bool live;               // the levels come by wave_hear(), none by wave_new()
};
struct wave;
// Both are borrowed: `back`, the frame without a wave, and the levels.
struct wave *wave_new(const struct wave_look *look, const struct image *back, const float *level,
                      size_t count);
void wave_free(struct wave *w);              // NULL is fine
void wave_hear(struct wave *w, float level); // live: the next one
// Draws the rectangle as it looks at that time; the rest of the frame is left alone. The rectangle
// lies inside `back` and `into`, which have one size. One thread at a time uses a wave.
void wave_paint(struct wave *w, double time_s, struct image *into);
