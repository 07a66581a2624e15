// SPDX-License-Identifier: GPL-3.0-or-later
// What was heard of a recording, as JSON. Levels that do not exist are null.
#pragma once
#include "base/json.h"
#include "media/survey.h"

// integrated_lufs, range_lu, max_momentary_lufs, max_short_term_lufs, true_peak_dbtp,
// sample_peak_dbfs, noise_floor_lufs, dc_offset, clipped, mono,
// silent_side ("left" or "right": nothing is on that channel; only where it is so)
void heard_put_levels(struct json *o, const struct survey *s);
// container, codec, sample_rate, channels, layout, bits, bit_rate, has_picture, width, height,
// sound_track, sound_tracks
void heard_put_format(struct json *o, const struct source_facts *f);
struct json *heard_faults(
    const struct source_facts *f); // [{"at", "lost" (ticks), "count", "text"}]
