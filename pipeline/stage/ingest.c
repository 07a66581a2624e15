// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings -> verified originals and facts.json.
// in:       {"recordings": [paths in order]}
// settings: {"recordings": [{"track","part","name","sha256","speaker","use",
//           "sound_track"}…], "accept_damage"}
// makes:    facts.json {"tracks": [{"speaker", "use", "parts": [PART…], "length_ticks"}…],
//           "length_ticks", "input": LEVELS}; "use": "both", "picture" or "sound"; PART:
//           {"original", "name", "sha256", FORMAT, LEVELS, "length_ticks", "frames", "zero_ticks",
//           "starts_ticks", "picture": as in stage/seen.h, "gap_before_ticks", "faults",
//           "decode_errors", "damage", "blocks": a file of sound/blocks.h beside it, "clean": what
//           is to be cleaned, where there is something, "cleaned": the table of what that leaves,
//           and "cleaning": what is cleaned, for people (both stage/cleaning.h)}; FORMAT, LEVELS:
//           stage/heard.h; and <show>/originals/<sha256>.<ext>, read back and compared with that
//           hash
#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "base/workers.h"
#include "media/feed.h"
#include "media/survey.h"
#include "sound/blocks.h"
#include "stage/cleaning.h"
#include "stage/heard.h"
#include "stage/originals.h"
#include "stage/seen.h"
#include "stage/stage.h"
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const tick shortest = TICKS_PER_SEC * 2 / 5, curt = 3 * TICKS_PER_SEC;
static const double first_pass = 0.6; // of the listening; the rest is for what is cleaned
static const tick gap_max =
    12 * 3600 * TICKS_PER_SEC; // a longer one between two cards is a wrong clock

struct recording {
    const char *path, *name, *sha256, *speaker, *use; // use NULL: not said
    int track, part, sound_track; // sound_track: of its file, from 1; 0: the best
    struct original original;
    tick gap_before; // to the part before by their own clocks; TICK_NONE: not told
    double progress; // ingest.lock
    double media_s;  // ingest.lock
    struct survey survey;
    struct seen seen;
    struct blocks blocks;
    struct clean_found *clean; // one a channel
    struct blocks cleaned;     // where something is to be cleaned
    const char *blocks_name, *clean_name, *cleaned_name;
};

struct ingest {
    struct stage_job *job;
    struct recording *recordings;
    size_t n;
    bool accept_damage;
    pthread_mutex_t lock; // progress_update takes one thread at a time
    atomic_bool failed;   // one of the recordings is refused: no copy is wanted
};

struct line { // one recording's part of the progress
    struct ingest *ingest;
    struct recording *recording;
    double from, to; // share of it
};

static const char *const remedy =
    "export the recording again, or set accept_damage: true in episode.yaml "
    "to go on with what can be used";

static int read_settings(struct ingest *in, struct err *e)
{
    struct stage_job *job = in->job;
    const struct json *list = json_get(job->settings, "recordings"),
                      *paths = json_get(job->in, "recordings");

    in->accept_damage = json_bool(job->settings, "accept_damage", false);
    in->n = json_count(list);
    if (!in->n || json_count(paths) != in->n)
        return err_input(e, "no recording named: write `recordings: [FILE]` into episode.yaml");
    in->recordings = arena_array(job->arena, struct recording, in->n);
    for (size_t i = 0; i < in->n; i++) {
        const struct json *x = json_at(list, i);
        struct recording *r = &in->recordings[i];
        r->path = json_as_text(json_at(paths, i));
        r->name = json_text(x, "name");
        r->sha256 = json_text(x, "sha256");
        r->speaker = json_text(x, "speaker");
        r->use = json_text(x, "use");
        r->sound_track = (int)json_int(x, "sound_track", 0);
        r->track = (int)json_int(x, "track", 0);
        r->part = (int)json_int(x, "part", 0);
        r->gap_before = TICK_NONE;
        r->clean = arena_array(job->arena, struct clean_found, METER_MAX_CHANNELS);
        if (!r->path || !r->sha256 || strlen(r->sha256) != HASH_HEX - 1)
            return err_set(e, -EINVAL, "recording %zu without path or hash", i + 1);
        r->name = r->name ? r->name : fs_basename(r->path);
    }
    return 0;
}

// ---- listening, several at a time

static void tell(void *ctx, const char *what, double done, double media_s)
{
    struct line *line = ctx;
    struct ingest *in = line->ingest;
    double share = 0, media = 0;

    pthread_mutex_lock(&in->lock);
    line->recording->progress = line->from + done * (line->to - line->from);
    line->recording->media_s = media_s > 0 ? media_s : 0;
    for (size_t i = 0; i < in->n; i++) {
        share += in->recordings[i].progress / (double)in->n;
        media += in->recordings[i].media_s;
    }
    progress_update(in->job->progress, what, share * 0.9, media);
    pthread_mutex_unlock(&in->lock);
}

static int listen_one(struct ingest *in, struct recording *r, struct err *e)
{
    struct line line = {in, r, 0, first_pass};
    struct progress progress = {
        .stop = in->job->progress ? in->job->progress->stop : NULL, .update = tell, .ctx = &line};

    int code = survey_file(&(struct survey_params){.path = r->path,
                                                   .track = r->sound_track,
                                                   .threads = in->n > 1 ? 1 : in->job->threads,
                                                   .progress = &progress,
                                                   .what = "listening to the recording",
                                                   .blocks = &r->blocks,
                                                   .clean = r->clean},
                           &r->survey, e);
    if (code < 0 || !r->survey.facts.has_picture)
        return code;
    return seen_look(r->path, r->name, r->survey.facts.zero, in->job->progress, &r->seen, e);
}

// ---- copying meanwhile: the disk works while the processors listen

static int listen_or_copy(void *ctx, size_t i, struct err *e)
{
    struct ingest *in = ctx;
    struct recording *r = &in->recordings[i / 2];

    if (i % 2)
        return originals_copy(in->job, &r->original, e);
    int code = listen_one(in, r, e);
    if (code < 0)
        atomic_store(&in->failed, true);
    return code;
}

static int listen_and_copy(struct ingest *in, struct err *e)
{
    struct original **all = arena_array(in->job->arena, struct original *, in->n);
    int r;

    for (size_t i = 0; i < in->n; i++) {
        struct recording *x = &in->recordings[i];
        x->original = (struct original){
            .from = x->path, .name = x->name, .sha256 = x->sha256, .unwanted = &in->failed};
        all[i] = &x->original;
    }
    r = originals_prepare(in->job, all, in->n, e);
    return r < 0 ? r : workers_run(2 * in->n, in->job->threads, listen_or_copy, in, e);
}

// ---- listening to what cleaning will leave: the leveller must not take hum for music

static int listen_cleaned(void *ctx, size_t i, struct err *e)
{
    struct ingest *in = ctx;
    struct recording *r = &in->recordings[i];
    struct line line = {in, r, first_pass, 1};
    struct progress progress = {
        .stop = in->job->progress ? in->job->progress->stop : NULL, .update = tell, .ctx = &line};

    if (!cleaning_needed(r->clean, r->survey.facts.channels))
        return 0;
    struct survey cleaned;
    return survey_feed(&(struct survey_params){.progress = &progress,
                                               .what = "listening to the cleaned recording",
                                               .blocks = &r->cleaned},
                       &(struct feed_params){.path = r->path,
                                             .track = r->sound_track - 1,
                                             .threads = in->n > 1 ? 1 : in->job->threads,
                                             .clean = r->clean},
                       &cleaned, e);
}

// ---- judging

static int judge(struct ingest *in, const struct recording *r, struct err *e)
{
    const struct source_facts *f = &r->survey.facts;
    char damage[SOURCE_DAMAGE_TEXT];

    if (!source_damage(f, damage))
        return 0;
    if (!f->frames)
        return err_input(e, "%s: damaged: %s", r->name, damage);
    if (!in->accept_damage)
        return err_input(e, "%s: damaged: %s\n%s", r->name, damage, remedy);
    return 0;
}

static void warn(struct ingest *in, const struct recording *r)
{
    const struct source_facts *f = &r->survey.facts;
    const struct progress *p = in->job->progress;
    char damage[SOURCE_DAMAGE_TEXT], at[TICK_TEXT];

    if (source_damage(f, damage))
        progress_warn(p, "%s: damaged, accepted: %s", r->name, damage);
    else if (damage[0])
        progress_warn(p, "%s: %s", r->name, damage);
    for (int i = 0; i < f->num_faults && i < 3; i++) {
        if (f->faults[i].count)
            continue;
        tick_text_ms(f->faults[i].at, at);
        progress_warn(p, "%s: at %s %s (%.2f s)", r->name, at, f->faults[i].text,
                      tick_to_s(f->faults[i].lost));
    }
}

// A track counts as a whole: one card of a camera may well be silent.
struct track {
    const char *name;   // of its first recording
    const char *silent; // the last one without sound; NULL: none
    bool heard;
    tick length;
};

static struct track track_of(const struct ingest *in, const struct recording *first)
{
    struct track t = {.name = first->name};

    for (size_t i = 0; i < in->n; i++) {
        const struct recording *r = &in->recordings[i];
        if (r->track != first->track)
            continue;
        t.length += r->survey.facts.length;
        if (isfinite(r->survey.sound.integrated_lufs))
            t.heard = true;
        else
            t.silent = r->name;
    }
    return t;
}

static int judge_track(const struct track *t, struct err *e)
{
    if (t->length < shortest)
        return err_input(e, "%s: only %.2f s long; a recording has at least 0.4 s", t->name,
                         tick_to_s(t->length));
    if (!t->heard)
        return err_input(
            e,
            "%s contains only silence (nothing above -70 LUFS); check which microphone or "
            "track was recorded",
            t->name);
    return 0;
}

static void warn_track(struct ingest *in, const struct track *t)
{
    if (t->silent)
        progress_warn(in->job->progress, "%s contains only silence", t->silent);
    if (t->length < curt)
        progress_warn(in->job->progress, "%s: only %.1f s long", t->name, tick_to_s(t->length));
}

// Warnings are for what is taken: a refusal stands alone.
static int judge_all(struct ingest *in, struct err *e)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < in->n; i++)
        r = judge(in, &in->recordings[i], e);
    for (size_t i = 0; r >= 0 && i < in->n; i++) {
        struct track t = track_of(in, &in->recordings[i]);
        if (in->recordings[i].part == 0)
            r = judge_track(&t, e);
    }
    for (size_t i = 0; r >= 0 && i < in->n; i++)
        warn(in, &in->recordings[i]);
    for (size_t i = 0; r >= 0 && i < in->n; i++) {
        struct track t = track_of(in, &in->recordings[i]);
        if (in->recordings[i].part == 0)
            warn_track(in, &t);
    }
    return r;
}

static tick between(const struct source_facts *a, const struct source_facts *b)
{
    static const tick day = 86400 * TICKS_PER_SEC;

    if (a->clock != TICK_NONE && b->clock != TICK_NONE) {
        tick gap = b->clock - a->clock - a->length;
        return gap < -day / 2 ? gap + day : gap;
    }
    if (a->created_utc_s == INT64_MIN || b->created_utc_s == INT64_MIN)
        return TICK_NONE;
    int64_t apart_s = b->created_utc_s - a->created_utc_s; // of centuries: more than ticks can be
    return llabs(apart_s) > 30 * 86400 ? TICK_NONE : apart_s * TICKS_PER_SEC - a->length;
}

static void find_gaps(struct ingest *in)
{
    for (size_t i = 1; i < in->n; i++) {
        const struct recording *a = &in->recordings[i - 1];
        struct recording *b = &in->recordings[i];
        bool whole_seconds =
            a->survey.facts.clock == TICK_NONE || b->survey.facts.clock == TICK_NONE;
        tick gap = a->track == b->track ? between(&a->survey.facts, &b->survey.facts) : TICK_NONE;
        if (gap == TICK_NONE || gap > gap_max || gap < -TICKS_PER_SEC * (whole_seconds ? 2 : 1))
            continue;
        b->gap_before = gap;
        if (gap > TICKS_PER_SEC * (whole_seconds ? 2 : 0) + TICKS_PER_SEC / 10)
            progress_warn(in->job->progress,
                          "%s begins %.1f s after %s ended by their own clocks; they are "
                          "joined without that gap",
                          b->name, tick_to_s(gap), a->name);
    }
}

static int keep_all(struct ingest *in, struct err *e)
{
    int r = progress_check(in->job->progress, e);

    progress_update(in->job->progress, "keeping the original", 0.95, -1);
    for (size_t i = 0; r >= 0 && i < in->n; i++)
        r = originals_keep(in->job, &in->recordings[i].original,
                           in->recordings[i].survey.facts.extension, e);
    return r;
}

// ---- the record

static struct json *part_json(const struct recording *r)
{
    const struct source_facts *f = &r->survey.facts;
    struct json *o = json_new_object();
    char damage[SOURCE_DAMAGE_TEXT];

    json_put_text(o, "original", r->original.path);
    json_put_text(o, "name", r->name);
    json_put_text(o, "sha256", r->sha256);
    heard_put_format(o, f);
    json_put_int(o, "length_ticks", f->length);
    json_put_int(o, "frames", f->frames);
    if (f->zero != TICK_NONE)
        json_put_int(o, "zero_ticks", f->zero);
    json_put_int(o, "starts_ticks", f->starts);
    seen_put(&r->seen, o);
    if (r->gap_before != TICK_NONE)
        json_put_int(o, "gap_before_ticks", r->gap_before);
    heard_put_levels(o, &r->survey);
    json_put_text(o, "blocks", r->blocks_name);
    if (r->clean_name) {
        json_put_text(o, "clean", r->clean_name);
        json_put_text(o, "cleaned", r->cleaned_name);
        json_put(o, "cleaning", cleaning_json(r->clean, f->channels));
    }
    json_put(o, "faults", heard_faults(f));
    json_put_int(o, "decode_errors", f->decode_errors);
    if (source_damage(f, damage))
        json_put_text(o, "damage", damage);
    return o;
}

// A camera beside recorders of sound is there to be seen; its own sound has brought it onto their
// clock, and is heard no more.
static const char *use_of(const struct ingest *in, const struct recording *r)
{
    bool has_recorder = false;

    for (size_t i = 0; i < in->n; i++)
        has_recorder = has_recorder || (in->recordings[i].track != r->track &&
                                        !in->recordings[i].survey.facts.has_picture);
    if (r->use)
        return r->use;
    return r->survey.facts.has_picture && !r->speaker && has_recorder ? "picture" : "both";
}

static struct json *track_json(const struct ingest *in, size_t first, tick *ret_length)
{
    struct json *o = json_new_object(), *parts = json_new_array();
    tick length = 0;

    json_put_text(o, "speaker", in->recordings[first].speaker);
    json_put_text(o, "use", use_of(in, &in->recordings[first]));
    for (size_t i = first; i < in->n && in->recordings[i].track == in->recordings[first].track;
         i++) {
        json_push(parts, part_json(&in->recordings[i]));
        length += in->recordings[i].survey.facts.length;
    }
    json_put(o, "parts", parts);
    json_put_int(o, "length_ticks", length);
    *ret_length = length > *ret_length ? length : *ret_length;
    return o;
}

// Exact for one recording. Of several: the mean of their energies by length, their highest peaks.
static void put_input(struct json *o, const struct ingest *in)
{
    struct survey all = in->recordings[0].survey;
    double energy = 0, seconds = 0;

    for (size_t i = 0; i < in->n; i++) {
        const struct survey *s = &in->recordings[i].survey;
        struct meter_result *m = &all.sound;
        energy += pow(10, s->sound.integrated_lufs / 10) * tick_to_s(s->facts.length);
        seconds += tick_to_s(s->facts.length);
        m->range_lu = fmax(m->range_lu, s->sound.range_lu);
        m->max_momentary_lufs = fmax(m->max_momentary_lufs, s->sound.max_momentary_lufs);
        m->max_short_term_lufs = fmax(m->max_short_term_lufs, s->sound.max_short_term_lufs);
        m->true_peak_dbtp = fmax(m->true_peak_dbtp, s->sound.true_peak_dbtp);
        m->sample_peak_dbfs = fmax(m->sample_peak_dbfs, s->sound.sample_peak_dbfs);
        m->mono_difference_db = fmax(m->mono_difference_db, s->sound.mono_difference_db);
        m->clipped += i ? s->sound.clipped : 0;
        m->floor_lufs = fmax(m->floor_lufs, s->sound.floor_lufs);
        all.facts.channels =
            s->facts.channels > all.facts.channels ? s->facts.channels : all.facts.channels;
    }
    if (in->n > 1)
        all.sound.integrated_lufs = 10 * log10(energy / seconds);
    heard_put_levels(o, &all);
}

static int write_tables(struct ingest *in, struct err *e)
{
    const struct stage_variant *v = &in->job->variants[0];
    int code = 0;

    for (size_t i = 0; code >= 0 && i < in->n; i++) {
        struct recording *r = &in->recordings[i];
        r->blocks_name = arena_printf(in->job->arena, "blocks-%d-%d.bin", r->track, r->part);
        code = blocks_save(&r->blocks, stage_output(in->job, v, r->blocks_name), e);
        if (code < 0 || !cleaning_needed(r->clean, r->survey.facts.channels))
            continue;
        r->clean_name = arena_printf(in->job->arena, "clean-%d-%d.json", r->track, r->part);
        code = cleaning_save(stage_output(in->job, v, r->clean_name), r->clean,
                             r->survey.facts.channels, e);
        if (code < 0)
            continue;
        r->cleaned_name = arena_printf(in->job->arena, "cleaned-%d-%d.bin", r->track, r->part);
        code = blocks_save(&r->cleaned, stage_output(in->job, v, r->cleaned_name), e);
    }
    return code;
}

// One that may be used: where it cannot be, whoever wants it is told.
static bool has_picture(const struct ingest *in)
{
    for (size_t i = 0; i < in->n; i++)
        if (in->recordings[i].survey.facts.has_picture &&
            !str_same(use_of(in, &in->recordings[i]), "sound"))
            return true;
    return false;
}

static int write_facts(struct ingest *in, struct err *e)
{
    struct stage_variant *v = &in->job->variants[0];
    const struct survey *first = &in->recordings[0].survey;
    struct json *o = json_new_object(), *tracks = json_new_array(), *input = json_new_object();
    int64_t faults = 0;
    tick length = 0;
    int code;

    for (size_t i = 0; i < in->n; i++) {
        faults += in->recordings[i].survey.facts.num_faults;
        if (i == 0 || in->recordings[i].track != in->recordings[i - 1].track)
            json_push(tracks, track_json(in, i, &length));
    }
    put_input(input, in);
    json_put_real(v->measured, "length_s", tick_to_s(length));
    json_put_bool(v->measured, "has_picture", has_picture(in));
    json_put(v->measured, "integrated_lufs", json_keep(json_get(input, "integrated_lufs")));
    json_put(v->measured, "true_peak_dbtp", json_keep(json_get(input, "true_peak_dbtp")));
    json_put_text(v->measured, "codec", first->facts.codec);
    json_put_int(v->measured, "faults", faults);
    json_put(o, "tracks", tracks);
    json_put_int(o, "length_ticks", length);
    json_put(o, "input", input);
    code = json_save(stage_output(in->job, v, "facts.json"), o, e);
    json_free(o);
    return code < 0 ? code : 0;
}

static int ingest_run(struct stage_job *job, struct err *e)
{
    struct ingest in = {.job = job, .lock = PTHREAD_MUTEX_INITIALIZER};
    int r;

    r = read_settings(&in, e);
    if (r >= 0)
        r = listen_and_copy(&in, e);
    if (r >= 0)
        r = judge_all(&in, e);
    if (r >= 0)
        r = workers_run(in.n, job->threads, listen_cleaned, &in, e);
    if (r >= 0) {
        find_gaps(&in);
        r = keep_all(&in, e);
    }
    if (r >= 0)
        r = write_tables(&in, e);
    if (r >= 0)
        r = write_facts(&in, e);
    for (size_t i = 0; in.recordings && i < in.n; i++) {
        originals_drop(&in.recordings[i].original);
        blocks_done(&in.recordings[i].blocks);
        blocks_done(&in.recordings[i].cleaned);
    }
    pthread_mutex_destroy(&in.lock);
    return r;
}

const struct stage stage_ingest = {"ingest", ingest_run};
