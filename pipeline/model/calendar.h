// SPDX-License-Identifier: GPL-3.0-or-later
// The county's calendar: themes over the months, three goals in focus each month. The goals belong to the
// month, the theme gives only a default; a theme returns; a month may have no entry.
#pragma once
#include "model/goals.h"
#include "model/yaml.h"

struct theme { const char *id, *nb, *nn, *en; sdg_set goals; const char *cover; };
struct calendar_month {
    int year, month;          // year 0: every year that has no entry of its own
    const struct theme *theme;
    sdg_set goals;            // the month's own; 0: the theme's
    const char *note;
};
struct calendar {
    struct theme *themes; size_t num_themes;
    struct calendar_month *months; size_t num_months; // sorted by (year, month), each pair once
};
int calendar_load(struct arena *a, const char *path, const char *shown, struct calendar *ret, struct err *e);
const struct calendar_month *calendar_at(const struct calendar *c, int year, int month); // NULL: none
sdg_set calendar_goals(const struct calendar_month *m); // NULL: 0
const struct theme *calendar_theme(const struct calendar *c, const char *id); // NULL: none
