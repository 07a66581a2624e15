// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/parts.h"

#include "base/fs.h"
#include "base/str.h"
#include "model/word.h"

#include <string.h>

enum { CHAPTERS_MAX = 255 }; // MP3 and MP4 count them in one byte

#define P(field) offsetof(struct person, field)
#define R(field) offsetof(struct recording, field)
#define C(field) offsetof(struct caption_text, field)
#define H(field) offsetof(struct chapter, field)
#define Q(field) offsetof(struct resource, field)

struct caption_text {
    struct caption_file file;
    const char *clock, *repair;
};
struct chapters_text {
    const char *clock;
    const struct node *list;
};

static const char *const scopes[] = {"live",    "recording", "podcast", "facebook",
                                     "youtube", "stills",    "archive", NULL};
static const char *const clocks[] = {"recording", "published", NULL};
static const char *const uses[] = {"both", "picture", "sound", NULL};
static const char *const repairs[] = {"auto", "off", NULL};
static const char *const resource_kinds[] = {"tool",  "contact",  "need", "offer",
                                             "video", "document", "link", NULL};
static const char *const makers[] = {"automatic", "corrected", NULL};

static const struct key person_keys[] = {
    {"name", KEY_TEXT, P(name), true, 0, 128, NULL, "as it is printed; for example Kari Nordmann"},
    {"role", KEY_TEXT, P(role), false, 0, 128, NULL,
     "what the person is; default none; for example folkehelsekoordinator"},
    {"municipality", KEY_TEXT, P(municipality), false, 0, 0, NULL,
     "number or name, in Nordland; default none; for example \"1837\" or Meløy"},
    {"url", KEY_URL, P(url), false, 0, 0, NULL,
     "page of the person; default none; for example https://example.org/kari"},
    {"consent", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "what the person agreed to; default none; for example {date: 2026-02-03, scopes: [live, "
     "recording, podcast]}"},
    {"strap", KEY_NODE, P(strap), false, 0, 0, NULL,
     "one or more times, by the recording's clock, from which the name stands in the picture for a "
     "few seconds; default: the program chooses; for example [\"00:00:12\", \"00:21:40\"]"},
};
static const struct key consent_keys[] = {
    {"date", KEY_DAY, P(consent_date), true, 0, 0, NULL,
     "day of the consent; for example 2026-02-03"},
    {"scopes", KEY_TEXTS, P(scopes), true, 0, 0, scopes,
     "any of live, recording, podcast, facebook, youtube, stills, archive"},
    {"until", KEY_DAY, P(consent_until), false, 0, 0, NULL,
     "last day for which it was given; default: no such day; for example 2030-12-31"},
    {"withdrawn", KEY_DAY, P(withdrawn), false, 0, 0, NULL,
     "day on which it was taken back: publish refuses, status and check say so, and retract takes "
     "the episode down; default: it stands; for example 2026-05-01"},
};
static const struct key recording_keys[] = {
    {"file", KEY_FILE, R(file), false, 0, 0, NULL,
     "the recording, from the episode's folder or absolute; for example zoom.mp4"},
    {"parts", KEY_TEXTS, R(parts), false, 0, 1024, NULL,
     "instead of file: several, one after the other; for example [C0001.MP4, C0002.MP4]"},
    {"speaker", KEY_TEXT, R(speaker), false, 0, 128, NULL,
     "whose microphone it is; default: all speak in it; for example guest"},
    {"use", KEY_CHOICE, R(use), false, 0, 0, uses,
     "which part of it is heard or seen; default both, but where a video stands beside separate "
     "sound recorders its own sound only aligns them and is then left out"},
    {"sound_track", KEY_INT, R(sound_track), false, 1, 99, NULL,
     "which of a file's sound tracks, counted from 1; default: the one players would take; for "
     "example 2"},
};
static const struct key caption_keys[] = {
    {"file", KEY_FILE, C(file.file), true, 0, 0, NULL,
     "WebVTT or SubRip, from the episode's folder, in UTF-8 (SubRip in Windows-1252 is read too); "
     "for example captions.nb.vtt"},
    {"language", KEY_TEXT, C(file.language), false, 0, 0, NULL,
     "tag of the language; default: the episode's; for example nb"},
    {"made", KEY_CHOICE, C(file.made), true, 0, 0, makers,
     "corrected: a person read them; automatic: nobody did"},
    {"clock", KEY_CHOICE, C(clock), false, 0, 0, clocks,
     "recording: times of the first recording; published: times of the finished file; default "
     "recording"},
    {"repair", KEY_CHOICE, C(repair), false, 0, 0, repairs,
     "auto: overlaps, long lines, and captions shown too briefly or too long are mended in what is "
     "published, and no word is lost; off: they are published as they are; default auto"},
};
static const struct key chapters_keys[] = {
    {"clock", KEY_CHOICE, offsetof(struct chapters_text, clock), false, 0, 0, clocks,
     "recording: times of the first recording; published: times of the finished file; default "
     "recording"},
    {"list", KEY_NODE, offsetof(struct chapters_text, list), true, 0, 0, NULL,
     "[{at: \"00:00:00\", title: Velkommen}]"},
};
static const struct key chapter_keys[] = {
    {"at", KEY_TIME, H(start), true, 0, 0, NULL,
     "where it begins, in quotes; for example \"00:03:10\""},
    {"title", KEY_TEXT, H(title), true, 0, 100, NULL,
     "short, as players show it; for example Velkommen"},
    {"url", KEY_URL, H(url), false, 0, 0, NULL,
     "a page that belongs to it; default none; for example https://example.org/"},
};
static const struct key resource_keys[] = {
    {"kind", KEY_CHOICE, Q(kind), true, 0, 0, resource_kinds,
     "what it is; a need that one municipality has may meet what another offers; for example tool"},
    {"title", KEY_TEXT, Q(title), true, 0, 0, NULL,
     "its name, or in a few words what is needed or offered; for example Verktøykasse for trivsel"},
    {"text", KEY_PROSE, Q(text), false, 0, 1000, NULL,
     "a few sentences on it; default none; for example Vi låner gjerne ut fiskestenger."},
    {"contact", KEY_TEXT, Q(contact), false, 0, 128, NULL,
     "e-mail address to write to; default none; for example kari@example.org"},
    {"url", KEY_URL, Q(url), false, 0, 0, NULL,
     "where it is found; default none; for example https://example.org/verktoy"},
    {"municipality", KEY_TEXT, Q(municipality), false, 0, 0, NULL,
     "whose it is, number or name; default none; for example \"1837\""},
};
const struct key_table episode_tables[] = {
    {"host, guest", person_keys, COUNT(person_keys)},
    {"consent", consent_keys, COUNT(consent_keys)},
    {"recordings", recording_keys, COUNT(recording_keys)},
    {"captions", caption_keys, COUNT(caption_keys)},
    {"chapters", chapter_keys, COUNT(chapter_keys)},
    {"chapters with a clock", chapters_keys, COUNT(chapters_keys)},
    {"resources", resource_keys, COUNT(resource_keys)},
};
const size_t num_episode_tables = COUNT(episode_tables);

int parts_municipality(const struct parts *p, const char **word, const struct node *n)
{
    if (!*word || !p->municipalities)
        return 0;
    const struct municipality *m = municipality_find(p->municipalities, *word);
    if (m) {
        *word = m->number;
        return 0;
    }
    const char **names = arena_array(p->a, const char *, p->municipalities->count);
    for (size_t i = 0; i < p->municipalities->count; i++)
        names[i] = p->municipalities->items[i].name;
    const char *near = nearest_of(*word, names, p->municipalities->count);
    const char *remedy = "write one of the 41 in Nordland by name or number, or delete the line";
    return node_error(n, p->e, near ? arena_printf(p->a, "write %s", near) : remedy,
                      "there is no municipality \"%.60s\" in Nordland", *word);
}

static int read_straps(const struct parts *p, struct person *who)
{
    static const struct key time = {"strap", KEY_TIME, 0, false, 0, 0, NULL, NULL};
    const struct node *n = who->strap;
    if (!n)
        return 0;
    size_t count = n->kind == NODE_LIST ? n->count : 1;
    if (count == 0)
        return node_error(n, p->e, "write strap: \"00:00:12\", or delete the line",
                          "strap is an empty list");
    who->straps = arena_array(p->a, tick, count);
    who->num_straps = count;
    for (size_t i = 0; i < count; i++) {
        const struct node *one = n->kind == NODE_LIST ? n->items[i] : n;
        int r = node_read(p->a, one, &time, &who->straps[i], p->e);
        if (r < 0)
            return r;
        if (i > 0 && who->straps[i] <= who->straps[i - 1])
            return node_error(one, p->e, "put the times in their order",
                              "the strap's times do not rise");
    }
    return 0;
}

static int read_person(const struct parts *p, const struct node *n, const char *what,
                       struct person *ret)
{
    int r = keys_read(p->a, n, person_keys, COUNT(person_keys), what, ret, p->e);
    const struct node *consent = node_of(n, "consent");
    if (r >= 0 && consent)
        r = keys_read(p->a, consent, consent_keys, COUNT(consent_keys), "consent", ret, p->e);
    if (r >= 0)
        r = parts_municipality(p, &ret->municipality, node_of(n, "municipality"));
    if (r >= 0)
        r = read_straps(p, ret);
    ret->node = n;
    return r;
}

int parts_people(const struct parts *p, const struct node *n, const char *what, struct person **ret,
                 size_t *ret_n)
{
    const struct node *const *items;
    size_t count;
    if (!n)
        return 0;
    int r = node_maps(p->a, n, what, &items, &count, p->e);
    if (r < 0)
        return r;
    struct person *people = arena_array(p->a, struct person, count);
    for (size_t i = 0; i < count; i++) {
        r = read_person(p, items[i], what, &people[i]);
        if (r < 0)
            return r;
        for (size_t k = 0; k < i; k++) {
            if (strcmp(people[k].name, people[i].name) == 0)
                return node_error(node_of(items[i], "name"), p->e, "keep one of the two",
                                  "%s stands here twice", people[i].name);
        }
    }
    *ret = people;
    *ret_n = count;
    return 0;
}

static bool names_file(const struct recording *r, const char *file)
{
    if (r->file && strcmp(r->file, file) == 0)
        return true;
    for (size_t i = 0; i < r->parts.count; i++) {
        if (strcmp(r->parts.items[i], file) == 0)
            return true;
    }
    return false;
}

static int check_once(const struct parts *p, const struct recording *all, size_t before,
                      const char *file, const struct node *n)
{
    for (size_t i = 0; i < before; i++) {
        if (names_file(&all[i], file))
            return node_error(n, p->e, "keep one of the two", "recording %.200s stands here twice",
                              file);
    }
    return 0;
}

static int check_recording(const struct parts *p, const struct recording *all, size_t i)
{
    const struct recording *r = &all[i];
    bool has_parts = node_of(r->node, "parts") != NULL;
    if (!r->file == !has_parts)
        return node_error(
            r->node, p->e, "write {file: zoom.mp4}, or {parts: [C0001.MP4, C0002.MP4]}",
            r->file ? "a recording has file and parts" : "a recording has neither file nor parts");
    if (r->file)
        return check_once(p, all, i, r->file, node_of(r->node, "file"));
    if (r->parts.count == 0)
        return node_error(node_of(r->node, "parts"), p->e, "name the files in their order",
                          "parts is an empty list");
    for (size_t k = 0; k < r->parts.count; k++) {
        struct recording so_far = {.parts = {r->parts.items, NULL, k}};
        int err = check_once(p, &so_far, 1, r->parts.items[k], r->parts.nodes[k]);
        if (err >= 0)
            err = check_once(p, all, i, r->parts.items[k], r->parts.nodes[k]);
        if (err < 0)
            return err;
    }
    return 0;
}

static int check_sound(const struct parts *p)
{
    const struct recording *all = p->ep->recordings;
    for (size_t i = 0; i < p->ep->num_recordings; i++) {
        if (!all[i].use || strcmp(all[i].use, "picture") != 0)
            return 0;
    }
    return node_error(node_of(all[0].node, "use"), p->e,
                      "add the recording that holds the sound, or write use: both",
                      "no recording gives the sound");
}

int parts_recordings(const struct parts *p, const struct node *n)
{
    const struct node *const *items;
    size_t count;
    if (!n)
        return 0;
    int r = node_maps(p->a, n, "recordings", &items, &count, p->e);
    if (r < 0)
        return r;
    struct recording *all = arena_array(p->a, struct recording, count);
    for (size_t i = 0; i < count; i++) {
        all[i].node = items[i];
        r = keys_read(p->a, items[i], recording_keys, COUNT(recording_keys), "a recording", &all[i],
                      p->e);
        if (r >= 0)
            r = check_recording(p, all, i);
        if (r < 0)
            return r;
    }
    p->ep->recordings = all;
    p->ep->num_recordings = count;
    return check_sound(p);
}

int parts_file(const struct parts *p, const char *file, const struct node *n)
{
    int r = node_path_inside(n, file, 2, p->e);
    if (r < 0)
        return r;
    const char *path = fs_join(p->a, p->ep->dir, file);
    if (fs_is_dir(path))
        return node_error(n, p->e, "name a file", "%.200s is a folder", file);
    if (!fs_exists(path))
        return node_error(
            n, p->e,
            arena_printf(p->a, "put the file into episodes/%s, or delete the line", p->ep->folder),
            "there is no file %.200s", file);
    return 0;
}

static int read_caption(const struct parts *p, const struct node *n, struct caption_file *ret)
{
    struct caption_text t = {.file.language = p->ep->language};
    int r = keys_read(p->a, n, caption_keys, COUNT(caption_keys), "a captions entry", &t, p->e);
    if (r >= 0)
        r = word_language(t.file.language, node_of(n, "language"), p->e);
    if (r >= 0)
        r = parts_file(p, t.file.file, node_of(n, "file"));
    t.file.published_clock = t.clock && strcmp(t.clock, "published") == 0;
    t.file.is_kept = t.repair && strcmp(t.repair, "off") == 0;
    t.file.node = n;
    *ret = t.file;
    return r;
}

int parts_captions(const struct parts *p, const struct node *n)
{
    const struct node *const *items;
    size_t count;
    if (!n)
        return 0;
    int r = node_maps(p->a, n, "captions", &items, &count, p->e);
    if (r < 0)
        return r;
    struct caption_file *all = arena_array(p->a, struct caption_file, count);
    for (size_t i = 0; i < count; i++) {
        r = read_caption(p, items[i], &all[i]);
        if (r < 0)
            return r;
        for (size_t k = 0; k < i; k++) {
            if (strcmp(all[k].language, all[i].language) == 0)
                return node_error(items[i], p->e, "keep one file for each language",
                                  "a second captions file in %s", all[i].language);
        }
    }
    p->ep->captions = all;
    p->ep->num_captions = count;
    return 0;
}

static int check_order(const struct parts *p, const struct chapter *before, const struct chapter *c)
{
    char here[TICK_TEXT], there[TICK_TEXT];
    if (before->start < c->start)
        return 0;
    tick_text(c->start, here);
    tick_text(before->start, there);
    return node_error(c->node, p->e, "put the chapters in the order of their times",
                      before->start == c->start ? "two chapters start at %s"
                                                : "chapter starts at %s, the one above it at %s",
                      here, there);
}

// Players start at the first chapter, so that must be the beginning.
static void add_first_chapter(struct episode *ep)
{
    if (ep->chapters[0].start == 0)
        return;
    memmove(ep->chapters + 1, ep->chapters, ep->num_chapters * sizeof(*ep->chapters));
    ep->chapters[0] = (struct chapter){.start = 0, .title = ep->title};
    ep->num_chapters++;
}

static int read_chapters(const struct parts *p, const struct node *list)
{
    const struct node *const *items;
    size_t count;
    int r = node_maps(p->a, list, "chapters", &items, &count, p->e);
    if (r < 0)
        return r;
    if (count >= CHAPTERS_MAX)
        return node_error(items[CHAPTERS_MAX - 1], p->e, NULL, "more than %d chapters",
                          CHAPTERS_MAX - 1);
    struct chapter *all = arena_array(p->a, struct chapter, count + 1);
    for (size_t i = 0; i < count; i++) {
        r = keys_read(p->a, items[i], chapter_keys, COUNT(chapter_keys), "a chapter", &all[i],
                      p->e);
        all[i].node = node_of(items[i], "at");
        if (r >= 0 && i > 0)
            r = check_order(p, &all[i - 1], &all[i]);
        if (r < 0)
            return r;
    }
    p->ep->chapters = all;
    p->ep->num_chapters = count;
    add_first_chapter(p->ep);
    return 0;
}

// A file of its own holds what would stand in episode.yaml.
static int chapters_file(const struct parts *p, const char *name)
{
    static const struct key only[] = {{"chapters", KEY_NODE, KEY_NOWHERE, true, 0, 0, NULL,
                                       "[{at: \"00:00:00\", title: Velkommen}]"}};
    const char *shown = arena_printf(p->a, "episodes/%s/%s", p->ep->folder, name);
    struct yaml_file *f;
    int r = yaml_load(p->a, fs_join(p->a, p->ep->dir, name), shown, &f, p->e);
    if (r < 0)
        return r;
    if (!f->root)
        return err_input(p->e, "%s:1:1: the file is empty\nwrite chapters: [], or delete it",
                         shown);
    r = keys_read(p->a, f->root, only, COUNT(only), "a file of chapters", NULL, p->e);
    const struct node *n = node_of(f->root, "chapters");
    if (r >= 0 && n->kind == NODE_SCALAR)
        return node_error(n, p->e, "write chapters: [{at: …, title: …}], or delete the file",
                          "chapters must be a list here");
    return r < 0 ? r : parts_chapters(p, n);
}

int parts_chapters(const struct parts *p, const struct node *n)
{
    static const struct key file = {"chapters", KEY_FILE, 0, false, 0, 0, NULL, NULL};
    const char *name = episode_live_chapters;
    if (!n)
        return fs_exists(fs_join(p->a, p->ep->dir, name)) ? chapters_file(p, name) : 0;
    if (n->kind == NODE_SCALAR) {
        int r = node_read(p->a, n, &file, &name, p->e);
        if (r >= 0)
            r = parts_file(p, name, n);
        return r < 0 ? r : chapters_file(p, name);
    }
    if (n->kind == NODE_LIST)
        return n->count == 0 ? 0 : read_chapters(p, n);
    struct chapters_text t = {0};
    int r = keys_read(p->a, n, chapters_keys, COUNT(chapters_keys), "chapters", &t, p->e);
    if (r < 0)
        return r;
    p->ep->chapters_published_clock = t.clock && strcmp(t.clock, "published") == 0;
    return read_chapters(p, t.list);
}

int parts_resources(const struct parts *p, const struct node *n)
{
    const struct node *const *items;
    size_t count;
    if (!n)
        return 0;
    int r = node_maps(p->a, n, "resources", &items, &count, p->e);
    if (r < 0)
        return r;
    struct resource *all = arena_array(p->a, struct resource, count);
    for (size_t i = 0; i < count; i++) {
        r = keys_read(p->a, items[i], resource_keys, COUNT(resource_keys), "a resource", &all[i],
                      p->e);
        if (r >= 0)
            r = parts_municipality(p, &all[i].municipality, node_of(items[i], "municipality"));
        if (r >= 0)
            r = word_email(all[i].contact, node_of(items[i], "contact"), p->e);
        if (r < 0)
            return r;
    }
    p->ep->resources = all;
    p->ep->num_resources = count;
    return 0;
}

// "spoken", "track:FILE", "not-needed: reason"; the last two also as maps, which need no quotes.
int parts_described(const struct parts *p, const struct node *n)
{
    static const char remedy[] = "write spoken, {track: FILE}, or {not-needed: the reason}";
    if (!n)
        return 0;
    const struct node *rest = n->kind == NODE_MAP && n->count == 1 ? n->pairs[0].value : n;
    const char *word = n->kind == NODE_MAP && n->count == 1 ? n->pairs[0].key : n->text;
    if (n->kind == NODE_SCALAR && strcmp(word, "spoken") == 0) {
        p->ep->described = word;
        return 0;
    }
    if (n->kind == NODE_LIST || (n->kind == NODE_MAP && n->count != 1) || rest->kind != NODE_SCALAR)
        return node_error(n, p->e, remedy, "described cannot be read");
    size_t len = strcspn(word, ":");
    const char *tail = n->kind == NODE_SCALAR ? word + len + (word[len] == ':') : rest->text;
    tail += strspn(tail, " ");
    bool track = len == strlen("track") && strncmp(word, "track", len) == 0;
    bool reason = len == strlen("not-needed") && strncmp(word, "not-needed", len) == 0;
    if ((!track && !reason) || *tail == '\0')
        return node_error(n, p->e, remedy,
                          track || reason ? "described does not say the rest"
                                          : "described cannot be \"%.60s\"",
                          word);
    p->ep->described = arena_printf(p->a, "%.*s:%s", (int)len, word, tail);
    return track ? parts_file(p, tail, rest) : 0;
}
