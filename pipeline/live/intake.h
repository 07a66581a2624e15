// SPDX-License-Identifier: GPL-3.0-or-later
// One source of the broadcast: a thread that opens it, decodes it into a short store, and opens it
// again for as long as the broadcast lasts. Whoever broadcasts takes sound by the sample, and the
// picture that belongs to it; it never waits for the source.
#pragma once
#include "media/inlet.h"

enum intake_state {
    INTAKE_OPENING, // or waiting for somebody to push
    INTAKE_LIVE,
    INTAKE_LOST,  // to be tried again
    INTAKE_ENDED, // a file or standard input came to its end, or what no retry mends
};
extern const char *const intake_states[]; // "opening", "live", "lost", "ended"

struct recorder;
struct intake_params {
    const char *name;
    struct inlet_params inlet; // stop is set by intake_start
    int threads;
    struct recorder *recorder; // gets the packets as they come; NULL: nobody does
    void (*changed)(void *ctx, const char *name, enum intake_state state, const char *text);
    void *changed_ctx; // called from the intake's thread
};
struct intake;
int intake_start(const struct intake_params *p, struct intake **ret, struct err *e);
void intake_free(struct intake *in); // stops it; NULL is fine

enum intake_state intake_state(struct intake *in);
// As much is there that a broadcast of it can begin without a gap.
bool intake_is_ready(struct intake *in);
// Begins with the newest: what was kept while another source was on air is dropped.
void intake_join(struct intake *in);
// The next n samples, and the picture that is new with them (the caller's to free; NULL: the last
// one stays). False: so much is not there, and nothing was taken.
bool intake_take(struct intake *in, float *const out[2], size_t n, AVFrame **ret_picture);
// What is left at the end of a file: the last samples and silence behind them. False: nothing.
bool intake_take_rest(struct intake *in, float *const out[2], size_t n, AVFrame **ret_picture);
double intake_buffered_s(struct intake *in);
bool intake_has_picture(struct intake *in);
enum { INTAKE_TEXT = 512 };
void intake_describe(struct intake *in, char ret[INTAKE_TEXT]); // its format, or what is wrong
