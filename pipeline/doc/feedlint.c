// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/feedlint.h"

#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/str.h"
#include "base/xmlread.h"
#include "doc/feedrules.h"

static const char podcast_guids[] =
    "ead4c236-bf58-58c6-a2c6-a6b28d128cb6"; // namespace of podcast:guid

struct lint {
    struct arena *arena;
    const struct feedlint *p;
    struct findings *out;
    const char *self;    // address of the feed as it names itself; NULL: it does not
    const char *current; // of the feed whose archive this is; NULL: it is none
    bool serial;
    const char **guids, **urls; // of the items so far
    size_t num_items;
    const char **entries; // guids without those of broadcasts, which come and go
    size_t num_entries;
    int64_t item_utc_s; // as feed_ref
};

static void report(struct lint *l, bool error, const char *rule, int line, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
static void report(struct lint *l, bool error, const char *rule, int line, const char *fmt, ...)
{
    struct findings *f = l->out;
    va_list ap;
    va_start(ap, fmt);
    f->items = arena_grow(l->arena, f->items, f->count, &f->cap, sizeof *f->items);
    f->items[f->count++] = (struct finding){error, rule, line, arena_vprintf(l->arena, fmt, ap)};
    va_end(ap);
}

static bool is(const struct xml_elem *el, const char *ns, const char *name)
{
    bool same =
        strcmp(el->ns, ns) == 0 || (strcmp(ns, PODCAST) == 0 && strcmp(el->ns, PODCAST_OLD) == 0);
    return same && strcmp(el->name, name) == 0;
}

static const struct xml_elem *child(const struct xml_elem *el, const char *ns, const char *name)
{
    for (const struct xml_elem *c = el->first; c; c = c->next)
        if (is(c, ns, name))
            return c;
    return NULL;
}

static const char *prefix_of(const char *ns)
{
    return strcmp(ns, ITUNES) == 0 ? "itunes:" : strcmp(ns, PODCAST) == 0 ? "podcast:" : "";
}

static const char *shorten(struct lint *l, const char *text)
{
    struct str s;
    str_init(&s, 1024);
    str_addn(&s, text, strnlen(text, 100));
    while (s.len > 0 && !str_is_utf8(s.p, s.len, NULL))
        s.p[--s.len] = '\0';
    const char *kept = arena_strdup(l->arena, s.p);
    str_done(&s);
    return kept;
}

static void look(struct lint *l, const struct xml_elem *el, const char *rule, enum feed_link kind,
                 const char *url, int64_t bytes)
{
    const char *type = xml_attr_of(el, "type");
    if (!type && el->parent && is(el->parent, PODCAST, "alternateEnclosure"))
        type = xml_attr_of(el->parent, "type");
    struct feed_ref ref = {kind, rule, url, type, bytes, l->item_utc_s, el->line};
    const char *problem = l->p->look ? l->p->look(l->p->ctx, &ref) : NULL;
    if (problem)
        report(l, true, rule, el->line, "%s", problem);
}

static void check_image(struct lint *l, const struct xml_elem *el, const char *rule,
                        const char *url)
{
    const char *end = url + strcspn(url, "?#");
    static const char *const known[] = {".jpg", ".jpeg", ".png"};
    bool fits = false;
    for (size_t i = 0; i < COUNT(known); i++) {
        size_t n = strlen(known[i]);
        fits = fits || ((size_t)(end - url) > n && strncasecmp(end - n, known[i], n) == 0);
    }
    if (!fits)
        report(l, true, rule, el->line, "an image's address must end in .jpg or .png: \"%s\"",
               shorten(l, url));
    look(l, el, rule, is(el, ITUNES, "image") ? FEED_COVER : FEED_IMAGE, url, -1);
}

static void check_value(struct lint *l, const struct xml_elem *el, const char *rule,
                        const char *what, enum feed_kind kind, const char *value)
{
    struct str why;
    str_init(&why, 1024);
    enum feed_verdict v = feed_value(&why, kind, value);
    if (v != FEED_GOOD)
        report(l, v == FEED_BAD, rule, el->line, "%s: \"%s\" %s", what, shorten(l, value), why.p);
    str_done(&why);
}

static enum feed_link kind_of(const struct xml_elem *el)
{
    return is(el, PODCAST, "transcript") ? FEED_TRANSCRIPT
           : is(el, PODCAST, "chapters") ? FEED_CHAPTERS
                                         : FEED_OTHER;
}

static void check_element(struct lint *l, const struct xml_elem *el, const struct feed_rule *r)
{
    const char *value = r->attr ? xml_attr_of(el, r->attr) : el->text;
    if (!value) {
        report(l, true, r->label, el->line, "%s%s has no %s", prefix_of(r->ns), r->name, r->attr);
        return;
    }
    check_value(l, el, r->label, r->attr ? r->attr : r->name, r->kind, value);
    if (strcmp(r->name, "image") == 0)
        check_image(l, el, r->label, value);
    else if (r->kind == FEED_URL && strcmp(r->ns, PODCAST) == 0)
        look(l, el, r->label, kind_of(el), value, -1);
}

static void check_rules(struct lint *l, const struct xml_elem *parent,
                        const struct feed_rule *rules)
{
    for (const struct feed_rule *r = rules; r->name; r++) {
        size_t found = 0;
        for (const struct xml_elem *c = parent->first; c; c = c->next) {
            if (!is(c, r->ns, r->name))
                continue;
            if (++found == 2 && !r->many)
                report(l, true, r->label, c->line, "%s%s stands there twice", prefix_of(r->ns),
                       r->name);
            check_element(l, c, r);
        }
        if (found == 0 && r->level != FEED_OPTIONAL)
            report(l, r->level == FEED_REQUIRED, r->label, parent->line, "%s has no %s%s",
                   parent->name, prefix_of(r->ns), r->name);
    }
}

static void check_own_attributes(struct lint *l, const struct xml_elem *c,
                                 const struct feed_attr_rule *rules)
{
    for (const struct feed_attr_rule *r = rules; r->name; r++) {
        const char *value = is(c, r->ns, r->name) ? xml_attr_of(c, r->attr) : NULL;
        if (value)
            check_value(l, c, r->label, r->attr, r->kind, value);
        else if (r->required && is(c, r->ns, r->name))
            report(l, true, r->label, c->line, "%s%s has no %s", prefix_of(r->ns), r->name,
                   r->attr);
    }
}

static void check_attributes(struct lint *l, const struct xml_elem *parent,
                             const struct feed_attr_rule *rules)
{
    for (const struct xml_elem *c = parent->first; c; c = c->next)
        check_own_attributes(l, c, rules);
}

static void check_self(struct lint *l, const struct xml_elem *channel)
{
    static const char rule[] = "PSP-1 channel/atom:link";
    for (const struct xml_elem *c = channel->first; c; c = c->next) {
        const char *rel = is(c, ATOM, "link") ? xml_attr_of(c, "rel") : NULL;
        if (rel && strcmp(rel, "current") == 0)
            l->current = xml_attr_of(c, "href");
        if (!rel || strcmp(rel, "self") != 0)
            continue;
        const char *type = xml_attr_of(c, "type");
        l->self = xml_attr_of(c, "href");
        if (!type || strcmp(type, "application/rss+xml") != 0)
            report(l, true, rule, c->line, "the type of atom:link must be application/rss+xml");
        if (l->self)
            check_value(l, c, rule, "href", FEED_URL, l->self);
    }
    l->out->self = l->self;
    if (!l->self)
        report(l, true, rule, channel->line, "channel has no atom:link with rel=\"self\"");
}

// Of the address without scheme and without slashes at the end.
static void check_guid(struct lint *l, const struct xml_elem *channel)
{
    static const char rule[] = "podcast channel/podcast:guid";
    const struct xml_elem *guid = child(channel, PODCAST, "guid");
    if (!guid || !l->self)
        return;
    const char *self = l->current ? l->current : l->self; // an archive has its feed's guid
    const char *scheme = strstr(self, "://");
    const char *rest = scheme ? scheme + 3 : self;
    size_t n = strlen(rest);
    while (n > 0 && rest[n - 1] == '/')
        n--;
    char right[UUID_TEXT], wrong[UUID_TEXT];
    if (uuid_v5(podcast_guids, arena_strndup(l->arena, rest, n), right, NULL) < 0 ||
        uuid_v5(podcast_guids, self, wrong, NULL) < 0 || strcmp(guid->text, right) == 0)
        return;
    if (strcmp(guid->text, wrong) == 0)
        report(l, true, rule, guid->line, "made of the address with its scheme; without it is %s",
               right);
    else
        report(l, false, rule, guid->line,
               "not made of this address (%s would be); fine for a feed that moved", right);
}

static bool lists(const struct json *array, const char *text)
{
    for (size_t i = 0; i < json_count(array); i++)
        if (str_same(json_as_text(json_at(array, i)), text))
            return true;
    return false;
}

static void check_categories(struct lint *l, const struct xml_elem *channel)
{
    static const char rule[] = "Apple channel/itunes:category";
    for (const struct xml_elem *c = channel->first; l->p->categories && c; c = c->next) {
        const char *top = is(c, ITUNES, "category") ? xml_attr_of(c, "text") : NULL;
        if (!top)
            continue;
        const struct json *subs = json_get(l->p->categories, top);
        const struct xml_elem *inner = child(c, ITUNES, "category");
        const char *sub = inner ? xml_attr_of(inner, "text") : NULL;
        if (!subs)
            report(l, true, rule, c->line, "\"%s\" is not one of Apple's categories",
                   shorten(l, top));
        else if (sub && !lists(subs, sub))
            report(l, true, rule, inner->line, "\"%s\" is not a category below \"%s\"",
                   shorten(l, sub), top);
    }
}

static void check_owner(struct lint *l, const struct xml_elem *channel)
{
    const struct xml_elem *owner = child(channel, ITUNES, "owner");
    const struct xml_elem *email = owner ? child(owner, ITUNES, "email") : NULL;
    if (owner && !email)
        report(l, false, "Spotify channel/itunes:owner", owner->line,
               "itunes:owner has no itunes:email");
    if (email)
        check_value(l, email, "Spotify channel/itunes:owner", "itunes:email", FEED_EMAIL,
                    email->text);
}

// Types that directories list, by the extension of the address.
static void check_type(struct lint *l, const struct xml_elem *el, const char *url, const char *type)
{
    static const struct {
        const char *extension, *types;
    } known[] = {
        {".mp3", "audio/mpeg"},      {".m4a", "audio/x-m4a audio/m4a audio/mp4"},
        {".mp4", "video/mp4"},       {".m4v", "video/x-m4v video/m4v video/mp4"},
        {".mov", "video/quicktime"}, {".pdf", "application/pdf"},
    };
    static const char rule[] = "Apple item/enclosure";
    size_t path = strcspn(url, "?#");
    for (size_t i = 0; i < COUNT(known); i++) {
        size_t n = strlen(known[i].extension);
        if (path <= n || strncasecmp(url + path - n, known[i].extension, n) != 0)
            continue;
        const char *at = strstr(known[i].types, type);
        size_t len = strlen(type);
        if (!*type || !at || (at > known[i].types && at[-1] != ' ') || (at[len] && at[len] != ' '))
            report(l, true, rule, el->line, "a file %s has the type %s, not \"%s\"",
                   known[i].extension, known[i].types, shorten(l, type));
        return;
    }
    report(l, true, rule, el->line, "directories take .mp3, .m4a, .mp4, .m4v and .mov, not \"%s\"",
           shorten(l, url));
}

static void check_enclosure(struct lint *l, const struct xml_elem *item)
{
    static const char rule[] = "PSP-1 item/enclosure";
    const struct xml_elem *el = child(item, "", "enclosure");
    const char *url = el ? xml_attr_of(el, "url") : NULL;
    if (!url)
        return;
    const char *type = xml_attr_of(el, "type"), *length = xml_attr_of(el, "length");
    const struct xml_elem *duration = child(item, ITUNES, "duration");
    int64_t bytes = -1;
    if (length && !str_to_int(length, &bytes))
        bytes = -1;
    if (length && duration && strcmp(length, duration->text) == 0)
        report(l, true, rule, el->line,
               "length is the duration; it must be the file's size in bytes");
    if (type)
        check_type(l, el, url, type);
    look(l, el, rule, FEED_ENCLOSURE, url, bytes);
    for (size_t i = 0; i < l->num_items; i++)
        if (str_same(l->urls[i], url))
            report(l, true, "Apple item/enclosure", el->line,
                   "two entries name the same file; the second is not shown");
    l->urls[l->num_items] = url;
}

// Of a broadcast nothing is looked for: it is there when it is.
static void check_alternates(struct lint *l, const struct xml_elem *item)
{
    static const char rule[] = "podcast item/podcast:alternateEnclosure";
    for (const struct xml_elem *c = item->first; c; c = c->next) {
        if (!is(c, PODCAST, "alternateEnclosure"))
            continue;
        const struct xml_elem *source = child(c, PODCAST, "source");
        const char *uri = source ? xml_attr_of(source, "uri") : NULL,
                   *length = xml_attr_of(c, "length");
        int64_t bytes = -1;
        if (!uri) {
            report(l, true, rule, c->line,
                   "podcast:alternateEnclosure has no podcast:source with a uri");
            continue;
        }
        check_value(l, source, rule, "uri", FEED_URL, uri);
        if (length && !str_to_int(length, &bytes))
            bytes = -1;
        if (!is(item, PODCAST, "liveItem"))
            look(l, source, rule, FEED_ENCLOSURE, uri, bytes);
    }
}

static void check_item_guid(struct lint *l, const struct xml_elem *item)
{
    static const char rule[] = "PSP-1 item/guid";
    const struct xml_elem *guid = child(item, "", "guid");
    if (!guid)
        return;
    const char *permalink = xml_attr_of(guid, "isPermaLink");
    if ((!permalink || strcmp(permalink, "true") == 0) && !strstr(guid->text, "://"))
        report(l, true, "RSS item/guid", guid->line,
               "a guid that is no address needs isPermaLink=\"false\"");
    for (size_t i = 0; i < l->num_items; i++)
        if (str_same(l->guids[i], guid->text))
            report(l, true, rule, guid->line, "the guid \"%s\" stands in two entries",
                   shorten(l, guid->text));
    l->guids[l->num_items] = guid->text;
    if (is(item, "", "item"))
        l->entries[l->num_entries++] = guid->text;
}

static void check_title(struct lint *l, const struct xml_elem *item)
{
    const struct xml_elem *title = child(item, "", "title");
    if (!title)
        return;
    static const char *const words[] = {"episode ", "episode#", "ep ", "ep. ", "#"};
    const char *t = title->text;
    bool numbered = t[strspn(t, "0123456789")] && strchr(".:)", t[strspn(t, "0123456789")]) &&
                    t[0] >= '0' && t[0] <= '9';
    for (size_t i = 0; i < COUNT(words); i++) {
        size_t n = strlen(words[i]);
        numbered = numbered || (strncasecmp(t, words[i], n) == 0 && t[n] >= '0' && t[n] <= '9');
    }
    if (numbered)
        report(l, false, "PSP-1 item/title", title->line,
               "the number belongs in itunes:episode, not in the title");
}

static void check_files(struct lint *l, const struct xml_elem *item)
{
    static const char *const transcripts[] = {
        "text/plain",           "text/html",      "text/vtt", "application/json",
        "application/x-subrip", "application/srt"};
    for (const struct xml_elem *c = item->first; c; c = c->next) {
        const char *type = xml_attr_of(c, "type");
        bool known = false;
        for (size_t i = 0; type && i < COUNT(transcripts); i++)
            known = known || strcmp(type, transcripts[i]) == 0;
        if (type && !known && is(c, PODCAST, "transcript"))
            report(l, true, "podcast item/podcast:transcript", c->line,
                   "type \"%s\" is not one apps read", shorten(l, type));
        if (type && is(c, PODCAST, "chapters") && strcmp(type, "application/json+chapters") != 0)
            report(l, true, "podcast item/podcast:chapters", c->line,
                   "type must be application/json+chapters");
        for (const struct xml_elem *s = is(c, PSC, "chapters") ? c->first : NULL; s; s = s->next) {
            const char *start = xml_attr_of(s, "start");
            check_value(l, s, "PSC item/psc:chapter", "start", FEED_START, start ? start : "");
        }
    }
}

// Names in the two namespaces that mean nothing there, and so are read by nobody.
static void check_names(struct lint *l, const struct xml_elem *parent)
{
    for (const struct xml_elem *c = parent->first; c; c = c->next) {
        const char *ns = strcmp(c->ns, PODCAST_OLD) == 0 ? PODCAST : c->ns;
        const char *fault = feed_name_fault(ns, c->name);
        if (fault)
            report(l, false, strcmp(ns, ITUNES) == 0 ? "Apple namespace" : "podcast namespace",
                   c->line, "%s%s %s", prefix_of(ns), shorten(l, c->name), fault);
    }
}

static void check_item(struct lint *l, const struct xml_elem *item)
{
    const struct xml_elem *date = child(item, "", "pubDate");
    if (!date || !feed_date(date->text, &l->item_utc_s))
        l->item_utc_s = INT64_MAX;
    check_names(l, item);
    check_rules(l, item, feed_item_rules);
    check_attributes(l, item, feed_attr_rules);
    check_enclosure(l, item);
    check_alternates(l, item);
    check_item_guid(l, item);
    check_title(l, item);
    check_files(l, item);
    if (l->serial && !child(item, ITUNES, "episode"))
        report(l, true, "PSP-1 item/itunes:episode", item->line,
               "a serial show numbers its episodes");
    l->num_items++;
}

static void check_live(struct lint *l, const struct xml_elem *live)
{
    check_rules(l, live, feed_live_rules);
    check_own_attributes(l, live, feed_live_attr_rules);
    check_attributes(l, live, feed_live_attr_rules);
    check_alternates(l, live);
    check_item_guid(l, live);
    l->num_items++;
}

static void check_dates(struct lint *l, const struct xml_elem *channel)
{
    const struct xml_elem *built = child(channel, "", "lastBuildDate");
    int64_t built_s, at;
    if (!built || !feed_date(built->text, &built_s))
        return;
    for (const struct xml_elem *c = channel->first; c; c = c->next) {
        const struct xml_elem *date = is(c, "", "item") ? child(c, "", "pubDate") : NULL;
        if (date && feed_date(date->text, &at) && at > built_s)
            report(l, false, "RSS channel/lastBuildDate", built->line,
                   "older than the entry in line %d", c->line);
    }
}

static void check_channel(struct lint *l, const struct xml_elem *channel)
{
    size_t n = 0, live = 0;
    for (const struct xml_elem *c = channel->first; c; c = c->next) {
        n += is(c, "", "item");
        live += is(c, PODCAST, "liveItem");
    }
    l->guids = arena_array(l->arena, const char *, n + live + 1);
    l->entries = arena_array(l->arena, const char *, n + 1);
    l->urls = arena_array(l->arena, const char *, n + live + 1);
    const struct xml_elem *type = child(channel, ITUNES, "type");
    l->serial = type && strcmp(type->text, "serial") == 0;
    check_names(l, channel);
    check_self(l, channel);
    check_rules(l, channel, feed_channel_rules);
    check_attributes(l, channel, feed_attr_rules);
    check_guid(l, channel);
    check_categories(l, channel);
    check_owner(l, channel);
    check_dates(l, channel);
    if (n == 0)
        report(l, false, "Apple channel/item", channel->line,
               "the feed has no entries; directories refuse it");
    for (const struct xml_elem *c = channel->first; c; c = c->next)
        if (is(c, "", "item"))
            check_item(l, c);
        else if (is(c, PODCAST, "liveItem"))
            check_live(l, c);
}

int feedlint(struct arena *a, const struct feedlint *p, const char *bytes, size_t len,
             struct findings *ret, struct err *e)
{
    *ret = (struct findings){0};
    struct lint l = {.arena = a, .p = p, .out = ret, .item_utc_s = INT64_MAX};
    struct xml_doc doc;
    struct err why = {0};
    int r = xmlread_tree(a, bytes, len, p->shown, &doc, &why);
    if (r < 0 && why.kind != ERR_INPUT) {
        if (e)
            *e = why;
        return r;
    }
    if (r < 0) {
        report(&l, true, "XML", 0, "%s", why.text);
        return 0;
    }
    if (doc.encoding && strcasecmp(doc.encoding, "UTF-8") != 0)
        report(&l, true, "PSP-1 encoding", 1, "the feed must be UTF-8, it is %s", doc.encoding);
    const char *version = xml_attr_of(doc.root, "version");
    const struct xml_elem *channel = child(doc.root, "", "channel");
    if (!is(doc.root, "", "rss") || !channel) {
        report(&l, true, "RSS rss", doc.root->line, "this is no RSS feed: <%s> without a channel",
               doc.root->name);
        return 0;
    }
    if (!version || strcmp(version, "2.0") != 0)
        report(&l, true, "RSS rss", doc.root->line, "rss has no version=\"2.0\"");
    check_channel(&l, channel);
    ret->guids = l.entries;
    ret->num_guids = l.num_entries;
    return 0;
}
