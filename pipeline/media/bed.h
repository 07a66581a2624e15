// SPDX-License-Identifier: GPL-3.0-or-later
// A reader of sound with music laid under it, itself a reader. The music begins with the programme
// and ends with it: faded in and out, and where its file is shorter repeated with a cross-fade.
#pragma once
#include "media/pump.h"
#include "media/source.h"

struct err;
struct leveller_curve;

struct bed_file {
    const char *path;
    int sample_rate, channels; // to bring it to
    int threads;               // of the decoder
};
struct bed_heard { // the file at that rate and in those channels
    int64_t frames;
    double integrated_lufs, loudest_lufs; // loudest: short-term; where it is shorter: integrated
    struct source_facts facts;
};
// Goes on behind faults, as survey_file does.
int bed_listen(const struct bed_file *f, const struct progress *progress, struct bed_heard *ret,
               struct err *e);

struct bed_params {
    struct bed_file file;
    int64_t file_frames;                // as bed_listen counted them
    const struct leveller_curve *curve; // of the music, from the programme's first sample on
    struct pump_reader programme;
    int64_t length; // of the programme, in samples
    int64_t from;   // the programme is only read from here on
};
struct bed;
int bed_open(const struct bed_params *p, struct bed **ret, struct err *e);
void bed_close(struct bed *b); // NULL is fine
// As pump_reader.read wants it: as many samples as the programme's.
int bed_read(void *bed, float *const *planes, size_t room, struct err *e);
