// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/graphtoken.h"

#include "net/http.h"

static const char *const page_needs[] = {"pages_read_engagement", "pages_manage_posts"};
static const char *const person_needs[] = {"publish_video"};

static bool granted(const struct json *scopes, const char *name)
{
    for (size_t i = 0; i < json_count(scopes); i++)
        if (str_same(json_as_text(json_at(scopes, i)), name))
            return true;
    return false;
}

static const char *missing(struct arena *a, const struct json *scopes, bool of_page)
{
    const char *const *needs = of_page ? page_needs : person_needs;
    size_t n = of_page ? COUNT(page_needs) : COUNT(person_needs);
    const char *ret = NULL;
    for (size_t i = 0; i < n; i++)
        if (!granted(scopes, needs[i]))
            ret = ret ? arena_printf(a, "%s, %s", ret, needs[i]) : needs[i];
    return ret;
}

// As a POST that means a GET: the token that is asked about must not stand in an address.
static void look(const struct graph_api *g, struct arena *a, const struct graph_patience *p,
                 struct graph_token *ret)
{
    struct str form;
    struct graph_answer answer;
    str_init(&form, 16 * 1024);
    http_form_add(&form, "input_token", g->token);
    http_form_add(&form, "method", "get");
    struct graph_call ask = {.path = "debug_token", .form = form.p};
    const struct json *data = NULL;
    if (graph_insist(g, &ask, p, &answer, NULL) >= 0)
        data = json_get(answer.json, "data");
    const struct json *scopes = json_get(data, "scopes");
    ret->known = scopes && json_bool(data, "is_valid", false);
    if (ret->known) {
        ret->expires_utc_s = json_int(data, "expires_at", 0);
        ret->data_expires_utc_s = json_int(data, "data_access_expires_at", 0);
        ret->missing = missing(a, scopes, ret->of_page);
    }
    graph_answer_done(&answer);
    str_done(&form);
}

int graph_token_check(const struct graph_api *g, struct arena *a, const char *page,
                      const struct graph_patience *p, struct graph_token *ret, struct err *e)
{
    struct graph_answer answer;
    // Only a Page has a category; the token of a person answers code 100 to it.
    struct graph_call ask = {.path = "me", .fields = "id,name,category"};
    int r = graph_insist(g, &ask, p, &answer, e);
    if (r < 0 && answer.code == 100) {
        graph_answer_done(&answer);
        ask.fields = "id,name";
        r = graph_insist(g, &ask, p, &answer, e);
    }
    if (r >= 0) {
        *ret = (struct graph_token){
            .id = arena_strdup(a, json_text(answer.json, "id")),
            .name = arena_strdup(a, json_text(answer.json, "name")),
            .of_page = json_text(answer.json, "category") != NULL,
        };
        if (page && !str_same(page, "me") && !str_same(page, ret->id))
            r = err_input(e,
                          "facebook: the token belongs to %s \"%s\" (%s), not to the Page %s: make "
                          "a token of that Page",
                          ret->of_page ? "the Page" : "the person", ret->name ? ret->name : "",
                          ret->id ? ret->id : "?", page);
    }
    graph_answer_done(&answer);
    if (r >= 0)
        look(g, a, p, ret);
    return r < 0 ? r : 0;
}
