// SPDX-License-Identifier: GPL-3.0-or-later
// Both formats are blocks of lines between empty lines. A block is cut out first, then read as a
// cue.
#include "model/captions.h"

#include "base/fs.h"
#include "model/captions_read.h"
#include "model/spot.h"

#include <ctype.h>
#include <string.h>

enum { BLOCK_LINES = 64, FILE_MAX = 16 << 20 };

struct line {
    const char *p;
    size_t len;
    int number;
};
struct block {
    struct line line[BLOCK_LINES];
    size_t count;
};

struct reader {
    struct arena *a;
    const char *shown, *text;
    size_t len, at;
    int line; // number of the line that begins at `at`
    bool vtt;
    struct captions *c;
    size_t cap;
    struct err *e;
};

static int complain(const struct reader *r, const struct line *l, size_t offset, const char *remedy,
                    const char *what)
{
    int column = 1;
    for (size_t i = 0; i < offset && i < l->len; i++)
        column += ((unsigned char)l->p[i] & 0xC0) != 0x80;
    struct spot s = {r->shown, r->text, r->len, l->number, column};
    return spot_error(&s, r->e, remedy, "%s", what);
}

static bool next_line(struct reader *r, struct line *ret)
{
    if (r->at >= r->len)
        return false;
    const char *p = r->text + r->at, *end = memchr(p, '\n', r->len - r->at);
    size_t len = end ? (size_t)(end - p) : r->len - r->at;
    r->at += len + (end != NULL);
    *ret = (struct line){p, len > 0 && p[len - 1] == '\r' ? len - 1 : len, r->line++};
    return true;
}

static bool is_blank(const struct line *l)
{
    for (size_t i = 0; i < l->len; i++) {
        if (l->p[i] != ' ' && l->p[i] != '\t')
            return false;
    }
    return true;
}

// 1: a block; 0: the end.
static int next_block(struct reader *r, struct block *b)
{
    struct line l;
    b->count = 0;
    while (next_line(r, &l)) {
        if (is_blank(&l)) {
            if (b->count > 0)
                return 1;
            continue;
        }
        if (b->count == BLOCK_LINES)
            return complain(r, &l, 0, "put an empty line between two cues",
                            "too many lines in one cue");
        b->line[b->count++] = l;
    }
    return b->count > 0;
}

static const char *find(const struct line *l, const char *what)
{
    return l->len > 0 ? memmem(l->p, l->len, what, strlen(what)) : NULL;
}

static bool starts(const struct line *l, const char *word)
{
    size_t n = strlen(word);
    return l->len >= n && memcmp(l->p, word, n) == 0 &&
           (l->len == n || l->p[n] == ' ' || l->p[n] == '\t');
}

// Digits at *p, min..max of them; -1: not that many.
static int64_t digits(const char **p, const char *end, int min, int max)
{
    int64_t v = 0;
    int n = 0;
    for (; *p < end && isdigit((unsigned char)**p); (*p)++, n++) {
        if (n == max)
            return -1;
        v = v * 10 + (**p - '0');
    }
    return n >= min ? v : -1;
}

static bool skip(const char **p, const char *end, char c)
{
    if (*p == end || **p != c)
        return false;
    (*p)++;
    return true;
}

// [hours:]mm:ss.mmm, and a comma instead of the full stop: what belongs to which format is mixed up
// by many programs.
static bool read_stamp(const char **p, const char *end, tick *ret)
{
    int64_t h = 0, m = digits(p, end, 1, 4), s = skip(p, end, ':') ? digits(p, end, 2, 2) : -1;
    if (m < 0 || s < 0)
        return false;
    if (skip(p, end, ':')) {
        h = m;
        m = s;
        s = digits(p, end, 2, 2);
    }
    if (m > 59 || s < 0 || s > 59 || (!skip(p, end, '.') && !skip(p, end, ',')))
        return false;
    int64_t ms = digits(p, end, 3, 3);
    *ret = ((h * 60 + m) * 60 + s) * TICKS_PER_SEC + ms * (TICKS_PER_SEC / 1000);
    return ms >= 0;
}

static void skip_blanks(const char **p, const char *end)
{
    while (*p < end && (**p == ' ' || **p == '\t'))
        (*p)++;
}

// Settings behind the times do not move in time and are dropped; what is no setting is a fault.
static bool settings_fit(const char *p, const char *end)
{
    for (skip_blanks(&p, end); p < end; skip_blanks(&p, end)) {
        const char *start = p;
        while (p < end && *p != ' ' && *p != '\t')
            p++;
        if (!memchr(start, ':', (size_t)(p - start)))
            return false;
    }
    return true;
}

static int read_times(const struct reader *r, const struct line *l, struct cue *ret)
{
    const char *remedy = r->vtt ? "write it like 00:00:01.000 --> 00:00:04.000"
                                : "write it like 00:00:01,000 --> 00:00:04,000";
    const char *p = l->p, *end = l->p + l->len;
    skip_blanks(&p, end);
    if (!read_stamp(&p, end, &ret->start))
        return complain(r, l, (size_t)(p - l->p), remedy, "this is not a time");
    skip_blanks(&p, end);
    if (end - p < 3 || memcmp(p, "-->", 3) != 0)
        return complain(r, l, (size_t)(p - l->p), remedy, "--> is missing");
    p += 3;
    skip_blanks(&p, end);
    const char *second = p;
    if (!read_stamp(&p, end, &ret->end))
        return complain(r, l, (size_t)(p - l->p), remedy, "this is not a time");
    if ((p < end && *p != ' ' && *p != '\t') || !settings_fit(p, end))
        return complain(r, l, (size_t)(p - l->p), remedy, "this does not belong behind a time");
    if (ret->end <= ret->start)
        return complain(r, l, (size_t)(second - l->p), "the second time must be the later one",
                        "a cue that ends before it begins");
    if (r->c->count > 0 && ret->start < r->c->cues[r->c->count - 1].start)
        return complain(r, l, 0, "put the cues in the order of their times",
                        "a cue that begins before the one above it");
    return 0;
}

// The text of one cue while it is read, piece by piece: one person says a piece.
struct speech {
    struct cue times;
    struct str text;
    const char *speaker;
    int pieces; // that became cues
};

// A line without blanks at its ends, below those that are there.
static void add_trimmed(struct str *s, const char *p, size_t len)
{
    while (len > 0 && (*p == ' ' || *p == '\t'))
        p++, len--;
    while (len > 0 && (p[len - 1] == ' ' || p[len - 1] == '\t'))
        len--;
    if (len == 0)
        return;
    if (s->len > 0)
        str_addc(s, '\n');
    str_addn(s, p, len);
}

static void end_piece(struct reader *r, struct speech *t)
{
    struct captions *c = r->c;
    struct str s;
    str_init(&s, STR_MAX);
    for (const char *p = t->text.p; p && *p;) {
        size_t len = strcspn(p, "\n");
        add_trimmed(&s, p, len);
        p += len + (p[len] == '\n');
    }
    if (s.len > 0) {
        c->cues = arena_grow(r->a, c->cues, c->count, &r->cap, sizeof(*c->cues));
        c->cues[c->count++] =
            (struct cue){t->times.start, t->times.end, t->speaker, arena_strndup(r->a, s.p, s.len)};
        t->pieces++;
    }
    str_done(&s);
    str_clear(&t->text);
}

// The name in "v.loud Kari Nordmann" (the inside of a tag); NULL: none.
static const char *voice_of(struct arena *a, const char *tag, size_t len)
{
    size_t i = 0;
    while (i < len && tag[i] != ' ' && tag[i] != '\t' && tag[i] != '\n')
        i++;
    struct str s;
    str_init(&s, 1024);
    while (i < len) {
        if (tag[i] == '&')
            i += captions_entity(&s, tag + i, len - i);
        else
            str_addc(&s, tag[i] == '\n' || tag[i] == '\t' ? ' ' : tag[i]), i++;
    }
    const char *p = s.p ? s.p + strspn(s.p, " ") : "";
    size_t n = strlen(p);
    while (n > 0 && p[n - 1] == ' ')
        n--;
    char *name = n > 0 ? arena_strndup(a, p, n) : NULL;
    str_done(&s);
    return name;
}

static bool is_voice(const char *tag, size_t len)
{
    return len > 0 && tag[0] == 'v' &&
           (len == 1 || tag[1] == '.' || tag[1] == ' ' || tag[1] == '\t');
}

// The tag at l->p + *at: only voices mean something here.
static int read_vtt_tag(struct reader *r, const struct line *l, size_t *at, struct speech *t)
{
    const char *p = l->p + *at, *end = memchr(p, '>', l->len - *at);
    if (!end)
        return complain(r, l, *at, "write &lt; for the sign, or end the tag with >",
                        "a < without its >");
    size_t len = (size_t)(end - p) - 1;
    bool closes = len == 2 && memcmp(p + 1, "/v", 2) == 0;
    if (closes || is_voice(p + 1, len)) {
        end_piece(r, t);
        t->speaker = closes ? NULL : voice_of(r->a, p + 1, len);
    }
    *at += len + 2;
    return 0;
}

static int read_vtt_line(struct reader *r, const struct line *l, struct speech *t)
{
    int err = 0;
    for (size_t i = 0; i < l->len && err >= 0;) {
        const char *p = l->p + i;
        bool tag = *p == '<' && l->len - i > 1 && (isalnum((unsigned char)p[1]) || p[1] == '/');
        if (tag)
            err = read_vtt_tag(r, l, &i, t);
        else if (*p == '&')
            i += captions_entity(&t->text, p, l->len - i);
        else
            str_addc(&t->text, l->p[i++]);
    }
    return err;
}

// Bytes of a tag that SubRip players know, at p; 0: the sign stands for itself.
static size_t srt_tag(const char *p, size_t len)
{
    static const char *const names[] = {"b", "i", "u", "s", "c", "font"};
    const char *end = memchr(p, *p == '{' ? '}' : '>', len);
    if (!end)
        return 0;
    size_t whole = (size_t)(end - p) + 1;
    if (*p == '{')
        return whole > 2 && p[1] == '\\' ? whole : 0;
    const char *name = p + 1 + (len > 1 && p[1] == '/');
    size_t n = 0;
    while (name + n < end && isalpha((unsigned char)name[n]))
        n++;
    for (size_t i = 0; i < COUNT(names); i++) {
        if (n == strlen(names[i]) && strncasecmp(name, names[i], n) == 0)
            return whole;
    }
    return 0;
}

static int read_srt_line(struct reader *r, const struct line *l, struct speech *t)
{
    (void)r;
    for (size_t i = 0; i < l->len;) {
        size_t tag = l->p[i] == '<' || l->p[i] == '{' ? srt_tag(l->p + i, l->len - i) : 0;
        if (tag == 0)
            str_addc(&t->text, l->p[i++]);
        i += tag;
    }
    return 0;
}

// "- Hei" in a block of several voices: the hyphen tells of the other voice, as the name does.
static void drop_hyphen(struct cue *cue)
{
    static const char *const marks[] = {"- ", "– "};
    for (size_t i = 0; i < COUNT(marks); i++) {
        size_t n = strlen(marks[i]);
        if (!str_starts(cue->text, marks[i]) || cue->text[n] == '\0' || cue->text[n] == '\n')
            continue;
        cue->text += n;
        return;
    }
}

// The block from its time line on.
static int read_cue(struct reader *r, const struct block *b, size_t at)
{
    struct speech t = {0};
    int err = read_times(r, &b->line[at], &t.times);
    str_init(&t.text, STR_MAX);
    for (size_t n = at + 1; n < b->count && err >= 0; n++) {
        const struct line *l = &b->line[n];
        const char *arrow = find(l, "-->");
        if (arrow)
            err = complain(r, l, (size_t)(arrow - l->p), "put an empty line between two cues",
                           "--> inside a text");
        else
            err = (r->vtt ? read_vtt_line : read_srt_line)(r, l, &t);
        str_addc(&t.text, '\n');
    }
    if (err >= 0)
        end_piece(r, &t);
    str_done(&t.text);
    for (int i = 1; t.pieces > 1 && i <= t.pieces; i++)
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): end_piece added them
        if (r->c->cues[r->c->count - (size_t)i].speaker)
            drop_hyphen(&r->c->cues[r->c->count - (size_t)i]);
    if (err >= 0 && t.pieces == 0)
        return complain(r, &b->line[at], 0, "write the text below it, or delete the cue",
                        "a cue without text");
    return err;
}

static int read_vtt_block(struct reader *r, const struct block *b)
{
    static const char *const others[] = {"NOTE", "STYLE", "REGION"};
    if (find(&b->line[0], "-->"))
        return read_cue(r, b, 0);
    for (size_t i = 0; i < COUNT(others); i++) {
        if (starts(&b->line[0], others[i]))
            return 0;
    }
    if (b->count > 1 && find(&b->line[1], "-->"))
        return read_cue(r, b, 1);
    return complain(
        r, &b->line[0], 0,
        "a text has a line like 00:00:01.000 --> 00:00:04.000 above it, and no empty lines",
        "a text without its times");
}

static int read_srt_block(struct reader *r, const struct block *b)
{
    const struct line *l = &b->line[0];
    const char *p = l->p, *end = l->p + l->len;
    skip_blanks(&p, end);
    bool number = digits(&p, end, 1, 9) >= 0;
    skip_blanks(&p, end);
    if (!number || p < end)
        return complain(
            r, l, 0,
            "a cue begins with its number, then the times, then the text without empty lines",
            "the number of a cue is missing");
    if (b->count < 2)
        return complain(r, l, 0, "delete it, or write times and text below it",
                        "a cue of a number only");
    return read_cue(r, b, 1);
}

// The first line says which format it is; of WebVTT the whole head is read.
static int read_head(struct reader *r)
{
    struct line l;
    struct reader start = *r;
    if (!next_line(r, &l))
        return err_input(r->e, "%s: the file is empty", r->shown);
    r->vtt = starts(&l, "WEBVTT");
    if (l.len >= 6 && !r->vtt && strncasecmp(l.p, "WEBVTT", 6) == 0)
        return complain(r, &l, 0, "write WEBVTT alone in capitals",
                        "the first line is not quite WEBVTT");
    if (!r->vtt) {
        *r = start;
        return 0;
    }
    while (next_line(r, &l) && !is_blank(&l)) {
        if (find(&l, "-->"))
            return complain(r, &l, 0, "put an empty line below WEBVTT", "times inside the head");
    }
    return 0;
}

int captions_parse(struct arena *a, const char *text, size_t len, const char *shown,
                   struct captions *ret, struct err *e)
{
    size_t bom = spot_skip_bom(text, len);
    const char *encoding = captions_decode(a, &text, &len);
    int err = spot_check_text(shown, text + bom, len - bom, SPOT_TABS, e);
    if (err < 0)
        return err;
    struct captions c = {0};
    struct reader r = {
        .a = a, .shown = shown, .text = text + bom, .len = len - bom, .line = 1, .c = &c, .e = e};
    err = read_head(&r);
    struct block b;
    while (err >= 0 && (err = next_block(&r, &b)) > 0)
        err = r.vtt ? read_vtt_block(&r, &b) : read_srt_block(&r, &b);
    if (err < 0)
        return err;
    if (c.count == 0)
        return err_input(e, "%s: there are no cues in it", shown);
    captions_find_speakers(a, &c);
    c.encoding = encoding;
    *ret = c;
    return 0;
}

int captions_load(struct arena *a, const char *path, const char *shown, struct captions *ret,
                  struct err *e)
{
    char *bytes;
    size_t len;
    int err = fs_read(a, path, FILE_MAX, &bytes, &len, e);
    return err < 0 ? err : captions_parse(a, bytes, len, shown, ret, e);
}
