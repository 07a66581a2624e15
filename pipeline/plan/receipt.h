// SPDX-License-Identifier: GPL-3.0-or-later
// What is known to lie at a target: .dgl/delivered/NAME.json, and while a delivery runs a journal
// beside it (net/delivering.h), so that a kill at any instant loses nothing of what has arrived.
#pragma once
#include "model/delivery.h"
#include "plan/session.h"

struct receipt {
    char *path, *journal;
    const char *head; // the journal's first line
    // {path: {"sha256", "bytes"} or {"maybe": true}: it was being sent; "parts": [sha256] of what
    // of it broke off}
    struct json *files;
};
// A receipt of another address, or one that cannot be read, is none: everything is looked at again.
void receipt_open(struct session *s, const struct delivery_target *t, struct receipt *ret);
// SHA-256 of what lies there; NULL: not known.
const char *receipt_of(const struct receipt *r, const char *path);
// Something of ours lies there, or its sending broke off.
bool receipt_may_have(const struct receipt *r, const char *path);
// Into a file of a job, or a removal: the "parts" of net/delivering.h, where there are any.
void receipt_add_parts(const struct receipt *r, const char *path, struct json *to);
// Writes what is known so far, and an empty journal.
int receipt_begin(struct receipt *r, const struct delivery_target *t, struct err *e);
// Takes in what the journal says, and writes.
int receipt_close(struct receipt *r, const struct delivery_target *t, struct err *e);
void receipt_done(struct receipt *r);
