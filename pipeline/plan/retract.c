// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/retract.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "model/gone.h"
#include "plan/liveitem.h"
#include "plan/pathlist.h"
#include "plan/publish.h"
#include "plan/recordings.h"
#include "plan/remembered.h"
#include "plan/tombstone.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char earlier[] = "earlier_sources"; // [SHA-256] in published.json
enum { NAMING_MAX = 64 << 20 };                  // of a file that may name an original

// ---- who took the consent back

static const struct person *withdrawn_of(const struct person *people, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (people[i].withdrawn)
            return &people[i];
    return NULL;
}

const struct person *retract_withdrawn(const struct episode *ep)
{
    const struct person *g = withdrawn_of(ep->guests, ep->num_guests);
    return g ? g : withdrawn_of(ep->hosts, ep->num_hosts);
}

const struct json *retract_record(const struct plan *p)
{
    return json_get(p->published.rest, "retracted");
}

const char *retract_state(const struct plan *p)
{
    const struct json *o = retract_record(p);
    if (!published_retracted(&p->published))
        return NULL;
    return json_text(o, "undone") ? "undone" : json_text(o, "finished") ? "done" : "unfinished";
}

void retract_warn(struct plan *p)
{
    const struct person *g = retract_withdrawn(p->ep);
    if (g && p->published.guid && !published_retracted(&p->published))
        progress_warn(p->s->progress,
                      "%s took the consent back on %s, and %s is still public: dgl-episode retract "
                      "%s --reason \"the consent was withdrawn\"",
                      g->name, g->withdrawn, p->ep->folder, p->ep->folder);
}

int retract_refuse(struct plan *p, struct err *e)
{
    const struct person *g = retract_withdrawn(p->ep);
    const char *state = retract_state(p), *folder = p->ep->folder;
    if (state && !str_same(state, "undone"))
        return err_input(e,
                         "%s was retracted on %.10s: it is not published again\n"
                         "if it may be: dgl-episode retract %s --undo",
                         folder, json_text_or(retract_record(p), "at", ""), folder);
    if (!g)
        return 0;
    if (!p->published.guid || state)
        return node_error(g->node, e,
                          "leave it unpublished, or cut the person out and delete the "
                          "person here",
                          "%s took the consent back on %s", g->name, g->withdrawn);
    return node_error(
        g->node, e,
        arena_printf(&p->arena,
                     "take the episode down: dgl-episode retract %s --reason \"the consent was "
                     "withdrawn\"",
                     folder),
        "%s took the consent back on %s", g->name, g->withdrawn);
}

// ---- what there is of it

static bool has_text(const struct json *list, const char *text)
{
    for (size_t i = 0; i < json_count(list); i++)
        if (str_same(json_as_text(json_at(list, i)), text))
            return true;
    return false;
}

static void push_new(struct json *list, const char *text)
{
    if (text && !has_text(list, text))
        json_push_text(list, text);
}

// Below public/, of what is there now; the tombstone is not counted.
static void list_public(struct plan *p, struct json *list)
{
    const char *folders[TOMBSTONE_FOLDERS + 1];
    tombstone_folders(&p->arena, p->slug, folders);
    for (size_t i = 0; folders[i]; i++) {
        const char *dir = arena_printf(&p->arena, "%s/public/%s", p->s->dir, folders[i]);
        char **names;
        size_t n = 0;
        if (fs_list_tree(&p->arena, dir, &names, &n, NULL) < 0)
            n = 0;
        for (size_t k = 0; k < n; k++) {
            const char *below = fs_join(&p->arena, folders[i], names[k]);
            bool stays = published_retracted(&p->published) && tombstone_keeps(below);
            if (!stays && !str_same(fs_basename(below), gone_file))
                push_new(list, below);
        }
    }
}

// And what the record names, or was once delivered: a clone of the show has no files.
static void list_recorded(const struct published *pub, struct json *list)
{
    struct json *sent = pathlist_unfold(json_get(pub->rest, "delivered_files"));
    for (size_t i = 0; i < json_count(sent); i++)
        push_new(list, json_as_text(json_at(sent, i)));
    json_free(sent);
    for (size_t i = 0; i < pub->num_files; i++)
        push_new(list, pub->files[i].path);
    for (size_t i = 0; i < pub->num_clips; i++) {
        push_new(list, pub->clips[i].file.path);
        push_new(list, pub->clips[i].captions);
    }
    for (size_t i = 0; i < pub->num_kit; i++)
        push_new(list, pub->kit[i].path);
    for (size_t i = 0; i < pub->num_former; i++)
        push_new(list, pub->former[i].path);
}

static bool file_names(const char *path, const char *sha256)
{
    struct arena a = {0};
    char *text;
    bool found = fs_read(&a, path, NAMING_MAX, &text, NULL, NULL) >= 0 && strstr(text, sha256);
    arena_done(&a);
    return found;
}

// Its recordings were to be deleted as well: what it was made of does not count.
static bool is_erased(struct arena *a, const char *published)
{
    struct published p = {0};
    struct err why = {0};
    bool erased = published_load(a, published, &p, &why) >= 0 && published_retracted(&p) &&
                  json_bool(json_get(p.rest, "retracted"), "originals", false);
    published_done(&p);
    return erased;
}

// Another episode is made of the same recording, published or not.
static bool is_shared(struct plan *p, const char *sha256)
{
    struct arena *a = &p->arena;
    const char *episodes = fs_join(a, p->s->dir, "episodes"),
               *store = fs_join(a, p->s->dir, ".dgl/store");
    char **names, **results;
    size_t n = 0, m = 0;
    bool found = false;
    if (fs_list(a, episodes, &names, &n, NULL) < 0)
        return true;
    for (size_t i = 0; i < n && !found; i++) {
        const char *record = arena_printf(a, "%s/%s/published.json", episodes, names[i]);
        found = !str_same(names[i], p->ep->folder) && file_names(record, sha256) &&
                !is_erased(a, record);
    }
    if (fs_list(a, store, &names, &n, NULL) < 0)
        n = 0;
    for (size_t i = 0; i < n && !found; i++) {
        const char *ingest = arena_printf(a, "%s/%s/ingest", store, names[i]);
        if (str_same(names[i], p->slug) || fs_list(a, ingest, &results, &m, NULL) < 0)
            continue;
        for (size_t k = 0; k < m && !found; k++)
            found = file_names(arena_printf(a, "%s/%s/record.json", ingest, results[k]), sha256);
    }
    return found;
}

static void add_original(struct plan *p, const char *sha256, struct json *gone, struct json *kept)
{
    const char *path = recordings_original(&p->arena, p->s->dir, sha256);
    if (path)
        push_new(is_shared(p, sha256) ? kept : gone,
                 arena_printf(&p->arena, "originals/%s", fs_basename(path)));
}

static void list_originals(struct plan *p, struct json *gone, struct json *kept)
{
    const struct json *before = json_get(p->published.rest, earlier);
    for (size_t i = 0; i < p->published.num_sources; i++)
        add_original(p, p->published.sources[i].sha256, gone, kept);
    for (size_t i = 0; i < json_count(before); i++)
        if (json_as_text(json_at(before, i)))
            add_original(p, json_as_text(json_at(before, i)), gone, kept);
}

static const char *store_of(struct plan *p)
{
    return arena_printf(&p->arena, ".dgl/store/%s", p->slug);
}

static const char *broadcasts_of(struct plan *p)
{
    return arena_printf(&p->arena, ".dgl/live/%s", p->slug);
}

static const char *in_show(struct plan *p, const char *below)
{
    return fs_join(&p->arena, p->s->dir, below);
}

struct json *retract_look(struct plan *p, bool originals)
{
    struct json *o = json_new_object(), *files = json_new_array(), *gone = json_new_array(),
                *kept = json_new_array();
    int64_t bytes = 0;
    list_public(p, files);
    for (size_t i = 0; i < json_count(files); i++) {
        const char *below = json_as_text(json_at(files, i));
        int64_t size = fs_size(arena_printf(&p->arena, "%s/public/%s", p->s->dir, below));
        bytes += size > 0 ? size : 0;
    }
    list_originals(p, originals ? gone : kept, kept);
    json_put(o, "files", files);
    json_put_int(o, "bytes", bytes);
    json_put_text(o, "results", fs_is_dir(in_show(p, store_of(p))) ? store_of(p) : NULL);
    json_put(o, "originals", gone);
    json_put(o, "originals_kept", kept);
    json_put_text(o, "broadcasts",
                  fs_is_dir(in_show(p, broadcasts_of(p))) ? broadcasts_of(p) : NULL);
    return o;
}

// ---- doing it

int retract_check(struct plan *p, struct err *e)
{
    if (!p->published.guid)
        return err_input(e,
                         "%s was never published: there is nothing to take down\n"
                         "delete its folder, or leave it",
                         p->ep->folder);
    if (liveitem_status(p, p->s->now_utc_s) == LIVEITEM_LIVE)
        return err_input(e,
                         "%s is broadcast at this moment\n"
                         "end that first: dgl-episode live stop",
                         p->ep->folder);
    return catalog_check(p->s, e);
}

static int save(struct plan *p, struct err *e)
{
    int r = published_save(&p->published, fs_join(&p->arena, p->ep->dir, "published.json"), e);
    remembered_look_again(p->s->remembered);
    return r < 0 ? r : 0;
}

static void put_now(struct plan *p, struct json *o, const char *key)
{
    char when[CLOCK_TEXT];
    clock_iso(p->s->now_utc_s, when);
    json_put_text(o, key, when);
}

// Who, when, why, and what was public. What an interrupted run wrote stays.
static int mark(struct plan *p, const struct retraction *r, struct err *e)
{
    const struct json *was = retract_record(p);
    const char *state = retract_state(p);
    bool again = state && !str_same(state, "undone");
    struct json *o = json_new_object(), *files = json_new_array();
    struct json *old = pathlist_unfold(again ? json_get(was, "files") : NULL);
    for (size_t i = 0; i < json_count(old); i++)
        push_new(files, json_as_text(json_at(old, i)));
    json_free(old);
    list_public(p, files);
    list_recorded(&p->published, files);
    if (again)
        json_put_text(o, "at", json_text(was, "at"));
    else
        put_now(p, o, "at");
    json_put_text(o, "by", again ? json_text(was, "by") : r->by);
    json_put_text(o, "reason", again ? json_text(was, "reason") : r->reason);
    json_put(o, "files", pathlist_fold(files));
    json_free(files);
    if (r->originals || (again && json_bool(was, "originals", false)))
        json_put_bool(o, "originals", true);
    json_put_text(o, "finished", again ? json_text(was, "finished") : NULL);
    const struct json *before = again ? json_get(was, "before") : was;
    json_put(o, "before", before ? json_keep(before) : NULL);
    if (!p->published.rest)
        p->published.rest = json_new_object();
    json_put(p->published.rest, "retracted", o);
    p->published.state = "retracted";
    return save(p, e);
}

// The overview of a theme whose other kits are not here cannot be made without this one.
static void drop_themekit(struct plan *p, struct plan *show)
{
    static const char *const extensions[] = {"zip", "pdf", "html"};
    const struct step *step = plan_step(show, "themekit", NULL);
    if (step->record || !p->ep->theme)
        return;
    for (size_t i = 0; i < COUNT(extensions); i++)
        unlink(arena_printf(&p->arena, "%s/public/kit/tema-%s.%s", p->s->dir, p->ep->theme->id,
                            extensions[i]));
}

// Older results of feed and pages hold its words, and those that are not made any more its files.
static int tidy_show(struct plan *show, struct err *e)
{
    int r = publish_tidy(show, &(struct tidy){.master_days = -1}, e);
    for (size_t i = 0; r >= 0 && i < show->num_steps; i++)
        if (show->step[i].state == STEP_LEFT_OUT)
            r = fs_remove_tree(show->step[i].place.dir, e);
    return r;
}

// The feed first, then the pages, then what they named.
static int take_down(struct plan *p, struct err *e)
{
    struct session *s = p->s;
    struct catalog c = {0};
    struct plan show;
    struct arena a = {0};
    plan_open_show(&show, s);
    int r = catalog_make(s, &a, &c, e);
    if (r >= 0)
        r = publish_show(&show, &c, "feed", e);
    if (r >= 0)
        r = publish_show(&show, &c, NULL, e);
    if (r >= 0)
        drop_themekit(p, &show);
    if (r >= 0)
        r = tidy_show(&show, e);
    plan_close(&show);
    catalog_done(&c);
    arena_done(&a);
    return r;
}

// Results, previews and what is remembered hold the voice and the words; all can be made again.
static int remove_private(struct plan *p, bool originals, struct err *e)
{
    struct json *gone = json_new_array(), *kept = json_new_array();
    const char *preview = arena_printf(&p->arena, "%s/preview", publish_report_dir(p));
    int r = fs_remove_tree(in_show(p, preview), e);
    if (originals)
        list_originals(p, gone, kept);
    for (size_t i = 0; r >= 0 && i < json_count(gone); i++) {
        const char *path = in_show(p, json_as_text(json_at(gone, i)));
        r = unlink(path) < 0 && errno != ENOENT ? err_errno(e, -errno, path) : 0;
    }
    if (r >= 0 && originals)
        r = fs_remove_tree(in_show(p, broadcasts_of(p)), e);
    if (r >= 0)
        r = fs_remove_tree(in_show(p, store_of(p)), e);
    if (r >= 0)
        unlink(in_show(p, ".dgl/catalog"));
    json_free(gone);
    json_free(kept);
    return r;
}

int retract_run(struct plan *p, const struct retraction *r, struct err *e)
{
    int code = mark(p, r, e);
    if (code >= 0)
        code = take_down(p, e);
    if (code >= 0)
        code = remove_private(p, r->originals, e);
    if (code < 0)
        return code;
    struct json *o = (struct json *)retract_record(p);
    if (!json_text(o, "finished"))
        put_now(p, o, "finished");
    return save(p, e);
}

int retract_undo(struct plan *p, struct err *e)
{
    const char *state = retract_state(p);
    if (!state)
        return err_input(e, "%s is not retracted: there is nothing to undo", p->ep->folder);
    if (str_same(state, "unfinished"))
        return err_input(e,
                         "%s is not taken down completely yet\n"
                         "finish that first: dgl-episode retract %s",
                         p->ep->folder, p->ep->folder);
    if (str_same(state, "undone"))
        return 0;
    put_now(p, (struct json *)retract_record(p), "undone");
    return save(p, e);
}

void retract_remember_sources(const struct published *was, struct published *is)
{
    struct json *list = json_new_array();
    const struct json *before = json_get(is->rest, earlier);
    for (size_t i = 0; i < json_count(before); i++)
        push_new(list, json_as_text(json_at(before, i)));
    for (size_t i = 0; i < was->num_sources; i++) {
        bool used = false;
        for (size_t k = 0; k < is->num_sources; k++)
            used |= str_same(was->sources[i].sha256, is->sources[k].sha256);
        if (!used)
            push_new(list, was->sources[i].sha256);
    }
    if (json_count(list))
        json_put(is->rest, earlier, json_keep(list));
    json_free(list);
}
