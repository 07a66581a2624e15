// SPDX-License-Identifier: GPL-3.0-or-later
// One track levelled: who speaks when, the gain, and both as JSON for records and reports.
#pragma once
#include "base/json.h"
#include "sound/leveller.h"

struct levelling {
    struct turns turns;
    struct leveller_curve curve;
    double lufs; // of the levelled track, while somebody speaks; -HUGE_VAL: nobody does
};
void levelling_find(const struct blocks *b, double strength, struct levelling *ret);
void levelling_done(struct levelling *l);
struct json *levelling_json(const struct levelling *l); // a track's "leveller" in sound.json
// A track in levelling.json; a gate without points, or NULL, is left out.
struct json *levelling_curve_json(const struct levelling *l, const struct leveller_curve *gate,
                                  const char *speaker);
struct json *levelling_points(const struct leveller_curve *c); // [[seconds, dB], ...]
void levelling_read_points(const struct json *points, struct leveller_curve *ret);
