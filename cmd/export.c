// SPDX-License-Identifier: GPL-3.0-or-later
// export EPISODE: everything of it as one package for the archive.
#include "plan/export.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "cmd.h"
#include "plan/publish.h"

// HEADERS: what a tar has besides the bytes of a file. TRIES: packages of one day.
enum { HEADERS = 4096, TRIES = 99 };
static const double settled_s = 0.5;

// How far it is, in bytes.
struct telling {
    const struct progress *outer;
    int64_t total;
    double began, last; // since when, and how much was done when it was last told
};

static void on_update(void *ctx, const char *what, double done, double media_s)
{
    struct telling *t = ctx;
    double now = clock_monotonic();
    if (done < t->last)
        t->began = now;
    t->last = done;
    double spent = now - t->began, gb = (double)t->total / 1e9, unit = gb < 1 ? 1e3 : 1;
    char text[200], rate[40] = "";
    if (spent > settled_s)
        snprintf(rate, sizeof rate, ", %.0f MB/s", done * (double)t->total / 1e6 / spent);
    snprintf(text, sizeof text, "%s\t%.1f of %.1f %s%s", what ? what : "", done * gb * unit,
             gb * unit, gb < 1 ? "MB" : "GB", rate);
    progress_update(t->outer, text, done, media_s);
}

static void on_warning(void *ctx, const char *text)
{
    const struct telling *t = ctx;
    progress_warn(t->outer, "%s", text);
}

static int pack(const struct env *env, struct plan *p, const struct export_list *x, const char *dir,
                const char *part, struct json **ret, struct err *e)
{
    struct civil day;
    struct json *settings = json_new_object();
    clock_civil(p->s->now_utc_s, &day);
    day.hour = day.minute = day.second = 0; // the same things on the same day are the same package
    json_put_text(settings, "to", part);
    json_put_text(settings, "name", x->name);
    json_put_text(settings, "info", x->info);
    json_put_int(settings, "utc_s", clock_from_civil(&day));
    json_put(settings, "files", json_keep(x->files));
    struct telling t = {env->progress, x->bytes, clock_monotonic(), 0};
    struct progress told = {env->progress ? env->progress->stop : NULL, on_update, on_warning, &t,
                            NULL};
    struct env within = *env;
    within.progress = &told;
    return tool_write(&within, "export", settings, dir, ret, e);
}

static int same_bytes(const char *path, int64_t bytes, const char *sha256, bool *ret,
                      const struct progress *progress, struct err *e)
{
    char hex[HASH_HEX];
    *ret = false;
    if (fs_size(path) != bytes)
        return 0;
    int r = hash_file(path, hex, progress ? progress->stop : NULL, NULL, NULL, e);
    *ret = r >= 0 && str_same(hex, sha256);
    return r;
}

// Under the first name that is free, or is this package already: then 0, else 1.
static int place(struct plan *p, const char *dir, const char *name, const char *part,
                 const struct json *made, const char **ret, struct err *e)
{
    for (int i = 1; i <= TRIES; i++) {
        const char *to = i == 1 ? arena_printf(&p->arena, "%s/%s.tar", dir, name)
                                : arena_printf(&p->arena, "%s/%s-%d.tar", dir, name, i);
        bool same = false;
        *ret = to;
        if (!fs_exists(to)) {
            if (rename(part, to) < 0)
                return err_errno(e, -errno, to);
            int r = fs_sync_dir(dir, e);
            return r < 0 ? r : 1;
        }
        int r = same_bytes(to, json_int(made, "bytes", 0), json_text_or(made, "sha256", ""), &same,
                           p->s->progress, e);
        if (r < 0 || same)
            return r;
    }
    return err_input(e,
                     "%s holds %d packages of today already: move some away, or name another "
                     "folder with --to",
                     dir, TRIES);
}

static struct json *answer(const struct plan *p, const struct export_list *x, const char *file,
                           const char *state, const struct json *made)
{
    static const char *const keys[] = {"name", "bytes", "sha256"};
    struct json *o = json_new_object(), *list = json_new_array();
    const struct json *files = made ? json_get(made, "files") : x->files;
    json_put_text(o, "episode", p->ep->folder);
    json_put_text(o, "state", state);
    json_put_text(o, "file", file);
    json_put_int(o, "bytes", made ? json_int(made, "bytes", 0) : x->bytes);
    json_put_text(o, "sha256", json_text(made, "sha256"));
    for (size_t i = 0; i < json_count(files); i++) {
        struct json *one = json_new_object();
        for (size_t k = 0; k < COUNT(keys); k++)
            json_put(one, keys[k], json_keep(json_get(json_at(files, i), keys[k])));
        json_push(list, one);
    }
    json_put(o, "files", list);
    return o;
}

static void print_size(double bytes)
{
    static const char *const units[] = {"B ", "kB", "MB", "GB"};
    size_t i = 0;
    for (; bytes >= 1000 && i + 1 < COUNT(units); i++)
        bytes /= 1000;
    printf("%7.*f %s", i > 0, bytes, units[i]);
}

static void print(const struct env *env, const struct json *o, const char *name)
{
    const struct json *files = json_get(o, "files");
    const char *file = json_text_or(o, "file", "");
    if (env->json) {
        print_json(o);
        return;
    }
    if (env->verbosity < 0)
        return;
    if (str_same(json_text(o, "state"), "dry run")) {
        for (size_t i = 0; i < json_count(files); i++) {
            print_size(json_number(json_at(files, i), "bytes", 0));
            printf("  %s\n", json_text_or(json_at(files, i), "name", ""));
        }
        print_size(json_number(o, "bytes", 0));
        printf("  in %zu files would go into %s\n", json_count(files), file);
        return;
    }
    printf("%s  %.1f MB, %zu files, %s\n", file, json_number(o, "bytes", 0) / 1e6,
           json_count(files),
           str_same(json_text(o, "state"), "written") ? "read back and compared"
                                                      : "was there already, the same");
    printf("sha256 %s\n", json_text_or(o, "sha256", ""));
    printf("whoever gets it can check it: tar xf %s && cd %s && sha256sum -c manifest-sha256.txt\n",
           fs_basename(file), name);
}

static int make(const struct env *env, struct plan *p, const struct export_list *x, const char *dir,
                struct err *e)
{
    // Without the day in its name, so that the next one finds what a killed one left.
    const char *part = arena_printf(&p->arena, "%s/.%s.tar.part", dir, p->slug), *to = NULL;
    struct json *made = NULL;
    int64_t room = x->bytes + (int64_t)(json_count(x->files) + HEADERS) * HEADERS;
    int r = fs_need_room(dir, room, e);
    if (r < 0)
        return r;
    unlink(part);
    r = pack(env, p, x, dir, part, &made, e);
    progress_update(env->progress, "", 1, -1);
    if (r >= 0)
        r = place(p, dir, x->name, part, made, &to, e);
    if (r <= 0)
        unlink(part);
    if (r >= 0) {
        struct json *o = answer(p, x, to, r > 0 ? "written" : "there already", made);
        print(env, o, x->name);
        json_free(o);
    }
    json_free(made);
    return r;
}

// A disk that is not plugged in must not become a folder on this one.
static int choose_dir(struct plan *p, const char *word, bool dry_run, const char **ret,
                      struct err *e)
{
    if (!word) {
        *ret = fs_join(&p->arena, p->s->dir, "exports");
        return dry_run ? 0 : fs_mkdirs(*ret, e);
    }
    *ret = fs_absolute(&p->arena, word);
    if (!fs_is_dir(*ret))
        return err_usage(e, "--to %s: there is no such folder", word);
    return access(*ret, W_OK) == 0 ? 0 : err_usage(e, "--to %s: you may not write there", word);
}

int cmd_export(const struct env *env, const struct args *args, struct err *e)
{
    struct session s;
    struct plan p = {0};
    struct export_list x = {0};
    const struct export_params how = {.without_master = args_has(args, "without-master")};
    bool dry_run = args_has(args, "dry-run");
    const char *dir = NULL;
    char *folder = NULL;
    int r = env_open(env, args->command, !dry_run, &s, e);
    if (r >= 0)
        r = episode_find(&s.arena, s.dir, args->words[0], &folder, e);
    if (r >= 0)
        r = plan_open(&p, &s, folder, e);
    if (r >= 0)
        r = choose_dir(&p, args_text(args, "to"), dry_run, &dir, e);
    if (r >= 0 && (p.published.guid || p.ep->num_recordings)) // else there is nothing to look at
        r = publish_look(&p, NULL, e);
    if (r >= 0)
        r = export_list_make(&p, &how, &x, e);
    if (r >= 0 && dry_run) {
        struct json *o =
            answer(&p, &x, arena_printf(&p.arena, "%s/%s.tar", dir, x.name), "dry run", NULL);
        print(env, o, x.name);
        json_free(o);
    } else if (r >= 0) {
        r = make(env, &p, &x, dir, e);
    }
    json_free(x.files);
    plan_close(&p);
    session_close(&s);
    return r < 0 ? r : 0;
}
