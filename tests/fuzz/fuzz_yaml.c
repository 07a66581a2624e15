// SPDX-License-Identifier: GPL-3.0-or-later
// The reader below all of them: every node knows where it stands.
#include "fuzz.h"

#include "model/yaml.h"

static void walk(const struct node *n, int depth)
{
    FUZZ_HOLD(depth <= 34 && n->line >= 1 && n->column >= 1);
    if (n->kind == NODE_SCALAR) {
        FUZZ_HOLD(str_is_utf8(n->text, strlen(n->text), NULL));
        return;
    }
    for (size_t i = 0; i < n->count; i++)
        walk(n->kind == NODE_LIST ? n->items[i] : n->pairs[i].value, depth + 1);
    struct err e = {0};
    node_error(n, &e, NULL, "wrong");
    fuzz_refusal(&e);
}

FUZZ(yaml)
{
    struct arena a = {0};
    struct err e = {0};
    struct yaml_file *f;
    char *text = fuzz_text(data, size);
    if (yaml_parse(&a, text, size, "x.yaml", &f, &e) < 0)
        fuzz_refusal(&e);
    else if (f->root)
        walk(f->root, 0);
    free(text);
    arena_done(&a);
    return 0;
}
