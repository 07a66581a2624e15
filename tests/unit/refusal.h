// SPDX-License-Identifier: GPL-3.0-or-later
// What a refusal must look like: the place and the fault in the first line, the line itself with a
// caret below, the remedy in the last line. Include behind cmocka.h.
#pragma once
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

// remedy NULL: not looked at. The message is printed where it is another one.
static inline void refused(const struct err *e, const char *first_line, const char *remedy)
{
    size_t len = strcspn(e->text, "\n");
    size_t bad_at;
    const char *last = strrchr(e->text, '\n');
    bool good = strlen(first_line) == len && strncmp(e->text, first_line, len) == 0 &&
                (!remedy || (last && strcmp(last + 1, remedy) == 0));
    if (!good)
        print_error("wanted: %s\n%s\ngot: %s\n", first_line, remedy ? remedy : "", e->text);
    assert_true(good);
    assert_int_equal(e->kind, ERR_INPUT);
    assert_true(str_is_utf8(e->text, strlen(e->text), &bad_at));
}

// A deterministic source of bad luck.
static inline unsigned mishap(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

// Overwrites, inserts or deletes a few bytes of text (room for *len + 16); no NUL at the end is
// kept.
static inline void damage(char *text, size_t *len, unsigned *seed)
{
    static const char spice[] = "\n\n  ::--[]{}\"'#&*!|>%@`,\t\r\\0aæ\xC3\xFF\x80<>/v1.,";
    for (unsigned n = mishap(seed) % 4 + 1; n > 0 && *len > 2; n--) {
        size_t at = mishap(seed) % *len;
        char c = spice[mishap(seed) % (sizeof(spice) - 1)];
        unsigned way = mishap(seed) % 4;
        if (way == 0) {
            text[at] = c;
        } else if (way == 1) {
            memmove(text + at + 1, text + at, (*len)++ - at);
            text[at] = c;
        } else if (way == 2) {
            memmove(text + at, text + at + 1, --*len - at);
        } else {
            size_t from = mishap(seed) % *len, some = mishap(seed) % 8;
            some = from + some > *len ? *len - from : some;
            some = at + some > *len ? *len - at : some;
            memmove(text + at, text + from, some);
        }
    }
}
