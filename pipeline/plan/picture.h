// SPDX-License-Identifier: GPL-3.0-or-later
// Settings of the stages that make a video.
#pragma once
#include "plan/plan.h"

// As settings_shared has it. picture: -ENODATA where no recording has a picture; wave: where one
// has.
int align_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
int screen_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
int wave_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
int picture_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
int hls_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
// The step that makes the picture in that size: of the camera, or drawn.
struct step *picture_step(struct plan *p, const struct picture_preset *rung);
// What was measured of the picture, for the report: stage/report.c, "video".
void picture_put_facts(struct plan *p, struct json *into);
struct json *picture_variant(const struct plan *p, const struct picture_preset *rung);
