// SPDX-License-Identifier: GPL-3.0-or-later
// Elements that an episode's entry and a broadcast's have alike. Nothing is written where there is
// nothing to say.
#pragma once
#include "base/xml.h"
#include "doc/facts.h"

void rss_leaf_int(struct xml *x, const char *name, int64_t value);
void rss_leaf_date(struct xml *x, const char *name, int64_t utc_s);
// Of a path below public/.
void rss_leaf_url(struct xml *x, const char *name, const struct fact_show *s, const char *path);
void rss_attr_url(struct xml *x, const char *name, const struct fact_show *s, const char *path);
void rss_text_short(struct xml *x, const char *text); // cut to 128 bytes, as the namespace asks
void rss_image(struct xml *x, const struct fact_show *s, const char *path, int64_t width,
               const char *alt);
void rss_guid(struct xml *x, const char *guid);
// Theme, goals and targets.
void rss_subjects(struct xml *x, const struct fact_show *s, const struct fact_episode *ep);
void rss_people(struct xml *x, const struct fact_person *people, size_t n, const char *role);
void rss_credits(struct xml *x, const struct fact_episode *ep);
void rss_places(struct xml *x, const struct fact_episode *ep);
void rss_license(struct xml *x, const char *id); // also the channel's
// Season and number.
void rss_numbers(struct xml *x, const struct fact_episode *ep);
