// SPDX-License-Identifier: GPL-3.0-or-later
// Keys, tokens and passwords, by name: from a file only its owner can read, from an inherited
// descriptor, or from systemd's credentials. Never from arguments or the environment.
#pragma once
#include "base/arena.h"
#include "base/err.h"

struct secrets { // in the arena, locked in memory where the system lets us
    const char **names, **values;
    size_t count;
};
// Lines "name = value"; '#' begins a comment, blank lines are skipped, blanks around both are
// dropped. Refused (ERR_INPUT, with the remedy): a file that others can read or that is another's
// (-EACCES: "chmod 600 FILE"), a line without '=', a name twice, a symbolic link to such a file.
int secrets_file(struct arena *a, const char *path, struct secrets *ret, struct err *e);
// The same lines from a descriptor, read to its end.
int secrets_fd(struct arena *a, int fd, struct secrets *ret, struct err *e);
// A file a name in systemd's $CREDENTIALS_DIRECTORY; nothing where it is not set.
int secrets_credentials(struct arena *a, struct secrets *ret, struct err *e);
const char *secrets_get(const struct secrets *s, const char *name); // NULL: not there
