// SPDX-License-Identifier: GPL-3.0-or-later
// What goes into an episode's package for the archive. Nothing is written here.
#pragma once
#include "plan/plan.h"

struct export_params {
    bool without_master; // a lossless master that is not there is no error
};
// For stage/export.c. Free files.
struct export_list {
    struct json *files; // [{"name" below data/, "path" or "text", "sha256" where known, "bytes"}]
    int64_t bytes;      // of all of them
    const char *info;   // lines of bag-info.txt, in the plan's arena
    const char *name;   // of the package: "2026-02-trivsel-2026-02-12", with the day it is made
};
// publish_look has been called. ERR_INPUT names the original, the master or the public file that is
// missing, and how it comes back. What was never made is told as a warning.
int export_list_make(struct plan *p, const struct export_params *how, struct export_list *ret,
                     struct err *e);

// exportinfo.c: bag-info.txt, and export.json with what each stage was made with; in the arena.
// was: as it is public.
const char *export_info(struct plan *p, const struct published *was);
const char *export_record(struct plan *p, const struct json *files);
