// SPDX-License-Identifier: GPL-3.0-or-later
#include "opt.h"

#include "base/str.h"
#include "cmd.h"

#include <string.h>

const struct opt global_opts[] = {
    {"", 'C', "DIR",
     "work on the show in DIR (default: the nearest folder upwards with episodes/show.yaml)"},
    {"json", 0, NULL, "print one JSON document on standard output"},
    {"quiet", 'q', NULL, "no progress, only warnings and errors"},
    {"verbose", 'v', NULL, "say more"},
    {"presets", 0, "DIR", "look for presets in DIR first"},
    {"help", 'h', NULL, "show this help"},
    {"version", 0, NULL, "show the version"},
    {NULL, 0, NULL, NULL},
};

static bool matches(const struct opt *o, const char *name, size_t len, char letter)
{
    if (letter)
        return o->letter == letter;
    return *o->name && strlen(o->name) == len && !strncmp(o->name, name, len);
}

static const struct opt *find_in(const struct opt *table, const char *name, size_t len, char letter)
{
    for (; table && table->name; table++)
        if (matches(table, name, len, letter))
            return table;
    return NULL;
}

struct parsing {
    const struct command *command;
    struct args *args;
    int argc, i;
    char **argv;
};

static int take_option(struct parsing *p, struct err *e)
{
    const char *word = p->argv[p->i];
    bool is_long = word[1] == '-';
    const char *name = word + (is_long ? 2 : 1);
    const char *equals = is_long ? strchr(name, '=') : NULL;
    size_t len = equals ? (size_t)(equals - name) : strlen(name);
    char letter = is_long ? 0 : *name;
    const struct opt *o = p->command ? find_in(p->command->opts, name, len, letter) : NULL;
    if (!o)
        o = find_in(global_opts, name, len, letter);
    if (!o)
        return err_usage(e, "unknown option %s\nsee: dgl-episode %s%s--help", word,
                         p->command ? p->command->name : "", p->command ? " " : "");
    const char *value = NULL;
    if (!o->value) {
        if (equals || (!is_long && name[1]))
            return err_usage(e, "option %s takes no value", word);
    } else if (equals) {
        value = equals + 1;
    } else if (!is_long && name[1]) {
        value = name + 1;
    } else if (++p->i < p->argc) {
        value = p->argv[p->i];
    } else {
        return err_usage(e, "option %s needs a value: %s", word, o->value);
    }
    p->args->given[p->args->num_given] = o;
    p->args->values[p->args->num_given++] = value;
    return 0;
}

// The command's name is the first word; it must be known before its options are read.
static const char *first_word(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-' || !argv[i][1])
            return argv[i];
        bool is_long = argv[i][1] == '-';
        const struct opt *o = is_long ? find_in(global_opts, argv[i] + 2, strlen(argv[i] + 2), 0)
                                      : find_in(global_opts, "", 0, argv[i][1]);
        if (o && o->value && (is_long || !argv[i][2]))
            i++;
    }
    return NULL;
}

int args_parse(struct arena *a, int argc, char **argv,
               const struct command *(*find)(const char *name), struct args *ret,
               const struct command **ret_command, struct err *e)
{
    size_t room = (size_t)argc + 1;
    *ret = (struct args){.words = arena_array(a, const char *, room),
                         .given = arena_array(a, const struct opt *, room),
                         .values = arena_array(a, const char *, room)};
    ret->command = first_word(argc, argv);
    *ret_command = ret->command ? find(ret->command) : NULL;
    struct parsing p = {*ret_command, ret, argc, 1, argv};
    bool only_words = false, had_command = false;
    for (; p.i < argc; p.i++) {
        const char *word = argv[p.i];
        int r = 0;
        if (!only_words && str_same(word, "--"))
            only_words = true;
        else if (!only_words && word[0] == '-' && word[1])
            r = take_option(&p, e);
        else if (!had_command)
            had_command = true;
        else
            ret->words[ret->num_words++] = word;
        if (r < 0)
            return r;
    }
    return 0;
}

bool args_has(const struct args *a, const char *name)
{
    for (size_t i = 0; i < a->num_given; i++)
        if (str_same(a->given[i]->name, name))
            return true;
    return false;
}

const char *args_text(const struct args *a, const char *name)
{
    const char *text = NULL;
    for (size_t i = 0; i < a->num_given; i++)
        if (str_same(a->given[i]->name, name))
            text = a->values[i];
    return text;
}

int args_int(const struct args *a, const char *name, int64_t min, int64_t max, int64_t *ret,
             struct err *e)
{
    const char *text = args_text(a, name);
    int64_t v;
    if (!text)
        return 0;
    if (!str_to_int(text, &v) || v < min || v > max)
        return err_usage(e, "--%s %s: a whole number from %lld to %lld", name, text, (long long)min,
                         (long long)max);
    *ret = v;
    return 0;
}
