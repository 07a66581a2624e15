// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/export.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "plan/publish.h"
#include "plan/recordings.h"

enum { DAY_S = 86400 };

struct listing {
    struct plan *p;
    struct arena *a;
    const struct export_params *how;
    struct export_list *list;
    struct published was; // as it is public, while publish_look tells what will be; guid NULL: not
};

// A manifest's line holds a name as it is: without what BagIt or sha256sum would write otherwise.
static char *plain_name(struct arena *a, const char *name)
{
    char *plain = arena_strdup(a, name);
    for (char *c = plain; *c; c++)
        if (*c == '%' || *c == '\\' || (unsigned char)*c < ' ' || *c == 0x7f)
            *c = '_';
    return plain;
}

// path: of this file, "" for text; NULL: of any.
static bool is_listed(const struct listing *l, const char *name, const char *path)
{
    for (size_t i = 0; i < json_count(l->list->files); i++) {
        const struct json *f = json_at(l->list->files, i);
        if (str_same(json_text(f, "name"), name))
            return !path || str_same(json_text_or(f, "path", ""), path);
    }
    return false;
}

// "50_ a-2.pdf" where "50% a.pdf" took "50_ a.pdf"; NULL: this very file is listed.
static char *free_name(const struct listing *l, const char *name, const char *path)
{
    char *plain = plain_name(l->a, name), *taken = plain;
    const char *extension = fs_extension(plain);
    size_t stem = strlen(plain) - strlen(extension) - (*extension ? 1 : 0);
    for (int i = 2; is_listed(l, taken, NULL); i++) {
        if (is_listed(l, taken, path ? path : ""))
            return NULL;
        taken = arena_printf(l->a, "%.*s-%d%s", (int)stem, plain, i, plain + stem);
    }
    return taken;
}

// path, or text; sha256 NULL: not known.
static void add(struct listing *l, const char *name, const char *path, const char *text,
                const char *sha256)
{
    name = free_name(l, name, path);
    if (!name)
        return;
    int64_t bytes = text ? (int64_t)strlen(text) : fs_size(path);
    struct json *o = json_new_object();
    json_put_text(o, "name", name);
    json_put_text(o, "path", path);
    json_put_text(o, "text", text);
    json_put_text(o, "sha256", sha256);
    json_put_int(o, "bytes", bytes);
    json_push(l->list->files, o);
    l->list->bytes += bytes > 0 ? bytes : 0;
}

static bool is_recording(const struct listing *l, const char *path)
{
    const struct episode *ep = l->p->ep;
    for (size_t i = 0; i < ep->num_recordings; i++) {
        const struct recording *rec = &ep->recordings[i];
        for (size_t k = 0; k < (rec->file ? 1 : rec->parts.count); k++) {
            const char *file = rec->file ? rec->file : rec->parts.items[k];
            if (str_same(fs_absolute(l->a, fs_join(l->a, ep->dir, file)), path))
                return true;
        }
    }
    return false;
}

static bool is_hidden(const char *file)
{
    return *file == '.' || strstr(file, "/.") || str_ends(file, "~");
}

static bool is_inside(const struct listing *l, const char *path)
{
    const char *show = fs_absolute(l->a, l->p->s->dir);
    return str_starts(path, show) && path[strlen(show)] == '/';
}

// Every file below dir, as NAME/…, but no recording; secrets never lie in a show's folder.
static int add_tree(struct listing *l, const char *dir, const char *name, struct err *e)
{
    char **files;
    size_t n;
    int r = fs_list_tree(l->a, dir, &files, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        const char *listed = fs_join(l->a, dir, files[i]), *path = fs_absolute(l->a, listed);
        if (fs_is_link(listed) && (fs_is_dir(path) || !is_inside(l, path)))
            continue; // somebody else's file
        if (!is_hidden(files[i]) && !is_recording(l, path))
            add(l, arena_printf(l->a, "%s/%s", name, files[i]), path, NULL, NULL);
    }
    return r;
}

// By hash and by the name it was recorded under.
static int add_original(struct listing *l, const char *file, const char *sha256, struct err *e)
{
    const char *path = recordings_original(l->a, l->p->s->dir, sha256);
    if (!path)
        path = fs_join(l->a, l->p->ep->dir, file);
    if (published_retracted(&l->was) && !recordings_original(l->a, l->p->s->dir, sha256)) {
        progress_warn(l->p->s->progress,
                      "the original of %s is not in the package: it was deleted when the episode "
                      "was retracted",
                      file);
        return 0;
    }
    if (!fs_exists(path))
        return err_input(e,
                         "the original of %s is missing: there is no originals/%s.%s\nput it back "
                         "from the backup, or plug in the disk with the recording",
                         file, sha256, fs_extension(file));
    add(l, arena_printf(l->a, "originals/%s/%s", sha256, fs_basename(file)), path, NULL, sha256);
    return 0;
}

static int add_originals(struct listing *l, struct err *e)
{
    struct plan *p = l->p;
    struct json *list = NULL, *paths = NULL;
    bool found;
    int r = 0;
    for (size_t i = 0; r >= 0 && i < l->was.num_sources; i++)
        r = add_original(l, l->was.sources[i].path, l->was.sources[i].sha256, e);
    if (r < 0 || l->was.guid)
        return r;
    if (!p->ep->num_recordings) {
        progress_warn(p->s->progress, "%s has no recording yet: none is in the package",
                      p->ep->folder);
        return 0;
    }
    r = recordings_list(p, &list, &paths, &found, e);
    for (size_t i = 0; r >= 0 && i < json_count(list); i++) {
        const struct json *one = json_at(list, i);
        const char *sha256 = json_text_or(one, "sha256", "");
        const char *original = recordings_original(l->a, p->s->dir, sha256);
        add(l, arena_printf(l->a, "originals/%s/%s", sha256, json_text_or(one, "name", "")),
            original ? original : json_as_text(json_at(paths, i)), NULL, sha256);
    }
    json_free(list);
    json_free(paths);
    return r;
}

// Its file, if it is the one that belongs to the episode as it is now.
static int add_master(struct listing *l, const struct step *step, const char *file, struct err *e)
{
    struct plan *p = l->p;
    const char *path = step && step->state == STEP_FRESH ? plan_output_path(p, step, file) : NULL;
    if (path && fs_exists(path)) {
        add(l, arena_printf(l->a, "master/%s", file), path, NULL,
            json_text(store_output(step->record, file), "sha256"));
        return 0;
    }
    if (!step || step->state == STEP_LEFT_OUT)
        return 0;
    bool gone = published_retracted(&l->was);
    if (l->how->without_master || !l->was.guid || gone) {
        progress_warn(p->s->progress, "%s is not in the package: %s", file,
                      gone   ? "it was deleted when the episode was retracted"
                      : path ? "it has been given back"
                             : "it was never made");
        return 0;
    }
    if (!path)
        return err_input(e,
                         "%s has changed since it was published (%s)\npublish it first: "
                         "dgl-episode publish %s\nor leave the master out: dgl-episode export %s "
                         "--without-master",
                         p->ep->folder, step->why ? step->why : "its master is not there",
                         p->ep->folder, p->ep->folder);
    return err_input(e,
                     "the master %s has been given back to save disk\nmake it again: dgl-episode "
                     "publish %s --until normalize --remake\nor leave it out: dgl-episode export "
                     "%s --without-master",
                     file, p->ep->folder, p->ep->folder);
}

static int add_masters(struct listing *l, struct err *e)
{
    struct plan *p = l->p;
    int r = add_master(l, plan_step(p, "sound", NULL), "master.flac", e);
    if (r >= 0 && p->ep->num_rungs && p->has_picture)
        r = add_master(l, plan_step(p, "picture", p->ep->rung[0].name), "picture.mp4", e);
    return r;
}

static void add_captions(struct listing *l)
{
    const struct step *step = plan_step(l->p, "captions", NULL);
    if (!step || step->state != STEP_FRESH)
        return;
    const struct json *outputs = json_get(step->record, "outputs");
    for (size_t i = 0; i < json_count(outputs); i++) {
        const struct json *o = json_at(outputs, i);
        const char *file = json_text_or(o, "file", ""), *path = fs_join(l->a, step->dir, file);
        if (fs_exists(path))
            add(l, arena_printf(l->a, "captions/%s", file), path, NULL, json_text(o, "sha256"));
    }
}

static int add_public(struct listing *l, const char *below, const char *sha256, struct err *e)
{
    const char *path = arena_printf(l->a, "%s/public/%s", l->p->s->dir, below);
    if (!fs_exists(path))
        return err_input(e, "public/%s is missing\nput it there again: dgl-episode publish %s",
                         below, l->p->ep->folder);
    if (!str_ends(below, ".m3u8")) {
        add(l, arena_printf(l->a, "public/%s", below), path, NULL, sha256);
        return 0;
    }
    const char *dir = fs_dirname(l->a, below); // a stream is a folder of many files
    return add_tree(l, arena_printf(l->a, "%s/public/%s", l->p->s->dir, dir),
                    arena_printf(l->a, "public/%s", dir), e);
}

static int add_delivered(struct listing *l, struct err *e)
{
    const struct published *x = &l->was;
    int r = 0;
    if (!x->guid || !str_same(x->state, "published")) {
        progress_warn(l->p->s->progress, "%s %s: no delivered files are in the package",
                      l->p->ep->folder, x->guid ? "is withdrawn" : "was never published");
        return 0;
    }
    for (size_t i = 0; r >= 0 && i < x->num_files; i++)
        r = add_public(l, x->files[i].path, x->files[i].sha256, e);
    for (size_t i = 0; r >= 0 && i < x->num_clips; i++) {
        r = add_public(l, x->clips[i].file.path, x->clips[i].file.sha256, e);
        if (r >= 0 && x->clips[i].captions)
            r = add_public(l, x->clips[i].captions, NULL, e);
    }
    for (size_t i = 0; r >= 0 && i < x->num_kit; i++)
        r = add_public(l, x->kit[i].path, x->kit[i].sha256, e);
    // Page, cover, captions, transcript and chapters.
    const char *page = arena_printf(l->a, "episodes/%s", l->p->slug);
    if (r >= 0)
        r = add_tree(l, arena_printf(l->a, "%s/public/%s", l->p->s->dir, page),
                     arena_printf(l->a, "public/%s", page), e);
    return r;
}

static int add_show(struct listing *l, struct err *e)
{
    const struct show *show = &l->p->s->show;
    add(l, "show/show.yaml", fs_join(l->a, l->p->s->dir, "episodes/show.yaml"), NULL, NULL);
    if (show->calendar_path)
        add(l, "show/calendar.yaml", show->calendar_path, NULL, NULL);
    int r = add_tree(l, l->p->ep->dir, "episode", e);
    if (r >= 0)
        r = add_tree(l, fs_join(l->a, l->p->s->dir, publish_report_dir(l->p)), "report", e);
    return r;
}

static void add_records(struct listing *l)
{
    for (size_t i = 0; i < l->p->num_steps; i++) {
        const struct step *step = &l->p->step[i];
        if (step->state == STEP_FRESH && step->record)
            add(l, arena_printf(l->a, "records/%s.json", step_name(l->a, step)),
                fs_join(l->a, step->dir, "record.json"), NULL, NULL);
    }
}

static void say_changes(struct listing *l)
{
    if (l->was.guid && plan_is_stale(l->p))
        progress_warn(l->p->s->progress,
                      "%s has changed since it was published: what was delivered is packed as it "
                      "is public",
                      l->p->ep->folder);
}

int export_list_make(struct plan *p, const struct export_params *how, struct export_list *ret,
                     struct err *e)
{
    struct civil day;
    *ret = (struct export_list){.files = json_new_array()};
    struct listing l = {p, &p->arena, how, ret, {0}};
    clock_civil(p->s->now_utc_s, &day);
    ret->name = arena_printf(&p->arena, "%s-%04d-%02d-%02d", p->slug, day.year, day.month, day.day);
    int r = published_load(&p->arena, fs_join(&p->arena, p->ep->dir, "published.json"), &l.was, e);
    if (r >= 0 || r == -ENOENT)
        r = add_originals(&l, e);
    if (r >= 0)
        r = add_masters(&l, e);
    if (r >= 0)
        r = add_show(&l, e);
    if (r >= 0)
        add_captions(&l);
    if (r >= 0)
        r = add_delivered(&l, e);
    if (r >= 0)
        ret->info = export_info(p, &l.was);
    if (r >= 0) {
        add_records(&l);
        say_changes(&l);
        add(&l, "export.json", NULL, export_record(p, ret->files), NULL);
    } else {
        json_free(ret->files);
        ret->files = NULL;
    }
    published_done(&l.was);
    return r;
}
