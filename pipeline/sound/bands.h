// SPDX-License-Identifier: GPL-3.0-or-later
// The colour of the sound: its energy in eight bands, looked at every 40 ms. Two voices, or two
// microphones, differ in it where they do not differ in level.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { BANDS = 8, BANDS_EVERY = 2 }; // one look every so many blocks of METER_BLOCK_MS

struct bands;
struct bands *bands_new(int sample_rate, int channels);
void bands_free(struct bands *b);                                           // NULL is fine
void bands_add(struct bands *b, const float *const *planes, size_t frames); // any block size
// BANDS codes a look, of the mean of the channels; borrowed until the next add.
const uint8_t *bands_table(const struct bands *b, size_t *ret_looks);
float bands_db(uint8_t code); // dB against a full-scale sine; half a decibel a step
