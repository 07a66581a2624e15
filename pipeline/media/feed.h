// SPDX-License-Identifier: GPL-3.0-or-later
// The sound of one file, decoded and brought to a wanted rate and number of channels, in blocks of
// the size the caller likes.
#pragma once
#include "media/source.h"
#include <stddef.h>

struct clean_found;
struct err;

struct feed_params {
    const char *path;
    int track;                 // sound track; -1: the best
    int sample_rate, channels; // 0: the file's own
    int threads;
    const struct clean_found *clean; // one a channel of the file; NULL: nothing to clean
};
struct feed;
// Damage is let pass: who wants to refuse it has done so before.
int feed_open(const struct feed_params *p, struct feed **ret, struct err *e);
void feed_close(struct feed *f); // NULL is fine
int feed_rate(const struct feed *f);
int feed_channels(const struct feed *f);
void feed_facts(const struct feed *f, struct source_facts *ret);
// Fills at most room samples a channel; result: how many, 0 at the end.
int feed_read(struct feed *f, float *const *planes, size_t room, struct err *e);
