// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/reach.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "live/facebook.h"
#include "live/outlets.h"
#include "live/upload.h"
#include "net/graphtoken.h"
#include "net/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const double limit_s = 8;
static const struct graph_patience once = {.total_s = 20};

static int reach_server(struct arena *a, const struct json *o, struct str *said, struct err *e)
{
    struct wire_params p = {.ca_file = json_text(o, "ca_file"), .limit_s = limit_s};
    struct wire *w;
    if (!wire_address(a, json_text_or(o, "url", ""), &p)) {
        str_add(said, "a folder: nothing to reach");
        return 0;
    }
    int r = wire_open(&p, &w, e);
    if (r < 0)
        return r;
    wire_close(w);
    str_addf(said,
             p.tls ? "%s answers at port %d, and its certificate is good" : "%s answers at port %d",
             p.host, p.port);
    return 0;
}

static struct graph_api api_of(const struct json *o, const struct json *job, struct redactor *r)
{
    const struct json *graph = json_get(job, "graph");
    return (struct graph_api){.url = json_text(graph, "url"),
                              .version = json_text(graph, "version"),
                              .token = json_text_or(o, "secret", ""),
                              .ca_file = json_text(o, "ca_file"),
                              .redactor = r};
}

static int reach_facebook(struct arena *a, const struct graph_api *api, const char *page,
                          struct str *said, struct err *e)
{
    struct graph_token t;
    char until[CLOCK_TEXT];
    int r = graph_token_check(api, a, page, &once, &t, e);
    if (r < 0)
        return r;
    const char *whose = t.name ? t.name : "the page";
    if (t.missing)
        return err_input(e, "the token of %s may not broadcast: it lacks %s", whose, t.missing);
    str_addf(said, "the token of %s is accepted", whose);
    if (t.known && t.expires_utc_s) {
        clock_iso(t.expires_utc_s, until);
        str_addf(said, " until %s", until);
    } else if (t.known) {
        str_add(said, " without an end");
    } else {
        str_add(said, "; until when, Facebook does not tell");
    }
    return 0;
}

// What all endpoints take together.
static double needed_kbps(struct arena *a, const struct json *job)
{
    const struct json *list = json_get(job, "endpoints");
    double picture = json_number(json_get(job, "picture"), "bitrate_kbps", 0), sum = 0;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *o = json_at(list, i);
        struct wire_params unused;
        bool facebook = str_same(json_text(o, "kind"), "facebook");
        if (!facebook && !wire_address(a, json_text_or(o, "url", ""), &unused))
            continue;
        sum += json_number(o, "bitrate_kbps", 128);
        sum += str_same(json_text(o, "kind"), "icecast") ? 0 : picture;
    }
    return sum;
}

static const struct json *facebook_of(const struct json *job)
{
    const struct json *list = json_get(job, "endpoints");
    for (size_t i = 0; i < json_count(list); i++)
        if (str_same(json_text(json_at(list, i), "kind"), "facebook"))
            return json_at(list, i);
    return NULL;
}

static void push_finding(struct json *all, const char *name, bool ok, const char *text)
{
    struct json *one = json_new_object();
    json_put_text(one, "name", name);
    json_put_bool(one, "ok", ok);
    json_put_text(one, "text", text);
    json_push(all, one);
}

// The line against the bit rates: a broadcast that takes all of it stutters.
static void reach_upload(struct arena *a, const struct json *job, struct redactor *r,
                         struct json *all)
{
    const char *url = json_text_or(job, "upload_test", "");
    const struct json *facebook = *url ? NULL : facebook_of(job);
    double need = needed_kbps(a, job) * 1000, bits = 0;
    struct err e = {0};
    if (need <= 0)
        return;
    if (!*url && !facebook) {
        push_finding(all, "upload", true,
                     arena_printf(a,
                                  "%.1f Mbit/s are sent; what the line can send was not "
                                  "measured: name an address that takes uploads in show.yaml: "
                                  "live: {upload_test: https://…}",
                                  need / 1e6));
        return;
    }
    struct graph_api api = api_of(facebook, job, r);
    int c = *url ? upload_to(url, NULL, &bits, &e) : upload_facebook(&api, &bits, &e);
    const char *where = *url ? url : "Facebook";
    if (c < 0)
        push_finding(all, "upload", true,
                     arena_printf(a, "%.1f Mbit/s are sent; not measured, %s: %s", need / 1e6,
                                  where, e.text));
    else
        push_finding(all, "upload", need <= UPLOAD_SHARE * bits,
                     arena_printf(a, "%.1f Mbit/s are sent, the line sends %.1f Mbit/s to %s%s",
                                  need / 1e6, bits / 1e6, where,
                                  need <= UPLOAD_SHARE * bits
                                      ? ""
                                      : ": take a smaller picture, fewer endpoints, or another "
                                        "line (a fifth stays free)"));
}

struct json *reach_all(struct arena *a, const struct json *job, struct redactor *r)
{
    const struct json *list = json_get(job, "endpoints");
    struct json *all = json_new_array();
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *o = json_at(list, i);
        struct err e = {0};
        struct str said;
        str_init(&said, STR_MAX);
        struct graph_api api = api_of(o, job, r);
        int c = str_same(json_text(o, "kind"), "facebook")
                    ? reach_facebook(a, &api, json_text(o, "page"), &said, &e)
                    : reach_server(a, o, &said, &e);
        push_finding(all, json_text_or(o, "name", ""), c >= 0, c < 0 ? e.text : said.p);
        str_done(&said);
    }
    reach_upload(a, job, r, all);
    return all;
}

typedef int act_fn(const struct facebook_params *p, struct str *ret_said, struct err *e);

static int act_end(const struct facebook_params *p, struct str *ret_said, struct err *e)
{
    return facebook_end_stale(p, clock_now(), ret_said, e);
}

static int act_announce(const struct facebook_params *p, struct str *ret_said, struct err *e)
{
    char when[CLOCK_TEXT];
    int c = facebook_schedule(p, clock_now(), e);
    clock_iso(p->start_utc_s, when);
    if (c >= 0)
        str_addf(ret_said, "announced at Facebook for %s", when);
    return c;
}

static int at_facebook(struct arena *a, const struct json *job, struct redactor *r, act_fn *act,
                       struct str *ret_said, struct err *e)
{
    const struct json *list = json_get(job, "endpoints");
    int c = 0;
    for (size_t i = 0; c >= 0 && i < json_count(list); i++) {
        const struct json *o = json_at(list, i);
        if (!str_same(json_text(o, "kind"), "facebook"))
            continue;
        struct facebook_params p = {.api = api_of(o, job, r),
                                    .page = json_text(o, "page"),
                                    .title = json_text(o, "title"),
                                    .description = json_text(o, "description"),
                                    .privacy = json_text(o, "privacy"),
                                    .start_utc_s = json_int(job, "start_utc_s", 0),
                                    .state_file = outlets_facebook_file(a, o, job)};
        if (ret_said->len)
            str_add(ret_said, "; ");
        c = act(&p, ret_said, e);
    }
    return c;
}

int reach_end_stale(struct arena *a, const struct json *job, struct redactor *r,
                    struct str *ret_said, struct err *e)
{
    int c = at_facebook(a, job, r, act_end, ret_said, e);
    if (c >= 0 && !ret_said->len)
        str_add(ret_said, "nothing was left open");
    return c;
}

int reach_announce(struct arena *a, const struct json *job, struct redactor *r,
                   struct str *ret_said, struct err *e)
{
    if (!json_int(job, "start_utc_s", 0))
        return err_input(e, "when it begins is not said: add live: {start: …} to episode.yaml");
    int c = at_facebook(a, job, r, act_announce, ret_said, e);
    if (c >= 0 && !ret_said->len)
        return err_input(e, "no endpoint is of kind facebook: nothing can be announced");
    return c;
}
