// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/intake.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "live/pattern.h"
#include "live/recorder.h"
#include "live/ring.h"
#include "media/tuner.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PICTURES = 96 };
static const double store_s = 3;     // the most that is kept
static const double standby_s = 0.5; // of a source that is not on air
static const double paced_s = 0.4;   // a file is read so far ahead
static const double wanted_s = 0.2;  // waits in a live source's store, so that it may tremble
static const double patience_s = 10; // without a packet: it is opened again
static const double retry_s = 1, retry_growth = 1.7, retry_longest_s = 5;
static const double watch_s = 0.3;           // how fast it comes is looked at for so long
static const tick quiet = TICKS_PER_SEC / 2; // a picture so far ahead of its sound has none

const char *const intake_states[] = {"opening", "live", "lost", "ended"};

struct picture {
    tick at;
    AVFrame *frame;
};
struct intake {
    struct intake_params p;
    atomic_bool stop;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t room;               // a paced source waits for it
    struct ring ring;                  // lock
    struct picture pictures[PICTURES]; // lock; in order of time
    size_t num_pictures;               // lock
    enum intake_state state;           // lock
    char text[INTAKE_TEXT];            // lock
    bool has_picture, has_sound;       // lock
    bool on_air, paced;                // lock
    bool behind;                       // lock; what is read now was sent a while ago
    double watched_since;              // lock; 0: not yet
    tick watched_from;                 // lock
    double level_s;                    // lock; what waits, smoothed
    bool seen_live_list;               // of segments, before
    struct tuner *tuner;
};

static void change(struct intake *in, enum intake_state state, const char *text)
{
    pthread_mutex_lock(&in->lock);
    bool news = in->state != state || strcmp(in->text, text) != 0;
    in->state = state;
    snprintf(in->text, sizeof in->text, "%s", text);
    pthread_mutex_unlock(&in->lock);
    if (news && in->p.changed)
        in->p.changed(in->p.changed_ctx, in->p.name, state, text);
}

// ---- the store; with the lock held

static void drop_pictures(struct intake *in, size_t n)
{
    for (size_t i = 0; i < n; i++)
        av_frame_free(&in->pictures[i].frame);
    in->num_pictures -= n;
    memmove(in->pictures, in->pictures + n, in->num_pictures * sizeof *in->pictures);
}

// Those before `at`, but for the last one: it is still to be seen.
static void drop_older(struct intake *in, tick at)
{
    size_t n = 0;
    while (n + 1 < in->num_pictures && in->pictures[n + 1].at <= at)
        n++;
    drop_pictures(in, n);
}

static void keep_newest(struct intake *in, double seconds)
{
    ring_keep(&in->ring, (size_t)(seconds * in->ring.rate));
    if (in->ring.end != TICK_NONE)
        drop_older(in, ring_begin(&in->ring));
}

static double stored_s(const struct intake *in)
{
    return (double)in->ring.count / in->ring.rate;
}

static bool is_full(const struct intake *in)
{
    if (in->num_pictures >= PICTURES - 1)
        return in->ring.count; // else the oldest goes: its sound comes too late
    if (stored_s(in) < paced_s)
        return false;
    // sound far ahead of its picture in the file must not keep the picture from being read
    return !in->has_picture || in->num_pictures > 1 || stored_s(in) > store_s * 0.8;
}

static void wait_for_room(struct intake *in)
{
    while (in->paced && is_full(in) && !atomic_load(&in->stop)) {
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        t.tv_nsec += 100000000;
        if (t.tv_nsec >= 1000000000) {
            t.tv_sec++;
            t.tv_nsec -= 1000000000;
        }
        pthread_cond_timedwait(&in->room, &in->lock, &t);
    }
}

static void put_picture(void *ctx, tick at, AVFrame *frame)
{
    struct intake *in = ctx;
    pthread_mutex_lock(&in->lock);
    if (in->num_pictures == PICTURES)
        drop_pictures(in, 1);
    in->pictures[in->num_pictures++] = (struct picture){at, frame};
    if (!in->has_sound)
        ring_silence(&in->ring, at);
    else if (in->ring.end != TICK_NONE && at > in->ring.end + 2 * quiet)
        ring_silence(&in->ring, at - quiet);
    if (!in->paced && !in->on_air)
        keep_newest(in, standby_s);
    wait_for_room(in);
    pthread_mutex_unlock(&in->lock);
}

static void put_sound(void *ctx, tick at, const float *const planes[2], size_t n)
{
    struct intake *in = ctx;
    pthread_mutex_lock(&in->lock);
    ring_put(&in->ring, at, planes, n);
    if (!in->paced && !in->on_air)
        keep_newest(in, standby_s);
    wait_for_room(in);
    pthread_mutex_unlock(&in->lock);
}

static void empty(struct intake *in)
{
    drop_pictures(in, in->num_pictures);
    in->ring.count = 0;
    in->ring.end = TICK_NONE;
}

// ---- the thread

static void pace(struct intake *in)
{
    pthread_mutex_lock(&in->lock);
    double off = in->level_s - wanted_s;
    bool live = in->on_air && !in->paced;
    if (live && off > 1) // behind by a second: at once
        keep_newest(in, wanted_s);
    int rate = in->ring.rate;
    pthread_mutex_unlock(&in->lock);
    // what is too much is used up within some 100 s
    tuner_pace(in->tuner, live && fabs(off) > 0.02 ? (int)(-off * rate / 100) : 0);
}

static int open_tuner(struct intake *in, const struct inlet *inlet, struct err *e)
{
    const struct inlet_params *p = &in->p.inlet;
    struct tuner_params tp = {.source = inlet->format,
                              .width = p->width,
                              .height = p->height,
                              .sample_rate = p->sample_rate,
                              .threads = in->p.threads,
                              .picture = put_picture,
                              .sound = put_sound,
                              .ctx = in};
    int r = tuner_open(&tp, &in->tuner, e);
    if (r < 0)
        return r;
    pthread_mutex_lock(&in->lock);
    empty(in);
    in->has_picture = tuner_has_picture(in->tuner);
    in->has_sound = tuner_has_sound(in->tuner);
    in->paced = inlet->paced;
    in->behind = !inlet->paced;
    pthread_mutex_unlock(&in->lock);
    return 0;
}

// What was held up, or was read to find out the format, comes faster than it is used.
static void look_if_behind(struct intake *in)
{
    double now = clock_monotonic();
    pthread_mutex_lock(&in->lock);
    if (!in->behind || in->ring.end == TICK_NONE) {
        in->watched_since = 0;
    } else if (in->watched_since <= 0) {
        in->watched_since = now;
        in->watched_from = in->ring.end;
    } else if (now - in->watched_since >= watch_s) {
        in->behind = tick_to_s(in->ring.end - in->watched_from) > 1.5 * (now - in->watched_since);
        in->watched_since = now;
        in->watched_from = in->ring.end;
    }
    pthread_mutex_unlock(&in->lock);
}

static int read_all(struct intake *in, struct inlet *inlet, struct err *e)
{
    AUTO(packet) AVPacket *pkt = av_packet_alloc();
    char format[TUNER_TEXT];
    double looked = 0;
    int r = pkt ? 1 : err_set(e, -ENOMEM, "out of memory");
    while (r > 0 && !atomic_load(&in->stop)) {
        r = inlet_read(inlet, pkt, patience_s, e);
        if (r <= 0)
            break;
        recorder_packet(in->p.recorder, pkt);
        int given = tuner_give(in->tuner, pkt, e);
        av_packet_unref(pkt);
        if (given < 0)
            return given;
        look_if_behind(in);
        if (clock_monotonic() - looked > 1) {
            looked = clock_monotonic();
            pace(in);
            tuner_describe(in->tuner, format);
            change(in, INTAKE_LIVE, format);
        }
    }
    return r < 0 ? r : tuner_flush(in->tuner, e);
}

static void forget(struct intake *in)
{
    pthread_mutex_lock(&in->lock);
    empty(in);
    pthread_mutex_unlock(&in->lock);
}

static int receive(struct intake *in, struct err *e)
{
    struct inlet inlet;
    int r = inlet_open(&in->p.inlet, &inlet, e);
    if (r < 0)
        return r;
    // A list that was live and is whole now has ended; from its start it has been seen.
    bool over = in->seen_live_list && !inlet.live_list;
    in->seen_live_list |= inlet.live_list;
    if (over)
        forget(in);
    else
        r = open_tuner(in, &inlet, e);
    if (r >= 0 && !over) {
        recorder_source(in->p.recorder, inlet.format);
        r = read_all(in, &inlet, e);
        recorder_source(in->p.recorder, NULL);
        tuner_close(in->tuner);
        in->tuner = NULL;
    }
    inlet_close(&inlet);
    return r;
}

static void pause_for(struct intake *in, double seconds)
{
    double until = clock_monotonic() + seconds;
    while (clock_monotonic() < until && !atomic_load(&in->stop))
        usleep(50000);
}

// The test pattern: what a source would send, from a source that cannot fail.
static int draw_pattern(struct intake *in, struct err *e)
{
    const struct inlet_params *p = &in->p.inlet;
    AVRational frame = {p->rate_den, p->rate_num};
    float *planes[2];
    struct pattern *pattern = NULL;
    int r = p->width ? pattern_new(p->width, p->height, &pattern, e) : 0;
    for (int c = 0; c < 2; c++)
        planes[c] = mem_alloc((size_t)p->sample_rate * sizeof(float));
    in->has_picture = p->width;
    in->has_sound = true;
    change(in, INTAKE_LIVE, "test pattern");
    for (int64_t n = 0; r >= 0 && !atomic_load(&in->stop); n++) {
        tick at = av_rescale_q(n, frame, (AVRational){1, (int)TICKS_PER_SEC});
        int64_t from = av_rescale_q(n, frame, (AVRational){1, p->sample_rate});
        int64_t to = av_rescale_q(n + 1, frame, (AVRational){1, p->sample_rate});
        AVFrame *f = NULL;
        if (pattern && pattern_frame(pattern, at, &f) >= 0)
            put_picture(in, at, f);
        pattern_sound(p->sample_rate, from, planes, 2, (size_t)(to - from));
        put_sound(in, tick_from_samples(from, p->sample_rate), (const float *const *)planes,
                  (size_t)(to - from));
    }
    pattern_free(pattern);
    for (int c = 0; c < 2; c++)
        free(planes[c]);
    return r;
}

static void *run(void *arg)
{
    struct intake *in = arg;
    bool drawn = str_same(in->p.inlet.url, "pattern:");
    bool paced = inlet_is_paced(in->p.inlet.url);
    double wait_s = retry_s;
    while (!atomic_load(&in->stop)) {
        struct err e = {0};
        double began = clock_monotonic();
        int r = drawn ? draw_pattern(in, &e) : receive(in, &e);
        if (r >= 0 || e.kind == ERR_INPUT || paced) {
            change(in, INTAKE_ENDED, r < 0 ? e.text : "");
            break;
        }
        change(in, INTAKE_LOST, e.text);
        if (clock_monotonic() - began > patience_s)
            wait_s = retry_s;
        pause_for(in, e.code == -EACCES ? 0.2 : wait_s);
        wait_s = fmin(wait_s * retry_growth, retry_longest_s);
    }
    return NULL;
}

// ---- from outside

int intake_start(const struct intake_params *p, struct intake **ret, struct err *e)
{
    struct intake *in = mem_alloc(sizeof *in);
    in->p = *p;
    in->p.inlet.stop = &in->stop;
    in->paced = inlet_is_paced(p->inlet.url);
    ring_init(&in->ring, p->inlet.sample_rate, store_s);
    pthread_mutex_init(&in->lock, NULL);
    pthread_cond_init(&in->room, NULL);
    int r = pthread_create(&in->thread, NULL, run, in);
    if (r) {
        ring_done(&in->ring);
        free(in);
        return err_set(e, -r, "%s: no thread can be had", p->name);
    }
    *ret = in;
    return 0;
}

void intake_free(struct intake *in)
{
    if (!in)
        return;
    atomic_store(&in->stop, true);
    pthread_cond_broadcast(&in->room);
    pthread_join(in->thread, NULL);
    empty(in);
    ring_done(&in->ring);
    pthread_cond_destroy(&in->room);
    pthread_mutex_destroy(&in->lock);
    free(in);
}

enum intake_state intake_state(struct intake *in)
{
    pthread_mutex_lock(&in->lock);
    enum intake_state s = in->state;
    pthread_mutex_unlock(&in->lock);
    return s;
}

bool intake_is_ready(struct intake *in)
{
    pthread_mutex_lock(&in->lock);
    bool ready = stored_s(in) >= wanted_s && (!in->has_picture || in->num_pictures) && !in->behind;
    pthread_mutex_unlock(&in->lock);
    return ready;
}

void intake_join(struct intake *in)
{
    pthread_mutex_lock(&in->lock);
    in->on_air = true;
    in->level_s = wanted_s;
    if (!in->paced)
        keep_newest(in, wanted_s);
    pthread_mutex_unlock(&in->lock);
}

// The newest picture that is due; with the lock held.
static AVFrame *due(struct intake *in, tick now)
{
    drop_older(in, now);
    if (!in->num_pictures || in->pictures[0].at > now || !in->pictures[0].frame)
        return NULL;
    AVFrame *f = in->pictures[0].frame;
    in->pictures[0].frame = NULL;
    drop_pictures(in, 1);
    return f;
}

static bool take(struct intake *in, float *const out[2], size_t n, size_t least,
                 AVFrame **ret_picture)
{
    pthread_mutex_lock(&in->lock);
    bool there = in->ring.count >= least && least > 0;
    *ret_picture = NULL;
    if (there) {
        // to half a picture's time: whichever is nearer
        tick now = ring_begin(&in->ring) + tick_from_samples((int64_t)n, in->ring.rate) / 2;
        size_t got = ring_take(&in->ring, out, n);
        for (int c = 0; c < 2; c++)
            memset(out[c] + got, 0, (n - got) * sizeof(float));
        *ret_picture = due(in, now);
        in->level_s += (stored_s(in) - in->level_s) * 0.005;
        if (in->paced)
            pthread_cond_signal(&in->room);
    }
    if (!there && in->state != INTAKE_LIVE)
        in->on_air = false;
    if (!there && !in->paced && !in->behind) {
        in->behind = true; // what was held up comes all at once
        in->watched_since = 0;
    }
    pthread_mutex_unlock(&in->lock);
    return there;
}

bool intake_take(struct intake *in, float *const out[2], size_t n, AVFrame **ret_picture)
{
    return take(in, out, n, n, ret_picture);
}

bool intake_take_rest(struct intake *in, float *const out[2], size_t n, AVFrame **ret_picture)
{
    pthread_mutex_lock(&in->lock);
    size_t left = in->ring.count < n ? in->ring.count : n;
    pthread_mutex_unlock(&in->lock);
    return take(in, out, n, left, ret_picture);
}

double intake_buffered_s(struct intake *in)
{
    pthread_mutex_lock(&in->lock);
    double s = stored_s(in);
    pthread_mutex_unlock(&in->lock);
    return s;
}

bool intake_has_picture(struct intake *in)
{
    pthread_mutex_lock(&in->lock);
    bool has = in->has_picture;
    pthread_mutex_unlock(&in->lock);
    return has;
}

void intake_describe(struct intake *in, char ret[INTAKE_TEXT])
{
    pthread_mutex_lock(&in->lock);
    snprintf(ret, INTAKE_TEXT, "%s", in->text);
    pthread_mutex_unlock(&in->lock);
}
