// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd.h"

#include "base/fs.h"
#include "base/str.h"
#include "checkweb.h"
#include "plan/announce.h"
#include "plan/deliver.h"
#include "plan/review.h"

#include <errno.h>
#include <stdio.h>

enum { FEW = 5 };

struct wishes {
    const char *only;            // target; NULL: all
    bool dry_run, verify, looks; // looks: at the public feed afterwards
    bool withdraws;              // what is to go goes, whatever else is wrong
    bool behind;                 // another command, whose JSON is the one document
    int fd;                      // of secrets; below 0: none
};

struct outcome {
    struct json *findings; // of the public feed; NULL: it was not looked at
    size_t said, left;
    bool unanswered;
};

// ---- what is told

static struct json *job_json(const struct delivery_job *j)
{
    struct json *o = json_new_object(), *send = json_new_array(), *remove = json_new_array();
    json_put_text(o, "name", j->target->name);
    json_put_text(o, "kind", j->target->kind);
    json_put_text(o, "url", j->target->url);
    for (size_t i = 0; i < j->num_send; i++) {
        struct json *f = json_new_object();
        json_put_text(f, "path", j->send[i]->path);
        json_put_int(f, "bytes", j->send[i]->bytes);
        json_put_text(f, "type", j->send[i]->type);
        json_push(send, f);
    }
    for (size_t i = 0; i < j->num_remove; i++)
        json_push_text(remove, j->remove[i]);
    json_put_int(o, "bytes", j->bytes);
    json_put(o, "files", send);
    json_put(o, "remove", remove);
    if (j->done) {
        json_put_int(o, "sent", (int64_t)json_count(json_get(j->done, "sent")));
        json_put_int(o, "sent_bytes", json_int(j->done, "bytes", 0));
        json_put_int(o, "removed", (int64_t)json_count(json_get(j->done, "removed")));
        json_put(o, "failed", json_keep(json_get(j->done, "failed")));
    }
    json_put_text(o, "error", j->failed.code ? j->failed.text : NULL);
    return o;
}

static void print_outcome(const struct deliver *d, const struct outcome *out, bool dry_run)
{
    struct json *o = json_new_object(), *list = json_new_array();
    for (size_t i = 0; i < d->num_jobs; i++)
        json_push(list, job_json(&d->job[i]));
    json_put_bool(o, "dry_run", dry_run);
    json_put(o, "targets", list);
    json_put_int(o, "told", (int64_t)out->said);
    json_put_int(o, "not_told", (int64_t)out->left);
    if (out->findings)
        json_put(o, "findings", json_keep(out->findings));
    else
        json_put_text(o, "findings", NULL);
    print_json(o);
    json_free(o);
}

static void print_plan(const struct delivery_job *j)
{
    printf("%s: %s\n", j->target->name, j->target->url);
    for (size_t i = 0; i < j->num_send; i++)
        printf("  + %-60s %9.2f MB  %s\n", j->send[i]->path, (double)j->send[i]->bytes / 1e6,
               j->send[i]->type);
    for (size_t i = 0; i < j->num_remove; i++)
        printf("  - %s\n", j->remove[i]);
    printf("  %zu files, %.1f MB to send, %zu to remove\n", j->num_send, (double)j->bytes / 1e6,
           j->num_remove);
}

static void print_done(const struct delivery_job *j)
{
    const struct json *done = j->done;
    size_t sent = json_count(json_get(done, "sent")), there = json_count(json_get(done, "there")),
           gone = json_count(json_get(done, "removed"));
    bool whole = deliver_is_done(j);
    if (!done)
        return;
    printf("%-12s", j->target->name);
    if (whole && !sent && !there && !gone)
        printf(" has everything already");
    else
        printf(" %zu file%s sent, %.1f MB", sent, sent == 1 ? "" : "s",
               (double)json_int(done, "bytes", 0) / 1e6);
    if (there)
        printf(", %zu %s there", there, there == 1 ? "was" : "were");
    if (gone)
        printf(", %zu removed", gone);
    printf("%s  %s\n", whole ? "" : ", NOT COMPLETE", j->target->url);
}

// ---- failures

static void add_failures(struct str *s, const struct delivery_job *j)
{
    const struct json *failed = json_get(j->done, "failed");
    if (s->len)
        str_addc(s, '\n');
    if (j->failed.code) {
        str_addf(s, "%s: %s", j->target->name, j->failed.text);
        return;
    }
    for (size_t i = 0; i < json_count(failed) && i < FEW; i++)
        str_addf(s, "%s%s: %s did not arrive: %s", i ? "\n" : "", j->target->name,
                 json_text_or(json_at(failed, i), "path", ""),
                 json_text_or(json_at(failed, i), "text", ""));
    if (json_count(failed) > FEW)
        str_addf(s, "\n%s: and %zu more", j->target->name, json_count(failed) - FEW);
}

static int judge(const struct deliver *d, struct err *e)
{
    struct str s;
    int r = 0;
    str_init(&s, 3000);
    for (size_t i = 0; i < d->num_jobs; i++)
        if (!deliver_is_done(&d->job[i]))
            add_failures(&s, &d->job[i]);
    if (s.len)
        r = err_remote(e, -EREMOTEIO, "%s\n%s", s.p,
                       d->withdraws
                           ? "what was withdrawn is still public there; run again: dgl-episode "
                             "deliver"
                           : "what listeners get there is whole, as it was before; run it again: "
                             "only what is missing is sent");
    str_done(&s);
    return r;
}

// ---- what comes before and after

// The first few names, and how many more.
static void warn_of_changes(struct session *s, const struct json *folders)
{
    struct str names;
    size_t n = json_count(folders);
    if (!n)
        return;
    str_init(&names, 3000);
    for (size_t i = 0; i < n && i < FEW; i++)
        str_addf(&names, "%s%s", i ? ", " : "", json_as_text(json_at(folders, i)));
    if (n > FEW)
        str_addf(&names, " and %zu more", n - FEW);
    progress_warn(s->progress,
                  "%s: changed since %s published; what is delivered is what was published\n"
                  "to bring the changes along: dgl-episode publish %s && dgl-episode deliver",
                  names.p, n == 1 ? "it was" : "they were",
                  n == 1 ? json_as_text(json_at(folders, 0)) : "--all");
    str_done(&names);
}

// The law and the directories have the first word.
static int check_first(const struct env *env, struct session *s, struct outcome *out, struct err *e)
{
    struct json *findings = json_new_array(), *errors = json_new_array(),
                *changed = json_new_array();
    int r = check_show(env, s, true, findings, e);
    for (size_t i = 0; i < json_count(findings); i++) {
        const struct json *f = json_at(findings, i);
        if (str_same(json_text(f, "severity"), "error"))
            json_push(errors, json_keep(f));
        if (str_same(json_text(f, "rule"), check_unpublished))
            json_push_text(changed, json_text(f, "where"));
    }
    warn_of_changes(s, changed);
    if (r >= 0 && json_count(errors)) {
        if (!env->json)
            check_print(errors);
        r = err_input(e,
                      "%zu %s in the way of a delivery; nothing was sent\n"
                      "mend %s, or write down why not: waivers: in episode.yaml",
                      json_count(errors), json_count(errors) == 1 ? "error is" : "errors are",
                      json_count(errors) == 1 ? "it" : "them");
        out->findings = json_keep(errors);
    }
    json_free(findings);
    json_free(errors);
    json_free(changed);
    return r;
}

static int look_afterwards(const struct env *env, struct session *s, struct outcome *out,
                           struct err *e)
{
    out->findings = json_new_array();
    int r = checkweb(env, show_feed_url(&s->arena, &s->show), 0, out->findings, e);
    if (r < 0)
        return r;
    if (!env->json && json_count(out->findings))
        check_print(out->findings);
    return checkweb_unanswered(out->findings) || review_has_errors(out->findings)
               ? err_remote(e, -EREMOTEIO,
                            "everything was delivered, but the public feed does not answer as it "
                            "should: see above\n"
                            "(deliver: {check: false} where the targets are not what serves %s)",
                            s->show.site)
               : 0;
}

static int tell_others(struct session *s, const struct keys *keys, struct outcome *out,
                       struct err *e)
{
    struct err own = {0};
    int r = announce_send(s, keys, &out->said, &out->left, &own);
    if (r < 0 && own.kind == ERR_INTERRUPTED) {
        *e = own;
        return r;
    }
    if (r < 0)
        progress_warn(s->progress, "the others were not told: %s", own.text);
    return 0;
}

static int finish(const struct env *env, struct deliver *d, const struct wishes *w,
                  struct outcome *out, struct err *e)
{
    int r = deliver_remember(d, e);
    if (r >= 0)
        r = announce_add(d, e);
    if (r >= 0)
        r = judge(d, e);
    // while one target lacks something, those who would be told might come there
    if (r >= 0)
        r = tell_others(d->s, d->keys, out, e);
    if (r >= 0 && w->looks && d->s->show.delivery.checks && !w->only)
        r = look_afterwards(env, d->s, out, e);
    return r;
}

static int deliver_with(const struct env *env, struct session *s, const struct wishes *w,
                        struct err *e)
{
    struct keys keys;
    struct deliver d = {0};
    struct outcome out = {0};
    int r = keys_open(s, w->fd, &keys, e);
    if (r >= 0)
        r = deliver_open(&d, s, &keys, w->only, w->verify, e);
    d.withdraws = w->withdraws;
    if (r >= 0 && !w->dry_run && !w->withdraws)
        r = check_first(env, s, &out, e);
    if (r >= 0 && !w->dry_run)
        r = deliver_compare_feeds(&d, e);
    if (r >= 0 && !w->dry_run)
        r = announce_begin(&d, e);
    if (r >= 0 && !w->dry_run)
        r = deliver_run(&d, e);
    bool ran = r >= 0;
    if (r >= 0 && !w->dry_run)
        r = finish(env, &d, w, &out, e);
    for (size_t i = 0; ran && !env->json && i < d.num_jobs; i++) {
        if (w->dry_run)
            print_plan(&d.job[i]);
        else if (env->verbosity >= 0)
            print_done(&d.job[i]);
    }
    if ((ran || out.findings) && env->json && !w->behind)
        print_outcome(&d, &out, w->dry_run);
    json_free(out.findings);
    deliver_close(&d);
    return r < 0 ? r : 0;
}

int deliver_after(const struct env *env, struct session *s, bool withdraws, struct err *e)
{
    struct err own = {0};
    int r = deliver_with(
        env, s,
        &(struct wishes){.looks = !withdraws, .withdraws = withdraws, .behind = true, .fd = -1},
        &own);
    if (r < 0 && withdraws && own.kind != ERR_REMOTE && own.kind != ERR_INTERRUPTED)
        return err_remote(e, -EREMOTEIO,
                          "it is taken down here, but what was delivered is still public: %s\n"
                          "then run: dgl-episode deliver",
                          own.text);
    if (r < 0)
        *e = own;
    return r;
}

int cmd_deliver(const struct env *env, const struct args *args, struct err *e)
{
    struct session s;
    int64_t fd = -1;
    struct wishes w = {.only = args_text(args, "target"),
                       .dry_run = args_has(args, "dry-run"),
                       .verify = args_has(args, "verify"),
                       .looks = !args_has(args, "no-check")};
    int r = args_int(args, "secrets-fd", 0, 1023, &fd, e);
    w.fd = (int)fd;
    if (r >= 0)
        r = env_open(env, "deliver", !w.dry_run, &s, e);
    else
        s = (struct session){.lock_fd = -1};
    if (r >= 0)
        r = deliver_with(env, &s, &w, e);
    session_close(&s);
    return r;
}
