// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/yaml.h"
#include "refusal.h"

static struct yaml_file *parsed(struct arena *a, const char *text)
{
    struct yaml_file *f = NULL;
    struct err e = {0};
    int r = yaml_parse(a, text, strlen(text), "x.yaml", &f, &e);
    if (r < 0)
        print_error("%s\n", e.text);
    assert_int_equal(r, 0);
    return f;
}

static void a_tree_is_read(void **state)
{
    (void)state;
    struct arena a = {0};
    struct yaml_file *f =
        parsed(&a, "# ø\nnavn: Meløy # by\nlist:\n  - 1\n  - {æ: \"b\", c: [d]}\n");
    assert_int_equal(f->root->kind, NODE_MAP);
    assert_int_equal(f->root->count, 2);
    assert_string_equal(f->root->pairs[0].key, "navn");
    const struct node *name = node_of(f->root, "navn");
    assert_string_equal(name->text, "Meløy");
    assert_false(name->quoted);
    assert_int_equal(name->line, 2);
    assert_int_equal(name->column, 7);
    const struct node *list = node_of(f->root, "list");
    assert_int_equal(list->kind, NODE_LIST);
    assert_int_equal(list->count, 2);
    const struct node *b = node_of(list->items[1], "æ");
    assert_true(b->quoted);
    assert_int_equal(b->line, 5);
    assert_int_equal(b->column, 9); // characters, not bytes
    assert_int_equal(list->items[1]->pairs[1].column, 14);
    assert_null(node_of(f->root, "other"));
    assert_null(node_of(name, "other"));
    arena_done(&a);
}

static void words_stay_the_words_they_are(void **state)
{
    (void)state;
    static const char *const rows[] = {"no",  "yes",   "on",   "off",      "~",   "null",
                                       "010", "1_000", "0x10", "12:30:45", "1e3", "2026-02-12",
                                       ".5",  "=",     "Ja",   "1.0",      "true"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        char text[64];
        snprintf(text, sizeof(text), "k: %s\n", rows[i]);
        assert_string_equal(node_of(parsed(&a, text)->root, "k")->text, rows[i]);
        arena_done(&a);
    }
}

static void files_from_windows_are_read(void **state)
{
    (void)state;
    struct arena a = {0};
    struct yaml_file *f = parsed(&a, "\xEF\xBB\xBF"
                                     "a: b\r\nc: d\r\n");
    assert_string_equal(f->root->pairs[0].key, "a");
    assert_int_equal(node_of(f->root, "a")->column, 4);
    assert_string_equal(node_of(f->root, "c")->text, "d");
    assert_int_equal(node_of(f->root, "c")->line, 2);
    arena_done(&a);
}

static void empty_files_have_no_root(void **state)
{
    (void)state;
    static const char *const rows[] = {"",      "\n\n",         "# only a word\n",
                                       "---\n", "\xEF\xBB\xBF", "   \n"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        assert_null(parsed(&a, rows[i])->root);
        arena_done(&a);
    }
}

static void faults_are_shown_where_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want, *remedy;
    } rows[] = {
        {"a: 1\nb: 2\na: 3\n", "x.yaml:3:1: a stands here twice, first in line 1",
         "keep one of the two"},
        {"a: {b: 1, b: 2}\n", "x.yaml:1:11: b stands here twice, first in line 1",
         "keep one of the two"},
        {"a: 1\n\tb: 2\n", "x.yaml:2:1: a tab", "write blanks instead"},
        {"a: x\ty\n", "x.yaml:1:5: a tab", "write blanks instead"},
        {"æøå: 1\nb: \xF8\n", "x.yaml:2:4: byte 0xf8 is not UTF-8 (in Windows-1252 it is \"ø\")",
         "save the file with the encoding UTF-8"},
        {"æøå: \xC3\n", "x.yaml:1:6: byte 0xc3 is not UTF-8",
         "save the file with the encoding UTF-8"},
        {"a: \xED\xA0\x80\n", "x.yaml:1:4: byte 0xed is not UTF-8", NULL},
        {"\xFF\xFE"
         "a: b\n",
         "x.yaml:1:1: byte 0xff is not UTF-8", NULL},
        {"a: \x01\n", "x.yaml:1:4: an invisible control character",
         "delete it and type the text anew"},
        {"a: \xC2\x85\n", "x.yaml:1:4: an invisible control character", NULL},
        {"a: b\xE2\x80\xA8\n", "x.yaml:1:5: an invisible control character", NULL},
        {"a: b\xEF\xBB\xBF\n", "x.yaml:1:5: an invisible control character", NULL},
        {"a: b\rc: d\n", "x.yaml:1:5: a carriage return alone", NULL},
        {"a: \"\\x01\"\n", "x.yaml:1:4: a control character in a text", NULL},
        {"a: \"\\0\"\n", "x.yaml:1:4: a control character in a text", NULL},
        {"a: \"\\x9b\"\n", "x.yaml:1:4: a control character in a text", NULL},
        {"a: \"\\r\\n\"\n", "x.yaml:1:4: a control character in a text", NULL},
        {"a: \"\\uFEFF\"\n", "x.yaml:1:4: a control character in a text", NULL},
        {"a: \"\\L\"\n", "x.yaml:1:4: a control character in a text", NULL},
        {"a: 1\n---\nb: 2\n", "x.yaml:2:1: a second document begins here", NULL},
        {"a: 1\n...\nb: 2\n", "x.yaml:3:1: this does not fit what stands above it", NULL},
        {"a: &x 1\n", "x.yaml:1:4: anchors (&name) are not supported", NULL},
        {"a: &x [1]\n", "x.yaml:1:4: anchors (&name) are not supported", NULL},
        {"a: *x\n", "x.yaml:1:4: aliases (*name) are not supported", NULL},
        {"a: !!int 3\n", "x.yaml:1:4: tags (!name) are not supported", NULL},
        {"a: ! b\n", "x.yaml:1:4: tags (!name) are not supported", NULL},
        {"title: Trivsel: en samtale\n", "x.yaml:1:15: \": \" does not fit here",
         "a text that holds \": \" stands in quotes; keys that belong together start in the same "
         "column"},
        {"title: x\n number: 2\n", "x.yaml:2:8: \": \" does not fit here", NULL},
        {"  title: x\nnumber: 2\n", "x.yaml:2:1: this does not fit what stands above it", NULL},
        {"title: \"x\nnumber: 2\n", "x.yaml:1:8: a quote that begins here never ends",
         "add the missing quote"},
        {"title: 'x\n", "x.yaml:1:8: a quote that begins here never ends", "add the missing quote"},
        {"a: \"C:\\Users\"\n", "x.yaml:1:9: an unknown escape with \\", NULL},
        {"a: \"\\Kari\"\n", "x.yaml:1:5: an unknown escape with \\", NULL},
        {"a: [1, 2\nb: 3\n", "x.yaml:2:2: a list that began with [ goes wrong here", NULL},
        {"a: {b: 1\nc: 3\n", "x.yaml:2:2: a map that began with { goes wrong here", NULL},
        {"a: @kari\n", "x.yaml:1:4: a text may not begin with this character",
         "put the text in quotes"},
        {"a: `x`\n", "x.yaml:1:4: a text may not begin with this character",
         "put the text in quotes"},
        {"a: b\njust words\n", "x.yaml:3:1: a line that is neither a key nor the text of one",
         NULL},
        {"a: - b\n", "x.yaml:1:4: a list may not begin here", NULL},
        {"? [a]\n: b\n", "x.yaml:1:3: a key must be a word", "write key: value"},
        {"a: {\"\": b}\n", "x.yaml:1:5: a key is missing in front of the colon",
         "write key: value"},
        {"title: Episode #3 om trivsel\n",
         "x.yaml:1:16: a # in a text without quotes cuts it off here",
         "put the whole text in quotes; a comment has a blank behind its #"},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
         "x.yaml:1:33: lists and maps are nested too deep", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct yaml_file *f = NULL;
        struct err e = {0};
        int r = yaml_parse(&a, rows[i].text, strlen(rows[i].text), "x.yaml", &f, &e);
        if (r >= 0)
            print_error("not refused: %s\n", rows[i].text);
        assert_true(r < 0);
        assert_null(f);
        refused(&e, rows[i].want, rows[i].remedy);
        arena_done(&a);
    }
}

static void the_line_stands_below_with_a_caret(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"# æ\næøå: {b: 1, b: 2}\r\nc: d\n", "x.yaml:2:13: b stands here twice, first in line 2\n"
                                             "  æøå: {b: 1, b: 2}\n"
                                             "              ^\n"
                                             "keep one of the two"},
        {"a: x\x1b[31m\n", "x.yaml:1:5: an invisible control character\n"
                           "  a: x\xEF\xBF\xBD[31m\n"
                           "      ^\n"
                           "delete it and type the text anew"},
        {"a: \xF8\xE5\n", "x.yaml:1:4: byte 0xf8 is not UTF-8 (in Windows-1252 it is \"ø\")\n"
                          "  a: \xEF\xBF\xBD\xEF\xBF\xBD\n"
                          "     ^\n"
                          "save the file with the encoding UTF-8"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct yaml_file *f;
        struct err e = {0};
        assert_true(yaml_parse(&a, rows[i].text, strlen(rows[i].text), "x.yaml", &f, &e) < 0);
        assert_string_equal(e.text, rows[i].want);
        arena_done(&a);
    }
}

static void long_lines_are_shown_around_the_place(void **state)
{
    (void)state;
    struct arena a = {0};
    char text[2000];
    memset(text, 'x', sizeof(text));
    memcpy(text, "a: \"", 4);
    memcpy(text + 1000, "\", ", 3);
    memcpy(text + 1900, "\n", 2);
    struct yaml_file *f;
    struct err e = {0};
    assert_true(yaml_parse(&a, text, strlen(text), "x.yaml", &f, &e) < 0);
    assert_true(strlen(e.text) < 500);
    const char *line = strchr(e.text, '\n') + 1, *caret = strchr(line, '^');
    assert_non_null(caret);
    assert_true(str_starts(line, "  …"));
    arena_done(&a);
}

static void plain_hashes_are_fine(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"k: C#\n", "C#"},
        {"k: a#b\n", "a#b"},
        {"k: \"Episode #3\"\n", "Episode #3"},
        {"k: a # b\n", "a"},
        {"k: a ##\n", "a"},
        {"k: a #\n", "a"},
        {"k: https://example.org/#x\n", "https://example.org/#x"},
        {"k: ø #\r\n", "ø"},
        {"j: æøå\nk: b # c\n", "b"},
        {"k: |\n  a #b\n", "a #b\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        assert_string_equal(node_of(parsed(&a, rows[i].text)->root, "k")->text, rows[i].want);
        arena_done(&a);
    }
}

static void too_much_is_refused(void **state)
{
    (void)state;
    struct arena a = {0};
    struct yaml_file *f;
    struct err e = {0};
    size_t len = (1 << 20) + 1;
    char *text = mem_alloc(len + 1);
    memset(text, ' ', len);
    assert_true(yaml_parse(&a, text, len, "x.yaml", &f, &e) < 0);
    refused(&e, "x.yaml: larger than 1024 KiB", NULL);
    struct str s;
    str_init(&s, STR_MAX);
    for (int i = 0; i < 1001; i++)
        str_addf(&s, "k%d: v\n", i);
    assert_true(yaml_parse(&a, s.p, s.len, "x.yaml", &f, &e) < 0);
    refused(&e, "x.yaml:1001:1: more than 1000 keys in one map", NULL);
    str_clear(&s);
    for (int i = 0; i < 100000; i++)
        str_add(&s, "[");
    assert_true(yaml_parse(&a, s.p, s.len, "x.yaml", &f, &e) < 0);
    refused(&e, "x.yaml:1:33: lists and maps are nested too deep", NULL);
    str_done(&s);
    free(text);
    arena_done(&a);
}

struct target {
    const char *text, *prose, *day, *choice, *url, *file;
    int64_t number, date, month;
    double real;
    bool flag;
    tick time;
    struct texts texts;
    const struct node *node;
};
static const char *const colors[] = {"red", "green", NULL};
#define T(field) offsetof(struct target, field)
static const struct key keys[] = {
    {"text", KEY_TEXT, T(text), false, 0, 10, NULL, "a text"},
    {"prose", KEY_PROSE, T(prose), false, 0, 20, NULL, NULL},
    {"number", KEY_INT, T(number), false, 1, 5000, NULL, "the number; for example 2"},
    {"real", KEY_REAL, T(real), false, -40, 0, NULL, NULL},
    {"flag", KEY_BOOL, T(flag), false, 0, 0, NULL, NULL},
    {"time", KEY_TIME, T(time), false, 0, 0, NULL, NULL},
    {"date", KEY_DATE, T(date), false, 0, 0, NULL, NULL},
    {"day", KEY_DAY, T(day), false, 0, 0, NULL, NULL},
    {"month", KEY_MONTH, T(month), false, 0, 0, NULL, NULL},
    {"choice", KEY_CHOICE, T(choice), false, 0, 0, colors, NULL},
    {"url", KEY_URL, T(url), false, 0, 0, NULL, NULL},
    {"file", KEY_FILE, T(file), false, 0, 0, NULL, NULL},
    {"texts", KEY_TEXTS, T(texts), false, 0, 0, NULL, NULL},
    {"colors", KEY_TEXTS, T(texts), false, 0, 0, colors, NULL},
    {"node", KEY_NODE, T(node), false, 0, 0, NULL, NULL},
    {"aside", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL, NULL},
    {"later", KEY_LATER, KEY_NOWHERE, false, 0, 0, NULL, NULL},
    {"trim", KEY_LATER, KEY_NOWHERE, false, 0, 0, (const char *const[]){"off", NULL}, NULL},
};

static int read_keys(struct arena *a, const char *text, struct target *t, struct err *e)
{
    struct yaml_file *f;
    int r = yaml_parse(a, text, strlen(text), "x.yaml", &f, e);
    return r < 0 ? r : keys_read(a, f->root, keys, COUNT(keys), "the thing", t, e);
}

static void wrong_values_are_refused_with_the_right_one(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want, *remedy;
    } rows[] = {
        {"numbr: 1\n", "x.yaml:1:1: unknown key numbr in the thing", "write number"},
        {"a: 1\n", "x.yaml:1:1: unknown key a in the thing", NULL},
        {"- a\n", "x.yaml:1:1: the thing must be a map of keys", NULL},
        {"text:\n", "x.yaml:1:6: text has no value", "write a value, or delete the line"},
        {"text: \"\"\n", "x.yaml:1:7: text is empty", "a text"},
        {"text: \"  \"\n", "x.yaml:1:7: text is empty", "a text"},
        {"text: [a]\n", "x.yaml:1:7: text must be text, here is a list", "text: a text"},
        {"text: {a: b}\n", "x.yaml:1:7: text must be text, here is a map", "text: a text"},
        {"text: 12345678901\n", "x.yaml:1:7: text has 11 characters, at most 10 fit", "shorten it"},
        {"text: |\n  a\n  b\n", "x.yaml:1:7: text has several lines", "write it in one line"},
        {"number: 010\n", "x.yaml:1:9: number must be a whole number, here is \"010\"", "write 10"},
        {"number: 000\n", "x.yaml:1:9: number must be a whole number, here is \"000\"", "write 0"},
        {"number: 2.0\n", "x.yaml:1:9: number must be a whole number, here is \"2.0\"", "write 2"},
        {"number: 2.5\n", "x.yaml:1:9: number must be a whole number, here is \"2.5\"",
         "number: the number; for example 2"},
        {"number: 0x10\n", "x.yaml:1:9: number must be a whole number, here is \"0x10\"",
         "number: the number; for example 2"},
        {"number: 1_000\n", "x.yaml:1:9: number must be a whole number, here is \"1_000\"", NULL},
        {"number: +2\n", "x.yaml:1:9: number must be a whole number, here is \"+2\"", "write 2"},
        {"number: 1e3\n", "x.yaml:1:9: number must be a whole number, here is \"1e3\"", NULL},
        {"number: to\n", "x.yaml:1:9: number must be a whole number, here is \"to\"", NULL},
        {"number: \"2\"\n", "x.yaml:1:9: number must be a whole number, here is text in quotes",
         "write it without quotes"},
        {"number: 0\n", "x.yaml:1:9: number must be from 1 to 5000", NULL},
        {"number: 99999999999999999999\n",
         "x.yaml:1:9: number must be a whole number, here is \"99999999999999999999\"", NULL},
        {"number: [2]\n", "x.yaml:1:9: number must be a whole number, here is a list", NULL},
        {"real: -16,5\n", "x.yaml:1:7: real must be a number, here is \"-16,5\"",
         "write a point instead of the comma"},
        {"real: nan\n", "x.yaml:1:7: real must be a number, here is \"nan\"", NULL},
        {"real: 3\n", "x.yaml:1:7: real must be from -40 to 0", NULL},
        {"flag: yes\n", "x.yaml:1:7: flag must be true or false, here is \"yes\"", "write true"},
        {"flag: no\n", "x.yaml:1:7: flag must be true or false, here is \"no\"", "write false"},
        {"flag: True\n", "x.yaml:1:7: flag must be true or false, here is \"True\"", "write true"},
        {"flag: nei\n", "x.yaml:1:7: flag must be true or false, here is \"nei\"", "write false"},
        {"flag: kanskje\n", "x.yaml:1:7: flag must be true or false, here is \"kanskje\"",
         "write true or false"},
        {"flag: \"true\"\n", "x.yaml:1:7: flag must be true or false, here is text in quotes",
         "write true or false without quotes"},
        {"time: 00:12:01,5\n", "x.yaml:1:7: time must be a time, here is \"00:12:01,5\"",
         "write hours:minutes:seconds, as in 00:03:10 or 00:12:01.5"},
        {"time: 1:60\n", "x.yaml:1:7: time must be a time, here is \"1:60\"", NULL},
        {"date: 2026-02-30T09:00:00+01:00\n",
         "x.yaml:1:7: date must be a date with time and zone, here is "
         "\"2026-02-30T09:00:00+01:00\"",
         "write it like 2026-02-12T09:00:00+01:00"},
        {"date: 2026-02-12\n",
         "x.yaml:1:7: date must be a date with time and zone, here is \"2026-02-12\"",
         "add the time and the zone: 2026-02-12T09:00:00+01:00"},
        {"date: 12.02.2026\n",
         "x.yaml:1:7: date must be a date with time and zone, here is \"12.02.2026\"", NULL},
        {"date: 0206-02-12T09:00:00Z\n", "x.yaml:1:7: date is in the year 206", "check the year"},
        {"day: 2026-02-29\n",
         "x.yaml:1:6: day must be a day of the calendar, here is \"2026-02-29\"",
         "write year-month-day, as in 2026-02-03"},
        {"day: 3. februar\n",
         "x.yaml:1:6: day must be a day of the calendar, here is \"3. februar\"", NULL},
        {"month: 2026-13\n", "x.yaml:1:8: month must be a month, here is \"2026-13\"",
         "write year-month, as in 2026-02"},
        {"month: 2026-2\n", "x.yaml:1:8: month must be a month, here is \"2026-2\"", NULL},
        {"month: 2026-02-01\n", "x.yaml:1:8: month must be a month, here is \"2026-02-01\"", NULL},
        {"month: 202602\n", "x.yaml:1:8: month must be a month, here is \"202602\"", NULL},
        {"choice: gren\n", "x.yaml:1:9: choice cannot be \"gren\"", "write green"},
        {"choice: purple\n", "x.yaml:1:9: choice cannot be \"purple\"", "known: red, green"},
        {"url: example.org\n", "x.yaml:1:6: url must be a web address, here is \"example.org\"",
         "write it with https:// in front"},
        {"url: javascript:alert(1)\n",
         "x.yaml:1:6: url must be a web address, here is \"javascript:alert(1)\"", NULL},
        {"url: https://\n", "x.yaml:1:6: url must be a web address, here is \"https://\"", NULL},
        {"url: https://a b/\n", "x.yaml:1:6: url must be a web address, here is \"https://a b/\"",
         NULL},
        {"url: https://a/b c\n", "x.yaml:1:6: url must be a web address, here is \"https://a/b c\"",
         "write %20 instead of \" \""},
        {"url: https://bodø.no/\n",
         "x.yaml:1:6: url must be a web address with an ASCII host, here is \"https://bodø.no/\"",
         NULL},
        {"url: https://u@a.no/\n",
         "x.yaml:1:6: url must be a web address, here is \"https://u@a.no/\"", NULL},
        {"url: https://a.no:99999999/\n",
         "x.yaml:1:6: url must be a web address, here is \"https://a.no:99999999/\"", NULL},
        {"file: C:\\a\n", "x.yaml:1:7: file has a backslash",
         "write / between the folders; on WSL the disk C: is /mnt/c"},
        {"texts: [a, [b]]\n", "x.yaml:1:12: texts must be text, here is a list", NULL},
        {"texts: {a: b}\n", "x.yaml:1:8: texts must be a list of texts, here is a map", NULL},
        {"texts: [a, \"\"]\n", "x.yaml:1:12: texts is empty", NULL},
        {"colors: [red, gren]\n", "x.yaml:1:15: colors cannot be \"gren\"", "write green"},
        {"later: x\n", "x.yaml:1:8: later is not supported yet in this version", "delete it"},
        {"later: [x]\n", "x.yaml:1:8: later is not supported yet in this version", "delete it"},
        {"later:\n", "x.yaml:1:7: later is not supported yet in this version", "delete it"},
        {"trim: auto\n", "x.yaml:1:7: trim is not supported yet in this version",
         "delete it, or write trim: off"},
        {"trim: [off]\n", "x.yaml:1:7: trim is not supported yet in this version",
         "delete it, or write trim: off"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct target t = {0};
        struct err e = {0};
        int r = read_keys(&a, rows[i].text, &t, &e);
        if (r >= 0)
            print_error("not refused: %s\n", rows[i].text);
        assert_true(r < 0);
        refused(&e, rows[i].want, rows[i].remedy);
        arena_done(&a);
    }
}

static void right_values_are_read(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    struct target t = {0};
    const char *text =
        "text: no\nprose: |\n  a\n  b\nnumber: 5000\nreal: -16.5\nflag: true\ntime: "
        "\"00:00:01.5\"\n"
        "date: 2026-02-12T09:00:00+01:00\nday: 2026-02-03\nmonth: 2026-02\nchoice: red\n"
        "url: https://example.org/Meløy?a=b#c\nfile: ../å/x y.wav\ntexts: [a, 010]\nnode: {x: "
        "[1]}\n"
        "aside: 1\ntrim: off\n";
    int r = read_keys(&a, text, &t, &e);
    if (r < 0)
        print_error("%s\n", e.text);
    assert_int_equal(r, 0);
    assert_string_equal(t.text, "no");
    assert_string_equal(t.prose, "a\nb");
    assert_int_equal(t.number, 5000);
    assert_true(t.real == -16.5);
    assert_true(t.flag);
    assert_true(t.time == TICKS_PER_SEC * 3 / 2);
    assert_int_equal(t.date, 1770883200);
    assert_string_equal(t.day, "2026-02-03");
    assert_int_equal(t.month, 202602);
    assert_string_equal(t.choice, "red");
    assert_string_equal(t.url, "https://example.org/Mel%C3%B8y?a=b#c");
    assert_string_equal(t.file, "../å/x y.wav");
    assert_int_equal(t.texts.count, 2);
    assert_string_equal(t.texts.items[1], "010");
    assert_int_equal(t.texts.nodes[1]->column, 12);
    assert_int_equal(t.node->kind, NODE_MAP);
    assert_int_equal(read_keys(&a, "texts: alone\n", &t, &e), 0);
    assert_int_equal(t.texts.count, 1);
    assert_int_equal(read_keys(&a, "text: \"010\"\n", &t, &e), 0);
    assert_string_equal(t.text, "010");
    assert_int_equal(t.number, 5000); // what is not there stays
    arena_done(&a);
}

static void missing_keys_are_named(void **state)
{
    (void)state;
    static const struct key required[] = {
        {"title", KEY_TEXT, T(text), true, 0, 0, NULL, "the name; for example Trivsel"},
        {"number", KEY_INT, T(number), false, 0, 9, NULL, NULL},
    };
    struct arena a = {0};
    struct err e = {0};
    struct target t = {0};
    struct yaml_file *f = parsed(&a, "# x\n\nnumber: 2\n");
    assert_true(keys_read(&a, f->root, required, 2, "the episode", &t, &e) < 0);
    refused(&e, "x.yaml:3:1: the episode has no title", "add title: the name; for example Trivsel");
    arena_done(&a);
}

static void the_nearest_word_is_found(void **state)
{
    (void)state;
    static const char *const names[] = {
        "title", "number", "recordings", "captions", "Society & Culture", "no"};
    static const struct {
        const char *word, *want;
    } rows[] = {
        {"tittel", "title"},
        {"Title", "title"},
        {"titel", "title"},
        {"nubmer", "number"},
        {"recording", "recordings"},
        {"caption", "captions"},
        {"society & culture", "Society & Culture"},
        {"xyz", NULL},
        {"", NULL},
        {"on", "no"},
        {"a-word-of-more-than-sixty-four-characters-that-no-table-of-ours-will-ever-hold", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = nearest_of(rows[i].word, names, COUNT(names));
        assert_true(str_same(got, rows[i].want));
    }
}

static void paths_stay_in_the_show(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int levels;
        bool inside;
    } rows[] = {
        {"a.png", 0, true},       {"./a.png", 0, true},          {"b/../a.png", 0, true},
        {"../a.png", 1, true},    {"../a.png", 0, false},        {"../../a.png", 2, true},
        {"../../../a", 2, false}, {"b/../../a", 0, false},       {"/etc/passwd", 2, false},
        {"~/a.png", 2, false},    {"../x/../../../a", 2, false}, {"..a/b..", 0, true},
    };
    struct arena a = {0};
    const struct node *n = parsed(&a, "k: v\n")->root;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(node_path_inside(n, rows[i].path, rows[i].levels, NULL) >= 0,
                         rows[i].inside);
    arena_done(&a);
}

// Whatever comes: a tree or a refusal in words, and no more.
static void damaged_files_are_read_or_refused(void **state)
{
    (void)state;
    static const char *const corpus[] = {
        "title: Trivsel i Meløy\nmonth: 2026-02  # x\nnumber: 2\nhost: [{name: Kari}]\nguest:\n  - "
        "name: \"Ola\"\n"
        "    consent: {date: 2026-02-03, scopes: [live, podcast]}\nchapters: [{at: \"00:00:00\", "
        "title: Hei}]\n",
        "text: 'it''s'\nprose: |\n  a\n\n  b\nurl: https://example.org/å\ntexts:\n- a\n- b\nnode: "
        "{a: [1, {b: c}]}\n",
    };
    unsigned seed = 20260212;
    for (int round = 0; round < 6000; round++) {
        struct arena a = {0};
        char text[1024];
        size_t len = strlen(corpus[round % 2]);
        memcpy(text, corpus[round % 2], len);
        damage(text, &len, &seed);
        struct yaml_file *f = NULL;
        struct err e = {0};
        struct target t = {0};
        int r = yaml_parse(&a, text, len, "x.yaml", &f, &e);
        if (r >= 0 && f->root)
            r = keys_read(&a, f->root, keys, COUNT(keys), "the thing", &t, &e);
        size_t bad_at;
        assert_true(r >= 0 || (e.kind == ERR_INPUT && str_starts(e.text, "x.yaml:")));
        assert_true(str_is_utf8(e.text, strlen(e.text), &bad_at));
        arena_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_is_read),
        cmocka_unit_test(words_stay_the_words_they_are),
        cmocka_unit_test(files_from_windows_are_read),
        cmocka_unit_test(empty_files_have_no_root),
        cmocka_unit_test(faults_are_shown_where_they_are),
        cmocka_unit_test(the_line_stands_below_with_a_caret),
        cmocka_unit_test(long_lines_are_shown_around_the_place),
        cmocka_unit_test(plain_hashes_are_fine),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(wrong_values_are_refused_with_the_right_one),
        cmocka_unit_test(right_values_are_read),
        cmocka_unit_test(missing_keys_are_named),
        cmocka_unit_test(the_nearest_word_is_found),
        cmocka_unit_test(paths_stay_in_the_show),
        cmocka_unit_test(damaged_files_are_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
