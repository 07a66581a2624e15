// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/link.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_blank(unsigned char c)
{
    return c <= 0x20 || c == 0x7f;
}

// The address without blanks and control characters, percent-encoding undone once.
static void undress(struct str *out, const char *href)
{
    for (const char *p = href; *p; p++) {
        char c = *p;
        int high = c == '%' ? hex_digit(p[1]) : -1;
        int low = high >= 0 ? hex_digit(p[2]) : -1;
        if (low >= 0) {
            c = (char)(high * 16 + low);
            p += 2;
        }
        if (!is_blank((unsigned char)c))
            str_addc(out, c);
    }
}

// Length of "scheme" in "scheme:…"; -1: no colon before the path begins.
static int scheme_len(const char *href)
{
    size_t n = strcspn(href, ":/?#");
    return href[n] == ':' ? (int)n : -1;
}

static bool scheme_allowed(const char *href)
{
    static const char *const known[] = {"http", "https", "mailto", "tel"};
    int n = scheme_len(href);
    for (size_t i = 0; n > 0 && i < COUNT(known); i++) {
        if ((size_t)n != strlen(known[i]) || strncasecmp(href, known[i], (size_t)n) != 0)
            continue;
        const char *rest = href + n + 1;
        if (i < 2)
            return rest[0] == '/' && rest[1] == '/' && rest[2] && rest[2] != '/';
        return *rest != '\0';
    }
    return false;
}

static bool relative_allowed(const char *href)
{
    return href[0] && !(href[0] == '/' && href[1] == '/');
}

bool link_allowed(const char *href)
{
    for (const char *p = href; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return false;
    if (*href == ' ' || !(scheme_len(href) >= 0 ? scheme_allowed(href) : relative_allowed(href)))
        return false;
    if (scheme_len(href) >= 0)
        return true;
    struct str once, twice;
    str_init(&once, STR_MAX);
    str_init(&twice, STR_MAX);
    undress(&once, href);
    undress(&twice, once.p);
    bool ok = relative_allowed(once.p) && relative_allowed(twice.p) && !strchr(twice.p, '\\') &&
              scheme_len(once.p) < 0 && scheme_len(twice.p) < 0;
    str_done(&once);
    str_done(&twice);
    return ok;
}

static bool may_stand(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~:/?#[]@!$&'()*+,;=%", c));
}

static void encode(struct str *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (may_stand(c))
            str_addc(out, (char)c);
        else
            str_addf(out, "%%%02X", c);
    }
}

// The path of base, with the relative path behind it and its "." and ".." worked off.
static void join_path(struct str *out, const char *base, size_t origin, const char *href)
{
    size_t floor = out->len;
    encode(out, base + origin, strlen(base + origin));
    while (str_starts(href, "./") || str_starts(href, "../")) {
        bool up = href[1] == '.';
        href += up ? 3 : 2;
        if (!up || out->len <= floor + 1)
            continue;
        out->len--; // its last '/'
        while (out->len > floor + 1 && out->p[out->len - 1] != '/')
            out->len--;
        out->p[out->len] = '\0';
    }
    encode(out, href, strlen(href));
}

void link_write(struct str *out, const char *href, const char *base)
{
    if (!base || scheme_len(href) >= 0) {
        encode(out, href, strlen(href));
        return;
    }
    const char *host = strstr(base, "://");
    size_t origin = host ? (size_t)(host + 3 - base) : 0;
    origin += strcspn(base + origin, "/");
    encode(out, base, origin);
    if (*href == '/') {
        encode(out, href, strlen(href));
    } else if (*href == '#' || *href == '?') {
        encode(out, base + origin, strlen(base + origin));
        encode(out, href, strlen(href));
    } else {
        join_path(out, base, origin, href);
    }
}

bool link_is_ascii(const char *url)
{
    for (; *url; url++)
        if (!may_stand((unsigned char)*url))
            return false;
    return true;
}
