// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture/wave.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "picture/paint.h"

// A bar stands for four levels, 0.16 s: at 25 frames a second it moves a quarter of its pitch, so
// that the eye cannot take one for the next.
enum { BAR_LEVELS = 4 };
static const double bar_s = (double)BAR_LEVELS / WAVE_RATE;
static const double quiet_db = -50, loud_db = -10; // RMS of the lowest and the highest bar
static const double edge = 0.08;                   // of the width, where bars fade in and out

enum { WIDEST = 64 };      // pixels of a bar's strip
enum { LIVE_BARS = 1024 }; // as many are kept: more than the widest frame shows

struct wave {
    struct wave_look look;
    const struct image *back;
    float *bar; // how high, 0 to 1
    ptrdiff_t num_bars;
    double length_s;
    float gathered[BAR_LEVELS]; // live: of the bar that is being heard
    int num_gathered;
    double pitch, radius, middle, tallest; // pixels: of bars; half of the tallest one
    int bar_rows, line_row, line_rows;     // from the rectangle's top; even
    struct ink played, ahead;
    uint8_t *mask; // coverage of the bars' pixels, 0 to 255
    uint8_t *rest; // of the line's columns: what is to come
    uint8_t *done; // of the line's columns: what has been played
    uint8_t *fade; // of the columns
};

void wave_add(struct wave_sound *s, const float *const *planes, int channels, size_t frames)
{
    size_t piece = (size_t)(s->sample_rate / WAVE_RATE);
    for (size_t at = 0; at < frames;) {
        size_t n = frames - at < piece - s->filled ? frames - at : piece - s->filled;
        for (int c = 0; c < channels; c++)
            for (size_t i = at; i < at + n; i++)
                s->energy += (double)planes[c][i] * planes[c][i] / channels;
        at += n;
        s->filled += n;
        if (s->filled < piece)
            continue;
        if (s->count == s->room) {
            s->room = s->room ? 2 * s->room : 1024;
            s->level = mem_grow(s->level, s->room * sizeof *s->level);
        }
        s->level[s->count++] = (float)sqrt(s->energy / (double)piece);
        s->filled = 0;
        s->energy = 0;
    }
}

static float height_of(const float *level, size_t n)
{
    double energy = 0;
    for (size_t i = 0; i < n; i++)
        energy += (double)level[i] * level[i];
    double db = 10 * log10(energy / (double)n + 1e-12);
    double v = (db - quiet_db) / (loud_db - quiet_db);
    return (float)(v < 0 ? 0 : v > 1 ? 1 : v);
}

static uint8_t coverage(double v)
{
    return (uint8_t)(v <= 0 ? 0 : v >= 1 ? 255 : 255 * v + 0.5);
}

static void measure(struct wave *w)
{
    const struct wave_look *l = &w->look;
    w->line_rows = (l->height / 24 + 2) & ~1;
    w->line_row = l->height - w->line_rows;
    w->bar_rows = (l->live ? l->height : l->height - 3 * w->line_rows) & ~1;
    w->middle = w->bar_rows / 2.0;
    w->tallest = w->middle - 1;
    w->pitch = l->height / 14.0;
    w->pitch = w->pitch < 6 ? 6 : w->pitch > 24 ? 24 : w->pitch;
    w->radius = w->pitch * 0.29;
}

struct wave *wave_new(const struct wave_look *look, const struct image *back, const float *level,
                      size_t count)
{
    struct wave *w = mem_alloc(sizeof *w);
    w->look = *look;
    w->back = back;
    w->played = ink_of(look->played);
    w->ahead = ink_of(look->ahead);
    w->length_s = (double)count / WAVE_RATE;
    w->num_bars = (ptrdiff_t)((count + BAR_LEVELS - 1) / BAR_LEVELS);
    w->bar = mem_alloc((size_t)(look->live ? LIVE_BARS : w->num_bars) * sizeof *w->bar + 1);
    for (size_t i = 0; i < count; i += BAR_LEVELS)
        w->bar[i / BAR_LEVELS] =
            height_of(level + i, count - i < BAR_LEVELS ? count - i : BAR_LEVELS);
    measure(w);
    size_t width = (size_t)look->width;
    w->mask = mem_alloc(width * (size_t)w->bar_rows);
    w->rest = mem_alloc(width);
    w->done = mem_alloc(width);
    w->fade = mem_alloc(width);
    for (int x = 0; x < look->width; x++) {
        int near = x < look->width / 2 ? x : look->width - 1 - x;
        w->fade[x] = coverage((near + 0.5) / (edge * look->width));
    }
    return w;
}

void wave_free(struct wave *w)
{
    if (!w)
        return;
    free(w->bar);
    free(w->mask);
    free(w->rest);
    free(w->done);
    free(w->fade);
    free(w);
}

void wave_hear(struct wave *w, float level)
{
    w->gathered[w->num_gathered++] = level;
    if (w->num_gathered < BAR_LEVELS)
        return;
    w->bar[w->num_bars++ % LIVE_BARS] = height_of(w->gathered, BAR_LEVELS);
    w->num_gathered = 0;
}

static double height_at(const struct wave *w, ptrdiff_t bar)
{
    if (bar < 0 || bar >= w->num_bars)
        return 0;
    if (!w->look.live)
        return w->bar[bar];
    return w->num_bars - bar <= LIVE_BARS ? w->bar[bar % LIVE_BARS] : 0;
}

// Half the height of a bar in pixels. Where nothing is heard a low swell runs along.
static double reach(const struct wave *w, ptrdiff_t bar, double time_s)
{
    double v = height_at(w, bar);
    double swell = 0.02 * (1 + sin(2 * 3.14159265 * (time_s / 2.4 + (double)(bar % 24) / 24)));
    v = v > swell ? v : swell;
    return w->radius + v * (w->tallest - w->radius);
}

// A bar with round ends around (x, middle): what is nearer to its axis than its radius.
static void draw_bar(struct wave *w, double x, double half)
{
    int from = (int)floor(x - w->radius - 0.5), to = (int)ceil(x + w->radius + 0.5);
    from = from < 0 ? 0 : from;
    to = to > w->look.width ? w->look.width : to;
    int n = to - from;
    if (n <= 0 || n > WIDEST)
        return;
    uint8_t strip[WIDEST];
    for (int i = 0; i < n; i++)
        strip[i] = coverage(w->radius + 0.5 - fabs(from + i + 0.5 - x)) * w->fade[from + i] / 255;
    double axis = half - w->radius; // from the middle to where the round end begins
    int top = (int)floor(w->middle - half - 0.5), bottom = w->bar_rows - top;
    top = top < 0 ? 0 : top;
    bottom = bottom > w->bar_rows ? w->bar_rows : bottom;
    for (int y = top; y < bottom; y++) {
        uint8_t *row = w->mask + (size_t)y * (size_t)w->look.width + from;
        double beyond = fabs(y + 0.5 - w->middle) - axis;
        if (beyond <= 0) {
            memcpy(row, strip, (size_t)n);
            continue;
        }
        for (int i = 0; i < n; i++) {
            double d = hypot(from + i + 0.5 - x, beyond);
            row[i] = (uint8_t)(coverage(w->radius + 0.5 - d) * w->fade[from + i] / 255);
        }
    }
}

// Where the present is, in pixels from the left.
static int present(const struct wave *w)
{
    return w->look.live ? w->look.width : w->look.width / 2;
}

static void draw_bars(struct wave *w, double time_s)
{
    double now = time_s / bar_s, side = present(w) / w->pitch + 1;
    memset(w->mask, 0, (size_t)w->look.width * (size_t)w->bar_rows);
    for (ptrdiff_t i = (ptrdiff_t)floor(now - side); i <= (ptrdiff_t)ceil(now + side); i++) {
        double x = present(w) + ((double)i + 0.5 - now) * w->pitch;
        draw_bar(w, x, reach(w, i, time_s));
    }
}

static void draw_line(struct wave *w, double time_s)
{
    double part = w->length_s > 0 ? time_s / w->length_s : 0;
    double end = w->look.width * (part < 0 ? 0 : part > 1 ? 1 : part);
    for (int x = 0; x < w->look.width; x++) {
        w->done[x] = coverage(end - x);
        w->rest[x] = (uint8_t)((255 - w->done[x]) * 2 / 5);
    }
}

static void blend(uint8_t *restrict to, const uint8_t *restrict mask, int n, uint8_t ink)
{
    for (int i = 0; i < n; i++) {
        int16_t part = (int16_t)(mask[i] + (mask[i] >> 7));
        to[i] = (uint8_t)(to[i] + (((int16_t)(ink - to[i]) * part + 128) >> 8));
    }
}

static void blend_half(uint8_t *restrict to, const uint8_t *restrict upper,
                       const uint8_t *restrict lower, int n, uint8_t ink)
{
    for (int i = 0; i < n; i++) {
        int mean = (upper[2 * i] + upper[2 * i + 1] + lower[2 * i] + lower[2 * i + 1] + 2) >> 2;
        int16_t part = (int16_t)(mean + (mean >> 7));
        to[i] = (uint8_t)(to[i] + (((int16_t)(ink - to[i]) * part + 128) >> 8));
    }
}

// Two rows of pixels from `row` of the rectangle on, columns from to to (even).
static void blend_rows(const struct wave *w, struct image *into, int row, const uint8_t *upper,
                       const uint8_t *lower, int from, int to, const struct ink *ink)
{
    int x = w->look.x + from, y = w->look.y + row;
    uint8_t *luma = into->plane[0] + (ptrdiff_t)y * into->stride[0] + x;
    blend(luma, upper + from, to - from, ink->level[0]);
    blend(luma + into->stride[0], lower + from, to - from, ink->level[0]);
    for (int p = 1; p < 3; p++)
        blend_half(into->plane[p] + (ptrdiff_t)(y / 2) * into->stride[p] + x / 2, upper + from,
                   lower + from, (to - from) / 2, ink->level[p]);
}

static void restore(const struct wave *w, struct image *into)
{
    for (int p = 0; p < 3; p++) {
        int half = p > 0;
        ptrdiff_t x = w->look.x >> half;
        for (int i = 0; i < w->look.height >> half; i++) {
            ptrdiff_t y = (w->look.y >> half) + i;
            memcpy(into->plane[p] + y * into->stride[p] + x,
                   w->back->plane[p] + y * w->back->stride[p] + x, (size_t)(w->look.width >> half));
        }
    }
}

void wave_paint(struct wave *w, double time_s, struct image *into)
{
    int width = w->look.width, now = present(w) & ~1;
    restore(w, into);
    draw_bars(w, time_s);
    for (int y = 0; y < w->bar_rows; y += 2) {
        const uint8_t *upper = w->mask + (size_t)y * (size_t)width, *lower = upper + width;
        blend_rows(w, into, y, upper, lower, 0, now, &w->played);
        blend_rows(w, into, y, upper, lower, now, width, &w->ahead);
    }
    if (w->look.live)
        return;
    draw_line(w, time_s);
    for (int y = w->line_row; y < w->look.height; y += 2) {
        blend_rows(w, into, y, w->rest, w->rest, 0, width, &w->ahead);
        blend_rows(w, into, y, w->done, w->done, 0, width, &w->played);
    }
}
