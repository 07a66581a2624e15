// SPDX-License-Identifier: GPL-3.0-or-later
// What an S3-compatible store answers: refused, or no more than was said there.
#include "fuzz.h"

#include "net/s3answer.h"

FUZZ(s3answer)
{
    struct arena a = {0};
    struct s3answer s;
    char *text = fuzz_text(data, size);
    if (s3answer_read(&a, text, size, &s) >= 0) {
        FUZZ_HOLD(s.root && s.root[0] && s.n <= S3ANSWER_ITEMS);
        for (size_t i = 0; i < s.n; i++) {
            const struct s3answer_item *x = &s.items[i];
            size_t slashes = 0;
            for (const char *p = x->path; *p; p++)
                slashes += *p == '/';
            FUZZ_HOLD(x->path[0] && slashes < S3ANSWER_DEEP);
            FUZZ_HOLD(!x->text || str_is_utf8(x->text, strlen(x->text), NULL));
            FUZZ_HOLD(!x->text || strlen(x->text) <= size);
        }
        s3answer_text(&s, "Part/ETag");
    }
    free(text);
    arena_done(&a);
    return 0;
}
