// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"

enum { READ_END, WRITE_END };
enum { ASKED_MS = 5000, LOOK_MS = 20 };

struct manner {
    bool heard;    // its errors, too
    bool outlives; // the thread that starts it
    int errors;    // where they go instead; then it lives apart. -1: it does not
};

struct pipes {
    int in[2], out[2], failed[2]; // to its input, from its output, errno of an exec that failed
    struct manner how;
};

static void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void pipes_close(struct pipes *p)
{
    for (int end = READ_END; end <= WRITE_END; end++) {
        fd_close(&p->in[end]);
        fd_close(&p->out[end]);
        fd_close(&p->failed[end]);
    }
}

static int pipes_open(struct pipes *p, struct manner how)
{
    *p = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}, how};
    if (pipe2(p->in, O_CLOEXEC) == 0 && pipe2(p->out, O_CLOEXEC) == 0 &&
        pipe2(p->failed, O_CLOEXEC) == 0)
        return 0;
    int r = -errno;
    pipes_close(p);
    return r;
}

// Whom it dies with, and who can reach it with Ctrl-C and a hang-up.
static bool child_belongs(const struct pipes *p)
{
    if (p->how.errors >= 0)
        return setsid() >= 0 && dup2(p->how.errors, STDERR_FILENO) >= 0;
    return setpgid(0, 0) == 0 && (p->how.outlives || prctl(PR_SET_PDEATHSIG, SIGTERM) == 0);
}

// In the child: only calls that are safe after a fork in a program with threads. Never returns.
static void child_run(const char *const argv[], const struct pipes *p, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    // copies above 2, for a parent that was started without its standard streams
    int in = fcntl(p->in[READ_END], F_DUPFD_CLOEXEC, 3);
    int out = fcntl(p->out[WRITE_END], F_DUPFD_CLOEXEC, 3);
    int failed = fcntl(p->failed[WRITE_END], F_DUPFD_CLOEXEC, 3);
    bool ready = in >= 0 && out >= 0 && failed >= 0 && child_belongs(p) &&
                 dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
                 (!p->how.heard || dup2(out, STDERR_FILENO) >= 0);
    if (ready && getppid() != parent) // it died before the signal was asked for
        _exit(1);
    if (ready)
        execv(argv[0], (char *const *)argv);
    int code = errno;
    ssize_t n = write(failed >= 0 ? failed : p->failed[WRITE_END], &code, sizeof(code));
    (void)n;
    _exit(127);
}

// 0: it runs; negative errno: the exec failed, and the child is gone.
static int child_started(pid_t pid, int fd)
{
    int code = 0;
    ssize_t n;
    do
        n = read(fd, &code, sizeof(code));
    while (n < 0 && errno == EINTR);
    if (n != sizeof(code))
        return 0;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return -code;
}

static int streams_open(struct pipes *p, struct proc *ret)
{
    ret->in = fdopen(p->in[WRITE_END], "w");
    if (!ret->in)
        return -errno;
    p->in[WRITE_END] = -1;
    ret->out = fdopen(p->out[READ_END], "r");
    if (!ret->out)
        return -errno;
    p->out[READ_END] = -1;
    return 0;
}

static int start(const char *const argv[], struct manner how, struct proc *ret, struct err *e)
{
    struct pipes p;
    int r = pipes_open(&p, how);
    if (r < 0)
        return err_errno(e, r, argv[0]);
    struct proc started = {0};
    pid_t self = getpid();
    started.pid = fork();
    if (started.pid == 0)
        child_run(argv, &p, self);
    r = started.pid < 0 ? -errno : 0;
    if (r == 0) {
        if (how.errors < 0)
            setpgid(started.pid, started.pid); // whoever of the two comes first
        fd_close(&p.failed[WRITE_END]);
        r = child_started(started.pid, p.failed[READ_END]);
    }
    if (r == 0) {
        r = streams_open(&p, &started);
        if (r < 0) {
            kill(started.pid, SIGKILL);
            proc_wait(&started, NULL);
        }
    }
    pipes_close(&p);
    if (r < 0)
        return err_errno(e, r, argv[0]);
    *ret = started;
    return 0;
}

int proc_start(const char *const argv[], struct proc *ret, struct err *e)
{
    return start(argv, (struct manner){.errors = -1}, ret, e);
}

int proc_start_apart(const char *const argv[], int errors, struct proc *ret, struct err *e)
{
    return start(argv, (struct manner){.errors = errors}, ret, e);
}

int proc_start_talking(const char *const argv[], struct proc *ret, struct err *e)
{
    return start(argv, (struct manner){.heard = true, .outlives = true, .errors = -1}, ret, e);
}

int proc_start_heard(const char *const argv[], struct proc *ret, struct err *e)
{
    int r = start(argv, (struct manner){.heard = true, .errors = -1}, ret, e);
    if (r < 0)
        return r;
    fclose(ret->in);
    ret->in = NULL;
    return 0;
}

static void streams_close(struct proc *p)
{
    if (p->in)
        fclose(p->in);
    if (p->out)
        fclose(p->out);
    p->in = p->out = NULL;
}

bool proc_ended(const struct proc *p)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid;
}

void proc_end(struct proc *p)
{
    streams_close(p);
    kill(-p->pid, SIGTERM);
    for (int waited = 0; waited < ASKED_MS && !proc_ended(p); waited += LOOK_MS)
        poll(NULL, 0, LOOK_MS);
    kill(-p->pid, SIGKILL); // those of the group that outlive it, too
    proc_wait(p, NULL);
}

int proc_wait(struct proc *p, int *ret_status)
{
    streams_close(p);
    int status = 0;
    while (waitpid(p->pid, &status, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    if (ret_status)
        *ret_status = status;
    return 0;
}

int proc_self_dir(char *ret, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", ret, size);
    if (n < 0)
        return -errno;
    if ((size_t)n >= size)
        return -ENAMETOOLONG;
    ret[n] = '\0';
    char *slash = strrchr(ret, '/');
    if (slash)
        slash[slash == ret] = '\0';
    return 0;
}
