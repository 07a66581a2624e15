// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/picturecopy.h"

#include "base/arena.h"
#include "base/str.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const tick rounding = TICKS_PER_SEC / 20; // a group may end with the frame after it
static const double drift_s = 0.01;              // of picture and sound at the end

// In English for the terminal; presets/report/strings.*.json have "why-RULE" for the report.
static const struct {
    const char *rule, *text;
} words[] = {
    {"files", "it is in {is} files"},
    {"codec", "it is {is} and not H.264"},
    {"profile", "its profile is {is} and not High"},
    {"level", "its level is {is}, the preset allows {wanted}"},
    {"bit-rate", "it has a bit rate of {is} Mbit/s, the preset allows {wanted}"},
    {"hdr", "it is HDR ({is})"},
    {"colours", "it does not say that its colours are BT.709"},
    {"full-range", "its levels are full range"},
    {"pixels", "its pixels are {is} and not yuv420p"},
    {"turned", "it lies turned ({is}) in its file"},
    {"size", "it is {is} and not {wanted}"},
    {"pixel-shape", "its pixels are not square ({is})"},
    {"interlaced", "it is interlaced"},
    {"varies", "its frame rate varies"},
    {"rate", "it has {is} frames a second and not {wanted}"},
    {"missing", "{is} of its frames are missing"},
    {"open-groups", "its groups of pictures are not closed"},
    {"long-groups", "there are {is} s between two of its key frames, the preset has {wanted} s"},
    {"cut", "something is cut out of it"},
    {"begins-later", "its beginning is cut off"},
    {"jingles", "there is an intro or outro"},
    {"drift", "its clock runs differently from the sound's ({is} ppm)"},
    {"drawn", "there is something to draw into it"},
    {"balance", "balance is asked for"},
};

const char *copy_rule(size_t i)
{
    return i < COUNT(words) ? words[i].rule : NULL;
}

static void fill(struct str *s, const char *text, const char *is, const char *wanted)
{
    while (*text) {
        const char *with = str_starts(text, "{is}")       ? is
                           : str_starts(text, "{wanted}") ? wanted
                                                          : NULL;
        if (with) {
            str_add(s, with);
            text = strchr(text, '}') + 1;
        } else {
            str_addc(s, *text++);
        }
    }
}

// fmt: what is, and behind a bar what is wanted.
static void add(struct json *list, const char *rule, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void add(struct json *list, const char *rule, const char *fmt, ...)
{
    char is[64], *wanted;
    struct json *o = json_new_object();
    struct str text;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(is, sizeof is, fmt, ap);
    va_end(ap);
    wanted = strchr(is, '|');
    if (wanted)
        *wanted++ = '\0';
    str_init(&text, STR_MAX);
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_same(words[i].rule, rule))
            fill(&text, words[i].text, is, wanted ? wanted : "");
    json_put_text(o, "rule", rule);
    json_put_text(o, "is", *is ? is : NULL);
    json_put_text(o, "wanted", wanted);
    json_put_text(o, "text", text.p);
    json_push(list, o);
    str_done(&text);
}

static void check_coding(const struct copy_wanted *w, const struct reel_facts *f, struct json *list)
{
    if (!str_same(f->codec, "h264")) {
        add(list, "codec", "%s", f->codec);
        return;
    }
    if (!str_same(f->profile, "High"))
        add(list, "profile", "%s", f->profile);
    if (f->level > w->level)
        add(list, "level", "%d.%d|%d.%d", f->level / 10, f->level % 10, w->level / 10,
            w->level % 10);
    if (w->max_kbps && f->bit_rate > (int64_t)w->max_kbps * 1000)
        add(list, "bit-rate", "%.1f|%.1f", (double)f->bit_rate / 1e6, w->max_kbps / 1e3);
}

static void check_colours(const struct reel_facts *f, struct json *list)
{
    bool said = str_same(f->matrix, "bt709") && str_same(f->primaries, "bt709") &&
                str_same(f->transfer, "bt709");
    if (!str_same(f->dynamic_range, "sdr"))
        add(list, "hdr", "%s", str_same(f->dynamic_range, "pq") ? "PQ" : "HLG");
    else if (!said)
        add(list, "colours", "%s", "");
    if (f->full_range)
        add(list, "full-range", "%s", "");
    else if (!str_same(f->pixels, "yuv420p"))
        add(list, "pixels", "%s", f->pixels);
}

static void check_shape(const struct copy_wanted *w, const struct reel_facts *f, struct json *list)
{
    if (!str_same(f->turn, "none"))
        add(list, "turned", "%s", f->turn);
    if (f->width != w->width || f->height != w->height)
        add(list, "size", "%d×%d|%d×%d", f->width, f->height, w->width, w->height);
    if (f->sar_num != f->sar_den)
        add(list, "pixel-shape", "%d:%d", f->sar_num, f->sar_den);
    if (f->interlaced)
        add(list, "interlaced", "%s", "");
}

static void check_time(const struct copy_wanted *w, const struct copy_source *s, struct json *list)
{
    const struct reel_facts *f = s->facts;
    int64_t rate = (int64_t)f->rate_num * w->rate_den, wanted = (int64_t)w->rate_num * f->rate_den;
    if (!f->constant)
        add(list, "varies", "%s", "");
    else if (rate != wanted)
        add(list, "rate", "%.5g|%.5g", (double)f->rate_num / f->rate_den,
            (double)w->rate_num / w->rate_den);
    if (f->missing)
        add(list, "missing", "%lld", (long long)f->missing);
    if (!f->closed_groups || !f->starts_with_key)
        add(list, "open-groups", "%s", "");
    else if (f->longest_group > w->group + rounding)
        add(list, "long-groups", "%.1f|%.3g", tick_to_s(f->longest_group), tick_to_s(w->group));
}

static void check_timeline(const struct copy_source *s, struct json *list)
{
    const struct timeline *t = s->timeline;
    const struct kept *first = &t->kept[0], *last = &t->kept[t->count - 1];
    if (t->count > 1)
        add(list, "cut", "%s", "");
    if (first->from > s->facts->first && first->from > 0)
        add(list, "begins-later", "%s", "");
    if (t->intro.length || t->outro.length)
        add(list, "jingles", "%s", "");
    if (fabs(s->drift_ppm) / 1e6 * tick_to_s(last->to) > drift_s)
        add(list, "drift", "%.0f", s->drift_ppm);
}

struct json *copy_reasons(const struct copy_wanted *w, const struct copy_source *s)
{
    struct json *list = json_new_array();
    if (s->num_files > 1)
        add(list, "files", "%zu", s->num_files);
    check_coding(w, s->facts, list);
    check_colours(s->facts, list);
    check_shape(w, s->facts, list);
    check_time(w, s, list);
    check_timeline(s, list);
    if (w->drawn)
        add(list, "drawn", "%s", "");
    if (w->balance)
        add(list, "balance", "%s", "");
    return list;
}
