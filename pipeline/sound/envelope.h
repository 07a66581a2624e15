// SPDX-License-Identifier: GPL-3.0-or-later
// How loud a recording is in four bands of speech, 50 times a second of its own clock: enough to
// recognize the same sound in another recording. 4 bytes each time, 2.2 MB for three hours.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { ENVELOPE_BANDS = 4, ENVELOPE_RATE = 50, ENVELOPE_STEPS_PER_DB = 2 };

struct envelope;
struct envelope *envelope_new(int sample_rate); // 8000..192000 Hz; NULL: out of this range
void envelope_free(struct envelope *v);         // NULL is fine
void envelope_add(struct envelope *v, const float *samples, size_t n); // any block size

int envelope_sample_rate(const struct envelope *v);
int64_t envelope_samples(const struct envelope *v); // added so far
size_t envelope_count(const struct envelope *v);
// Row i is the sound around i / ENVELOPE_RATE seconds; levels in half dB above -100 dB.
typedef uint8_t envelope_row[ENVELOPE_BANDS];
const envelope_row *envelope_rows(const struct envelope *v); // borrowed until the next add
// What moves in one band: its level less the mean of the second around it, in half dB, for `count`
// rows from `from` on; 0 for rows that there are not.
void envelope_motion(const struct envelope *v, int band, ptrdiff_t from, size_t count, float *ret);
