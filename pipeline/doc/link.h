// SPDX-License-Identifier: GPL-3.0-or-later
// The one rule for addresses in texts that people write.
#pragma once
#include <stdbool.h>

#include "base/str.h"

// http, https, mailto, tel, or relative without a host. Looks through case, blanks, control
// characters and percent-encoding, as a browser might; whoever holds entities decodes them first.
bool link_allowed(const char *href);
// As it may stand in an attribute: everything but ASCII of an address percent-encoded. base (NULL:
// none) is an absolute address that ends in '/'; a relative href is taken from there.
void link_write(struct str *out, const char *href, const char *base);
bool link_is_ascii(const char *url); // only characters an address may hold
