// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/s3answer.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

enum { NAME_MAX_BYTES = 100, PATH_MAX_BYTES = S3ANSWER_DEEP * (NAME_MAX_BYTES + 1) };

struct reader {
    struct arena *a;
    const char *p, *end;
    struct s3answer_item *items;
    size_t n, cap;
    char path[PATH_MAX_BYTES];
    size_t path_len;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct reader *r)
{
    while (r->p < r->end && is_space(*r->p))
        r->p++;
}

static bool takes(struct reader *r, const char *text)
{
    size_t n = strlen(text);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, text, n) != 0)
        return false;
    r->p += n;
    return true;
}

static bool take_name(struct reader *r, const char **ret, size_t *ret_len)
{
    static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_:";
    static const char more[] = "0123456789.-";
    const char *begin = r->p;
    while (r->p < r->end && *r->p &&
           (strchr(first, *r->p) || (r->p > begin && strchr(more, *r->p))))
        r->p++;
    *ret = begin;
    *ret_len = (size_t)(r->p - begin);
    return *ret_len > 0 && *ret_len < NAME_MAX_BYTES;
}

// Behind the name: attributes up to '>' or "/>".
static bool take_attributes(struct reader *r, bool *ret_empty)
{
    const char *name;
    size_t len;
    for (;;) {
        const char *before = r->p;
        skip_space(r);
        *ret_empty = takes(r, "/>");
        if (*ret_empty || takes(r, ">"))
            return true;
        if (r->p == before || !take_name(r, &name, &len))
            return false;
        skip_space(r);
        if (!takes(r, "="))
            return false;
        skip_space(r);
        char quote = r->p < r->end ? *r->p++ : '\0';
        const char *close =
            quote == '"' || quote == '\'' ? memchr(r->p, quote, (size_t)(r->end - r->p)) : NULL;
        if (!close || memchr(r->p, '<', (size_t)(close - r->p)))
            return false;
        r->p = close + 1;
    }
}

// Between '&' and ';'.
static bool add_reference(struct str *s, const char *name, size_t len)
{
    static const struct {
        const char *name, *text;
    } known[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
    static const char digits[] = "0123456789abcdefABCDEF";
    for (size_t i = 0; i < COUNT(known); i++)
        if (strlen(known[i].name) == len && memcmp(known[i].name, name, len) == 0) {
            str_add(s, known[i].text);
            return true;
        }
    unsigned code = 0, base = len > 1 && name[1] == 'x' ? 16 : 10;
    size_t at = base == 16 ? 2 : 1;
    if (len <= at || len > 9 || name[0] != '#')
        return false;
    for (; at < len; at++) {
        const char *d = name[at] ? strchr(digits, name[at]) : NULL;
        unsigned v = d ? (unsigned)(d - digits) : 99;
        v = v >= 16 && v != 99 ? v - 6 : v;
        if (v >= base)
            return false;
        code = code * base + v;
    }
    if ((code < 0x20 && code != '\t' && code != '\n' && code != '\r') || code == 0x7f ||
        (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
        return false;
    str_add_code(s, code);
    return true;
}

// Up to the next '<'.
static bool take_text(struct reader *r, struct str *s)
{
    while (r->p < r->end && *r->p != '<') {
        if (*r->p != '&') {
            str_addc(s, *r->p++);
            continue;
        }
        const char *name = ++r->p, *semicolon = memchr(name, ';', (size_t)(r->end - name));
        if (!semicolon || !add_reference(s, name, (size_t)(semicolon - name)))
            return false;
        r->p = semicolon + 1;
    }
    return r->p < r->end && !s->over;
}

static bool is_blank(const struct str *s)
{
    for (size_t i = 0; i < s->len; i++)
        if (!is_space(s->p[i]))
            return false;
    return true;
}

static bool add_item(struct reader *r, const char *text)
{
    if (r->n >= S3ANSWER_ITEMS)
        return false;
    r->items = arena_grow(r->a, r->items, r->n, &r->cap, sizeof(*r->items));
    r->items[r->n++] = (struct s3answer_item){
        .path = arena_strndup(r->a, r->path, r->path_len),
        .text = arena_strdup(r->a, text),
    };
    return true;
}

static bool take_close(struct reader *r, const char *name, size_t len)
{
    if (!takes(r, "</") || (size_t)(r->end - r->p) < len || memcmp(r->p, name, len) != 0)
        return false;
    r->p += len;
    skip_space(r);
    return takes(r, ">");
}

static bool take_element(struct reader *r, int depth, const char **ret_name);

// Between the tags of an element: text, or others with nothing but blanks between.
static bool take_content(struct reader *r, int depth, bool *ret_has_others, struct str *text)
{
    const char *name;
    for (;;) {
        if (!take_text(r, text))
            return false;
        if (r->end - r->p >= 2 && r->p[1] == '/')
            return !*ret_has_others || is_blank(text);
        if (!is_blank(text) || !take_element(r, depth + 1, &name))
            return false;
        *ret_has_others = true;
        str_clear(text);
    }
}

static bool take_element(struct reader *r, int depth, const char **ret_name)
{
    const char *name;
    size_t len, path_before = r->path_len;
    bool empty = false, has_others = false;
    struct str text;
    if (depth > S3ANSWER_DEEP || !takes(r, "<") || !take_name(r, &name, &len) ||
        !take_attributes(r, &empty))
        return false;
    if (depth > 0) {
        if (path_before > 0)
            r->path[r->path_len++] = '/';
        memcpy(r->path + r->path_len, name, len);
        r->path_len += len;
    }
    str_init(&text, S3ANSWER_MAX);
    bool good = empty || (take_content(r, depth, &has_others, &text) && take_close(r, name, len));
    if (good && depth > 0)
        good = add_item(r, has_others ? NULL : text.p);
    str_done(&text);
    r->path_len = path_before;
    *ret_name = arena_strndup(r->a, name, len);
    return good;
}

static bool has_controls(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)bytes[i] < 0x20 && !is_space(bytes[i])) || bytes[i] == 0x7f)
            return true;
    return false;
}

int s3answer_read(struct arena *a, const char *bytes, size_t len, struct s3answer *ret)
{
    struct reader r = {.a = a, .p = bytes, .end = bytes + len};
    const char *root = NULL;
    if (len > S3ANSWER_MAX || has_controls(bytes, len) || !str_is_utf8(bytes, len, NULL))
        return -EBADMSG;
    takes(&r, "\xEF\xBB\xBF");
    skip_space(&r);
    if (takes(&r, "<?xml ")) {
        const char *close = memchr(r.p, '>', (size_t)(r.end - r.p));
        if (!close || close[-1] != '?')
            return -EBADMSG;
        r.p = close + 1;
    }
    skip_space(&r);
    if (!take_element(&r, 0, &root))
        return -EBADMSG;
    skip_space(&r);
    if (r.p != r.end)
        return -EBADMSG;
    *ret = (struct s3answer){root, r.items, r.n};
    return 0;
}

const char *s3answer_text(const struct s3answer *s, const char *path)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->items[i].text && str_same(s->items[i].path, path))
            return s->items[i].text;
    return NULL;
}
