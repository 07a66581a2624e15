// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/review.h"

#include "base/fs.h"
#include "base/str.h"
#include "model/legible.h"
#include "plan/lawful.h"

#include <math.h>

static const tick clip_max = 140 * TICKS_PER_SEC; // X, from accounts that pay nothing

struct json *review_add(struct json *findings, const char *severity, const char *rule,
                        const char *where, const char *message)
{
    struct json *f = json_new_object();
    json_put_text(f, "severity", severity);
    json_put_text(f, "rule", rule);
    json_put_text(f, "where", where);
    json_put_text(f, "message", message);
    json_push(findings, f);
    return f;
}

bool review_has_errors(const struct json *findings)
{
    for (size_t i = 0; i < json_count(findings); i++)
        if (str_same(json_text(json_at(findings, i), "severity"), "error"))
            return true;
    return false;
}

static bool has_scope(const struct person *g, const char *scope)
{
    for (size_t i = 0; i < g->scopes.count; i++)
        if (str_same(g->scopes.items[i], scope))
            return true;
    return false;
}

// Who agreed to be seen live has not agreed to a recording that stays.
size_t review_consent(const struct person *g, const char *ret_missing[REVIEW_SCOPES])
{
    static const char *const needed[REVIEW_SCOPES] = {"recording", "podcast"};
    size_t n = 0;
    for (size_t i = 0; i < COUNT(needed); i++)
        if (!has_scope(g, needed[i]))
            ret_missing[n++] = needed[i];
    return n;
}

static void add_finding(struct arena *a, struct json *out, const char *shown,
                        const struct legible_finding *f)
{
    const struct legible_limit *limit = &legible_limits[f->rule];
    char at[TICK_TEXT];
    struct str text;
    str_init(&text, STR_MAX);
    tick_text_ms(f->at, at);
    str_addf(&text, "at %s ", at);
    legible_say(&text, f);
    review_add(out, f->is_error ? "error" : "warning",
               arena_printf(a, "captions, %s; %s", limit->name, limit->source), shown, text.p);
    str_done(&text);
}

void review_captions(const char *path, const char *shown, bool as_published, struct json *out)
{
    struct arena a = {0};
    struct err e = {0};
    struct captions c;
    struct legible_findings f;
    struct legible_mended unused;
    if (captions_load(&a, path, shown, &c, &e) < 0) {
        review_add(out, "error", "readable", shown, e.text);
        arena_done(&a);
        return;
    }
    if (c.encoding)
        review_add(out, "warning", "captions, encoding", shown,
                   arena_printf(&a, "read as %s: save it in UTF-8", c.encoding));
    if (as_published)
        legible_mend(&a, &c, 0, &unused);
    legible_find(&a, &c, &f);
    for (size_t i = 0; i < f.count; i++)
        add_finding(&a, out, shown, &f.items[i]);
    arena_done(&a);
}

static void review_caption_file(struct plan *p, const struct caption_file *c, struct json *out,
                                const char *where)
{
    const char *shown = arena_printf(&p->arena, "episodes/%s/%s", p->ep->folder, c->file);
    if (str_same(c->language, "no"))
        review_add(
            out, "warning", "captions for Facebook", where,
            "Facebook wants to know whether no is bokmål or nynorsk: say language: nb or nn");
    review_captions(fs_join(&p->arena, p->ep->dir, c->file), shown, !c->is_kept, out);
}

static void review_words(struct plan *p, struct json *out, const char *where)
{
    const struct episode *ep = p->ep;
    for (size_t i = 0; i < ep->num_captions; i++)
        review_caption_file(p, &ep->captions[i], out, where);
    if (!ep->summary)
        review_add(out, "warning", "PSP-1 item/description", where, "no summary");
    if (ep->notes && !ep->notes_text)
        review_add(out, "warning", "show notes",
                   arena_printf(&p->arena, "episodes/%s/%s", ep->folder, ep->notes),
                   "nobody has written what the episode is about; it is published without");
}

static void review_clips(struct plan *p, struct json *out, const char *where)
{
    for (size_t i = 0; i < p->ep->num_clips; i++) {
        const struct span *s = &p->ep->clips[i].span;
        char at[TICK_TEXT];
        tick_text(s->start, at);
        if (s->end - s->start > clip_max)
            review_add(out, "warning", "social media", where,
                       arena_printf(&p->arena,
                                    "the clip at %s lasts %.1f s: services cut or refuse what is "
                                    "longer than 140 s",
                                    at, tick_to_s(s->end - s->start)));
    }
}

static void review_files(struct plan *p, struct json *out, const char *where)
{
    for (size_t i = 0; i < p->published.num_files; i++) {
        const struct published_file *f = &p->published.files[i];
        double off = fabs(f->integrated_lufs - p->ep->loudness.target_lufs);
        if (off > p->ep->loudness.tolerance_lu || f->true_peak_dbtp > p->ep->loudness.ceiling_dbtp)
            review_add(out, "error", "loudness preset", where,
                       arena_printf(&p->arena, "%s measures %.2f LUFS and %.2f dBTP", f->path,
                                    f->integrated_lufs, f->true_peak_dbtp));
    }
}

void review_episode(struct plan *p, struct json *findings)
{
    const char *where = p->ep->file->path;
    if (published_retracted(&p->published)) // it is nobody's business any more
        return;
    lawful_review(p, findings);
    review_words(p, findings, where);
    review_clips(p, findings, where);
    review_files(p, findings, where);
}
