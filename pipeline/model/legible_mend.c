// SPDX-License-Identifier: GPL-3.0-or-later
// First no block may touch the next one, then each is broken, shared out in time, and given the
// time it needs of what is free behind it.
#include "model/legible.h"

#include "base/str.h"
#include "model/legible_lines.h"

#include <string.h>

#define MS (TICKS_PER_SEC / 1000)

enum {
    LEAST_MS = 830,     // a part that is shown for less is an error: then three lines are better
    FASTEST_CHARS = 20, // a second
    HYPHEN_CHARS = 2,   // in front of each voice of a block
};

struct reply {
    const char *speaker, *text;
    size_t cue; // it came from; replies of one cue are written as one
};
struct shown {        // a block
    int64_t from, to; // milliseconds
    struct reply *reply;
    size_t n, cap;
};
struct blocks {
    struct shown *items;
    size_t count, cap;
};
struct mending {
    struct arena *a;
    int64_t end; // INT64_MAX: not known
    struct legible_mended *done;
};

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void add_reply(struct arena *a, struct shown *s, const char *speaker, const char *text,
                      size_t cue)
{
    s->reply = arena_grow(a, s->reply, s->n, &s->cap, sizeof *s->reply);
    s->reply[s->n++] = (struct reply){speaker, text, cue};
}

static struct shown *add_block(struct arena *a, struct blocks *b, const struct shown *s)
{
    b->items = arena_grow(a, b->items, b->count, &b->cap, sizeof *b->items);
    b->items[b->count] = *s;
    return &b->items[b->count++];
}

// ---- cues to blocks, and back

static void add_cue(struct arena *a, struct shown *s, const struct cue *cue, size_t number)
{
    const char *from = cue->text;
    for (const char *end; (end = strchr(from, '\n')) != NULL;) {
        while (end && !legible_is_reply(end + 1))
            end = strchr(end + 1, '\n');
        if (!end)
            break;
        add_reply(a, s, cue->speaker, arena_strndup(a, from, (size_t)(end - from)), number);
        from = end + 1;
    }
    add_reply(a, s, cue->speaker, from, number);
}

static void read_blocks(struct arena *a, const struct captions *c, struct blocks *ret)
{
    for (size_t i = 0, n; i < c->count; i += n) {
        n = captions_block(c, i);
        struct shown s = {.from = most(c->cues[i].start / MS, 0)};
        s.to = most(c->cues[i].end / MS, s.from + 1);
        for (size_t k = i; k < i + n; k++)
            add_cue(a, &s, &c->cues[k], k);
        add_block(a, ret, &s);
    }
}

static void write_blocks(struct arena *a, const struct blocks *b, struct captions *c)
{
    size_t cap = 0;
    c->count = 0;
    c->cues = NULL;
    for (const struct shown *s = b->items; s < b->items + b->count; s++) {
        const struct reply *before = NULL;
        for (const struct reply *r = s->reply; r < s->reply + s->n; before = r++) {
            struct cue *last = before ? &c->cues[c->count - 1] : NULL;
            if (before && before->cue == r->cue) {
                last->text = arena_printf(a, "%s\n%s", last->text, r->text);
                continue;
            }
            c->cues = arena_grow(a, c->cues, c->count, &cap, sizeof *c->cues);
            c->cues[c->count++] = (struct cue){s->from * MS, s->to * MS, r->speaker, r->text};
        }
    }
}

// ---- what a block needs

static bool has_hyphens(const struct shown *s)
{
    return s->reply[0].cue != s->reply[s->n - 1].cue;
}

static int64_t chars_of(const struct shown *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        n += legible_chars(s->reply[i].text, strlen(s->reply[i].text));
        if (has_hyphens(s) && (i == 0 || s->reply[i].cue != s->reply[i - 1].cue))
            n += HYPHEN_CHARS;
    }
    return (int64_t)n;
}

static int64_t reading_ms(int64_t chars, int chars_per_s)
{
    return (chars * 1000 + chars_per_s - 1) / chars_per_s;
}

static int64_t need_ms(const struct shown *s)
{
    return most(LEGIBLE_SHORT_MS, reading_ms(chars_of(s), FASTEST_CHARS));
}

// ---- no block touches the next

static bool is_short_reply(const struct shown *s)
{
    const char *text = s->reply[0].text;
    return s->n == 1 && s->reply[0].speaker &&
           legible_chars(text, strlen(text)) + HYPHEN_CHARS <= LEGIBLE_LINE_CHARS &&
           !strchr(text, '\n');
}

// Two who speak at once stand in one block.
static bool join(struct mending *m, struct shown *a, const struct shown *b)
{
    struct shown both = {.from = a->from, .to = most(a->to, b->to)};
    if (!is_short_reply(a) || !is_short_reply(b))
        return false;
    add_reply(m->a, &both, a->reply[0].speaker, a->reply[0].text, a->reply[0].cue);
    add_reply(m->a, &both, b->reply[0].speaker, b->reply[0].text, b->reply[0].cue);
    if (both.to - both.from > LEGIBLE_LONG_MS || both.to - both.from < need_ms(&both))
        return false;
    *a = both;
    return true;
}

// The time of both, shared by their lengths. False: there is none.
static bool share(struct shown *a, struct shown *b)
{
    int64_t to = most(a->to, b->to), gap = LEGIBLE_GAP_MS, x = chars_of(a), y = chars_of(b);
    int64_t room = to - a->from;
    gap = room < 4 * gap ? 0 : gap;
    int64_t part = (room - gap) * x / (x + y);
    part = most(1, least(part, room - gap - 1));
    if (room < 2)
        return false;
    a->to = a->from + part;
    b->from = a->to + gap;
    b->to = to;
    return true;
}

// Where the first can end earlier, or the second begin later, and both still be read.
static bool part(struct shown *a, struct shown *b)
{
    int64_t to = b->from < a->to ? most(a->to, b->to) : b->to;
    if (b->from - LEGIBLE_GAP_MS - a->from >= need_ms(a)) {
        a->to = b->from - LEGIBLE_GAP_MS;
        return true;
    }
    int64_t end = least(a->to, a->from + need_ms(a));
    if (to - (end + LEGIBLE_GAP_MS) < need_ms(b))
        return false;
    a->to = end;
    b->from = end + LEGIBLE_GAP_MS;
    b->to = to;
    return true;
}

// True: b went into a.
static bool meet(struct mending *m, struct shown *a, struct shown *b)
{
    if (b->from < a->from) { // a began earlier, but was moved
        b->from = a->from;
        b->to = most(b->to, b->from + 1);
    }
    if (b->from - a->to >= LEGIBLE_GAP_MS)
        return false;
    bool overlaps = b->from < a->to, joined = false;
    bool done = part(a, b);
    if (!done && overlaps)
        done = joined = join(m, a, b);
    if (!done && overlaps)
        done = share(a, b);
    m->done->count[overlaps ? LEGIBLE_OVERLAP : LEGIBLE_GAP] += done;
    return joined;
}

static struct blocks set_apart(struct mending *m, const struct blocks *all)
{
    struct blocks apart = {0};
    for (size_t i = 0; i < all->count; i++) {
        struct shown *last = apart.count ? &apart.items[apart.count - 1] : NULL;
        if (!last || !meet(m, last, &all->items[i]))
            add_block(m->a, &apart, &all->items[i]);
    }
    return apart;
}

// ---- lines and parts

static void count_lines(const struct shown *s, size_t *ret_lines, size_t *ret_longest)
{
    *ret_lines = *ret_longest = 0;
    for (size_t i = 0; i < s->n; i++) {
        bool begins = i == 0 || s->reply[i].cue != s->reply[i - 1].cue;
        size_t hyphen = has_hyphens(s) && begins ? HYPHEN_CHARS : 0;
        for (const char *p = s->reply[i].text; *p; hyphen = 0) {
            size_t len = strcspn(p, "\n"), chars = legible_chars(p, len) + hyphen;
            *ret_longest = chars > *ret_longest ? chars : *ret_longest;
            ++*ret_lines;
            p += len + (p[len] == '\n');
        }
    }
}

static void add_part(struct mending *m, struct blocks *parts, const struct reply *r,
                     const char *text)
{
    struct shown s = {0};
    add_reply(m->a, &s, r->speaker, text, r->cue);
    add_block(m->a, parts, &s);
}

static void add_parts(struct mending *m, struct blocks *parts, const struct reply *r,
                      const char *text)
{
    const char **blocks;
    size_t n = legible_break(m->a, text, &blocks);
    for (size_t i = 0; i < n; i++)
        add_part(m, parts, r, blocks[i]);
}

static bool is_one_line(const struct reply *r, size_t hyphen)
{
    return legible_chars(r->text, strlen(r->text)) + hyphen <= LEGIBLE_LINE_CHARS;
}

// Replies of one line go in pairs, longer ones have blocks of their own.
static void cut_up(struct mending *m, const struct shown *s, struct blocks *parts)
{
    size_t hyphen = has_hyphens(s) ? HYPHEN_CHARS : 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct reply *r = &s->reply[i];
        if (i + 1 == s->n || !is_one_line(r, hyphen) || !is_one_line(r + 1, hyphen)) {
            add_parts(m, parts, r, r->text);
            continue;
        }
        struct shown pair = {0};
        for (int k = 0; k < 2; k++, r++)
            add_reply(m->a, &pair, r->speaker, legible_one_line(m->a, r->text), r->cue);
        add_block(m->a, parts, &pair);
        i++;
    }
}

// All in one block, whatever lines it takes.
static void keep_together(struct mending *m, struct shown *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const char **blocks, *text = NULL;
        size_t n = legible_break(m->a, s->reply[i].text, &blocks);
        for (size_t k = 0; k < n; k++)
            text = text ? arena_printf(m->a, "%s\n%s", text, blocks[k]) : blocks[k];
        s->reply[i].text = text ? text : s->reply[i].text;
    }
}

// ---- time

// Shares the block's time among its parts by their lengths, none too brief. False: too little time.
static bool share_out(const struct shown *s, struct blocks *parts)
{
    int64_t n = (int64_t)parts->count, room = s->to - s->from - (n - 1) * LEGIBLE_GAP_MS;
    int64_t brief = least(LEGIBLE_SHORT_MS, room / n), chars = 0, free_ms = room, weight = 0;
    if (room < n * LEAST_MS)
        return false;
    for (size_t i = 0; i < parts->count; i++)
        chars += chars_of(&parts->items[i]);
    for (size_t i = 0; i < parts->count; i++) {
        int64_t own = chars_of(&parts->items[i]);
        bool is_brief = room * own / chars <= brief;
        free_ms -= is_brief ? brief : 0;
        weight += is_brief ? 0 : own;
    }
    int64_t at = s->from;
    for (size_t i = 0; i < parts->count; i++) {
        struct shown *part = &parts->items[i];
        int64_t own = chars_of(part);
        bool is_brief = room * own / chars <= brief;
        int64_t length = is_brief || !weight ? brief : free_ms * own / weight;
        if (length < LEAST_MS)
            return false;
        part->from = at;
        part->to = i + 1 < parts->count ? at + length : s->to;
        at = part->to + LEGIBLE_GAP_MS;
    }
    return true;
}

// Takes what n parts of it need from the free time behind it.
static void lengthen(struct mending *m, struct shown *s, int64_t n, int64_t until)
{
    int64_t length = s->to - s->from, chars = chars_of(s);
    int64_t wanted = most(n * LEGIBLE_SHORT_MS, reading_ms(chars, LEGIBLE_CHARS_PER_S));
    int64_t to =
        least(s->from + least(wanted, n * LEGIBLE_LONG_MS) + (n - 1) * LEGIBLE_GAP_MS, until);
    if (to <= s->to)
        return;
    if (length < LEGIBLE_SHORT_MS)
        m->done->count[LEGIBLE_SHORT]++;
    if (chars * 1000 > LEGIBLE_CHARS_PER_S * length)
        m->done->count[LEGIBLE_SPEED]++;
    s->to = to;
}

static void add_shortened(struct mending *m, struct blocks *out, const struct blocks *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        struct shown *s = &parts->items[i];
        s->to = least(s->to, s->from + LEGIBLE_LONG_MS);
        add_block(m->a, out, s);
    }
}

// A long one of several sentences, in two.
static bool cut_at_sentence(struct mending *m, const struct shown *s, struct blocks *parts)
{
    size_t at = s->n == 1 ? legible_sentence(s->reply[0].text) : 0;
    if (s->to - s->from <= LEGIBLE_LONG_MS || chars_of(s) <= LEGIBLE_LINE_CHARS || !at)
        return false;
    add_parts(m, parts, &s->reply[0], arena_strndup(m->a, s->reply[0].text, at));
    add_parts(m, parts, &s->reply[0], s->reply[0].text + at);
    return true;
}

static void mend_block(struct mending *m, struct shown *s, int64_t until, struct blocks *out)
{
    struct blocks parts = {0};
    size_t lines, longest;
    count_lines(s, &lines, &longest);
    m->done->count[LEGIBLE_LONG] += s->to - s->from > LEGIBLE_LONG_MS;
    if (lines > LEGIBLE_BLOCK_LINES || longest > LEGIBLE_LINE_CHARS)
        cut_up(m, s, &parts);
    else if (!cut_at_sentence(m, s, &parts))
        add_block(m->a, &parts, s);
    lengthen(m, s, (int64_t)parts.count, until);
    if (parts.count > 1 && !share_out(s, &parts)) {
        keep_together(m, s);
        parts.count = 0;
        add_block(m->a, &parts, s);
    } else {
        m->done->count[LEGIBLE_LINES] += lines > LEGIBLE_BLOCK_LINES;
    }
    size_t still_longest, still_lines;
    if (parts.count == 1) {
        parts.items[0].from = s->from;
        parts.items[0].to = s->to;
    }
    count_lines(&parts.items[0], &still_lines, &still_longest);
    m->done->count[LEGIBLE_LINE] +=
        longest > LEGIBLE_LINE_CHARS && still_longest <= LEGIBLE_LINE_CHARS;
    add_shortened(m, out, &parts);
}

void legible_mend(struct arena *a, struct captions *c, tick end, struct legible_mended *ret)
{
    *ret = (struct legible_mended){0};
    struct mending m = {a, end > 0 ? end / MS : INT64_MAX, ret};
    struct blocks all = {0}, mended = {0};
    read_blocks(a, c, &all);
    struct blocks apart = set_apart(&m, &all);
    for (size_t i = 0; i < apart.count; i++) {
        bool last = i + 1 == apart.count;
        int64_t until = last ? m.end : least(m.end, apart.items[i + 1].from - LEGIBLE_GAP_MS);
        mend_block(&m, &apart.items[i], until, &mended);
    }
    write_blocks(a, &mended, c);
}
