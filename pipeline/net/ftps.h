// SPDX-License-Identifier: GPL-3.0-or-later
// A conversation with a server of FTP with TLS (RFC 4217). ftps://host/folder/ speaks TLS after
// "AUTH TLS" at port 21 or the port that is named, at port 990 from the first byte; the folder
// counts from where the login leads, with a second slash in front (ftps://host//srv/www/) from the
// server's root. Commands and data are encrypted, the certificate is verified, passive mode,
// binary; no login is said to a server that offers no TLS.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "net/handle.h"
#include "net/remote.h"

struct ftps {
    struct remote_params p; // its strings are in a
    const char *base;       // "ftp://host:port/folder/"
    const char *dir;        // "folder/" as commands name it
    CURL *curl;
    struct arena a;
    bool newest;     // TLS: the server knows no 1.2
    struct str said; // by the server, during the last call
    // What is known of the server:
    char **folders; // that are there or cannot be made
    size_t num_folders, cap_folders;
    bool asked_features, has_hash, has_xsha256;
};

// One request. Commands come first and each must succeed, but for those that begin with '*'.
struct ftps_ask {
    const char *path; // NULL: commands alone
    const char *commands[3];
    struct handle_piece *piece; // to path
    bool append;                //
    struct str *body;           // from path; NULL and no piece: its size alone
    double answer_s;            // 0: as the target says
    int64_t size;               // of path; returned
};

// Reads the parameters; nobody is called. ERR_INPUT: a url or a login that is none.
int ftps_open(const struct remote_params *p, struct ftps **ret, struct err *e);
void ftps_close(struct ftps *f);
// path: for messages. *ret_reply: the server's last reply; NULL is fine. Errors as remote.h says.
int ftps_talk(struct ftps *f, struct ftps_ask *q, const char *path, int *ret_reply, struct err *e);
// *ret in bytes; -1: it is not there, or is no file.
int ftps_size(struct ftps *f, const char *path, int64_t *ret, struct err *e);
// One command, or two; two NULL: one. The names in them begin with f->dir.
int ftps_command(struct ftps *f, const char *path, int *ret_reply, struct err *e, const char *one,
                 const char *two);
