// SPDX-License-Identifier: GPL-3.0-or-later
// Opening a plan, and looking at its steps: fresh or stale, and why.
#include "plan/plan.h"

#include "base/fs.h"
#include "base/str.h"
#include "plan/picture.h"
#include "plan/recordings.h"
#include "plan/settings.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

static struct step *add_step(struct plan *p, const struct flow *f, const char *variant)
{
    struct step *step = &p->step[p->num_steps++];
    *step =
        (struct step){.flow = f, .variant = variant, .state = STEP_WAITS, .why = "not looked at"};
    step->place = store_place(&p->arena, p->s->dir, p->slug, f->name, variant);
    return step;
}

static bool is_wanted(const struct plan *p, const struct flow *f)
{
    if (f->flags & (FLOW_VIDEO | FLOW_HLS) && !p->ep->num_rungs)
        return false;
    if (f->flags & FLOW_CLIPS && !p->ep->num_clips)
        return false;
    if (f->flags & FLOW_KIT && !p->ep->kit)
        return false;
    return !(f->flags & FLOW_HLS) || p->ep->hls;
}

static void add_variants(struct plan *p, const struct flow *f)
{
    const struct episode *ep = p->ep;
    size_t outputs = f->flags & FLOW_ENCODED   ? ep->num_encoded
                     : f->flags & FLOW_OUTPUTS ? ep->num_outputs
                                               : 0;
    size_t rungs = !(f->flags & FLOW_PICTURES) ? 0 : ep->hls ? ep->num_rungs : 1;
    for (size_t i = 0; i < outputs; i++)
        add_step(p, f, ep->output[i].name)->output = &ep->output[i];
    for (size_t i = 0; i < rungs; i++)
        add_step(p, f, ep->rung[i].name)->rung = &ep->rung[i];
}

static void add_clips(struct plan *p, const struct flow *f)
{
    for (size_t i = 0; i < p->ep->num_clips; i++) {
        const struct clip *c = &p->ep->clips[i];
        for (size_t k = 0; k < CLIP_SHAPES; k++) {
            if (!(c->shapes & 1u << k))
                continue;
            struct step *step =
                add_step(p, f, arena_printf(&p->arena, "%zu-%s", i + 1, clip_shapes[k]));
            step->clip = c;
            step->shape = k;
        }
    }
}

static void add_steps(struct plan *p, bool of_show)
{
    for (const struct flow *f = flow_table; f->name; f++) {
        bool unnamed = f->flags & FLOW_PROGRAM && !p->s->show.transcribe.count;
        if (!!(f->flags & FLOW_SHOW) != of_show || unnamed)
            continue;
        if (!of_show && !is_wanted(p, f))
            continue;
        if (f->flags & (FLOW_OUTPUTS | FLOW_ENCODED | FLOW_PICTURES))
            add_variants(p, f);
        else if (f->flags & FLOW_CLIPS)
            add_clips(p, f);
        else
            add_step(p, f, NULL);
    }
    // The show's cover is drawn by the same stage as an episode's.
    if (of_show)
        add_step(p, flow_find("art"), NULL);
}

// The address of a folder: what it was published under, else its name in letters of an address.
static const char *slug_of(struct plan *p, const char *folder, bool *ret_published)
{
    const char *episodes = fs_join(&p->arena, p->s->dir, "episodes");
    const char *path = fs_join(&p->arena, fs_join(&p->arena, episodes, folder), "published.json");
    struct json *record = NULL;
    json_load(path, &record, NULL);
    const char *slug = arena_strdup(&p->arena, json_text(record, "slug"));
    json_free(record);
    *ret_published = slug != NULL;
    if (slug)
        return slug;
    struct str s;
    str_init(&s, STR_MAX);
    str_add_slug(&s, folder);
    slug = arena_strdup(&p->arena, s.p);
    str_done(&s);
    return slug;
}

static bool slug_taken(struct plan *p, const char *slug, char **folders, size_t n)
{
    bool is_before = true;
    for (size_t i = 0; i < n; i++) {
        bool published;
        if (str_same(folders[i], p->ep->folder)) {
            is_before = false;
            continue;
        }
        const char *other = slug_of(p, folders[i], &published);
        if (str_same(other, slug) && (published || is_before))
            return true;
    }
    return false;
}

// A folder that was renamed keeps its address, so another one may by now have that name.
static int choose_slug(struct plan *p, struct err *e)
{
    char **folders;
    size_t n;
    bool published;
    p->slug = p->published.slug;
    if (p->slug)
        return 0;
    int r = episode_folders(&p->arena, p->s->dir, &folders, &n, e);
    const char *base = slug_of(p, p->ep->folder, &published);
    p->slug = base;
    for (int i = 2; r >= 0 && slug_taken(p, p->slug, folders, n); i++)
        p->slug = arena_printf(&p->arena, "%s-%d", base, i);
    return r;
}

int plan_open(struct plan *p, struct session *s, const char *folder, struct err *e)
{
    *p = (struct plan){.s = s};
    p->ep = arena_new(&p->arena, struct episode);
    int r = episode_load(&p->arena, &s->show, s->preset_dirs, &s->goals, &s->municipalities, folder,
                         p->ep, e);
    if (r < 0)
        return r;
    char *path = fs_join(&p->arena, p->ep->dir, "published.json");
    struct err why = {0};
    r = published_load(&p->arena, path, &p->published, &why);
    if (r < 0 && r != -ENOENT)
        return err_input(e,
                         "%s\nthe program writes this file: fetch the one before from git or a "
                         "backup",
                         why.text);
    r = choose_slug(p, e);
    if (r < 0)
        return r;
    const struct json *timeline = json_get(p->published.rest, "timeline");
    p->timeline = timeline ? json_keep(timeline) : NULL;
    add_steps(p, false);
    return 0;
}

void plan_open_show(struct plan *p, struct session *s)
{
    *p = (struct plan){.s = s, .slug = "_show"};
    add_steps(p, true);
}

void plan_close(struct plan *p)
{
    for (size_t i = 0; i < p->num_steps; i++) {
        json_free(p->step[i].settings);
        json_free(p->step[i].inputs);
        json_free(p->step[i].record);
    }
    json_free(p->timeline);
    json_free(p->published.rest);
    arena_done(&p->arena);
    *p = (struct plan){0};
}

struct step *plan_step(struct plan *p, const char *stage, const char *variant)
{
    for (size_t i = 0; i < p->num_steps; i++) {
        struct step *s = &p->step[i];
        if (str_same(s->flow->name, stage) && str_same(s->variant, variant))
            return s;
    }
    return NULL;
}

const char *step_name(struct arena *a, const struct step *step)
{
    return step->variant ? arena_printf(a, "%s.%s", step->flow->name, step->variant)
                         : step->flow->name;
}

const char *plan_output_path(struct plan *p, const struct step *step, const char *file)
{
    const struct json *o = step && step->record ? store_output(step->record, file) : NULL;
    return o ? fs_join(&p->arena, step->dir, json_text(o, "file")) : NULL;
}

bool plan_is_stale(const struct plan *p)
{
    for (size_t i = 0; i < p->num_steps; i++)
        if (p->step[i].state == STEP_STALE)
            return true;
    return false;
}

bool plan_lacks(struct plan *p, const struct step *maker, const struct flow_input *in)
{
    if (maker->state != STEP_FRESH || maker->whole)
        return false;
    const char *path = plan_output_path(p, maker, in->file);
    return !path || !fs_exists(path); // of a list of files none is known to be there
}

struct step *plan_maker(struct plan *p, const struct step *step, const struct flow_input *in,
                        size_t i)
{
    const struct episode *ep = p->ep;
    const struct output_preset *sound = ep ? episode_video_sound(ep) : NULL;
    if (i > 0 && in->of != OF_PICTURES)
        return NULL;
    if (in->of == OF_PICTURES || in->of == OF_PICTURE)
        return ep && i < ep->num_rungs ? picture_step(p, &ep->rung[i]) : NULL;
    if (in->of == OF_VIDEO_SOUND)
        return sound ? plan_step(p, in->stage, sound->name) : NULL;
    for (size_t k = 0; in->of == OF_FIRST && k < p->num_steps; k++)
        if (str_same(p->step[k].flow->name, in->stage))
            return &p->step[k];
    return plan_step(p, in->stage, in->of == OF_SAME_VARIANT ? step->variant : NULL);
}

// Hashes of a maker's files that match; one text, or an array where the pattern begins with '*.'.
static struct json *hashes_of(const struct step *maker, const char *pattern)
{
    const struct json *outputs = json_get(maker->record, "outputs");
    if (!strncmp(pattern, "*.", 2)) {
        struct json *all = json_new_array();
        for (size_t i = 0; i < json_count(outputs); i++)
            if (!fnmatch(pattern, json_text_or(json_at(outputs, i), "file", ""), 0))
                json_push_text(all, json_text(json_at(outputs, i), "sha256"));
        return all;
    }
    const struct json *o = store_output(maker->record, pattern);
    return o ? json_new_text(json_text(o, "sha256")) : NULL;
}

// 0: go on; 1: the step's state is decided.
static int look_at_maker(struct plan *p, struct step *step, const struct flow_input *in,
                         const struct step *maker)
{
    if (!maker || maker->state == STEP_LEFT_OUT) {
        if (in->optional)
            return 0;
        step->state = STEP_LEFT_OUT;
        step->why = arena_printf(&p->arena, "without %s", in->stage);
        return 1;
    }
    if (maker->state != STEP_FRESH) {
        step->state = STEP_WAITS;
        step->why = arena_printf(&p->arena, "after %s", step_name(&p->arena, maker));
        return 1;
    }
    struct json *hashes = hashes_of(maker, in->file), *list;
    if (in->of != OF_PICTURES) {
        json_put(step->inputs, in->name, hashes);
        return 0;
    }
    list = json_get(step->inputs, in->name) ? json_keep(json_get(step->inputs, in->name))
                                            : json_new_array();
    json_push(list, hashes);
    json_put(step->inputs, in->name, list);
    return 0;
}

static int look_at_makers(struct plan *p, struct step *step)
{
    for (const struct flow_input *in = step->flow->in; in && in->stage; in++) {
        const struct step *maker = plan_maker(p, step, in, 0);
        for (size_t i = 0; i == 0 || maker; maker = plan_maker(p, step, in, ++i))
            if (look_at_maker(p, step, in, maker))
                return 1;
    }
    return 0;
}

static int hash_one(struct plan *p, const struct json *path, struct json **ret, struct err *e)
{
    char hex[HASH_HEX];
    p->read = arena_grow(&p->arena, p->read, p->num_read, &p->cap_read, sizeof *p->read);
    p->read[p->num_read++] = arena_strdup(&p->arena, json_as_text(path));
    int r = hashes_get(p->s->hashes, json_as_text(path), hex, p->s->progress, e);
    if (r >= 0)
        *ret = json_new_text(hex);
    return r;
}

// Content hashes of {name: path or [paths]}.
static int hash_files(struct plan *p, const struct json *files, struct json *into, struct err *e)
{
    for (size_t i = 0; i < json_count(files); i++) {
        const char *name = json_key_at(files, i);
        const struct json *value = json_get(files, name);
        struct json *hash = NULL;
        int r = 0;
        if (json_as_text(value)) {
            r = hash_one(p, value, &hash, e);
        } else {
            hash = json_new_array();
            for (size_t k = 0; r >= 0 && k < json_count(value); k++) {
                struct json *one = NULL;
                r = hash_one(p, json_at(value, k), &one, e);
                if (one)
                    json_push(hash, one);
            }
        }
        if (r < 0) {
            json_free(hash);
            return r;
        }
        json_put(into, name, hash);
    }
    return 0;
}

static void fingerprint(struct step *step)
{
    struct str s;
    str_init(&s, STR_MAX);
    json_canonical(&s, step->settings);
    str_addc(&s, '\n');
    json_canonical(&s, step->inputs);
    struct hash *h = hash_new();
    hash_add_text(h, step->flow->name);
    hash_add(h, &step->flow->version, sizeof step->flow->version);
    hash_add(h, s.p, s.len);
    hash_finish(h, step->fingerprint);
    str_done(&s);
}

// The first key in which two objects differ; "" when they are the same.
static const char *differing(const struct json *a, const struct json *b)
{
    for (size_t i = 0; i < json_count(b); i++)
        if (!json_same(json_get(a, json_key_at(b, i)), json_get(b, json_key_at(b, i))))
            return json_key_at(b, i);
    for (size_t i = 0; i < json_count(a); i++)
        if (!json_get(b, json_key_at(a, i)))
            return json_key_at(a, i);
    return "";
}

// Down to the key that changed: "episode.title".
static const char *differing_path(struct arena *a, const struct json *was, const struct json *is)
{
    const char *key = differing(was, is);
    const struct json *old = json_get(was, key), *new = json_get(is, key);
    if (!*key || !json_key_at(old, 0) || !json_key_at(new, 0))
        return key;
    const char *below = differing_path(a, old, new);
    return *below ? arena_printf(a, "%s.%s", key, below) : key;
}

static const char *why_stale(struct plan *p, const struct step *step)
{
    struct json *was = store_newest(&p->arena, &step->place);
    if (!was)
        return "never made";
    const char *why = "made anew";
    const char *input = differing(json_get(was, "inputs"), step->inputs);
    const char *setting = differing_path(&p->arena, json_get(was, "settings"), step->settings);
    if (json_int(was, "version", 0) != step->flow->version)
        why = "this version of the program makes it differently";
    else if (*setting)
        why = arena_printf(&p->arena, "%s changed", setting);
    else if (*input)
        why = arena_printf(&p->arena, "%s changed", input);
    json_free(was);
    return why;
}

static void forget(struct step *step)
{
    json_free(step->settings);
    json_free(step->inputs);
    json_free(step->record);
    step->record = NULL;
    step->dir = NULL;
    step->settings = NULL;
    step->inputs = json_new_object();
}

static int take_settings(struct plan *p, struct step *step, struct err *e)
{
    struct json *files = NULL;
    int r = settings_shared(p, step->flow, &step->settings, &files, e);
    if (r >= 0 && step->variant)
        json_put(step->settings, "variant", settings_variant(p, step));
    if (r >= 0)
        r = hash_files(p, files, step->inputs, e);
    json_free(files);
    return r;
}

static int look_at_store(struct plan *p, struct step *step, struct err *e)
{
    fingerprint(step);
    int r = store_load(&p->arena, &step->place, step->fingerprint, &step->record, e);
    if (r == -ENOENT) {
        step->state = STEP_STALE;
        step->why = why_stale(p, step);
        return 0;
    }
    if (r < 0)
        return r;
    step->state = STEP_FRESH;
    step->why = "unchanged";
    step->dir = store_dir(&p->arena, &step->place, step->fingerprint);
    step->whole = store_whole(step->dir, step->record);
    return 0;
}

static int load_output(struct plan *p, const struct step *step, const char *file, struct json **ret,
                       struct err *e)
{
    const char *path = plan_output_path(p, step, file);
    return path ? json_load(path, ret, e) : -ENOENT;
}

// What later steps are judged by.
static int learn(struct plan *p, const struct step *step, struct err *e)
{
    struct json *j;
    if (step->state != STEP_FRESH)
        return 0;
    if (str_same(step->flow->name, "ingest")) {
        p->has_picture = json_bool(json_get(step->record, "measured"), "has_picture", false);
    } else if (str_same(step->flow->name, "align")) {
        int r = load_output(p, step, "tracks.json", &j, e);
        if (r < 0)
            return r == -ENOENT ? 0 : r;
        p->recorded = json_int(j, "length_ticks", 0);
        json_free(j);
    } else if (str_same(step->flow->name, "timeline")) {
        int r = load_output(p, step, "timeline.json", &j, e);
        if (r < 0)
            return r == -ENOENT ? 0 : r;
        json_free(p->timeline);
        p->timeline = j;
    }
    return 0;
}

int plan_look(struct plan *p, struct step *step, struct err *e)
{
    forget(step);
    if (look_at_makers(p, step))
        return 0;
    int r = take_settings(p, step, e);
    if (r == -EAGAIN || r == -ENODATA) {
        step->state = r == -EAGAIN ? STEP_WAITS : STEP_LEFT_OUT;
        step->why = r == -EAGAIN && !p->timeline       ? "after timeline"
                    : r == -EAGAIN                     ? "after tag"
                    : step->flow->flags & FLOW_PROGRAM ? "nothing to do"
                    : step->flow->flags & FLOW_MEDIA   ? "the recording is not here"
                                                       : "nothing to do";
        return 0;
    }
    if (r >= 0)
        r = look_at_store(p, step, e);
    return r < 0 ? r : learn(p, step, e);
}

int plan_look_all(struct plan *p, const char *until, struct err *e)
{
    int r = 0;
    for (size_t i = 0; r >= 0 && i < p->num_steps; i++) {
        bool last = until && str_same(p->step[i].flow->name, until) &&
                    (i + 1 == p->num_steps || p->step[i + 1].flow != p->step[i].flow);
        r = plan_look(p, &p->step[i], e);
        if (last)
            break;
    }
    return r;
}
