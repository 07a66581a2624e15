// SPDX-License-Identifier: GPL-3.0-or-later
// What search engines read of a page, in the words of schema.org; free each with json_free.
#pragma once
#include "doc/facts.h"

struct json *jsonld_series(const struct fact_show *show);
struct json *jsonld_episode(const struct fact_show *show, const struct fact_episode *ep);
// Events for what is yet to come or on the air; NULL: nothing is.
struct json *jsonld_broadcasts(const struct fact_show *show, const struct fact_live *lives,
                               size_t n);
