// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/todo.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/str.h"

static const struct {
    const char *name, *text;
} table[] = {
    {"apple", "submit the feed to Apple Podcasts: podcastsconnect.apple.com"},
    {"spotify", "submit the feed to Spotify: creators.spotify.com"},
    {"podcastindex", "add the feed to the Podcast Index: podcastindex.org/add"},
    {"verify", "confirm that the feed is yours: directories write to the owner in show.yaml"},
};

static char *state_path(struct session *s)
{
    return fs_join(&s->arena, s->dir, "episodes/show.state.json");
}

static int load(struct session *s, struct json **ret, struct err *e)
{
    *ret = NULL;
    int r = json_load(state_path(s), ret, e);
    if (r == -ENOENT)
        *ret = json_new_object();
    return r == -ENOENT ? 0 : r;
}

int todo_list(struct session *s, struct json **ret, struct err *e)
{
    struct json *state;
    int r = load(s, &state, e);
    if (r < 0)
        return r;
    const struct json *done = json_get(state, "done");
    *ret = json_new_array();
    for (size_t i = 0; i < COUNT(table); i++) {
        struct json *o = json_new_object();
        json_put_text(o, "name", table[i].name);
        json_put_text(o, "text", table[i].text);
        json_put_text(o, "done", json_text(done, table[i].name));
        json_push(*ret, o);
    }
    json_free(state);
    return 0;
}

int todo_tick(struct session *s, const char *name, struct err *e)
{
    struct str known;
    char when[CLOCK_TEXT];
    struct json *state;
    size_t i = 0;
    while (i < COUNT(table) && !str_same(table[i].name, name))
        i++;
    if (i == COUNT(table)) {
        str_init(&known, STR_MAX);
        for (i = 0; i < COUNT(table); i++)
            str_addf(&known, "%s%s", i ? ", " : "", table[i].name);
        int r = err_usage(e, "--done %s: the list has %s", name, known.p);
        str_done(&known);
        return r;
    }
    int r = load(s, &state, e);
    if (r < 0)
        return r;
    clock_iso(s->now_utc_s, when);
    const struct json *before = json_get(state, "done");
    struct json *done = before ? json_keep(before) : json_new_object();
    json_put_text(done, name, arena_strndup(&s->arena, when, strlen("2026-02-12")));
    json_put(state, "done", done);
    r = json_save(state_path(s), state, e);
    json_free(state);
    return r < 0 ? r : 0;
}
