// SPDX-License-Identifier: GPL-3.0-or-later
// How much this line can send: days before a broadcast, to who takes uploads for that.
#pragma once
#include "net/graph.h"

// A broadcast may take this much of what was measured: Facebook's rule for encoders.
#define UPLOAD_SHARE 0.8

// Facebook's own test, as it is: random bytes to the addresses it names, until it has an estimate.
int upload_facebook(const struct graph_api *api, double *ret_bits_per_s, struct err *e);
// Random bytes by POST to any address that takes them, for about 5 s or 32 MB.
int upload_to(const char *url, const char *ca_file, double *ret_bits_per_s, struct err *e);
