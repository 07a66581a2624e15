// SPDX-License-Identifier: GPL-3.0-or-later
// One writer a show: .dgl/lock. The kernel drops it with the process, however that ends.
#pragma once
#include <stdbool.h>

struct err;
// *ret_fd is held until lock_release() or the end of the process. *ret_killed: the one before did
// not release it, so that something may be left half-done. Taken by another: ERR_FAILED, -EBUSY,
// with who and since when.
int lock_take(const char *show_dir, const char *command, int *ret_fd, bool *ret_killed,
              struct err *e);
// fd below 0: nothing is held. in_order false: the next one is told that something may be left.
void lock_release(int fd, bool in_order);
