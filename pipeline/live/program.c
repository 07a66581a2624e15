// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/program.h"

#include "base/arena.h"
#include "base/clock.h"
#include "live/slate.h"
#include "live/slatesound.h"
#include "sound/ride.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double empty_s = 0.3; // without a source; then the slate, within half a second
static const double fade_s = 0.02; // at every change, so that none clicks
static const double lag_s = 2;     // more than that behind the clock is not caught up

struct program {
    struct program_params p;
    pthread_t thread;
    atomic_bool stop, over;
    pthread_mutex_t lock;
    struct program_state state; // lock
    pthread_mutex_t riding;     // of p.ride
    // the thread's own
    int on_air;     // < 0: the slate
    double away_s;  // since the source on air had nothing
    AVFrame *shown; // the last picture
    size_t room;    // samples of a step, at most
    float *in[2], *out[2];
    int64_t frames, samples;
    bool fade_in;
    tick away_since; // on the broadcast's clock
};

// ---- which source

static bool can_take(const struct program *p, int i)
{
    return intake_is_ready(p->p.intakes[i]);
}

static void go_to(struct program *p, int i)
{
    if (p->on_air == i)
        return;
    if (i >= 0)
        intake_join(p->p.intakes[i]);
    else
        p->away_since = tick_from_samples(p->samples, p->p.sample_rate);
    p->on_air = i;
    p->away_s = 0;
    p->fade_in = true;
    if (p->p.changed)
        p->p.changed(p->p.ctx, i);
}

// A better source comes back at once: it is ready only when it has been there for a while.
static void look_for_better(struct program *p)
{
    int end = p->on_air < 0 ? (int)p->p.num_intakes : p->on_air;
    for (int i = 0; i < end; i++)
        if (can_take(p, i)) {
            go_to(p, i);
            return;
        }
}

static bool all_have_ended(const struct program *p)
{
    for (size_t i = 0; i < p->p.num_intakes; i++)
        if (intake_state(p->p.intakes[i]) != INTAKE_ENDED || intake_buffered_s(p->p.intakes[i]) > 0)
            return false;
    return p->p.num_intakes > 0;
}

// ---- one step

static void fade(const struct program *p, size_t n, bool in)
{
    size_t length = (size_t)(fade_s * p->p.sample_rate);
    length = length < n ? length : n;
    for (int c = 0; c < 2; c++)
        for (size_t i = 0; i < length; i++)
            p->in[c][in ? i : length - 1 - i] *= (float)i / (float)length;
}

static void show(struct program *p, AVFrame *f)
{
    if (!f)
        return;
    av_frame_free(&p->shown);
    p->shown = f;
}

static bool from_source(struct program *p, size_t n)
{
    AVFrame *picture = NULL;
    if (p->on_air < 0)
        return false;
    struct intake *in = p->p.intakes[p->on_air];
    bool ended = intake_state(in) == INTAKE_ENDED;
    if (!(ended ? intake_take_rest : intake_take)(in, p->in, n, &picture))
        return false;
    p->away_s = 0;
    if (p->p.width && !intake_has_picture(in)) {
        slate_hear(p->p.card, p->p.sample_rate, (const float *const *)p->in, 2, n);
        slate_wave(p->p.card, tick_from_samples(p->samples, p->p.sample_rate), &picture);
    }
    show(p, picture);
    return true;
}

static void from_slate(struct program *p, size_t n, double step_s)
{
    AVFrame *picture = NULL;
    tick now = tick_from_samples(p->samples, p->p.sample_rate);
    p->away_s += step_s;
    bool frozen = p->on_air >= 0 && p->away_s < empty_s;
    if (!frozen && p->on_air >= 0)
        go_to(p, -1);
    slatesound_read(p->p.slatesound, !frozen, p->in, n, NULL);
    if (p->p.width && !frozen)
        slate_frame(p->p.slate, now, p->away_since, &picture);
    show(p, picture);
}

static void encode_picture(struct program *p)
{
    for (size_t i = 0; p->shown && i < p->p.num_encoders; i++) {
        if (!p->p.encodes_picture[i])
            continue;
        AVFrame *f = av_frame_clone(p->shown);
        if (!f)
            mem_fail();
        encoder_give_picture(p->p.encoders[i], f, p->frames);
    }
}

static void encode_sound(struct program *p, size_t n)
{
    pthread_mutex_lock(&p->riding);
    n = ride_run(p->p.ride, (const float *const *)p->in, n, p->out);
    pthread_mutex_unlock(&p->riding);
    for (size_t i = 0; n && i < p->p.num_encoders; i++)
        if (!p->p.encodes_picture[i])
            encoder_give_sound(p->p.encoders[i], (const float *const *)p->out, n);
}

static void step(struct program *p)
{
    int64_t next =
        av_rescale(p->frames + 1, (int64_t)p->p.sample_rate * p->p.rate_den, p->p.rate_num);
    size_t n = (size_t)(next - p->samples);
    double step_s = (double)n / p->p.sample_rate;
    look_for_better(p);
    if (!from_source(p, n))
        from_slate(p, n, step_s);
    if (p->fade_in)
        fade(p, n, true);
    p->fade_in = false;
    encode_picture(p);
    encode_sound(p, n);
    p->frames++;
    p->samples = next;
    pthread_mutex_lock(&p->lock);
    p->state.on_air = p->on_air;
    p->state.elapsed_s = (double)p->samples / p->p.sample_rate;
    p->state.slate_s += p->on_air < 0 ? step_s : 0;
    pthread_mutex_unlock(&p->lock);
}

// ---- the thread

static void wait_until(double when)
{
    double left = when - clock_monotonic();
    if (left <= 0)
        return;
    struct timespec t = {(time_t)left, (long)((left - (double)(time_t)left) * 1e9)};
    nanosleep(&t, NULL);
}

static void *run(void *arg)
{
    struct program *p = arg;
    double began = clock_monotonic();
    while (!atomic_load(&p->stop)) {
        double due = began + (double)p->samples / p->p.sample_rate;
        double late = clock_monotonic() - due;
        if (late > lag_s) // the machine slept, or cannot keep up
            began += late;
        pthread_mutex_lock(&p->lock);
        p->state.late_s = late > p->state.late_s ? late : p->state.late_s;
        pthread_mutex_unlock(&p->lock);
        wait_until(due);
        step(p);
        if (p->on_air < 0 && all_have_ended(p))
            break;
    }
    atomic_store(&p->over, true);
    return NULL;
}

int program_start(const struct program_params *params, struct program **ret, struct err *e)
{
    struct program *p = mem_alloc(sizeof *p);
    p->p = *params;
    p->on_air = -1;
    p->state.on_air = -1;
    p->room = (size_t)((int64_t)params->sample_rate * params->rate_den / params->rate_num + 2);
    for (int c = 0; c < 2; c++) {
        p->in[c] = mem_alloc(p->room * sizeof(float));
        p->out[c] = mem_alloc((p->room + ride_delay(params->ride)) * sizeof(float));
    }
    pthread_mutex_init(&p->lock, NULL);
    pthread_mutex_init(&p->riding, NULL);
    int r = pthread_create(&p->thread, NULL, run, p);
    if (r) {
        atomic_store(&p->stop, true);
        for (int c = 0; c < 2; c++) {
            free(p->in[c]);
            free(p->out[c]);
        }
        free(p);
        return err_set(e, -r, "no thread for the broadcast can be had");
    }
    *ret = p;
    return 0;
}

void program_stop(struct program *p)
{
    if (!atomic_exchange(&p->stop, true))
        pthread_join(p->thread, NULL);
}

void program_free(struct program *p)
{
    if (!p)
        return;
    program_stop(p);
    av_frame_free(&p->shown);
    for (int c = 0; c < 2; c++) {
        free(p->in[c]);
        free(p->out[c]);
    }
    pthread_mutex_destroy(&p->lock);
    pthread_mutex_destroy(&p->riding);
    free(p);
}

bool program_is_over(struct program *p)
{
    return atomic_load(&p->over);
}

void program_state(struct program *p, struct program_state *ret)
{
    pthread_mutex_lock(&p->lock);
    *ret = p->state;
    pthread_mutex_unlock(&p->lock);
}

void program_loudness(struct program *p, struct ride_readings *ret)
{
    pthread_mutex_lock(&p->riding);
    ride_readings(p->p.ride, ret);
    pthread_mutex_unlock(&p->riding);
}
