// SPDX-License-Identifier: GPL-3.0-or-later
// What an entry of the feed says: summary, notes, chapters and the page's address.
#pragma once
#include "base/xml.h"
#include "doc/facts.h"

enum { RSS_DESCRIPTION_MAX = 4000 }; // bytes; PSP-1 and Apple

// <description>, and <content:encoded> where there are notes. page: absolute; relative links start
// there.
int rss_words(struct xml *x, const struct fact_episode *ep, const char *page, struct err *e);
