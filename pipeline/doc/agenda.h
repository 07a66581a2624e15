// SPDX-License-Identifier: GPL-3.0-or-later
// A calendar file after RFC 5545 and 7986. The only place that knows libical.
#pragma once
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

// settings as stage/calendar.c describes them; strings: those of the pages.
int agenda_write(struct str *out, const struct json *settings, const struct json *strings,
                 struct err *e);
