// SPDX-License-Identifier: GPL-3.0-or-later
// Where a target of kind sftp lies, and how it lets us in.
#pragma once
#include "base/arena.h"
#include "net/remote.h"
#include "net/remote_sftptalk.h"

// Fills in all of `to` but whom it asks to stop; *dir: "": where a login begins. Texts are the
// parameters' own or in the arena. ERR_INPUT, with no text of the address: it may hold a password.
int sftpurl_read(struct arena *a, const struct remote_params *p, struct sftptalk_params *to,
                 const char **dir, struct err *e);
