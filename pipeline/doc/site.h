// SPDX-License-Identifier: GPL-3.0-or-later
// The XML documents that the stylesheets in presets/site/ turn into pages. All of them are
//   <page kind="episode|embed|index|theme|goal|place|calendar|about|search|missing|
//               tombstone"
//         lang root site path>
//     <strings><s key lang>…</s></strings> <show …/> <jsonld>…</jsonld> … </page>
// with root as the way up to public/ ("../../"), path as the page's own place below it ("om/"), and
// every path relative to public/ and percent-encoded. lang of a string: the language it is in where
// that is not the page's. What a page holds is written by the functions of sitepage.h.
#pragma once
#include "doc/sitefacts.h"
#include "doc/transcript.h"
#include "doc/words.h"

struct site_text { // one transcript of the page's episode
    const char *language, *made;
    struct captions captions;
};

int site_episode(struct arena *a, struct str *out, const struct words *w,
                 const struct fact_show *show, const struct fact_episode *ep,
                 const struct site_text *texts, size_t num_texts, struct err *e);
// The player alone, for other people's pages.
void site_embed(struct str *out, const struct words *w, const struct fact_show *show,
                const struct fact_episode *ep);

void site_index(struct arena *a, struct str *out, const struct words *w,
                const struct site_facts *f);
void site_theme(struct str *out, const struct words *w, const struct site_facts *f,
                const struct site_theme *theme);
void site_goal(struct str *out, const struct words *w, const struct site_facts *f,
               const struct fact_goal *goal);
void site_place(struct str *out, const struct words *w, const struct site_facts *f,
                const struct fact_place *place);
// The year as a wheel and as a list.
void site_calendar(struct arena *a, struct str *out, const struct words *w,
                   const struct site_facts *f);
void site_about(struct str *out, const struct words *w, const struct site_facts *f);
void site_search(struct str *out, const struct words *w, const struct site_facts *f);
// Its root is the site's address, because this page is shown at any address.
void site_missing(struct str *out, const struct words *w, const struct fact_show *show);
struct site_tomb { // of an episode that was taken down
    const char *language;
    const struct json *strings;   // of that language; NULL: the page's alone
    int64_t month;                // 202602; 0: none
    const char *theme_id, *theme; // NULL: none
};
// The same; <month iso>, <theme id>, and <also lang title> for a second language.
void site_tombstone(struct str *out, const struct words *w, const struct fact_show *show,
                    const struct site_tomb *t);
