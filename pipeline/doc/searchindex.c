// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/searchindex.h"

#include <stdlib.h>
#include <string.h>

enum { SHORTEST = 2, LONGEST = 40 };

struct posting {
    const char *word; // in the arena
    uint32_t episode;
    int32_t second;
};
struct searchindex {
    struct arena arena;
    struct posting *postings;
    size_t count, cap;
    bool sorted;
};

struct searchindex *searchindex_new(void)
{
    struct searchindex *s = mem_alloc(sizeof *s);
    *s = (struct searchindex){0};
    return s;
}

void searchindex_free(struct searchindex *s)
{
    if (!s)
        return;
    arena_done(&s->arena);
    free(s);
}

// A slug is the text folded, with '-' where it is no word.
static void add_text(struct searchindex *s, size_t episode, int32_t second, const char *text)
{
    struct str folded;
    if (!text)
        return;
    str_init(&folded, STR_MAX);
    str_add_slug(&folded, text);
    for (const char *p = folded.p; *p;) {
        size_t len = strcspn(p, "-");
        if (len >= SHORTEST && len <= LONGEST) {
            s->postings =
                arena_grow(&s->arena, s->postings, s->count, &s->cap, sizeof(*s->postings));
            s->postings[s->count++] =
                (struct posting){arena_strndup(&s->arena, p, len), (uint32_t)episode, second};
        }
        p += len + (p[len] == '-');
    }
    str_done(&folded);
    s->sorted = false;
}

static void add_people(struct searchindex *s, size_t episode, const struct fact_person *people,
                       size_t n)
{
    for (size_t i = 0; i < n; i++) {
        add_text(s, episode, -1, people[i].name);
        add_text(s, episode, -1, people[i].place.name);
    }
}

void searchindex_add(struct searchindex *s, size_t episode, const struct fact_episode *ep,
                     const struct captions *texts, size_t num_texts)
{
    add_text(s, episode, -1, ep->title);
    add_text(s, episode, -1, ep->summary);
    add_text(s, episode, -1, ep->theme);
    add_people(s, episode, ep->hosts, ep->num_hosts);
    add_people(s, episode, ep->guests, ep->num_guests);
    for (size_t i = 0; i < ep->num_goals; i++)
        add_text(s, episode, -1, ep->goals[i].title);
    for (size_t i = 0; i < ep->num_resources; i++)
        add_text(s, episode, -1, ep->resources[i].title);
    for (size_t i = 0; i < num_texts; i++)
        for (size_t k = 0; k < texts[i].count; k++)
            add_text(s, episode, (int32_t)(texts[i].cues[k].start / TICKS_PER_SEC),
                     texts[i].cues[k].text);
}

static int compare(const void *a, const void *b)
{
    const struct posting *x = a, *y = b;
    int order = strcmp(x->word, y->word);
    if (order)
        return order;
    if (x->episode != y->episode)
        return x->episode < y->episode ? -1 : 1;
    return (x->second > y->second) - (x->second < y->second);
}

char searchindex_letter(size_t shard)
{
    return "abcdefghijklmnopqrstuvwxyz0123456789"[shard];
}

// One word's places, from *i on, which moves behind them.
static void write_word(const struct searchindex *s, size_t *i, struct str *out)
{
    const struct posting *first = &s->postings[*i], *before = NULL;
    int kept = 0;
    str_addf(out, "\"%s\":[", first->word);
    for (; *i < s->count && str_same(s->postings[*i].word, first->word); (*i)++) {
        const struct posting *p = &s->postings[*i];
        bool again = before && before->episode == p->episode;
        if (again && (before->second == p->second || kept == SEARCH_PLACES))
            continue;
        if (again)
            str_addf(out, ",%d", p->second);
        else
            str_addf(out, "%s[%u,%d", before ? "]," : "", p->episode, p->second);
        kept = again ? kept + 1 : 1;
        before = p;
    }
    str_add(out, "]]");
}

void searchindex_write(struct searchindex *s, size_t shard, struct str *out)
{
    char letter = searchindex_letter(shard);
    if (!s->sorted && s->count)
        qsort(s->postings, s->count, sizeof(*s->postings), compare);
    s->sorted = true;
    size_t i = 0;
    bool begun = false;
    while (i < s->count && *s->postings[i].word != letter)
        i++;
    str_addc(out, '{');
    while (i < s->count && *s->postings[i].word == letter) {
        str_add(out, begun ? ",\n" : "\n");
        write_word(s, &i, out);
        begun = true;
    }
    str_add(out, "\n}\n");
}

// The transcript in the episode's own language, else the first.
static const char *text_of(const struct fact_episode *ep)
{
    for (size_t i = 0; i < ep->num_transcripts; i++)
        if (str_same(ep->transcripts[i].language, ep->language))
            return ep->transcripts[i].language;
    return ep->num_transcripts ? ep->transcripts[0].language : NULL;
}

void searchindex_episodes(const struct site_facts *f, const struct words *w, struct str *out)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < f->num_episodes; i++) {
        const struct fact_episode *ep = &f->episodes[i];
        struct json *one = json_new_object();
        struct str date, path;
        str_init(&date, 128);
        str_init(&path, STR_MAX);
        words_date(&date, w, ep->published_utc_s);
        str_add(&path, "episodes/");
        str_add_url(&path, ep->slug);
        json_put_text(one, "title", ep->title);
        json_put_text(one, "page", path.p);
        json_put_text(one, "date", date.p);
        json_put_text(one, "lang", ep->language);
        if (text_of(ep)) {
            str_addf(&path, "/%s.json", text_of(ep));
            json_put_text(one, "text", path.p);
        }
        json_push(list, one);
        str_done(&date);
        str_done(&path);
    }
    json_write(out, list, false);
    str_addc(out, '\n');
    json_free(list);
}
