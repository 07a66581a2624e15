// SPDX-License-Identifier: GPL-3.0-or-later
// H.264 from a stream with start codes (ITU-T H.264 annex B: transport streams) as an MP4 holds it
// (ISO/IEC 14496-15): each unit behind its length, parameter sets in a box of their own.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool avc_has_start_codes(const uint8_t *data, size_t size);
// Room for what avc_lengths and avc_config make of `size` bytes.
size_t avc_room(size_t size);
// Every unit behind four bytes of length. Bytes written.
size_t avc_lengths(const uint8_t *data, size_t size, uint8_t *ret);
struct avc_depth { // of the picture; stated for the high profiles
    int chroma;    // 0: grey, 1: 4:2:0, 2: 4:2:2, 3: 4:4:4
    int bits;
};
// The content of avcC from parameter sets with start codes. 0: there are none.
size_t avc_config(const uint8_t *data, size_t size, struct avc_depth depth, uint8_t *ret);
// It names parameter sets of both kinds.
bool avc_config_whole(const uint8_t *config, size_t size);
