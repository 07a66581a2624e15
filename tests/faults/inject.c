// SPDX-License-Identifier: GPL-3.0-or-later
// Loaded in front of libc (LD_PRELOAD): counts the calls by which our programs change something,
// and ends or fails at one of them. All processes that were started with it share the count.
//
// DGL_INJECT=FILE:WHAT:N[:ERRNO] with FILE an existing file of sizeof(struct shared) zero bytes:
//   count:0     only counts; the file's first number is how many there were
//   kill:N      at call N every process is ended, as a power cut does; odd N: before, even N: after
//   fail:N:E    call N fails with errno E, once; close and fsync do their work and then fail
//   short:N     write N writes half of what it was given
//   intr:N      call N and each seventh behind it fail with EINTR once
//   malloc:N    the N-th allocation that our own code asks for is refused, and all behind it
// The second number is how often something was done.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PIDS = 64, NAME = 32 };
struct shared {
    atomic_long calls, done;
    atomic_int num_pids;
    int pids[PIDS];
    char last[NAME]; // the call at which something was done
};
static struct shared *shared;
static enum { OFF, COUNT, KILL, FAIL, SHORT, INTR, MALLOC } what;
static long when;
static int code;
static uintptr_t own_from, own_to; // the program's own code

static int find_own(struct dl_phdr_info *info, size_t size, void *ctx)
{
    (void)size, (void)ctx;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type == PT_LOAD && p->p_flags & PF_X) {
            own_from = info->dlpi_addr + p->p_vaddr;
            own_to = own_from + p->p_memsz;
        }
    }
    return 1; // the program itself comes first
}

static bool is_ours(void)
{
    char path[512] = "";
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    const char *name = n > 0 ? strrchr(path, '/') : NULL;
    return name && strncmp(name, "/dgl-episode", 12) == 0;
}

__attribute__((constructor)) static void begin(void)
{
    static const char *const names[] = {
        [COUNT] = "count", [KILL] = "kill", [FAIL] = "fail",
        [SHORT] = "short", [INTR] = "intr", [MALLOC] = "malloc",
    };
    const char *text = getenv("DGL_INJECT");
    char file[512], word[16];
    if (!text || !is_ours())
        return;
    if (sscanf(text, "%511[^:]:%15[^:]:%ld:%d", file, word, &when, &code) < 3)
        return;
    int fd = open(file, O_RDWR | O_CLOEXEC);
    void *at =
        fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        return;
    close(fd);
    shared = at;
    int i = atomic_fetch_add(&shared->num_pids, 1);
    if (i < PIDS)
        shared->pids[i] = getpid();
    dl_iterate_phdr(find_own, NULL);
    for (int k = COUNT; k <= MALLOC; k++)
        if (strcmp(word, names[k]) == 0)
            what = k;
}

static void end_all(void)
{
    for (int i = 0; i < PIDS && i < atomic_load(&shared->num_pids); i++)
        if (shared->pids[i] && shared->pids[i] != getpid())
            kill(shared->pids[i], SIGKILL);
    kill(getpid(), SIGKILL);
}

static void note(const char *call)
{
    atomic_fetch_add(&shared->done, 1);
    strncpy(shared->last, call, NAME - 1);
}

// What is to happen to this call; its number in *ret.
static int step(const char *call, long *ret)
{
    if (what == OFF || what == MALLOC)
        return OFF;
    long n = atomic_fetch_add(&shared->calls, 1) + 1;
    *ret = n;
    if (what == INTR)
        return n >= when && (n - when) % 7 == 0 ? (note(call), INTR) : OFF;
    if (n != when)
        return OFF;
    note(call);
    if (what == KILL && n % 2)
        end_all();
    return what;
}

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

// after: the call does its work all the same. A kill behind the call is the same moment as one
// before the next, but for the last one.
#define WRAP(type, name, after, params, args)       \
    type name params                                \
    {                                               \
        static __typeof__(&name) next;              \
        long n = 0;                                 \
        if (!next)                                  \
            next = REAL(name);                      \
        int s = step(#name, &n);                    \
        if (s == FAIL || (s == INTR && !(after))) { \
            if (after)                              \
                next args;                          \
            errno = s == INTR ? EINTR : code;       \
            return -1;                              \
        }                                           \
        type r = next args;                         \
        if (s == KILL)                              \
            end_all();                              \
        return r;                                   \
    }

#define WRAP_WRITE(name, params, args, shorter)                       \
    ssize_t name params                                               \
    {                                                                 \
        static __typeof__(&name) next;                                \
        long n = 0;                                                   \
        if (!next)                                                    \
            next = REAL(name);                                        \
        int s = step(#name, &n);                                      \
        if (s == FAIL || s == INTR) {                                 \
            errno = s == INTR ? EINTR : code;                         \
            return -1;                                                \
        }                                                             \
        ssize_t r = s == SHORT && len > 1 ? next shorter : next args; \
        if (s == KILL)                                                \
            end_all();                                                \
        return r;                                                     \
    }

WRAP_WRITE(write, (int fd, const void *data, size_t len), (fd, data, len), (fd, data, len / 2))
WRAP_WRITE(pwrite, (int fd, const void *data, size_t len, off_t at), (fd, data, len, at),
           (fd, data, len / 2, at))
WRAP_WRITE(send, (int fd, const void *data, size_t len, int flags), (fd, data, len, flags),
           (fd, data, len / 2, flags))
WRAP_WRITE(copy_file_range, (int from, off_t *at, int to, off_t *to_at, size_t len, unsigned flags),
           (from, at, to, to_at, len, flags), (from, at, to, to_at, len / 2, flags))
WRAP(int, rename, 0, (const char *from, const char *to), (from, to))
WRAP(int, link, 0, (const char *from, const char *to), (from, to))
WRAP(int, linkat, 0, (int a, const char *from, int b, const char *to, int flags),
     (a, from, b, to, flags))
WRAP(int, unlink, 0, (const char *path), (path))
WRAP(int, unlinkat, 0, (int dir, const char *path, int flags), (dir, path, flags))
WRAP(int, rmdir, 0, (const char *path), (path))
WRAP(int, mkdir, 0, (const char *path, mode_t mode), (path, mode))
WRAP(int, fsync, 1, (int fd), (fd))
WRAP(int, fdatasync, 1, (int fd), (fd))
WRAP(int, ftruncate, 0, (int fd, off_t len), (fd, len))
WRAP(int, fchmod, 0, (int fd, mode_t mode), (fd, mode))

// Only of files that are written: every program closes hundreds of others.
int close(int fd)
{
    static __typeof__(&close) next;
    long n = 0;
    int keep = errno, flags = what == OFF || what == MALLOC ? 0 : fcntl(fd, F_GETFL);
    struct stat st;
    bool written =
        flags > 0 && (flags & O_ACCMODE) != O_RDONLY && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (!next)
        next = REAL(close);
    errno = keep;
    int s = written ? step("close", &n) : OFF;
    int r = next(fd);
    if (s == KILL)
        end_all();
    if (s == FAIL) {
        errno = code;
        return -1;
    }
    return r;
}

// What goes through stdio does not call the functions above.
static bool is_written(FILE *f)
{
    int flags = what == OFF || what == MALLOC ? 0 : fcntl(fileno(f), F_GETFL);
    struct stat st;
    return flags > 0 && (flags & O_ACCMODE) != O_RDONLY && fstat(fileno(f), &st) == 0 &&
           S_ISREG(st.st_mode);
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *f)
{
    static __typeof__(&fwrite) next;
    long n = 0;
    if (!next)
        next = REAL(fwrite);
    int s = is_written(f) ? step("fwrite", &n) : OFF;
    if (s == FAIL) {
        errno = code;
        return 0;
    }
    size_t r = next(data, size, s == SHORT ? count / 2 : count, f);
    if (s == KILL)
        end_all();
    return r;
}

int fclose(FILE *f)
{
    static __typeof__(&fclose) next;
    long n = 0;
    if (!next)
        next = REAL(fclose);
    int s = is_written(f) ? step("fclose", &n) : OFF;
    int r = next(f);
    if (s == KILL)
        end_all();
    if (s == FAIL) {
        errno = code;
        return EOF;
    }
    return r;
}

// ---- memory
#ifndef WITHOUT_MEMORY // a sanitizer has its own

static bool refused(uintptr_t from)
{
    if (what != MALLOC || from < own_from || from >= own_to)
        return false;
    if (atomic_fetch_add(&shared->calls, 1) + 1 < when)
        return false;
    note("malloc");
    errno = ENOMEM;
    return true;
}
#define FROM ((uintptr_t)__builtin_return_address(0))

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

void *malloc(size_t size)
{
    return refused(FROM) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return refused(FROM) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    return refused(FROM) ? NULL : __libc_realloc(p, size);
}
#endif
