// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/facebookmake.h"

#include <errno.h>
#include <string.h>

#include "net/livevideo.h"

#define LOOK "facebook.com/live/producer"

// Clocks differ; and two looks, for a list may lag behind what was made.
enum { CLOCK_SLACK_S = 300, LOOKS = 2, ENDING_S = 60 };

static const struct graph_patience usual = {0};

static const struct graph_patience *patience(const struct facebook_maker *m)
{
    return m->p.patience ? m->p.patience : &usual;
}

static double settle_s(const struct facebook_maker *m)
{
    return patience(m)->settle_s > 0 ? patience(m)->settle_s : 5;
}

// Ending comes after the user has said stop, so that is not asked again; the state file remembers
// what did not succeed in a minute.
static int end_one(const struct facebook_maker *m, const char *id, struct err *e)
{
    struct graph_api api = m->p.api;
    struct graph_patience p = *patience(m);
    api.stopped = NULL;
    p.total_s = p.total_s > 0 && p.total_s < ENDING_S ? p.total_s : ENDING_S;
    return live_video_end(&api, id, m->state.page, &p, e);
}

static int save(struct facebook_maker *m, struct err *e)
{
    return facebook_state_save(m->p.state_file, &m->state, e);
}

static int save_phase(struct facebook_maker *m, enum facebook_phase phase, struct err *e)
{
    m->state.phase = phase;
    return save(m, e);
}

static int stopped(struct err *e)
{
    err_set(e, -ECANCELED, "interrupted");
    if (e)
        e->kind = ERR_INTERRUPTED;
    return -ECANCELED;
}

static int take_known(struct facebook_maker *m, const struct live_video *v, struct err *e)
{
    m->state.live_id = v->id;
    m->state.permalink = v->permalink ? v->permalink : m->state.permalink;
    if (v->secure_url)
        m->url = v->secure_url;
    return save_phase(m, m->state.start_utc_s ? FACEBOOK_SCHEDULED : FACEBOOK_CREATED, e);
}

// Facebook may have tidied the blanks.
static bool same_title(const char *a, const char *b)
{
    a = a ? a : "";
    b = b ? b : "";
    for (;; a++, b++) {
        a += strspn(a, " \t\r\n");
        b += strspn(b, " \t\r\n");
        if (*a != *b || !*a)
            return *a == *b;
    }
}

static bool may_be_ours(const struct facebook_maker *m, const struct live_video *v)
{
    if (live_video_is_over(v->status) || !same_title(v->title, m->state.title))
        return false;
    return v->created_utc_s == 0 || v->created_utc_s >= m->state.asked_utc_s - CLOCK_SLACK_S;
}

// Those that may be ours stand first afterwards.
static int find(struct facebook_maker *m, struct live_video **ret, size_t *ret_n,
                struct graph_answer *answer, struct err *e)
{
    struct live_video *all = NULL;
    size_t n = 0, ours = 0;
    int r = live_video_list(&m->p.api, &m->arena, m->state.page, patience(m), &all, &n, answer, e);
    if (r < 0)
        return r;
    for (size_t i = 0; i < n; i++)
        if (may_be_ours(m, &all[i]))
            all[ours++] = all[i];
    *ret = all;
    *ret_n = ours;
    return 0;
}

static int look_yourself(struct facebook_maker *m, struct err *e)
{
    return err_wrap(e,
                    "facebook: a live video \"%s\" may have been made, but the answer was lost and "
                    "the Page's list cannot be had. Look at " LOOK ": if it is there, end it. Then "
                    "--end-stale clears this, or --resume asks for the list again",
                    m->state.title ? m->state.title : "");
}

static int too_many(const struct live_video *v, size_t n, struct err *e)
{
    struct str ids;
    str_init(&ids, 400);
    for (size_t i = 0; i < n; i++)
        str_addf(&ids, "%s%s", i ? ", " : "", v[i].id);
    err_input(e,
              "facebook: %zu live videos with this title stand open (%s): end those that are not "
              "wanted at " LOOK " and use --resume, or end all with --end-stale",
              n, ids.p);
    str_done(&ids);
    return -EINVAL;
}

int facebook_settle(struct facebook_maker *m, struct err *e)
{
    struct live_video *v = NULL;
    size_t n = 0;
    for (int look = 0; look < LOOKS && n == 0; look++) {
        if (look > 0 && !graph_pause(&m->p.api, settle_s(m)))
            return stopped(e);
        struct graph_answer answer;
        int r = find(m, &v, &n, &answer, e);
        graph_answer_done(&answer);
        if (r == -ECANCELED)
            return stopped(e);
        if (r < 0)
            return look_yourself(m, e);
    }
    if (n > 1)
        return too_many(v, n, e);
    int r = n == 1 ? take_known(m, &v[0], e) : save_phase(m, FACEBOOK_NONE, e);
    return r < 0 ? r : (int)n;
}

static int write_down(struct facebook_maker *m, int64_t now_utc_s, struct err *e)
{
    struct str title;
    str_init(&title, STR_MAX);
    live_video_title(&title, m->p.title ? m->p.title : "");
    m->state = (struct facebook_state){
        .phase = FACEBOOK_CREATING,
        .title = arena_strdup(&m->arena, title.p),
        .page = m->p.page,
        .asked_utc_s = now_utc_s,
        .start_utc_s = m->p.start_utc_s,
    };
    str_done(&title);
    return save(m, e);
}

// 1: made or found; 0: not made for certain, and may be tried again after a wait.
static int try_once(struct facebook_maker *m, struct graph_answer *answer, struct err *e)
{
    struct live_video v;
    struct live_video_params p = {.page = m->p.page,
                                  .title = m->p.title,
                                  .description = m->p.description,
                                  .privacy = m->p.privacy,
                                  .start_utc_s = m->p.start_utc_s};
    int r = live_video_create(&m->p.api, &m->arena, &p, &v, answer, e);
    if (r >= 0) {
        r = take_known(m, &v, e);
        if (r < 0) // what cannot be remembered must not stay open
            facebook_end_known(m, m->state.asked_utc_s, NULL);
        return r < 0 ? r : 1;
    }
    if (answer->unsure) {
        if (!graph_pause(&m->p.api, settle_s(m)))
            return stopped(e);
        return facebook_settle(m, e);
    }
    int saved = save_phase(m, FACEBOOK_NONE, NULL);
    bool again = answer->kind == GRAPH_AGAIN || answer->kind == GRAPH_LATER;
    return r == -ECANCELED || !again || saved < 0 ? r : 0;
}

int facebook_make(struct facebook_maker *m, int64_t now_utc_s, struct err *e)
{
    struct graph_turn turn = {0};
    for (;;) {
        struct graph_answer answer;
        struct err x = {0};
        int r = write_down(m, now_utc_s, e);
        if (r < 0)
            return r;
        r = try_once(m, &answer, &x);
        if (r == 0 && !graph_wait(&m->p.api, patience(m), &turn, &answer))
            r = x.code < 0 ? x.code : -EIO;
        graph_answer_done(&answer);
        if (r < 0 && e)
            *e = x;
        if (r < 0)
            return r;
        if (r == 1)
            return m->url || m->state.phase == FACEBOOK_SCHEDULED ? 0 : facebook_take(m, e);
    }
}

int facebook_take(struct facebook_maker *m, struct err *e)
{
    struct live_video v;
    struct graph_answer answer;
    int r = live_video_get(&m->p.api, &m->arena, m->state.live_id, patience(m), &v, &answer, e);
    bool gone = r < 0 && answer.kind == GRAPH_GONE;
    graph_answer_done(&answer);
    if (gone || (r >= 0 && live_video_is_over(v.status)))
        return err_set(e, -ESTALE, "facebook: the live video %s has ended", m->state.live_id);
    if (r < 0)
        return r;
    m->url = v.secure_url;
    m->state.permalink = v.permalink ? v.permalink : m->state.permalink;
    return save_phase(m, FACEBOOK_CREATED, e);
}

int facebook_end_known(struct facebook_maker *m, int64_t now_utc_s, struct err *e)
{
    int r = end_one(m, m->state.live_id, e);
    if (r < 0)
        return r;
    m->state.ended_utc_s = now_utc_s;
    return save_phase(m, FACEBOOK_ENDED, e);
}

int facebook_end_lost(struct facebook_maker *m, int64_t now_utc_s, struct str *ret_said,
                      struct err *e)
{
    struct live_video *v = NULL;
    struct graph_answer answer;
    size_t n = 0;
    int r = find(m, &v, &n, &answer, e);
    bool hidden = r < 0 && answer.kind == GRAPH_STOP && answer.code != 0;
    graph_answer_done(&answer);
    if (hidden)
        str_addf(ret_said,
                 "Facebook does not show the Page's list, so look at " LOOK
                 " that no \"%s\" stands open; what was known of it is cleared",
                 m->state.title ? m->state.title : "");
    else if (r < 0)
        return look_yourself(m, e);
    for (size_t i = 0; i < n; i++) {
        r = end_one(m, v[i].id, e);
        if (r < 0)
            return r;
        str_addf(ret_said, "%sended live video %s", i ? "; " : "", v[i].id);
    }
    if (!hidden && n == 0)
        str_add(ret_said, "no live video was left open");
    m->state.ended_utc_s = now_utc_s;
    return save_phase(m, FACEBOOK_ENDED, e);
}
