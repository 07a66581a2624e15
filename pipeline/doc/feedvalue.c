// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/feedvalue.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/clock.h"
#include "doc/link.h"

typedef enum feed_verdict check(struct str *why, const char *text);

static enum feed_verdict bad(struct str *why, const char *text)
{
    str_add(why, text);
    return FEED_BAD;
}

static enum feed_verdict doubtful(struct str *why, const char *text)
{
    str_add(why, text);
    return FEED_DOUBTFUL;
}

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum feed_verdict check_line(struct str *why, const char *text, size_t max)
{
    size_t n = strlen(text);
    if (text[strspn(text, " \t\r\n")] == '\0')
        return bad(why, "is empty");
    if (strchr(" \t\r\n", text[0]) || strchr(" \t\r\n", text[n - 1]))
        return doubtful(why, "begins or ends with a blank");
    if (characters(text) > max) {
        str_addf(why, "has %zu characters, at most %zu are shown", characters(text), max);
        return FEED_DOUBTFUL;
    }
    return FEED_GOOD;
}

static enum feed_verdict check_text(struct str *why, const char *text)
{
    return check_line(why, text, 255);
}

static enum feed_verdict check_short(struct str *why, const char *text)
{
    return check_line(why, text, 128);
}

static enum feed_verdict check_long(struct str *why, const char *text)
{
    if (text[strspn(text, " \t\r\n")] == '\0')
        return bad(why, "is empty");
    if (strlen(text) <= 4000)
        return FEED_GOOD;
    str_addf(why, "has %zu bytes, at most 4000 are read", strlen(text));
    return FEED_BAD;
}

static enum feed_verdict check_url(struct str *why, const char *text)
{
    bool http = strncasecmp(text, "http://", 7) == 0, https = strncasecmp(text, "https://", 8) == 0;
    if (!http && !https)
        return bad(why, "is not an address that begins with https://");
    if (!link_is_ascii(text))
        return bad(why, "holds characters an address cannot hold; write them percent-encoded");
    const char *host = text + (https ? 8 : 7);
    if (!*host || *host == '/')
        return bad(why, "names no host");
    return FEED_GOOD;
}

// "12" of at most `most` digits; returns behind it, NULL: not there.
static const char *digits(const char *p, int least, int most, int *ret)
{
    int n = 0;
    *ret = 0;
    while (n < most && is_digit(p[n])) {
        *ret = *ret * 10 + (p[n] - '0');
        n++;
    }
    return n >= least && !is_digit(p[n]) ? p + n : NULL;
}

static int named(const char *p, const char *names) // three letters each; -1: none of them
{
    for (int i = 0; names[3 * i]; i++)
        if (strncmp(p, names + 3 * i, 3) == 0)
            return i;
    return -1;
}

static bool zone(const char *p, int *ret_minutes)
{
    *ret_minutes = 0;
    if (strcmp(p, "GMT") == 0 || strcmp(p, "UT") == 0)
        return true;
    int hhmm;
    const char *end = *p == '+' || *p == '-' ? digits(p + 1, 4, 4, &hhmm) : NULL;
    if (!end || *end || hhmm % 100 > 59)
        return false;
    *ret_minutes = (hhmm / 100 * 60 + hhmm % 100) * (*p == '-' ? -1 : 1);
    return true;
}

bool feed_date(const char *text, int64_t *ret_utc_s)
{
    struct civil c = {0};
    int weekday = named(text, "SunMonTueWedThuFriSat"), offset;
    const char *p =
        weekday >= 0 && text[3] == ',' && text[4] == ' ' ? digits(text + 5, 1, 2, &c.day) : NULL;
    if (!p || *p != ' ')
        return false;
    c.month = named(p + 1, "JanFebMarAprMayJunJulAugSepOctNovDec") + 1;
    if (c.month == 0 || p[4] != ' ' || !(p = digits(p + 5, 4, 4, &c.year)) || *p != ' ')
        return false;
    if (!(p = digits(p + 1, 2, 2, &c.hour)) || *p != ':' || !(p = digits(p + 1, 2, 2, &c.minute)))
        return false;
    if (*p == ':' && !(p = digits(p + 1, 2, 2, &c.second)))
        return false;
    if (*p != ' ' || !zone(p + 1, &offset))
        return false;
    int64_t local = clock_from_civil(&c);
    struct civil back;
    clock_civil(local, &back);
    if (back.day != c.day || back.month != c.month || back.hour != c.hour ||
        back.minute != c.minute)
        return false;
    *ret_utc_s = local - offset * 60;
    return ((local / 86400 + 4) % 7 + 7) % 7 == weekday;
}

static enum feed_verdict check_date(struct str *why, const char *text)
{
    int64_t at;
    if (feed_date(text, &at))
        return FEED_GOOD;
    return bad(why, "is not a date of RFC 2822 such as \"Thu, 12 Feb 2026 08:00:00 +0000\"");
}

static enum feed_verdict check_language(struct str *why, const char *text)
{
    size_t n = 0;
    while (text[n] >= 'a' && text[n] <= 'z')
        n++;
    bool tail = text[n] == '-';
    for (const char *p = text + n + tail; tail && *p; p++)
        tail = is_digit(*p) || *p == '-' || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z');
    if (n < 2 || n > 3 || (text[n] && !tail))
        return bad(why, "is not a language code such as \"nb\", \"no\" or \"en-GB\"");
    return FEED_GOOD;
}

static bool one_of(const char *text, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(text, *list) == 0)
            return true;
    return false;
}

static enum feed_verdict check_bool(struct str *why, const char *text)
{
    return one_of(text, (const char *const[]){"true", "false", NULL})
               ? FEED_GOOD
               : bad(why, "must be true or false");
}

static enum feed_verdict check_yes(struct str *why, const char *text)
{
    return strcasecmp(text, "yes") == 0 || strcasecmp(text, "no") == 0
               ? FEED_GOOD
               : bad(why, "must be yes or no");
}

static enum feed_verdict check_count(struct str *why, const char *text)
{
    int64_t n;
    return str_to_int(text, &n) && n > 0 ? FEED_GOOD : bad(why, "must be a whole number from 1");
}

static enum feed_verdict check_number(struct str *why, const char *text)
{
    double n;
    return str_to_real(text, &n) && n >= 0 ? FEED_GOOD : bad(why, "must be a number");
}

static enum feed_verdict check_duration(struct str *why, const char *text)
{
    int64_t n;
    if (str_to_int(text, &n) && n > 0)
        return FEED_GOOD;
    if (strchr(text, ':'))
        return doubtful(why, "should be whole seconds: some apps read \"1:02:03\" as 0");
    return bad(why, "must be whole seconds");
}

static enum feed_verdict check_uuid(struct str *why, const char *text)
{
    size_t i = 0;
    for (; i < 36 && text[i]; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_digit(text[i]) && !(text[i] >= 'a' && text[i] <= 'f'))
            break;
    }
    if (i != 36 || text[36])
        return bad(why, "is not a UUID in small letters");
    return text[14] == '5' ? FEED_GOOD : doubtful(why, "is not a UUID of version 5");
}

static enum feed_verdict check_show_type(struct str *why, const char *text)
{
    return one_of(text, (const char *const[]){"episodic", "serial", NULL})
               ? FEED_GOOD
               : bad(why, "must be episodic or serial");
}

static enum feed_verdict check_episode_type(struct str *why, const char *text)
{
    return one_of(text, (const char *const[]){"full", "trailer", "bonus", NULL})
               ? FEED_GOOD
               : bad(why, "must be full, trailer or bonus");
}

static enum feed_verdict check_medium(struct str *why, const char *text)
{
    static const char *const known[] = {
        "podcast",    "music",       "video", "film",       "audiobook", "newsletter", "blog",
        "publisher",  "course",      "mixed", "podcastL",   "musicL",    "videoL",     "filmL",
        "audiobookL", "newsletterL", "blogL", "publisherL", "courseL",   NULL};
    return one_of(text, known) ? FEED_GOOD : bad(why, "is not a medium of the podcast namespace");
}

static enum feed_verdict check_license(struct str *why, const char *text)
{
    enum feed_verdict v = check_short(why, text);
    for (const char *p = text; v == FEED_GOOD && *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            v = doubtful(why, "should be in small letters, as \"cc-by-4.0\"");
    return v;
}

static enum feed_verdict check_copyright(struct str *why, const char *text)
{
    if (strstr(text, "©") ||
        (is_digit(text[0]) && is_digit(text[1]) && is_digit(text[2]) && is_digit(text[3])))
        return doubtful(why, "should hold neither © nor the year: apps add them");
    return check_text(why, text);
}

static enum feed_verdict check_geo(struct str *why, const char *text)
{
    double lat, lon;
    size_t n = str_starts(text, "geo:") ? strcspn(text + 4, ",") : 0;
    bool ok = n > 0 && n < 24 && text[4 + n] == ',';
    if (ok) {
        struct str first;
        str_init(&first, 32);
        str_addn(&first, text + 4, n);
        ok = str_to_real(first.p, &lat) && str_to_real(text + 5 + n, &lon) && lat >= -90 &&
             lat <= 90 && lon >= -180 && lon <= 180;
        str_done(&first);
    }
    return ok ? FEED_GOOD : bad(why, "is not a place such as \"geo:66.8600,13.7000\"");
}

static enum feed_verdict check_osm(struct str *why, const char *text)
{
    bool kind = *text && strchr("NWR", *text);
    size_t digits_n = kind ? strspn(text + 1, "0123456789") : 0;
    if (digits_n > 0 && (text[1 + digits_n] == '\0' || text[1 + digits_n] == '#'))
        return FEED_GOOD;
    return bad(why, "is no object of OpenStreetMap such as \"R408216\"");
}

static enum feed_verdict check_place_rel(struct str *why, const char *text)
{
    return one_of(text, (const char *const[]){"subject", "creator", NULL})
               ? FEED_GOOD
               : bad(why, "must be subject or creator");
}

static enum feed_verdict check_start(struct str *why, const char *text)
{
    int h, m, s, ms;
    const char *p = digits(text, 2, 3, &h);
    if (p && *p == ':' && (p = digits(p + 1, 2, 2, &m)) && *p == ':' &&
        (p = digits(p + 1, 2, 2, &s)) && m < 60 && s < 60 &&
        (!*p || (*p == '.' && (p = digits(p + 1, 1, 3, &ms)) && !*p)))
        return FEED_GOOD;
    return bad(why, "is not a time such as \"00:03:10.000\"; some apps read bare seconds as 0");
}

static enum feed_verdict check_email(struct str *why, const char *text)
{
    const char *at = strchr(text, '@');
    bool ok = at && at > text && strchr(at, '.') && !strpbrk(text, " \t\r\n<>");
    return ok ? FEED_GOOD : bad(why, "is not an e-mail address");
}

static enum feed_verdict check_live_status(struct str *why, const char *text)
{
    return one_of(text, (const char *const[]){"pending", "live", "ended", NULL})
               ? FEED_GOOD
               : bad(why, "must be pending, live or ended");
}

static enum feed_verdict check_time(struct str *why, const char *text)
{
    return strchr(text, 'T') && clock_parse_iso(text, NULL, NULL)
               ? FEED_GOOD
               : bad(why, "is not a time such as \"2026-12-10T10:00:00+01:00\"");
}

static check *const checks[] = {
    [FEED_TEXT] = check_text,
    [FEED_SHORT] = check_short,
    [FEED_LONG] = check_long,
    [FEED_URL] = check_url,
    [FEED_DATE] = check_date,
    [FEED_LANGUAGE] = check_language,
    [FEED_BOOL] = check_bool,
    [FEED_YES] = check_yes,
    [FEED_COUNT] = check_count,
    [FEED_NUMBER] = check_number,
    [FEED_DURATION] = check_duration,
    [FEED_UUID] = check_uuid,
    [FEED_SHOW_TYPE] = check_show_type,
    [FEED_EPISODE_TYPE] = check_episode_type,
    [FEED_MEDIUM] = check_medium,
    [FEED_LICENSE] = check_license,
    [FEED_COPYRIGHT] = check_copyright,
    [FEED_GEO] = check_geo,
    [FEED_START] = check_start,
    [FEED_EMAIL] = check_email,
    [FEED_OSM] = check_osm,
    [FEED_PLACE_REL] = check_place_rel,
    [FEED_TIME] = check_time,
    [FEED_LIVE_STATUS] = check_live_status,
};

enum feed_verdict feed_value(struct str *why, enum feed_kind kind, const char *text)
{
    return (size_t)kind < COUNT(checks) && checks[kind] ? checks[kind](why, text) : FEED_GOOD;
}
