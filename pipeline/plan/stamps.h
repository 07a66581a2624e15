// SPDX-License-Identifier: GPL-3.0-or-later
// Whether files are still the ones they were: a hash over inode, size, time and mode of each.
#pragma once
#include "plan/session.h"

enum { STAMPS_KEY = 32 }; // hex digits

// The folder of a show, and those in it that most paths begin with, open: from the nearest of them
// a path is found in half the time.
struct stamps_show;
struct stamps_show *stamps_open(const char *dir); // NULL: it cannot be opened
void stamps_close(struct stamps_show *show);      // or NULL

// paths: from the show's folder, ';' between; one that is not there counts as such. When the newest
// of them was changed, in nanoseconds of UTC. Any thread.
int64_t stamps_key(const struct stamps_show *show, const char *paths, char ret[STAMPS_KEY + 1]);
// What every episode of the show is read by: show.yaml, calendar, presets, the programs.
void stamps_world(const struct session *s, char ret[STAMPS_KEY + 1]);
