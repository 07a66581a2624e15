// SPDX-License-Identifier: GPL-3.0-or-later
// What stands where an episode was taken down: a page that says so, and words for web servers to
// answer 410 (model/gone.h).
#pragma once
#include "plan/publish.h"

struct json *tombstone_facts(struct plan *p); // its tomb, as stage/tombstone.c has it; free it
// As settings_shared has it; -ENODATA: nothing was taken down.
int tombstone_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
// Removes what is left of them in public/ (a colleague's machine took them down, or a run was
// killed), then places the pages, what Apache and `serve` are told beside them, and what nginx
// needs into reports/. The feed in public/ must not name them any more.
int tombstone_place(struct plan *show, struct err *e);
// Before an episode that was taken down comes back.
int tombstone_lift(struct plan *p, struct err *e);
// Where the files of an episode are below public/: "media/<slug>/"; NULL at the end.
enum { TOMBSTONE_FOLDERS = 3 };
void tombstone_folders(struct arena *a, const char *slug, const char *ret[TOMBSTONE_FOLDERS + 1]);
bool tombstone_keeps(const char *below); // it is of the tombstone, and stays
extern const char tombstone_nginx[];     // "reports/nginx-410.conf", below the show
