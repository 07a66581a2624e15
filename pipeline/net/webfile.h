// SPDX-License-Identifier: GPL-3.0-or-later
// What a web server says of one address, as a podcast app or a directory would ask it. Nothing is
// judged here; what goes wrong is a fact like any other.
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"

struct webfile_params {
    const char *url;
    const char *ca_file;              // PEM; NULL: the system's certificates
    double timeout_s;                 // of each request; 0: 30
    bool (*stopped)(const void *ctx); // as in net/http.h
    const void *stopped_ctx;
};

// REPLY: what one request brought: {"status", "bytes" (of the body, as far as it was read)} and of
//   its headers, where they came, {"type", "length", "range", "etag", "modified", "cors"};
//   or {"failed": sentence, "why": "time"|"name"|"refused"|"certificate"|"cut"|"address"|
//   "redirects"}. "redirects": [{"status", "to"}] where there were any, "url": the last address.

// A sound or film: {"head": REPLY, "first": REPLY to its first 16 bytes, "last": to its last 16,
// "beyond": to what lies behind its end, "looks": "audio"|"video"|"image"|"html"|"text" by its
// first bytes; left out: not known}. What a failure or a missing length makes pointless is left
// out.
struct json *webfile_media(const struct webfile_params *p);
// A picture: {"head", "first": REPLY to its beginning, "looks", "picture": {"type", "width",
// "height", "alpha", "channels"}, where it is a PNG or JPEG}.
struct json *webfile_image(const struct webfile_params *p);
// A text: {"head", "looks"}, asked for as a page of another site would.
struct json *webfile_text(const struct webfile_params *p);
// A feed: {"get": REPLY, "again": REPLY to the same with If-None-Match and If-Modified-Since}. Its
// bytes, unpacked, become the file `to`, of at most max_bytes; where they do not come, there is
// none. Negative: the file cannot be written.
int webfile_feed(const struct webfile_params *p, const char *to, size_t max_bytes,
                 struct json **ret, struct err *e);
