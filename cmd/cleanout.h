// SPDX-License-Identifier: GPL-3.0-or-later
// Standard output as a terminal may have it, whoever prints: titles, names of files, answers of
// servers. See str_add_shown; colours of ours pass.
#pragma once

// From here on stdout is the clean one. Where it cannot be had, stdout stays as it is.
void cleanout_begin(void);
