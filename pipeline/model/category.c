// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/category.h"

#include "base/json.h"
#include "base/str.h"
#include "model/preset.h"

#include <errno.h>
#include <string.h>

struct names {
    const char **items;
    size_t count, cap;
};

static void add_name(struct arena *a, struct names *n, const char *name)
{
    n->items = arena_grow(a, n->items, n->count, &n->cap, sizeof(*n->items));
    n->items[n->count++] = name;
}

// "A" and each "A > B"
static int load_names(struct arena *a, const char *const *dirs, struct names *ret, struct err *e)
{
    const char *path = preset_path(a, dirs, "apple-categories.json");
    struct json *root;
    if (!path)
        return err_input(
            e, "presets/apple-categories.json is not found\nname its folder with --presets");
    int r = json_load(path, &root, e);
    if (r < 0)
        return r;
    const struct json *all = json_get(root, "categories");
    for (size_t i = 0; i < json_count(all); i++) {
        const char *top = arena_strdup(a, json_key_at(all, i));
        const struct json *subs = json_get(all, top);
        add_name(a, ret, top);
        for (size_t k = 0; k < json_count(subs); k++)
            add_name(a, ret, arena_printf(a, "%s > %s", top, json_as_text(json_at(subs, k))));
    }
    json_free(root);
    return ret->count > 0 ? 0 : err_input(e, "%s: it holds no categories", path);
}

// "A>B" and "A  >  B" as "A > B"
static char *spaced(struct arena *a, const char *text)
{
    const char *sign = strchr(text, '>');
    if (!sign)
        return arena_strdup(a, text);
    size_t top = (size_t)(sign - text);
    while (top > 0 && text[top - 1] == ' ')
        top--;
    sign++;
    sign += strspn(sign, " ");
    return arena_printf(a, "%.*s > %s", (int)top, text, sign);
}

static const char *exact(const struct names *known, const char *text)
{
    for (size_t i = 0; i < known->count; i++) {
        if (strcmp(known->items[i], text) == 0)
            return known->items[i];
    }
    return NULL;
}

// A category written without the one above it, else the one with the nearest spelling.
static char *remedy_for(struct arena *a, const struct names *known, const char *text)
{
    const char *word = strrchr(text, '>');
    word = word ? word + 1 + strspn(word + 1, " ") : text;
    for (size_t i = 0; i < known->count; i++) {
        const char *sub = strstr(known->items[i], " > ");
        if (sub && strcasecmp(sub + 3, word) == 0)
            return arena_printf(a, "write %s", known->items[i]);
    }
    const char *near = nearest_of(text, known->items, known->count);
    if (near)
        return arena_printf(a, "write %s", near);
    struct names tops = {0};
    for (size_t i = 0; i < known->count; i++) {
        if (!strstr(known->items[i], " > "))
            add_name(a, &tops, known->items[i]);
    }
    return nearest_remedy(a, text, tops.items, tops.count);
}

int categories_check(struct arena *a, const char *const *preset_dirs, struct texts *t,
                     struct err *e)
{
    struct names known = {0};
    int r = load_names(a, preset_dirs, &known, e);
    if (r < 0)
        return r;
    if (t->count > CATEGORIES_MAX)
        return node_error(t->nodes[CATEGORIES_MAX], e, "keep the three that fit best",
                          "more than %d categories", CATEGORIES_MAX);
    for (size_t i = 0; i < t->count; i++) {
        const char *text = spaced(a, t->items[i]);
        t->items[i] = exact(&known, text);
        if (!t->items[i])
            return node_error(t->nodes[i], e, remedy_for(a, &known, text),
                              "there is no category \"%.60s\"", text);
        for (size_t k = 0; k < i; k++) {
            if (strcmp(t->items[k], t->items[i]) == 0)
                return node_error(t->nodes[i], e, "keep one of the two",
                                  "category %s stands here twice", text);
        }
    }
    return 0;
}
