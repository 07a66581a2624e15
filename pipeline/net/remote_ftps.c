// SPDX-License-Identifier: GPL-3.0-or-later
// FTP with TLS (RFC 4217) as a place for files; the conversation is in ftps.c.
//
// A file is sent to a name beside its place that holds its hash, and what breaks off is gone on
// with at the size found there. Then it is renamed. Where a server will not rename onto a file that
// is there, that one is deleted first: for a moment there is none.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/fs.h"
#include "net/ftps.h"

enum { PROBE = 4096 };
#define HASH_S 600.0 // a server may read a gigabyte from a slow disk

static int open_ftps(const struct remote_params *p, void **own, struct err *e)
{
    struct ftps *f = NULL;
    int r = ftps_open(p, &f, e);
    *own = f;
    return r;
}

static void close_ftps(void *own)
{
    ftps_close(own);
}

// Whether the server's list shows it: that it tells no size is no answer to that. By STAT, which
// needs no second connection as LIST does; a server that does not know it has said all it knows.
static int is_listed(struct ftps *f, const char *path, bool *ret, struct err *e)
{
    struct arena a = {0};
    int r = ftps_command(f, path, NULL, e, arena_printf(&a, "*STAT %s%s", f->dir, path), NULL);
    *ret = false;
    if (r >= 0 && (strstr(f->said.p, "213-") || strstr(f->said.p, "212-")))
        for (const char *p = strchr(f->said.p, '\n'); p; p = strchr(p, '\n')) {
            p += 1 + (p[1] == ' ');
            *ret = *ret || (*p && strchr("-dl", *p) && p[1] && strchr("-r", p[1]));
        }
    arena_done(&a);
    return r;
}

static int look(void *own, const char *path, struct remote_facts *ret, struct err *e)
{
    struct ftps *f = own;
    bool listed = false;
    int r = ftps_size(f, path, &ret->bytes, e);
    if (r >= 0 && ret->bytes < 0)
        r = is_listed(f, path, &listed, e);
    if (listed)
        return err_remote(e, -EISDIR, "%s: is there, but is no file that may be looked at", path);
    ret->there = r >= 0 && ret->bytes >= 0;
    return r < 0 ? r : 0;
}

static bool is_known(const struct ftps *f, const char *folder)
{
    for (size_t i = 0; i < f->num_folders; i++)
        if (str_same(f->folders[i], folder))
            return true;
    return false;
}

// A folder that is there is no error, and one that cannot be made shows when the file is sent.
static int make_folders(struct ftps *f, const char *path, struct err *e)
{
    const char *whole = arena_printf(&f->a, "%s%s", f->dir, path);
    for (const char *end = strchr(whole + 1, '/'); end; end = strchr(end + 1, '/')) {
        char *folder = arena_strndup(&f->a, whole, (size_t)(end - whole));
        if (is_known(f, folder))
            continue;
        int r = ftps_command(f, path, NULL, e, arena_printf(&f->a, "*MKD %s", folder), NULL);
        if (r < 0)
            return r;
        f->folders =
            arena_grow(&f->a, f->folders, f->num_folders, &f->cap_folders, sizeof(*f->folders));
        f->folders[f->num_folders++] = folder;
    }
    return 0;
}

static bool has_line(const struct str *said, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = said->p; (p = strcasestr(p, word)); p += len)
        if (p > said->p && strchr(" \n-", p[-1]) && strchr(" \r\n", p[len]))
            return true;
    return false;
}

// The server's own SHA-256 of a file; "": it makes none.
static int hash_of(struct ftps *f, const char *path, char ret[REMOTE_TAG], struct err *e)
{
    struct arena a = {0};
    int r = 0;
    *ret = '\0';
    if (!f->asked_features) {
        r = ftps_command(f, path, NULL, e, "*FEAT", NULL);
        f->asked_features = r >= 0;
        f->has_xsha256 = has_line(&f->said, "XSHA256");
        f->has_hash = has_line(&f->said, "HASH") && strcasestr(f->said.p, "SHA-256");
    }
    // A blank would end the name.
    if (r >= 0 && (f->has_xsha256 || f->has_hash) && !strchr(path, ' ') && !strchr(f->dir, ' ')) {
        const char *make = f->has_hash ? "*HASH" : "*XSHA256";
        struct ftps_ask q = {.commands = {f->has_hash ? "*OPTS HASH SHA-256" : "*NOOP",
                                          arena_printf(&a, "%s %s%s", make, f->dir, path)},
                             .answer_s = HASH_S};
        r = ftps_talk(f, &q, path, NULL, e);
        for (const char *p = f->said.p; r >= 0 && *p; p += *p != '\0') {
            size_t n = strspn(p, "0123456789abcdefABCDEF");
            if (n == 64)
                memcpy(ret, p, n), ret[n] = '\0';
            p += n;
        }
    }
    arena_done(&a);
    return r;
}

static int drop(struct ftps *f, const char *path, int *ret_reply, struct err *e)
{
    struct arena a = {0};
    int r = ftps_command(f, path, ret_reply, e, arena_printf(&a, "DELE %s%s", f->dir, path), NULL);
    arena_done(&a);
    return r;
}

static int send_piece(struct ftps *f, const struct remote_file *file, const char *part, int fd,
                      int64_t from, int64_t len, struct err *e)
{
    struct handle_piece piece = {fd, from, len, f->p.sent, f->p.ctx, 0};
    struct ftps_ask q = {.path = part, .piece = &piece, .append = from > 0};
    return ftps_talk(f, &q, file->path, NULL, e);
}

// A server that can store no more breaks the connection, and what it says about it comes behind: a
// few bytes more are taken whole and then answered.
static int find_reason(struct ftps *f, const struct remote_file *file, const char *part, int fd,
                       struct err *e)
{
    struct err x = {0};
    int64_t at = -1;
    if (!e || e->code != -EPROTO || ftps_size(f, part, &at, &x) < 0 || at <= 0 || at >= file->bytes)
        return e ? e->code : -EPROTO;
    int64_t rest = file->bytes - at;
    if (send_piece(f, file, part, fd, at, rest < PROBE ? rest : PROBE, &x) == -ENOSPC)
        *e = x;
    return e->code;
}

static int send_part(struct ftps *f, const struct remote_file *file, const char *part,
                     struct err *e)
{
    int64_t at = -1;
    int fd = open(file->from, O_RDONLY | O_CLOEXEC);
    size_t known = f->num_folders;
    int r = fd < 0 ? err_errno(e, -errno, file->from) : ftps_size(f, part, &at, e);
    if (r >= 0 && at < 0)
        r = make_folders(f, part, e);
    bool old = at < 0 && known > 0 && f->num_folders == known;
    if (r >= 0 && at > file->bytes) {
        r = drop(f, part, NULL, e);
        at = -1;
    }
    if (r >= 0 && at > 0 && f->p.sent)
        f->p.sent(f->p.ctx, at);
    at = at < 0 ? 0 : at;
    if (r >= 0 && (at < file->bytes || at == 0)) {
        r = send_piece(f, file, part, fd, at, file->bytes - at, e);
        // Somebody has removed a folder that was there.
        if (r == -EACCES && old) {
            f->num_folders = 0;
            r = make_folders(f, part, e);
            r = r < 0 ? r : send_piece(f, file, part, fd, at, file->bytes - at, e);
        }
        if (r < 0)
            r = find_reason(f, file, part, fd, e);
    }
    if (fd >= 0)
        close(fd);
    return r;
}

// Before it is public: what came in is what was sent.
static int verify(struct ftps *f, const struct remote_file *file, const char *part, struct err *e)
{
    char hash[REMOTE_TAG];
    int64_t bytes = -1;
    int r = ftps_size(f, part, &bytes, e);
    if (r >= 0 && bytes < file->bytes)
        return err_remote(e, -EBADMSG, "%s: of %lld bytes %lld came in", file->path,
                          (long long)file->bytes, (long long)bytes);
    if (r >= 0)
        r = hash_of(f, part, hash, e);
    if (r < 0 || (bytes == file->bytes && (!*hash || !strcasecmp(hash, file->sha256))))
        return r;
    drop(f, part, NULL, NULL);
    return err_remote(e, -EBADMSG, "%s: has other bytes there than were sent", file->path);
}

static bool has_reply(const struct str *said, const char *code)
{
    for (const char *p = said->p; p; p = strchr(p, '\n'), p += p != NULL)
        if (str_starts(p, code))
            return true;
    return false;
}

// Only where the server begins to rename and will not end it, a file in the place may be the
// reason: one that lets nothing be renamed must not lose what is public.
static int move_over(struct ftps *f, const char *part, const char *path, struct err *e)
{
    struct arena a = {0};
    struct remote_facts there = {.bytes = -1};
    const char *from = arena_printf(&a, "RNFR %s%s", f->dir, part);
    const char *to = arena_printf(&a, "RNTO %s%s", f->dir, path);
    int reply = 0;
    struct err x = {0};
    int r = ftps_command(f, path, &reply, &x, from, to);
    if (r < 0 && (reply == 550 || reply == 553) && has_reply(&f->said, "350")) {
        int k = look(f, path, &there, &x); // a folder in the place is an error here
        r = k < 0 ? k : r;
        if (k >= 0 && there.there)
            r = drop(f, path, NULL, &x);
        if (k >= 0 && there.there && r >= 0)
            r = ftps_command(f, path, NULL, &x, from, to);
    }
    if (r < 0 && e)
        *e = x;
    arena_done(&a);
    return r;
}

// A line of its own would be a command of its own.
static int is_plain(const char *path, struct err *e)
{
    for (const char *p = path; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 127)
            return err_input(e, "a name with a control character cannot be sent by ftps");
    return 0;
}

static int put(void *own, const struct remote_file *file, struct err *e)
{
    struct ftps *f = own;
    struct arena a = {0};
    const char *part = remote_part_name(&a, file->path, file->sha256);
    int r = is_plain(file->path, e);
    if (r >= 0)
        r = send_part(f, file, part, e);
    if (r >= 0)
        r = verify(f, file, part, e);
    if (r >= 0)
        r = move_over(f, part, file->path, e);
    arena_done(&a);
    return r < 0 ? r : 0;
}

static int get(void *own, const char *path, const char *to, size_t max, struct err *e)
{
    struct ftps *f = own;
    struct remote_facts there = {.bytes = -1};
    struct str body;
    int r = look(f, path, &there, e);
    if (r >= 0 && !there.there)
        return -ENOENT;
    if (r >= 0 && there.bytes > 0 && (uint64_t)there.bytes > max)
        return err_remote(e, -EFBIG, "%s: is too long", path);
    str_init(&body, max);
    struct ftps_ask q = {.path = path, .body = &body};
    if (r >= 0)
        r = ftps_talk(f, &q, path, NULL, e);
    if (r >= 0)
        r = fs_replace(to, body.p, body.len, e);
    str_done(&body);
    return r < 0 ? r : 0;
}

// What is not there is fine.
static int remove_one(struct ftps *f, const char *path, struct err *e)
{
    struct remote_facts there = {.bytes = -1};
    struct err x = {0};
    int reply = 0;
    int r = drop(f, path, &reply, &x);
    if (r < 0 && reply == 550) {
        struct err not_there = {0};
        r = look(f, path, &there, &not_there);
        if (r >= 0 && !there.there)
            return 0;
        r = x.code;
    }
    if (r < 0 && e)
        *e = x;
    return r < 0 ? r : 0;
}

static int remove_file(void *own, const char *path, const char *const *parts, struct err *e)
{
    struct arena a = {0};
    int r = is_plain(path, e);
    if (r >= 0)
        r = remove_one(own, path, e);
    for (; r >= 0 && *parts; parts++)
        r = remove_one(own, remote_part_name(&a, path, *parts), e);
    arena_done(&a);
    return r;
}

const struct remote_kind remote_ftps = {
    "ftps", open_ftps, close_ftps, put, look, get, remove_file, NULL,
};
