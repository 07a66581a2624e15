// SPDX-License-Identifier: GPL-3.0-or-later
// What a bug in a decoder would let somebody try, from within the program that decodes: loaded in
// front of libavformat, it stands where a recording is opened. A line for each try, on standard
// error: "refused NAME: why" or "ESCAPED NAME". $BREAKOUT names a folder: show is the show in
// it, and what lies in outside, file to file5 and sub, is not to be changed. With
// $BREAKOUT_LANDLOCK the kernel's rules are of that version at most.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *at(const char *name)
{
    static char path[2][4096];
    static int turn;
    char *to = path[turn ^= 1];
    const char *dir = getenv("BREAKOUT");
    snprintf(to, sizeof path[0], "%s/%s", dir ? dir : "/nowhere", name);
    return to;
}

// In place of libc's: an older kernel, for whoever asks.
long syscall(long number, ...)
{
    static long (*real)(long, ...);
    const char *most = getenv("BREAKOUT_LANDLOCK");
    long arg[6];
    va_list rest;
    va_start(rest, number);
    for (int i = 0; i < 6; i++)
        arg[i] = va_arg(rest, long);
    va_end(rest);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "syscall");
    long r = real(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
    long bound = most ? strtol(most, NULL, 10) : r;
    bool asked = number == SYS_landlock_create_ruleset && arg[2] == LANDLOCK_CREATE_RULESET_VERSION;
    return asked && r > bound ? bound : r;
}

// ---- each returns below 0, with errno, where it is refused

static long any_socket(int family, int type)
{
    return socket(family, type, 0);
}

static long tcp(void)
{
    return any_socket(AF_INET, SOCK_STREAM);
}
static long tcp6(void)
{
    return any_socket(AF_INET6, SOCK_STREAM);
}
static long udp(void)
{
    return any_socket(AF_INET, SOCK_DGRAM);
}
static long raw(void)
{
    return syscall(SYS_socket, AF_INET, SOCK_RAW, 1);
}
static long packet(void)
{
    return any_socket(AF_PACKET, SOCK_RAW);
}
static long netlink(void)
{
    return any_socket(AF_NETLINK, SOCK_RAW);
}
static long local(void)
{
    return any_socket(AF_UNIX, SOCK_STREAM);
}
static long uring(void)
{
    char params[120] = {0};
    return syscall(SYS_io_uring_setup, 4, params);
}
static long by_pair(void)
{
    // One of datagrams can send elsewhere than to its other end. Nobody listens there, so the way
    // it is refused counts.
    struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "/nowhere/socket"};
    int two[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, two) < 0)
        return -1;
    return sendto(two[0], "x", 1, 0, (struct sockaddr *)&to, sizeof to) < 0 && errno == EACCES ? -1
                                                                                               : 0;
}
static long exec(void)
{
    char *argv[] = {(char *)"x", NULL};
    execv("/nowhere/program", argv);
    return errno == ENOENT ? 0 : -1;
}
static long exec_at(void)
{
    char *argv[] = {(char *)"x", NULL};
    syscall(SYS_execveat, AT_FDCWD, "/nowhere/program", argv, argv + 1, 0);
    return errno == ENOENT ? 0 : -1;
}
static long another(pid_t pid)
{
    if (pid == 0)
        _exit(0);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return pid;
}
static long a_fork(void)
{
    return another(fork());
}
static long old_fork(void)
{
    return another((pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}
static long new_fork(void)
{
    unsigned long long args[8] = {0};
    args[4] = SIGCHLD;
    return another((pid_t)syscall(SYS_clone3, args, sizeof args));
}
static long trace(void)
{
    return ptrace(PTRACE_SEIZE, getppid(), 0, 0);
}
static long read_parent(void)
{
    char byte;
    struct iovec mine = {&byte, 1}, theirs = {(void *)&errno, 1};
    process_vm_readv(getppid(), &mine, 1, &theirs, 1, 0);
    return errno == EFAULT ? 0 : errno == EACCES ? -1 : 0;
}
static long signal_parent(void)
{
    return kill(getppid(), 0);
}
static long signal_group(void)
{
    return kill(0, 0);
}
static long signal_by_fd(void)
{
    return syscall(SYS_pidfd_open, getppid(), 0);
}
static long more_memory(void)
{
    return setrlimit(RLIMIT_AS, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
}
static long more_files(void)
{
    struct rlimit much = {1 << 16, 1 << 16};
    return prlimit(0, RLIMIT_NOFILE, &much, NULL);
}
static long nine_gib(void)
{
    void *p = mmap(NULL, 9UL << 30, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? -1 : munmap(p, 9UL << 30);
}
static long bit_by_bit(void)
{
    void *p[9];
    int n = 0;
    while (n < 9 && (p[n] = mmap(NULL, 1UL << 30, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) != MAP_FAILED)
        n++;
    int why = errno;
    for (int i = 0; i < n; i++)
        munmap(p[i], 1UL << 30);
    errno = why;
    return n < 9 ? -1 : 0;
}
static long many_files(void)
{
    static int fd[2000];
    int n = 0;
    while (n < 2000 && (fd[n] = open("/dev/null", O_RDONLY)) >= 0)
        n++;
    int why = errno;
    for (int i = 0; i < n; i++)
        close(fd[i]);
    errno = why;
    return n < 2000 ? -1 : 0;
}
static long namespaces(void)
{
    return unshare(CLONE_NEWUSER | CLONE_NEWNET);
}
static long join(void)
{
    return setns(0, 0) < 0 && errno == EACCES ? -1 : 0;
}
static long a_mount(void)
{
    return mount("none", at("outside/sub"), "tmpfs", 0, NULL) < 0 ? -1 : umount(at("outside/sub"));
}
static long open_a_tree(void)
{
    return syscall(SYS_open_tree, AT_FDCWD, "/", 0);
}
static long another_root(void)
{
    return chroot(at("outside"));
}
static long pivot(void)
{
    return syscall(SYS_pivot_root, ".", ".") < 0 && errno == EACCES ? -1 : 0;
}
static long by_handle(void)
{
    return syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0) < 0 && errno == EACCES ? -1 : 0;
}
static long a_bpf(void)
{
    return syscall(SYS_bpf, 0, NULL, 0) < 0 && errno == EACCES ? -1 : 0;
}
static long keys(void)
{
    return syscall(SYS_keyctl, 0, -3, 0, 0, 0);
}
static long perf(void)
{
    return syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0) < 0 && errno == EACCES ? -1 : 0;
}
static long faults(void)
{
    return syscall(SYS_userfaultfd, 0);
}
static long module(void)
{
    return syscall(SYS_init_module, NULL, 0, "") < 0 && errno == EACCES ? -1 : 0;
}
static long type_into_terminal(void)
{
    return ioctl(0, TIOCSTI, "x") < 0 && errno == EACCES ? -1 : 0;
}

static long write_there(void)
{
    return open(at("outside/file"), O_WRONLY);
}
static long empty_it(void)
{
    return open(at("outside/file"), O_RDONLY | O_TRUNC);
}
static long empty_it_oddly(void)
{
    return open(at("outside/file"), O_ACCMODE | O_TRUNC);
}
static long empty_it_anew(void)
{
    unsigned long long how[3] = {O_RDONLY | O_TRUNC, 0, 0};
    return syscall(SYS_openat2, AT_FDCWD, at("outside/file"), how, sizeof how);
}
static long truncate_it(void)
{
    return truncate(at("outside/file"), 0);
}
static long make_one(void)
{
    return open(at("outside/new"), O_WRONLY | O_CREAT, 0600);
}
static long make_dir(void)
{
    return mkdir(at("outside/newdir"), 0700);
}
static long make_pipe(void)
{
    return mkfifo(at("outside/pipe"), 0600);
}
static long make_symlink(void)
{
    return symlink("/etc/passwd", at("outside/symlink"));
}
static long make_link(void)
{
    return link(at("outside/file"), at("outside/link"));
}
static long rename_it(void)
{
    return rename(at("outside/file3"), at("outside/other"));
}
static long exchange_it(void)
{
    return renameat2(AT_FDCWD, at("outside/file"), AT_FDCWD, at("outside/file2"), RENAME_EXCHANGE);
}
static long take_it(void)
{
    return rename(at("outside/file5"), at("show/.dgl/store/taken"));
}
static long link_it_in(void)
{
    return link(at("outside/file"), at("show/.dgl/store/linked"));
}
static long remove_it(void)
{
    return unlink(at("outside/file4"));
}
static long remove_dir(void)
{
    return rmdir(at("outside/sub"));
}
static long change_mode(void)
{
    return chmod(at("outside/file2"), 0777);
}
static long change_owner(void)
{
    return chown(at("outside/file2"), getuid(), getgid());
}
static long write_show(void)
{
    return open(at("show/episodes/show.yaml"), O_WRONLY);
}
static long write_public(void)
{
    return open(at("show/public-by-us"), O_WRONLY | O_CREAT, 0600);
}
static long through_symlink(void)
{
    unlink(at("show/.dgl/store/way"));
    if (symlink(at("outside/file"), at("show/.dgl/store/way")) < 0)
        return -1;
    int fd = open(at("show/.dgl/store/way"), O_WRONLY), why = errno;
    unlink(at("show/.dgl/store/way"));
    errno = why;
    return fd;
}

// ---- what must go on working

static void *nothing(void *arg)
{
    return arg;
}
static long a_thread(void)
{
    pthread_t t;
    int r = pthread_create(&t, NULL, nothing, NULL);
    return r ? (errno = r, -1) : pthread_join(t, NULL);
}
static long write_store(void)
{
    const char *path = at("show/.dgl/store/ours");
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    return fd < 0 || close(fd) < 0 ? -1 : unlink(path);
}
static long look_at_limit(void)
{
    struct rlimit l;
    return getrlimit(RLIMIT_AS, &l);
}

struct
try {
    const char *name;
    long (*run)(void);
};
static const struct try tries[] = {
    {"tcp", tcp},
    {"tcp6", tcp6},
    {"udp", udp},
    {"raw", raw},
    {"packet", packet},
    {"netlink", netlink},
    {"local-socket", local},
    {"socketpair", by_pair},
    {"io_uring", uring},
    {"exec", exec},
    {"execveat", exec_at},
    {"fork", a_fork},
    {"clone", old_fork},
    {"clone3", new_fork},
    {"ptrace", trace},
    {"read-parent", read_parent},
    {"signal-parent", signal_parent},
    {"signal-group", signal_group},
    {"pidfd", signal_by_fd},
    {"setrlimit", more_memory},
    {"prlimit", more_files},
    {"9-gib", nine_gib},
    {"9-times-1-gib", bit_by_bit},
    {"2000-files", many_files},
    {"setns", join},
    {"mount", a_mount},
    {"open_tree", open_a_tree},
    {"pivot_root", pivot},
    {"open_by_handle_at", by_handle},
    {"bpf", a_bpf},
    {"keyctl", keys},
    {"perf", perf},
    {"userfaultfd", faults},
    {"init_module", module},
    {"TIOCSTI", type_into_terminal},
    {"chmod", change_mode},
    {"chown", change_owner},
    {"unshare", namespaces}, // these two last: where they go through, nothing is where it was
    {"chroot", another_root},
};
static const struct try writes[] = {
    {"write", write_there},
    {"open-truncate", empty_it},
    {"open-3-truncate", empty_it_oddly},
    {"openat2-truncate", empty_it_anew},
    {"truncate", truncate_it},
    {"create", make_one},
    {"mkdir", make_dir},
    {"mkfifo", make_pipe},
    {"symlink", make_symlink},
    {"link", make_link},
    {"rename", rename_it},
    {"exchange", exchange_it},
    {"rename-in", take_it},
    {"link-in", link_it_in},
    {"unlink", remove_it},
    {"rmdir", remove_dir},
    {"show.yaml", write_show},
    {"beside-public", write_public},
    {"through-symlink", through_symlink},
};
static const struct try goods[] = {
    {"thread", a_thread},
    {"store", write_store},
    {"getrlimit", look_at_limit},
};

#define EACH(list, text_bad, text_good)                                             \
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {                       \
        errno = 0;                                                                  \
        if (list[i].run() < 0)                                                      \
            dprintf(2, text_bad " %s: %s\n", list[i].name, strerrorname_np(errno)); \
        else                                                                        \
            dprintf(2, text_good " %s\n", list[i].name);                            \
    }

// In place of libavformat's: the recording counts as one that cannot be read.
int avformat_open_input(void **format, const char *url, const void *kind, void **options);
int avformat_open_input(void **format, const char *url, const void *kind, void **options)
{
    (void)format, (void)url, (void)kind, (void)options;
    static int done;
    if (done++)
        return -EIO;
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    dprintf(2, "landlock %ld\n", version);
    EACH(goods, "BROKEN", "works");
    EACH(writes, "refused-write", "ESCAPED-WRITE");
    EACH(tries, "refused", "ESCAPED");
    return -EIO;
}
