// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/proc.h"

static void a_program_answers_on_its_pipes(void **state)
{
    (void)state;
    struct proc p = {0};
    struct err e = {0};
    char line[100] = "";
    int status = -1;
    assert_int_equal(proc_start((const char *const[]){"/bin/cat", NULL}, &p, &e), 0);
    assert_int_equal(getpgid(p.pid), p.pid);
    fputs("Meløy\n", p.in);
    fflush(p.in);
    assert_non_null(fgets(line, sizeof(line), p.out));
    assert_string_equal(line, "Meløy\n");
    assert_int_equal(proc_wait(&p, &status), 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(proc_wait(&p, &status), -ECHILD);
}

static void one_that_is_spoken_with_says_its_errors_between_its_answers(void **state)
{
    (void)state;
    struct proc p = {0};
    char said[100] = "";
    const char *const argv[] = {"/bin/sh", "-c", "while read w; do echo $w; echo no $w >&2; done",
                                NULL};
    assert_int_equal(proc_start_talking(argv, &p, NULL), 0);
    fputs("one\ntwo\n", p.in);
    fclose(p.in);
    p.in = NULL;
    said[fread(said, 1, sizeof(said) - 1, p.out)] = '\0';
    assert_string_equal(said, "one\nno one\ntwo\nno two\n");
    assert_int_equal(proc_wait(&p, NULL), 0);
}

static void arguments_arrive_as_they_are(void **state)
{
    (void)state;
    struct proc p = {0};
    char line[100] = "";
    int status = -1;
    const char *const argv[] = {"/bin/echo", "$HOME", "a b", ";", NULL};
    assert_int_equal(proc_start(argv, &p, NULL), 0);
    assert_non_null(fgets(line, sizeof(line), p.out));
    assert_string_equal(line, "$HOME a b ;\n");
    assert_int_equal(proc_wait(&p, &status), 0);
}

// The starter is a process of its own, which is killed; what it started still answers a third.
static void a_program_that_lives_apart_outlives_its_starter(void **state)
{
    (void)state;
    int told[2], errors[2], status;
    char said[40] = "";
    pid_t pid = 0;
    assert_int_equal(pipe(told), 0);
    assert_int_equal(pipe2(errors, O_CLOEXEC), 0);
    pid_t starter = fork();
    if (starter == 0) {
        struct proc p = {0};
        const char *const argv[] = {"/bin/sh", "-c",
                                    "sleep 0.5; echo still here >&2; exec sleep 60", NULL};
        int r = proc_start_apart(argv, errors[1], &p, NULL);
        if (r == 0 && write(told[1], &p.pid, sizeof p.pid) == sizeof p.pid)
            pause();
        _exit(1);
    }
    close(errors[1]);
    assert_int_equal(read(told[0], &pid, sizeof pid), sizeof pid);
    assert_int_equal(getsid(pid), pid);
    kill(starter, SIGKILL);
    assert_int_equal(waitpid(starter, &status, 0), starter);
    assert_int_equal(read(errors[0], said, sizeof said - 1), strlen("still here\n"));
    assert_string_equal(said, "still here\n");
    assert_int_equal(kill(pid, SIGKILL), 0);
    close(errors[0]);
    close(told[0]);
    close(told[1]);
}

static void what_cannot_run_is_an_error_of_starting(void **state)
{
    (void)state;
    struct proc p = {0};
    struct err e = {0};
    assert_int_equal(proc_start((const char *const[]){"/none/such", NULL}, &p, &e), -ENOENT);
    assert_string_equal(e.text, "/none/such: no such file or directory");
    assert_int_equal(proc_start((const char *const[]){"/", NULL}, &p, &e), -EACCES);
    assert_int_equal(p.pid, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); // no child is left
}

static void status_tells_exit_from_signal(void **state)
{
    (void)state;
    struct proc p = {0};
    int status = -1;
    assert_int_equal(proc_start((const char *const[]){"/bin/false", NULL}, &p, NULL), 0);
    assert_int_equal(proc_wait(&p, &status), 0);
    assert_int_equal(WEXITSTATUS(status), 1);
    // the mask of the caller is not the child's
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    assert_int_equal(proc_start((const char *const[]){"/bin/cat", NULL}, &p, NULL), 0);
    sigprocmask(SIG_SETMASK, &before, NULL);
    kill(p.pid, SIGTERM);
    FILE *in = p.in; // cat must not end for want of input
    p.in = NULL;
    assert_int_equal(proc_wait(&p, &status), 0);
    fclose(in);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
}

// Runs in a child that has no standard streams; the exit code is the finding.
static int cat_without_streams(void)
{
    struct proc p;
    char line[10] = "";
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    if (proc_start((const char *const[]){"/bin/cat", NULL}, &p, NULL) < 0)
        return 1;
    fputs("a\n", p.in);
    fclose(p.in);
    p.in = NULL;
    bool same = fgets(line, sizeof(line), p.out) && strcmp(line, "a\n") == 0;
    return proc_wait(&p, NULL) == 0 && same ? 0 : 2;
}

static void a_parent_without_streams_can_start_programs(void **state)
{
    (void)state;
    int status = -1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(cat_without_streams());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_program_dies_with_its_parent(void **state)
{
    (void)state;
    // the write end is open in the program alone once its parent is gone: the end of the pipe is
    // the end of the program
    int ends[2], status = -1;
    char byte;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct proc p;
        close(ends[0]);
        int r = proc_start((const char *const[]){"/bin/sleep", "600", NULL}, &p, NULL);
        _exit(r < 0 ? 1 : 0);
    }
    close(ends[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
}

static void the_own_folder_is_known(void **state)
{
    (void)state;
    char dir[4096], tiny[3];
    assert_int_equal(proc_self_dir(dir, sizeof(dir)), 0);
    assert_true(fs_is_dir(dir));
    assert_int_equal(proc_self_dir(tiny, sizeof(tiny)), -ENAMETOOLONG);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_answers_on_its_pipes),
        cmocka_unit_test(one_that_is_spoken_with_says_its_errors_between_its_answers),
        cmocka_unit_test(arguments_arrive_as_they_are),
        cmocka_unit_test(a_program_that_lives_apart_outlives_its_starter),
        cmocka_unit_test(what_cannot_run_is_an_error_of_starting),
        cmocka_unit_test(status_tells_exit_from_signal),
        cmocka_unit_test(a_parent_without_streams_can_start_programs),
        cmocka_unit_test(a_program_dies_with_its_parent),
        cmocka_unit_test(the_own_folder_is_known),
    };
    return cmocka_run_group_tests_name("proc", tests, NULL, NULL);
}
