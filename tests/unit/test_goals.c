// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/goals.h"
#include "base/str.h"
#include "refusal.h"
#include "scratch.h"

static double part(const char *hex)
{
    char two[3] = {hex[0], hex[1], 0};
    double v = (double)strtol(two, NULL, 16) / 255;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static void each_goal_can_be_read_on_its_colour(void **state)
{
    (void)state;
    struct arena a = {0};
    struct goals g;
    struct err e = {0};
    assert_int_equal(goals_load(&a, "presets/goals.json", &g, &e), 0);
    for (int n = 1; n <= SDG_LAST; n++) {
        const struct goal *goal = &g.goal[n];
        char iri[64];
        snprintf(iri, sizeof(iri), "http://metadata.un.org/sdg/%d", n);
        assert_string_equal(goal->iri, iri);
        double light = 0.2126 * part(goal->color + 1) + 0.7152 * part(goal->color + 3) +
                       0.0722 * part(goal->color + 5);
        bool white = strcmp(goal->text_color, "white") == 0;
        double contrast = white ? 1.05 / (light + 0.05) : (light + 0.05) / 0.05;
        assert_true(white || strcmp(goal->text_color, "black") == 0);
        assert_true(contrast >= 4.5);
    }
    assert_int_equal(g.num_targets, 169);
    assert_string_equal(g.targets[0].iri, "http://metadata.un.org/sdg/1.1");
    assert_string_equal(goal_title(&g, 10, "nb"), "Mindre ulikhet");
    assert_string_equal(goal_title(&g, 10, "nn"), "Mindre ulikskap");
    assert_string_equal(goal_title(&g, 10, "se"), "Mindre ulikhet");
    assert_string_equal(goal_title(&g, 10, NULL), "Mindre ulikhet");
    assert_string_equal(goal_title(&g, 1, "en-GB"), "No Poverty");
    assert_null(goal_title(&g, 18, "nb"));
    arena_done(&a);
}

static void municipalities_are_found_by_number_and_by_each_name(void **state)
{
    (void)state;
    static const struct {
        const char *word, *number;
    } rows[] = {
        {"1837", "1837"},         {"Meløy", "1837"},    {"Bodø", "1804"},   {"Herøy", "1818"},
        {"Hattfjelldal", "1826"}, {"Aarborte", "1826"}, {"Hábmer", "1875"}, {"Hamarøy", "1875"},
        {"rana", "1833"},         {"Meloy", NULL},      {"", NULL},         {"301", NULL},
        {"Oslo", NULL},
    };
    struct arena a = {0};
    struct municipalities m;
    struct err e = {0};
    assert_int_equal(municipalities_load(&a, "presets/municipalities.json", &m, &e), 0);
    assert_int_equal(m.count, 41);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct municipality *one = municipality_find(&m, rows[i].word);
        assert_true(str_same(one ? one->number : NULL, rows[i].number));
    }
    for (size_t i = 0; i < m.count; i++) {
        assert_true(m.items[i].lat > 64.9 && m.items[i].lat < 69.6);
        assert_true(m.items[i].lon > 10.5 && m.items[i].lon < 18.2);
    }
    assert_null(municipality_find(NULL, "1837"));
    arena_done(&a);
}

static void damaged_data_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool goals;
    } rows[] = {
        {"{}", true},
        {"[]", true},
        {"{\"goals\": []}", true},
        {"{\"goals\": [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}", true},
        {"not json", true},
        {"{}", false},
        {"{\"municipalities\": [{\"number\": \"1\"}]}", false},
        {"{\"municipalities\": [{\"number\": 1804, \"name\": \"Bodø\"}]}", false},
    };
    char dir[SCRATCH_MAX], path[SCRATCH_MAX + 20];
    scratch_new(dir);
    snprintf(path, sizeof(path), "%s/data.json", dir);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct goals g;
        struct municipalities m;
        struct err e = {0};
        assert_true(fs_replace(path, rows[i].text, strlen(rows[i].text), NULL) >= 0);
        assert_true((rows[i].goals ? goals_load(&a, path, &g, &e)
                                   : municipalities_load(&a, path, &m, &e)) < 0);
        assert_true(str_starts(e.text, path));
        arena_done(&a);
    }
    struct arena a = {0};
    struct goals g;
    struct err e = {0};
    assert_true(goals_load(&a, "no/such.json", &g, &e) < 0);
    refused(&e, "no/such.json: no such file", NULL);
    arena_done(&a);
    scratch_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_goal_can_be_read_on_its_colour),
        cmocka_unit_test(municipalities_are_found_by_number_and_by_each_name),
        cmocka_unit_test(damaged_data_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
