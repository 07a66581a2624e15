// SPDX-License-Identifier: GPL-3.0-or-later
// A reader of sound with an intro in front and an outro behind, itself a reader. Each overlaps the
// programme: the jingle fades over all of the overlap, the programme itself only within its first
// and last quarter of a second, so that no word is faded.
#pragma once
#include "media/pump.h"
#include "model/tick.h"

struct err;

struct bumper_file {
    const char *path; // NULL: none
    tick length, overlap;
    double gain_db;
};
struct bumper_params {
    struct bumper_file intro, outro;
    struct pump_reader programme;
    tick length; // of the programme
    int sample_rate, channels;
    int threads; // of the decoders
};
struct bumper;
int bumper_open(const struct bumper_params *p, struct bumper **ret, struct err *e);
void bumper_close(struct bumper *b); // NULL is fine
// Samples a channel in all: those of the published ticks, whatever the files hold.
int64_t bumper_frames(const struct bumper *b);
// As pump_reader.read wants it.
int bumper_read(void *bumper, float *const *planes, size_t room, struct err *e);
