// SPDX-License-Identifier: GPL-3.0-or-later
// No message here shows anything of a line: it may be a secret that was pasted in the wrong place.
#include "base/secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/str.h"

enum { MOST_BYTES = 64 << 10 };
static const char blanks[] = " \t\r\n\v\f";

static int __attribute__((format(printf, 3, 4)))
refuse(struct err *e, int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    err_setv(e, ERR_INPUT, code, fmt, ap);
    va_end(ap);
    return code;
}

// Whole pages; a system that does not let us is no reason to stop.
static void keep_in_memory(void *p, size_t len)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)p & ~(page - 1);
    (void)mlock((void *)from, (uintptr_t)p + len - from);
}

// The text up to its end, in memory that never moved.
static int read_text(struct arena *a, int fd, const char *name, char **ret, struct err *e)
{
    size_t len = 0;
    char *text = arena_alloc(a, MOST_BYTES + 1);
    keep_in_memory(text, MOST_BYTES + 1);
    for (;;) {
        ssize_t n = read(fd, text + len, MOST_BYTES + 1 - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_errno(e, -errno, name);
        if (n == 0)
            break;
        len += (size_t)n;
        if (len > MOST_BYTES)
            return refuse(e, -EFBIG, "%s: more than 64 KiB; is this a file of secrets?", name);
    }
    if (!str_is_utf8(text, len, NULL))
        return refuse(e, -EINVAL, "%s: this is no text in UTF-8", name);
    *ret = text;
    return 0;
}

// Between the blanks at both ends, which are cut off.
static char *trim(char *p)
{
    p += strspn(p, blanks);
    size_t len = strlen(p);
    while (len > 0 && strchr(blanks, p[len - 1]))
        len--;
    p[len] = '\0';
    return p;
}

struct list {
    struct secrets found;
    int *line; // where each stands
    size_t cap, value_cap, line_cap;
};

static void add(struct arena *a, struct list *l, const char *name, const char *value, int line)
{
    size_t n = l->found.count;
    l->found.names = arena_grow(a, l->found.names, n, &l->cap, sizeof *l->found.names);
    l->found.values = arena_grow(a, l->found.values, n, &l->value_cap, sizeof *l->found.values);
    l->line = arena_grow(a, l->line, n, &l->line_cap, sizeof *l->line);
    l->found.names[n] = name;
    l->found.values[n] = value;
    l->line[n] = line;
    l->found.count++;
}

static int read_line(struct arena *a, struct list *l, char *p, const char *file, int line,
                     struct err *e)
{
    static const char remedy[] = "write one secret a line: name = value";
    p = trim(p);
    if (!*p || *p == '#')
        return 0;
    char *equals = strchr(p, '=');
    if (!equals)
        return refuse(e, -EINVAL, "%s:%d: there is no '=' in this line\n%s", file, line, remedy);
    *equals = '\0';
    const char *name = trim(p), *value = trim(equals + 1);
    if (!*name)
        return refuse(e, -EINVAL, "%s:%d: there is no name before the '='\n%s", file, line, remedy);
    if (!*value)
        return refuse(e, -EINVAL, "%s:%d: there is no value behind the '='\n%s", file, line,
                      remedy);
    for (size_t i = 0; i < l->found.count; i++)
        if (str_same(l->found.names[i], name))
            return refuse(e, -EINVAL,
                          "%s:%d: this name stands in line %d already\n"
                          "drop one of the two lines",
                          file, line, l->line[i]);
    add(a, l, name, value, line);
    return 0;
}

static int read_lines(struct arena *a, int fd, const char *file, struct secrets *ret, struct err *e)
{
    struct list l = {0};
    char *p;
    int r = read_text(a, fd, file, &p, e);
    if (r < 0)
        return r;
    if (str_starts(p, "\xef\xbb\xbf")) // as some editors begin every file
        p += 3;
    for (int line = 1; p; line++) {
        char *end = strchr(p, '\n');
        if (end)
            *end = '\0';
        r = read_line(a, &l, p, file, line, e);
        if (r < 0)
            return r;
        p = end ? end + 1 : NULL;
    }
    *ret = l.found;
    return 0;
}

static int check_owner(int fd, const char *path, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return err_errno(e, -errno, path);
    if (!S_ISREG(st.st_mode))
        return refuse(e, -EINVAL, "%s: this is no file", path);
    if (st.st_uid != geteuid())
        return refuse(e, -EACCES,
                      "%s: this file with secrets belongs to somebody else\n"
                      "make one of your own: install -m 600 /dev/null FILE",
                      path);
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return refuse(e, -EACCES,
                      "%s: others can read or change this file with secrets\nchmod 600 %s", path,
                      path);
    return 0;
}

int secrets_file(struct arena *a, const char *path, struct secrets *ret, struct err *e)
{
    // what was opened is looked at, wherever a link led; a pipe does not hold us up
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && errno == ENOENT)
        return refuse(e, -ENOENT,
                      "%s: there is no such file\n"
                      "make it, for you alone: install -m 600 /dev/null %s",
                      path, path);
    if (fd < 0)
        return err_errno(e, -errno, path);
    int r = check_owner(fd, path, e);
    if (r >= 0)
        r = read_lines(a, fd, path, ret, e);
    close(fd);
    return r;
}

int secrets_fd(struct arena *a, int fd, struct secrets *ret, struct err *e)
{
    return read_lines(a, fd, arena_printf(a, "descriptor %d", fd), ret, e);
}

// Credentials are systemd's own files in memory: their modes follow access lists, not people.
static int read_credential(struct arena *a, struct list *l, const char *path, struct err *e)
{
    struct stat st;
    char *text;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_errno(e, -errno, path);
    int r = fstat(fd, &st) < 0 ? err_errno(e, -errno, path) : 0;
    bool file = r >= 0 && S_ISREG(st.st_mode);
    if (file)
        r = read_text(a, fd, path, &text, e);
    close(fd);
    if (r < 0 || !file)
        return r;
    text = trim(text);
    if (!*text)
        return refuse(e, -EINVAL, "%s: this credential is empty", path);
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < ' ') // it goes into headers and addresses
            return refuse(e, -EINVAL, "%s: a credential is one line without control characters",
                          path);
    add(a, l, fs_basename(path), text, 0);
    return 0;
}

int secrets_credentials(struct arena *a, struct secrets *ret, struct err *e)
{
    const char *dir = getenv("CREDENTIALS_DIRECTORY");
    struct list l = {0};
    char **names;
    size_t n = 0;
    int r = dir && *dir ? fs_list(a, dir, &names, &n, e) : 0;
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = read_credential(a, &l, fs_join(a, dir, names[i]), e);
    if (r >= 0)
        *ret = l.found;
    return r < 0 ? r : 0;
}

const char *secrets_get(const struct secrets *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++)
        if (str_same(s->names[i], name))
            return s->values[i];
    return NULL;
}
