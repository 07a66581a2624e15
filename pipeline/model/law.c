// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/law.h"

#include <string.h>

#include "base/clock.h"

#define IKT "forskrift om universell utforming av IKT (FOR-2013-06-21-732)"
#define W(field) offsetof(struct waiver, field)

enum { DAY_S = 86400 };

const struct law laws[LAW_RULES] = {
    [LAW_CAPTIONS] = {"captions", IKT ", WCAG 2.1 1.2.1 and 1.2.2", true},
    [LAW_CORRECTED] = {"corrected", IKT ", WCAG 2.1 1.2.1 and 1.2.2", true},
    [LAW_DESCRIBED] = {"described", IKT " § 4 b, WCAG 2.1 1.2.5", true},
    [LAW_CONSENT] = {"consent", "åndsverkloven § 104, GDPR art. 6 and 7", false},
    [LAW_LICENSE] = {"license", "the government's advice on open licences (id665643)", true},
    [LAW_THEME] = {"theme", "the county's calendar", true},
    [LAW_GOALS] = {"goals", "the county's calendar", true},
    [LAW_HOST] = {"host", "podcast:person", true},
};

static const struct key waiver_keys[] = {
    {"rule", KEY_TEXT, W(rule), true, 0, 0, NULL,
     "what is let off, by the name that check shows: captions, corrected, described, license, "
     "theme, goals or host; for example described"},
    {"reason", KEY_PROSE, W(reason), true, 0, 500, NULL,
     "why; it stands on the episode's page; for example Opptaket er frå eit ope møte og blir "
     "synstolka i mars"},
    {"by", KEY_TEXT, W(by), true, 0, 128, NULL,
     "who decided it; not public; for example Kari Nordmann, kommunikasjonssjef"},
    {"until", KEY_DAY, W(until), false, 0, 0, NULL,
     "last day on which it holds; default: as long as the episode is public; for example "
     "2026-06-30"},
};
const struct key_table waiver_table = {"waivers", waiver_keys, COUNT(waiver_keys)};

static int read_one(struct arena *a, const struct node *n, struct waiver *ret, struct err *e)
{
    const char *names[LAW_RULES];
    size_t can = 0;
    int r = keys_read(a, n, waiver_keys, COUNT(waiver_keys), "a waiver", ret, e);
    if (r < 0)
        return r;
    ret->node = n;
    for (size_t i = 0; i < LAW_RULES; i++) {
        if (laws[i].can_waive)
            names[can++] = laws[i].id;
        if (strcmp(laws[i].id, ret->rule) != 0)
            continue;
        ret->law = (enum law_rule)i;
        return laws[i].can_waive
                   ? 0
                   : node_error(node_of(n, "rule"), e,
                                "ask the person, and write down what was agreed",
                                "%s cannot be waived: it is another person's right", ret->rule);
    }
    return node_error(node_of(n, "rule"), e, nearest_remedy(a, ret->rule, names, can),
                      "there is no rule \"%.60s\"", ret->rule);
}

int waivers_read(struct arena *a, const struct node *n, struct waiver **ret, size_t *ret_n,
                 struct err *e)
{
    const struct node *const *items;
    size_t count;
    if (!n)
        return 0;
    int r = node_maps(a, n, "waivers", &items, &count, e);
    if (r < 0)
        return r;
    struct waiver *all = arena_array(a, struct waiver, count);
    for (size_t i = 0; i < count; i++) {
        r = read_one(a, items[i], &all[i], e);
        for (size_t k = 0; r >= 0 && k < i; k++)
            if (all[k].law == all[i].law)
                r = node_error(node_of(items[i], "rule"), e, "keep one of the two",
                               "%s is waived twice", all[i].rule);
        if (r < 0)
            return r;
    }
    *ret = all;
    *ret_n = count;
    return 0;
}

bool waiver_holds(const struct waiver *w, int64_t now_utc_s)
{
    int64_t day;
    return !w->until || !clock_parse_iso(w->until, &day, NULL) || now_utc_s < day + DAY_S;
}
