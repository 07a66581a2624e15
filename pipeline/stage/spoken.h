// SPDX-License-Identifier: GPL-3.0-or-later
// When somebody is really heard: turns tile a recording, pauses and other people's turns included.
#pragma once
#include "base/json.h"
#include "sound/blocks.h"

// The turns of levelling.json in the same form, without what is silent for two seconds or more.
// one: the whole track is one person, voice 1; the voice a turn was taken for is in "was".
struct json *spoken_turns(const struct blocks *b, const struct json *turns, bool one);
