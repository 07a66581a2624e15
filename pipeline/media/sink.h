// SPDX-License-Identifier: GPL-3.0-or-later
// Encode planar float sound and mux it into one file. No words in the file, no dates: equal input
// gives equal bytes, however many threads. Closing is part of writing: a full disk shows there.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct err;
struct sink_params {
    const char *path;
    const char *codec;     // "libmp3lame", "aac", "libopus", "flac", "pcm_s16le"
    const char *container; // libavformat's name: "mp3", "ipod", "ogg" (opus), "flac", "wav"
    int sample_rate, channels;
    int bits;         // flac: 16 or 24
    int bitrate_kbps; // 0: the codec has none
    // Further codec options "key=value", NULL at the end; unknown ones are errors.
    const char *const *options;
    int threads; // MP3 is encoded in pieces side by side (mp3split.h); 0: all processors
};
struct sink;
int sink_open(const struct sink_params *p, struct sink **ret, struct err *e);
// Any block size.
int sink_write(struct sink *s, const float *const *planes, size_t frames, struct err *e);
// Flush, trailer, sync, close; frees s, also on error.
int sink_finish(struct sink *s, struct err *e);
void sink_abort(struct sink *s); // drops the file; NULL is fine
