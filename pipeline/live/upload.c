// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/upload.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"
#include "net/http.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

enum { FIRST_BYTES = 256 << 10, MOST_BYTES = 16 << 20, ROUNDS = 6 };
static const double enough_s = 5, post_s = 30;

// Bytes that nothing on the way makes smaller. ret_said: what was answered; NULL: of no interest.
static int post(const char *url, const char *ca_file, size_t bytes, struct str *ret_said,
                double *ret_s, struct err *e)
{
    char *body = mem_alloc(bytes);
    for (size_t n = 0; n < bytes;) {
        ssize_t got = getrandom(body + n, bytes - n, 0);
        n += got > 0 ? (size_t)got : 0;
    }
    struct http_request q = {.url = url,
                             .body = body,
                             .body_len = bytes,
                             .body_type = "application/octet-stream",
                             .ca_file = ca_file,
                             .total_s = post_s};
    struct http_response http = {0};
    int r = http_do(&q, &http, e);
    if (r >= 0 && (http.status < 200 || http.status > 299))
        r = err_remote(e, -EPROTO, "it does not take uploads (HTTP %d)", http.status);
    if (ret_said)
        str_add(ret_said, http.body.p ? http.body.p : "");
    *ret_s = http.seconds;
    http_response_done(&http);
    free(body);
    return r;
}

int upload_to(const char *url, const char *ca_file, double *ret_bits_per_s, struct err *e)
{
    double spent = 0, s = 0;
    size_t bytes = FIRST_BYTES;
    int r = http_init(e);
    // The last one counts: connecting weighs least in it. A line that sends the largest within the
    // time is fast enough for any broadcast, and more would only cost its owner.
    for (; r >= 0 && spent < enough_s && bytes <= MOST_BYTES; bytes *= 2) {
        r = post(url, ca_file, bytes, NULL, &s, e);
        spent += s;
        *ret_bits_per_s = s > 0 ? (double)bytes * 8 / s : 0;
    }
    return r;
}

static void add_result(struct json *results, const char *url, const char *said)
{
    struct json *o = json_new_object();
    json_put_text(o, "test_url", url);
    json_put_text(o, "result_string", said);
    json_push(results, o);
}

// What was named to be sent to, and what was said there.
static int do_tests(const struct graph_api *api, const struct json *tests, struct json *results,
                    struct err *e)
{
    int r = 0;
    for (size_t i = 0; r >= 0 && i < json_count(tests); i++) {
        const char *url = json_text_or(json_at(tests, i), "url", "");
        int64_t bytes = json_int(json_at(tests, i), "byte_count", 0);
        double s;
        struct str said;
        str_init(&said, 1 << 20);
        if (bytes < 1 || bytes > MOST_BYTES)
            r = err_remote(e, -EPROTO, "facebook: its speed test asks for %lld bytes",
                           (long long)bytes);
        if (r >= 0)
            r = post(url, api->ca_file, (size_t)bytes, &said, &s, e);
        add_result(results, url, said.p);
        str_done(&said);
    }
    return r;
}

int upload_facebook(const struct graph_api *api, double *ret_bits_per_s, struct err *e)
{
    static const char fields[] =
        "target_token,next_tests,upload_bandwidth_estimate_bits_per_second";
    struct json *results = json_new_array();
    double bits = 0;
    int r = http_init(e);
    for (int round = 0; r >= 0 && bits <= 0 && round < ROUNDS; round++) {
        struct str path, list;
        str_init(&path, 1 << 20);
        str_init(&list, 1 << 20);
        json_write(&list, results, false);
        str_add(&path, "traffic_speedtest?");
        http_form_add(&path, "fields", fields);
        if (json_count(results))
            http_form_add(&path, "previous_results", list.p);
        struct graph_answer a;
        r = graph_ask(api, &(struct graph_call){.path = path.p}, &a, e);
        bits = json_number(a.json, "upload_bandwidth_estimate_bits_per_second", 0);
        if (r >= 0 && bits <= 0)
            r = do_tests(api, json_get(a.json, "next_tests"), results, e);
        graph_answer_done(&a);
        str_done(&list);
        str_done(&path);
    }
    json_free(results);
    if (r >= 0 && bits <= 0)
        r = err_remote(e, -EPROTO, "facebook: its speed test comes to no end");
    *ret_bits_per_s = bits;
    return r;
}
