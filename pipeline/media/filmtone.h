// SPDX-License-Identifier: GPL-3.0-or-later
// Brings a film's shots together while it is made. What they look like was measured in a pass of
// its own before: film_params.measured.
#pragma once
#include "picture/tone.h"
#include <stddef.h>

struct AVFrame;
struct err;

struct filmtone_shot {
    struct span at; // published
    double level;   // as tone_shot has it
    struct tone_correction by;
};
struct filmtone;
struct filmtone *filmtone_new(struct tone *measured); // borrows nothing
void filmtone_free(struct filmtone *t);               // NULL is fine
size_t filmtone_shots(const struct filmtone *t, const struct filmtone_shot **ret);
// f: yuv420p, shown from `at` on; `at` rising.
int filmtone_apply(struct filmtone *t, struct AVFrame *f, tick at, struct err *e);
