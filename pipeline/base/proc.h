// SPDX-License-Identifier: GPL-3.0-or-later
// Starting programs: argument lists only, never a shell.
#pragma once
#include <stdio.h>
#include <sys/types.h>

struct err;

struct proc {
    pid_t pid;
    FILE *in;  // to its standard input
    FILE *out; // from its standard output
};
// argv[0] is a path. Its standard error is ours. It is in a process group of its own, so that a
// terminal's Ctrl-C reaches it only through us, and dies with us (PR_SET_PDEATHSIG).
int proc_start(const char *const argv[], struct proc *ret, struct err *e);
int proc_wait(struct proc *p, int *ret_status); // closes both pipes first; status as of waitpid
// Folder of the running executable; in the given buffer.
int proc_self_dir(char *ret, size_t size);
