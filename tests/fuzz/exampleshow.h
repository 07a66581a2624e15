// SPDX-License-Identifier: GPL-3.0-or-later
// The example show in fuzz_dir(), for targets that read what a show remembers.
#pragma once
#include "plan/session.h"

// Its files, goals and municipalities in a folder `name` of fuzz_dir(); s.dir says which. Made once
// for s, which is zeroed before the first call and stays.
void example_show(struct session *s, const char *name);
