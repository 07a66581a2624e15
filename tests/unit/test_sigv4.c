// SPDX-License-Identifier: GPL-3.0-or-later
// Against the figures Amazon publishes: the examples of the S3 documentation ("Authenticating
// Requests: Using the Authorization Header") and vectors of the aws-sig-v4-test-suite.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/str.h"
#include "net/sigv4.h"

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define S3_DATE "20130524T000000Z"
#define SUITE_DATE "20150830T123600Z"
#define S3_HEADERS                                                       \
    {"Host", "examplebucket.s3.amazonaws.com"}, {"x-amz-date", S3_DATE}, \
    {                                                                    \
        "x-amz-content-sha256", EMPTY                                    \
    }
#define SUITE_HEADERS                  \
    {"Host", "example.amazonaws.com"}, \
    {                                  \
        "X-Amz-Date", SUITE_DATE       \
    }
#define SUITE_LINES "host:example.amazonaws.com\n"
#define WELCOME "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
#define UNRESERVED "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define FORM_SHA256 "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"
#define TOKEN                                                                                      \
    "AQoDYXdzEPT//////////"                                                                        \
    "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPf"                     \
    "IeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7" \
    "WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm" \
    "8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="

static const struct sigv4_key s3_key = {
    "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", "s3"};
static const struct sigv4_key suite_key = {
    "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service"};

static const struct vector {
    const char *name;
    bool suite;
    const char *method, *path;
    struct sigv4_pair query[5], headers[6];
    const char *payload;
    const char *canonical;      // NULL: its hash alone is published
    const char *canonical_hash; // the last line of the string to sign
    const char *signature;
} vectors[] = {
    {"S3: GET object",
     false,
     "GET",
     "/test.txt",
     {{NULL, NULL}},
     {S3_HEADERS, {"Range", "bytes=0-9"}},
     EMPTY,
     "GET\n/test.txt\n\nhost:examplebucket.s3.amazonaws.com\nrange:bytes=0-9\n"
     "x-amz-content-sha256:" EMPTY "\nx-amz-date:" S3_DATE "\n\n"
     "host;range;x-amz-content-sha256;x-amz-date\n" EMPTY,
     "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972",
     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
    {"S3: PUT object",
     false,
     "PUT",
     "/test$file.text",
     {{NULL, NULL}},
     {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
      {"Host", "examplebucket.s3.amazonaws.com"},
      {"x-amz-date", S3_DATE},
      {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
      {"x-amz-content-sha256", WELCOME}},
     WELCOME,
     "PUT\n/test%24file.text\n\ndate:Fri, 24 May 2013 00:00:00 GMT\n"
     "host:examplebucket.s3.amazonaws.com\nx-amz-content-sha256:" WELCOME "\nx-amz-date:" S3_DATE
     "\nx-amz-storage-class:REDUCED_REDUNDANCY\n\n"
     "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class\n" WELCOME,
     "9e0e90d9c76de8fa5b200d8c849cd5b8dc7a3be3951ddb7f6a76b4158342019d",
     "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
    {"S3: GET bucket lifecycle",
     false,
     "GET",
     "/",
     {{"lifecycle", ""}},
     {S3_HEADERS},
     EMPTY,
     "GET\n/\nlifecycle=\nhost:examplebucket.s3.amazonaws.com\nx-amz-content-sha256:" EMPTY
     "\nx-amz-date:" S3_DATE "\n\nhost;x-amz-content-sha256;x-amz-date\n" EMPTY,
     "9766c798316ff2757b517bc739a67f6213b4ab36dd5da2f94eaebf79c77395ca",
     "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
    {"S3: list objects",
     false,
     "GET",
     "/",
     {{"prefix", "J"}, {"max-keys", "2"}},
     {S3_HEADERS},
     EMPTY,
     "GET\n/\nmax-keys=2&prefix=J\nhost:examplebucket.s3.amazonaws.com\nx-amz-content-sha256:" EMPTY
     "\nx-amz-date:" S3_DATE "\n\nhost;x-amz-content-sha256;x-amz-date\n" EMPTY,
     "df57d21db20da04d7fa30298dd4488ba3a2b47ca3a489c74750e0f1e7df1b9b7",
     "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    {"get-vanilla",
     true,
     "GET",
     "/",
     {{NULL, NULL}},
     {SUITE_HEADERS},
     EMPTY,
     "GET\n/\n\n" SUITE_LINES "x-amz-date:" SUITE_DATE "\n\nhost;x-amz-date\n" EMPTY,
     "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-vanilla-query-order-key-case",
     true,
     "GET",
     "/",
     {{"Param2", "value2"}, {"Param1", "value1"}},
     {SUITE_HEADERS},
     EMPTY,
     "GET\n/\nParam1=value1&Param2=value2\n" SUITE_LINES "x-amz-date:" SUITE_DATE
     "\n\nhost;x-amz-date\n" EMPTY,
     "816cd5b414d056048ba4f7c5386d6e0533120fb1fcfa93762cf0fc39e2cf19e0",
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"get-utf8",
     true,
     "GET",
     "/\xE1\x88\xB4",
     {{NULL, NULL}},
     {SUITE_HEADERS},
     EMPTY,
     "GET\n/%E1%88%B4\n\n" SUITE_LINES "x-amz-date:" SUITE_DATE "\n\nhost;x-amz-date\n" EMPTY,
     "2a0a97d02205e45ce2e994789806b19270cfbbb0921b278ccf58f5249ac42102",
     "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {"get-unreserved",
     true,
     "GET",
     "/" UNRESERVED,
     {{NULL, NULL}},
     {SUITE_HEADERS},
     EMPTY,
     "GET\n/" UNRESERVED "\n\n" SUITE_LINES "x-amz-date:" SUITE_DATE "\n\nhost;x-amz-date\n" EMPTY,
     "6a968768eefaa713e2a6b16b589a8ea192661f098f37349f4e2c0082757446f9",
     "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
    {"get-vanilla-query-unreserved",
     true,
     "GET",
     "/",
     {{UNRESERVED, UNRESERVED}},
     {SUITE_HEADERS},
     EMPTY,
     "GET\n/\n" UNRESERVED "=" UNRESERVED "\n" SUITE_LINES "x-amz-date:" SUITE_DATE
     "\n\nhost;x-amz-date\n" EMPTY,
     "c30d4703d9f799439be92736156d47ccfb2d879ddf56f5befa6d1d6aab979177",
     "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
    {"post-vanilla",
     true,
     "POST",
     "/",
     {{NULL, NULL}},
     {SUITE_HEADERS},
     EMPTY,
     "POST\n/\n\n" SUITE_LINES "x-amz-date:" SUITE_DATE "\n\nhost;x-amz-date\n" EMPTY,
     "553f88c9e4d10fc9e109e2aeb65f030801b70c2f6468faca261d401ae622fc87",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"post-header-key-sort",
     true,
     "POST",
     "/",
     {{NULL, NULL}},
     {{"My-Header1", "value1"}, SUITE_HEADERS},
     EMPTY,
     "POST\n/\n\n" SUITE_LINES "my-header1:value1\nx-amz-date:" SUITE_DATE
     "\n\nhost;my-header1;x-amz-date\n" EMPTY,
     "9368318c2967cf6de74404b30c65a91e8f6253e0a8659d6d5319f1a812f87d65",
     "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
    {"get-header-value-trim",
     true,
     "GET",
     "/",
     {{NULL, NULL}},
     {SUITE_HEADERS, {"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
     EMPTY,
     "GET\n/\n\n" SUITE_LINES "my-header1:value1\nmy-header2:\"a b c\"\nx-amz-date:" SUITE_DATE
     "\n\nhost;my-header1;my-header2;x-amz-date\n" EMPTY,
     "a726db9b0df21c14f559d0a978e563112acb1b9e05476f0a6a1c7d68f28605c7",
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
    {"post-x-www-form-urlencoded",
     true,
     "POST",
     "/",
     {{NULL, NULL}},
     {{"Content-Type", "application/x-www-form-urlencoded"}, SUITE_HEADERS},
     FORM_SHA256,
     "POST\n/\n\ncontent-type:application/x-www-form-urlencoded\n" SUITE_LINES
     "x-amz-date:" SUITE_DATE "\n\ncontent-type;host;x-amz-date\n" FORM_SHA256,
     "42a5e5bb34198acb3e84da4f085bb7927f2bc277ca766e6d19c73c2154021281",
     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
    {"post-sts-header-before",
     true,
     "POST",
     "/",
     {{NULL, NULL}},
     {SUITE_HEADERS, {"X-Amz-Security-Token", TOKEN}},
     EMPTY,
     "POST\n/\n\n" SUITE_LINES "x-amz-date:" SUITE_DATE "\nx-amz-security-token:" TOKEN
     "\n\nhost;x-amz-date;x-amz-security-token\n" EMPTY,
     "c237e1b440d4c63c32ca95b5b99481081cb7b13c7e40434868e71567c1a882f6",
     "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
};

static void each_step_gives_the_published_figures(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        const struct vector *v = &vectors[i];
        const struct sigv4_key *k = v->suite ? &suite_key : &s3_key;
        const char *date = v->suite ? SUITE_DATE : S3_DATE;
        const struct sigv4_request q = {v->method, v->path, v->query, v->headers, v->payload};
        char scope[200], want[600];
        struct str canonical, to_sign, got;
        str_init(&canonical, STR_MAX);
        str_init(&to_sign, STR_MAX);
        str_init(&got, STR_MAX);
        sigv4_canonical(&canonical, &q);
        if (strcmp(canonical.p, v->canonical) != 0)
            fail_msg("%s: canonical request\n%s\nnot\n%s", v->name, canonical.p, v->canonical);
        sigv4_to_sign(&to_sign, k, date, canonical.p);
        snprintf(scope, sizeof(scope), "%.8s/us-east-1/%s/aws4_request", date, k->service);
        snprintf(want, sizeof(want), "AWS4-HMAC-SHA256\n%s\n%s\n%s", date, scope,
                 v->canonical_hash);
        if (strcmp(to_sign.p, want) != 0)
            fail_msg("%s: string to sign\n%s\nnot\n%s", v->name, to_sign.p, want);
        sigv4_authorization(&got, k, date, &q);
        const char *signature = strstr(got.p, ", Signature=");
        assert_non_null(signature);
        if (strcmp(signature + 12, v->signature) != 0)
            fail_msg("%s: %s, not %s", v->name, signature + 12, v->signature);
        snprintf(want, sizeof(want), "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=", k->id,
                 scope);
        assert_true(str_starts(got.p, want));
        str_done(&canonical);
        str_done(&to_sign);
        str_done(&got);
    }
}

// Content that is no ASCII, and the characters that other encoders leave alone or write otherwise.
static void queries_are_encoded_once_and_in_order(void **state)
{
    (void)state;
    const struct sigv4_pair query[] = {
        {"uploads", ""}, {"prefix", "media/tr\xC3\xA6na (1)+2*~.mp3"},
        {"a", "2"},      {"a", "10"},
        {"A", "%41"},    {NULL, NULL}};
    struct str s;
    str_init(&s, STR_MAX);
    sigv4_query(&s, query);
    assert_string_equal(
        s.p, "A=%2541&a=10&a=2&prefix=media%2Ftr%C3%A6na%20%281%29%2B2%2A~.mp3&uploads=");
    str_clear(&s);
    sigv4_query(&s, NULL);
    assert_string_equal(s.p, "");
    str_done(&s);
}

static void times_are_as_headers_have_them(void **state)
{
    (void)state;
    char text[SIGV4_TIME];
    int64_t utc_s;
    assert_true(clock_parse_iso("2015-08-30T14:36:00+02:00", &utc_s, NULL));
    sigv4_time(utc_s, text);
    assert_string_equal(text, SUITE_DATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_step_gives_the_published_figures),
        cmocka_unit_test(queries_are_encoded_once_and_in_order),
        cmocka_unit_test(times_are_as_headers_have_them),
    };
    return cmocka_run_group_tests_name("sigv4", tests, NULL, NULL);
}
