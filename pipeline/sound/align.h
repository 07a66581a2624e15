// SPDX-License-Identifier: GPL-3.0-or-later
// When two recordings of the same conversation began, and how far their clocks run apart, from the
// sound that both have in common: as little as a voice that reaches the other's microphone 30 dB
// softer. First envelopes (read a and b once, envelope_add), then excerpts (read again what
// align_next asks for). Clocks may differ by 300 ppm and starts by 40 minutes; drift must be
// constant.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sound/envelope.h"

enum align_track { ALIGN_A, ALIGN_B };

// Moment t of a is moment offset_s + t * (1 + drift_ppm / 1e6) of b; both count seconds from their
// first sample at their nominal sample rates. The way of sound between the microphones is shared
// out evenly where both voices are heard in both; where only one is, all of it is in offset_s, and
// so is the delay of a call when the other voice came out of a loudspeaker.
struct align_result {
    bool found; // false: nothing in common that could be told from chance; the others are 0, except
                // compared
    double offset_s;
    double drift_ppm;
    double residual_ms; // root mean square over the excerpts that agree
    // 0..1: the share of excerpts that agree; where nothing sounded alike, they count as if they
    // had not. Under 0.8 a part of the recording may lie elsewhere: samples were lost, a clock
    // jumped.
    double confidence;
    double path_ms; // how long sound is on its way from one microphone to the other; 0: unknown
    int compared, agreeing; // excerpts, where both tracks were heard
};

struct align;
// Compares the envelopes, which are not needed afterwards.
struct align *align_new(const struct envelope *a, const struct envelope *b);
void align_free(struct align *l); // NULL is fine
// The first sample of a track from `from` on that is wanted; INT64_MAX: no more are. When the
// envelopes have nothing in common, none is from the start.
int64_t align_next(const struct align *l, enum align_track track, int64_t from);
// Samples from place `at` on, in rising order; what nobody wants may be left out or given.
void align_hear(struct align *l, enum align_track track, int64_t at, const float *samples,
                size_t n);
void align_result(const struct align *l, struct align_result *ret);
