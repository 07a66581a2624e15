// SPDX-License-Identifier: GPL-3.0-or-later
// An HTTP server on 127.0.0.1: GET and HEAD, asked for by no other name than this machine's own.
// What is answered, its user says (httpd.h: a folder; live/metrics.h: texts made anew each time).
// The only place that knows libmicrohttpd.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct httpserve;
struct MHD_Connection;

struct httpserve_request {
    struct httpserve *server;
    struct MHD_Connection *connection;
    const char *method, *target, *host; // target as sent; host NULL: not named
};
struct httpserve_header {
    const char *name, *value; // value NULL: left out
};
struct httpserve_params {
    int port; // 0: one that is free
    int threads, connections;
    // Answers with one of the calls below, and returns what that returned. The server's threads.
    bool (*answer)(void *ctx, const struct httpserve_request *q);
    // NULL: nobody listens. The server's threads.
    void (*seen)(void *ctx, const char *method, const char *target, int status);
    void *ctx;
};
// Returns at once. A port in use: -EADDRINUSE.
int httpserve_start(const struct httpserve_params *p, struct httpserve **ret, struct err *e);
int httpserve_port(const struct httpserve *s);
void httpserve_stop(struct httpserve *s); // ends open connections; NULL is fine

const char *httpserve_header(const struct httpserve_request *q, const char *name); // NULL: not sent
// Headers end with a NULL name; nosniff and no-referrer go with every answer. False: there is no
// memory, and the connection is closed.
bool httpserve_bytes(const struct httpserve_request *q, int status, const void *bytes, size_t len,
                     const struct httpserve_header *headers);
// len bytes from first on; *fd is taken, and then -1.
bool httpserve_fd(const struct httpserve_request *q, int status, int *fd, int64_t first,
                  int64_t len, const struct httpserve_header *headers);
// One line of plain words, and one header more.
bool httpserve_line(const struct httpserve_request *q, int status, const char *text,
                    struct httpserve_header extra);
