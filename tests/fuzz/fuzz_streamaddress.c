// SPDX-License-Identifier: GPL-3.0-or-later
// Where a stream is sent: the part that may be shown does not hold the key, nor does the error.
#include "fuzz.h"

#include "net/streamaddress.h"
#include "net/wire.h"

FUZZ(streamaddress)
{
    struct arena a = {0};
    struct err e = {0};
    struct stream_address s;
    struct wire_params w = {0};
    char *url = fuzz_text(data, size);
    for (int plain = 0; plain < 2; plain++) {
        if (stream_address_split(&a, url, plain, &s, &e) < 0) {
            FUZZ_HOLD(e.text[0]);
            FUZZ_HOLD(strlen(url) < 12 || !strstr(e.text, url));
        } else {
            FUZZ_HOLD(s.key[0] && str_starts(url, s.server));
            FUZZ_HOLD(strlen(s.server) + strlen(s.key) <= strlen(url));
        }
    }
    if (wire_address(&a, url, &w))
        FUZZ_HOLD(w.host[0] && w.port > 0 && w.port <= 65535);
    free(url);
    arena_done(&a);
    return 0;
}
