// SPDX-License-Identifier: GPL-3.0-or-later
// What the catalogue knew of each episode when it was last looked through, in .dgl/catalog and, of
// what only pages need, in .dgl/catalog.more: with thousands of episodes reading all of them again
// takes a hundred times as long as the feed. An entry counts only while everything it was made of
// is the same file with the same size and time (as hashes.h does): the episode's folder and files,
// what it names elsewhere, its transcripts, its folders in public/, and of its item the folder
// alone, as who reads it compares its hash; and while show, calendar, presets and program are.
// Whatever moves by itself is not remembered: broadcasts, waivers that run out, what is to be
// published later, files whose time will be over.
#pragma once
#include "plan/publish.h"

struct remembered;
struct remembered *remembered_open(struct session *s); // what cannot be read is forgotten
// While the folder's episode.yaml, and all else of it, is as it was; else NULL.
const char *remembered_guid(struct remembered *m, const char *folder);
// False: read it. The texts live as long as the memory does.
bool remembered_get(struct remembered *m, const char *folder, struct catalog_entry *ret);
// What was found the same is looked at again: call it when an episode may have changed since. NULL
// is fine.
void remembered_look_again(struct remembered *m);
// {"entry", "texts", "kit"} of an entry that remembered_get gave, to free. ERR_FAILED: they cannot
// be read; the next run reads the episodes again.
int remembered_more(struct remembered *m, const struct catalog_entry *c, struct json **ret,
                    struct err *e);
// After the episode's words were made and placed.
void remembered_put(struct remembered *m, struct plan *p, const struct catalog_entry *c);
// keep: writes what was learnt; a failure only costs time later.
void remembered_close(struct remembered *m, bool keep);
