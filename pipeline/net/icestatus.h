// SPDX-License-Identifier: GPL-3.0-or-later
// What an Icecast server says of a mount, and what can be told it beside the sound: listeners,
// titles, why a login was refused. Each call is one request of 5 s at most. Any thread.
#pragma once
#include "net/icecast.h"

struct icestatus {
    bool up;       // a source sends to the mount
    int listeners; // -1: not said
    int mounts;    // with a source, on the whole server
    char title[256];
};
// The server's /status-json.xsl. Icecast 2.4 has just started, or a title is like ".5", where it is
// not valid JSON: ERR_REMOTE, -EPROTO.
int icestatus_parse(const char *text, size_t len, const char *mount, struct icestatus *ret,
                    struct err *e);
int icestatus_get(const struct icecast_server *s, struct icestatus *ret, struct err *e);

// The title that listeners of MP3, AAC and Vorbis see. -EOPNOTSUPP: this mount takes none (Opus).
// The server takes it only from the address that the source sends from.
int icestatus_title(const struct icecast_server *s, const char *title, struct err *e);

enum icestatus_login {
    ICESTATUS_FREE,     // a source may log in
    ICESTATUS_PASSWORD, // wrong user or password
    ICESTATUS_IN_USE,   // another source sends there, or a broken one is not yet dropped
    ICESTATUS_FULL,     // <sources> are reached
    ICESTATUS_OTHER,
};
// Asks as a source does, but without a type of content, which is refused last: nothing is taken.
int icestatus_probe(const struct icecast_server *s, enum icestatus_login *ret, struct err *e);
// Why a login was refused, with the remedy; always an error. Password (-EACCES) and full server
// (-EUSERS): ERR_INPUT. In use: ERR_REMOTE, -EBUSY.
int icestatus_refusal(const struct icecast_server *s, struct err *e);
