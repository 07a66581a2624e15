// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "live/measures.h"
#include "live/statuspage.h"

static const char document[] =
    "{\"episode\":\"2026-12-trivsel\",\"title\":\"Trivsel <i> & \\\"Meløy\\\"\","
    "\"started\":\"2026-12-08T10:00:00Z\",\"elapsed_s\":754.25,\"on_slate\":true,\"slate_s\":2.5,"
    "\"late_s\":0,\"pictures_left_out\":3,\"cpu_s\":12.5,\"memory_bytes\":102506496,"
    "\"sources\":[{\"name\":\"obs\",\"state\":\"lost\",\"on_air\":false,\"format\":\"gone\","
    "\"buffered_s\":0}],"
    "\"loudness\":{\"momentary_lufs\":null,\"short_term_lufs\":-17.1,\"integrated_lufs\":-16.4,"
    "\"true_peak_dbtp\":-3.1,\"gain_db\":-0.04},"
    "\"endpoints\":[{\"name\":\"fyl\\\"ket\\\\\\n\",\"kind\":\"icecast\",\"state\":\"live\","
    "\"bytes\":9007199254740,\"dropped\":12,\"dropped_s\":0.5,\"connections\":3,\"failures\":2,"
    "\"queue_s\":0.1,\"listeners\":41,\"why\":\"it was down\"},"
    "{\"name\":\"side\",\"kind\":\"facebook\",\"state\":\"refused\",\"bytes\":0,\"connections\":0,"
    "\"why\":\"<b>wrong\",\"next_try_s\":30,\"viewers\":-1,\"status\":\"LIVE\","
    "\"warning\":\"low & slow\",\"health\":{\"receiving\":false}}],"
    "\"recordings\":[{\"kind\":\"received\",\"path\":\"/a/received.mkv\",\"bytes\":5,"
    "\"seconds\":1},{\"kind\":\"received\",\"path\":\"/a/received-2.mkv\",\"bytes\":6,"
    "\"seconds\":2}],\"marks\":[{\"at_s\":61.2,\"title\":\"Velkommen <3\"}]}";

static struct json *read_state(void)
{
    struct json *state;
    struct err e = {0};
    if (json_parse(document, strlen(document), "state", &state, &e) < 0)
        fail_msg("%s", e.text);
    return state;
}

static char *written(void)
{
    struct json *state = read_state();
    struct str out;
    str_init(&out, STR_MAX);
    measures_write(&out, state);
    json_free(state);
    assert_false(out.over);
    return out.p;
}

static bool has_line(const char *text, const char *line)
{
    size_t len = strlen(line);
    for (const char *at = text; (at = strstr(at, line)); at++)
        if ((at == text || at[-1] == '\n') && at[len] == '\n')
            return true;
    return false;
}

static void values_are_named_as_prometheus_asks(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "dgl_live_info{episode=\"2026-12-trivsel\",version=\"" DGL_VERSION "\"} 1",
        "dgl_live_start_time_seconds 1796724000",
        "dgl_live_elapsed_seconds 754.250",
        "dgl_live_slate 1",
        "dgl_live_slate_seconds_total 2.500",
        "dgl_live_loudness_lufs{window=\"short_term\"} -17.100",
        "dgl_live_loudness_gain_decibels -0.040",
        "process_resident_memory_bytes 102506496",
        "dgl_live_source_state{source=\"obs\",state=\"lost\"} 1",
        "dgl_live_source_state{source=\"obs\",state=\"live\"} 0",
        "dgl_live_source_on_air{source=\"obs\"} 0",
        "dgl_live_endpoint_state{endpoint=\"side\",kind=\"facebook\",state=\"refused\"} 1",
        "dgl_live_endpoint_state{endpoint=\"side\",kind=\"facebook\",state=\"live\"} 0",
        // a name with a quotation mark, a backslash and a line feed
        "dgl_live_endpoint_bytes_total{endpoint=\"fyl\\\"ket\\\\\\n\",kind=\"icecast\"} "
        "9007199254740",
        "dgl_live_endpoint_dropped_packets_total{endpoint=\"fyl\\\"ket\\\\\\n\",kind=\"icecast\"} "
        "12",
        "dgl_live_endpoint_reconnects_total{endpoint=\"fyl\\\"ket\\\\\\n\",kind=\"icecast\"} 2",
        "dgl_live_endpoint_reconnects_total{endpoint=\"side\",kind=\"facebook\"} 0",
        "dgl_live_endpoint_listeners{endpoint=\"fyl\\\"ket\\\\\\n\",kind=\"icecast\"} 41",
        "dgl_live_endpoint_far_side_receives{endpoint=\"side\",kind=\"facebook\"} 0",
        "dgl_live_recording_bytes{recording=\"received-2.mkv\",kind=\"received\"} 6",
        "# TYPE dgl_live_endpoint_bytes_total counter",
        "# TYPE dgl_live_endpoint_queue_seconds gauge",
    };
    char *text = written();
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (!has_line(text, lines[i]))
            fail_msg("no line %s in\n%s", lines[i], text);
    free(text);
}

static void what_is_not_known_has_no_line(void **state)
{
    (void)state;
    char *text = written();
    // silence has no loudness, the far side has not counted, there is no such value
    assert_null(strstr(text, "window=\"momentary\""));
    assert_null(strstr(text, "dgl_live_endpoint_listeners{endpoint=\"side\""));
    assert_null(strstr(text, "dgl_live_endpoint_far_side_receives{endpoint=\"fyl"));
    assert_null(strstr(text, "nan"));
    free(text);
}

// The grammar: each name's lines stand together behind one HELP and one TYPE of that name, counters
// end in _total, and no name comes with the same labels twice.
static void the_text_keeps_to_the_format(void **state)
{
    (void)state;
    char *text = written(), name[200] = "", type[20] = "", *line = text, *end;
    size_t len = strlen(text);
    assert_int_equal(text[len - 1], '\n');
    for (; *line; line = end + 1) {
        char of[200], kind[20];
        end = strchr(line, '\n');
        *end = '\0';
        if (sscanf(line, "# HELP %199s", of) == 1) {
            assert_null(strstr(end + 1, line));
            snprintf(name, sizeof name, "%s", of);
        } else if (sscanf(line, "# TYPE %199s %19s", of, kind) == 2) {
            assert_string_equal(of, name);
            snprintf(type, sizeof type, "%s", kind);
            size_t n = strlen(of);
            bool total = n > 6 && strcmp(of + n - 6, "_total") == 0;
            assert_int_equal(total, strcmp(type, "counter") == 0);
        } else {
            size_t n = strcspn(line, "{ ");
            char *value = strrchr(line, ' '), *rest;
            assert_int_equal(n, strlen(name));
            assert_int_equal(strncmp(line, name, n), 0);
            strtod(value, &rest);
            assert_true(rest > value + 1 && *rest == '\0');
            value[1] = '\0';
            assert_null(strstr(end + 1, line));
        }
        assert_true(isalpha((unsigned char)*line) || *line == '#');
    }
    free(text);
}

static void the_page_shows_all_of_it_and_lets_nothing_in(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "<h1>Trivsel &lt;i&gt; &amp; \"Meløy\"</h1>",
        "SLATE 00:12:34",
        "<td>obs<td class=\"bad\">lost<td>no",
        "wanted are -16.0 LUFS",
        "<td class=\"good\">live",
        "<td class=\"bad\">refused",
        "&lt;b&gt;wrong; next try in 30 s there: LIVE, receives nothing",
        "low &amp; slow",
        "<td class=\"n\">41",
        "<td>received-2.mkv",
        "<td>00:01:01<td>Velkommen &lt;3",
        "http-equiv=\"refresh\"",
        "prefers-color-scheme:dark",
    };
    struct json *j = read_state();
    struct str out;
    str_init(&out, STR_MAX);
    statuspage_write(&out, j, -16);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (!strstr(out.p, parts[i]))
            fail_msg("no %s in\n%s", parts[i], out.p);
    assert_null(strstr(out.p, "<script"));
    assert_null(strstr(out.p, "it was down")); // of one that is well again
    str_done(&out);
    json_free(j);
}

static void a_state_without_anything_is_no_fault(void **state)
{
    (void)state;
    struct json *empty = json_new_object();
    struct str out;
    str_init(&out, STR_MAX);
    measures_write(&out, empty);
    assert_non_null(strstr(out.p, "dgl_live_info"));
    statuspage_write(&out, empty, -16);
    assert_non_null(strstr(out.p, "ON AIR 00:00:00"));
    str_done(&out);
    json_free(empty);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_named_as_prometheus_asks),
        cmocka_unit_test(what_is_not_known_has_no_line),
        cmocka_unit_test(the_text_keeps_to_the_format),
        cmocka_unit_test(the_page_shows_all_of_it_and_lets_nothing_in),
        cmocka_unit_test(a_state_without_anything_is_no_fault),
    };
    return cmocka_run_group_tests_name("measures", tests, NULL, NULL);
}
