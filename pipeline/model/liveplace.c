// SPDX-License-Identifier: GPL-3.0-or-later
// live: endpoints and sources.
#include "base/fs.h"
#include "base/str.h"
#include "model/live.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define E(field) offsetof(struct live_endpoint, field)
#define F(field) offsetof(struct source_text, field)

enum kind { ICECAST = 1 << 0, RTMP = 1 << 1, FACEBOOK = 1 << 2, HLS = 1 << 3, FILE_ = 1 << 4 };

static const char *const kind_names[] = {"icecast", "rtmp", "facebook", "hls", "file", NULL};
static const char *const format_names[] = {"mp3", "opus", "vorbis", "aac", NULL};
static const char *const privacies[] = {"everyone", "friends", "self", NULL};

static const struct key endpoint_keys[] = {
    {"name", KEY_TEXT, E(name), true, 0, 40, NULL,
     "how messages, the view and --only call it; for example fylket"},
    {"kind", KEY_CHOICE, E(kind), true, 0, 0, kind_names,
     "icecast: web radio; rtmp: a server and the key it gave you, as from Facebook's Live Producer "
     "or YouTube; facebook: a page, through Facebook's Graph API; hls: a folder or an address that "
     "takes PUT; file: one more recording"},
    {"url", KEY_TEXT, E(url), false, 0, 2000, NULL,
     "the address without key and password; for example https://stream.example.org:8443/dgl.mp3 or "
     "rtmps://live.example.org:443/app; hls and file: a path from the show's folder; facebook: "
     "none"},
    {"format", KEY_CHOICE, E(format), false, 0, 0, format_names, "of icecast; default mp3"},
    {"bitrate_kbps", KEY_INT, E(bitrate_kbps), false, 16, 320, NULL,
     "of icecast's sound; default: mp3 and vorbis 128, opus and aac 96"},
    {"secret", KEY_TEXT, E(secret), false, 0, 40, NULL,
     "name of the line in the secrets file that holds the password, the stream key or the page's "
     "token; needed by icecast, rtmp and facebook; for example icecast"},
    {"user", KEY_TEXT, E(user), false, 0, 80, NULL,
     "of icecast and of hls by PUT; default source for icecast, none for hls"},
    {"ca_file", KEY_FILE, E(ca_file), false, 0, 0, NULL,
     "certificates (PEM) that are trusted instead of the system's, from episodes/; default none; "
     "for example ca.pem"},
    {"page", KEY_TEXT, E(page), false, 0, 40, NULL,
     "facebook: the page's number, or me for the token's own profile; for example "
     "\"1234567890\""},
    {"privacy", KEY_CHOICE, E(privacy), false, 0, 0, privacies,
     "facebook: who sees it, where page is me; default: as the profile has it"},
    {"title", KEY_TEXT, E(title), false, 0, 254, NULL,
     "facebook: of the broadcast there; default: the episode's"},
    {"audience", KEY_URL, E(audience), false, 0, 0, NULL,
     "icecast, hls: where players get it, for the feed; default: icecast: url, hls: where its "
     "playlist lies in public/; for example https://radio.example.org/dgl.mp3"},
    {"public", KEY_BOOL, E(listed), false, 0, 0, NULL,
     "icecast: true: listed in directories of web radio; default false"},
};
const struct key_table live_endpoint_table = {"live: endpoints", endpoint_keys,
                                              COUNT(endpoint_keys)};

static const struct {
    const char *key;
    unsigned kinds; // that may have it
    unsigned need;  // that must have it
} fits[] = {
    {"url", ICECAST | RTMP | HLS | FILE_, ICECAST | RTMP | HLS | FILE_},
    {"secret", ICECAST | RTMP | FACEBOOK | HLS, ICECAST | RTMP | FACEBOOK},
    {"page", FACEBOOK, FACEBOOK},
    {"format", ICECAST, 0},
    {"bitrate_kbps", ICECAST, 0},
    {"public", ICECAST, 0},
    {"audience", ICECAST | HLS, 0},
    {"user", ICECAST | HLS, 0},
    {"ca_file", ICECAST | RTMP | FACEBOOK | HLS, 0},
    {"privacy", FACEBOOK, 0},
    {"title", FACEBOOK, 0},
};

static const struct {
    const char *name;
    int64_t least, most, usual; // kbit/s
} formats[] = {
    {"mp3", 32, 320, 128}, {"opus", 16, 256, 96}, {"vorbis", 48, 320, 128}, {"aac", 32, 256, 96}};

// ISO/IEC 11172-3, layer III: what the sampling rates of a broadcast can be coded with.
static const int64_t mp3_kbps[] = {32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};

static unsigned kind_of(const char *name)
{
    unsigned i = 0;
    while (strcmp(kind_names[i], name) != 0)
        i++;
    return 1u << i;
}

static int check_keys(struct arena *a, const struct live_endpoint *ep, struct err *e)
{
    unsigned kind = kind_of(ep->kind);
    for (size_t i = 0; i < COUNT(fits); i++) {
        const struct node *n = node_of(ep->node, fits[i].key);
        const struct key *k = endpoint_keys;
        while (strcmp(k->name, fits[i].key) != 0)
            k++;
        if (!n && fits[i].need & kind)
            return node_error(ep->node, e, arena_printf(a, "add %s: %s", k->name, k->help),
                              "an endpoint of kind %s has no %s", ep->kind, k->name);
        if (!n || fits[i].kinds & kind)
            continue;
        const char *remedy = "delete it";
        if (kind == FACEBOOK && strcmp(k->name, "url") == 0)
            remedy = "delete it: the address comes from Facebook; with server and key from Live "
                     "Producer write kind: rtmp";
        else if (strcmp(k->name, "bitrate_kbps") == 0)
            remedy = "delete it; the picture's bitrate stands in live: picture: {bitrate_kbps: …}";
        return node_error(n, e, remedy, "%s does not belong to an endpoint of kind %s", k->name,
                          ep->kind);
    }
    return 0;
}

static int bad_url(const struct node *n, struct err *e, const char *kind, const char *remedy)
{
    return node_error(n, e, remedy, "url is no address of kind %s", kind);
}

// Host and, behind it, at least one letter of a path.
static bool has_host_and_path(const char *behind)
{
    size_t host = strcspn(behind, "/?#");
    return host > 0 && behind[0] != ':' && behind[host] == '/' && behind[host + 1] != '\0' &&
           !strpbrk(behind, " \"<>\\^`{|}");
}

static int check_icecast(const struct live_endpoint *ep, const struct node *n, struct err *e)
{
    const char *behind = strstr(ep->url, "://");
    if (!str_starts(ep->url, "https://") && !str_starts(ep->url, "http://"))
        return bad_url(n, e, ep->kind,
                       "write https://host:port/mount, or http:// where the server "
                       "has no certificate");
    if (!has_host_and_path(behind + 3) || strpbrk(ep->url, "?#"))
        return bad_url(n, e, ep->kind,
                       "write the mount behind the host: https://stream.example.org:8443/dgl.mp3");
    return 0;
}

static bool of_facebook(const char *url)
{
    const char *host = strstr(url, "://") + 3;
    size_t len = strcspn(host, ":/?#");
    static const char name[] = "facebook.com";
    return len >= sizeof name - 1 &&
           strncasecmp(host + len - (sizeof name - 1), name, sizeof name - 1) == 0;
}

static int check_rtmp(const struct live_endpoint *ep, const struct node *n, struct err *e)
{
    bool safe = str_starts(ep->url, "rtmps://");
    if (!safe && !str_starts(ep->url, "rtmp://"))
        return bad_url(n, e, ep->kind,
                       "write rtmps://host:443/app, as the service names its server");
    if (!has_host_and_path(strstr(ep->url, "://") + 3))
        return bad_url(n, e, ep->kind,
                       "write the application behind the host: rtmps://live.example.org:443/app");
    if (!safe && of_facebook(ep->url))
        return node_error(n, e, "write rtmps:// in front", "Facebook takes rtmps:// alone");
    return 0;
}

static int check_path(struct arena *a, const struct live_context *c, struct live_endpoint *ep,
                      const struct node *n, struct err *e)
{
    if (strcmp(ep->kind, "hls") == 0 &&
        (str_starts(ep->url, "https://") || str_starts(ep->url, "http://")))
        return has_host_and_path(strstr(ep->url, "://") + 3)
                   ? 0
                   : bad_url(n, e, ep->kind, "write https://host/folder/");
    if (strstr(ep->url, "://") || *ep->url == '~')
        return bad_url(n, e, ep->kind,
                       "write a path from the show's folder, or one with / in front");
    ep->url = fs_join(a, c->dir, ep->url);
    return 0;
}

static int check_url(struct arena *a, const struct live_context *c, struct live_endpoint *ep,
                     struct err *e)
{
    const struct node *n = node_of(ep->node, "url");
    switch (kind_of(ep->kind)) {
    case ICECAST:
        return check_icecast(ep, n, e);
    case RTMP:
        return check_rtmp(ep, n, e);
    case FACEBOOK:
        return 0;
    default:
        return check_path(a, c, ep, n, e);
    }
}

static int check_mp3(struct arena *a, int64_t kbps, const struct node *n, struct err *e)
{
    int64_t nearest = mp3_kbps[0];
    for (size_t i = 0; i < COUNT(mp3_kbps); i++) {
        int64_t off = mp3_kbps[i] > kbps ? mp3_kbps[i] - kbps : kbps - mp3_kbps[i];
        int64_t best = nearest > kbps ? nearest - kbps : kbps - nearest;
        if (off < best)
            nearest = mp3_kbps[i];
    }
    if (nearest == kbps)
        return 0;
    return node_error(n, e, arena_printf(a, "write %" PRId64, nearest),
                      "MP3 has no bitrate of %" PRId64 " kbit/s", kbps);
}

static int check_sound(struct arena *a, struct live_endpoint *ep, struct err *e)
{
    if (strcmp(ep->kind, "icecast") != 0)
        return 0;
    if (!ep->format)
        ep->format = "mp3";
    size_t i = 0;
    while (strcmp(formats[i].name, ep->format) != 0)
        i++;
    const struct node *n = node_of(ep->node, "bitrate_kbps");
    if (!n)
        ep->bitrate_kbps = formats[i].usual;
    if (ep->bitrate_kbps < formats[i].least || ep->bitrate_kbps > formats[i].most)
        return node_error(n, e, NULL, "bitrate_kbps of %s goes from %" PRId64 " to %" PRId64,
                          ep->format, formats[i].least, formats[i].most);
    if (!ep->user)
        ep->user = "source";
    return i == 0 && n ? check_mp3(a, ep->bitrate_kbps, n, e) : 0;
}

static int check_page(const struct live_endpoint *ep, struct err *e)
{
    if (!ep->page)
        return 0;
    bool me = strcmp(ep->page, "me") == 0;
    if (!me && strspn(ep->page, "0123456789") != strlen(ep->page))
        return node_error(node_of(ep->node, "page"), e,
                          "write its number, which stands under \"Page transparency\", in quotes",
                          "page is no number");
    if (ep->privacy && !me)
        return node_error(node_of(ep->node, "privacy"), e, "delete it",
                          "a page's broadcasts are public");
    return 0;
}

// In messages, on a command line and as a label of measurements.
static int check_name(struct arena *a, const char *name, const struct node *n, struct err *e)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    if (strspn(name, good) == strlen(name))
        return 0;
    struct str s;
    str_init(&s, 100);
    str_add_slug(&s, name);
    const char *remedy = arena_printf(a, "write %s", s.p);
    str_done(&s);
    return node_error(n, e, remedy, "name may have letters of A to Z, digits, - and _");
}

static int name_twice(const struct node *n, const char *what, const char *name, int line,
                      struct err *e)
{
    return node_error(n, e, "give each a name of its own",
                      "%s %s stands here twice, first in line %d", what, name, line);
}

static int check_ca(struct arena *a, const struct live_context *c, struct live_endpoint *ep,
                    struct err *e)
{
    const struct node *n = node_of(ep->node, "ca_file");
    if (!n)
        return 0;
    const char *written = ep->ca_file;
    ep->ca_file = fs_join(a, fs_join(a, c->dir, "episodes"), written);
    if (fs_exists(ep->ca_file))
        return 0;
    return node_error(n, e, "name it from episodes/, or with its whole path", "there is no file %s",
                      written);
}

static int read_endpoint(struct arena *a, const struct live_context *c, const struct node *n,
                         struct live_endpoint *ep, struct err *e)
{
    *ep = (struct live_endpoint){.node = n};
    int r = keys_read(a, n, endpoint_keys, COUNT(endpoint_keys), "an endpoint", ep, e);
    if (r >= 0)
        r = check_name(a, ep->name, node_of(n, "name"), e);
    if (r >= 0)
        r = check_keys(a, ep, e);
    if (r >= 0)
        r = check_url(a, c, ep, e);
    if (r >= 0)
        r = check_sound(a, ep, e);
    if (r >= 0)
        r = check_page(ep, e);
    return r < 0 ? r : check_ca(a, c, ep, e);
}

int live_endpoints(struct arena *a, const struct live_context *c, const struct node *n,
                   struct live *ret, struct err *e)
{
    const struct node *const *items;
    size_t count;
    if (!n || (n->kind == NODE_LIST && n->count == 0))
        return 0;
    int r = node_maps(a, n, "endpoints", &items, &count, e);
    if (r < 0)
        return r;
    ret->endpoints = arena_array(a, struct live_endpoint, count);
    for (size_t i = 0; i < count; i++) {
        struct live_endpoint *ep = &ret->endpoints[i];
        r = read_endpoint(a, c, items[i], ep, e);
        for (size_t k = 0; r >= 0 && k < i; k++)
            if (strcmp(ret->endpoints[k].name, ep->name) == 0)
                r = name_twice(node_of(ep->node, "name"), "endpoint", ep->name,
                               ret->endpoints[k].node->line, e);
        if (r < 0)
            return r;
    }
    ret->num_endpoints = count;
    return 0;
}

bool live_takes_picture(const struct live_endpoint *ep)
{
    return strcmp(ep->kind, "icecast") != 0;
}

struct source_text {
    struct live_source source;
    const char *device, *listen;
};
static const struct key source_keys[] = {
    {"name", KEY_TEXT, F(source.name), true, 0, 40, NULL,
     "what --from calls it, and messages; for example obs"},
    {"url", KEY_TEXT, F(source.url), false, 0, 2000, NULL,
     "a file from the show's folder, or an address it is pulled from (rtmp, srt, udp, rtsp, http), "
     "without key and password; for example rtsp://camera.example.org/main"},
    {"device", KEY_TEXT, F(device), false, 0, 200, NULL,
     "what is plugged in, as KIND:NAME with the kinds alsa, pulse and v4l2; for example "
     "alsa:default"},
    {"listen", KEY_TEXT, F(listen), false, 0, 200, NULL,
     "address that waits for OBS or a phone: srt with a passphrase of 10 to 79 letters, or rtmp "
     "with a key, as its secret; for example srt://0.0.0.0:9000"},
    {"format", KEY_TEXT, F(source.format), false, 0, 40, NULL,
     "what libavformat calls it, where it does not find out by itself; for example mpegts"},
    {"secret", KEY_TEXT, F(source.secret), false, 0, 40, NULL,
     "name of the line in the secrets file that holds the passphrase or key; needed by listen"},
};
const struct key_table live_source_table = {"live: sources", source_keys, COUNT(source_keys)};

static int check_one_way(const struct node *n, struct err *e)
{
    int ways = !!node_of(n, "url") + !!node_of(n, "device") + !!node_of(n, "listen");
    if (ways == 1)
        return 0;
    return node_error(n, e, "write one of url, device and listen",
                      ways ? "a source comes from one place alone" : "a source comes from nowhere");
}

static int check_device(const char *device, const struct node *n, struct err *e)
{
    static const char *const kinds[] = {"alsa:", "pulse:", "v4l2:"};
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (str_starts(device, kinds[i]) && device[strlen(kinds[i])])
            return 0;
    return node_error(n, e, "write alsa:default, pulse:default or v4l2:/dev/video0",
                      "device is no KIND:NAME");
}

static int check_listen(const char *listen, const struct node *item, struct err *e)
{
    const struct node *n = node_of(item, "listen");
    bool rtmp = str_starts(listen, "rtmp://");
    const char *host = strstr(listen, "://");
    const char *port = host ? strchr(host + 3, ':') : NULL;
    if (!rtmp && !str_starts(listen, "srt://"))
        return node_error(n, e, "write srt://0.0.0.0:9000, or rtmp://127.0.0.1:1935/live",
                          "listen is no address of srt or rtmp");
    if (!port || strspn(port + 1, "0123456789") == 0)
        return node_error(n, e, "write the port behind the host: srt://0.0.0.0:9000",
                          "listen names no port");
    if (!node_of(item, "secret"))
        return node_error(
            n, e,
            rtmp ? "add secret: NAME, whose line holds the key that is pushed with"
                 : "add secret: NAME, whose line holds a passphrase of 10 to 79 letters",
            "anybody could push to this address");
    return 0;
}

static int read_source(struct arena *a, const struct live_context *c, const struct node *n,
                       struct live_source *ret, struct err *e)
{
    struct source_text t = {.source.node = n};
    int r = keys_read(a, n, source_keys, COUNT(source_keys), "a source", &t, e);
    if (r >= 0)
        r = check_name(a, t.source.name, node_of(n, "name"), e);
    if (r >= 0)
        r = check_one_way(n, e);
    if (r >= 0 && node_of(n, "url") && str_starts(t.source.url, "rtsps://"))
        r = node_error(node_of(n, "url"), e,
                       "write rtsp:// inside a network of your own, or let the camera push by srt",
                       "by rtsps nobody would look at the camera's certificate");
    if (r >= 0 && t.device)
        r = check_device(t.device, node_of(n, "device"), e);
    if (r >= 0 && t.listen)
        r = check_listen(t.listen, n, e);
    if (r < 0)
        return r;
    t.source.listen = t.listen != NULL;
    if (t.device)
        t.source.url = t.device;
    else if (t.listen)
        t.source.url = t.listen;
    else if (!strstr(t.source.url, "://"))
        t.source.url = fs_join(a, c->dir, t.source.url);
    *ret = t.source;
    return 0;
}

int live_sources(struct arena *a, const struct live_context *c, const struct node *n,
                 struct live *ret, struct err *e)
{
    const struct node *const *items;
    size_t count;
    if (!n || (n->kind == NODE_LIST && n->count == 0))
        return 0;
    int r = node_maps(a, n, "sources", &items, &count, e);
    if (r < 0)
        return r;
    ret->sources = arena_array(a, struct live_source, count);
    for (size_t i = 0; i < count; i++) {
        struct live_source *s = &ret->sources[i];
        r = read_source(a, c, items[i], s, e);
        for (size_t k = 0; r >= 0 && k < i; k++)
            if (strcmp(ret->sources[k].name, s->name) == 0)
                r = name_twice(node_of(s->node, "name"), "source", s->name,
                               ret->sources[k].node->line, e);
        if (r < 0)
            return r;
    }
    ret->num_sources = count;
    return 0;
}
