// SPDX-License-Identifier: GPL-3.0-or-later
// WebDAV (RFC 4918) over https; http to this machine alone. A file is sent to a name beside its
// place, looked at, and moved over: one step where the server's MOVE is a rename, as that of nginx
// and Apache is on one disk. A PUT cannot go on in the middle (RFC 9110 §14.5): what breaks off is
// sent again whole.
//
// The type a file is given out with is the server's choice by its name: it keeps none that is sent,
// and its public address may be another server's. So a look says none.
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/str.h"
#include "net/http.h"
#include "net/remote.h"

enum { RETRY, DATE, LOGIN, LENGTH, ETAG, PLACE };
#define CONNECT_S 15.0
#define STILL_S 30.0
// Standing still ends a call, not its length: a server may copy a gigabyte to move it.
#define TOTAL_S 7200.0

struct webdav {
    struct remote_params p; // its strings are in a
    struct http_keep *keep;
    bool digest; // the server wants no basic login
    double asked_s;
    struct arena a;
    char **folders; // that are there; "a/b/"
    size_t num_folders, cap_folders;
};

static int open_webdav(const struct remote_params *p, void **own, struct err *e)
{
    struct webdav *w = mem_alloc(sizeof(*w));
    int r = http_init(e);
    if (r < 0) {
        free(w);
        return r;
    }
    *w = (struct webdav){.p = *p, .keep = http_keep_new()};
    w->p.url = arena_printf(&w->a, "%s%s", p->url, str_ends(p->url, "/") ? "" : "/");
    w->p.user = arena_strdup(&w->a, p->user);
    w->p.secret = arena_strdup(&w->a, p->secret);
    w->p.ca_file = arena_strdup(&w->a, p->ca_file);
    *own = w;
    return 0;
}

static void close_webdav(void *own)
{
    struct webdav *w = own;
    http_keep_free(w->keep);
    if (w->p.secret)
        explicit_bzero((char *)w->p.secret, strlen(w->p.secret));
    arena_done(&w->a);
    free(w);
}

static const char *url_of(struct arena *a, const struct webdav *w, const char *path)
{
    struct str s;
    str_init(&s, STR_MAX);
    str_add(&s, w->p.url);
    str_add_url(&s, path);
    const char *url = arena_strdup(a, s.p);
    str_done(&s);
    return url;
}

// Seconds, or a time, which counts from the server's own.
static double wait_of(const struct http_response *a)
{
    int64_t s = 0;
    time_t then = curl_getdate(a->header[RETRY].p, NULL),
           now = curl_getdate(a->header[DATE].p, NULL);
    if (str_to_int(a->header[RETRY].p, &s))
        return s > 0 ? (double)s : 0;
    return then > now && now > 0 ? (double)(then - now) : 0;
}

// The status, or what http_do says. *a is set in each case.
static int ask(struct webdav *w, const struct http_request *what, struct http_response *a,
               struct err *e)
{
    struct http_request q = *what;
    static const char *const wanted[] = {
        [RETRY] = "Retry-After",     [DATE] = "Date", [LOGIN] = "WWW-Authenticate",
        [LENGTH] = "Content-Length", [ETAG] = "ETag", [PLACE] = "Location"};
    memcpy(q.wanted, wanted, sizeof(wanted));
    q.user = w->p.user;
    q.password = w->p.secret;
    q.ca_file = w->p.ca_file;
    q.keep = w->keep;
    q.connect_s = w->p.timeout_s > 0 ? w->p.timeout_s : CONNECT_S;
    q.still_s = w->p.timeout_s > 0 ? w->p.timeout_s : STILL_S;
    q.total_s = q.file ? 0 : TOTAL_S;
    q.stopped = w->p.stopped;
    q.stopped_ctx = w->p.ctx;
    for (;;) {
        q.digest = w->digest;
        int r = http_do(&q, a, e);
        // A server that wants no more of a file says so and breaks the connection.
        if (r < 0 && (a->status < 400 || r == -ECANCELED))
            return r;
        if (*a->header[RETRY].p)
            w->asked_s = wait_of(a);
        if (a->status != 401 || !q.user || w->digest || !strcasestr(a->header[LOGIN].p, "digest"))
            return a->status;
        w->digest = true;
        http_response_done(a);
    }
}

static const struct answer {
    int status, code;
    const char *text;
} answers[] = {
    {401, -EACCES, "the login is refused: look at this target's user and secret"},
    {403, -EACCES, "is refused: this user may not do that there; ask who runs the server"},
    {404, -ENOENT, "is not there"},
    {405, -EINVAL, "does not take uploads: is it WebDAV? url must be that of its folder"},
    {409, -EINVAL, "its folder is not there and cannot be made"},
    {413, -EFBIG, "is too large for the server: who runs it must raise the limit for uploads"},
    {423, -EBUSY, "is locked by another program"},
    {429, -EAGAIN, "the server asks to wait"},
    {500, -EAGAIN, "the server fails; its log says why, and a full disk is one reason"},
    {501, -EINVAL, "does not take uploads: is it WebDAV? url must be that of its folder"},
    {503, -EAGAIN, "the server cannot answer for the moment"},
    {507, -ENOSPC, "no space is left on the server"},
};

static bool is_moved(int status)
{
    return status >= 300 && status < 400;
}

// The address to write instead: without what is secret or below it.
static int moved(const char *url, const struct http_response *a, const struct webdav *w,
                 const char *path, struct err *e)
{
    char to[512];
    const char *below = url + strlen(w->p.url);
    str_fit(to, sizeof(to), a->header[PLACE].p);
    to[strcspn(to, "?#")] = '\0';
    size_t len = strlen(to), n = strlen(url);
    const char *end = strstr(url, "://"); // a server may name the path alone
    end = end ? strchr(end + 3, '/') : NULL;
    if (len > 0 && to[len - 1] == '/' &&
        ((len == n + 1 && !strncmp(to, url, n)) ||
         (end && !strncmp(to, end, len - 1) && len - 1 == strlen(end))))
        return err_remote(e, -EISDIR, "%s: is a folder there, not a file", path);
    if (*below && str_ends(to, below))
        to[len - strlen(below)] = '\0';
    return err_remote(e, -EINVAL, "%s: the server sends us elsewhere; write url: %s", path, to);
}

static int refused(const struct webdav *w, const char *url, const char *path,
                   const struct http_response *a, struct err *e)
{
    int status = a->status;
    if (is_moved(status) && *a->header[PLACE].p)
        return moved(url, a, w, path, e);
    for (size_t i = 0; i < COUNT(answers); i++)
        if (answers[i].status == status)
            return err_remote(e, answers[i].code, "%s: %s (status %d)", path, answers[i].text,
                              status);
    return err_remote(e, status >= 500 || status == 408 ? -EAGAIN : -EINVAL,
                      "%s: the server answers with status %d", path, status);
}

// One request without a body. The status where it is 2xx or one of fine (up to a 0); else refused.
static int simple(struct webdav *w, const char *method, const char *path, const int *fine,
                  const char *const *headers, struct err *e)
{
    struct arena a = {0};
    struct http_response got;
    const char *url = url_of(&a, w, path);
    int r =
        ask(w, &(struct http_request){.method = method, .url = url, .headers = headers}, &got, e);
    bool good = r >= 200 && r < 300;
    for (; r > 0 && fine && *fine; fine++)
        good = good || r == *fine;
    if (r > 0 && !good)
        r = refused(w, url, path, &got, e);
    http_response_done(&got);
    arena_done(&a);
    return r;
}

static const int gone[] = {404, 410, 0};

static int look_at(struct webdav *w, const char *path, struct remote_facts *ret, struct err *e)
{
    static const char *const fresh[] = {"Cache-Control: no-cache", NULL};
    struct arena a = {0};
    struct http_response got;
    const char *url = url_of(&a, w, path);
    int r = ask(w, &(struct http_request){.method = "HEAD", .url = url, .headers = fresh}, &got, e);
    if (r >= 200 && r < 300) {
        const char *tag = got.header[ETAG].p;
        tag += str_starts(tag, "W/") ? 2 : 0;
        tag += *tag == '"';
        ret->there = true;
        if (!str_to_int(got.header[LENGTH].p, &ret->bytes))
            ret->bytes = -1;
        str_fit(ret->etag, sizeof(ret->etag), tag);
        ret->etag[strcspn(ret->etag, "\"")] = '\0';
    } else if (r > 0 && r != 404 && r != 410) {
        r = refused(w, url, path, &got, e);
    }
    http_response_done(&got);
    arena_done(&a);
    return r < 0 ? r : 0;
}

static int look(void *own, const char *path, struct remote_facts *ret, struct err *e)
{
    struct webdav *w = own;
    w->asked_s = 0;
    return look_at(w, path, ret, e);
}

static bool is_known(const struct webdav *w, const char *folder)
{
    for (size_t i = 0; i < w->num_folders; i++)
        if (str_same(w->folders[i], folder))
            return true;
    return false;
}

// Why something has no folder to lie in; *e is set already.
static int look_at_root(struct webdav *w, struct err *e)
{
    struct err x = {0};
    static const int there[] = {403, 404, 405, 0}; // a folder that shows no list is one
    if (simple(w, "HEAD", "", there, NULL, &x) == 404)
        return err_remote(e, -EINVAL,
                          "the folder that url names is not there: make it on the "
                          "server, or write the url of one that is");
    return e ? e->code : -EINVAL;
}

// Those above path, but not the target's own: a url with a slip of the pen makes no folder.
static int make_folders(struct webdav *w, const char *path, struct err *e)
{
    static const int there[] = {405, 409, 0}; // RFC 4918 §9.3.1
    for (const char *end = strchr(path, '/'); end; end = strchr(end + 1, '/')) {
        char *folder = arena_strndup(&w->a, path, (size_t)(end + 1 - path));
        if (is_known(w, folder))
            continue;
        int r = simple(w, "MKCOL", folder, there, NULL, e);
        if (r == 409) {
            err_remote(e, -EINVAL, "%s: this folder cannot be made there", folder);
            r = look_at_root(w, e);
        }
        if (r < 0)
            return r;
        w->folders =
            arena_grow(&w->a, w->folders, w->num_folders, &w->cap_folders, sizeof(*w->folders));
        w->folders[w->num_folders++] = folder;
    }
    return 0;
}

// 2xx, or the status of an answer that a missing folder may be the reason for; *e is set for that,
// too.
static int send_once(struct webdav *w, const struct remote_file *f, const char *part, int fd,
                     struct err *e)
{
    struct arena a = {0};
    struct http_response got;
    const char *url = url_of(&a, w, part), *type = arena_printf(&a, "Content-Type: %s", f->type);
    const struct http_request q = {.method = "PUT",
                                   .url = url,
                                   .file = fd,
                                   .file_len = f->bytes,
                                   .sent = w->p.sent,
                                   .sent_ctx = w->p.ctx,
                                   .headers = (const char *const[]){type, NULL}};
    int r = ask(w, &q, &got, e), status = r;
    if (r > 0 && (r < 200 || r >= 300))
        r = refused(w, url, f->path, &got, e);
    http_response_done(&got);
    arena_done(&a);
    // nginx answers with 500 where there is no folder.
    return status == 404 || status == 409 || status == 500 ? status : r;
}

static int send_part(struct webdav *w, const struct remote_file *f, const char *part, struct err *e)
{
    int fd = open(f->from, O_RDONLY | O_CLOEXEC);
    size_t known = w->num_folders;
    int r = fd < 0 ? err_errno(e, -errno, f->from) : make_folders(w, part, e);
    bool old = w->num_folders == known && strchr(part, '/');
    if (r >= 0)
        r = send_once(w, f, part, fd, e);
    // Somebody has removed a folder that was there.
    if (r >= 400 && old) {
        w->num_folders = 0;
        r = make_folders(w, part, e);
        if (r >= 0)
            r = send_once(w, f, part, fd, e);
    }
    if (r >= 400)
        r = look_at_root(w, e);
    if (fd >= 0)
        close(fd);
    return r;
}

// A MOVE that was done, and whose answer was lost, libcurl asks for again: then there is no part
// any more. before: what lay in the place.
static bool is_moved_over(struct webdav *w, const struct remote_file *f,
                          const struct remote_facts *before)
{
    struct remote_facts now = {.bytes = -1};
    return look_at(w, f->path, &now, NULL) >= 0 && now.there && now.bytes == f->bytes &&
           (!before->there || before->bytes != now.bytes || !str_same(before->etag, now.etag));
}

static int move_over(struct webdav *w, const char *part, const char *path, struct err *e)
{
    static const int other_name[] = {400, 502, 0}; // as mod_dav says it
    struct arena a = {0};
    const char *to = url_of(&a, w, path);
    const char *headers[] = {arena_printf(&a, "Destination: %s", to), "Overwrite: T", NULL};
    bool tls = str_starts(to, "https:");
    int r = simple(w, "MOVE", part, tls ? other_name : NULL, headers, e);
    // A server to which a proxy hands on what came by TLS may know itself by http:// alone. It is
    // a name: nothing goes there.
    if (r == 400 || r == 502) {
        headers[0] = arena_printf(&a, "Destination: http:%s", to + 6);
        r = simple(w, "MOVE", part, NULL, headers, e);
    }
    arena_done(&a);
    return r;
}

static void drop(struct webdav *w, const char *part)
{
    double asked_s = w->asked_s;
    simple(w, "DELETE", part, gone, NULL, NULL);
    w->asked_s = asked_s;
}

static int put(void *own, const struct remote_file *f, struct err *e)
{
    struct webdav *w = own;
    struct arena a = {0};
    struct remote_facts before = {.bytes = -1}, there = {.bytes = -1};
    const char *part = remote_part_name(&a, f->path, f->sha256);
    w->asked_s = 0;
    // MOVE over a folder would remove all that is in it: then this is an error.
    int r = look_at(w, f->path, &before, e);
    if (r >= 0)
        r = send_part(w, f, part, e);
    // A server that shows no names with a dot in front may say anything here.
    if (r >= 0 && look_at(w, part, &there, NULL) >= 0 && there.bytes >= 0 &&
        there.bytes != f->bytes) {
        r = err_remote(e, -EBADMSG, "%s: of %lld bytes %lld came in", f->path, (long long)f->bytes,
                       (long long)there.bytes);
        drop(w, part);
    } else if (r >= 0) {
        r = move_over(w, part, f->path, e);
        if (r == -ENOENT && is_moved_over(w, f, &before)) {
            r = 0;
            if (e)
                *e = (struct err){0};
        } else if (r == -ENOENT) {
            r = err_remote(e, -EAGAIN, "%s: was sent, but is gone before it came into its place",
                           f->path);
        }
        if (r < 0 && e && !remote_may_mend(e) && r != -ECANCELED)
            drop(w, part);
    }
    arena_done(&a);
    return r < 0 ? r : 0;
}

static int get(void *own, const char *path, const char *to, size_t max, struct err *e)
{
    static const char *const fresh[] = {"Cache-Control: no-cache", NULL};
    struct webdav *w = own;
    struct arena a = {0};
    struct http_response got;
    const char *url = url_of(&a, w, path);
    w->asked_s = 0;
    int r = ask(w, &(struct http_request){.url = url, .max_bytes = max, .headers = fresh}, &got, e);
    if (r == 404 || r == 410)
        r = -ENOENT;
    else if (r >= 200 && r < 300)
        r = fs_replace(to, got.body.p, got.body.len, e);
    else if (r > 0)
        r = refused(w, url, path, &got, e);
    http_response_done(&got);
    arena_done(&a);
    return r < 0 ? r : 0;
}

static int remove_file(void *own, const char *path, const char *const *parts, struct err *e)
{
    struct webdav *w = own;
    struct arena a = {0};
    w->asked_s = 0;
    int r = simple(w, "DELETE", path, gone, NULL, e);
    for (; r >= 0 && *parts; parts++)
        r = simple(w, "DELETE", remote_part_name(&a, path, *parts), gone, NULL, e);
    arena_done(&a);
    return r < 0 ? r : 0;
}

static double asked_s(const void *own)
{
    const struct webdav *w = own;
    return w->asked_s;
}

const struct remote_kind remote_webdav = {
    "webdav", open_webdav, close_webdav, put, look, get, remove_file, asked_s,
};
