// SPDX-License-Identifier: GPL-3.0-or-later
// What a journal of a delivery makes of the receipt of a target, above all of what broke off.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/str.h"
#include "plan/receipt.h"
#include "scratch.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static char dir[SCRATCH_MAX];
static const struct delivery_target target = {.name = "web", .kind = "folder", .url = "/x/"};

static void set_journal(struct arena *a, const char *lines)
{
    const char *text = arena_printf(a, "folder /x/\n%s", lines);
    const char *path = fs_join(a, dir, ".dgl/delivered/web.journal");
    assert_true(fs_replace(path, text, strlen(text), NULL) >= 0);
}

static const char *parts_of(struct arena *a, const struct receipt *r, const char *path)
{
    struct json *o = json_new_object();
    struct str s;
    receipt_add_parts(r, path, o);
    str_init(&s, 4000);
    const struct json *parts = json_get(o, "parts");
    for (size_t i = 0; i < json_count(parts); i++)
        str_addf(&s, "%.1s ", json_as_text(json_at(parts, i)));
    const char *ret = arena_strdup(a, s.p);
    str_done(&s);
    json_free(o);
    return ret;
}

static void what_broke_off_is_known_until_it_is_gone(void **state)
{
    static const struct {
        const char *lines, *parts, *lies; // lies: NULL: nothing known
        bool may_have;
    } rows[] = {
        {"", "", NULL, false},
        {"?" A " 7 a b.mp3\n", "a ", NULL, true},
        {"?" A " 7 a b.mp3\n?" A " 7 a b.mp3\n", "a ", NULL, true},
        {"?" A " 7 a b.mp3\n" A " 7 a b.mp3\n", "", A, true},
        {"?" A " 7 a b.mp3\n?" B " 8 a b.mp3\n", "a b ", NULL, true},
        {"?" A " 7 a b.mp3\n?" B " 8 a b.mp3\n" B " 8 a b.mp3\n", "", B, true},
        {"?" A " 7 a b.mp3\n- 0 a b.mp3\n", "", NULL, false},
        {A " 7 a b.mp3\n?" B " 8 a b.mp3\n", "b ", NULL, true},
        {"? 7 a b.mp3\n", "", NULL, true},
        {"?../../x 7 a b.mp3\n", "", NULL, true},
        {"?" A " 7 a b.mp3", "", NULL, false}, // the line broke off, too
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct session s = {.dir = dir};
        struct receipt r;
        struct err e = {0};
        assert_true(fs_remove_tree(dir, NULL) >= 0);
        set_journal(&s.arena, rows[i].lines);
        for (int again = 0; again < 2; again++) { // from the journal, then from the receipt
            receipt_open(&s, &target, &r);
            const char *parts = parts_of(&s.arena, &r, "a b.mp3");
            const char *lies = receipt_of(&r, "a b.mp3");
            bool may_have = receipt_may_have(&r, "a b.mp3");
            if (!str_same(parts, rows[i].parts) || !str_same(lies, rows[i].lies) ||
                may_have != rows[i].may_have)
                fail_msg("%s: parts %s, lies %s", rows[i].lines, parts, lies ? lies : "none");
            assert_true(receipt_close(&r, &target, &e) >= 0);
            receipt_done(&r);
        }
        arena_done(&s.arena);
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
        cmocka_unit_test(what_broke_off_is_known_until_it_is_gone),
    };
    return cmocka_run_group_tests_name("receipt", tests, set_up, tear_down);
}
