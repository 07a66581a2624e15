// SPDX-License-Identifier: GPL-3.0-or-later
// captions: what was said, in every form that leaves the house.
//
// settings: {"captions": [{"language": "nb",
//                          "made": "automatic" or "corrected",
//                          "clock": "recording" or "published",
//                          "repair": "off", where they are to stay as they are,
//                          "file": the name in messages}],
//            "slug", "length_ticks", "recorded_ticks", "kept": as model/timeline.h puts them}
//           One entry a language. Cues on the recording's clock follow what is cut: those inside a
//           cut go, those across one are shortened. Without kept both clocks are one.
// in:       {"caption-<language>": path} for each entry
// makes:    <language>.vtt, <language>.srt: for public/episodes/<slug>/
//           <slug>.<nb_NO>.srt: the same under the name that Facebook asks for, where it has one
//           <language>.json: the transcript of the podcast namespace, which page reads
//           <language>.txt: plain text in paragraphs
//           <language>.html: the same as a page, for apps that show a transcript
// measured: {"captions": [{"language", "file", "made", "facebook": file, where there is one,
//                          "encoding": where it was not UTF-8,
//                          "mended": [{"rule", "count"}],
//                          "findings": [{"severity", "rule", "at_s", "value", "text"}], at most
//                          100, "errors", "warnings": how many findings in all}]}
// Refuses a cue that ends more than a second behind the end.
#include "base/fs.h"
#include "doc/transcript.h"
#include "model/legible.h"
#include "model/timeline.h"
#include "stage/texts.h"

enum { FINDINGS_MAX = 100 };
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

struct entry { // one language
    struct stage_job *job;
    const char *language, *shown, *made;
    bool mends;
    tick end; // of the sound; 0: not known
    struct captions c;
    struct legible_mended mended;
    struct json *measured;
};

static int save_srt(struct entry *x, struct str *text, struct err *e)
{
    struct captions named;
    struct legible_mended unused;
    captions_name_speakers(x->job->arena, &x->c, &named);
    if (x->mends) // lines are longer with names in them
        legible_mend(x->job->arena, &named, x->end, &unused);
    captions_write_srt(text, &named);
    int r = save(x->job, x->language, "srt", text, e);
    const char *code = captions_facebook(x->language), *slug = json_text(x->job->settings, "slug");
    if (r < 0 || !code || !slug)
        return r;
    const char *file = arena_printf(x->job->arena, "%s.%s.srt", slug, code);
    json_put_text(x->measured, "facebook", file);
    return texts_save(x->job, file, text, e);
}

static int save_all(struct entry *x, struct err *e)
{
    struct turns turns;
    transcript_turns(x->job->arena, &x->c, NULL, 0, &turns);
    struct json *j = transcript_json(&x->c, x->language, x->made);
    struct str text;
    str_init(&text, STR_MAX);
    captions_write_vtt(&text, &x->c);
    int r = save(x->job, x->language, "vtt", &text, e);
    str_clear(&text);
    r = r < 0 ? r : save_srt(x, &text, e);
    str_clear(&text);
    transcript_text(&text, &turns);
    r = r < 0 ? r : save(x->job, x->language, "txt", &text, e);
    str_clear(&text);
    transcript_html(&text, &turns, x->language,
                    json_text_or(x->job->settings, "title", x->language));
    r = r < 0 ? r : save(x->job, x->language, "html", &text, e);
    str_clear(&text);
    json_write(&text, j, true);
    r = r < 0 ? r : save(x->job, x->language, "json", &text, e);
    str_done(&text);
    json_free(j);
    return r;
}

static void put_mended(struct entry *x, struct str *said)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < LEGIBLE_RULES; i++) {
        if (!x->mended.count[i])
            continue;
        struct json *one = json_new_object();
        json_put_text(one, "rule", legible_limits[i].name);
        json_put_int(one, "count", (int64_t)x->mended.count[i]);
        json_push(list, one);
        str_addf(said, "%s%zu × %s", said->len ? ", " : "mended for readers: ", x->mended.count[i],
                 legible_limits[i].name);
    }
    json_put(x->measured, "mended", list);
}

static struct json *finding_json(const struct legible_finding *f)
{
    struct json *one = json_new_object();
    struct str text;
    str_init(&text, STR_MAX);
    legible_say(&text, f);
    json_put_text(one, "severity", f->is_error ? "error" : "warning");
    json_put_text(one, "rule", legible_limits[f->rule].name);
    json_put_real(one, "at_s", tick_to_s(f->at));
    json_put_real(one, "value", f->value);
    json_put_text(one, "text", text.p);
    str_done(&text);
    return one;
}

static void put_findings(struct entry *x, struct str *said)
{
    struct legible_findings f;
    size_t errors = 0;
    const struct legible_finding *first = NULL;
    struct json *list = json_new_array();
    legible_find(x->job->arena, &x->c, &f);
    for (size_t i = 0; i < f.count; i++) {
        errors += f.items[i].is_error;
        first = first || !f.items[i].is_error ? first : &f.items[i];
        if (i < FINDINGS_MAX)
            json_push(list, finding_json(&f.items[i]));
    }
    json_put(x->measured, "findings", list);
    json_put_int(x->measured, "errors", (int64_t)errors);
    json_put_int(x->measured, "warnings", (int64_t)(f.count - errors));
    if (!first)
        return;
    char at[TICK_TEXT];
    tick_text_ms(first->at, at);
    str_addf(said, "%s%zu hard to read, the first at %s: ", said->len ? "; " : "", errors, at);
    legible_say(said, first);
}

// In one sentence; all of it is measured, and found again by check.
static void tell(struct entry *x)
{
    struct str said;
    str_init(&said, STR_MAX);
    put_mended(x, &said);
    put_findings(x, &said);
    json_put_text(x->measured, "encoding", x->c.encoding);
    if (x->c.encoding)
        str_addf(&said, "%swas read as %s, save it in UTF-8", said.len ? "; " : "", x->c.encoding);
    if (said.len)
        progress_warn(x->job->progress, "%s: %s", x->shown, said.p);
    str_done(&said);
}

static int make(struct entry *x, const struct json *settings, struct err *e)
{
    struct arena *a = x->job->arena;
    const char *path = NULL;
    int r = texts_need(x->job, arena_printf(a, "caption-%s", x->language), &path, e);
    if (r >= 0)
        r = captions_load(a, path, x->shown, &x->c, e);
    if (r < 0)
        return r;
    struct timeline t;
    bool follows = !str_same(json_text(settings, "clock"), "published") &&
                   timeline_read(a, x->job->settings, &t);
    r = fit(&x->c, follows ? &t : NULL, x->end, x->shown, e);
    if (r < 0)
        return r;
    if (x->mends)
        legible_mend(a, &x->c, x->end, &x->mended);
    tell(x);
    return save_all(x, e);
}

static int convert(struct stage_job *job, const struct json *settings, struct json *list,
                   struct err *e)
{
    struct entry x = {
        .job = job,
        .language = json_text_or(settings, "language", "nb"),
        .made = json_text_or(settings, "made", "corrected"),
        .mends = !str_same(json_text(settings, "repair"), "off"),
        .end = json_int(job->settings, "length_ticks", 0),
        .measured = json_new_object(),
    };
    x.shown = json_text_or(settings, "file", x.language);
    json_put_text(x.measured, "language", x.language);
    json_put_text(x.measured, "file", x.shown);
    json_put_text(x.measured, "made", x.made);
    json_push(list, x.measured);
    return make(&x, settings, e);
}

static int run(struct stage_job *job, struct err *e)
{
    const struct json *settings = json_get(job->settings, "captions");
    struct json *list = json_new_array();
    int r = 0;
    for (size_t i = 0; r >= 0 && i < json_count(settings); i++)
        r = convert(job, json_at(settings, i), list, e);
    json_put(job->variants[0].measured, "captions", list);
    return r;
}

const struct stage stage_captions = {"captions", run};
