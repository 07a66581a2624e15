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
    struct cover_words w = {"Det gode liv i nord", "Trivsel i Meløy", "Tema: trivsel", goals, 3};
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
        struct cover_words w = {"Det gode liv i nord", "Trivsel", NULL, goals, n};
        assert_int_equal(cover_draw(&w, 700, path, &e), 0);
        for (size_t i = 0; i < COUNT(colors); i++)
            assert_true((count_color(path, colors[i]) > 2000) == (i < n));
    }
}

static void the_ink_is_the_goals_own(void **state)
{
    (void)state;
    static const struct {
        const char *ink;
        uint32_t color;
    } rows[] = {{"white", 0xffffff}, {"#FFFFFF", 0xffffff}, {"black", 0}, {"#000000", 0}};
    struct err e = {0};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fact_goal goal = {8, NULL, "Anstendig arbeid", "#A21942", rows[i].ink};
        struct cover_words none = {.show = "", .title = ""}, one = {"", "", NULL, &goal, 1};
        assert_int_equal(cover_draw(&none, 700, path, &e), 0);
        assert_int_equal(cover_draw(&one, 700, other, &e), 0);
        assert_true(count_color(other, rows[i].color) > count_color(path, rows[i].color) + 50);
        assert_true(count_color(other, 0xffffff - rows[i].color) <
                    count_color(path, 0xffffff - rows[i].color) + 50);
    }
}

static void the_same_words_give_the_same_bytes(void **state)
{
    (void)state;
    struct err e = {0};
    struct cover_words w = {"Det gode liv i nord", "Trivsel", "Tema: trivsel", goals, 3};
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
        struct cover_words w = {titles[i], i & 1 ? titles[i] : NULL, titles[i], many, 3 * i + 2};
        if (cover_draw(&w, 300, path, &e) < 0)
            fail_msg("%s: %s", titles[i], e.text);
        assert_true(fs_size(path) > 500);
    }
}

static double luminance(uint32_t rgb)
{
    static const double weight[] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double c = (rgb >> (16 - 8 * i) & 255) / 255.0;
        c = c <= 0.04045 ? c / 12.92 : __builtin_pow((c + 0.055) / 1.055, 2.4);
        sum += weight[i] * c;
    }
    return sum;
}

static void words_can_be_read_on_every_sky(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 16; seed++) {
        const struct scene_colors *c = scene_palette(seed << 16);
        for (int band = 0; band < 2; band++) {
            double sky = luminance(c->sky[band]) + 0.05;
            assert_true((luminance(c->ink) + 0.05) / sky >= 4.5);
            assert_true((luminance(c->soft) + 0.05) / sky >= 4.5);
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
        cmocka_unit_test(the_ink_is_the_goals_own),
        cmocka_unit_test(the_same_words_give_the_same_bytes),
        cmocka_unit_test(any_words_can_be_drawn),
        cmocka_unit_test(words_can_be_read_on_every_sky),
        cmocka_unit_test(a_resized_picture_has_lost_its_transparency),
        cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests_name("drawing", tests, set_up, tear_down);
}
