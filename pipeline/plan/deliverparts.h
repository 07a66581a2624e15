// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of deliver.h have in common.
#pragma once
#include "plan/deliver.h"

enum { DELIVER_FEED_MAX = 64 << 20 };

// What of the parcel is to be sent: all of which the receipt does not say that it is there.
void deliver_list_sent(struct deliver *d, struct delivery_job *j);
// The head of what net/delivering.h is told; free it.
struct json *deliver_job(const struct deliver *d, const struct delivery_job *j, const char *what);
struct worker *deliver_worker(void); // the program that speaks with servers; free it
