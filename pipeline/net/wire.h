// SPDX-License-Identifier: GPL-3.0-or-later
// A plain or TLS connection without waiting, for protocols that are not one request and one answer.
// It stands only when the certificate is good for the host. SIGPIPE must be ignored.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

struct wire_params {
    const char *host; // an IPv6 address without brackets
    int port;
    bool tls;
    const char *ca_file; // PEM; NULL: the system's certificates
    double limit_s;      // for the name, the connection and the certificate together
    bool (*stopped)(const void *ctx);
    const void *stopped_ctx;
};
// host, port and tls of an http, https, rtmp or rtmps address, in the arena; a login in it does not
// count. False: it is none.
bool wire_address(struct arena *a, const char *url, struct wire_params *ret);
struct wire;
// Errors as http_do's.
int wire_open(const struct wire_params *p, struct wire **ret, struct err *e);
// As much as goes now, which may be nothing: bytes, or -EPIPE.
int wire_send(struct wire *w, const void *data, size_t len);
// What is there, 0: nothing now; -EPIPE: the other end has closed.
int wire_recv(struct wire *w, void *ret, size_t size);
// True when something may be sent or received (as asked), false after ms milliseconds.
bool wire_wait(const struct wire *w, bool to_send, int ms);
int wire_fd(const struct wire *w);
// Without TLS's word of farewell: Icecast 2.4 never ends a source that says it, and spins.
void wire_close(struct wire *w); // NULL is fine
