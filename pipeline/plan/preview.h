// SPDX-License-Identifier: GPL-3.0-or-later
// A few seconds of an episode as recorded and as they will be published, before the master exists.
#pragma once
#include "model/tick.h"
#include "plan/plan.h"

// Makes what it needs of the episode (up to timeline), then before.wav and after.wav in
// preview_dir. *ret: what stage/preview.c measured, to free. ERR_INPUT: the recording does not
// reach there.
int preview_make(struct plan *p, struct span excerpt, struct json **ret, struct err *e);
const char *preview_dir(struct plan *p); // below the show: "reports/<slug>/preview"
