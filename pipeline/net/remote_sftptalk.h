// SPDX-License-Identifier: GPL-3.0-or-later
// OpenSSH's `sftp`, spoken with line by line over one connection. It is told what to do on its
// standard input (batch mode, so it never asks), and echoes each command before it obeys: the echo
// of a harmless command that follows says that the one before is done. SIGPIPE must be ignored.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

// How sftp sends: so many bytes in a message, and so many messages before the first is answered.
enum { SFTP_MESSAGE = 32768, SFTP_UNDER_WAY = 64 };

struct sftptalk_params {
    const char *host;                          // an IPv6 address without brackets
    int port;                                  // 0: ssh's own
    const char *user, *known_hosts, *identity; // NULL: ssh's own
    double timeout_s;                          // nothing moves for so long; more than 0
    bool (*stopped)(const void *ctx);          // NULL: never
    const void *ctx;
};

struct sftptalk;
// Connects. The parameters stay the caller's and must live as long.
int sftptalk_open(const struct sftptalk_params *p, struct sftptalk **ret, struct err *e);
void sftptalk_close(struct sftptalk *t); // NULL is fine
// sftp has ended: what is told to it next fails.
bool sftptalk_is_over(const struct sftptalk *t);

// One command, without a line's end. What sftp said meanwhile is in sftptalk_said until the next.
struct sftptalk_command {
    const char *text;
    bool may_fail; // then only what it said tells; else a failure ends the connection
    bool uploads;  // `bytes` of a file; moved() is told how many of them are sent, about
    int64_t bytes;
    void (*moved)(void *ctx, int64_t so_far);
    void *ctx;
};
// An error: the connection is over, and the error is as sftpfault_set makes it.
int sftptalk_tell(struct sftptalk *t, const struct sftptalk_command *c, struct err *e);
const char *sftptalk_said(const struct sftptalk *t);

// Adds a blank and the name as sftp's own parser reads it: no pattern, no option, no comment.
// globbed: sftp looks for files that the name fits, as with ls, rm, chmod, and what get and put
// take.
void sftptalk_add_name(struct str *s, const char *path, bool globbed);
