// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/parcel.h"

#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/str.h"
#include "model/filetype.h"

// The first that fits counts. A name with its content's hash never gets other bytes.
static const struct rule {
    const char *prefix, *suffix;
    enum parcel_phase phase;
    const char *type; // NULL: by the suffix, as serve has it
} rules[] = {
    {"feed.xml", "", PARCEL_FEED, NULL},
    {"feed", ".xml", PARCEL_FEEDS, NULL}, // feed-archive-1.xml, feeds/theme-trivsel.xml
    {"", ".xml", PARCEL_PAGES, "application/xml"},
    {"", ".html", PARCEL_PAGES, NULL},
    {"", ".json", PARCEL_PAGES, NULL},
    {"", ".m3u8", PARCEL_PAGES, NULL},
    {"", ".css", PARCEL_PAGES, NULL},
    {"", ".js", PARCEL_PAGES, NULL},
    {"", ".txt", PARCEL_PAGES, NULL},
    {"", ".ics", PARCEL_PAGES, NULL},
    {"", ".htaccess", PARCEL_GONE, "text/plain"}, // model/gone.h
    {"", "", PARCEL_MEDIA, NULL},
};
static const char for_ever[] = "public, max-age=31536000, immutable";
static const char for_minutes[] = "public, max-age=300";
static const char for_an_hour[] = "public, max-age=3600";

static const struct rule *rule_of(const char *path)
{
    size_t i = 0;
    while (!str_starts(path, rules[i].prefix) || !str_ends(path, rules[i].suffix))
        i++;
    return &rules[i];
}

// What a run that was killed left behind: "feed.xml.tmp-a1B2c3".
static bool is_half(const char *path)
{
    const char *mark = strstr(fs_basename(path), ".tmp-");
    return mark && strlen(mark) == strlen(".tmp-") + 6;
}

static int add(struct session *s, struct arena *a, const char *public, const char *path,
               struct parcel *p, struct err *e)
{
    const struct rule *rule = rule_of(path);
    struct parcel_file *f = &p->files[p->count];
    char hex[HASH_HEX], mark[16];
    *f = (struct parcel_file){
        .path = path,
        .from = fs_join(a, public, path),
        .type = rule->type ? rule->type : file_type_of(path)->mime,
        .phase = rule->phase,
    };
    f->bytes = fs_size(f->from);
    int r = hashes_get(s->hashes, f->from, hex, s->progress, e);
    if (r < 0)
        return r;
    snprintf(mark, sizeof mark, "-%.8s.", hex);
    f->sha256 = arena_strdup(a, hex);
    f->cache = strstr(path, mark)            ? for_ever
               : rule->phase != PARCEL_MEDIA ? for_minutes
                                             : for_an_hour;
    p->count++;
    return 0;
}

static int by_path(const void *x, const void *y)
{
    const struct parcel_file *a = x, *b = y;
    return strcmp(a->path, b->path);
}

int parcel_make(struct session *s, struct arena *a, struct parcel *ret, struct err *e)
{
    const char *public = fs_join(a, s->dir, "public");
    char **names;
    size_t n;
    *ret = (struct parcel){0};
    if (!fs_exists(fs_join(a, public, "feed.xml")))
        return err_input(e, "there is nothing to deliver yet: publish an episode first\n"
                            "dgl-episode publish EPISODE");
    int r = fs_list_tree(a, public, &names, &n, e);
    if (r < 0)
        return r;
    ret->files = arena_array(a, struct parcel_file, n + 1);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        if (fs_is_link(fs_join(a, public, names[i])))
            progress_warn(s->progress,
                          "public/%s is a link and is not delivered: put the file itself there",
                          names[i]);
        else if (!is_half(names[i]))
            r = add(s, a, public, names[i], ret, e);
    }
    // a tree's order is another one: "x/index.html" comes before "x-2/index.html" there
    if (r >= 0)
        qsort(ret->files, ret->count, sizeof *ret->files, by_path);
    return r;
}

const struct parcel_file *parcel_find(const struct parcel *p, const char *path)
{
    const struct parcel_file want = {.path = path};
    return p->count ? bsearch(&want, p->files, p->count, sizeof want, by_path) : NULL;
}

const struct parcel_file *parcel_below(const struct parcel *p, const char *folder, size_t *ret_n)
{
    size_t from = 0, end = p->count;
    while (from < end) {
        size_t middle = from + (end - from) / 2;
        if (strcmp(p->files[middle].path, folder) < 0)
            from = middle + 1;
        else
            end = middle;
    }
    while (end < p->count && str_starts(p->files[end].path, folder))
        end++;
    *ret_n = end - from;
    return p->files + from;
}
