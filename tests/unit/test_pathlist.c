// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "plan/pathlist.h"

static struct json *list_of(const char *words)
{
    struct json *j = json_new_array();
    char word[200];
    int n;
    for (const char *at = words; sscanf(at, "%199s%n", word, &n) == 1; at += n)
        json_push_text(j, word);
    return j;
}

static void is_list(struct json *got, const char *words)
{
    struct json *want = list_of(words);
    if (!json_same(got, want)) {
        struct str s;
        str_init(&s, STR_MAX);
        json_write(&s, got, false);
        fail_msg("%s, not %s", s.p, words);
    }
    json_free(want);
    json_free(got);
}

static void folds(const char *paths, const char *folded)
{
    struct json *in = list_of(paths), *out = list_of(folded);
    is_list(pathlist_fold(in), folded);
    struct json *back = pathlist_unfold(out), *again = pathlist_fold(back);
    is_list(again, folded);
    json_free(back);
    json_free(in);
    json_free(out);
}

static void runs_of_numbers_are_one_entry(void **state)
{
    (void)state;
    folds("h/00000.m4s h/00001.m4s h/00002.m4s h/list.m3u8 a.mp3",
          "a.mp3 h/{00000..00002}.m4s h/list.m3u8");
    folds("h/8 h/9 h/10", "h/10 h/8 h/9");
    folds("h/08 h/09 h/10 h/11 h/13", "h/{08..11} h/13");
    folds("1/01 1/02 2/03 2/04", "1/01 1/02 2/03 2/04");
    folds("x-1.mp3 x-2.mp4 x-3.mp3", "x-1.mp3 x-2.mp4 x-3.mp3");
    folds("b b a", "a b");
    folds("", "");
}

static void they_come_back_one_by_one(void **state)
{
    (void)state;
    struct json *j = list_of("m/{0098..0101}.m4s m/end");
    is_list(pathlist_unfold(j), "m/0098.m4s m/0099.m4s m/0100.m4s m/0101.m4s m/end");
    json_free(j);
}

static void nothing_leads_elsewhere(void **state)
{
    (void)state;
    struct json *j = list_of("../a /b c/../d c//e .. good/{1..3}x{ {9..1}.a {1..22}.b a\\b "
                             "../{1..3} {000000000..999999999}");
    is_list(pathlist_unfold(j), "good/1x{ good/2x{ good/3x{ {1..22}.b");
    json_free(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_of_numbers_are_one_entry),
        cmocka_unit_test(they_come_back_one_by_one),
        cmocka_unit_test(nothing_leads_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
