// SPDX-License-Identifier: GPL-3.0-or-later
// What machines read of the site beside the pages: sitemap.xml and robots.txt for search engines,
// oembed.json for whoever shows an episode on a page of their own.
#pragma once
#include "doc/sitefacts.h"

// paths: of the pages, below the site, in any order ("om/"); episodes come from the facts.
void sitemap_xml(struct str *out, const struct site_facts *f, const char *const *paths, size_t n);
void sitemap_robots(struct str *out, const char *site);
// oEmbed 1.0, type rich: a frame with episodes/<slug>/embed/.
void sitemap_oembed(struct str *out, const struct fact_show *show, const struct fact_episode *ep);
