// SPDX-License-Identifier: GPL-3.0-or-later
// .dgl/delivered: "receipt\0journal", damaged; what it knows it knows by a hash.
#include "fuzz.h"

#include "plan/receipt.h"

static size_t count(const struct receipt *r)
{
    size_t n = 0;
    for (size_t i = 0; i < json_count(r->files); i++)
        n += receipt_of(r, json_key_at(r->files, i)) != NULL;
    return n;
}

FUZZ(receipt)
{
    static struct session s;
    static const struct delivery_target t = {.name = "web", .kind = "folder", .url = "/x/"};
    static const char head[] = "folder /x/\n";
    struct err e = {0};
    struct receipt r;
    struct str j;
    const uint8_t *cut = size ? memchr(data, '\0', size) : NULL;
    size_t first = cut ? (size_t)(cut - data) : size;
    str_init(&j, STR_MAX);
    str_add(&j, head);
    if (cut)
        str_addn(&j, (const char *)cut + 1, size - first - 1);
    s.dir = arena_printf(&s.arena, "%s/r", fuzz_dir());
    fuzz_put("r/.dgl/delivered/web.json", data, first);
    fuzz_put("r/.dgl/delivered/web.journal", j.p, j.len);
    str_done(&j);
    receipt_open(&s, &t, &r);
    FUZZ_HOLD(receipt_close(&r, &t, &e) >= 0);
    size_t known = count(&r);
    receipt_done(&r);
    receipt_open(&s, &t, &r);
    FUZZ_HOLD(count(&r) == known);
    receipt_done(&r);
    arena_done(&s.arena);
    return 0;
}
