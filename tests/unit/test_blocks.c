// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/fs.h"
#include "sound/blocks.h"
#include "unit/scratch.h"
#include "unit/waves.h"

static void a_saved_table_is_loaded_as_it_was(void **state)
{
    (void)state;
    char dir[SCRATCH_MAX], path[SCRATCH_MAX + 16];
    scratch_new(dir);
    snprintf(path, sizeof path, "%s/blocks.bin", dir);
    struct wave w;
    wave_init(&w, 44100, 2);
    wave_tone(&w, 1.5, 350, -20);
    wave_silence(&w, 0.5);
    struct meter *m = wave_meter(&w);
    struct meter_table t;
    struct blocks b, got;
    struct err e = {0};
    meter_table(m, &t);
    struct bands *bands = bands_new(44100, 2);
    bands_add(bands, (const float *const *)w.plane, w.frames);
    blocks_copy(&t, bands, &b);
    assert_int_equal(blocks_save(&b, path, &e), 0);
    assert_int_equal(blocks_load(path, &got, &e), 0);
    assert_int_equal(got.n, 100);
    assert_memory_equal(got.energy, t.energy, 100 * sizeof(float));
    assert_memory_equal(got.peak, t.peak, 100 * METER_BLOCK_PEAKS * sizeof(uint16_t));
    assert_memory_equal(got.crossings, t.crossings, 100 * sizeof(uint16_t));
    // 350 Hz crosses zero 700 times a second, silence never
    assert_in_range(got.crossings[10], 13, 15);
    assert_int_equal(got.crossings[90], 0);
    // and lies in the second band
    assert_int_equal(got.looks, 50);
    assert_memory_equal(got.bands, b.bands, got.looks * BANDS);
    for (int k = 0; k < BANDS; k++)
        assert_true(k == 1 ? fabsf(bands_db(got.bands[10 * BANDS + 1]) + 20) < 0.8f
                           : bands_db(got.bands[10 * BANDS + k]) < -40);
    bands_free(bands);
    blocks_done(&b);
    blocks_done(&got);
    meter_free(m);
    wave_done(&w);
    scratch_free(dir);
}

static void another_file_is_not_taken_for_one(void **state)
{
    (void)state;
    char dir[SCRATCH_MAX], path[SCRATCH_MAX + 16];
    scratch_new(dir);
    snprintf(path, sizeof path, "%s/other.bin", dir);
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {{"", 0},
                {"dglblk2", 8},
                {"dglblk2\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24},
                {"dglblk2\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                 "3456789012345",
                 37},
                {"dglblk1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct blocks b = {0};
        struct err e = {0};
        assert_true(fs_replace(path, rows[i].bytes, rows[i].len, &e) >= 0);
        assert_true(blocks_load(path, &b, &e) < 0);
    }
    scratch_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_saved_table_is_loaded_as_it_was),
        cmocka_unit_test(another_file_is_not_taken_for_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
