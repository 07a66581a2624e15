// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/outlets.h"

#include "base/arena.h"
#include "base/fs.h"
#include "base/str.h"
#include "live/muxer.h"
#include "live/to_facebook.h"
#include "live/to_icecast.h"

#include <errno.h>
#include <string.h>

enum { SOUND_KBPS = 128 };

static int make_muxer(enum muxer_kind kind, const char *url, const struct json *o,
                      struct outlet_made *ret)
{
    struct muxer_params p = {kind, url, json_text(o, "secret"), json_text(o, "ca_file"),
                             json_text(o, "user")};
    *ret = (struct outlet_made){.outlet = muxer_outlet(kind),
                                .ctx = muxer_new(&p),
                                .wants_picture = true,
                                .codec = "aac",
                                .kbps = (int)json_int(o, "bitrate_kbps", SOUND_KBPS)};
    return 0;
}

static int make_rtmp(struct arena *a, const struct json *o, const struct json *job,
                     struct redactor *r, struct outlet_made *ret, struct err *e)
{
    (void)a;
    (void)job;
    (void)r;
    (void)e;
    return make_muxer(MUXER_RTMP, json_text_or(o, "url", ""), o, ret);
}

// A path that names its file, or a folder, which is made, and a file in it.
static int file_in(struct arena *a, const char *url, const char *ending, const char *name,
                   const char **ret, struct err *e)
{
    size_t len = strlen(url), tail = strlen(ending);
    bool named = len > tail && str_same(url + len - tail, ending);
    const char *path = named ? url : arena_printf(a, "%s/%s%s", url, name, ending);
    *ret = path;
    return strstr(url, "://") ? 0 : fs_mkdirs(fs_dirname(a, path), e);
}

static int make_hls(struct arena *a, const struct json *o, const struct json *job,
                    struct redactor *r, struct outlet_made *ret, struct err *e)
{
    const char *url;
    (void)job;
    (void)r;
    int c = file_in(a, json_text_or(o, "url", ""), ".m3u8", "live", &url, e);
    return c < 0 ? c : make_muxer(MUXER_HLS, url, o, ret);
}

static int make_file(struct arena *a, const struct json *o, const struct json *job,
                     struct redactor *r, struct outlet_made *ret, struct err *e)
{
    const char *url;
    (void)job;
    (void)r;
    int c =
        file_in(a, json_text_or(o, "url", ""), ".mkv", json_text_or(o, "name", "file"), &url, e);
    return c < 0 ? c : make_muxer(MUXER_FILE, url, o, ret);
}

static const struct {
    const char *format, *codec;
    int kbps;
} formats[] = {
    // of Icecast, with the rate where none is named
    {"mp3", "libmp3lame", 128},
    {"aac", "aac", 128},
    {"opus", "libopus", 96},
};

static struct json *icecast_json(void *ctx)
{
    struct json *o = json_new_object();
    int n = to_icecast_listeners(ctx);
    if (n >= 0)
        json_put_int(o, "listeners", n);
    return o;
}

static int make_icecast(struct arena *a, const struct json *o, const struct json *job,
                        struct redactor *r, struct outlet_made *ret, struct err *e)
{
    (void)a;
    (void)r;
    const char *format = json_text_or(o, "format", formats[0].format);
    size_t i = 0;
    while (i < COUNT(formats) && !str_same(formats[i].format, format))
        i++;
    if (i == COUNT(formats))
        return err_input(e, "'%s' is no format of an Icecast mount", format);
    struct to_icecast_params p = {
        .url = json_text_or(o, "url", ""),
        .user = json_text(o, "user"),
        .password = json_text_or(o, "secret", ""),
        .ca_file = json_text(o, "ca_file"),
        .name = json_text(o, "title"),
        .description = json_text(o, "description"),
        .site = json_text(o, "site"),
        .listed = json_bool(o, "listed", false),
        .title = json_text(job, "title"),
    };
    *ret = (struct outlet_made){.outlet = &to_icecast,
                                .codec = formats[i].codec,
                                .kbps = (int)json_int(o, "bitrate_kbps", formats[i].kbps),
                                .more = icecast_json,
                                .title = to_icecast_title};
    return to_icecast_new(&p, &ret->ctx, e);
}

const char *outlets_facebook_file(struct arena *a, const struct json *o, const struct json *job)
{
    const char *state = json_text_or(job, "state_file", "state.json"), *slash = strrchr(state, '/');
    return arena_printf(a, "%.*sfacebook-%s.json", slash ? (int)(slash + 1 - state) : 0, state,
                        json_text_or(o, "name", ""));
}

static int make_facebook(struct arena *a, const struct json *o, const struct json *job,
                         struct redactor *r, struct outlet_made *ret, struct err *e)
{
    const struct json *graph = json_get(job, "graph");
    (void)e;
    struct facebook_params p = {
        .api = {.url = json_text(graph, "url"),
                .version = json_text(graph, "version"),
                .token = json_text_or(o, "secret", ""),
                .ca_file = json_text(o, "ca_file"),
                .redactor = r},
        .page = json_text(o, "page"),
        .title = json_text(o, "title"),
        .description = json_text(o, "description"),
        .privacy = json_text(o, "privacy"),
        .state_file = outlets_facebook_file(a, o, job),
    };
    *ret = (struct outlet_made){
        .outlet = &to_facebook,
        .ctx = to_facebook_new(&p, json_bool(job, "resume", false), json_text(o, "ca_file")),
        .wants_picture = true,
        .needs_picture = true,
        .codec = "aac",
        .kbps = SOUND_KBPS,
        .more = to_facebook_json,
        .title = to_facebook_title};
    return 0;
}

static const struct {
    const char *kind;
    int (*make)(struct arena *a, const struct json *o, const struct json *job, struct redactor *r,
                struct outlet_made *ret, struct err *e);
} kinds[] = {
    {"icecast", make_icecast}, {"facebook", make_facebook}, {"rtmp", make_rtmp},
    {"hls", make_hls},         {"file", make_file},
};

int outlets_make(struct arena *a, const struct json *o, const struct json *job,
                 struct redactor *redactor, struct outlet_made *ret, struct err *e)
{
    const char *kind = json_text_or(o, "kind", "");
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (str_same(kinds[i].kind, kind))
            return kinds[i].make(a, o, job, redactor, ret, e);
    return err_input(e, "'%s' is no kind of endpoint", kind);
}
