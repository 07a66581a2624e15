// SPDX-License-Identifier: GPL-3.0-or-later
// .dgl/catalog and catalog.more, "catalog\0more", damaged: an entry is taken whole or read again.
// The first entry has the key of files that are not there.
#include "exampleshow.h"
#include "fuzz.h"

#include "plan/remembered.h"
#include "plan/stamps.h"

FUZZ(catalog)
{
    static struct session shown;
    struct session *s = &shown;
    struct err e = {0};
    struct catalog_entry c = {0};
    char world[STAMPS_KEY + 1], key[STAMPS_KEY + 1];
    const uint8_t *cut = size ? memchr(data, '\0', size) : NULL;
    size_t first = cut ? (size_t)(cut - data) : size;
    struct str text;
    example_show(s, "k");
    stamps_world(s, world);
    str_init(&text, STR_MAX);
    struct stamps_show *show = stamps_open(s->dir);
    stamps_key(show, "nothere", key);
    stamps_close(show);
    str_addf(&text, "%s 1\n%s", world, key);
    str_addn(&text, (const char *)data, first);
    fuzz_put("k/.dgl/catalog", text.p, text.len);
    str_clear(&text);
    str_addf(&text, "%s 1\n", world);
    if (cut)
        str_addn(&text, (const char *)cut + 1, size - first - 1);
    fuzz_put("k/.dgl/catalog.more", text.p, text.len);
    str_done(&text);
    struct remembered *m = remembered_open(s);
    if (remembered_get(m, "x", &c)) {
        struct json *more = NULL;
        if (remembered_more(m, &c, &more, &e) < 0)
            fuzz_refusal(&e);
        json_free(more);
        json_free(c.trailer);
    }
    remembered_close(m, true);
    return 0;
}
