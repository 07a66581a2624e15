// SPDX-License-Identifier: GPL-3.0-or-later
// A web server's answers, byte by byte.
#include "fuzz.h"

#include "server.h"
#include "net/graph.h"
#include "net/http.h"
#include "net/webfile.h"

FUZZ(webfile)
{
    char url[60];
    struct err e = {0};
    http_init(&e);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/x.mp3", fuzz_server_answers(data, size));
    struct webfile_params p = {.url = url, .timeout_s = 1};
    json_free(webfile_media(&p));
    struct graph_api g = {.url = url, .token = "EAABsbCS", .connect_s = 1, .total_s = 1};
    struct graph_answer answer;
    if (graph_ask(&g, &(struct graph_call){.path = "me"}, &answer, &e) < 0)
        fuzz_refusal(&e);
    else
        FUZZ_HOLD(answer.json);
    FUZZ_HOLD(answer.usage_percent >= 0 && answer.regain_s >= 0);
    graph_answer_done(&answer);
    return 0;
}
