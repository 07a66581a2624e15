// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/live.h"
#include "model/show.h"
#include "pictures.h"
#include "refusal.h"
#include "scratch.h"

static char dir[SCRATCH_MAX];
static const char *const presets[] = {"presets", NULL};
static const struct loudness_preset podcast = {.target_lufs = -16, .ceiling_dbtp = -1};

static int read_text(struct arena *a, const char *text, struct live *ret, struct err *e)
{
    struct yaml_file *f;
    struct live_context c = {dir, presets, "nn", &podcast};
    int r = yaml_parse(a, text, strlen(text), "show.yaml", &f, e);
    assert_int_equal(r, 0);
    return live_read(a, &c, node_of(f->root, "live"), ret, e);
}

static void read_well(struct arena *a, const char *text, struct live *ret)
{
    struct err e = {0};
    if (read_text(a, text, ret, &e) < 0)
        fail_msg("%s: %s", text, e.text);
}

static void a_show_without_live_has_all_defaults(void **state)
{
    (void)state;
    struct arena a = {0};
    struct live l;
    read_well(&a, "title: x\n", &l);
    assert_int_equal(l.num_endpoints, 0);
    assert_int_equal(l.width, 1280);
    assert_int_equal(l.height, 720);
    assert_int_equal(l.rate_num, 25);
    assert_int_equal(l.rate_den, 1);
    assert_int_equal(l.bitrate_kbps, 3000);
    assert_string_equal(l.speed, "veryfast");
    assert_string_equal(l.language, "nn");
    assert_true(l.target_lufs == -16);
    assert_true(l.ceiling_dbtp == -1.5);
    assert_true(l.record_received && l.record_aired);
    assert_string_equal(l.graph_version, "v26.0");
    assert_string_equal(l.graph_url, "https://graph.facebook.com");
    arena_done(&a);
}

#define ICE "{name: ice, kind: icecast, url: \"https://s.example.org:8443/dgl.mp3\", secret: ice"
#define RTMP "{name: fb, kind: rtmp, url: \"rtmps://s.example.org:443/rtmp/\", secret: fb}"

static void endpoints_are_read(void **state)
{
    (void)state;
    struct arena a = {0};
    struct live l;
    read_well(&a,
              "live:\n  endpoints:\n    - " ICE "}\n"
              "    - {name: ice2, kind: icecast, url: \"http://h/m\", secret: ice2, format: opus, "
              "user: dj, public: true}\n"
              "    - " RTMP "\n"
              "    - {name: side, kind: facebook, page: \"123\", secret: token, title: Direkte}\n"
              "    - {name: web, kind: hls, url: public/live}\n"
              "    - {name: put, kind: hls, url: \"https://s.example.org/live/\"}\n"
              "    - {name: kopi, kind: file, url: /srv/kopi.mkv}\n"
              "  record: {aired: false}\n  loudness: {target_lufs: -18.5}\n"
              "  graph_version: v27.1\n",
              &l);
    assert_int_equal(l.num_endpoints, 7);
    assert_string_equal(l.endpoints[0].format, "mp3");
    assert_int_equal(l.endpoints[0].bitrate_kbps, 128);
    assert_string_equal(l.endpoints[0].user, "source");
    assert_false(l.endpoints[0].listed);
    assert_string_equal(l.endpoints[1].secret, "ice2");
    assert_int_equal(l.endpoints[1].bitrate_kbps, 96);
    assert_string_equal(l.endpoints[1].user, "dj");
    assert_true(l.endpoints[1].listed);
    assert_null(l.endpoints[2].format);
    assert_string_equal(l.endpoints[3].page, "123");
    assert_true(str_ends(l.endpoints[4].url, "/public/live") && *l.endpoints[4].url == '/');
    assert_string_equal(l.endpoints[5].url, "https://s.example.org/live/");
    assert_string_equal(l.endpoints[6].url, "/srv/kopi.mkv");
    assert_true(l.record_received && !l.record_aired);
    assert_true(l.target_lufs == -18.5);
    assert_int_equal(l.width, 1280);
    arena_done(&a);
}

static void sources_are_read_in_their_order(void **state)
{
    (void)state;
    struct arena a = {0};
    struct live l;
    read_well(&a,
              "live:\n  sources:\n"
              "    - {name: obs, listen: \"srt://0.0.0.0:9000\", secret: obs}\n"
              "    - {name: mikser, device: \"alsa:default\"}\n"
              "    - {name: kamera, url: \"rtsp://k.example.org/main\"}\n"
              "    - {name: film, url: media/film.mp4, format: mp4}\n",
              &l);
    assert_int_equal(l.num_sources, 4);
    assert_true(l.sources[0].listen);
    assert_string_equal(l.sources[0].url, "srt://0.0.0.0:9000");
    assert_string_equal(l.sources[1].url, "alsa:default");
    assert_false(l.sources[1].listen);
    assert_string_equal(l.sources[2].url, "rtsp://k.example.org/main");
    assert_true(str_ends(l.sources[3].url, "/media/film.mp4"));
    assert_string_equal(l.sources[3].format, "mp4");
    arena_done(&a);
}

static void the_picture_is_as_endpoints_need_it(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int width, height, num, den, kbps;
    } rows[] = {
        {"live: {endpoints: [" ICE "}]}", 0, 0, 25, 1, 3000},
        {"live: {endpoints: [" ICE "}], picture: 720p25}", 1280, 720, 25, 1, 3000},
        {"live: {endpoints: [" ICE "}], picture: none}", 0, 0, 25, 1, 3000},
        {"live: {endpoints: [" RTMP "], picture: 1080p30}", 1920, 1080, 30, 1, 6000},
        {"live: {endpoints: [" RTMP "], picture: 480p}", 854, 480, 25, 1, 1400},
        {"live: {picture: {width: 640, height: 360, rate: 30000/1001, bitrate_kbps: 800}}", 640,
         360, 30000, 1001, 800},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct live l;
        read_well(&a, rows[i].text, &l);
        if (l.width != rows[i].width || l.height != rows[i].height || l.rate_num != rows[i].num ||
            l.rate_den != rows[i].den || (l.width && l.bitrate_kbps != rows[i].kbps))
            fail_msg("%s: %d x %d, %d/%d, %d", rows[i].text, (int)l.width, (int)l.height,
                     l.rate_num, l.rate_den, (int)l.bitrate_kbps);
        arena_done(&a);
    }
}

#define EP(text) "live:\n  endpoints:\n    - " text "\n"
#define SRC(text) "live:\n  sources:\n    - " text "\n"

static void what_is_wrong_is_shown_where_it_stands(void **state)
{
    (void)state;
    static const struct {
        const char *text, *first, *remedy;
    } rows[] = {
        {"live: {endpoint: []}", "show.yaml:1:8: unknown key endpoint in live", "write endpoints"},
        {EP("{name: a, kind: icecats}"), "show.yaml:3:23: kind cannot be \"icecats\"",
         "write icecast"},
        {EP("{name: a, kind: facebook, page: \"1\"}"),
         "show.yaml:3:7: an endpoint of kind facebook has no secret", NULL},
        {EP("{name: a, kind: rtmp, url: \"rtmps://h/app\"}"),
         "show.yaml:3:7: an endpoint of kind rtmp has no secret", NULL},
        {EP("{name: a, kind: facebook, page: \"1\", secret: t, url: \"rtmp://h/app\"}"),
         "show.yaml:3:60: url does not belong to an endpoint of kind facebook",
         "delete it: the address comes from Facebook; with server and key from Live Producer write "
         "kind: rtmp"},
        {EP("{name: a, kind: rtmp, secret: t, url: \"rtmp://live-api-s.facebook.com:80/rtmp/\"}"),
         "show.yaml:3:45: Facebook takes rtmps:// alone", "write rtmps:// in front"},
        {EP("{name: a, kind: rtmp, secret: t, url: \"https://h/app\"}"),
         "show.yaml:3:45: url is no address of kind rtmp",
         "write rtmps://host:443/app, as the service names its server"},
        {EP("{name: a, kind: rtmp, secret: t, url: \"rtmps://h\"}"),
         "show.yaml:3:45: url is no address of kind rtmp", NULL},
        {EP("{name: a, kind: icecast, secret: t, url: \"https://h:8443/\"}"),
         "show.yaml:3:48: url is no address of kind icecast", NULL},
        {EP("{name: a, kind: icecast, secret: t, url: \"https://h/m\", bitrate_kbps: 100}"),
         "show.yaml:3:77: MP3 has no bitrate of 100 kbit/s", "write 96"},
        {EP("{name: a, kind: icecast, secret: t, url: \"https://h/m\", format: vorbis, "
            "bitrate_kbps: 32}"),
         "show.yaml:3:93: bitrate_kbps of vorbis goes from 48 to 320", NULL},
        {EP(RTMP "\n    - {name: fb, kind: file, url: a.mkv}"),
         "show.yaml:4:14: endpoint fb stands here twice, first in line 3",
         "give each a name of its own"},
        {EP("{name: på lufta, kind: file, url: a.mkv}"),
         "show.yaml:3:14: name may have letters of A to Z, digits, - and _", "write pa-lufta"},
        {EP("{name: a, kind: file, url: a.mkv, format: mp3}"),
         "show.yaml:3:49: format does not belong to an endpoint of kind file", "delete it"},
        {EP("{name: a, kind: file, url: \"ftp://h/a.mkv\"}"),
         "show.yaml:3:34: url is no address of kind file", NULL},
        {EP("{name: a, kind: facebook, page: nordland, secret: t}"),
         "show.yaml:3:39: page is no number", NULL},
        {EP("{name: a, kind: facebook, page: \"1\", privacy: self, secret: t}"),
         "show.yaml:3:53: a page's broadcasts are public", "delete it"},
        {EP(ICE ", ca_file: none.pem}"), "show.yaml:3:99: there is no file none.pem", NULL},
        {SRC("{name: a}"), "show.yaml:3:7: a source comes from nowhere",
         "write one of url, device and listen"},
        {SRC("{name: a, url: \"rtsps://camera/main\"}"),
         "show.yaml:3:22: by rtsps nobody would look at the camera's certificate",
         "write rtsp:// inside a network of your own, or let the camera push by srt"},
        {SRC("{name: a, url: x.mp4, device: \"alsa:default\"}"),
         "show.yaml:3:7: a source comes from one place alone", NULL},
        {SRC("{name: a, device: mikrofon}"), "show.yaml:3:25: device is no KIND:NAME",
         "write alsa:default, pulse:default or v4l2:/dev/video0"},
        {SRC("{name: a, listen: \"srt://0.0.0.0:9000\"}"),
         "show.yaml:3:25: anybody could push to this address", NULL},
        {SRC("{name: a, listen: \"srt://0.0.0.0\", secret: s}"),
         "show.yaml:3:25: listen names no port", NULL},
        {SRC("{name: a, listen: \"http://0.0.0.0:1\", secret: s}"),
         "show.yaml:3:25: listen is no address of srt or rtmp", NULL},
        {"live: {picture: {width: 641}}", "show.yaml:1:25: a picture's sides are even numbers",
         "write 642"},
        {"live: {picture: {rate: 29.97}}", "show.yaml:1:24: rate cannot be \"29.97\"", NULL},
        {"live: {picture: none, endpoints: [" RTMP "]}",
         "show.yaml:1:17: endpoint fb takes no sound without a picture", NULL},
        {"live: {picture: {height: 1440}, endpoints: [{name: f, kind: facebook, page: me, secret: "
         "s}]}",
         "show.yaml:1:17: Facebook takes at most 1080 lines, 60 frames a second and 9000 kbit/s",
         NULL},
        {"live: {loudness: {target_lufs: 16}}",
         "show.yaml:1:32: target_lufs must be from -30 to -10", NULL},
        {"live: {graph_version: 26}", "show.yaml:1:23: graph_version is no version",
         "write it like v26.0"},
        {"live: {slate: {image: none.png}}", "show.yaml:1:23: there is no file episodes/none.png",
         NULL},
        {"live: {slate: {image: small.png}}",
         "show.yaml:1:23: the slate's image has 64 x 64 pixels",
         "make it a PNG of 1280 x 720 pixels"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct live l;
        if (read_text(&a, rows[i].text, &l, &e) >= 0)
            fail_msg("taken: %s", rows[i].text);
        refused(&e, rows[i].first, rows[i].remedy);
        arena_done(&a);
    }
}

// The line of such a refusal would be a secret on the terminal and in whatever keeps what is said.
static void a_secret_in_show_yaml_is_refused_and_not_shown(void **state)
{
    (void)state;
    static const struct {
        const char *text, *secret;
    } rows[] = {
        {EP("{name: a, kind: icecats, url: \"https://source:hackmecanary@h/m\"}"), "hackmecanary"},
        {EP("{name: a, kind: rtmp, url: \"rtmps://h:443/rtmp/FB-123-0-AbCanary\"}"), "AbCanary"},
        {EP("{name: a, kind: rtmp, url: \"rtmps://h/app?s_bl=1&a=AbCanary\"}"), "AbCanary"},
        {EP("{name: a, kind: rtmp, url: \"rtmps://h/app/abcd-efgh-canary-ijkl\"}"), "canary"},
        {EP("{name: a, kind: hls, url: \"https://h/live?token=canary\"}"), "canary"},
        {EP("{name: a, kind: icecast, url: \"https://h/m\", secret: \"Canary 1\"}"), "Canary"},
        {SRC("{name: a, url: \"srt://h:9000?passphrase=canary\"}"), "canary"},
        {SRC("{name: a, url: \"rtsp://admin:canary@camera/main\"}"), "canary"},
        {SRC("{name: a, listen: \"rtmp://0.0.0.0:1935/live/canary-7f3a9\", secret: x}"), "canary"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct live l;
        assert_true(read_text(&a, rows[i].text, &l, &e) < 0);
        if (strstr(e.text, rows[i].secret) || !strstr(e.text, "the line is not shown") ||
            strncmp(e.text, "show.yaml:3:", 12) != 0)
            fail_msg("%s: %s", rows[i].text, e.text);
        assert_int_equal(e.kind, ERR_INPUT);
        arena_done(&a);
    }
}

static void addresses_without_secrets_pass(void **state)
{
    (void)state;
    static const char *const good[] = {
        "https://stream.example.org:8443/det-gode-liv-i-nord-2026.mp3",
        "rtmps://a.rtmps.youtube.com:443/live2?backup=1",
        "rtmps://rtmp-api.facebook.com:443/rtmp/",
        "rtmp://wowza.example.org/live/_definst_",
        "srt://192.168.10.20:9000?mode=caller&latency=200000&pkt_size=1316",
        "udp://239.255.10.20:5004?localaddr=192.168.10.200",
        "media/film-2026-02-12.mp4",
        "alsa:default",
    };
    const char *what;
    for (size_t i = 0; i < COUNT(good); i++)
        if (live_url_has_secret(good[i], &what))
            fail_msg("%s: %s", good[i], what);
}

static void put(const char *name, const char *text)
{
    char path[SCRATCH_MAX + 60];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    assert_true(fs_replace(path, text, strlen(text), NULL) >= 0);
}

#define LEAST                                                                    \
    "title: Det gode liv i nord\nsite: https://example.org/\nauthor: Nordland\n" \
    "owner: {name: Kari Nordmann, email: podkast@example.org}\nsummary: Samtaler\n"

static void secrets_lie_outside_the_show(void **state)
{
    (void)state;
    char text[SCRATCH_MAX + 400], wanted[SCRATCH_MAX + 60];
    const char *home = getenv("HOME");
    char *kept = home ? strdup(home) : NULL;
    struct arena a = {0};
    struct err e = {0};
    struct show s;
    setenv("HOME", "/home/kari", 1);
    put("episodes/show.yaml", LEAST "secrets: ~/.config/dgl-episode/secrets\n");
    assert_int_equal(show_load(&a, dir, presets, &s, &e), 0);
    assert_string_equal(s.secrets, "/home/kari/.config/dgl-episode/secrets");
    assert_null(s.live.endpoints);
    setenv("HOME", dir, 1);
    assert_true(show_load(&a, dir, presets, &s, &e) < 0);
    refused(&e,
            "episodes/show.yaml:6:10: secrets lie in the show's folder, which is copied and kept "
            "in git",
            "write secrets: ~/.config/dgl-episode/secrets, and put it there");
    snprintf(text, sizeof text, LEAST "secrets: %s/secrets\n", dir);
    put("episodes/show.yaml", text);
    assert_true(show_load(&a, dir, presets, &s, &e) < 0);
    put("episodes/show.yaml", LEAST "secrets: ../secrets\n");
    assert_true(show_load(&a, dir, presets, &s, &e) < 0);
    refused(&e, "episodes/show.yaml:6:10: secrets must be a path with / or ~/ in front", NULL);
    unsetenv("HOME");
    put("episodes/show.yaml", LEAST "secrets: ~/secrets\n");
    assert_true(show_load(&a, dir, presets, &s, &e) < 0);
    refused(&e, "episodes/show.yaml:6:10: ~ is not known: HOME is not set", "write the whole path");
    snprintf(wanted, sizeof wanted, LEAST "secrets: /etc/dgl-secrets\n");
    put("episodes/show.yaml", wanted);
    assert_int_equal(show_load(&a, dir, presets, &s, &e), 0);
    if (kept)
        setenv("HOME", kept, 1);
    free(kept);
    arena_done(&a);
}

static int make_dir(void **state)
{
    (void)state;
    char path[SCRATCH_MAX + 40];
    scratch_new(dir);
    snprintf(path, sizeof path, "%s/episodes", dir);
    assert_int_equal(fs_mkdirs(path, NULL), 0);
    snprintf(path, sizeof path, "%s/episodes/small.png", dir);
    png_write(path, 64);
    return 0;
}

static int drop_dir(void **state)
{
    (void)state;
    scratch_free(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_show_without_live_has_all_defaults),
        cmocka_unit_test(endpoints_are_read),
        cmocka_unit_test(sources_are_read_in_their_order),
        cmocka_unit_test(the_picture_is_as_endpoints_need_it),
        cmocka_unit_test(what_is_wrong_is_shown_where_it_stands),
        cmocka_unit_test(a_secret_in_show_yaml_is_refused_and_not_shown),
        cmocka_unit_test(addresses_without_secrets_pass),
        cmocka_unit_test(secrets_lie_outside_the_show),
    };
    return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
