// SPDX-License-Identifier: GPL-3.0-or-later
// The passwords and keys that a command may use, in the order of who wins: from a descriptor, from
// systemd's credentials, from the show's secrets file.
#pragma once
#include "base/secrets.h"
#include "plan/session.h"

enum { KEYS_PLACES = 3 };
struct keys {
    struct secrets from[KEYS_PLACES];
};
// fd: inherited, closed afterwards; below 0: none.
int keys_open(struct session *s, int fd, struct keys *ret, struct err *e);
const char *keys_get(const struct keys *k, const char *name); // NULL: there is none, or no name
// ERR_INPUT at the map's key `secret`: what to write where.
int keys_missing(struct session *s, const struct node *map, const char *name, struct err *e);
