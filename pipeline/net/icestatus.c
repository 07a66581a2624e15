// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/icestatus.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "net/http.h"

enum { STATUS_MAX = 1 << 20 };

static bool is_mount(const struct json *source, const char *mount)
{
    const char *url = json_text(source, "listenurl");
    const char *host = url ? strstr(url, "://") : NULL;
    const char *path = host ? strchr(host + 3, '/') : NULL;
    return str_same(path, mount);
}

// A title of digits alone comes as a number.
static void copy_title(const struct json *source, char *ret, size_t size)
{
    const struct json *title = json_get(source, "title");
    struct str s;
    str_init(&s, STATUS_MAX);
    if (json_as_text(title))
        str_add(&s, json_as_text(title));
    else if (title)
        json_write(&s, title, false);
    str_fit(ret, size, str_same(s.p, "null") ? "" : s.p);
    str_done(&s);
}

static void take(const struct json *source, const char *mount, struct icestatus *ret)
{
    ret->mounts++;
    if (!is_mount(source, mount))
        return;
    ret->up = true;
    ret->listeners = (int)json_int_in(source, "listeners", 0, INT_MAX, -1);
    copy_title(source, ret->title, sizeof(ret->title));
}

int icestatus_parse(const char *text, size_t len, const char *mount, struct icestatus *ret,
                    struct err *e)
{
    struct json *j = NULL;
    *ret = (struct icestatus){.listeners = -1};
    if (json_parse(text, len, "status-json.xsl", &j, NULL) < 0)
        return err_remote(e, -EPROTO, "status-json.xsl: not valid JSON");
    const struct json *stats = json_get(j, "icestats"), *source = json_get(stats, "source");
    if (!stats) {
        json_free(j);
        return err_remote(e, -EPROTO, "status-json.xsl: not Icecast's");
    }
    // One source is an object, several are an array, none is nothing.
    if (json_get(source, "listenurl"))
        take(source, mount, ret);
    else
        for (size_t i = 0; i < json_count(source); i++)
            take(json_at(source, i), mount, ret);
    json_free(j);
    return 0;
}

static struct http_request request(const struct icecast_server *s, const char *url)
{
    return (struct http_request){
        .url = url,
        .plain = true,
        .ca_file = s->ca_file,
        .connect_s = ICECAST_LIMIT_S,
        .total_s = ICECAST_LIMIT_S,
        .max_bytes = STATUS_MAX,
        .stopped = s->stopped,
        .stopped_ctx = s->stopped_ctx,
    };
}

static void log_in(const struct icecast_server *s, struct http_request *q)
{
    q->user = s->user ? s->user : "source";
    q->password = s->password;
}

static void add_url(struct str *url, const struct icecast_server *s, const char *path)
{
    bool v6 = strchr(s->host, ':') != NULL;
    str_init(url, STATUS_MAX);
    str_addf(url, "%s://%s%s%s:%d%s", s->tls ? "https" : "http", v6 ? "[" : "", s->host,
             v6 ? "]" : "", s->port, path);
}

static int wrong_status(const struct icecast_server *s, const char *what, int status, struct err *e)
{
    return err_remote(e, -EPROTO, "%s:%d: %s is answered with %d", s->host, s->port, what, status);
}

int icestatus_get(const struct icecast_server *s, struct icestatus *ret, struct err *e)
{
    struct str url;
    struct http_response a;
    *ret = (struct icestatus){.listeners = -1};
    add_url(&url, s, "/status-json.xsl");
    const struct http_request q = request(s, url.p);
    int r = http_do(&q, &a, e);
    if (r >= 0 && a.status != 200)
        r = wrong_status(s, "/status-json.xsl", a.status, e);
    if (r >= 0)
        r = icestatus_parse(a.body.p, a.body.len, s->mount, ret, e);
    http_response_done(&a);
    str_done(&url);
    return r;
}

int icestatus_title(const struct icecast_server *s, const char *title, struct err *e)
{
    struct str url;
    struct http_response a;
    add_url(&url, s, "/admin/metadata?");
    http_form_add(&url, "mode", "updinfo");
    http_form_add(&url, "mount", s->mount);
    http_form_add(&url, "charset", "UTF-8");
    http_form_add(&url, "song", title);
    struct http_request q = request(s, url.p);
    log_in(s, &q);
    int r = http_do(&q, &a, e);
    // A mount of Opus answers 200 and "Mountpoint will not accept URL updates".
    if (r >= 0 && a.status != 200)
        r = wrong_status(s, "the title", a.status, e);
    else if (r >= 0 && strstr(a.body.p, "will not accept"))
        r = err_remote(e, -EOPNOTSUPP, "%s:%d%s: this mount takes no titles", s->host, s->port,
                       s->mount);
    http_response_done(&a);
    str_done(&url);
    return r;
}

static const struct {
    int status;
    const char *text; // of the body; NULL: any
    enum icestatus_login login;
} answers[] = {
    {401, NULL, ICESTATUS_PASSWORD},
    {403, "Mountpoint in use", ICESTATUS_IN_USE},
    {403, "too many sources", ICESTATUS_FULL},
    {403, "No Content-type", ICESTATUS_FREE},
};

int icestatus_probe(const struct icecast_server *s, enum icestatus_login *ret, struct err *e)
{
    struct str url;
    struct http_response a;
    *ret = ICESTATUS_OTHER;
    add_url(&url, s, s->mount);
    struct http_request q = request(s, url.p);
    log_in(s, &q);
    q.method = "PUT";
    int r = http_do(&q, &a, e);
    for (size_t i = 0; r >= 0 && i < COUNT(answers); i++)
        if (a.status == answers[i].status &&
            (!answers[i].text || strstr(a.body.p, answers[i].text)))
            *ret = answers[i].login;
    if (r >= 0 && *ret == ICESTATUS_OTHER)
        r = wrong_status(s, "a source's login", a.status, e);
    http_response_done(&a);
    str_done(&url);
    return r;
}

int icestatus_refusal(const struct icecast_server *s, struct err *e)
{
    static const struct {
        enum err_kind kind;
        int code;
        const char *text;
    } rows[] = {
        [ICESTATUS_FREE] = {ERR_REMOTE, -EAGAIN, "the server refused, and is ready now"},
        [ICESTATUS_PASSWORD] = {ERR_INPUT, -EACCES,
                                "the server refuses the user or the password; the password must "
                                "be the <source-password> of the server's icecast.xml"},
        [ICESTATUS_IN_USE] = {ERR_REMOTE, -EBUSY,
                              "the mount is in use: another source sends to it, or the server has "
                              "not yet dropped one that broke off, which takes its "
                              "<source-timeout>, 10 s as a rule"},
        [ICESTATUS_FULL] = {ERR_INPUT, -EUSERS,
                            "the server takes no further source; Debian's icecast.xml allows two "
                            "sources: raise <sources> in /etc/icecast2/icecast.xml, and restart "
                            "the server"},
    };
    enum icestatus_login login;
    int r = icestatus_probe(s, &login, e);
    if (r < 0)
        return r;
    err_set(e, rows[login].code, "%s:%d%s: %s", s->host, s->port, s->mount, rows[login].text);
    if (e)
        e->kind = rows[login].kind;
    return rows[login].code;
}
