// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/legible.h"

#include "model/legible_lines.h"

#include <math.h>
#include <string.h>

#define MS (TICKS_PER_SEC / 1000)

const struct legible_limit legible_limits[LEGIBLE_RULES] = {
    [LEGIBLE_LINE] = {"line length", "MediaLT: under 40 for the web; Samtext: 44 to 46",
                      LEGIBLE_LINE_CHARS, 46, false},
    [LEGIBLE_LINES] = {"lines", "Samtext, Netflix: one or two", LEGIBLE_BLOCK_LINES,
                       LEGIBLE_BLOCK_LINES, false},
    [LEGIBLE_SPEED] = {"reading speed", "MediaLT: 180 words a minute; Netflix: 17 a second",
                       LEGIBLE_CHARS_PER_S, 20, false},
    [LEGIBLE_SHORT] = {"shown too briefly", "Samtext: 1.6 s; Netflix: 5/6 s",
                       LEGIBLE_SHORT_MS / 1000.0, 0.83, true},
    [LEGIBLE_LONG] = {"shown too long", "Netflix: 7 s; Samtext: 8 s", LEGIBLE_LONG_MS / 1000.0, 8,
                      false},
    [LEGIBLE_OVERLAP] = {"overlap", "players show one block or stack them", 0, 0, false},
    [LEGIBLE_GAP] = {"gap", "Netflix: two frames", LEGIBLE_GAP_MS / 1000.0, 0, true},
};

struct finding_list {
    struct arena *a;
    struct legible_findings *to;
    size_t cap;
};

static void look(struct finding_list *l, enum legible_rule rule, tick at, double value)
{
    const struct legible_limit *limit = &legible_limits[rule];
    double sign = limit->least ? -1 : 1;
    if (sign * value <= sign * limit->warn)
        return;
    struct legible_findings *f = l->to;
    f->items = arena_grow(l->a, f->items, f->count, &l->cap, sizeof *f->items);
    f->items[f->count++] =
        (struct legible_finding){rule, sign * value > sign * limit->error, at, value};
}

struct measure { // of a block
    size_t longest, lines, chars;
};

static void measure(const struct cue *cues, size_t n, struct measure *m)
{
    *m = (struct measure){0};
    for (size_t i = 0; i < n; i++) {
        size_t hyphen = n > 1 ? 2 : 0;
        for (const char *p = cues[i].text; *p;) {
            size_t len = strcspn(p, "\n"), chars = legible_chars(p, len) + hyphen;
            m->longest = chars > m->longest ? chars : m->longest;
            m->chars += chars;
            m->lines++;
            hyphen = 0;
            p += len + (p[len] == '\n');
        }
    }
}

static double ms(tick t) // whole ones, so that no limit is missed by rounding
{
    return floor((double)t / (double)MS);
}

void legible_find(struct arena *a, const struct captions *c, struct legible_findings *ret)
{
    *ret = (struct legible_findings){0};
    struct finding_list l = {.a = a, .to = ret};
    double shown_to = -INFINITY;
    for (size_t i = 0, n; i < c->count; i += n) {
        n = captions_block(c, i);
        struct measure m;
        measure(&c->cues[i], n, &m);
        double from = ms(c->cues[i].start), to = ms(c->cues[i].end), length = to - from;
        tick at = c->cues[i].start;
        if (from < shown_to)
            look(&l, LEGIBLE_OVERLAP, at, (shown_to - from) / 1000);
        else
            look(&l, LEGIBLE_GAP, at, (from - shown_to) / 1000);
        look(&l, LEGIBLE_LINE, at, (double)m.longest);
        look(&l, LEGIBLE_LINES, at, (double)m.lines);
        look(&l, LEGIBLE_SPEED, at, length > 0 ? (double)m.chars * 1000 / length : INFINITY);
        look(&l, LEGIBLE_SHORT, at, length / 1000);
        look(&l, LEGIBLE_LONG, at, length / 1000);
        shown_to = fmax(shown_to, to);
    }
}

void legible_say(struct str *out, const struct legible_finding *f)
{
    static const struct {
        const char *before, *unit, *remedy;
        int decimals;
    } words[LEGIBLE_RULES] = {
        [LEGIBLE_LINE] = {"a line of ", " characters", "break it, or shorten the text", 0},
        [LEGIBLE_LINES] = {"", " lines at once", "make two captions of it", 0},
        [LEGIBLE_SPEED] = {"", " characters a second", "shorten the text, or show it longer", 1},
        [LEGIBLE_SHORT] = {"shown for ", " s", "show it longer, or join it with its neighbour", 2},
        [LEGIBLE_LONG] = {"shown for ", " s", "end it earlier, or make two captions of it", 2},
        [LEGIBLE_OVERLAP] = {"begins ", " s before the one above it ends", "end that one earlier",
                             2},
        [LEGIBLE_GAP] = {"begins ", " s behind the one above it",
                         "leave two frames, so that the eye sees the change", 2},
    };
    str_add(out, words[f->rule].before);
    str_add_real(out, f->value, words[f->rule].decimals);
    str_addf(out, "%s: %s", words[f->rule].unit, words[f->rule].remedy);
}
