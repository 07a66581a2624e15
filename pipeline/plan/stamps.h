// SPDX-License-Identifier: GPL-3.0-or-later
// Whether files are still the ones they were: a hash over inode, size, time and mode of each.
#pragma once
#include "plan/session.h"

enum { STAMPS_KEY = 32 }; // hex digits

// paths: from the folder dir_fd, ';' between; one that is not there counts as such. When the newest
// of them was changed, in nanoseconds of UTC. Any thread.
int64_t stamps_key(int dir_fd, const char *paths, char ret[STAMPS_KEY + 1]);
// What every episode of the show is read by: show.yaml, calendar, presets, the programs.
void stamps_world(const struct session *s, char ret[STAMPS_KEY + 1]);
