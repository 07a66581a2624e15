// SPDX-License-Identifier: GPL-3.0-or-later
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"

static void grows_and_stays_terminated(void **state)
{
    (void)state;
    struct str s;
    str_init(&s, 100000);
    assert_string_equal(s.p, "");
    for (int i = 0; i < 9000; i++)
        str_addf(&s, "%d,", i % 10);
    assert_int_equal(s.len, 18000);
    assert_int_equal(strlen(s.p), 18000);
    assert_false(s.over);
    str_clear(&s);
    str_add(&s, NULL);
    assert_string_equal(s.p, "");
    str_done(&s);
    str_done(&s);
}

static void nothing_follows_what_did_not_fit(void **state)
{
    (void)state;
    struct str s;
    str_init(&s, 10);
    str_add(&s, "0123456789");
    assert_false(s.over);
    str_addc(&s, 'x');
    assert_true(s.over);
    assert_string_equal(s.p, "0123456789");
    str_clear(&s);
    str_add(&s, "01234567");
    str_addf(&s, "%d", 1234);
    str_add(&s, "9"); // would fit, but behind a hole
    assert_string_equal(s.p, "01234567");
    assert_true(s.over);
    str_done(&s);
}

static void fits_between_two_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", ""},
        {"Meloy", "Meloy"},
        {"Meløy", "Meløy"},
        {"Melandø", "Meland"},
        {"Melan€", "Melan"},
        {"Me\xffy", "Me\xef\xbf\xbdy"},
        {"abcdefghijk", "abcdefg"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char got[8];
        str_fit(got, sizeof(got), rows[i].text);
        assert_string_equal(got, rows[i].want);
    }
}

static void reals_have_the_asked_decimals_and_no_negative_zero(void **state)
{
    (void)state;
    static const struct {
        double value;
        int decimals;
        const char *want;
    } rows[] = {
        {1.5, 2, "1.50"},
        {-16, 1, "-16.0"},
        {-0.04, 1, "0.0"},
        {-0.05001, 1, "-0.1"},
        {0.5, 0, "0"},
        {-0.0, 0, "0"},
        {1e21, 0, "1000000000000000000000"},
        {-INFINITY, 1, "-inf"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str s;
        str_init(&s, 1000);
        str_add(&s, "-");
        str_add_real(&s, rows[i].value, rows[i].decimals);
        assert_string_equal(s.p + 1, rows[i].want);
        assert_int_equal(s.len, strlen(s.p));
        str_done(&s);
    }
}

static void numbers_do_not_follow_the_locale(void **state)
{
    (void)state;
    // whichever of these is there writes a comma; where none is, nothing is proved here
    static const char *const names[] = {"nb_NO.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8"};
    for (size_t i = 0; i < COUNT(names) && !setlocale(LC_ALL, names[i]); i++)
        ;
    struct str s;
    str_init(&s, 1000);
    double back = 0;
    str_add_real(&s, 1.5, 1);
    str_addf(&s, " %.1f", 2.5);
    assert_string_equal(s.p, "1.5 2.5");
    assert_true(str_to_real("1.5", &back));
    assert_true(back == 1.5);
    str_done(&s);
    setlocale(LC_ALL, "C");
}

static void utf8_is_strict(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len, bad_at; // bad_at == len: valid
    } rows[] = {
        {"", 0, 0},
        {"Meløy", 6, 6},
        {"\xf0\x9f\x8e\x99", 4, 4},
        {"\xef\xbf\xbf", 3, 3},
        {"\xf4\x8f\xbf\xbf", 4, 4},
        {"a\0b", 3, 1},
        {"a\x80", 2, 1},
        {"\xc0\xaf", 2, 0},         // overlong '/'
        {"\xc1\xbf", 2, 0},         // overlong
        {"\xe0\x9f\xbf", 3, 0},     // overlong
        {"\xf0\x8f\xbf\xbf", 4, 0}, // overlong
        {"ab\xed\xa0\x80", 5, 2},   // surrogate
        {"\xf4\x90\x80\x80", 4, 0}, // above U+10FFFF
        {"\xf5\x80\x80\x80", 4, 0},
        {"\xff", 1, 0},
        {"abc\xc3", 4, 3},     // cut off
        {"abc\xc3\xb8", 4, 3}, // cut off by the length alone
        {"\xe2\x82", 2, 0},    // cut off
        {"\xe2\x82x", 3, 0},
        {"\xf0\x9f\x8e", 3, 0}, // cut off
        {"\xe5", 1, 0},         // Latin-1 å
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t bad_at = rows[i].len;
        bool ok = str_is_utf8(rows[i].text, rows[i].len, &bad_at);
        assert_int_equal(ok, rows[i].bad_at == rows[i].len);
        assert_int_equal(bad_at, rows[i].bad_at);
        assert_int_equal(str_is_utf8(rows[i].text, rows[i].len, NULL), ok);
    }
}

static void repair_replaces_each_wrong_byte(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"Meløy", "Meløy"},
        {"Mel\xf8y", "Mel\xef\xbf\xbdy"},
        {"\xff\xc3\xa6\xc3", "\xef\xbf\xbdæ\xef\xbf\xbd"},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str s;
        str_init(&s, 1000);
        str_add_utf8(&s, rows[i].text);
        assert_string_equal(s.p, rows[i].want);
        str_done(&s);
    }
}

static void slugs_fold_the_letters_of_the_north(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"Trivsel i Meløy", "trivsel-i-meloy"},
        {"  Å, så RART! – «ja»  ", "a-sa-rart-ja"},
        {"Ærlig talt", "aerlig-talt"},
        {"Sør-Varanger", "sor-varanger"},
        {"Čáhppesjávri ŋ đ š ŧ ž", "cahppesjavri-n-d-s-t-z"},
        {"ČÁĐŊŠŦŽ", "cadnstz"},
        {"Bååstede ïjje Öövre", "baastede-ijje-oovre"},
        {"Ärger über Größe, né", "arger-uber-grosse-ne"},
        {"A\xcc\x8asen", "asen"}, // letter and ring as two characters
        {"2026-02-trivsel", "2026-02-trivsel"},
        {"a---b___c", "a-b-c"},
        {"../../etc/passwd", "etc-passwd"},
        {"Mel\xf8y", "mel-y"},
        {"日本", "x"},
        {"-", "x"},
        {"", "x"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str s;
        str_init(&s, 1000);
        str_add_slug(&s, rows[i].text);
        assert_string_equal(s.p, rows[i].want);
        str_done(&s);
    }
}

static void urls_are_ascii(void **state)
{
    (void)state;
    struct str s;
    str_init(&s, 1000);
    str_add_url(&s, "media/Meløy 100%.mp3?a#b~");
    assert_string_equal(s.p, "media/Mel%C3%B8y%20100%25.mp3%3Fa%23b~");
    str_done(&s);
}

static void base64_is_padded(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"}, // RFC 4648 §10
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str s;
        str_init(&s, 100);
        str_add_base64(&s, rows[i][0], strlen(rows[i][0]));
        assert_string_equal(s.p, rows[i][1]);
        str_done(&s);
    }
}

static void whole_numbers_are_plain_decimal(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t want;
    } rows[] = {
        {"0", true, 0},
        {"42", true, 42},
        {"-7", true, -7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"010", false, 0},
        {"00", false, 0},
        {"-0", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"0x1", false, 0},
        {"-", false, 0},
        {"", false, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t v = 99;
        assert_int_equal(str_to_int(rows[i].text, &v), rows[i].ok);
        assert_true(v == (rows[i].ok ? rows[i].want : 99));
    }
}

static void reals_are_plain_decimal(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        double want;
    } rows[] = {
        {"1.5", true, 1.5}, {"-16", true, -16},  {"1e3", true, 1000}, {"2.5E-1", true, 0.25},
        {"0", true, 0},     {"0.1", true, 0.1},  {"01.5", false, 0},  {".5", false, 0},
        {"5.", false, 0},   {"1e", false, 0},    {"1e+", false, 0},   {"nan", false, 0},
        {"inf", false, 0},  {"1e999", false, 0}, {"0x1p3", false, 0}, {"1,5", false, 0},
        {"1.5 ", false, 0}, {" 1.5", false, 0},  {"+1", false, 0},    {"", false, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        double v = 99;
        assert_int_equal(str_to_real(rows[i].text, &v), rows[i].ok);
        assert_true(v == (rows[i].ok ? rows[i].want : 99));
    }
}

static void ends_are_compared(void **state)
{
    (void)state;
    assert_true(str_starts("episode.yaml", "episode"));
    assert_false(str_starts("ep", "episode"));
    assert_true(str_ends("a.mp3", ".mp3"));
    assert_false(str_ends("3", ".mp3"));
    assert_true(str_same(NULL, NULL));
    assert_false(str_same("", NULL));
    assert_true(str_same("a", "a"));
}

static void whole_numbers(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 7, -7, 10, 1795897629711500285, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT(values); i++) {
        char wanted[32];
        struct str s;
        str_init(&s, 100);
        snprintf(wanted, sizeof(wanted), "%lld", (long long)values[i]);
        str_add_int(&s, values[i]);
        assert_string_equal(s.p, wanted);
        str_done(&s);
    }
}

static void a_terminal_gets_nothing_it_would_obey(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
    } rows[] = {
        {"Bodø\tog\nMeløy", "Bodø\tog\nMeløy"},
        {"a\x1b[31mb\rc\x7f", "a\uFFFD[31mb\uFFFDc\uFFFD"},
        {"a\xC2\x9B"
         "31m\xC2\x85"
         "b",
         "a\uFFFD31m\uFFFDb"},
        {"a\xff\x9b", "a\uFFFD\uFFFD"},
        {"\u202Egpj.exe\u202C \u2066x\u2069\u200E\u200F\u061C", "gpj.exe x"},
        {"\U0001F469\u200D\U0001F4BB\u00A0", "\U0001F469\u200D\U0001F4BB\u00A0"},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str s;
        str_init(&s, 100);
        str_add_shown(&s, rows[i].text, strlen(rows[i].text));
        assert_string_equal(s.p, rows[i].shown);
        str_done(&s);
    }
}

static void a_text_turns_nothing_but_itself(void **state)
{
    (void)state;
    static const struct {
        const char *text, *balanced;
    } rows[] = {
        {"rett fram", "rett fram"},
        {"a\u202Eb", "a\u202Eb\u202C"},
        {"a\u202Eb\u202Cc", "a\u202Eb\u202Cc"},
        {"a\u202Cb\u2069c", "abc"},
        {"\u2067a\u202Eb\u2069c", "\u2067a\u202Eb\u202C\u2069c"},
        {"\u2067a\u202Cb", "\u2067ab\u2069"},
        {"\u202A\u2066\u202Ba", "\u202A\u2066\u202Ba\u202C\u2069\u202C"},
        {"\u200Ea\u061C", "\u200Ea\u061C"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str s;
        str_init(&s, 100);
        str_add_balanced(&s, rows[i].text);
        assert_string_equal(s.p, rows[i].balanced);
        str_done(&s);
    }
    struct str deep, out;
    str_init(&deep, 4000);
    str_init(&out, 8000);
    for (int i = 0; i < 1000; i++)
        str_add(&deep, "\u202E");
    str_add_balanced(&out, deep.p);
    assert_int_equal(out.len % 6, 0); // as many begin as end
    assert_true(out.len > 0 && out.len < deep.len);
    str_done(&deep);
    str_done(&out);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(grows_and_stays_terminated),
        cmocka_unit_test(nothing_follows_what_did_not_fit),
        cmocka_unit_test(fits_between_two_characters),
        cmocka_unit_test(reals_have_the_asked_decimals_and_no_negative_zero),
        cmocka_unit_test(numbers_do_not_follow_the_locale),
        cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(repair_replaces_each_wrong_byte),
        cmocka_unit_test(slugs_fold_the_letters_of_the_north),
        cmocka_unit_test(urls_are_ascii),
        cmocka_unit_test(base64_is_padded),
        cmocka_unit_test(whole_numbers_are_plain_decimal),
        cmocka_unit_test(reals_are_plain_decimal),
        cmocka_unit_test(ends_are_compared),
        cmocka_unit_test(a_terminal_gets_nothing_it_would_obey),
        cmocka_unit_test(a_text_turns_nothing_but_itself),
    };
    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
