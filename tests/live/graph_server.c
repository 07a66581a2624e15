// SPDX-License-Identifier: GPL-3.0-or-later
// Facebook's Graph API as far as a broadcast needs it, on 127.0.0.1 over TLS, for tests.
//
//   graph_server CERTIFICATE KEY LOG [INGEST]
//
// Says its port on standard output and ends when standard input does. The first part of the path
// names the scenario, /SCENARIO/v26.0/…: what it does otherwise than Facebook stands in
// graph_scenarios.h, and each has live videos of its own. INGEST is the address streams are sent
// to, "rtmps://127.0.0.1:1935/rtmp". LOG gets a line for each thing that happens:
//   accept
//   handshake refused
//   POST /ok/v26.0/me/live_videos <tab> Authorization <tab> body
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "live/graph_scenarios.h"

enum { REQUEST_MAX = 64 << 10, BODY_MAX = 16 << 10, LIVES_MAX = 512, TEXT_MAX = 1024 };

struct live {
    char scenario[64], id[40], title[TEXT_MAX];
    const char *status;
    time_t created;
    int looks;
};
struct request {
    char method[8], target[2048], scenario[64], auth[600], *body;
    const char *path; // behind the version
    enum call call;
};
struct server {
    SSL_CTX *tls;
    FILE *log;
    const char *ingest;
    int port;
    pthread_mutex_t lock;
    struct live lives[LIVES_MAX]; // lock
    int num_lives;                // lock
    int used[SCENARIO_RULES_MAX]; // lock; how often each rule was used
};
static struct server server = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void note(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    pthread_mutex_lock(&server.lock);
    vfprintf(server.log, fmt, ap);
    fputc('\n', server.log);
    fflush(server.log);
    pthread_mutex_unlock(&server.lock);
    va_end(ap);
}

static int hex(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 0x20) : NULL;
    return at ? (int)(at - digits) : -1;
}

// The value of a key in a form, decoded; false: not there.
static bool form_get(const char *form, const char *key, char *ret, size_t size)
{
    size_t len = strlen(key), n = 0;
    for (const char *at = form; at && *at; at = strchr(at, '&') ? strchr(at, '&') + 1 : NULL) {
        if (strncmp(at, key, len) != 0 || at[len] != '=')
            continue;
        for (const char *c = at + len + 1; *c && *c != '&' && n + 1 < size; c++) {
            bool coded = *c == '%' && hex(c[1]) >= 0 && hex(c[2]) >= 0;
            ret[n++] = coded ? (char)(hex(c[1]) * 16 + hex(c[2])) : *c == '+' ? ' ' : *c;
            c += coded ? 2 : 0;
        }
        ret[n] = '\0';
        return true;
    }
    return false;
}

// lock
static struct live *live_find(const struct request *q, const char *id)
{
    for (int i = 0; i < server.num_lives; i++)
        if (strcmp(server.lives[i].id, id) == 0 &&
            strcmp(server.lives[i].scenario, q->scenario) == 0)
            return &server.lives[i];
    return NULL;
}

// Text for a JSON string: what stands in titles here needs no more.
static void quoted(char *ret, size_t size, const char *text)
{
    size_t n = 0;
    for (; *text && n + 3 < size; text++) {
        if (strchr("\"\\", *text))
            ret[n++] = '\\';
        ret[n++] = *text;
    }
    ret[n] = '\0';
}

#define UPLOAD_PATH "/upload-speed-test-api"

#define KEY "%s?s_bl=1&s_l=1&s_sml=3&s_sw=0&s_vt=api&a=Abx" STREAM_CANARY "%%2F/x"

static int no_such(char *out)
{
    snprintf(out, BODY_MAX, "%s",
             GRAPH_ERROR("100",
                         "\"error_subcode\":33,\"message\":\"Unsupported request. Object does not "
                         "exist, cannot be loaded due to missing permissions\""));
    return 400;
}

static int do_create(const struct request *q, char *out)
{
    char status[64] = "UNPUBLISHED", event[200] = "";
    form_get(q->body, "status", status, sizeof(status));
    bool scheduled = strcmp(status, "SCHEDULED_UNPUBLISHED") == 0;
    if (scheduled && !form_get(q->body, "event_params", event, sizeof(event))) {
        snprintf(out, BODY_MAX, "%s", GRAPH_ERROR("1000", "\"message\":\"no time\""));
        return 400;
    }
    struct live *v = &server.lives[server.num_lives++];
    *v = (struct live){.created = time(NULL)};
    v->status = scheduled                         ? "SCHEDULED_UNPUBLISHED"
                : strcmp(status, "LIVE_NOW") == 0 ? "LIVE"
                                                  : "UNPUBLISHED";
    snprintf(v->scenario, sizeof(v->scenario), "%s", q->scenario);
    // above 2^53: a reader that takes it for a number loses its last digits
    snprintf(v->id, sizeof(v->id), "%lld", 10215840463339953LL + server.num_lives);
    form_get(q->body, "title", v->title, sizeof(v->title));
    snprintf(out, BODY_MAX,
             "{\"id\":\"%s\",\"stream_url\":\"rtmp://a.invalid/rtmp/" KEY
             "\",\"secure_stream_url\":\"%s/" KEY "\",\"stream_secondary_urls\":[],"
             "\"secure_stream_secondary_urls\":[],\"dash_ingest_url\":\"https://x.invalid/\"}",
             v->id, v->id, server.ingest, v->id);
    return 200;
}

static void put_video(char *out, size_t size, struct live *v, bool watched)
{
    char title[2 * TEXT_MAX], when[64];
    struct tm tm;
    quoted(title, sizeof(title), v->title);
    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S+0000", gmtime_r(&v->created, &tm));
    int n = snprintf(out, size,
                     "{\"id\":\"%s\",\"title\":\"%s\",\"status\":\"%s\",\"creation_time\":\"%s\","
                     "\"permalink_url\":\"\\/page\\/videos\\/%s\\/\","
                     "\"secure_stream_url\":\"%s/" KEY "\"",
                     v->id, title, v->status, when, v->id, server.ingest, v->id);
    // there is nothing to tell of a stream that has just begun
    if (watched)
        n += snprintf(out + n, size - (size_t)n, ",\"live_views\":42,\"ingest_streams\":[%s%s]",
                      SPARE_STREAM, v->looks++ > 0 ? "," MAIN_STREAM : "");
    snprintf(out + n, size - (size_t)n, "}");
}

static int do_get(const struct request *q, char *out)
{
    char id[64];
    snprintf(id, sizeof(id), "%.*s", (int)strcspn(q->path, "/?"), q->path);
    struct live *v = live_find(q, id);
    if (!v)
        return no_such(out);
    put_video(out, BODY_MAX, v, true);
    return 200;
}

static int do_list(const struct request *q, char *out)
{
    size_t n = (size_t)snprintf(out, BODY_MAX, "{\"data\":[");
    bool any = false;
    for (int i = server.num_lives - 1; i >= 0 && n + 4096 < BODY_MAX; i--) {
        if (strcmp(server.lives[i].scenario, q->scenario) != 0)
            continue;
        n += (size_t)snprintf(out + n, BODY_MAX - n, "%s", any ? "," : "");
        put_video(out + n, BODY_MAX - n, &server.lives[i], false);
        n += strlen(out + n);
        any = true;
    }
    snprintf(out + n, BODY_MAX - n, "],\"paging\":{}}");
    return 200;
}

static int do_set(const struct request *q, char *out)
{
    char value[64] = "";
    struct live *v = live_find(q, q->path);
    if (!v)
        return no_such(out);
    bool end = form_get(q->body, "end_live_video", value, sizeof(value));
    if (end && strcmp(v->status, "VOD") == 0) {
        snprintf(out, BODY_MAX, "%s", GRAPH_ERROR("100", "\"message\":\"Video has ended\""));
        return 400;
    }
    if (end)
        v->status = "VOD";
    else if (form_get(q->body, "status", value, sizeof(value)) && !strcmp(value, "LIVE_NOW"))
        v->status = "LIVE";
    form_get(q->body, "title", v->title, sizeof(v->title));
    snprintf(out, BODY_MAX, end ? "{\"success\":true}" : "{\"id\":\"%s\"}", v->id);
    return 200;
}

static int do_me(const struct request *q, char *out)
{
    (void)q;
    snprintf(out, BODY_MAX,
             "{\"id\":\"" PAGE_ID "\",\"name\":\"Nordland\",\"category\":\"Government\"}");
    return 200;
}

static int do_debug(const struct request *q, char *out)
{
    (void)q;
    snprintf(out, BODY_MAX,
             "{\"data\":{\"type\":\"PAGE\",\"is_valid\":true,\"expires_at\":1798761600,"
             "\"data_access_expires_at\":0,\"scopes\":[\"pages_show_list\","
             "\"pages_read_engagement\",\"pages_manage_posts\"]}}");
    return 200;
}

// The tests are of 300 kB, and two rounds of them.
static int do_speed(const struct request *q, char *out)
{
    bool slow = strcmp(q->scenario, "slowline") == 0;
    if (strstr(q->path, "previous_results="))
        snprintf(out, BODY_MAX,
                 "{\"target_token\":\"atl\","
                 "\"upload_bandwidth_estimate_bits_per_second\":%d}",
                 slow ? 600000 : 25000000);
    else
        snprintf(
            out, BODY_MAX,
            "{\"next_tests\":[{\"byte_count\":300000,\"url\":\"https://localhost:%d" UPLOAD_PATH
            "\"}]}",
            server.port);
    return 200;
}

static int (*const doing[])(const struct request *q, char *out) = {
    [CREATE] = do_create, [LIST] = do_list, [GET] = do_get,     [SET] = do_set,
    [END] = do_set,       [ME] = do_me,     [DEBUG] = do_debug, [SPEED] = do_speed,
};

static enum call call_of(const struct request *q)
{
    bool post = strcmp(q->method, "POST") == 0;
    size_t len = strcspn(q->path, "?");
    if (len >= 11 && strncmp(q->path + len - 11, "live_videos", 11) == 0)
        return post ? CREATE : LIST;
    if (strncmp(q->path, "debug_token", 11) == 0)
        return DEBUG;
    if (strncmp(q->path, "traffic_speedtest", 17) == 0)
        return SPEED;
    if (strncmp(q->path, "me?", 3) == 0)
        return ME;
    return !post ? GET : strstr(q->body, "end_live_video=") ? END : SET;
}

// The first rule of the scenario that is meant for this call and not used up. lock
static const struct rule *rule_for(const struct request *q)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        const struct rule *r = &rules[i];
        if (strcmp(r->scenario, q->scenario) != 0 || !(r->calls & 1u << q->call))
            continue;
        if (r->times == 0 || server.used[i]++ < r->times)
            return r;
    }
    return NULL;
}

static void tls_write(SSL *ssl, const char *data, size_t len)
{
    while (len > 0) {
        int n = SSL_write(ssl, data, (int)len);
        if (n <= 0)
            return;
        data += n;
        len -= (size_t)n;
    }
}

// The connection ends as after a crash: with RST, and no close of TLS.
static void cut(SSL *ssl)
{
    setsockopt(SSL_get_fd(ssl), SOL_SOCKET, SO_LINGER, &(struct linger){1, 0},
               sizeof(struct linger));
}

static void answer(SSL *ssl, const struct request *q)
{
    static __thread char body[BODY_MAX], head[1024];
    pthread_mutex_lock(&server.lock);
    const struct rule *r = rule_for(q);
    int status = 200;
    if (!r || !r->body || r->after)
        status = doing[q->call](q, body);
    if (r && r->body) {
        const char *echo = strstr(r->body, "$TOKEN");
        snprintf(body, sizeof(body), "%.*s%s%s", echo ? (int)(echo - r->body) : BODY_MAX, r->body,
                 echo ? q->auth + strlen("Bearer ") : "", echo ? echo + 6 : "");
        status = r->status;
    }
    pthread_mutex_unlock(&server.lock);
    enum way way = r ? r->way : SAY;
    if (way == HANG) {
        char rest;
        SSL_read(ssl, &rest, 1);
        return;
    }
    int n = snprintf(head, sizeof(head),
                     "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
                     "%sConnection: close\r\n\r\n",
                     status, status == 204 ? 0 : strlen(body), r && r->header ? r->header : "");
    if (way != DROP) {
        tls_write(ssl, head, (size_t)n);
        tls_write(ssl, body, status == 204 ? 0 : way == CUT ? strlen(body) / 2 : strlen(body));
    }
    if (way == SAY)
        SSL_shutdown(ssl);
    else
        cut(ssl);
}

static const char *header_of(char *text, const char *name)
{
    for (char *line = strstr(text, "\r\n"); line; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, strlen(name)) == 0)
            return line + 2 + strlen(name) + 2;
    return NULL;
}

// What is still to come of it is thrown away.
static void take_upload(SSL *ssl, char *text, size_t left)
{
    static const char said[] = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"
                               "Connection: close\r\n\r\n{\"t\":1.5}";
    note("upload");
    while (left > 0) {
        int n = SSL_read(ssl, text, (int)(left < REQUEST_MAX ? left : REQUEST_MAX));
        if (n <= 0)
            return;
        left -= (size_t)n;
    }
    tls_write(ssl, said, strlen(said));
    SSL_shutdown(ssl);
}

// False: it is no request.
static bool request_read(SSL *ssl, char *text, struct request *q)
{
    size_t len = 0, want = SIZE_MAX;
    while (len < want && len + 1 < REQUEST_MAX) {
        int n = SSL_read(ssl, text + len, (int)(REQUEST_MAX - 1 - len));
        if (n <= 0)
            return false;
        text[len += (size_t)n] = '\0';
        char *end = strstr(text, "\r\n\r\n");
        if (end && want == SIZE_MAX) {
            const char *length = header_of(text, "Content-Length");
            want = (size_t)(end + 4 - text) + (length ? strtoul(length, NULL, 10) : 0);
        }
    }
    if (strncmp(text, "POST " UPLOAD_PATH, 5 + strlen(UPLOAD_PATH)) == 0) {
        take_upload(ssl, text, want - len);
        return false;
    }
    const char *auth = header_of(text, "Authorization");
    q->body = strstr(text, "\r\n\r\n") + 4;
    snprintf(q->auth, sizeof(q->auth), "%.*s", auth ? (int)strcspn(auth, "\r") : 0,
             auth ? auth : "");
    if (sscanf(text, "%7s %2047s", q->method, q->target) != 2 ||
        sscanf(q->target, "/%63[^/]/", q->scenario) != 1)
        return false;
    const char *version = strchr(q->target + 1, '/');
    q->path = version ? strchr(version + 1, '/') : NULL;
    if (!q->path)
        return false;
    q->path++;
    q->call = call_of(q);
    return true;
}

static void *serve(void *arg)
{
    int fd = (int)(intptr_t)arg;
    SSL *ssl = SSL_new(server.tls);
    char *text = calloc(1, REQUEST_MAX);
    struct request q = {0};
    note("accept");
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) != 1) {
        note("handshake refused");
    } else if (request_read(ssl, text, &q)) {
        note("%s %s\t%s\t%s", q.method, q.target, q.auth, q.body);
        answer(ssl, &q);
    }
    SSL_free(ssl);
    ERR_clear_error();
    close(fd);
    free(text);
    return NULL;
}

static void *wait_for_the_end(void *arg)
{
    char c;
    while (read(STDIN_FILENO, &c, 1) > 0)
        ;
    _exit(0);
    return arg;
}

static int listen_anywhere(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 64) < 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) < 0)
        return -1;
    server.port = ntohs(at.sin_port);
    printf("%d\n", server.port);
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: graph_server CERTIFICATE KEY LOG [INGEST]\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    server.tls = SSL_CTX_new(TLS_server_method());
    server.log = fopen(argv[3], "a");
    server.ingest = argc > 4 ? argv[4] : "rtmps://rtmp-api.facebook.com:443/rtmp";
    if (!server.log || SSL_CTX_use_certificate_chain_file(server.tls, argv[1]) != 1 ||
        SSL_CTX_use_PrivateKey_file(server.tls, argv[2], SSL_FILETYPE_PEM) != 1) {
        fprintf(stderr, "graph_server: %s, %s or %s cannot be used\n", argv[1], argv[2], argv[3]);
        return 1;
    }
    int fd = listen_anywhere();
    pthread_t thread;
    if (fd < 0 || pthread_create(&thread, NULL, wait_for_the_end, NULL) != 0)
        return 1;
    for (;;) {
        int with = accept(fd, NULL, NULL);
        if (with >= 0 && pthread_create(&thread, NULL, serve, (void *)(intptr_t)with) == 0)
            pthread_detach(thread);
    }
}
