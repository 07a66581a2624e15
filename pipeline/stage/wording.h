// SPDX-License-Identifier: GPL-3.0-or-later
// The words of a delivery file, from a job's settings and inputs, as tag and package have them.
#pragma once
#include "media/tagfile.h"
#include "stage/stage.h"

struct wording {
    const char *slug; // and with it the file's name
    struct tag_set set;
};
// settings: {"slug", "title", "show", "artist", "number", "season", "date", "language",
// "description", "license", "license_url", "copyright", "page_url", "feed_url", "guid", "category",
// "hosts": [{"name"}], "guests": [{"name"}], "theme", "goals": [{"iri", "title"}]}; only slug and
// title are required. in: "cover": cover-small.png or .jpg, where there is one. Chapters are those
// of timeline.json, whose texts must outlive ret.
int wording_read(const struct stage_job *job, const struct json *timeline, struct wording *ret,
                 struct err *e);
