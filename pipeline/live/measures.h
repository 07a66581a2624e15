// SPDX-License-Identifier: GPL-3.0-or-later
// What the broadcast measures, in the text format of Prometheus (version 0.0.4).
#pragma once
#include "base/json.h"
#include "base/str.h"

// state: as live/job.h has it. A value that does not exist, as the loudness of silence, is left
// out.
void measures_write(struct str *out, const struct json *state);
