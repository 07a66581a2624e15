// SPDX-License-Identifier: GPL-3.0-or-later
// publish, and the commands that are one stage of it: ingest, normalize, encode, tag, page.
#include "base/fs.h"
#include "base/str.h"
#include "cmd.h"
#include "plan/publish.h"
#include "plan/recordings.h"
#include "plan/remembered.h"
#include "plan/retract.h"
#include "report.h"

#include <stdio.h>

enum {
    MASTER_DAYS = 14
}; // a lossless master can be made again; it is kept while a next try is likely

struct wish {
    const char *until; // a stage's name; NULL: all, and public
    bool dry_run, remake, all, replace, deliver;
    const char *const *recordings;
    size_t num_recordings;
};

// normalize is the word people use for the stages sound and (later) picture.
static const char *stage_of(const char *word)
{
    return str_same(word, "normalize") ? "wave" : word;
}

static int make_media(struct plan *p, const struct wish *w, struct err *e)
{
    int r = 0;
    if (w->num_recordings)
        r = recordings_take(p, w->recordings, w->num_recordings, w->replace, e);
    if (r >= 0 && w->dry_run)
        return publish_look(p, w->until, e);
    if (r >= 0)
        r = plan_run(p, NULL, "ingest", w->remake, e);
    if (r >= 0 && w->num_recordings)
        r = recordings_note(p, e);
    bool early = w->until && flow_find(w->until) <= flow_find(flow_last_media);
    if (r >= 0 && !str_same(w->until, "ingest"))
        r = plan_run(p, "align", early ? w->until : flow_last_media, w->remake, e);
    return r;
}

static int make_words(struct plan *p, const struct wish *w, struct err *e)
{
    if (w->dry_run || (w->until && flow_find(w->until) <= flow_find(flow_last_media)))
        return 0;
    bool early = w->until && flow_find(w->until) <= flow_find("page");
    int r = publish_record(p, e);
    if (r >= 0)
        r = plan_run(p, "item", early ? w->until : "page", w->remake, e);
    if (r >= 0 && !w->until)
        r = publish_episode_files(p, e);
    return r;
}

// The report is for those who make the episode: that it fails is said, and stops nothing.
static int make_report(struct plan *p, const struct wish *w, struct err *e)
{
    struct err own = {0};
    if (w->dry_run || (w->until && flow_find(w->until) < flow_find("report")))
        return 0;
    int r = plan_run(p, "report", "report", w->remake, &own);
    if (r >= 0)
        r = publish_report(p, &own);
    if (r >= 0)
        return 0;
    if (own.kind == ERR_INTERRUPTED || str_same(w->until, "report")) {
        *e = own;
        return r;
    }
    progress_warn(p->s->progress, "there is no report of this publication: %s", own.text);
    return 0;
}

// Among all episodes one that must not be published is left out. 1: it is.
static int refuse(struct plan *p, const struct wish *w, struct err *e)
{
    int r = retract_refuse(p, e);
    if (r >= 0 || !w->all)
        return r;
    if (!published_retracted(&p->published))
        progress_warn(p->s->progress, "left out: %s", e->text);
    *e = (struct err){0};
    return 1;
}

static int publish_one(struct session *s, const char *folder, const struct wish *w,
                       struct json *into, struct err *e)
{
    struct plan p;
    struct tidy tidy = {.master_days = MASTER_DAYS};
    int r = plan_open(&p, s, folder, e);
    if (r >= 0)
        r = refuse(&p, w, e);
    if (r == 1) {
        plan_close(&p);
        return 0;
    }
    if (r >= 0)
        r = make_media(&p, w, e);
    if (r >= 0)
        r = make_words(&p, w, e);
    if (r >= 0)
        r = make_report(&p, w, e);
    if (r >= 0 && !w->until && !w->dry_run)
        r = publish_tidy(&p, &tidy, e);
    if (r >= 0)
        json_push(into, report_episode(&p, !w->until && !w->dry_run));
    plan_close(&p);
    return r;
}

static int publish_catalog(struct session *s, const char *until, struct err *e)
{
    struct catalog c = {0};
    struct plan show;
    struct arena a = {0};
    plan_open_show(&show, s);
    int r = catalog_make(s, &a, &c, e);
    if (r >= 0)
        r = publish_show(&show, &c, until, e);
    if (r >= 0)
        r = publish_tidy(&show, &(struct tidy){.master_days = -1}, e);
    plan_close(&show);
    catalog_done(&c);
    arena_done(&a);
    return r;
}

static int publish_all(struct session *s, const struct wish *w, char **folders, size_t n,
                       struct json *into, struct err *e)
{
    int r = catalog_check(s, e);
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = publish_one(s, folders[i], w, into, e);
    remembered_look_again(s->remembered);
    if (r >= 0 && !w->until && !w->dry_run)
        r = publish_catalog(s, NULL, e);
    return r;
}

static int choose(struct session *s, const struct args *args, char ***ret, size_t *ret_n,
                  struct err *e)
{
    if (args_has(args, "all")) {
        if (args->num_words)
            return err_usage(e, "--all means every episode: name none");
        return episode_folders(&s->arena, s->dir, ret, ret_n, e);
    }
    if (!args->num_words)
        return err_usage(e, "which episode?\nsee: dgl-episode %s --help", args->command);
    *ret = arena_array(&s->arena, char *, 1);
    *ret_n = 1;
    return episode_find(&s->arena, s->dir, args->words[0], &(*ret)[0], e);
}

static int run(const struct env *env, const struct args *args, const struct wish *w, struct err *e)
{
    struct session s;
    char **folders = NULL;
    size_t n = 0;
    struct json *reports = json_new_array();
    int r = env_open(env, args->command, !w->dry_run, &s, e);
    if (r >= 0)
        r = choose(&s, args, &folders, &n, e);
    if (r >= 0)
        r = publish_all(&s, w, folders, n, reports, e);
    if (r >= 0 && env->json)
        report_json(reports, args_has(args, "all"));
    else if (r >= 0)
        report_print(reports, s.dir, env->verbosity);
    json_free(reports);
    bool whole = !w->until && !w->dry_run;
    if (r >= 0 && whole && (w->deliver || s.show.delivery.automatic))
        r = deliver_after(env, &s, false, e);
    session_close(&s);
    return r < 0 ? r : 0;
}

int cmd_publish(const struct env *env, const struct args *args, struct err *e)
{
    struct wish w = {
        .until = args_text(args, "until") ? stage_of(args_text(args, "until")) : NULL,
        .dry_run = args_has(args, "dry-run"),
        .remake = args_has(args, "remake"),
        .deliver = args_has(args, "deliver"),
        .all = args_has(args, "all"),
        .replace = args_has(args, "replace"),
        .recordings = args->num_words > 1 ? args->words + 1 : NULL,
        .num_recordings = args->num_words > 1 ? args->num_words - 1 : 0,
    };
    if (w.replace && !w.num_recordings)
        return err_usage(e, "--replace by which recording? dgl-episode publish EPISODE --replace "
                            "RECORDING");
    if (w.until && !flow_find(w.until))
        return err_usage(e,
                         "there is no stage '%s'\nstages: ingest timeline art captions normalize "
                         "transcribe encode tag package hls clip kit item page report feed "
                         "themekit site",
                         args_text(args, "until"));
    return run(env, args, &w, e);
}

int cmd_stage(const struct env *env, const struct args *args, struct err *e)
{
    struct wish w = {.until = stage_of(args->command), .remake = args_has(args, "remake")};
    if (args_has(args, "preview"))
        return cmd_preview(env, args, e);
    return run(env, args, &w, e);
}

int cmd_feed(const struct env *env, const struct args *args, struct err *e)
{
    struct session s;
    bool only = args_has(args, "only");
    int r = env_open(env, args->command, true, &s, e);
    if (r >= 0)
        worker_begin(s.worker);
    if (r >= 0)
        r = catalog_check(&s, e);
    if (r >= 0)
        r = publish_catalog(&s, only ? "feed" : NULL, e);
    if (r >= 0 && env->json) {
        struct json *o = json_new_object();
        json_put_text(o, "feed", "public/feed.xml");
        json_put_text(o, "site", only ? NULL : "public/index.html");
        print_json(o);
        json_free(o);
    } else if (r >= 0 && env->verbosity >= 0) {
        printf("feed  %s/public/feed.xml\n", s.dir);
        if (!only)
            printf("site  %s/public/index.html\n", s.dir);
    }
    session_close(&s);
    return r < 0 ? r : 0;
}
