// SPDX-License-Identifier: GPL-3.0-or-later
// The media libraries as a whole, for programs that must not know them.
#pragma once

void library_begin(void);           // once, before any other call of this room: libav keeps quiet
const char *library_versions(void); // "Lavc59.37.100, Lavf…"
