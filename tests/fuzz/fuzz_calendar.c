// SPDX-License-Identifier: GPL-3.0-or-later
// calendar.yaml.
#include "fuzz.h"

#include "model/calendar.h"

FUZZ(calendar)
{
    struct arena a = {0};
    struct err e = {0};
    struct calendar c;
    if (calendar_load(&a, fuzz_file(data, size), "calendar.yaml", &c, &e) < 0) {
        fuzz_refusal(&e);
    } else {
        for (size_t i = 0; i < c.num_months; i++) {
            const struct calendar_month *m = &c.months[i], *b = m - 1;
            FUZZ_HOLD(m->month >= 1 && m->month <= 12);
            FUZZ_HOLD(i == 0 || b->year < m->year || (b->year == m->year && b->month < m->month));
            FUZZ_HOLD(calendar_at(&c, m->year, m->month));
            FUZZ_HOLD((calendar_goals(m) & ~(SDG(SDG_LAST + 1) - 2)) == 0);
        }
    }
    arena_done(&a);
    return 0;
}
