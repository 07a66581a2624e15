// SPDX-License-Identifier: GPL-3.0-or-later
// What the stages of words share: settings into facts, inputs that are lists, results that are
// texts.
#pragma once
#include "base/str.h"
#include "doc/facts.h"
#include "stage/stage.h"

int texts_show(struct stage_job *job, struct fact_show *ret, struct err *e); // settings "show"
int texts_episode(struct stage_job *job, struct fact_episode *ret,
                  struct err *e); // settings "episode"
// The input as a list, NULL at the end; one path alone counts as a list, no such input as an empty
// one.
const char **texts_paths(struct stage_job *job, const char *name);
int texts_need(struct stage_job *job, const char *name, const char **ret,
               struct err *e); // one path
// Writes text as `file` into the first variant's folder.
int texts_save(struct stage_job *job, const char *file, const struct str *text, struct err *e);
