// SPDX-License-Identifier: GPL-3.0-or-later
// A strict reader for what people write: a tree of nodes that know file, line and column, and a
// table of keys with types. The only place that knows libyaml. Every error names file:line:column,
// shows the line itself with a caret, and says what would be right.
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
struct node_pair {
    const char *key;
    int line, column;
    struct node *value;
};

struct yaml_file {
    const char *path; // as shown in messages
    const char *text; // whole file, for showing lines
    size_t len;
    struct node *root; // NULL: an empty file
    const char *dir;   // folder it lies in; NULL: it was read from memory
    const char *show;  // the show's folder, in which the shown path begins
};

// Refuses (ERR_INPUT): bad UTF-8, a second document, anchors and aliases, duplicate keys, tabs,
// more than 1 MiB, nesting above 32. `shown` is the path in messages.
int yaml_load(struct arena *a, const char *path, const char *shown, struct yaml_file **ret,
              struct err *e);
int yaml_parse(struct arena *a, const char *text, size_t len, const char *shown,
               struct yaml_file **ret, struct err *e);

// "file:line:column: message", then the line and a caret; remedy (NULL: none) on a line of its own.
int node_error(const struct node *n, struct err *e, const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

enum key_type {
    KEY_TEXT,   // const char *: one line of one or more characters
    KEY_PROSE,  // const char *: the same, several lines allowed
    KEY_INT,    // int64_t, min..max; 010 is refused
    KEY_REAL,   // double, min..max
    KEY_SHARE,  // double: per cent from 0 to 100; "off" is 0
    KEY_BOOL,   // bool: true or false
    KEY_TIME,   // tick: "00:03:10.5"
    KEY_DATE,   // int64_t seconds UTC: ISO 8601 with zone
    KEY_DAY,    // const char *: 2026-02-03, checked
    KEY_MONTH,  // int64_t: 202602, from 2026-02
    KEY_CHOICE, // const char *: one of `choices`
    KEY_URL,    // const char *: http or https; other than ASCII is percent-encoded
    KEY_FILE,   // const char *: path as written; existence is the reader's question
    KEY_TEXTS,  // struct texts: a list of KEY_TEXT, or one alone; each one of `choices` where there
                // are any
    KEY_NODE,   // const struct node *: read by somebody else
    KEY_LATER,  // refused as not supported yet, but for `choices`; nothing is stored
};
#define KEY_NOWHERE ((size_t)-1) // offset of a KEY_NODE that node_of() fetches
struct texts {
    const char **items;
    const struct node **nodes;
    size_t count;
};

struct key {
    const char *name;
    enum key_type type;
    size_t offset; // in the struct that is filled
    bool required;
    int64_t min, max;           // numbers; max characters of texts (0: 255, KEY_PROSE 4000)
    const char *const *choices; // NULL at the end
    const char *help;           // one line for the manual: meaning, default, example
};
// The keys of one kind of map, for the manual: {"host", …}.
struct key_table {
    const char *name;
    const struct key *keys;
    size_t count;
};

// Fills *out from a map; fields of keys that are not there stay as they are. An unknown key is
// refused with the nearest known one as remedy. Also notes the node of each key: node_of(map,
// "title").
int keys_read(struct arena *a, const struct node *map, const struct key *keys, size_t n,
              const char *what, void *out, struct err *e);
const struct node *node_of(const struct node *map, const char *key); // NULL: not there

// One value as a row of a table would read it, for lists whose items are no maps. field as in the
// table.
int node_read(struct arena *a, const struct node *n, const struct key *key, void *field,
              struct err *e);
// For keys that take one map or a list of them: the maps, at least one. what: "host".
int node_maps(struct arena *a, const struct node *n, const char *what,
              const struct node *const **ret, size_t *ret_n, struct err *e);
// A path that must stay in the show: relative, not above `levels` folders up from where it starts,
// and no link to what lies elsewhere: a show that a colleague sends must not publish files of ours.
int node_path_inside(const struct node *n, const char *path, int levels, struct err *e);

// The name nearest to a mistyped word; NULL when none is near.
const char *nearest_of(const char *word, const char *const *names, size_t n);
// "write X", or "known: A, B, C" when none is near.
char *nearest_remedy(struct arena *a, const char *word, const char *const *names, size_t n);
