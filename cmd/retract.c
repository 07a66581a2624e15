// SPDX-License-Identifier: GPL-3.0-or-later
// retract: takes a published episode down.
#include "base/fs.h"
#include "base/str.h"
#include "cmd.h"
#include "plan/publish.h"
#include "plan/retract.h"
#include "plan/tombstone.h"
#include "term.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Whoever runs the program, where --by does not say.
static const char *own_name(void)
{
    const struct passwd *who = getpwuid(getuid());
    return who && who->pw_name ? who->pw_name : NULL;
}

static void print_gone(const struct json *o, bool will, bool originals, FILE *out)
{
    size_t n = json_count(json_get(o, "files"));
    fprintf(out, "  %-9s %zu file%s of public/ (%.1f MB): media, captions, clips, kit, the page\n",
            will ? "goes" : "gone", n, n == 1 ? "" : "s", (double)json_int(o, "bytes", 0) / 1e6);
    fputs("            out of the feeds, the pages, the search, the calendar and its theme's kit\n",
          out);
    if (json_text(o, "results"))
        fprintf(out, "            %s, which can be made again\n", json_text(o, "results"));
    for (size_t i = 0; i < json_count(json_get(o, "originals")); i++)
        fprintf(out, "            %s, which cannot be made again\n",
                json_as_text(json_at(json_get(o, "originals"), i)));
    if (originals && json_text(o, "broadcasts"))
        fprintf(out, "            %s/ (its broadcast), which cannot be made again\n",
                json_text(o, "broadcasts"));
}

// Where its words and its voice still are, for whoever was promised that they go.
static struct json *kept(struct plan *p, const struct json *o, bool originals)
{
    struct json *list = json_new_array();
    struct arena *a = &p->arena;
    const struct json *stay = json_get(o, "originals_kept");
    for (size_t i = 0; i < json_count(stay); i++)
        json_push_text(list, arena_printf(a, "%s (%s)", json_as_text(json_at(stay, i)),
                                          originals ? "another episode is made of it, too"
                                                    : "the recording; it goes with --originals"));
    if (json_text(o, "broadcasts") && !originals)
        json_push_text(list, arena_printf(a, "%s/ (its broadcast; it goes with --originals)",
                                          json_text(o, "broadcasts")));
    for (size_t i = 0; i < p->ep->num_recordings; i++) {
        const struct recording *r = &p->ep->recordings[i];
        const char *file = r->file ? r->file : r->parts.count ? r->parts.items[0] : NULL;
        const char *path = file ? fs_join(a, p->ep->dir, file) : NULL;
        if (path && fs_exists(path))
            json_push_text(list, arena_printf(a, "%s (your own file)", path));
    }
    json_push_text(list, arena_printf(a,
                                      "episodes/%s/ (names, captions, notes, and the record of "
                                      "this; in git's history as well)",
                                      p->ep->folder));
    const char *report = publish_report_dir(p);
    if (fs_is_dir(fs_join(a, p->s->dir, report)))
        json_push_text(list, arena_printf(a, "%s/ (never public)", report));
    if (fs_is_dir(fs_join(a, p->s->dir, "exports")))
        json_push_text(list, "exports/ (packages for the archive)");
    if (p->s->show.backup)
        json_push_text(list, arena_printf(a, "%s (backup: in show.yaml)", p->s->show.backup));
    return list;
}

static bool confirmed(struct plan *p, const struct json *o, bool originals)
{
    char line[64] = "";
    term_text(arena_printf(&p->arena, "retract %s: %s\n", p->ep->folder, p->ep->title));
    print_gone(o, true, originals, stderr);
    fputs("Listeners cannot hear it any more. Take it down? [yes/no] ", stderr);
    if (!fgets(line, sizeof line, stdin))
        return false;
    line[strcspn(line, "\n")] = '\0';
    return str_same(line, "yes") || str_same(line, "y") || str_same(line, "ja");
}

static int ask(const struct args *args, struct plan *p, const struct json *o, struct err *e)
{
    if (args_has(args, "yes"))
        return 0;
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return err_usage(e, "nobody is here to be asked: say --yes if you are sure");
    return confirmed(p, o, args_has(args, "originals")) ? 0 : err_input(e, "nothing was changed");
}

static bool anything(const struct json *look, bool originals)
{
    return json_count(json_get(look, "files")) || json_text(look, "results") ||
           json_count(json_get(look, "originals")) || (originals && json_text(look, "broadcasts"));
}

static void print_answer(struct plan *p, const struct json *look, const struct json *stay, bool dry,
                         bool originals)
{
    if (anything(look, originals)) {
        printf("%s %s: %s\n", dry ? "would retract" : "retracted", p->ep->folder, p->ep->title);
        print_gone(look, dry, originals, stdout);
    }
    for (size_t i = 0; i < json_count(stay); i++)
        printf("  %-9s %s\n", i ? "" : dry ? "stays" : "kept", json_as_text(json_at(stay, i)));
    puts(
        "  elsewhere apps and directories drop it when they next read the feed; what was posted on "
        "Facebook,\n            YouTube or by others is deleted there");
    if (!dry)
        printf("  page      public/episodes/%s/ says that it was withdrawn, and Apache answers "
               "410;\n            for nginx there is %s\n",
               p->slug, tombstone_nginx);
}

// What goes; what stays is told beside it.
static struct json *gone_json(const struct json *look, bool originals)
{
    static const char *const keys[] = {"files", "bytes", "results", "originals"};
    struct json *o = json_new_object();
    for (size_t i = 0; i < COUNT(keys); i++)
        if (json_get(look, keys[i]))
            json_put(o, keys[i], json_keep(json_get(look, keys[i])));
    if (originals)
        json_put_text(o, "broadcasts", json_text(look, "broadcasts"));
    return o;
}

static void answer(const struct env *env, struct plan *p, const struct json *look,
                   const struct args *args)
{
    bool dry = args_has(args, "dry-run"), originals = args_has(args, "originals");
    const struct json *r = retract_record(p);
    struct json *stay = kept(p, look, originals);
    if (env->json) {
        struct json *o = json_new_object();
        json_put_text(o, "episode", p->ep->folder);
        json_put_text(o, "guid", p->published.guid);
        json_put_text(o, "state", retract_state(p) ? "retracted" : p->published.state);
        json_put_bool(o, "dry_run", dry);
        json_put_text(o, "at", json_text(r, "at"));
        json_put_text(o, "by", json_text(r, "by"));
        json_put_text(o, "reason", json_text(r, "reason"));
        json_put(o, "gone", gone_json(look, originals));
        json_put(o, "kept", json_keep(stay));
        print_json(o);
        json_free(o);
    } else if (env->verbosity >= 0) {
        print_answer(p, look, stay, dry, originals);
    }
    json_free(stay);
}

static int take_down(const struct env *env, const struct args *args, struct plan *p, struct err *e)
{
    const char *state = retract_state(p);
    bool first = !state || str_same(state, "undone");
    struct retraction r = {args_text(args, "by") ? args_text(args, "by") : own_name(),
                           args_text(args, "reason"), args_has(args, "originals")};
    bool dry = args_has(args, "dry-run");
    if (first && !dry && (!r.reason || !*r.reason))
        return err_usage(e, "why? --reason TEXT; it is kept in published.json and never public");
    int code = retract_check(p, e);
    if (code < 0)
        return code;
    struct json *look = retract_look(p, r.originals);
    if (!first && env->verbosity >= 0 && !env->json)
        printf("%s is retracted already, since %.10s\n", p->ep->folder,
               json_text_or(retract_record(p), "at", ""));
    if (!dry && (first || r.originals))
        code = ask(args, p, look, e);
    if (code >= 0 && !dry)
        code = retract_run(p, &r, e);
    if (code >= 0)
        answer(env, p, look, args);
    json_free(look);
    return code;
}

static int undo(const struct env *env, struct plan *p, struct err *e)
{
    int r = retract_undo(p, e);
    if (r < 0)
        return r;
    if (env->json) {
        struct json *o = json_new_object();
        json_put_text(o, "episode", p->ep->folder);
        json_put_text(o, "guid", p->published.guid);
        json_put_text(o, "state", retract_state(p));
        print_json(o);
        json_free(o);
    } else if (env->verbosity >= 0) {
        printf("%s may be published again, as the same entry for who subscribes:\n"
               "dgl-episode publish %s\n",
               p->ep->folder, p->ep->folder);
    }
    return 0;
}

int cmd_retract(const struct env *env, const struct args *args, struct err *e)
{
    struct session s;
    struct plan p = {0};
    char *folder = NULL;
    int r = env_open(env, "retract", !args_has(args, "dry-run"), &s, e);
    if (r >= 0)
        r = episode_find(&s.arena, s.dir, args->words[0], &folder, e);
    if (r >= 0)
        r = plan_open(&p, &s, folder, e);
    if (r >= 0)
        r = args_has(args, "undo") ? undo(env, &p, e) : take_down(env, args, &p, e);
    plan_close(&p);
    bool local = args_has(args, "undo") || args_has(args, "dry-run");
    if (r >= 0 && !local && s.show.delivery.num_targets)
        r = deliver_after(env, &s, true, e);
    session_close(&s);
    return r < 0 ? r : 0;
}
