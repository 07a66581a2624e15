// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/picturecopy.h"

#include "base/arena.h"
#include "base/str.h"

#include <math.h>

static const tick rounding = TICKS_PER_SEC / 20; // a group may end with the frame after it
static const double drift_s = 0.01;              // of picture and sound at the end

static void add(struct json *list, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(struct json *list, const char *fmt, ...)
{
    struct str s;
    va_list ap;
    va_start(ap, fmt);
    str_init(&s, STR_MAX);
    str_addv(&s, fmt, ap);
    json_push_text(list, s.p);
    str_done(&s);
    va_end(ap);
}

static void check_coding(const struct copy_wanted *w, const struct reel_facts *f, struct json *list)
{
    if (!str_same(f->codec, "h264")) {
        add(list, "it is %s and not H.264", f->codec);
        return;
    }
    if (!str_same(f->profile, "High"))
        add(list, "its profile is %s and not High", f->profile);
    if (f->level > w->level)
        add(list, "its level %d.%d is over %d.%d", f->level / 10, f->level % 10, w->level / 10,
            w->level % 10);
    if (w->max_kbps && f->bit_rate > (int64_t)w->max_kbps * 1000)
        add(list, "it takes %lld kbit/s, the preset's most are %d", (long long)(f->bit_rate / 1000),
            w->max_kbps);
}

static void check_colours(const struct reel_facts *f, struct json *list)
{
    bool said = str_same(f->matrix, "bt709") && str_same(f->primaries, "bt709") &&
                str_same(f->transfer, "bt709");
    if (!str_same(f->dynamic_range, "sdr"))
        add(list, "it is HDR (%s)", str_same(f->dynamic_range, "pq") ? "PQ" : "HLG");
    else if (!said)
        add(list, "it does not say that its colours are BT.709");
    if (f->full_range)
        add(list, "its levels are full range");
    else if (!str_same(f->pixels, "yuv420p"))
        add(list, "its pixels are %s and not yuv420p", f->pixels);
}

static void check_shape(const struct copy_wanted *w, const struct reel_facts *f, struct json *list)
{
    if (!str_same(f->turn, "none"))
        add(list, "it lies turned (%s) in its file", f->turn);
    if (f->width != w->width || f->height != w->height)
        add(list, "it is %d×%d and not %d×%d", f->width, f->height, w->width, w->height);
    if (f->sar_num != f->sar_den)
        add(list, "its pixels are not square (%d:%d)", f->sar_num, f->sar_den);
    if (f->interlaced)
        add(list, "it is interlaced");
}

static void check_time(const struct copy_wanted *w, const struct copy_source *s, struct json *list)
{
    const struct reel_facts *f = s->facts;
    int64_t rate = (int64_t)f->rate_num * w->rate_den, wanted = (int64_t)w->rate_num * f->rate_den;
    if (!f->constant)
        add(list, "its frame rate varies");
    else if (rate != wanted)
        add(list, "it has %.5g frames a second and not %.5g", (double)f->rate_num / f->rate_den,
            (double)w->rate_num / w->rate_den);
    if (f->missing)
        add(list, "%lld of its frames are missing", (long long)f->missing);
    if (!f->closed_groups || !f->starts_with_key)
        add(list, "its groups of pictures are not closed");
    else if (f->longest_group > w->group + rounding)
        add(list, "there are %.1f s between two of its key frames, the preset has %.3g s",
            tick_to_s(f->longest_group), tick_to_s(w->group));
}

static void check_timeline(const struct copy_source *s, struct json *list)
{
    const struct timeline *t = s->timeline;
    const struct kept *first = &t->kept[0], *last = &t->kept[t->count - 1];
    if (t->count > 1)
        add(list, "something is cut out of it");
    if (first->from > s->facts->first && first->from > 0)
        add(list, "its beginning is cut off");
    if (t->intro.length || t->outro.length)
        add(list, "there is an intro or outro");
    if (fabs(s->drift_ppm) / 1e6 * tick_to_s(last->to) > drift_s)
        add(list, "its clock runs differently from the sound's (%.0f ppm)", s->drift_ppm);
}

struct json *copy_reasons(const struct copy_wanted *w, const struct copy_source *s)
{
    struct json *list = json_new_array();
    if (s->num_files > 1)
        add(list, "it is in %zu files", s->num_files);
    check_coding(w, s->facts, list);
    check_colours(s->facts, list);
    check_shape(w, s->facts, list);
    check_time(w, s, list);
    check_timeline(s, list);
    if (w->drawn)
        add(list, "there is something to draw into it");
    if (w->balance)
        add(list, "balance is asked for");
    return list;
}
