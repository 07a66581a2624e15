// SPDX-License-Identifier: GPL-3.0-or-later
// Captions as the stage of that name leaves them, for those that put them into files.
#pragma once
#include "model/captions.h"
#include "stage/stage.h"

struct cuefile {
    const char *language; // BCP 47
    struct captions cues; // on the published clock
};
// Input "captions": [<language>.vtt]; none is fine.
int cuefiles_read(const struct stage_job *job, struct cuefile **ret, size_t *ret_n, struct err *e);
const char *language_name(const char *bcp47); // in itself: "Norsk bokmål"; else the tag
