// SPDX-License-Identifier: GPL-3.0-or-later
// The outlet to Facebook through the Graph API: makes the live video with its first connection,
// sends to the address Facebook names, watches what arrives there, and ends the video with the
// broadcast. A connection that fails goes back to the same video.
#pragma once
#include "base/redact.h"
#include "live/endpoint.h"
#include "live/facebook.h"

// p and all it points to must outlive the result; api.stopped is set here. resume: a video that an
// earlier run left open is taken again.
void *to_facebook_new(const struct facebook_params *p, bool resume, const char *rtmp_ca_file);
extern const struct outlet to_facebook;
// facebook_json, but what it calls "why" is a "warning" where there is none. Any thread.
struct json *to_facebook_json(void *ctx);
// The video's title from now on; returns at once, and asks until Facebook has taken or refused it.
// Any thread.
void to_facebook_title(void *ctx, const char *title);
