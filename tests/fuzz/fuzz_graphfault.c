// SPDX-License-Identifier: GPL-3.0-or-later
// What the Graph API answers: an error is told in words that may stand on a terminal.
#include "fuzz.h"

#include "net/graph.h"

FUZZ(graphfault)
{
    struct json *j = NULL;
    struct graph_error x = {0};
    struct str s;
    char *text = fuzz_text(data, size);
    if (json_parse(text, size, "answer", &j, NULL) >= 0) {
        graph_error_read(j, &x);
        const struct graph_fault *f = graph_fault_of(&x, 400);
        FUZZ_HOLD(f);
        str_init(&s, sizeof((struct err *)0)->text);
        graph_fault_say(&s, f, &x, 400);
        FUZZ_HOLD(s.len && str_is_utf8(s.p, s.len, NULL));
        for (size_t i = 0; i < s.len; i++)
            FUZZ_HOLD((unsigned char)s.p[i] >= 0x20 && s.p[i] != 0x7f);
        str_done(&s);
        graph_id_is(json_text(j, "id"));
    }
    json_free(j);
    free(text);
    return 0;
}
