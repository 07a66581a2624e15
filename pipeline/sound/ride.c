// SPDX-License-Identifier: GPL-3.0-or-later
// Every 100 ms of sound that has come out says, less the gain it was given, how loud it came in:
// one meter is enough, and what the limiter takes away is made up for.
#include "sound/ride.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/gated.h"
#include "sound/limiter.h"
#include "sound/loudness.h"

enum {
    HOPS_PER_S = 1000 / LIVEMETER_HOP_MS,
    MOMENTARY = 4,    // hops
    VOICE = 200,      // as many say how loud a voice is
    VOICE_NEW = 30,   // the last ones, by which another voice is known
    VOICE_LEAST = 10, // before that nothing is known
    PIECE = 1024,     // samples that are given their gain at a time
};
static const double absolute_gate_lufs = -50, relative_gate_lu = -20;
static const double pause_lu = -10;     // below its mean, as BS.1770 gates
static const double other_voice_lu = 6; // louder or softer
// Words swing further below their mean than above it: this much higher, both sides are within
// 3 LU most of the time.
static const double aim_lu = 0.4;
static const float loudest = 64; // 36 dB above full scale: what is more is no sound

struct ride {
    struct limiter *limiter;
    struct livemeter *meter;
    int rate, channels;
    double target_lufs;

    int64_t taken, ramp_start; // samples; where the present ramp began
    size_t ramps;
    double gain_db, next_db; // at the beginning and at the end of the ramp
    double last_db;          // in the middle of the ramp before
    size_t heard;            // hops that were told to the rider

    double recent[MOMENTARY]; // energies as they came in, by hop
    struct gated so_far;      // of them
    double voice[VOICE];      // 400 ms that are no pause, from the oldest on
    size_t spoken;            // of voice
    float *plane[LIVEMETER_CHANNELS];
};

static double within(double v, double low, double high)
{
    return v < low ? low : v > high ? high : v;
}

struct ride *ride_new(const struct ride_params *p)
{
    struct limiter *limiter = limiter_new(&(struct limiter_params){
        .sample_rate = p->sample_rate, .channels = p->channels, .ceiling_dbtp = p->ceiling_dbtp});
    struct livemeter *meter = livemeter_new(p->sample_rate, p->channels);
    if (!limiter || !meter) {
        limiter_free(limiter);
        livemeter_free(meter);
        return NULL;
    }
    struct ride *r = mem_alloc(sizeof(*r));
    r->limiter = limiter;
    r->meter = meter;
    r->rate = p->sample_rate;
    r->channels = p->channels;
    r->target_lufs = p->target_lufs;
    r->gain_db = within(p->start_gain_db, -RIDE_RANGE_DB, RIDE_RANGE_DB);
    r->next_db = r->last_db = r->gain_db;
    for (int c = 0; c < r->channels; c++)
        r->plane[c] = mem_alloc(PIECE * sizeof(float));
    return r;
}

void ride_free(struct ride *r)
{
    if (!r)
        return;
    limiter_free(r->limiter);
    livemeter_free(r->meter);
    for (int c = 0; c < r->channels; c++)
        free(r->plane[c]);
    free(r);
}

// ---- how loud the voice is

// Mean of n windows from v on, without the pauses in them; LUFS.
static double voice_lufs(const double *v, size_t n)
{
    double sum = 0, gate, spoken = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    gate = sum / (double)n * pow(10, pause_lu / 10);
    for (size_t i = 0; i < n; i++)
        if (v[i] > gate) {
            spoken += v[i];
            count++;
        }
    return count ? loudness_lufs(spoken / (double)count) : -HUGE_VAL;
}

static double gate_lufs(const struct ride *r)
{
    double so_far = gated_lufs(&r->so_far);
    if (r->spoken >= VOICE_LEAST)
        so_far = fmin(so_far, voice_lufs(r->voice, r->spoken));
    return fmax(absolute_gate_lufs, so_far + relative_gate_lu);
}

static void forget_voice(struct ride *r, size_t keep)
{
    memmove(r->voice, r->voice + r->spoken - keep, keep * sizeof(*r->voice));
    r->spoken = keep;
}

// Adds 400 ms to the voice that is speaking; where the last ones are much louder or softer, it is
// another voice, and they are all that is known of it.
static void listen(struct ride *r, double energy)
{
    if (r->spoken == VOICE)
        forget_voice(r, VOICE - 1);
    r->voice[r->spoken++] = energy;
    if (r->spoken < 2 * VOICE_NEW)
        return;
    double now = voice_lufs(r->voice + r->spoken - VOICE_NEW, VOICE_NEW);
    double before = voice_lufs(r->voice, r->spoken - VOICE_NEW);
    if (fabs(now - before) > other_voice_lu)
        forget_voice(r, VOICE_NEW);
}

// ---- the gain

// One hop has come out that was given `gain_db`. True: it is no pause.
static bool hear(struct ride *r, double energy, double gain_db)
{
    memmove(r->recent, r->recent + 1, (MOMENTARY - 1) * sizeof(*r->recent));
    r->recent[MOMENTARY - 1] = energy * pow(10, -gain_db / 10);
    double momentary = 0;
    for (size_t i = 0; i < MOMENTARY; i++)
        momentary += r->recent[i] / MOMENTARY;
    if (++r->heard < MOMENTARY)
        return false;
    gated_add(&r->so_far, momentary);
    if (loudness_lufs(momentary) < gate_lufs(r))
        return false;
    listen(r, momentary);
    return r->spoken >= VOICE_LEAST;
}

static void begin_ramp(struct ride *r)
{
    double from = r->next_db, to = from;
    if (livemeter_hops(r->meter) > r->heard && hear(r, livemeter_energy(r->meter), r->last_db)) {
        double wanted = r->target_lufs + aim_lu - voice_lufs(r->voice, r->spoken);
        to = within(wanted, from - RIDE_DOWN_DB / HOPS_PER_S, from + RIDE_UP_DB / HOPS_PER_S);
        to = within(to, -RIDE_RANGE_DB, RIDE_RANGE_DB);
    }
    r->last_db = (r->gain_db + r->next_db) / 2;
    r->gain_db = from;
    r->next_db = to;
    r->ramp_start = r->taken;
    r->ramps++;
}

static int64_t ramp_end(const struct ride *r)
{
    return (int64_t)(r->ramps + 1) * r->rate / HOPS_PER_S;
}

static double linear(double db)
{
    return pow(10, db / 20);
}

static void apply(struct ride *r, const float *const *in, size_t from, size_t n)
{
    double first = linear(r->gain_db), length = (double)(ramp_end(r) - r->ramp_start);
    double step = (linear(r->next_db) - first) / length;
    int32_t at = (int32_t)(r->taken - r->ramp_start);
    for (int c = 0; c < r->channels; c++) {
        const float *x = in[c] + from;
        float *y = r->plane[c];
        for (int32_t i = 0; i < (int32_t)n; i++)
            y[i] = fabsf(x[i]) <= loudest ? x[i] * (float)(first + step * (at + i)) : 0;
    }
}

// Measures what has come out, and moves the places to write to behind it.
static size_t came_out(struct ride *r, float **out, size_t n)
{
    livemeter_add(r->meter, (const float *const *)out, n);
    for (int c = 0; c < r->channels; c++)
        out[c] += n;
    return n;
}

size_t ride_run(struct ride *r, const float *const *in, size_t frames, float *const *out)
{
    float *to[LIVEMETER_CHANNELS] = {out[0], r->channels > 1 ? out[1] : NULL};
    size_t written = 0;
    for (size_t done = 0; done < frames;) {
        size_t n = frames - done < PIECE ? frames - done : PIECE;
        if ((int64_t)n > ramp_end(r) - r->taken)
            n = (size_t)(ramp_end(r) - r->taken);
        apply(r, in, done, n);
        written += came_out(r, to, limiter_run(r->limiter, (const float *const *)r->plane, n, to));
        done += n;
        r->taken += (int64_t)n;
        if (r->taken == ramp_end(r))
            begin_ramp(r);
    }
    return written;
}

size_t ride_flush(struct ride *r, float *const *out)
{
    float *to[LIVEMETER_CHANNELS] = {out[0], r->channels > 1 ? out[1] : NULL};
    return came_out(r, to, limiter_flush(r->limiter, to));
}

size_t ride_delay(const struct ride *r)
{
    return limiter_delay(r->limiter);
}

void ride_readings(const struct ride *r, struct ride_readings *ret)
{
    struct limiter_stats s;
    limiter_stats(r->limiter, &s);
    livemeter_readings(r->meter, &ret->out);
    ret->gain_db = r->gain_db;
    ret->limited_db = s.max_reduction_db;
}
