// SPDX-License-Identifier: GPL-3.0-or-later
// Music that is laid under an episode.
#pragma once
#include "media/master.h"
#include "stage/stage.h"

// Input "music", as loud as it is in that mix. 1; 0: there is none. ERR_INPUT begins with "music:
// ".
int music_read(const struct stage_job *job, const struct mix_params *mix, struct master_music *ret,
               struct err *e);
