// SPDX-License-Identifier: GPL-3.0-or-later
// What was received before an interruption that --resume goes on from.
#pragma once
#include "base/json.h"

// parts: [{"path", …}] of the job; new: the same, each with its "seconds", 0 where it cannot be
// read.
struct json *earlier_measure(const struct json *parts);
