// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/feeding.h"

#include "model/word.h"

#include <string.h>

#define F(field) offsetof(struct funding, field)
#define V(field) offsetof(struct verification, field)
#define O(field) offsetof(struct other_show, field)

// The podcast namespace's list of services (serviceslugs.txt), and all of them at once.
const char *const feeding_services[] = {
    "all",       "acast",         "amazon",       "anchor",       "apple",      "audioboom",
    "blubrry",   "buzzsprout",    "captivate",    "castos",       "fireside",   "google",
    "libsyn",    "mastodon",      "megaphone",    "omnystudio",   "overcast",   "pinecast",
    "podbean",   "podcastaddict", "podcastindex", "podcasts.com", "podchaser",  "podfriend",
    "podiant",   "podigee",       "podnews",      "podomatic",    "podserve",   "podverse",
    "redcircle", "relayfm",       "resonate",     "rss.com",      "simplecast", "slack",
    "spotify",   "soundcloud",    "spreaker",     "transistor",   "twitter",    "zencast",
    NULL,
};

static const struct key funding_keys[] = {
    {"url", KEY_URL, F(url), true, 0, 0, NULL,
     "where money can be given; for example https://example.org/stott"},
    {"text", KEY_TEXT, F(text), true, 0, 128, NULL,
     "what apps write on the button; for example Støtt oss"},
};
static const struct key verify_keys[] = {
    {"purpose", KEY_TEXT, V(purpose), true, 0, 128, NULL,
     "what it is for, as whoever asked for it says; for example applepodcastsverify"},
    {"text", KEY_PROSE, V(text), true, 0, 4000, NULL,
     "the code, exactly as it was given; for example 8f1a2b3c"},
};
static const struct key other_keys[] = {
    {"guid", KEY_TEXT, O(guid), true, 0, 0, NULL,
     "the other's podcast:guid, which its feed says; for example "
     "917393e3-1b1e-5cef-ace4-edaa54e1f810"},
    {"url", KEY_URL, O(url), false, 0, 0, NULL,
     "its feed; default: apps look it up; for example https://example.org/annen/feed.xml"},
    {"title", KEY_TEXT, O(title), false, 0, 0, NULL,
     "its name; default: apps look it up; for example Folkehelse i nord"},
};
const struct key_table feeding_tables[] = {
    {"funding", funding_keys, COUNT(funding_keys)},
    {"verify", verify_keys, COUNT(verify_keys)},
    {"podroll, publisher", other_keys, COUNT(other_keys)},
};
const size_t num_feeding_tables = COUNT(feeding_tables);

// A list of maps of one kind, or one alone, each a struct of that size; how many, or an error.
static int read_list(struct arena *a, const struct node *n, const struct key_table *t, size_t size,
                     void **ret, struct err *e)
{
    const struct node *const *items;
    size_t count;
    if (!n)
        return 0;
    int r = node_maps(a, n, t->name, &items, &count, e);
    if (r < 0)
        return r;
    char *all = arena_alloc(a, count * size);
    for (size_t i = 0; i < count; i++) {
        r = keys_read(a, items[i], t->keys, t->count, t->name, all + i * size, e);
        if (r < 0)
            return r;
    }
    *ret = all;
    return (int)count;
}

static int read_podroll(struct arena *a, const struct node *n, struct feeding *f, struct err *e)
{
    const struct key_table table = {"podroll", other_keys, COUNT(other_keys)};
    void *all = NULL;
    int count = read_list(a, n, &table, sizeof *f->podroll, &all, e);
    f->podroll = all;
    for (int i = 0; i < count; i++) {
        const struct node *one = n->kind == NODE_LIST ? n->items[i] : n;
        int r = word_uuid(f->podroll[i].guid, node_of(one, "guid"), e);
        if (r < 0)
            return r;
    }
    f->num_podroll = count < 0 ? 0 : (size_t)count;
    return count;
}

static int read_publisher(struct arena *a, const struct node *n, struct feeding *f, struct err *e)
{
    if (!n)
        return 0;
    int r = keys_read(a, n, other_keys, COUNT(other_keys), "publisher", &f->publisher, e);
    return r < 0 ? r : word_uuid(f->publisher.guid, node_of(n, "guid"), e);
}

static int read_websub(struct arena *a, const struct node *n, struct feeding *f, struct err *e)
{
    const struct key hub = {.name = "websub", .type = KEY_URL};
    if (!n)
        return 0;
    bool is_list = n->kind == NODE_LIST;
    size_t count = is_list ? n->count : 1;
    f->websub = arena_array(a, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        int r = node_read(a, is_list ? n->items[i] : n, &hub, &f->websub[i], e);
        if (r < 0)
            return r;
    }
    f->num_websub = count;
    return 0;
}

int feeding_read(struct arena *a, const struct node *root, struct feeding *f, struct err *e)
{
    void *funding = NULL, *verify = NULL;
    int r =
        read_list(a, node_of(root, "funding"), &feeding_tables[0], sizeof *f->funding, &funding, e);
    f->funding = funding;
    f->num_funding = funding ? (size_t)r : 0;
    if (r >= 0)
        r = read_list(a, node_of(root, "verify"), &feeding_tables[1], sizeof *f->verify, &verify,
                      e);
    f->verify = verify;
    f->num_verify = verify ? (size_t)r : 0;
    if (r >= 0)
        r = read_podroll(a, node_of(root, "podroll"), f, e);
    if (r >= 0)
        r = read_publisher(a, node_of(root, "publisher"), f, e);
    return r < 0 ? r : read_websub(a, node_of(root, "websub"), f, e);
}
