// SPDX-License-Identifier: GPL-3.0-or-later
// A decoder that waits `late` frames can show all in order: then packet i may be decoded when frame
// i - late is shown, and no packet is shown before it is decoded.
#include "media/packtimes.h"

#include "base/err.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    LATE_MOST = 16,     // frames that H.264 may hold back
    FRAMES_MOST = 240,  // a second
    COARSE = 10000,     // units a second below which a clock rounds the times of frames
    RATE_MIN = 10000,   // of a clock made here
    RATE_MAX = 1000000, // what a clock of the container may have
};

static int by_time(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int64_t divide(int64_t a, int64_t b) // to the nearest; a >= 0
{
    return (a + b / 2) / b;
}

// The number of the frame that is shown at t, when frames come at a constant rate. -1: none is.
static int64_t frame_at(const struct packtimes_given *g, int64_t t)
{
    int64_t a = g->unit.num * g->frames.num, b = g->unit.den * g->frames.den;
    if (t > (INT64_MAX - b) / a)
        return -1;
    int64_t frame = divide(t * a, b), off = divide(frame * b, a) - t;
    return off < -1 || off > 1 ? -1 : frame;
}

static bool sane_rate(struct packrate r)
{
    return r.den > 0 && r.den <= 1001 && r.num >= r.den && r.num <= FRAMES_MOST * r.den;
}

static bool snap(const struct packtimes_given *g, int64_t first, int64_t *times, uint32_t *ret_rate)
{
    int64_t rate = g->frames.num, each = g->frames.den;
    if (g->unit.den >= COARSE * g->unit.num || !sane_rate(g->frames))
        return false;
    for (size_t i = 0; i < g->count; i++) {
        if (frame_at(g, g->shown[i] - first) < 0)
            return false;
    }
    for (; rate < RATE_MIN; rate *= 2)
        each *= 2;
    for (size_t i = 0; i < g->count; i++)
        times[i] = frame_at(g, g->shown[i] - first) * each;
    *ret_rate = (uint32_t)rate;
    return true;
}

static void keep_clock(const struct packtimes_given *g, int64_t first, int64_t *times,
                       uint32_t *ret_rate)
{
    bool fine = g->unit.den > RATE_MAX;
    for (size_t i = 0; i < g->count; i++) {
        int64_t t = (g->shown[i] - first) * g->unit.num;
        times[i] = fine ? (int64_t)((double)t * RATE_MAX / (double)g->unit.den + 0.5) : t;
    }
    *ret_rate = (uint32_t)(fine ? RATE_MAX : g->unit.den);
}

static int check_order(const int64_t *times, const int64_t *sorted, size_t n, size_t *ret_late,
                       struct err *e)
{
    size_t late = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && sorted[i] == sorted[i - 1])
            return err_input(e, "two of its frames are shown at the same time");
        if (i > 0 && sorted[i] - sorted[i - 1] > INT32_MAX)
            return err_input(e, "a gap in its times is too long");
        while (i >= late && sorted[i - late] > times[i])
            late++;
        if (late > LATE_MOST)
            return err_input(e, "its times jump back");
    }
    *ret_late = late;
    return 0;
}

static int64_t decoded_at(const int64_t *sorted, size_t n, size_t late, size_t i)
{
    int64_t step = n > 1 ? sorted[1] - sorted[0] : 0;
    return i >= late ? sorted[i - late] : -(int64_t)(late - i) * step;
}

// A constant rate says it better than a clock that had to be mended.
static int64_t last_length(const struct packtimes_given *g, bool snapped, const int64_t *sorted,
                           uint32_t rate)
{
    size_t n = g->count;
    double seconds = 0;
    if (snapped || g->last_length <= 0) {
        if (n > 1)
            return sorted[n - 1] - sorted[n - 2];
        if (sane_rate(g->frames))
            seconds = (double)g->frames.den / (double)g->frames.num;
    } else {
        seconds = (double)g->last_length * (double)g->unit.num / (double)g->unit.den;
    }
    double length = seconds * rate + 0.5;
    return length < 1 ? 1 : length > INT32_MAX ? INT32_MAX : (int64_t)length;
}

int packtimes_make(struct arena *a, const struct packtimes_given *g, struct packtimes *ret,
                   struct err *e)
{
    size_t n = g->count, late = 0;
    int64_t *times = mem_alloc(2 * n * sizeof *times), *sorted = times + n, first = g->shown[0];
    for (size_t i = 0; i < n; i++)
        first = g->shown[i] < first ? g->shown[i] : first;
    bool snapped = snap(g, first, times, &ret->rate);
    if (!snapped)
        keep_clock(g, first, times, &ret->rate);
    memcpy(sorted, times, n * sizeof *times);
    qsort(sorted, n, sizeof *sorted, by_time);
    int r = check_order(times, sorted, n, &late, e);
    if (r >= 0) {
        ret->lengths = arena_array(a, uint32_t, n);
        ret->shifts = arena_array(a, uint32_t, n);
        int64_t length = last_length(g, snapped, sorted, ret->rate);
        int64_t zero = decoded_at(sorted, n, late, 0), at = zero;
        ret->end = sorted[n - 1] + length - zero;
        for (size_t i = 0; i < n; i++) {
            int64_t next = i + 1 < n ? decoded_at(sorted, n, late, i + 1) : at + length;
            ret->shifts[i] = (uint32_t)(times[i] - at);
            ret->lengths[i] = (uint32_t)(next - at);
            at = next;
        }
        ret->decoded = at - zero;
    }
    free(times);
    return r;
}
