// SPDX-License-Identifier: GPL-3.0-or-later
// Deliveries to a store that others wrote: OpenStack's, through its S3 interface, which looks at
// signatures and hashes with its own code. Skipped where it is not installed (tests/live/swift.py).
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fs.h"
#include "unit/s3server.h"

enum { MIB = 1 << 20 };

static struct s3_house house; // port 0: not there
static char dir[SCRATCH_MAX], url[100];

static int set_up(void **state)
{
    (void)state;
    char python[PROGRAM_PATH], store[SCRATCH_MAX + 20], line[40] = "";
    struct err e = {0};
    int status = -1;
    signal(SIGPIPE, SIG_IGN);
    scratch_new(dir);
    snprintf(store, sizeof(store), "%s/store", dir);
    // The system's own: the store is a package of the system's.
    snprintf(python, sizeof(python), "/usr/bin/python3");
    if (fs_mkdirs(store, &e) < 0 ||
        proc_start((const char *const[]){python, "tests/live/swift.py", store, NULL}, &house.p,
                   &e) < 0)
        fail_msg("%s", e.text);
    if (fgets(line, sizeof(line), house.p.out) && sscanf(line, "%d", &house.port) == 1) {
        snprintf(url, sizeof(url), "http://127.0.0.1:%d/show/detgodeliv/", house.port);
        return 0;
    }
    proc_wait(&house.p, &status);
    return WIFEXITED(status) && WEXITSTATUS(status) == 77 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    if (house.port)
        proc_wait(&house.p, NULL);
    scratch_free(dir);
    return 0;
}

static struct remote_params params(struct told *t)
{
    return (struct remote_params){
        .kind = "s3",
        .url = url,
        .secret = S3_BOTH,
        .part_bytes = 5 * MIB,
        .sent = t ? on_sent : NULL,
        .stopped = t ? on_stopped : NULL,
        .ctx = t,
    };
}

static void need_store(void)
{
    if (house.port == 0)
        skip();
}

static void files_go_there_and_back(void **state)
{
    (void)state;
    static const char *const names[] = {"feed.xml", "media/a b/tr\xC3\xA6na & (1)+2*~!'@=,$.mp3"};
    struct bytes sizes[3];
    need_store();
    make(dir, &sizes[0], "nothing", 0, 1);
    make(dir, &sizes[1], "small", 300000, 2);
    make(dir, &sizes[2], "parts", 12 * MIB + 345, 3);
    struct remote_params p = params(NULL);
    struct remote *r = connect_with(&p);
    for (size_t i = 0; i < COUNT(names); i++) {
        struct remote_facts there;
        struct err e = {0};
        assert_int_equal(remote_look(r, names[i], &there, &e), 0);
        assert_false(there.there);
        for (size_t k = 0; k < COUNT(sizes); k++) {
            struct remote_file f = file_of(&sizes[k], names[i]);
            if (put_insisting(r, &f, 2, &e) != 1)
                fail_msg("%s, %lld bytes: %s", names[i], (long long)sizes[k].n, e.text);
            check_there(dir, r, names[i], &sizes[k]);
        }
        assert_int_equal(remote_remove(r, names[i], NULL, &e), 0);
        assert_int_equal(remote_remove(r, names[i], NULL, &e), 0);
        assert_int_equal(remote_get(r, names[i], "/nowhere", MIB, &e), -ENOENT);
    }
    remote_close(r);
}

static void an_upload_that_was_stopped_goes_on(void **state)
{
    (void)state;
    need_store();
    struct bytes b;
    make(dir, &b, "large", 23 * MIB, 4);
    struct told told = {.stop_at = 11 * MIB};
    struct remote_params p = params(&told);
    struct remote_file f = file_of(&b, "media/large.mp3");
    struct err e = {0};
    struct remote *r = connect_with(&p);
    assert_int_equal(remote_put(r, &f, &e), -ECANCELED);
    assert_true(told.step < 5 * MIB);
    remote_close(r);
    told = (struct told){0};
    r = connect_with(&p);
    if (put_insisting(r, &f, 1, &e) != 1)
        fail_msg("%s", e.text);
    assert_int_equal(told.now, f.bytes);
    assert_int_equal(told.step, 5 * MIB); // a part that was there
    check_there(dir, r, f.path, &b);
    assert_int_equal(remote_remove(r, f.path, NULL, &e), 0);
    remote_close(r);
}

static void refusals_are_understood(void **state)
{
    (void)state;
    static const struct {
        const char *secret, *bucket, *region;
        int code;
    } rows[] = {
        {S3_KEY ":canary-that-is-none", "show", NULL, -EACCES},
        {"AKNOBODY:canary-that-is-none", "show", NULL, -EACCES},
        {S3_BOTH, "none", NULL, -EINVAL},
        {S3_BOTH, "show", "no-nordland", -EINVAL},
    };
    need_store();
    struct bytes sizes[2];
    make(dir, &sizes[0], "small", 1000, 5);
    make(dir, &sizes[1], "parts", 6 * MIB, 6);
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t k = 0; k < COUNT(sizes); k++) {
            char at[100];
            struct remote_params p = params(NULL);
            struct remote_file f = file_of(&sizes[k], "a.mp3");
            struct err e = {0};
            snprintf(at, sizeof(at), "http://127.0.0.1:%d/%s/", house.port, rows[i].bucket);
            p.url = at;
            p.secret = rows[i].secret;
            p.region = rows[i].region;
            struct remote *r = connect_with(&p);
            int got = put_insisting(r, &f, 2, &e);
            if (got != rows[i].code || e.kind != ERR_REMOTE)
                fail_msg("%zu: %d %s", i, got, e.text);
            print_message("# %s\n", e.text);
            remote_close(r);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_go_there_and_back),
        cmocka_unit_test(an_upload_that_was_stopped_goes_on),
        cmocka_unit_test(refusals_are_understood),
    };
    return cmocka_run_group_tests_name("remote_swift", tests, set_up, tear_down);
}
