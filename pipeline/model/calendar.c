// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/calendar.h"

#include "base/fs.h"
#include "base/str.h"
#include "model/cover.h"

#include <stdlib.h>
#include <string.h>

#define AT(type, field) offsetof(struct type, field)

struct theme_text {
    struct theme theme;
    const struct node *goals;
    const char *cover;
};
struct month_text {
    const char *month, *theme, *note;
    const struct node *goals;
};

static const struct key theme_keys[] = {
    {"id", KEY_TEXT, AT(theme_text, theme.id), true, 0, 40, NULL,
     "the word that months name it by, a-z 0-9 -; for example trivsel"},
    {"nb", KEY_TEXT, AT(theme_text, theme.nb), true, 0, 80, NULL,
     "its name in bokmål; for example Trivsel"},
    {"nn", KEY_TEXT, AT(theme_text, theme.nn), false, 0, 80, NULL,
     "its name in nynorsk; default: the one in bokmål"},
    {"en", KEY_TEXT, AT(theme_text, theme.en), false, 0, 80, NULL,
     "its name in English; default: the one in bokmål"},
    {"goals", KEY_NODE, AT(theme_text, goals), false, 0, 0, NULL,
     "goals of months that name none of their own; for example [3, 8, 11]"},
    {"cover", KEY_FILE, AT(theme_text, cover), false, 0, 0, NULL,
     "cover of its episodes, from the calendar's folder; default: the show's"},
};
static const struct key month_keys[] = {
    {"month", KEY_TEXT, AT(month_text, month), true, 0, 0, NULL,
     "1 to 12 for every year, or one month like 2026-02, which goes before"},
    {"theme", KEY_TEXT, AT(month_text, theme), true, 0, 0, NULL,
     "the id of a theme; for example trivsel"},
    {"goals", KEY_NODE, AT(month_text, goals), false, 0, 0, NULL,
     "the goals in focus; default: the theme's; for example [3, 8, 11]"},
    {"note", KEY_PROSE, AT(month_text, note), false, 0, 500, NULL,
     "a word to the producer; default none"},
};
struct calendar_text {
    const struct node *themes, *months;
};
static const struct key calendar_keys[] = {
    {"themes", KEY_NODE, AT(calendar_text, themes), true, 0, 0, NULL,
     "a list of themes: [{id: trivsel, nb: Trivsel, goals: [3, 8, 11]}]"},
    {"months", KEY_NODE, AT(calendar_text, months), true, 0, 0, NULL,
     "a list of months: [{month: 2, theme: trivsel}]"},
};
const struct key_table calendar_tables[] = {
    {"calendar", calendar_keys, COUNT(calendar_keys)},
    {"themes", theme_keys, COUNT(theme_keys)},
    {"months", month_keys, COUNT(month_keys)},
};
const size_t num_calendar_tables = COUNT(calendar_tables);

// "3.4" to its goal; 0: no such target.
static int64_t target_goal(const struct goals *g, const char *code)
{
    for (size_t i = 0; i < g->num_targets; i++) {
        if (strcmp(g->targets[i].code, code) == 0)
            return strtol(code, NULL, 10);
    }
    return 0;
}

static int unknown_target(struct arena *a, const struct node *n, const struct goals *g,
                          struct err *e)
{
    const char **codes = arena_array(a, const char *, g->num_targets);
    size_t count = 0;
    size_t goal_len = strcspn(n->text, ".") + 1;
    for (size_t i = 0; i < g->num_targets; i++) {
        if (strncmp(g->targets[i].code, n->text, goal_len) == 0)
            codes[count++] = g->targets[i].code;
    }
    const char *remedy =
        count > 0 ? nearest_remedy(a, n->text, codes, count) : "goals run from 1 to 17";
    return node_error(n, e, remedy, "there is no target \"%.20s\"", n->text);
}

static int read_goal(struct arena *a, const struct node *n, const struct goals *g, int64_t *ret,
                     const char **ret_code, struct err *e)
{
    static const struct key number = {.name = "a goal", .type = KEY_INT, .min = 1, .max = SDG_LAST};
    *ret_code = NULL;
    if (n->kind != NODE_SCALAR || !g || !strchr(n->text, '.'))
        return node_read(a, n, &number, ret, e);
    *ret = target_goal(g, n->text);
    *ret_code = n->text;
    return *ret > 0 ? 0 : unknown_target(a, n, g, e);
}

static bool has_code(const struct texts *t, const char *code)
{
    for (size_t i = 0; i < t->count; i++) {
        if (strcmp(t->items[i], code) == 0)
            return true;
    }
    return false;
}

int calendar_goals_read(struct arena *a, const struct node *n, const struct goals *g, sdg_set *ret,
                        struct texts *ret_codes, struct err *e)
{
    if (n->kind != NODE_LIST || n->count == 0)
        return node_error(n, e, "write goals: [3, 8, 11]", "goals must be a list of numbers");
    struct texts codes = {arena_array(a, const char *, n->count),
                          arena_array(a, const struct node *, n->count), 0};
    sdg_set set = 0, numbers = 0;
    for (size_t i = 0; i < n->count; i++) {
        const struct node *item = n->items[i];
        int64_t goal;
        const char *code;
        int r = read_goal(a, item, g, &goal, &code, e);
        if (r < 0)
            return r;
        if (code ? has_code(&codes, code) : (numbers & SDG(goal)) != 0)
            return node_error(item, e, "keep one of the two", "goal %s stands here twice",
                              item->text);
        set |= SDG(goal);
        if (code) {
            codes.items[codes.count] = code;
            codes.nodes[codes.count++] = item;
        } else {
            numbers |= SDG(goal);
        }
    }
    *ret = set;
    if (ret_codes)
        *ret_codes = codes;
    return 0;
}

struct reading {
    struct arena *a;
    const char *dir;
    struct calendar *c;
    struct err *e;
};

static int read_theme(const struct reading *r, const struct node *n, struct theme *ret)
{
    struct theme_text t = {0};
    int err = keys_read(r->a, n, theme_keys, COUNT(theme_keys), "a theme", &t, r->e);
    if (err < 0)
        return err;
    if (strspn(t.theme.id, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(t.theme.id))
        return node_error(node_of(n, "id"), r->e,
                          "write it with a to z, 0 to 9 and -; the name goes to nb",
                          "the id of a theme cannot be \"%s\"", t.theme.id);
    if (calendar_theme(r->c, t.theme.id))
        return node_error(node_of(n, "id"), r->e, "give each theme an id of its own",
                          "a second theme with the id %s", t.theme.id);
    if (t.goals)
        err = calendar_goals_read(r->a, t.goals, NULL, &t.theme.goals, NULL, r->e);
    if (err >= 0 && t.cover) {
        const struct node *at = node_of(n, "cover");
        t.theme.cover = fs_join(r->a, r->dir, t.cover);
        err = node_path_inside(at, t.cover, 1, r->e);
        if (err >= 0)
            err = cover_check(t.theme.cover, at, r->e);
    }
    if (!t.theme.nn)
        t.theme.nn = t.theme.nb;
    if (!t.theme.en)
        t.theme.en = t.theme.nb;
    *ret = t.theme;
    return err;
}

// "2" or "2026-02"
static int read_month_text(const struct reading *r, const struct node *n,
                           struct calendar_month *ret)
{
    int64_t v;
    if (strchr(n->text, '-') && strlen(n->text) > 2) {
        int err = node_read(r->a, n, &(struct key){.name = "month", .type = KEY_MONTH}, &v, r->e);
        if (err < 0)
            return err;
        ret->year = (int)(v / 100);
        ret->month = (int)(v % 100);
        return 0;
    }
    if (!str_to_int(n->text, &v) || v < 1 || v > 12)
        return node_error(n, r->e, "write 2 for every February, or 2026-02 for one of them",
                          "month cannot be \"%.40s\"", n->text);
    ret->year = 0;
    ret->month = (int)v;
    return 0;
}

static int unknown_theme(const struct reading *r, const struct node *n)
{
    const char **ids = arena_array(r->a, const char *, r->c->num_themes + 1);
    for (size_t i = 0; i < r->c->num_themes; i++)
        ids[i] = r->c->themes[i].id;
    return node_error(n, r->e, nearest_remedy(r->a, n->text, ids, r->c->num_themes),
                      "there is no theme %.60s", n->text);
}

static int read_month(const struct reading *r, const struct node *n, struct calendar_month *ret)
{
    struct month_text t = {0};
    struct calendar_month m = {0};
    int err = keys_read(r->a, n, month_keys, COUNT(month_keys), "a month", &t, r->e);
    if (err >= 0)
        err = read_month_text(r, node_of(n, "month"), &m);
    if (err < 0)
        return err;
    for (size_t i = 0; i < r->c->num_months; i++) {
        if (r->c->months[i].year == m.year && r->c->months[i].month == m.month)
            return node_error(node_of(n, "month"), r->e, "keep one of the two",
                              "a second entry for the month %s", t.month);
    }
    m.theme = calendar_theme(r->c, t.theme);
    m.note = t.note;
    if (!m.theme)
        return unknown_theme(r, node_of(n, "theme"));
    *ret = m;
    return t.goals ? calendar_goals_read(r->a, t.goals, NULL, &ret->goals, NULL, r->e) : 0;
}

static int by_month(const void *a, const void *b)
{
    const struct calendar_month *x = a, *y = b;
    return x->year != y->year ? (x->year < y->year ? -1 : 1)
                              : (x->month > y->month) - (x->month < y->month);
}

static int read_calendar(const struct reading *r, const struct node *root)
{
    struct calendar_text t;
    int err = keys_read(r->a, root, calendar_keys, COUNT(calendar_keys), "the calendar", &t, r->e);
    const struct node *const *items;
    size_t n;
    if (err >= 0)
        err = node_maps(r->a, t.themes, "themes", &items, &n, r->e);
    if (err < 0)
        return err;
    r->c->themes = arena_array(r->a, struct theme, n);
    for (size_t i = 0; i < n; i++, r->c->num_themes++) {
        err = read_theme(r, items[i], &r->c->themes[i]);
        if (err < 0)
            return err;
    }
    err = node_maps(r->a, t.months, "months", &items, &n, r->e);
    if (err < 0)
        return err;
    r->c->months = arena_array(r->a, struct calendar_month, n);
    for (size_t i = 0; i < n; i++, r->c->num_months++) {
        err = read_month(r, items[i], &r->c->months[i]);
        if (err < 0)
            return err;
    }
    qsort(r->c->months, n, sizeof(*r->c->months), by_month);
    return 0;
}

int calendar_load(struct arena *a, const char *path, const char *shown, struct calendar *ret,
                  struct err *e)
{
    struct yaml_file *f;
    int err = yaml_load(a, path, shown, &f, e);
    if (err < 0)
        return err;
    if (!f->root)
        return err_input(e,
                         "%s:1:1: the calendar is empty\nwrite themes: and months: as "
                         "presets/calendar-example.yaml does",
                         shown);
    struct calendar c = {0};
    err = read_calendar(&(struct reading){a, fs_dirname(a, path), &c, e}, f->root);
    if (err < 0)
        return err;
    *ret = c;
    return 0;
}

const struct calendar_month *calendar_at(const struct calendar *c, int year, int month)
{
    const struct calendar_month *every_year = NULL;
    for (size_t i = 0; i < c->num_months; i++) {
        const struct calendar_month *m = &c->months[i];
        if (m->month == month && m->year == year)
            return m;
        if (m->month == month && m->year == 0)
            every_year = m;
    }
    return every_year;
}

sdg_set calendar_goals(const struct calendar_month *m)
{
    if (!m)
        return 0;
    return m->goals ? m->goals : m->theme->goals;
}

const struct theme *calendar_theme(const struct calendar *c, const char *id)
{
    for (size_t i = 0; i < c->num_themes; i++) {
        if (strcmp(c->themes[i].id, id) == 0)
            return &c->themes[i];
    }
    return NULL;
}
