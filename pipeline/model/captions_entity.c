// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/captions_read.h"

#include <ctype.h>
#include <string.h>

static bool is_visible(unsigned code)
{
    static const unsigned none[] = {0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF};
    for (size_t i = 0; i < COUNT(none); i++)
        if (code == none[i])
            return false;
    return code > 0x20 && !(code >= 0x7F && code < 0xA0) && !(code >= 0xD800 && code < 0xE000) &&
           code <= 0x10FFFF;
}

// "&#248;" or "&#xF8;"; 0: none.
static size_t add_numbered(struct str *out, const char *p, size_t len)
{
    static const char digit[] = "0123456789abcdef";
    unsigned base = len > 2 && (p[2] == 'x' || p[2] == 'X') ? 16 : 10, code = 0;
    size_t first = base == 16 ? 3 : 2, i = first;
    if (len <= first || p[1] != '#')
        return 0;
    for (; i < len && i < first + 7; i++) {
        const char *d = memchr(digit, tolower((unsigned char)p[i]), base);
        if (!d)
            break;
        code = code * base + (unsigned)(d - digit);
    }
    if (i == first || i >= len || p[i] != ';' || !is_visible(code))
        return 0;
    str_add_code(out, code);
    return i + 1;
}

size_t captions_entity(struct str *out, const char *p, size_t len)
{
    static const struct {
        const char *name, *text;
    } entities[] = {
        {"&amp;", "&"}, {"&lt;", "<"},          {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"},
        {"&#39;", "'"}, {"&nbsp;", "\xC2\xA0"}, {"&lrm;", ""}, {"&rlm;", ""},
    };
    for (size_t i = 0; i < COUNT(entities); i++) {
        size_t n = strlen(entities[i].name);
        if (len >= n && memcmp(p, entities[i].name, n) == 0) {
            str_add(out, entities[i].text);
            return n;
        }
    }
    size_t numbered = add_numbered(out, p, len);
    if (numbered == 0)
        str_addc(out, '&');
    return numbered ? numbered : 1;
}
