// SPDX-License-Identifier: GPL-3.0-or-later
// Where a neighbourhood of 3 windows and 9 bins is no louder than noise, the gain is the floor and
// nothing else, so that what is left of the noise sounds as it did. Elsewhere it is the
// log-spectral amplitude estimate after Ephraim and Malah with their decision-directed rule. The
// neighbourhood reaches one window ahead, which opens the gain before a syllable and not after its
// start.
#include "sound/noise.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/denormal.h"
#include "sound/fft.h"

enum { SIDE = 4, RING = 3 };
static const float memory = 0.85f;               // of the decision-directed rule, a window
static const float closed = 1.7f, opened = 2.6f; // times the noise: surely noise, surely not

struct noise {
    size_t hop, bins, fill, out_fill;
    float floor;
    struct fft *fft;
    float *window, *row, *frame, *sum;  // row: the samples of a window; sum: of overlapping results
    float *spectrum[RING], *post[RING]; // post: times the noise, with SIDE empty bins on both ends
    float *inverse, *kept, *gain, *near, *wide; // inverse: 1 / noise; kept: power kept, times noise
    size_t windows;
    unsigned long long taken, given;
};

static float *floats(size_t n)
{
    return mem_alloc(n * sizeof(float));
}

struct noise *noise_new(int sample_rate, const struct noise_result *found)
{
    if (sample_rate < 8000 || sample_rate > 192000)
        return NULL;
    struct noise *s = mem_alloc(sizeof(*s));
    if (!found->needed)
        return s;
    s->hop = noise_hop(sample_rate);
    s->bins = 2 * s->hop + 1;
    s->fft = fft_new(4 * s->hop);
    s->floor = (float)pow(10, -fmin(fmax(found->reduction_db, 0), NOISE_MAX_DB) / 20);
    s->window = floats(3 * s->hop);
    s->row = floats(3 * s->hop);
    s->frame = floats(4 * s->hop);
    s->sum = floats(4 * s->hop);
    for (int i = 0; i < RING; i++) {
        s->spectrum[i] = floats(2 * s->bins);
        s->post[i] = floats(s->bins + 2 * SIDE);
    }
    s->inverse = floats(s->bins);
    s->kept = floats(s->bins);
    s->gain = floats(s->bins);
    s->near = floats(s->bins + 2 * SIDE);
    s->wide = floats(s->bins);
    noise_window(s->window, s->hop);
    for (size_t k = 0; k < s->bins; k++)
        s->inverse[k] = 1 / (found->power[k] + 1e-12f);
    s->fill = 2 * s->hop; // silence before the start
    return s;
}

void noise_free(struct noise *s)
{
    if (!s)
        return;
    for (int i = 0; i < RING; i++) {
        free(s->spectrum[i]);
        free(s->post[i]);
    }
    fft_free(s->fft);
    free(s->window);
    free(s->row);
    free(s->frame);
    free(s->sum);
    free(s->inverse);
    free(s->kept);
    free(s->gain);
    free(s->near);
    free(s->wide);
    free(s);
}

size_t noise_delay(const struct noise *s)
{
    return 4 * s->hop;
}

static void analyse(struct noise *s)
{
    float *restrict spectrum = s->spectrum[s->windows % RING];
    float *restrict post = s->post[s->windows % RING] + SIDE;
    for (size_t i = 0; i < 3 * s->hop; i++)
        s->frame[i] = s->row[i] * s->window[i];
    memset(s->frame + 3 * s->hop, 0, s->hop * sizeof(float));
    fft_forward(s->fft, s->frame, spectrum);
    for (size_t k = 0; k < s->bins; k++)
        post[k] = (spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1]) *
                  s->inverse[k];
    for (size_t k = 0; k < SIDE; k++) { // mirrored at both ends
        post[-1 - (ptrdiff_t)k] = post[k];
        post[s->bins + k] = post[s->bins - 1 - k];
    }
    s->windows++;
}

// wide: the mean of 3 windows and 9 bins.
static void neighbourhood(const struct noise *s)
{
    const float *restrict a = s->post[0], *restrict b = s->post[1], *restrict c = s->post[2];
    float *restrict near = s->near, *restrict wide = s->wide;
    for (size_t k = 0; k < s->bins + 2 * SIDE; k++)
        near[k] = (a[k] + b[k] + c[k]) / (3 * (2 * SIDE + 1));
    for (size_t k = 0; k < s->bins; k++)
        wide[k] = ((near[k] + near[k + 1]) + (near[k + 2] + near[k + 3])) +
                  ((near[k + 4] + near[k + 5]) + (near[k + 6] + near[k + 7])) + near[k + 8];
}

static inline float within(float x, float low, float high)
{
    x = x < low ? low : x;
    return x > high ? high : x;
}

static void gains(struct noise *s, const float *restrict post)
{
    float *restrict kept = s->kept, *restrict gain = s->gain;
    const float *restrict wide = s->wide;
    const float least = s->floor * s->floor, floor_gain = s->floor;
    for (size_t k = 0; k < s->bins; k++) {
        float now = post[k] > 1 ? post[k] - 1 : 0;
        float prior = memory * kept[k] + (1 - memory) * now;
        prior = prior > least ? prior : least;
        float wiener = prior / (1 + prior), v = wiener * post[k] + 1e-6f;
        // e^(E1(v) / 2) to 2 %
        float more = 0.5615f / (v * (1 + v * (1 + v * (0.5f + v * 0.1667f))));
        float open = within((wide[k] - closed) / (opened - closed), 0, 1);
        float g = within(wiener * sqrtf(1 + more), floor_gain, 1);
        gain[k] = floor_gain + open * (g - floor_gain);
        kept[k] = gain[k] * gain[k] * post[k];
    }
}

// Adds window `windows` - 2, whose neighbours are known, to the sum.
static void synthesise(struct noise *s)
{
    size_t at = (s->windows - 2) % RING;
    float *restrict spectrum = s->spectrum[at];
    neighbourhood(s);
    gains(s, s->post[at] + SIDE);
    for (size_t k = 0; k < s->bins; k++) {
        spectrum[2 * k] *= s->gain[k];
        spectrum[2 * k + 1] *= s->gain[k];
    }
    fft_inverse(s->fft, spectrum, s->frame);
    for (size_t i = 0; i < 3 * s->hop; i++) // squared, three windows add up to 1.5
        s->sum[i] += s->frame[i] * s->window[i] * (1 / 1.5f);
}

// One hop further. Window i begins at sample (i - 2) * hop, so with window i read, the first hop
// of window i - 1 is complete.
static size_t step(struct noise *s, float *out)
{
    size_t given = 0;
    analyse(s);
    if (s->windows >= 2)
        synthesise(s);
    if (s->windows >= 4) {
        unsigned long long left = s->taken - s->given;
        given = left < s->hop ? (size_t)left : s->hop;
        memcpy(out, s->sum, given * sizeof(*out));
        s->given += given;
    }
    if (s->windows >= 2) {
        memmove(s->sum, s->sum + s->hop, 3 * s->hop * sizeof(float));
        memset(s->sum + 3 * s->hop, 0, s->hop * sizeof(float));
    }
    memmove(s->row, s->row + s->hop, 2 * s->hop * sizeof(float));
    s->fill -= s->hop;
    return given;
}

static size_t push(struct noise *s, const float *in, size_t n, float *out)
{
    size_t given = 0;
    unsigned before = denormal_off();
    while (n) {
        size_t take = 3 * s->hop - s->fill < n ? 3 * s->hop - s->fill : n;
        if (in)
            memcpy(s->row + s->fill, in, take * sizeof(*in));
        else
            memset(s->row + s->fill, 0, take * sizeof(*in));
        in = in ? in + take : NULL;
        s->fill += take;
        n -= take;
        if (s->fill == 3 * s->hop)
            given += step(s, out + given);
    }
    denormal_restore(before);
    return given;
}

size_t noise_run(struct noise *s, const float *in, size_t n, float *out)
{
    if (!s->hop) {
        memcpy(out, in, n * sizeof(*in));
        return n;
    }
    s->taken += n;
    return push(s, in, n, out);
}

size_t noise_flush(struct noise *s, float *out)
{
    size_t given = 0;
    while (s->given < s->taken)
        given += push(s, NULL, s->hop, out + given);
    return given;
}
