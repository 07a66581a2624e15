// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/channel.h"

#include <errno.h>

// These settings are made by the program itself: a fault in them is ours, not the producer's.
static int missing(struct err *e, const char *key)
{
    return err_set(e, -EINVAL, "settings of the channel: '%s' is incomplete", key);
}

static int read_texts(struct arena *a, const struct json *array, const char *key, const char ***ret,
                      size_t *ret_n, struct err *e)
{
    size_t n = json_count(array);
    *ret = arena_array(a, const char *, n + 1);
    *ret_n = n;
    for (size_t i = 0; i < n; i++) {
        (*ret)[i] = json_as_text(json_at(array, i));
        if (!(*ret)[i])
            return missing(e, key);
    }
    return 0;
}

static int read_money(struct arena *a, const struct json *j, struct fact_channel *c, struct err *e)
{
    const struct json *funding = json_get(j, "funding"), *verify = json_get(j, "verify");
    c->num_funding = json_count(funding);
    c->funding = arena_array(a, struct fact_funding, c->num_funding + 1);
    for (size_t i = 0; i < c->num_funding; i++) {
        const struct json *one = json_at(funding, i);
        c->funding[i] = (struct fact_funding){json_text(one, "url"), json_text(one, "text")};
        if (!c->funding[i].url || !c->funding[i].text)
            return missing(e, "funding");
    }
    c->num_verify = json_count(verify);
    c->verify = arena_array(a, struct fact_txt, c->num_verify + 1);
    for (size_t i = 0; i < c->num_verify; i++) {
        const struct json *one = json_at(verify, i);
        c->verify[i] = (struct fact_txt){json_text(one, "purpose"), json_text(one, "text")};
        if (!c->verify[i].purpose || !c->verify[i].text)
            return missing(e, "verify");
    }
    return 0;
}

static struct fact_other read_other(const struct json *j)
{
    return (struct fact_other){json_text(j, "guid"), json_text(j, "url"), json_text(j, "title")};
}

static int read_others(struct arena *a, const struct json *j, struct fact_channel *c, struct err *e)
{
    const struct json *podroll = json_get(j, "podroll");
    c->num_podroll = json_count(podroll);
    c->podroll = arena_array(a, struct fact_other, c->num_podroll + 1);
    c->publisher = read_other(json_get(j, "publisher"));
    for (size_t i = 0; i < c->num_podroll; i++) {
        c->podroll[i] = read_other(json_at(podroll, i));
        if (!c->podroll[i].guid)
            return missing(e, "podroll");
    }
    return 0;
}

static int read_trailers(struct arena *a, const struct json *array, struct fact_channel *c,
                         struct err *e)
{
    c->num_trailers = json_count(array);
    c->trailers = arena_array(a, struct fact_trailer, c->num_trailers + 1);
    for (size_t i = 0; i < c->num_trailers; i++) {
        const struct json *j = json_at(array, i);
        c->trailers[i] = (struct fact_trailer){
            .title = json_text(j, "title"),
            .path = json_text(j, "path"),
            .type = json_text(j, "type"),
            .bytes = json_int(j, "bytes", -1),
            .published_utc_s = json_int(j, "published_utc_s", INT64_MIN),
            .season = json_int(j, "season", 0),
        };
        const struct fact_trailer *t = &c->trailers[i];
        if (!t->title || !t->path || !t->type || t->bytes < 0 || t->published_utc_s == INT64_MIN)
            return missing(e, "trailers");
    }
    return 0;
}

int channel_read(struct arena *a, const struct json *j, struct fact_channel *ret, struct err *e)
{
    struct fact_channel c = {
        .moved_to = json_text(j, "moved_to"),
        .complete = json_bool(j, "complete", false),
    };
    int r = read_money(a, j, &c, e);
    if (r >= 0)
        r = read_others(a, j, &c, e);
    if (r >= 0)
        r = read_trailers(a, json_get(j, "trailers"), &c, e);
    if (r >= 0)
        r = read_texts(a, json_get(j, "block"), "block", &c.block, &c.num_block, e);
    if (r >= 0)
        r = read_texts(a, json_get(j, "hubs"), "hubs", &c.hubs, &c.num_hubs, e);
    if (r >= 0)
        *ret = c;
    return r;
}
