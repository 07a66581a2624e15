// SPDX-License-Identifier: GPL-3.0-or-later
// Loudness after ITU-R BS.1770-5 and EBU Tech 3341/3342: running sums over 20 ms blocks of
// K-weighted energy, true peak at 4x oversampling. The result does not depend on how the samples
// are cut into calls. Memory grows by 15 bytes a block, 8 MB for three hours; without the table by
// one byte.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { METER_MAX_CHANNELS = 8, METER_BLOCK_MS = 20, METER_BLOCK_PEAKS = 4 };

// What a channel counts for: 1.0 for L, R, C, 1.41 for surrounds, 0 for LFE.
struct meter_params {
    int sample_rate;                   // Hz, 8000..192000
    int channels;                      // 1..METER_MAX_CHANNELS
    double weight[METER_MAX_CHANNELS]; // all 0: 1.0 each
    bool no_table;                     // meter_table must not be called
};

struct meter_result {
    double integrated_lufs; // -HUGE_VAL where no block passes the gate, also below 0.4 s
    double range_lu;        // 0 where it cannot be told, also below 3 s
    double floor_lufs;      // a tenth of the 400 ms windows is softer; digital silence is left out;
                            // -HUGE_VAL: none
    double max_momentary_lufs, max_short_term_lufs; // -HUGE_VAL: none
    double true_peak_dbtp, sample_peak_dbfs;        // -HUGE_VAL: digital silence
    double true_peak[METER_MAX_CHANNELS];           // linear, by channel
    int64_t frames;                                 // samples per channel
    double dc_offset[METER_MAX_CHANNELS];           // mean of the samples, linear
    int64_t clipped; // samples at full scale (16 bits' 32767 and more) in runs of 3 or more
    int64_t invalid; // samples that are no number (NaN, infinite); they count as 0
    // Two channels: energy of (L-R) against (L+R); -HUGE_VAL: equal to the bit. Other counts: 0.
    double mono_difference_db;
};

struct meter;
struct meter *meter_new(const struct meter_params *p); // NULL: a parameter out of its range
void meter_free(struct meter *m);                      // NULL is fine
// planes[c] holds `frames` samples of channel c, full scale 1.0. Any block size.
void meter_add(struct meter *m, const float *const *planes, size_t frames);
// As if silence followed. May be called at any time, also repeatedly.
void meter_result(struct meter *m, struct meter_result *ret);

// The table the meter keeps, one row a complete 20 ms block. Where 20 ms is no whole number of
// samples, blocks differ by one sample and energies still add up exactly.
struct meter_table {
    size_t num_blocks;
    const float *energy;       // sum of K-weighted squares over 20 ms' worth of samples, by weight
    const uint16_t *peak;      // true peaks of all channels: see meter_peak_linear
    size_t peaks_per_block;    // METER_BLOCK_PEAKS: 5 ms each
    const uint16_t *crossings; // sign changes of the sum of the channels: noise has many
};
void meter_table(const struct meter *m, struct meter_table *ret); // borrowed until the next add
// The same, the caller's to free; the meter gives it up and may only be freed after that.
struct meter_rows {
    float *energy;
    uint16_t *peak, *crossings;
};
size_t meter_give(struct meter *m, struct meter_rows *ret); // number of rows
// A peak never reads under what it is (in the last millisecond, until more is added: the sample
// peak), and over it by at most 0.005 dB or what the 7 samples beside its 5 ms reach. 0: silence;
// -96 dB is the least, +96 dB the most: above it HUGE_VALF.
float meter_peak_linear(uint16_t code);
uint16_t meter_peak_code(float linear);
// Momentary (window 20 blocks) and short-term (150 blocks) loudness that ends with block i; LUFS.
double meter_momentary(const struct meter_table *t, size_t i);
double meter_short_term(const struct meter_table *t, size_t i);
