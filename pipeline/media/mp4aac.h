// SPDX-License-Identifier: GPL-3.0-or-later
// The boxes that only a track of AAC has (ISO/IEC 14496-1, -3 and -12).
#pragma once
#include "media/m4a.h"
#include "media/m4abox.h"

int64_t mp4aac_samples(const struct m4a_track *t);                   // of all packets
void mp4aac_put_format(struct boxes *b, const struct m4a_track *t);  // stsd
void mp4aac_put_sizes(struct boxes *b, const struct m4a_track *t);   // stsz
void mp4aac_put_preroll(struct boxes *b, const struct m4a_track *t); // sgpd and sbgp
