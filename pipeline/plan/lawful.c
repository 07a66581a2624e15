// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/lawful.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "plan/publish.h"
#include "plan/retract.h"
#include "plan/review.h"

// Each says what is missing and what to do, a line for each, or nothing.
typedef void look_fn(struct plan *p, struct str *why);

static void captions(struct plan *p, struct str *why)
{
    if (!p->ep->num_captions)
        str_addf(why, "no captions and so no transcript%s: captions: [{file: …}]",
                 p->has_picture ? " for a film with sound" : "");
}

static void corrected(struct plan *p, struct str *why)
{
    for (size_t i = 0; i < p->ep->num_captions && !why->len; i++)
        if (!str_same(p->ep->captions[i].made, "corrected"))
            str_addf(why,
                     "the captions %s are automatic: have them corrected, then say made: corrected",
                     p->ep->captions[i].file);
}

// Sound alone shows nothing, and a picture drawn over it neither.
static void described(struct plan *p, struct str *why)
{
    if (p->has_picture && (p->ep->num_rungs || p->ep->num_clips) && !p->ep->described)
        str_add(why, "it is not said how what is only seen in the picture is told: described: "
                     "spoken, {track: FILE} or {not-needed: reason}");
}

static const char *day_of(struct arena *a, int64_t utc_s)
{
    char text[CLOCK_TEXT];
    clock_iso(utc_s, text);
    return arena_strndup(a, text, strlen("2026-02-03"));
}

static void consent_of(struct plan *p, const struct person *g, struct str *why)
{
    const char *missing[REVIEW_SCOPES];
    size_t n = review_consent(g, missing);
    const char *today = day_of(&p->arena, p->s->now_utc_s);
    const char *public = day_of(&p->arena, plan_published_utc_s(p));
    const char *between = why->len ? "\n" : "";
    if (g->withdrawn)
        str_addf(why,
                 "%s%s took the consent back on %s: dgl-episode retract %s --reason \"the consent "
                 "was withdrawn\"",
                 between, g->name, g->withdrawn, p->ep->folder);
    else if (!g->consent_date)
        str_addf(why,
                 "%sno consent is recorded for %s: guest: consent: {date: …, scopes: [recording, "
                 "podcast]}",
                 between, g->name);
    else if (n)
        str_addf(why, "%sthe consent of %s does not cover the %s%s%s", between, g->name, missing[0],
                 n > 1 ? " and the " : "", n > 1 ? missing[1] : "");
    else if (strcmp(g->consent_date, today) > 0)
        str_addf(why, "%sthe consent of %s is dated %s, which has not come", between, g->name,
                 g->consent_date);
    else if (p->published.guid && strcmp(g->consent_date, public) > 0)
        str_addf(why, "%sthe consent of %s is dated %s, the episode is public since %s", between,
                 g->name, g->consent_date, public);
    else if (g->consent_until && strcmp(g->consent_until, today) < 0)
        str_addf(why, "%sthe consent of %s held until %s: ask again, or retract the episode",
                 between, g->name, g->consent_until);
}

static void consent(struct plan *p, struct str *why)
{
    for (size_t i = 0; i < p->ep->num_guests; i++)
        consent_of(p, &p->ep->guests[i], why);
    for (size_t i = 0; i < p->ep->num_hosts; i++) // whether hosts were asked is not asked
        if (p->ep->hosts[i].withdrawn)
            consent_of(p, &p->ep->hosts[i], why);
}

static void license(struct plan *p, struct str *why)
{
    const char *l = p->ep->license;
    if (!l)
        str_add(why, "no licence, here or in show.yaml: license: CC-BY-4.0");
    else if (strstr(l, "-NC") || strstr(l, "-ND"))
        str_addf(why, "%s forbids what others may want to do with it: license: CC-BY-4.0", l);
}

static bool is_trailer(const struct plan *p)
{
    return str_same(p->ep->kind, "trailer");
}

static void theme(struct plan *p, struct str *why)
{
    if (!p->ep->theme && !is_trailer(p))
        str_add(why, "no theme: month: YYYY-MM, and an entry in the calendar");
}

static void goals(struct plan *p, struct str *why)
{
    if (!p->ep->goals && !is_trailer(p))
        str_add(why, "no goals, here or in the calendar: goals: [3, 8, 11]");
}

static void host(struct plan *p, struct str *why)
{
    if (!p->ep->num_hosts && !is_trailer(p))
        str_add(why, "nobody is named who leads the talk: host: [{name: …}]");
}

static look_fn *const looks[LAW_RULES] = {
    [LAW_CAPTIONS] = captions, [LAW_CORRECTED] = corrected, [LAW_DESCRIBED] = described,
    [LAW_CONSENT] = consent,   [LAW_LICENSE] = license,     [LAW_THEME] = theme,
    [LAW_GOALS] = goals,       [LAW_HOST] = host,
};

static const struct waiver *waiver_of(const struct plan *p, size_t rule)
{
    for (size_t i = 0; i < p->ep->num_waivers; i++)
        if (p->ep->waivers[i].law == rule)
            return &p->ep->waivers[i];
    return NULL;
}

// A consent that was given and does not do is wrong at once, not only when there is a recording.
static bool is_due(const struct plan *p, size_t rule)
{
    bool asked = retract_withdrawn(p->ep) != NULL;
    for (size_t i = 0; i < p->ep->num_guests; i++)
        asked = asked || p->ep->guests[i].consent_date;
    return p->published.guid || p->ep->num_recordings || (rule == LAW_CONSENT && asked);
}

static void add(struct plan *p, struct json *findings, size_t rule, const char *why)
{
    const struct waiver *w = waiver_of(p, rule);
    bool holds = w && waiver_holds(w, p->s->now_utc_s);
    if (w && !holds)
        why = arena_printf(&p->arena, "%s (the waiver of %s ran out on %s)", why, w->by, w->until);
    struct json *f = review_add(findings, is_due(p, rule) && !holds ? "error" : "warning",
                                laws[rule].source, p->ep->file->path, why);
    json_put_text(f, "id", laws[rule].id);
    if (!holds)
        return;
    struct json *waived = json_new_object();
    json_put_text(waived, "reason", w->reason);
    json_put_text(waived, "by", w->by);
    json_put_text(waived, "until", w->until);
    json_put(f, "waived", waived);
}

static void add_lines(struct plan *p, struct json *findings, size_t rule, const char *lines)
{
    while (*lines) {
        size_t n = strcspn(lines, "\n");
        add(p, findings, rule, arena_strndup(&p->arena, lines, n));
        lines += n + (lines[n] == '\n');
    }
}

// A waiver for what is not missing.
static void add_idle(struct plan *p, struct json *findings, const struct waiver *w)
{
    bool holds = waiver_holds(w, p->s->now_utc_s);
    review_add(findings, holds ? "warning" : "error", laws[w->law].source, p->ep->file->path,
               holds ? arena_printf(&p->arena, "%s is not missing: delete its waiver", w->rule)
                     : arena_printf(&p->arena, "the waiver of %s ran out on %s: delete it", w->rule,
                                    w->until));
}

void lawful_review(struct plan *p, struct json *findings)
{
    for (size_t i = 0; i < LAW_RULES; i++) {
        const struct waiver *w = waiver_of(p, i);
        struct str why;
        str_init(&why, STR_MAX);
        looks[i](p, &why);
        if (why.len)
            add_lines(p, findings, i, why.p);
        else if (w)
            add_idle(p, findings, w);
        str_done(&why);
    }
}

void lawful_put_waivers(struct plan *p, struct json *o)
{
    struct json *list = NULL;
    for (size_t i = 0; i < p->ep->num_waivers; i++) {
        const struct waiver *w = &p->ep->waivers[i];
        struct str why;
        str_init(&why, STR_MAX);
        looks[w->law](p, &why);
        if (why.len && waiver_holds(w, p->s->now_utc_s)) {
            struct json *one = json_new_object();
            json_put_text(one, "rule", w->rule);
            json_put_text(one, "reason", w->reason);
            list = list ? list : json_new_array();
            json_push(list, one);
        }
        str_done(&why);
    }
    json_put(o, "waivers", list);
}
