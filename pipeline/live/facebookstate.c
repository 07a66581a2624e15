// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/facebookstate.h"

#include <errno.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"

const char *const facebook_phases[] = {"none", "creating", "scheduled", "created", "ended"};

static int64_t time_get(const struct json *j, const char *key)
{
    int64_t ret = 0;
    const char *text = json_text(j, key);
    return text && clock_parse_iso(text, &ret, NULL) ? ret : 0;
}

static void time_put(struct json *j, const char *key, int64_t utc_s)
{
    char text[CLOCK_TEXT];
    clock_iso(utc_s, text);
    if (utc_s)
        json_put_text(j, key, text);
}

static int read_phase(const struct json *j, enum facebook_phase *ret)
{
    for (size_t i = 0; i < COUNT(facebook_phases); i++)
        if (str_same(json_text(j, "phase"), facebook_phases[i])) {
            *ret = (enum facebook_phase)i;
            return 0;
        }
    return -EINVAL;
}

int facebook_state_load(struct arena *a, const char *path, struct facebook_state *ret,
                        struct err *e)
{
    struct json *j = NULL;
    int r = json_load(path, &j, e);
    if (r == -ENOENT) {
        *ret = (struct facebook_state){0};
        return 0;
    }
    struct facebook_state s = {
        .live_id = arena_strdup(a, json_text(j, "live_id")),
        .page = arena_strdup(a, json_text(j, "page")),
        .title = arena_strdup(a, json_text(j, "title")),
        .permalink = arena_strdup(a, json_text(j, "permalink")),
        .asked_utc_s = time_get(j, "asked"),
        .start_utc_s = time_get(j, "start"),
        .ended_utc_s = time_get(j, "ended"),
    };
    bool open = false;
    if (r >= 0 && read_phase(j, &s.phase) == 0)
        open = s.phase == FACEBOOK_CREATED || s.phase == FACEBOOK_SCHEDULED;
    else
        r = err_input(e,
                      "%s: cannot be read, and a live video it tells of may be open: look at "
                      "facebook.com/live/producer, end what is open there, then remove the file",
                      path);
    json_free(j);
    if (r >= 0 && open && !s.live_id)
        r = err_input(e,
                      "%s: the id of the live video is missing: look at "
                      "facebook.com/live/producer, end what is open there, then remove the file",
                      path);
    if (r >= 0)
        *ret = s;
    return r < 0 ? r : 0;
}

int facebook_state_save(const char *path, const struct facebook_state *s, struct err *e)
{
    struct json *j = json_new_object();
    json_put_text(j, "phase", facebook_phases[s->phase]);
    json_put_text(j, "live_id", s->live_id);
    json_put_text(j, "page", s->page);
    json_put_text(j, "title", s->title);
    json_put_text(j, "permalink", s->permalink);
    time_put(j, "asked", s->asked_utc_s);
    time_put(j, "start", s->start_utc_s);
    time_put(j, "ended", s->ended_utc_s);
    int r = json_save(path, j, e);
    json_free(j);
    return r < 0 ? r : 0;
}
