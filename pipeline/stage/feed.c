// SPDX-License-Identifier: GPL-3.0-or-later
// feed: the show's feed, and the feeds that hold a part of it, for public/.
//
// settings: {"show": SHOW as in doc/facts.h, "channel": CHANNEL as in doc/channel.h,
//            "entries": how many stand in a document,
//            "items": SHA-256 of the lists below: of thousands of episodes it is compared at once,
//            "feeds": [{file, title, guid, medium, of_show, video, items [index of an item]}],
//            "live": {slug: LIVE as in doc/facts.h}}
//           of_show is the feed that holds broadcasts and, where items is missing, all items;
//           video: its entries are the i-th of "videos". live is missing where there is no
//           broadcast.
// in:       {"items", "videos": files with a line for each, newest first: "SHA-256 published_utc_s
//           path" of its item.xml or video.xml;
//           "before": documents.json of an earlier result of this version, where there is one
// makes:    each feed's file with its newest entries; and behind the show's own, feed-archive-1.xml
//           …, the oldest first, which hold all of them
//           documents.json: {file: hash of all that it was made of}: what is the same as before is
//           taken from there
#include "base/fs.h"
#include "base/hash.h"
#include "doc/rss.h"
#include "stage/texts.h"

#include <errno.h>
#include <string.h>

enum { ITEM_MAX = 4 << 20 };

struct entry {
    const char *path, *hash;
    int64_t published_utc_s;
    const char *text; // read when it is first needed
};
struct entries {
    struct entry *items;
    size_t count, cap;
};

struct feeding {
    struct stage_job *job;
    struct fact_show show;
    struct fact_channel channel;
    struct entries items, videos;
    const char **live; // NULL at the end
    size_t num_live, per_document;
    char same[HASH_HEX];     // hash of what all documents say
    const char *before;      // folder of the earlier result; NULL: none
    struct json *was, *made; // documents.json, before and now
};

struct feed {
    const struct json *items; // NULL: all
    bool video;
    size_t count;
    struct rss_document d;
};

static int list_entries(struct stage_job *job, const char *name, struct entries *ret, struct err *e)
{
    const char *path = json_text_or(job->in, name, "");
    char *line;
    int r = fs_read(job->arena, path, STR_MAX, &line, NULL, e);
    for (char *end; r >= 0 && (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        char *date = strchr(line, ' '), *item = date ? strchr(date + 1, ' ') : NULL;
        if (!item)
            return err_set(e, -EINVAL, "%s: no line of an entry: %s", path, line);
        *date++ = *item++ = '\0';
        ret->items = arena_grow(job->arena, ret->items, ret->count, &ret->cap, sizeof *ret->items);
        struct entry *one = &ret->items[ret->count++];
        *one = (struct entry){.path = item, .hash = line};
        if (!str_to_int(date, &one->published_utc_s))
            return err_set(e, -EINVAL, "%s: no time of an entry: %s", path, date);
    }
    return r < 0 ? r : 0;
}

static int read_live(struct feeding *f, struct err *e)
{
    const struct json *live = json_get(f->job->settings, "live");
    f->num_live = json_count(live);
    f->live = arena_array(f->job->arena, const char *, f->num_live + 1);
    int r = 0;
    for (size_t i = 0; r >= 0 && i < f->num_live; i++) {
        struct fact_live one;
        struct str text;
        r = facts_live(f->job->arena, json_get(live, json_key_at(live, i)), &one, e);
        if (r < 0)
            return r;
        str_init(&text, ITEM_MAX);
        r = rss_live(&text, &f->show, &one, e);
        f->live[i] = arena_strdup(f->job->arena, text.p);
        str_done(&text);
    }
    return r;
}

static size_t item_of(const struct feed *feed, size_t i)
{
    return feed->items ? (size_t)json_as_real(json_at(feed->items, i), 0) : i;
}

static struct entry *entry_of(struct feeding *f, const struct feed *feed, size_t i)
{
    return feed->video ? &f->videos.items[i] : &f->items.items[item_of(feed, i)];
}

static int read_entry(struct feeding *f, const struct feed *feed, size_t i, const char **ret,
                      struct err *e)
{
    struct entry *from = entry_of(f, feed, i);
    char *text;
    size_t len;
    if (!from->text) {
        char hex[HASH_HEX];
        int r = fs_read(f->job->arena, from->path, ITEM_MAX, &text, &len, e);
        if (r < 0)
            return r;
        hash_bytes(text, len, hex);
        if (!str_same(hex, from->hash))
            return err_set(e, -EBADMSG,
                           "%s is not what was written\nremove its folder, and run it again: it is "
                           "made anew",
                           from->path);
        from->text = text;
    }
    *ret = from->text;
    return 0;
}

// from..from + n: which entries of the feed; with_live: what is broadcast in front of them.
struct part {
    size_t from, n;
    bool with_live;
};

static const char *part_hash(struct feeding *f, const struct feed *feed, const struct part *p)
{
    const struct rss_document *d = &feed->d;
    const char *const said[] = {d->file,  d->first, d->older, d->oldest,
                                d->title, d->guid,  d->medium};
    struct hash *h = hash_new();
    char hex[HASH_HEX];
    hash_add_text(h, f->same);
    for (size_t i = 0; i < COUNT(said); i++)
        hash_add_text(h, said[i] ? said[i] : "");
    hash_add(h, &d->newest_utc_s, sizeof d->newest_utc_s);
    for (size_t i = 0; p->with_live && i < f->num_live; i++)
        hash_add_text(h, f->live[i]);
    for (size_t i = p->from; i < p->from + p->n; i++)
        hash_add_text(h, entry_of(f, feed, i)->hash);
    hash_finish(h, hex);
    return arena_strdup(f->job->arena, hex);
}

// 1: the document is the one of before; 0: it must be written.
static int take_before(struct feeding *f, const char *file, const char *hash)
{
    if (!f->before || !str_same(json_text(f->was, file), hash))
        return 0;
    const char *to = fs_join(f->job->arena, f->job->variants[0].dir, file);
    return fs_place(fs_join(f->job->arena, f->before, file), to, NULL) >= 0;
}

static int write_part(struct feeding *f, struct feed *feed, const struct part *p, struct err *e)
{
    size_t live = p->with_live ? f->num_live : 0;
    const char **items = arena_array(f->job->arena, const char *, live + p->n + 1);
    int r = 0;
    for (size_t i = 0; i < live; i++)
        items[i] = f->live[i];
    for (size_t i = 0; r >= 0 && i < p->n; i++)
        r = read_entry(f, feed, p->from + i, &items[live + i], e);
    if (r < 0)
        return r;
    struct str text;
    str_init(&text, STR_MAX);
    r = rss_feed(&text, &f->show, &f->channel, &feed->d, items, live + p->n, e);
    if (r >= 0)
        r = texts_save(f->job, feed->d.file, &text, e);
    str_done(&text);
    return r;
}

static int save_part(struct feeding *f, struct feed *feed, struct part p, struct err *e)
{
    feed->d.newest_utc_s = p.n ? entry_of(f, feed, p.from)->published_utc_s : INT64_MIN;
    const char *hash = part_hash(f, feed, &p);
    json_put_text(f->made, feed->d.file, hash);
    return take_before(f, feed->d.file, hash) ? 0 : write_part(f, feed, &p, e);
}

static const char *archive_file(struct feeding *f, const struct feed *feed, size_t number)
{
    const char *first = feed->d.first;
    return arena_printf(f->job->arena, "%.*s-archive-%zu.xml",
                        (int)(strlen(first) - strlen(".xml")), first, number);
}

// An archive is full from the beginning: what is newer than the last one fits into the first
// document.
static int save_feed(struct feeding *f, struct feed *feed, struct err *e)
{
    size_t per = f->per_document;
    size_t archives = feed->d.of_show && feed->count > per ? (feed->count - 1) / per : 0;
    feed->d.oldest = archives ? archive_file(f, feed, 1) : NULL;
    feed->d.older = archives ? archive_file(f, feed, archives) : NULL;
    feed->d.file = feed->d.first;
    size_t n = feed->count < per ? feed->count : per;
    int r = save_part(f, feed, (struct part){0, n, feed->d.of_show}, e);
    for (size_t k = 1; r >= 0 && k <= archives; k++) {
        feed->d.file = archive_file(f, feed, k);
        feed->d.older = k > 1 ? archive_file(f, feed, k - 1) : NULL;
        r = save_part(f, feed, (struct part){feed->count - k * per, per, false}, e);
    }
    return r;
}

static void read_before(struct feeding *f)
{
    const char *path = json_text(f->job->in, "before");
    struct str text;
    str_init(&text, STR_MAX);
    json_canonical(&text, json_get(f->job->settings, "show"));
    json_canonical(&text, json_get(f->job->settings, "channel"));
    hash_bytes(text.p, text.len, f->same);
    str_done(&text);
    if (path && json_load(path, &f->was, NULL) >= 0)
        f->before = fs_dirname(f->job->arena, path);
}

static int save_feeds(struct feeding *f, struct err *e)
{
    const struct json *feeds = json_get(f->job->settings, "feeds");
    int r = 0;
    for (size_t i = 0; r >= 0 && i < json_count(feeds); i++) {
        const struct json *j = json_at(feeds, i), *items = json_get(j, "items");
        struct feed feed = {
            .items = items,
            .video = json_bool(j, "video", false),
            .count = items ? json_count(items) : f->items.count,
            .d = {.first = json_text(j, "file"),
                  .title = json_text(j, "title"),
                  .guid = json_text(j, "guid"),
                  .medium = json_text_or(j, "medium", "podcast"),
                  .of_show = json_bool(j, "of_show", false)},
        };
        r = save_feed(f, &feed, e);
    }
    return r;
}

static int run(struct stage_job *job, struct err *e)
{
    struct feeding f = {.job = job};
    f.per_document = (size_t)json_int(job->settings, "entries", 100);
    f.made = json_new_object();
    read_before(&f);
    int r = list_entries(job, "items", &f.items, e);
    if (r >= 0)
        r = list_entries(job, "videos", &f.videos, e);
    if (r >= 0)
        r = texts_show(job, &f.show, e);
    if (r >= 0)
        r = channel_read(job->arena, json_get(job->settings, "channel"), &f.channel, e);
    if (r >= 0)
        r = read_live(&f, e);
    if (r >= 0)
        r = save_feeds(&f, e);
    if (r >= 0)
        r = json_save(stage_output(job, &job->variants[0], "documents.json"), f.made, e);
    json_free(f.was);
    json_free(f.made);
    return r < 0 ? r : 0;
}

const struct stage stage_feed = {"feed", run};
