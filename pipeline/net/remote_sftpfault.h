// SPDX-License-Identifier: GPL-3.0-or-later
// What ssh and sftp say when something is wrong, and what would mend it.
#pragma once
#include "net/remote_sftptalk.h"

// Kind ERR_REMOTE; the code is one of remote_may_mend(). said: the last lines that came.
int sftpfault_set(struct err *e, const struct sftptalk_params *p, const char *said);
