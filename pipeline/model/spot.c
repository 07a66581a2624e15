// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/spot.h"

#include "base/fs.h"
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    SHOWN_CHARS = 96,  // of a long line
    BEFORE_CARET = 60, // at most so many of them stand in front of the place
    MESSAGE_MAX = 700,
};

static bool continues(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

size_t spot_skip_bom(const char *text, size_t len)
{
    return len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

struct spot spot_at(const char *shown, const char *text, size_t len, size_t offset)
{
    struct spot s = {.shown = shown, .text = text, .len = len, .line = 1, .column = 1};
    for (size_t i = 0; i < offset && i < len; i++) {
        if (text[i] == '\n') {
            s.line++;
            s.column = 1;
        } else if (!continues(text[i])) {
            s.column++;
        }
    }
    return s;
}

// The bytes of the line s is in, without its end. False: the text has no such line.
static bool find_line(const struct spot *s, const char **ret, size_t *ret_len)
{
    const char *p = s->text, *end = s->text + s->len;
    for (int line = 1; line < s->line; line++) {
        p = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
        if (!p)
            return false;
        p++;
    }
    const char *stop = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
    if (!stop)
        stop = end;
    if (stop > p && stop[-1] == '\r')
        stop--;
    *ret = p;
    *ret_len = (size_t)(stop - p);
    return stop > p;
}

// One character as it can be shown: what no terminal should get becomes a blank or U+FFFD.
static size_t add_char(struct str *out, const char *p, size_t left)
{
    size_t n = 1;
    while (n < left && n < 4 && continues(p[n]))
        n++;
    if (*p == '\t')
        str_addc(out, ' ');
    else if (str_is_utf8(p, n, NULL) && !str_hidden_at(p, n, NULL))
        str_addn(out, p, n);
    else // one column, so that the caret stands right
        str_add(out, "\xEF\xBF\xBD");
    return n;
}

static void add_line(struct str *out, const struct spot *s, const char *line, size_t len)
{
    int first = s->column > BEFORE_CARET ? s->column - BEFORE_CARET : 1;
    int column = 1;
    size_t i = 0;
    str_add(out, first > 1 ? "\n  …" : "\n  ");
    while (i < len && column < first + SHOWN_CHARS) {
        if (column >= first) {
            i += add_char(out, line + i, len - i);
        } else {
            for (i++; i < len && continues(line[i]); i++)
                ;
        }
        column++;
    }
    str_add(out, i < len ? "…\n" : "\n");
    int blanks = s->column - first + 2 + (first > 1);
    for (int n = 0; n < blanks; n++)
        str_addc(out, ' ');
    str_addc(out, '^');
}

// Cuts at most one unfinished character off a text that vsnprintf may have cut short.
static void mend_end(char *text)
{
    size_t len = strlen(text), bad_at;
    if (!str_is_utf8(text, len, &bad_at))
        text[bad_at] = '\0';
}

int spot_errorv(const struct spot *s, struct err *e, const char *remedy, const char *fmt,
                va_list ap)
{
    char message[MESSAGE_MAX];
    vsnprintf(message, sizeof(message), fmt, ap);
    mend_end(message);
    struct str out;
    str_init(&out, sizeof(e->text) - 1);
    str_addf(&out, "%s:%d:%d: %s", s->shown, s->line, s->column, message);
    const char *line;
    size_t len;
    if (find_line(s, &line, &len))
        add_line(&out, s, line, len);
    if (remedy && *remedy)
        str_addf(&out, "\n%.*s", MESSAGE_MAX, remedy);
    int r = err_input(e, "%s", out.p ? out.p : message);
    str_done(&out);
    return r;
}

int spot_error(const struct spot *s, struct err *e, const char *remedy, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int r = spot_errorv(s, e, remedy, fmt, ap);
    va_end(ap);
    return r;
}

static int bad_utf8(const struct spot *s, unsigned char byte, struct err *e)
{
    if (byte == 0)
        return spot_error(s, e, "save the file as plain text in UTF-8",
                          "a NUL byte: this is not a plain text file");
    static const struct {
        unsigned char byte;
        const char *letter;
    } letters[] = {
        {0xE6, "æ"}, {0xF8, "ø"}, {0xE5, "å"}, {0xC6, "Æ"}, {0xD8, "Ø"}, {0xC5, "Å"},
    };
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
        if (letters[i].byte == byte)
            return spot_error(s, e, "save the file with the encoding UTF-8",
                              "byte 0x%02x is not UTF-8 (in Windows-1252 it is \"%s\")", byte,
                              letters[i].letter);
    }
    return spot_error(s, e, "save the file with the encoding UTF-8", "byte 0x%02x is not UTF-8",
                      byte);
}

// Length of a character at p that no text of ours may hold; 0: a good one. The text is valid UTF-8.
static size_t unwanted(const unsigned char *p, size_t left, enum spot_flags flags)
{
    if (*p == '\n' || (*p == '\r' && left > 1 && p[1] == '\n'))
        return 0;
    if (*p == '\t')
        return flags & SPOT_TABS ? 0 : 1;
    if (*p < 0x20 || *p == 0x7F)
        return 1;
    if (*p == 0xC2 && p[1] < 0xA0)
        return 2; // C1 controls
    // line and paragraph separator (line ends for some programs, not for others), a byte order
    // mark in the middle, and what is no character
    static const char *const invisible[] = {"\xE2\x80\xA8", "\xE2\x80\xA9", "\xEF\xBB\xBF",
                                            "\xEF\xBF\xBE", "\xEF\xBF\xBF"};
    for (size_t i = 0; *p >= 0xE2 && i < sizeof(invisible) / sizeof(invisible[0]); i++) {
        if (left >= 3 && memcmp(p, invisible[i], 3) == 0)
            return 3;
    }
    return 0;
}

size_t spot_find_unwanted(const char *text, size_t len, enum spot_flags flags)
{
    for (size_t i = 0; i < len; i++) {
        const unsigned char *p = (const unsigned char *)text + i;
        if ((*p < 0x20 || *p >= 0x7F) && unwanted(p, len - i, flags))
            return i;
    }
    return len;
}

int spot_check_text(const char *shown, const char *text, size_t len, enum spot_flags flags,
                    struct err *e)
{
    size_t bad_at;
    if (!str_is_utf8(text, len, &bad_at)) {
        struct spot s = spot_at(shown, text, len, bad_at);
        return bad_utf8(&s, (unsigned char)text[bad_at], e);
    }
    size_t at = spot_find_unwanted(text, len, flags);
    if (at == len)
        return 0;
    struct spot s = spot_at(shown, text, len, at);
    if (text[at] == '\t')
        return spot_error(&s, e, "write blanks instead", "a tab");
    if (text[at] == '\r')
        return spot_error(&s, e, "save the file with ordinary line ends",
                          "a carriage return alone");
    return spot_error(&s, e, "delete it and type the text anew", "an invisible control character");
}

int spot_read(struct arena *a, const char *path, const char *shown, size_t max,
              enum spot_flags flags, char **ret, size_t *ret_len, struct err *e)
{
    char *text;
    size_t len;
    int r = fs_read(a, path, max, &text, &len, e);
    if (r == -EFBIG)
        return err_input(e, "%s: larger than %zu KiB", shown, max / 1024);
    if (r < 0) {
        err_errno(e, r, shown);
        if (e)
            e->kind = ERR_INPUT;
        return r;
    }
    size_t bom = spot_skip_bom(text, len);
    r = spot_check_text(shown, text + bom, len - bom, flags, e);
    if (r < 0)
        return r;
    *ret = text + bom;
    *ret_len = len - bom;
    return 0;
}
