// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/sandbox.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static void limit(int resource, unsigned long long value)
{
    struct rlimit l = {.rlim_cur = (rlim_t)value, .rlim_max = (rlim_t)value};
    setrlimit((__rlimit_resource_t)resource, &l);
}

#ifdef OUR_ARCH
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define SKIP_UNLESS(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (n))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define REFUSE ANSWER(SECCOMP_RET_ERRNO | EACCES)

static void refuse_calls(void)
{
    struct sock_filter code[] = {
        LOAD(arch),
        SKIP_UNLESS(OUR_ARCH, 1),
        BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
        ANSWER(SECCOMP_RET_KILL_PROCESS),
        LOAD(nr),
        // x32 calls have numbers of their own, and io_uring opens sockets without socket().
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
        REFUSE,
        SKIP_UNLESS(__NR_io_uring_setup, 1),
        REFUSE,
        SKIP_UNLESS(__NR_execve, 1),
        REFUSE,
        SKIP_UNLESS(__NR_execveat, 1),
        REFUSE,
        SKIP_UNLESS(__NR_ptrace, 1),
        REFUSE,
        SKIP_UNLESS(__NR_socket, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 1, 0),
        REFUSE,
        ANSWER(SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = COUNT(code), .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#else
static void refuse_calls(void)
{
}
#endif

void sandbox_enter(unsigned long long memory_bytes)
{
    limit(RLIMIT_CORE, 0);
    // The sanitizers reserve terabytes and start a program that reads symbols.
    if (SANITIZED)
        return;
    if (memory_bytes)
        limit(RLIMIT_AS, memory_bytes);
    refuse_calls();
}

enum {
    WRITES = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
             LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
             LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
             LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
             LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
};

// Linking a file from one folder to another is refused by every set of rules that does not speak of
// it, and the kernel can speak of it since its second version of them.
static unsigned long long all_writes(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return (unsigned long long)WRITES | (version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0);
}

static void allow_below(int ruleset, const char *dir, unsigned long long access)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access};
    rule.parent_fd = open(dir, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return;
    struct stat st;
    if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
        rule.allowed_access = LANDLOCK_ACCESS_FS_WRITE_FILE; // a file knows no other
    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
}

void sandbox_write_only_below(const char *const *dirs)
{
    struct landlock_ruleset_attr attr = {.handled_access_fs = all_writes()};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (ruleset < 0)
        return;
    for (; *dirs; dirs++)
        allow_below(ruleset, *dirs, attr.handled_access_fs);
#ifdef SANDBOX_ALSO // where make coverage keeps its counters
    allow_below(ruleset, SANDBOX_ALSO, attr.handled_access_fs);
#endif
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        syscall(SYS_landlock_restrict_self, ruleset, 0);
    close(ruleset);
}
