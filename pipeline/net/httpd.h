// SPDX-License-Identifier: GPL-3.0-or-later
// The small HTTP server: one folder on 127.0.0.1, so that pages, players and podcast apps can be
// tried. GET and HEAD, byte ranges, ETag, 304; 410 below a folder that model/gone.h says is gone.
#pragma once

struct err;
struct httpd;

struct httpd_params {
    const char *root; // the folder, opened anew for each request
    int port;         // 0: one that is free
    // In feeds, pages and JSON this address (it ends in '/') is replaced by the server's own, as
    // the client named it. NULL: they are served as they are.
    const char *site;
    // NULL: nobody listens. Called from the server's threads.
    void (*seen)(void *ctx, const char *method, const char *target, int status);
    void *ctx;
};

// Returns at once; threads of its own serve. A port in use: -EADDRINUSE.
int httpd_start(const struct httpd_params *p, struct httpd **ret, struct err *e);
int httpd_port(const struct httpd *h);
void httpd_stop(struct httpd *h); // ends open connections; frees h; NULL is fine
