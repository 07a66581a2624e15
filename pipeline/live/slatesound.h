// SPDX-License-Identifier: GPL-3.0-or-later
// What is heard while the source is away: silence, or quiet music from a file that is played again
// and again, at SLATE_LUFS. It comes and goes within 50 ms. One thread at a time.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define SLATE_LUFS (-30.0)

struct slatesound;
// path NULL or "": silence. The file is read once for its loudness: open it before the show.
// ERR_INPUT: no sound can be read from it.
int slatesound_open(const char *path, int sample_rate, int channels, struct slatesound **ret,
                    struct err *e);
void slatesound_close(struct slatesound *s); // NULL is fine
// The next samples. on: the slate is out; the music rises to its level, and falls to silence when
// it is off, after which it stands where it is. Planes are filled in any case: where the file can
// no longer be read (the result, once), with silence from then on.
int slatesound_read(struct slatesound *s, bool on, float *const *planes, size_t frames,
                    struct err *e);
