// SPDX-License-Identifier: GPL-3.0-or-later
// JSON as the XML that stylesheets read: an object's keys become elements, an array's values
// <item>s, null and empty arrays nothing.
#pragma once
#include "base/json.h"
#include "base/xml.h"

// Keys must be names that XML allows; they must outlive the element.
void document_put(struct xml *x, const char *name, const struct json *j);
