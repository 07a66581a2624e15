// SPDX-License-Identifier: GPL-3.0-or-later
// When picture and sound of a delivered MP4 begin and end, as a player finds it: by the time stamps
// of its packets and its edit lists, whatever wrote it.
#pragma once
#include "model/tick.h"

struct err;

struct sync_ends { // on the file's clock; both TICK_NONE: there is no such track
    struct span picture, sound;
};
// Reads the first and the last seconds. ERR_INPUT: it cannot be read.
int sync_ends(const char *path, struct sync_ends *ret, struct err *e);
