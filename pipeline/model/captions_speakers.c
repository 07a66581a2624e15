// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/str.h"
#include "model/captions_read.h"
#include "model/legible_lines.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 60, NAME_WORDS = 4 };

// Bytes of the name in "Kari Nordmann: text", words that all begin with a capital; 0: none.
static size_t name_at(const char *text)
{
    size_t words = 0, n = 0;
    while (words < NAME_WORDS && legible_is_capital(text + n)) {
        while (isalpha((unsigned char)text[n]) || (unsigned char)text[n] >= 0x80 ||
               (text[n] && strchr("-.'", text[n])))
            n++;
        words++;
        if (text[n] == ':')
            return n <= NAME_BYTES && text[n + 1] == ' ' && text[n + 2] > ' ' ? n : 0;
        if (text[n] != ' ')
            return 0;
        n++;
    }
    return 0;
}

struct prefix {
    const char *p;
    size_t len;
};

static int by_name(const void *x, const void *y)
{
    const struct prefix *a = x, *b = y;
    int order = memcmp(a->p, b->p, a->len < b->len ? a->len : b->len);
    return order ? order : (a->len > b->len) - (a->len < b->len);
}

// Those that stand there at least twice; *ret_uses: how often all of them do.
static size_t keep_repeated(struct prefix *all, size_t n, size_t *ret_uses)
{
    size_t kept = 0;
    *ret_uses = 0;
    qsort(all, n, sizeof *all, by_name);
    for (size_t i = 0, k; i < n; i = k) {
        for (k = i + 1; k < n && by_name(&all[i], &all[k]) == 0; k++)
            ;
        if (k - i < 2)
            continue;
        *ret_uses += k - i;
        all[kept++] = all[i];
    }
    return kept;
}

static size_t find_names(struct arena *a, const struct captions *c, struct prefix **ret)
{
    size_t n = 0, cap = 0, uses;
    struct prefix *all = NULL;
    for (size_t i = 0; i < c->count; i++) {
        if (c->cues[i].speaker)
            return 0;
        for (const char *p = c->cues[i].text; p; p = strchr(p, '\n')) {
            p += *p == '\n';
            size_t len = name_at(p);
            if (!len)
                continue;
            all = arena_grow(a, all, n, &cap, sizeof *all);
            all[n++] = (struct prefix){p, len};
        }
    }
    if (!n)
        return 0;
    n = keep_repeated(all, n, &uses);
    *ret = all;
    return n >= 2 || uses * 2 >= c->count ? n : 0;
}

struct naming {
    struct arena *a;
    const struct prefix *names;
    size_t num_names;
    struct cue *cues;
    size_t count, cap;
};

static bool is_name(const struct naming *n, const char *line, size_t *ret_len)
{
    struct prefix p = {line, name_at(line)};
    *ret_len = p.len;
    return p.len && bsearch(&p, n->names, n->num_names, sizeof p, by_name);
}

static void add(struct naming *n, const struct cue *cue, const char *speaker, const char *text,
                size_t len)
{
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' '))
        len--;
    if (len == 0)
        return;
    n->cues = arena_grow(n->a, n->cues, n->count, &n->cap, sizeof *n->cues);
    n->cues[n->count++] =
        (struct cue){cue->start, cue->end, speaker, arena_strndup(n->a, text, len)};
}

// One cue becomes one for each name in it.
static void name_cue(struct naming *n, const struct cue *cue)
{
    const char *speaker = NULL, *from = cue->text;
    for (const char *line = cue->text; *line;) {
        size_t len;
        if (is_name(n, line, &len)) {
            add(n, cue, speaker, from, (size_t)(line - from));
            speaker = arena_strndup(n->a, line, len);
            from = line + len + 1 + strspn(line + len + 1, " ");
        }
        const char *end = strchr(line, '\n');
        line = end ? end + 1 : line + strlen(line);
    }
    add(n, cue, speaker, from, strlen(from));
}

void captions_find_speakers(struct arena *a, struct captions *c)
{
    struct prefix *names = NULL;
    size_t count = find_names(a, c, &names);
    if (!count)
        return;
    struct naming n = {.a = a, .names = names, .num_names = count};
    for (size_t i = 0; i < c->count; i++)
        name_cue(&n, &c->cues[i]);
    c->cues = n.cues;
    c->count = n.count;
}
