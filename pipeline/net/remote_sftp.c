// SPDX-License-Identifier: GPL-3.0-or-later
// A folder on a server that speaks SFTP, through OpenSSH's sftp: its keys, agent, known hosts and
// configuration count. A file goes to ".NAME.<of its hash>.part" beside its place, is flushed, and
// is renamed over what was there, by one step where the server has posix-rename@openssh.com
// (OpenSSH does); elsewhere the old one is removed first. A part that broke off is gone on with
// when its last bytes are ours: those were under way when it broke.
#include "net/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/str.h"
#include "net/remote_sftptalk.h"
#include "net/remote_sftpurl.h"

// What may have been sent and not written when a connection broke. Smaller files begin anew.
enum { UNSURE = SFTP_MESSAGE * SFTP_UNDER_WAY };

struct sftp {
    struct remote_params p;
    struct sftptalk_params to;
    struct sftptalk *talk; // NULL: not connected now
    const char *dir;       // of the target; "": where a login begins
    char **folders;        // below it, that are there
    size_t num_folders, folder_room;
    bool no_replace; // the server's rename does not replace
    int64_t sent;    // of the file that is under way
    struct arena a;
};

static bool stopped(const void *ctx)
{
    const struct sftp *s = ctx;
    return s->p.stopped && s->p.stopped(s->p.ctx);
}

static void tell_sent(struct sftp *s, int64_t so_far)
{
    if (s->p.sent && so_far != s->sent)
        s->p.sent(s->p.ctx, so_far - s->sent);
    s->sent = so_far;
}

static void hang_up(struct sftp *s)
{
    sftptalk_close(s->talk);
    s->talk = NULL;
}

static int tell(struct sftp *s, const struct sftptalk_command *c, struct err *e)
{
    int r = sftptalk_tell(s->talk, c, e);
    if (r < 0)
        hang_up(s);
    return r;
}

static bool takes_pattern(const char *verb)
{
    static const char *const others[] = {"cd", "mkdir", "rmdir", "rename"};
    for (size_t i = 0; i < COUNT(others); i++)
        if (str_same(others[i], verb))
            return false;
    return true;
}

// VERB and one or two names; NULL: one. What it says when it may fail is for the caller to read.
static int say(struct sftp *s, bool may_fail, const char *verb, const char *one, const char *two,
               struct err *e)
{
    struct str c;
    str_init(&c, STR_MAX);
    str_add(&c, verb);
    sftptalk_add_name(&c, one, takes_pattern(verb));
    if (two)
        sftptalk_add_name(&c, two, false);
    int r = tell(s, &(struct sftptalk_command){.text = c.p, .may_fail = may_fail}, e);
    str_done(&c);
    return r;
}

static const char *said(const struct sftp *s)
{
    return sftptalk_said(s->talk);
}

// Connected, and in the target's folder; also again after a connection broke, or was ended while
// nobody needed it.
static int ready(struct sftp *s, struct err *e)
{
    if (s->talk && sftptalk_is_over(s->talk))
        hang_up(s);
    if (s->talk)
        return 0;
    int r = sftptalk_open(&s->to, &s->talk, e);
    if (r >= 0 && *s->dir && (r = say(s, false, "cd", s->dir, NULL, e)) == -ENOENT)
        err_remote(e, r, "%s: the folder %s is not there; make it, or mend the address", s->to.host,
                   s->dir);
    return r;
}

static void close_sftp(void *own)
{
    struct sftp *s = own;
    hang_up(s);
    free(s->folders);
    arena_done(&s->a);
    free(s);
}

static int open_sftp(const struct remote_params *p, void **own, struct err *e)
{
    struct sftp *s = mem_alloc(sizeof(*s));
    *s = (struct sftp){.p = *p};
    s->to = (struct sftptalk_params){.stopped = stopped, .ctx = s};
    int r = sftpurl_read(&s->a, p, &s->to, &s->dir, e);
    if (r >= 0)
        r = ready(s, e);
    if (r >= 0)
        *own = s;
    else
        close_sftp(s);
    return r;
}

// sftp reads lines: no name that holds the end of one.
static int check_path(const char *path, struct err *e)
{
    for (const char *c = path; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return err_remote(e, -EINVAL, "%s: its name holds a character that sftp cannot take",
                              path);
    return *path ? 0 : err_remote(e, -EINVAL, "a path is empty");
}

static bool is_known_folder(const struct sftp *s, const char *path)
{
    for (size_t i = 0; i < s->num_folders; i++)
        if (str_same(s->folders[i], path))
            return true;
    return false;
}

static void remember_folder(struct sftp *s, const char *path)
{
    if (s->num_folders == s->folder_room) {
        s->folder_room = s->folder_room ? 2 * s->folder_room : 16;
        s->folders = mem_grow(s->folders, s->folder_room * sizeof(*s->folders));
    }
    s->folders[s->num_folders++] = arena_strdup(&s->a, path);
}

// Those above path. One that is there already cannot be made, and servers say so in no special way.
static int make_folders(struct sftp *s, const char *path, struct err *e)
{
    struct arena a = {0};
    int r = 0;
    for (const char *slash = strchr(path, '/'); slash && r >= 0; slash = strchr(slash + 1, '/')) {
        const char *dir = arena_strndup(&a, path, (size_t)(slash - path));
        if (is_known_folder(s, dir))
            continue;
        r = say(s, true, "mkdir", dir, NULL, e);
        if (r >= 0 && strstr(said(s), "Permission denied")) {
            r = err_remote(e, -EACCES, "%s: this user may make no folder %s", s->to.host, dir);
            break;
        }
        if (r >= 0 && !*said(s)) // a web server must be able to read it
            r = say(s, true, "chmod 755", dir, NULL, e);
        if (r >= 0)
            remember_folder(s, dir);
    }
    arena_done(&a);
    return r;
}

static size_t slashes(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += text[i] == '/';
    return n;
}

// A file is listed under the name that was asked for ("./a/b"), what is in a folder below it.
static int look(void *own, const char *path, struct remote_facts *ret, struct err *e)
{
    struct sftp *s = own;
    long long bytes;
    int r = check_path(path, e);
    if (r >= 0)
        r = ready(s, e);
    if (r >= 0)
        r = say(s, true, "ls -ln", path, NULL, e);
    if (r < 0)
        return r;
    const char *line = said(s);
    if (strstr(line, "Permission denied"))
        return err_remote(e, -EACCES, "%s: this user may not look at %s", s->to.host, path);
    if (strstr(line, "not found") || strstr(line, "No such file"))
        return 0;
    if (!*line || slashes(line, strcspn(line, "\n")) != slashes(path, strlen(path)) + 1)
        return err_remote(e, -EISDIR, "%s: is a folder there, not a file", path);
    if (sscanf(line, "%*s %*s %*s %*s %lld", &bytes) != 1)
        return err_remote(e, -EPROTO, "%s: the server does not say how long it is", path);
    ret->there = true;
    ret->bytes = line[0] == '-' ? bytes : -1; // of a link it is the link's
    return 0;
}

// The last n bytes of what is there, up to `end`: are they the file's? *ret is false, too, when
// they cannot be read.
static int same_tail(struct sftp *s, const struct remote_file *f, const char *part, int64_t end,
                     bool *ret, struct err *e)
{
    const char *root = getenv("TMPDIR");
    char to[256];
    int64_t n = end < UNSURE ? end : UNSURE;
    snprintf(to, sizeof(to), "%s/dgl-sftp-XXXXXX", root ? root : P_tmpdir);
    int fd = mkostemp(to, O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, -errno, to);
    int from = open(f->from, O_RDONLY | O_CLOEXEC);
    int r = from < 0 ? err_errno(e, -errno, f->from) : 0;
    // A hole as long as what need not come: sftp goes on behind it.
    if (r >= 0 && ftruncate(fd, end - n) < 0)
        r = err_errno(e, -errno, to);
    if (r >= 0)
        r = say(s, true, "get -a", part, to, e);
    char *ours = mem_alloc((size_t)n), *theirs = mem_alloc((size_t)n);
    *ret = r >= 0 && pread(fd, theirs, (size_t)n, end - n) == n &&
           pread(from, ours, (size_t)n, end - n) == n && !memcmp(ours, theirs, (size_t)n);
    free(ours);
    free(theirs);
    unlink(to);
    close(fd);
    if (from >= 0)
        close(from);
    return r;
}

// Where to go on, 0: at the beginning.
static int find_start(struct sftp *s, const struct remote_file *f, const char *part, int64_t *ret,
                      struct err *e)
{
    struct remote_facts there = {.bytes = -1};
    bool same = false;
    *ret = 0;
    if (f->bytes <= UNSURE)
        return 0;
    int r = look(s, part, &there, e);
    if (r < 0 || there.bytes <= 0 || there.bytes > f->bytes)
        return r;
    r = same_tail(s, f, part, there.bytes, &same, e);
    // what we sent from is read-only, and so is the part
    if (r >= 0 && same && (r = say(s, true, "chmod 644", part, NULL, e)) >= 0)
        *ret = there.bytes;
    return r;
}

struct going {
    struct sftp *s;
    int64_t from;
};

static void moved(void *ctx, int64_t so_far)
{
    const struct going *g = ctx;
    tell_sent(g->s, g->from + so_far);
}

static int upload(struct sftp *s, const struct remote_file *f, const char *part, int64_t at,
                  struct err *e)
{
    struct going g = {s, at};
    struct str c;
    str_init(&c, STR_MAX);
    str_add(&c, at ? "put -fa" : "put -f");
    sftptalk_add_name(&c, f->from, true);
    sftptalk_add_name(&c, part, false);
    int r =
        tell(s,
             &(struct sftptalk_command){
                 .text = c.p, .uploads = true, .bytes = f->bytes - at, .moved = moved, .ctx = &g},
             e);
    str_done(&c);
    if (r == -EIO) // all that SFTP has for a disk that is full
        r = err_remote(e, -ENOSPC,
                       "%s: %s could not be written; most likely the disk there is full, or what "
                       "this user may use of it",
                       s->to.host, f->path);
    return r;
}

// What broke off is read-only, as is what it was sent from, where it is not gone on with.
static int upload_over(struct sftp *s, const struct remote_file *f, const char *part, int64_t at,
                       struct err *e)
{
    struct err own = {0};
    int r = upload(s, f, part, at, e);
    bool again =
        r == -EACCES && at == 0 && ready(s, &own) >= 0 && say(s, true, "rm", part, NULL, &own) >= 0;
    return again ? upload(s, f, part, 0, e) : r;
}

// Servers without posix-rename do not replace, and say only that it failed.
static int move_into_place(struct sftp *s, const char *part, const char *path, struct err *e)
{
    struct remote_facts there = {.bytes = -1};
    int r = 0;
    if (s->no_replace)
        r = say(s, true, "rm", path, NULL, e);
    if (r >= 0)
        r = say(s, false, "rename", part, path, e);
    if (r != -EIO || s->no_replace)
        return r;
    r = ready(s, e);
    if (r >= 0)
        r = look(s, path, &there, e);
    if (r < 0 || !there.there)
        return r < 0 ? r : err_remote(e, -EIO, "%s: the server does not rename it", path);
    s->no_replace = true;
    r = move_into_place(s, part, path, e);
    s->no_replace = r >= 0;
    return r;
}

// A server that had not noticed that the connection broke may have written on while we went on.
static int check_part(struct sftp *s, const struct remote_file *f, const char *part, struct err *e)
{
    struct remote_facts there = {.bytes = -1};
    int r = look(s, part, &there, e);
    if (r < 0 || there.bytes == f->bytes)
        return r;
    r = say(s, true, "rm", part, NULL, e);
    return r < 0 ? r
                 : err_remote(e, -EBADMSG, "%s: other bytes came to %s than were sent", f->path,
                              s->to.host);
}

static int put(void *own, const struct remote_file *f, struct err *e)
{
    struct sftp *s = own;
    struct arena a = {0};
    int64_t at = 0;
    const char *part = remote_part_name(&a, f->path, f->sha256);
    s->sent = 0;
    int r = check_path(f->path, e);
    if (r >= 0)
        r = check_path(f->from, e);
    if (r >= 0)
        r = ready(s, e);
    if (r >= 0)
        r = make_folders(s, f->path, e);
    if (r >= 0)
        r = find_start(s, f, part, &at, e);
    if (r >= 0)
        tell_sent(s, at);
    if (r >= 0 && (at < f->bytes || at == 0))
        r = upload_over(s, f, part, at, e);
    if (r >= 0 && f->bytes > UNSURE)
        r = check_part(s, f, part, e);
    if (r >= 0)
        tell_sent(s, f->bytes);
    if (r >= 0)
        r = say(s, true, "chmod 644", part, NULL, e);
    if (r >= 0)
        r = move_into_place(s, part, f->path, e);
    if (r < 0)
        tell_sent(s, 0);
    if (r == -EACCES || r == -ENOENT || r == -EROFS)
        err_wrap(e, "%s", f->path);
    arena_done(&a);
    return r;
}

static int get(void *own, const char *path, const char *to, size_t max, struct err *e)
{
    struct sftp *s = own;
    struct arena a = {0};
    struct remote_facts there = {.bytes = -1};
    char *data, *near = arena_printf(&a, "%s.part", to);
    size_t len;
    int r = look(s, path, &there, e);
    if (r >= 0 && !there.there)
        r = -ENOENT;
    if (r >= 0 && there.bytes > 0 && (uint64_t)there.bytes > max)
        r = err_remote(e, -EFBIG, "%s: is longer than %zu bytes", path, max);
    if (r >= 0) {
        unlink(near);
        r = say(s, false, "get", path, near, e);
    }
    if (r >= 0)
        r = fs_read(&a, near, max, &data, &len, e);
    if (r >= 0)
        r = fs_replace(to, data, len, e);
    unlink(near);
    arena_done(&a);
    return r < 0 ? r : 0;
}

static void forget_folder(struct sftp *s, const char *path)
{
    for (size_t i = 0; i < s->num_folders; i++)
        if (str_same(s->folders[i], path))
            s->folders[i--] = s->folders[--s->num_folders];
}

// What broke off, of whatever bytes: all that has such a name.
static int remove_parts(struct sftp *s, const char *path, struct err *e)
{
    struct arena a = {0};
    const char *name = fs_basename(path);
    struct str c;
    str_init(&c, STR_MAX);
    str_add(&c, "rm");
    sftptalk_add_name(&c, arena_printf(&a, "%.*s.%s.", (int)(name - path), path, name), true);
    for (int i = 0; i < REMOTE_PART_DIGITS; i++)
        str_addc(&c, '?');
    str_add(&c, ".part");
    int r = tell(s, &(struct sftptalk_command){.text = c.p, .may_fail = true}, e);
    str_done(&c);
    arena_done(&a);
    return r;
}

static int may_not_remove(const struct sftp *s, const char *path, struct err *e)
{
    return strstr(said(s), "Permission denied")
               ? err_remote(e, -EACCES, "%s: %s: this user may not remove it", s->to.host, path)
               : 0;
}

static int remove_file(void *own, const char *path, const char *const *parts, struct err *e)
{
    struct sftp *s = own;
    struct arena a = {0};
    int r = check_path(path, e);
    (void)parts; // they are found
    if (r >= 0)
        r = ready(s, e);
    if (r >= 0)
        r = say(s, true, "rm", path, NULL, e);
    if (r >= 0)
        r = may_not_remove(s, path, e);
    if (r >= 0)
        r = remove_parts(s, path, e);
    if (r >= 0)
        r = may_not_remove(s, path, e);
    // Folders that are empty now go, too; those that are not cannot.
    for (const char *d = fs_dirname(&a, path); r >= 0 && !str_same(d, "."); d = fs_dirname(&a, d)) {
        r = say(s, true, "rmdir", d, NULL, e);
        if (r < 0 || *said(s))
            break;
        forget_folder(s, d);
    }
    arena_done(&a);
    return r;
}

const struct remote_kind remote_sftp = {
    "sftp", open_sftp, close_sftp, put, look, get, remove_file, NULL,
};
