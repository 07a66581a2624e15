// SPDX-License-Identifier: GPL-3.0-or-later
// The picture behind a cover: sky, low sun, mountains and sea in flat colours.
#pragma once
#include <cairo.h>
#include <stdint.h>

struct scene_colors {
    uint32_t sky[4]; // from the top to the horizon, 0xRRGGBB
    uint32_t sun;
    uint32_t range[3]; // from far to near
    uint32_t shade[3]; // of the sides that face away from the sun
    uint32_t snow, sea;
    uint32_t ink, soft; // for text on the sky's two upper bands
};
// The same seed, the same picture. Draws from (0, 0) to (width, 1), sky above and sea below as far
// as one looks; the horizon is at SCENE_HORIZON. The square is 1 wide.
#define SCENE_HORIZON 0.71
const struct scene_colors *scene_palette(uint32_t seed);
void scene_draw(cairo_t *cr, const struct scene_colors *colors, uint32_t seed, double width);
uint32_t scene_seed(const char *text); // NULL: 0
