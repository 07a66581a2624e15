// SPDX-License-Identifier: GPL-3.0-or-later
// A command: one file, one function, one row in the table of main.c. Words on the terminal live in
// cmd/.
#pragma once
#include "base/err.h"
#include "base/json.h"
#include "base/progress.h"
#include "plan/session.h"
#include "opt.h"

struct env {
    const char *dir;         // -C, else "."
    const char *presets_dir; // --presets; NULL: none
    bool json;
    int verbosity; // -1 quiet, 0, 1
    const struct progress *progress;
    int64_t now_utc_s;
};

struct command {
    const char *name;
    int (*run)(const struct env *env, const struct args *args,
               struct err *e); // > 0: an exit code of its own
    const char *words;         // "EPISODE [RECORDING…]"
    size_t min_words, max_words;
    const struct opt *opts; // ends with name NULL; NULL: none
    const char *summary;    // one line
    const char *more;       // paragraphs for --help and the manual
};
extern const struct command commands[]; // ends with name NULL

int cmd_init(const struct env *env, const struct args *args, struct err *e);
int cmd_new(const struct env *env, const struct args *args, struct err *e);
int cmd_publish(const struct env *env, const struct args *args, struct err *e);
int cmd_stage(const struct env *env, const struct args *args,
              struct err *e); // ingest normalize encode tag page
int cmd_preview(const struct env *env, const struct args *args,
                struct err *e);                                              // normalize --preview
int cmd_feed(const struct env *env, const struct args *args, struct err *e); // feed site
int cmd_measure(const struct env *env, const struct args *args, struct err *e);
// What `check` without words finds, added to the array; only_public: of published episodes alone,
// and a warning of the rule check_unpublished for each that was changed since.
extern const char check_unpublished[];
int check_show(const struct env *env, struct session *s, bool only_public, struct json *findings,
               struct err *e);
void check_print(const struct json *findings);
int cmd_check(const struct env *env, const struct args *args, struct err *e);
int cmd_status(const struct env *env, const struct args *args, struct err *e);
int cmd_clean(const struct env *env, const struct args *args, struct err *e);
int cmd_retract(const struct env *env, const struct args *args, struct err *e);
int cmd_serve(const struct env *env, const struct args *args, struct err *e);
int cmd_deliver(const struct env *env, const struct args *args, struct err *e);
// As `deliver` does, behind another command; the session holds the lock. withdraws: something must
// go, no finding stops it, and whatever stops it is ERR_REMOTE: it is done here.
int deliver_after(const struct env *env, struct session *s, bool withdraws, struct err *e);
int cmd_live(const struct env *env, const struct args *args, struct err *e);
int cmd_export(const struct env *env, const struct args *args, struct err *e);
extern const struct opt live_opts[];
int cmd_manual(const struct env *env, const struct args *args, struct err *e);

// The show around env->dir; lock: the command writes.
int env_open(const struct env *env, const char *command, bool lock, struct session *ret,
             struct err *e);
void print_json(const struct json *j); // one document on standard output
// One job for a tool of the worker (measure, check): no show, nothing kept. settings and in are
// taken over; *ret is what it measured, to free.
int tool_run(const struct env *env, const char *stage, struct json *settings, struct json *in,
             struct json **ret, struct err *e);
// The same for a tool that writes below the folder `below`.
int tool_write(const struct env *env, const char *stage, struct json *settings, const char *below,
               struct json **ret, struct err *e);
// One job for dgl-episode-net (cmd/net.c), taken over; *ret is its "done", to free.
int net_run(const struct env *env, struct json *job, struct json **ret, struct err *e);
// "at 00:00:05.224 no sound is recorded here … (0.84 s)" of one of measure's faults. false: one
// that "remark" counts already.
enum { FAULT_TEXT = 400 };
bool fault_text(const struct json *fault, char ret[FAULT_TEXT]);
