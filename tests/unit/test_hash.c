// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "scratch.h"

static const char abc_hex[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char million_hex[] =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void sha256_gives_the_published_digests(void **state)
{
    (void)state;
    char hex[HASH_HEX];
    hash_bytes("abc", 3, hex);
    assert_string_equal(hex, abc_hex);
    hash_bytes("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    struct hash *h = hash_new();
    for (int i = 0; i < 1000000; i++)
        hash_add(h, "a", 1);
    hash_finish(h, hex);
    assert_string_equal(hex, million_hex);
    hash_free(hash_new());
    hash_free(NULL);
}

// RFC 1321 A.5, and RFC 4231's second and sixth case.
static void md5_and_hmac_give_the_published_digests(void **state)
{
    (void)state;
    static const struct {
        const char *key, *data, *hex;
    } rows[] = {
        {"Jefe", "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {NULL, "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    unsigned char long_key[131], md5[MD5_BYTES], mac[SHA256_BYTES];
    char hex[HASH_HEX];
    struct hash *h = hash_new_md5();
    hash_add(h, "message ", 8);
    hash_add(h, "digest", 6);
    hash_finish_md5(h, md5);
    hash_hex(md5, sizeof(md5), hex);
    assert_string_equal(hex, "f96b697d7cb7938d525a2f31aaf161d0");
    memset(long_key, 0xaa, sizeof(long_key));
    for (size_t i = 0; i < COUNT(rows); i++) {
        hash_hmac_sha256(rows[i].key ? rows[i].key : (const char *)long_key,
                         rows[i].key ? strlen(rows[i].key) : sizeof(long_key), rows[i].data,
                         strlen(rows[i].data), mac);
        hash_hex(mac, sizeof(mac), hex);
        assert_string_equal(hex, rows[i].hex);
    }
}

static void texts_keep_their_borders(void **state)
{
    (void)state;
    static const char *const splits[][3] = {{"a", "b", "c"}, {"ab", "", "c"}, {"", "ab", "c"}};
    char hex[COUNT(splits)][HASH_HEX];
    for (size_t i = 0; i < COUNT(splits); i++) {
        struct hash *h = hash_new();
        for (size_t k = 0; k < COUNT(splits[i]); k++)
            hash_add_text(h, splits[i][k]);
        hash_finish(h, hex[i]);
    }
    assert_string_not_equal(hex[0], hex[1]);
    assert_string_not_equal(hex[1], hex[2]);
}

struct seen {
    int64_t done, total;
    int calls;
    atomic_bool stop;
};

static void see(void *ctx, int64_t done, int64_t total)
{
    struct seen *s = ctx;
    assert_true(done > s->done);
    s->done = done;
    s->total = total;
    s->calls++;
    if (s->calls == 2)
        atomic_store(&s->stop, true);
}

static void a_file_hashes_as_its_bytes_and_can_be_stopped(void **state)
{
    (void)state;
    enum { SIZE = (3 << 20) + 17 };
    char dir[SCRATCH_MAX], whole[HASH_HEX], hex[HASH_HEX] = "untouched";
    struct arena a = {0};
    struct err e = {0};
    char *data = mem_alloc(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (char)(i * 31 >> 3);
    hash_bytes(data, SIZE, whole);
    scratch_new(dir);
    const char *path = fs_join(&a, dir, "zoom.mp4");
    assert_int_equal(fs_replace(path, data, SIZE, &e), 1);

    struct seen seen = {0};
    assert_int_equal(hash_file(path, hex, &seen.stop, see, &seen, &e), -ECANCELED);
    assert_int_equal(e.kind, ERR_INTERRUPTED);
    assert_string_equal(hex, "untouched");
    assert_int_equal(seen.calls, 2);

    seen = (struct seen){0};
    assert_int_equal(hash_file(path, hex, NULL, see, &seen, &e), 0);
    assert_string_equal(hex, whole);
    assert_int_equal(seen.done, SIZE);
    assert_int_equal(seen.total, SIZE);
    assert_int_equal(hash_file(path, hex, NULL, NULL, NULL, &e), 0);

    assert_int_equal(hash_file(fs_join(&a, dir, "none"), hex, NULL, NULL, NULL, &e), -ENOENT);
    assert_int_equal(hash_file(dir, hex, NULL, NULL, NULL, &e), -EISDIR);
    scratch_free(dir);
    arena_done(&a);
    free(data);
}

static void podcast_guids_match_the_published_vectors(void **state)
{
    (void)state;
    static const char podcast[] = "ead4c236-bf58-58c6-a2c6-a6b28d128cb6";
    static const struct {
        const char *space, *name, *want;
    } rows[] = {
        {podcast, "podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"},
        {podcast, "mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"},
        {"EAD4C236-BF58-58C6-A2C6-A6B28D128CB6", "podnews.net/rss",
         "9b024349-ccf0-5f69-a609-6b82873eab3c"},
        // RFC 9562, appendix A.4
        {"6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com",
         "2ed6657d-e927-568b-95e1-2665a8aea6a2"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char uuid[UUID_TEXT];
        assert_int_equal(uuid_v5(rows[i].space, rows[i].name, uuid, NULL), 0);
        assert_string_equal(uuid, rows[i].want);
    }
}

static void a_namespace_that_is_no_uuid_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "ead4c236",
        "ead4c236bf5858c6a2c6a6b28d128cb6",
        "ead4c236-bf58-58c6-a2c6-a6b28d128cb",
        "ead4c236-bf58-58c6-a2c6-a6b28d128cb60",
        "gad4c236-bf58-58c6-a2c6-a6b28d128cb6",
        "ead4c236-bf5858-c6-a2c6-a6b28d128cb6",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char uuid[UUID_TEXT] = "untouched";
        struct err e = {0};
        assert_int_equal(uuid_v5(rows[i], "x", uuid, &e), -EINVAL);
        assert_int_equal(e.kind, ERR_INPUT);
        assert_string_equal(uuid, "untouched");
    }
}

static void random_uuids_say_so(void **state)
{
    (void)state;
    char uuid[UUID_TEXT];
    unsigned char bytes[16];
    memset(bytes, 0, sizeof(bytes));
    uuid_v4(bytes, uuid);
    assert_string_equal(uuid, "00000000-0000-4000-8000-000000000000");
    memset(bytes, 0xff, sizeof(bytes));
    uuid_v4(bytes, uuid);
    assert_string_equal(uuid, "ffffffff-ffff-4fff-bfff-ffffffffffff");
    // RFC 9562, appendix A.3
    static const unsigned char given[16] = {0x91, 0x91, 0x08, 0xf7, 0x52, 0xd1, 0x03, 0x20,
                                            0x1b, 0xac, 0xf8, 0x47, 0xdb, 0x41, 0x48, 0xa8};
    uuid_v4(given, uuid);
    assert_string_equal(uuid, "919108f7-52d1-4320-9bac-f847db4148a8");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_gives_the_published_digests),
        cmocka_unit_test(md5_and_hmac_give_the_published_digests),
        cmocka_unit_test(texts_keep_their_borders),
        cmocka_unit_test(a_file_hashes_as_its_bytes_and_can_be_stopped),
        cmocka_unit_test(podcast_guids_match_the_published_vectors),
        cmocka_unit_test(a_namespace_that_is_no_uuid_is_refused),
        cmocka_unit_test(random_uuids_say_so),
    };
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
