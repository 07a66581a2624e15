// SPDX-License-Identifier: GPL-3.0-or-later
// Our PNG against cairo's own: the same pixels.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/fs.h"
#include "doc/pngfile.h"
#include "scratch.h"

enum { WIDTH = 301, HEIGHT = 97 };

// Every value with every alpha, premultiplied as cairo wants it.
static cairo_surface_t *picture(cairo_format_t format)
{
    cairo_surface_t *s = cairo_image_surface_create(format, WIDTH, HEIGHT);
    unsigned char *data = cairo_image_surface_get_data(s);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            uint32_t n = (uint32_t)(y * WIDTH + x),
                     a = format == CAIRO_FORMAT_ARGB32 ? n & 255 : 255;
            uint32_t v = a ? (n >> 8) * 37 % (a + 1) : 0;
            uint32_t pixel = a << 24 | v << 16 | (a - v) << 8 | v / 2;
            memcpy(data + y * cairo_image_surface_get_stride(s) + 4 * x, &pixel, sizeof pixel);
        }
    cairo_surface_mark_dirty(s);
    return s;
}

static void assert_same(const char *one, const char *two, cairo_format_t format)
{
    cairo_surface_t *a = cairo_image_surface_create_from_png(one);
    cairo_surface_t *b = cairo_image_surface_create_from_png(two);
    assert_int_equal(cairo_surface_status(a), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_surface_status(b), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_image_surface_get_format(b), format);
    assert_int_equal(cairo_image_surface_get_format(a), format);
    assert_int_equal(cairo_image_surface_get_width(b), WIDTH);
    assert_int_equal(cairo_image_surface_get_height(b), HEIGHT);
    for (int y = 0; y < HEIGHT; y++)
        assert_memory_equal(cairo_image_surface_get_data(a) + y * cairo_image_surface_get_stride(a),
                            cairo_image_surface_get_data(b) + y * cairo_image_surface_get_stride(b),
                            4 * WIDTH);
    cairo_surface_destroy(a);
    cairo_surface_destroy(b);
}

static void each_pixel_is_as_cairo_writes_it(void **state)
{
    static const cairo_format_t formats[] = {CAIRO_FORMAT_RGB24, CAIRO_FORMAT_ARGB32};
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    char dir[SCRATCH_MAX];
    scratch_new(dir);
    const char *theirs = fs_join(&a, dir, "theirs.png"), *ours = fs_join(&a, dir, "ours.png");
    for (size_t i = 0; i < COUNT(formats) * 2; i++) {
        cairo_surface_t *s = picture(formats[i / 2]);
        assert_int_equal(cairo_surface_write_to_png(s, theirs), CAIRO_STATUS_SUCCESS);
        if (pngfile_save(s, i % 2, ours, &e) < 0)
            fail_msg("%s", e.text);
        assert_same(theirs, ours, formats[i / 2]);
        assert_true(pngfile_save(s, i % 2, fs_join(&a, theirs, "x.png"), &e) < 0); // no folder
        cairo_surface_destroy(s);
    }
    scratch_free(dir);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pixel_is_as_cairo_writes_it),
    };
    return cmocka_run_group_tests_name("pngfile", tests, NULL, NULL);
}
