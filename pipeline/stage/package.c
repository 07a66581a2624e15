// SPDX-License-Identifier: GPL-3.0-or-later
// package: picture, sound, captions, chapters, cover and words as one MP4; nothing is encoded.
//
// settings: as in stage/wording.h
// in:       {"picture": picture.mp4, "audio": audio.m4a, "timeline": timeline.json, "cover":
//           cover-small.png or .jpg, "captions": [<language>.vtt], where there are some}
// makes:    <slug>.mp4
// measured: {"bytes", "chapters", "captions": [languages], "frames", "duration_s", "ends":
// {"picture",
//           "sound": {"from_ticks", "to_ticks"}}, as media/sync.h reads them in the file}
#include "base/fs.h"
#include "base/str.h"
#include "media/pack.h"
#include "media/sync.h"
#include "stage/cuefiles.h"
#include "stage/wording.h"

#include <errno.h>

enum { WORDS_ROOM = 64 << 10 };

struct package {
    struct stage_job *job;
    struct wording words;
    struct pack_captions *captions;
    size_t num_captions;
    const char *to;
    struct pack_result packed;
    struct sync_ends ends;
};

static int read_captions(struct package *p, struct err *e)
{
    struct cuefile *files;
    size_t n;
    int r = cuefiles_read(p->job, &files, &n, e);
    p->captions = arena_array(p->job->arena, struct pack_captions, n + 1);
    for (size_t i = 0; r >= 0 && i < n; i++)
        p->captions[p->num_captions++] = (struct pack_captions){
            files[i].language, language_name(files[i].language), &files[i].cues};
    return r;
}

static size_t cover_bytes(const struct package *p)
{
    int64_t n = p->words.set.cover_path ? fs_size(p->words.set.cover_path) : 0;
    return n > 0 ? (size_t)n : 0;
}

static int put_together(struct package *p, struct err *e)
{
    struct stage_job *job = p->job;
    struct pack_params pp = {
        .picture = stage_input(job->in, "picture"),
        .track = -1,
        .picture_from = TICK_NONE,
        .picture_to = TICK_NONE,
        .sound = stage_input(job->in, "audio"),
        .captions = p->captions,
        .num_captions = p->num_captions,
        .chapters = p->words.set.chapters,
        .num_chapters = p->words.set.num_chapters,
        .language = p->words.set.language,
        .words_room = WORDS_ROOM + cover_bytes(p),
        .path = p->to,
        .progress = job->progress,
    };
    if (!pp.picture || !pp.sound)
        return err_set(e, -EINVAL, "the job has no input 'picture' or 'audio'");
    int r = pack_mp4(&pp, &p->packed, e);
    if (r >= 0)
        r = tagfile_add(p->to, &p->words.set, e);
    return r < 0 ? r : sync_ends(p->to, &p->ends, e);
}

static struct json *span_json(const struct span *s)
{
    struct json *o = json_new_object();
    json_put_int(o, "from_ticks", s->start);
    json_put_int(o, "to_ticks", s->end);
    return o;
}

static void put_measured(const struct package *p)
{
    struct json *m = p->job->variants[0].measured, *languages = json_new_array();
    for (size_t i = 0; i < p->num_captions; i++)
        json_push_text(languages, p->captions[i].language);
    json_put_int(m, "bytes", fs_size(p->to));
    json_put_int(m, "chapters", (int64_t)p->words.set.num_chapters);
    json_put(m, "captions", languages);
    json_put_int(m, "frames", p->packed.frames);
    json_put_real(m, "duration_s", tick_to_s(p->packed.length));
    struct json *ends = json_new_object();
    json_put(ends, "picture", span_json(&p->ends.picture));
    json_put(ends, "sound", span_json(&p->ends.sound));
    json_put(m, "ends", ends);
}

static int package_run(struct stage_job *job, struct err *e)
{
    struct package p = {.job = job};
    struct json *timeline;
    int r = stage_load(job->in, "timeline", &timeline, e);
    if (r < 0)
        return r;
    r = wording_read(job, timeline, &p.words, e);
    if (r >= 0) {
        p.to =
            stage_output(job, &job->variants[0], arena_printf(job->arena, "%s.mp4", p.words.slug));
        r = read_captions(&p, e);
    }
    if (r >= 0)
        r = put_together(&p, e);
    if (r >= 0)
        put_measured(&p);
    json_free(timeline);
    return r < 0 ? r : 0;
}

const struct stage stage_package = {"package", package_run};
