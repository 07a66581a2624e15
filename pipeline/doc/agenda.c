// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/agenda.h"

#include <errno.h>
#include <libical/ical.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/clock.h"

static const char zone_name[] = "Europe/Oslo";

// Summer time since 1996, Directive 2000/84/EC. Written out, because apps look no zone up.
static const char zone_text[] = "BEGIN:VTIMEZONE\r\n"
                                "TZID:Europe/Oslo\r\n"
                                "X-LIC-LOCATION:Europe/Oslo\r\n"
                                "BEGIN:DAYLIGHT\r\n"
                                "TZOFFSETFROM:+0100\r\n"
                                "TZOFFSETTO:+0200\r\n"
                                "TZNAME:CEST\r\n"
                                "DTSTART:19960331T020000\r\n"
                                "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
                                "END:DAYLIGHT\r\n"
                                "BEGIN:STANDARD\r\n"
                                "TZOFFSETFROM:+0200\r\n"
                                "TZOFFSETTO:+0100\r\n"
                                "TZNAME:CET\r\n"
                                "DTSTART:19961027T030000\r\n"
                                "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
                                "END:STANDARD\r\n"
                                "END:VTIMEZONE\r\n";

static void add(icalcomponent *c, icalproperty *p)
{
    icalcomponent_add_property(c, p);
}

// libical escapes neither ',' nor ';' in these properties, where they would end one text and begin
// the next: private characters stand for them until the calendar is written. Those are longer than
// what comes in their place, so no line becomes too long.
static const struct {
    char plain;
    const char *stand_in;
} separators[] = {{',', "\uE0F0"}, {';', "\uE0F1"}};

static char *held_back(struct arena *a, const char *text)
{
    struct str s;
    str_init(&s, STR_MAX);
    for (; *text; text++) {
        size_t i = *text == ',' ? 0 : *text == ';' ? 1 : COUNT(separators);
        if (i < COUNT(separators))
            str_add(&s, separators[i].stand_in);
        else
            str_addc(&s, *text);
    }
    char *held = arena_strdup(a, s.p);
    str_done(&s);
    return held;
}

static void add_released(struct str *out, const char *text)
{
    for (const char *at; (at = strstr(text, "\xEE\x83")); text = at + 3) {
        str_addn(out, text, (size_t)(at - text));
        size_t i = 0;
        while (i < COUNT(separators) && !str_starts(at, separators[i].stand_in))
            i++;
        if (i < COUNT(separators))
            str_addf(out, "\\%c", separators[i].plain);
        else
            str_addn(out, at, 3);
    }
    str_add(out, text);
}

// One that libical has no function for.
static void add_x(icalcomponent *c, const char *name, const char *value)
{
    struct arena a = {0};
    icalproperty *p = icalproperty_new_x(held_back(&a, value));
    icalproperty_set_x_name(p, name);
    add(c, p);
    arena_done(&a);
}

static void add_category(icalcomponent *c, const char *text)
{
    struct arena a = {0};
    if (text && *text)
        add(c, icalproperty_new_categories(held_back(&a, text)));
    arena_done(&a);
}

static void add_text(icalcomponent *c, icalproperty *(*make)(const char *), const char *text)
{
    if (text && *text)
        add(c, make(text));
}

static struct icaltimetype utc(int64_t utc_s)
{
    return icaltime_from_timet_with_zone((time_t)utc_s, 0, icaltimezone_get_utc_timezone());
}

static icalcomponent *event(icalcomponent *in, const struct json *j)
{
    icalcomponent *e = icalcomponent_new(ICAL_VEVENT_COMPONENT);
    add_text(e, icalproperty_new_uid, json_text_or(j, "uid", ""));
    icalcomponent_add_component(in, e);
    return e;
}

static void add_status(icalcomponent *c, const char *word)
{
    static const struct {
        const char *word;
        icalproperty_status status;
    } known[] = {{"confirmed", ICAL_STATUS_CONFIRMED},
                 {"tentative", ICAL_STATUS_TENTATIVE},
                 {"cancelled", ICAL_STATUS_CANCELLED}};
    for (size_t i = 0; i < COUNT(known); i++)
        if (str_same(known[i].word, word))
            add(c, icalproperty_new_status(known[i].status));
}

static void add_start(icalcomponent *c, int64_t utc_s, icaltimezone *zone)
{
    icalproperty *start = icalproperty_new_dtstart(icaltime_convert_to_zone(utc(utc_s), zone));
    icalproperty_add_parameter(start, icalparameter_new_tzid(zone_name));
    add(c, start);
}

static void write_broadcast(icalcomponent *all, const struct json *j, const struct json *strings,
                            icaltimezone *zone)
{
    icalcomponent *c = event(all, j);
    struct arena a = {0};
    int64_t stamp = 0;
    const char *word = json_text_or(strings, "liveBroadcast", ""), *url = json_text(j, "url");
    const char *summary = json_text(j, "summary");
    clock_parse_iso(json_text_or(j, "stamp", ""), &stamp, NULL);
    add(c, icalproperty_new_dtstamp(utc(stamp)));
    add(c, icalproperty_new_lastmodified(utc(stamp)));
    add(c, icalproperty_new_sequence((int)json_int(j, "sequence", 0)));
    add_start(c, json_int(j, "start_utc_s", 0), zone);
    add(c, icalproperty_new_duration(icaldurationtype_from_int((int)json_int(j, "seconds", 0))));
    add_text(c, icalproperty_new_summary,
             arena_printf(&a, "%s: %s", word, json_text_or(j, "title", "")));
    add_text(c, icalproperty_new_description,
             arena_printf(&a, "%s%s%s", summary ? summary : "", summary && url ? "\n\n" : "",
                          url ? url : ""));
    add_text(c, icalproperty_new_location, json_text(j, "location"));
    add_text(c, icalproperty_new_url, url);
    add_status(c, json_text(j, "status"));
    add_category(c, word);
    arena_done(&a);
}

static struct icaltimetype day_of(int year, int month)
{
    struct icaltimetype t = icaltime_null_date();
    t.year = year + (month - 1) / 12;
    t.month = (month - 1) % 12 + 1;
    t.day = 1;
    return t;
}

static char *goals_text(struct arena *a, const struct json *j, const struct json *strings)
{
    const struct json *goals = json_get(j, "goals");
    const char *note = json_text(j, "note");
    struct str s;
    str_init(&s, STR_MAX);
    for (size_t i = 0; i < json_count(goals); i++) {
        const struct json *g = json_at(goals, i);
        str_addf(&s, "%s%s %d: %s", i ? "\n" : "", json_text_or(strings, "goal", ""),
                 (int)json_int(g, "number", 0), json_text_or(g, "title", ""));
    }
    if (note)
        str_addf(&s, "%s%s", s.len ? "\n" : "", note);
    char *text = arena_strdup(a, s.p ? s.p : "");
    str_done(&s);
    return text;
}

// All of the month: the day behind it is the end.
static void write_month(icalcomponent *all, const struct json *j, const struct json *strings,
                        const char *site)
{
    int year = 0, month = 0;
    struct arena a = {0};
    const char *word = json_text_or(strings, "monthTheme", "");
    if (sscanf(json_text_or(j, "month", ""), "%d-%d", &year, &month) != 2)
        return;
    icalcomponent *c = event(all, j);
    struct icaltimetype stamp = day_of(year, month);
    stamp.is_date = 0;
    stamp.hour = stamp.minute = stamp.second = 0;
    stamp.zone = icaltimezone_get_utc_timezone();
    // The calendar is older than its months, and a month's day is a fact; today is none.
    add(c, icalproperty_new_dtstamp(stamp));
    add(c, icalproperty_new_dtstart(day_of(year, month)));
    add(c, icalproperty_new_dtend(day_of(year, month + 1)));
    add_text(c, icalproperty_new_summary,
             arena_printf(&a, "%s: %s", word, json_text_or(j, "theme", "")));
    add_text(c, icalproperty_new_description, goals_text(&a, j, strings));
    add_text(c, icalproperty_new_url, site);
    add_category(c, json_text(j, "theme"));
    add(c, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT)); // nobody is busy all month
    arena_done(&a);
}

static void write_head(icalcomponent *all, const struct json *settings)
{
    struct arena a = {0};
    const char *title = json_text_or(settings, "title", "");
    const char *site = json_text_or(settings, "site", "");
    add(all, icalproperty_new_version("2.0"));
    add(all, icalproperty_new_prodid("-//dgl-episode//calendar//NO"));
    add(all, icalproperty_new_calscale("GREGORIAN"));
    add(all, icalproperty_new_method(ICAL_METHOD_PUBLISH));
    add_x(all, "NAME", title);
    add_x(all, "X-WR-CALNAME", title);
    add_x(all, "X-WR-CALDESC", json_text_or(settings, "summary", title));
    add_x(all, "X-WR-TIMEZONE", zone_name);
    add_text(all, icalproperty_new_url, site);
    add(all, icalproperty_new_from_string("REFRESH-INTERVAL;VALUE=DURATION:P1D"));
    add(all,
        icalproperty_new_from_string(arena_printf(&a, "SOURCE;VALUE=URI:%scalendar.ics", site)));
    add_x(all, "X-PUBLISHED-TTL", "P1D");
    arena_done(&a);
}

int agenda_write(struct str *out, const struct json *settings, const struct json *strings,
                 struct err *e)
{
    icalcomponent *all = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
    icalcomponent *rules = icalparser_parse_string(zone_text);
    icaltimezone *zone = icaltimezone_new();
    const struct json *broadcasts = json_get(settings, "broadcasts");
    const struct json *months = json_get(settings, "months");
    write_head(all, settings);
    icalcomponent_add_component(all, icalcomponent_new_clone(rules));
    icaltimezone_set_component(zone, rules); // owns it now
    for (size_t i = 0; i < json_count(broadcasts); i++)
        write_broadcast(all, json_at(broadcasts, i), strings, zone);
    for (size_t i = 0; i < json_count(months); i++)
        write_month(all, json_at(months, i), strings, json_text(settings, "site"));
    char *text = icalcomponent_as_ical_string_r(all);
    int r = text ? 0 : err_set(e, -EIO, "the calendar cannot be written");
    if (text)
        add_released(out, text);
    icalmemory_free_buffer(text);
    icaltimezone_free(zone, 1);
    icalcomponent_free(all);
    return r;
}
