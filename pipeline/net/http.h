// SPDX-License-Identifier: GPL-3.0-or-later
// One HTTP request, one answer in memory. Certificates are always verified, redirects never
// followed, proxies from the environment used as curl does. SIGPIPE must be ignored.
//
// No text of an error holds the query of an address, a password or a token. Any thread; one call
// one connection.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum { HTTP_WANTED = 10 };

struct http_request {
    const char *method; // NULL: GET, or POST where there is a body
    const char *url;    // https://…; http://… only to 127.0.0.1, ::1 and localhost, or if plain
    bool plain;         // http:// to any host: what is sent can be read on the way
    bool compressed;    // the answer may come in gzip; max_bytes counts what it unpacks to
    const char *bearer; // "Authorization: Bearer …"; NULL: none
    const char *user, *password;      // HTTP's basic login; user NULL: none
    const char *const *headers;       // "Name: value" up to a NULL; NULL: none more
    const void *body;                 // NULL: none
    size_t body_len;                  //
    const char *body_type;            // NULL: application/x-www-form-urlencoded
    const char *ca_file;              // PEM; NULL: the system's certificates
    double connect_s, total_s;        // time limits; 0: 5 and 15
    size_t max_bytes;                 // of the answer's body; 0: 1 MiB
    const char *wanted[HTTP_WANTED];  // names of response headers, any case; NULL: no more
    bool (*stopped)(const void *ctx); // asked about once a second, true ends it; NULL: never
    const void *stopped_ctx;
};

struct http_response {
    int status;                     // 200, 404 …; 0: none came
    struct str body;                // also of an error
    struct str header[HTTP_WANTED]; // of the wanted ones; "": not there; twice: joined by ", "
    // The request had gone out, at least in part, when the call ended: after a failure, what was
    // asked for may have been done all the same.
    bool sent;
    double seconds; // of the whole call
};

// Once, before threads are started; may be called again.
int http_init(struct err *e);
// 0: an answer came, whatever its status. Else ERR_REMOTE: -ETIMEDOUT, -ECONNREFUSED,
// -EHOSTUNREACH (its name is not known), -EKEYREJECTED (certificate), -EFBIG (more than max_bytes),
// -ECANCELED (stopped; ERR_INTERRUPTED), -EPROTO (no HTTP, cut off …); ERR_INPUT for an address
// that is none. *ret is set in each case, for http_response_done.
int http_do(const struct http_request *q, struct http_response *ret, struct err *e);
void http_response_done(struct http_response *r); // {0} is fine

// "&" where needed (not behind '?'), then key=value percent-encoded: for bodies of forms and for
// queries.
void http_form_add(struct str *s, const char *key, const char *value);
