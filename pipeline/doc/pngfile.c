// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/pngfile.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/str.h"

enum { WHY_MAX = 200 };

// Pixels of cairo's, in the machine's order of bytes.
static void put_rgb(const uint32_t *from, int width, png_byte *to)
{
    for (int x = 0; x < width; x++) {
        to[3 * x] = (png_byte)(from[x] >> 16);
        to[3 * x + 1] = (png_byte)(from[x] >> 8);
        to[3 * x + 2] = (png_byte)from[x];
    }
}

static png_byte straight(uint32_t value, uint32_t alpha)
{
    return (png_byte)(alpha ? (value * 255 + alpha / 2) / alpha : 0);
}

static void put_rgba(const uint32_t *from, int width, png_byte *to)
{
    for (int x = 0; x < width; x++) {
        uint32_t alpha = from[x] >> 24;
        to[4 * x] = straight(from[x] >> 16 & 255, alpha);
        to[4 * x + 1] = straight(from[x] >> 8 & 255, alpha);
        to[4 * x + 2] = straight(from[x] & 255, alpha);
        to[4 * x + 3] = (png_byte)alpha;
    }
}

static void collect(png_structp png, png_bytep data, size_t len)
{
    str_addn(png_get_io_ptr(png), (const char *)data, len);
}

static void flush(png_structp png)
{
    (void)png;
}

// libpng would say it on standard error.
static void fail(png_structp png, png_const_charp why)
{
    snprintf(png_get_error_ptr(png), WHY_MAX, "%s", why);
    png_longjmp(png, 1);
}

static void warn(png_structp png, png_const_charp why)
{
    (void)png;
    (void)why;
}

// libpng ends by longjmp where it fails; what is allocated here, its caller has.
static bool write(png_structp png, png_infop info, cairo_surface_t *s, bool photo, png_byte *row)
{
    const unsigned char *data = cairo_image_surface_get_data(s);
    const bool alpha = cairo_image_surface_get_format(s) == CAIRO_FORMAT_ARGB32;
    const int width = cairo_image_surface_get_width(s), height = cairo_image_surface_get_height(s);
    const int stride = cairo_image_surface_get_stride(s);
    if (setjmp(png_jmpbuf(png)))
        return false;
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8,
                 alpha ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (!photo)
        png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_write_info(png, info);
    for (int y = 0; y < height; y++) {
        (alpha ? put_rgba : put_rgb)((const void *)(data + (size_t)y * (size_t)stride), width, row);
        png_write_row(png, row);
    }
    png_write_end(png, NULL);
    return true;
}

int pngfile_save(cairo_surface_t *s, bool photo, const char *path, struct err *e)
{
    struct str bytes;
    char why[WHY_MAX] = "too large";
    cairo_surface_flush(s);
    cairo_status_t status = cairo_surface_status(s);
    if (status != CAIRO_STATUS_SUCCESS)
        return err_set(e, -EIO, "%s: %s", path, cairo_status_to_string(status));
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, why, fail, warn);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info)
        mem_fail();
    png_byte *row = mem_alloc(4 * (size_t)cairo_image_surface_get_width(s) + 1);
    str_init(&bytes, STR_MAX);
    png_set_write_fn(png, &bytes, collect, flush);
    bool ok = write(png, info, s, photo, row) && !bytes.over;
    png_destroy_write_struct(&png, &info);
    int r = ok ? fs_replace(path, bytes.p, bytes.len, e)
               : err_set(e, -EIO, "%s: the picture cannot be made as PNG: %s", path, why);
    str_done(&bytes);
    free(row);
    return r < 0 ? r : 0;
}
