// SPDX-License-Identifier: GPL-3.0-or-later
// Demux and decode the sound of one file: planar float, at the file's own rate and channels, on a
// clock that starts at 0 with the file. Time stamps are believed only as gaps: a jump forward of
// more than 40 ms becomes silence and is noted, an overlap is cut. Length is counted, not believed.
#pragma once
#include "model/tick.h"
#include "sound/meter.h"

struct err;
struct progress;

enum { SOURCE_FAULTS = 32, SOURCE_DAMAGE_TEXT = 512 };

struct source_fault {
    tick at;   // where in the recording; the length: behind the last sound
    tick lost; // how much time it cost, replaced by silence; 0: none that can be told
    tick span; // from at to the end of the last error gathered here
    int count; // decode errors gathered in this fault (runs nearer than 1 s are one fault); 0: a
               // gap or overlap that the time stamps tell of
    char text[160]; // the decoder's or demuxer's word
};
struct source_facts { // complete after the end was read
    char container[32], codec[32];
    int sample_rate, channels;
    char layout[32];
    double weight[METER_MAX_CHANNELS]; // BS.1770 weights by channel
    int bits;                          // of the samples, 0: lossy
    int64_t bit_rate;
    bool has_picture; // a moving picture, not a cover
    int width, height;
    int num_sound_tracks, sound_track; // which one was taken
    tick zero;      // time stamp of the file at which its clock begins; TICK_NONE: no sound came
    tick starts;    // silence put in front because the sound begins later than the file
    tick claimed;   // length the container claims; TICK_NONE
    tick length;    // counted
    int64_t frames; // counted, per channel
    int num_faults;
    struct source_fault faults[SOURCE_FAULTS]; // the first ones
    int64_t decode_errors;
    tick lost;             // by decode errors, those not listed too
    bool truncated;        // the container says there should be more
    bool incomplete;       // the file stops inside its last piece; how much is missing is unknown
    char extension[8];     // what a file of this content is called: the path's own where it fits
    int64_t created_utc_s; // when the recording says it began; INT64_MIN: it does not
    tick clock;            // time code or time of day at its start, within the day; TICK_NONE
};
// True when more is lost than a listener would forgive: decode errors in the middle (more than 3,
// or more than 0.1 s), or an early end. What the first packets and junk behind the last one cause
// is not damage. ret says what is lost and where, without the file's name; empty: nothing to say.
bool source_damage(const struct source_facts *f, char ret[SOURCE_DAMAGE_TEXT]);

struct source_params {
    const char *path;
    int track;            // sound track, counted from 0; -1: the best
    bool tolerate_damage; // false: where source_damage finds some, the end is ERR_INPUT
    int threads;
};
struct source;
// ERR_INPUT with the reason: not a media file, no sound, protected, …
int source_open(const struct source_params *p, struct source **ret, struct err *e);
void source_close(struct source *s);
void source_facts(const struct source *s, struct source_facts *ret);
// planes are valid until the next call. 1: a block; 0: the end.
int source_read(struct source *s, const float *const **ret_planes, size_t *ret_frames,
                struct err *e);
