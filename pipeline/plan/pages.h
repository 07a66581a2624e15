// SPDX-License-Identifier: GPL-3.0-or-later
// Settings of the show's pages: what all of them say, and the year around.
#pragma once
#include "plan/publish.h"

int pages_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
// Keys of SHOW in doc/facts.h that every page says: logo, directories.
void pages_put_show(const struct plan *p, struct json *show);
// EPISODE as lists of episodes say it, and {language: path} of its transcripts.
struct json *pages_entry(struct plan *p);
struct json *pages_texts(struct plan *p);
// The site's files into public/, the front page last; pages that were placed once and are not made
// any more go.
int pages_place(struct plan *p, struct err *e);
