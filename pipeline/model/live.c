// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/live.h"

#include "base/fs.h"
#include "base/str.h"
#include "model/cover.h"
#include "model/word.h"

#include <inttypes.h>
#include <string.h>

#define L(field) offsetof(struct live, field)
#define P(field) offsetof(struct picture_text, field)

// For lossy coding on the way: what is limited to the ceiling comes out up to a decibel above.
#define CEILING_DBTP (-1.5)
enum { FACEBOOK_HEIGHT = 1080, FACEBOOK_FPS = 60, FACEBOOK_KBPS = 9000 };

struct picture_text {
    int64_t width, height, bitrate_kbps;
    const char *rate, *speed;
};

static const char *const speeds[] = {"ultrafast", "superfast", "veryfast", "faster",
                                     "fast",      "medium",    NULL};

static const struct key live_keys[] = {
    {"endpoints", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "where broadcasts go to, as many as you like; for example [{name: fylket, kind: icecast, url: "
     "\"https://stream.example.org:8443/dgl.mp3\", secret: icecast}]"},
    {"sources", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "where they come from, so that --from NAME can be short; for example [{name: obs, listen: "
     "\"srt://0.0.0.0:9000\", secret: obs}]"},
    {"picture", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "one picture for all endpoints: a picture preset, {width, height, rate, bitrate_kbps, speed}, "
     "or none; default: 1280 x 720 at 25 frames a second and 3000 kbit/s, and none where there is "
     "icecast alone; for example 1080p25"},
    {"loudness", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "{target_lufs, ceiling_dbtp} of what goes out"},
    {"slate", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "{image, sound}: what goes out while the source is away"},
    {"record", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "{received, aired}: what is kept on this machine"},
    {"language", KEY_TEXT, L(language), false, 0, 0, NULL,
     "of the slate; default: the show's; for example nn"},
    {"hours", KEY_REAL, L(hours), false, 1, 24, NULL,
     "for which a broadcast must have room on the disk; default 3"},
    {"graph_version", KEY_TEXT, L(graph_version), false, 0, 10, NULL,
     "of Facebook's Graph API; default v26.0"},
    {"upload_test", KEY_URL, L(upload_test), false, 0, 0, NULL,
     "that takes uploads by POST: live --check measures there what the line can send; default: "
     "Facebook's own test where an endpoint is of that kind, else nothing is measured; for example "
     "https://example.org/upload"},
    {"graph_url", KEY_URL, L(graph_url), false, 0, 0, NULL,
     "where the Graph API answers; default https://graph.facebook.com"},
};
static const struct key picture_keys[] = {
    {"width", KEY_INT, P(width), false, 128, 4096, NULL, "pixels, an even number; default 1280"},
    {"height", KEY_INT, P(height), false, 128, 4096, NULL, "pixels, an even number; default 720"},
    {"rate", KEY_TEXT, P(rate), false, 0, 20, NULL,
     "frames a second; default 25; for example 30000/1001"},
    {"bitrate_kbps", KEY_INT, P(bitrate_kbps), false, 200, 50000, NULL,
     "what every endpoint's line must carry; default 3000"},
    {"speed", KEY_CHOICE, P(speed), false, 0, 0, speeds,
     "x264's preset, faster ones take less of the processor; default veryfast"},
};
static const struct key loudness_keys[] = {
    {"target_lufs", KEY_REAL, L(target_lufs), false, -30, -10, NULL,
     "default: the show's loudness preset's; for example -16"},
    {"ceiling_dbtp", KEY_REAL, L(ceiling_dbtp), false, -9, -1, NULL,
     "true peak; default -1.5, or the preset's where it is lower"},
};
static const struct key slate_keys[] = {
    {"image", KEY_FILE, L(slate_image), false, 0, 0, NULL,
     "PNG of the picture's size, from episodes/; default: one is drawn that says Vi er straks "
     "tilbake, in the language; for example pause.png"},
    {"sound", KEY_FILE, L(slate_sound), false, 0, 0, NULL,
     "quiet music, repeated, from episodes/; default: silence; for example pause.mp3"},
};
static const struct key record_keys[] = {
    {"received", KEY_BOOL, L(record_received), false, 0, 0, NULL,
     "true: as it came in, for publish; default true"},
    {"aired", KEY_BOOL, L(record_aired), false, 0, 0, NULL,
     "true: as it went out, with slate and loudness; default true"},
};
const struct key_table live_tables[] = {
    {"live", live_keys, COUNT(live_keys)},
    {"live: picture", picture_keys, COUNT(picture_keys)},
    {"live: loudness", loudness_keys, COUNT(loudness_keys)},
    {"live: slate", slate_keys, COUNT(slate_keys)},
    {"live: record", record_keys, COUNT(record_keys)},
};
const size_t num_live_tables = COUNT(live_tables);

// A preset's speed is for work that has time.
static int take_preset(struct arena *a, const struct live_context *c, const struct node *n,
                       struct live *l, struct err *e)
{
    struct picture_preset rung[PICTURE_MAX_RUNGS];
    size_t count;
    if (strcmp(n->text, "none") == 0) {
        l->width = l->height = 0;
        return 0;
    }
    int r = picture_preset_named(a, c->preset_dirs, n->text, n, rung, &count, e);
    if (r < 0)
        return r;
    l->width = rung[0].width;
    l->height = rung[0].height;
    l->bitrate_kbps = rung[0].max_bitrate_kbps;
    if (rung[0].rate_num) {
        l->rate_num = rung[0].rate_num;
        l->rate_den = rung[0].rate_den;
    }
    return 0;
}

static int check_even(struct arena *a, int64_t pixels, const struct node *n, struct err *e)
{
    if (pixels % 2 == 0)
        return 0;
    return node_error(n, e, arena_printf(a, "write %" PRId64, pixels + 1),
                      "a picture's sides are even numbers");
}

static int take_picture_map(struct arena *a, const struct node *n, struct live *l, struct err *e)
{
    struct picture_text t = {l->width, l->height, l->bitrate_kbps, "25", l->speed};
    int r = keys_read(a, n, picture_keys, COUNT(picture_keys), "picture", &t, e);
    if (r >= 0)
        r = check_even(a, t.width, node_of(n, "width"), e);
    if (r >= 0)
        r = check_even(a, t.height, node_of(n, "height"), e);
    if (r >= 0 && !picture_rate(a, t.rate, &l->rate_num, &l->rate_den))
        r = node_error(node_of(n, "rate"), e,
                       "write 24, 25, 30, 50, or a fraction such as 30000/1001",
                       "rate cannot be \"%.60s\"", t.rate);
    l->width = t.width;
    l->height = t.height;
    l->bitrate_kbps = t.bitrate_kbps;
    l->speed = t.speed;
    return r;
}

static int check_facebook(const struct live *l, const struct node *at, struct err *e)
{
    if (l->height <= FACEBOOK_HEIGHT && l->rate_num <= FACEBOOK_FPS * l->rate_den &&
        l->bitrate_kbps <= FACEBOOK_KBPS)
        return 0;
    return node_error(at, e, "write picture: 1080p30, or a smaller one",
                      "Facebook takes at most %d lines, %d frames a second and %d kbit/s",
                      FACEBOOK_HEIGHT, FACEBOOK_FPS, FACEBOOK_KBPS);
}

static int check_picture(const struct live *l, const struct node *at, struct err *e)
{
    for (size_t i = 0; at && i < l->num_endpoints; i++) {
        const struct live_endpoint *ep = &l->endpoints[i];
        bool facebook = strcmp(ep->kind, "facebook") == 0;
        if (!l->width && (facebook || strcmp(ep->kind, "rtmp") == 0))
            return node_error(at, e,
                              "write picture: 720p25; where the source has none, a moving curve is "
                              "drawn",
                              "endpoint %s takes no sound without a picture", ep->name);
        int r = facebook ? check_facebook(l, at, e) : 0;
        if (r < 0)
            return r;
    }
    return 0;
}

static int read_picture(struct arena *a, const struct live_context *c, const struct node *n,
                        struct live *l, struct err *e)
{
    bool wanted = false;
    for (size_t i = 0; i < l->num_endpoints; i++)
        wanted |= live_takes_picture(&l->endpoints[i]);
    if (!n && !wanted && l->num_endpoints)
        l->width = l->height = 0;
    int r = !n                       ? 0
            : n->kind == NODE_SCALAR ? take_preset(a, c, n, l, e)
                                     : take_picture_map(a, n, l, e);
    return r < 0 ? r : check_picture(l, n, e);
}

static int check_file(struct arena *a, const struct live_context *c, const struct node *n,
                      const char **path, struct err *e)
{
    if (!n)
        return 0;
    const char *written = *path;
    int r = node_path_inside(n, written, 1, e);
    *path = fs_join(a, fs_join(a, c->dir, "episodes"), written);
    if (r < 0 || fs_exists(*path))
        return r;
    return node_error(n, e, "name it from episodes/", "there is no file episodes/%s", written);
}

static int check_slate_image(struct arena *a, const struct live *l, const struct node *n,
                             struct err *e)
{
    struct cover_facts f;
    struct err why = {0};
    if (!n || !l->width)
        return 0;
    bool good = cover_facts(l->slate_image, &f, &why) >= 0 && strcmp(f.type, "image/png") == 0;
    if (good && f.width == l->width && f.height == l->height)
        return 0;
    const char *is = good ? arena_printf(a, "has %d x %d pixels", f.width, f.height) : "is no PNG";
    return node_error(
        n, e,
        arena_printf(a, "make it a PNG of %" PRId64 " x %" PRId64 " pixels", l->width, l->height),
        "the slate's image %s", is);
}

static int read_slate(struct arena *a, const struct live_context *c, const struct node *n,
                      struct live *l, struct err *e)
{
    if (!n)
        return 0;
    int r = keys_read(a, n, slate_keys, COUNT(slate_keys), "slate", l, e);
    if (r >= 0)
        r = check_file(a, c, node_of(n, "image"), &l->slate_image, e);
    if (r >= 0)
        r = check_slate_image(a, l, node_of(n, "image"), e);
    return r < 0 ? r : check_file(a, c, node_of(n, "sound"), &l->slate_sound, e);
}

static int check_version(const char *v, const struct node *n, struct err *e)
{
    size_t major = *v == 'v' ? strspn(v + 1, "0123456789") : 0;
    if (major && v[1 + major] == '.' && v[2 + major] &&
        strspn(v + 2 + major, "0123456789") == strlen(v + 2 + major))
        return 0;
    return node_error(n, e, "write it like v26.0", "graph_version is no version");
}

static int read_maps(struct arena *a, const struct live_context *c, const struct node *n,
                     struct live *l, struct err *e)
{
    const struct node *loudness = node_of(n, "loudness"), *record = node_of(n, "record");
    int r = live_endpoints(a, c, node_of(n, "endpoints"), l, e);
    if (r >= 0)
        r = live_sources(a, c, node_of(n, "sources"), l, e);
    if (r >= 0)
        r = read_picture(a, c, node_of(n, "picture"), l, e);
    if (r >= 0)
        r = read_slate(a, c, node_of(n, "slate"), l, e);
    if (r >= 0 && loudness)
        r = keys_read(a, loudness, loudness_keys, COUNT(loudness_keys), "loudness", l, e);
    if (r >= 0 && record)
        r = keys_read(a, record, record_keys, COUNT(record_keys), "record", l, e);
    return r;
}

int live_read(struct arena *a, const struct live_context *c, const struct node *n, struct live *ret,
              struct err *e)
{
    double ceiling = c->loudness->ceiling_dbtp;
    struct live l = {
        .width = 1280,
        .height = 720,
        .rate_num = 25,
        .rate_den = 1,
        .bitrate_kbps = 3000,
        .speed = "veryfast",
        .language = c->language,
        .target_lufs = c->loudness->target_lufs,
        .ceiling_dbtp = ceiling < CEILING_DBTP ? ceiling : CEILING_DBTP,
        .hours = 3,
        .record_received = true,
        .record_aired = true,
        .graph_version = "v26.0",
        .graph_url = "https://graph.facebook.com",
    };
    int r = n ? live_hide_secrets(n, e) : 0;
    if (r >= 0 && n)
        r = keys_read(a, n, live_keys, COUNT(live_keys), "live", &l, e);
    if (r >= 0 && n)
        r = read_maps(a, c, n, &l, e);
    if (r >= 0)
        r = word_language(l.language, node_of(n, "language"), e);
    if (r >= 0)
        r = check_version(l.graph_version, node_of(n, "graph_version"), e);
    if (r >= 0)
        *ret = l;
    return r;
}
