// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/reined.h"

#include "base/arena.h"

#include <stdlib.h>

struct reined {
    struct pump_reader from;
    struct leveller *leveller;
};

struct reined *reined_new(const struct leveller_curve *c, int sample_rate, int channels,
                          struct pump_reader from)
{
    struct reined *r = mem_alloc(sizeof *r);
    r->from = from;
    r->leveller = leveller_new(c, sample_rate, channels);
    return r;
}

void reined_free(struct reined *r)
{
    if (!r)
        return;
    leveller_free(r->leveller);
    free(r);
}

int reined_read(void *reined, float *const *planes, size_t room, struct err *e)
{
    struct reined *r = reined;
    int n = r->from.read(r->from.ctx, planes, room, e);
    if (n > 0)
        leveller_run(r->leveller, planes, (size_t)n);
    return n;
}
