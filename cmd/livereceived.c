// SPDX-License-Identifier: GPL-3.0-or-later
#include "livereceived.h"

#include "base/fs.h"

#include <math.h>

enum { TITLE_MAX = 100 }; // of a chapter, in episode.yaml too
#define LONGEST_S 1e8     // of a broadcast

static bool is_received(const struct json *o)
{
    // by its name where the report does not say it
    const char *path = json_text_or(o, "path", "");
    return str_starts(json_text_or(o, "kind", fs_basename(path)), "received");
}

// Those from before the first part belong to its start, those between two to the end of the first.
static struct json *marks_of(const struct json *marks, double from, double until, double starts)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < json_count(marks); i++) {
        double at = json_number(json_at(marks, i), "at_s", 0);
        if (at < from || at >= until)
            continue;
        struct json *o = json_new_object();
        json_put_real(o, "at_s", fmax(at - starts, 0));
        json_put_text(o, "title", json_text_or(json_at(marks, i), "title", ""));
        json_push(list, o);
    }
    return list;
}

static void add_part(struct json *into, const struct json *o, double seconds, struct json *marks)
{
    struct json *part = json_new_object();
    json_put_text(part, "path", json_text(o, "path"));
    json_put_real(part, "seconds", seconds);
    json_put(part, "marks", marks);
    json_push(into, part);
}

// of: a report, or the state that a crash left.
static void add_own(struct json *into, const struct json *of)
{
    const struct json *list = json_get(of, "recordings"), *marks = json_get(of, "marks");
    const struct json *last = NULL;
    double from = -INFINITY;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *o = json_at(list, i);
        if (!is_received(o))
            continue;
        double until = json_number(o, "starts_s", 0);
        if (last)
            add_part(into, last, json_number(last, "seconds", 0),
                     marks_of(marks, from, until, json_number(last, "starts_s", 0)));
        from = last ? until : from;
        last = o;
    }
    if (last || json_count(marks))
        add_part(into, last, json_number(last, "seconds", 0),
                 marks_of(marks, from, INFINITY, json_number(last, "starts_s", 0)));
}

struct json *received_all(const struct json *report)
{
    struct json *all = json_new_array();
    const struct json *earlier = json_get(report, "earlier");
    for (size_t i = 0; i < json_count(earlier); i++)
        json_push(all, json_keep(json_at(earlier, i)));
    add_own(all, report);
    return all;
}

struct json *received_before(struct broadcast *b)
{
    struct json *state = NULL;
    json_load(broadcast_state_file(b), &state, NULL);
    bool open = b->resume && state && !json_bool(state, "ended", false);
    struct json *parts = open ? received_all(state) : json_new_array();
    json_free(state);
    return parts;
}

size_t received_marked(const struct json *parts)
{
    size_t n = 0;
    for (size_t i = 0; i < json_count(parts); i++)
        n += json_count(json_get(json_at(parts, i), "marks"));
    return n;
}

static void add_chapter(struct str *s, const char *name, int64_t ms)
{
    char at[TICK_TEXT], fits[TITLE_MAX + 1];
    str_fit(fits, sizeof fits, name);
    struct json *title = json_new_text(fits);
    tick_text_ms(ms * (TICKS_PER_SEC / 1000), at);
    str_addf(s, "  - {at: \"%s\", title: ", at);
    json_write(s, title, false); // a JSON string is a YAML string
    str_add(s, "}\n");
    json_free(title);
}

// Of several at one time, as those from before the recording are, the last one counts.
void received_chapters(const struct json *parts, struct str *out)
{
    double begins = 0;
    int64_t held_ms = -1;
    const char *held = NULL;
    str_add(out, "chapters:\n");
    for (size_t i = 0; i < json_count(parts); i++) {
        const struct json *part = json_at(parts, i), *marks = json_get(part, "marks");
        double seconds = json_number_in(part, "seconds", 0, LONGEST_S, 0);
        bool last = i + 1 == json_count(parts);
        for (size_t k = 0; k < json_count(marks); k++) {
            double at = json_number_in(json_at(marks, k), "at_s", 0, LONGEST_S, 0);
            int64_t ms = (int64_t)((begins + (last ? at : fmin(at, seconds))) * 1000);
            if (held && ms > held_ms)
                add_chapter(out, held, held_ms);
            held = json_text_or(json_at(marks, k), "title", "");
            held_ms = ms;
        }
        begins += seconds;
    }
    if (held)
        add_chapter(out, held, held_ms);
}
