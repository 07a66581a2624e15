// SPDX-License-Identifier: GPL-3.0-or-later
// What the report says of the picture.
#pragma once
#include "base/xml.h"
#include "stage/reporting.h"

// settings "video" -> report.json "video"; NULL: the episode has none. {"way", "why", "reasons",
// "width", "height", "fps", "frames", "repeated", "dropped", "source", "stills": as
// stage/picture.c measured them, "rungs": [{"name", "way", "width", "height", "bytes",
// "bit_rate_kbps", "max_kbps"}], "av_offset_ms": {"start", "end"}: how much later a moment is seen
// than it is heard, "findings": [{"kind", "count", "seconds", "share", "times": [{"from_s",
// "to_s"}] on the published clock, each where the kind has it}]}
struct json *reportvideo_facts(struct reporting *r);
// <stills>: <still at="seconds">, the pictures as addresses that hold them.
int reportvideo_put_stills(struct reporting *r, const struct json *video, struct xml *x,
                           struct err *e);
