// SPDX-License-Identifier: GPL-3.0-or-later
// Deliveries to a strict S3-compatible store that can misbehave in every way we know of
// (tests/live/s3.py). A watcher reads the object all the while: what it sees must be whole.
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"
#include "net/s3parts.h"
#include "unit/s3server.h"

enum { MIB = 1 << 20, SMALL = 300000, MIDDLE = 12 * MIB + 345, LARGE = 40 * MIB, SEEN_MAX = 4 };

static struct s3_house house;
static char dir[SCRATCH_MAX];

static struct bytes small, other, middle, middle_other, large, nothing;

static int set_up(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    scratch_new(dir);
    make(dir, &small, "small", SMALL, 1);
    make(dir, &other, "other", SMALL, 2);
    make(dir, &middle, "middle", MIDDLE, 3);
    make(dir, &middle_other, "middle_other", MIDDLE, 4);
    make(dir, &large, "large", LARGE, 5);
    make(dir, &nothing, "nothing", 0, 6);
    s3_start(&house, (const char *const[]){"--public", NULL});
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    s3_stop(&house);
    scratch_free(dir);
    return 0;
}

static struct remote_params params(struct told *t)
{
    static char url[400];
    snprintf(url, sizeof(url), "%s", s3_url(&house, "/show/detgodeliv/"));
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

static struct remote *connect_to(void)
{
    struct remote_params p = params(NULL);
    return connect_with(&p);
}

// Reads one object without a signature, again and again, as listeners would.
struct watcher {
    const char *url, *good[SEEN_MAX]; // hashes it may have; not being there is fine, too
    bool must_be;                     // it was there before, and may never be missing
    atomic_bool ends;
    atomic_int looks, wrong;
    pthread_t thread;
};

static void *watch(void *ctx)
{
    struct watcher *w = ctx;
    while (!atomic_load(&w->ends)) {
        struct http_response a;
        int r = http_do(&(struct http_request){.url = w->url, .max_bytes = 64 * MIB}, &a, NULL);
        bool good = r >= 0 && a.status == 404 && !w->must_be;
        char sha256[HASH_HEX];
        if (r >= 0 && a.status == 200)
            hash_bytes(a.body.p, a.body.len, sha256);
        for (int i = 0; r >= 0 && a.status == 200 && i < SEEN_MAX; i++)
            good = good || str_same(sha256, w->good[i] ? w->good[i] : "");
        atomic_fetch_add(&w->looks, 1);
        atomic_fetch_add(&w->wrong, !good);
        http_response_done(&a);
        poll(NULL, 0, 100);
    }
    return NULL;
}

static void watcher_start(struct watcher *w, const char *path)
{
    static char url[400];
    snprintf(url, sizeof(url), "%s", s3_url(&house, path));
    w->url = url;
    assert_int_equal(pthread_create(&w->thread, NULL, watch, w), 0);
}

static void watcher_stop(struct watcher *w)
{
    for (int i = 0; i < 500 && atomic_load(&w->looks) == 0; i++)
        poll(NULL, 0, 10);
    atomic_store(&w->ends, true);
    pthread_join(w->thread, NULL);
    assert_true(atomic_load(&w->looks) > 0);
    assert_int_equal(atomic_load(&w->wrong), 0);
}

static void files_go_there_and_back(void **state)
{
    (void)state;
    static const char *const names[] = {"feed.xml",
                                        "media/a b/tr\xC3\xA6na & (1)+2*~!'@=:,;$%41.mp3"};
    const struct bytes *const sizes[] = {&small, &nothing, &middle};
    struct told told = {0};
    struct remote_params p = params(&told);
    struct remote *r = connect_with(&p);
    struct remote_facts there;
    struct err e = {0};
    char to[SCRATCH_MAX + 40];
    s3_tell(&house, "{\"clear\": true}");
    snprintf(to, sizeof(to), "%s/none", dir);
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(remote_look(r, names[i], &there, &e), 0);
        assert_false(there.there);
        assert_int_equal(remote_get(r, names[i], to, MIB, &e), -ENOENT);
        assert_int_equal(remote_remove(r, names[i], NULL, &e), 0);
        assert_string_equal(e.text, "");
        for (size_t k = 0; k < COUNT(sizes); k++) {
            struct remote_file f = file_of(sizes[k], names[i]);
            told = (struct told){0};
            if (remote_put(r, &f, &e) < 0)
                fail_msg("%s", e.text);
            assert_int_equal(told.now, f.bytes);
            assert_int_equal(told.most, f.bytes);
            check_there(dir, r, names[i], sizes[k]);
        }
        assert_int_equal(remote_get(r, names[i], to, 1000, &e), -EFBIG);
        assert_false(remote_may_mend(&e));
        e = (struct err){0};
        assert_int_equal(remote_remove(r, names[i], NULL, &e), 0);
        assert_int_equal(remote_look(r, names[i], &there, &e), 0);
        assert_false(there.there);
        assert_false(fs_exists(to));
    }
    remote_close(r);
}

static void what_is_sent_along_is_kept(void **state)
{
    (void)state;
    struct remote *r = connect_to();
    struct err e = {0};
    s3_tell(&house, "{\"clear\": true}");
    struct remote_file files[] = {file_of(&small, "one.mp3"), file_of(&middle, "two.mp3")};
    for (size_t i = 0; i < COUNT(files); i++) {
        char key[80];
        snprintf(key, sizeof(key), "detgodeliv/%s", files[i].path);
        assert_true(remote_put(r, &files[i], &e) >= 0);
        struct json *j = s3_control(&house, "{}");
        const struct json *h = json_get(json_get(json_get(j, "objects"), key), "headers");
        assert_string_equal(json_text_or(h, "Content-Type", ""), "audio/mpeg");
        assert_string_equal(json_text_or(h, "Cache-Control", ""), files[i].cache);
        assert_string_equal(json_text_or(h, "x-amz-meta-sha256", ""), files[i].sha256);
        json_free(j);
    }
    remote_close(r);
}

// What goes wrong once or more, and how many tries that takes.
static const struct {
    const char *rules;
    int tries;
    bool in_parts;
} mishaps[] = {
    {"{'on':'PutObject','do':'error','status':500,'times':3}", 4, false},
    {"{'on':'PutObject','do':'error','status':503,'code':'SlowDown','retry_after':2}", 2, false},
    {"{'on':'PutObject','do':'error','status':429,'code':'Odd'}", 2, false},
    {"{'on':'PutObject','do':'error','status':400,'code':'RequestTimeout'}", 2, false},
    {"{'on':'PutObject','do':'cut','after':100000}", 2, false},
    {"{'on':'PutObject','do':'cut','after':0}", 2, false},
    {"{'on':'PutObject','do':'lost'}", 2, false},
    {"{'on':'PutObject','do':'etag'}", 2, false},
    {"{'on':'HeadObject','do':'error','status':500}", 2, false},
    {"{'on':'HeadObject','do':'lost'}", 2, false},
    {"{'on':'HeadObject','do':'error','code':'NoSuchKey'}", 2, false},
    {"{'on':'CreateMultipartUpload','do':'error','status':500}", 2, true},
    {"{'on':'CreateMultipartUpload','do':'lost'}", 2, true},
    {"{'on':'CreateMultipartUpload','do':'garbage','body':'<a>'}", 2, true},
    {"{'on':'UploadPart','do':'error','status':503,'times':2}", 3, true},
    {"{'on':'UploadPart','do':'cut','after':3000000,'skip':1}", 2, true},
    {"{'on':'UploadPart','do':'lost','skip':1}", 2, true},
    {"{'on':'UploadPart','do':'etag','skip':1}", 2, true},
    {"{'on':'UploadPart','do':'corrupt','skip':1}", 2, true},
    {"{'on':'UploadPart','do':'error','code':'NoSuchUpload','skip':2}", 2, true},
    {"{'on':'CompleteMultipartUpload','do':'error','status':500}", 2, true},
    {"{'on':'CompleteMultipartUpload','do':'late_error'}", 2, true},
    {"{'on':'CompleteMultipartUpload','do':'lost'}", 2, true},
    {"{'on':'CompleteMultipartUpload','do':'error','code':'InvalidPart'}", 2, true},
    {"{'on':'CompleteMultipartUpload','do':'garbage','body':''}", 2, true},
    {"{'on':'CompleteMultipartUpload','do':'garbage','body':'<a/>'}", 2, true},
    {"{'on':'ListMultipartUploads','do':'lost'}", 2, true},
    {"{'on':'ListMultipartUploads','do':'error','status':500}", 2, true},
};

// Rules are written with ' for ".
static void rules_set(const char *rules)
{
    struct str s;
    str_init(&s, STR_MAX);
    str_addf(&s, "{\"forget\": true, \"rules\": [%s]}", rules);
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] == '\'')
            s.p[i] = '"';
    s3_tell(&house, s.p);
    str_done(&s);
}

static void mishaps_are_mended_and_never_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(mishaps); i++) {
        const struct bytes *was = mishaps[i].in_parts ? &middle_other : &other;
        const struct bytes *will = mishaps[i].in_parts ? &middle : &small;
        struct remote_file before = file_of(was, "media/a.mp3"), f = file_of(will, "media/a.mp3");
        struct told told = {0};
        struct remote_params p = params(&told);
        struct remote *r = connect_with(&p);
        struct err e = {0};
        struct watcher w = {.good = {was->sha256, will->sha256}, .must_be = true};
        s3_tell(&house, "{\"clear\": true}");
        assert_int_equal(put_insisting(r, &before, 1, &e), 1);
        told = (struct told){0};
        rules_set(mishaps[i].rules);
        watcher_start(&w, "/show/detgodeliv/media/a.mp3");
        int tries = put_insisting(r, &f, 10, &e);
        watcher_stop(&w);
        // libcurl tries again by itself where a connection it had kept breaks.
        bool breaks = strstr(mishaps[i].rules, "'cut'") || strstr(mishaps[i].rules, "'lost'");
        if (tries != mishaps[i].tries && !(breaks && tries == mishaps[i].tries - 1))
            fail_msg("%s: %d tries: %s", mishaps[i].rules, tries, e.text);
        // A look that fails comes behind a put that was good.
        assert_true(told.now == f.bytes || strstr(mishaps[i].rules, "HeadObject"));
        check_there(dir, r, "media/a.mp3", will);
        remote_close(r);
        struct json *j = s3_control(&house, "{}");
        size_t left = strstr(mishaps[i].rules, "Create") != NULL;
        assert_true(json_count(json_get(j, "uploads")) <= left);
        json_free(j);
    }
}

// A store that damages what it stores: the object is wrong until the next try, but never taken for
// good.
static void damage_in_the_store_is_found(void **state)
{
    (void)state;
    struct remote *r = connect_to();
    struct remote_file f = file_of(&small, "a.mp3");
    struct err e = {0};
    s3_tell(&house, "{\"clear\": true}");
    rules_set("{'on':'PutObject','do':'corrupt'}");
    assert_int_equal(remote_put(r, &f, &e), -EBADMSG);
    assert_true(remote_may_mend(&e));
    assert_int_equal(put_insisting(r, &f, 1, &e), 1);
    check_there(dir, r, "a.mp3", &small);
    remote_close(r);
}

// Forty megabytes over a line that breaks six times.
static void large_files_go_on_at_their_parts(void **state)
{
    (void)state;
    static const char breaks[] = "{'on':'UploadPart','do':'cut','after':1000000,'skip':1},"
                                 "{'on':'UploadPart','do':'cut','after':2000000,'skip':2},"
                                 "{'on':'UploadPart','do':'cut','after':1500000,'skip':3},"
                                 "{'on':'UploadPart','do':'cut','after':1000000,'skip':4},"
                                 "{'on':'UploadPart','do':'cut','after':1000000,'skip':5},"
                                 "{'on':'UploadPart','do':'cut','after':2000000,'skip':6}";
    struct remote_file f = file_of(&large, "media/large.mp3");
    for (int anew = 0; anew < 2; anew++) { // one connection, or a new program for each try
        struct remote *r = NULL;
        struct err e = {0};
        struct watcher w = {.good = {large.sha256}};
        int k = -1, tries = 0;
        s3_tell(&house, "{\"clear\": true, \"set\": {\"page\": 2}}");
        rules_set(breaks);
        watcher_start(&w, "/show/detgodeliv/media/large.mp3");
        for (; k < 0 && tries < 12; tries++) {
            if (anew || !r) {
                remote_close(r);
                r = connect_to();
            }
            e = (struct err){0};
            k = remote_put(r, &f, &e);
            assert_true(k >= 0 || remote_may_mend(&e));
        }
        watcher_stop(&w);
        assert_true(k >= 0 && tries > 1);
        assert_true(s3_seen(&house, "calls", "UploadPart") >= 8 + 6);
        check_there(dir, r, "media/large.mp3", &large);
        remote_close(r);
        double ratio = (double)s3_seen(&house, "body_bytes", NULL) / LARGE;
        print_message("# the store received %.2f times the file in %d tries, %s\n", ratio, tries,
                      anew ? "each with a new connection" : "over one connection");
        assert_true(ratio >= 1 && ratio < 1.3);
    }
}

// A try that ends behind two parts.
static void leave_two_parts(const struct bytes *b, const char *path)
{
    struct remote *r = connect_to();
    struct remote_file f = file_of(b, path);
    struct err e = {0};
    rules_set("{'on':'UploadPart','do':'error','status':500,'skip':2}");
    assert_true(remote_put(r, &f, &e) < 0);
    remote_close(r);
    rules_set("");
}

static void uploads_of_other_bytes_are_given_up(void **state)
{
    (void)state;
    struct remote_file f = file_of(&middle, "media/a.mp3");
    struct err e = {0};
    s3_tell(&house, "{\"clear\": true, \"set\": {\"page\": 1}}");
    leave_two_parts(&middle_other, "media/a.mp3");
    leave_two_parts(&middle_other, "media/a.mp3.old"); // begins with the same letters
    struct remote *r = connect_to();
    assert_int_equal(put_insisting(r, &f, 1, &e), 1);
    check_there(dir, r, "media/a.mp3", &middle);
    assert_int_equal(s3_seen(&house, "calls", "UploadPart"), 3);
    struct json *j = s3_control(&house, "{}");
    assert_int_equal(json_count(json_get(j, "uploads")), 1);
    json_free(j);
    remote_close(r);
}

// What is withdrawn leaves nothing, and nobody else's goes.
static void what_is_removed_leaves_no_upload(void **state)
{
    (void)state;
    struct remote_facts there;
    struct err e = {0};
    s3_tell(&house, "{\"clear\": true, \"set\": {\"page\": 1}}");
    leave_two_parts(&middle, "media/a.mp3");
    leave_two_parts(&middle_other, "media/a.mp3.old");
    rules_set("{'on':'AbortMultipartUpload','do':'error','status':500}");
    struct remote *r = connect_to();
    assert_true(remote_remove(r, "media/a.mp3", NULL, &e) < 0 && remote_may_mend(&e));
    assert_int_equal(remote_remove(r, "media/a.mp3", NULL, &e), 0);
    assert_int_equal(remote_look(r, "media/a.mp3", &there, &e), 0);
    assert_false(there.there);
    remote_close(r);
    struct json *j = s3_control(&house, "{}");
    const struct json *left = json_get(j, "uploads");
    assert_int_equal(json_count(left), 1);
    const char *key = json_text(json_get(left, json_key_at(left, 0)), "key");
    assert_string_equal(key, "detgodeliv/media/a.mp3.old");
    json_free(j);
}

// Another size of parts is another cut of the same bytes.
static void parts_of_another_size_are_given_up(void **state)
{
    (void)state;
    struct remote_file f = file_of(&middle, "media/a.mp3");
    struct remote_params p = params(NULL);
    struct err e = {0};
    s3_tell(&house, "{\"clear\": true}");
    leave_two_parts(&middle, "media/a.mp3");
    p.part_bytes = 7 * MIB;
    struct remote *r = connect_with(&p);
    assert_int_equal(put_insisting(r, &f, 1, &e), 1);
    check_there(dir, r, "media/a.mp3", &middle);
    remote_close(r);
    assert_int_equal(s3_seen(&house, "calls", "UploadPart"), 2);
    assert_int_equal(s3_seen(&house, "calls", "AbortMultipartUpload"), 1);
}

// How the next program goes on, by what the store is like.
static void odd_stores_are_served(void **state)
{
    (void)state;
    char named[60];
    snprintf(named, sizeof(named), "media/a-%.8s.mp3", middle.sha256);
    const struct {
        const char *set, *path;
        int parts_again, left;
    } rows[] = {
        {"{\"region\": \"us-east-1\"}", "media/a.mp3", 1, 0},
        {"{\"host_style\": true}", "media/a.mp3", 1, 0},
        // Nothing can be found again: what was sent is given up at once.
        {"{\"no_lists\": true}", "media/a.mp3", 3, 0},
        // ETags that look like MD5s and are none: whose bytes they are is not known.
        {"{\"opaque\": true}", "media/a.mp3", 3, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char set[200];
        struct err e = {0};
        struct remote_file f = file_of(&middle, rows[i].path);
        snprintf(set, sizeof(set), "{\"clear\": true, \"set\": %s}", rows[i].set);
        s3_tell(&house, set);
        leave_two_parts(&middle, rows[i].path);
        struct remote *r = connect_to();
        if (put_insisting(r, &f, 1, &e) != 1)
            fail_msg("%s: %s", rows[i].set, e.text);
        check_there(dir, r, rows[i].path, &middle);
        remote_close(r);
        assert_int_equal(s3_seen(&house, "calls", "UploadPart"), rows[i].parts_again);
        struct json *j = s3_control(&house, "{}");
        assert_int_equal(json_count(json_get(j, "uploads")), rows[i].left);
        json_free(j);
    }
}

// In one program an upload is known to be ours: sizes do where ETags say nothing.
static void encrypted_parts_are_not_sent_again(void **state)
{
    (void)state;
    struct remote *r = connect_to();
    struct remote_file f = file_of(&middle, "media/a.mp3");
    struct err e = {0};
    s3_tell(&house, "{\"clear\": true, \"set\": {\"opaque\": true}}");
    rules_set("{'on':'UploadPart','do':'error','status':500,'skip':2}");
    assert_in_range(put_insisting(r, &f, 3, &e), 1, 2);
    check_there(dir, r, "media/a.mp3", &middle);
    assert_int_equal(s3_seen(&house, "calls", "UploadPart"), 4);
    remote_close(r);
}

// All had been put together: nothing is sent again.
static void an_answer_that_was_lost_is_found_out(void **state)
{
    (void)state;
    struct remote *r = connect_to();
    struct remote_file f = file_of(&middle, "media/a.mp3");
    struct err e = {0};
    s3_tell(&house, "{\"clear\": true}");
    rules_set("{'on':'CompleteMultipartUpload','do':'lost'}");
    assert_in_range(put_insisting(r, &f, 3, &e), 1, 2);
    assert_int_equal(s3_seen(&house, "calls", "UploadPart"), 3);
    check_there(dir, r, "media/a.mp3", &middle);
    remote_close(r);
}

static void refusals_say_what_people_can_do(void **state)
{
    (void)state;
    static const struct {
        const char *set, *rules, *secret, *url, *region;
        int code;
        const char *words;
    } rows[] = {
        {"{}", "", "AKNOBODY:x", NULL, NULL, -EACCES, "does not know this access key"},
        {"{}", "", S3_KEY ":canary-that-is-none", NULL, NULL, -EACCES, "second half"},
        {"{\"token\": \"T2\"}", "", S3_BOTH ":canary-T1", NULL, NULL, -EACCES, "have expired"},
        {"{\"clock_s\": 86400}", "", NULL, NULL, NULL, -EACCES, "clock of this machine is wrong"},
        {"{\"region\": \"eu-north-1\"}", "", NULL, NULL, NULL, -EINVAL, "'region: eu-north-1'"},
        {"{}", "", NULL, "/shaw/x/", NULL, -EINVAL, "no such bucket"},
        {"{\"quota\": 1000}", "", NULL, NULL, NULL, -ENOSPC, "no room left"},
        {"{}", "{'on':'*','do':'error','status':507,'code':'X','times':9}", NULL, NULL, NULL,
         -ENOSPC, "no room left"},
        {"{}", "{'on':'*','do':'error','code':'AccessDenied','times':9}", NULL, NULL, NULL, -EACCES,
         "may not do that"},
        {"{}", "{'on':'*','do':'error','code':'NoSuchKey','times':9}", NULL, NULL, NULL, -EINVAL,
         "nothing there takes files"},
        {"{}",
         "{'on':'*','do':'error','status':301,'code':'PermanentRedirect','times':9,"
         "'more':{'Endpoint':'show.s3.eu-north-1.example.org'}}",
         NULL, NULL, NULL, -EINVAL, "show.s3.eu-north-1.example.org: write that host"},
        {"{}", "{'on':'*','do':'error','status':501,'code':'NotImplemented','times':9}", NULL, NULL,
         NULL, -EINVAL, "cannot do this"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct bytes *const sizes[] = {&small, &middle};
        for (size_t k = 0; k < COUNT(sizes); k++) {
            char set[200], url[400];
            struct remote_file f = file_of(sizes[k], "media/a.mp3");
            struct remote_params p = params(NULL);
            struct err e = {0};
            snprintf(set, sizeof(set), "{\"clear\": true, \"set\": %s}", rows[i].set);
            snprintf(url, sizeof(url), "%s",
                     s3_url(&house, rows[i].url ? rows[i].url : "/show/detgodeliv/"));
            s3_tell(&house, set);
            rules_set(rows[i].rules);
            p.url = url;
            p.secret = rows[i].secret ? rows[i].secret : S3_BOTH;
            struct remote *r = connect_with(&p);
            int got = put_insisting(r, &f, 5, &e);
            if (got != rows[i].code || !strstr(e.text, rows[i].words) || e.kind != ERR_REMOTE)
                fail_msg("%s %s: %d %s", rows[i].set, rows[i].rules, got, e.text);
            if (k == 0)
                print_message("# %s\n", e.text);
            remote_close(r);
        }
    }
}

// A HEAD has no words for its refusal; they are asked for.
static void looking_tells_why_it_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *set, *secret, *words;
        int code;
    } rows[] = {
        {"{\"token\": \"T2\"}", S3_BOTH ":canary-T1", "have expired", -EACCES},
        {"{\"region\": \"eu-north-1\"}", S3_BOTH, "'region: eu-north-1'", -EINVAL},
        {"{}", S3_KEY ":canary-that-is-none", "second half", -EACCES},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char set[200];
        struct remote_params p = params(NULL);
        struct remote_facts there;
        struct err e = {0};
        snprintf(set, sizeof(set), "{\"clear\": true, \"set\": %s}", rows[i].set);
        s3_tell(&house, set);
        p.secret = rows[i].secret;
        struct remote *r = connect_with(&p);
        assert_int_equal(remote_look(r, "feed.xml", &there, &e), rows[i].code);
        assert_non_null(strstr(e.text, rows[i].words));
        e = (struct err){0};
        assert_int_equal(remote_get(r, "feed.xml", "/nowhere", MIB, &e), rows[i].code);
        assert_non_null(strstr(e.text, rows[i].words));
        assert_int_equal(remote_remove(r, "feed.xml", NULL, &e), rows[i].code);
        check_words(&e);
        remote_close(r);
    }
}

static void tokens_and_regions_are_signed_for(void **state)
{
    (void)state;
    struct remote_params p = params(NULL);
    struct remote_file f = file_of(&small, "a.mp3");
    struct err e = {0};
    s3_tell(&house,
            "{\"clear\": true, \"set\": {\"token\": \"T/1+x==\", \"region\": \"no-nordland\"}}");
    p.secret = S3_BOTH ":T/1+x==";
    p.region = "no-nordland";
    struct remote *r = connect_with(&p);
    assert_int_equal(put_insisting(r, &f, 1, &e), 1);
    check_there(dir, r, "a.mp3", &small);
    remote_close(r);
}

static void the_wait_a_store_asks_for_is_kept(void **state)
{
    (void)state;
    struct remote *r = connect_to();
    struct remote_file f = file_of(&small, "a.mp3");
    struct err e = {0};
    s3_tell(&house, "{\"clear\": true}");
    rules_set("{'on':'PutObject','do':'error','code':'SlowDown','retry_after':7}");
    assert_true(remote_put(r, &f, &e) < 0 && remote_may_mend(&e));
    assert_true(remote_asked_s(r) == 7);
    assert_true(remote_put(r, &f, &e) >= 0);
    assert_true(remote_asked_s(r) == 0);
    remote_close(r);
}

static void a_store_that_says_nothing_is_left(void **state)
{
    (void)state;
    struct told told = {0};
    struct remote_params p = params(&told);
    struct remote_file f = file_of(&small, "a.mp3");
    struct err e = {0};
    p.timeout_s = 2;
    struct remote *r = connect_with(&p);
    s3_tell(&house, "{\"clear\": true}");
    rules_set("{'on':'PutObject','do':'silent','seconds':40},"
              "{'on':'PutObject','do':'slow','bytes_per_s':100000}");
    double begin = clock_monotonic();
    assert_int_equal(remote_put(r, &f, &e), -ETIMEDOUT);
    // libcurl looks at the mean of five seconds.
    assert_true(clock_monotonic() - begin < 15 && remote_may_mend(&e));
    assert_int_equal(told.now, 0);
    begin = clock_monotonic();
    e = (struct err){0};
    assert_int_equal(put_insisting(r, &f, 1, &e), 1); // three seconds, and always moving
    assert_true(clock_monotonic() - begin > 2);
    assert_int_equal(told.now, f.bytes);
    remote_close(r);
}

static void a_stop_ends_it_and_the_parts_stay(void **state)
{
    (void)state;
    struct told told = {.stop_at = 11 * MIB};
    struct remote_params p = params(&told);
    struct remote_file f = file_of(&large, "media/large.mp3");
    struct err e = {0};
    s3_tell(&house, "{\"clear\": true}");
    struct remote *r = connect_with(&p);
    assert_int_equal(remote_put(r, &f, &e), -ECANCELED);
    assert_int_equal(e.kind, ERR_INTERRUPTED);
    assert_int_equal(told.now, 0);
    remote_close(r);
    // The third part lay in the system's buffers, and counts when the store gets to it.
    for (int i = 0; i < 1000 && s3_seen(&house, "calls", "UploadPart") < 3; i++)
        poll(NULL, 0, 10);
    rules_set("");
    r = connect_to();
    assert_int_equal(put_insisting(r, &f, 1, &e), 1);
    assert_true(s3_seen(&house, "calls", "UploadPart") <= 6); // of eight
    check_there(dir, r, "media/large.mp3", &large);
    remote_close(r);
}

static void a_file_that_changes_is_not_delivered(void **state)
{
    (void)state;
    const struct bytes *const sizes[] = {&small, &middle};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct remote *r = connect_to();
        struct remote_facts there;
        struct bytes b;
        struct err e = {0};
        s3_tell(&house, "{\"clear\": true}");
        make(dir, &b, "changes", sizes[i]->n, 9);
        struct remote_file f = file_of(&b, "a.mp3");
        FILE *file = fopen(b.path, "r+b");
        assert_true(file && fseek(file, (long)b.n - 5, SEEK_SET) == 0 && fputs("xyz", file) >= 0 &&
                    fclose(file) == 0);
        assert_int_equal(remote_put(r, &f, &e), -ESTALE);
        assert_false(remote_may_mend(&e));
        assert_int_equal(remote_look(r, "a.mp3", &there, &e), 0);
        assert_false(there.there);
        f.bytes += 100;
        assert_true(remote_put(r, &f, &e) < 0);
        remote_close(r);
        struct json *j = s3_control(&house, "{}");
        assert_int_equal(json_count(json_get(j, "objects")), 0);
        json_free(j);
    }
}

static void parts_are_large_enough_and_not_too_many(void **state)
{
    (void)state;
    static const struct {
        int64_t bytes, wanted, size;
    } rows[] = {
        {1, 0, 16 * MIB},
        {40 * MIB, 5 * MIB, 5 * MIB},
        {40 * MIB, 1000, 5 * MIB},
        {40 * MIB, 5 * MIB + 1, 6 * MIB},
        {INT64_C(50000) * MIB, 5 * MIB, 5 * MIB},
        {INT64_C(50000) * MIB + 1, 5 * MIB, 6 * MIB},
        {INT64_C(5) << 40, 0, INT64_C(525) * MIB},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t size = s3parts_size(rows[i].bytes, rows[i].wanted);
        assert_int_equal(size, rows[i].size);
        assert_true((rows[i].bytes + size - 1) / size <= 10000);
    }
}

static void parameters_are_looked_at(void **state)
{
    (void)state;
    static const struct {
        const char *url, *secret, *words;
    } rows[] = {
        {"https://s3.example.org/b/", NULL, "KEY:SECRET"},
        {"https://s3.example.org/b/", "", "KEY:SECRET"},
        {"https://s3.example.org/b/", "canary", "KEY:SECRET"},
        {"https://s3.example.org/b/", ":canary", "KEY:SECRET"},
        {"https://s3.example.org/b/", "KEY::canary", "KEY:SECRET"},
        {"https://s3.example.org/b/", "KEY:canary with blanks", "without blanks"},
        {"https://s3.example.org/b/", "KEY:can\r\nary", "without blanks"},
        {"s3.example.org", S3_BOTH, "like https://"},
        {"", S3_BOTH, "like https://"},
        {"https://s3.example.org/b/?a=b", S3_BOTH, "like https://"},
        {"https://canary@s3.example.org/b/", S3_BOTH, "like https://"},
        {"https://s3.example.org/b/../c/", S3_BOTH, "like https://"},
        {"https://s3.example.org/b/%2e%2e/c/", S3_BOTH, "like https://"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct remote *r = NULL;
        struct err e = {0};
        int k = remote_open(
            &(struct remote_params){.kind = "s3", .url = rows[i].url, .secret = rows[i].secret}, &r,
            &e);
        if (k != -EINVAL || e.kind != ERR_INPUT || !strstr(e.text, rows[i].words))
            fail_msg("%s %s: %d %s", rows[i].url, rows[i].secret, k, e.text);
        check_words(&e);
    }
}

// What is no answer of a store is an error, whatever was asked, and never a crash.
static void garbage_is_an_error(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "",
        "<",
        "<html><body>Login</body></html>",
        "<ListPartsResult><IsTruncated>true</IsTruncated></ListPartsResult>",
        "<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>0"
        "</NextPartNumberMarker></ListPartsResult>",
        "<ListPartsResult><Part><PartNumber>0</PartNumber></Part></ListPartsResult>",
        "<ListPartsResult><Part><PartNumber>99999999999999999999</PartNumber></Part>"
        "</ListPartsResult>",
        "<ListPartsResult><Part><PartNumber>1</PartNumber><Size>-</Size></Part></ListPartsResult>",
        "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a"
        "</NextKeyMarker></ListMultipartUploadsResult>",
        "<ListMultipartUploadsResult><Upload/></ListMultipartUploadsResult>",
        "<InitiateMultipartUploadResult></InitiateMultipartUploadResult>",
        "<InitiateMultipartUploadResult><UploadId/></InitiateMultipartUploadResult>",
    };
    static const char *const asked[] = {"ListMultipartUploads", "ListParts",
                                        "CreateMultipartUpload", "CompleteMultipartUpload"};
    struct remote_file f = file_of(&middle, "media/a.mp3");
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct str rules;
        struct err e = {0};
        s3_tell(&house, "{\"clear\": true}");
        leave_two_parts(&middle, "media/a.mp3");
        str_init(&rules, STR_MAX);
        for (size_t k = 0; k < COUNT(asked); k++)
            str_addf(&rules, "%s{'on':'%s','do':'garbage','body':'%s'}", k ? "," : "", asked[k],
                     bodies[i]);
        rules_set(rules.p);
        struct remote *r = connect_to();
        int tries = put_insisting(r, &f, 6, &e);
        if (tries < 1 || tries > 5)
            fail_msg("%s: %d %s", bodies[i], tries, e.text);
        check_there(dir, r, "media/a.mp3", &middle);
        remote_close(r);
        str_done(&rules);
    }
}

static void certificates_are_looked_at(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int code;
    } rows[] = {{"good", 0},
                {"expired", -EKEYREJECTED},
                {"other", -EKEYREJECTED},
                {"unknown", -EKEYREJECTED}};
    char ca[SCRATCH_MAX + 40], pem[SCRATCH_MAX + 40], url[400];
    make_certificates(dir);
    snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct s3_house safe = {.ca = ca};
        struct remote_params p = params(NULL);
        struct remote_file f = file_of(&middle, "media/a.mp3");
        struct err e = {0};
        snprintf(pem, sizeof(pem), "%s/%s.pem", dir, rows[i].name);
        s3_start(&safe, (const char *const[]){"--tls", pem, pem, NULL});
        snprintf(url, sizeof(url), "%s", s3_url(&safe, "/show/"));
        p.url = url;
        p.ca_file = ca;
        struct remote *r = connect_with(&p);
        int k = put_insisting(r, &f, 2, &e);
        if (rows[i].code ? k != rows[i].code : k != 1)
            fail_msg("%s: %d %s", rows[i].name, k, e.text);
        remote_close(r);
        s3_stop(&safe);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_go_there_and_back),
        cmocka_unit_test(what_is_sent_along_is_kept),
        cmocka_unit_test(mishaps_are_mended_and_never_seen),
        cmocka_unit_test(damage_in_the_store_is_found),
        cmocka_unit_test(large_files_go_on_at_their_parts),
        cmocka_unit_test(uploads_of_other_bytes_are_given_up),
        cmocka_unit_test(what_is_removed_leaves_no_upload),
        cmocka_unit_test(parts_of_another_size_are_given_up),
        cmocka_unit_test(odd_stores_are_served),
        cmocka_unit_test(encrypted_parts_are_not_sent_again),
        cmocka_unit_test(an_answer_that_was_lost_is_found_out),
        cmocka_unit_test(refusals_say_what_people_can_do),
        cmocka_unit_test(looking_tells_why_it_is_refused),
        cmocka_unit_test(tokens_and_regions_are_signed_for),
        cmocka_unit_test(the_wait_a_store_asks_for_is_kept),
        cmocka_unit_test(a_store_that_says_nothing_is_left),
        cmocka_unit_test(a_stop_ends_it_and_the_parts_stay),
        cmocka_unit_test(a_file_that_changes_is_not_delivered),
        cmocka_unit_test(parts_are_large_enough_and_not_too_many),
        cmocka_unit_test(parameters_are_looked_at),
        cmocka_unit_test(garbage_is_an_error),
        cmocka_unit_test(certificates_are_looked_at),
    };
    return cmocka_run_group_tests_name("remote_s3", tests, set_up, tear_down);
}
