// SPDX-License-Identifier: GPL-3.0-or-later
// From an endpoint's lines in the job to its way of sending, by its kind.
#pragma once
#include "base/arena.h"
#include "base/redact.h"
#include "live/endpoint.h"

struct outlet_made {
    const struct outlet *outlet;
    void *ctx;
    bool wants_picture, needs_picture;
    const char *codec; // of the sound: "aac", "libmp3lame", "libopus"
    int kbps;
    struct json *(*more)(void *ctx);
    void (*title)(void *ctx, const char *title);
};
// o: of the job's endpoints; job and arena outlive the result. ERR_INPUT: a kind or format nobody
// knows.
int outlets_make(struct arena *a, const struct json *o, const struct json *job,
                 struct redactor *redactor, struct outlet_made *ret, struct err *e);
// The file in which a broadcast at Facebook is remembered, beside the job's state file.
const char *outlets_facebook_file(struct arena *a, const struct json *o, const struct json *job);
