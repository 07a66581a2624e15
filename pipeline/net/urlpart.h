// SPDX-License-Identifier: GPL-3.0-or-later
// Reading addresses with libcurl's parser.
#pragma once
#include <curl/curl.h>

#include "base/arena.h"

// One part of an address, in the arena; NULL: it has none, or u holds no address. flags: CURLU_*.
char *url_part(struct arena *a, CURLU *u, CURLUPart part, unsigned flags);
