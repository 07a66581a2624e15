// SPDX-License-Identifier: GPL-3.0-or-later
// The chain as a whole; what each part does is in its own test.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/clean.h"
#include "unit/waves.h"

enum { RATE = 16000 };

static void look(const struct wave *w, struct clean_found *f)
{
    struct clean_look *l = clean_look_new(w->rate);
    for (size_t done = 0; done < w->frames; done += 999)
        clean_look_add(l, w->plane[0] + done, w->frames - done < 999 ? w->frames - done : 999);
    clean_look_result(l, f);
    clean_look_free(l);
}

// In pieces of `piece`; as many samples as went in.
static void run(const struct wave *w, const struct clean_found *f, size_t piece, float *out)
{
    struct clean *c = clean_new(w->rate, f);
    float *some = mem_alloc((piece + clean_delay(c)) * sizeof(float));
    size_t given = 0;
    for (size_t done = 0; done < w->frames; done += piece) {
        size_t n = w->frames - done < piece ? w->frames - done : piece;
        n = clean_run(c, w->plane[0] + done, n, some);
        memcpy(out + given, some, n * sizeof(float));
        given += n;
    }
    size_t n = clean_flush(c, some);
    memcpy(out + given, some, n * sizeof(float));
    assert_int_equal(given + n, w->frames);
    free(some);
    clean_free(c);
}

// A voice over hum, hiss, an offset and clicks.
static void dirty(struct wave *w)
{
    uint32_t seed = 99;
    wave_init(w, RATE, 1);
    wave_voice(w, 40, 0.3);
    for (size_t i = 0; i < w->frames; i++)
        w->plane[0][i] += (float)(0.02 + 0.01 * sin(wave_turn * 50 * (double)i / RATE) +
                                  0.006 * wave_random(&seed));
    for (size_t i = RATE; i < w->frames; i += 2 * RATE)
        w->plane[0][i + 37] += 0.4f;
}

static double power(const float *x, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += (double)x[i] * (double)x[i];
    return 10 * log10(sum / (double)(to - from) + 1e-20);
}

static void what_is_dirty_is_cleaned_and_stays_in_place(void **state)
{
    (void)state;
    struct wave w;
    struct clean_found f;
    dirty(&w);
    look(&w, &f);
    assert_true(clean_needed(&f));
    assert_true(f.hum.needed);
    assert_true(f.rumble.dc);
    float *out = mem_alloc(w.frames * sizeof(float)), *other = mem_alloc(w.frames * sizeof(float));
    run(&w, &f, 4096, out);
    // a pause of the voice, far from a click
    size_t from = (size_t)(8.7 * RATE), to = (size_t)(8.95 * RATE);
    double before = power(w.plane[0], from, to), after = power(out, from, to);
    if (!(after < before - 15))
        fail_msg("a pause was at %.1f dB and is at %.1f", before, after);
    // words keep their place and level
    from = (size_t)(9.4 * RATE), to = (size_t)(9.9 * RATE);
    assert_true(fabs(power(out, from, to) - power(w.plane[0], from, to)) <
                1.5); // offset and hum are gone from them too
    run(&w, &f, 33, other);
    assert_memory_equal(out, other, w.frames * sizeof(float));
    free(out);
    free(other);
    wave_done(&w);
}

static void what_is_clean_passes_to_the_bit(void **state)
{
    (void)state;
    struct wave w;
    struct clean_found f;
    wave_init(&w, RATE, 1);
    if (!wave_load(&w, "speech-en-60s.wav"))
        wave_voice(&w, 20, 0.3);
    look(&w, &f);
    float *out = mem_alloc(w.frames * sizeof(float));
    run(&w, &f, 1000, out);
    assert_false(f.hum.needed || f.noise.needed);
    if (!clean_needed(&f))
        assert_memory_equal(out, w.plane[0], w.frames * sizeof(float));
    free(out);
    wave_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_dirty_is_cleaned_and_stays_in_place),
        cmocka_unit_test(what_is_clean_passes_to_the_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
