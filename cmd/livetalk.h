// SPDX-License-Identifier: GPL-3.0-or-later
// Asking the broadcast that runs (live/job.h), over its Unix socket.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

// Where a broadcast of this show listens: below $XDG_RUNTIME_DIR, else /tmp, in a folder that is
// its owner's alone and is made; the show's path is in the name as a hash, since a socket's name
// has no room for more.
int talk_place(struct arena *a, const char *show_dir, char **ret, struct err *e);
// The one of the two at which a broadcast listens now; NULL: none does.
char *talk_find(struct arena *a, const char *show_dir);
// One question, taken over, and its answer, to free; it comes within 3 s. An answer that is not ok
// is an error with its text.
int talk_ask(const char *socket, struct json *question, struct json **ret, struct err *e);
struct json *talk_question(const char *what, const char *title); // title NULL: none
