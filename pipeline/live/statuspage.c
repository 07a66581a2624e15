// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/statuspage.h"

#include "base/arena.h"
#include "base/xml.h"

#include <math.h>
#include <string.h>

#define AGAIN_S "2"
static const double scale_below = 24, scale_above = 9; // LU around the target

static const char begin[] =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta http-equiv=\"refresh\" content=\"" AGAIN_S "\">\n"
    "<style>\n"
    ":root{--good:#176b34;--soon:#8a5300;--bad:#b3261e;--line:#c9c9c4;--dim:#5d5d58}\n"
    "@media(prefers-color-scheme:dark){"
    ":root{--good:#7fd79a;--soon:#f0bd6a;--bad:#ff9d94;--line:#45454a;--dim:#a8a8a2}}\n"
    "body{font:16px/1.5 system-ui,sans-serif;margin:1.5rem auto;max-width:62rem;padding:0 1rem}\n"
    "h1{font-size:1.4rem;margin:0}h2{font-size:1rem;margin:1.6rem 0 .3rem}p{margin:.2rem 0}\n"
    "table{border-collapse:collapse;width:100%}caption{text-align:left}\n"
    "th,td{text-align:left;padding:.35rem .9rem .35rem 0;border-bottom:1px solid var(--line);"
    "vertical-align:top}\n"
    "th{font-weight:600;color:var(--dim)}.n{text-align:right;font-variant-numeric:tabular-nums}\n"
    "meter{width:100%;min-width:8rem;height:1.1rem}.wide{overflow-x:auto}\n"
    ".wide th{white-space:nowrap}.wide td:last-child{min-width:15rem}\n"
    ".good{color:var(--good)}.soon{color:var(--soon)}.bad{color:var(--bad)}.dim{color:var(--dim)}\n"
    ".good,.soon,.bad{font-weight:600}.air{font-size:1.1rem}\n"
    "</style>\n";

static void add_text(struct str *out, const char *text)
{
    struct str balanced;
    str_init(&balanced, STR_MAX);
    str_add_balanced(&balanced, text);
    xml_escape(out, balanced.p, false);
    str_done(&balanced);
}

static void add_clock(struct str *out, double seconds)
{
    long t = seconds > 0 && seconds < 1e8 ? (long)seconds : 0;
    str_addf(out, "%02ld:%02ld:%02ld", t / 3600, t / 60 % 60, t % 60);
}

static const char *class_of(const char *state)
{
    static const struct {
        const char *state, *class;
    } rows[] = {{"live", "good"},    {"waiting", "soon"}, {"connecting", "soon"},
                {"opening", "soon"}, {"refused", "bad"},  {"lost", "bad"}};
    for (size_t i = 0; i < COUNT(rows); i++)
        if (str_same(rows[i].state, state))
            return rows[i].class;
    return "dim";
}

static void add_state(struct str *out, const char *state)
{
    str_addf(out, "<td class=\"%s\">", class_of(state));
    add_text(out, state);
}

static void add_number(struct str *out, double value, int decimals)
{
    str_add(out, "<td class=\"n\">");
    if (isfinite(value))
        str_add_real(out, value, decimals);
    else
        str_add(out, "–");
}

// ---- the parts of the page

static void add_top(struct str *out, const struct json *state)
{
    bool slate = json_bool(state, "on_slate", false);
    str_add(out, begin);
    str_add(out, "<title>");
    str_add(out, slate ? "SLATE " : "ON AIR ");
    add_clock(out, json_number(state, "elapsed_s", 0));
    str_add(out, " · ");
    add_text(out, json_text_or(state, "title", ""));
    str_add(out, "</title>\n<body>\n<h1>");
    add_text(out, json_text_or(state, "title", ""));
    str_addf(out, "</h1>\n<p class=\"air %s\">%s ", slate ? "bad" : "good",
             slate ? "SLATE" : "ON AIR");
    add_clock(out, json_number(state, "elapsed_s", 0));
    str_add(out, "</p>\n<p class=\"dim\">");
    add_text(out, json_text_or(state, "episode", ""));
    str_add(out, ", began ");
    add_text(out, json_text_or(state, "started", ""));
    str_add(out, "; the slate was on air for ");
    add_clock(out, json_number(state, "slate_s", 0));
    str_add(out, "</p>\n");
}

static void add_sources(struct str *out, const struct json *list)
{
    str_add(out, "<h2>Sources</h2>\n<div class=\"wide\"><table>\n"
                 "<tr><th>source<th>state<th>on air<th class=\"n\">buffer s<th>\n");
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *o = json_at(list, i);
        str_add(out, "<tr><td>");
        add_text(out, json_text_or(o, "name", ""));
        add_state(out, json_text_or(o, "state", ""));
        str_addf(out, "<td>%s", json_bool(o, "on_air", false) ? "yes" : "no");
        add_number(out, json_number(o, "buffered_s", 0), 1);
        str_add(out, "<td>");
        add_text(out, json_text_or(o, "format", ""));
        str_addc(out, '\n');
    }
    str_add(out, "</table></div>\n");
}

static void add_loudness(struct str *out, const struct json *l, double target)
{
    static const char *const rows[][2] = {
        {"now", "momentary_lufs"}, {"over 3 s", "short_term_lufs"}, {"so far", "integrated_lufs"}};
    str_addf(out, "<h2>Loudness, wanted are %.1f LUFS</h2>\n<table>\n", target);
    for (size_t i = 0; i < COUNT(rows); i++) {
        double lufs = json_number(l, rows[i][1], NAN);
        str_addf(out, "<tr><th>%s", rows[i][0]);
        add_number(out, lufs, 1);
        str_add(out, "<td class=\"dim\">LUFS<td>");
        str_addf(out, "<meter min=\"%.1f\" max=\"%.1f\" high=\"%.1f\" value=\"%.1f\"></meter>\n",
                 target - scale_below, target + scale_above, target + 3,
                 isfinite(lufs) ? lufs : target - scale_below);
    }
    str_add(out, "</table>\n<p>true peak ");
    double peak = json_number(l, "true_peak_dbtp", NAN);
    if (isfinite(peak))
        str_add_real(out, peak, 1);
    else
        str_add(out, "–");
    str_addf(out, " dBTP, gain %+.1f dB</p>\n", json_number(l, "gain_db", 0));
}

// What is wrong here, and what the far side says of itself.
static void add_remarks(struct str *out, const struct json *o)
{
    const struct json *health = json_get(o, "health");
    const char *why = json_text_or(o, "why", ""), *warning = json_text(o, "warning");
    double next = json_number(o, "next_try_s", 0);
    str_add(out, "<td>");
    if (!str_same(json_text(o, "state"), "live"))
        add_text(out, why);
    if (next > 0)
        str_addf(out, "; next try in %.0f s", next);
    if (json_text(o, "status")) {
        str_add(out, " there: ");
        add_text(out, json_text(o, "status"));
    }
    if (json_get(health, "receiving"))
        str_add(out, json_bool(health, "receiving", false) ? ", receives" : ", receives nothing");
    if (warning) {
        str_add(out, " <span class=\"soon\">");
        add_text(out, warning);
        str_add(out, "</span>");
    }
    str_addc(out, '\n');
}

static void add_endpoints(struct str *out, const struct json *list)
{
    str_add(out, "<h2>Endpoints</h2>\n<div class=\"wide\"><table>\n"
                 "<tr><th>endpoint<th>kind<th>state<th class=\"n\">kbit/s<th class=\"n\">queue s"
                 "<th class=\"n\">dropped<th class=\"n\">again<th class=\"n\">heard<th>\n");
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *o = json_at(list, i);
        double again = json_number(o, "connections", 0) - 1;
        double heard = json_number(o, "listeners", json_number(o, "viewers", NAN));
        str_add(out, "<tr><td>");
        add_text(out, json_text_or(o, "name", ""));
        str_add(out, "<td>");
        add_text(out, json_text_or(o, "kind", ""));
        add_state(out, json_text_or(o, "state", ""));
        add_number(out, json_number(o, "kbps", 0), 0);
        add_number(out, json_number(o, "queue_s", 0), 1);
        add_number(out, json_number(o, "dropped", 0), 0);
        add_number(out, again > 0 ? again : 0, 0);
        add_number(out, heard >= 0 ? heard : NAN, 0);
        add_remarks(out, o);
    }
    str_add(out, "</table></div>\n");
}

static void add_recordings(struct str *out, const struct json *list)
{
    if (!json_count(list))
        return;
    str_add(out, "<h2>Recordings</h2>\n<table>\n"
                 "<tr><th>file<th class=\"n\">MB<th class=\"n\">length\n");
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *o = json_at(list, i);
        const char *path = json_text_or(o, "path", ""), *slash = strrchr(path, '/');
        str_add(out, "<tr><td>");
        add_text(out, slash ? slash + 1 : path);
        add_number(out, json_number(o, "bytes", 0) / 1e6, 1);
        str_add(out, "<td class=\"n\">");
        add_clock(out, json_number(o, "seconds", 0));
        str_addc(out, '\n');
    }
    str_add(out, "</table>\n");
}

static void add_marks(struct str *out, const struct json *list)
{
    if (!json_count(list))
        return;
    str_add(out, "<h2>Chapters</h2>\n<table>\n");
    for (size_t i = 0; i < json_count(list); i++) {
        str_add(out, "<tr><td>");
        add_clock(out, json_number(json_at(list, i), "at_s", 0));
        str_add(out, "<td>");
        add_text(out, json_text_or(json_at(list, i), "title", ""));
        str_addc(out, '\n');
    }
    str_add(out, "</table>\n");
}

void statuspage_write(struct str *out, const struct json *state, double target_lufs)
{
    add_top(out, state);
    add_sources(out, json_get(state, "sources"));
    add_loudness(out, json_get(state, "loudness"), target_lufs);
    add_endpoints(out, json_get(state, "endpoints"));
    add_recordings(out, json_get(state, "recordings"));
    add_marks(out, json_get(state, "marks"));
    str_add(out, "<p class=\"dim\">Loads itself again every " AGAIN_S
                 " s. For Prometheus: <a href=\"/metrics\">/metrics</a></p>\n");
}
