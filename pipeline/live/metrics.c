// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/metrics.h"

#include "base/arena.h"
#include "base/str.h"
#include "live/measures.h"
#include "live/statuspage.h"
#include "net/httpserve.h"

#include <stdlib.h>
#include <string.h>

enum { CONNECTIONS = 20, OK = 200, NOT_FOUND = 404 };

struct metrics {
    struct metrics_params p;
    struct httpserve *server;
};

static void write_measures(struct str *out, const struct json *state, const struct metrics *m)
{
    (void)m;
    measures_write(out, state);
}

static void write_page(struct str *out, const struct json *state, const struct metrics *m)
{
    statuspage_write(out, state, m->p.target_lufs);
}

static const struct place {
    const char *path, *type, *policy;
    void (*write)(struct str *out, const struct json *state, const struct metrics *m);
} places[] = {
    {"/", "text/html; charset=utf-8", STATUSPAGE_POLICY, write_page},
    {"/metrics", "text/plain; version=0.0.4; charset=utf-8", NULL, write_measures},
};

static bool answer(void *ctx, const struct httpserve_request *q)
{
    struct metrics *m = ctx;
    const struct place *at = NULL;
    for (size_t i = 0; i < COUNT(places); i++)
        if (str_same(places[i].path, q->target))
            at = &places[i];
    if (!at)
        return httpserve_line(q, NOT_FOUND, "there are / and /metrics\n",
                              (struct httpserve_header){"Cache-Control", "no-store"});
    const struct httpserve_header headers[] = {
        {"Content-Type", at->type},
        {"Content-Security-Policy", at->policy},
        {"Cache-Control", "no-store"},
        {NULL, NULL},
    };
    struct json *state = m->p.state(m->p.ctx);
    struct str out;
    str_init(&out, STR_MAX);
    at->write(&out, state, m);
    bool sent = httpserve_bytes(q, OK, out.p, out.len, headers);
    str_done(&out);
    json_free(state);
    return sent;
}

int metrics_start(const struct metrics_params *p, struct metrics **ret, struct err *e)
{
    struct metrics *m = mem_alloc(sizeof *m);
    m->p = *p;
    int r = httpserve_start(
        &(struct httpserve_params){
            .port = p->port, .threads = 1, .connections = CONNECTIONS, .answer = answer, .ctx = m},
        &m->server, e);
    if (r < 0) {
        free(m);
        return err_wrap(e, "measurements");
    }
    *ret = m;
    return 0;
}

int metrics_port(const struct metrics *m)
{
    return httpserve_port(m->server);
}

void metrics_stop(struct metrics *m)
{
    if (!m)
        return;
    httpserve_stop(m->server);
    free(m);
}
