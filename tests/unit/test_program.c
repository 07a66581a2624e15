// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fs.h"
#include "plan/program.h"
#include "scratch.h"

static int run_shell(const char *script, double limit_s, const struct progress *progress,
                     struct err *e)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    return program_run(&(struct program_params){argv, limit_s, progress, "sh listens"}, e);
}

static void how_it_ended_is_said_with_its_last_lines(void **state)
{
    (void)state;
    static const struct {
        const char *script, *want; // NULL: it ended well
    } rows[] = {
        {"exit 0", NULL},
        {"echo much; echo more >&2", NULL},
        {"head -c 3000000 /dev/zero | tr '\\0' x", NULL}, // more than a pipe holds
        {"exec >/dev/null 2>&1; sleep 0.3", NULL},        // it closed its output
        {"cat; exit 0", NULL},                            // its input is at its end
        {"exit 3", "sh ended with 3"},
        {"echo no model; exit 1", "sh ended with 1; its last words:\n  no model"},
        {"for i in 1 2 3 4 5 6; do echo $i >&2; done; exit 2",
         "sh ended with 2; its last words:\n  3\n  4\n  5\n  6"},
        {"printf '10 %%\\r20 %%\\n\\n\\nout of memory'; exit 1",
         "sh ended with 1; its last words:\n  10 %\n  20 %\n  out of memory"},
        {"printf 'Mel\\370y'; exit 1", "sh ended with 1; its last words:\n  Mel\xEF\xBF\xBDy"},
        {"kill -KILL $$", "sh was ended by signal 9 (Killed)"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        int r = run_shell(rows[i].script, 60, NULL, &e);
        assert_string_equal(e.text, rows[i].want ? rows[i].want : "");
        assert_true((r < 0) == (rows[i].want != NULL));
    }
}

static void what_hangs_is_ended_with_all_it_started(void **state)
{
    (void)state;
    struct err e = {0};
    double began = clock_monotonic();
    assert_int_equal(run_shell("echo on it; sleep 100 & wait", 0.5, NULL, &e), -ETIMEDOUT);
    assert_true(clock_monotonic() - began < 5);
    assert_string_equal(e.text,
                        "sh had not ended after 0 s and was stopped; its last words:\n  on it");
    // one that does not listen to the first signal, either
    began = clock_monotonic();
    assert_int_equal(run_shell("trap '' TERM; sleep 100 & wait; sleep 100", 0.5, NULL, &e),
                     -ETIMEDOUT);
    assert_true(clock_monotonic() - began < 20);
}

static void a_child_that_keeps_the_pipe_is_not_waited_for(void **state)
{
    (void)state;
    struct err e = {0};
    double began = clock_monotonic();
    assert_int_equal(run_shell("sleep 5 & exit 0", 60, NULL, &e), 0);
    assert_true(clock_monotonic() - began < 3);
}

static void it_can_be_interrupted(void **state)
{
    (void)state;
    struct err e = {0};
    atomic_bool stop = true;
    struct progress progress = {.stop = &stop};
    assert_int_equal(run_shell("sleep 100", 60, &progress, &e), -ECANCELED);
    assert_int_equal(e.kind, ERR_INTERRUPTED);
}

static void programs_are_found_by_name_or_path(void **state)
{
    (void)state;
    struct arena a = {0};
    char dir[SCRATCH_MAX];
    scratch_new(dir);
    const char *script = "#!/bin/sh\nexit 0\n";
    assert_true(fs_replace(fs_join(&a, dir, "bin/listen"), script, strlen(script), NULL) >= 0);
    assert_null(program_find(&a, "bin/listen", dir)); // may not be run yet
    assert_int_equal(chmod(fs_join(&a, dir, "bin/listen"), 0755), 0);
    assert_string_equal(program_find(&a, "bin/listen", dir), fs_join(&a, dir, "bin/listen"));
    assert_null(program_find(&a, "listen", dir));
    assert_null(program_find(&a, "./bin", dir)); // a folder
    assert_non_null(program_find(&a, "sh", dir));
    assert_string_equal(program_find(&a, "/bin/sh", dir), "/bin/sh");
    assert_null(program_find(&a, "no-such-program", dir));
    scratch_free(dir);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_it_ended_is_said_with_its_last_lines),
        cmocka_unit_test(what_hangs_is_ended_with_all_it_started),
        cmocka_unit_test(a_child_that_keeps_the_pipe_is_not_waited_for),
        cmocka_unit_test(it_can_be_interrupted),
        cmocka_unit_test(programs_are_found_by_name_or_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
