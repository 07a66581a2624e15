// SPDX-License-Identifier: GPL-3.0-or-later
// Captions by the speech-to-text program that show.yaml names, for an episode that has none: the
// finished sound goes in, WebVTT comes out. The program runs here, not in the worker, which may
// start none.
#pragma once
#include "plan/plan.h"

// Makes the sound for it and runs it; `dir` then holds what it wrote and nothing else. job, *ret:
// as worker_run has them.
int transcribe_run(struct plan *p, const struct json *job, const char *dir,
                   const struct progress *progress, struct json **ret, struct err *e);
// What the step made becomes the episode's captions, made: automatic: a file in its folder, on the
// recording's clock so that it follows later cuts, and a line in episode.yaml. A warning says until
// when a person must have read it.
int transcribe_take(struct plan *p, const struct step *step, struct err *e);
