// SPDX-License-Identifier: GPL-3.0-or-later
// Sound packets from one container into a fresh one, nothing else: no words, dates or pictures.
#pragma once
#include "media/tagfile.h"
#include <stdint.h>

struct err;

// An M4A that sink.h wrote, anew: its index in front, the chapters twice: as a QuickTime text track
// and as Nero's list (which holds the first 255). language: ISO 639-2, NULL: none.
int remux_m4a(const char *from, const char *to, const struct tag_chapter *chapters,
              size_t num_chapters, const char *language, struct err *e);

struct packet_sum {
    int64_t count, bytes;
    uint8_t md5[16];
};
// Over the data of the first sound track's packets: equal sums, equal sound.
int remux_sum(const char *path, struct packet_sum *ret, struct err *e);
