// SPDX-License-Identifier: GPL-3.0-or-later
// Our PNG against cairo's own: the same pixels.
#include <png.h>
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

enum { WIDTH = 256, HEIGHT = 256 };

// Every value with every alpha, premultiplied as cairo wants it.
static cairo_surface_t *picture(cairo_format_t format)
{
    cairo_surface_t *s = cairo_image_surface_create(format, WIDTH, HEIGHT);
    unsigned char *data = cairo_image_surface_get_data(s);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            uint32_t a = format == CAIRO_FORMAT_ARGB32 ? (uint32_t)y : 255;
            uint32_t v = (uint32_t)x * a / 255;
            uint32_t pixel = a << 24 | v << 16 | (a - v) << 8 | v / 2;
            memcpy(data + y * cairo_image_surface_get_stride(s) + 4 * x, &pixel, sizeof pixel);
        }
    cairo_surface_mark_dirty(s);
    return s;
}

// As it lies in the file: with straight alpha.
static void read_straight(const char *path, unsigned char ret[4 * WIDTH * HEIGHT])
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_file(&image, path));
    assert_int_equal(image.width, WIDTH);
    assert_int_equal(image.height, HEIGHT);
    image.format = PNG_FORMAT_RGBA;
    assert_true(png_image_finish_read(&image, NULL, ret, 0, NULL));
}

static void each_pixel_is_as_cairo_writes_it(void **state)
{
    static const cairo_format_t formats[] = {CAIRO_FORMAT_RGB24, CAIRO_FORMAT_ARGB32};
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    char dir[SCRATCH_MAX];
    scratch_new(dir);
    int64_t bytes[2];
    const char *theirs = fs_join(&a, dir, "theirs.png"), *ours = fs_join(&a, dir, "ours.png");
    for (size_t i = 0; i < COUNT(formats) * 2; i++) {
        cairo_surface_t *s = picture(formats[i / 2]);
        assert_int_equal(cairo_surface_write_to_png(s, theirs), CAIRO_STATUS_SUCCESS);
        if (pngfile_save(s, i % 2, ours, &e) < 0)
            fail_msg("%s", e.text);
        static unsigned char one[4 * WIDTH * HEIGHT], two[4 * WIDTH * HEIGHT];
        read_straight(theirs, one);
        read_straight(ours, two);
        assert_memory_equal(one, two, sizeof one);
        bytes[i % 2] = fs_size(ours);
        if (i % 2) // what changes from pixel to pixel becomes smaller by filters
            assert_true(bytes[1] < bytes[0]);
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
