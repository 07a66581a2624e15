// SPDX-License-Identifier: GPL-3.0-or-later
// From an endpoint's lines in the job to its way of sending, by its kind; and the slates.
#pragma once
#include "base/redact.h"
#include "live/endpoint.h"
#include "live/slate.h"

struct outlet_made {
    const struct outlet *outlet;
    void *ctx;
    bool wants_picture, needs_picture;
    const char *codec; // of the sound: "aac", "libmp3lame", "libopus"
    int kbps;
    struct json *(*more)(void *ctx);
    void (*title)(void *ctx, const char *title);
};
// o: of the job's endpoints. ERR_INPUT: a kind or format nobody knows.
int outlets_make(const struct json *o, const struct json *job, struct redactor *redactor,
                 struct outlet_made *ret, struct err *e);
int outlets_slates(const struct json *job, int width, int height, int rate_num, int rate_den,
                   int sample_rate, struct slate **ret_slate, struct slate **ret_card,
                   struct err *e);
