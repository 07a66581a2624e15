// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/sitefacts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { PLACES = 32 };

static int missing(struct err *e, const char *what)
{
    return err_set(e, -EINVAL, "settings of the pages: '%s' is missing or of the wrong type", what);
}

static int read_episodes(struct arena *a, const struct json *j, struct site_facts *f, struct err *e)
{
    f->num_episodes = json_count(j);
    f->episodes = arena_array(a, struct fact_episode, f->num_episodes + 1);
    int r = 0;
    for (size_t i = 0; r >= 0 && i < f->num_episodes; i++)
        r = facts_entry(a, json_at(j, i), &f->episodes[i], e);
    return r;
}

static int read_themes(struct arena *a, const struct json *j, struct site_facts *f, struct err *e)
{
    f->num_themes = json_count(j);
    f->themes = arena_array(a, struct site_theme, f->num_themes + 1);
    for (size_t i = 0; i < f->num_themes; i++) {
        const struct json *one = json_at(j, i);
        f->themes[i] = (struct site_theme){json_text(one, "id"), json_text(one, "title"),
                                           json_get(one, "kit")};
        if (!f->themes[i].id || !f->themes[i].title)
            return missing(e, "themes");
    }
    return 0;
}

static void read_months(struct arena *a, const struct json *j, struct site_facts *f)
{
    f->num_months = json_count(j);
    f->months = arena_array(a, struct site_month, f->num_months + 1);
    for (size_t i = 0; i < f->num_months; i++) {
        const struct json *one = json_at(j, i), *goals = json_get(one, "goals");
        struct site_month *m = &f->months[i];
        int64_t month = json_int(one, "month", 0);
        *m = (struct site_month){.year = (int)(month / 100),
                                 .month = (int)(month % 100),
                                 .theme = site_theme_of(f, json_text(one, "theme"))};
        for (size_t k = 0; k < json_count(goals); k++)
            m->goals |= SDG(json_int(json_at(goals, k), "number", 0));
    }
}

static int read_lives(struct arena *a, const struct json *j, struct site_facts *f, struct err *e)
{
    f->num_lives = json_count(j);
    f->lives = arena_array(a, struct fact_live, f->num_lives + 1);
    int r = 0;
    for (size_t i = 0; r >= 0 && i < f->num_lives; i++)
        r = facts_live(a, json_at(j, i), &f->lives[i], e);
    return r;
}

static void read_names(struct arena *a, const struct json *j, struct site_facts *f)
{
    f->num_names = json_count(j);
    f->names = arena_array(a, struct site_name, f->num_names + 1);
    for (size_t i = 0; i < f->num_names; i++) {
        const struct json *one = json_at(j, i);
        f->names[i] =
            (struct site_name){json_text_or(one, "number", ""), json_text_or(one, "alt_name", ""),
                               json_text_or(one, "alt_language", "")};
    }
}

static void read_known(struct arena *a, const struct json *j, struct site_facts *f)
{
    f->statement = json_text(j, "statement");
    f->feedback = json_text(j, "feedback");
    const struct json *known = json_get(j, "known");
    f->num_known = json_count(known);
    f->known = arena_array(a, const char *, f->num_known + 1);
    for (size_t i = 0; i < f->num_known; i++)
        f->known[i] = json_as_text(json_at(known, i));
}

int site_facts_read(struct arena *a, const struct json *settings, struct site_facts *ret,
                    struct err *e)
{
    const struct json *colors = json_get(settings, "colors");
    struct site_facts f = {
        .year = (int)json_int(settings, "year", 0),
        .feeds = json_get(settings, "feeds"),
        .accent = json_text(colors, "accent"),
        .accent_dark = json_text(colors, "accent_dark"),
    };
    int r = facts_show(a, json_get(settings, "show"), &f.show, e);
    if (r >= 0)
        r = read_episodes(a, json_get(settings, "episodes"), &f, e);
    if (r >= 0)
        r = facts_goals(a, json_get(settings, "goals"), &f.goals, &f.num_goals, e);
    if (r >= 0)
        r = read_themes(a, json_get(settings, "themes"), &f, e);
    if (r >= 0)
        r = read_lives(a, json_get(settings, "broadcasts"), &f, e);
    if (r >= 0 && !f.year)
        r = missing(e, "year");
    if (r < 0)
        return r;
    read_months(a, json_get(settings, "months"), &f);
    read_names(a, json_get(settings, "municipalities"), &f);
    read_known(a, json_get(settings, "accessibility"), &f);
    *ret = f;
    return 0;
}

const struct site_theme *site_theme_of(const struct site_facts *f, const char *id)
{
    for (size_t i = 0; id && i < f->num_themes; i++)
        if (str_same(f->themes[i].id, id))
            return &f->themes[i];
    return NULL;
}

const struct fact_goal *site_goal_of(const struct site_facts *f, int64_t number)
{
    for (size_t i = 0; i < f->num_goals; i++)
        if (f->goals[i].number == number)
            return &f->goals[i];
    return NULL;
}

sdg_set site_goals_of(const struct fact_episode *ep)
{
    sdg_set set = 0;
    for (size_t i = 0; i < ep->num_goals; i++)
        set |= SDG(ep->goals[i].number);
    return set;
}

sdg_set site_goals_in_use(const struct site_facts *f)
{
    sdg_set set = 0;
    for (size_t i = 0; i < f->num_episodes; i++)
        set |= site_goals_of(&f->episodes[i]);
    for (size_t i = 0; i < f->num_months; i++)
        set |= f->months[i].goals;
    for (size_t i = 0; i < f->num_lives; i++)
        set |= site_goals_of(&f->lives[i].ep);
    return set;
}

static int by_name(const void *a, const void *b)
{
    const struct fact_place *const *x = a, *const *y = b;
    int order = strcmp((*x)->name, (*y)->name);
    return order ? order : strcmp((*x)->number, (*y)->number);
}

size_t site_places(struct arena *a, const struct site_facts *f, const struct fact_place ***ret)
{
    const struct fact_place *some[PLACES], **all = NULL;
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < f->num_episodes; i++) {
        size_t count = facts_places(&f->episodes[i], some, PLACES);
        for (size_t k = 0; k < count; k++) {
            size_t known = 0;
            while (known < n && !str_same(all[known]->number, some[k]->number))
                known++;
            if (known < n || !some[k]->number)
                continue;
            all = arena_grow(a, all, n, &cap, sizeof(*all));
            all[n++] = some[k];
        }
    }
    if (n)
        qsort(all, n, sizeof(*all), by_name);
    *ret = all;
    return n;
}

bool site_is_of_place(const struct fact_episode *ep, const char *number)
{
    const struct fact_place *some[PLACES];
    size_t count = facts_places(ep, some, PLACES);
    for (size_t i = 0; i < count; i++)
        if (str_same(some[i]->number, number))
            return true;
    return false;
}
