// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/progress.h"

#include <errno.h>
#include <stdio.h>

#include "base/err.h"

void progress_update(const struct progress *p, const char *what, double done, double media_s)
{
    if (p && p->update)
        p->update(p->ctx, what, done < 0 ? 0 : done > 1 ? 1 : done, media_s);
}

void progress_frames(const struct progress *p, int64_t n)
{
    if (p && p->frames)
        p->frames(p->ctx, n);
}

void progress_warn(const struct progress *p, const char *fmt, ...)
{
    if (!p || !p->warn)
        return;
    char text[2048];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    p->warn(p->ctx, text);
}

bool progress_stopped(const struct progress *p)
{
    return p && p->stop && atomic_load_explicit(p->stop, memory_order_relaxed);
}

int progress_check(const struct progress *p, struct err *e)
{
    if (!progress_stopped(p))
        return 0;
    err_set(e, -ECANCELED, "interrupted");
    if (e)
        e->kind = ERR_INTERRUPTED;
    return -ECANCELED;
}
