// SPDX-License-Identifier: GPL-3.0-or-later
// How bytes reach a mount: libshout, or a PUT of our own for AAC, which libshout cannot.
#pragma once
#include "net/icecast.h"

struct iceway {
    // Ends by `deadline` (clock_monotonic). -EPERM, e untouched: the login was refused, or
    // the connection broken off in it.
    int (*open)(const struct icecast_params *p, double deadline, void **ret, struct err *e);
    int (*give)(void *link, const void *data, size_t len); // bytes taken, maybe 0; -EPIPE
    size_t (*queued)(void *link); // taken, and not yet handed to the system
    int (*fd)(void *link);
    void (*close)(void *link);
};
extern const struct iceway iceway_shout; // MP3, Ogg
extern const struct iceway iceway_put;

// A connection to the server, within ICECAST_LIMIT_S.
struct wire;
int iceway_wire(const struct icecast_server *s, struct wire **ret, struct err *e);

enum { ICEWAY_WAIT_MS = 50 }; // between two looks at `stopped`
