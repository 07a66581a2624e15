// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/programme.h"

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

static bool mostly_music(const struct blocks *b)
{
    struct levelling l;
    double speech = 0;
    levelling_find(b, 0, &l);
    for (int k = 0; k < l.turns.num_voices; k++)
        speech += l.turns.voice[k].seconds;
    bool music = l.turns.voice[TURNS_MUSIC].seconds > speech;
    levelling_done(&l);
    return music;
}

// The low notes of music would pass for rumble, its cymbals for sharp s.
static int leave_music(const struct stage_job *job, struct tracks *t, size_t i, struct err *e)
{
    const struct track *track = &t->track[i];
    return track->cleaning && mostly_music(&track->blocks) ? tracks_unclean(job, t, i, e) : 0;
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

int programme_level(const struct stage_job *job, struct tracks *t, double target_lufs,
                    double strength, struct levelling **ret, struct err *e)
{
    size_t n = t->mix.num_tracks;
    struct levelling *l = arena_array(job->arena, struct levelling, n);
    *ret = l;
    for (size_t i = 0; i < n; i++) {
        int r = leave_music(job, t, i, e);
        if (r < 0)
            return r;
    }
    if (n > 1 && t->clean)
        gate_tracks(job->arena, t);
    for (size_t i = 0; i < n; i++) {
        levelling_find(&t->track[i].blocks, strength, &l[i]);
        t->mixed[i].curve = &l[i].curve;
        tell_gate(&t->track[i]);
    }
    if (n > 1)
        even_tracks(t, l, target_lufs);
    return 0;
}

void programme_done(const struct tracks *t, struct levelling *l)
{
    for (size_t i = 0; l && i < t->mix.num_tracks; i++)
        levelling_done(&l[i]);
}
