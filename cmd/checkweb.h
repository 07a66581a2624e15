// SPDX-License-Identifier: GPL-3.0-or-later
// check URL: a feed where it is served, and the files it names.
#pragma once
#include "cmd.h"

// Adds to findings. timeout_s: of each request; 0: 30. ERR_REMOTE never: a server that does not
// answer is a finding, with "unanswered".
int checkweb(const struct env *env, const char *url, double timeout_s, struct json *findings,
             struct err *e);
bool checkweb_unanswered(const struct json *findings);
