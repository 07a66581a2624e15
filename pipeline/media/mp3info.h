// SPDX-License-Identifier: GPL-3.0-or-later
// The Info tag: a silent first frame of an MP3 that says how long the rest is and how much of it
// the encoder has put in front and behind, so that players give back exactly the sound that went
// in.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct mp3info {
    uint8_t header[4];  // of the stream's first frame
    int64_t frames;     // without the tag's own
    int64_t bytes;      // of those frames
    int delay, padding; // samples in front and behind, as LAME counts them (its decoder delay of
                        // 529 aside)
    uint16_t crc;       // of those frames, mp3info_crc
};
enum { MP3INFO_MAX = 1441 };
// Bytes of an MPEG audio layer III frame; 0: the header is not one.
size_t mp3info_frame_bytes(const uint8_t header[4]);
// Size of the tag's frame for streams of this header; 0: none fits.
size_t mp3info_bytes(const uint8_t header[4]);
// Fills mp3info_bytes() bytes.
void mp3info_build(const struct mp3info *i, uint8_t *ret);
uint16_t mp3info_crc(uint16_t crc, const uint8_t *data, size_t len); // starts with 0
