// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/facebook.h"

#include <errno.h>
#include <stdlib.h>

#include "live/facebookmake.h"
#include "live/facebookwatch.h"
#include "net/livevideo.h"

enum { AHEAD_MAX_S = 7 * 24 * 3600 };

struct facebook {
    struct facebook_maker maker;
    struct stream_address address;
    struct facebook_watch watch;
};

static void maker_init(struct facebook_maker *m, const struct facebook_params *p)
{
    *m = (struct facebook_maker){.p = *p};
    if (p->api.redactor && p->api.token)
        redactor_add(p->api.redactor, p->api.token);
}

void facebook_free(struct facebook *f)
{
    if (!f)
        return;
    facebook_watch_done(&f->watch);
    arena_done(&f->maker.arena);
    free(f);
}

const struct stream_address *facebook_address(const struct facebook *f)
{
    return &f->address;
}

static int open_still(const struct facebook_maker *m, struct err *e)
{
    return err_input(e,
                     "facebook: the live video %s (\"%s\") of an earlier broadcast still stands "
                     "open: --resume goes on with it, --end-stale ends it",
                     m->state.live_id, m->state.title ? m->state.title : "");
}

static int over(const struct facebook_maker *m, struct err *e)
{
    return err_input(e,
                     "facebook: the live video %s has ended and cannot be gone on with: begin a "
                     "new one, without --resume",
                     m->state.live_id ? m->state.live_id : "");
}

static int take_created(struct facebook_maker *m, int64_t now, struct err *e)
{
    int r = facebook_take(m, e);
    if (r != -ESTALE)
        return r;
    m->state.phase = FACEBOOK_ENDED;
    m->state.ended_utc_s = now;
    r = facebook_state_save(m->p.state_file, &m->state, e);
    return r < 0 ? r : over(m, e);
}

// A scheduled one that was not used in time is no more than a memory.
static int take_scheduled(struct facebook_maker *m, int64_t now, struct err *e)
{
    int r = facebook_take(m, e);
    return r == -ESTALE ? facebook_make(m, now, e) : r;
}

static int take_unknown(struct facebook_maker *m, int64_t now, struct err *e)
{
    int r = facebook_settle(m, e);
    if (r < 0)
        return r;
    return r == 1 ? take_created(m, now, e) : facebook_make(m, now, e);
}

static int obtain(struct facebook_maker *m, int64_t now, bool resume, struct err *e)
{
    int r = facebook_state_load(&m->arena, m->p.state_file, &m->state, e);
    if (r < 0)
        return r;
    m->p.start_utc_s = 0; // now is the time
    switch (m->state.phase) {
    case FACEBOOK_CREATING:
        return take_unknown(m, now, e);
    case FACEBOOK_SCHEDULED:
        return take_scheduled(m, now, e);
    case FACEBOOK_CREATED:
        return resume ? take_created(m, now, e) : open_still(m, e);
    case FACEBOOK_ENDED:
        return resume ? over(m, e) : facebook_make(m, now, e);
    case FACEBOOK_NONE:
        break;
    }
    return facebook_make(m, now, e);
}

static int start(const struct facebook_params *p, int64_t now, bool resume, struct facebook **ret,
                 struct err *e)
{
    struct facebook *f = mem_alloc(sizeof(*f));
    maker_init(&f->maker, p);
    facebook_watch_init(&f->watch);
    int r = obtain(&f->maker, now, resume, e);
    if (r >= 0) {
        const char *url = f->maker.url ? f->maker.url : "";
        r = stream_address_split(&f->maker.arena, url, false, &f->address, e);
        // nothing will ever be sent to it
        if (r < 0 && !resume)
            facebook_end_known(&f->maker, now, NULL);
        r = r < 0 ? err_wrap(e, "facebook") : 0;
    }
    if (r < 0) {
        facebook_free(f);
        return r;
    }
    *ret = f;
    return 0;
}

int facebook_begin(const struct facebook_params *p, int64_t now_utc_s, struct facebook **ret,
                   struct err *e)
{
    return start(p, now_utc_s, false, ret, e);
}

int facebook_resume(const struct facebook_params *p, int64_t now_utc_s, struct facebook **ret,
                    struct err *e)
{
    return start(p, now_utc_s, true, ret, e);
}

int facebook_poll(struct facebook *f, int64_t now_utc_s, double *ret_next_s, struct err *e)
{
    bool may_start = now_utc_s >= f->maker.state.start_utc_s;
    return facebook_watch_poll(&f->watch, &f->maker.p.api, f->maker.state.live_id, may_start,
                               ret_next_s, e);
}

int facebook_title(struct facebook *f, const char *title, struct err *e)
{
    static const struct graph_patience once = {.first_s = 1, .total_s = 0.001};
    return live_video_retitle(&f->maker.p.api, f->maker.state.live_id, title, &once, e);
}

struct json *facebook_json(struct facebook *f)
{
    return facebook_watch_json(&f->watch, f->maker.state.live_id);
}

int facebook_end(struct facebook *f, int64_t now_utc_s, struct err *e)
{
    return facebook_end_known(&f->maker, now_utc_s, e);
}

int facebook_schedule(const struct facebook_params *p, int64_t now_utc_s, struct err *e)
{
    if (p->start_utc_s <= now_utc_s || p->start_utc_s > now_utc_s + AHEAD_MAX_S)
        return err_input(e, "facebook: a broadcast is scheduled for a time that lies ahead, by "
                            "seven days at most");
    struct facebook_maker m;
    maker_init(&m, p);
    int r = facebook_state_load(&m.arena, p->state_file, &m.state, e);
    if (r >= 0 && m.state.phase == FACEBOOK_CREATING)
        r = facebook_settle(&m, e);
    if (r >= 0 && m.state.phase == FACEBOOK_CREATED)
        r = open_still(&m, e);
    if (r >= 0 && m.state.phase != FACEBOOK_SCHEDULED)
        r = facebook_make(&m, now_utc_s, e);
    arena_done(&m.arena);
    return r < 0 ? r : 0;
}

static int end_stale(struct facebook_maker *m, int64_t now, struct str *ret_said, struct err *e)
{
    int r = 0;
    switch (m->state.phase) {
    case FACEBOOK_CREATING:
        return facebook_end_lost(m, now, ret_said, e);
    case FACEBOOK_CREATED:
        r = facebook_end_known(m, now, e);
        if (r >= 0)
            str_addf(ret_said, "ended live video %s", m->state.live_id);
        return r;
    case FACEBOOK_SCHEDULED:
        str_addf(ret_said, "live video %s is scheduled and stays so", m->state.live_id);
        return 0;
    case FACEBOOK_NONE:
    case FACEBOOK_ENDED:
        break;
    }
    str_add(ret_said, "no live video was left open");
    return 0;
}

int facebook_end_stale(const struct facebook_params *p, int64_t now_utc_s, struct str *ret_said,
                       struct err *e)
{
    struct facebook_maker m;
    maker_init(&m, p);
    int r = facebook_state_load(&m.arena, p->state_file, &m.state, e);
    if (r >= 0)
        r = end_stale(&m, now_utc_s, ret_said, e);
    arena_done(&m.arena);
    return r < 0 ? r : 0;
}
