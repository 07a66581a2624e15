// SPDX-License-Identifier: GPL-3.0-or-later
// picture: the recording's picture on the published clock, at a constant frame rate, in the sizes
// that are wanted; copied bit for bit where it is what the preset asks for.
//
// settings: as in stage/rungs.h, without a rate that of the recording's own family; {"balance":
//           true} brings the camera's shots together
// variant:  as in stage/rungs.h
// in:       {"facts": facts.json, "tracks": tracks.json, "timeline": timeline.json, "screen":
//           screen.json}; the originals that facts.json names lie below show_dir
// makes:    picture.mp4: H.264 alone, from the timeline's beginning to its end; the main size also
//           poster.jpg and thumb-1.jpg, …
// measured: as in stage/rungs.h, {"way": "copied" or "encoded", "why": [reasons against copying],
//           "frames", "repeated", "source": as stage/seen.h has it}; the main size as in
//           stage/watched.h besides, and as in stage/balanced.h
// Refuses a recording without a picture, or with one that cannot be used.
#include "media/glance.h"
#include "media/pack.h"
#include "stage/balanced.h"
#include "stage/picturecopy.h"
#include "stage/rungs.h"
#include "stage/screenfile.h"
#include "stage/seen.h"
#include "stage/watched.h"

#include <errno.h>
#include <math.h>

struct picture {
    struct stage_job *job;
    struct timeline timeline;
    struct seen_track track;
    struct film_params film;
    struct film_result made;
    struct watched watched;
    struct balanced balanced;
    struct json *why; // reasons against copying
    bool copied;
};

static int read_inputs(struct picture *p, struct err *e)
{
    struct stage_job *job = p->job;
    struct json *facts = NULL, *tracks = NULL, *timeline = NULL;
    int r = stage_load(job->in, "facts", &facts, e);
    if (r >= 0)
        r = stage_load(job->in, "tracks", &tracks, e);
    if (r >= 0)
        r = stage_load(job->in, "timeline", &timeline, e);
    if (r >= 0 && !timeline_read(job->arena, timeline, &p->timeline))
        r = err_set(e, -EINVAL, "timeline.json has no kept spans");
    if (r >= 0)
        r = seen_track(job->arena, job->show_dir, facts, tracks, &p->track, e);
    if (r == 0)
        r = err_input(e, "no recording has a picture");
    json_free(facts);
    json_free(tracks);
    json_free(timeline);
    return r;
}

static int read_job(struct picture *p, struct err *e)
{
    struct stage_job *job = p->job;
    const char *screen = stage_input(job->in, "screen");
    p->film.track = &p->track.film;
    p->film.timeline = &p->timeline;
    rungs_read(job, (struct rungs_rate){p->track.facts.suits_num, p->track.facts.suits_den},
               &p->film);
    return screen ? screen_read(job->arena, screen, &p->film, e)
                  : err_set(e, -EINVAL, "the job has no input 'screen'");
}

// ---- copying

static void look_for_reasons(struct picture *p, const struct stage_variant *v)
{
    const struct json *s = p->job->settings;
    struct copy_wanted wanted = {
        .width = p->film.width,
        .height = p->film.height,
        .rate_num = p->film.rate_num,
        .rate_den = p->film.rate_den,
        .level = rungs_level(v->settings),
        .max_kbps = (int)json_int(v->settings, "max_bitrate_kbps", 0),
        .group = (tick)llround(json_number(s, "gop_s", 2) * (double)TICKS_PER_SEC),
        .drawn = p->film.num_pieces > 0,
        .balance = json_bool(s, "balance", false),
    };
    struct copy_source source = {
        .facts = &p->track.facts,
        .num_files = p->track.film.num_parts,
        .drift_ppm = p->track.film.drift_ppm,
        .timeline = &p->timeline,
    };
    p->why = copy_reasons(&wanted, &source);
}

// What of the camera's file is published, and where it stands.
static int copy_main(struct picture *p, const struct stage_variant *v, struct err *e)
{
    const struct film_part *part = &p->track.film.parts[0];
    const struct kept *kept = &p->timeline.kept[0];
    tick offset = (tick)llround(p->track.film.offset_s * (double)TICKS_PER_SEC);
    tick from = kept->from + offset, to = kept->to + offset;
    tick first = part->first > from ? part->first : from;
    struct pack_params pp = {
        .picture = part->path,
        .track = -1,
        .picture_from = first,
        .picture_to = to,
        .picture_at = kept->at + first - from,
        .path = stage_output(p->job, v, "picture.mp4"),
        .progress = p->job->progress,
    };
    struct glance_params gp = {
        .part = part,
        .from = first,
        .to = to,
        .at = pp.picture_at,
        .look = p->watched.look,
        .stills = p->watched.stills,
        .threads = p->job->threads,
        .progress = p->job->progress,
    };
    int r = pack_mp4(&pp, NULL, e);
    return r < 0 ? r : glance_at(&gp, e);
}

static int copy_or_encode(struct picture *p, struct err *e)
{
    const struct stage_variant *v = rungs_main(p->job);
    if (v)
        look_for_reasons(p, v);
    p->copied = v && !json_count(p->why);
    if (v)
        watched_open(&p->watched, &p->film);
    int r = p->copied ? copy_main(p, v, e) : 0;
    if (r < 0)
        return r;
    p->film.look = p->copied ? NULL : p->watched.look;
    p->film.stills = p->copied ? NULL : p->watched.stills;
    struct film_rung *kept = arena_array(p->job->arena, struct film_rung, p->film.num_rungs + 1);
    size_t n = 0;
    for (size_t i = 0; i < p->job->num_variants; i++)
        if (!p->copied || &p->job->variants[i] != v)
            kept[n++] = p->film.rungs[i];
    p->film.rungs = kept;
    p->film.num_rungs = n;
    if (n && json_bool(p->job->settings, "balance", false))
        r = balanced_look(&p->balanced, &p->film, e);
    p->film.tone = p->balanced.tone;
    return r >= 0 && n ? film_make(&p->film, &p->made, e) : r;
}

// ---- the record

static void put_measured(struct picture *p, const struct stage_variant *v)
{
    struct json *m = v->measured;
    bool is_main = v == rungs_main(p->job), copied = p->copied && is_main;
    json_put_text(m, "way", copied ? "copied" : "encoded");
    if (is_main && p->why)
        json_put(m, "why", json_keep(p->why));
    json_put_int(m, "frames", copied ? p->track.facts.frames : p->made.frames);
    if (!copied)
        json_put_int(m, "repeated", p->made.repeated);
    if (is_main)
        balanced_put(&p->balanced, m);
    json_put(m, "source", seen_json(&p->track.facts));
    rungs_put_measured(p->job, v, &p->film);
}

static void warn(const struct picture *p)
{
    const struct projector_result *c = &p->made.camera;
    char at[TICK_TEXT];
    if (!c->errors)
        return;
    tick_text(c->first_error == TICK_NONE ? 0 : c->first_error, at);
    progress_warn(p->job->progress, "%s: %lld pictures are damaged, the first one at %s",
                  p->track.name, (long long)c->errors, at);
}

static int picture_run(struct stage_job *job, struct err *e)
{
    struct picture p = {.job = job};
    int r = read_inputs(&p, e);
    if (r >= 0)
        r = read_job(&p, e);
    if (r >= 0)
        r = copy_or_encode(&p, e);
    for (size_t i = 0; r >= 0 && i < job->num_variants; i++)
        put_measured(&p, &job->variants[i]);
    const struct stage_variant *main = rungs_main(job);
    if (r >= 0 && main)
        r = watched_put(&p.watched, job, main, e);
    if (r >= 0)
        warn(&p);
    watched_close(&p.watched);
    balanced_close(&p.balanced);
    json_free(p.why);
    return r < 0 ? r : 0;
}

const struct stage stage_picture = {"picture", picture_run};
