// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/publish.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "plan/agenda.h"
#include "plan/clip.h"
#include "plan/feeds.h"
#include "plan/kit.h"
#include "plan/pages.h"
#include "plan/picture.h"
#include "plan/recordings.h"
#include "plan/retract.h"
#include "plan/tombstone.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char stream_list[] = "master.m3u8";
enum { FORMER_DAYS = 90, DAY_S = 86400 }; // cached feeds still name a former version that long

const char *plan_guid(struct plan *p)
{
    if (p->published.guid)
        return p->published.guid;
    if (p->ep->guid)
        return p->ep->guid;
    char *guid = arena_alloc(&p->arena, UUID_TEXT);
    // Made from the address, so that it is the same again should published.json be lost.
    return uuid_v5(p->s->show.guid, p->slug, guid, NULL) < 0 ? p->slug : guid;
}

int64_t plan_published_utc_s(const struct plan *p)
{
    if (p->ep->published_utc_s)
        return p->ep->published_utc_s;
    return p->published.guid ? p->published.first_published_utc_s : p->s->now_utc_s;
}

// Apps notice a new cover only under a new address. The name comes from what shapes the drawing and
// not from its bytes, which another machine's fonts may change.
const char *plan_cover_path(struct plan *p)
{
    const struct step *art = plan_step(p, "art", NULL);
    const char *file = json_text_or(json_get(art->record, "measured"), "cover", "cover.png");
    const char *name =
        arena_printf(&p->arena, "cover-%.8s.%s", art->fingerprint, fs_extension(file));
    return p->ep ? arena_printf(&p->arena, "episodes/%s/%s", p->slug, name) : name;
}

// published.json counts in milliseconds: what is said now must be what will be read later.
tick publish_ms(tick t)
{
    return t - t % (TICKS_PER_SEC / 1000);
}

static int record_file(struct plan *p, const struct step *tag, struct published_file *f,
                       struct err *e)
{
    const struct step *encode = plan_step(p, "encode", tag->output->name);
    const struct json *o = store_output(tag->record, "*");
    const struct json *measured = encode ? json_get(encode->record, "measured") : NULL;
    if (!o)
        return err_set(e, -ENOENT, "tag.%s left no file", tag->output->name);
    const char *sha = arena_strdup(&p->arena, json_text_or(o, "sha256", ""));
    *f = (struct published_file){
        .output = tag->output->name,
        .path = arena_printf(&p->arena, "media/%s/%s-%.8s.%s", p->slug, p->slug, sha,
                             tag->output->extension),
        .type = tag->output->mime,
        .sha256 = sha,
        .bytes = json_int(o, "bytes", 0),
        .duration = publish_ms(json_int(p->timeline, "length_ticks", 0)),
        .integrated_lufs = json_number(measured, "integrated_lufs", 0),
        .true_peak_dbtp = json_number(measured, "true_peak_dbtp", 0),
    };
    return 0;
}

static bool is_stream(const char *path)
{
    return str_same(fs_basename(path), stream_list);
}

const char *publish_rate(struct plan *p, const struct json *measured)
{
    int64_t num = json_int(measured, "rate_num", 0), den = json_int(measured, "rate_den", 1);
    return den == 1 ? arena_printf(&p->arena, "%lld", (long long)num)
                    : arena_printf(&p->arena, "%lld/%lld", (long long)num, (long long)den);
}

static int record_video(struct plan *p, const struct step *package, struct published_file *f,
                        struct err *e)
{
    const struct step *sound = plan_step(p, "encode", episode_video_sound(p->ep)->name);
    const struct step *picture = picture_step(p, &p->ep->rung[0]);
    const struct json *o = store_output(package->record, "*");
    const struct json *heard = json_get(sound->record, "measured");
    const struct json *seen = json_get(picture->record, "measured");
    if (!o)
        return err_set(e, -ENOENT, "package left no file");
    const char *sha = arena_strdup(&p->arena, json_text_or(o, "sha256", ""));
    double seconds = json_number(p->timeline, "length_s", 0);
    int64_t bytes = json_int(o, "bytes", 0);
    *f = (struct published_file){
        .output = "mp4",
        .path = arena_printf(&p->arena, "media/%s/%s-%.8s.mp4", p->slug, p->slug, sha),
        .type = "video/mp4",
        .sha256 = sha,
        .bytes = bytes,
        .duration = publish_ms(json_int(p->timeline, "length_ticks", 0)),
        .integrated_lufs = json_number(heard, "integrated_lufs", 0),
        .true_peak_dbtp = json_number(heard, "true_peak_dbtp", 0),
        .width = json_int(seen, "width", 0),
        .height = json_int(seen, "height", 0),
        .frame_rate = publish_rate(p, seen),
        .bit_rate_kbps = seconds >= 0.001 ? (int64_t)((double)bytes * 8 / 1000 / seconds) : 0,
    };
    return 0;
}

// A folder of files; its address is that of the list that names them, its hash tells of all.
static int record_stream(struct plan *p, const struct step *hls, struct published_file *f,
                         struct err *e)
{
    const struct step *picture = picture_step(p, &p->ep->rung[0]);
    const struct step *sound = plan_step(p, "encode", episode_video_sound(p->ep)->name);
    const struct json *heard = json_get(sound->record, "measured");
    const struct json *seen = json_get(picture->record, "measured");
    const struct json *list = store_output(hls->record, stream_list);
    const struct json *outputs = json_get(hls->record, "outputs");
    if (!list)
        return err_set(e, -ENOENT, "hls left no %s", stream_list);
    struct hash *h = hash_new();
    char hex[HASH_HEX];
    for (size_t i = 0; i < json_count(outputs); i++)
        hash_add_text(h, json_text_or(json_at(outputs, i), "sha256", ""));
    hash_finish(h, hex);
    *f = (struct published_file){
        .output = "hls",
        .path = arena_printf(&p->arena, "media/%s/%s-%.8s/%s", p->slug, p->slug, hex, stream_list),
        .type = "application/vnd.apple.mpegurl",
        .sha256 = arena_strdup(&p->arena, json_text_or(list, "sha256", "")),
        .bytes = json_int(list, "bytes", 0),
        .duration = publish_ms(json_int(p->timeline, "length_ticks", 0)),
        .integrated_lufs = json_number(heard, "integrated_lufs", 0),
        .true_peak_dbtp = json_number(heard, "true_peak_dbtp", 0),
        .width = json_int(seen, "width", 0),
        .height = json_int(seen, "height", 0),
        .frame_rate = publish_rate(p, seen),
    };
    return 0;
}

static bool is_current(const struct published *pub, const char *path)
{
    for (size_t i = 0; i < pub->num_files; i++)
        if (str_same(pub->files[i].path, path))
            return true;
    for (size_t i = 0; i < pub->num_clips; i++)
        if (str_same(pub->clips[i].file.path, path) || str_same(pub->clips[i].captions, path))
            return true;
    for (size_t i = 0; i < pub->num_kit; i++)
        if (str_same(pub->kit[i].path, path))
            return true;
    return false;
}

static void add_former(struct published *into, const struct published_former *f)
{
    if (!f->path || is_current(into, f->path))
        return;
    for (size_t i = 0; i < into->num_former; i++)
        if (str_same(into->former[i].path, f->path))
            return;
    into->former[into->num_former++] = *f;
}

static void keep_former(struct plan *p, const struct published *was, struct published *is)
{
    size_t room = was->num_former + was->num_files + 2 * was->num_clips + was->num_kit;
    int64_t until = p->s->now_utc_s + FORMER_DAYS * DAY_S;
    is->former = arena_array(&p->arena, struct published_former, room + 1);
    is->num_former = 0;
    for (size_t i = 0; i < was->num_former; i++)
        add_former(is, &was->former[i]);
    for (size_t i = 0; i < was->num_files; i++)
        add_former(is, &(struct published_former){was->files[i].path, until});
    for (size_t i = 0; i < was->num_clips; i++) {
        add_former(is, &(struct published_former){was->clips[i].file.path, until});
        add_former(is, &(struct published_former){was->clips[i].captions, until});
    }
    for (size_t i = 0; i < was->num_kit; i++)
        add_former(is, &(struct published_former){was->kit[i].path, until});
}

static void record_chapters(struct plan *p, struct published *pub)
{
    const struct json *list = json_get(p->timeline, "chapters");
    pub->num_chapters = json_count(list);
    pub->chapters = arena_array(&p->arena, struct chapter, pub->num_chapters + 1);
    for (size_t i = 0; i < pub->num_chapters; i++) {
        const struct json *c = json_at(list, i);
        pub->chapters[i] = (struct chapter){
            .start = publish_ms(json_int(c, "start_ticks", 0)),
            .title = arena_strdup(&p->arena, json_text_or(c, "title", "")),
            .url = arena_strdup(&p->arena, json_text(c, "url")),
        };
    }
}

static int record_sources(struct plan *p, struct published *pub, struct err *e)
{
    struct json *list = NULL, *paths = NULL;
    bool found = false;
    int r = recordings_list(p, &list, &paths, &found, e);
    if (r < 0)
        return r;
    size_t n = found ? json_count(list) : 0, at = 0;
    if (found) {
        pub->sources = arena_array(&p->arena, struct published_source, n + 1);
        for (size_t i = 0; i < p->ep->num_recordings; i++) {
            const struct recording *rec = &p->ep->recordings[i];
            size_t files = rec->file ? 1 : rec->parts.count;
            for (size_t k = 0; k < files && at < n; k++, at++)
                pub->sources[at] = (struct published_source){
                    rec->file ? rec->file : rec->parts.items[k],
                    arena_strdup(&p->arena, json_text(json_at(list, at), "sha256"))};
        }
        pub->num_sources = at;
    }
    json_free(list);
    json_free(paths);
    return 0;
}

// The poster's address, which a clone without the recording still has to know.
static void record_poster(struct plan *p, struct json *rest)
{
    const struct step *step = p->ep->num_rungs ? picture_step(p, &p->ep->rung[0]) : NULL;
    const struct json *o = step && step->record ? store_output(step->record, "poster.jpg") : NULL;
    if (o)
        json_put_text(rest, "poster",
                      arena_printf(&p->arena, "episodes/%s/poster-%.8s.jpg", p->slug,
                                   json_text_or(o, "sha256", "")));
}

int publish_record(struct plan *p, struct err *e)
{
    struct published is = p->published;
    size_t n = 0;
    int r = 0;
    is.files = arena_array(&p->arena, struct published_file, SHOW_MAX_OUTPUTS + 2);
    for (size_t i = 0; r >= 0 && i < p->num_steps; i++) {
        const struct step *step = &p->step[i];
        if (str_same(step->flow->name, "tag") && step->state == STEP_FRESH)
            r = record_file(p, step, &is.files[n++], e);
        if (str_same(step->flow->name, "package") && step->state == STEP_FRESH)
            r = record_video(p, step, &is.files[n++], e);
        if (str_same(step->flow->name, "hls") && step->state == STEP_FRESH)
            r = record_stream(p, step, &is.files[n++], e);
    }
    if (r < 0)
        return r;
    if (!n) // without the recording what is published stays as it is
        return p->published.guid ? 0 : err_set(e, -ENODATA, "nothing to publish was made");
    is.num_files = n;
    r = clip_record(p, &is, e);
    if (r >= 0)
        r = kit_record(p, &is, e);
    if (r < 0)
        return r;
    is.guid = plan_guid(p);
    is.slug = p->slug;
    is.state = "published";
    is.first_published_utc_s =
        p->published.guid ? p->published.first_published_utc_s : plan_published_utc_s(p);
    is.length = publish_ms(json_int(p->timeline, "length_ticks", 0));
    keep_former(p, &p->published, &is);
    record_chapters(p, &is);
    r = record_sources(p, &is, e);
    if (r < 0)
        return r;
    if (!is.rest)
        is.rest = json_new_object();
    json_put(is.rest, "timeline", json_keep(p->timeline));
    retract_remember_sources(&p->published, &is);
    record_poster(p, is.rest);
    p->published = is;
    return 0;
}

// Who runs needs its makers whole: a master that was given back is made again first.
static void expect_makers(struct plan *p)
{
    for (size_t i = p->num_steps; i-- > 0;) {
        struct step *step = &p->step[i];
        bool runs = step->state == STEP_STALE || step->state == STEP_WAITS;
        if (!runs || str_same(step->why, "not looked at"))
            continue;
        for (const struct flow_input *in = step->flow->in; in && in->stage; in++) {
            struct step *maker = plan_maker(p, step, in, 0);
            for (size_t k = 0; maker; maker = plan_maker(p, step, in, ++k)) {
                if (!plan_lacks(p, maker, in))
                    continue;
                maker->state = STEP_STALE;
                maker->why = "needed again";
            }
        }
    }
}

// Words and pages name the media files: new files are new words.
static void expect_words(struct plan *p)
{
    const struct step *first = NULL, *kit = plan_step(p, "kit", NULL);
    if (kit && kit->state != STEP_STALE && kit->state != STEP_WAITS)
        kit = NULL;
    for (size_t i = 0; i < p->num_steps; i++) {
        struct step *step = &p->step[i];
        bool names_files = str_same(step->flow->name, "item") ||
                           str_same(step->flow->name, "page") ||
                           str_same(step->flow->name, "report");
        bool makes_files = step->flow->flags & FLOW_DELIVERED;
        if (!first && makes_files && (step->state == STEP_STALE || step->state == STEP_WAITS))
            first = step;
        const struct step *maker = first ? first : str_same(step->flow->name, "page") ? kit : NULL;
        if (!maker || !names_files || step->state != STEP_FRESH)
            continue;
        step->state = STEP_WAITS;
        step->why = arena_printf(&p->arena, "after %s", step_name(&p->arena, maker));
    }
}

// Captions that a program is yet to make are new words.
static void expect_captions(struct plan *p)
{
    static const char *const readers[] = {"captions", "kit", "item", "page", "report"};
    const struct step *made = plan_step(p, "transcribe", NULL);
    if (!made || made->state == STEP_FRESH || made->state == STEP_LEFT_OUT ||
        str_same(made->why, "not looked at"))
        return;
    for (size_t i = 0; i < COUNT(readers); i++) {
        struct step *step = plan_step(p, readers[i], NULL);
        if (!step || (step->state != STEP_FRESH && (i > 0 || step->state != STEP_LEFT_OUT)))
            continue;
        step->state = STEP_WAITS;
        step->why = arena_printf(&p->arena, "after %s", i > 0 ? "captions" : "transcribe");
    }
}

int publish_look(struct plan *p, const char *until, struct err *e)
{
    int r = plan_look_all(p, until, e);
    if (r >= 0 && p->published.guid && !until) {
        r = publish_record(p, e);
        if (r >= 0)
            r = plan_look_all(p, until, e);
    }
    if (r < 0)
        return r;
    expect_makers(p);
    expect_words(p);
    expect_captions(p);
    return 0;
}

static char *public_path(struct plan *p, const char *below)
{
    return arena_printf(&p->arena, "%s/public/%s", p->s->dir, below);
}

int publish_place(struct plan *p, const struct step *step, const char *file, const char *below,
                  struct err *e)
{
    const char *from = plan_output_path(p, step, file);
    return from ? fs_place(from, public_path(p, below), e) : 0;
}

// The list that names the others comes last.
static int place_stream(struct plan *p, const struct step *hls, const char *path, struct err *e)
{
    const struct json *outputs = hls ? json_get(hls->record, "outputs") : NULL;
    const char *dir = fs_dirname(&p->arena, path);
    int r = 0;
    for (size_t i = 0; r >= 0 && hls && i < json_count(outputs); i++) {
        const char *file = json_text_or(json_at(outputs, i), "file", "");
        if (!str_same(file, stream_list))
            r = fs_place(fs_join(&p->arena, hls->dir, file),
                         public_path(p, fs_join(&p->arena, dir, file)), e);
    }
    return r < 0 ? r : publish_place(p, hls, stream_list, path, e);
}

static int place_media(struct plan *p, struct err *e)
{
    int r = 0;
    for (size_t i = 0; r >= 0 && i < p->published.num_files; i++) {
        const struct published_file *f = &p->published.files[i];
        const struct step *maker = plan_step(p, "tag", f->output);
        if (is_stream(f->path))
            r = place_stream(p, plan_step(p, "hls", NULL), f->path, e);
        else
            r = publish_place(p, maker ? maker : plan_step(p, "package", NULL), "*", f->path, e);
    }
    return r;
}

static int place_beside_page(struct plan *p, struct err *e)
{
    const struct step *captions = plan_step(p, "captions", NULL);
    const struct step *art = plan_step(p, "art", NULL);
    const char *cover = json_text_or(json_get(art->record, "measured"), "cover", "cover.png");
    const struct json *outputs = captions ? json_get(captions->record, "outputs") : NULL;
    int r = publish_place(p, art, cover, plan_cover_path(p), e);
    for (size_t i = 0; r >= 0 && i < json_count(outputs); i++) {
        const char *file = json_text_or(json_at(outputs, i), "file", "");
        r = publish_place(p, captions, file,
                          arena_printf(&p->arena, "episodes/%s/%s", p->slug, file), e);
    }
    const char *poster = json_text(p->published.rest, "poster");
    if (r >= 0 && poster && p->ep->num_rungs)
        r = publish_place(p, picture_step(p, &p->ep->rung[0]), "poster.jpg", poster, e);
    if (r >= 0)
        r = publish_place(p, plan_step(p, "item", NULL), "chapters.json",
                          arena_printf(&p->arena, "episodes/%s/chapters.json", p->slug), e);
    return r;
}

// Former versions whose time is over; a file that is still named is never removed.
static void drop_former(struct plan *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->published.num_former; i++) {
        const struct published_former *f = &p->published.former[i];
        if (f->until_utc_s > p->s->now_utc_s)
            p->published.former[kept++] = *f;
        else if (!is_current(&p->published, f->path) && is_stream(f->path))
            fs_remove_tree(public_path(p, fs_dirname(&p->arena, f->path)), NULL);
        else if (!is_current(&p->published, f->path))
            unlink(public_path(p, f->path));
    }
    p->published.num_former = kept;
}

// The page itself comes last.
static int place_pages(struct plan *p, struct err *e)
{
    static const char *const files[] = {"embed/index.html", "oembed.json", "index.html"};
    int r = 0;
    for (size_t i = 0; r >= 0 && i < COUNT(files); i++)
        r = publish_place(p, plan_step(p, "page", NULL), files[i],
                          arena_printf(&p->arena, "episodes/%s/%s", p->slug, files[i]), e);
    return r;
}

int publish_episode_files(struct plan *p, struct err *e)
{
    int r = tombstone_lift(p, e);
    if (r >= 0)
        r = place_media(p, e);
    if (r >= 0)
        r = clip_place(p, e);
    if (r >= 0)
        r = kit_place(p, e);
    if (r >= 0)
        r = place_beside_page(p, e);
    if (r < 0)
        return r;
    drop_former(p);
    r = published_save(&p->published, fs_join(&p->arena, p->ep->dir, "published.json"), e);
    if (r < 0)
        return r;
    return place_pages(p, e);
}

const char *publish_report_dir(struct plan *p)
{
    return arena_printf(&p->arena, "reports/%s", p->slug);
}

int publish_report(struct plan *p, struct err *e)
{
    static const char *const files[] = {"report.html", "report.json"};
    const struct step *report = plan_step(p, "report", NULL);
    int r = 0;
    for (size_t i = 0; r >= 0 && i < COUNT(files); i++) {
        const char *from = plan_output_path(p, report, files[i]);
        const char *to =
            arena_printf(&p->arena, "%s/%s/%s", p->s->dir, publish_report_dir(p), files[i]);
        r = from ? fs_place(from, to, e) : 0;
    }
    return r;
}

int publish_show(struct plan *show, struct catalog *c, const char *until, struct err *e)
{
    show->catalog = c;
    struct step *art = plan_step(show, "art", NULL);
    int r = feeds_make(show->s, &show->arena, c, &c->feeds, e);
    if (r >= 0)
        r = plan_look(show, art, e);
    if (r >= 0 && art->state == STEP_STALE)
        r = plan_run(show, "art", "art", false, e);
    if (r >= 0)
        r = plan_run(show, "feed", "feed", false, e);
    if (r >= 0 && !str_same(until, "feed"))
        r = catalog_fill(show->s, c, e);
    if (r >= 0 && !str_same(until, "feed"))
        r = plan_run(show, "themekit", until ? until : "tombstone", false, e);
    if (r < 0)
        return r;
    const char *cover = json_text_or(json_get(art->record, "measured"), "cover", "cover.png");
    r = publish_place(show, art, cover, plan_cover_path(show), e);
    const struct step *calendar = plan_step(show, "calendar", NULL);
    if (r >= 0 && !str_same(until, "feed"))
        r = themekit_place(show, e);
    if (r >= 0)
        r = pages_place(show, e);
    if (r >= 0)
        r = publish_place(show, calendar, "calendar.ics", "calendar.ics", e);
    if (r >= 0 && calendar->state == STEP_FRESH)
        r = agenda_remember(show, calendar->settings, e);
    if (r >= 0)
        r = feeds_place(show, e);
    if (r >= 0 && !str_same(until, "feed"))
        r = tombstone_place(show, e);
    return r;
}
