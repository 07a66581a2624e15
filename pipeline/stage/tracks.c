// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/tracks.h"

#include "base/fs.h"
#include "base/str.h"
#include "stage/parts.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS_PER_S = 1000 / METER_BLOCK_MS };
static const tick block_ticks = TICKS_PER_SEC / BLOCKS_PER_S;

struct reading {
    const struct stage_job *job;
    const char *dir; // of facts.json
    bool clean;
    struct tracks *t;
    struct err *e;
};

static size_t block_at(tick t)
{
    return (size_t)((t + block_ticks / 2) / block_ticks);
}

static void blocks_room(struct blocks *b, size_t n)
{
    *b = (struct blocks){.n = n, .looks = (n + BANDS_EVERY - 1) / BANDS_EVERY};
    b->energy = mem_alloc((n + 1) * sizeof(*b->energy));
    b->peak = mem_alloc((n + 1) * METER_BLOCK_PEAKS * sizeof(*b->peak));
    b->crossings = mem_alloc((n + 1) * sizeof(*b->crossings));
    b->bands = mem_alloc((b->looks + 1) * BANDS);
}

// Also towards the front of the same blocks.
static void copy_blocks(struct blocks *to, size_t at, const struct blocks *from, size_t first,
                        size_t n)
{
    memmove(to->energy + at, from->energy + first, n * sizeof(*to->energy));
    memmove(to->peak + at * METER_BLOCK_PEAKS, from->peak + first * METER_BLOCK_PEAKS,
            n * METER_BLOCK_PEAKS * sizeof(*to->peak));
    memmove(to->crossings + at, from->crossings + first, n * sizeof(*to->crossings));
    for (size_t i = 0; i + BANDS_EVERY <= n + 1; i += BANDS_EVERY) {
        size_t look = (at + i) / BANDS_EVERY, of = (first + i) / BANDS_EVERY;
        if (look < to->looks && of < from->looks)
            memmove(to->bands + look * BANDS, from->bands + of * BANDS, BANDS);
    }
}

// A part's blocks to its place, as they are once cleaned where it is; a mono file is heard in both
// channels.
static int lay_part(const struct reading *r, const struct json *part, bool cleaned, tick at,
                    struct track *ret)
{
    const char *name = json_text(part, cleaned ? "cleaned" : "blocks");
    if (!name)
        return err_set(r->e, -EINVAL,
                       "facts.json of an older version: ingest the recording again (--remake)");
    struct blocks b = {0};
    int code = blocks_load(fs_join(r->job->arena, r->dir, name), &b, r->e);
    if (code < 0)
        return code;
    int own = (int)json_int(part, "channels", 2), mixed = r->t->mix.channels;
    float twice = own == 1 && mixed == 2 ? 2 : 1;
    for (size_t i = 0; i < b.n; i++)
        b.energy[i] *= twice;
    ret->known = ret->known && (own == mixed || own == 1);
    size_t first = block_at(at);
    size_t n = b.n < ret->blocks.n - first ? b.n : ret->blocks.n - first;
    if (first < ret->blocks.n)
        copy_blocks(&ret->blocks, first, &b, 0, n);
    blocks_done(&b);
    return 0;
}

static void look_at_part(struct tracks *t, const struct json *part)
{
    const char *side = json_text(part, "silent_side");
    t->mono = t->mono && json_bool(part, "mono", false);
    if (side)
        t->silent_side = str_same(side, "left") ? "left" : "right";
}

// From the track's own clock onto the common one.
static void put_on_common_clock(const struct mix_track *t, size_t n, struct blocks *b)
{
    if (t->offset_s == 0 && t->drift_ppm == 0 && b->n == n)
        return;
    struct blocks common;
    blocks_room(&common, n);
    for (size_t i = 0; i < n; i += BANDS_EVERY) {
        double own = (double)i * (1 + t->drift_ppm / 1e6) + t->offset_s * BLOCKS_PER_S;
        size_t two = n - i < BANDS_EVERY ? n - i : BANDS_EVERY;
        if (own >= 0 && (size_t)own + two <= b->n)
            copy_blocks(&common, i, b, (size_t)own, two);
    }
    blocks_done(b);
    *b = common;
}

static int read_track(const struct reading *r, const struct json *track, const struct json *aligned,
                      size_t i)
{
    const struct json *list = json_get(track, "parts");
    struct track *own = &r->t->track[i];
    struct mix_track *mixed = &r->t->mixed[i];
    tick at = 0, length = 0;
    int code = 0;
    own->speaker = arena_strdup(r->job->arena, json_text(track, "speaker"));
    own->known = true;
    code = parts_read(r->job->arena, r->job->show_dir, r->clean ? r->dir : NULL, list, mixed, r->e);
    for (size_t k = 0; code >= 0 && k < mixed->num_parts; k++)
        length += mixed->parts[k].length;
    blocks_room(&own->blocks, block_at(length));
    for (size_t k = 0; code >= 0 && k < mixed->num_parts; k++) {
        look_at_part(r->t, json_at(list, k));
        code = lay_part(r, json_at(list, k), mixed->parts[k].clean != NULL, at, own);
        if (mixed->parts[k].clean) {
            json_free(own->cleaning);
            own->cleaning = json_keep(json_get(json_at(list, k), "cleaning"));
        }
        at += mixed->parts[k].length;
    }
    mixed->offset_s = json_number(aligned, "offset_s", 0);
    mixed->drift_ppm = json_number(aligned, "drift_ppm", 0);
    put_on_common_clock(mixed, block_at(r->t->length), &own->blocks);
    return code;
}

static int read_facts(const struct reading *r, const struct json *facts, const struct json *aligned)
{
    const struct json *list = json_get(facts, "tracks"), *lines = json_get(aligned, "tracks");
    struct tracks *t = r->t;
    size_t n = json_count(list);
    if (!n)
        return err_set(r->e, -EINVAL, "facts.json names no track");
    t->track = arena_array(r->job->arena, struct track, n);
    t->mixed = arena_array(r->job->arena, struct mix_track, n);
    t->mix.tracks = t->mixed;
    t->mix.num_tracks = n;
    t->mono = true;
    t->length = json_int(aligned, "length_ticks", 0);
    t->input = json_keep(json_get(facts, "input"));
    int code = 0;
    t->mix.num_tracks = 0;
    for (size_t i = 0; code >= 0 && i < n; i++) {
        if (str_same(json_text(json_at(list, i), "use"), "picture"))
            continue;
        t->track[t->mix.num_tracks].of = i;
        code = read_track(r, json_at(list, i), json_at(lines, i), t->mix.num_tracks++);
    }
    if (code >= 0 && !t->mix.num_tracks)
        return err_input(r->e, "every recording has use: picture; one must be heard");
    return code;
}

static int read_one(const struct reading *r, const struct json *facts, const struct json *aligned,
                    size_t i)
{
    size_t of = r->t->track[i].of;
    return read_track(r, json_at(json_get(facts, "tracks"), of),
                      json_at(json_get(aligned, "tracks"), of), i);
}

// one: SIZE_MAX for all
static int read(const struct stage_job *job, struct tracks *t, bool clean, size_t one,
                struct err *e)
{
    struct json *facts, *aligned;
    int code = stage_load(job->in, "facts", &facts, e);
    if (code < 0)
        return code;
    struct reading r = {.job = job,
                        .dir = fs_dirname(job->arena, stage_input(job->in, "facts")),
                        .clean = clean,
                        .t = t,
                        .e = e};
    code = stage_load(job->in, "tracks", &aligned, e);
    if (code >= 0) {
        code = one == SIZE_MAX ? read_facts(&r, facts, aligned) : read_one(&r, facts, aligned, one);
        json_free(aligned);
    }
    json_free(facts);
    return code;
}

int tracks_read(const struct stage_job *job, int sample_rate, int channels, struct tracks *ret,
                struct err *e)
{
    *ret = (struct tracks){.mix = {.sample_rate = sample_rate, .channels = channels, .threads = 1}};
    ret->clean = json_bool(job->settings, "cleaning", false);
    return read(job, ret, ret->clean, SIZE_MAX, e);
}

int tracks_unclean(const struct stage_job *job, struct tracks *t, size_t i, struct err *e)
{
    struct track *own = &t->track[i];
    blocks_done(&own->blocks);
    json_free(own->cleaning);
    own->cleaning = NULL;
    return read(job, t, false, i, e);
}

int tracks_keep(const struct stage_job *job, struct tracks *t, struct err *e)
{
    struct json *timeline;
    int code = stage_load(job->in, "timeline", &timeline, e);
    if (code < 0)
        return code;
    bool good = timeline_read(job->arena, timeline, &t->timeline);
    json_free(timeline);
    if (!good)
        return err_set(e, -EINVAL, "timeline.json keeps nothing of the recording");
    t->mix.kept = timeline_spans(job->arena, &t->timeline);
    t->mix.num_kept = t->timeline.count;
    t->mix.at = t->timeline.kept[0].at;
    return 0;
}

void tracks_done(struct tracks *t)
{
    for (size_t i = 0; t->track && i < t->mix.num_tracks; i++) {
        blocks_done(&t->track[i].blocks);
        json_free(t->track[i].cleaning);
        bleed_done(&t->track[i].gate);
    }
    json_free(t->input);
}

static void cut(const struct tracks *t, struct blocks *b)
{
    size_t n = 0;
    for (size_t i = 0; i < t->mix.num_kept; i++) {
        size_t from = block_at(t->mix.kept[i].start), to = block_at(t->mix.kept[i].end);
        to = to < b->n ? to : b->n;
        if (from < to)
            copy_blocks(b, n, b, from, to - from);
        n += from < to ? to - from : 0;
    }
    b->n = n;
    b->looks = b->looks ? (n + BANDS_EVERY - 1) / BANDS_EVERY : 0;
}

struct blocks *tracks_together(struct tracks *t)
{
    struct blocks *all = &t->track[0].blocks;
    for (size_t k = 1; k < t->mix.num_tracks; k++) {
        const struct blocks *b = &t->track[k].blocks;
        size_t n = b->n < all->n ? b->n : all->n;
        for (size_t i = 0; i < n; i++)
            all->energy[i] += b->energy[i];
        for (size_t i = 0; i < n * METER_BLOCK_PEAKS; i++)
            all->peak[i] = b->peak[i] > all->peak[i] ? b->peak[i] : all->peak[i];
    }
    cut(t, all);
    return all;
}
