// SPDX-License-Identifier: GPL-3.0-or-later
// MP3 in pieces of fixed media time, encoded side by side and joined frame by frame: LAME itself
// uses one processor. Without the bit reservoir every frame stands alone; each piece begins some
// frames early, so that LAME's memory of what came before is right where the piece is joined. The
// result depends on the sound and the settings alone, not on the number of threads. In front stands
// an Info tag of our own (mp3info.h).
#pragma once
#include "media/sink.h"

struct mp3split_params {
    const struct sink_params *sink; // read during open only
    int piece_frames;               // MP3 frames a piece; 0: the default; INT_MAX: one piece
    int early_frames;               // so many frames early; 0: the default
};
struct mp3split;
int mp3split_open(const struct mp3split_params *p, struct mp3split **ret, struct err *e);
int mp3split_write(struct mp3split *m, const float *const *planes, size_t frames, struct err *e);
int mp3split_finish(struct mp3split *m, struct err *e); // frees m, also on error
void mp3split_abort(struct mp3split *m);                // drops the file; NULL is fine
