// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "plan/voices.h"

struct heard {
    char what[200];
    double done;
    int times, warnings;
};

static void on_update(void *ctx, const char *what, double done, double media_s)
{
    struct heard *h = ctx;
    (void)media_s;
    snprintf(h->what, sizeof h->what, "%s", what);
    h->done = done;
    h->times++;
}

static void on_warning(void *ctx, const char *text)
{
    struct heard *h = ctx;
    assert_string_equal(text, "it rains");
    h->warnings++;
}

static void two_are_heard_as_one(void **state)
{
    (void)state;
    struct heard h = {0};
    const struct progress outer = {NULL, on_update, on_warning, &h, NULL};
    struct voices v;
    voices_begin(&v, &outer);
    voices_add(&v, "web", 300e6);
    voices_add(&v, "disk", 100e6);
    voices_add(&v, NULL, 0); // it failed before
    progress_update(voices_of(&v, 0), "web\t150 MB of 300 MB", 0.5, -1);
    assert_string_equal(h.what, "deliver\t150 of 400 MB (web 50 %, disk 0 %)");
    assert_true(h.done > 0.374 && h.done < 0.376);
    progress_update(voices_of(&v, 1), "disk\t100 MB of 100 MB", 1, -1);
    assert_string_equal(h.what, "deliver\t250 of 400 MB (web 50 %, disk 100 %)");
    progress_update(voices_of(&v, 1), "", 1, -1); // over, but the other one goes on
    assert_int_equal(h.times, 2);
    progress_warn(voices_of(&v, 1), "it rains");
    assert_int_equal(h.warnings, 1);
}

static void one_alone_speaks_for_itself(void **state)
{
    (void)state;
    struct heard h = {0};
    const struct progress outer = {NULL, on_update, on_warning, &h, NULL};
    struct voices v;
    voices_begin(&v, &outer);
    voices_add(&v, "web", 100);
    progress_update(voices_of(&v, 0), "web\t50 B of 100 B", 0.5, -1);
    assert_string_equal(h.what, "web\t50 B of 100 B");
    progress_update(voices_of(&v, 0), "", 1, -1);
    assert_string_equal(h.what, "");
    voices_begin(&v, NULL); // nobody listens
    voices_add(&v, "web", 100);
    assert_null(voices_of(&v, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_are_heard_as_one),
        cmocka_unit_test(one_alone_speaks_for_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
