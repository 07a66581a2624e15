// SPDX-License-Identifier: GPL-3.0-or-later
// Options from tables: parsing and help come from the same rows.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct opt {
    const char *name;  // without the dashes
    char letter;       // 0: none
    const char *value; // name of its value in help; NULL: a switch
    const char *help;
};
struct args {
    const char *command; // its name, for commands that share a function
    const char **words;
    size_t num_words;
    const struct opt **given;
    const char **values; // beside given
    size_t num_given;
};
extern const struct opt global_opts[];

// Sorts argv (behind the program's name) into the command's name, options and words; the options of
// `find`'s answer and the global ones are known anywhere, `--` ends them. ERR_USAGE.
struct command;
int args_parse(struct arena *a, int argc, char **argv,
               const struct command *(*find)(const char *name), struct args *ret,
               const struct command **ret_command, struct err *e);
bool args_has(const struct args *a, const char *name);
const char *args_text(const struct args *a, const char *name); // the last one given; NULL: none
int args_int(const struct args *a, const char *name, int64_t min, int64_t max, int64_t *ret,
             struct err *e); // *ret stays when not given
