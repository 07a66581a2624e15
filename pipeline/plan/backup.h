// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the originals, which nothing can make again, lie in a second place: show.yaml's backup:.
#pragma once
#include "plan/session.h"

// {"state": "none" (no second place is named), "away" (its folder cannot be read now), "same disk",
// "missing" (not all are there) or "whole", "folder", "originals": how many there are, "missing",
// "missing_bytes"}. A file of the same name, which is its SHA-256, and the same size is a copy.
// NULL: there are no originals.
struct json *backup_look(struct session *s);
