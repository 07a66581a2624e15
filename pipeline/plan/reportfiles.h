// SPDX-License-Identifier: GPL-3.0-or-later
// What the report says of each file that is delivered: stage/report.c, "files".
#pragma once
#include "plan/plan.h"

struct json *reportfiles(struct plan *p);
