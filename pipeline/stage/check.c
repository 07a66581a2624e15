// SPDX-License-Identifier: GPL-3.0-or-later
// check: reads a feed as a directory would. A tool: nothing is kept.
//
// settings: {"site": the address that stands for public/ in the feed, "public": folder}; both may be missing,
//           then lengths and files are not compared
// in:       {"feed": path}
// makes:    nothing
// measured: {"findings": [{severity "error" or "warning", rule, where, message}]}
#include "stage/stage.h"
