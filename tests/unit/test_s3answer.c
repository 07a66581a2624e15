// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "net/s3answer.h"
#include "unit/refusal.h"

static const char parts[] =
    "\n <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<ListPartsResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/' a = \"1>2\" >\n"
    "  <Key>media/tr\xC3\xA6na &amp; &#229;&#xE5;&lt;&gt;&apos;.mp3</Key><Empty/><Void></Void>\n"
    "  <Owner><ID>1</ID><Name> two words </Name></Owner>\n"
    "  <Part>\n<PartNumber>1</PartNumber><ETag>&quot;a1&quot;</ETag></Part>"
    "<Part><ETag>\"b2\"</ETag ><PartNumber>2</PartNumber></Part>\n</ListPartsResult>\n ";

static void answers_are_read_in_order(void **state)
{
    (void)state;
    static const struct s3answer_item want[] = {
        {"Key", "media/tr\xC3\xA6na & \xC3\xA5\xC3\xA5<>'.mp3"},
        {"Empty", ""},
        {"Void", ""},
        {"Owner/ID", "1"},
        {"Owner/Name", " two words "},
        {"Owner", NULL},
        {"Part/PartNumber", "1"},
        {"Part/ETag", "\"a1\""},
        {"Part", NULL},
        {"Part/ETag", "\"b2\""},
        {"Part/PartNumber", "2"},
        {"Part", NULL},
    };
    struct arena a = {0};
    struct s3answer s;
    assert_int_equal(s3answer_read(&a, parts, strlen(parts), &s), 0);
    assert_string_equal(s.root, "ListPartsResult");
    assert_int_equal(s.n, COUNT(want));
    for (size_t i = 0; i < s.n; i++) {
        assert_string_equal(s.items[i].path, want[i].path);
        if (!str_same(s.items[i].text, want[i].text))
            fail_msg("%s: '%s'", want[i].path, s.items[i].text);
    }
    assert_string_equal(s3answer_text(&s, "Part/ETag"), "\"a1\"");
    assert_null(s3answer_text(&s, "Part"));
    assert_null(s3answer_text(&s, "ETag"));
    arena_done(&a);
}

static void what_is_no_answer_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        " ",
        "Service Unavailable",
        "<",
        "<a",
        "<a>",
        "<a></b>",
        "<a></a",
        "<a></a></a>",
        "<a></a><b></b>",
        "<a/>x",
        "<a>text<b/></a>",
        "<a><b/>text</a>",
        "<a b></a>",
        "<a b=></a>",
        "<a b=\"c></a>",
        "<a b=\"<\"></a>",
        "<a b=\"1\"c=\"2\"/ >",
        "<1></1>",
        "<a>&unknown;</a>",
        "<a>&amp</a>",
        "<a>& </a>",
        "<a>&#0;</a>",
        "<a>&#27;</a>",
        "<a>&#xD800;</a>",
        "<a>&#x110000;</a>",
        "<a>&#x;</a>",
        "<a>&#;</a>",
        "<a>&#12a;</a>",
        "<a>&#99999999999;</a>",
        "<a>\x01</a>",
        "<a>\x1b[2J</a>",
        "<a>\xff</a>",
        "<a><!-- no --></a>",
        "<a><![CDATA[no]]></a>",
        "<!DOCTYPE a><a/>",
        "<?xml version='1.0'><a/>",
        "<?xml ",
        "<a><b><c><d><e><f><g><h/></g></f></e></d></c></b></a>",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct s3answer s;
        if (s3answer_read(&a, rows[i], strlen(rows[i]), &s) != -EBADMSG)
            fail_msg("'%s' is taken", rows[i]);
        arena_done(&a);
    }
}

static void a_hundred_thousand_damaged_answers_do_no_harm(void **state)
{
    (void)state;
    unsigned seed = 1;
    int good = 0;
    for (int i = 0; i < 100000; i++) {
        struct arena a = {0};
        struct s3answer s;
        size_t len = strlen(parts);
        // Of its own size, so that a byte read behind the end is found.
        char *text = malloc(len + 64);
        memcpy(text, parts, len);
        damage(text, &len, &seed);
        char *exact = malloc(len ? len : 1);
        memcpy(exact, text, len);
        int r = s3answer_read(&a, exact, len, &s);
        assert_true(r == 0 || r == -EBADMSG);
        good += r == 0;
        for (size_t k = 0; r == 0 && k < s.n; k++)
            assert_true(!s.items[k].text ||
                        str_is_utf8(s.items[k].text, strlen(s.items[k].text), NULL));
        free(exact);
        free(text);
        arena_done(&a);
    }
    assert_true(good > 0 && good < 100000);
}

// Every cut is refused: half an answer is none.
static void half_an_answer_is_none(void **state)
{
    (void)state;
    size_t whole = strlen(parts) - 2; // the blanks behind it may go
    for (size_t n = 0; n < whole; n++) {
        struct arena a = {0};
        struct s3answer s;
        char *exact = malloc(n ? n : 1);
        memcpy(exact, parts, n);
        if (s3answer_read(&a, exact, n, &s) != -EBADMSG)
            fail_msg("%zu bytes are taken", n);
        free(exact);
        arena_done(&a);
    }
}

static void what_is_too_much_is_refused(void **state)
{
    (void)state;
    struct arena a = {0};
    struct s3answer s;
    struct str text;
    str_init(&text, STR_MAX);
    str_add(&text, "<a>");
    for (int i = 0; i <= S3ANSWER_ITEMS; i++)
        str_add(&text, "<b/>");
    str_add(&text, "</a>");
    assert_int_equal(s3answer_read(&a, text.p, text.len, &s), -EBADMSG);
    str_clear(&text);
    str_add(&text, "<a>");
    while (text.len < S3ANSWER_MAX)
        str_add(&text, "0123456789abcdef");
    str_add(&text, "</a>");
    assert_int_equal(s3answer_read(&a, text.p, text.len, &s), -EBADMSG);
    str_done(&text);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_read_in_order),
        cmocka_unit_test(what_is_no_answer_is_refused),
        cmocka_unit_test(half_an_answer_is_none),
        cmocka_unit_test(what_is_too_much_is_refused),
        cmocka_unit_test(a_hundred_thousand_damaged_answers_do_no_harm),
    };
    return cmocka_run_group_tests_name("s3answer", tests, NULL, NULL);
}
