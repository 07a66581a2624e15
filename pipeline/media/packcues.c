// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/packcues.h"

#include <stdlib.h>
#include <string.h>

enum { SAMPLE_HEAD = 2, TEXT_MAX = UINT16_MAX };

struct shown { // on the track's clock
    int64_t start, end;
    const struct cue *cue;
};

static int64_t clamp_ms(tick t, int64_t end)
{
    int64_t ms = tick_to_samples(t, PACKCUES_RATE);
    return ms < 0 ? 0 : ms > end ? end : ms;
}

static int by_start(const void *a, const void *b)
{
    const struct shown *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->cue > y->cue) - (x->cue < y->cue); // as they are listed
}

static int by_time(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static size_t sort_cues(const struct captions *c, int64_t end, struct shown *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct cue *cue = &c->cues[i];
        struct shown s = {clamp_ms(cue->start, end), clamp_ms(cue->end, end), cue};
        if (s.start < s.end)
            ret[n++] = s;
    }
    if (n)
        qsort(ret, n, sizeof *ret, by_start);
    return n;
}

// Where another text begins: sorted, each once, 0 and the end among them.
static size_t find_borders(const struct shown *cues, size_t n, int64_t end, int64_t *ret)
{
    size_t all = 0, kept = 1;
    ret[all++] = 0;
    ret[all++] = end;
    for (size_t i = 0; i < n; i++) {
        ret[all++] = cues[i].start;
        ret[all++] = cues[i].end;
    }
    qsort(ret, all, sizeof *ret, by_time);
    for (size_t i = 1; i < all; i++) {
        if (ret[i] != ret[kept - 1])
            ret[kept++] = ret[i];
    }
    return kept;
}

static void add_cue(struct str *out, const struct cue *cue, bool two_lines)
{
    const char *text = cue->text ? cue->text : "";
    if (cue->speaker && cue->speaker[0])
        str_addf(out, "%s: ", cue->speaker);
    for (const char *line; (line = strchr(text, '\n')); text = line + 1) {
        str_addn(out, text, (size_t)(line - text));
        str_addc(out, two_lines ? '\n' : ' ');
        two_lines = false;
    }
    str_add(out, text);
}

static void add_texts(struct str *out, const struct shown *cues, size_t n, int64_t at)
{
    size_t together = 0, done = 0;
    for (size_t i = 0; i < n && cues[i].start <= at; i++)
        together += cues[i].end > at;
    for (size_t i = 0; i < n && cues[i].start <= at; i++) {
        if (cues[i].end <= at)
            continue;
        if (done)
            str_addc(out, done == 1 ? '\n' : ' ');
        add_cue(out, cues[i].cue, together == 1);
        done++;
    }
}

static void add_sample(struct str *out, const struct str *text)
{
    str_addc(out, (char)(text->len >> 8));
    str_addc(out, (char)(text->len & 0xff));
    str_addn(out, text->p, text->len);
}

void packcues_make(struct arena *a, const struct captions *c, tick end, struct packcues *ret)
{
    int64_t last = clamp_ms(end, INT64_MAX);
    struct shown *cues = arena_array(a, struct shown, c->count + 1);
    int64_t *borders = arena_array(a, int64_t, 2 * c->count + 2);
    size_t n = sort_cues(c, last, cues), num_borders = find_borders(cues, n, last, borders);
    struct str bytes, text;
    str_init(&bytes, STR_MAX);
    str_init(&text, TEXT_MAX);
    ret->count = num_borders - 1;
    ret->lengths = arena_array(a, uint32_t, num_borders);
    ret->sizes = arena_array(a, uint32_t, num_borders);
    for (size_t i = 0, first = 0; i < ret->count; i++) {
        while (first < n && cues[first].end <= borders[i])
            first++;
        str_clear(&text);
        add_texts(&text, cues + first, n - first, borders[i]);
        add_sample(&bytes, &text);
        ret->lengths[i] = (uint32_t)(borders[i + 1] - borders[i]);
        ret->sizes[i] = (uint32_t)(SAMPLE_HEAD + text.len);
    }
    ret->bytes = arena_strndup(a, bytes.p, bytes.len);
    str_done(&text);
    str_done(&bytes);
}
