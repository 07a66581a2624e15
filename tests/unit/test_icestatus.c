// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/arena.h"
#include "net/icestatus.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "unit/refusal.h"

#define HEAD "{\"icestats\":{\"admin\":\"icemaster@localhost\",\"server_id\":\"Icecast 2.4.4\""
#define ONE(mount, rest) \
    "{\"genre\":\"Talk\",\"listeners\":7,\"listenurl\":\"http://localhost:8000" mount "\"" rest "}"

static void pages(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good, up;
        int listeners, mounts;
        const char *title;
    } rows[] = {
        {HEAD ",\"dummy\":null}}", true, false, -1, 0, ""},
        {HEAD ",\"source\":" ONE("/a.mp3", ",\"title\":\"Trivsel i Meløy\"") "}}", true, true, 7, 1,
         "Trivsel i Meløy"},
        {HEAD ",\"source\":" ONE("/a.mp3", "") "}}", true, true, 7, 1, ""},
        {HEAD ",\"source\":" ONE("/a.mp3", ",\"title\":null") "}}", true, true, 7, 1, ""},
        {HEAD ",\"source\":" ONE("/a.mp3", ",\"title\":2026") "}}", true, true, 7, 1, "2026"},
        {HEAD ",\"source\":" ONE("/a.mp3x", "") "}}", true, false, -1, 1, ""},
        {HEAD ",\"source\":" ONE("/b/a.mp3", "") "}}", true, false, -1, 1, ""},
        {HEAD ",\"source\":[" ONE("/b", "") "," ONE("/a.mp3", ",\"title\":\"x\"") "," ONE("/c",
                                                                                          "") "]}}",
         true, true, 7, 3, "x"},
        {HEAD ",\"source\":[{\"dummy\":null}," ONE("/a.mp3", "") "]}}", true, true, 7, 2, ""},
        {HEAD ",\"source\":{\"listenurl\":\"http://x/a.mp3\"}}}", true, true, -1, 1, ""},
        {HEAD ",\"source\":{\"listenurl\":\"http://x/a.mp3\",\"listeners\":\"many\"}}}", true, true,
         -1, 1, ""},
        {HEAD ",\"source\":{\"listenurl\":\"http://x/a.mp3\",\"listeners\":-13}}}", true, true, -1,
         1, ""},
        {HEAD ",\"source\":{\"listenurl\":\"http://x/a.mp3\",\"listeners\":4294967299}}}", true,
         true, -1, 1, ""},
        {HEAD ",\"source\":{\"listenurl\":17}}}", true, false, -1, 1, ""},
        {HEAD ",\"source\":null}}", true, false, -1, 0, ""},
        {HEAD ",\"source\":\"x\"}}", true, false, -1, 0, ""},
        // Icecast 2.4.4 in its first second, and with the title ".5"
        {"{\"icestats\":\"server_start\":\"Sat\",\"dummy\":null}}", false, false, -1, 0, ""},
        {HEAD ",\"source\":" ONE("/a.mp3", ",\"title\":.5") "}}", false, false, -1, 0, ""},
        {"<html>404</html>", false, false, -1, 0, ""},
        {"{}", false, false, -1, 0, ""},
        {"[]", false, false, -1, 0, ""},
        {"", false, false, -1, 0, ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct icestatus s;
        struct err e = {0};
        int r = icestatus_parse(rows[i].text, strlen(rows[i].text), "/a.mp3", &s, &e);
        if ((r >= 0) != rows[i].good || s.up != rows[i].up || s.listeners != rows[i].listeners ||
            s.mounts != rows[i].mounts || strcmp(s.title, rows[i].title) != 0)
            fail_msg("row %zu: %d, up %d, %d listeners, %d mounts, '%s'", i, r, s.up, s.listeners,
                     s.mounts, s.title);
        if (r < 0)
            assert_int_equal(e.kind, ERR_REMOTE);
    }
}

static void long_title(void **state)
{
    (void)state;
    char text[4000] = HEAD ",\"source\":{\"listenurl\":\"http://x/a.mp3\",\"title\":\"";
    for (int i = 0; i < 300; i++)
        strncat(text, "ø", sizeof(text) - strlen(text) - 1);
    strncat(text, "\"}}}", sizeof(text) - strlen(text) - 1);
    struct icestatus s;
    size_t bad;
    assert_true(icestatus_parse(text, strlen(text), "/a.mp3", &s, NULL) >= 0);
    assert_true(strlen(s.title) > 250);
    assert_true(str_is_utf8(s.title, strlen(s.title), &bad));
}

// What a server says is not to be trusted.
static void damaged_pages(void **state)
{
    (void)state;
    static const char good[] = HEAD ",\"source\":[" ONE("/a.mp3", ",\"title\":\"x\"") "]}}";
    unsigned seed = 1;
    for (int i = 0; i < 3000; i++) {
        char text[sizeof(good) + 32];
        size_t len = sizeof(good) - 1, bad;
        struct icestatus s;
        memcpy(text, good, sizeof(good));
        for (int k = 0; k < 3; k++)
            damage(text, &len, &seed);
        icestatus_parse(text, len, "/a.mp3", &s, NULL);
        assert_true(str_is_utf8(s.title, strlen(s.title), &bad));
        assert_true(s.mounts >= 0 && (s.up || s.listeners == -1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages),
        cmocka_unit_test(long_title),
        cmocka_unit_test(damaged_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
