// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/graph.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "net/http.h"

#define DIGITS "0123456789"

enum { APP_USAGE, PAGE_USAGE, BUSINESS_USAGE, ID_MAX = 32 };
static const char *const usage_headers[] = {
    [APP_USAGE] = "X-App-Usage",
    [PAGE_USAGE] = "X-Page-Usage",
    [BUSINESS_USAGE] = "X-Business-Use-Case-Usage",
};

bool graph_id_is(const char *text)
{
    size_t n = text ? strspn(text, DIGITS) : 0;
    return n > 0 && n <= ID_MAX && !text[n];
}

static bool version_is(const char *v)
{
    size_t major = *v == 'v' ? strspn(v + 1, DIGITS) : 0;
    if (major == 0 || v[1 + major] != '.')
        return false;
    size_t minor = strspn(v + 2 + major, DIGITS);
    return minor > 0 && !v[2 + major + minor];
}

static void usage_of(const struct json *o, struct graph_answer *a)
{
    static const char *const parts[] = {"call_count", "total_cputime", "total_time"};
    for (size_t i = 0; i < COUNT(parts); i++)
        a->usage_percent = fmax(a->usage_percent, json_number(o, parts[i], 0));
    a->regain_s = fmax(a->regain_s, 60 * json_number(o, "estimated_time_to_regain_access", 0));
}

// {"call_count":…}, or {"<id>":[{"call_count":…}, …], …}
static void usage_read(const char *header, bool nested, struct graph_answer *a)
{
    struct json *j = NULL;
    if (!header || !*header || json_parse(header, strlen(header), "usage", &j, NULL) < 0)
        return;
    if (!nested)
        usage_of(j, a);
    for (size_t i = 0; nested && i < json_count(j); i++) {
        const char *key = json_key_at(j, i);
        const struct json *uses = key ? json_get(j, key) : NULL;
        for (size_t k = 0; k < json_count(uses); k++)
            usage_of(json_at(uses, k), a);
    }
    json_free(j);
}

// What is said is redacted, and so is what http or Facebook put into it.
static int fail(const struct graph_api *g, struct graph_answer *a, int code, const char *text,
                struct err *e)
{
    struct str s;
    str_init(&s, sizeof(e->text) - 1);
    str_addf(&s, "facebook: %s", text);
    redact(g->redactor, &s);
    err_set(e, code, "%s", s.p);
    if (e)
        e->kind = a->kind == GRAPH_STOP || a->kind == GRAPH_GONE ? ERR_INPUT : ERR_REMOTE;
    str_done(&s);
    return code;
}

// The answer came over the wire: is it the object that was asked for?
static int judge(const struct graph_api *g, const struct http_response *http,
                 struct graph_answer *a, struct err *e)
{
    struct graph_error x = {0};
    // jansson's words quote the answer, which may hold a stream key
    if (json_parse(http->body.p ? http->body.p : "", http->body.len, "", &a->json, NULL) < 0)
        a->json = NULL;
    bool said = a->json && graph_error_read(a->json, &x);
    if (!said && http->status >= 200 && http->status < 300) {
        if (json_count(a->json) > 0 && json_key_at(a->json, 0))
            return 0;
        a->kind = GRAPH_AGAIN;
        a->unsure = true;
        struct str s;
        str_init(&s, 200);
        str_addf(&s, "the answer is not the JSON that was expected (HTTP %d, %zu bytes)",
                 http->status, http->body.len);
        int r = fail(g, a, -EPROTO, s.p, e);
        str_done(&s);
        return r;
    }
    const struct graph_fault *f = graph_fault_of(&x, http->status);
    a->kind = f->kind;
    a->unsure = !f->undone;
    a->code = x.code;
    a->subcode = x.subcode;
    struct str s;
    str_init(&s, sizeof(e->text));
    graph_fault_say(&s, f, &x, http->status);
    int r =
        fail(g, a, f->kind == GRAPH_AGAIN || f->kind == GRAPH_LATER ? -EAGAIN : -EACCES, s.p, e);
    str_done(&s);
    return r;
}

static int call_http(const struct graph_api *g, const struct graph_call *c, const char *url,
                     struct graph_answer *ret, struct err *e)
{
    struct http_request q = {
        .url = url,
        .bearer = g->token,
        .body = c->form,
        .body_len = c->form ? strlen(c->form) : 0,
        .ca_file = g->ca_file,
        .connect_s = g->connect_s,
        .total_s = g->total_s,
        .stopped = g->stopped,
        .stopped_ctx = g->stopped_ctx,
    };
    for (size_t i = 0; i < COUNT(usage_headers); i++)
        q.wanted[i] = usage_headers[i];
    struct http_response http = {0};
    struct err x = {0};
    int r = http_do(&q, &http, &x);
    if (r < 0) {
        // a certificate that is not Facebook's is no accident that passes
        ret->kind = r == -EKEYREJECTED || x.kind == ERR_INPUT ? GRAPH_STOP : GRAPH_AGAIN;
        ret->unsure = http.sent;
        fail(g, ret, r, x.text, e);
        if (e && x.kind == ERR_INTERRUPTED)
            e->kind = ERR_INTERRUPTED;
    } else {
        for (size_t i = 0; i < COUNT(usage_headers); i++)
            usage_read(http.header[i].p, i == BUSINESS_USAGE, ret);
        r = judge(g, &http, ret, e);
    }
    http_response_done(&http);
    return r;
}

int graph_ask(const struct graph_api *g, const struct graph_call *c, struct graph_answer *ret,
              struct err *e)
{
    *ret = (struct graph_answer){.kind = GRAPH_STOP};
    const char *version = g->version ? g->version : GRAPH_VERSION;
    if (!version_is(version))
        return err_input(e, "graph: version \"%s\": write it as \"%s\"", version, GRAPH_VERSION);
    if (!g->token || !*g->token)
        return err_input(e, "facebook: there is no token: put one into the secrets file");
    ret->kind = GRAPH_FINE;
    struct str url;
    str_init(&url, 4096);
    const char *base = g->url ? g->url : GRAPH_URL;
    str_addf(&url, "%s%s%s/%s", base, str_ends(base, "/") ? "" : "/", version, c->path);
    if (c->fields) {
        struct str query;
        str_init(&query, 1024);
        http_form_add(&query, "fields", c->fields);
        str_addf(&url, "?%s", query.p);
        str_done(&query);
    }
    int r = call_http(g, c, url.p, ret, e);
    str_done(&url);
    return r;
}

void graph_answer_done(struct graph_answer *a)
{
    json_free(a->json);
    *a = (struct graph_answer){0};
}

bool graph_pause(const struct graph_api *g, double seconds)
{
    double until = clock_monotonic() + seconds;
    for (double left = seconds; left > 0; left = until - clock_monotonic()) {
        if (g->stopped && g->stopped(g->stopped_ctx))
            return false;
        double nap = fmin(left, 0.1);
        nanosleep(&(struct timespec){.tv_nsec = (long)(nap * 999999999)}, NULL);
    }
    return !g->stopped || !g->stopped(g->stopped_ctx);
}

static double or_else(double value, double otherwise)
{
    return value > 0 ? value : otherwise;
}

bool graph_wait(const struct graph_api *g, const struct graph_patience *p, struct graph_turn *t,
                const struct graph_answer *a)
{
    static const struct graph_patience usual = {0};
    p = p ? p : &usual;
    if (a->kind == GRAPH_STOP || a->kind == GRAPH_GONE)
        return false;
    double now = clock_monotonic();
    if (t->begun == 0)
        *t = (struct graph_turn){.step_s = or_else(p->first_s, 1), .begun = now};
    double wait = t->step_s;
    if (a->kind == GRAPH_LATER)
        wait = or_else(a->regain_s, or_else(p->later_s, 120));
    else
        t->step_s = fmin(t->step_s * or_else(p->growth, 1.7), or_else(p->most_s, 30));
    if (p->total_s > 0 && now + wait > t->begun + p->total_s)
        return false;
    return graph_pause(g, wait);
}

int graph_insist(const struct graph_api *g, const struct graph_call *c,
                 const struct graph_patience *p, struct graph_answer *ret, struct err *e)
{
    struct graph_turn turn = {0};
    for (;;) {
        int r = graph_ask(g, c, ret, e);
        if (r >= 0 || !graph_wait(g, p, &turn, ret))
            return r;
        graph_answer_done(ret);
    }
}
