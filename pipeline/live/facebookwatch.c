// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/facebookwatch.h"

#include <math.h>
#include <stdio.h>

// Facebook's own bounds: key frames every 2 s, never more than 4 s apart; fewer pictures than 20 a
// second are seen to jerk.
enum { GOP_MAX_MS = 4000, FPS_MIN = 20 };

// One look a poll: the next poll is the next try.
static const struct graph_patience once = {.first_s = 1, .total_s = 0.001};

void facebook_watch_init(struct facebook_watch *w)
{
    *w = (struct facebook_watch){.viewers = -1, .poll_s = FACEBOOK_POLL_S};
    pthread_mutex_init(&w->lock, NULL);
}

void facebook_watch_done(struct facebook_watch *w)
{
    pthread_mutex_destroy(&w->lock);
}

static double next_s(struct facebook_watch *w, const struct graph_answer *a, bool good)
{
    bool pressed = a->usage_percent >= FACEBOOK_USAGE_MAX || a->kind == GRAPH_LATER;
    w->poll_s = good ? FACEBOOK_POLL_S : fmin(w->poll_s * 2, FACEBOOK_SLOW_S);
    if (pressed)
        return fmax(a->regain_s, FACEBOOK_SLOW_S);
    return w->poll_s;
}

static void remember(struct facebook_watch *w, const struct live_video *v)
{
    w->health = v->health;
    w->viewers = v->viewers;
    snprintf(w->status, sizeof(w->status), "%s", v->status ? v->status : "");
    if (v->permalink)
        snprintf(w->permalink, sizeof(w->permalink), "%s", v->permalink);
}

int facebook_watch_poll(struct facebook_watch *w, const struct graph_api *g, const char *live_id,
                        bool may_start, double *ret_next_s, struct err *e)
{
    struct arena a = {0};
    struct live_video v;
    struct graph_answer answer;
    struct err x = {0};
    int r = live_video_get(g, &a, live_id, &once, &v, &answer, &x);
    pthread_mutex_lock(&w->lock);
    *ret_next_s = next_s(w, &answer, r >= 0);
    w->usage_percent = answer.usage_percent;
    if (r >= 0)
        remember(w, &v);
    pthread_mutex_unlock(&w->lock);
    if (r >= 0 && may_start && v.health.receiving && live_video_is_waiting(v.status))
        r = live_video_start(g, live_id, &once, &x);
    pthread_mutex_lock(&w->lock);
    snprintf(w->why, sizeof(w->why), "%.*s", (int)sizeof(w->why) - 1, r < 0 ? x.text : "");
    pthread_mutex_unlock(&w->lock);
    graph_answer_done(&answer);
    arena_done(&a);
    if (r < 0 && e)
        *e = x;
    return r < 0 ? r : 0;
}

const char *facebook_warning(const char *status, const struct live_health *h)
{
    if (live_video_is_over(status))
        return "the live video has ended at Facebook; what is sent is not shown any more";
    if (!h->receiving)
        return "Facebook receives nothing";
    if (h->audio_kbps <= 0)
        return "Facebook receives no sound, and takes a stream only with both";
    if (h->video_kbps <= 0)
        return "Facebook receives no picture, and takes a stream only with both";
    if (h->gop_ms > GOP_MAX_MS)
        return "key frames are more than 4 s apart; Facebook asks for 2 s";
    if (h->fps > 0 && h->fps < FPS_MIN)
        return "Facebook receives fewer than 20 pictures a second; the line may be too slow";
    return NULL;
}

static struct json *health_json(const struct live_health *h)
{
    struct json *j = json_new_object();
    json_put_bool(j, "receiving", h->receiving);
    json_put_real(j, "video_kbps", h->video_kbps);
    json_put_real(j, "audio_kbps", h->audio_kbps);
    json_put_real(j, "fps", h->fps);
    json_put_real(j, "gop_s", h->gop_ms / 1000);
    json_put_int(j, "width", h->width);
    json_put_int(j, "height", h->height);
    return j;
}

struct json *facebook_watch_json(struct facebook_watch *w, const char *live_id)
{
    struct json *j = json_new_object();
    pthread_mutex_lock(&w->lock);
    json_put_text(j, "live_id", live_id);
    json_put_text(j, "status", w->status);
    json_put_text(j, "permalink", w->permalink);
    json_put_int(j, "viewers", w->viewers);
    json_put(j, "health", health_json(&w->health));
    json_put_real(j, "usage_percent", w->usage_percent);
    json_put_text(j, "warning", w->status[0] ? facebook_warning(w->status, &w->health) : NULL);
    json_put_text(j, "why", w->why);
    pthread_mutex_unlock(&w->lock);
    return j;
}
