// SPDX-License-Identifier: GPL-3.0-or-later
// The AAC packets of an M4A as m4a.h writes it, whoever has put words into it since. libavformat's
// demuxer keeps forty-eight bytes of memory a packet, this one two, and no more than it needs.
#pragma once
#include "media/m4a.h"

struct m4aread;
int m4aread_open(const char *path, struct m4aread **ret, struct err *e);
void m4aread_close(struct m4aread *m);                          // NULL is fine
const struct m4a_track *m4aread_track(const struct m4aread *m); // whole; lives as long as m
// 1: the next packet, until the next call; 0: the end.
int m4aread_packet(struct m4aread *m, const uint8_t **ret, size_t *ret_size, struct err *e);
