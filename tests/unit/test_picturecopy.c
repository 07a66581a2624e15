// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"
#include "stage/picturecopy.h"

static const struct copy_wanted wanted = {.width = 1280,
                                          .height = 720,
                                          .rate_num = 25,
                                          .rate_den = 1,
                                          .level = 40,
                                          .max_kbps = 6000,
                                          .group = 2 * TICKS_PER_SEC};

struct film { // what may be copied, and what a row of the table changes of it
    struct copy_wanted wanted;
    struct reel_facts facts;
    struct timeline timeline;
    struct kept kept[2];
    struct copy_source source;
};

static void right(struct film *f)
{
    *f = (struct film){.wanted = wanted,
                       .facts = {.codec = "h264",
                                 .profile = "High",
                                 .pixels = "yuv420p",
                                 .level = 40,
                                 .width = 1280,
                                 .height = 720,
                                 .sar_num = 1,
                                 .sar_den = 1,
                                 .turn = "none",
                                 .matrix = "bt709",
                                 .primaries = "bt709",
                                 .transfer = "bt709",
                                 .dynamic_range = "sdr",
                                 .bit_rate = 6000000,
                                 .rate_num = 25,
                                 .rate_den = 1,
                                 .constant = true,
                                 .longest_group = 2 * TICKS_PER_SEC,
                                 .closed_groups = true,
                                 .starts_with_key = true},
                       .kept = {{0, 100 * TICKS_PER_SEC, 0}}};
    f->timeline = (struct timeline){.kept = f->kept, .count = 1};
    f->source = (struct copy_source){&f->facts, 1, 0, &f->timeline};
}

static void change(struct film *f, const char *rule)
{
    struct reel_facts *x = &f->facts;
    f->source.num_files += str_same(rule, "files");
    f->wanted.drawn = str_same(rule, "drawn");
    f->wanted.balance = str_same(rule, "balance");
    f->timeline.intro.length = str_same(rule, "jingles");
    f->timeline.count += str_same(rule, "cut");
    f->kept[0].from = str_same(rule, "begins-later") ? TICKS_PER_SEC : 0;
    f->kept[1] = (struct kept){101 * TICKS_PER_SEC, 200 * TICKS_PER_SEC, 100 * TICKS_PER_SEC};
    f->source.drift_ppm = str_same(rule, "drift") ? 150 : 0;
    x->level += str_same(rule, "level");
    x->bit_rate = str_same(rule, "bit-rate") ? 9100000 : x->bit_rate;
    x->dynamic_range = str_same(rule, "hdr") ? "pq" : "sdr";
    x->full_range = str_same(rule, "full-range");
    x->turn = str_same(rule, "turned") ? "90" : "none";
    x->width -= 2 * str_same(rule, "size");
    x->sar_num += str_same(rule, "pixel-shape");
    x->interlaced = str_same(rule, "interlaced");
    x->constant = !str_same(rule, "varies");
    x->rate_num += 5 * str_same(rule, "rate");
    x->missing = str_same(rule, "missing") ? 3 : 0;
    x->closed_groups = !str_same(rule, "open-groups");
    x->longest_group *= str_same(rule, "long-groups") ? 5 : 1;
    if (str_same(rule, "codec"))
        snprintf(x->codec, sizeof x->codec, "%s", "hevc");
    if (str_same(rule, "profile"))
        snprintf(x->profile, sizeof x->profile, "%s", "Main");
    if (str_same(rule, "colours"))
        snprintf(x->matrix, sizeof x->matrix, "%s", "unknown");
    if (str_same(rule, "pixels"))
        snprintf(x->pixels, sizeof x->pixels, "%s", "yuv422p");
}

static void what_is_right_has_no_reason(void **state)
{
    (void)state;
    struct film f;
    right(&f);
    struct json *why = copy_reasons(&f.wanted, &f.source);
    assert_int_equal(json_count(why), 0);
    json_free(why);
}

static void each_rule_is_found_alone(void **state)
{
    (void)state;
    const char *rule;
    for (size_t i = 0; (rule = copy_rule(i)); i++) {
        struct film f;
        right(&f);
        change(&f, rule);
        struct json *why = copy_reasons(&f.wanted, &f.source);
        if (json_count(why) != 1)
            fail_msg("%s: %zu reasons", rule, json_count(why));
        assert_string_equal(json_text(json_at(why, 0), "rule"), rule);
        const char *text = json_text(json_at(why, 0), "text");
        assert_true(text && *text && !strchr(text, '{'));
        json_free(why);
    }
}

static void reasons_name_what_is_and_what_is_wanted(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *is, *wanted, *text;
    } rows[] = {
        {"bit-rate", "9.1", "6.0", "it has a bit rate of 9.1 Mbit/s, the preset allows 6.0"},
        {"size", "1278×720", "1280×720", "it is 1278×720 and not 1280×720"},
        {"level", "4.1", "4.0", "its level is 4.1, the preset allows 4.0"},
        {"codec", "hevc", NULL, "it is hevc and not H.264"},
        {"interlaced", NULL, NULL, "it is interlaced"},
        {"drift", "150", NULL, "its clock runs differently from the sound's (150 ppm)"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct film f;
        right(&f);
        change(&f, rows[i].rule);
        struct json *why = copy_reasons(&f.wanted, &f.source);
        const struct json *one = json_at(why, 0);
        assert_true(str_same(json_text(one, "is"), rows[i].is));
        assert_true(str_same(json_text(one, "wanted"), rows[i].wanted));
        assert_string_equal(json_text(one, "text"), rows[i].text);
        json_free(why);
    }
}

static void the_report_has_words_for_every_reason(void **state)
{
    (void)state;
    static const char *const languages[] = {"nb", "nn", "en"};
    for (size_t i = 0; i < COUNT(languages); i++) {
        char path[64], key[64];
        struct json *strings;
        snprintf(path, sizeof path, "presets/report/strings.%s.json", languages[i]);
        assert_int_equal(json_load(path, &strings, NULL), 0);
        for (size_t k = 0; copy_rule(k); k++) {
            snprintf(key, sizeof key, "why-%s", copy_rule(k));
            if (!json_text(strings, key))
                fail_msg("%s: no %s", path, key);
        }
        json_free(strings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_right_has_no_reason),
        cmocka_unit_test(each_rule_is_found_alone),
        cmocka_unit_test(reasons_name_what_is_and_what_is_wanted),
        cmocka_unit_test(the_report_has_words_for_every_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
