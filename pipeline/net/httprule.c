// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/httprule.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// One character of the path; 0 where it is refused.
static char decoded(const char **s)
{
    char c = *(*s)++;
    if (c == '%') {
        int high = hex_digit((*s)[0]);
        int low = high < 0 ? -1 : hex_digit((*s)[1]);
        if (low < 0)
            return 0;
        c = (char)(high * 16 + low);
        *s += 2;
        if (c == '/')
            return 0;
    }
    return c == '\\' || (unsigned char)c < 0x20 || c == 0x7f ? 0 : c;
}

bool http_path(const char *raw, char ret[HTTP_PATH])
{
    if (*raw != '/')
        return false;
    raw++;
    char path[HTTP_PATH];
    size_t len = 0;
    bool at_start = true;
    while (*raw) {
        char c = decoded(&raw);
        if (!c || len + 1 >= sizeof(path))
            return false;
        if (at_start && (c == '.' || c == '/'))
            return false;
        at_start = c == '/';
        path[len++] = c;
    }
    path[len] = '\0';
    memcpy(ret, path, len + 1);
    return true;
}

// Digits at *s; -1 where there are none. Numbers beyond any file stay at INT64_MAX.
static int64_t take_number(const char **s)
{
    if (**s < '0' || **s > '9')
        return -1;
    int64_t n = 0;
    for (; **s >= '0' && **s <= '9'; (*s)++)
        n = n > (INT64_MAX - 9) / 10 ? INT64_MAX : n * 10 + (**s - '0');
    return n;
}

enum http_range http_range_of(const char *header, int64_t size, int64_t *ret_first,
                              int64_t *ret_last)
{
    if (!header || strncasecmp(header, "bytes=", 6) != 0)
        return RANGE_NONE;
    const char *s = header + 6;
    int64_t first = take_number(&s);
    if (*s++ != '-')
        return RANGE_NONE;
    int64_t last = take_number(&s);
    if (*s || (first < 0 && last < 0) || (first >= 0 && last >= 0 && last < first))
        return RANGE_NONE;
    if (first < 0) { // the last so many bytes
        if (last == 0 || size == 0)
            return RANGE_BEYOND;
        first = last < size ? size - last : 0;
        last = size - 1;
    }
    if (first >= size)
        return RANGE_BEYOND;
    *ret_first = first;
    *ret_last = last < 0 || last >= size ? size - 1 : last;
    return RANGE_PART;
}

static int month_of(const char name[4])
{
    static const char months[] = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
    const char *at = strlen(name) == 3 ? strstr(months, name) : NULL;
    return at ? (int)(at - months) / 4 + 1 : 0;
}

bool http_date_parse(const char *s, int64_t *ret_utc_s)
{
    struct civil c = {0};
    char name[4];
    int end = 0;
    int n = !s ? 0
               : sscanf(s, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &c.day, name,
                        &c.year, &c.hour, &c.minute, &c.second, &end);
    if (n != 6 || !end || s[end])
        return false;
    c.month = month_of(name);
    if (!c.month || c.day < 1 || c.day > 31 || c.hour < 0 || c.hour > 23 || c.minute < 0 ||
        c.minute > 59 || c.second < 0 || c.second > 60 || c.year < 1970)
        return false;
    *ret_utc_s = clock_from_civil(&c);
    return true;
}

bool http_etag_listed(const char *list, const char *etag, bool weak)
{
    size_t len = strlen(etag);
    for (const char *s = list; s && *s;) {
        s += strspn(s, " \t,");
        if (*s == '*')
            return true;
        bool is_weak = s[0] == 'W' && s[1] == '/';
        if (is_weak)
            s += 2;
        if (strncmp(s, etag, len) == 0 && (weak || !is_weak))
            return true;
        if (*s != '"')
            return false;
        s = strchr(s + 1, '"');
        s = s ? s + 1 : NULL;
    }
    return false;
}

bool http_host_is_local(const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; i < COUNT(names); i++) {
        size_t len = strlen(names[i]);
        if (strncasecmp(host, names[i], len) != 0)
            continue;
        const char *port = host + len;
        if (!*port || (port[0] == ':' && strspn(port + 1, "0123456789") == strlen(port + 1) &&
                       strlen(port) <= 6))
            return true;
    }
    return false;
}
