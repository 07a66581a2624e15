// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/kitfacts.h"

#include <errno.h>

static int missing(struct err *e, const char *key)
{
    return err_set(e, -EINVAL, "settings of a kit: '%s' is missing or of the wrong type", key);
}

static int read_texts(struct arena *a, const struct json *array, const char ***ret, size_t *ret_n,
                      const char *key, struct err *e)
{
    size_t n = json_count(array);
    const char **items = arena_array(a, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        items[i] = json_as_text(json_at(array, i));
        if (!items[i])
            return missing(e, key);
    }
    *ret = items;
    *ret_n = n;
    return 0;
}

static int read_points(struct arena *a, const struct json *array, struct kit_facts *k,
                       struct err *e)
{
    k->num_points = json_count(array);
    k->points = arena_array(a, struct kit_moment, k->num_points + 1);
    for (size_t i = 0; i < k->num_points; i++) {
        const struct json *j = json_at(array, i);
        k->points[i] = (struct kit_moment){json_text(j, "title"), json_int(j, "from_min", -1),
                                           json_int(j, "to_min", -1)};
        if (!k->points[i].title || k->points[i].from_min < 0)
            return missing(e, "programme");
    }
    return 0;
}

static int read_links(struct arena *a, const struct json *array, struct kit_facts *k, struct err *e)
{
    k->num_links = json_count(array);
    k->links = arena_array(a, struct fact_link, k->num_links + 1);
    for (size_t i = 0; i < k->num_links; i++) {
        const struct json *j = json_at(array, i);
        k->links[i] =
            (struct fact_link){.url = json_text(j, "url"), .title = json_text(j, "title")};
        if (!k->links[i].url || !k->links[i].title)
            return missing(e, "links");
    }
    return 0;
}

static int read_contact(struct arena *a, const struct json *j, struct kit_facts *k, struct err *e)
{
    struct fact_person *people;
    size_t n;
    if (!j)
        return 0;
    struct json *list = json_new_array();
    json_push(list, json_keep(j));
    int r = facts_people(a, list, &people, &n, e);
    json_free(list);
    if (r < 0)
        return r;
    k->contact = people[0];
    k->email = json_text(j, "email");
    k->phone = json_text(j, "phone");
    return 0;
}

int kit_facts(struct arena *a, const struct json *j, struct kit_facts *ret, struct err *e)
{
    struct kit_facts k = {.summary = json_text(j, "summary"),
                          .clock = json_bool(j, "clock", false)};
    int r = read_texts(a, json_get(j, "facts"), &k.facts, &k.num_facts, "facts", e);
    if (r >= 0)
        r = read_texts(a, json_get(j, "questions"), &k.questions, &k.num_questions, "questions", e);
    if (r >= 0)
        r = read_points(a, json_get(j, "programme"), &k, e);
    if (r >= 0)
        r = read_links(a, json_get(j, "links"), &k, e);
    if (r >= 0)
        r = read_contact(a, json_get(j, "contact"), &k, e);
    if (r >= 0)
        *ret = k;
    return r;
}
