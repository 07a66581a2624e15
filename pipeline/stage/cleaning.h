// SPDX-License-Identifier: GPL-3.0-or-later
// What cleaning found in a part's channels, as the file that the sound stage goes by and as plain
// figures for people.
#pragma once
#include "base/arena.h"
#include "base/json.h"
#include "sound/clean.h"

struct err;

bool cleaning_needed(const struct clean_found *found, int channels);
int cleaning_save(const char *path, const struct clean_found *found, int channels, struct err *e);
// Into the arena; the number of channels is that of the file.
int cleaning_load(struct arena *a, const char *path, struct clean_found **ret, struct err *e);
// {"clicks", "clipped_peaks", "offset_dbfs", "rumble_below_speech_db", "hum_hz", "hum_dbfs",
// "noise_below_speech_db", "noise_reduction_db", "sibilants_over_speech_db"}: only what is cleaned,
// the worst of the channels. Several microphones in a room add "other_voices_db" (how loud the
// others are in it, against their own) and "other_voices_out_percent" of the time.
struct json *cleaning_json(const struct clean_found *found, int channels);
