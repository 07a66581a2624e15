// SPDX-License-Identifier: GPL-3.0-or-later
// What the worker gives up before it touches a recording, so that a decoder's bug is not the
// producer's machine. What the kernel does not know is left out silently: the work goes on.
#pragma once

// No network (socket() of any family but AF_UNIX fails with EACCES), no other programs, no core
// files, at most `memory_bytes` of address space (0: unlimited). Before any thread is started.
void sandbox_enter(unsigned long long memory_bytes);
// From here on files can be written, made and removed below these folders only (NULL at the end;
// missing ones are left out). Reading stays possible everywhere. Before any thread is started.
void sandbox_write_only_below(const char *const *dirs);
