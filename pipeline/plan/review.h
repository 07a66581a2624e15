// SPDX-License-Identifier: GPL-3.0-or-later
// What an episode lacks before it should be public: findings in the words of the rule.
#pragma once
#include "plan/plan.h"

// Adds {"severity": "error"|"warning", "rule", "where", "message"} for each to the array; those of
// the law have more (plan/lawful.h).
void review_episode(struct plan *p, struct json *findings);
// What a published recording needs and the person's consent does not say: "recording", "podcast".
enum { REVIEW_SCOPES = 2 };
size_t review_consent(const struct person *g, const char *ret_missing[REVIEW_SCOPES]);
bool review_has_errors(const struct json *findings);
// The finding, in the array: for keys of its own.
struct json *review_add(struct json *findings, const char *severity, const char *rule,
                        const char *where, const char *message);
// A file of captions as it stands, or as it would be published: shown is the file in messages.
// What cannot be read is a finding, too.
void review_captions(const char *path, const char *shown, bool as_published, struct json *findings);
