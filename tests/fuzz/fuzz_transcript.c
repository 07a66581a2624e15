// SPDX-License-Identifier: GPL-3.0-or-later
// A transcript as JSON, as the pages read it back.
#include "fuzz.h"

#include "doc/transcript.h"

FUZZ(transcript)
{
    struct arena a = {0};
    struct err e = {0};
    struct json *j = NULL;
    struct captions c;
    char *text = fuzz_text(data, size);
    if (json_parse(text, size, "x.json", &j, &e) >= 0 && transcript_read(&a, j, &c, &e) >= 0) {
        struct turns t;
        struct str s;
        str_init(&s, STR_MAX);
        transcript_turns(&a, &c, NULL, 0, &t);
        transcript_html(&s, &t, "nb", "T");
        str_done(&s);
    }
    json_free(j);
    free(text);
    arena_done(&a);
    return 0;
}
