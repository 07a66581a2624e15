// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a camera's picture may be copied bit for bit, because it is what the preset asks for.
#pragma once
#include "base/json.h"
#include "media/reelfacts.h"
#include "model/timeline.h"

struct copy_wanted {
    int width, height, rate_num, rate_den;
    int level;    // 42: 4.2
    int max_kbps; // 0: any
    tick group;   // the preset's, from one key frame to the next
    bool drawn;   // graphics or cards
    bool balance; // shots are brought together
};
struct copy_source {
    const struct reel_facts *facts;
    size_t num_files;
    double drift_ppm;
    const struct timeline *timeline;
};
// Each reason against it: [{"rule", "is" and "wanted" where the rule has such, "text": in
// English}]; empty: copy it.
struct json *copy_reasons(const struct copy_wanted *w, const struct copy_source *s);
const char *copy_rule(size_t i); // each rule's name; behind the last one NULL
