// SPDX-License-Identifier: GPL-3.0-or-later
// What the report says, gathered from the results of the other stages.
#pragma once
#include "base/str.h"
#include "stage/stage.h"
#include "stage/tracks.h"

struct reporting {
    struct stage_job *job;
    struct json *facts, *line, *sound, *levelling, *strings;
    struct json *spoken; // of each track: who is heard when (stage/spoken.h)
    struct tracks tracks;
    struct blocks after; // of the master; loaded for the picture
};
struct json *reporting_facts(struct reporting *r); // report.json
// Appends the picture of both sounds.
int reporting_picture(struct reporting *r, struct str *svg, struct err *e);
// <report>: report.json as elements, <strings>, <style>, the picture of both sounds in <picture>,
// and <stills>: stage/reportvideo.h.
int reporting_document(struct reporting *r, const struct json *report, const struct str *svg,
                       struct str *out, struct err *e);
