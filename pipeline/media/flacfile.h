// SPDX-License-Identifier: GPL-3.0-or-later
// One FLAC file, written by libFLAC: it takes half the time of libavcodec's encoder, because it
// need not hash the sound. The file says that its MD5 is unknown, which the format allows; the
// store keeps a SHA-256 of the whole file.
#pragma once
#include <stddef.h>

struct err;
struct sink_params;

struct flacfile;
int flacfile_open(const struct sink_params *p, struct flacfile **ret, struct err *e);
int flacfile_write(struct flacfile *f, const float *const *planes, size_t frames, struct err *e);
// Trailer, sync, close; frees f, also on error, and then the file is gone.
int flacfile_finish(struct flacfile *f, struct err *e);
void flacfile_abort(struct flacfile *f); // drops the file; NULL is fine
