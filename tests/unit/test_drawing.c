// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cairo.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/hash.h"
#include "doc/chip.h"
#include "doc/color.h"
#include "doc/cover.h"
#include "doc/scene.h"
#include "model/cover.h"
#include "scratch.h"

static char dir[SCRATCH_MAX];
static char path[SCRATCH_MAX + 16], other[SCRATCH_MAX + 16];

static int set_up(void **state)
{
    (void)state;
    scratch_new(dir);
    snprintf(path, sizeof(path), "%s/cover.png", dir);
    snprintf(other, sizeof(other), "%s/other.png", dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_free(dir);
    return 0;
}

static const struct fact_goal goals[] = {
    {3, NULL, "God helse og livskvalitet", "#4C9F38", "#000000"},
    {8, NULL, "Anstendig arbeid og økonomisk vekst", "#A21942", "white"},
    {16, NULL, "Fred, rettferdighet og velfungerende institusjoner", "#00689D", "#FFFFFF"},
};

static void a_drawn_cover_is_what_directories_ask_for(void **state)
{
    (void)state;
    struct err e = {0};
    struct cover_words w = {
        "Det gode liv i nord", "Trivsel i Meløy", "Tema: trivsel", goals, 3, NULL};
    assert_int_equal(cover_draw(&w, COVER_SIZE, path, &e), 0);
    if (cover_check(path, NULL, &e) < 0)
        fail_msg("%s", e.text);
    assert_in_range(fs_size(path), 20000, 500000);
}

// How many pixels have the colour.
static long count_color(const char *file, uint32_t rgb)
{
    cairo_surface_t *s = cairo_image_surface_create_from_png(file);
    assert_int_equal(cairo_surface_status(s), CAIRO_STATUS_SUCCESS);
    int width = cairo_image_surface_get_width(s), height = cairo_image_surface_get_height(s);
    long n = 0;
    for (int y = 0; y < height; y++) {
        const unsigned char *row =
            cairo_image_surface_get_data(s) + (size_t)y * (size_t)cairo_image_surface_get_stride(s);
        for (int x = 0; x < width; x++) {
            uint32_t pixel;
            memcpy(&pixel, row + 4 * x, 4);
            n += (pixel & 0xffffff) == rgb;
        }
    }
    cairo_surface_destroy(s);
    return n;
}

static void goals_stand_there_in_their_colours(void **state)
{
    (void)state;
    static const uint32_t colors[] = {0x4C9F38, 0xA21942, 0x00689D};
    struct err e = {0};
    for (size_t n = 0; n <= COUNT(goals); n++) {
        struct cover_words w = {"Det gode liv i nord", "Trivsel", NULL, goals, n, NULL};
        assert_int_equal(cover_draw(&w, 700, path, &e), 0);
        for (size_t i = 0; i < COUNT(colors); i++)
            assert_true((count_color(path, colors[i]) > 2000) == (i < n));
    }
}

static void the_ink_is_the_goals_own_where_it_can_be_read(void **state)
{
    (void)state;
    static const struct {
        const char *color, *ink;
        uint32_t want;
    } rows[] = {
        {"#A21942", "white", 0xffffff},  {"#A21942", "#FFFFFF", 0xffffff},
        {"#E5243B", "white", 0xffffff},  {"#E5243B", "black", 0},
        {"#4C9F38", "#000000", 0},       {"#4C9F38", "white", 0},
        {"#00689D", "black", 0xffffff},  {"#FCC30B", NULL, 0},
        {"#19486A", "no ink", 0xffffff}, {"no colour", "white", 0},
        {"#767676", "#00689D", 0},
    };
    struct err e = {0};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fact_goal goal = {8, NULL, "Anstendig arbeid", rows[i].color, rows[i].ink};
        struct cover_words none = {.show = "", .title = ""}, one = {"", "", NULL, &goal, 1, NULL};
        assert_int_equal(chip_ink(&goal), rows[i].want);
        assert_true(color_contrast(chip_back(&goal), chip_ink(&goal)) >= COLOR_READABLE);
        assert_int_equal(cover_draw(&none, 700, path, &e), 0);
        assert_int_equal(cover_draw(&one, 700, other, &e), 0);
        assert_true(count_color(other, rows[i].want) > count_color(path, rows[i].want) + 50);
        assert_true(count_color(other, 0xffffff - rows[i].want) <
                    count_color(path, 0xffffff - rows[i].want) + 50);
    }
}

static void the_same_words_give_the_same_bytes(void **state)
{
    (void)state;
    struct err e = {0};
    struct cover_words w = {"Det gode liv i nord", "Trivsel", "Tema: trivsel", goals, 3, NULL};
    char first[HASH_HEX], second[HASH_HEX];
    assert_int_equal(cover_draw(&w, COVER_SMALL, path, &e), 0);
    assert_int_equal(cover_draw(&w, COVER_SMALL, other, &e), 0);
    assert_int_equal(hash_file(path, first, NULL, NULL, NULL, &e), 0);
    assert_int_equal(hash_file(other, second, NULL, NULL, NULL, &e), 0);
    assert_string_equal(first, second);
}

static void any_words_can_be_drawn(void **state)
{
    (void)state;
    static const char *const titles[] = {
        "",
        "x",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "a\nb\nc\nd\ne\nf",
        "日本語 العربية 🙂",
        "Et svært langt navn på en episode som aldri tar slutt, og som fortsetter, og fortsetter, "
        "og "
        "fortsetter til ingen lenger vet hvor det begynte eller hvor det skal ende, men det står "
        "der likevel"};
    struct fact_goal many[17];
    for (int i = 0; i < 17; i++)
        many[i] = (struct fact_goal){
            i + 1, NULL, "Fred, rettferdighet og velfungerende institusjoner", "feil", NULL};
    struct err e = {0};
    for (size_t i = 0; i < COUNT(titles); i++) {
        struct cover_words w = {titles[i], i & 1 ? titles[i] : NULL, titles[i], many, 3 * i + 2,
                                NULL};
        if (cover_draw(&w, 300, path, &e) < 0)
            fail_msg("%s: %s", titles[i], e.text);
        assert_true(fs_size(path) > 500);
    }
}

// Ratios of two colours as the goals' published table has them.
static void contrast_is_that_of_wcag(void **state)
{
    (void)state;
    static const struct {
        uint32_t a, b;
        double want;
    } rows[] = {{0, 0xffffff, 21},          {0x777777, 0x777777, 1},    {0xE5243B, 0xffffff, 4.52},
                {0xE5243B, 0x000000, 4.65}, {0x4C9F38, 0xffffff, 3.32}, {0xffffff, 0x3F7E44, 4.91}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        double got = color_contrast(rows[i].a, rows[i].b);
        assert_true(got > rows[i].want - 0.006 && got < rows[i].want + 0.006);
    }
    for (uint32_t rgb = 0; rgb < 1 << 24; rgb += 997)
        assert_true(color_contrast(rgb, color_ink(rgb)) >= COLOR_READABLE);
}

static void words_can_be_read_on_every_sky(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 16; seed++) {
        const struct scene_colors *c = scene_palette(seed << 16);
        for (int band = 0; band < 2; band++) {
            assert_true(color_contrast(c->ink, c->sky[band]) >= COLOR_READABLE);
            assert_true(color_contrast(c->soft, c->sky[band]) >= COLOR_READABLE);
        }
    }
}

static void a_resized_picture_has_lost_its_transparency(void **state)
{
    (void)state;
    struct err e = {0};
    struct cover_facts facts;
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 200, 200);
    cairo_surface_write_to_png(s, path);
    cairo_surface_destroy(s);
    assert_int_equal(cover_resize(path, COVER_SMALL, other, &e), 0);
    assert_true(cover_check(other, NULL, &e) >= 0);
    assert_true(cover_facts(other, &facts, &e) >= 0);
    assert_int_equal(facts.width, COVER_SMALL);
    assert_int_equal(count_color(other, 0xffffff), (long)COVER_SMALL * COVER_SMALL);
    assert_true(fs_replace(path, "no picture", 10, &e) >= 0);
    assert_true(cover_resize(path, COVER_SMALL, other, &e) < 0);
    assert_int_equal(e.kind, ERR_INPUT);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    struct err e = {0};
    struct cover_words w = {.show = "x"};
    assert_true(cover_draw(&w, 100, "/dev/null/cover.png", &e) < 0);
    assert_true(e.code < 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drawn_cover_is_what_directories_ask_for),
        cmocka_unit_test(goals_stand_there_in_their_colours),
        cmocka_unit_test(contrast_is_that_of_wcag),
        cmocka_unit_test(the_ink_is_the_goals_own_where_it_can_be_read),
        cmocka_unit_test(the_same_words_give_the_same_bytes),
        cmocka_unit_test(any_words_can_be_drawn),
        cmocka_unit_test(words_can_be_read_on_every_sky),
        cmocka_unit_test(a_resized_picture_has_lost_its_transparency),
        cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests_name("drawing", tests, set_up, tear_down);
}
