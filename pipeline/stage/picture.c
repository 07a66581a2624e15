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
// measured: as in stage/rungs.h, {"way": "copied" or "encoded", "frames", "source": as stage/seen.h
//           has it, "from_ticks", "to_ticks": what picture.mp4 shows on the published clock,
//           "late_ms": {"start", "end"}: how much later a moment is seen than it is heard, where it
//           was encoded "repeated", "dropped" and "damaged" frames}; the main size "why": [text],
//           "reasons": [as stage/picturecopy.h has them, without text], and as in
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
    struct pack_result packed; // of what is copied
};

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

struct share { // of the whole work
    const struct progress *outer;
    double from, to;
};

static void tell_share(void *ctx, const char *what, double done, double media_s)
{
    const struct share *s = ctx;
    progress_update(s->outer, what, s->from + done * (s->to - s->from), media_s);
}

// What of the camera's file is published, and where it stands.
static int copy_main(struct picture *p, const struct stage_variant *v, struct err *e)
{
    const struct film_part *part = &p->track.film.parts[0];
    const struct kept *kept = &p->timeline.kept[0];
    tick offset = (tick)llround(p->track.film.offset_s * (double)TICKS_PER_SEC);
    tick from = kept->from + offset, to = kept->to + offset;
    tick first = part->first > from ? part->first : from;
    const struct progress *outer = p->job->progress;
    const atomic_bool *stop = outer ? outer->stop : NULL;
    struct share shares[] = {{outer, 0, 0.5}, {outer, 0.5, 1}};
    struct progress parts[] = {{.stop = stop, .update = tell_share, .ctx = &shares[0]},
                               {.stop = stop, .update = tell_share, .ctx = &shares[1]}};
    struct pack_params pp = {
        .picture = part->path,
        .track = -1,
        .picture_from = first,
        .picture_to = to,
        .picture_at = kept->at + first - from,
        .path = stage_output(p->job, v, "picture.mp4"),
        .progress = &parts[0],
    };
    struct glance_params gp = {
        .part = part,
        .from = first,
        .to = to,
        .at = pp.picture_at,
        .look = p->watched.look,
        .stills = p->watched.stills,
        .threads = p->job->threads,
        .progress = &parts[1],
    };
    int r = pack_mp4(&pp, &p->packed, e);
    return r < 0 ? r : glance_at(&gp, e);
}

static int copy_or_encode(struct picture *p, struct err *e)
{
    const struct stage_variant *v = rungs_main(p->job);
    if (v)
        look_for_reasons(p, v);
    p->copied = v && !json_count(p->why);
    if (v)
        watched_open(&p->watched, &p->film, p->copied);
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

static void put_ms(struct json *o, const char *key, tick t)
{
    if (t != TICK_NONE)
        json_put_real(o, key, round(tick_to_s(t) * 1e5) / 100);
}

// When a moment of the camera's file is heard.
static tick heard_at(const struct picture *p, tick t)
{
    const struct film_track *film = &p->track.film;
    const struct kept *kept = &p->timeline.kept[0];
    double s = (tick_to_s(t) - film->offset_s) / (1 + film->drift_ppm / 1e6);
    return kept->at + (tick)llround(s * (double)TICKS_PER_SEC) - kept->from;
}

static tick length_of(const struct picture *p, int64_t frames)
{
    return tick_from_samples(frames * p->film.rate_den, p->film.rate_num);
}

static void put_times(const struct picture *p, bool copied, struct json *m)
{
    const struct pack_result *k = &p->packed;
    const struct film_result *f = &p->made;
    struct json *late = json_new_object();
    put_ms(late, "start",
           copied ? k->picture.start - heard_at(p, k->from.start) : f->late_at_start);
    put_ms(late, "end", copied ? k->picture.end - heard_at(p, k->from.end) : f->late_at_end);
    json_put(m, "late_ms", late);
    json_put_int(m, "from_ticks", copied ? k->picture.start : 0);
    json_put_int(m, "to_ticks", copied ? k->picture.end : length_of(p, f->frames));
}

static void put_why(const struct json *why, struct json *m)
{
    struct json *texts = json_new_array(), *reasons = json_new_array();
    for (size_t i = 0; i < json_count(why); i++) {
        const struct json *from = json_at(why, i);
        struct json *one = json_new_object();
        json_push_text(texts, json_text(from, "text"));
        json_put_text(one, "rule", json_text(from, "rule"));
        json_put_text(one, "is", json_text(from, "is"));
        json_put_text(one, "wanted", json_text(from, "wanted"));
        json_push(reasons, one);
    }
    json_put(m, "why", texts);
    json_put(m, "reasons", reasons);
}

static void put_measured(struct picture *p, const struct stage_variant *v)
{
    struct json *m = v->measured;
    bool is_main = v == rungs_main(p->job), copied = p->copied && is_main;
    json_put_text(m, "way", copied ? "copied" : "encoded");
    if (is_main && p->why)
        put_why(p->why, m);
    json_put_int(m, "frames", copied ? p->packed.frames : p->made.frames);
    if (!copied) {
        json_put_int(m, "repeated", p->made.repeated);
        json_put_int(m, "dropped", p->made.dropped);
        json_put_int(m, "damaged", p->made.camera.errors);
    }
    put_times(p, copied, m);
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
    int r = seen_inputs(job, &p.timeline, &p.track, e);
    if (r == 0)
        r = err_input(e, "no recording has a picture");
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
