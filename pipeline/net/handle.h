// SPDX-License-Identifier: GPL-3.0-or-later
// What every connection made by libcurl begins with and how it fails: certificates verified, time
// limits, no redirects, no signals, errors without the query of an address.
#pragma once
#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct handle {
    CURL *curl;
    bool kept;       // curl is another's
    char where[300]; // "host:port", for messages
    char said[CURL_ERROR_SIZE];
    CURLcode ended; // of handle_perform
    bool (*stopped)(const void *ctx);
    const void *stopped_ctx;
};

struct handle_params {
    const char *url;
    const char *protocols; // libcurl's names of those that may be spoken; NULL: "http,https"
    bool plain;            // http:// to any host
    const char *ca_file;
    double connect_s, total_s; // 0: none
    double still_s;            // how long nothing may move; 0: for ever
    CURL *keep;                // a handle to use, with its connections; NULL: a new one
    bool (*stopped)(const void *ctx);
    const void *stopped_ctx;
};
// Where it fails, there is nothing to be done with h.
int handle_init(struct handle *h, const struct handle_params *p, struct err *e);
void handle_done(struct handle *h); // {0} is fine

// A piece of a file that is sent.
struct handle_piece {
    int fd;
    int64_t from, len;
    void (*sent)(void *ctx, int64_t bytes); // as in http.h
    void *ctx;
    int64_t gone; // of the piece
};
// p is used until the handle is done.
void handle_send(CURL *curl, struct handle_piece *p);
// Connects, sends, receives: curl_easy_perform, its failures as http.h lists them.
int handle_perform(struct handle *h, struct err *e);
