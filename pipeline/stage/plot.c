// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/plot.h"

#include "base/str.h"

#include <math.h>

static tick ticks(double seconds)
{
    return (tick)llround(seconds * 1e6) * (TICKS_PER_SEC / 1000000);
}

static size_t num_kept(const struct plot *p)
{
    return p->timeline ? p->timeline->count : 1;
}

static struct kept kept_at(const struct plot *p, size_t i)
{
    return p->timeline ? p->timeline->kept[i] : (struct kept){0, INT64_MAX, 0};
}

static double shown(const struct kept *k, tick recorded)
{
    return tick_to_s(recorded - k->from + k->at);
}

static bool is_of(const struct json *turn, int voice)
{
    return voice == CURVE_MUSIC ? str_same(json_text(turn, "voice"), "music")
                                : json_int(turn, "voice", 0) == voice + 1;
}

// What is left of a turn, in as many pieces as cuts make of it.
static size_t add_turn(const struct plot *p, const struct json *turn, size_t *k,
                       struct curve_span *to, size_t n, size_t room)
{
    tick from = ticks(json_number(turn, "from_s", 0)), end = ticks(json_number(turn, "to_s", 0));
    while (*k < num_kept(p) && kept_at(p, *k).to <= from)
        ++*k;
    for (size_t i = *k; i < num_kept(p) && kept_at(p, i).from < end && n < room; i++) {
        struct kept part = kept_at(p, i);
        tick a = from > part.from ? from : part.from, z = end < part.to ? end : part.to;
        if (a < z)
            to[n++] = (struct curve_span){shown(&part, a), shown(&part, z)};
    }
    return n;
}

static void add_lane(struct plot *p, const struct json *turns, int voice, const char *label)
{
    size_t room = json_count(turns) + num_kept(p), n = 0, k = 0;
    struct curve_span *span = arena_array(p->a, struct curve_span, room + 1);
    for (size_t i = 0; i < json_count(turns); i++)
        if (is_of(json_at(turns, i), voice))
            n = add_turn(p, json_at(turns, i), &k, span, n, room);
    if (!n)
        return;
    p->lanes = arena_grow(p->a, p->lanes, p->num_lanes, &p->cap_lanes, sizeof *p->lanes);
    p->lanes[p->num_lanes] =
        (struct curve_lane){label, voice == CURVE_MUSIC ? CURVE_MUSIC : (int)p->num_lanes, span, n};
    p->num_lanes++;
}

static void add_lanes(struct plot *p, const struct json *turns, const char *name)
{
    for (int k = 0; k < TURNS_VOICES; k++)
        add_lane(p, turns, k,
                 !name ? arena_printf(p->a, "%s %d", p->voice, k + 1)
                 : k   ? arena_printf(p->a, "%s (%d)", name, k + 1)
                       : name);
    add_lane(p, turns, CURVE_MUSIC, p->music);
}

static double gain_at(const struct json *curve, size_t *k, double s)
{
    while (*k + 1 < json_count(curve) && json_as_real(json_at(json_at(curve, *k + 1), 0), 0) <= s)
        ++*k;
    const struct json *a = json_at(curve, *k), *z = json_at(curve, *k + 1);
    double from = json_as_real(json_at(a, 0), 0), db = json_as_real(json_at(a, 1), 0);
    double to = json_as_real(json_at(z, 0), from), next = json_as_real(json_at(z, 1), db);
    double share = to > from ? (s - from) / (to - from) : 0;
    return db + (next - db) * (share < 0 ? 0 : share > 1 ? 1 : share);
}

// The line within one kept span, from its first moment to its last.
static size_t add_piece(const struct json *curve, const struct kept *k, size_t *at, double (*to)[2],
                        size_t n)
{
    double from = tick_to_s(k->from), end = tick_to_s(k->to), shift = tick_to_s(k->at) - from;
    to[n][0] = from + shift;
    to[n++][1] = gain_at(curve, at, from);
    for (size_t i = *at + 1; i < json_count(curve); i++) {
        double s = json_as_real(json_at(json_at(curve, i), 0), 0);
        if (s >= end)
            break;
        if (s <= from)
            continue;
        to[n][0] = s + shift;
        to[n++][1] = json_as_real(json_at(json_at(curve, i), 1), 0);
    }
    to[n][0] = end + shift;
    to[n++][1] = gain_at(curve, at, end);
    return n;
}

static void add_gain(struct plot *p, const struct json *curve, int color)
{
    size_t pieces = p->timeline ? num_kept(p) : 0, n = 0, at = 0;
    if (!json_count(curve) || !pieces)
        return;
    double(*point)[2] = arena_alloc(p->a, (json_count(curve) + 3 * pieces) * sizeof *point);
    for (size_t i = 0; i < pieces; i++) {
        struct kept part = kept_at(p, i);
        if (i)
            point[n++][1] = NAN;
        n = add_piece(curve, &part, &at, point, n);
    }
    p->gains = arena_grow(p->a, p->gains, p->num_gains, &p->cap_gains, sizeof *p->gains);
    p->gains[p->num_gains++] = (struct curve_gain){(const double(*)[2])point, n, color};
}

void plot_track(struct plot *p, const struct json *track, const struct json *turns,
                const char *name)
{
    int first = (int)p->num_lanes;
    add_lanes(p, turns, name);
    add_gain(p, json_get(track, "curve"), first);
}
