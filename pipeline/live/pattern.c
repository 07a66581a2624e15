// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/pattern.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "live/screens.h"
#include "media/filmdraw.h"
#include "picture/paint.h"

struct pattern {
    struct screens *screens;
    int top, height; // of the strip that changes: even rows
};

// Bars of 75 % after EBU: white, yellow, cyan, green, magenta, red, blue.
static const uint32_t bars[] = {0xBFBFBF, 0xBFBF00, 0x00BFBF, 0x00BF00,
                                0xBF00BF, 0xBF0000, 0x0000BF};
static const uint32_t black = 0x000000, white = 0xFFFFFF;
static const tick beep = TICKS_PER_SEC / 1000 * PATTERN_BEEP_MS;

static void paint_sharp(struct image *into, double x, double y, double width, double height,
                        uint32_t rgb)
{
    paint_box(into, &(struct paint_box){x, y, width, height, 0}, ink_of(rgb), 1);
}

static void draw_bars(struct image *into)
{
    size_t n = COUNT(bars);
    double width = (double)into->width / (double)n;
    for (size_t i = 0; i < n; i++)
        paint_sharp(into, (double)i * width, 0, width, into->height, bars[i]);
}

int pattern_new(int width, int height, struct pattern **ret, struct err *e)
{
    struct screens *screens;
    int r = screens_new(width, height, NULL, &screens, e);
    if (r < 0)
        return r;
    struct pattern *p = mem_alloc(sizeof *p);
    struct image *canvas = screens_canvas(screens);
    p->screens = screens;
    p->top = height * 5 / 8 & ~1;
    p->height = height / 4 & ~1;
    draw_bars(canvas);
    paint_sharp(canvas, 0, p->top, width, p->height, black);
    *ret = p;
    return 0;
}

void pattern_free(struct pattern *p)
{
    if (!p)
        return;
    screens_free(p->screens);
    free(p);
}

static void clock_text(tick at, char *ret, size_t size)
{
    long long hundredths = (long long)(at / (TICKS_PER_SEC / 100)), s = hundredths / 100;
    snprintf(ret, size, "%02lld:%02lld:%02lld.%02lld", s / 3600, s / 60 % 60, s % 60,
             hundredths % 100);
}

static void restore(const struct pattern *p, struct image *into)
{
    const struct image *back = screens_back(p->screens);
    for (int i = 0; i < 3; i++) {
        int half = i > 0;
        for (int y = p->top >> half; y < (p->top + p->height) >> half; y++)
            memcpy(into->plane[i] + (ptrdiff_t)y * into->stride[i],
                   back->plane[i] + (ptrdiff_t)y * back->stride[i], (size_t)(into->width >> half));
    }
}

int pattern_frame(struct pattern *p, tick at, AVFrame **ret)
{
    AVFrame *f = screens_frame(p->screens, at);
    if (!f)
        return -ENOMEM;
    struct image into = filmdraw_image(f);
    double h = p->height, w = into.width, side = h * 0.6, digits = fmin(h * 0.5, w / 12);
    char text[32];
    clock_text(at, text, sizeof text);
    restore(p, &into);
    paint_digits(&into, text, w * 0.95, p->top + (h - digits) / 2, digits, ink_of(white));
    if (at % TICKS_PER_SEC < beep)
        paint_sharp(&into, w * 0.05, p->top + (h - side) / 2, side, side, white);
    *ret = f;
    return 0;
}

void pattern_sound(int sample_rate, int64_t first, float *const *planes, int channels,
                   size_t frames)
{
    const double peak = pow(10, PATTERN_BEEP_DBFS / 20);
    const double turn = 2 * 3.14159265358979323846 * PATTERN_BEEP_HZ / sample_rate;
    int64_t length = (int64_t)sample_rate * PATTERN_BEEP_MS / 1000, phase = first % sample_rate;
    for (size_t i = 0; i < frames; i++, phase = phase + 1 == sample_rate ? 0 : phase + 1) {
        float v = phase < length ? (float)(peak * sin(turn * (double)phase)) : 0;
        for (int c = 0; c < channels; c++)
            planes[c][i] = v;
    }
}
