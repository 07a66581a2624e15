// SPDX-License-Identifier: GPL-3.0-or-later
// What servers said of a feed and its files, as the program that asked them tells it:
// {"fetched", "links", "looked"}.
#include "fuzz.h"

#include "plan/weblint.h"

FUZZ(weblint)
{
    static const char url[] = "https://example.org/feed.xml";
    struct arena a = {0};
    struct json *j = NULL;
    char *text = fuzz_text(data, size);
    if (json_parse(text, size, "x.json", &j, NULL) >= 0) {
        struct json *findings = json_new_array();
        weblint_feed(&a, url, json_get(j, "fetched"), json_text(j, "self"), findings);
        weblint_files(&a, url, json_get(j, "links"), json_get(j, "looked"), findings);
        for (size_t i = 0; i < json_count(findings); i++)
            FUZZ_HOLD(json_text(json_at(findings, i), "message"));
        json_free(findings);
        json_free(weblint_asks(json_get(j, "links")));
    }
    json_free(j);
    free(text);
    arena_done(&a);
    return 0;
}
