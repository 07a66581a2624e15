// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/ftps.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "net/http.h"
#include "net/urlpart.h"

enum { SAID_MAX = 64 << 10 };
#define CONNECT_S 15.0
#define STILL_S 30.0

static int read_url(struct ftps *f, const char *url, struct err *e)
{
    CURLU *u = curl_url();
    if (!u)
        mem_fail();
    bool good = !curl_url_set(u, CURLUPART_URL, url, 0);
    const char *scheme = good ? url_part(&f->a, u, CURLUPART_SCHEME, 0) : NULL;
    const char *host = good ? url_part(&f->a, u, CURLUPART_HOST, 0) : NULL;
    const char *port = good ? url_part(&f->a, u, CURLUPART_PORT, 0) : NULL;
    const char *path = good ? url_part(&f->a, u, CURLUPART_PATH, 0) : NULL;
    const char *dir = good ? url_part(&f->a, u, CURLUPART_PATH, CURLU_URLDECODE) : NULL;
    bool login = good && url_part(&f->a, u, CURLUPART_USER, 0);
    curl_url_cleanup(u);
    // The text may hold a password: it is not shown.
    if (!host || !path || !dir || !str_same(scheme, "ftps"))
        return err_input(e, "the url of a target of kind ftps must be like "
                            "ftps://example.org/folder/");
    if (login)
        return err_input(
            e, "%s: the login does not belong into the url: write user: and secret:", host);
    bool at_once = str_same(port, "990");
    const char *end = str_ends(path, "/") ? "" : "/";
    f->base = arena_printf(&f->a, "%s://%s:%s%s%s", at_once ? "ftps" : "ftp", host,
                           port ? port : "21", path, end);
    f->dir = arena_printf(&f->a, "%s%s", dir + 1, *end && dir[1] ? "/" : "");
    return 0;
}

void ftps_close(struct ftps *f)
{
    curl_easy_cleanup(f->curl);
    str_done(&f->said);
    if (f->p.secret)
        explicit_bzero((char *)f->p.secret, strlen(f->p.secret));
    arena_done(&f->a);
    free(f);
}

static void renew(struct ftps *f)
{
    curl_easy_cleanup(f->curl);
    f->curl = curl_easy_init();
    if (!f->curl)
        mem_fail();
}

int ftps_open(const struct remote_params *p, struct ftps **ret, struct err *e)
{
    struct ftps *f = mem_alloc(sizeof(*f));
    *f = (struct ftps){.p = *p};
    str_init(&f->said, SAID_MAX);
    f->p.user = arena_strdup(&f->a, p->user);
    f->p.secret = arena_strdup(&f->a, p->secret);
    f->p.ca_file = arena_strdup(&f->a, p->ca_file);
    int r = http_init(e); // libcurl's
    if (r >= 0)
        r = read_url(f, p->url, e);
    if (r >= 0 && (!p->user || !p->secret))
        r = err_input(e, "a target of kind ftps needs user: and secret:");
    if (r < 0) {
        ftps_close(f);
        return r;
    }
    renew(f);
    *ret = f;
    return 0;
}

static size_t take(char *data, size_t size, size_t n, void *ctx)
{
    struct str *s = ctx;
    if (s)
        str_addn(s, data, size * n);
    return s && s->over ? 0 : size * n;
}

static size_t hear(char *data, size_t size, size_t n, void *ctx)
{
    str_addn(ctx, data, size * n);
    return size * n;
}

static const struct reply {
    int code, error;
    const char *text;
} replies[] = {
    {430, -EACCES, "the login is refused: look at this target's user and secret"},
    {452, -ENOSPC, "no space is left on the server"},
    {500, -EINVAL, "the server does not know a command that is needed"},
    {502, -EINVAL, "the server does not know a command that is needed"},
    {522, -EINVAL, "the server wants another encryption of the data than it was given"},
    {530, -EACCES, "the login is refused: look at this target's user and secret"},
    {532, -EACCES, "the server lets this user store nothing"},
    {550, -EACCES, "is refused: this user may not do that there; ask who runs the server"},
    {552, -ENOSPC, "no space is left on the server, or the user's share is used up"},
    {553, -EINVAL, "the server does not take this name"},
};

// Servers say with the reply of a wrong password, too, that there are too many connections.
static bool takes_no_more(const struct ftps *f)
{
    static const char *const words[] = {"too many", "maximum number", "connection", "connected"};
    const char *line = f->said.p ? f->said.p : "";
    for (const char *p = line; p; p = strchr(p, '\n'), p += p != NULL)
        line = str_starts(p, "530") ? p : line;
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_starts(line, "530") && strcasestr(line, words[i]))
            return true;
    return false;
}

// What went wrong is known by the last reply, if the failure is one.
static int explain(const struct ftps *f, const struct handle *h, int code, const char *path,
                   struct err *e)
{
    long reply = 0;
    curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &reply);
    bool broken = h->ended == CURLE_SEND_ERROR || h->ended == CURLE_RECV_ERROR;
    if (code != -EPROTO || broken || reply < 400)
        return code;
    if (reply == 530 && takes_no_more(f))
        return err_remote(e, -EAGAIN,
                          "%s: the server takes no more connections at once: write at_once: 1 for "
                          "this target (reply 530)",
                          path);
    for (size_t i = 0; i < COUNT(replies); i++)
        if (replies[i].code == reply)
            return err_remote(e, replies[i].error, "%s: %s (reply %ld)", path, replies[i].text,
                              reply);
    return err_remote(e, reply < 500 ? -EAGAIN : -EINVAL, "%s: the server answers with reply %ld",
                      path, reply);
}

// Servers want each data connection to go on with the session of TLS of the commands, which shows
// that both are one client's. With TLS 1.3 a session is good for one connection and libcurl 7.88
// keeps but one: the second file would be refused.
static void set_tls(const struct ftps *f, CURL *curl)
{
    long versions = CURL_SSLVERSION_TLSv1_2;
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION,
                     f->newest ? versions : versions | CURL_SSLVERSION_MAX_TLSv1_2);
}

static void set_up(const struct ftps *f, CURL *curl, const struct ftps_ask *q)
{
    double answer_s = q->answer_s > 0 ? q->answer_s : f->p.timeout_s > 0 ? f->p.timeout_s : STILL_S;
    set_tls(f, curl);
    curl_easy_setopt(curl, CURLOPT_USERNAME, f->p.user);
    curl_easy_setopt(curl, CURLOPT_PASSWORD, f->p.secret);
    curl_easy_setopt(curl, CURLOPT_FTP_FILEMETHOD, (long)CURLFTPMETHOD_NOCWD);
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)ceil(answer_s));
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, hear);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &f->said);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, q->body);
    curl_easy_setopt(curl, CURLOPT_APPEND, q->append ? 1L : 0L);
    if (q->piece)
        handle_send(curl, q->piece);
    else if (!q->body)
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
}

static const char *url_of(struct arena *a, const struct ftps *f, const char *path)
{
    struct str s;
    str_init(&s, STR_MAX);
    str_add(&s, f->base);
    str_add_url(&s, path);
    const char *url = arena_strdup(a, s.p);
    str_done(&s);
    return url;
}

int ftps_talk(struct ftps *f, struct ftps_ask *q, const char *path, int *ret_reply, struct err *e)
{
    struct arena a = {0};
    struct handle h;
    struct curl_slist *commands = NULL;
    long reply = 0;
    curl_off_t size = -1;
    const struct handle_params hp = {.url = url_of(&a, f, q->path ? q->path : ""),
                                     .protocols = "ftp,ftps",
                                     .ca_file = f->p.ca_file,
                                     .connect_s = f->p.timeout_s > 0 ? f->p.timeout_s : CONNECT_S,
                                     .still_s = q->answer_s > 0      ? q->answer_s
                                                : f->p.timeout_s > 0 ? f->p.timeout_s
                                                                     : STILL_S,
                                     .keep = f->curl,
                                     .stopped = f->p.stopped,
                                     .stopped_ctx = f->p.ctx};
    str_clear(&f->said);
    int r = handle_init(&h, &hp, e);
    if (r >= 0) {
        for (size_t i = 0; i < COUNT(q->commands) && q->commands[i]; i++) {
            struct curl_slist *l = curl_slist_append(commands, q->commands[i]);
            if (!l)
                mem_fail();
            commands = l;
        }
        set_up(f, f->curl, q);
        curl_easy_setopt(f->curl, CURLOPT_QUOTE, commands);
        r = handle_perform(&h, e);
        if (h.ended == CURLE_SSL_CONNECT_ERROR && !f->newest) {
            f->newest = true;
            set_tls(f, f->curl);
            r = handle_perform(&h, e);
            f->newest = r >= 0;
        }
        curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &reply);
        curl_easy_getinfo(f->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
        if (r < 0 && q->body && q->body->over)
            r = err_remote(e, -EFBIG, "%s: is too long", path);
        else if (r < 0)
            r = explain(f, &h, r, path, e);
        handle_done(&h);
        // libcurl 7.88 may take one reply for another after a file was refused, and with two
        // connections one's session of TLS for the other's.
        if (r < 0 && (q->body || q->piece))
            renew(f);
    }
    q->size = size;
    if (ret_reply)
        *ret_reply = (int)reply;
    curl_slist_free_all(commands);
    arena_done(&a);
    return r;
}

int ftps_size(struct ftps *f, const char *path, int64_t *ret, struct err *e)
{
    struct ftps_ask q = {.path = path};
    int reply = 0;
    struct err x = {0};
    *ret = -1;
    int r = ftps_talk(f, &q, path, &reply, &x);
    if (r < 0 && reply == 550)
        return 0;
    if (r < 0 && e)
        *e = x;
    if (r >= 0)
        *ret = q.size;
    return r;
}

int ftps_command(struct ftps *f, const char *path, int *ret_reply, struct err *e, const char *one,
                 const char *two)
{
    struct ftps_ask q = {.commands = {one, two}};
    return ftps_talk(f, &q, path, ret_reply, e);
}
