// SPDX-License-Identifier: GPL-3.0-or-later
// Amazon's Signature Version 4 in the Authorization header, as S3-compatible stores want it: each
// byte of a path is encoded once. Plain functions on texts.
#pragma once
#include <stdint.h>

struct str;

enum { SIGV4_TIME = 17, SIGV4_PAIRS = 16 }; // the time with its NUL; most pairs of a list

struct sigv4_pair {
    const char *name, *value;
};
struct sigv4_request {
    const char *method;
    const char *path;                 // begins with '/'; as it is meant, not encoded
    const struct sigv4_pair *query;   // as it is meant, in any order, up to a NULL name; NULL: none
    const struct sigv4_pair *headers; // those that are signed, in any order and case, each once, up
                                      // to a NULL name; Host and X-Amz-Date among them
    const char *payload_sha256;       // hex
};
struct sigv4_key {
    const char *id, *secret, *region, *service; // service: "s3"
};

void sigv4_time(int64_t utc_s, char ret[SIGV4_TIME]); // 20130524T000000Z
// In order and encoded, without '?': a request is sent with just this.
void sigv4_query(struct str *s, const struct sigv4_pair *query);
// The three steps, each added to s.
void sigv4_canonical(struct str *s, const struct sigv4_request *q);
void sigv4_to_sign(struct str *s, const struct sigv4_key *k, const char *time,
                   const char *canonical);
// The value of the header: "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…".
void sigv4_authorization(struct str *s, const struct sigv4_key *k, const char *time,
                         const struct sigv4_request *q);
