// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline.h"

#include "base/json.h"

#include <math.h>
#include <stdlib.h>

static tick least(tick a, tick b)
{
    return a < b ? a : b;
}

static tick most(tick a, tick b)
{
    return a > b ? a : b;
}

static int by_start(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

size_t spans_unite(struct span *s, size_t n)
{
    size_t out = 0;
    if (n > 1)
        qsort(s, n, sizeof *s, by_start);
    for (size_t i = 0; i < n; i++) {
        struct span one = s[i];
        if (one.end <= one.start)
            continue;
        if (out > 0 && one.start <= s[out - 1].end)
            s[out - 1].end = most(s[out - 1].end, one.end);
        else
            s[out++] = one;
    }
    return out;
}

size_t spans_common(struct arena *a, const struct span *x, size_t nx, const struct span *y,
                    size_t ny, struct span **ret)
{
    struct span *out = arena_array(a, struct span, nx + ny + 1);
    size_t n = 0;
    for (size_t i = 0, k = 0; i < nx && k < ny;) {
        struct span both = {most(x[i].start, y[k].start), least(x[i].end, y[k].end)};
        if (both.start < both.end)
            out[n++] = both;
        if (x[i].end < y[k].end)
            i++;
        else
            k++;
    }
    *ret = out;
    return n;
}

tick timeline_overlap(tick intended, tick jingle, tick kept)
{
    return least(intended, least(jingle / 4, kept / 2));
}

static void keep(struct timeline *t, tick from, tick to)
{
    if (to - from >= TIMELINE_LEAST || (from == 0 && to == t->recorded && from < to))
        t->kept[t->count++] = (struct kept){from, to, 0};
}

// The published clock, once the kept spans stand.
static void lay(struct timeline *t)
{
    tick at = t->intro.length - t->intro.overlap;
    for (size_t i = 0; i < t->count; i++) {
        t->kept[i].at = at;
        at += t->kept[i].to - t->kept[i].from;
    }
    t->length = at + t->outro.length - t->outro.overlap;
}

bool timeline_make(struct arena *a, tick recorded, const struct span *removed, size_t n,
                   const struct jingle *intro, const struct jingle *outro, struct timeline *ret)
{
    struct span *gone = arena_array(a, struct span, n + 1);
    for (size_t i = 0; i < n; i++)
        gone[i] = (struct span){most(removed[i].start, 0), least(removed[i].end, recorded)};
    n = spans_unite(gone, n);
    struct timeline t = {.kept = arena_array(a, struct kept, n + 1), .recorded = recorded};
    tick from = 0;
    for (size_t i = 0; i < n; i++) {
        keep(&t, from, gone[i].start);
        from = gone[i].end;
    }
    keep(&t, from, recorded);
    if (!t.count)
        return false;
    t.intro = intro ? *intro : (struct jingle){0};
    t.outro = outro ? *outro : (struct jingle){0};
    lay(&t);
    *ret = t;
    return true;
}

tick timeline_published(const struct timeline *t, tick recorded)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct kept *k = &t->kept[i];
        if (recorded < k->to)
            return k->at + most(recorded - k->from, 0);
    }
    return TICK_NONE;
}

tick timeline_recorded(const struct timeline *t, tick published)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct kept *k = &t->kept[i];
        if (published >= k->at && published - k->at < k->to - k->from)
            return k->from + published - k->at;
    }
    return TICK_NONE;
}

bool timeline_span(const struct timeline *t, struct span recorded, struct span *ret)
{
    bool found = false;
    for (size_t i = 0; i < t->count; i++) {
        const struct kept *k = &t->kept[i];
        struct span both = {most(recorded.start, k->from), least(recorded.end, k->to)};
        if (both.start >= both.end)
            continue;
        if (!found)
            ret->start = k->at + both.start - k->from;
        ret->end = k->at + both.end - k->from;
        found = true;
    }
    return found;
}

bool timeline_part(struct arena *a, const struct timeline *t, struct span part,
                   struct timeline *ret)
{
    struct span whole = {most(part.start, 0), least(part.end, t->length)};
    struct timeline out = {.kept = arena_array(a, struct kept, t->count), .recorded = t->recorded};
    for (size_t i = 0; i < t->count; i++) {
        const struct kept *k = &t->kept[i];
        tick from = most(whole.start, k->at), to = least(whole.end, k->at + k->to - k->from);
        if (from < to)
            out.kept[out.count++] =
                (struct kept){k->from + from - k->at, k->from + to - k->at, from - whole.start};
    }
    out.length = whole.end - whole.start;
    *ret = out;
    return out.count > 0;
}

struct span *timeline_spans(struct arena *a, const struct timeline *t)
{
    struct span *s = arena_array(a, struct span, t->count + 1);
    for (size_t i = 0; i < t->count; i++)
        s[i] = (struct span){t->kept[i].from, t->kept[i].to};
    return s;
}

static void put_level(struct json *o, const char *key, double v)
{
    json_put_real(o, key, isfinite(v) ? round(v * 1000) / 1000 : v);
}

static void put_jingle(struct json *into, const char *key, const struct jingle *b)
{
    if (!b->length)
        return;
    struct json *o = json_new_object();
    json_put_int(o, "length_ticks", b->length);
    json_put_int(o, "overlap_ticks", b->overlap);
    put_level(o, "integrated_lufs", b->integrated_lufs);
    put_level(o, "true_peak_dbtp", b->true_peak_dbtp);
    json_put(into, key, o);
}

void timeline_put(const struct timeline *t, struct json *into)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < t->count; i++) {
        struct json *o = json_new_object();
        json_put_int(o, "from", t->kept[i].from);
        json_put_int(o, "to", t->kept[i].to);
        json_put_int(o, "at", t->kept[i].at);
        json_push(list, o);
    }
    json_put_int(into, "length_ticks", t->length);
    json_put_real(into, "length_s", tick_to_s(t->length));
    if (t->recorded != t->kept[t->count - 1].to)
        json_put_int(into, "recorded_ticks", t->recorded);
    json_put(into, "kept", list);
    put_jingle(into, "intro", &t->intro);
    put_jingle(into, "outro", &t->outro);
}

static struct jingle read_jingle(const struct json *from, const char *key)
{
    const struct json *o = json_get(from, key);
    return (struct jingle){
        .length = json_int(o, "length_ticks", 0),
        .overlap = json_int(o, "overlap_ticks", 0),
        .integrated_lufs = json_number(o, "integrated_lufs", -HUGE_VAL),
        .true_peak_dbtp = json_number(o, "true_peak_dbtp", -HUGE_VAL),
    };
}

// A record is not trusted: times that overlap or go back would be read as another recording.
static bool keeps_order(const struct timeline *t)
{
    const tick longest = INT64_MAX / 8;
    tick before = 0;
    for (size_t i = 0; i < t->count; i++) {
        const struct kept *k = &t->kept[i];
        if (k->from < before || k->to < k->from || k->to > longest || k->at < 0 || k->at > longest)
            return false;
        before = k->to;
    }
    return t->length >= 0 && t->length <= longest && t->recorded >= before &&
           t->recorded <= longest;
}

bool timeline_read(struct arena *a, const struct json *from, struct timeline *ret)
{
    const struct json *list = json_get(from, "kept");
    size_t n = json_count(list);
    if (!n)
        return false;
    struct timeline t = {.kept = arena_array(a, struct kept, n), .count = n};
    for (size_t i = 0; i < n; i++) {
        const struct json *o = json_at(list, i);
        t.kept[i] =
            (struct kept){json_int(o, "from", 0), json_int(o, "to", 0), json_int(o, "at", 0)};
    }
    t.length = json_int(from, "length_ticks", 0);
    t.recorded = json_int(from, "recorded_ticks", t.kept[n - 1].to);
    t.intro = read_jingle(from, "intro");
    t.outro = read_jingle(from, "outro");
    if (!keeps_order(&t))
        return false;
    *ret = t;
    return true;
}
