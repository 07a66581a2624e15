// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/fft.h"
#include "unit/waves.h"

struct room { // for one size
    size_t n;
    struct fft *fft;
    float *in, *out, *back;
};

static struct room room_new(size_t n)
{
    struct room r = {n, fft_new(n), mem_alloc(n * sizeof(float)),
                     mem_alloc((n + 2) * sizeof(float)), mem_alloc(n * sizeof(float))};
    uint32_t state = 123456789;
    for (size_t i = 0; i < n; i++)
        r.in[i] = (float)wave_random(&state);
    return r;
}

static void room_free(struct room *r)
{
    fft_free(r->fft);
    free(r->in);
    free(r->out);
    free(r->back);
}

static void only_powers_of_two_are_taken(void **state)
{
    (void)state;
    static const size_t bad[] = {0, 1, 2, 8, 15, 17, 24, 1000, 4095, (1 << 20) + 1, 1 << 21};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_null(fft_new(bad[i]));
    for (size_t n = FFT_MIN; n <= FFT_MAX; n *= 2) {
        struct fft *f = fft_new(n);
        assert_non_null(f);
        assert_int_equal(fft_size(f), n);
        fft_free(f);
    }
    fft_free(NULL);
}

// Bin k of the naive transform in double.
static void naive(const struct room *r, size_t k, double ret[2])
{
    ret[0] = ret[1] = 0;
    for (size_t i = 0; i < r->n; i++) {
        double turn = wave_turn * (double)(i * k % r->n) / (double)r->n;
        ret[0] += (double)r->in[i] * cos(turn);
        ret[1] -= (double)r->in[i] * sin(turn);
    }
}

static void every_bin_is_that_of_the_definition(void **state)
{
    (void)state;
    for (size_t n = FFT_MIN; n <= FFT_MAX; n *= 2) {
        struct room r = room_new(n);
        fft_forward(r.fft, r.in, r.out);
        double scale = sqrt((double)n), worst = 0;
        // All of the small ones, and of the large ones some everywhere.
        for (size_t k = 0; k <= n / 2; k += n <= 1024 || k == n / 2 ? 1 : n / 8 - 1) {
            double want[2];
            naive(&r, k, want);
            worst = fmax(worst, fabs((double)r.out[2 * k] - want[0]) / scale);
            worst = fmax(worst, fabs((double)r.out[2 * k + 1] - want[1]) / scale);
        }
        if (worst > 1e-6)
            fail_msg("%zu: off by %g", n, worst);
        assert_true(r.out[1] == 0 && r.out[n + 1] == 0);
        room_free(&r);
    }
}

static void there_and_back_is_the_same(void **state)
{
    (void)state;
    for (size_t n = FFT_MIN; n <= FFT_MAX; n *= 2) {
        struct room r = room_new(n);
        fft_forward(r.fft, r.in, r.out);
        r.out[1] = r.out[n + 1] = 1e9f; // not looked at
        fft_inverse(r.fft, r.out, r.back);
        double worst = 0;
        for (size_t i = 0; i < n; i++)
            worst = fmax(worst, fabs((double)(r.back[i] - r.in[i])));
        if (worst > 1e-6)
            fail_msg("%zu: off by %g", n, worst);
        room_free(&r);
    }
}

static void energy_is_kept(void **state)
{
    (void)state;
    for (size_t n = FFT_MIN; n <= FFT_MAX; n *= 2) {
        struct room r = room_new(n);
        fft_forward(r.fft, r.in, r.out);
        double time = 0, bins = 0;
        for (size_t i = 0; i < n; i++)
            time += (double)r.in[i] * (double)r.in[i];
        for (size_t i = 0; i < n + 2; i++)
            bins += (double)r.out[i] * (double)r.out[i] * (i < 2 || i >= n ? 1 : 2);
        assert_float_equal(bins / (double)n / time, 1, 1e-6);
        room_free(&r);
    }
}

static void known_signals_have_known_transforms(void **state)
{
    (void)state;
    enum { N = 512, BIN = 37 };
    struct room r = room_new(N);
    static const struct {
        double click, constant, cosine, sine, edge; // edge: at half the sample rate
    } rows[] = {
        {1, 0, 0, 0, 0}, {0, 1, 0, 0, 0}, {0, 0, 1, 0, 0}, {0, 0, 0, 1, 0}, {0, 0, 0, 0, 1}};
    for (size_t row = 0; row < COUNT(rows); row++) {
        for (size_t i = 0; i < N; i++) {
            double turn = wave_turn * BIN * (double)i / N;
            r.in[i] = (float)(rows[row].click * (i == 0) + rows[row].constant +
                              rows[row].cosine * cos(turn) + rows[row].sine * sin(turn) +
                              rows[row].edge * (i % 2 ? -1 : 1));
        }
        fft_forward(r.fft, r.in, r.out);
        for (size_t k = 0; k <= N / 2; k++) {
            double re = rows[row].click + N * rows[row].constant * (k == 0) +
                        N / 2 * rows[row].cosine * (k == BIN) + N * rows[row].edge * (k == N / 2);
            double im = -N / 2 * rows[row].sine * (k == BIN);
            assert_float_equal(r.out[2 * k], re, 1e-4);
            assert_float_equal(r.out[2 * k + 1], im, 1e-4);
        }
    }
    room_free(&r);
}

// A delay by multiplication, and the inverse alone.
static void a_turned_spectrum_is_a_delayed_click(void **state)
{
    (void)state;
    for (size_t n = FFT_MIN; n <= 4096; n *= 2) {
        struct room r = room_new(n);
        size_t delay = n / 2 + 3;
        for (size_t k = 0; k <= n / 2; k++) {
            double turn = wave_turn * (double)(k * delay % n) / (double)n;
            r.out[2 * k] = (float)cos(turn);
            r.out[2 * k + 1] = (float)-sin(turn);
        }
        fft_inverse(r.fft, r.out, r.back);
        for (size_t i = 0; i < n; i++)
            assert_float_equal(r.back[i], i == delay, 1e-6);
        room_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_powers_of_two_are_taken),
        cmocka_unit_test(every_bin_is_that_of_the_definition),
        cmocka_unit_test(there_and_back_is_the_same),
        cmocka_unit_test(energy_is_kept),
        cmocka_unit_test(known_signals_have_known_transforms),
        cmocka_unit_test(a_turned_spectrum_is_a_delayed_click),
    };
    return cmocka_run_group_tests_name("fft", tests, NULL, NULL);
}
