// SPDX-License-Identifier: GPL-3.0-or-later
// The string builder, and the small questions about strings. Numbers never follow the locale.
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Always NUL-terminated. What would go above max is left out, as is all that follows, and `over` is
// set: look at it once, at the end.
struct str {
    char *p;
    size_t len, cap, max;
    bool over;
};

#define STR_MAX (64u << 20) // what one document may hold

void str_init(struct str *s, size_t max);
void str_done(struct str *s); // {0} is fine
void str_clear(struct str *s);
void str_add(struct str *s, const char *text); // NULL adds nothing
void str_addn(struct str *s, const char *text, size_t len);
void str_addc(struct str *s, char c);
void str_addf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_addv(struct str *s, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void str_add_int(struct str *s, int64_t value); // as "%" PRId64 does, several times faster
// str_add_real(s, 1.5, 2) adds "1.50"; never "-0.0".
void str_add_real(struct str *s, double value, int decimals);
void str_add_utf8(struct str *s, const char *text); // each byte that is not UTF-8 becomes U+FFFD
void str_add_code(struct str *s, unsigned code);    // one character of Unicode, as UTF-8
// As a terminal may have it: control characters, C1 too, and what is not UTF-8 become U+FFFD, line
// feeds and tabs stay, marks that turn the direction of writing are left out.
void str_add_shown(struct str *s, const char *text, size_t len);
// For a text among others: marks that turn the direction of writing end with it at the latest, and
// none of them ends what began outside.
void str_add_balanced(struct str *s, const char *text);
// Percent-encodes all but unreserved characters and '/'.
void str_add_url(struct str *s, const char *text);
void str_add_url_part(struct str *s, const char *text);           // '/' as well
void str_add_base64(struct str *s, const void *data, size_t len); // RFC 4648 §4, padded

// A copy of text with each byte that is not UTF-8 replaced, cut between two characters to fit.
void str_fit(char *ret, size_t size, const char *text);

// No NUL, no surrogates, no overlong forms. ret_bad_at: the first byte that is wrong; NULL is fine.
bool str_is_utf8(const char *s, size_t len, size_t *ret_bad_at);
enum str_hidden { STR_VISIBLE, STR_CONTROL, STR_TURNING };
// Whether the character of UTF-8 at p is a control character (C0, DEL, C1) or one that changes
// which way all that follows is written (Unicode's bidi controls). NULL is fine.
enum str_hidden str_hidden_at(const char *p, size_t left, unsigned *ret_code);
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
bool str_same(const char *a, const char *b); // NULL equals only NULL
// Plain decimal numbers, whole text, no blanks, no leading zeros; false otherwise.
bool str_to_int(const char *s, int64_t *ret);
// "1.5", "-16", "1e3"; never the locale, never nan or inf.
bool str_to_real(const char *s, double *ret);
// [a-z0-9-]: letters are folded (æ ae, ø o, å a, č c …), everything else becomes one '-', none of
// them at an end. Empty: "x".
void str_add_slug(struct str *s, const char *text);
