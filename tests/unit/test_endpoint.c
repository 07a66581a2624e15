// SPDX-License-Identifier: GPL-3.0-or-later
// What an endpoint does with packets and failures, on an outlet of the test's own: real servers
// are tests/live's matter.
#include "live/endpoint.h"

#include "base/arena.h"
#include "base/clock.h"
#include "live/backlog.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const tick picture = TICKS_PER_SEC / 25;

static AVPacket *packet(enum feed_stream stream, tick at, bool key)
{
    AVPacket *p = av_packet_alloc();
    assert_int_equal(av_new_packet(p, 100), 0);
    memset(p->data, 0, 100);
    p->stream_index = stream;
    p->dts = p->pts = at;
    p->duration = picture;
    p->flags = key ? AV_PKT_FLAG_KEY : 0;
    return p;
}

// ---- backlog

static void put_seconds(struct backlog *b, int from, int to) // a key frame every 2 s
{
    for (int i = from * 25; i < to * 25; i++) {
        if (b->has_video)
            backlog_put(b, packet(FEED_VIDEO, i * picture, i % 50 == 0));
        backlog_put(b, packet(FEED_AUDIO, i * picture, true));
    }
}

static void whole_groups_are_dropped(void **state)
{
    (void)state;
    struct backlog b;
    backlog_init(&b, true, 5 * TICKS_PER_SEC);
    put_seconds(&b, 0, 12);
    assert_true(backlog_span(&b) <= 5 * TICKS_PER_SEC);
    AVPacket *first = backlog_take(&b);
    assert_int_equal(first->stream_index, FEED_VIDEO);
    assert_true(first->flags & AV_PKT_FLAG_KEY);
    assert_int_equal(first->dts, 8 * TICKS_PER_SEC);
    assert_int_equal(b.dropped, 8 * 25 * 2);
    assert_true(b.dropped_time == 8 * TICKS_PER_SEC);
    av_packet_free(&first);
    backlog_done(&b);
}

static void sound_alone_loses_its_oldest(void **state)
{
    (void)state;
    struct backlog b;
    backlog_init(&b, false, 5 * TICKS_PER_SEC);
    put_seconds(&b, 0, 12);
    AVPacket *first = backlog_take(&b);
    assert_true(first->dts == (12 * 25 - 1) * picture - 5 * TICKS_PER_SEC);
    av_packet_free(&first);
    backlog_done(&b);
}

static void a_group_longer_than_the_limit_goes_as_a_whole(void **state)
{
    (void)state;
    struct backlog b;
    backlog_init(&b, true, TICKS_PER_SEC);
    put_seconds(&b, 0, 2);
    for (AVPacket *p; (p = backlog_take(&b)); av_packet_free(&p))
        assert_true(b.needs_key || p->dts < 2 * TICKS_PER_SEC);
    put_seconds(&b, 2, 3); // begins with a key frame
    AVPacket *first = backlog_take(&b);
    assert_true(first->flags & AV_PKT_FLAG_KEY && first->stream_index == FEED_VIDEO);
    av_packet_free(&first);
    backlog_done(&b);
}

// ---- endpoint

struct fake {
    pthread_mutex_t lock;
    int opens, fails_left, sent;
    int fail_after; // packets; 0: never
    tick first_dts[16];
    bool first_is_key[16];
    int first_stream[16];
    bool fresh;
    enum err_kind kind;
    atomic_bool stalled, interrupted;
    double opened_at[16];
};

static int fake_open(void *ctx, const struct feed *feed, struct err *e)
{
    struct fake *f = ctx;
    (void)feed;
    pthread_mutex_lock(&f->lock);
    f->opened_at[f->opens % 16] = clock_monotonic();
    f->opens++;
    bool fails = f->fails_left > 0;
    f->fails_left -= fails;
    f->fresh = true;
    pthread_mutex_unlock(&f->lock);
    if (!fails)
        return 0;
    return f->kind == ERR_INPUT ? err_input(e, "no") : err_remote(e, -ECONNREFUSED, "not there");
}

static int fake_send(void *ctx, const AVPacket *pkt, struct err *e)
{
    struct fake *f = ctx;
    while (atomic_load(&f->stalled) && !atomic_load(&f->interrupted))
        usleep(1000);
    pthread_mutex_lock(&f->lock);
    if (f->fresh) {
        f->first_dts[f->opens % 16] = pkt->dts;
        f->first_is_key[f->opens % 16] = pkt->flags & AV_PKT_FLAG_KEY;
        f->first_stream[f->opens % 16] = pkt->stream_index;
        f->fresh = false;
    }
    f->sent++;
    bool breaks = f->fail_after && f->sent == f->fail_after;
    pthread_mutex_unlock(&f->lock);
    return breaks ? err_remote(e, -EPIPE, "gone") : 0;
}

static void fake_close(void *ctx, bool broken)
{
    (void)ctx;
    (void)broken;
}

static void fake_interrupt(void *ctx)
{
    atomic_store(&((struct fake *)ctx)->interrupted, true);
}

static void fake_free(void *ctx)
{
    (void)ctx;
}

static const struct outlet fake_outlet = {"fake", fake_open,      fake_send, fake_close,
                                          NULL,   fake_interrupt, fake_free, NULL};
static AVCodecParameters some;
static const struct feed film = {"film", {&some, &some}, NULL, 100};

static struct endpoint *begin(struct fake *f)
{
    struct endpoint *ep;
    struct err e = {0};
    pthread_mutex_init(&f->lock, NULL);
    struct endpoint_params p = {
        .name = "fake", .outlet = &fake_outlet, .ctx = f, .feed = &film, .queue_s = 4, .seed = 7};
    assert_true(endpoint_start(&p, &ep, &e) >= 0);
    return ep;
}

static void give(struct endpoint *ep, int from, int to) // pictures
{
    for (int i = from; i < to; i++)
        for (int s = 0; s < FEED_STREAMS; s++) {
            AVPacket *p = packet(s, i * picture, s == FEED_AUDIO || i % 50 == 0);
            endpoint_give(ep, p);
            av_packet_free(&p);
        }
}

static void wait_for(struct endpoint *ep, enum endpoint_state state, double seconds)
{
    struct endpoint_stats s;
    double until = clock_monotonic() + seconds;
    do {
        endpoint_stats(ep, &s);
        if (s.state == state)
            return;
        usleep(2000);
    } while (clock_monotonic() < until);
    fail_msg("it is %s, not %s", endpoint_states[s.state], endpoint_states[state]);
}

static void each_connection_begins_at_0_with_a_key_frame(void **state)
{
    (void)state;
    struct fake f = {.fail_after = 30, .kind = ERR_REMOTE};
    struct endpoint *ep = begin(&f);
    wait_for(ep, ENDPOINT_LIVE, 20);
    give(ep, 60, 120); // the first key frame is picture 100
    wait_for(ep, ENDPOINT_WAITING, 20);
    give(ep, 120, 200); // and the next 150
    wait_for(ep, ENDPOINT_LIVE, 20);
    endpoint_finish(ep, 20);
    endpoint_wait(ep);
    struct endpoint_stats s;
    endpoint_stats(ep, &s);
    assert_int_equal(s.connections, 2);
    assert_int_equal(s.failures, 1);
    assert_string_equal(s.why, "gone");
    for (int i = 1; i <= 2; i++) {
        assert_true(f.first_dts[i] == 0);
        assert_true(f.first_is_key[i]);
        assert_int_equal(f.first_stream[i], FEED_VIDEO);
    }
    assert_true(s.dropped > 0 && s.delivered_s > 0);
    endpoint_free(ep);
}

static void waits_grow_and_tremble(void **state)
{
    (void)state;
    struct fake f = {.fails_left = 2, .kind = ERR_REMOTE};
    struct endpoint *ep = begin(&f);
    wait_for(ep, ENDPOINT_LIVE, 30);
    double first = f.opened_at[1] - f.opened_at[0], second = f.opened_at[2] - f.opened_at[1];
    assert_true(first >= 0.8);
    assert_true(second >= 1.7 * 0.8);
    endpoint_free(ep);
}

static void what_no_retry_mends_is_said(void **state)
{
    (void)state;
    struct fake f = {.fails_left = 100, .kind = ERR_INPUT};
    struct endpoint *ep = begin(&f);
    wait_for(ep, ENDPOINT_REFUSED, 20);
    struct endpoint_stats s;
    endpoint_stats(ep, &s);
    assert_true(s.next_try_s > 10);
    assert_string_equal(s.why, "no");
    endpoint_free(ep);
}

static void a_stalled_outlet_makes_nobody_wait(void **state)
{
    (void)state;
    struct fake f = {.kind = ERR_REMOTE};
    atomic_store(&f.stalled, true);
    struct endpoint *ep = begin(&f);
    wait_for(ep, ENDPOINT_LIVE, 20);
    give(ep, 0, 10000); // returns; what does not fit is dropped and counted
    struct endpoint_stats s;
    endpoint_stats(ep, &s);
    assert_true(s.queue_s <= 4);
    assert_true(s.dropped > 18000);
    endpoint_finish(ep, 0.1);
    endpoint_wait(ep); // is interrupted
    assert_true(atomic_load(&f.interrupted));
    endpoint_free(ep);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_groups_are_dropped),
        cmocka_unit_test(sound_alone_loses_its_oldest),
        cmocka_unit_test(a_group_longer_than_the_limit_goes_as_a_whole),
        cmocka_unit_test(each_connection_begins_at_0_with_a_key_frame),
        cmocka_unit_test(waits_grow_and_tremble),
        cmocka_unit_test(what_no_retry_mends_is_said),
        cmocka_unit_test(a_stalled_outlet_makes_nobody_wait),
    };
    return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
