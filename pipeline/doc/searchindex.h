// SPDX-License-Identifier: GPL-3.0-or-later
// The search over titles and transcripts, for presets/site/search.js: which word is said where.
//
// sok/episodes.json  [{"title", "page", "date", "lang", "text": path of the transcript}], newest
//                    first; paths are below public/
// sok/ord/<c>.json   {"word": [[episode, second, second …] …]}, the words that begin with that
//                    letter or digit, folded as str_add_slug does ("å" is "a"); -1 stands for
//                    title, summary, people, theme and goals
#pragma once
#include "base/arena.h"
#include "base/str.h"
#include "doc/sitefacts.h"
#include "doc/words.h"
#include "model/captions.h"

// Of one word in one episode so many places are kept: its page shows all of them.
enum { SEARCH_PLACES = 8, SEARCH_SHARDS = 36 };

struct searchindex;
struct searchindex *searchindex_new(void);
void searchindex_add(struct searchindex *s, size_t episode, const struct fact_episode *ep,
                     const struct captions *texts, size_t num_texts);
char searchindex_letter(size_t shard); // of 0 to SEARCH_SHARDS - 1: 'a' to 'z', '0' to '9'
void searchindex_write(struct searchindex *s, size_t shard, struct str *out);
void searchindex_episodes(const struct site_facts *f, const struct words *w, struct str *out);
void searchindex_free(struct searchindex *s); // NULL is fine
