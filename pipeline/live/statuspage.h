// SPDX-License-Identifier: GPL-3.0-or-later
// The broadcast at a glance: a page of HTML without scripts that loads itself again.
#pragma once
#include "base/json.h"
#include "base/str.h"

// Nothing but what stands in the page itself is loaded.
#define STATUSPAGE_POLICY                                                                  \
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; " \
    "frame-ancestors 'none'"

// state: as live/job.h has it.
void statuspage_write(struct str *out, const struct json *state, double target_lufs);
