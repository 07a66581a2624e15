// SPDX-License-Identifier: GPL-3.0-or-later
// A place that takes the files of public/: what every kind of target can do. One connection; one
// thread at a time. Paths are below the target, with '/' between and never "..".
//
// Failures that waiting may mend are ERR_REMOTE with a code of remote_may_mend(); a login, a
// certificate, a quota, a path that is refused never do. No text holds a secret.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct arena;

struct remote_params {
    const char *kind; // "s3", "sftp", "webdav", "ftps", "folder"
    const char *url;  // of the target, ends in '/'; of a folder: its absolute path, with "/"
    const char *region, *user;          // NULL: none
    const char *secret;                 // NULL: none. s3: "KEY:SECRET" or "KEY:SECRET:TOKEN"
    const char *ca_file;                // PEM; NULL: the system's certificates
    const char *known_hosts, *identity; // of sftp; NULL: ssh's own
    int64_t part_bytes;                 // of what goes in parts; 0: 16 MiB
    double timeout_s;                   // how long nothing may move; 0: 30
    // That many further bytes have gone, or were there from an earlier try; less than 0: they must
    // go again. A put that fails takes back what it counted. NULL: nobody asks.
    void (*sent)(void *ctx, int64_t bytes);
    bool (*stopped)(const void *ctx); // NULL: never
    void *ctx;
};

struct remote_file {
    const char *from; // absolute path of what is sent; never changes meanwhile
    const char *path;
    int64_t bytes;
    const char *sha256; // 64 hex digits
    const char *type;   // "audio/mpeg"
    const char *cache;  // Cache-Control
};

enum { REMOTE_TAG = 136 };
struct remote_facts {
    bool there;
    int64_t bytes;           // -1: the target does not say
    char type[REMOTE_TAG];   // "": it does not say
    char etag[REMOTE_TAG];   // without quotes; ""
    char sha256[REMOTE_TAG]; // hex; "": it does not say
};

struct remote;
// The kind of one target.
struct remote_kind {
    const char *name;
    // Looks at the parameters, and connects where that is done once. *own: of the kind.
    int (*open)(const struct remote_params *p, void **own, struct err *e);
    void (*close)(void *own);
    // See remote_put and so on. put has nothing to check: remote_put looks afterwards.
    int (*put)(void *own, const struct remote_file *f, struct err *e);
    int (*look)(void *own, const char *path, struct remote_facts *ret, struct err *e);
    int (*get)(void *own, const char *path, const char *to, size_t max, struct err *e);
    int (*remove)(void *own, const char *path, const char *const *parts, struct err *e);
    // What the server last asked us to wait, Retry-After; 0: nothing. NULL: it never does.
    double (*asked_s)(const void *own);
};
extern const struct remote_kind remote_s3, remote_sftp, remote_webdav, remote_ftps, remote_folder;

int remote_open(const struct remote_params *p, struct remote **ret, struct err *e);
void remote_close(struct remote *r); // NULL is fine
// What fails here leaves a remote that is good for the next call: it connects again by itself.
//
// The file comes into its place whole: by one step where the kind can, and never with less than
// all its bytes. What an earlier call had sent of the same bytes before it broke is not sent again
// where the kind can go on. Then it is looked at: another size, type or hash than was sent is an
// error (-EBADMSG).
int remote_put(struct remote *r, const struct remote_file *f, struct err *e);
// 0 also when there is no such file.
int remote_look(struct remote *r, const char *path, struct remote_facts *ret, struct err *e);
// Into a local file. -ENOENT, e untouched: there is none. -EFBIG above max bytes.
int remote_get(struct remote *r, const char *path, const char *to, size_t max, struct err *e);
// A file that is not there is fine. What puts of it left that broke off goes, too: of the bytes
// with these hashes, up to a NULL (parts NULL: none is known), and of any others where the kind can
// look for them (s3, sftp, folder). Looks afterwards: still there is an error.
int remote_remove(struct remote *r, const char *path, const char *const *parts, struct err *e);
double remote_asked_s(const struct remote *r);
bool remote_may_mend(const struct err *e);

// For the kinds that send to a name beside the place first: "a/.NAME.<digits of the hash>.part".
enum { REMOTE_PART_DIGITS = 16 };
char *remote_part_name(struct arena *a, const char *path, const char *sha256);
