// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cairo.h>
#include <cmocka.h>

#include "base/arena.h"
#include "doc/card.h"
#include "doc/chip.h"
#include "doc/color.h"
#include "doc/lettering.h"
#include "doc/scene.h"
#include "doc/screen.h"
#include "model/goals.h"
#include "picture/moving.h"
#include "scratch.h"

static char dir[SCRATCH_MAX];
static char path[SCRATCH_MAX + 16], other[SCRATCH_MAX + 16];

static int set_up(void **state)
{
    (void)state;
    scratch_new(dir);
    snprintf(path, sizeof path, "%s/piece.png", dir);
    snprintf(other, sizeof other, "%s/other.png", dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_free(dir);
    return 0;
}

static const int shapes[][2] = {{1920, 1080}, {1280, 720}, {1080, 1080}, {1080, 1920}, {854, 480}};

static const int small[][2] = {{854, 480}, {480, 480}, {540, 960}};

static const char sami[] = "Áile Čáhci Đorvváš Ŋuorra Šaldi Ŧielbmá Žán Bïjre Åsmund Ærlig Øyvör";
#define LONG                                                                                     \
    "Et svært langt navn som aldri tar slutt, og som fortsetter, og fortsetter, og fortsetter " \
    "til ingen lenger vet hvor det begynte eller hvor det skal ende, men det står der likevel "
static const char *const texts[] = {
    "Kari Nordmann",
    sami,
    LONG LONG LONG LONG,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "<b>Kari</b> & <i>\"Per\"</i> &amp; <span size='900000'>x</span>",
    "a\nb\nc\nd\ne\nf\ng\nh",
    "\x01\x02\x1b[31m Kari \x7f\t\r\v",
    "\xe2\x80\xae Kari \xe2\x81\xa6 Nordmann \xe2\x80\x8f",
    "\xff\xfe broken \xc3",
    "日本語 العربية 🙂",
    "مرحبا",
    "x",
};

static const struct fact_goal goals[] = {
    {3, NULL, "God helse og livskvalitet", "#4C9F38", "#000000"},
    {8, NULL, "Anstendig arbeid og økonomisk vekst", "#A21942", "white"},
    {16, NULL, "Fred, rettferdighet og velfungerende institusjoner", "#00689D", "#FFFFFF"},
};

static cairo_surface_t *png(const char *file)
{
    cairo_surface_t *s = cairo_image_surface_create_from_png(file);
    assert_int_equal(cairo_surface_status(s), CAIRO_STATUS_SUCCESS);
    return s;
}

static uint32_t pixel(cairo_surface_t *s, int x, int y)
{
    uint32_t p;
    const unsigned char *row =
        cairo_image_surface_get_data(s) + (size_t)y * (size_t)cairo_image_surface_get_stride(s);
    memcpy(&p, row + 4 * x, 4);
    return p;
}

static bool row_is_drawn(cairo_surface_t *s, int from, int to, int width)
{
    for (int y = from; y < to; y++)
        for (int x = 0; x < width; x++)
            if (pixel(s, x, y) >> 24)
                return true;
    return false;
}

static bool column_is_drawn(cairo_surface_t *s, int from, int to, int height)
{
    for (int x = from; x < to; x++)
        for (int y = 0; y < height; y++)
            if (pixel(s, x, y) >> 24)
                return true;
    return false;
}

// Inside the safe area, even, as large as the file and no larger than what is drawn.
static void check_piece(const struct screen_piece *p, const int *shape, const char *what)
{
    struct screen_piece safe = screen_safe(shape[0], shape[1]);
    cairo_surface_t *s = png(path);
    int w = cairo_image_surface_get_width(s), h = cairo_image_surface_get_height(s);
    bool inside = p->x >= safe.x && p->y >= safe.y && p->x + p->width <= safe.x + safe.width &&
                  p->y + p->height <= safe.y + safe.height;
    if (!inside || (p->x | p->y | p->width | p->height) & 1 || w != p->width || h != p->height)
        fail_msg("%s in %d x %d: %d x %d at (%d, %d), the file is %d x %d", what, shape[0],
                 shape[1], p->width, p->height, p->x, p->y, w, h);
    assert_true(row_is_drawn(s, 0, 2, w) && row_is_drawn(s, h - 2, h, w));
    assert_true(column_is_drawn(s, 0, 2, h) && column_is_drawn(s, w - 2, w, h));
    cairo_surface_destroy(s);
}

static void the_safe_area_is_that_of_r_95(void **state)
{
    (void)state;
    static const struct screen_piece want[] = {{96, 54, 1728, 972},
                                               {64, 36, 1152, 648},
                                               {54, 54, 972, 972},
                                               {66, 270, 948, 978},
                                               {44, 24, 766, 432}};
    for (size_t i = 0; i < COUNT(shapes); i++) {
        struct screen_piece p = screen_safe(shapes[i][0], shapes[i][1]);
        assert_memory_equal(&p, &want[i], sizeof p);
    }
}

static void any_text_stays_inside_the_safe_area(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++)
        for (size_t t = 0; t < COUNT(texts); t++) {
            struct err e = {0};
            struct screen_piece p;
            struct screen_look look = {shapes[i][0], shapes[i][1], texts[t], "nb"};
            for (int k = 0; k < 4; k++) {
                struct fact_person who = {.name = k == 3 ? "" : texts[t],
                                          .role = k & 1 ? texts[t] : NULL,
                                          .place.name = k & 2 ? texts[t] : NULL};
                struct screen_strap s = {&who, k == 0, k > 1};
                assert_int_equal(screen_strap(&look, &s, path, &p, &e), 0);
                check_piece(&p, shapes[i], texts[t]);
            }
            assert_int_equal(screen_chips(&look, goals, t % 4, path, &p, &e), 0);
            check_piece(&p, shapes[i], texts[t]);
            assert_in_range(screen_caption(&look, texts[t], path, &p, &e), 0, 1);
            check_piece(&p, shapes[i], texts[t]);
        }
}

static void all_goals_fit_as_chips(void **state)
{
    (void)state;
    struct fact_goal many[17];
    struct err e = {0};
    for (int i = 0; i < 17; i++) {
        many[i] = goals[2];
        many[i].number = i + 1;
    }
    for (size_t i = 0; i < COUNT(shapes); i++)
        for (size_t n = 1; n <= COUNT(many); n += 4) {
            struct screen_look look = {shapes[i][0], shapes[i][1], "Tema: trivsel", "nb"};
            struct screen_piece p;
            assert_int_equal(screen_chips(&look, many, n, path, &p, &e), 0);
            check_piece(&p, shapes[i], "all goals");
        }
}

static void where_nothing_is_to_say_nothing_is_written(void **state)
{
    (void)state;
    static const char *const blank[] = {NULL, "", " \n\t ", "\xe2\x80\xae\xe2\x80\x8b\x01"};
    for (size_t i = 0; i < COUNT(blank); i++) {
        struct err e = {0};
        struct screen_piece p = {9, 9, 9, 9};
        struct screen_look look = {1280, 720, blank[i], blank[i]};
        struct fact_person who = {.name = blank[i], .role = blank[i], .place.name = blank[i]};
        struct screen_strap s = {&who, true, false};
        fs_remove_tree(path, NULL);
        assert_int_equal(screen_strap(&look, &s, path, &p, &e), 0);
        assert_int_equal(p.width, 0);
        p.width = 9;
        assert_int_equal(screen_chips(&look, NULL, 0, path, &p, &e), 0);
        assert_int_equal(p.width, 0);
        p.width = 9;
        assert_int_equal(screen_caption(&look, blank[i], path, &p, &e), 0);
        assert_int_equal(p.width, 0);
        assert_false(fs_exists(path));
    }
}

// The words of a caption that fits are all there: what is cut is said.
static void captions_of_ordinary_length_are_not_cut(void **state)
{
    (void)state;
    static const char line[] = "Så kom naboene med vafler og kaffe, æøå.";
    char text[3 * sizeof line];
    snprintf(text, sizeof text, "%s\n%s\n%s", line, line, line);
    for (size_t i = 0; i < COUNT(shapes); i++) {
        struct err e = {0};
        struct screen_piece p, q;
        struct screen_look look = {shapes[i][0], shapes[i][1], NULL, "nb"};
        assert_int_equal(screen_caption(&look, text, path, &p, &e), 0);
        assert_int_equal(screen_caption(&look, LONG LONG, path, &q, &e), 1);
        struct screen_strap s = {&(struct fact_person){.name = "Kari"}, false, true};
        assert_int_equal(screen_strap(&look, &s, path, &q, &e), 0);
        assert_true(q.y + q.height < p.y); // the strap stands above them
    }
}

// Markup and what cannot be seen do not change the picture of the text itself.
static void text_is_shown_as_it_is(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"Kari Nordmann", "\x01Kari\t\x7f \r\nNordmann\x02 "},
        {"Kari Nordmann", "\xe2\x80\xaeKari\xe2\x80\xac \xe2\x81\xa6Nordmann\xe2\x81\xa9"},
        {"Kari Nordmann", "\xef\xbb\xbfKari\xe2\x80\xa8Nordmann\xd8\x9c"},
        {"a\xef\xbf\xbd\xef\xbf\xbd", "a\xff\xc3"},
    };
    struct canvas c;
    canvas_open(&c, 64, 64, true);
    struct lettering l = {.font = "Sans", .one_line = true};
    for (size_t i = 0; i < COUNT(rows); i++) {
        PangoLayout *a = lettering_at(c.cr, rows[i][0], &l, 20);
        PangoLayout *b = lettering_at(c.cr, rows[i][1], &l, 20);
        assert_string_equal(pango_layout_get_text(a), pango_layout_get_text(b));
        g_object_unref(a);
        g_object_unref(b);
    }
    PangoLayout *m = lettering_at(c.cr, texts[4], &l, 20);
    assert_string_equal(pango_layout_get_text(m), texts[4]);
    g_object_unref(m);
    canvas_close(&c);
}

static void norwegian_and_sami_letters_are_in_the_font(void **state)
{
    (void)state;
    static const char *const fonts[] = {"Sans", "Sans Bold"};
    struct canvas c;
    canvas_open(&c, 64, 64, true);
    for (size_t i = 0; i < COUNT(fonts); i++) {
        struct lettering l = {.font = fonts[i]};
        PangoLayout *p = lettering_at(c.cr, "ÆØÅæøå ČĐŊŠŦŽčđŋšŧž ÁÏÖáïö – · …", &l, 40);
        assert_int_equal(pango_layout_get_unknown_glyphs_count(p), 0);
        g_object_unref(p);
        p = lettering_at(c.cr, "\U00100000", &l, 40); // private, no letter
        assert_int_not_equal(pango_layout_get_unknown_glyphs_count(p), 0);
        g_object_unref(p);
    }
    canvas_close(&c);
}

static bool has(cairo_surface_t *s, uint32_t rgb)
{
    long n = 0;
    for (int y = 0; y < cairo_image_surface_get_height(s); y++)
        for (int x = 0; x < cairo_image_surface_get_width(s); x++)
            n += pixel(s, x, y) == (0xff000000 | rgb);
    return n > 20;
}

static void every_goal_can_be_read_on_its_chip(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    struct goals all;
    assert_true(goals_load(&a, "presets/goals.json", &all, &e) >= 0);
    for (int i = 1; i <= SDG_LAST; i++) {
        struct fact_goal g = {i, NULL, all.goal[i].nb, all.goal[i].color, all.goal[i].text_color};
        struct screen_look look = {1920, 1080, NULL, "nb"};
        struct screen_piece p;
        assert_int_equal(screen_chips(&look, &g, 1, path, &p, &e), 0);
        cairo_surface_t *s = png(path);
        uint32_t back = pixel(s, 6, p.height / 2) & 0xffffff; // beside the number
        assert_int_equal(back, color_of(all.goal[i].color, 1));
        uint32_t ink = has(s, 0) ? 0 : 0xffffff;
        assert_true(has(s, ink));
        assert_true(color_contrast(back, ink) >= 4.5);
        cairo_surface_destroy(s);
    }
    arena_done(&a);
}

// The lightest picture shines through the strap and the caption's box.
static void words_can_be_read_over_a_white_picture(void **state)
{
    (void)state;
    static const char *const themes[] = {
        "Tema: trivsel", "Tema: miljø", "Tema: mat", "Tema: kultur", "Tema: arbeid", "x", "y", "z"};
    struct err e = {0};
    for (size_t i = 0; i < COUNT(themes); i++) {
        struct screen_look look = {1920, 1080, themes[i], "nb"};
        struct screen_strap s = {&(struct fact_person){.name = "Kari"}, false, false};
        struct screen_piece p;
        for (int k = 0; k < 2; k++) {
            assert_int_equal(k ? screen_caption(&look, "Hei", path, &p, &e)
                               : screen_strap(&look, &s, path, &p, &e),
                             0);
            cairo_surface_t *png_ = png(path);
            uint32_t back = pixel(png_, p.width - 8, p.height / 2), through = 255 - (back >> 24);
            assert_true(back >> 24 < 255 && back >> 24 > 190);
            uint32_t seen = (back & 0xffffff) + through * 0x010101; // alpha is premultiplied here
            const struct scene_colors *c = scene_palette(scene_seed(themes[i]));
            assert_true(color_contrast(seen, 0xffffff) >= 4.5);
            assert_true(k || color_contrast(seen, c->snow) >= 4.5);
            assert_true(has(png_, 0xffffff));
            cairo_surface_destroy(png_);
        }
    }
}

static void words_on_cards_can_be_read_on_the_sea(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 16; seed++) {
        const struct scene_colors *c = scene_palette(seed << 16);
        assert_true(color_contrast(c->ink, c->sea) >= COLOR_READABLE);
        assert_true(color_contrast(c->soft, c->sea) >= COLOR_READABLE);
        assert_true(color_contrast(c->snow, c->sea) >= COLOR_READABLE);
    }
}

enum { CARDS = 5 };

static void draw_card(int kind, const struct screen_look *look, const char *text, size_t n,
                      const char *file)
{
    struct err e = {0};
    struct fact_person guests[5];
    for (size_t i = 0; i < COUNT(guests); i++)
        guests[i] = (struct fact_person){.name = text, .place.name = text};
    struct cover_words w = {text ? text : "", text, text, goals, n, NULL};
    struct card_thanks thanks = {text, text, guests, 2 * n % 6};
    struct screen_piece wave;
    int r = kind == 0   ? card_intro(look, &w, text, file, &e)
            : kind == 1 ? card_outro(look, &w, &thanks, file, &e)
            : kind == 2 ? card_sound(look, &w, file, &wave, &e)
            : kind == 3 ? card_away(look, &w, file, &e)
                        : card_live(look, &w, file, &e);
    if (r < 0)
        fail_msg("%s", e.text);
    struct screen_piece safe = screen_safe(look->width, look->height);
    if (kind == 2) {
        assert_true(wave.x >= safe.x && wave.x + wave.width <= safe.x + safe.width);
        assert_true(wave.y >= safe.y && wave.y + wave.height <= safe.y + safe.height);
        assert_true(wave.width >= 64 && wave.height >= 32);
        assert_int_equal((wave.x | wave.y | wave.width | wave.height) & 1, 0);
    }
}

// Outside the safe area nothing has the colour of letters.
static void words_on_cards_stay_inside_the_safe_area(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(small); i++)
        for (size_t t = 0; t < COUNT(texts); t++) {
            struct screen_look look = {small[i][0], small[i][1], NULL, "nn"};
            for (int kind = 0; kind < CARDS; kind++) {
                draw_card(kind, &look, texts[t], t % 4, path);
                cairo_surface_t *s = png(path);
                struct screen_piece safe = screen_safe(look.width, look.height);
                const struct scene_colors *c = scene_palette(scene_seed(texts[t]));
                assert_int_equal(cairo_image_surface_get_width(s), look.width);
                assert_int_equal(cairo_image_surface_get_height(s), look.height);
                for (int y = 0; y < look.height; y++)
                    for (int x = 0; x < look.width; x++) {
                        bool out = x < safe.x || x >= safe.x + safe.width || y < safe.y ||
                                   y >= safe.y + safe.height;
                        if (out && (pixel(s, x, y) & 0xffffff) == c->ink)
                            fail_msg("%s: a letter at (%d, %d) of %d x %d", texts[t], x, y,
                                     look.width, look.height);
                    }
                cairo_surface_destroy(s);
            }
        }
}

// The strip has nothing in it but the landscape.
static void cards_of_a_broadcast_leave_the_strip_free(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++)
        for (size_t t = 0; t < COUNT(texts); t++) {
            struct screen_look look = {shapes[i][0], shapes[i][1], NULL, "nb"};
            struct screen_piece safe = screen_safe(look.width, look.height);
            struct moving_place at = moving_place(look.width, look.height);
            const struct scene_colors *c = scene_palette(scene_seed(texts[t]));
            assert_true(at.x >= safe.x && at.x + at.width <= safe.x + safe.width);
            assert_true(at.y >= safe.y && at.y + at.height <= safe.y + safe.height);
            assert_true(at.width >= 64 && at.height >= 32);
            assert_int_equal((at.x | at.y | at.width | at.height) & 1, 0);
            for (int kind = 3; t < 4 && kind < CARDS; kind++) {
                draw_card(kind, &look, texts[t], t % 4, path);
                cairo_surface_t *s = png(path);
                for (int y = at.y; y < at.y + at.height; y++)
                    for (int x = at.x; x < at.x + at.width; x++)
                        if ((pixel(s, x, y) & 0xffffff) == c->ink)
                            fail_msg("%s: a letter at (%d, %d) of %d x %d", texts[t], x, y,
                                     look.width, look.height);
                cairo_surface_destroy(s);
            }
        }
}

static void cards_without_words_are_drawn_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(small); i++)
        for (int kind = 0; kind < CARDS; kind++) {
            struct screen_look look = {small[i][0], small[i][1], NULL, NULL};
            draw_card(kind, &look, NULL, 0, path);
            draw_card(kind, &look, "", 3, path);
        }
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    struct err e = {0};
    struct screen_piece p = {7, 7, 7, 7};
    struct screen_look look = {1280, 720, NULL, "nb"};
    struct cover_words w = {.show = "x"};
    assert_true(screen_caption(&look, "Hei", "/dev/null/a.png", &p, &e) < 0);
    assert_true(card_sound(&look, &w, "/dev/null/a.png", &p, &e) < 0);
    assert_int_equal(p.width, 7);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_safe_area_is_that_of_r_95),
        cmocka_unit_test(any_text_stays_inside_the_safe_area),
        cmocka_unit_test(all_goals_fit_as_chips),
        cmocka_unit_test(where_nothing_is_to_say_nothing_is_written),
        cmocka_unit_test(captions_of_ordinary_length_are_not_cut),
        cmocka_unit_test(text_is_shown_as_it_is),
        cmocka_unit_test(norwegian_and_sami_letters_are_in_the_font),
        cmocka_unit_test(every_goal_can_be_read_on_its_chip),
        cmocka_unit_test(words_can_be_read_over_a_white_picture),
        cmocka_unit_test(words_on_cards_can_be_read_on_the_sea),
        cmocka_unit_test(words_on_cards_stay_inside_the_safe_area),
        cmocka_unit_test(cards_of_a_broadcast_leave_the_strip_free),
        cmocka_unit_test(cards_without_words_are_drawn_too),
        cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests_name("screen", tests, set_up, tear_down);
}
