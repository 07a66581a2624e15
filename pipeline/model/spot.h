// SPDX-License-Identifier: GPL-3.0-or-later
// A place in a text that people wrote, and the message that shows it:
//     file:line:column: what is wrong
//       the line itself
//           ^
//     what would be right
#pragma once
#include "base/err.h"

struct spot {
    const char *shown; // the file, as in messages
    const char *text;
    size_t len;
    int line, column; // from 1; column counts characters
};
struct spot spot_at(const char *shown, const char *text, size_t len, size_t offset);
int spot_error(const struct spot *s, struct err *e, const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 4, 5))); // kind ERR_INPUT; remedy NULL: none
int spot_errorv(const struct spot *s, struct err *e, const char *remedy, const char *fmt,
                va_list ap) __attribute__((format(printf, 4, 0)));

enum spot_flags { SPOT_TABS = 1 }; // tabs are fine
// UTF-8 without control characters; line ends are LF or CR LF.
int spot_check_text(const char *shown, const char *text, size_t len, enum spot_flags flags,
                    struct err *e);
// The first byte of a character that spot_check_text would refuse in this UTF-8, tabs too; len:
// none.
size_t spot_find_unwanted(const char *text, size_t len, enum spot_flags flags);
size_t spot_skip_bom(const char *text, size_t len); // bytes of a byte order mark, 0: none
// A file of words as people write them: read, checked, without byte order mark. shown: path in
// messages.
struct arena;
int spot_read(struct arena *a, const char *path, const char *shown, size_t max,
              enum spot_flags flags, char **ret, size_t *ret_len, struct err *e);
