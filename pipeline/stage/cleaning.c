// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/cleaning.h"

#include "base/err.h"

#include <errno.h>
#include <math.h>
#include <string.h>

bool cleaning_needed(const struct clean_found *found, int channels)
{
    for (int c = 0; c < channels; c++)
        if (clean_needed(&found[c]))
            return true;
    return false;
}

static void put_hum(struct json *o, const struct hum_result *h)
{
    struct json *hum = json_new_object(), *lines = json_new_array();
    json_put_real(hum, "hz", h->hz);
    json_put_real(hum, "level_dbfs", h->level_dbfs);
    json_put_real(hum, "below_loud_db", h->below_loud_db);
    for (int i = 0; i < h->lines; i++) {
        struct json *line = json_new_object();
        json_put_int(line, "harmonic", h->line[i].harmonic);
        json_put_real(line, "level_dbfs", h->line[i].level_dbfs);
        json_put_real(line, "prominence_db", h->line[i].prominence_db);
        json_push(lines, line);
    }
    json_put(hum, "lines", lines);
    json_put(o, "hum", hum);
}

static void put_noise(struct json *o, const struct noise_result *n)
{
    struct json *noise = json_new_object(), *power = json_new_array();
    json_put_real(noise, "snr_db", n->snr_db);
    json_put_real(noise, "speech_dbfs", n->speech_dbfs);
    json_put_real(noise, "noise_dbfs", n->noise_dbfs);
    json_put_real(noise, "audible_snr_db", n->audible_snr_db);
    json_put_real(noise, "reduction_db", n->reduction_db);
    for (size_t i = 0; i < n->bins; i++)
        json_push(power, json_new_real((double)n->power[i]));
    json_put(noise, "power", power);
    json_put(o, "noise", noise);
}

static struct json *channel_json(const struct clean_found *f)
{
    struct json *o = json_new_object();
    if (f->repair.needed) {
        struct json *repair = json_new_object();
        json_put_int(repair, "clicks", f->repair.clicks);
        json_put_int(repair, "clipped_runs", f->repair.clipped_runs);
        json_put_int(repair, "clipped", f->repair.clipped);
        json_put_real(repair, "clip_high", f->repair.clip_high);
        json_put_real(repair, "clip_low", f->repair.clip_low);
        json_put(o, "repair", repair);
    }
    if (f->rumble.needed) {
        struct json *rumble = json_new_object();
        json_put_bool(rumble, "dc", f->rumble.dc);
        json_put_bool(rumble, "rumble", f->rumble.rumble);
        json_put_real(rumble, "offset", f->rumble.offset);
        json_put_real(rumble, "offset_dbfs", f->rumble.offset_dbfs);
        json_put_real(rumble, "below_speech_db", f->rumble.below_speech_db);
        json_put(o, "rumble", rumble);
    }
    if (f->hum.needed)
        put_hum(o, &f->hum);
    if (f->noise.needed)
        put_noise(o, &f->noise);
    if (f->sibilance.needed) {
        struct json *sibilance = json_new_object();
        json_put_real(sibilance, "over_db", f->sibilance.over_db);
        json_put_real(sibilance, "threshold_dbfs", f->sibilance.threshold_dbfs);
        json_put(o, "sibilance", sibilance);
    }
    return o;
}

int cleaning_save(const char *path, const struct clean_found *found, int channels, struct err *e)
{
    struct json *list = json_new_array();
    for (int c = 0; c < channels; c++)
        json_push(list, channel_json(&found[c]));
    int r = json_save(path, list, e);
    json_free(list);
    return r;
}

static void read_hum(const struct json *o, struct hum_result *ret)
{
    const struct json *lines = json_get(o, "lines");
    ret->needed = o != NULL;
    ret->hz = json_number(o, "hz", 0);
    ret->level_dbfs = json_number(o, "level_dbfs", -150);
    ret->below_loud_db = json_number(o, "below_loud_db", 0);
    for (size_t i = 0; i < json_count(lines) && i < HUM_HARMONICS; i++) {
        const struct json *line = json_at(lines, i);
        ret->line[i].harmonic = (int)json_int(line, "harmonic", 1);
        ret->line[i].level_dbfs = json_number(line, "level_dbfs", -150);
        ret->line[i].prominence_db = json_number(line, "prominence_db", 0);
        ret->lines++;
    }
}

static void read_noise(const struct json *o, struct noise_result *ret)
{
    const struct json *power = json_get(o, "power");
    ret->needed = o != NULL;
    ret->snr_db = json_number(o, "snr_db", 0);
    ret->speech_dbfs = json_number(o, "speech_dbfs", -150);
    ret->noise_dbfs = json_number(o, "noise_dbfs", -150);
    ret->audible_snr_db = json_number(o, "audible_snr_db", 0);
    ret->reduction_db = json_number(o, "reduction_db", 0);
    for (; ret->bins < json_count(power) && ret->bins < NOISE_BINS; ret->bins++)
        ret->power[ret->bins] = (float)json_as_real(json_at(power, ret->bins), 0);
}

static void read_channel(const struct json *o, struct clean_found *ret)
{
    const struct json *repair = json_get(o, "repair"), *rumble = json_get(o, "rumble");
    ret->repair.needed = repair != NULL;
    ret->repair.clicks = json_int(repair, "clicks", 0);
    ret->repair.clipped_runs = json_int(repair, "clipped_runs", 0);
    ret->repair.clipped = json_int(repair, "clipped", 0);
    ret->repair.clip_high = json_number(repair, "clip_high", 0);
    ret->repair.clip_low = json_number(repair, "clip_low", 0);
    ret->rumble.needed = rumble != NULL;
    ret->rumble.dc = json_bool(rumble, "dc", false);
    ret->rumble.rumble = json_bool(rumble, "rumble", false);
    ret->rumble.offset = json_number(rumble, "offset", 0);
    ret->rumble.offset_dbfs = json_number(rumble, "offset_dbfs", -150);
    ret->rumble.below_speech_db = json_number(rumble, "below_speech_db", 0);
    read_hum(json_get(o, "hum"), &ret->hum);
    read_noise(json_get(o, "noise"), &ret->noise);
    const struct json *sibilance = json_get(o, "sibilance");
    ret->sibilance.needed = sibilance != NULL;
    ret->sibilance.over_db = json_number(sibilance, "over_db", 0);
    ret->sibilance.threshold_dbfs = json_number(sibilance, "threshold_dbfs", 0);
}

int cleaning_load(struct arena *a, const char *path, struct clean_found **ret, struct err *e)
{
    struct json *list;
    int r = json_load(path, &list, e);
    if (r < 0)
        return r == -ENOENT ? err_errno(e, r, path) : r;
    *ret = arena_array(a, struct clean_found, json_count(list) + 1);
    for (size_t i = 0; i < json_count(list); i++)
        read_channel(json_at(list, i), &(*ret)[i]);
    json_free(list);
    return 0;
}

static double tenth(double v)
{
    return round(v * 10) / 10;
}

struct json *cleaning_json(const struct clean_found *found, int channels)
{
    struct json *o = json_new_object();
    int64_t clicks = 0, peaks = 0;
    double offset = -150, rumble = HUGE_VAL, hum = -150, hz = 0, snr = HUGE_VAL, reduction = 0,
           sharp = -HUGE_VAL;
    for (int c = 0; c < channels; c++) {
        const struct clean_found *f = &found[c];
        clicks += f->repair.needed ? f->repair.clicks : 0;
        peaks += f->repair.needed ? f->repair.clipped_runs : 0;
        offset = f->rumble.dc ? fmax(offset, f->rumble.offset_dbfs) : offset;
        rumble = f->rumble.rumble ? fmin(rumble, f->rumble.below_speech_db) : rumble;
        hz = f->hum.needed && f->hum.level_dbfs > hum ? f->hum.hz : hz;
        hum = f->hum.needed ? fmax(hum, f->hum.level_dbfs) : hum;
        snr = f->noise.needed ? fmin(snr, f->noise.snr_db) : snr;
        sharp = f->sibilance.needed ? fmax(sharp, f->sibilance.over_db) : sharp;
        reduction = f->noise.needed ? fmax(reduction, f->noise.reduction_db) : reduction;
    }
    if (clicks)
        json_put_int(o, "clicks", clicks);
    if (peaks)
        json_put_int(o, "clipped_peaks", peaks);
    if (offset > -150)
        json_put_real(o, "offset_dbfs", tenth(offset));
    if (isfinite(rumble))
        json_put_real(o, "rumble_below_speech_db", tenth(rumble));
    if (hum > -150) {
        json_put_real(o, "hum_hz", round(hz * 100) / 100);
        json_put_real(o, "hum_dbfs", tenth(hum));
    }
    if (reduction > 0) {
        json_put_real(o, "noise_below_speech_db", tenth(snr));
        json_put_real(o, "noise_reduction_db", tenth(reduction));
    }
    if (isfinite(sharp))
        json_put_real(o, "sibilants_over_speech_db", tenth(sharp));
    return o;
}
