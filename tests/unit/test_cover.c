// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/cover.h"
#include "pictures.h"
#include "refusal.h"
#include "scratch.h"

static const char make[] =
    "export it square, 1400 to 3000 pixels, as JPEG or as PNG without transparency";

static void covers_are_what_directories_take(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        unsigned width, height;
        int color, trns;  // PNG; color -1: a JPEG with trns channels
        const char *want; // NULL: good
    } rows[] = {
        {"a.png", 1400, 1400, 2, 0, NULL},
        {"a.PNG", 3000, 3000, 0, 0, NULL},
        {"a.png", 1400, 1400, 3, 0, NULL},
        {"a.jpg", 1400, 1400, -1, 3, NULL},
        {"a.jpeg", 3000, 3000, -1, 1, NULL},
        {"a.png", 200, 200, 2, 0, "the cover is 200 x 200 pixels, that is too small"},
        {"a.png", 1399, 1399, 2, 0, "the cover is 1399 x 1399 pixels, that is too small"},
        {"a.jpg", 3001, 3001, -1, 3, "the cover is 3001 x 3001 pixels, that is too large"},
        {"a.jpg", 1400, 1401, -1, 3, "the cover is 1400 x 1401 pixels, it must be square"},
        {"a.png", 1400, 1400, 6, 0, "the cover has transparency, which directories refuse"},
        {"a.png", 1400, 1400, 4, 0, "the cover has transparency, which directories refuse"},
        {"a.png", 1400, 1400, 3, 1, "the cover has transparency, which directories refuse"},
        {"a.jpg", 1400, 1400, -1, 4, "the cover is in the colours of print (CMYK)"},
        {"a.jpg", 1400, 1400, 2, 0, "the cover is a PNG picture by another name"},
        {"a.png", 1400, 1400, -1, 3, "the cover is a JPEG picture by another name"},
        {"cover", 1400, 1400, -1, 3, "the cover is a JPEG picture by another name"},
    };
    char dir[SCRATCH_MAX], path[SCRATCH_MAX + 20], want[SCRATCH_MAX + 200];
    scratch_new(dir);
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned char b[128];
        struct err e = {0};
        size_t len = rows[i].color < 0
                         ? jpeg_bytes(b, rows[i].width, rows[i].height, rows[i].trns)
                         : png_bytes(b, rows[i].width, rows[i].height, rows[i].color, rows[i].trns);
        snprintf(path, sizeof(path), "%s/%s", dir, rows[i].name);
        snprintf(want, sizeof(want), "%s: %s", path, rows[i].want ? rows[i].want : "");
        assert_true(fs_replace(path, b, len, NULL) >= 0);
        int r = cover_check(path, NULL, &e);
        assert_int_equal(r >= 0, rows[i].want == NULL);
        if (r < 0)
            refused(&e, want, strstr(want, "pixels") || strstr(want, "transp") ? make : NULL);
        struct cover_facts f;
        assert_int_equal(cover_facts(path, &f, &e), 0);
        assert_int_equal(f.width, rows[i].width);
        assert_int_equal(f.height, rows[i].height);
        fs_remove_tree(path, NULL);
    }
    scratch_free(dir);
}

static void what_is_no_picture_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
        {"", 0},
        {"\xFF\xD8", 2},
        {"GIF89a", 6},
        {"\x89PNG\r\n\x1a\n", 8},
        {"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDRxx", 18},
        {"\xFF\xD8\xFF\xD9", 4},
        {"\xFF\xD8\xFF\xE0\0\1", 6},
        {"\xFF\xD8\xFF\xFF\xFF\xFF", 6},
        {"\xFF\xD8\xFF\xC0\0\x11\x08\x05", 8},
        {"RIFF\0\0\0\0WEBP", 12},
    };
    char dir[SCRATCH_MAX], path[SCRATCH_MAX + 20], want[SCRATCH_MAX + 200];
    scratch_new(dir);
    snprintf(path, sizeof(path), "%s/c.png", dir);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        assert_true(fs_replace(path, rows[i].bytes, rows[i].len, NULL) >= 0);
        assert_true(cover_check(path, NULL, &e) < 0);
        snprintf(want, sizeof(want), "%s: the cover is neither a JPEG nor a PNG picture", path);
        refused(&e, want, make);
        struct cover_facts f;
        assert_true(cover_facts(path, &f, &e) < 0);
    }
    struct err e = {0};
    fs_remove_tree(path, NULL);
    assert_true(cover_check(path, NULL, &e) < 0);
    snprintf(want, sizeof(want), "%s: the cover: no such file or directory", path);
    refused(&e, want, NULL);
    assert_true(cover_check(dir, NULL, &e) < 0); // a folder
    scratch_free(dir);
}

static void damaged_headers_do_no_harm(void **state)
{
    (void)state;
    unsigned seed = 17;
    char dir[SCRATCH_MAX], path[SCRATCH_MAX + 20];
    scratch_new(dir);
    snprintf(path, sizeof(path), "%s/c.png", dir);
    for (int round = 0; round < 400; round++) {
        char b[160];
        size_t len = round % 2 ? jpeg_bytes((unsigned char *)b, 1400, 1400, 3)
                               : png_bytes((unsigned char *)b, 1400, 1400, 3, 1);
        damage(b, &len, &seed);
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fwrite(b, 1, len, f);
        fclose(f);
        struct err e = {0};
        int r = cover_check(path, NULL, &e);
        assert_true(r >= 0 || e.text[0]);
    }
    scratch_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(covers_are_what_directories_take),
        cmocka_unit_test(what_is_no_picture_is_refused),
        cmocka_unit_test(damaged_headers_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
