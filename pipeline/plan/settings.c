// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/settings.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "plan/agenda.h"
#include "plan/captions.h"
#include "plan/clip.h"
#include "plan/facts.h"
#include "plan/feeds.h"
#include "plan/kit.h"
#include "plan/lawful.h"
#include "plan/pages.h"
#include "plan/picture.h"
#include "plan/publish.h"
#include "plan/recordings.h"
#include "plan/reportfiles.h"
#include "plan/tombstone.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef int settings_fn(struct plan *p, struct json *into, struct json *files, struct err *e);

static void put_texts(struct json *o, const char *key, const struct texts *t)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < t->count; i++)
        json_push_text(list, t->items[i]);
    json_put(o, key, list);
}

static int need_jingle(const struct jingle_file *j, const char *what, struct err *e)
{
    if (!j->path)
        return 0;
    if (access(j->path, R_OK) < 0)
        return node_error(j->node, e, "put the file there, or delete the line",
                          errno == EACCES ? "%s: %s may not be read" : "%s: there is no file %s",
                          what, j->file);
    if (fs_is_dir(j->path))
        return node_error(j->node, e, "name a file", "%s: %s is a folder", what, j->file);
    return 0;
}

static int put_music(const struct plan *p, struct json *files, struct err *e)
{
    int r = need_jingle(&p->ep->music, "music", e);
    if (r >= 0 && files)
        json_put_text(files, "music", p->ep->music.path);
    return r;
}

// Intro and outro, which must be there once there is a recording to put them around.
static int put_jingles(const struct plan *p, struct json *files, struct err *e)
{
    const struct episode *ep = p->ep;
    int r = need_jingle(&ep->intro, "intro", e);
    if (r >= 0)
        r = need_jingle(&ep->outro, "outro", e);
    if (r < 0 || !files)
        return r;
    json_put_text(files, "intro", ep->intro.path);
    json_put_text(files, "outro", ep->outro.path);
    return 0;
}

static int ingest_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    (void)files;
    struct json *list = NULL, *paths = NULL;
    bool found = false;
    int r = recordings_list(p, &list, &paths, &found, e);
    json_free(paths);
    if (r >= 0 && found)
        json_put(into, "recordings", list);
    else
        json_free(list);
    json_put_bool(into, "accept_damage", p->ep->accept_damage);
    if (r >= 0 && found)
        r = put_jingles(p, NULL, e); // what is missing is missed before the long work
    if (r >= 0 && found)
        r = put_music(p, NULL, e);
    return r < 0 ? r : found ? 0 : -ENODATA;
}

static void put_chapters(const struct episode *ep, struct json *into)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < ep->num_chapters; i++) {
        struct json *one = json_new_object();
        json_put_int(one, "at_ticks", ep->chapters[i].start);
        json_put_text(one, "title", ep->chapters[i].title);
        json_put_text(one, "url", ep->chapters[i].url);
        json_push(list, one);
    }
    json_put(into, "chapters", list);
    json_put_text(into, "chapters_clock", ep->chapters_published_clock ? "published" : "recording");
}

// Each is said only where it is used, so that the others stay as they are fingerprinted.
static void put_cuts(const struct episode *ep, struct json *into)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < ep->num_cuts; i++) {
        struct json *one = json_new_object();
        json_put_int(one, "from_ticks", ep->cuts[i].span.start);
        json_put_int(one, "to_ticks", ep->cuts[i].span.end);
        json_push(list, one);
    }
    json_put(into, "cuts", json_count(list) ? json_keep(list) : NULL);
    json_free(list);
    if (str_same(ep->trim, "auto"))
        json_put_text(into, "trim", ep->trim);
    if (ep->pauses > 0)
        json_put_int(into, "pauses_ticks", (tick)(ep->pauses * (double)TICKS_PER_SEC));
}

int settings_place(const struct plan *p, struct err *e)
{
    if (!p->ep)
        return 0;
    const struct jingle_file *files[] = {&p->ep->intro, &p->ep->outro, &p->ep->music};
    static const char *const starts[] = {"intro: ", "outro: ", "music: "};
    for (size_t i = 0; i < COUNT(files); i++) {
        if (e->kind != ERR_INPUT || !files[i]->node || !str_starts(e->text, starts[i]))
            continue;
        struct err was = *e;
        node_error(files[i]->node, e, "export it again, or name another file", "%s", was.text);
        return 1;
    }
    return 0;
}

static int timeline_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    int r = p->recorded ? episode_check_length(p->ep, p->recorded, e) : 0;
    if (r < 0)
        return r;
    put_chapters(p->ep, into);
    put_cuts(p->ep, into);
    return put_jingles(p, files, e);
}

// The show's own cover in a plan of the show; an episode's is its own, the show's when that is
// named, or drawn.
static int art_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    (void)e;
    const struct show *show = &p->s->show;
    const char *named = NULL;
    if (p->ep && p->ep->cover)
        named = fs_join(&p->arena, p->ep->dir, p->ep->cover);
    else if (!p->ep && show->cover)
        named = fs_join(&p->arena, fs_join(&p->arena, p->s->dir, "episodes"), show->cover);
    if (named) {
        json_put(files, "cover", json_new_text(named));
        return 0;
    }
    json_put_text(into, "show_title", show->title);
    json_put_text(into, "language", p->ep ? p->ep->language : show->language);
    if (!p->ep)
        return 0;
    json_put_text(into, "title", p->ep->title);
    if (p->ep->theme)
        json_put_text(into, "theme", facts_theme(p->ep->theme, p->ep->language));
    facts_put_goals(p, into);
    return 0;
}

// Limits are said only where a preset has them: the others stay as they are fingerprinted.
static void put_limits(const struct loudness_preset *l, struct json *into)
{
    if (isfinite(l->max_short_term_lufs))
        json_put_real(into, "max_short_term_lufs", l->max_short_term_lufs);
    if (isfinite(l->max_range_lu))
        json_put_real(into, "max_range_lu", l->max_range_lu);
}

static int sound_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    struct json *loudness = json_new_object();
    json_put_real(loudness, "target_lufs", p->ep->loudness.target_lufs);
    json_put_real(loudness, "ceiling_dbtp", p->ep->loudness.ceiling_dbtp);
    put_limits(&p->ep->loudness, loudness);
    json_put(into, "loudness", loudness);
    bool own = p->ep->leveller >= 0;
    json_put_real(into, "leveller_percent",
                  own ? p->ep->leveller : p->ep->loudness.leveller_percent);
    json_put_bool(into, "cleaning", str_same(p->ep->cleaning, "auto"));
    json_put_int(into, "sample_rate", 48000);
    json_put_int(into, "channels", p->ep->channels);
    int r = put_jingles(p, files, e);
    return r < 0 ? r : put_music(p, files, e);
}

static const char *license_url(struct arena *a, const char *license)
{
    static const struct {
        const char *id, *path;
    } known[] = {
        {"CC-BY-4.0", "licenses/by/4.0/"},
        {"CC-BY-SA-4.0", "licenses/by-sa/4.0/"},
        {"CC-BY-NC-4.0", "licenses/by-nc/4.0/"},
        {"CC-BY-ND-4.0", "licenses/by-nd/4.0/"},
        {"CC0-1.0", "publicdomain/zero/1.0/"},
        {"CC-BY-NC-SA-4.0", "licenses/by-nc-sa/4.0/"},
        {"CC-BY-NC-ND-4.0", "licenses/by-nc-nd/4.0/"},
    };
    for (size_t i = 0; license && i < COUNT(known); i++)
        if (str_same(license, known[i].id))
            return arena_printf(a, "https://creativecommons.org/%s", known[i].path);
    return NULL;
}

static void put_date(struct json *o, const char *key, int64_t utc_s)
{
    struct civil c;
    char day[16];
    clock_civil(utc_s, &c);
    snprintf(day, sizeof day, "%04d-%02d-%02d", c.year, c.month, c.day);
    json_put_text(o, key, day);
}

int settings_words(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    (void)files;
    (void)e;
    const struct episode *ep = p->ep;
    const struct show *show = &p->s->show;
    json_put_text(into, "slug", p->slug);
    json_put_text(into, "title", ep->title);
    json_put_text(into, "show", show->title);
    json_put_text(into, "artist", show->artist);
    json_put_int(into, "number", ep->number);
    json_put_int(into, "season", ep->season);
    put_date(into, "date", plan_published_utc_s(p));
    json_put_text(into, "language", ep->language);
    json_put_text(into, "description", ep->summary);
    json_put_text(into, "license", ep->license);
    json_put_text(into, "license_url", license_url(&p->arena, ep->license));
    json_put_text(into, "copyright", show->copyright);
    json_put_text(into, "page_url", arena_printf(&p->arena, "%sepisodes/%s/", show->site, p->slug));
    json_put_text(into, "feed_url", show_feed_url(&p->arena, show));
    json_put_text(into, "guid", plan_guid(p));
    if (show->categories.count)
        json_put_text(into, "category", show->categories.items[0]);
    facts_put_people(p, into, "hosts", ep->hosts, ep->num_hosts);
    facts_put_people(p, into, "guests", ep->guests, ep->num_guests);
    if (ep->theme)
        json_put_text(into, "theme", facts_theme(ep->theme, ep->language));
    facts_put_goals(p, into);
    return 0;
}

static bool ready_for_words(struct plan *p)
{
    const struct step *art = plan_step(p, "art", NULL);
    return p->published.guid && art && art->state == STEP_FRESH;
}

static int item_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    (void)files;
    (void)e;
    if (!ready_for_words(p))
        return -EAGAIN;
    struct json *show = json_new_object();
    json_put_text(show, "title", p->s->show.title);
    json_put_text(show, "site", p->s->show.site);
    json_put_text(show, "author", p->s->show.author);
    json_put_text(show, "language", p->s->show.language);
    json_put(into, "show", show);
    json_put(into, "episode", facts_make(p));
    return 0;
}

static int put_preset(struct plan *p, struct json *into, const char *key, const char *name,
                      struct err *e)
{
    const char *path = preset_path(&p->arena, p->s->preset_dirs, name);
    if (!path)
        return err_set(e, -ENOENT, "%s is missing among the presets", name);
    if (str_ends(key, "[]")) {
        const char *plain = arena_strndup(&p->arena, key, strlen(key) - 2);
        struct json *list = json_new_array();
        const struct json *had = json_get(into, plain);
        for (size_t i = 0; i < json_count(had); i++)
            json_push(list, json_keep(json_at(had, i)));
        json_push_text(list, path);
        json_put(into, plain, list);
    } else {
        json_put(into, key, json_new_text(path));
    }
    return 0;
}

int settings_put_presets(struct plan *p, struct json *files, const char *const (*pairs)[2],
                         size_t n, struct err *e)
{
    int r = 0;
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = put_preset(p, files, pairs[i][0], pairs[i][1], e);
    return r;
}

int settings_put_strings(struct plan *p, struct json *files, const char *folder,
                         const char *language, struct err *e)
{
    const char *own = arena_printf(&p->arena, "%s/strings.%s.json", folder, language);
    bool known = preset_path(&p->arena, p->s->preset_dirs, own) != NULL;
    const char *other = arena_printf(&p->arena, "%s/strings.nb.json", folder);
    return put_preset(p, files, "strings", known ? own : other, e);
}

// What the language lacks is said in bokmål, and marked as that.
int settings_put_words(struct plan *p, struct json *files, const char *language, struct err *e)
{
    int r = settings_put_strings(p, files, "site", language, e);
    return r < 0 ? r : put_preset(p, files, "fallback", "site/strings.nb.json", e);
}

static int page_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    if (!ready_for_words(p))
        return -EAGAIN;
    static const char *const presets[][2] = {
        {"stylesheet[]", "site/page.xsl"},
        {"stylesheet[]", "site/layout.xsl"},
        {"embed[]", "site/embed.xsl"},
        {"embed[]", "site/layout.xsl"},
    };
    struct json *show = json_new_object();
    json_put_text(show, "title", p->s->show.title);
    json_put_text(show, "language", p->s->show.language);
    json_put_text(show, "site", p->s->show.site);
    json_put_text(show, "license", p->s->show.license);
    json_put_text(show, "author", p->s->show.author);
    json_put_text(show, "owner_email", p->s->show.owner_email);
    pages_put_show(p, show);
    json_put(into, "show", show);
    struct json *episode = facts_make(p);
    clip_put_facts(p, episode);
    kit_put_facts(p, episode);
    lawful_put_waivers(p, episode);
    json_put(into, "episode", episode);
    int r = settings_put_presets(p, files, presets, COUNT(presets), e);
    return r < 0 ? r : settings_put_words(p, files, p->ep->language, e);
}

// What the delivered files are is said by published.json and the records of encode.
static int report_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    static const char *const presets[][2] = {{"stylesheet[]", "report/report.xsl"},
                                             {"style", "report/report.css"}};
    const struct step *encode = NULL;
    for (size_t i = 0; i < p->num_steps; i++) {
        const struct step *step = &p->step[i];
        bool shown = str_same(step->flow->name, "encode") || step->flow->flags & FLOW_DELIVERED;
        if (shown && step->state != STEP_FRESH)
            return step->state == STEP_LEFT_OUT ? -ENODATA : -EAGAIN;
        encode = str_same(step->flow->name, "encode") ? step : encode;
    }
    if (!ready_for_words(p) || !encode)
        return -EAGAIN;
    struct json *episode = json_new_object(), *loudness = json_new_object();
    const struct json *versions = json_get(encode->record, "versions");
    json_put_text(episode, "slug", p->slug);
    json_put_text(episode, "title", p->ep->title);
    json_put_text(episode, "show", p->s->show.title);
    json_put_text(episode, "language", p->ep->language);
    json_put(into, "episode", episode);
    json_put_real(loudness, "target_lufs", p->ep->loudness.target_lufs);
    json_put_real(loudness, "tolerance_lu", p->ep->loudness.tolerance_lu);
    json_put_real(loudness, "ceiling_dbtp", p->ep->loudness.ceiling_dbtp);
    put_limits(&p->ep->loudness, loudness);
    json_put(into, "loudness", loudness);
    json_put(into, "files", reportfiles(p));
    picture_put_facts(p, into);
    json_put(into, "versions", versions ? json_keep(versions) : NULL);
    int r = captions_put_facts(p, into);
    if (r >= 0)
        r = settings_put_presets(p, files, presets, COUNT(presets), e);
    return r < 0 ? r : settings_put_strings(p, files, "report", p->s->show.language, e);
}

struct json *settings_show(struct plan *p)
{
    const struct show *show = &p->s->show;
    struct json *o = json_new_object();
    json_put_text(o, "title", show->title);
    json_put_text(o, "summary", show->summary);
    json_put_text(o, "author", show->author);
    json_put_text(o, "language", show->language);
    json_put_text(o, "site", show->site);
    json_put_text(o, "guid", show->guid);
    json_put_text(o, "license", show->license);
    json_put_text(o, "copyright", show->copyright);
    json_put_text(o, "owner_name", show->owner_name);
    json_put_text(o, "owner_email", show->owner_email);
    put_texts(o, "categories", &show->categories);
    json_put_bool(o, "explicit", show->is_explicit);
    json_put_bool(o, "locked", show->locked);
    facts_put_cover(p, o);
    return o;
}

static int calendar_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    agenda_put(p, into);
    return settings_put_strings(p, files, "site", p->s->show.language, e);
}

static int none(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    (void)p;
    (void)into;
    (void)files;
    (void)e;
    return 0;
}

static const struct {
    const char *stage;
    settings_fn *make;
} table[] = {
    {"ingest", ingest_settings},
    {"align", align_settings},
    {"timeline", timeline_settings},
    {"art", art_settings},
    {"captions", captions_settings},
    {"sound", sound_settings},
    {"transcribe", transcribe_settings},
    {"screen", screen_settings},
    {"picture", picture_settings},
    {"wave", wave_settings},
    {"encode", none},
    {"tag", settings_words},
    {"package", settings_words},
    {"hls", hls_settings},
    {"clip", clip_settings},
    {"kit", kit_settings},
    {"item", item_settings},
    {"page", page_settings},
    {"report", report_settings},
    {"feed", feeds_settings},
    {"calendar", calendar_settings},
    {"themekit", themekit_settings},
    {"site", pages_settings},
    {"tombstone", tombstone_settings},
};

int settings_shared(struct plan *p, const struct flow *f, struct json **ret, struct json **ret_in,
                    struct err *e)
{
    struct json *into = json_new_object(), *files = json_new_object();
    int r = -EINVAL;
    for (size_t i = 0; i < COUNT(table); i++)
        if (str_same(table[i].stage, f->name))
            r = table[i].make(p, into, files, e);
    if (r < 0) {
        json_free(into);
        json_free(files);
        return r;
    }
    *ret = into;
    *ret_in = files;
    return 0;
}

struct json *settings_variant(struct plan *p, const struct step *step)
{
    const struct output_preset *o = step->output;
    if (step->clip)
        return clip_variant(p, step);
    if (step->rung)
        return picture_variant(p, step->rung);
    struct json *v = json_new_object();
    json_put_text(v, "extension", o->extension);
    if (!str_same(step->flow->name, "tag"))
        settings_put_coding(p, o, &p->ep->loudness, v);
    return v;
}

void settings_put_coding(const struct plan *p, const struct output_preset *o,
                         const struct loudness_preset *l, struct json *v)
{
    bool mono = p->ep->channels == 1;
    json_put_text(v, "codec", o->codec);
    json_put_text(v, "container", o->container);
    json_put_int(v, "sample_rate_hz", o->sample_rate_hz);
    json_put_int(v, "channels", p->ep->channels);
    json_put_int(v, "bitrate_kbps", mono ? o->bitrate_kbps_mono : o->bitrate_kbps_stereo);
    json_put_real(v, "start_gain_db", o->start_gain_db);
    json_put_real(v, "start_headroom_db", o->start_headroom_db);
    put_texts(v, "options", &o->options);
    json_put_real(v, "target_lufs", l->target_lufs);
    json_put_real(v, "tolerance_lu", l->tolerance_lu);
    json_put_real(v, "ceiling_dbtp", l->ceiling_dbtp);
    put_limits(l, v);
}
