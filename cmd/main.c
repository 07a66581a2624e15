// SPDX-License-Identifier: GPL-3.0-or-later
// The table of commands, global options, signals, the one place that prints errors, the exit codes.
#include "base/clock.h"
#include "base/str.h"
#include "cleanout.h"
#include "cmd.h"
#include "help.h"
#include "term.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static atomic_bool stop;

static void on_signal(int number)
{
    (void)number;
    atomic_store(&stop, true);
}

static const struct command *find(const char *name)
{
    for (const struct command *c = commands; c->name; c++)
        if (str_same(c->name, name))
            return c;
    return NULL;
}

void print_json(const struct json *j)
{
    struct str s;
    str_init(&s, STR_MAX);
    json_write(&s, j, true);
    puts(s.p ? s.p : "null");
    str_done(&s);
}

int env_open(const struct env *env, const char *command, bool lock, struct session *ret,
             struct err *e)
{
    return session_open(ret,
                        &(struct session_params){.dir = env->dir,
                                                 .presets_dir = env->presets_dir,
                                                 .lock_for = lock ? command : NULL,
                                                 .progress = env->progress,
                                                 .now_utc_s = env->now_utc_s},
                        e);
}

static int check_words(const struct command *c, const struct args *args, struct err *e)
{
    if (args->num_words < c->min_words || args->num_words > c->max_words)
        return err_usage(e, "usage: dgl-episode %s %s\nsee: dgl-episode %s --help", c->name,
                         c->words, c->name);
    return 0;
}

static int run(const struct command *c, const struct args *args, struct term *term, struct err *e)
{
    struct env env = {
        .dir = ".",
        .presets_dir = args_text(args, "presets"),
        .json = args_has(args, "json"),
        .verbosity = args_has(args, "quiet")     ? -1
                     : args_has(args, "verbose") ? 1
                                                 : 0,
        .progress = term_progress(term),
        .now_utc_s = clock_now(),
    };
    if (args_text(args, ""))
        env.dir = args_text(args, "");
    int r = check_words(c, args, e);
    return r < 0 ? r : c->run(&env, args, e);
}

// A result that could not be written to standard output is not a success.
static int close_output(int code, struct term *term)
{
    struct err e = {0};
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    err_errno(&e, -errno, "standard output");
    term_error(term, &e);
    return code ? code : err_exit_code(&e);
}

static int dispatch(struct arena *a, int argc, char **argv)
{
    struct args args;
    const struct command *c = NULL;
    struct err e = {0};
    int r = args_parse(a, argc, argv, find, &args, &c, &e);
    int verbosity = args_has(&args, "quiet") ? -1 : args_has(&args, "verbose") ? 1 : 0;
    struct term *term = term_new(verbosity, &stop);
    int code = 0;
    if (r >= 0 && args_has(&args, "version"))
        puts("dgl-episode " DGL_VERSION);
    else if (r >= 0 && c && args_has(&args, "help"))
        help_command(c);
    else if (r >= 0 && (args_has(&args, "help") || str_same(args.command, "help")))
        help_all();
    else if (r >= 0 && !args.command)
        r = err_usage(&e, "which command?\nsee: dgl-episode --help");
    else if (r >= 0 && !c)
        r = err_usage(&e, "there is no command '%s'\nsee: dgl-episode --help", args.command);
    else if (r >= 0)
        code = r = run(c, &args, term, &e);
    if (r < 0) {
        e.code = e.code ? e.code : r;
        term_error(term, &e);
        code = err_exit_code(&e);
    }
    code = close_output(code, term);
    term_free(term);
    return code;
}

int main(int argc, char **argv)
{
    struct sigaction on = {.sa_handler = on_signal};
    sigaction(SIGINT, &on, NULL);
    sigaction(SIGTERM, &on, NULL);
    sigaction(SIGHUP, &on, NULL);
    signal(SIGPIPE, SIG_IGN);
    cleanout_begin();
    struct arena a = {0};
    int code = dispatch(&a, argc, argv);
    arena_done(&a);
    return code;
}
