// SPDX-License-Identifier: GPL-3.0-or-later
// What is kept of a recording for every 20 ms: enough to see who speaks when and how loud, and to
// solve gains, without reading the sound again. 18 bytes a block, 10 MB for three hours.
#pragma once
#include "sound/bands.h"
#include "sound/meter.h"
#include <stddef.h>
#include <stdint.h>

struct err;

struct blocks { // as in meter_table
    size_t n;
    float *energy;
    uint16_t *peak; // METER_BLOCK_PEAKS a block
    uint16_t *crossings;
    size_t looks;   // as bands_table: look i belongs to the blocks from i * BANDS_EVERY on
    uint8_t *bands; // BANDS a look
};
void blocks_done(struct blocks *b);                                      // zeroed is fine
void blocks_copy(const struct meter_table *t, const struct bands *bands, // NULL: no colour
                 struct blocks *ret);
struct meter_table blocks_table(const struct blocks *b); // borrowed
// Takes the table over: the meter may only be freed after that.
void blocks_take(struct meter *m, const struct bands *bands, struct blocks *ret);
// The file is little-endian whatever the machine is.
int blocks_save(const struct blocks *b, const char *path, struct err *e);
int blocks_load(const char *path, struct blocks *ret, struct err *e);
