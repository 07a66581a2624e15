// SPDX-License-Identifier: GPL-3.0-or-later
// What a publication is held to, rule by rule, and what is let off with a reason: waivers: in
// episode.yaml.
#pragma once
#include "model/yaml.h"

// The order in which they are listed.
enum law_rule {
    LAW_CAPTIONS,
    LAW_CORRECTED,
    LAW_DESCRIBED,
    LAW_CONSENT,
    LAW_LICENSE,
    LAW_THEME,
    LAW_GOALS,
    LAW_HOST,
    LAW_RULES,
};
struct law {
    const char *id;     // as waivers name it
    const char *source; // where it is written, as a finding names it
    bool can_waive;     // other people's rights cannot be waived
};
extern const struct law laws[LAW_RULES];

struct waiver {
    const char *rule, *reason, *by;
    const char *until; // last day on which it holds; NULL: no such day
    enum law_rule law;
    const struct node *node;
};
extern const struct key_table waiver_table;
// n NULL: none. A rule that is not known or cannot be waived is refused.
int waivers_read(struct arena *a, const struct node *n, struct waiver **ret, size_t *ret_n,
                 struct err *e);
// Whether it still holds at that time.
bool waiver_holds(const struct waiver *w, int64_t now_utc_s);
