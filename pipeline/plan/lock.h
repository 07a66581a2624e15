// SPDX-License-Identifier: GPL-3.0-or-later
// One writer a show: .dgl/lock. The kernel drops it with the process, however that ends.
#pragma once

struct err;
// *ret_fd is held until closed. Taken by another: ERR_FAILED, -EBUSY, with who and since when.
int lock_take(const char *show_dir, const char *command, int *ret_fd, struct err *e);
