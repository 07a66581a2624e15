// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/handle.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/str.h"

static bool is_loopback(const char *host)
{
    return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0 ||
           strcmp(host, "localhost") == 0;
}

static bool may_speak(const struct handle_params *p, const char *scheme)
{
    size_t n = strlen(scheme);
    for (const char *s = p->protocols ? p->protocols : "http,https"; *s; s += *s == ',') {
        size_t len = strcspn(s, ",");
        if (len == n && strncmp(s, scheme, n) == 0)
            return true;
        s += len;
    }
    return false;
}

// The parts that decide whether we may speak to it at all.
static int look(struct handle *h, const struct handle_params *p, struct err *e)
{
    CURLU *u = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL;
    int r = 0;
    if (!u)
        mem_fail();
    if (curl_url_set(u, CURLUPART_URL, p->url, 0) ||
        curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) ||
        curl_url_get(u, CURLUPART_HOST, &host, 0) ||
        curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT)) {
        // The text may hold a token: it is not shown.
        r = err_input(e, "the address is none: it must be like https://example.org/path");
    } else if (!may_speak(p, scheme)) {
        r = err_input(e, "%s: only %s addresses can be used here", host,
                      p->protocols ? p->protocols : "https:// and http://");
    } else if (strcmp(scheme, "http") == 0 && !p->plain && !is_loopback(host)) {
        r = err_input(e,
                      "%s: http:// is refused, as what is sent could be read on the way; "
                      "use https://",
                      host);
    } else {
        snprintf(h->where, sizeof(h->where), "%s:%s", host, port);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(u);
    return r;
}

static int asked(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct handle *h = ctx;
    (void)a, (void)b, (void)c, (void)d;
    return h->stopped && h->stopped(h->stopped_ctx);
}

int handle_init(struct handle *h, const struct handle_params *p, struct err *e)
{
    *h = (struct handle){.stopped = p->stopped, .stopped_ctx = p->stopped_ctx};
    int r = look(h, p, e);
    if (r < 0)
        return r;
    h->kept = p->keep != NULL;
    h->curl = p->keep ? p->keep : curl_easy_init();
    if (!h->curl)
        mem_fail();
    curl_easy_reset(h->curl); // its connections stay
    curl_easy_setopt(h->curl, CURLOPT_URL, p->url);
    curl_easy_setopt(h->curl, CURLOPT_PROTOCOLS_STR, p->protocols ? p->protocols : "http,https");
    curl_easy_setopt(h->curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(h->curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(h->curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (p->ca_file)
        curl_easy_setopt(h->curl, CURLOPT_CAINFO, p->ca_file);
    curl_easy_setopt(h->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)(p->connect_s * 1000));
    curl_easy_setopt(h->curl, CURLOPT_TIMEOUT_MS, (long)(p->total_s * 1000));
    if (p->still_s > 0) {
        curl_easy_setopt(h->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(h->curl, CURLOPT_LOW_SPEED_TIME, (long)ceil(p->still_s));
    }
    curl_easy_setopt(h->curl, CURLOPT_NOSIGNAL, 1L);
    // Else a name server that does not answer holds us after the time limit.
    curl_easy_setopt(h->curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(h->curl, CURLOPT_ERRORBUFFER, h->said);
    curl_easy_setopt(h->curl, CURLOPT_XFERINFOFUNCTION, asked);
    curl_easy_setopt(h->curl, CURLOPT_XFERINFODATA, h);
    curl_easy_setopt(h->curl, CURLOPT_NOPROGRESS, 0L);
    return 0;
}

void handle_done(struct handle *h)
{
    if (h->curl && !h->kept)
        curl_easy_cleanup(h->curl);
    h->curl = NULL;
}

// What has gone is known by what was read: it lies in buffers of at most some hundred kilobytes.
static size_t give_piece(char *to, size_t size, size_t n, void *ctx)
{
    struct handle_piece *p = ctx;
    int64_t left = p->len - p->gone;
    size_t want = (int64_t)(size * n) < left ? size * n : (size_t)left;
    ssize_t got = want ? pread(p->fd, to, want, p->from + p->gone) : 0;
    if (got < 0 || (want && got == 0))
        return CURL_READFUNC_ABORT;
    p->gone += got;
    if (p->sent && got > 0)
        p->sent(p->ctx, got);
    return (size_t)got;
}

static int seek_piece(void *ctx, curl_off_t to, int whence)
{
    struct handle_piece *p = ctx;
    if (whence != SEEK_SET || to < 0 || to > p->len)
        return CURL_SEEKFUNC_FAIL;
    if (p->sent)
        p->sent(p->ctx, to - p->gone);
    p->gone = to;
    return CURL_SEEKFUNC_OK;
}

void handle_send(CURL *curl, struct handle_piece *p)
{
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_piece);
    curl_easy_setopt(curl, CURLOPT_READDATA, p);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, seek_piece);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, p);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)p->len);
    curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10);
}

static const struct failure {
    CURLcode curl;
    int code;
    const char *text; // NULL: what libcurl said
} failures[] = {
    {CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, "does not answer in time"},
    {CURLE_COULDNT_RESOLVE_HOST, -EHOSTUNREACH, "no computer of this name is known"},
    {CURLE_COULDNT_RESOLVE_PROXY, -EHOSTUNREACH, "the proxy's name is not known"},
    {CURLE_COULDNT_CONNECT, -ECONNREFUSED, "refuses the connection or cannot be reached"},
    {CURLE_PEER_FAILED_VERIFICATION, -EKEYREJECTED, NULL},
    {CURLE_SSL_ISSUER_ERROR, -EKEYREJECTED, NULL},
    {CURLE_SSL_CACERT_BADFILE, -EKEYREJECTED, NULL},
    {CURLE_USE_SSL_FAILED, -EINVAL, "offers no TLS; passwords would be readable on the way"},
    {CURLE_SSL_CONNECT_ERROR, -EPROTO, "does not speak TLS as it should"},
    {CURLE_GOT_NOTHING, -EPROTO, "ends the connection without an answer"},
    {CURLE_SEND_ERROR, -EPROTO, "breaks the connection"},
    {CURLE_RECV_ERROR, -EPROTO, "breaks the connection"},
    {CURLE_PARTIAL_FILE, -EPROTO, "breaks the connection before the answer is whole"},
};

static int stopped(const struct handle *h, struct err *e)
{
    err_set(e, -ECANCELED, "%s: stopped", h->where);
    if (e)
        e->kind = ERR_INTERRUPTED;
    return -ECANCELED;
}

int handle_perform(struct handle *h, struct err *e)
{
    CURLcode c = h->ended = curl_easy_perform(h->curl);
    int code = -EPROTO;
    const char *text = NULL;
    if (c == CURLE_OK)
        return 0;
    if (c == CURLE_OUT_OF_MEMORY)
        mem_fail();
    if (c == CURLE_ABORTED_BY_CALLBACK)
        return stopped(h, e);
    for (size_t i = 0; i < COUNT(failures); i++)
        if (failures[i].curl == c)
            code = failures[i].code, text = failures[i].text;
    if (!text)
        text = *h->said ? h->said : curl_easy_strerror(c);
    return err_remote(e, code, "%s: %s", h->where, text);
}
