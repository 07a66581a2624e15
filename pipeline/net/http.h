// SPDX-License-Identifier: GPL-3.0-or-later
// One HTTP request, one answer in memory. Certificates are always verified, redirects never
// followed, proxies from the environment used as curl does. SIGPIPE must be ignored.
//
// No text of an error holds the query of an address, a password or a token. Any thread; one call
// one connection, but for http_keep.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { HTTP_WANTED = 10 };

// A connection that is used again for the next request to the same server; one thread at a time.
struct http_keep;
struct http_keep *http_keep_new(void);
void http_keep_free(struct http_keep *k); // NULL is fine

struct http_request {
    const char *method; // NULL: GET, POST where there is a body, PUT for a file
    const char *url;    // https://…; http://… only to 127.0.0.1, ::1 and localhost, or if plain
    bool plain;         // http:// to any host: what is sent can be read on the way
    bool compressed;    // the answer may come in gzip; max_bytes counts what it unpacks to
    const char *bearer; // "Authorization: Bearer …"; NULL: none
    const char *user, *password; // HTTP's basic login; user NULL: none
    bool digest;                 // its digest login instead: each request is asked for twice
    const char *const *headers;  // "Name: value" up to a NULL; NULL: none more
    const void *body;            // NULL: none
    size_t body_len;             //
    const char *body_type;       // NULL: application/x-www-form-urlencoded
    int file;                    // its bytes from file_from are sent; 0: none
    int64_t file_from, file_len; //
    // That many bytes of the file have gone since the last call; less than 0: they must go again.
    void (*sent)(void *ctx, int64_t bytes); // NULL: nobody asks
    void *sent_ctx;                         //
    struct http_keep *keep;                 // NULL: a connection of its own
    const char *ca_file;                    // PEM; NULL: the system's certificates
    double connect_s, total_s;        // time limits; 0: 5 and 15, with a file no limit in total
    double still_s;                   // how long nothing may move; 0: 30 with a file, else for ever
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
