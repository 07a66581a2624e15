// SPDX-License-Identifier: GPL-3.0-or-later
// A record's timeline: what is read keeps its promises, both ways.
#include "fuzz.h"

#include "base/json.h"
#include "model/timeline.h"

FUZZ(timeline)
{
    struct arena a = {0};
    struct json *j = NULL;
    struct timeline t;
    char *text = fuzz_text(data, size);
    if (json_parse(text, size, "x.json", &j, NULL) >= 0 && timeline_read(&a, j, &t)) {
        FUZZ_HOLD(t.count >= 1);
        for (size_t i = 0; i < t.count; i++) {
            FUZZ_HOLD(t.kept[i].from <= t.kept[i].to);
            tick at = timeline_published(&t, t.kept[i].from);
            timeline_recorded(&t, at);
        }
        timeline_spans(&a, &t);
        struct json *o = json_new_object();
        timeline_put(&t, o);
        json_free(o);
    }
    json_free(j);
    free(text);
    arena_done(&a);
    return 0;
}
