// SPDX-License-Identifier: GPL-3.0-or-later
// The boxes of a fragmented MP4 with one track (ISO/IEC 14496-12, within CMAF, ISO/IEC 23000-19):
// an init segment, and fragments behind it. No dates: equal input, equal bytes.
#pragma once
#include "media/m4a.h"
#include "media/m4abox.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hls_screen {       // a picture's format; H.264
    int width, height;    // coded
    int sar_num, sar_den; // of a pixel; 0: square
    int32_t matrix[9];    // how the picture is turned, as in tkhd
    int color[3];         // primaries, transfer, matrix of ISO/IEC 23091-2; 2: not told
    bool full_range;
    const uint8_t *avcc; // AVCDecoderConfigurationRecord
    size_t avcc_size;
};
// start: decoding and presentation begin at 0 and there, in units of timescale; an edit list takes
// the difference out, so that the first picture is shown at 0. Sound begins with its priming, and
// that is what its edit list takes out. Composition offsets below 0 would do for pictures without
// an edit list, but libavformat plays them late.
void hlsbox_put_picture_init(struct boxes *b, const struct hls_screen *s, uint32_t timescale,
                             uint32_t start);
void hlsbox_put_sound_init(struct boxes *b, const struct m4a_track *t);

struct hls_sample {
    uint32_t size, duration;
    int32_t shift; // from decoding to presentation
};
struct hls_fragment {
    uint32_t number; // from 1, over all segments of the track
    int64_t time;    // decoding time of the first sample
    bool sync;       // decoding may begin at any of them; else at none
    const struct hls_sample *samples;
    size_t count;
};
void hlsbox_put_segment_type(struct boxes *b);
// All but the samples' bytes, which follow. It is written straight on, without going back.
void hlsbox_put_fragment(struct boxes *b, const struct hls_fragment *f);
