// SPDX-License-Identifier: GPL-3.0-or-later
// What the worker gives up before it touches a recording, so that a decoder's bug is not the
// producer's machine. What the kernel does not know is left out silently: the work goes on.
#pragma once

// No sockets of any kind, no other programs and processes (threads are fine), no signals to others,
// no core files, at most `memory_bytes` of address space (0: unlimited), no file cut but one that
// is open for writing, and none of the calls that change the machine: they fail with EACCES. Before
// any thread is started. A build with sanitizers keeps everything but core files.
void sandbox_enter(unsigned long long memory_bytes);
// From here on files can be written, made and removed below these folders only (NULL at the end;
// missing ones are left out). Reading stays possible everywhere. Before any thread is started.
void sandbox_write_only_below(const char *const *dirs);
