// SPDX-License-Identifier: GPL-3.0-or-later
#define ERR_ITSELF
#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

// What is quoted may come from anywhere, and the text ends on a terminal: what a terminal obeys
// (also the controls behind ASCII, U+0080 to U+009F) becomes a question mark, and so does what is
// no UTF-8.
static void disarm(char *text)
{
    size_t bad;
    while (!str_is_utf8(text, strlen(text), &bad))
        text[bad] = '?';
    for (unsigned char *p = (unsigned char *)text; *p; p++) {
        bool line = *p == '\n' || *p == '\t';
        if ((*p < 0x20 && !line) || *p == 0x7f)
            *p = '?';
        else if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
            p[0] = p[1] = '?';
    }
}

// Formatted aside first, because an argument may be the text that is replaced. A text that is too
// long is cut between two characters, never inside one.
static void text_set(struct err *e, const char *text, size_t len)
{
    size_t n = len < sizeof(e->text) ? len : sizeof(e->text) - 1;
    if (n < len) {
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--;
    }
    memcpy(e->text, text, n);
    e->text[n] = '\0';
    disarm(e->text);
}

int err_setv(struct err *e, enum err_kind kind, int code, const char *fmt, va_list ap)
{
    assert(code < 0);
    if (!e)
        return code;
    char text[sizeof(e->text) + 1];
    vsnprintf(text, sizeof(text), fmt, ap);
    text_set(e, text, strlen(text));
    e->code = code;
    e->kind = kind;
    return code;
}

int err_set(struct err *e, int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    err_setv(e, ERR_FAILED, code, fmt, ap);
    va_end(ap);
    return code;
}

int err_input(struct err *e, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    err_setv(e, ERR_INPUT, -EINVAL, fmt, ap);
    va_end(ap);
    return -EINVAL;
}

int err_usage(struct err *e, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    err_setv(e, ERR_USAGE, -EINVAL, fmt, ap);
    va_end(ap);
    return -EINVAL;
}

int err_remote(struct err *e, int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    err_setv(e, ERR_REMOTE, code, fmt, ap);
    va_end(ap);
    return code;
}

int err_errno(struct err *e, int negative_errno, const char *path)
{
    if (negative_errno == -ENOSPC)
        return err_set(e, negative_errno, "%s: no space left on the disk", path);
    const char *known = strerrordesc_np(-negative_errno); // never the locale, unlike strerror
    if (!known)
        return err_set(e, negative_errno, "%s: error %d", path, -negative_errno);
    // "No such file" starts small as our own texts do, "RFS specific error" stays
    char first = known[0];
    if (first >= 'A' && first <= 'Z' && (known[1] < 'A' || known[1] > 'Z'))
        first = (char)(first - 'A' + 'a');
    return err_set(e, negative_errno, "%s: %c%s", path, first, known + 1);
}

int err_wrap(struct err *e, const char *fmt, ...)
{
    if (!e)
        return -EIO;
    assert(e->code < 0);
    char text[2 * sizeof(e->text)];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(e->text), fmt, ap);
    va_end(ap);
    size_t len = strlen(text);
    snprintf(text + len, sizeof(text) - len, ": %s", e->text);
    text_set(e, text, strlen(text));
    return e->code;
}

int err_exit_code(const struct err *e)
{
    static const int codes[] = {
        [ERR_FAILED] = 1, [ERR_USAGE] = 2,         [ERR_INPUT] = 3,
        [ERR_REMOTE] = 4, [ERR_INTERRUPTED] = 130,
    };
    return e->code == 0 ? 0 : codes[e->kind];
}
