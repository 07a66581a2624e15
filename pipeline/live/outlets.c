// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/outlets.h"

#include "base/arena.h"
#include "base/str.h"
#include "live/muxer.h"

#include <errno.h>

enum { SOUND_KBPS = 128 };

static int make_muxer(enum muxer_kind kind, const struct json *o, struct outlet_made *ret)
{
    struct muxer_params p = {kind, json_text_or(o, "url", ""), json_text(o, "secret"),
                             json_text(o, "ca_file")};
    *ret = (struct outlet_made){.outlet = muxer_outlet(kind),
                                .ctx = muxer_new(&p),
                                .wants_picture = true,
                                .codec = "aac",
                                .kbps = (int)json_int(o, "bitrate_kbps", SOUND_KBPS)};
    return 0;
}

static int make_rtmp(const struct json *o, const struct json *job, struct redactor *r,
                     struct outlet_made *ret, struct err *e)
{
    (void)job;
    (void)r;
    (void)e;
    return make_muxer(MUXER_RTMP, o, ret);
}

static int make_hls(const struct json *o, const struct json *job, struct redactor *r,
                    struct outlet_made *ret, struct err *e)
{
    (void)job;
    (void)r;
    (void)e;
    return make_muxer(MUXER_HLS, o, ret);
}

static const struct {
    const char *kind;
    int (*make)(const struct json *o, const struct json *job, struct redactor *r,
                struct outlet_made *ret, struct err *e);
} kinds[] = {
    {"rtmp", make_rtmp},
    {"hls", make_hls},
};

int outlets_make(const struct json *o, const struct json *job, struct redactor *redactor,
                 struct outlet_made *ret, struct err *e)
{
    const char *kind = json_text_or(o, "kind", "");
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (str_same(kinds[i].kind, kind))
            return kinds[i].make(o, job, redactor, ret, e);
    return err_input(e, "'%s' is no kind of endpoint", kind);
}

int outlets_slates(const struct json *job, int width, int height, int rate_num, int rate_den,
                   int sample_rate, struct slate **ret_slate, struct slate **ret_card,
                   struct err *e)
{
    const struct json *s = json_get(job, "slate");
    struct slate_params p = {.image = json_text_or(s, "image", ""),
                             .sound = json_text_or(s, "sound", ""),
                             .width = width,
                             .height = height,
                             .rate_num = rate_num,
                             .rate_den = rate_den,
                             .sample_rate = sample_rate};
    int r = slate_new(&p, ret_slate, e);
    p.image = json_text_or(job, "card", "");
    p.sound = "";
    return r < 0 ? r : slate_new(&p, ret_card, e);
}
