// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/heard.h"
#include <math.h>

static const double same_db = -60; // two channels that differ by less are one voice

static const double one_sided = 0.001; // a channel whose peak is so much lower is empty

static void put_silent_side(struct json *o, const struct survey *s)
{
    const double *peak = s->sound.true_peak;

    if (s->facts.channels == 2 && peak[0] < peak[1] * one_sided)
        json_put_text(o, "silent_side", "left");
    if (s->facts.channels == 2 && peak[1] < peak[0] * one_sided)
        json_put_text(o, "silent_side", "right");
}

static void put_level(struct json *o, const char *key, double v)
{
    json_put_real(o, key, isfinite(v) ? round(v * 1000) / 1000 : v);
}

void heard_put_levels(struct json *o, const struct survey *s)
{
    const struct meter_result *m = &s->sound;
    double dc = 0;

    for (int c = 0; c < s->facts.channels; c++)
        dc = fabs(m->dc_offset[c]) > fabs(dc) ? m->dc_offset[c] : dc;
    put_level(o, "integrated_lufs", m->integrated_lufs);
    put_level(o, "range_lu", m->range_lu);
    put_level(o, "max_momentary_lufs", m->max_momentary_lufs);
    put_level(o, "max_short_term_lufs", m->max_short_term_lufs);
    put_level(o, "true_peak_dbtp", m->true_peak_dbtp);
    put_level(o, "sample_peak_dbfs", m->sample_peak_dbfs);
    put_level(o, "noise_floor_lufs", m->floor_lufs);
    json_put_real(o, "dc_offset", round(dc * 1e6) / 1e6);
    json_put_int(o, "clipped", m->clipped);
    put_silent_side(o, s);
    json_put_bool(o, "mono",
                  s->facts.channels == 1 ||
                      (s->facts.channels == 2 && m->mono_difference_db < same_db));
}

void heard_put_format(struct json *o, const struct source_facts *f)
{
    json_put_text(o, "container", f->container);
    json_put_text(o, "codec", f->codec);
    json_put_int(o, "sample_rate", f->sample_rate);
    json_put_int(o, "channels", f->channels);
    json_put_text(o, "layout", f->layout);
    if (f->bits)
        json_put_int(o, "bits", f->bits);
    if (f->bit_rate)
        json_put_int(o, "bit_rate", f->bit_rate);
    json_put_bool(o, "has_picture", f->has_picture);
    if (f->has_picture) {
        json_put_int(o, "width", f->width);
        json_put_int(o, "height", f->height);
    }
    json_put_int(o, "sound_track", f->sound_track);
    json_put_int(o, "sound_tracks", f->num_sound_tracks);
}

struct json *heard_faults(const struct source_facts *f)
{
    struct json *list = json_new_array();

    for (int i = 0; i < f->num_faults; i++) {
        struct json *x = json_new_object();
        json_put_int(x, "at", f->faults[i].at);
        json_put_int(x, "lost", f->faults[i].lost);
        json_put_int(x, "count", f->faults[i].count);
        json_put_text(x, "text", f->faults[i].text);
        json_push(list, x);
    }
    return list;
}
