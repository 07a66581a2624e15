// SPDX-License-Identifier: GPL-3.0-or-later
#include "report.h"

#include "base/str.h"
#include "cmd.h"
#include "plan/picture.h"

#include <math.h>
#include <stdio.h>

const char *report_state(const struct step *step)
{
    static const char *const names[] = {"fresh", "stale", "waits", "left out"};
    return step->ran ? "ran" : names[step->state];
}

struct json *report_stages(struct plan *p)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < p->num_steps; i++) {
        const struct step *step = &p->step[i];
        if (str_same(step->why, "not looked at"))
            continue;
        struct json *one = json_new_object();
        json_put_text(one, "name", step_name(&p->arena, step));
        json_put_text(one, "state", report_state(step));
        json_put_text(one, "why", step->why);
        json_put_real(one, "seconds", step->ran ? round(step->seconds * 1000) / 1000 : 0);
        json_push(list, one);
    }
    return list;
}

static struct json *report_file(struct plan *p, const struct published_file *f)
{
    struct json *one = json_new_object();
    json_put_text(one, "path", arena_printf(&p->arena, "public/%s", f->path));
    json_put_text(one, "type", f->type);
    json_put_int(one, "bytes", f->bytes);
    json_put_text(one, "sha256", f->sha256);
    json_put_real(one, "duration_s", tick_to_s(f->duration));
    json_put_real(one, "integrated_lufs", f->integrated_lufs);
    json_put_real(one, "true_peak_dbtp", f->true_peak_dbtp);
    return one;
}

// Which way the picture went, once it is made.
static struct json *report_picture(struct plan *p)
{
    const struct step *step = p->ep->num_rungs ? picture_step(p, &p->ep->rung[0]) : NULL;
    const struct json *m =
        step && step->state == STEP_FRESH ? json_get(step->record, "measured") : NULL;
    if (!json_text(m, "way"))
        return NULL;
    struct json *o = json_new_object();
    const struct json *why = json_get(m, "why");
    json_put_text(o, "way", json_text(m, "way"));
    json_put(o, "why", why ? json_keep(why) : NULL);
    return o;
}

void report_print_picture(const struct json *episode)
{
    static const char *const ways[][2] = {
        {"copied", "copied as it was"}, {"encoded", "encoded"}, {"drawn", "drawn: nobody filmed"}};
    const struct json *picture = json_get(episode, "picture"), *why = json_get(picture, "why");
    for (size_t i = 0; i < COUNT(ways); i++) {
        if (!str_same(json_text(picture, "way"), ways[i][0]))
            continue;
        printf("  picture %s", ways[i][1]);
        for (size_t k = 0; k < json_count(why); k++)
            printf("%s%s", k ? "; " : ": ", json_as_text(json_at(why, k)));
        putchar('\n');
    }
}

struct json *report_episode(struct plan *p, bool is_public)
{
    struct json *o = json_new_object();
    json_put_text(o, "episode", p->ep->folder);
    json_put_text(o, "title", p->ep->title);
    json_put_text(o, "guid", plan_guid(p));
    if (is_public) {
        json_put_text(o, "feed", "public/feed.xml");
        json_put_text(o, "page", arena_printf(&p->arena, "public/episodes/%s/index.html", p->slug));
        if (p->published.num_kit)
            json_put_text(o, "kit", arena_printf(&p->arena, "public/%s", p->published.kit[0].path));
    }
    const struct step *report = plan_step(p, "report", NULL);
    if (report && report->state == STEP_FRESH)
        json_put_text(o, "report",
                      arena_printf(&p->arena, "%s/report.html", publish_report_dir(p)));
    json_put(o, "stages", report_stages(p));
    json_put(o, "picture", report_picture(p));
    struct json *files = json_new_array();
    for (size_t i = 0; is_public && i < p->published.num_files; i++)
        json_push(files, report_file(p, &p->published.files[i]));
    for (size_t i = 0; is_public && i < p->published.num_clips; i++)
        json_push(files, report_file(p, &p->published.clips[i].file));
    json_put(o, "files", files);
    return o;
}

void report_json(const struct json *reports, bool all)
{
    if (!all) {
        print_json(json_at(reports, 0));
        return;
    }
    struct json *o = json_new_object();
    json_put(o, "episodes", json_keep(reports));
    print_json(o);
    json_free(o);
}

static void print_stages(const struct json *stages, int verbosity)
{
    bool calm = true;
    for (size_t i = 0; i < json_count(stages); i++) {
        const struct json *s = json_at(stages, i);
        const char *state = json_text_or(s, "state", "");
        if ((str_same(state, "fresh") || str_same(state, "left out")) && verbosity < 1)
            continue;
        calm = false;
        printf("  %-15s %-9s", json_text_or(s, "name", ""), state);
        if (str_same(state, "ran"))
            printf("%6.1f s  ", json_number(s, "seconds", 0));
        printf("%s\n", json_text_or(s, "why", ""));
    }
    if (calm)
        puts("  nothing to do");
}

static void print_files(const struct json *files, const char *show_dir)
{
    for (size_t i = 0; i < json_count(files); i++) {
        const struct json *f = json_at(files, i);
        long s = lround(json_number(f, "duration_s", 0));
        const char *type = json_text_or(f, "type", "");
        const char *kind = str_starts(type, "video/")  ? "video"
                           : str_ends(type, "mpegurl") ? "stream"
                                                       : "audio";
        printf("  %-6s %s/%s\n         %ld:%02ld:%02ld  %.1f LUFS  %.1f dBTP  %.1f MB\n", kind,
               show_dir, json_text_or(f, "path", ""), s / 3600, s / 60 % 60, s % 60,
               json_number(f, "integrated_lufs", 0), json_number(f, "true_peak_dbtp", 0),
               (double)json_int(f, "bytes", 0) / 1e6);
    }
}

void report_print(const struct json *reports, const char *show_dir, int verbosity)
{
    if (verbosity < 0)
        return;
    for (size_t i = 0; i < json_count(reports); i++) {
        const struct json *o = json_at(reports, i);
        printf("%s  %s\n", json_text_or(o, "episode", ""), json_text_or(o, "title", ""));
        print_stages(json_get(o, "stages"), verbosity);
        report_print_picture(o);
        if (!json_text(o, "feed"))
            continue;
        print_files(json_get(o, "files"), show_dir);
        printf("  page   %s/%s\n  feed   %s/%s\n", show_dir, json_text_or(o, "page", ""), show_dir,
               json_text_or(o, "feed", ""));
        if (json_text(o, "kit"))
            printf("  kit    %s/%s\n", show_dir, json_text_or(o, "kit", ""));
        if (json_text(o, "report"))
            printf("  report %s/%s\n", show_dir, json_text(o, "report"));
    }
    if (json_text(json_at(reports, 0), "feed"))
        puts("listen first: dgl-episode serve");
}
