// SPDX-License-Identifier: GPL-3.0-or-later

#include "answer.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/str.h"

void answer_line(struct json *line)
{
    struct str s;
    str_init(&s, STR_MAX);
    json_write(&s, line, false);
    str_addc(&s, '\n');
    fwrite(s.p, 1, s.len, stdout);
    fflush(stdout);
    str_done(&s);
    json_free(line);
}

void answer_error(const struct err *e)
{
    struct json *line = json_new_object(), *error = json_new_object();
    json_put_int(error, "kind", e->kind);
    json_put_int(error, "code", e->code);
    json_put_text(error, "text", e->text);
    json_put(line, "error", error);
    answer_line(line);
}

static void tell_update(void *ctx, const char *what, double done, double media_s)
{
    struct answer_teller *t = ctx;
    double now = clock_monotonic();
    bool same = str_same(t->what, what ? what : "");
    if (same && now - t->last_s < 0.1)
        return;
    t->last_s = now;
    snprintf(t->what, sizeof t->what, "%s", what ? what : "");
    struct json *line = json_new_object();
    json_put_real(line, "progress", done);
    json_put_text(line, "what", what);
    json_put_real(line, "media_s", media_s);
    if (t->frames >= 0)
        json_put_int(line, "frames", t->frames);
    t->frames = -1;
    answer_line(line);
}

static void tell_frames(void *ctx, int64_t n)
{
    struct answer_teller *t = ctx;
    t->frames = n;
}

static void tell_warning(void *ctx, const char *text)
{
    (void)ctx;
    struct json *line = json_new_object();
    json_put_text(line, "warning", text);
    answer_line(line);
}

struct progress answer_progress(struct answer_teller *t, const atomic_bool *stop)
{
    *t = (struct answer_teller){.frames = -1};
    return (struct progress){stop, tell_update, tell_warning, t, tell_frames};
}
