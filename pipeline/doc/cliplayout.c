// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/cliplayout.h"

#include "doc/screen.h"

// Shares of the frame, and of its width.
static const double signs_below = 0.2, signs_beside = 0.12;
static const double window_top = 0.29, gap = 0.02, caption_height = 0.24;
static const double nearly_upright = 0.7; // filling the frame costs such a picture a fifth at most

static int even(double v)
{
    return (int)(v + 1) & ~1;
}

static bool is_upright(int width, int height)
{
    return height > width;
}

// From y down to the signs; where that is too little for three lines, the lowest three above them.
static void captions_from(int width, int height, double y, struct clip_layout *l)
{
    int left = even(width * signs_beside), bottom = even(height * (1 - signs_below));
    int least = even(width * caption_height), top = even(y);
    l->hangs = bottom - top >= least;
    top = l->hangs ? top : bottom - least;
    l->captions = (struct screen_piece){left, top, width - 2 * left, bottom - top};
}

static void captions_down_to(int width, int bottom, const struct screen_piece *safe,
                             struct clip_layout *l)
{
    int high = even(width * caption_height);
    l->captions = (struct screen_piece){safe->x, bottom - high, safe->width, high};
    l->hangs = false;
}

void clip_layout_filmed(int width, int height, double aspect, struct clip_layout *ret)
{
    struct screen_piece safe = screen_safe(width, height);
    *ret = (struct clip_layout){0};
    if (!is_upright(width, height)) {
        captions_down_to(width, safe.y + safe.height, &safe, ret);
    } else if (aspect <= nearly_upright) {
        captions_from(width, height, height, ret);
    } else {
        int high = even(width / aspect), top = even(height * window_top);
        top = top + high > height ? height - high : top;
        ret->window = (struct screen_piece){0, top, width, high};
        captions_from(width, height, top + high + width * gap, ret);
    }
}

void clip_layout_heard(int width, int height, const struct screen_piece *wave,
                       struct clip_layout *ret)
{
    struct screen_piece safe = screen_safe(width, height);
    *ret = (struct clip_layout){.window = *wave};
    if (is_upright(width, height))
        captions_from(width, height, wave->y + wave->height + width * gap, ret);
    else
        captions_down_to(width, even(wave->y - width * gap), &safe, ret);
}
