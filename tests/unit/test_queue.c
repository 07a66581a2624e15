// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/queue.h"

static int numbers[1000];

static void drop(void *item)
{
    *(int *)item += 1;
}

// Sends the numbers in order until it is told not to; returns how the last send went.
static void *send_all(void *arg)
{
    struct queue *q = arg;
    intptr_t r = 0;
    for (size_t i = 0; i < COUNT(numbers) && r == 0; i++)
        r = queue_send(q, &numbers[i]);
    queue_finish(q);
    return (void *)r;
}

static void *recv_one(void *arg)
{
    void *item = NULL;
    return (void *)(intptr_t)queue_recv(arg, &item);
}

static intptr_t joined(pthread_t thread)
{
    void *r = NULL;
    assert_int_equal(pthread_join(thread, &r), 0);
    return (intptr_t)r;
}

static void items_arrive_in_order_and_end_once(void **state)
{
    (void)state;
    static const struct {
        size_t room, batch;
    } sizes[] = {{0, 1}, {1, 1}, {1, 8}, {3, 2}, {64, 8}, {64, 64}, {5000, 1}, {5000, 3000}};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct queue *q = queue_new(sizes[i].room, sizes[i].batch, NULL);
        pthread_t sender;
        assert_int_equal(pthread_create(&sender, NULL, send_all, q), 0);
        void *item = NULL;
        size_t n = 0;
        while (queue_recv(q, &item) == 1)
            assert_ptr_equal(item, &numbers[n++]);
        assert_int_equal(n, COUNT(numbers));
        assert_int_equal(joined(sender), 0);
        assert_int_equal(queue_recv(q, &item), 0);
        queue_free(q);
    }
}

static void a_reader_that_closes_lets_the_writer_go(void **state)
{
    (void)state;
    struct queue *q = queue_new(2, 1, NULL);
    pthread_t sender;
    void *item = NULL;
    assert_int_equal(pthread_create(&sender, NULL, send_all, q), 0);
    assert_int_equal(queue_recv(q, &item), 1);
    queue_close(q);
    assert_int_equal(joined(sender), -EPIPE);
    assert_int_equal(queue_recv(q, &item), 0);
    queue_free(q);
}

static void abort_lets_both_go(void **state)
{
    (void)state;
    struct queue *q = queue_new(2, 1, NULL), *empty = queue_new(2, 1, NULL);
    pthread_t sender, receiver;
    void *item = NULL;
    assert_int_equal(pthread_create(&sender, NULL, send_all, q), 0);
    assert_int_equal(pthread_create(&receiver, NULL, recv_one, empty), 0);
    queue_abort(q);
    queue_abort(empty);
    assert_int_equal(joined(sender), -EPIPE);
    assert_int_equal(joined(receiver), -ECANCELED);
    assert_int_equal(queue_recv(q, &item), -ECANCELED);
    queue_free(q);
    queue_free(empty);
}

static void what_is_left_is_dropped_and_what_is_refused_is_not(void **state)
{
    (void)state;
    int items[3] = {0};
    void *item = NULL;
    struct queue *q = queue_new(5, 1, drop);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(queue_send(q, &items[i]), 0);
    assert_int_equal(queue_recv(q, &item), 1);
    queue_close(q);
    assert_int_equal(queue_send(q, &items[2]), -EPIPE);
    queue_free(q);
    assert_int_equal(items[0], 0);
    assert_int_equal(items[1], 1);
    assert_int_equal(items[2], 0);
    queue_free(NULL);
}

static void a_finished_queue_gives_out_what_it_holds(void **state)
{
    (void)state;
    struct queue *q = queue_new(5, 1, NULL);
    void *item = NULL;
    assert_int_equal(queue_send(q, &numbers[0]), 0);
    queue_finish(q);
    assert_int_equal(queue_send(q, &numbers[1]), -EPIPE);
    assert_int_equal(queue_recv(q, &item), 1);
    assert_ptr_equal(item, &numbers[0]);
    assert_int_equal(queue_recv(q, &item), 0);
    queue_free(q);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_arrive_in_order_and_end_once),
        cmocka_unit_test(a_reader_that_closes_lets_the_writer_go),
        cmocka_unit_test(abort_lets_both_go),
        cmocka_unit_test(what_is_left_is_dropped_and_what_is_refused_is_not),
        cmocka_unit_test(a_finished_queue_gives_out_what_it_holds),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
