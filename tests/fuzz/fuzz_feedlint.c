// SPDX-License-Identifier: GPL-3.0-or-later
// A feed of anybody's.
#include "fuzz.h"

#include "doc/feedlint.h"

static const char *look(void *ctx, const struct feed_ref *ref)
{
    (void)ctx;
    FUZZ_HOLD(ref->url && ref->rule && ref->line >= 0);
    return NULL;
}

FUZZ(feedlint)
{
    static struct json *categories;
    struct arena a = {0};
    struct err e = {0};
    struct findings f;
    char *text = fuzz_text(data, size);
    if (!categories)
        json_load("presets/apple-categories.json", &categories, NULL);
    struct feedlint p = {"feed.xml", json_get(categories, "categories"), look, NULL};
    FUZZ_HOLD(feedlint(&a, &p, text, size, &f, &e) >= 0);
    for (size_t i = 0; i < f.count; i++) {
        const struct finding *x = &f.items[i];
        FUZZ_HOLD(x->rule && x->message && x->message[0] && x->line >= 0);
        FUZZ_HOLD(str_is_utf8(x->message, strlen(x->message), NULL));
    }
    free(text);
    arena_done(&a);
    return 0;
}
