// SPDX-License-Identifier: GPL-3.0-or-later
// The UN's Sustainable Development Goals and the county's municipalities, read from presets/.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

typedef uint32_t sdg_set; // bit n: goal n, 1..17
#define SDG(n) (UINT32_C(1) << (n))
enum { SDG_LAST = 17 };

struct goal {
    int number;
    const char *iri;          // http://metadata.un.org/sdg/3
    const char *nb, *nn, *en; // short titles
    const char *color;        // "#4C9F38"
    const char *text_color;   // black or white, contrast >= 4.5:1
};
struct target {
    const char *code; // "3.4"
    const char *iri;
    const char *en;
};
struct goals {
    struct goal goal[SDG_LAST + 1];
    struct target *targets;
    size_t num_targets;
};
struct municipality {
    const char *number, *name;
    const char *alt_name, *alt_language; // NULL: none
    const char *osm;                     // relation of OpenStreetMap, "R408166"; NULL: not known
    double lat, lon;
};
struct municipalities {
    struct municipality *items;
    size_t count;
};

// From presets/goals.json and presets/municipalities.json.
int goals_load(struct arena *a, const char *path, struct goals *ret, struct err *e);
int municipalities_load(struct arena *a, const char *path, struct municipalities *ret,
                        struct err *e);
// By number or any of its names; NULL: none.
const struct municipality *municipality_find(const struct municipalities *m,
                                             const char *number_or_name);
const char *goal_title(const struct goals *g, int number, const char *language); // nn, en, else nb
