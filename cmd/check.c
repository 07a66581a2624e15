// SPDX-License-Identifier: GPL-3.0-or-later
// check [EPISODE | FEED | FILE | URL]
#include "base/fs.h"
#include "base/str.h"
#include "checkweb.h"
#include "cmd.h"
#include "plan/publish.h"
#include "plan/review.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void take_findings(struct json *into, const struct json *measured)
{
    const struct json *list = json_get(measured, "findings");
    for (size_t i = 0; i < json_count(list); i++)
        json_push(into, json_keep(json_at(list, i)));
}

static int check_feed(const struct env *env, const char *path, const char *site,
                      const char *public_dir, struct json *findings, struct err *e)
{
    struct json *settings = json_new_object(), *in = json_new_object(), *measured = NULL;
    json_put_text(settings, "site", site);
    json_put_text(settings, "public", public_dir);
    json_put_text(in, "feed", path);
    struct arena a = {0};
    json_put_text(
        in, "categories",
        preset_path(&a, session_preset_dirs(&a, NULL, env->presets_dir), "apple-categories.json"));
    arena_done(&a);
    int r = tool_run(env, "check", settings, in, &measured, e);
    if (r >= 0)
        take_findings(findings, measured);
    json_free(measured);
    return r;
}

// How loud it is; silence has no loudness.
static void check_levels(const struct json *f, const char *path, struct json *findings)
{
    double loudness = json_number(f, "integrated_lufs", -INFINITY),
           peak = json_number(f, "true_peak_dbtp", -INFINITY);
    char text[120];
    if (isinf(loudness)) {
        review_add(findings, "error", "audible", path, "only silence: nothing above -70 LUFS");
        return;
    }
    snprintf(text, sizeof text, "%.1f LUFS; directories ask for -16 ±1", loudness);
    if (fabs(loudness + 16) > 1)
        review_add(findings, "warning", "Apple loudness", path, text);
    snprintf(text, sizeof text, "true peak %.1f dBTP; at most -1", peak);
    if (peak > -1)
        review_add(findings, "warning", "Apple true peak", path, text);
}

static void check_sound(const struct json *f, const char *path, struct json *findings)
{
    const struct json *faults = json_get(f, "faults");
    const char *remark = json_text(f, "remark");
    if (remark)
        review_add(findings, json_bool(f, "damaged", false) ? "error" : "warning", "undamaged",
                   path, remark);
    // Decode errors are counted in the remark; what is left are gaps, each with its place.
    for (size_t i = 0; i < json_count(faults); i++) {
        char text[FAULT_TEXT];
        if (fault_text(json_at(faults, i), text))
            review_add(findings, "warning", "undamaged", path, text);
    }
    check_levels(f, path, findings);
}

static int check_media(const struct env *env, const char *path, struct json *findings,
                       struct err *e)
{
    struct json *in = json_new_object(), *files = json_new_array(), *measured = NULL;
    json_push_text(files, path);
    json_put(in, "files", files);
    int r = tool_run(env, "measure", json_new_object(), in, &measured, e);
    if (r < 0)
        return r;
    const struct json *f = json_at(json_get(measured, "files"), 0);
    if (json_text(f, "error"))
        review_add(findings, "error", "readable", path, json_text(f, "error"));
    else
        check_sound(f, path, findings);
    json_free(measured);
    return 0;
}

static bool is_public(const struct plan *p)
{
    return str_same(p->published.state, "published");
}

const char check_unpublished[] = "published as it stands";

// What is not ready at all says so when it is published.
static void check_changes(struct plan *p, struct json *findings)
{
    struct err unready = {0};
    if (publish_look(p, NULL, &unready) < 0 || plan_is_stale(p))
        review_add(findings, "warning", check_unpublished, p->ep->folder,
                   "changed since it was published");
}

static int check_episode(struct session *s, const char *folder, bool only_public,
                         struct json *findings, struct err *e)
{
    struct plan p;
    int r = plan_open(&p, s, folder, e);
    struct err unready = {0};
    if (r >= 0 && only_public && !is_public(&p)) {
        plan_close(&p);
        return 0;
    }
    // Whether there is a picture is known from ingest; without its recording an episode is judged
    // as one without.
    if (r >= 0)
        (void)plan_look_all(&p, "ingest", &unready);
    if (r >= 0)
        review_episode(&p, findings);
    if (r >= 0 && only_public)
        check_changes(&p, findings);
    // What cannot be read is a finding like any other.
    if (r < 0 && e->kind == ERR_INPUT) {
        review_add(findings, "error", "readable", folder, e->text);
        *e = (struct err){0};
        r = 0;
    }
    plan_close(&p);
    return r;
}

int check_show(const struct env *env, struct session *s, bool only_public, struct json *findings,
               struct err *e)
{
    char **folders;
    size_t n;
    int r = episode_folders(&s->arena, s->dir, &folders, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = check_episode(s, folders[i], only_public, findings, e);
    if (r >= 0 && catalog_check(s, e) < 0) {
        review_add(findings, "error", "catalogue", "episodes/", e->text);
        *e = (struct err){0};
    }
    char *feed = fs_join(&s->arena, s->dir, "public/feed.xml");
    if (r >= 0 && fs_exists(feed))
        r = check_feed(env, feed, s->show.site, fs_join(&s->arena, s->dir, "public"), findings, e);
    return r;
}

static bool looks_like_xml(const char *path)
{
    char head[256] = "";
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    size_t n = fread(head, 1, sizeof head - 1, f);
    fclose(f);
    head[n] = '\0';
    const char *at = head + (str_starts(head, "\xef\xbb\xbf") ? 3 : 0);
    at += strspn(at, " \t\r\n");
    return *at == '<';
}

// WebVTT by its first word, SubRip by its name: it has no mark of its own.
static bool looks_like_captions(const char *path)
{
    char head[10] = "";
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    size_t n = fread(head, 1, sizeof head - 1, f);
    fclose(f);
    head[n] = '\0';
    const char *extension = fs_extension(path);
    return str_starts(head, "WEBVTT") || str_starts(head, "\xef\xbb\xbfWEBVTT") ||
           !strcasecmp(extension, "srt") || !strcasecmp(extension, "vtt");
}

static int check_file(const struct env *env, const char *path, struct json *findings, struct err *e)
{
    if (looks_like_captions(path)) {
        review_captions(path, path, false, findings);
        return 0;
    }
    return looks_like_xml(path) ? check_feed(env, path, NULL, NULL, findings, e)
                                : check_media(env, path, findings, e);
}

static int check_one(const struct env *env, const struct args *args, struct json *findings,
                     struct err *e)
{
    struct session s;
    const char *word = args->words[0], *seconds = args_text(args, "timeout");
    double timeout_s = 0;
    if (seconds && (!str_to_real(seconds, &timeout_s) || !(timeout_s > 0 && timeout_s <= 600)))
        return err_usage(e, "--timeout needs seconds up to 600, such as 30; here is \"%s\"",
                         seconds);
    if (str_starts(word, "http://") || str_starts(word, "https://"))
        return checkweb(env, word, timeout_s, findings, e);
    if (word && fs_exists(word) && !fs_is_dir(word))
        return check_file(env, word, findings, e);
    int r = env_open(env, "check", false, &s, e);
    char *folder = NULL;
    if (r >= 0)
        r = episode_find(&s.arena, s.dir, word, &folder, e);
    if (r >= 0)
        r = check_episode(&s, folder, false, findings, e);
    session_close(&s);
    return r;
}

static bool can_waive(const char *id)
{
    for (size_t i = 0; id && i < COUNT(laws); i++)
        if (str_same(laws[i].id, id))
            return laws[i].can_waive;
    return false;
}

// Who waived it, or the line that would.
static void print_waiver(const struct json *f)
{
    const struct json *waived = json_get(f, "waived");
    const char *until = json_text(waived, "until"), *id = json_text(f, "id");
    if (waived)
        printf("  waived by %s%s%s: %s\n", json_text_or(waived, "by", ""), until ? " until " : "",
               until ? until : "", json_text_or(waived, "reason", ""));
    else if (can_waive(id) && str_same(json_text(f, "severity"), "error"))
        printf("  or, with a reason: waivers: [{rule: %s, reason: …, by: …, until: …}]\n", id);
}

void check_print(const struct json *findings)
{
    for (size_t i = 0; i < json_count(findings); i++) {
        const struct json *f = json_at(findings, i);
        printf("%s: %s: %s (%s)\n", json_text_or(f, "where", ""),
               json_get(f, "waived") ? "waived" : json_text_or(f, "severity", ""),
               json_text_or(f, "message", ""), json_text_or(f, "rule", ""));
        print_waiver(f);
    }
    if (!json_count(findings))
        puts("nothing to complain about");
}

int cmd_check(const struct env *env, const struct args *args, struct err *e)
{
    struct json *findings = json_new_array();
    int r;
    if (args->num_words) {
        r = check_one(env, args, findings, e);
    } else {
        struct session s;
        r = env_open(env, "check", false, &s, e);
        if (r >= 0)
            r = check_show(env, &s, false, findings, e);
        session_close(&s);
    }
    int code = checkweb_unanswered(findings) ? 4 : review_has_errors(findings) ? 3 : 0;
    if (r >= 0 && env->json) {
        struct json *o = json_new_object();
        json_put(o, "findings", json_keep(findings));
        print_json(o);
        json_free(o);
    } else if (r >= 0) {
        check_print(findings);
    }
    json_free(findings);
    return r < 0 ? r : code;
}
