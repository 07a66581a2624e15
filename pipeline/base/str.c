// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/str.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { FIRST_ROOM = 64 };

void str_init(struct str *s, size_t max)
{
    *s = (struct str){.p = mem_alloc(FIRST_ROOM), .cap = FIRST_ROOM, .max = max};
}

void str_done(struct str *s)
{
    free(s->p);
    *s = (struct str){0};
}

void str_clear(struct str *s)
{
    s->len = 0;
    s->over = false;
    if (s->p)
        s->p[0] = '\0';
}

// Room for len more bytes and the NUL. False: the text is full, now and for good.
static bool room(struct str *s, size_t len)
{
    if (s->over || len > s->max - s->len) {
        s->over = true;
        return false;
    }
    size_t need = s->len + len + 1;
    if (need > s->cap) {
        size_t cap = s->cap ? s->cap : FIRST_ROOM;
        while (cap < need)
            cap *= 2;
        s->p = mem_grow(s->p, cap);
        s->cap = cap;
    }
    return true;
}

void str_addn(struct str *s, const char *text, size_t len)
{
    if (len == 0 || !room(s, len))
        return;
    memcpy(s->p + s->len, text, len);
    s->len += len;
    s->p[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
    if (text)
        str_addn(s, text, strlen(text));
}

void str_addc(struct str *s, char c)
{
    str_addn(s, &c, 1);
}

void str_addv(struct str *s, const char *fmt, va_list ap)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before = uselocale(plain);
    va_list again;
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len > 0 && room(s, (size_t)len)) {
        vsnprintf(s->p + s->len, (size_t)len + 1, fmt, ap);
        s->len += (size_t)len;
    }
    uselocale(before);
    freelocale(plain);
}

void str_addf(struct str *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    str_addv(s, fmt, ap);
    va_end(ap);
}

void str_add_int(struct str *s, int64_t value)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        digits[--at] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (value < 0)
        digits[--at] = '-';
    str_addn(s, digits + at, sizeof digits - at);
}

void str_add_real(struct str *s, double value, int decimals)
{
    size_t start = s->len;
    str_addf(s, "%.*f", decimals, value);
    // "-0.0" is a zero that was rounded
    if (s->len > start && s->p[start] == '-' && !strpbrk(s->p + start, "123456789in")) {
        memmove(s->p + start, s->p + start + 1, s->len - start);
        s->len--;
    }
}

void str_add_code(struct str *s, unsigned code)
{
    static const unsigned char mark[] = {0, 0xC0, 0xE0, 0xF0};
    int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    str_addc(s, (char)(mark[more] | code >> (6 * more)));
    while (more-- > 0)
        str_addc(s, (char)(0x80 | (code >> (6 * more) & 0x3F)));
}

static void add_percent(struct str *s, const char *text, bool slash)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._~";
    for (; *text; text++) {
        if (strchr(plain, *text) || (*text == '/' && !slash))
            str_addc(s, *text);
        else
            str_addf(s, "%%%02X", (unsigned char)*text);
    }
}

void str_add_url(struct str *s, const char *text)
{
    add_percent(s, text, false);
}

void str_add_url_part(struct str *s, const char *text)
{
    add_percent(s, text, true);
}

void str_add_base64(struct str *s, const void *data, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = data;
    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        unsigned bits = (unsigned)p[i] << 16;
        bits |= n > 1 ? (unsigned)p[i + 1] << 8 : 0;
        bits |= n > 2 ? p[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            str_addc(s, k <= n ? digits[bits >> (18 - 6 * k) & 63] : '=');
    }
}

// Bytes of the character at p, of `left` bytes; 0: not UTF-8.
static size_t utf8_char(const unsigned char *p, size_t left)
{
    // first byte, bounds of the second, length; the second byte's bounds rule out overlong forms,
    // surrogates and what lies above U+10FFFF
    static const struct {
        unsigned char first, last, low, high, len;
    } forms[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < COUNT(forms); i++) {
        if (p[0] < forms[i].first || p[0] > forms[i].last)
            continue;
        size_t len = forms[i].len;
        if (len > left || (len > 1 && (p[1] < forms[i].low || p[1] > forms[i].high)))
            return 0;
        for (size_t k = 2; k < len; k++)
            if ((p[k] & 0xc0) != 0x80)
                return 0;
        return len;
    }
    return 0;
}

bool str_is_utf8(const char *s, size_t len, size_t *ret_bad_at)
{
    for (size_t i = 0; i < len;) {
        size_t n = utf8_char((const unsigned char *)s + i, len - i);
        if (n == 0) {
            if (ret_bad_at)
                *ret_bad_at = i;
            return false;
        }
        i += n;
    }
    return true;
}

enum str_hidden str_hidden_at(const char *p, size_t left, unsigned *ret_code)
{
    const unsigned char *c = (const unsigned char *)p;
    if (left == 0 || (*c >= 0x20 && *c < 0x7f) || *c > 0xe2)
        return STR_VISIBLE;
    unsigned code = *c;
    if (left > 1 && *c >= 0xc2 && *c < 0xe0)
        code = (*c & 0x1fu) << 6 | (c[1] & 0x3f);
    else if (left > 2 && *c == 0xe2)
        code = 0x2000u | (c[1] & 0x3fu) << 6 | (c[2] & 0x3f);
    else if (*c >= 0x80)
        return STR_VISIBLE;
    if (ret_code)
        *ret_code = code;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0))
        return STR_CONTROL;
    // ALM; LRM, RLM; embeddings and overrides; isolates
    bool turns = code == 0x61c || code == 0x200e || code == 0x200f ||
                 (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return turns ? STR_TURNING : STR_VISIBLE;
}

void str_add_shown(struct str *s, const char *text, size_t len)
{
    for (size_t n; len > 0; text += n, len -= n) {
        n = utf8_char((const unsigned char *)text, len);
        enum str_hidden hidden = str_hidden_at(text, n, NULL);
        bool kept = hidden == STR_VISIBLE || *text == '\n' || *text == '\t';
        if (n == 0 || (hidden == STR_CONTROL && !kept))
            str_add(s, "\xef\xbf\xbd");
        else if (kept)
            str_addn(s, text, n);
        n = n ? n : 1;
    }
}

enum { LRE = 0x202a, PDF = 0x202c, RLO = 0x202e, LRI = 0x2066, FSI = 0x2068, PDI = 0x2069 };
enum { NESTED_MAX = 60 }; // deeper ones are left out

// One mark of Unicode's bidi algorithm; open: what will end those that began, *n of them.
static void add_turning(struct str *s, unsigned code, unsigned open[NESTED_MAX], size_t *n)
{
    bool isolates = code >= LRI && code <= FSI;
    bool embeds = code >= LRE && code <= RLO && code != PDF;
    size_t at = *n;
    if ((isolates || embeds) && at == NESTED_MAX)
        return;
    if (isolates || embeds)
        open[(*n)++] = isolates ? PDI : PDF;
    if (code != PDF && code != PDI) {
        str_add_code(s, code);
        return;
    }
    // the end of an isolate ends what began in it; that of an embedding ends no isolate
    while (code == PDI && at > 0 && open[at - 1] != PDI)
        at--;
    if (at > 0 && open[at - 1] == code)
        while (*n >= at)
            str_add_code(s, open[--*n]);
}

void str_add_balanced(struct str *s, const char *text)
{
    unsigned open[NESTED_MAX], code;
    size_t n = 0, left = strlen(text);
    for (size_t len; left > 0; text += len, left -= len) {
        len = utf8_char((const unsigned char *)text, left);
        len = len ? len : 1;
        if (str_hidden_at(text, len, &code) == STR_TURNING)
            add_turning(s, code, open, &n);
        else
            str_addn(s, text, len);
    }
    while (n > 0)
        str_add_code(s, open[--n]);
}

void str_add_utf8(struct str *s, const char *text)
{
    size_t len = strlen(text), bad = 0;
    while (!str_is_utf8(text, len, &bad)) {
        str_addn(s, text, bad);
        str_add(s, "\xef\xbf\xbd");
        text += bad + 1;
        len -= bad + 1;
    }
    str_addn(s, text, len);
}

void str_fit(char *ret, size_t size, const char *text)
{
    struct str s;
    size_t cut;
    str_init(&s, STR_MAX);
    str_add_utf8(&s, text);
    snprintf(ret, size, "%s", s.p);
    if (!str_is_utf8(ret, strlen(ret), &cut))
        ret[cut] = '\0';
    str_done(&s);
}

bool str_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
    size_t len = strlen(s), n = strlen(suffix);
    return n <= len && strcmp(s + len - n, suffix) == 0;
}

bool str_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static size_t digits(const char *s)
{
    return strspn(s, "0123456789");
}

// Length of "-12" at s; 0: none, or one with leading zeros.
static size_t whole_number(const char *s)
{
    size_t sign = *s == '-' ? 1 : 0, n = digits(s + sign);
    return n == 0 || (n > 1 && s[sign] == '0') ? 0 : sign + n;
}

bool str_to_int(const char *s, int64_t *ret)
{
    size_t n = whole_number(s);
    if (n == 0 || s[n] || str_same(s, "-0"))
        return false;
    errno = 0;
    long long v = strtoll(s, NULL, 10);
    if (errno)
        return false;
    *ret = v;
    return true;
}

bool str_to_real(const char *s, double *ret)
{
    size_t n = whole_number(s);
    if (n == 0)
        return false;
    if (s[n] == '.') {
        size_t decimals = digits(s + n + 1);
        if (decimals == 0)
            return false;
        n += 1 + decimals;
    }
    if (s[n] == 'e' || s[n] == 'E') {
        n += s[n + 1] == '-' || s[n + 1] == '+' ? 2 : 1;
        size_t power = digits(s + n);
        if (power == 0)
            return false;
        n += power;
    }
    if (s[n])
        return false;
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double v = strtod_l(s, NULL, plain);
    freelocale(plain);
    if (!isfinite(v))
        return false;
    *ret = v;
    return true;
}

// The letters of Norwegian, the Sámi languages, Kven and the neighbours, and what stands for them
// in a file name.
static const char *letter_fold(const char *c, size_t len)
{
    static const struct {
        const char *letters, *plain;
    } folds[] = {
        {"æÆǽǼ", "ae"},
        {"œŒ", "oe"},
        {"ßẞ", "ss"},
        {"þÞ", "th"},
        {"åÅáÁàÀâÂäÄãÃāĀăĂąĄ", "a"},
        {"éÉèÈêÊëËēĒėĖęĘěĚ", "e"},
        {"íÍìÌîÎïÏīĪįĮıİ", "i"},
        {"øØóÓòÒôÔöÖõÕōŌőŐǿǾ", "o"},
        {"úÚùÙûÛüÜūŪůŮűŰ", "u"},
        {"ýÝÿŸ", "y"},
        {"çÇčČćĆ", "c"},
        {"đĐðÐďĎ", "d"},
        {"ǧǦǥǤğĞ", "g"},
        {"ħĦ", "h"},
        {"ǩǨ", "k"},
        {"łŁľĽ", "l"},
        {"ŋŊñÑńŃňŇ", "n"},
        {"řŘ", "r"},
        {"šŠśŚşŞșȘ", "s"},
        {"ŧŦťŤțȚ", "t"},
        {"žŽźŹżŻʒƷǯǮ", "z"},
    };
    for (size_t i = 0; i < COUNT(folds); i++) {
        if (memmem(folds[i].letters, strlen(folds[i].letters), c, len))
            return folds[i].plain;
    }
    return NULL;
}

// U+0300 to U+036F: an accent that follows its letter, as in file names from a Mac.
static bool is_accent(const unsigned char *c, size_t len)
{
    return len == 2 && (c[0] == 0xcc || (c[0] == 0xcd && c[1] < 0xb0));
}

void str_add_slug(struct str *s, const char *text)
{
    bool begun = false, gap = false;
    size_t left = strlen(text);
    for (size_t n; left > 0; text += n, left -= n) {
        n = utf8_char((const unsigned char *)text, left);
        n = n ? n : 1;
        if (is_accent((const unsigned char *)text, n))
            continue;
        char c[2] = {*text, '\0'};
        if (*text >= 'A' && *text <= 'Z')
            c[0] = (char)(*text - 'A' + 'a');
        bool plain = (c[0] >= 'a' && c[0] <= 'z') || (c[0] >= '0' && c[0] <= '9');
        const char *folded = plain ? c : n > 1 ? letter_fold(text, n) : NULL;
        if (folded && gap && begun)
            str_addc(s, '-');
        str_add(s, folded);
        begun |= folded != NULL;
        gap = !folded;
    }
    if (!begun)
        str_addc(s, 'x');
}
