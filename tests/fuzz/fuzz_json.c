// SPDX-License-Identifier: GPL-3.0-or-later
// JSON: what was read is written and read the same, also in the form that fingerprints hash.
#include "fuzz.h"

#include "base/json.h"

static void again(const struct json *j, bool canonical)
{
    struct err e = {0};
    struct json *back = NULL;
    struct str s;
    str_init(&s, STR_MAX);
    if (canonical)
        json_canonical(&s, j);
    else
        json_write(&s, j, true);
    FUZZ_HOLD(json_parse(s.p, s.len, "again", &back, &e) >= 0);
    FUZZ_HOLD(json_same(j, back));
    json_free(back);
    str_done(&s);
}

FUZZ(json)
{
    struct err e = {0};
    struct json *j = NULL;
    char *text = fuzz_text(data, size);
    if (json_parse(text, size, "x.json", &j, &e) < 0) {
        fuzz_refusal(&e);
    } else {
        again(j, false);
        again(j, true);
        for (size_t i = 0; i < json_count(j); i++) {
            const char *key = json_key_at(j, i);
            FUZZ_HOLD(!key || json_get(j, key));
            json_int(j, key ? key : "", 0);
            json_number(j, key ? key : "", 0);
        }
    }
    json_free(j);
    free(text);
    return 0;
}
