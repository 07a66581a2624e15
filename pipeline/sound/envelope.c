// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/envelope.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/fft.h"
#include "sound/samples.h"

enum { LOOKS = 2 * ENVELOPE_RATE, AROUND = ENVELOPE_RATE / 2 }; // spectra a second; rows
static const double turn = 6.283185307179586476925;
static const double edge_hz[ENVELOPE_BANDS + 1] = {250, 500, 1000, 2000, 3600};
static const float most = 30;   // of a motion: 15 dB
static const float loudest = 8; // sample: above are no numbers but accidents

struct envelope {
    int rate;
    int64_t samples;
    struct fft *fft;
    size_t size;                    // of a spectrum
    size_t bin[ENVELOPE_BANDS + 1]; // where bands begin
    int64_t looks;                  // spectra so far
    size_t held;                    // samples in hold
    float *hold, *window;           // hold: from the start of the next spectrum
    float *windowed, *spectrum;
    double energy[3][ENVELOPE_BANDS]; // of the last spectra
    envelope_row *rows;
    size_t count, room;
};

struct envelope *envelope_new(int sample_rate)
{
    if (sample_rate < 8000 || sample_rate > 192000)
        return NULL;
    struct envelope *v = mem_alloc(sizeof(*v));
    v->rate = sample_rate;
    for (v->size = FFT_MIN; v->size < (size_t)sample_rate / LOOKS + 1;)
        v->size *= 2;
    v->fft = fft_new(v->size);
    v->hold = mem_alloc(v->size * sizeof(float));
    v->held = v->size / 2; // the first spectrum has sample 0 in its middle
    v->windowed = mem_alloc(v->size * sizeof(float));
    v->window = mem_alloc(v->size * sizeof(float));
    v->spectrum = mem_alloc((v->size + 2) * sizeof(float));
    for (size_t i = 0; i < v->size; i++)
        v->window[i] =
            (float)(sin(turn / 2 * ((double)i + 0.5) / (double)v->size) / (double)v->size);
    for (int b = 0; b <= ENVELOPE_BANDS; b++)
        v->bin[b] = (size_t)lround(edge_hz[b] * (double)v->size / sample_rate);
    return v;
}

void envelope_free(struct envelope *v)
{
    if (!v)
        return;
    fft_free(v->fft);
    free(v->hold);
    free(v->window);
    free(v->windowed);
    free(v->spectrum);
    free(v->rows);
    free(v);
}

static uint8_t level_code(double energy)
{
    double db = energy > 1e-10 ? 10 * log10(energy) : -100;
    double code = ENVELOPE_STEPS_PER_DB * (db + 100);
    return (uint8_t)(code < 255 ? lround(code) : 255);
}

static void row_add(struct envelope *v)
{
    if (v->count == v->room) {
        v->room = v->room ? v->room + v->room / 2 : 4096;
        v->rows = mem_grow(v->rows, v->room * sizeof(*v->rows));
    }
    for (int b = 0; b < ENVELOPE_BANDS; b++)
        v->rows[v->count][b] =
            level_code((v->energy[0][b] + 2 * v->energy[1][b] + v->energy[2][b]) / 4);
    v->count++;
}

static void look(struct envelope *v)
{
    for (size_t i = 0; i < v->size; i++)
        v->windowed[i] = v->hold[i] * v->window[i];
    fft_forward(v->fft, v->windowed, v->spectrum);
    memmove(v->energy[0], v->energy[1], 2 * sizeof(v->energy[0]));
    for (int b = 0; b < ENVELOPE_BANDS; b++) {
        float sum = 0;
        for (size_t k = 2 * v->bin[b]; k < 2 * v->bin[b + 1]; k++)
            sum += v->spectrum[k] * v->spectrum[k];
        v->energy[2][b] = (double)sum;
    }
    if (v->looks % 2)
        row_add(v);
}

void envelope_add(struct envelope *v, const float *samples, size_t n)
{
    v->samples += (int64_t)n;
    while (n) {
        size_t take = v->size - v->held < n ? v->size - v->held : n;
        memcpy(v->hold + v->held, samples, take * sizeof(float));
        samples_mend(v->hold + v->held, take, loudest);
        samples += take;
        n -= take;
        v->held += take;
        if (v->held < v->size)
            return;
        look(v);
        size_t step = (size_t)((v->looks + 1) * v->rate / LOOKS - v->looks * v->rate / LOOKS);
        v->looks++;
        v->held -= step;
        memmove(v->hold, v->hold + step, v->held * sizeof(float));
    }
}

int envelope_sample_rate(const struct envelope *v)
{
    return v->rate;
}

int64_t envelope_samples(const struct envelope *v)
{
    return v->samples;
}

size_t envelope_count(const struct envelope *v)
{
    return v->count;
}

const envelope_row *envelope_rows(const struct envelope *v)
{
    return (const envelope_row *)v->rows;
}

static int level(const struct envelope *v, int band, ptrdiff_t i)
{
    ptrdiff_t last = (ptrdiff_t)v->count - 1;
    return v->rows[i < 0 ? 0 : i > last ? last : i][band];
}

void envelope_motion(const struct envelope *v, int band, ptrdiff_t from, size_t count, float *ret)
{
    memset(ret, 0, count * sizeof(*ret));
    ptrdiff_t first = from < 0 ? 0 : from, end = from + (ptrdiff_t)count;
    end = end < (ptrdiff_t)v->count ? end : (ptrdiff_t)v->count;
    int sum = 0;
    for (ptrdiff_t i = first - AROUND; first < end && i < first + AROUND; i++)
        sum += level(v, band, i);
    for (ptrdiff_t i = first; i < end; i++) {
        sum += level(v, band, i + AROUND);
        float motion = (float)level(v, band, i) - (float)sum / (2 * AROUND + 1);
        ret[i - from] = fminf(fmaxf(motion, -most), most);
        sum -= level(v, band, i - AROUND);
    }
}
