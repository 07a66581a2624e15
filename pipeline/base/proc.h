// SPDX-License-Identifier: GPL-3.0-or-later
// Starting programs: argument lists only, never a shell.
#pragma once
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct err;

struct proc {
    pid_t pid;
    FILE *in;  // to its standard input
    FILE *out; // from its standard output
};
// argv[0] is a path. Its standard error is ours. It is in a process group of its own, so that a
// terminal's Ctrl-C reaches it only through us, and dies with us: with the thread that started it,
// as PR_SET_PDEATHSIG counts. A program that is not there or may not run is an error here.
int proc_start(const char *const argv[], struct proc *ret, struct err *e);
// The same for a program that is not ours: in is NULL (it reads an end of file), and its standard
// error comes out of `out`, too.
int proc_start_heard(const char *const argv[], struct proc *ret, struct err *e);
// The same for one that is spoken with: what is written to `in` it reads, and at the end of that it
// ends by itself. So it does not die with the thread that started it.
int proc_start_talking(const char *const argv[], struct proc *ret, struct err *e);
// The same for a program that goes on when we and the terminal are gone: it has a session of its
// own and hears no hang-up. Its standard error goes to `errors`; in and out as in proc_start. Open
// descriptors without O_CLOEXEC are its own, too.
int proc_start_apart(const char *const argv[], int errors, struct proc *ret, struct err *e);
// It has ended; what it said may still be read, and proc_wait must still be called.
bool proc_ended(const struct proc *p);
// Ends it and what it started in its process group: asks, and after some seconds insists.
void proc_end(struct proc *p);
// Closes the pipes that are not NULL first. Status as of waitpid, NULL is fine; -errno.
int proc_wait(struct proc *p, int *ret_status);
// Folder of the running executable, in the given buffer; -errno.
int proc_self_dir(char *ret, size_t size);
