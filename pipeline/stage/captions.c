// SPDX-License-Identifier: GPL-3.0-or-later
// captions: what was said, in every form that leaves the house.
//
// settings: {"captions": [{"language": "nb",
//                          "made": "automatic" or "corrected",
//                          "clock": "recording" or "published",
//                          "file": the name in messages}],
//            "length_ticks", "recorded_ticks", "kept": as model/timeline.h puts them}
//           One entry a language. Cues on the recording's clock follow what is cut: those inside a
//           cut go, those across one are shortened. Without kept both clocks are one.
// in:       {"caption-<language>": path} for each entry
// makes:    <language>.vtt, <language>.srt: for public/episodes/<slug>/
//           <language>.json: the transcript of the podcast namespace, which page reads
//           <language>.txt: plain text in paragraphs
// Refuses a cue that ends more than a second behind the end.
#include "base/fs.h"
#include "doc/transcript.h"
#include "model/captions.h"
#include "model/timeline.h"
#include "stage/texts.h"

enum { CAPTIONS_MAX = 16 << 20 };
static const tick slack = TICKS_PER_SEC;        // captions made by hand may end a little late
static const tick glimpse = TICKS_PER_SEC / 10; // what a cut leaves of a cue that nobody could read

static int behind(const struct cue *cue, tick end, const char *shown, struct err *e)
{
    char at[TICK_TEXT], ends[TICK_TEXT];
    tick_text_ms(cue->start, at);
    tick_text_ms(end, ends);
    return err_input(e,
                     "%s: the caption at %s ends behind the episode, which ends at %s\n"
                     "take the captions that belong to this recording",
                     shown, at, ends);
}

// What is left of a cue on the published clock. t NULL: it is on that clock.
static bool fit_one(struct cue *cue, const struct timeline *t, tick length)
{
    struct span whole = {cue->start, cue->end}, left = whole;
    if (t && !timeline_span(t, whole, &left))
        return false;
    left.end = !t && length > 0 && left.end > length ? length : left.end;
    if (left.end <= left.start)
        return false;
    cue->start = left.start;
    cue->end = left.end;
    tick is = left.end - left.start;
    return is >= glimpse || is == whole.end - whole.start;
}

static int fit(struct captions *c, const struct timeline *t, tick length, const char *shown,
               struct err *e)
{
    size_t n = 0;
    tick end = t ? t->recorded : length;
    for (size_t i = 0; i < c->count; i++) {
        struct cue cue = c->cues[i];
        if (end > 0 && cue.end > end + slack)
            return behind(&cue, end, shown, e);
        if (fit_one(&cue, t, length))
            c->cues[n++] = cue;
    }
    c->count = n;
    return 0;
}

static int save(struct stage_job *job, const char *language, const char *extension,
                const struct str *text, struct err *e)
{
    return texts_save(job, arena_printf(job->arena, "%s.%s", language, extension), text, e);
}

static int save_all(struct stage_job *job, const struct captions *c, const char *language,
                    const char *made, struct err *e)
{
    struct turns turns;
    transcript_turns(job->arena, c, NULL, 0, &turns);
    struct json *j = transcript_json(c, language, made);
    struct str text;
    str_init(&text, STR_MAX);
    captions_write_vtt(&text, c);
    int r = save(job, language, "vtt", &text, e);
    str_clear(&text);
    captions_write_srt(&text, c);
    r = r < 0 ? r : save(job, language, "srt", &text, e);
    str_clear(&text);
    transcript_text(&text, &turns);
    r = r < 0 ? r : save(job, language, "txt", &text, e);
    str_clear(&text);
    json_write(&text, j, true);
    r = r < 0 ? r : save(job, language, "json", &text, e);
    str_done(&text);
    json_free(j);
    return r;
}

static int convert(struct stage_job *job, const struct json *entry, struct err *e)
{
    const char *language = json_text_or(entry, "language", "nb");
    const char *path = NULL, *shown = json_text_or(entry, "file", language);
    char *bytes;
    size_t len;
    int r = texts_need(job, arena_printf(job->arena, "caption-%s", language), &path, e);
    if (r >= 0)
        r = fs_read(job->arena, path, CAPTIONS_MAX, &bytes, &len, e);
    if (r < 0)
        return r;
    struct captions c;
    r = captions_parse(job->arena, bytes, len, shown, &c, e);
    if (r < 0)
        return r;
    struct timeline t;
    bool follows = !str_same(json_text(entry, "clock"), "published") &&
                   timeline_read(job->arena, job->settings, &t);
    r = fit(&c, follows ? &t : NULL, json_int(job->settings, "length_ticks", 0), shown, e);
    if (r < 0)
        return r;
    return save_all(job, &c, language, json_text_or(entry, "made", "corrected"), e);
}

static int run(struct stage_job *job, struct err *e)
{
    const struct json *list = json_get(job->settings, "captions");
    for (size_t i = 0; i < json_count(list); i++) {
        int r = convert(job, json_at(list, i), e);
        if (r < 0)
            return r;
    }
    return 0;
}

const struct stage stage_captions = {"captions", run};
