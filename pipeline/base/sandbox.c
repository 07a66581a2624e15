// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/sandbox.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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
#define LOAD_HIGH(n) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[n]) + 4)
#define SKIP_UNLESS(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (n))
#define SKIP_IF(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (n), 0)
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define SKIP_UNLESS_SET(bits, n) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 0, (n))
#define KEEP(bits) BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (bits))
#define REFUSE ANSWER(SECCOMP_RET_ERRNO | EACCES)
#define ALLOW ANSWER(SECCOMP_RET_ALLOW)

// What no decoder needs, whatever its arguments.
static const unsigned refused[] = {
    // the network, and local services that would do for us what we may not; io_uring does all calls
    __NR_socket,
    __NR_socketpair,
    __NR_connect,
    __NR_bind,
    __NR_listen,
    __NR_io_uring_setup,
    __NR_io_uring_enter,
    __NR_io_uring_register,
    // other programs and processes
    __NR_execve,
    __NR_execveat,
    __NR_ptrace,
    __NR_process_vm_readv,
    __NR_process_vm_writev,
    __NR_pidfd_open,
    __NR_pidfd_getfd,
    __NR_pidfd_send_signal,
    __NR_tkill,
    __NR_kcmp,
    __NR_process_madvise,
    // other limits, names and rights than we have
    __NR_setrlimit,
    __NR_unshare,
    __NR_setns,
    __NR_setuid,
    __NR_setgid,
    __NR_setreuid,
    __NR_setregid,
    __NR_setresuid,
    __NR_setresgid,
    __NR_setgroups,
    __NR_setfsuid,
    __NR_setfsgid,
    __NR_capset,
    __NR_personality,
    // the tree of files, and files by another way than their path
    __NR_mount,
    __NR_umount2,
    __NR_pivot_root,
    __NR_chroot,
    __NR_move_mount,
    __NR_open_tree,
    __NR_fsopen,
    __NR_fsconfig,
    __NR_fsmount,
    __NR_fspick,
    __NR_mount_setattr,
    __NR_name_to_handle_at,
    __NR_open_by_handle_at,
    __NR_quotactl,
    __NR_swapon,
    __NR_swapoff,
    __NR_acct,
    // landlock knows neither owner and mode nor the notes of a file
    __NR_fchmodat,
    __NR_fchown,
    __NR_fchownat,
    __NR_setxattr,
    __NR_lsetxattr,
    __NR_fsetxattr,
    __NR_removexattr,
    __NR_lremovexattr,
    __NR_fremovexattr,
    // nor, before its third version, of cutting a file by its path; openat2 hides its flags
    __NR_truncate,
    __NR_openat2,
    // where bugs of the kernel are looked for
    __NR_bpf,
    __NR_perf_event_open,
    __NR_userfaultfd,
    __NR_keyctl,
    __NR_add_key,
    __NR_request_key,
    __NR_init_module,
    __NR_finit_module,
    __NR_delete_module,
    __NR_kexec_load,
    __NR_reboot,
    __NR_syslog,
    __NR_settimeofday,
    __NR_clock_settime,
    __NR_clock_adjtime,
    __NR_adjtimex,
    __NR_sethostname,
    __NR_setdomainname,
    __NR_vhangup,
#ifdef __x86_64__
    __NR_fork,
    __NR_vfork,
    __NR_chmod,
    __NR_chown,
    __NR_lchown,
    __NR_iopl,
    __NR_ioperm,
    __NR_modify_ldt,
    __NR_kexec_file_load,
    __NR_uselib,
#endif
};

static const struct sock_filter first[] = {
    LOAD(arch),
    SKIP_IF(OUR_ARCH, 1),
    ANSWER(SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
    // x32 calls have numbers of their own
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
    REFUSE,
};

// Opening can cut a file that is not opened for writing. The fourth way to open, 3, is neither.
#define NO_CUT(call, flags)                                                                \
    SKIP_UNLESS(call, 7), LOAD(args[flags]), SKIP_UNLESS_SET(O_TRUNC, 4), KEEP(O_ACCMODE), \
        SKIP_IF(O_WRONLY, 2), SKIP_IF(O_RDWR, 1), REFUSE, ALLOW

// A thread is a clone; clone3 hides its flags from us, and the C library goes back to clone.
static const struct sock_filter by_argument[] = {
    SKIP_UNLESS(__NR_clone3, 1),
    ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
    SKIP_UNLESS(__NR_clone, 4),
    LOAD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0),
    REFUSE,
    ALLOW,
    // a terminal that is typed into by us is the producer's
    SKIP_UNLESS(__NR_ioctl, 5),
    LOAD(args[1]),
    SKIP_IF(TIOCSTI, 1),
    SKIP_UNLESS(TIOCLINUX, 1),
    REFUSE,
    ALLOW,
    // limits may be looked at
    SKIP_UNLESS(__NR_prlimit64, 6),
    LOAD(args[2]),
    SKIP_UNLESS(0, 3),
    LOAD_HIGH(2),
    SKIP_UNLESS(0, 1),
    ALLOW,
    REFUSE,
    NO_CUT(__NR_openat, 2),
#ifdef __NR_open
    NO_CUT(__NR_open, 1),
#endif
};

enum { CALLS = sizeof refused / sizeof *refused };
enum { SIGNALS = 9, CODE_MAX = COUNT(first) + 2 * CALLS + COUNT(by_argument) + SIGNALS + 1 };

static size_t add(struct sock_filter *code, size_t n, const struct sock_filter *more, size_t count)
{
    for (size_t i = 0; i < count; i++)
        code[n + i] = more[i];
    return n + count;
}

static void refuse_calls(void)
{
    const unsigned self = (unsigned)getpid();
    // abort() signals this process, and threads each other; nobody else.
    const struct sock_filter signals[SIGNALS] = {
        SKIP_IF(__NR_kill, 4),
        SKIP_IF(__NR_tgkill, 3),
        SKIP_IF(__NR_rt_sigqueueinfo, 2),
        SKIP_IF(__NR_rt_tgsigqueueinfo, 1),
        ALLOW,
        LOAD(args[0]),
        SKIP_UNLESS(self, 1),
        ALLOW,
        REFUSE,
    };
    struct sock_filter code[CODE_MAX];
    size_t n = add(code, 0, first, COUNT(first));
    for (size_t i = 0; i < CALLS; i++)
        n = add(code, n, (const struct sock_filter[]){SKIP_UNLESS(refused[i], 1), REFUSE}, 2);
    n = add(code, n, by_argument, COUNT(by_argument));
    n = add(code, n, signals, COUNT(signals));
    struct sock_fprog program = {.len = (unsigned short)n, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#else
static void refuse_calls(void)
{
}
#endif

enum { OPEN_FILES = 1024 };

void sandbox_enter(unsigned long long memory_bytes)
{
    limit(RLIMIT_CORE, 0);
    // The sanitizers reserve terabytes and start a program that reads symbols.
    if (SANITIZED)
        return;
    limit(RLIMIT_NOFILE, OPEN_FILES);
    if (memory_bytes)
        limit(RLIMIT_AS, memory_bytes);
    refuse_calls();
}

// Newer than the headers of Debian 12.
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

enum {
    WRITES = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
             LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
             LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
             LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
             LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
};

// Linking a file from one folder to another is refused by every set of rules that does not speak of
// it, and the kernel can speak of it since its second version of them; of cutting a file by its
// path since the third.
static unsigned long long all_writes(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return (unsigned long long)WRITES | (version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0) |
           (version >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0);
}

static void allow_below(int ruleset, const char *dir, unsigned long long access)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access};
    rule.parent_fd = open(dir, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return;
    struct stat st;
    if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
        rule.allowed_access &= LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;
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
