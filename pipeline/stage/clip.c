// SPDX-License-Identifier: GPL-3.0-or-later
// clip: pieces for social media: square or upright, captions in the picture, a loudness of their
// own.
//
// settings: as in stage/wording.h, and "captions": {"language": which are drawn, "repair": "off",
//           where they are to stay as they are}, where there are some
// variant:  {"title", "from_ticks", "to_ticks": of the published clock, "width", "height", "crf",
//           "speed", "level", "max_bitrate_kbps", "buffer_kbit", "gop_s", "rate_num", "rate_den": 0
//           and 1 where the recording's own family is to be taken, "sound": as in
//           stage/clipsound.h}
// in:       {"facts": facts.json, "tracks": tracks.json, "timeline": timeline.json, "master":
//           master.flac, "captions": [<language>.vtt], where there are some}
// makes:    clip.mp4, and clip.<nb_NO>.srt where something is said in captions: what is drawn into
//           the picture as text, under the name that Facebook asks for where it has one
// measured: {"width", "height", "rate_num", "rate_den", "frames", "duration_s", "bytes",
//           "integrated_lufs", "true_peak_dbtp", "captions": the file, "text": what is said}
// An episode without a picture gets its card and a waveform that moves.
#include "base/fs.h"
#include "base/str.h"
#include "media/pack.h"
#include "model/legible.h"
#include "stage/clippieces.h"
#include "stage/clipsound.h"
#include "stage/cuefiles.h"
#include "stage/levels.h"
#include "stage/rungs.h"
#include "stage/seen.h"
#include "stage/wording.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_ROOM = 64 << 10, TEXT_MAX = 1000 }; // TEXT_MAX: of a picture's description on X
static const tick glimpse = TICKS_PER_SEC / 10;  // what is left of a cue that nobody could read

struct clips { // what all of them share
    struct stage_job *job;
    struct timeline timeline;
    struct seen_track track;
    bool filmed;
    struct captions spoken; // on the published clock; none: count 0
    const char *language;   // of these
    bool mends;             // they are not to stay as they are
    struct screen_look look;
    struct cover_words words;
    struct wording tags;
};
struct clip { // one of them
    const struct clips *all;
    const struct stage_variant *v;
    const char *work, *to; // a folder for what is used on the way, the file
    struct timeline timeline;
    struct clip_sound sound;
    struct wave_sound levels;
    struct captions cues;
    struct film_params film;
    struct film_rung rung;
    struct film_result made;
    struct pack_result packed;
};

// ---- what they share

static int read_captions(struct clips *x, struct err *e)
{
    const struct json *wanted = json_get(x->job->settings, "captions");
    struct cuefile *files;
    size_t n;
    int r = cuefiles_read(x->job, &files, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++)
        if (str_same(files[i].language, json_text(wanted, "language"))) {
            x->spoken = files[i].cues;
            x->language = files[i].language;
        }
    x->mends = !str_same(json_text(wanted, "repair"), "off");
    return r;
}

// The first guest's who has one.
static const char *place_of(const struct json *settings)
{
    const struct json *guests = json_get(settings, "guests");
    for (size_t i = 0; i < json_count(guests); i++) {
        const char *name = json_text(json_get(json_at(guests, i), "municipality"), "name");
        if (name)
            return name;
    }
    return NULL;
}

static int read_job(struct clips *x, struct err *e)
{
    const struct json *s = x->job->settings;
    const char *language = json_text_or(s, "language", "nb"), *theme = json_text(s, "theme");
    const char *word = !strncmp(language, "en", 2) ? "Theme" : "Tema";
    theme = theme ? arena_printf(x->job->arena, "%s: %s", word, theme) : NULL;
    x->look = (struct screen_look){.theme = theme, .language = language};
    x->words =
        (struct cover_words){.show = json_text(s, "show"), .theme = theme, .place = place_of(s)};
    int r = wording_read(x->job, NULL, &x->tags, e);
    x->tags.set.guid = NULL; // which is the episode's
    if (r >= 0)
        r = seen_inputs(x->job, &x->timeline, &x->track, e);
    x->filmed = r > 0;
    return r < 0 ? r : read_captions(x, e);
}

// ---- one clip

// Whole frames that stand where the episode has them: picture and sound get one length.
static struct span whole_frames(const struct clip *c)
{
    tick frame = TICKS_PER_SEC * c->film.rate_den / c->film.rate_num;
    tick wanted = json_int(c->v->settings, "from_ticks", 0);
    tick length = json_int(c->v->settings, "to_ticks", 0) - wanted;
    tick from = (wanted + frame - 1) / frame * frame;
    tick n = (length + frame / 2) / frame, room = (c->all->timeline.length - from) / frame;
    return (struct span){from, from + (n < room ? n : room) * frame};
}

static int read_variant(struct clip *c, struct err *e)
{
    struct stage_job *job = c->all->job;
    const struct json *s = c->v->settings;
    const struct reel_facts *facts = &c->all->track.facts;
    int rate = (int)json_int(s, "rate_num", 0);
    bool own = rate <= 0 && c->all->filmed;
    c->film.rate_num = own ? facts->suits_num : rate > 0 ? rate : WAVE_RATE;
    c->film.rate_den = own ? facts->suits_den : (int)json_int(s, "rate_den", 1);
    c->work = stage_output(job, c->v, "work");
    c->to = stage_output(job, c->v, "clip.mp4");
    c->sound = (struct clip_sound){
        .part = whole_frames(c),
        .lossless = fs_join(job->arena, c->work, "sound.flac"),
        .coded = fs_join(job->arena, c->work, "sound.m4a"),
        .how = json_get(s, "sound"),
    };
    c->rung = (struct film_rung){
        .path = fs_join(job->arena, c->work, "picture.mp4"),
        .width = (int)json_int(s, "width", 1080),
        .height = (int)json_int(s, "height", 1080),
        .crf = json_number(s, "crf", 21),
        .speed = json_text_or(s, "speed", "medium"),
        .level = rungs_level(s),
        .max_kbps = (int)json_int(s, "max_bitrate_kbps", 0),
        .buffer_kbit = (int)json_int(s, "buffer_kbit", 0),
    };
    if (!timeline_part(job->arena, &c->all->timeline, c->sound.part, &c->timeline))
        return err_input(e, "clip %s: nothing of the recording is in it", c->v->name);
    return fs_mkdirs(c->work, e);
}

// The cues of the part by its own clock, names in front where the speaker changes.
static void take_cues(struct clip *c)
{
    struct arena *a = c->all->job->arena;
    const struct captions *all = &c->all->spoken;
    struct span part = c->sound.part;
    struct captions own = {.cues = arena_array(a, struct cue, all->count + 1)};
    for (size_t i = 0; i < all->count; i++) {
        struct cue cue = all->cues[i];
        tick whole = cue.end - cue.start;
        cue.start = cue.start > part.start ? cue.start : part.start;
        cue.end = cue.end < part.end ? cue.end : part.end;
        if (cue.end - cue.start < (whole < glimpse ? whole : glimpse))
            continue;
        cue.start -= part.start;
        cue.end -= part.start;
        own.cues[own.count++] = cue;
    }
    captions_name_speakers(a, &own, &c->cues);
    struct legible_mended unused;
    if (c->all->mends) // lines are longer with names in them
        legible_mend(a, &c->cues, part.end - part.start, &unused);
}

static int make_film(struct clip *c, struct err *e)
{
    struct stage_job *job = c->all->job;
    const struct reel_facts *facts = &c->all->track.facts;
    struct clip_pieces pieces = {
        .job = job,
        .dir = c->work,
        .look = c->all->look,
        .words = c->all->words,
        .aspect = c->all->filmed ? reel_aspect(facts) : 0,
        .length = c->timeline.length,
        .cues = &c->cues,
    };
    pieces.look.width = c->rung.width;
    pieces.look.height = c->rung.height;
    pieces.words.title = json_text_or(c->v->settings, "title", "");
    int r = clip_pieces_draw(&pieces, &c->film, e);
    if (r >= 0 && !c->all->filmed)
        r = levels_read(c->sound.lossless, job->progress, &c->levels, e);
    if (r < 0)
        return r;
    if (!c->all->filmed)
        levels_show(&c->levels, &c->film);
    double gop = json_number(c->v->settings, "gop_s", 2);
    c->film.track = c->all->filmed ? &c->all->track.film : NULL;
    c->film.timeline = &c->timeline;
    c->film.group_frames = (int)lround(gop * c->film.rate_num / c->film.rate_den);
    c->film.width = c->rung.width;
    c->film.height = c->rung.height;
    c->film.crop = true;
    c->film.rungs = &c->rung;
    c->film.num_rungs = 1;
    c->film.threads = job->threads;
    c->film.progress = job->progress;
    return film_make(&c->film, &c->made, e);
}

static int put_together(struct clip *c, struct err *e)
{
    struct tag_set words = c->all->tags.set;
    struct pack_params pp = {
        .picture = c->rung.path,
        .track = -1,
        .picture_from = TICK_NONE,
        .picture_to = TICK_NONE,
        .sound = c->sound.coded,
        .language = words.language,
        .words_room = WORDS_ROOM,
        .path = c->to,
        .progress = c->all->job->progress,
    };
    words.title = json_text_or(c->v->settings, "title", words.title);
    int r = pack_mp4(&pp, &c->packed, e);
    return r < 0 ? r : tagfile_add(c->to, &words, e);
}

// ---- the record

static char *spoken_text(const struct clip *c)
{
    struct str s;
    str_init(&s, STR_MAX);
    for (size_t i = 0; i < c->cues.count; i++) {
        str_add(&s, s.len ? " " : "");
        for (const char *t = c->cues.cues[i].text; *t; t++)
            str_addc(&s, *t == '\n' ? ' ' : *t);
    }
    size_t len = s.len;
    if (len > TEXT_MAX) {
        len = TEXT_MAX - strlen("…");
        while (len > 0 && s.p[len] != ' ')
            len--;
    }
    char *text =
        s.len ? arena_printf(c->all->job->arena, "%.*s%s", (int)len, s.p, len < s.len ? "…" : "")
              : NULL;
    str_done(&s);
    return text;
}

static int save_captions(struct clip *c, struct err *e)
{
    struct stage_job *job = c->all->job;
    const char *code = captions_facebook(c->all->language);
    const char *file = arena_printf(job->arena, "clip.%s.srt", code ? code : c->all->language);
    struct str text;
    json_put_text(c->v->measured, "text", spoken_text(c));
    json_put_text(c->v->measured, "captions", file);
    str_init(&text, STR_MAX);
    captions_write_srt(&text, &c->cues);
    int r = fs_replace(stage_output(job, c->v, file), text.p, text.len, e);
    str_done(&text);
    return r;
}

static void put_level(struct json *o, const char *key, double v)
{
    json_put_real(o, key, isfinite(v) ? round(v * 1000) / 1000 : v);
}

static void put_measured(const struct clip *c)
{
    struct json *m = c->v->measured;
    json_put_int(m, "width", c->rung.width);
    json_put_int(m, "height", c->rung.height);
    json_put_int(m, "rate_num", c->film.rate_num);
    json_put_int(m, "rate_den", c->film.rate_den);
    json_put_int(m, "frames", c->made.frames);
    json_put_real(m, "duration_s", tick_to_s(c->packed.length));
    json_put_int(m, "bytes", fs_size(c->to));
    put_level(m, "integrated_lufs", c->sound.integrated_lufs);
    put_level(m, "true_peak_dbtp", c->sound.true_peak_dbtp);
}

static int make_clip(const struct clips *x, const struct stage_variant *v, struct err *e)
{
    struct clip c = {.all = x, .v = v};
    const char *master = stage_input(x->job->in, "master");
    int r = master ? read_variant(&c, e) : err_set(e, -EINVAL, "the job has no input 'master'");
    if (r >= 0)
        r = clip_sound_make(x->job, master, &c.sound, e);
    if (r >= 0) {
        take_cues(&c);
        r = make_film(&c, e);
    }
    if (r >= 0)
        r = put_together(&c, e);
    if (r >= 0)
        put_measured(&c);
    if (r >= 0 && c.cues.count)
        r = save_captions(&c, e);
    free(c.levels.level);
    return r < 0 ? r : fs_remove_tree(c.work, e);
}

static int clip_run(struct stage_job *job, struct err *e)
{
    struct clips x = {.job = job};
    int r = read_job(&x, e);
    for (size_t i = 0; r >= 0 && i < job->num_variants; i++)
        r = make_clip(&x, &job->variants[i], e);
    return r < 0 ? r : 0;
}

const struct stage stage_clip = {"clip", clip_run};
