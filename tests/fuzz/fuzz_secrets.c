// SPDX-License-Identifier: GPL-3.0-or-later
// The file of secrets: no refusal shows a value.
#include "fuzz.h"

#include "base/secrets.h"

FUZZ(secrets)
{
    struct arena a = {0};
    struct err e = {0};
    struct secrets s = {0};
    if (secrets_file(&a, fuzz_file(data, size), &s, &e) < 0) {
        fuzz_refusal(&e);
    } else {
        for (size_t i = 0; i < s.count; i++) {
            FUZZ_HOLD(s.names[i][0] && s.values[i] && secrets_get(&s, s.names[i]) == s.values[i]);
            FUZZ_HOLD(!strchr(s.values[i], '\n'));
        }
    }
    arena_done(&a);
    return 0;
}
