// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/s3parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/str.h"
#include "base/xml.h"
#include "net/s3call.h"
#include "net/s3partlist.h"

enum { MIB = 1 << 20, PART_LEAST = 5 * MIB, PART_USUAL = 16 * MIB, PARTS_MOST = 10000 };
// Putting a large object together takes a store minutes, in which it may say nothing.
#define COMPLETE_STILL_S 600.0

int64_t s3parts_size(int64_t bytes, int64_t wanted)
{
    int64_t size = wanted > 0 ? wanted : PART_USUAL, least = (bytes + PARTS_MOST - 1) / PARTS_MOST;
    size = size > least ? size : least;
    size = size > PART_LEAST ? size : PART_LEAST;
    return (size + MIB - 1) / MIB * MIB;
}

// One file on its way.
struct sending {
    struct s3 *s;
    struct s3parts *p;
    const struct remote_file *f;
    int file;
    int64_t size; // of a part
    int n;
    struct s3part *parts; // of the upload p->id: what the store has
    bool ours;            // begun by this process
    struct arena a;
};

static void forget(struct s3parts *p)
{
    p->id[0] = '\0';
    p->completing = false;
}

static bool remember(struct sending *w, const char *id)
{
    struct s3parts *p = w->p;
    forget(p);
    if (strlen(id) >= sizeof(p->id) || strlen(w->f->path) >= sizeof(p->path))
        return false;
    memcpy(p->id, id, strlen(id) + 1);
    memcpy(p->path, w->f->path, strlen(w->f->path) + 1);
    str_fit(p->sha256, sizeof(p->sha256), w->f->sha256);
    return true;
}

static struct s3_piece piece_of(const struct sending *w, int i)
{
    int64_t from = w->size * i, left = w->f->bytes - from;
    return (struct s3_piece){
        .file = w->file, .from = from, .bytes = left < w->size ? left : w->size};
}

// Names of media carry 8 digits of what is in them.
static bool named_by_content(const struct remote_file *f)
{
    char begin[9];
    str_fit(begin, sizeof(begin), f->sha256);
    return strstr(fs_basename(f->path), begin) != NULL;
}

// Whether the store has this piece. Where ETags say nothing its size must do, and then only in an
// upload that cannot be of other bytes.
static bool is_kept(const struct sending *w, int i, const struct s3_piece *piece)
{
    const struct s3part *part = &w->parts[i];
    char hex[2 * MD5_BYTES + 1];
    hash_hex(piece->md5, MD5_BYTES, hex);
    if (part->bytes != piece->bytes)
        return false;
    if (strcasecmp(part->etag, hex) == 0)
        return true;
    if (s3_etag_is_md5(part->etag) && !(w->ours && w->p->opaque))
        return false;
    return w->ours || named_by_content(w->f);
}

// One that is gone already is fine.
static int end_upload(struct sending *w, const char *id, struct err *e)
{
    struct http_response http;
    struct err failed = {0};
    struct s3_ask q = {.method = "DELETE", .path = s3_path(w->s, &w->a, w->f->path)};
    q.query[0] = (struct sigv4_pair){"uploadId", id};
    int r = s3_ask(w->s, &q, &http, &failed);
    http_response_done(&http);
    if (r >= 0 || r == -ESTALE || r == -ENOENT)
        return 0;
    if (e)
        *e = failed;
    return r;
}

static void give_up(struct sending *w, const char *id)
{
    end_upload(w, id, NULL); // another run will find it again
}

// -ERANGE: it is not one of ours, or may not be looked at.
static int list(struct sending *w, const char *id, struct err *e)
{
    struct err failed = {0};
    int r = s3partlist_parts(w->s, s3_path(w->s, &w->a, w->f->path), id, w->parts, w->n, &failed);
    if (r < 0 && r != -ESTALE && r != -ERANGE && failed.kind != ERR_INTERRUPTED &&
        (r == -ENOENT || !remote_may_mend(&failed)))
        r = -ERANGE;
    if (r < 0 && e)
        *e = failed;
    return r;
}

// An upload that some earlier run left: good when it has parts and each is ours. One that holds
// anything else was begun for other bytes, and would bear their hash.
static int check_left(struct sending *w, const char *id, bool *ret_good, struct err *e)
{
    int had = 0;
    int r = list(w, id, e);
    *ret_good = r >= 0;
    for (int i = 0; r >= 0 && i < w->n && *ret_good; i++) {
        if (!w->parts[i].there)
            continue;
        struct s3_piece piece = piece_of(w, i);
        r = s3_hash(w->s, &piece, NULL, e);
        *ret_good = r >= 0 && is_kept(w, i, &piece);
        had++;
    }
    *ret_good = *ret_good && had > 0 && r >= 0;
    return r == -ERANGE ? 0 : r;
}

// Looks for one to go on with; the rest are given up.
static int find(struct sending *w, struct err *e)
{
    char **ids = NULL;
    size_t n = 0;
    bool good = false;
    int r = s3partlist_uploads(w->s, w->p, w->f->path, &w->a, &ids, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        if (good) {
            give_up(w, ids[i]);
            continue;
        }
        r = check_left(w, ids[i], &good, e);
        if (r == -ESTALE) // gone meanwhile
            r = 0;
        else if (r >= 0 && !good)
            give_up(w, ids[i]);
        else if (r >= 0)
            good = remember(w, ids[i]);
    }
    if (r >= 0 && !good)
        memset(w->parts, 0, sizeof(*w->parts) * (size_t)w->n);
    return r;
}

static int begin(struct sending *w, struct err *e)
{
    struct s3answer answer;
    struct s3_ask q = {.method = "POST",
                       .path = s3_path(w->s, &w->a, w->f->path),
                       .body = "",
                       .type = w->f->type,
                       .cache = w->f->cache,
                       .meta_sha256 = w->f->sha256};
    q.query[0] = (struct sigv4_pair){"uploads", ""};
    int r = s3_ask_for(w->s, &q, "InitiateMultipartUploadResult", &w->a, &answer, e);
    const char *id = r >= 0 ? s3answer_text(&answer, "UploadId") : NULL;
    if (r >= 0 && (!id || !*id || !remember(w, id)))
        return err_remote(e, -EPROTO, "%s: begins an upload without a name for it", w->s->host);
    w->ours = true;
    return r;
}

static int send_part(struct sending *w, int i, struct s3_piece *piece, struct err *e)
{
    struct http_response http;
    struct s3_ask q = {.method = "PUT", .path = s3_path(w->s, &w->a, w->f->path), .piece = piece};
    q.query[0] = (struct sigv4_pair){"partNumber", arena_printf(&w->a, "%d", i + 1)};
    q.query[1] = (struct sigv4_pair){"uploadId", w->p->id};
    int r = s3_ask(w->s, &q, &http, e);
    if (r >= 0 && s3_is_damaged(&http, piece->md5))
        r = err_remote(e, -EBADMSG, "%s: has stored other bytes than were sent", w->s->host);
    if (r >= 0 && http.header[S3_ETAG].len == 0)
        r = err_remote(e, -EPROTO, "%s: takes a part and gives no ETag for it", w->s->host);
    if (r >= 0) {
        s3_etag(http.header[S3_ETAG].p, w->parts[i].etag);
        w->p->opaque = w->p->opaque || s3_is_opaque(&http);
    }
    http_response_done(&http);
    return r;
}

static int send_parts(struct sending *w, struct err *e)
{
    struct hash *whole = hash_new();
    char sha256[HASH_HEX];
    int r = 0;
    for (int i = 0; r >= 0 && i < w->n; i++) {
        struct s3_piece piece = piece_of(w, i);
        r = s3_hash(w->s, &piece, whole, e);
        if (r >= 0 && w->parts[i].there && is_kept(w, i, &piece))
            s3_count(w->s, piece.bytes);
        else if (r >= 0)
            r = send_part(w, i, &piece, e);
    }
    hash_finish(whole, sha256);
    // Parts of two states of a file must never become one object.
    if (r >= 0 && !str_same(sha256, w->f->sha256)) {
        give_up(w, w->p->id);
        forget(w->p);
        r = err_set(e, -ESTALE, "%s: has changed since it was made", w->f->from);
    }
    return r;
}

static void add_list(struct str *s, struct sending *w)
{
    struct xml x;
    xml_init(&x, s, 0);
    xml_open(&x, "CompleteMultipartUpload");
    xml_attr(&x, "xmlns", "http://s3.amazonaws.com/doc/2006-03-01/");
    for (int i = 0; i < w->n; i++) {
        xml_open(&x, "Part");
        xml_leaf(&x, "PartNumber", arena_printf(&w->a, "%d", i + 1));
        xml_leaf(&x, "ETag", arena_printf(&w->a, "\"%s\"", w->parts[i].etag));
        xml_close(&x);
    }
    xml_close(&x);
}

// Whether the object is there: an answer that was lost may have said so.
static bool is_done(struct sending *w)
{
    struct http_response http;
    const struct remote_file *f = w->f;
    int64_t bytes = -1;
    int r = s3_ask(w->s, &(struct s3_ask){.method = "HEAD", .path = s3_path(w->s, &w->a, f->path)},
                   &http, NULL);
    bool done = r >= 0 && str_to_int(http.header[S3_LENGTH].p, &bytes) && bytes == f->bytes &&
                str_same(http.header[S3_SHA256].p, f->sha256) &&
                str_same(http.header[S3_TYPE].p, f->type) &&
                (!f->cache || str_same(http.header[S3_CACHE].p, f->cache));
    http_response_done(&http);
    return done;
}

static int complete(struct sending *w, struct err *e)
{
    struct s3answer answer;
    struct str list;
    str_init(&list, S3ANSWER_MAX);
    add_list(&list, w);
    struct s3_ask q = {.method = "POST",
                       .path = s3_path(w->s, &w->a, w->f->path),
                       .body = list.p,
                       .type = "application/xml",
                       .still_s = COMPLETE_STILL_S};
    q.query[0] = (struct sigv4_pair){"uploadId", w->p->id};
    w->p->completing = true;
    int r = s3_ask_for(w->s, &q, "CompleteMultipartUploadResult", &w->a, &answer, e);
    str_done(&list);
    if (r == -ESTALE && is_done(w)) { // asked for twice, as libcurl may where a connection breaks
        r = 0;
        if (e)
            *e = (struct err){0};
    }
    if (r == -ESTALE) // parts the store cannot put together: all anew
        give_up(w, w->p->id);
    if (r >= 0 || r == -ESTALE)
        forget(w->p);
    return r;
}

// The upload to go on with, and what it has.
static int take_up(struct sending *w, struct err *e)
{
    struct s3parts *p = w->p;
    w->ours = *p->id && str_same(p->path, w->f->path) && str_same(p->sha256, w->f->sha256);
    if (!w->ours)
        forget(p);
    int r = w->ours ? list(w, p->id, e) : -ESTALE;
    if (r == -ERANGE)
        give_up(w, p->id);
    if (r == -ESTALE || r == -ERANGE) {
        forget(p);
        w->ours = false;
        r = find(w, e);
    }
    return r >= 0 && !*p->id ? begin(w, e) : r;
}

int s3parts_put(struct s3 *s, struct s3parts *p, const struct remote_file *f, struct err *e)
{
    struct sending w = {.s = s, .p = p, .f = f, .size = s3parts_size(f->bytes, s->p.part_bytes)};
    w.n = (int)((f->bytes + w.size - 1) / w.size);
    w.parts = arena_array(&w.a, struct s3part, (size_t)w.n);
    w.file = open(f->from, O_RDONLY | O_CLOEXEC);
    int r = w.file < 0 ? err_errno(e, -errno, f->from) : 0;
    if (r >= 0 && p->completing && str_same(p->path, f->path) && str_same(p->sha256, f->sha256) &&
        is_done(&w)) {
        forget(p);
        s3_count(s, f->bytes);
    } else if (r >= 0) {
        r = take_up(&w, e);
        if (r >= 0)
            r = send_parts(&w, e);
        if (r >= 0)
            r = complete(&w, e);
    }
    if (w.file >= 0)
        close(w.file);
    arena_done(&w.a);
    return r;
}

int s3parts_remove(struct s3 *s, struct s3parts *p, const char *path, struct err *e)
{
    struct remote_file f = {.path = path};
    struct sending w = {.s = s, .p = p, .f = &f};
    char **ids = NULL;
    size_t n = 0;
    bool ours = *p->id && str_same(p->path, path);
    int r = ours ? end_upload(&w, p->id, e) : 0;
    if (ours && r >= 0)
        forget(p);
    if (r >= 0)
        r = s3partlist_uploads(s, p, path, &w.a, &ids, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = end_upload(&w, ids[i], e);
    arena_done(&w.a);
    return r;
}

void s3parts_done(struct s3 *s, struct s3parts *p)
{
    struct remote_file f = {.path = p->path};
    struct sending w = {.s = s, .p = p, .f = &f};
    if (*p->id && p->listless)
        give_up(&w, p->id);
    arena_done(&w.a);
}
