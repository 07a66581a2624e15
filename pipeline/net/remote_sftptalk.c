// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/remote_sftptalk.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/proc.h"
#include "net/remote_sftpfault.h"

// COMMAND_MAX: sftp's own is 2048, with the end of the line. OVERHEAD: what stands before the bytes
// in a message, with a handle of four bytes, OpenSSH's. NO_SFTP: env's answer.
enum { SAID_MAX = 64 << 10, COMMAND_MAX = 2000, LOOK_MS = 100, OVERHEAD = 29, NO_SFTP = 127 };
// A file is on the server's disk when it says so; that is not moving, but no standing still either.
static const double flush_s = 600;
static const char echo[] = "sftp> ", marker[] = "-lpwd";

struct sftptalk {
    const struct sftptalk_params *p;
    struct proc proc;
    struct str said;
    struct str line; // which has not ended yet
    int64_t moved;   // bytes that sftp has read and written, as it was last looked at
    double since;    // when that last changed
    bool ended;
};

static const char *quoted(struct arena *a, const char *option, const char *value)
{
    struct str s;
    str_init(&s, STR_MAX);
    str_addf(&s, "-o%s=\"", option);
    for (const char *c = value; *c; c++) {
        if (*c == '"' || *c == '\\')
            str_addc(&s, '\\');
        if (*c == '%') // ssh puts other words in place of %h
            str_addc(&s, '%');
        str_addc(&s, *c);
    }
    str_addc(&s, '"');
    char *text = arena_strdup(a, s.p);
    str_done(&s);
    return text;
}

// The user's own configuration counts, for jump hosts and aliases; not what it says of sharing a
// connection: one that stays behind would keep our pipe open.
static int start(struct sftptalk *t, struct err *e)
{
    static const char *const fixed[] = {
        "/usr/bin/env",
        "LC_ALL=C",
        "sftp",
        "-b",
        "-",
        "-oBatchMode=yes",
        "-oStrictHostKeyChecking=yes",
        "-oControlMaster=no",
        "-oControlPath=none",
        "-oForwardAgent=no",
        "-oForwardX11=no",
        "-oClearAllForwardings=yes",
        "-oPermitLocalCommand=no",
        "-oLogLevel=INFO",
        "-oServerAliveCountMax=3",
    };
    const struct sftptalk_params *p = t->p;
    struct arena a = {0};
    const char *argv[COUNT(fixed) + 16] = {0};
    size_t n = 0;
    for (; n < COUNT(fixed); n++)
        argv[n] = fixed[n];
    int alive = (int)(p->timeout_s / 3);
    argv[n++] = arena_printf(&a, "-oServerAliveInterval=%d", alive > 1 ? alive : 1);
    argv[n++] = arena_printf(&a, "-oConnectTimeout=%d", p->timeout_s > 1 ? (int)p->timeout_s : 1);
    argv[n++] = arena_printf(&a, "-B%d", SFTP_MESSAGE);
    argv[n++] = arena_printf(&a, "-R%d", SFTP_UNDER_WAY);
    if (p->port)
        argv[n++] = arena_printf(&a, "-P%d", p->port);
    if (p->user)
        argv[n++] = quoted(&a, "User", p->user);
    if (p->known_hosts)
        argv[n++] = quoted(&a, "UserKnownHostsFile", p->known_hosts);
    if (p->identity) {
        argv[n++] = quoted(&a, "IdentityFile", p->identity);
        argv[n++] = "-oIdentitiesOnly=yes";
    }
    argv[n++] = "--";
    argv[n++] = strchr(p->host, ':') ? arena_printf(&a, "[%s]", p->host) : p->host;
    int r = proc_start_talking(argv, &t->proc, e);
    arena_done(&a);
    return r;
}

// What sftp has read and written so far. 0: the kernel does not say.
static int64_t io_bytes(const struct sftptalk *t, int64_t *ret_written)
{
    char path[64], text[512] = "";
    long long in = 0, out = 0;
    snprintf(path, sizeof(path), "/proc/%d/io", (int)t->proc.pid);
    FILE *f = fopen(path, "re");
    if (f) {
        text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
        fclose(f);
    }
    if (sscanf(text, "rchar: %lld wchar: %lld", &in, &out) != 2)
        in = out = 0;
    *ret_written = out;
    return in + out;
}

static void keep(struct sftptalk *t, const char *line)
{
    if (t->said.len + strlen(line) + 1 > SAID_MAX)
        str_clear(&t->said); // the last of it says how it ended
    str_add(&t->said, line);
    str_addc(&t->said, '\n');
}

// True: the command is done. *begun: it was echoed.
static bool line_ends_it(struct sftptalk *t, bool *begun)
{
    if (!str_starts(t->line.p, echo)) {
        keep(t, t->line.p);
    } else if (!*begun) {
        *begun = true;
        str_clear(&t->said);
    } else if (str_same(t->line.p + strlen(echo), marker)) {
        return true;
    }
    return false;
}

// What can be read now. 1: the command is done; 0: not yet; -EPIPE: sftp is gone.
static int hear(struct sftptalk *t, bool *begun)
{
    char piece[4096];
    ssize_t n = read(fileno(t->proc.out), piece, sizeof(piece));
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    if (n <= 0)
        return -EPIPE;
    bool done = false;
    for (ssize_t i = 0; i < n; i++) {
        if (piece[i] != '\n') {
            if (piece[i])
                str_addc(&t->line, piece[i]);
            continue;
        }
        done = done || line_ends_it(t, begun); // what the marker itself says is nobody's
        str_clear(&t->line);
    }
    t->since = clock_monotonic();
    return done;
}

static int told(struct sftptalk *t, const char *text)
{
    const char *p = text;
    size_t len = strlen(text);
    while (len > 0) {
        ssize_t n = write(fileno(t->proc.in), p, len);
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n > 0)
            p += n, len -= (size_t)n;
    }
    return 0;
}

// It has ended by itself.
static int gone(struct sftptalk *t, struct err *e)
{
    int status = 0;
    if (t->line.len)
        keep(t, t->line.p);
    proc_wait(&t->proc, &status);
    t->ended = true;
    if (WIFEXITED(status) && WEXITSTATUS(status) == NO_SFTP)
        return err_set(e, -EPERM,
                       "the program sftp is not on this machine: "
                       "sudo apt install openssh-client");
    return sftpfault_set(e, t->p, t->said.p);
}

static int broken_off(struct sftptalk *t, int code, struct err *e)
{
    proc_end(&t->proc);
    t->ended = true;
    if (code == -ETIMEDOUT)
        return err_remote(e, code, "%s: nothing moved for %.0f seconds", t->p->host,
                          t->p->timeout_s);
    err_set(e, code, "interrupted");
    if (e)
        e->kind = ERR_INTERRUPTED;
    return code;
}

struct upload {
    const struct sftptalk_command *c;
    int64_t before; // what sftp had written when it began
    int64_t so_far;
};

static void look_at_bytes(struct sftptalk *t, struct upload *u)
{
    int64_t written, moved = io_bytes(t, &written);
    if (moved != t->moved)
        t->since = clock_monotonic();
    t->moved = moved;
    if (!u->c->uploads || !u->c->moved)
        return;
    double so_far = (double)(written - u->before) * SFTP_MESSAGE / (SFTP_MESSAGE + OVERHEAD);
    int64_t bytes = so_far < 0 ? 0 : so_far > (double)u->c->bytes ? u->c->bytes : (int64_t)so_far;
    if (bytes > u->so_far)
        u->c->moved(u->c->ctx, u->so_far = bytes);
}

static int wait_for_end(struct sftptalk *t, struct upload *u, struct err *e)
{
    bool begun = false;
    int r = 0;
    while (r == 0) {
        struct pollfd fd = {fileno(t->proc.out), POLLIN, 0};
        if (poll(&fd, 1, LOOK_MS) > 0) {
            r = hear(t, &begun);
        } else {
            look_at_bytes(t, u);
            bool flushes = u->c->uploads && begun && u->so_far == u->c->bytes;
            double limit = t->p->timeout_s + (flushes ? flush_s : 0);
            if (clock_monotonic() - t->since > limit)
                return broken_off(t, -ETIMEDOUT, e);
        }
        if (r == 0 && t->p->stopped && t->p->stopped(t->p->ctx))
            return broken_off(t, -ECANCELED, e);
    }
    return r < 0 ? gone(t, e) : 0;
}

int sftptalk_tell(struct sftptalk *t, const struct sftptalk_command *c, struct err *e)
{
    struct upload u = {.c = c};
    struct str s;
    str_init(&s, COMMAND_MAX);
    str_addf(&s, "%s%s\n%s\n", c->may_fail ? "-" : "", c->text, marker);
    if (s.over || strchr(c->text, '\n')) {
        str_done(&s);
        return err_remote(e, -EINVAL, "the path is too long for sftp");
    }
    t->moved = io_bytes(t, &u.before);
    t->since = clock_monotonic();
    str_clear(&t->said);
    int r = t->ended ? -EPIPE : told(t, s.p); // why it cannot be told anything is still to be read
    str_done(&s);
    if (t->ended)
        return err_remote(e, r, "%s: the connection is over", t->p->host);
    return wait_for_end(t, &u, e);
}

const char *sftptalk_said(const struct sftptalk *t)
{
    return t->said.p;
}

int sftptalk_open(const struct sftptalk_params *p, struct sftptalk **ret, struct err *e)
{
    struct sftptalk *t = mem_alloc(sizeof(*t));
    *t = (struct sftptalk){.p = p};
    str_init(&t->said, SAID_MAX + COMMAND_MAX);
    str_init(&t->line, SAID_MAX);
    int r = start(t, e);
    t->ended = r < 0;
    if (r >= 0)
        r = sftptalk_tell(t, &(struct sftptalk_command){.text = "lpwd", .may_fail = true}, e);
    if (r >= 0)
        *ret = t;
    else
        sftptalk_close(t);
    return r;
}

bool sftptalk_is_over(const struct sftptalk *t)
{
    return t->ended || proc_ended(&t->proc);
}

void sftptalk_close(struct sftptalk *t)
{
    if (!t)
        return;
    if (!t->ended)
        proc_end(&t->proc);
    str_done(&t->said);
    str_done(&t->line);
    free(t);
}

// The parser takes one backslash away where no pattern can begin, and sftp's glob knows braces,
// which the parser does not: between quotes they keep theirs.
void sftptalk_add_name(struct str *s, const char *path, bool globbed)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_-";
    str_add(s, path[0] == '/' ? " " : " ./");
    for (const char *c = path; *c; c++) {
        if (globbed && *c == '{') {
            str_add(s, "\"\\{\"");
            continue;
        }
        if (!((unsigned char)*c & 0x80) && !strchr(plain, *c))
            str_addc(s, '\\');
        str_addc(s, *c);
    }
}
