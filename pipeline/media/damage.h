// SPDX-License-Identifier: GPL-3.0-or-later
// The list of what is wrong with a recording. Verdict: source_damage in media/source.h.
#pragma once
#include "media/source.h"

// Adds one fault. Decode errors that follow the end of the last fault by less than a second join
// it; what finds no place in the list is counted all the same.
void damage_note(struct source_facts *f, const struct source_fault *fault);
