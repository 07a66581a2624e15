// SPDX-License-Identifier: GPL-3.0-or-later
// Surfaces of cairo as PNG (ISO/IEC 15948). The only place that knows libpng: cairo's own writer
// filters each row as a photograph's, which makes what is drawn larger and takes half of the time
// in which a short episode is published.
#pragma once
#include <cairo.h>
#include <stdbool.h>

#include "base/err.h"

// RGB24, or ARGB32, whose alpha is straight in the file. photo: its rows are filtered. Whole, or
// as it was: -EIO where it cannot be made, else as fs_replace says.
int pngfile_save(cairo_surface_t *s, bool photo, const char *path, struct err *e);
