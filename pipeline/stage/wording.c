// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/wording.h"

#include "base/fs.h"
#include "base/str.h"

#include <errno.h>

static void add_custom(struct wording *w, const char *key, const char *value)
{
    if (value && *value && w->set.num_custom < COUNT(w->set.custom))
        w->set.custom[w->set.num_custom++] = (struct tag_field){key, value};
}

static void add_each(struct wording *w, const char *key, const struct json *list,
                     const char *member)
{
    for (size_t i = 0; i < json_count(list); i++)
        add_custom(w, key, json_text(json_at(list, i), member));
}

// "A, B, C"
static const char *names(struct arena *a, const struct json *hosts, const struct json *guests)
{
    struct str s;
    str_init(&s, STR_MAX);
    const struct json *lists[] = {hosts, guests};
    for (size_t k = 0; k < COUNT(lists); k++) {
        for (size_t i = 0; i < json_count(lists[k]); i++) {
            if (s.len)
                str_add(&s, ", ");
            str_add(&s, json_text(json_at(lists[k], i), "name"));
        }
    }
    const char *all = s.len ? arena_strdup(a, s.p) : NULL;
    str_done(&s);
    return all;
}

static void read_words(const struct stage_job *job, struct wording *w)
{
    const struct json *s = job->settings;
    const struct json *hosts = json_get(s, "hosts"), *guests = json_get(s, "guests");
    const char *people = names(job->arena, hosts, guests);
    const char *show_artist = json_text(s, "artist");
    const char *copyright = json_text(s, "copyright");
    w->slug = json_text(s, "slug");
    w->set = (struct tag_set){
        .title = json_text(s, "title"),
        .show = json_text(s, "show"),
        .artist = people ? people : show_artist,
        .album_artist = show_artist,
        .description = json_text(s, "description"),
        .summary = json_text(s, "description"),
        .copyright = copyright ? copyright : json_text(s, "license"),
        .license_url = json_text(s, "license_url"),
        .genre = "Podcast",
        .date = json_text(s, "date"),
        .language = json_text(s, "language"),
        .page_url = json_text(s, "page_url"),
        .feed_url = json_text(s, "feed_url"),
        .guid = json_text(s, "guid"),
        .category = json_text(s, "category"),
        .number = (int)json_int(s, "number", 0),
        .season = (int)json_int(s, "season", 0),
        .encoded_by = "dgl-episode",
    };
    add_custom(w, "THEME", json_text(s, "theme"));
    add_each(w, "SDG", json_get(s, "goals"), "iri");
    add_custom(w, "LICENSE", json_text(s, "license"));
    add_each(w, "HOST", hosts, "name");
    add_each(w, "GUEST", guests, "name");
}

// The texts stay the JSON's: it must outlive the set.
static void read_chapters(const struct stage_job *job, const struct json *timeline,
                          struct wording *w)
{
    const struct json *list = json_get(timeline, "chapters");
    size_t n = json_count(list);
    struct tag_chapter *chapters = arena_array(job->arena, struct tag_chapter, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct json *c = json_at(list, i);
        chapters[i] = (struct tag_chapter){
            .start = json_int(c, "start_ticks", 0),
            .end = json_int(c, "end_ticks", 0),
            .title = json_text(c, "title"),
            .url = json_text(c, "url"),
        };
    }
    w->set.chapters = chapters;
    w->set.num_chapters = n;
}

static void read_cover(const struct stage_job *job, struct wording *w)
{
    const char *path = stage_input(job->in, "cover");
    if (!path)
        return;
    w->set.cover_path = path;
    w->set.cover_type = str_same(fs_extension(path), "png") ? "image/png" : "image/jpeg";
}

int wording_read(const struct stage_job *job, const struct json *timeline, struct wording *ret,
                 struct err *e)
{
    *ret = (struct wording){0};
    read_words(job, ret);
    if (!ret->slug || !ret->set.title)
        return err_set(e, -EINVAL, "the job names no slug or no title");
    read_chapters(job, timeline, ret);
    read_cover(job, ret);
    return 0;
}
