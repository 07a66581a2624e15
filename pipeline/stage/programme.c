// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/programme.h"

#include "stage/parts.h"

#include <math.h>

static const double track_gain_max =
    30; // dB: more would lift the noise of a track nobody speaks on

// A track as loud as the target while somebody speaks, so that all tracks are.
static void even_tracks(struct tracks *t, const struct levelling *l, double target_lufs)
{
    for (size_t i = 0; i < t->mix.num_tracks; i++) {
        double gain = isfinite(l[i].lufs) ? target_lufs - l[i].lufs : 0;
        t->mixed[i].gain_db = gain < track_gain_max ? gain : track_gain_max;
    }
}

// The low notes of music would pass for rumble, its cymbals for sharp s.
static void leave_music(struct arena *a, const struct turns *turns, struct mix_track *mixed,
                        struct track *track)
{
    double speech = 0;
    for (int k = 0; k < turns->num_voices; k++)
        speech += turns->voice[k].seconds;
    if (!track->cleaning || turns->voice[TURNS_MUSIC].seconds <= speech)
        return;
    parts_unclean(a, mixed);
    json_free(track->cleaning);
    track->cleaning = NULL;
}

// Several microphones in a room: closed ones are silent for the leveller too, which would otherwise
// lift what they hear of the others.
static void gate_tracks(struct arena *a, struct tracks *t)
{
    size_t n = t->mix.num_tracks;
    const struct blocks **blocks = arena_array(a, const struct blocks *, n);
    struct bleed_gate *gate = arena_array(a, struct bleed_gate, n);
    for (size_t i = 0; i < n; i++)
        blocks[i] = &t->track[i].blocks;
    bleed_find(blocks, n, gate);
    for (size_t i = 0; i < n; i++) {
        t->track[i].gate = gate[i];
        t->mixed[i].gate = &t->track[i].gate.curve;
        bleed_apply(&gate[i], &t->track[i].blocks);
    }
}

static void tell_gate(struct track *track)
{
    const struct bleed_gate *g = &track->gate;
    if (!g->curve.n)
        return;
    if (!track->cleaning)
        track->cleaning = json_new_object();
    json_put_real(track->cleaning, "other_voices_db", round(10 * g->heard_db) / 10);
    json_put_real(track->cleaning, "other_voices_out_percent", round(100 * g->closed_share));
}

struct levelling *programme_level(struct arena *a, struct tracks *t, double target_lufs,
                                  double strength)
{
    size_t n = t->mix.num_tracks;
    struct levelling *l = arena_array(a, struct levelling, n);
    if (n > 1 && t->clean)
        gate_tracks(a, t);
    for (size_t i = 0; i < n; i++) {
        levelling_find(&t->track[i].blocks, strength, &l[i]);
        t->mixed[i].curve = &l[i].curve;
        leave_music(a, &l[i].turns, &t->mixed[i], &t->track[i]);
        tell_gate(&t->track[i]);
    }
    if (n > 1)
        even_tracks(t, l, target_lufs);
    return l;
}

void programme_done(const struct tracks *t, struct levelling *l)
{
    for (size_t i = 0; l && i < t->mix.num_tracks; i++)
        levelling_done(&l[i]);
}
