// SPDX-License-Identifier: GPL-3.0-or-later
// Sending to one mount of an Icecast server. Every wait ends by a time limit, or within a tenth of
// a second once `stopped` says so. One thread a connection. SIGPIPE must be ignored.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

struct icecast_server {
    bool tls;
    const char *host; // an IPv6 address without brackets
    int port;
    const char *mount;                // "/dgl.mp3"
    const char *user;                 // NULL: "source"
    const char *password;             // NULL: ""
    const char *ca_file;              // PEM; NULL: the system's certificates
    bool (*stopped)(const void *ctx); // waits end soon once it is true; NULL: never
    const void *stopped_ctx;
};
// "https://stream.example.org:8443/dgl.mp3", or http://; a password in it is refused (ERR_INPUT).
int icecast_server_parse(struct arena *a, const char *url, struct icecast_server *ret,
                         struct err *e);

enum icecast_format { ICECAST_MP3, ICECAST_OGG, ICECAST_AAC };

struct icecast_params {
    struct icecast_server server; // its texts and all others stay the caller's, until the close
    enum icecast_format format;
    const char *name, *description, *genre, *site; // NULL: not said
    bool listed;                                   // in public directories of stations
    int bitrate_kbps, sample_rate, channels;
};

#define ICECAST_LIMIT_S 5.0 // to connect, login and certificate included; without progress

struct icecast;
// A certificate that is not good for the host: ERR_INPUT, -EKEYREJECTED, before the password is
// sent. A login refused: as icestatus_refusal says. Else ERR_REMOTE.
int icecast_open(const struct icecast_params *p, struct icecast **ret, struct err *e);
// Whole MP3 or ADTS frames, whole Ogg pages. Waits while the server is more than two seconds
// behind; one that takes nothing for 5 s: -ETIMEDOUT; gone: -EPIPE; both ERR_REMOTE.
int icecast_send(struct icecast *ic, const void *data, size_t len, struct err *e);
size_t icecast_backlog(struct icecast *ic); // bytes the server has not confirmed
// What waits may still go out, for limit_s at most; 0: nobody is waited for. NULL is fine. The
// mount is free at once.
void icecast_close(struct icecast *ic, double limit_s);
