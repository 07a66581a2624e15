// SPDX-License-Identifier: GPL-3.0-or-later
// Settings of what is written of the words that are said: captions, and the speech-to-text program
// that makes them where nobody did.
#pragma once
#include "plan/plan.h"

int captions_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
// -ENODATA: the episode has captions, or the show names no program.
int transcribe_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
// "captions" of a report: what the stage measured. -EAGAIN: it must run first.
int captions_put_facts(struct plan *p, struct json *into);
