// SPDX-License-Identifier: GPL-3.0-or-later
// Presets: presets/loudness/NAME.yaml and presets/output/NAME.yaml. Keys carry the units.
#pragma once
#include "model/yaml.h"

struct loudness_preset {
    const char *name, *about;
    double target_lufs, tolerance_lu, ceiling_dbtp; // of the delivered, decoded file
    double max_short_term_lufs, max_range_lu;       // of the same; HUGE_VAL: no limit
    double leveller_percent; // how much the speakers are brought to one loudness; 0: not at all
};
struct output_preset {
    const char *name, *about;      // "mp3"
    const char *extension, *mime;  // "mp3", "audio/mpeg"
    const char *codec, *container; // libavcodec and libavformat names
    int64_t sample_rate_hz;
    int64_t bitrate_kbps_stereo, bitrate_kbps_mono;
    double start_gain_db;     // makes up for what coding is known to take, before the first try
    double start_headroom_db; // the coder's usual overshoot: the limiter starts so far below
    struct texts options;     // "compression_level=5"
    bool inner;               // goes into another file, and is not delivered itself
};
// Looks through dirs (NULL at the end) in order. Unknown: ERR_INPUT that lists the known names.
int loudness_preset_load(struct arena *a, const char *const *dirs, const char *name,
                         struct loudness_preset *ret, struct err *e);
int output_preset_load(struct arena *a, const char *const *dirs, const char *name,
                       struct output_preset *ret, struct err *e);

// The file `name` ("goals.json", "loudness/podcast.yaml") in the first of dirs that has it, or
// NULL.
char *preset_path(struct arena *a, const char *const *dirs, const char *name);
// Presets named in a show or an episode: an unknown one is shown where it is written, at n (NULL: a
// default that is written nowhere).
int loudness_preset_named(struct arena *a, const char *const *dirs, const char *name,
                          const struct node *n, struct loudness_preset *ret, struct err *e);
// Each once, at least one, at most max.
int output_presets_named(struct arena *a, const char *const *dirs, const struct texts *names,
                         const struct node *n, struct output_preset *ret, size_t max, size_t *ret_n,
                         struct err *e);

// The file <t->name>/<name>.yaml, by its table; at: where it is named (NULL: nowhere). ret_root:
// for what the table cannot say.
int preset_read(struct arena *a, const char *const *dirs, const struct key_table *t,
                const char *name, const struct node *at, void *out, const struct node **ret_root,
                struct err *e);

extern const struct key_table preset_tables[]; // loudness, output
extern const size_t num_preset_tables;
