// SPDX-License-Identifier: GPL-3.0-or-later
// A strict reader for what people write: a tree of nodes that know file, line and column, and a table
// of keys with types. The only place that knows libyaml. Every error names file:line:column, shows the
// line itself with a caret, and says what would be right.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "model/tick.h"

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node_pair;
struct node {
    enum node_kind kind;
    const struct yaml_file *file;
    int line, column;        // from 1, column counts characters
    const char *text;        // scalar
    bool quoted;             // scalar in quotes: text, never a number or bool
    struct node **items;     // list
    struct node_pair *pairs; // map
    size_t count;
};
struct node_pair { const char *key; int line, column; struct node *value; };

struct yaml_file {
    const char *path;  // as shown in messages
    const char *text;  // whole file, for showing lines
    size_t len;
    struct node *root; // NULL: an empty file
};

// Refuses (ERR_INPUT): bad UTF-8, a second document, anchors and aliases, duplicate keys, tabs, more than
// 1 MiB, nesting above 32. `shown` is the path in messages.
int yaml_load(struct arena *a, const char *path, const char *shown, struct yaml_file **ret, struct err *e);
int yaml_parse(struct arena *a, const char *text, size_t len, const char *shown, struct yaml_file **ret, struct err *e);

// "file:line:column: message", then the line and a caret; remedy (NULL: none) on a line of its own.
int node_error(const struct node *n, struct err *e, const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

enum key_type {
    KEY_TEXT,    // const char *: one or more characters, no control characters but newline
    KEY_INT,     // int64_t, min..max; 010 is refused
    KEY_BOOL,    // bool: true or false
    KEY_TIME,    // tick: "00:03:10.5"
    KEY_DATE,    // int64_t seconds UTC: ISO 8601 with zone
    KEY_DAY,     // const char *: 2026-02-03, checked
    KEY_MONTH,   // int64_t: year * 100 + month, from 2026-02
    KEY_CHOICE,  // const char *: one of `choices`
    KEY_URL,     // const char *: http or https, ASCII after percent-encoding
    KEY_FILE,    // const char *: path as written; existence is the reader's question
    KEY_TEXTS,   // struct texts: a list of KEY_TEXT, or one alone
    KEY_NODE,    // const struct node *: read by somebody else
};
struct texts { const char **items; const struct node **nodes; size_t count; };

struct key {
    const char *name;
    enum key_type type;
    size_t offset;            // in the struct that is filled
    bool required;
    int64_t min, max;         // KEY_INT; KEY_TEXT: max characters (0: 255)
    const char *const *choices; // KEY_CHOICE, NULL at the end
    const char *help;         // one line for the manual: meaning, default, example
};
// Fills *out from a map; fields of keys that are not there stay as they are. An unknown key is refused with
// the nearest known one as remedy. Also notes the node of each key: node_of(map, "title").
int keys_read(struct arena *a, const struct node *map, const struct key *keys, size_t n, const char *what,
              void *out, struct err *e);
const struct node *node_of(const struct node *map, const char *key); // NULL: not there
