// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that is cleaned in one channel, in its order: clicks and clipped peaks repaired, mains
// hum (of which some would pass for rumble), DC and rumble, broadband noise, sharp s. Each only
// where its own measurement says so; a clean recording passes untouched and without delay.
#pragma once
#include "sound/hum.h"
#include "sound/noise.h"
#include "sound/repair.h"
#include "sound/rumble.h"
#include "sound/sibilance.h"

struct clean_found {
    struct repair_result repair;
    struct rumble_result rumble;
    struct hum_result hum;
    struct noise_result noise;
    struct sibilance_result sibilance;
};
bool clean_needed(const struct clean_found *f);

struct clean_look;
struct clean_look *clean_look_new(int sample_rate); // 8000..192000; NULL: not in this range
void clean_look_free(struct clean_look *l);         // NULL is fine
void clean_look_add(struct clean_look *l, const float *in, size_t n);
// Once, at the end.
void clean_look_result(struct clean_look *l, struct clean_found *ret);

// As the parts: sample n in is sample n out, the rest comes with the flush.
struct clean;
struct clean *clean_new(int sample_rate, const struct clean_found *found); // NULL: rate
void clean_free(struct clean *c);                                          // NULL is fine
// Room for n + clean_delay in out. in and out may not overlap.
size_t clean_run(struct clean *c, const float *in, size_t n, float *out);
size_t clean_flush(struct clean *c, float *out);
size_t clean_delay(const struct clean *c);
