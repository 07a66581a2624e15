// SPDX-License-Identifier: GPL-3.0-or-later
// Loudness and true peak as they are now, of a sound that may go on for days: memory does not grow.
// The result does not depend on how the samples are cut into calls.
#pragma once
#include <stddef.h>

enum { LIVEMETER_CHANNELS = 2, LIVEMETER_HOP_MS = 100 };

struct livemeter_readings { // as of the last whole hop; -HUGE_VAL: nothing to measure
    double momentary_lufs;  // of the last 400 ms
    double short_term_lufs; // of the last 3 s
    double integrated_lufs; // of everything
    double true_peak_dbtp;  // of everything
};
struct livemeter;
// 8000..192000 Hz, one or two channels; NULL: out of range.
struct livemeter *livemeter_new(int sample_rate, int channels);
void livemeter_free(struct livemeter *m); // NULL is fine
void livemeter_add(struct livemeter *m, const float *const *planes, size_t frames);
size_t livemeter_hops(const struct livemeter *m);   // whole ones so far
double livemeter_energy(const struct livemeter *m); // of the last hop; see sound/loudness.h
void livemeter_readings(const struct livemeter *m, struct livemeter_readings *ret);
