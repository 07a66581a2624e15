// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/measures.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/redact.h"
#include "live/endpoint.h"
#include "live/intake.h"

#include <math.h>
#include <string.h>

#define OF_PROGRAM "dgl_live_"
enum { DECIMALS = 3 };

struct label {
    const char *name, *value; // value NULL: left out
};
enum { LABELS = 3 };

// One value; what is no number, true or false is left out.
struct measure {
    const char *name, *type, *help, *key;
};

static void add_label_text(struct str *out, const char *text)
{
    for (const char *c = text; *c; c++)
        if (*c == '\n')
            str_add(out, "\\n");
        else if (*c == '"' || *c == '\\')
            str_addf(out, "\\%c", *c);
        else
            str_addc(out, *c);
}

static void add_head(struct str *out, const char *name, const char *type, const char *help)
{
    str_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_value(struct str *out, const char *name, const struct label *labels, double value)
{
    bool any = false;
    str_add(out, name);
    for (size_t i = 0; i < LABELS && labels && labels[i].name; i++) {
        if (!labels[i].value)
            continue;
        str_addf(out, "%s%s=\"", any ? "," : "{", labels[i].name);
        add_label_text(out, labels[i].value);
        str_addc(out, '"');
        any = true;
    }
    str_add(out, any ? "} " : " ");
    str_add_real(out, value, value == floor(value) ? 0 : DECIMALS);
    str_addc(out, '\n');
}

// Numbers, and 1 or 0 for what is true or false. NAN: there is none.
static double value_of(const struct json *o, const char *key)
{
    return json_number(o, key, json_bool(o, key, false) ? 1 : json_bool(o, key, true) ? NAN : 0);
}

// ---- of the whole broadcast

static const struct measure whole[] = {
    {"elapsed_seconds", "gauge", "How long the broadcast has been on air.", "elapsed_s"},
    {"slate", "gauge", "1 while the slate is on air instead of a source.", "on_slate"},
    {"slate_seconds_total", "counter", "How long the slate was on air in all.", "slate_s"},
    {"late_seconds", "gauge", "How far the relay is behind the clock.", "late_s"},
    {"pictures_left_out_total", "counter", "Pictures that the encoder had no time for.",
     "pictures_left_out"},
};
static const struct measure process[] = {
    {"process_cpu_seconds_total", "counter", "Processor time of the relay.", "cpu_s"},
    {"process_resident_memory_bytes", "gauge", "Memory of the relay.", "memory_bytes"},
};
static const struct measure loudness[] = {
    {"loudness_true_peak_dbtp", "gauge", "Highest true peak of what goes out.", "true_peak_dbtp"},
    {"loudness_gain_decibels", "gauge", "What the live loudness adds now.", "gain_db"},
};

static void add_measures(struct str *out, const char *of, const struct json *o,
                         const struct measure *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double value = value_of(o, list[i].key);
        struct str name;
        if (!isfinite(value))
            continue;
        str_init(&name, STR_MAX);
        str_addf(&name, "%s%s", of, list[i].name);
        add_head(out, name.p, list[i].type, list[i].help);
        add_value(out, name.p, NULL, value);
        str_done(&name);
    }
}

static void add_loudness(struct str *out, const struct json *o)
{
    static const char *const windows[][2] = {{"momentary", "momentary_lufs"},
                                             {"short_term", "short_term_lufs"},
                                             {"integrated", "integrated_lufs"}};
    add_head(out, OF_PROGRAM "loudness_lufs", "gauge", "Loudness of what goes out, by window.");
    for (size_t i = 0; i < COUNT(windows); i++) {
        double value = value_of(o, windows[i][1]);
        const struct label labels[LABELS] = {{"window", windows[i][0]}};
        if (isfinite(value))
            add_value(out, OF_PROGRAM "loudness_lufs", labels, value);
    }
    add_measures(out, OF_PROGRAM, o, loudness, COUNT(loudness));
}

static void add_whole(struct str *out, const struct json *state)
{
    int64_t started;
    const struct label info[LABELS] = {{"episode", json_text_or(state, "episode", "")},
                                       {"version", DGL_VERSION}};
    add_head(out, OF_PROGRAM "info", "gauge", "Always 1; what is broadcast.");
    add_value(out, OF_PROGRAM "info", info, 1);
    if (clock_parse_iso(json_text_or(state, "started", ""), &started, NULL)) {
        add_head(out, OF_PROGRAM "start_time_seconds", "gauge", "When it began, since 1970.");
        add_value(out, OF_PROGRAM "start_time_seconds", NULL, (double)started);
    }
    add_measures(out, OF_PROGRAM, state, whole, COUNT(whole));
    add_loudness(out, json_get(state, "loudness"));
    add_measures(out, "", state, process, COUNT(process));
}

// ---- of each source, endpoint and recording

static const struct measure of_source[] = {
    {"on_air", "gauge", "1 for the source that is on air.", "on_air"},
    {"buffer_seconds", "gauge", "What is kept of it for the next moments.", "buffered_s"},
};
static const struct measure of_endpoint[] = {
    {"bytes_total", "counter", "Bytes sent.", "bytes"},
    {"delivered_seconds_total", "counter", "Media time sent.", "delivered_s"},
    {"dropped_packets_total", "counter", "Packets dropped: it was too slow.", "dropped"},
    {"dropped_seconds_total", "counter", "Media time dropped.", "dropped_s"},
    {"connections_total", "counter", "Connections that came up.", "connections"},
    {"reconnects_total", "counter", "Connections after the first.", "reconnects"},
    {"failures_total", "counter", "Connections that failed.", "failures"},
    {"queue_seconds", "gauge", "Media time that waits to be sent.", "queue_s"},
    {"connected_seconds", "gauge", "How long it has been connected.", "connected_s"},
    {"next_try_seconds", "gauge", "Until the next try; 0: none planned.", "next_try_s"},
    {"listeners", "gauge", "Listeners or viewers, as the far side counts.", "listeners"},
    {"far_side_receives", "gauge", "1 while the far side says that it receives.", "receives"},
};
static const struct measure of_recording[] = {
    {"bytes", "gauge", "Size of a recording.", "bytes"},
    {"seconds", "gauge", "Length of a recording.", "seconds"},
};

// With what is not a key of its own: reconnects, listeners of either kind, the far side.
static struct json *endpoint_values(const struct json *o)
{
    struct json *v = redact_json(NULL, o);
    int64_t connections = json_int(o, "connections", 0);
    int64_t heard = json_int(o, "listeners", json_int(o, "viewers", -1));
    const struct json *receives = json_get(json_get(o, "health"), "receiving");
    json_put_int(v, "reconnects", connections > 0 ? connections - 1 : 0);
    if (heard >= 0)
        json_put_int(v, "listeners", heard);
    json_put(v, "receives", receives ? json_keep(receives) : NULL);
    return v;
}

// "name"; of a recording the file's name.
static const char *name_of(const struct json *o)
{
    const char *path = json_text_or(o, "path", ""), *slash = strrchr(path, '/');
    return json_text_or(o, "name", slash ? slash + 1 : path);
}

struct family {
    const char *of; // "source": its label, and what its names begin with
    const struct measure *list;
    size_t num;
    const char *const *states; // NULL: it has none
    size_t num_states;
};

static void add_measure(struct str *out, const struct family *f, const struct measure *m,
                        const struct json *all)
{
    struct str name;
    str_init(&name, STR_MAX);
    str_addf(&name, OF_PROGRAM "%s_%s", f->of, m->name);
    add_head(out, name.p, m->type, m->help);
    for (size_t i = 0; i < json_count(all); i++) {
        const struct json *o = json_at(all, i);
        const struct label labels[LABELS] = {{f->of, name_of(o)}, {"kind", json_text(o, "kind")}};
        double value = value_of(o, m->key);
        if (isfinite(value))
            add_value(out, name.p, labels, value);
    }
    str_done(&name);
}

// Each of the states it may be in, with 1 for the one it is in.
static void add_states(struct str *out, const struct family *f, const struct json *all)
{
    struct str name;
    str_init(&name, STR_MAX);
    str_addf(&name, OF_PROGRAM "%s_state", f->of);
    add_head(out, name.p, "gauge", "1 for the state that it is in.");
    for (size_t i = 0; i < json_count(all); i++)
        for (size_t k = 0; k < f->num_states; k++) {
            const struct json *o = json_at(all, i);
            const struct label labels[LABELS] = {
                {f->of, name_of(o)}, {"kind", json_text(o, "kind")}, {"state", f->states[k]}};
            add_value(out, name.p, labels, str_same(json_text(o, "state"), f->states[k]));
        }
    str_done(&name);
}

static void add_family(struct str *out, const struct family *f, const struct json *all)
{
    if (f->states)
        add_states(out, f, all);
    for (size_t i = 0; i < f->num; i++)
        add_measure(out, f, &f->list[i], all);
}

void measures_write(struct str *out, const struct json *state)
{
    static const struct family source = {"source", of_source, COUNT(of_source), intake_states,
                                         INTAKE_ENDED + 1};
    static const struct family endpoint = {"endpoint", of_endpoint, COUNT(of_endpoint),
                                           endpoint_states, ENDPOINT_ENDED + 1};
    static const struct family recording = {"recording", of_recording, COUNT(of_recording), NULL,
                                            0};
    const struct json *list = json_get(state, "endpoints");
    struct json *endpoints = json_new_array();
    for (size_t i = 0; i < json_count(list); i++)
        json_push(endpoints, endpoint_values(json_at(list, i)));
    add_whole(out, state);
    add_family(out, &source, json_get(state, "sources"));
    add_family(out, &endpoint, endpoints);
    add_family(out, &recording, json_get(state, "recordings"));
    json_free(endpoints);
}
