// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/kit.h"

#include "base/str.h"
#include "model/parts.h"
#include "model/word.h"

#include <string.h>

#define K(field) offsetof(struct kit, field)
#define P(field) offsetof(struct kit_point, field)
#define L(field) offsetof(struct kit_link, field)
#define C(field) offsetof(struct kit_contact, field)
#define ASIDE KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL

enum { LIST_MOST = 40, LINE_MAX_CHARS = 400, MEETING_MAX_MIN = 720 };

static const struct key kit_keys[] = {
    {"summary", KEY_PROSE, K(summary), false, 0, 2000, NULL,
     "what the episode is about, for those who prepare a meeting; default: the episode's summary"},
    {"facts", KEY_TEXTS, K(facts), false, 0, LINE_MAX_CHARS, NULL,
     "what one should know, a sentence each; default none; for example [\"Én av fem er ofte "
     "alene.\"]"},
    {"questions", KEY_TEXTS, K(questions), false, 0, LINE_MAX_CHARS, NULL,
     "for a workshop or a theme meeting; default none; for example [\"Hvem kommer ikke i dag?\"]"},
    {"programme", ASIDE,
     "of a meeting, in its order: how long each point takes, or when each begins; default none; "
     "for example [{minutes: 15, title: Velkommen}, {minutes: 40, title: Vi hører episoden}]"},
    {"start", KEY_TEXT, K(start), false, 0, 5, NULL,
     "when a programme of minutes begins, in quotes; default: it counts from 0; for example "
     "\"18:00\""},
    {"links", ASIDE,
     "to the tools that were shown, beside those of resources; default none; for example [{title: "
     "Sjekkliste, url: \"https://example.org/sjekkliste\"}]"},
    {"contact", ASIDE,
     "whom to ask in the municipality; default none; for example {name: Kari Nordmann, email: "
     "kari@example.org, municipality: Meløy}"},
};
static const struct key point_keys[] = {
    {"title", KEY_TEXT, P(title), true, 0, 160, NULL,
     "what is done; for example Samtale i grupper"},
    {"minutes", KEY_INT, P(minutes), false, 1, MEETING_MAX_MIN, NULL,
     "how long it takes; for example 20"},
    {"at", KEY_TEXT, P(at), false, 0, 5, NULL,
     "instead of minutes: when it begins, in quotes; for example \"18:15\""},
};
static const struct key link_keys[] = {
    {"title", KEY_TEXT, L(title), true, 0, 160, NULL, "its name; for example Sjekkliste"},
    {"url", KEY_URL, L(url), true, 0, 0, NULL,
     "where it is found; for example https://example.org/sjekkliste"},
};
static const struct key contact_keys[] = {
    {"name", KEY_TEXT, C(name), true, 0, 128, NULL,
     "a person or an office; for example Kari Nordmann"},
    {"role", KEY_TEXT, C(role), false, 0, 128, NULL,
     "what the person is; default none; for example folkehelsekoordinator"},
    {"email", KEY_TEXT, C(email), false, 0, 128, NULL,
     "an address that is read; default none; for example kari@example.org"},
    {"phone", KEY_TEXT, C(phone), false, 0, 40, NULL,
     "in quotes; default none; for example \"75 00 00 00\""},
    {"municipality", KEY_TEXT, C(municipality), false, 0, 0, NULL,
     "number or name; default none; for example Meløy"},
};
const struct key_table kit_tables[] = {
    {"kit", kit_keys, COUNT(kit_keys)},
    {"programme", point_keys, COUNT(point_keys)},
    {"links", link_keys, COUNT(link_keys)},
    {"contact", contact_keys, COUNT(contact_keys)},
};
const size_t num_kit_tables = COUNT(kit_tables);

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// "18:00" in minutes from midnight; NULL is fine.
static int read_clock(const char *word, const struct node *n, int64_t *ret, struct err *e)
{
    if (!word)
        return 0;
    size_t hours = strspn(word, "0123456789");
    const char *tail = word + hours;
    bool good = hours >= 1 && hours <= 2 && (*tail == ':' || *tail == '.') && is_digit(tail[1]) &&
                is_digit(tail[2]) && !tail[3];
    int64_t hour = 0;
    for (size_t i = 0; good && i < hours; i++)
        hour = hour * 10 + (word[i] - '0');
    int64_t minute = good ? (tail[1] - '0') * 10 + (tail[2] - '0') : 0;
    if (!good || hour > 23 || minute > 59)
        return node_error(n, e, "write it like \"18:00\", in quotes",
                          "\"%.20s\" is not a time of the day", word);
    *ret = hour * 60 + minute;
    return 0;
}

static int check_count(const struct node *n, const char *what, size_t count, struct err *e)
{
    if (count <= LIST_MOST)
        return 0;
    return node_error(n, e, "keep those that matter most", "kit has %zu %s, at most %d fit", count,
                      what, LIST_MOST);
}

static int check_point(const struct parts *p, const struct kit *k, size_t i)
{
    static const char one_way[] =
        "write minutes: in every point, or at: in every point, as in {minutes: 15, title: "
        "Velkommen}";
    const struct kit_point *point = &k->programme[i], *first = &k->programme[0];
    if (!point->minutes && !point->at)
        return node_error(point->node, p->e, one_way,
                          "a point of the programme says neither minutes nor at");
    if (point->minutes && point->at)
        return node_error(point->node, p->e, one_way,
                          "a point of the programme says minutes and at");
    if (!point->at != !first->at)
        return node_error(point->node, p->e, one_way,
                          "the points of the programme mix minutes and "
                          "at");
    if (point->at && i > 0 && point->at_min <= k->programme[i - 1].at_min)
        return node_error(node_of(point->node, "at"), p->e, "put the points in their order",
                          "%s is not later than the point before", point->at);
    return 0;
}

static int read_programme(const struct parts *p, const struct node *n, struct kit *k)
{
    const struct node *const *items;
    size_t count;
    if (!n)
        return 0;
    int r = node_maps(p->a, n, "programme", &items, &count, p->e);
    if (r >= 0)
        r = check_count(n, "points", count, p->e);
    if (r < 0)
        return r;
    k->programme = arena_array(p->a, struct kit_point, count);
    int64_t sum = 0;
    for (; k->num_points < count; k->num_points++) {
        struct kit_point *point = &k->programme[k->num_points];
        point->node = items[k->num_points];
        point->at_min = -1;
        r = keys_read(p->a, point->node, point_keys, COUNT(point_keys), "the programme", point,
                      p->e);
        if (r >= 0)
            r = read_clock(point->at, node_of(point->node, "at"), &point->at_min, p->e);
        if (r >= 0)
            r = check_point(p, k, k->num_points);
        if (r < 0)
            return r;
        sum += point->minutes;
    }
    if (sum > MEETING_MAX_MIN)
        return node_error(n, p->e, "shorten the points",
                          "the programme takes %d minutes, at most "
                          "%d",
                          (int)sum, MEETING_MAX_MIN);
    return 0;
}

static int check_start(const struct parts *p, const struct node *n, struct kit *k)
{
    k->start_min = -1;
    int r = read_clock(k->start, n, &k->start_min, p->e);
    if (r < 0 || !n)
        return r;
    if (!k->num_points)
        return node_error(n, p->e, "write programme: as well, or delete the line",
                          "there is no programme that could start");
    if (k->programme[0].at)
        return node_error(n, p->e, "delete the line",
                          "the points of the programme say themselves when they begin");
    return 0;
}

static int read_links(const struct parts *p, const struct node *n, struct kit *k)
{
    const struct node *const *items;
    size_t count;
    if (!n)
        return 0;
    int r = node_maps(p->a, n, "links", &items, &count, p->e);
    if (r >= 0)
        r = check_count(n, "links", count, p->e);
    if (r < 0)
        return r;
    k->links = arena_array(p->a, struct kit_link, count);
    for (; r >= 0 && k->num_links < count; k->num_links++)
        r = keys_read(p->a, items[k->num_links], link_keys, COUNT(link_keys), "links",
                      &k->links[k->num_links], p->e);
    return r;
}

static int read_contact(const struct parts *p, const struct node *n, struct kit *k)
{
    if (!n)
        return 0;
    struct kit_contact *c = arena_new(p->a, struct kit_contact);
    int r = keys_read(p->a, n, contact_keys, COUNT(contact_keys), "contact", c, p->e);
    if (r >= 0)
        r = word_email(c->email, node_of(n, "email"), p->e);
    if (r >= 0)
        r = parts_municipality(p, &c->municipality, node_of(n, "municipality"));
    k->contact = c;
    return r;
}

int parts_kit(const struct parts *p, const struct node *n)
{
    if (!n)
        return 0;
    p->ep->kit = NULL;
    if (n->kind == NODE_SCALAR && str_same(n->text, "none"))
        return 0;
    if (n->kind != NODE_MAP)
        return node_error(n, p->e,
                          "write kit: {facts: [\"…\"], questions: [\"…\"]}, kit: {} for what is "
                          "known anyway, or kit: none",
                          "kit must be a map");
    struct kit *k = arena_new(p->a, struct kit);
    int r = keys_read(p->a, n, kit_keys, COUNT(kit_keys), "kit", k, p->e);
    if (r >= 0)
        r = check_count(node_of(n, "facts"), "facts", k->facts.count, p->e);
    if (r >= 0)
        r = check_count(node_of(n, "questions"), "questions", k->questions.count, p->e);
    if (r >= 0)
        r = read_programme(p, node_of(n, "programme"), k);
    if (r >= 0)
        r = check_start(p, node_of(n, "start"), k);
    if (r >= 0)
        r = read_links(p, node_of(n, "links"), k);
    if (r >= 0)
        r = read_contact(p, node_of(n, "contact"), k);
    p->ep->kit = k;
    return r;
}
