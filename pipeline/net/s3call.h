// SPDX-License-Identifier: GPL-3.0-or-later
// One connection to an S3-compatible store, and one signed request over it.
#pragma once
#include "base/arena.h"
#include "base/hash.h"
#include "net/http.h"
#include "net/remote.h"
#include "net/s3answer.h"
#include "net/sigv4.h"

struct s3 {
    struct remote_params p;
    struct arena a;     // of the texts below
    const char *origin; // "https://s3.example.org:9000"
    const char *host;   // "s3.example.org:9000"
    const char *base;   // path of the url, decoded: "bucket/prefix/", or ""
    struct sigv4_key key;
    const char *token; // NULL: none
    struct redactor *redactor;
    struct http_keep *keep;
    double asked_s; // Retry-After of the last answer
    int64_t gone;   // what p.sent was told of the file under way
};
// Looks at the parameters; connects to nobody.
int s3_open(const struct remote_params *p, struct s3 *ret, struct err *e);
void s3_close(struct s3 *s);

enum s3_header {
    S3_ETAG,
    S3_LENGTH,
    S3_TYPE,
    S3_CACHE,
    S3_SHA256, // x-amz-meta-sha256
    S3_CRYPT,  // x-amz-server-side-encryption
    S3_CRYPT_KEY,
    S3_RETRY,
    S3_REGION,
};
struct s3_ask {
    const char *method;
    const char *path;                 // "/bucket/prefix/media/a.mp3", not encoded
    struct sigv4_pair query[5];       // up to a NULL name
    const char *type, *cache, *range; // NULL: none
    const char *meta_sha256;          // of the whole object; NULL: none
    const char *body;                 // NULL: none
    const struct s3_piece *piece;     // what is sent in place of a body; NULL: nothing
    size_t max;                       // of the answer; 0: that of an s3answer
    double still_s;                   // 0: the target's
};
// 0: an answer of 2xx; else as s3fault_say and http_do have it. *ret is set in each case, for
// http_response_done.
int s3_ask(struct s3 *s, const struct s3_ask *q, struct http_response *ret, struct err *e);
// The answer is a document with this root, read into the arena. -ENOMSG: it is none. An <Error>,
// which may come after a 200, is an error.
int s3_ask_for(struct s3 *s, const struct s3_ask *q, const char *root, struct arena *a,
               struct s3answer *ret, struct err *e);
// "/bucket/prefix/PATH", in the arena.
const char *s3_path(const struct s3 *s, struct arena *a, const char *path);
void s3_count(void *s, int64_t bytes); // tells p.sent
// What stands in an ETag, without quotes and W/.
void s3_etag(const char *header, char ret[REMOTE_TAG]);
// Whether a tag can be an MD5: 32 hex digits.
bool s3_etag_is_md5(const char *etag);
// What was stored is not what was sent, as its ETag says; keys of the store's own make ETags that
// say nothing.
bool s3_is_damaged(const struct http_response *r, const unsigned char *md5);
bool s3_is_opaque(const struct http_response *r);
// A piece of a file, and what it holds.
struct s3_piece {
    int file;
    int64_t from, bytes;
    char sha256[HASH_HEX];
    unsigned char md5[MD5_BYTES];
};
// Reads it, and fills in the hashes. whole: a hash that goes on with it; NULL: none. What fails
// here is this machine's.
int s3_hash(const struct s3 *s, struct s3_piece *piece, struct hash *whole, struct err *e);
