// SPDX-License-Identifier: GPL-3.0-or-later
// Deliveries to several targets that run side by side and tell how far they are: heard as one, one
// at a time.
#pragma once
#include <pthread.h>
#include <stddef.h>

#include "base/progress.h"

enum { VOICES_MAX = 8 };

struct voice {
    struct voices *all;
    struct progress progress; // for the job
    const char *name;
    double bytes, done; // to bring; how much of it, 0..1
};
struct voices {
    const struct progress *outer;
    pthread_mutex_t lock;
    struct voice one[VOICES_MAX];
    size_t count;
    double marked_s, marked, rate; // bytes a second, over the last seconds
};
// outer may be NULL.
void voices_begin(struct voices *v, const struct progress *outer);
// name NULL: nothing is said of it. One more than VOICES_MAX is not heard.
void voices_add(struct voices *v, const char *name, double bytes);
const struct progress *voices_of(struct voices *v, size_t i); // once all are there; NULL: nobody
