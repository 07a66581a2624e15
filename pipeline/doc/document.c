// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/document.h"

#include <string.h>

#include "base/str.h"

static void put_plain(struct xml *x, const char *name, const struct json *j)
{
    struct str s;
    str_init(&s, STR_MAX);
    bool is_text = json_as_text(j) != NULL;
    if (is_text)
        str_add(&s, json_as_text(j));
    else
        json_write(&s, j, false);
    bool is_nothing = !is_text && (!s.len || strchr("n[{", s.p[0])); // null, [] and {}
    if (!is_nothing)
        xml_leaf(x, name, s.len ? s.p : "");
    str_done(&s);
}

void document_put(struct xml *x, const char *name, const struct json *j)
{
    bool is_object = json_key_at(j, 0) != NULL;
    size_t n = json_count(j);
    if (!j)
        return;
    if (!n) {
        put_plain(x, name, j);
        return;
    }
    xml_open(x, name);
    for (size_t i = 0; i < n; i++) {
        const char *key = is_object ? json_key_at(j, i) : "item";
        document_put(x, key, is_object ? json_get(j, key) : json_at(j, i));
    }
    xml_close(x);
}
