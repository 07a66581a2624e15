// SPDX-License-Identifier: GPL-3.0-or-later
// An M4A with one AAC track (ISO/IEC 14496-12 and -14), written without libavformat, whose muxer
// keeps eighty bytes of memory a packet: here they are two. An edit list takes out what the encoder
// has put in front and behind. No dates, no names: equal input, equal bytes.
#pragma once
#include "media/tagfile.h"
#include <stddef.h>
#include <stdint.h>

struct err;

enum { M4A_CONFIG_MAX = 64, M4A_PACKET_MAX = UINT16_MAX };
struct m4a_track {
    int sample_rate, channels;
    int frame_size;                 // samples a packet
    int priming;                    // samples at the start that are not yet the sound
    uint8_t config[M4A_CONFIG_MAX]; // AudioSpecificConfig
    size_t config_size;
    // what is known once all packets are
    const uint16_t *sizes; // bytes of each packet
    size_t num_packets;
    int64_t samples; // of sound, priming and padding aside
};
struct m4a_words {
    const struct tag_chapter *chapters; // sorted by start; those from the end on are left out
    size_t num_chapters;
    const char *language; // ISO 639-2, NULL: none
};

struct m4a;
// The index goes behind the sound, because it is known only then.
int m4a_open(const char *path, const struct m4a_track *track, struct m4a **ret, struct err *e);
// The index goes in front, so that players start at once: the track is whole, and its sizes live as
// long as the file is written. Chapters stand in a QuickTime text track, and the first 255 in
// Nero's list.
int m4a_open_whole(const char *path, const struct m4a_track *track, const struct m4a_words *words,
                   struct m4a **ret, struct err *e);
int m4a_packet(struct m4a *m, const void *data, size_t size, struct err *e);
// samples: as in the track. Sync, close; frees m, also on error, and then there is no file.
int m4a_finish(struct m4a *m, int64_t samples, struct err *e);
void m4a_abort(struct m4a *m); // drops the file; NULL is fine
