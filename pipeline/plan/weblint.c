// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/weblint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "model/cover.h"
#include "plan/review.h"

enum kind {
    MEDIA = 1 << 0,
    COVER = 1 << 1,
    IMAGE = 1 << 2,
    TRANSCRIPT = 1 << 3,
    CHAPTERS = 1 << 4,
    FEED = 1 << 5,
    FILES = FEED - 1,
    TEXT = TRANSCRIPT | CHAPTERS
};
enum { EDGE = 16, HOPS_MANY = 4 }; // EDGE: as net/webfile.c asks

static const struct {
    const char *name;
    enum kind kind;
    const char *asked; // what cmd/net.c calls it
} kinds[] = {
    {"media", MEDIA, "media"},          {"cover", COVER, "image"},      {"image", IMAGE, "image"},
    {"transcript", TRANSCRIPT, "text"}, {"chapters", CHAPTERS, "text"},
};

struct seen {
    struct arena *arena;
    unsigned kind;
    const char *url, *type;                // as the feed says; type NULL: it does not
    int64_t bytes;                         // the same; -1: it does not
    const char *self;                      // of a feed
    const struct json *all, *head, *first; // head: of a feed, its GET; first NULL: not asked
};

static int64_t status_of(const struct json *reply)
{
    return json_int(reply, "status", 0);
}

static bool is_good(const struct json *reply)
{
    int64_t status = status_of(reply);
    return !json_text(reply, "failed") && status >= 200 && status < 300;
}

// The reply that counts: HEAD's, or the file's own where a server knows no HEAD.
static const struct json *best(const struct seen *s)
{
    return is_good(s->head) || !s->first ? s->head : s->first;
}

// -1: not said. What a refused HEAD says is not of the file.
static int64_t head_length(const struct seen *s)
{
    return is_good(s->head) ? json_int(s->head, "length", -1) : -1;
}

static bool is_loopback(const char *url)
{
    static const char *const here[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
    for (size_t i = 0; i < COUNT(here); i++)
        if (str_starts(url, here[i]))
            return true;
    return false;
}

static bool insecure(const struct seen *s, struct str *why)
{
    str_add(why, "the address begins with http://: apps on phones refuse it; serve it by https");
    return !strncasecmp(s->url, "http://", 7) && !is_loopback(s->url);
}

static bool failed_for(const struct seen *s, const char *reason, struct str *why)
{
    const struct json *reply = best(s);
    if (!str_same(json_text(reply, "why"), reason))
        return false;
    str_add(why, json_text(reply, "failed"));
    return true;
}

static bool no_trust(const struct seen *s, struct str *why)
{
    return failed_for(s, "certificate", why);
}

static bool no_end(const struct seen *s, struct str *why)
{
    return failed_for(s, "redirects", why);
}

static bool no_answer(const struct seen *s, struct str *why)
{
    str_add(why, json_text(best(s), "failed"));
    return json_text(best(s), "failed") != NULL;
}

static bool cut(const struct seen *s, struct str *why)
{
    str_add(why, json_text(s->first, "failed"));
    return json_text(s->first, "failed") != NULL;
}

static bool not_there(const struct seen *s, struct str *why)
{
    int64_t status = status_of(best(s));
    str_addf(why, "the server answers %" PRId64 "%s", status,
             status == 404   ? " (not found): upload the file, or correct the address"
             : status == 403 ? " (forbidden): let everybody read it"
             : status == 401 ? " (a login is wanted): directories have none"
                             : ", not 200");
    return !is_good(best(s));
}

static bool no_head(const struct seen *s, struct str *why)
{
    if (json_text(s->head, "failed"))
        str_addf(why, "HEAD fails: %s", json_text(s->head, "failed"));
    else
        str_addf(why, "HEAD is answered by %" PRId64 ", GET is not: let the server answer HEAD too",
                 status_of(s->head));
    return !is_good(s->head);
}

static bool no_length(const struct seen *s, struct str *why)
{
    str_add(why, "HEAD is answered without Content-Length: apps cannot show size and progress");
    return is_good(s->head) && head_length(s) < 0;
}

static bool is_html(const struct seen *s, struct str *why)
{
    str_add(why, "what comes is a web page, not the file");
    return str_same(json_text(s->all, "looks"), "html") &&
           !(s->kind == TRANSCRIPT && s->type && str_starts(s->type, "text/html"));
}

static bool no_type(const struct seen *s, struct str *why)
{
    str_add(why, "the server does not say Content-Type");
    return !json_text(best(s), "type");
}

// Types that mean the same to apps stand in one text.
static const char *const alike[] = {
    " audio/mpeg audio/mp3 ",
    " audio/x-m4a audio/m4a audio/mp4 ",
    " video/mp4 video/m4v video/x-m4v ",
    " audio/ogg audio/opus application/ogg ",
    " application/x-subrip application/srt text/srt text/x-srt ",
    " application/json+chapters application/json ",
    " application/x-mpegurl application/vnd.apple.mpegurl audio/mpegurl audio/x-mpegurl ",
    " image/jpeg image/jpg ",
};

static bool same_type(struct arena *a, const char *x, const char *y)
{
    char *one = arena_printf(a, " %.*s ", (int)strcspn(x, "; "), x),
         *two = arena_printf(a, " %.*s ", (int)strcspn(y, "; "), y);
    if (strcasecmp(one, two) == 0)
        return true;
    for (size_t i = 0; i < COUNT(alike); i++)
        if (strcasestr(alike[i], one) && strcasestr(alike[i], two))
            return true;
    return false;
}

// What the extension of an image says; NULL: nothing.
static const char *type_of_image(const char *url)
{
    static const char *const known[][2] = {
        {".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"}, {".png", "image/png"}};
    size_t len = strcspn(url, "?#");
    for (size_t i = 0; i < COUNT(known); i++) {
        size_t n = strlen(known[i][0]);
        if (len > n && strncasecmp(url + len - n, known[i][0], n) == 0)
            return known[i][1];
    }
    return NULL;
}

static bool other_type(const struct seen *s, struct str *why)
{
    const char *said = json_text(best(s), "type");
    const char *wanted = s->kind & (COVER | IMAGE) ? type_of_image(s->url) : s->type;
    if (!said || !wanted || same_type(s->arena, said, wanted))
        return false;
    str_addf(why, "the server says Content-Type %s, %s %s", said,
             s->kind & (COVER | IMAGE) ? "the address" : "the feed", wanted);
    return true;
}

static bool no_feed_type(const struct seen *s, struct str *why)
{
    const char *type = json_text(s->head, "type");
    str_addf(why, "the feed is served as %s; application/rss+xml is right",
             type ? type : "nothing at all");
    return !type || !strcasestr(type, "xml");
}

static bool part_type(const struct seen *s, struct str *why)
{
    const char *whole = is_good(s->head) ? json_text(s->head, "type") : NULL;
    const char *part = json_text(s->first, "type");
    str_addf(why, "a part is served as %s, the whole as %s", part ? part : "nothing at all",
             whole ? whole : "nothing at all");
    return status_of(s->first) == 206 && whole && (!part || !same_type(s->arena, whole, part));
}

static bool other_length(const struct seen *s, struct str *why)
{
    int64_t length = head_length(s);
    str_addf(why, "the feed says %" PRId64 " bytes, the server %" PRId64, s->bytes, length);
    return s->bytes >= 0 && length >= 0 && s->bytes != length;
}

static bool no_ranges(const struct seen *s, struct str *why)
{
    str_add(why, "byte ranges are not served (a part was asked for, the whole came): players "
                 "cannot jump");
    return status_of(s->first) == 200;
}

// "bytes 0-15/1234"; false also for what RFC 9110 §14.4 calls invalid
static bool read_range(const char *text, int64_t ret[3])
{
    return text &&
           sscanf(text, "bytes %" SCNd64 "-%" SCNd64 "/%" SCNd64, &ret[0], &ret[1], &ret[2]) == 3 &&
           0 <= ret[0] && ret[0] <= ret[1] && ret[1] < ret[2];
}

static bool wrong_range(const struct seen *s, struct str *why)
{
    int64_t r[3], length = head_length(s);
    const char *said = json_text(s->first, "range");
    if (status_of(s->first) != 206)
        return false;
    if (!read_range(said, r))
        str_addf(why, "Content-Range of a part is \"%s\"; bytes 0-15/SIZE was asked for",
                 said ? said : "");
    else if (length >= 0 && r[2] != length)
        str_addf(why, "a part says that the file has %" PRId64 " bytes, HEAD says %" PRId64, r[2],
                 length);
    else if (r[0] != 0 || r[1] - r[0] + 1 != json_int(s->first, "bytes", -1))
        str_addf(why, "bytes 0-15 were asked for, %s came with %" PRId64 " bytes", said,
                 json_int(s->first, "bytes", -1));
    return why->len > 0;
}

static bool no_suffix(const struct seen *s, struct str *why)
{
    const struct json *last = json_get(s->all, "last");
    int64_t r[3], length = head_length(s);
    str_addf(why, "the last %d bytes were asked for, the answer is %" PRId64 " %s", EDGE,
             status_of(last), json_text_or(last, "range", ""));
    return last && length > EDGE && read_range(json_text(s->first, "range"), r) &&
           !(status_of(last) == 206 && read_range(json_text(last, "range"), r) &&
             r[0] == length - EDGE && r[1] == length - 1);
}

static bool no_416(const struct seen *s, struct str *why)
{
    const struct json *beyond = json_get(s->all, "beyond");
    str_addf(why, "what lies behind the end was asked for: the answer must be 416, it is %" PRId64,
             status_of(beyond));
    return beyond && status_of(beyond) != 416;
}

static const char *extension(struct arena *a, const char *url)
{
    char *path = arena_strndup(a, url, strcspn(url, "?#"));
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    return dot ? dot : "";
}

static bool loses_extension(const struct seen *s, struct str *why)
{
    const char *last = json_text_or(best(s), "url", s->url);
    const char *from = extension(s->arena, s->url), *to = extension(s->arena, last);
    str_addf(why, "it sends on to %s, whose name does not end in %s", last, from);
    return json_count(json_get(best(s), "redirects")) && *from && strcasecmp(from, to) != 0;
}

static bool downgrade(const struct seen *s, struct str *why)
{
    const struct json *hops = json_get(best(s), "redirects");
    bool was_secure = !strncasecmp(s->url, "https://", 8);
    for (size_t i = 0; i < json_count(hops); i++) {
        const char *to = json_text_or(json_at(hops, i), "to", "");
        if (was_secure && !strncasecmp(to, "http://", 7)) {
            str_addf(why, "it sends on from https to %s", to);
            return true;
        }
    }
    return false;
}

static bool many_hops(const struct seen *s, struct str *why)
{
    size_t n = json_count(json_get(best(s), "redirects"));
    str_addf(why, "it sends on %zu times before the file comes", n);
    return n >= HOPS_MANY;
}

static bool feed_moved(const struct seen *s, struct str *why)
{
    const struct json *hops = json_get(s->head, "redirects");
    int64_t status = status_of(json_at(hops, 0));
    bool for_good = status == 301 || status == 308;
    str_addf(why, "the feed %s %s (%" PRId64 ")%s", for_good ? "has moved to" : "is sent on to",
             json_text_or(s->head, "url", ""), status,
             for_good ? ": name that address to directories" : "");
    return json_count(hops) > 0;
}

static bool not_conditional(const struct seen *s, struct str *why)
{
    const struct json *again = json_get(s->all, "again");
    if (!again)
        str_add(why, "neither ETag nor Last-Modified comes: every app fetches the whole feed "
                     "every time");
    else
        str_addf(why, "asked whether the feed has changed, the server answers %" PRId64 ", not 304",
                 status_of(again));
    return !again || status_of(again) != 304;
}

static bool other_self(const struct seen *s, struct str *why)
{
    if (!s->self)
        return false;
    str_addf(why, "the feed calls itself %s, it was found at %s", s->self, s->url);
    return strcmp(s->self, s->url) != 0 &&
           strcmp(s->self, json_text_or(s->head, "url", s->url)) != 0;
}

static bool bad_cover(const struct seen *s, struct str *why)
{
    const struct json *p = json_get(s->all, "picture");
    const struct cover_head h = {.facts = {json_text(p, "type"), (int)json_int(p, "width", 0),
                                           (int)json_int(p, "height", 0)},
                                 .alpha = json_bool(p, "alpha", false),
                                 .channels = (int)json_int(p, "channels", 0)};
    const char *remedy;
    const char *name = arena_strndup(s->arena, s->url, strcspn(s->url, "?#"));
    const char *fault = cover_fault(s->arena, name, &h, &remedy);
    if (fault)
        str_addf(why, "%s; %s", fault, remedy);
    return fault != NULL;
}

static bool no_validator(const struct seen *s, struct str *why)
{
    str_add(why, "neither Last-Modified nor ETag comes: a new picture is not noticed");
    return !json_text(best(s), "modified") && !json_text(best(s), "etag");
}

static bool no_cors(const struct seen *s, struct str *why)
{
    const char *cors = json_text(best(s), "cors");
    str_add(why, "Access-Control-Allow-Origin is missing: players on other pages cannot read it; "
                 "let the server say *");
    return !cors;
}

enum { ERROR = 1, STOPS = 2, UNANSWERED = 4 };

// In this order; behind one that stops, nothing else can be told.
static const struct {
    const char *rule; // NULL: that of the element which names the file
    unsigned kinds, flags;
    bool (*broken)(const struct seen *s, struct str *why);
} rules[] = {
    {"Apple, https", FILES | FEED, 0, insecure},
    {"RFC 9110 4.3.4, certificate", FILES | FEED, ERROR | STOPS, no_trust},
    {"RFC 9110 15.4, redirects", FILES | FEED, ERROR | STOPS, no_end},
    {"Apple hosting, reachable", FILES | FEED, ERROR | STOPS | UNANSWERED, no_answer},
    {NULL, FILES, ERROR | STOPS, not_there},
    {"RFC 9110 15, status", FEED, ERROR | STOPS, not_there},
    {"Apple hosting, reachable", FILES, ERROR | STOPS | UNANSWERED, cut},
    {"Apple hosting, HEAD", FILES, ERROR, no_head},
    {"Apple hosting, HEAD", MEDIA, ERROR, no_length},
    {NULL, FILES, ERROR | STOPS, is_html},
    {"RFC 9110 8.3, Content-Type", FILES, ERROR, no_type},
    {"RFC 9110 8.3, Content-Type", MEDIA | COVER | IMAGE, ERROR, other_type},
    {"RFC 9110 8.3, Content-Type", TEXT, 0, other_type},
    {"RFC 9110 8.3, Content-Type", FEED, 0, no_feed_type},
    {"RFC 9110 15.3.7, Content-Type of a part", MEDIA, ERROR, part_type},
    {"RSS item/enclosure, length", MEDIA, ERROR, other_length},
    {"Apple hosting, byte ranges", MEDIA, ERROR, no_ranges},
    {"RFC 9110 14.4, Content-Range", MEDIA, ERROR, wrong_range},
    {"RFC 9110 14.1.2, suffix ranges", MEDIA, 0, no_suffix},
    {"RFC 9110 15.5.17, ranges behind the end", MEDIA, 0, no_416},
    {"Apple item/enclosure, redirects", MEDIA | COVER, ERROR, loses_extension},
    {"Apple, https", FILES | FEED, ERROR, downgrade},
    {"RFC 9110 15.4, redirects", FILES, 0, many_hops},
    {"RFC 9110 15.4, redirects", FEED, 0, feed_moved},
    {"RFC 9110 13, conditional GET", FEED, 0, not_conditional},
    {"PSP-1 channel/atom:link", FEED, 0, other_self},
    {"Apple artwork", COVER, ERROR, bad_cover},
    {"Apple artwork, Last-Modified", COVER, 0, no_validator},
    {"Fetch, Access-Control-Allow-Origin", TEXT, 0, no_cors},
};

static void judge(const struct seen *s, const char *own_rule, const char *where,
                  struct json *findings)
{
    for (size_t i = 0; i < COUNT(rules); i++) {
        struct str why;
        str_init(&why, 4096);
        bool broken = rules[i].kinds & s->kind && rules[i].broken(s, &why);
        if (broken) {
            struct json *f = review_add(
                findings, rules[i].flags & ERROR ? "error" : "warning",
                rules[i].rule ? rules[i].rule : own_rule, where,
                s->kind == FEED ? why.p : arena_printf(s->arena, "%s: %s", s->url, why.p));
            if (rules[i].flags & UNANSWERED)
                json_put_bool(f, "unanswered", true);
        }
        str_done(&why);
        if (broken && rules[i].flags & STOPS)
            return;
    }
}

void weblint_feed(struct arena *a, const char *url, const struct json *fetched, const char *self,
                  struct json *findings)
{
    struct seen s = {.arena = a,
                     .kind = FEED,
                     .url = url,
                     .bytes = -1,
                     .self = self,
                     .all = fetched,
                     .head = json_get(fetched, "get")};
    judge(&s, "", url, findings);
}

static size_t kind_at(const struct json *link)
{
    const char *name = json_text_or(link, "kind", "");
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (str_same(kinds[i].name, name))
            return i;
    return 0;
}

void weblint_files(struct arena *a, const char *feed, const struct json *links,
                   const struct json *looked, struct json *findings)
{
    for (size_t i = 0; i < json_count(links); i++) {
        const struct json *link = json_at(links, i), *all = json_at(looked, i);
        struct seen s = {.arena = a,
                         .kind = kinds[kind_at(link)].kind,
                         .url = json_text_or(link, "url", ""),
                         .type = json_text(link, "type"),
                         .bytes = json_int(link, "bytes", -1),
                         .all = all,
                         .head = json_get(all, "head"),
                         .first = json_get(all, "first")};
        const char *where = arena_printf(a, "%s:%" PRId64, feed, json_int(link, "line", 0));
        if (all)
            judge(&s, json_text_or(link, "rule", ""), where, findings);
    }
}

struct json *weblint_asks(const struct json *links)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < json_count(links); i++) {
        const struct json *link = json_at(links, i);
        struct json *o = json_new_object();
        json_put_text(o, "url", json_text(link, "url"));
        json_put_text(o, "kind", kinds[kind_at(link)].asked);
        json_push(list, o);
    }
    return list;
}
