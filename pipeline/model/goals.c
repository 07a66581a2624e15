// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/goals.h"

#include "base/json.h"
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

// A text that must be there; it outlives the JSON in the arena.
static int text_of(struct arena *a, const struct json *o, const char *key, const char *what,
                   const char **ret, struct err *e)
{
    const char *text = json_text(o, key);
    if (!text || *text == '\0')
        return err_input(e, "%s has no %s", what, key);
    *ret = arena_strdup(a, text);
    return 0;
}

static int read_goal(struct arena *a, const struct json *j, int number, struct goal *ret,
                     struct err *e)
{
    char what[32];
    snprintf(what, sizeof(what), "goal %d", number);
    const struct {
        const char *key;
        const char **field;
    } texts[] = {
        {"iri", &ret->iri}, {"nb", &ret->nb},       {"nn", &ret->nn},
        {"en", &ret->en},   {"color", &ret->color}, {"text_color", &ret->text_color},
    };
    ret->number = number;
    for (size_t i = 0; i < COUNT(texts); i++) {
        int r = text_of(a, j, texts[i].key, what, texts[i].field, e);
        if (r < 0)
            return r;
    }
    return 0;
}

static int read_targets(struct arena *a, const struct json *list, const struct goal *goal,
                        struct goals *g, size_t *cap, struct err *e)
{
    for (size_t i = 0; i < json_count(list); i++) {
        struct target t;
        char what[48];
        snprintf(what, sizeof(what), "target %zu of goal %d", i + 1, goal->number);
        int r = text_of(a, json_at(list, i), "code", what, &t.code, e);
        if (r >= 0)
            r = text_of(a, json_at(list, i), "en", what, &t.en, e);
        if (r < 0)
            return r;
        const char *dot = strchr(t.code, '.');
        if (!dot)
            return err_input(e, "%s has the code %s", what, t.code);
        t.iri = arena_printf(a, "%s%s", goal->iri, dot);
        g->targets = arena_grow(a, g->targets, g->num_targets, cap, sizeof(t));
        g->targets[g->num_targets++] = t;
    }
    return 0;
}

static int read_goals(struct arena *a, const struct json *root, struct goals *g, struct err *e)
{
    const struct json *list = json_get(root, "goals");
    size_t cap = 0;
    if (json_count(list) != SDG_LAST)
        return err_input(e, "it does not hold %d goals", SDG_LAST);
    for (int n = 1; n <= SDG_LAST; n++) {
        const struct json *j = json_at(list, (size_t)n - 1);
        if (json_int(j, "number", 0) != n)
            return err_input(e, "goal %d does not stand in its place", n);
        int r = read_goal(a, j, n, &g->goal[n], e);
        if (r >= 0)
            r = read_targets(a, json_get(j, "targets"), &g->goal[n], g, &cap, e);
        if (r < 0)
            return r;
    }
    return 0;
}

static int load(const char *path, struct json **ret, struct err *e)
{
    int r = json_load(path, ret, e);
    return r == -ENOENT ? err_input(e, "%s: no such file", path) : r;
}

int goals_load(struct arena *a, const char *path, struct goals *ret, struct err *e)
{
    struct json *root;
    int r = load(path, &root, e);
    if (r < 0)
        return r;
    struct goals g = {0};
    r = read_goals(a, root, &g, e);
    json_free(root);
    if (r < 0)
        return err_wrap(e, "%s", path);
    *ret = g;
    return 0;
}

static int read_municipalities(struct arena *a, const struct json *list, struct municipalities *m,
                               struct err *e)
{
    m->count = json_count(list);
    if (m->count == 0)
        return err_input(e, "it holds no municipalities");
    m->items = arena_array(a, struct municipality, m->count);
    for (size_t i = 0; i < m->count; i++) {
        const struct json *j = json_at(list, i);
        struct municipality *one = &m->items[i];
        char what[48];
        snprintf(what, sizeof(what), "municipality %zu", i + 1);
        int r = text_of(a, j, "number", what, &one->number, e);
        if (r >= 0)
            r = text_of(a, j, "name", what, &one->name, e);
        if (r < 0)
            return r;
        one->alt_name = arena_strdup(a, json_text(j, "alt_name"));
        one->osm = arena_strdup(a, json_text(j, "osm"));
        one->alt_language = arena_strdup(a, json_text(j, "alt_language"));
        one->lat = json_number(j, "lat", 0);
        one->lon = json_number(j, "lon", 0);
    }
    return 0;
}

int municipalities_load(struct arena *a, const char *path, struct municipalities *ret,
                        struct err *e)
{
    struct json *root;
    int r = load(path, &root, e);
    if (r < 0)
        return r;
    struct municipalities m = {0};
    r = read_municipalities(a, json_get(root, "municipalities"), &m, e);
    json_free(root);
    if (r < 0)
        return err_wrap(e, "%s", path);
    *ret = m;
    return 0;
}

const struct municipality *municipality_find(const struct municipalities *m,
                                             const char *number_or_name)
{
    for (size_t i = 0; m && i < m->count; i++) {
        const struct municipality *one = &m->items[i];
        if (strcmp(one->number, number_or_name) == 0 ||
            strcasecmp(one->name, number_or_name) == 0 ||
            (one->alt_name && strcasecmp(one->alt_name, number_or_name) == 0))
            return one;
    }
    return NULL;
}

const char *goal_title(const struct goals *g, int number, const char *language)
{
    if (number < 1 || number > SDG_LAST)
        return NULL;
    const struct goal *goal = &g->goal[number];
    if (language && str_starts(language, "nn"))
        return goal->nn;
    return language && str_starts(language, "en") ? goal->en : goal->nb;
}
