// SPDX-License-Identifier: GPL-3.0-or-later
// Text to tree. The events of libyaml come one by one; what people need not write (anchors, tags, a
// second document) is refused at once, so the tree is as deep as the text and no larger.
#include "model/yaml.h"

#include "base/fs.h"
#include "base/str.h"
#include "model/spot.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

enum {
    YAML_MAX = 1 << 20, // bytes
    MAX_DEPTH = 32,
    MAX_KEYS = 1000, // in one map: looking for doubles is quadratic
};

struct reader {
    struct arena *a;
    yaml_parser_t parser;
    struct yaml_file *file;
    struct err *e;
    int depth;
    size_t chars, bytes; // one place in the text, counted both ways: how far end_of went
};

static struct spot spot_of(const struct yaml_file *f, int line, int column)
{
    return (struct spot){
        .shown = f->path, .text = f->text, .len = f->len, .line = line, .column = column};
}

int node_error(const struct node *n, struct err *e, const char *remedy, const char *fmt, ...)
{
    struct spot s = spot_of(n->file, n->line, n->column);
    va_list ap;
    va_start(ap, fmt);
    int r = spot_errorv(&s, e, remedy, fmt, ap);
    va_end(ap);
    return r;
}

static int mark_error(const struct reader *r, yaml_mark_t at, const char *remedy, const char *what)
{
    struct spot s = spot_of(r->file, (int)at.line + 1, (int)at.column + 1);
    return spot_error(&s, r->e, remedy, "%s", what);
}

// What libyaml says, and what a producer should read. Its own words stand where no row fits.
static const struct {
    const char *problem, *what, *remedy;
} complaints[] = {
    {"mapping values are not allowed", "\": \" does not fit here",
     "a text that holds \": \" stands in quotes; keys that belong together start in the same "
     "column"},
    {"did not find expected key", "this does not fit what stands above it",
     "keys that belong together start in the same column; a text that begins with a quote ends "
     "with it"},
    {"did not find expected '-' indicator", "this does not fit the list above it",
     "every item starts with \"- \" in the same column"},
    {"did not find expected ',' or ']'", "a list that began with [ goes wrong here",
     "put commas between the items and ] at the end"},
    {"did not find expected ',' or '}'", "a map that began with { goes wrong here",
     "put commas between the keys and } at the end"},
    {"could not find expected ':'", "a line that is neither a key nor the text of one",
     "write it as \"key: value\", or indent it below its key"},
    {"found character that cannot start any token", "a text may not begin with this character",
     "put the text in quotes"},
    {"found unknown escape character", "an unknown escape with \\",
     "in double quotes write \\\\ for a backslash, or put the text in single quotes"},
    {"did not find expected hexdecimal number", "an unknown escape with \\",
     "in double quotes write \\\\ for a backslash, or put the text in single quotes"},
    {"found unexpected end of stream", "a quote that begins here never ends",
     "add the missing quote"},
    {"block sequence entries are not allowed", "a list may not begin here",
     "start each \"- \" on a line of its own below the key"},
    {"did not find expected node content", "a value is missing here", NULL},
    {"did not find expected <document start>", "this does not fit what stands above it",
     "keys that belong together start in the same column"},
    {"found unexpected document indicator", "--- or ... inside a quoted text",
     "add the missing quote"},
    {"did not find expected alphabetic",
     "* and & have a meaning of their own at the start of a text", "put the text in quotes"},
    {"did not find expected comment or line break", "unexpected text behind | or >",
     "start the text on the next line"},
};

static int parser_error(const struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return err_set(r->e, -ENOMEM, "%s: out of memory", r->file->path);
    const char *problem = p->problem ? p->problem : "unknown fault";
    yaml_mark_t at = p->problem_mark;
    if (p->error == YAML_READER_ERROR) {
        struct spot s = spot_at(r->file->path, r->file->text, r->file->len, p->problem_offset);
        return spot_error(&s, r->e, NULL, "%s", problem);
    }
    // a quote that never ends is shown where it begins, not at the end of the file
    if (strstr(problem, "end of stream") && p->context)
        at = p->context_mark;
    for (size_t i = 0; i < COUNT(complaints); i++) {
        if (strstr(problem, complaints[i].problem))
            return mark_error(r, at, complaints[i].remedy, complaints[i].what);
    }
    return mark_error(r, at, NULL, problem);
}

static int next_event(struct reader *r, yaml_event_t *ev)
{
    return yaml_parser_parse(&r->parser, ev) ? 0 : parser_error(r);
}

static struct node *new_node(const struct reader *r, enum node_kind kind, yaml_mark_t at)
{
    struct node *n = arena_new(r->a, struct node);
    n->kind = kind;
    n->file = r->file;
    n->line = (int)at.line + 1;
    n->column = (int)at.column + 1;
    return n;
}

// What stands behind an event. libyaml counts characters; the places only ever move on.
static const char *end_of(struct reader *r, const yaml_event_t *ev)
{
    for (; r->chars < ev->end_mark.index && r->bytes < r->file->len; r->chars++) {
        r->bytes++;
        while (r->bytes < r->file->len && ((unsigned char)r->file->text[r->bytes] & 0xC0) == 0x80)
            r->bytes++;
    }
    return r->file->text + r->bytes;
}

// "title: Episode #3" is the title "Episode" to YAML. Comments have a blank behind their #.
static int check_comment(struct reader *r, const yaml_event_t *ev)
{
    const char *end = end_of(r, ev), *p = end + strspn(end, " ");
    if (p == end || *p != '#' || p[1] == '\0' || strchr(" \r\n#!-=*", p[1]))
        return 0;
    struct spot s =
        spot_at(r->file->path, r->file->text, r->file->len, (size_t)(p - r->file->text));
    return spot_error(&s, r->e, "put the whole text in quotes; a comment has a blank behind its #",
                      "a # in a text without quotes cuts it off here");
}

static int check_plain(const struct reader *r, const yaml_event_t *ev, const yaml_char_t *anchor,
                       const yaml_char_t *tag)
{
    if (anchor)
        return mark_error(r, ev->start_mark, "write the value itself, or put the text in quotes",
                          "anchors (&name) are not supported");
    if (tag)
        return mark_error(r, ev->start_mark, "delete it, or put the text in quotes",
                          "tags (!name) are not supported");
    return 0;
}

static int read_scalar(struct reader *r, const yaml_event_t *ev, struct node **ret)
{
    int err = check_plain(r, ev, ev->data.scalar.anchor, ev->data.scalar.tag);
    if (err < 0)
        return err;
    const char *text = (const char *)ev->data.scalar.value;
    size_t len = ev->data.scalar.length;
    if (strlen(text) < len || strchr(text, '\r') || spot_find_unwanted(text, len, 0) < len)
        return mark_error(r, ev->start_mark, "delete the escape that stands for it",
                          "a control character in a text");
    if (ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && len > 0) {
        err = check_comment(r, ev);
        if (err < 0)
            return err;
    }
    struct node *n = new_node(r, NODE_SCALAR, ev->start_mark);
    n->text = arena_strndup(r->a, text, len);
    n->quoted = ev->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    *ret = n;
    return 0;
}

static int read_node(struct reader *r, const yaml_event_t *ev, struct node **ret);

// The next event as a node; 1: it ends the list or map instead.
static int read_next(struct reader *r, struct node **ret)
{
    yaml_event_t ev;
    int err = next_event(r, &ev);
    if (err < 0)
        return err;
    err = ev.type == YAML_SEQUENCE_END_EVENT || ev.type == YAML_MAPPING_END_EVENT
              ? 1
              : read_node(r, &ev, ret);
    yaml_event_delete(&ev);
    return err;
}

static int read_list(struct reader *r, const yaml_event_t *ev, struct node **ret)
{
    int err = check_plain(r, ev, ev->data.sequence_start.anchor, ev->data.sequence_start.tag);
    if (err < 0)
        return err;
    struct node *n = new_node(r, NODE_LIST, ev->start_mark);
    size_t cap = 0;
    for (;;) {
        struct node *item;
        err = read_next(r, &item);
        if (err != 0)
            break;
        n->items = arena_grow(r->a, n->items, n->count, &cap, sizeof(*n->items));
        n->items[n->count++] = item;
    }
    *ret = n;
    return err < 0 ? err : 0;
}

static int check_key(const struct reader *r, const struct node *map, const struct node *key)
{
    if (key->kind != NODE_SCALAR)
        return node_error(key, r->e, "write key: value", "a key must be a word");
    if (*key->text == '\0')
        return node_error(key, r->e, "write key: value", "a key is missing in front of the colon");
    if (map->count == MAX_KEYS)
        return node_error(key, r->e, NULL, "more than %d keys in one map", MAX_KEYS);
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->pairs[i].key, key->text) == 0)
            return node_error(key, r->e, "keep one of the two",
                              "%.80s stands here twice, first in line %d", key->text,
                              map->pairs[i].line);
    }
    return 0;
}

static int read_map(struct reader *r, const yaml_event_t *ev, struct node **ret)
{
    int err = check_plain(r, ev, ev->data.mapping_start.anchor, ev->data.mapping_start.tag);
    if (err < 0)
        return err;
    struct node *n = new_node(r, NODE_MAP, ev->start_mark);
    size_t cap = 0;
    for (;;) {
        struct node *key, *value;
        err = read_next(r, &key);
        if (err != 0)
            break;
        err = check_key(r, n, key);
        if (err < 0)
            break;
        err = read_next(r, &value);
        if (err != 0)
            break;
        n->pairs = arena_grow(r->a, n->pairs, n->count, &cap, sizeof(*n->pairs));
        n->pairs[n->count++] = (struct node_pair){key->text, key->line, key->column, value};
    }
    *ret = n;
    return err < 0 ? err : 0;
}

static int read_node(struct reader *r, const yaml_event_t *ev, struct node **ret)
{
    if (r->depth == MAX_DEPTH)
        return mark_error(r, ev->start_mark, NULL, "lists and maps are nested too deep");
    r->depth++;
    int err;
    switch (ev->type) {
    case YAML_SCALAR_EVENT:
        err = read_scalar(r, ev, ret);
        break;
    case YAML_SEQUENCE_START_EVENT:
        err = read_list(r, ev, ret);
        break;
    case YAML_MAPPING_START_EVENT:
        err = read_map(r, ev, ret);
        break;
    default: // an alias
        err = mark_error(r, ev->start_mark, "write the value itself, or put the text in quotes",
                         "aliases (*name) are not supported");
    }
    r->depth--;
    return err;
}

// Steps over events that carry nothing, up to the first node (1) or the end (0).
static int first_node(struct reader *r, yaml_event_t *ev)
{
    for (;;) {
        int err = next_event(r, ev);
        if (err < 0)
            return err;
        if (ev->type == YAML_STREAM_END_EVENT) {
            yaml_event_delete(ev);
            return 0;
        }
        if (ev->type != YAML_STREAM_START_EVENT && ev->type != YAML_DOCUMENT_START_EVENT)
            return 1;
        yaml_event_delete(ev);
    }
}

static int read_document(struct reader *r)
{
    yaml_event_t ev;
    int err = first_node(r, &ev);
    if (err <= 0)
        return err;
    err = read_node(r, &ev, &r->file->root);
    yaml_event_delete(&ev);
    if (err < 0)
        return err;
    const struct node *root = r->file->root;
    if (root->kind == NODE_SCALAR && !root->quoted && *root->text == '\0')
        r->file->root = NULL; // "---" alone
    for (;;) {
        err = next_event(r, &ev);
        if (err < 0)
            return err;
        yaml_event_type_t type = ev.type;
        yaml_mark_t at = ev.start_mark;
        yaml_event_delete(&ev);
        if (type == YAML_STREAM_END_EVENT)
            return 0;
        if (type != YAML_DOCUMENT_END_EVENT)
            return mark_error(r, at, "one file holds one document: delete what follows",
                              "a second document begins here");
    }
}

int yaml_parse(struct arena *a, const char *text, size_t len, const char *shown,
               struct yaml_file **ret, struct err *e)
{
    if (len > YAML_MAX)
        return err_input(e, "%s: larger than %d KiB", shown, YAML_MAX / 1024);
    size_t bom = spot_skip_bom(text, len);
    int err = spot_check_text(shown, text + bom, len - bom, 0, e);
    if (err < 0)
        return err;
    struct yaml_file *f = arena_new(a, struct yaml_file);
    f->path = arena_strdup(a, shown);
    f->len = len - bom;
    f->text = arena_strndup(a, text + bom, f->len);
    struct reader r = {.a = a, .file = f, .e = e};
    if (!yaml_parser_initialize(&r.parser))
        return err_set(e, -ENOMEM, "%s: out of memory", shown);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)f->text, f->len);
    err = read_document(&r);
    yaml_parser_delete(&r.parser);
    if (err < 0)
        return err;
    *ret = f;
    return 0;
}

int yaml_load(struct arena *a, const char *path, const char *shown, struct yaml_file **ret,
              struct err *e)
{
    char *text;
    size_t len;
    int r = spot_read(a, path, shown, YAML_MAX, 0, &text, &len, e);
    if (r < 0)
        return r;
    r = yaml_parse(a, text, len, shown, ret, e);
    if (r >= 0 && str_ends(path, shown)) {
        size_t above = strlen(path) - strlen(shown);
        (*ret)->dir = fs_dirname(a, path);
        (*ret)->show = above ? arena_strndup(a, path, above) : ".";
    }
    return r;
}
