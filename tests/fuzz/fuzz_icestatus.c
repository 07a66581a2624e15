// SPDX-License-Identifier: GPL-3.0-or-later
// Icecast's status-json.xsl.
#include "fuzz.h"

#include "net/icestatus.h"

FUZZ(icestatus)
{
    struct err e = {0};
    struct icestatus s;
    char *text = fuzz_text(data, size);
    if (icestatus_parse(text, size, "/dgl.mp3", &s, &e) < 0) {
        fuzz_refusal(&e);
    } else {
        FUZZ_HOLD(s.listeners >= -1 && s.mounts >= (s.up ? 1 : 0));
        FUZZ_HOLD(memchr(s.title, '\0', sizeof s.title));
        FUZZ_HOLD(str_is_utf8(s.title, strlen(s.title), NULL));
    }
    free(text);
    return 0;
}
