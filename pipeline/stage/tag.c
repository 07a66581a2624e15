// SPDX-License-Identifier: GPL-3.0-or-later
// tag: words, chapters and cover in copies of the delivery files; no sound is encoded.
//
// settings: {"slug", "title", "show", "artist", "number", "season", "date", "language",
//            "description", "license", "license_url", "copyright", "page_url", "feed_url", "guid",
//            "category", "hosts": [{"name"}], "guests": [{"name"}], "theme",
//            "goals": [{"iri", "title"}]}; only slug and title are required
// in:       {"timeline": timeline.json, "cover": cover-small.png or .jpg}
// variant:  {"extension"}; in: {"audio": path}
// makes:    <slug>.<extension>. Theme and goals are the named fields THEME (its name) and SDG (a
//           goal's identifier, one field a goal); people are HOST and GUEST, the licence LICENSE
//           (its SPDX name)
// measured: {"bytes", "chapters"}
#include "base/fs.h"
#include "base/str.h"
#include "base/workers.h"
#include "media/tagfile.h"
#include "stage/stage.h"

#include <errno.h>

struct words {
    struct stage_job *job;
    struct tag_set set;
    const char *slug;
    const char **from, **to; // of each variant
};

static void add_custom(struct words *w, const char *key, const char *value)
{
    if (value && *value && w->set.num_custom < COUNT(w->set.custom))
        w->set.custom[w->set.num_custom++] = (struct tag_field){key, value};
}

static void add_each(struct words *w, const char *key, const struct json *list, const char *member)
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

static void read_words(struct words *w)
{
    const struct json *s = w->job->settings;
    const struct json *hosts = json_get(s, "hosts"), *guests = json_get(s, "guests");
    const char *people = names(w->job->arena, hosts, guests);
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
static void read_chapters(struct words *w, const struct json *timeline)
{
    const struct json *list = json_get(timeline, "chapters");
    size_t n = json_count(list);
    struct tag_chapter *chapters = arena_array(w->job->arena, struct tag_chapter, n + 1);
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

static void read_cover(struct words *w)
{
    const char *path = stage_input(w->job->in, "cover");
    if (!path)
        return;
    w->set.cover_path = path;
    w->set.cover_type = str_same(fs_extension(path), "png") ? "image/png" : "image/jpeg";
}

static int name_files(struct words *w, struct err *e)
{
    struct stage_job *job = w->job;
    w->from = arena_array(job->arena, const char *, job->num_variants);
    w->to = arena_array(job->arena, const char *, job->num_variants);
    for (size_t i = 0; i < job->num_variants; i++) {
        const struct stage_variant *v = &job->variants[i];
        w->from[i] = stage_input(v->in, "audio");
        if (!w->from[i])
            return err_set(e, -EINVAL, "the job has no input 'audio'");
        const char *extension = json_text_or(v->settings, "extension", fs_extension(w->from[i]));
        w->to[i] = stage_output(job, v, arena_printf(job->arena, "%s.%s", w->slug, extension));
    }
    return 0;
}

static int write_variant(void *ctx, size_t i, struct err *e)
{
    const struct words *w = ctx;
    return tagfile_write(w->from[i], w->to[i], &w->set, e);
}

static void put_measured(const struct words *w, size_t i)
{
    struct json *m = w->job->variants[i].measured;
    json_put_int(m, "bytes", fs_size(w->to[i]));
    json_put_int(m, "chapters", (int64_t)w->set.num_chapters);
}

static int tag_run(struct stage_job *job, struct err *e)
{
    struct words w = {.job = job};
    read_words(&w);
    if (!w.slug || !w.set.title)
        return err_set(e, -EINVAL, "the job names no slug or no title");
    struct json *timeline;
    int r = stage_load(job->in, "timeline", &timeline, e);
    if (r < 0)
        return r;
    read_chapters(&w, timeline);
    read_cover(&w);
    progress_update(job->progress, "writing titles and chapters", 0, -1);
    r = progress_check(job->progress, e);
    if (r >= 0)
        r = name_files(&w, e);
    if (r >= 0)
        r = workers_run(job->num_variants, job->threads, write_variant, &w, e);
    for (size_t i = 0; r >= 0 && i < job->num_variants; i++)
        put_measured(&w, i);
    json_free(timeline);
    return r;
}

const struct stage stage_tag = {"tag", tag_run};
