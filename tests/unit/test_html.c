// SPDX-License-Identifier: GPL-3.0-or-later
#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/xmlread.h"
#include "doc/html.h"
#include "scratch.h"

static char dir[SCRATCH_MAX];

static int set_up(void **state)
{
    (void)state;
    scratch_new(dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_free(dir);
    return 0;
}

static const char *put(struct arena *a, const char *name, const char *text)
{
    char *path = fs_join(a, dir, name);
    assert_true(fs_replace(path, text, strlen(text), NULL) >= 0);
    return path;
}

// A stylesheet with one template for the document.
static const char *sheet(struct arena *a, const char *body)
{
    return put(a, "s.xsl",
               arena_printf(a,
                            "<xsl:stylesheet version=\"1.0\" "
                            "xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\">\n"
                            "<xsl:template match=\"/\">%s</xsl:template></xsl:stylesheet>",
                            body));
}

static int render(struct arena *a, const char *const *sheets, const char *document, struct str *out,
                  struct err *e)
{
    struct str doc;
    str_init(&doc, STR_MAX);
    str_add(&doc, document);
    str_clear(out);
    int r = html_render(a, sheets, &doc, out, e);
    str_done(&doc);
    return r;
}

static void the_result_tree_is_written_as_html5(void **state)
{
    (void)state;
    static const struct {
        const char *body, *want;
    } rows[] = {
        {"<html><br/><p/></html>", "<html><br><p></p>\n</html>\n"},
        {"<html><audio controls=\"\"><source src=\"a\"/><track src=\"b\"/></audio></html>",
         "<html><audio controls><source src=\"a\">\n<track src=\"b\">\n</audio>\n</html>\n"},
        {"<html><p title='\"&lt;&amp;'>a &lt; b &amp; c > d</p></html>",
         "<html><p title=\"&quot;&lt;&amp;\">a &lt; b &amp; c &gt; d</p>\n</html>\n"},
        {"<html><style>a > b {}</style></html>", "<html><style>a > b {}</style>\n</html>\n"},
        {"<html><pre>\nx</pre></html>", "<html><pre>\n\nx</pre>\n</html>\n"},
        {"<html><p>a&#160;b</p></html>", "<html><p>a&nbsp;b</p>\n</html>\n"},
        {"<html><xsl:comment>c</xsl:comment><b>x</b></html>", "<html><b>x</b></html>\n"},
        {"<html><p><xsl:value-of select=\"/d\"/></p></html>", "<html><p>æøå</p>\n</html>\n"},
    };
    struct str out;
    str_init(&out, STR_MAX);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        const char *sheets[] = {sheet(&a, rows[i].body), NULL};
        if (render(&a, sheets, "<d>æøå</d>", &out, &e) < 0)
            fail_msg("%s", e.text);
        assert_true(str_starts(out.p, "<!DOCTYPE html>\n"));
        assert_string_equal(out.p + strlen("<!DOCTYPE html>\n"), rows[i].want);
        arena_done(&a);
    }
    str_done(&out);
}

static void several_files_make_one_stylesheet(void **state)
{
    (void)state;
    static const char start[] =
        "<xsl:stylesheet version=\"1.0\" xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\">";
    struct arena a = {0};
    struct err e = {0};
    struct str out;
    str_init(&out, STR_MAX);
    const char *sheets[] = {
        put(&a, "page.xsl",
            arena_printf(&a,
                         "%s<xsl:template match=\"d\"><i><xsl:value-of select=\"$v\"/></i>"
                         "</xsl:template></xsl:stylesheet>",
                         start)),
        put(&a, "layout.xsl",
            arena_printf(&a,
                         "%s<xsl:variable name=\"v\" select=\"string(/d)\"/><xsl:template "
                         "match=\"/\"><html><xsl:apply-templates/></html></xsl:template>"
                         "</xsl:stylesheet>",
                         start)),
        NULL};
    assert_int_equal(render(&a, sheets, "<d>v</d>", &out, &e), 0);
    assert_string_equal(out.p, "<!DOCTYPE html>\n<html><i>v</i></html>\n");
    str_done(&out);
    arena_done(&a);
}

static void a_page_may_bring_its_pictures_along(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    struct str out;
    str_init(&out, STR_MAX);
    const char *body = "<html><img alt=\"\" src=\"data:image/jpeg;base64,/9j/4A==\"/></html>";
    const char *sheets[] = {sheet(&a, body), NULL};
    assert_int_equal(render(&a, sheets, "<d/>", &out, &e), 0);
    assert_non_null(strstr(out.p, "src=\"data:image/jpeg;base64,/9j/4A==\""));
    str_done(&out);
    arena_done(&a);
}

static void what_a_page_must_not_hold_is_an_error(void **state)
{
    (void)state;
    static const struct {
        const char *body, *says;
    } rows[] = {
        {"<html><a href=\"javascript:x\">x</a></html>", "javascript:x"},
        {"<html><img src=\"data:image/png,x\"/></html>", "data:"},
        {"<html><img src=\"data:image/jpeg;base64,/9j/&lt;\"/></html>", "data:"},
        {"<html><a href=\"data:image/jpeg;base64,/9j/4A==\">x</a></html>", "data:"},
        {"<html><p onclick=\"x\"/></html>", "onclick"},
        {"<html><style>&lt;/style&gt;</style></html>", "<style>"},
        {"<p/>", "no <html>"},
        {"text", "no <html>"},
        {"<html><xsl:copy-of select=\"document('/etc/passwd')\"/></html>", ""},
        {"<html><xsl:copy-of select=\"document('http://127.0.0.1:9/x')\"/></html>", ""},
        {"<xsl:message terminate=\"yes\">stopp</xsl:message>", "stopp"},
        {"<html><xsl:value-of select=\"1 +\"/></html>", ""},
        {"<html><xsl:call-template name=\"none\"/></html>", "none"},
    };
    struct str out;
    str_init(&out, STR_MAX);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        const char *sheets[] = {sheet(&a, rows[i].body), NULL};
        if (render(&a, sheets, "<d/>", &out, &e) >= 0)
            fail_msg("%s gave %s", rows[i].body, out.p);
        if (!strstr(e.text, rows[i].says))
            fail_msg("%s said %s", rows[i].body, e.text);
        arena_done(&a);
    }
    str_done(&out);
}

static void a_stylesheet_brings_nothing_with_it(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"<xsl:stylesheet version=\"1.0\" xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\">\n"
         "<xsl:import href=\"/etc/x.xsl\"/></xsl:stylesheet>",
         ":2: xsl:import"},
        {"<xsl:stylesheet version=\"1.0\" xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\">"
         "<xsl:include href=\"x.xsl\"/></xsl:stylesheet>",
         ":1: xsl:include"},
        {"<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><x/>", "document type"},
        {"<x>", "s.xsl:1:"},
        {"", "Document is empty"},
    };
    struct str out;
    str_init(&out, STR_MAX);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        const char *sheets[] = {put(&a, "s.xsl", rows[i].text), NULL};
        assert_true(render(&a, sheets, "<d/>", &out, &e) < 0);
        if (!strstr(e.text, rows[i].says))
            fail_msg("%s said %s", rows[i].text, e.text);
        arena_done(&a);
    }
    str_done(&out);
}

static void entities_do_not_grow(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "<!DOCTYPE a [<!ENTITY x \"xx\"><!ENTITY y \"&x;&x;&x;&x;\">]><a>&y;</a>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
        "<!DOCTYPE a SYSTEM \"http://127.0.0.1:9/a.dtd\"><a/>",
        "<!DOCTYPE html><html/>",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct xml_doc doc = {0};
        assert_true(xmlread_tree(&a, rows[i], strlen(rows[i]), "feed.xml", &doc, &e) < 0);
        assert_int_equal(e.kind, ERR_INPUT);
        assert_non_null(strstr(e.text, "document type declaration"));
        assert_null(doc.root);
        arena_done(&a);
    }
}

static void a_tree_keeps_names_lines_and_text(void **state)
{
    (void)state;
    static const char text[] =
        "<a xmlns:i=\"urn:i\">\n<i:b c=\"1\" i:c=\"2\">x<d/>y<![CDATA[<z>]]></i:b></a>";
    struct arena a = {0};
    struct err e = {0};
    struct xml_doc doc;
    assert_int_equal(xmlread_tree(&a, text, strlen(text), "f", &doc, &e), 0);
    const struct xml_elem *b = doc.root->first;
    assert_string_equal(b->ns, "urn:i");
    assert_string_equal(b->name, "b");
    assert_string_equal(b->text, "xy<z>");
    assert_string_equal(xml_attr_of(b, "c"), "1");
    assert_null(xml_attr_of(b, "d"));
    assert_int_equal(b->line, 2);
    assert_ptr_equal(b->parent, doc.root);
    assert_null(b->next);
    assert_string_equal(b->first->name, "d");
    arena_done(&a);
}

static void depth_and_noise_are_refused_with_a_place(void **state)
{
    (void)state;
    struct str deep;
    str_init(&deep, STR_MAX);
    for (int i = 0; i < 5000; i++)
        str_add(&deep, "<a>");
    const char *const rows[] = {deep.p,     "<a>\x01</a>", "<a><b></a>",       "<a\xe5></a>",
                                "<a/><b/>", "\xff\xfe",    "<a b='1' b='2'/>", "<x:a/>garbage"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct xml_doc doc;
        assert_true(xmlread_tree(&a, rows[i], strlen(rows[i]), "f.xml", &doc, &e) < 0);
        assert_int_equal(e.kind, ERR_INPUT);
        assert_true(str_starts(e.text, "f.xml:"));
        assert_true(str_is_utf8(e.text, strlen(e.text), NULL));
        arena_done(&a);
    }
    str_done(&deep);
}

// In whatever it is written: libxml2 would take minutes for each.
static void endless_elements_are_refused_at_once(void **state)
{
    (void)state;
    static const struct {
        const char *begin, *name, *value, *encoding; // encoding NULL: as it is
    } rows[] = {
        {"<r", " a", "='1'", NULL},
        {"<!-- < ' --><r", " a", "=\"1\"", NULL},
        {"<?p < \" ?><r", " a", "=\"1\"", NULL},
        {"<b><![CDATA[<x y=']]><r", " a", "=\"1\"", NULL},
        {"<r", " a", "='>'", NULL},
        {"<r", " a", " =\n '1'", NULL},
        {"<?xml version='1.0' encoding='UTF-16'?><r", " a", "='1'", NULL}, // it is not
        {"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><r", " a", "='1'", NULL},
        {"<?xml version='1.0' encoding='UTF-16'?><r", " \u013c", "='\u013c\u013c'", "UTF-16"},
        {"<?xml version='1.0' encoding='ISO-2022-JP'?><r", " \u3053", "='\u3053'", "ISO-2022-JP"},
        {"<?xml version='1.0' encoding='UTF-7'?><r", " a", "=+ACI-1+ACI-", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct xml_doc doc;
        struct str s;
        char *at, *text = arena_alloc(&a, 16 << 20), *out = text;
        size_t left, room = 16 << 20;
        str_init(&s, STR_MAX);
        str_add(&s, rows[i].begin);
        for (int k = 0; k < 200000; k++)
            str_addf(&s, "%s%d%s", rows[i].name, k, rows[i].value);
        str_add(&s, "/>");
        at = s.p, left = s.len;
        iconv_t cd = iconv_open(rows[i].encoding ? rows[i].encoding : "UTF-8", "UTF-8");
        assert_true(iconv(cd, &at, &left, &out, &room) != (size_t)-1 && left == 0);
        iconv_close(cd);
        double began = clock_monotonic();
        assert_true(xmlread_tree(&a, text, (size_t)(out - text), "f.xml", &doc, &e) < 0);
        if (!strstr(e.text, "more than 1000 attributes"))
            fail_msg("%s: %s", rows[i].begin, e.text);
        assert_true(clock_monotonic() - began < 10);
        str_done(&s);
        arena_done(&a);
    }
}

// Quotes outside elements are no attributes.
static void many_quotes_are_no_attributes(void **state)
{
    static const char *const rows[][2] = {
        {"<r><!-- ", " --></r>"}, {"<r>", "</r>"}, {"<r><![CDATA[", "]]></r>"}, {"<?p ", "?><r/>"}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct xml_doc doc;
        struct str s;
        str_init(&s, STR_MAX);
        str_add(&s, rows[i][0]);
        for (int k = 0; k < 3000; k++)
            str_add(&s, "a=\"b\" ");
        str_add(&s, rows[i][1]);
        if (xmlread_tree(&a, s.p, s.len, "f.xml", &doc, &e) < 0)
            fail_msg("%s: %s", rows[i][0], e.text);
        str_done(&s);
        arena_done(&a);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(endless_elements_are_refused_at_once),
        cmocka_unit_test(many_quotes_are_no_attributes),
        cmocka_unit_test(the_result_tree_is_written_as_html5),
        cmocka_unit_test(several_files_make_one_stylesheet),
        cmocka_unit_test(a_page_may_bring_its_pictures_along),
        cmocka_unit_test(what_a_page_must_not_hold_is_an_error),
        cmocka_unit_test(a_stylesheet_brings_nothing_with_it),
        cmocka_unit_test(entities_do_not_grow),
        cmocka_unit_test(a_tree_keeps_names_lines_and_text),
        cmocka_unit_test(depth_and_noise_are_refused_with_a_place),
    };
    return cmocka_run_group_tests_name("html", tests, set_up, tear_down);
}
