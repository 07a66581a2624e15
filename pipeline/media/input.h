// SPDX-License-Identifier: GPL-3.0-or-later
// One media file, opened, with its best sound track and a decoder for it: the first half of
// media/source.
#pragma once
#include "media/av.h"
#include "media/claim.h"
#include "media/source.h"

enum { INPUT_MAX_PIXELS = 8192 * 4608 }; // of a picture; 8K has 7680 x 4320

struct input {
    char *path;
    AVIOContext *io;
    AVFormatContext *format;
    AVCodecContext *codec;
    AVStream *stream;     // borrowed from format
    struct libav_log log; // last word of both
    bool log_ready;
    bool splits;        // packets may hold several frames: input_first_frame
    bool no_pauses;     // a gap in its time stamps is a loss
    bool raw;           // the format is nothing but packets one after the other (MP3, ADTS)
    bool fragmented;    // an MP4 in pieces
    bool open_ended;    // it claims only what its pieces add up to: the same, or an Ogg
    int64_t size;       // bytes
    tick picture_start; // time stamp of the first picture; TICK_NONE
    struct claim claim;
    bool claims_track; // source_facts.claimed is of this track, not of the whole file
    bool ended_early;  // the demuxer met the end where it did not expect it
    tick last_seen;    // latest time stamp of any track
};
// The first part of input_open, for whoever wants another track: path, io, format and log of ret.
// On error input_close is still due.
int input_open_file(const char *path, struct input *ret, struct err *e);
bool input_is_picture(const AVStream *st); // a moving one, no cover
// Fills ret and what facts can hold before anything is decoded. On error input_close is still due.
int input_open(const struct source_params *p, struct input *ret, struct source_facts *facts,
               struct err *e);
void input_close(struct input *in); // zeroed is fine
void input_saw(struct input *in,
               const AVPacket *packet);       // each packet, before it is dropped or decoded
bool input_index_cut(const struct input *in); // the index names bytes behind the end of the file
int input_first_frame(const struct input *in, const AVPacket *packet); // its bytes
