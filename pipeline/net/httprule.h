// SPDX-License-Identifier: GPL-3.0-or-later
// The rules of HTTP that a server of files needs, as plain functions on texts (RFC 9110).
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HTTP_PATH = 1024 };

// The path of a request as sent ("/media/a%20b.mp3"), decoded and without the leading slash; a
// folder keeps its trailing slash, the root is "". False for whatever could mean another place than
// it says: "..", empty names, encoded slashes, backslashes, NUL, names that begin with a dot.
bool http_path(const char *raw, char ret[HTTP_PATH]);

enum http_range { RANGE_NONE, RANGE_PART, RANGE_BEYOND };
// A Range header against `size` bytes. Several ranges, other units, nonsense: RANGE_NONE (all).
enum http_range http_range_of(const char *header, int64_t size, int64_t *ret_first,
                              int64_t *ret_last);

bool http_date_parse(const char *s, int64_t *ret_utc_s); // "Thu, 12 Feb 2026 08:00:00 GMT"
// Whether a list as in If-None-Match names the tag ("*" names every one). weak: W/ does not matter.
bool http_etag_listed(const char *list, const char *etag, bool weak);
// Host header: 127.0.0.1, localhost or [::1], with or without a port. Anything else may be a name
// that somebody pointed here in order to read what only this machine should (DNS rebinding).
bool http_host_is_local(const char *host);
