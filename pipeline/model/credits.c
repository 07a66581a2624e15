// SPDX-License-Identifier: GPL-3.0-or-later
// comments: and credits: in episode.yaml.
#include "model/parts.h"

#include <string.h>

#define C(field) offsetof(struct comments, field)
#define P(field) offsetof(struct credit, field)

// The podcast namespace's list of protocols (socialprotocols.txt) that have an address.
static const char *const protocols[] = {"activitypub", "twitter", "lightning", "bluesky",
                                        "hive",        "matrix",  "nostr",     NULL};

// Of its taxonomy what fits a conversation: in the order of the words below.
static const struct {
    const char *role, *group;
} taxonomy[] = {
    {"director", "creative direction"},
    {"executive producer", "creative direction"},
    {"producer", "creative direction"},
    {"associate producer", "creative direction"},
    {"author", "writing"},
    {"writer", "writing"},
    {"managing editor", "writing"},
    {"researcher", "writing"},
    {"editor", "writing"},
    {"fact checker", "writing"},
    {"transcriber", "writing"},
    {"technical director", "audio production"},
    {"audio engineer", "audio production"},
    {"audio editor", "audio post-production"},
    {"sound designer", "audio post-production"},
    {"composer", "audio post-production"},
    {"theme music", "audio post-production"},
    {"production coordinator", "administration"},
    {"production assistant", "administration"},
    {"graphic designer", "visuals"},
    {"cover art designer", "visuals"},
    {"social media manager", "community"},
    {"consultant", "misc."},
    {"intern", "misc."},
    {"camera operator", "video production"},
    {"lighting designer", "video production"},
    {"assistant editor", "video post-production"},
};
static const char *const roles[] = {
    "director",
    "executive producer",
    "producer",
    "associate producer",
    "author",
    "writer",
    "managing editor",
    "researcher",
    "editor",
    "fact checker",
    "transcriber",
    "technical director",
    "audio engineer",
    "audio editor",
    "sound designer",
    "composer",
    "theme music",
    "production coordinator",
    "production assistant",
    "graphic designer",
    "cover art designer",
    "social media manager",
    "consultant",
    "intern",
    "camera operator",
    "lighting designer",
    "assistant editor",
    NULL,
};
_Static_assert(COUNT(roles) == COUNT(taxonomy) + 1, "the same words");

static const struct key comment_keys[] = {
    {"url", KEY_URL, C(url), true, 0, 0, NULL,
     "the post's address; for example https://sosial.example.org/@dgl/1"},
    {"protocol", KEY_CHOICE, C(protocol), false, 0, 0, protocols,
     "how apps read it; default activitypub, as Mastodon speaks"},
    {"account", KEY_TEXT, C(account), false, 0, 128, NULL,
     "who wrote it; default: not said; for example \"@dgl\""},
};
static const struct key credit_keys[] = {
    {"name", KEY_TEXT, P(name), true, 0, 128, NULL, "as it is printed; for example Per Nordmann"},
    {"role", KEY_CHOICE, P(role), true, 0, 0, roles, "what was done; for example producer"},
    {"url", KEY_URL, P(url), false, 0, 0, NULL,
     "page of the person; default none; for example https://example.org/per"},
};
const struct key_table credit_tables[] = {
    {"comments", comment_keys, COUNT(comment_keys)},
    {"credits", credit_keys, COUNT(credit_keys)},
};
const size_t num_credit_tables = COUNT(credit_tables);

const char *credit_group(const char *role)
{
    for (size_t i = 0; i < COUNT(taxonomy); i++)
        if (strcmp(taxonomy[i].role, role) == 0)
            return taxonomy[i].group;
    return "cast";
}

// An address alone, a map, or a list of maps.
int parts_comments(const struct parts *p, const struct node *n)
{
    const struct node *const *items;
    size_t count = 1;
    if (!n)
        return 0;
    int r = n->kind == NODE_SCALAR ? 0 : node_maps(p->a, n, "comments", &items, &count, p->e);
    if (r < 0)
        return r;
    struct comments *all = arena_array(p->a, struct comments, count);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        all[i].protocol = protocols[0];
        r = n->kind == NODE_SCALAR ? node_read(p->a, n, &comment_keys[0], &all[i].url, p->e)
                                   : keys_read(p->a, items[i], comment_keys, COUNT(comment_keys),
                                               "comments", &all[i], p->e);
    }
    p->ep->comments = all;
    p->ep->num_comments = count;
    return r;
}

int parts_credits(const struct parts *p, const struct node *n)
{
    const struct node *const *items;
    size_t count;
    if (!n)
        return 0;
    int r = node_maps(p->a, n, "credits", &items, &count, p->e);
    if (r < 0)
        return r;
    struct credit *all = arena_array(p->a, struct credit, count);
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = keys_read(p->a, items[i], credit_keys, COUNT(credit_keys), "credits", &all[i], p->e);
    p->ep->credits = all;
    p->ep->num_credits = count;
    return r;
}
