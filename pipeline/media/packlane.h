// SPDX-License-Identifier: GPL-3.0-or-later
// The samples of several tracks in one file: a second of the one beside a second of the others, so
// that players read straight on.
#pragma once
#include "base/arena.h"
#include "media/m4abox.h"
#include "model/tick.h"
#include <stdbool.h>

struct err;

struct pack_chunk { // samples of one track without a gap
    int64_t second; // in which they are decoded, on the published clock
    uint32_t samples;
    int64_t bytes;
    int64_t at; // in the file
};
struct packlane {
    uint32_t rate;
    tick start; // when the first sample is decoded; may be negative
    size_t count;
    const uint32_t *sizes; // bytes; NULL: short_sizes
    const uint16_t *short_sizes;
    const uint32_t *lengths; // of the lane's clock; NULL: `each`
    uint32_t each;
    // The next sample's bytes, valid until the next call.
    int (*next)(void *ctx, const uint8_t **ret, size_t *ret_size, struct err *e);
    void *ctx;
    // made by packlane_cut
    struct pack_chunk *chunks;
    size_t num_chunks, turn;
};

void packlane_cut(struct arena *a, struct packlane *lane);
// The lane whose chunk chunks[turn - 1] comes next in the file; NULL: all had theirs. Of one second
// the first lane comes first. Begins anew after NULL.
struct packlane *packlane_turn(struct packlane *lanes, size_t n);
// The first chunk lies at `at`. Where the last one ends.
int64_t packlane_place(struct packlane *lanes, size_t n, int64_t at);
// stsc, and stco or co64
void packlane_put_chunks(struct boxes *b, const struct packlane *lane, bool large);
