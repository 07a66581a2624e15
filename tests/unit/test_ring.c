// SPDX-License-Identifier: GPL-3.0-or-later
// The store of a source's sound, and the clock that its time stamps are brought to.
#include "live/ring.h"
#include "model/stampclock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { RATE = 48000 };
static const tick ms = TICKS_PER_SEC / 1000;

static void put(struct ring *r, tick at, float value, size_t n)
{
    static float block[RATE];
    for (size_t i = 0; i < n; i++)
        block[i] = value;
    ring_put(r, at, (const float *const[]){block, block}, n);
}

static float first_of(struct ring *r, size_t skip)
{
    static float out[2][RATE];
    assert_int_equal(ring_take(r, (float *const[]){out[0], out[1]}, skip + 1), skip + 1);
    return out[1][skip];
}

static void gaps_become_silence_and_trembling_does_not(void **state)
{
    (void)state;
    struct ring r;
    ring_init(&r, RATE, 1);
    put(&r, 0, 1, 480);
    put(&r, 13 * ms, 1, 480); // 3 ms late
    assert_int_equal(r.count, 960);
    assert_true(r.end > 20 * ms && r.end < 21 * ms); // brought in by and by
    tick end = r.end;
    put(&r, end + 100 * ms, 2, 480);
    assert_int_equal(r.filled, 4800);
    assert_true(first_of(&r, 959) == 1);
    assert_true(first_of(&r, 0) == 0);
    assert_true(first_of(&r, 4799) == 2);
    ring_done(&r);
}

// Stamps of several frames in one packet may be reckoned with a wrong rate: they run ahead and jump
// back, and a place must not follow them.
static void stamps_that_saw_do_not_move_the_sound(void **state)
{
    (void)state;
    struct ring r;
    float out[960];
    ring_init(&r, RATE, 1);
    for (int i = 0; i < 400; i++) {
        put(&r, i * 20 * ms + i % 8 * 2 * ms, 1, 960);
        tick off = r.end - (i + 1) * 20 * ms;
        assert_true(off >= 0 && off <= 10 * ms);
        if (i >= 100)
            assert_true(off >= 4 * ms);
        ring_take(&r, (float *const[]){out, out}, 960);
    }
    assert_int_equal(r.filled, 0);
    ring_done(&r);
}

// What a broken or hostile source says of itself.
static void a_stamp_or_a_length_beyond_belief_moves_nothing(void **state)
{
    (void)state;
    struct stampclock c;
    stampclock_begin(&c);
    assert_true(stampclock_map(&c, TICK_NONE, 20 * ms) == TICK_NONE);
    for (int i = 0; i < 20; i++)
        assert_true(stampclock_map(&c, (1000 + i * 20) * ms,
                                   i % 2 ? INT64_MAX / 14 : INT64_MIN / 2) == i * 20 * ms);
    assert_true(stampclock_map(&c, TICK_NONE, INT64_MAX) == TICK_NONE);
    assert_int_equal(c.jumps, 0);
}

static void what_comes_twice_is_left_out(void **state)
{
    (void)state;
    struct ring r;
    ring_init(&r, RATE, 1);
    put(&r, 0, 1, 9600);
    put(&r, 100 * ms, 2, 9600); // half of it was there
    assert_int_equal(r.count, 14400);
    assert_true(r.end == 300 * ms);
    assert_true(first_of(&r, 9600) == 2);
    ring_done(&r);
}

static void the_oldest_makes_room_and_places_tell_the_time(void **state)
{
    (void)state;
    struct ring r;
    ring_init(&r, RATE, 0.5);
    for (int i = 0; i < 10; i++)
        put(&r, i * 100 * ms, (float)i, 4800);
    assert_int_equal(r.count, RATE / 2);
    assert_true(ring_begin(&r) == 500 * ms);
    assert_true(first_of(&r, 0) == 5);
    ring_keep(&r, 4800);
    assert_true(first_of(&r, 0) == 9);
    ring_done(&r);
}

static void a_source_brought_to_our_clock_stays_in_its_own_time(void **state)
{
    (void)state;
    struct ring r;
    ring_init(&r, RATE, 1);
    for (int i = 0; i < 2000; i++) { // 0.2 % fewer samples than its time
        put(&r, i * 20 * ms, 1, 958);
        float out[958];
        ring_take(&r, (float *const[]){out, out}, 958);
    }
    assert_int_equal(r.filled, 0);
    assert_true(r.end > 2000 * 20 * ms - 40 * ms);
    ring_done(&r);
}

static void a_jump_goes_on_behind_what_came(void **state)
{
    (void)state;
    struct stampclock c;
    stampclock_begin(&c);
    tick start = 5000 * TICKS_PER_SEC;
    for (int i = 0; i < 100; i++)
        assert_true(stampclock_map(&c, start + i * 20 * ms, 20 * ms) == i * 20 * ms);
    assert_true(stampclock_map(&c, 0, 20 * ms) == 2000 * ms); // set back
    assert_int_equal(c.jumps, 1);
    // the other stream's last word from before
    assert_true(stampclock_map(&c, start + 1990 * ms, 20 * ms) == TICK_NONE);
    assert_true(stampclock_map(&c, 20 * ms, 20 * ms) == 2020 * ms);
    assert_true(stampclock_map(&c, 3600 * TICKS_PER_SEC, 20 * ms) == 2040 * ms); // ahead
    assert_int_equal(c.jumps, 2);
}

static void streams_may_lie_apart(void **state)
{
    (void)state;
    struct stampclock c;
    stampclock_begin(&c);
    for (int i = 0; i < 100; i++) { // sound 1.5 s in front of its picture
        assert_true(stampclock_map(&c, i * 40 * ms + 1500 * ms, 40 * ms) ==
                    (i == 0 ? 0 : i * 40 * ms));
        assert_true(stampclock_map(&c, i * 40 * ms, 40 * ms) == i * 40 * ms - 1500 * ms);
    }
    assert_int_equal(c.jumps, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_become_silence_and_trembling_does_not),
        cmocka_unit_test(stamps_that_saw_do_not_move_the_sound),
        cmocka_unit_test(a_stamp_or_a_length_beyond_belief_moves_nothing),
        cmocka_unit_test(what_comes_twice_is_left_out),
        cmocka_unit_test(the_oldest_makes_room_and_places_tell_the_time),
        cmocka_unit_test(a_source_brought_to_our_clock_stays_in_its_own_time),
        cmocka_unit_test(a_jump_goes_on_behind_what_came),
        cmocka_unit_test(streams_may_lie_apart),
    };
    return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
