// SPDX-License-Identifier: GPL-3.0-or-later
// Settings of the stages that make a video.
#pragma once
#include "plan/plan.h"

// As settings_shared has it: -ENODATA where no recording has a picture.
int picture_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
int hls_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
struct json *picture_variant(const struct plan *p, const struct picture_preset *rung);
