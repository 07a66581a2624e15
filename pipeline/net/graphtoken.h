// SPDX-License-Identifier: GPL-3.0-or-later
// What a token of the Graph API may do, and until when. Looks only.
#pragma once
#include "base/arena.h"
#include "net/graph.h"

struct graph_token {            // texts in the arena
    const char *id, *name;      // whose token it is
    bool of_page;               // of a Page, else of a person
    bool known;                 // Facebook tells the fields below; an app may not be allowed to ask
    int64_t expires_utc_s;      // 0: never
    int64_t data_expires_utc_s; // when the person must agree again; 0: never
    const char *missing;        // "pages_manage_posts, …": permissions; NULL: none
};
// An error where the token is not accepted, or belongs to another Page (page NULL: any will do).
int graph_token_check(const struct graph_api *g, struct arena *a, const char *page,
                      const struct graph_patience *p, struct graph_token *ret, struct err *e);
