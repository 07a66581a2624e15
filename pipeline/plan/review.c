// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/review.h"

#include "base/str.h"

#include <math.h>

static const char law[] = "WCAG 2.1 AA, 1.2.1";
static const tick clip_max = 140 * TICKS_PER_SEC; // X, from accounts that pay nothing
static const char privacy[] = "GDPR art. 6 and 7";

void review_add(struct json *findings, const char *severity, const char *rule, const char *where,
                const char *message)
{
    struct json *f = json_new_object();
    json_put_text(f, "severity", severity);
    json_put_text(f, "rule", rule);
    json_put_text(f, "where", where);
    json_put_text(f, "message", message);
    json_push(findings, f);
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

static void review_guests(struct plan *p, struct json *out, const char *where)
{
    for (size_t i = 0; i < p->ep->num_guests; i++) {
        const struct person *g = &p->ep->guests[i];
        if (!g->consent_date)
            review_add(out, "warning", privacy, where,
                       arena_printf(&p->arena,
                                    "no consent is recorded for %s: guest: consent: "
                                    "{date: …, scopes: [recording, podcast]}",
                                    g->name));
        else if (!has_scope(g, "podcast"))
            review_add(
                out, "error", privacy, where,
                arena_printf(&p->arena, "the consent of %s does not cover the podcast", g->name));
    }
}

static void review_words(struct plan *p, struct json *out, const char *where)
{
    const struct episode *ep = p->ep;
    if (!ep->num_captions)
        review_add(out, "warning", law, where,
                   "no captions and so no transcript: captions: [{file: …}]");
    for (size_t i = 0; i < ep->num_captions; i++)
        if (!str_same(ep->captions[i].made, "corrected"))
            review_add(out, "warning", law, where,
                       "the captions are automatic: have them corrected, then say made: corrected");
    if (!ep->summary)
        review_add(out, "warning", "PSP-1 item/description", where, "no summary");
    if (!ep->license)
        review_add(out, "warning", "podcast:license", where, "no licence, here or in show.yaml");
    if (!ep->theme)
        review_add(out, "warning", "Det gode liv i nord", where,
                   "no theme: month: YYYY-MM, and an entry in the calendar");
    if (!ep->goals)
        review_add(out, "warning", "Det gode liv i nord", where,
                   "no goals, here or in the calendar");
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
    review_guests(p, findings, where);
    review_words(p, findings, where);
    review_clips(p, findings, where);
    review_files(p, findings, where);
}
