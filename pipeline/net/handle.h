// SPDX-License-Identifier: GPL-3.0-or-later
// What every connection made by libcurl begins with and how it fails: certificates verified, time
// limits, no redirects, no signals, errors without the query of an address.
#pragma once
#include <curl/curl.h>
#include <stdbool.h>

#include "base/err.h"

struct handle {
    CURL *curl;
    bool kept;       // curl is another's
    char where[300]; // "host:port", for messages
    char said[CURL_ERROR_SIZE];
    bool (*stopped)(const void *ctx);
    const void *stopped_ctx;
};

struct handle_params {
    const char *url;
    bool plain; // http:// to any host
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
// Connects, sends, receives: curl_easy_perform, its failures as http.h lists them.
int handle_perform(struct handle *h, struct err *e);
