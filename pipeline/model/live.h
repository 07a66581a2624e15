// SPDX-License-Identifier: GPL-3.0-or-later
// live: in show.yaml: where broadcasts come from and go to, how they look and sound.
#pragma once
#include "model/picturepreset.h"
#include "model/preset.h"

struct live_endpoint {
    const char *name, *kind; // kind: icecast|rtmp|facebook|hls|file
    const char *url;         // hls, file: an absolute path, or hls: https://…; facebook: NULL
    const char *format;      // icecast: mp3|opus|vorbis|aac; NULL: H.264 and AAC
    int64_t bitrate_kbps;    // of format; 0 without
    const char *secret;      // its name in the secrets file; NULL: none is needed
    const char *user, *ca_file, *page, *privacy, *title; // NULL: not said
    const char *audience;                                // where players get it; NULL: not said
    bool listed;                                         // icecast: in public directories
    const struct node *node;
};
struct live_source {
    const char *name, *url; // url: an absolute path, an address, or "alsa:default"
    const char *format;     // libavformat's name; NULL: found out
    const char *secret;     // NULL: none
    bool listen;            // waits for a push at url
    const struct node *node;
};
struct live {
    struct live_endpoint *endpoints;
    size_t num_endpoints;
    struct live_source *sources; // by priority
    size_t num_sources;
    int64_t width, height; // of the picture; 0: sound alone
    int rate_num, rate_den;
    int64_t bitrate_kbps; // of the picture
    const char *speed;    // x264's preset
    const char *language;
    const char *slate_image, *slate_sound;   // absolute; NULL: drawn, silence
    double target_lufs, ceiling_dbtp, hours; // hours: what a broadcast may take at most
    bool record_received, record_aired;
    const char *graph_version, *graph_url;
    const char *upload_test; // NULL: not measured, or by Facebook
};
extern const struct key_table live_tables[]; // live, endpoints, sources, picture, …
extern const size_t num_live_tables;

struct live_context {
    const char *dir; // of the show, absolute
    const char *const *preset_dirs;
    const char *language;
    const struct loudness_preset *loudness;
};
// n NULL: a show without broadcasts, which has all defaults. A refused line that holds a secret is
// not shown.
int live_read(struct arena *a, const struct live_context *c, const struct node *n, struct live *ret,
              struct err *e);
bool live_takes_picture(const struct live_endpoint *ep);

// An address with a password, a passphrase or what looks like a stream key in it; *ret_what says
// which. For addresses of show.yaml and of the command line.
bool live_url_has_secret(const char *url, const char **ret_what);

// The lists in it; each leaves *ret alone where n is NULL. All of live's map must have been looked
// through by live_hide_secrets first.
int live_hide_secrets(const struct node *live, struct err *e);
int live_endpoints(struct arena *a, const struct live_context *c, const struct node *n,
                   struct live *ret, struct err *e);
int live_sources(struct arena *a, const struct live_context *c, const struct node *n,
                 struct live *ret, struct err *e);
extern const struct key_table live_endpoint_table, live_source_table;
