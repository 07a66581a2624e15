// SPDX-License-Identifier: GPL-3.0-or-later
// An address as a QR code, black on white, as cameras read it.
#pragma once
#include <cairo.h>
#include <stdbool.h>

// A square of `side` with its quiet zone of four modules. False, and nothing is drawn: the address
// is too long for a code (2331 bytes).
bool qr_draw(cairo_t *cr, const char *url, double x, double y, double side);
