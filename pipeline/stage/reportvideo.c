// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/reportvideo.h"

#include "base/fs.h"
#include "base/str.h"
#include "stage/seen.h"
#include "stage/texts.h"

#include <math.h>

enum { STILL_MAX = 1 << 20 };
static const double in_sync_ms = 20;
static const double few_repeated = 0.005; // of the frames of a camera that runs at the same rate
static const double few_illegal = 0.01;   // of the frames
static const double least_s = 2;          // as picture/look.h has it

struct video {
    const struct reporting *r;
    const struct json *given; // settings "video"
    const struct json *main;  // what was measured of the main picture
    struct json *findings;
    struct seen_track track;
};

static void copy(struct json *to, const struct json *from, const char *key)
{
    const struct json *value = json_get(from, key);
    json_put(to, key, value ? json_keep(value) : NULL);
}

// ---- findings

static struct json *find(struct video *v, const char *kind)
{
    struct json *o = json_new_object();
    json_put_text(o, "kind", kind);
    json_push(v->findings, o);
    return o;
}

static const struct json *passages(const struct video *v, const char *kind)
{
    return json_get(json_get(json_get(v->main, "seen"), kind), "first");
}

static bool is_within(const struct json *list, double from, double to)
{
    static const double near = 0.1;
    bool within = false;
    for (size_t i = 0; i < json_count(list); i++)
        within |= from >= json_number(json_at(list, i), "from_s", 0) - near &&
                  to <= json_number(json_at(list, i), "to_s", 0) + near;
    return within;
}

// Of what was filmed: a card may stand still. What lies within one of `told` has been told.
static bool find_passages(struct video *v, const char *kind, const struct json *told)
{
    const struct timeline *t = &v->r->tracks.timeline;
    const struct kept *first = &t->kept[0], *last = &t->kept[t->count - 1];
    double begins = tick_to_s(first->at), ends = tick_to_s(last->at + last->to - last->from);
    const struct json *list = passages(v, kind);
    struct json *times = json_new_array();
    double seconds = 0;
    for (size_t i = 0; i < json_count(list); i++) {
        double from = fmax(json_number(json_at(list, i), "from_s", 0), begins);
        double to = fmin(json_number(json_at(list, i), "to_s", 0), ends);
        if (to - from < least_s || is_within(told, from, to))
            continue;
        struct json *one = json_new_object();
        json_put_real(one, "from_s", from);
        json_put_real(one, "to_s", to);
        json_push(times, one);
        seconds += to - from;
    }
    bool found = json_count(times);
    if (found) {
        struct json *o = find(v, kind);
        json_put_real(o, "seconds", round(seconds * 100) / 100);
        json_put(o, "times", json_keep(times));
    }
    json_free(times);
    return found;
}

// Where the camera left frames out, on the published clock.
static struct json *gaps_json(const struct video *v)
{
    const struct film_track *film = &v->track.film;
    const struct timeline *t = &v->r->tracks.timeline;
    struct json *list = json_new_array();
    tick part_at = 0;
    for (size_t i = 0; i < json_count(v->track.parts); i++) {
        const struct json *part = json_at(v->track.parts, i);
        const struct json *gaps = json_get(json_get(part, "picture"), "gaps");
        for (size_t k = 0; k < json_count(gaps); k++) {
            struct span on, gap = {part_at + json_int(json_at(gaps, k), "from_ticks", 0),
                                   part_at + json_int(json_at(gaps, k), "to_ticks", 0)};
            tick offset = (tick)(film->offset_s * (double)TICKS_PER_SEC);
            gap.start = (tick)((double)(gap.start - offset) / (1 + film->drift_ppm / 1e6));
            gap.end = (tick)((double)(gap.end - offset) / (1 + film->drift_ppm / 1e6));
            if (!timeline_span(t, gap, &on))
                continue;
            struct json *one = json_new_object();
            json_put_real(one, "from_s", tick_to_s(on.start));
            json_put_real(one, "to_s", tick_to_s(on.end));
            json_push(list, one);
        }
        part_at += json_int(part, "length_ticks", 0);
    }
    return list;
}

static void find_gaps(struct video *v)
{
    int64_t missing = 0;
    for (size_t i = 0; i < json_count(v->track.parts); i++)
        missing += json_int(json_get(json_at(v->track.parts, i), "picture"), "missing", 0);
    struct json *times = missing ? gaps_json(v) : NULL;
    if (json_count(times)) {
        struct json *o = find(v, "missing");
        json_put_int(o, "count", missing);
        json_put(o, "times", json_keep(times));
    }
    json_free(times);
}

static void find_count(struct video *v, const char *kind, int64_t count)
{
    if (count > 0)
        json_put_int(find(v, kind), "count", count);
}

static void find_share(struct video *v, const char *kind, const char *key, double most)
{
    double share = json_number(json_get(v->main, "seen"), key, 0);
    if (share > most)
        json_put_real(find(v, kind), "share", share);
}

// A camera that runs at the published rate needs no frame twice.
static void find_cadence(struct video *v)
{
    const struct json *source = json_get(v->main, "source");
    bool same = json_bool(source, "constant", false) &&
                json_int(source, "rate_num", 0) * json_int(v->main, "rate_den", 1) ==
                    json_int(v->main, "rate_num", 0) * json_int(source, "rate_den", 1);
    double frames = (double)json_int(v->main, "frames", 0);
    int64_t repeated = json_int(v->main, "repeated", 0), dropped = json_int(v->main, "dropped", 0);
    if (same && (double)repeated > few_repeated * frames)
        find_count(v, "repeated", repeated);
    if (same && (double)dropped > few_repeated * frames)
        find_count(v, "dropped", dropped);
}

// ---- lips and voice

static double ms(tick t)
{
    return round(tick_to_s(t) * 1e5) / 100;
}

// How much later a moment is seen than it is heard in the published file: what the picture's own
// frames are off, and what its place beside the sound is.
static struct json *offsets_json(struct video *v)
{
    static const char *const ends[][2] = {{"start", "from_ticks"}, {"end", "to_ticks"}};
    const struct json *late = json_get(v->main, "late_ms");
    const struct json *packed = json_get(json_get(v->given, "package"), "ends");
    const struct json *picture = json_get(packed, "picture"), *sound = json_get(packed, "sound");
    tick sounds[] = {0, v->r->tracks.timeline.length};
    struct json *o = json_new_object();
    bool off = false;
    for (size_t i = 0; i < 2; i++) {
        if (!json_get(late, ends[i][0]) || !json_get(picture, ends[i][1]))
            continue;
        tick seen = json_int(picture, ends[i][1], 0) - json_int(v->main, ends[i][1], 0);
        tick heard = json_int(sound, ends[i][1], 0) - sounds[i];
        double all = json_number(late, ends[i][0], 0) + ms(seen - heard);
        json_put_real(o, ends[i][0], round(all * 100) / 100);
        off |= fabs(all) > in_sync_ms;
    }
    if (off)
        find(v, "sync");
    return o;
}

// ---- the section

static struct json *rungs_json(const struct video *v)
{
    const struct json *rungs = json_get(v->given, "rungs");
    struct json *list = json_new_array();
    for (size_t i = 0; i < json_count(rungs); i++) {
        const struct json *rung = json_at(rungs, i), *m = json_get(rung, "measured");
        double s = json_number(m, "duration_s", 0), bytes = (double)json_int(m, "bytes", 0);
        struct json *o = json_new_object();
        copy(o, rung, "name");
        copy(o, m, "way");
        copy(o, m, "width");
        copy(o, m, "height");
        copy(o, m, "bytes");
        json_put_int(o, "bit_rate_kbps", s > 0 ? llround(bytes * 8 / 1000 / s) : 0);
        copy(o, rung, "max_kbps");
        json_push(list, o);
    }
    return list;
}

static void find_all(struct video *v)
{
    find_passages(v, "black", NULL);
    find_passages(v, "frozen", passages(v, "black"));
    if (!find_passages(v, "illegal", NULL))
        find_share(v, "illegal", "range_share", few_illegal);
    find_passages(v, "burnt", NULL);
    find_count(v, "flicker", json_int(json_get(v->main, "seen"), "flicker_s", 0));
    find_gaps(v);
    find_cadence(v);
    find_count(v, "damaged", json_int(v->main, "damaged", 0));
}

static double fps(const struct json *o)
{
    double den = (double)json_int(o, "rate_den", 1);
    return den > 0 ? round((double)json_int(o, "rate_num", 0) / den * 1000) / 1000 : 0;
}

struct json *reportvideo_facts(struct reporting *r)
{
    static const char *const keys[] = {"way",    "why",      "reasons", "width", "height",
                                       "frames", "repeated", "dropped", "source"};
    const struct json *given = json_get(r->job->settings, "video");
    struct video v = {.r = r, .given = given, .main = json_get(given, "main")};
    if (!v.main)
        return NULL;
    struct json *tracks = NULL, *o = json_new_object();
    if (json_get(v.main, "source") && stage_load(r->job->in, "tracks", &tracks, NULL) >= 0)
        seen_track(r->job->arena, r->job->show_dir, r->facts, tracks, &v.track, NULL);
    v.findings = json_new_array();
    find_all(&v);
    for (size_t i = 0; i < COUNT(keys); i++)
        copy(o, v.main, keys[i]);
    json_put_real(o, "fps", fps(v.main));
    json_put(o, "rungs", rungs_json(&v));
    json_put(o, "av_offset_ms", offsets_json(&v));
    json_put(o, "findings", v.findings);
    copy(o, v.main, "stills");
    json_free(tracks);
    return o;
}

// ---- stills, within the page

static void put_base64(struct str *out, const unsigned char *d, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        unsigned bits = (unsigned)d[i] << 16 | (i + 1 < n ? (unsigned)d[i + 1] << 8 : 0) |
                        (i + 2 < n ? d[i + 2] : 0);
        for (size_t k = 0; k < 4; k++)
            str_addc(out, i + k > n ? '=' : digits[bits >> (18 - 6 * k) & 63]);
    }
}

static const char *path_named(const char *const *paths, const char *name)
{
    for (; *paths; paths++)
        if (str_same(fs_basename(*paths), name))
            return *paths;
    return NULL;
}

int reportvideo_put_stills(struct reporting *r, const struct json *video, struct xml *x,
                           struct err *e)
{
    const struct json *stills = json_get(video, "stills");
    const char **paths = texts_paths(r->job, "stills");
    int code = 0;
    xml_open(x, "stills");
    for (size_t i = 0; code >= 0 && i < json_count(stills); i++) {
        const char *file = json_text_or(json_at(stills, i), "file", "");
        const char *path = str_starts(file, "thumb-") ? path_named(paths, file) : NULL;
        char *bytes;
        size_t n;
        if (!path)
            continue;
        code = fs_read(r->job->arena, path, STILL_MAX, &bytes, &n, e);
        if (code < 0)
            break;
        struct str text;
        str_init(&text, STR_MAX);
        str_add(&text, "data:image/jpeg;base64,");
        put_base64(&text, (const unsigned char *)bytes, n);
        xml_open(x, "still");
        xml_attr(x, "at",
                 arena_printf(r->job->arena, "%.3f", json_number(json_at(stills, i), "at_s", 0)));
        xml_text(x, text.p);
        xml_close(x);
        str_done(&text);
    }
    xml_close(x);
    return code < 0 ? code : 0;
}
