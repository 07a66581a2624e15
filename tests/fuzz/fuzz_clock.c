// SPDX-License-Identifier: GPL-3.0-or-later
// Times as people and servers write them.
#include "fuzz.h"

#include "base/clock.h"
#include "model/tick.h"

FUZZ(clock)
{
    char *text = fuzz_text(data, size), shown[CLOCK_TEXT], at[TICK_TEXT];
    int64_t utc_s, again;
    int offset;
    tick t;
    if (clock_parse_iso(text, &utc_s, &offset)) {
        clock_iso(utc_s, shown);
        FUZZ_HOLD(clock_parse_iso(shown, &again, NULL) && again == utc_s);
        clock_rfc2822(utc_s, shown);
        clock_http(utc_s, shown);
    }
    if (tick_parse(text, &t)) {
        FUZZ_HOLD(t >= 0);
        tick_text(t, at);
        tick_text_ms(t, at);
    }
    free(text);
    return 0;
}
