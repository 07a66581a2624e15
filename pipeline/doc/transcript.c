// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/transcript.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/xml.h"

// A paragraph of one speaker ends behind a sentence once it is this long, or at a pause.
enum { PARAGRAPH = 450 };
static const tick pause = 3 * TICKS_PER_SEC;

static bool ends_sentence(const struct str *s)
{
    return s->len > 0 && strchr(".!?", s->p[s->len - 1]);
}

// "- Hei" and "– Hei": a new voice in captions without names.
static size_t dash(const char *line)
{
    if (str_starts(line, "- "))
        return 2;
    return str_starts(line, "– ") ? sizeof "– " - 1 : 0;
}

struct grouping {
    struct arena *arena;
    struct turns *turns;
    size_t cap;
    struct str text; // of the paragraph that is being made
    struct turn open;
    const char *speaker; // of the paragraph before
};

static void paragraph_end(struct grouping *g)
{
    if (g->text.len == 0)
        return;
    struct turns *t = g->turns;
    t->items = arena_grow(g->arena, t->items, t->count, &g->cap, sizeof *t->items);
    g->open.text = arena_strdup(g->arena, g->text.p);
    if (t->count > 0 && str_same(g->open.speaker, g->speaker))
        g->open.speaker = NULL;
    else
        g->speaker = g->open.speaker;
    t->items[t->count++] = g->open;
    str_clear(&g->text);
}

static void add_line(struct grouping *g, const struct cue *cue, const char *line, size_t len)
{
    while (len > 0 && *line == ' ')
        line++, len--;
    size_t skip = cue->speaker ? 0 : dash(line);
    if (skip > 0 && skip < len) {
        paragraph_end(g);
        line += skip;
        len -= skip;
    }
    if (len == 0)
        return;
    if (g->text.len == 0)
        g->open = (struct turn){.start = cue->start, .speaker = cue->speaker};
    else
        str_addc(&g->text, ' ');
    str_addn(&g->text, line, len);
}

void transcript_turns(struct arena *a, const struct captions *c, const tick *breaks,
                      size_t num_breaks, struct turns *ret)
{
    *ret = (struct turns){0};
    struct grouping g = {.arena = a, .turns = ret};
    str_init(&g.text, STR_MAX);
    size_t next = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct cue *cue = &c->cues[i];
        bool at_break = false;
        for (; next < num_breaks && breaks[next] <= cue->start; next++)
            at_break = true;
        bool silent = i > 0 && cue->start - c->cues[i - 1].end >= pause;
        bool full = g.text.len >= PARAGRAPH && ends_sentence(&g.text);
        if (at_break || silent || full || !str_same(cue->speaker, g.open.speaker))
            paragraph_end(&g);
        for (const char *line = cue->text; *line;) {
            size_t len = strcspn(line, "\n");
            add_line(&g, cue, line, len);
            line += len + (line[len] == '\n');
        }
    }
    paragraph_end(&g);
    str_done(&g.text);
}

void transcript_text(struct str *out, const struct turns *t)
{
    for (size_t i = 0; i < t->count; i++) {
        if (i > 0)
            str_addc(out, '\n');
        if (t->items[i].speaker)
            str_addf(out, "%s: ", t->items[i].speaker);
        str_add(out, t->items[i].text);
        str_addc(out, '\n');
    }
}

static void add_words(struct str *out, const char *text)
{
    struct str balanced;
    str_init(&balanced, STR_MAX);
    str_add_balanced(&balanced, text);
    xml_escape(out, balanced.p, false);
    str_done(&balanced);
}

void transcript_html(struct str *out, const struct turns *t, const char *language,
                     const char *title)
{
    str_add(out, "<!DOCTYPE html>\n<html lang=\"");
    xml_escape(out, language, true);
    str_add(out, "\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                 "form-action 'none'; base-uri 'none'\">\n<title>");
    add_words(out, title);
    str_add(out, "</title>\n</head>\n<body>\n<main>\n<h1>");
    add_words(out, title);
    str_add(out, "</h1>\n");
    for (size_t i = 0; i < t->count; i++) {
        char at[TICK_TEXT];
        tick_text(t->items[i].start, at);
        if (t->items[i].speaker) {
            str_add(out, "<cite>");
            add_words(out, t->items[i].speaker);
            str_add(out, ":</cite>\n");
        }
        str_addf(out, "<time>%s</time>\n<p>", at);
        add_words(out, t->items[i].text);
        str_add(out, "</p>\n");
    }
    str_add(out, "</main>\n</body>\n</html>\n");
}

static double seconds(tick t)
{
    int64_t ms = t / (TICKS_PER_SEC / 1000);
    return (double)ms / 1000;
}

struct json *transcript_json(const struct captions *c, const char *language, const char *made)
{
    struct json *j = json_new_object();
    json_put_text(j, "version", "1.0.0");
    json_put_text(j, "language", language);
    json_put_text(j, "made", made);
    struct json *segments = json_new_array();
    for (size_t i = 0; i < c->count; i++) {
        struct json *s = json_new_object();
        json_put_text(s, "speaker", c->cues[i].speaker);
        json_put_real(s, "startTime", seconds(c->cues[i].start));
        json_put_real(s, "endTime", seconds(c->cues[i].end));
        json_put_text(s, "body", c->cues[i].text);
        json_push(segments, s);
    }
    json_put(j, "segments", segments);
    return j;
}

static tick ticks(double s)
{
    return llround(s * 1000) * (TICKS_PER_SEC / 1000);
}

int transcript_read(struct arena *a, const struct json *j, struct captions *ret, struct err *e)
{
    const struct json *segments = json_get(j, "segments");
    size_t n = json_count(segments);
    struct captions c = {.cues = arena_array(a, struct cue, n + 1), .count = n};
    for (size_t i = 0; i < n; i++) {
        const struct json *s = json_at(segments, i);
        double from = json_number(s, "startTime", NAN), to = json_number(s, "endTime", NAN);
        const char *body = json_text(s, "body");
        if (!body || !(from >= 0 && to >= from && to < 1e9))
            return err_set(e, -EINVAL, "segment %zu of the transcript has no time or no text",
                           i + 1);
        c.cues[i] = (struct cue){ticks(from), ticks(to), json_text(s, "speaker"), body};
    }
    *ret = c;
    return 0;
}
