// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/progress.h"
#include "base/workers.h"

enum { ITEMS = 500 };

struct work {
    atomic_int runs[ITEMS];
    atomic_int now, most; // at the same time
    size_t fails_at;
};

static int work_on(void *ctx, size_t i, struct err *e)
{
    struct work *w = ctx;
    int now = atomic_fetch_add(&w->now, 1) + 1, most = atomic_load(&w->most);
    while (now > most && !atomic_compare_exchange_weak(&w->most, &most, now))
        ;
    for (int turn = 0; turn < 20; turn++)
        sched_yield(); // so that the others are seen
    atomic_fetch_add(&w->runs[i], 1);
    atomic_fetch_sub(&w->now, 1);
    return i == w->fails_at ? err_set(e, -EIO, "item %zu", i) : 0;
}

static void each_item_runs_once_and_not_too_many_together(void **state)
{
    (void)state;
    static const int threads[] = {0, 1, 2, 7};
    for (size_t t = 0; t < COUNT(threads); t++) {
        struct work w = {.fails_at = SIZE_MAX};
        assert_int_equal(workers_run(ITEMS, threads[t], work_on, &w, NULL), 0);
        for (size_t i = 0; i < ITEMS; i++)
            assert_int_equal(w.runs[i], 1);
        assert_true(w.most <= (threads[t] ? threads[t] : workers_cpus()));
    }
    struct work none = {0};
    assert_int_equal(workers_run(0, 4, work_on, &none, NULL), 0);
    assert_true(workers_cpus() >= 1);
}

static void the_first_error_ends_the_work(void **state)
{
    (void)state;
    struct work w = {.fails_at = 3};
    struct err e = {0};
    assert_int_equal(workers_run(ITEMS, 1, work_on, &w, &e), -EIO);
    assert_string_equal(e.text, "item 3");
    assert_int_equal(w.runs[3], 1);
    assert_int_equal(w.runs[4], 0);
    struct work many = {.fails_at = 7};
    assert_int_equal(workers_run(ITEMS, 4, work_on, &many, &e), -EIO);
    assert_string_equal(e.text, "item 7");
    assert_int_equal(workers_run(ITEMS, 4, work_on, &many, NULL), -EIO);
}

struct heard {
    const char *what;
    double done;
    int warnings;
};

static void hear_update(void *ctx, const char *what, double done, double media_s)
{
    struct heard *h = ctx;
    (void)media_s;
    h->what = what;
    h->done = done;
}

static void hear_warning(void *ctx, const char *text)
{
    struct heard *h = ctx;
    assert_string_equal(text, "2 gaps");
    h->warnings++;
}

static void progress_is_heard_and_stops(void **state)
{
    (void)state;
    atomic_bool stop = false;
    struct heard h = {0};
    struct err e = {0};
    const struct progress p = {&stop, hear_update, hear_warning, &h, NULL}, quiet = {0};
    progress_update(&p, "encode", 0.5, 12);
    progress_warn(&p, "%d gaps", 2);
    assert_string_equal(h.what, "encode");
    assert_true(h.done == 0.5);
    assert_int_equal(h.warnings, 1);
    assert_int_equal(progress_check(&p, &e), 0);
    atomic_store(&stop, true);
    assert_true(progress_stopped(&p));
    assert_int_equal(progress_check(&p, &e), -ECANCELED);
    assert_int_equal(err_exit_code(&e), 130);
    assert_int_equal(progress_check(&p, NULL), -ECANCELED);
    progress_update(&quiet, "encode", 1, -1);
    progress_warn(&quiet, "nobody hears");
    assert_false(progress_stopped(&quiet));
    progress_update(NULL, "encode", 1, -1);
    progress_warn(NULL, "nobody hears");
    assert_false(progress_stopped(NULL));
    assert_int_equal(progress_check(NULL, &e), 0);
}

struct meeting {
    atomic_size_t here;
    size_t all;
};

// Returns only when all are there.
static int meet(void *ctx, size_t i, struct err *e)
{
    struct meeting *m = ctx;
    (void)i;
    (void)e;
    atomic_fetch_add(&m->here, 1);
    while (atomic_load(&m->here) < m->all)
        sched_yield();
    return 0;
}

static void together_means_all_at_the_same_time(void **state)
{
    (void)state;
    for (size_t n = 0; n < 12; n++) {
        struct meeting m = {.all = n};
        assert_int_equal(workers_together(n, meet, &m, NULL), 0);
        assert_int_equal(m.here, n);
    }
    struct work w = {.fails_at = 2};
    struct err e = {0};
    assert_int_equal(workers_together(3, work_on, &w, &e), -EIO);
    assert_string_equal(e.text, "item 2");
}

struct errand {
    atomic_bool begun, may_end;
    int result;
};

static int run_errand(void *ctx, struct err *e)
{
    struct errand *x = ctx;
    atomic_store(&x->begun, true);
    while (!atomic_load(&x->may_end))
        sched_yield();
    return x->result < 0 ? err_set(e, x->result, "on the way") : x->result;
}

static void a_task_runs_beside_its_caller(void **state)
{
    (void)state;
    struct errand good = {.result = 5}, bad = {.result = -EIO};
    struct err e = {0};
    struct task *one = task_begin(run_errand, &good), *two = task_begin(run_errand, &bad);
    while (!atomic_load(&good.begun) || !atomic_load(&bad.begun))
        sched_yield();
    atomic_store(&bad.may_end, true);
    assert_int_equal(task_end(two, &e), -EIO);
    assert_string_equal(e.text, "on the way");
    atomic_store(&good.may_end, true);
    assert_int_equal(task_end(one, &e), 5);
    bad.may_end = true;
    assert_int_equal(task_end(task_begin(run_errand, &bad), NULL), -EIO);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_item_runs_once_and_not_too_many_together),
        cmocka_unit_test(the_first_error_ends_the_work),
        cmocka_unit_test(together_means_all_at_the_same_time),
        cmocka_unit_test(a_task_runs_beside_its_caller),
        cmocka_unit_test(progress_is_heard_and_stops),
    };
    return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
