// SPDX-License-Identifier: GPL-3.0-or-later
// The XML documents that the stylesheets in presets/site/ turn into pages. All of them are
//   <page kind="episode|index|missing" lang root site>
//     <strings><s key>…</s></strings> <show …/> … </page>
// with root as the way up to public/ ("../../"), and every path relative to public/ and
// percent-encoded.
#pragma once
#include "doc/facts.h"
#include "doc/transcript.h"

struct site_text { // one transcript of the page's episode
    const char *language, *made;
    struct captions captions;
};

int site_episode(struct arena *a, struct str *out, const struct json *strings,
                 const struct fact_show *show, const struct fact_episode *ep,
                 const struct site_text *texts, size_t num_texts, struct err *e);
void site_index(struct str *out, const struct json *strings, const struct fact_show *show,
                const struct fact_episode *episodes, size_t num_episodes);
// Its root is the site's address, because this page is shown at any address.
void site_missing(struct str *out, const struct json *strings, const struct fact_show *show);
