// SPDX-License-Identifier: GPL-3.0-or-later
// What the show's pages say, read from the settings of the stage site:
//
// {"show": SHOW, "episodes": [EPISODE …], newest first, whose keys are those of EPISODE in
//  doc/facts.h without notes, files and clips; guid and length_ticks may be missing
//  "goals": [{number, iri, title, color, text_color}], all of them, in the show's language
//  "themes": [{id, title, kit [{title, path, type, bytes}]}], in the order of the calendar
//  "year": 2026, of the wheel
//  "months": [{month 202602, theme "trivsel", goals [{number}]}], of that year and of later ones
//  "broadcasts": [LIVE …] of doc/facts.h
//  "municipalities": [{number, alt_name, alt_language}], those with a second name
//  "feeds": [{id "theme-trivsel", "goal-3", "municipality-1837" …, path, title}], of parts of the
//  show "accessibility": {statement, feedback, known [text]} "colors": {accent, accent_dark}, of
//  links and buttons}
#pragma once
#include "doc/facts.h"
#include "model/goals.h"

struct site_theme {
    const char *id, *title;
    const struct json *kit; // NULL: none
};
struct site_month {
    int year, month;
    const struct site_theme *theme; // NULL: none
    sdg_set goals;
};
struct site_name { // a municipality's second name
    const char *number, *name, *language;
};

struct site_facts {
    struct fact_show show;
    struct fact_episode *episodes;
    size_t num_episodes;
    struct fact_goal *goals;
    size_t num_goals;
    struct site_theme *themes;
    size_t num_themes;
    struct site_month *months;
    size_t num_months;
    struct fact_live *lives;
    size_t num_lives;
    struct site_name *names;
    size_t num_names;
    const struct json *feeds;         // as above
    const char *statement, *feedback; // NULL: not said
    const char **known;
    size_t num_known;
    const char *accent, *accent_dark; // NULL: the style sheet's own
    int year;
};

int site_facts_read(struct arena *a, const struct json *settings, struct site_facts *ret,
                    struct err *e);
const struct site_theme *site_theme_of(const struct site_facts *f, const char *id); // NULL: none
const struct fact_goal *site_goal_of(const struct site_facts *f, int64_t number);   // NULL: none
sdg_set site_goals_of(const struct fact_episode *ep);
// The goals that an episode, a month or a broadcast has: each has a page.
sdg_set site_goals_in_use(const struct site_facts *f);
// The places of all episodes, by name, each once.
size_t site_places(struct arena *a, const struct site_facts *f, const struct fact_place ***ret);
bool site_is_of_place(const struct fact_episode *ep, const char *number);
