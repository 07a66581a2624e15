// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena a = {0};
    char *pieces[300];
    for (size_t i = 0; i < COUNT(pieces); i++) {
        size_t size = i % 7 == 0 ? 20000 : i;
        pieces[i] = arena_alloc(&a, size);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(pieces[i][k], 0);
        memset(pieces[i], (int)i, size);
    }
    for (size_t i = 1; i < COUNT(pieces); i++)
        assert_int_equal((unsigned char)pieces[i][0], (unsigned char)i);
    arena_done(&a);
}

static void arrays_grow_with_what_is_in_them(void **state)
{
    (void)state;
    struct arena a = {0};
    int *numbers = NULL;
    size_t n = 0, cap = 0;
    for (; n < 1000; n++) {
        numbers = arena_grow(&a, numbers, n, &cap, sizeof(*numbers));
        numbers[n] = (int)n;
    }
    for (size_t i = 0; i < n; i++)
        assert_int_equal(numbers[i], i);
    arena_done(&a);
}

static void an_emptied_arena_is_usable_again(void **state)
{
    (void)state;
    struct arena a = {0};
    arena_done(&a);
    assert_string_equal(arena_printf(&a, "%s-%d", "a", 1), "a-1");
    arena_done(&a);
    assert_null(arena_strdup(&a, NULL));
    assert_string_equal(arena_strdup(&a, "again"), "again");
    assert_string_equal(arena_strndup(&a, "again", 2), "ag");
    arena_done(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(arrays_grow_with_what_is_in_them),
        cmocka_unit_test(an_emptied_arena_is_usable_again),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
