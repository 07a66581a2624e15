// SPDX-License-Identifier: GPL-3.0-or-later
// Whole jobs of delivering(): what goes on from one try to the next, and from one phase to the
// next.
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "net/delivering.h"
#include "unit/s3server.h"
#include "unit/sftphouse.h"

enum { MIB = 1 << 20, SMALL = 30000, MIDDLE = 12 * MIB + 345 };

static struct s3_house store;
static struct sftp_house house;
static char dir[SCRATCH_MAX];
static struct bytes small, middle;

static int set_up(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    scratch_new(dir);
    make(dir, &small, "small", SMALL, 1);
    make(dir, &middle, "middle", MIDDLE, 2);
    s3_start(&store, NULL);
    if (sftp_house_build(&house))
        sftp_house_start(&house, INTERNAL_SFTP);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    s3_stop(&store);
    if (house.port)
        sftp_house_free(&house);
    scratch_free(dir);
    return 0;
}

static struct json *job_of(struct json *target, int at_once, int tries)
{
    struct json *job = json_new_object();
    json_put(job, "target", target);
    json_put_int(job, "at_once", at_once);
    json_put_int(job, "tries", tries);
    json_put_real(job, "retry_s", 0.01);
    json_put(job, "phases", json_new_array());
    json_put(job, "remove", json_new_array());
    return job;
}

static struct json *add_file(struct json *phase, const char *path, const struct bytes *b)
{
    struct json *o = json_new_object();
    json_put_text(o, "path", path);
    json_put_text(o, "from", b->path);
    json_put_int(o, "bytes", b->n);
    json_put_text(o, "sha256", b->sha256);
    json_put_text(o, "type", "audio/mpeg");
    json_push(phase, o);
    return o;
}

// In a phase of its own.
static struct json *with_file(struct json *job, const char *path, const struct bytes *b)
{
    struct json *phases = json_keep(json_get(job, "phases")), *phase = json_new_array();
    add_file(phase, path, b);
    json_push(phases, phase);
    json_free(phases);
    return job;
}

static struct json *s3_job(int tries)
{
    struct json *t = json_new_object();
    json_put_text(t, "kind", "s3");
    json_put_text(t, "url", s3_url(&store, "/show/"));
    json_put_text(t, "secret", S3_BOTH);
    json_put_int(t, "part_bytes", 5 * MIB);
    return job_of(t, 1, tries);
}

static struct json *sftp_job(int at_once, int tries)
{
    struct json *t = json_new_object();
    char url[400];
    snprintf(url, sizeof(url), "sftp://127.0.0.1:%d%s/", house.port, house.root);
    json_put_text(t, "kind", "sftp");
    json_put_text(t, "url", url);
    json_put_text(t, "user", house.user);
    json_put_text(t, "known_hosts", house.known);
    json_put_text(t, "identity", house.key);
    return job_of(t, at_once, tries);
}

// Runs and frees the job. What was sent, in bytes; a file that failed fails the test.
static int64_t delivered(struct json *job)
{
    struct json *done = NULL;
    struct err e = {0};
    if (delivering(job, NULL, NULL, &done, &e) < 0)
        fail_msg("%s", e.text);
    const struct json *failed = json_at(json_get(done, "failed"), 0);
    if (failed)
        fail_msg("%s", json_text_or(failed, "text", ""));
    int64_t bytes = json_int(done, "bytes", -1);
    json_free(done);
    json_free(job);
    return bytes;
}

#define NO_LIST                                                                         \
    "{\"on\": \"ListMultipartUploads\", \"do\": \"error\", \"code\": \"AccessDenied\"," \
    " \"times\": 99},"

// What breaks does so more often than libcurl tries by itself.
static void what_was_sent_in_one_try_stays_for_the_next(void **state)
{
    static const struct {
        const char *what, *told;
        int parts; // sent, of three
    } rows[] = {
        {"the answer that all is put together is lost",
         "{\"clear\": true, \"rules\": [{\"on\": \"CompleteMultipartUpload\", \"do\": \"lost\","
         " \"times\": 2}]}",
         3},
        {"uploads may not be listed, and the third part fails",
         "{\"clear\": true, \"rules\": [" NO_LIST "{\"on\": \"UploadPart\", \"do\": \"error\","
         " \"status\": 500, \"skip\": 2}]}",
         4},
        {"uploads may not be listed, and the line breaks",
         "{\"clear\": true, \"rules\": [" NO_LIST "{\"on\": \"UploadPart\", \"do\": \"cut\","
         " \"after\": 1000000, \"skip\": 1, \"times\": 2}]}",
         5},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        s3_tell(&store, rows[i].told);
        assert_int_equal(delivered(with_file(s3_job(4), "media/a.mp3", &middle)), MIDDLE);
        print_message("# %s\n", rows[i].what);
        assert_int_equal(s3_seen(&store, "calls", "UploadPart"), rows[i].parts);
    }
}

// Each phase has threads of its own; what is connected stays so, though nothing is tried twice.
static void connections_outlive_their_phase(void **state)
{
    (void)state;
    if (!house.port)
        skip();
    for (int round = 0; round < 5; round++) {
        struct json *job = sftp_job(2, 1);
        struct json *phases = json_keep(json_get(job, "phases"));
        for (int i = 0; i < 3; i++) {
            struct json *phase = json_new_array();
            for (int k = 0; k < 4; k++) {
                char path[40];
                snprintf(path, sizeof(path), "%d/%d/%d.mp3", round, i, k);
                add_file(phase, path, &small);
            }
            json_push(phases, phase);
        }
        json_free(phases);
        assert_int_equal(delivered(job), 12 * SMALL);
    }
}

// A part that broke off in one job is taken away by another, that knows of it.
static void what_broke_off_is_taken_away_by_a_later_job(void **state)
{
    char part[400], journal[SCRATCH_MAX + 40], line[200];
    (void)state;
    struct json *t = json_new_object(), *done = NULL, *o = json_new_object(),
                *parts = json_new_array();
    struct arena a = {0};
    struct err e = {0};
    char *text;
    snprintf(part, sizeof(part), "%s/far", dir);
    assert_true(fs_mkdirs(part, NULL) >= 0);
    snprintf(journal, sizeof(journal), "%s/journal", dir);
    json_put_text(t, "kind", "folder");
    json_put_text(t, "url", part);
    snprintf(part, sizeof(part), "%s/far/.a.mp3.%.16s.part", dir, small.sha256);
    assert_true(fs_replace(part, "half", 4, NULL) >= 0);
    struct json *job = job_of(t, 1, 1);
    json_put_text(job, "journal", journal);
    json_put_text(o, "path", "a.mp3");
    json_push_text(parts, small.sha256);
    json_put(o, "parts", parts);
    struct json *remove = json_keep(json_get(job, "remove"));
    json_push(remove, o);
    json_push_text(remove, "b.mp3");
    json_free(remove);
    with_file(job, "c.mp3", &small);
    assert_true(delivering(job, NULL, NULL, &done, &e) >= 0);
    assert_false(fs_exists(part));
    assert_int_equal(json_count(json_get(done, "removed")), 2);
    assert_true(fs_read(&a, journal, 4000, &text, NULL, &e) >= 0);
    snprintf(line, sizeof(line), "?%s %d c.mp3\n%s %d c.mp3\n- 0 a.mp3\n- 0 b.mp3\n", small.sha256,
             SMALL, small.sha256, SMALL);
    assert_string_equal(text, line);
    json_free(done);
    json_free(job);
    arena_done(&a);
}

// What was withdrawn or corrected is never sent again, and its half would stay.
static void what_broke_off_of_other_bytes_goes_when_the_file_comes(void **state)
{
    (void)state;
    if (!house.port)
        skip();
    struct json *job = sftp_job(1, 1), *phases = json_keep(json_get(job, "phases")),
                *phase = json_new_array(), *parts = json_new_array();
    struct arena a = {0};
    json_push_text(parts, middle.sha256);
    json_push_text(parts, small.sha256);
    json_put(add_file(phase, "page.html", &small), "parts", parts);
    json_push(phases, phase);
    json_free(phases);
    const char *place = fs_join(&a, house.root, "page.html");
    const char *part = remote_part_name(&a, place, middle.sha256);
    assert_true(fs_replace(part, "half", 4, NULL) >= 0);
    assert_int_equal(delivered(job), SMALL);
    assert_true(fs_exists(place));
    assert_false(fs_exists(part));
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sent_in_one_try_stays_for_the_next),
        cmocka_unit_test(connections_outlive_their_phase),
        cmocka_unit_test(what_broke_off_of_other_bytes_goes_when_the_file_comes),
        cmocka_unit_test(what_broke_off_is_taken_away_by_a_later_job),
    };
    return cmocka_run_group_tests_name("delivering", tests, set_up, tear_down);
}
