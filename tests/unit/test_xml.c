// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/xml.h"

#define FFFD "\xef\xbf\xbd"

static void text_and_attributes_are_escaped(void **state)
{
    (void)state;
    static const struct {
        const char *text, *as_text, *as_attribute;
    } rows[] = {
        {"Meløy", "Meløy", "Meløy"},
        {"a<b>&\"c'", "a&lt;b&gt;&amp;\"c'", "a&lt;b&gt;&amp;&quot;c'"},
        {"a\tb\nc\rd", "a\tb\nc&#13;d", "a&#9;b&#10;c&#13;d"},
        {"a\x01\x1f\x7f", "a" FFFD FFFD "\x7f", "a" FFFD FFFD "\x7f"},
        {"\xef\xbf\xbe|\xef\xbf\xbf|\xef\xbf\xbd", FFFD "|" FFFD "|" FFFD, FFFD "|" FFFD "|" FFFD},
        {"Mel\xf8y & b", "Mel" FFFD "y &amp; b", "Mel" FFFD "y &amp; b"},
        {"cut \xc3", "cut " FFFD, "cut " FFFD},
        {"", "", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str s;
        str_init(&s, STR_MAX);
        xml_escape(&s, rows[i].text, false);
        assert_string_equal(s.p, rows[i].as_text);
        str_clear(&s);
        xml_escape(&s, rows[i].text, true);
        assert_string_equal(s.p, rows[i].as_attribute);
        str_done(&s);
    }
}

static void elements_are_indented_and_close_themselves(void **state)
{
    (void)state;
    struct str s;
    struct xml x;
    str_init(&s, STR_MAX);
    xml_init(&x, &s, 0);
    xml_open(&x, "rss");
    xml_attr(&x, "version", "2.0");
    xml_attr(&x, "left-out", NULL);
    xml_open(&x, "channel");
    xml_leaf(&x, "title", "Det gode liv");
    xml_leaf(&x, "left-out", NULL);
    xml_leaf(&x, "empty", "");
    xml_open(&x, "enclosure");
    xml_attr_int(&x, "length", -42);
    xml_close(&x);
    xml_open(&x, "p");
    xml_text(&x, "a ");
    xml_open(&x, "b");
    xml_leaf(&x, "i", "c");
    xml_close(&x);
    xml_text(&x, " d");
    xml_close(&x);
    xml_close(&x);
    xml_close(&x);
    assert_string_equal(s.p, "<rss version=\"2.0\">\n"
                             "  <channel>\n"
                             "    <title>Det gode liv</title>\n"
                             "    <empty/>\n"
                             "    <enclosure length=\"-42\"/>\n"
                             "    <p>a <b><i>c</i></b> d</p>\n"
                             "  </channel>\n"
                             "</rss>\n");
    str_done(&s);
}

static void one_writers_lines_fit_into_anothers(void **state)
{
    (void)state;
    struct str item, feed;
    struct xml x;
    str_init(&item, STR_MAX);
    xml_init(&x, &item, 1);
    xml_open(&x, "item");
    xml_leaf(&x, "guid", "1");
    xml_close(&x);
    assert_string_equal(item.p, "  <item>\n    <guid>1</guid>\n  </item>\n");

    str_init(&feed, STR_MAX);
    str_add(&feed, "<?xml version=\"1.0\"?>");
    xml_init(&x, &feed, 0);
    xml_open(&x, "channel");
    xml_raw(&x, item.p);
    xml_leaf(&x, "title", "t");
    xml_raw(&x, item.p);
    xml_raw(&x, item.p);
    xml_open(&x, "notes");
    xml_raw(&x, "<p>a</p>");
    xml_raw(&x, NULL);
    xml_close(&x);
    xml_close(&x);
    assert_string_equal(feed.p, "<?xml version=\"1.0\"?>\n"
                                "<channel>\n"
                                "  <item>\n    <guid>1</guid>\n  </item>\n"
                                "  <title>t</title>\n"
                                "  <item>\n    <guid>1</guid>\n  </item>\n"
                                "  <item>\n    <guid>1</guid>\n  </item>\n"
                                "  <notes><p>a</p></notes>\n"
                                "</channel>\n");
    str_done(&item);
    str_done(&feed);
}

static void cdata_holds_its_own_end(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"<p>a & b</p>", "<n><![CDATA[<p>a & b</p>]]></n>\n"},
        {"]]>", "<n><![CDATA[]]]]><![CDATA[>]]></n>\n"},
        {"a]]]]>]]>b", "<n><![CDATA[a]]]]]]><![CDATA[>]]]]><![CDATA[>b]]></n>\n"},
        {"a\x02\xff", "<n><![CDATA[a" FFFD FFFD "]]></n>\n"},
        {"", "<n/>\n"},
        {NULL, "<n/>\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str s;
        struct xml x;
        str_init(&s, STR_MAX);
        xml_init(&x, &s, 0);
        xml_open(&x, "n");
        xml_cdata(&x, rows[i].text);
        xml_close(&x);
        assert_string_equal(s.p, rows[i].want);
        str_done(&s);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_attributes_are_escaped),
        cmocka_unit_test(elements_are_indented_and_close_themselves),
        cmocka_unit_test(one_writers_lines_fit_into_anothers),
        cmocka_unit_test(cdata_holds_its_own_end),
    };
    return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
