// SPDX-License-Identifier: GPL-3.0-or-later
// The county's calendar: themes over the months, three goals in focus each month. The goals belong
// to the month, the theme gives only a default; a theme returns; a month may have no entry.
#pragma once
#include "model/goals.h"
#include "model/yaml.h"

// nn, en: nb where not given; cover: absolute, NULL: none
struct theme {
    const char *id, *nb, *nn, *en;
    sdg_set goals;
    const char *cover;
};
struct calendar_month {
    int year, month; // year 0: every year that has no entry of its own
    const struct theme *theme;
    sdg_set goals; // the month's own; 0: the theme's
    const char *note;
};
struct calendar {
    struct theme *themes;
    size_t num_themes;
    struct calendar_month *months;
    size_t num_months; // sorted by (year, month), each pair once
};
int calendar_load(struct arena *a, const char *path, const char *shown, struct calendar *ret,
                  struct err *e);
// NULL: no entry for that month in any year.
const struct calendar_month *calendar_at(const struct calendar *c, int year, int month);
sdg_set calendar_goals(const struct calendar_month *m);                       // NULL: 0
const struct theme *calendar_theme(const struct calendar *c, const char *id); // NULL: none

// "goals: [3, 8, 11]"; with g also targets, "3.4", which imply their goal and go to *ret_codes.
// goals.h knows no nodes, so this stands here.
int calendar_goals_read(struct arena *a, const struct node *n, const struct goals *g, sdg_set *ret,
                        struct texts *ret_codes, struct err *e);
extern const struct key_table calendar_tables[]; // calendar, themes, months
extern const size_t num_calendar_tables;
