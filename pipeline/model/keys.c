// SPDX-License-Identifier: GPL-3.0-or-later
// Tree to struct, by a table of keys. Strict, because a value read otherwise than it was meant is
// found by listeners: YAML's own ideas of what is a number or a bool are not used at all.
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "model/yaml.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 255, PROSE_MAX = 4000 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t characters(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

// The text without blanks and line ends at either side.
static const char *trimmed(struct arena *a, const char *s)
{
    while (*s == ' ' || *s == '\n')
        s++;
    size_t len = strlen(s);
    while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\n'))
        len--;
    return arena_strndup(a, s, len);
}

typedef int read_value(struct arena *a, const struct key *k, const struct node *n, void *field,
                       struct err *e);

static int read_prose(struct arena *a, const struct key *k, const struct node *n, void *field,
                      struct err *e)
{
    const char *text = trimmed(a, n->text);
    if (*text == '\0')
        return node_error(n, e, k->help, "%s is empty", k->name);
    size_t max = k->max ? (size_t)k->max : k->type == KEY_PROSE ? PROSE_MAX : TEXT_MAX;
    size_t len = characters(text);
    if (len > max)
        return node_error(n, e, "shorten it", "%s has %zu characters, at most %zu fit", k->name,
                          len, max);
    *(const char **)field = text;
    return 0;
}

static int read_text(struct arena *a, const struct key *k, const struct node *n, void *field,
                     struct err *e)
{
    const char *text = trimmed(a, n->text);
    if (strchr(text, '\n'))
        return node_error(n, e, "write it in one line", "%s has several lines", k->name);
    return read_prose(a, k, n, field, e);
}

static int read_file(struct arena *a, const struct key *k, const struct node *n, void *field,
                     struct err *e)
{
    if (strchr(n->text, '\\'))
        return node_error(n, e, "write / between the folders; on WSL the disk C: is /mnt/c",
                          "%s has a backslash", k->name);
    return read_text(a, &(struct key){.name = k->name, .max = 1024, .help = k->help}, n, field, e);
}

// Why a text is no whole number, as people mistake it; NULL: nothing particular.
static char *number_remedy(struct arena *a, const char *text)
{
    const char *p = text + (*text == '-' || *text == '+');
    size_t zeros = strspn(p, "0");
    size_t digits = strspn(p, "0123456789");
    if (digits > 0 && p[digits] == '\0')
        return arena_printf(a, "write %s%s", *text == '-' ? "-" : "", p[zeros] ? p + zeros : "0");
    if (digits > 0 && p[digits] == '.' && strspn(p + digits + 1, "0") == strlen(p + digits + 1))
        return arena_printf(a, "write %.*s", (int)digits, p);
    return NULL;
}

static int not_a(struct arena *a, const struct key *k, const struct node *n, const char *wanted,
                 const char *remedy, struct err *e)
{
    if (!remedy)
        remedy = arena_printf(a, "%s: %s", k->name, k->help ? k->help : wanted);
    return node_error(n, e, remedy, "%s must be %s, here is \"%.60s\"", k->name, wanted, n->text);
}

static int read_int(struct arena *a, const struct key *k, const struct node *n, void *field,
                    struct err *e)
{
    int64_t v;
    if (n->quoted)
        return node_error(n, e, "write it without quotes",
                          "%s must be a whole number, here is text in quotes", k->name);
    if (!str_to_int(n->text, &v))
        return not_a(a, k, n, "a whole number", number_remedy(a, n->text), e);
    if (v < k->min || v > k->max)
        return node_error(n, e, NULL, "%s must be from %" PRId64 " to %" PRId64, k->name, k->min,
                          k->max);
    *(int64_t *)field = v;
    return 0;
}

static int read_real(struct arena *a, const struct key *k, const struct node *n, void *field,
                     struct err *e)
{
    double v;
    if (n->quoted)
        return node_error(n, e, "write it without quotes",
                          "%s must be a number, here is text in quotes", k->name);
    if (strchr(n->text, ','))
        return not_a(a, k, n, "a number", "write a point instead of the comma", e);
    if (strpbrk(n->text, "eE") || !str_to_real(n->text, &v))
        return not_a(a, k, n, "a number", NULL, e);
    if (v < (double)k->min || v > (double)k->max)
        return node_error(n, e, NULL, "%s must be from %" PRId64 " to %" PRId64, k->name, k->min,
                          k->max);
    *(double *)field = v;
    return 0;
}

static int read_bool(struct arena *a, const struct key *k, const struct node *n, void *field,
                     struct err *e)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {
        {"yes", true}, {"on", true},   {"ja", true},   {"true", true},   {"1", true},  {"y", true},
        {"no", false}, {"off", false}, {"nei", false}, {"false", false}, {"0", false}, {"n", false},
    };
    bool is_true = strcmp(n->text, "true") == 0;
    if (n->quoted)
        return node_error(n, e, "write true or false without quotes",
                          "%s must be true or false, here is text in quotes", k->name);
    if (is_true || strcmp(n->text, "false") == 0) {
        *(bool *)field = is_true;
        return 0;
    }
    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcasecmp(n->text, words[i].word) == 0)
            return not_a(a, k, n, "true or false", words[i].value ? "write true" : "write false",
                         e);
    }
    return not_a(a, k, n, "true or false", "write true or false", e);
}

static int read_time(struct arena *a, const struct key *k, const struct node *n, void *field,
                     struct err *e)
{
    if (tick_parse(n->text, field))
        return 0;
    return not_a(a, k, n, "a time", "write hours:minutes:seconds, as in 00:03:10 or 00:12:01.5", e);
}

static int read_date(struct arena *a, const struct key *k, const struct node *n, void *field,
                     struct err *e)
{
    int64_t utc_s;
    int offset_min;
    if (!clock_parse_iso(n->text, &utc_s, &offset_min))
        return not_a(a, k, n, "a date with time and zone",
                     "write it like 2026-02-12T09:00:00+01:00", e);
    if (!strchr(n->text, 'T'))
        return not_a(a, k, n, "a date with time and zone",
                     arena_printf(a, "add the time and the zone: %sT09:00:00+01:00", n->text), e);
    struct civil c;
    clock_civil(utc_s, &c);
    if (c.year < 2000 || c.year > 2199)
        return node_error(n, e, "check the year", "%s is in the year %d", k->name, c.year);
    *(int64_t *)field = utc_s;
    return 0;
}

static int read_day(struct arena *a, const struct key *k, const struct node *n, void *field,
                    struct err *e)
{
    int64_t utc_s;
    int offset_min;
    if (strlen(n->text) != 10 || !clock_parse_iso(n->text, &utc_s, &offset_min))
        return not_a(a, k, n, "a day of the calendar", "write year-month-day, as in 2026-02-03", e);
    *(const char **)field = n->text;
    return 0;
}

static int read_month(struct arena *a, const struct key *k, const struct node *n, void *field,
                      struct err *e)
{
    const char *s = n->text;
    bool shape = strlen(s) == 7 && s[4] == '-' && strspn(s, "0123456789") == 4 && is_digit(s[5]) &&
                 is_digit(s[6]);
    int64_t year =
        shape ? (s[0] - '0') * 1000 + (s[1] - '0') * 100 + (s[2] - '0') * 10 + (s[3] - '0') : 0;
    int64_t month = shape ? (s[5] - '0') * 10 + (s[6] - '0') : 0;
    if (month < 1 || month > 12 || year < 2000 || year > 2199)
        return not_a(a, k, n, "a month", "write year-month, as in 2026-02", e);
    *(int64_t *)field = year * 100 + month;
    return 0;
}

static int check_choice(struct arena *a, const struct key *k, const struct node *n, struct err *e)
{
    size_t count = 0;
    for (; k->choices[count]; count++) {
        if (strcmp(k->choices[count], n->text) == 0)
            return 0;
    }
    return node_error(n, e, nearest_remedy(a, n->text, k->choices, count), "%s cannot be \"%.60s\"",
                      k->name, n->text);
}

static int read_choice(struct arena *a, const struct key *k, const struct node *n, void *field,
                       struct err *e)
{
    int r = check_choice(a, k, n, e);
    if (r < 0)
        return r;
    *(const char **)field = n->text;
    return 0;
}

// Length of a host name (with port) at s; 0: none that can be one. ret_foreign: letters beyond
// ASCII.
static size_t host_length(const char *s, bool *ret_foreign)
{
    size_t len = strcspn(s, "/?#");
    *ret_foreign = false;
    size_t colon = len;
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)s[i] >= 0x80)
            *ret_foreign = true;
        else if (s[i] == ':' && colon == len)
            colon = i;
        else if (!is_digit(s[i]) && (colon < len || !strchr("-._", s[i])) &&
                 !((s[i] | 32) >= 'a' && (s[i] | 32) <= 'z'))
            return 0;
    }
    bool port = colon < len;
    if (colon == 0 ||
        (port && (strspn(s + colon + 1, "0123456789") != len - colon - 1 || len - colon > 6)))
        return 0;
    return len - colon == 1 ? 0 : len;
}

static int read_url(struct arena *a, const struct key *k, const struct node *n, void *field,
                    struct err *e)
{
    const char *host = str_starts(n->text, "https://")  ? n->text + 8
                       : str_starts(n->text, "http://") ? n->text + 7
                                                        : NULL;
    if (!host)
        return not_a(a, k, n, "a web address", "write it with https:// in front", e);
    if (strlen(n->text) > 2000)
        return node_error(n, e, NULL, "%s is longer than 2000 characters", k->name);
    bool foreign;
    size_t len = host_length(host, &foreign);
    if (len == 0)
        return not_a(a, k, n, "a web address", "write it like https://example.org/page", e);
    if (foreign)
        return not_a(a, k, n, "a web address with an ASCII host",
                     "write the host as browsers copy it: it begins with xn-- or has such a part",
                     e);
    const char *bad = strpbrk(host, " \"<>\\^`{|}\n");
    if (bad)
        return not_a(a, k, n, "a web address",
                     arena_printf(a, "write %%%02X instead of \"%c\"", (unsigned)*bad, *bad), e);
    struct str s;
    str_init(&s, 8000);
    for (const char *p = n->text; *p; p++)
        str_addf(&s, (unsigned char)*p < 0x80 ? "%c" : "%%%02X", (unsigned char)*p);
    *(const char **)field = arena_strdup(a, s.p);
    str_done(&s);
    return 0;
}

static int read_one_text(struct arena *a, const struct key *k, const struct node *n,
                         struct texts *t, struct err *e)
{
    int r = node_read(
        a, n, &(struct key){.name = k->name, .type = KEY_TEXT, .max = k->max, .help = k->help},
        &t->items[t->count], e);
    if (r >= 0 && k->choices)
        r = check_choice(a, k, n, e);
    if (r < 0)
        return r;
    t->nodes[t->count++] = n;
    return 0;
}

static int read_texts(struct arena *a, const struct key *k, const struct node *n, void *field,
                      struct err *e)
{
    struct texts t = {0};
    size_t room = n->kind == NODE_LIST ? n->count : 1;
    t.items = arena_array(a, const char *, room + 1);
    t.nodes = arena_array(a, const struct node *, room + 1);
    if (n->kind != NODE_LIST) {
        int r = read_one_text(a, k, n, &t, e);
        if (r < 0)
            return r;
    }
    for (size_t i = 0; n->kind == NODE_LIST && i < n->count; i++) {
        int r = read_one_text(a, k, n->items[i], &t, e);
        if (r < 0)
            return r;
    }
    *(struct texts *)field = t;
    return 0;
}

static int read_raw(struct arena *a, const struct key *k, const struct node *n, void *field,
                    struct err *e)
{
    (void)a, (void)k, (void)e;
    *(const struct node **)field = n;
    return 0;
}

static int read_later(struct arena *a, const struct key *k, const struct node *n, void *field,
                      struct err *e)
{
    (void)field;
    const char *choice = k->choices ? k->choices[0] : NULL;
    for (size_t i = 0; k->choices && n->kind == NODE_SCALAR && k->choices[i]; i++) {
        if (strcmp(n->text, k->choices[i]) == 0)
            return 0;
    }
    const char *remedy =
        choice ? arena_printf(a, "delete it, or write %s: %s", k->name, choice) : "delete it";
    return node_error(n, e, remedy, "%s is not supported yet in this version", k->name);
}

static int read_share(struct arena *a, const struct key *k, const struct node *n, void *field,
                      struct err *e)
{
    struct key percent = *k;
    percent.min = 0;
    percent.max = 100;
    if (n->quoted || strcmp(n->text, "off") != 0)
        return read_real(a, &percent, n, field, e);
    *(double *)field = 0;
    return 0;
}

static const struct {
    read_value *read;
    bool any_node; // other nodes than scalars are its own matter
    const char *wanted;
} types[] = {
    [KEY_TEXT] = {read_text, false, "text"},
    [KEY_PROSE] = {read_prose, false, "text"},
    [KEY_INT] = {read_int, false, "a whole number"},
    [KEY_REAL] = {read_real, false, "a number"},
    [KEY_SHARE] = {read_share, false, "per cent, or off"},
    [KEY_BOOL] = {read_bool, false, "true or false"},
    [KEY_TIME] = {read_time, false, "a time"},
    [KEY_DATE] = {read_date, false, "a date with time and zone"},
    [KEY_DAY] = {read_day, false, "a day"},
    [KEY_MONTH] = {read_month, false, "a month"},
    [KEY_CHOICE] = {read_choice, false, "one word"},
    [KEY_URL] = {read_url, false, "a web address"},
    [KEY_FILE] = {read_file, false, "the name of a file"},
    [KEY_TEXTS] = {read_texts, true, "a list of texts"},
    [KEY_NODE] = {read_raw, true, NULL},
    [KEY_LATER] = {read_later, true, NULL},
};

int node_read(struct arena *a, const struct node *n, const struct key *k, void *field,
              struct err *e)
{
    if (n->kind == NODE_SCALAR && !n->quoted && *n->text == '\0' && k->type != KEY_LATER)
        return node_error(n, e, "write a value, or delete the line", "%s has no value", k->name);
    if ((n->kind != NODE_SCALAR && !types[k->type].any_node) ||
        (n->kind == NODE_MAP && k->type == KEY_TEXTS)) {
        const char *what = n->kind == NODE_LIST ? "a list" : "a map";
        return node_error(n, e, k->help ? arena_printf(a, "%s: %s", k->name, k->help) : NULL,
                          "%s must be %s, here is %s", k->name, types[k->type].wanted, what);
    }
    return types[k->type].read(a, k, n, field, e);
}

static const struct key *find_key(const struct key *keys, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    }
    return NULL;
}

static int unknown_key(struct arena *a, const struct node *map, const struct node_pair *pair,
                       const struct key *keys, size_t n, const char *what, struct err *e)
{
    const char **names = arena_array(a, const char *, n);
    for (size_t i = 0; i < n; i++)
        names[i] = keys[i].name;
    struct node at = *map;
    at.line = pair->line;
    at.column = pair->column;
    return node_error(&at, e, nearest_remedy(a, pair->key, names, n), "unknown key %.80s in %s",
                      pair->key, what);
}

int keys_read(struct arena *a, const struct node *map, const struct key *keys, size_t n,
              const char *what, void *out, struct err *e)
{
    if (map->kind != NODE_MAP)
        return node_error(
            map, e, arena_printf(a, "write it as key: value, beginning with %s: …", keys[0].name),
            "%s must be a map of keys", what);
    for (size_t i = 0; i < map->count; i++) {
        const struct node_pair *pair = &map->pairs[i];
        const struct key *k = find_key(keys, n, pair->key);
        if (!k)
            return unknown_key(a, map, pair, keys, n, what, e);
        const struct node *nowhere;
        void *field = k->offset == KEY_NOWHERE ? (void *)&nowhere : (char *)out + k->offset;
        int r = node_read(a, pair->value, k, field, e);
        if (r < 0)
            return r;
    }
    for (size_t i = 0; i < n; i++) {
        if (keys[i].required && !node_of(map, keys[i].name))
            return node_error(
                map, e,
                arena_printf(a, "add %s: %s", keys[i].name, keys[i].help ? keys[i].help : "…"),
                "%s has no %s", what, keys[i].name);
    }
    return 0;
}

const struct node *node_of(const struct node *map, const char *key)
{
    for (size_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++) {
        if (strcmp(map->pairs[i].key, key) == 0)
            return map->pairs[i].value;
    }
    return NULL;
}

int node_maps(struct arena *a, const struct node *n, const char *what,
              const struct node *const **ret, size_t *ret_n, struct err *e)
{
    if (n->kind == NODE_MAP) {
        const struct node **one = arena_array(a, const struct node *, 1);
        one[0] = n;
        *ret = one;
        *ret_n = 1;
        return 0;
    }
    if (n->kind != NODE_LIST)
        return node_error(n, e, arena_printf(a, "write %s: [{…}]", what), "%s must be a list",
                          what);
    if (n->count == 0)
        return node_error(n, e, "write an item, or delete the line", "%s is an empty list", what);
    *ret = (const struct node *const *)n->items;
    *ret_n = n->count;
    return 0;
}

static bool is_below(const char *path, const char *dir)
{
    size_t len = strlen(dir);
    return strncmp(path, dir, len) == 0 && path[len] == '/';
}

// The episode's own folder may itself be a link, to a larger disk for example.
static int check_link(const struct node *n, const char *path, struct err *e)
{
    const struct yaml_file *f = n->file;
    struct arena a = {0};
    int r = 0;
    if (!f->dir)
        return 0;
    const char *real = fs_absolute(&a, fs_join(&a, f->dir, path));
    if (!is_below(real, fs_absolute(&a, f->show)) && !is_below(real, fs_absolute(&a, f->dir)))
        r = node_error(n, e, "put the file itself there, not a link to it",
                       "%.200s is a link that leads out of the show", path);
    arena_done(&a);
    return r;
}

int node_path_inside(const struct node *n, const char *path, int levels, struct err *e)
{
    const char *whole = path;
    if (*path == '/' || *path == '~')
        return node_error(n, e, "put the file into the show's folder and name it from there",
                          "the path leads out of the show");
    int depth = levels;
    while (*path) {
        size_t len = strcspn(path, "/");
        if (len == 2 && path[0] == '.' && path[1] == '.')
            depth--;
        else if (len > 0 && !(len == 1 && *path == '.'))
            depth++;
        if (depth < 0)
            return node_error(n, e, "put the file into the show's folder and name it from there",
                              "the path leads out of the show");
        path += len;
        path += strspn(path, "/");
    }
    return check_link(n, whole, e);
}
