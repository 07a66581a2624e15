// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/qr.h"

#include <qrencode.h>
#include <stddef.h>

#include "doc/color.h"

enum { QUIET = 4, DARK = 1 }; // ISO/IEC 18004: modules around it; lowest bit of one

bool qr_draw(cairo_t *cr, const char *url, double x, double y, double side)
{
    // a poster is read from afar, creased and in the rain: 15 % of it may be lost
    QRcode *q = QRcode_encodeString8bit(url, 0, QR_ECLEVEL_M);
    if (!q)
        return false;
    double module = side / (q->width + 2 * QUIET);
    color_use(cr, 0xffffff);
    cairo_rectangle(cr, x, y, side, side);
    cairo_fill(cr);
    color_use(cr, 0);
    for (int row = 0; row < q->width; row++)
        for (int from = 0, to; from < q->width; from = to) {
            const unsigned char *line = q->data + (size_t)row * (size_t)q->width;
            for (to = from + 1; to < q->width && (line[to] & DARK) == (line[from] & DARK);)
                to++;
            if (line[from] & DARK)
                cairo_rectangle(cr, x + module * (QUIET + from), y + module * (QUIET + row),
                                module * (to - from), module);
        }
    cairo_fill(cr);
    QRcode_free(q);
    return true;
}
