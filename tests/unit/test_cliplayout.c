// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "doc/card.h"
#include "doc/cliplayout.h"
#include "doc/screen.h"
#include "scratch.h"

static char dir[SCRATCH_MAX];
static char path[SCRATCH_MAX + 16];

static int set_up(void **state)
{
    (void)state;
    scratch_new(dir);
    snprintf(path, sizeof path, "%s/piece.png", dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_free(dir);
    return 0;
}

static bool inside(const struct screen_piece *p, const struct screen_piece *room)
{
    return p->x >= room->x && p->y >= room->y && p->x + p->width <= room->x + room->width &&
           p->y + p->height <= room->y + room->height;
}

static bool is_even(const struct screen_piece *p)
{
    return !((p->x | p->y | p->width | p->height) & 1);
}

static void a_square_clip_is_filled(void **state)
{
    (void)state;
    static const double aspects[] = {16.0 / 9, 4.0 / 3, 1, 9.0 / 16, 64.0 / 27};
    struct screen_piece safe = screen_safe(1080, 1080);
    for (size_t i = 0; i < COUNT(aspects); i++) {
        struct clip_layout l;
        clip_layout_filmed(1080, 1080, aspects[i], &l);
        assert_int_equal(l.window.width, 0);
        assert_false(l.hangs);
        assert_true(is_even(&l.captions) && inside(&l.captions, &safe));
    }
}

static void an_upright_clip_shows_the_whole_picture_across_its_width(void **state)
{
    (void)state;
    static const struct {
        double aspect;
        int high; // 0: it fills the frame
    } rows[] = {{16.0 / 9, 608}, {4.0 / 3, 810}, {1, 1080},   {64.0 / 27, 456},
                {9.0 / 16, 0},   {2.0 / 3, 0},   {0.75, 1440}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct clip_layout l;
        clip_layout_filmed(1080, 1920, rows[i].aspect, &l);
        assert_int_equal(l.window.height, rows[i].high);
        assert_int_equal(l.window.width, rows[i].high ? 1080 : 0);
        assert_true(is_even(&l.window) && is_even(&l.captions));
        assert_true(l.window.y + l.window.height <= 1920);
        // off the players' own signs: a fifth below, an eighth beside
        const struct screen_piece free = {129, 268, 822, 1268};
        assert_true(inside(&l.captions, &free) && l.captions.height >= 252);
    }
    struct clip_layout wide;
    clip_layout_filmed(1080, 1920, 16.0 / 9, &wide);
    assert_true(wide.hangs && wide.captions.y >= wide.window.y + wide.window.height);
}

static void captions_do_not_lie_over_the_wave(void **state)
{
    (void)state;
    static const int shapes[][2] = {{1080, 1080}, {1080, 1920}};
    for (size_t i = 0; i < COUNT(shapes); i++) {
        struct screen_look look = {shapes[i][0], shapes[i][1], "Tema: trivsel", "nb"};
        struct cover_words words = {
            .show = "Det gode liv i nord", .title = "Ei åpen dør", .place = "Meløy"};
        struct screen_piece wave;
        struct clip_layout l;
        struct err e = {0};
        assert_int_equal(card_sound(&look, &words, path, &wave, &e), 0);
        clip_layout_heard(look.width, look.height, &wave, &l);
        assert_true(l.captions.y >= wave.y + wave.height ||
                    l.captions.y + l.captions.height <= wave.y);
        assert_true(l.captions.height >= 252 && l.captions.y > 0);
    }
}

static void captions_stay_in_their_room_and_say_when_they_do_not_fit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int cut;
    } rows[] = {
        {"Čáhci, Ŋuorra og Øyvind.", 0},
        {"Åse: vi trenger møteplasser der folk kan snakke sammen uten at noen må betale", 0},
        {"- Ja.\n- Nei!", 0},
        {"Vi trenger møteplasser der folk kan snakke sammen uten at noen må betale for det, hver "
         "dag, hele året, sommer som vinter, og det er ikke for mye forlangt av en kommune.",
         1},
    };
    for (int hangs = 0; hangs < 2; hangs++)
        for (size_t i = 0; i < COUNT(rows); i++) {
            struct clip_layout l;
            struct screen_piece p;
            struct err e = {0};
            struct screen_look look = {1080, 1920, NULL, "nb"};
            clip_layout_filmed(1080, 1920, 16.0 / 9, &l);
            assert_int_equal(
                screen_clip_caption(&look, rows[i].text, &l.captions, hangs, path, &p, &e),
                rows[i].cut);
            assert_true(inside(&p, &l.captions));
            int off =
                hangs ? p.y - l.captions.y : l.captions.y + l.captions.height - p.y - p.height;
            assert_true(off <= 2);
        }
}

static void a_title_stands_at_the_upper_edge(void **state)
{
    (void)state;
    static const char *const themes[] = {"Tema: trivsel", NULL};
    for (size_t i = 0; i < COUNT(themes); i++) {
        struct screen_look look = {1080, 1080, themes[i], "nb"};
        struct screen_piece p, safe = screen_safe(1080, 1080);
        struct err e = {0};
        assert_int_equal(screen_title(&look, "Ei åpen dør", i ? NULL : "Meløy", path, &p, &e), 0);
        assert_true(inside(&p, &safe) && p.y == safe.y && p.height < 250);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_square_clip_is_filled),
        cmocka_unit_test(an_upright_clip_shows_the_whole_picture_across_its_width),
        cmocka_unit_test(captions_do_not_lie_over_the_wave),
        cmocka_unit_test(captions_stay_in_their_room_and_say_when_they_do_not_fit),
        cmocka_unit_test(a_title_stands_at_the_upper_edge),
    };
    return cmocka_run_group_tests_name("cliplayout", tests, set_up, tear_down);
}
