// SPDX-License-Identifier: GPL-3.0-or-later
// What the documents of site.h have in common.
#pragma once
#include "base/xml.h"
#include "doc/site.h"

struct sitepage {
    struct xml x;
    const struct words *w;
};
struct sitepage_head {
    const char *kind, *lang, *root, *path;
    const struct fact_show *show;
    struct json *about; // JSON-LD, freed here; NULL: none
};
void sitepage_open(struct sitepage *p, struct str *out, const struct words *w,
                   const struct sitepage_head *h);
void sitepage_close(struct sitepage *p);

void sitepage_path(struct xml *x, const char *name, const char *path); // attribute; NULL: left out
void sitepage_leaf(struct xml *x, const char *name, const char *attr, const char *value,
                   const char *text); // an element with one attribute; NULLs are left out
void sitepage_date(struct sitepage *p, int64_t utc_s);
void sitepage_kit(struct sitepage *p, const struct fact_download *d);
void sitepage_license(struct xml *x, const char *id);
void sitepage_goals(struct sitepage *p, const struct fact_goal *goals, size_t n);
void sitepage_goal_set(struct sitepage *p, const struct site_facts *f, sdg_set set);
// Attributes and elements of <episode> that lists show, and its page too.
void sitepage_entry(struct sitepage *p, const struct fact_episode *ep);
// <episode> of a list.
void sitepage_listed(struct sitepage *p, const struct fact_episode *ep);
// <resource>; from: the episode that shows it, NULL on its own page.
void sitepage_resource(struct sitepage *p, const struct fact_resource *r,
                       const struct fact_episode *from);
// <broadcast>
void sitepage_live(struct sitepage *p, const struct fact_live *live);
