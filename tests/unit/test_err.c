// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

static void errors_carry_code_kind_and_the_way_there(void **state)
{
    (void)state;
    struct err e = {0};
    assert_int_equal(err_exit_code(&e), 0);
    assert_int_equal(err_errno(&e, -ENOENT, "cover.png"), -ENOENT);
    assert_string_equal(e.text, "cover.png: no such file or directory");
    assert_int_equal(err_wrap(&e, "tag %d", 1), -ENOENT);
    assert_string_equal(e.text, "tag 1: cover.png: no such file or directory");
    assert_int_equal(err_exit_code(&e), 1);
    err_errno(&e, -ENOSPC, "store");
    assert_string_equal(e.text, "store: no space left on the disk");
    assert_int_equal(err_input(&e, "%s again", e.text), -EINVAL);
    assert_string_equal(e.text, "store: no space left on the disk again");
    assert_int_equal(err_set(NULL, -EIO, "nobody reads this"), -EIO);
    static const struct {
        enum err_kind kind;
        int exit_code;
    } rows[] = {
        {ERR_FAILED, 1}, {ERR_USAGE, 2}, {ERR_INPUT, 3}, {ERR_REMOTE, 4}, {ERR_INTERRUPTED, 130}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        e.kind = rows[i].kind;
        assert_int_equal(err_exit_code(&e), rows[i].exit_code);
    }
}

static void long_errors_are_cut_between_characters(void **state)
{
    (void)state;
    struct err e = {0};
    char text[sizeof(e.text) + 100];
    for (size_t shift = 0; shift < 2; shift++) {
        memset(text, 'a', sizeof(text));
        for (size_t i = shift; i + 2 < sizeof(text); i += 2)
            memcpy(text + i, "ø", 2);
        text[sizeof(text) - 1] = '\0';
        err_set(&e, -EINVAL, "%s", text);
        assert_true(str_is_utf8(e.text, strlen(e.text), NULL));
        assert_true(strlen(e.text) >= sizeof(e.text) - 2);
        err_wrap(&e, "b");
        assert_true(str_is_utf8(e.text, strlen(e.text), NULL));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_carry_code_kind_and_the_way_there),
        cmocka_unit_test(long_errors_are_cut_between_characters),
    };
    return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
