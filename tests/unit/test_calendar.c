// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/calendar.h"
#include "refusal.h"
#include "scratch.h"

static char dir[SCRATCH_MAX];

static int load(struct arena *a, const char *text, struct calendar *c, struct err *e)
{
    char path[SCRATCH_MAX + 20];
    snprintf(path, sizeof(path), "%s/calendar.yaml", dir);
    assert_true(fs_replace(path, text, strlen(text), NULL) >= 0);
    return calendar_load(a, path, "episodes/calendar.yaml", c, e);
}

#define THEMES                                                                                    \
    "themes:\n  - {id: trivsel, nb: Trivsel, nn: Trivnad, goals: [3, 8, 11]}\n  - {id: mat, nb: " \
    "Mat}\n"

static void the_example_is_a_calendar(void **state)
{
    (void)state;
    struct arena a = {0};
    struct calendar c;
    struct err e = {0};
    assert_int_equal(calendar_load(&a, "presets/calendar-example.yaml", "x", &c, &e), 0);
    assert_int_equal(c.num_themes, 5);
    assert_int_equal(c.num_months, 12);
    const struct calendar_month *m = calendar_at(&c, 2026, 2);
    assert_string_equal(m->theme->nb, "Trivsel");
    assert_int_equal(calendar_goals(m), SDG(3) | SDG(8) | SDG(11));
    arena_done(&a);
}

static void the_entry_of_a_year_goes_before_every_year(void **state)
{
    (void)state;
    static const struct {
        int year, month;
        const char *theme; // NULL: no entry
        sdg_set goals;
    } rows[] = {
        {2026, 2, "mat", SDG(2)},
        {2027, 2, "trivsel", SDG(3) | SDG(8) | SDG(11)},
        {1999, 2, "trivsel", SDG(3) | SDG(8) | SDG(11)},
        {2026, 3, "mat", 0},
        {2027, 3, NULL, 0},
        {2026, 5, "trivsel", SDG(1)},
        {2026, 12, NULL, 0},
        {2026, 13, NULL, 0},
    };
    struct arena a = {0};
    struct calendar c;
    struct err e = {0};
    assert_int_equal(load(&a,
                          THEMES "months:\n"
                                 "  - {month: 5, theme: trivsel, goals: [1]}\n"
                                 "  - {month: 2026-03, theme: mat}\n"
                                 "  - {month: 2026-02, theme: mat, goals: [2]}\n"
                                 "  - {month: 2, theme: trivsel, note: Husk}\n",
                          &c, &e),
                     0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct calendar_month *m = calendar_at(&c, rows[i].year, rows[i].month);
        assert_true(str_same(m ? m->theme->id : NULL, rows[i].theme));
        assert_int_equal(calendar_goals(m), rows[i].goals);
    }
    for (size_t i = 1; i < c.num_months; i++)
        assert_true(c.months[i - 1].year * 100 + c.months[i - 1].month <
                    c.months[i].year * 100 + c.months[i].month);
    assert_string_equal(calendar_theme(&c, "trivsel")->nn, "Trivnad");
    assert_string_equal(calendar_theme(&c, "mat")->en, "Mat");
    assert_null(calendar_theme(&c, "miljo"));
    arena_done(&a);
}

static void wrong_calendars_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want, *remedy;
    } rows[] = {
        {"", "episodes/calendar.yaml:1:1: the calendar is empty", NULL},
        {"themes: []\nmonths: []\n", "episodes/calendar.yaml:1:9: themes is an empty list", NULL},
        {THEMES, "episodes/calendar.yaml:1:1: the calendar has no months", NULL},
        {THEMES "months: [{month: 2, theme: trivsl}]\n",
         "episodes/calendar.yaml:4:28: there is no theme trivsl", "write trivsel"},
        {THEMES "months: [{month: 02, theme: mat}]\n",
         "episodes/calendar.yaml:4:18: month cannot be \"02\"",
         "write 2 for every February, or 2026-02 for one of them"},
        {THEMES "months: [{month: 13, theme: mat}]\n",
         "episodes/calendar.yaml:4:18: month cannot be \"13\"", NULL},
        {THEMES "months: [{month: 2026-13, theme: mat}]\n",
         "episodes/calendar.yaml:4:18: month must be a month, here is \"2026-13\"", NULL},
        {THEMES "months: [{month: februar, theme: mat}]\n",
         "episodes/calendar.yaml:4:18: month cannot be \"februar\"", NULL},
        {THEMES "months:\n- {month: 2, theme: mat}\n- {month: 2, theme: mat}\n",
         "episodes/calendar.yaml:6:11: a second entry for the month 2", "keep one of the two"},
        {THEMES "months: [{month: 2, theme: mat, goals: [3, 18]}]\n",
         "episodes/calendar.yaml:4:44: a goal must be from 1 to 17", NULL},
        {THEMES "months: [{month: 2, theme: mat, goals: [3, 3]}]\n",
         "episodes/calendar.yaml:4:44: goal 3 stands here twice", "keep one of the two"},
        {THEMES "months: [{month: 2, theme: mat, goals: []}]\n",
         "episodes/calendar.yaml:4:40: goals must be a list of numbers", "write goals: [3, 8, 11]"},
        {THEMES "months: [{month: 2, theme: mat, goals: 3}]\n",
         "episodes/calendar.yaml:4:40: goals must be a list of numbers", NULL},
        {THEMES "months: [{month: 2, theme: mat, goals: [\"3\"]}]\n",
         "episodes/calendar.yaml:4:41: a goal must be a whole number, here is text in quotes",
         NULL},
        {THEMES "months: [{month: 2, them: mat}]\n",
         "episodes/calendar.yaml:4:21: unknown key them in a month", "write theme"},
        {"themes: [{id: Miljø, nb: Miljø}]\nmonths: []\n",
         "episodes/calendar.yaml:1:15: the id of a theme cannot be \"Miljø\"", NULL},
        {"themes: [{id: a, nb: A}, {id: a, nb: B}]\nmonths: []\n",
         "episodes/calendar.yaml:1:31: a second theme with the id a", NULL},
        {"themes: [{id: a, nb: A, cover: no.png}]\nmonths: []\n",
         "episodes/calendar.yaml:1:32: the cover: no such file or directory", NULL},
        {"themes: [{id: a, nb: A, cover: ../../no.png}]\nmonths: []\n",
         "episodes/calendar.yaml:1:32: the path leads out of the show", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct calendar c;
        struct err e = {0};
        int r = load(&a, rows[i].text, &c, &e);
        if (r >= 0)
            print_error("not refused: %s\n", rows[i].text);
        assert_true(r < 0);
        refused(&e, rows[i].want, rows[i].remedy);
        arena_done(&a);
    }
}

static int set_up(void **state)
{
    (void)state;
    scratch_new(dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_free(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_is_a_calendar),
        cmocka_unit_test(the_entry_of_a_year_goes_before_every_year),
        cmocka_unit_test(wrong_calendars_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
