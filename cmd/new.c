// SPDX-License-Identifier: GPL-3.0-or-later
// new YYYY-MM: an episode's folder that publishes with a recording.
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "cmd.h"
#include "plan/plan.h"

#include <stdio.h>
#include <string.h>

struct draft {
    int year, month;
    const struct calendar_month *entry; // NULL: the calendar has none
    const struct municipality *place;   // NULL: not given
    const char *guest, *title, *folder;
    int64_t number;
};

static int parse_month(const char *word, struct draft *d, struct err *e)
{
    int year, month, end = 0;
    if (strlen(word) != 7 || sscanf(word, "%4d-%2d%n", &year, &month, &end) != 2 || end != 7 ||
        month < 1 || month > 12 || year < 2000)
        return err_usage(e, "%s: a month such as 2026-02", word);
    d->year = year;
    d->month = month;
    return 0;
}

static char *choose_folder(struct session *s, const struct draft *d)
{
    struct str name;
    str_init(&name, 200);
    str_addf(&name, "%04d-%02d", d->year, d->month);
    if (d->entry && d->entry->theme) {
        str_addc(&name, '-');
        str_add_slug(&name, d->entry->theme->id);
    }
    char *base = arena_strdup(&s->arena, name.p);
    str_done(&name);
    char *folder = base;
    for (int i = 2; fs_exists(arena_printf(&s->arena, "%s/episodes/%s", s->dir, folder)); i++)
        folder = arena_printf(&s->arena, "%s-%d", base, i);
    return folder;
}

static int64_t next_number(struct session *s)
{
    char **folders;
    size_t n;
    int64_t last = 0;
    if (episode_folders(&s->arena, s->dir, &folders, &n, NULL) < 0)
        return 1;
    for (size_t i = 0; i < n; i++) {
        struct plan p;
        if (plan_open(&p, s, folders[i], NULL) >= 0 && p.ep->number > last)
            last = p.ep->number;
        plan_close(&p);
    }
    return last + 1;
}

static void add_value(struct str *s, const char *value)
{
    struct json *text = json_new_text(value);
    json_write(s, text, false);
    json_free(text);
}

static void write_yaml(struct str *s, const struct draft *d)
{
    str_add(s, "# Every key is explained in: man dgl-episode\ntitle: ");
    add_value(s, d->title);
    str_addf(
        s,
        "\nmonth: %04d-%02d   # theme and goals come from the calendar\nnumber: %lld\nseason: %d\n",
        d->year, d->month, (long long)d->number, d->year);
    str_add(s, "notes: notes.md\n");
    if (d->guest) {
        str_add(s, "guest:\n  - name: ");
        add_value(s, d->guest);
        if (d->place)
            str_addf(s, "\n    municipality: \"%s\"   # %s", d->place->number, d->place->name);
        str_add(s, "\n    # consent: {date: 2026-02-03, scopes: [live, recording, podcast]}\n");
    }
    str_add(s, "# summary: One or two sentences for apps and directories.\n"
               "# published: 2026-02-12T09:00:00+01:00   # in the future: it waits until then\n"
               "# captions: [{file: captions.nb.vtt, language: nb, made: corrected}]\n"
               "# chapters: [{at: \"00:00:00\", title: Velkommen}, {at: \"00:03:10\", title: Hva "
               "vi gjør}]\n"
               "# clip: [{from: \"00:03:10\", to: \"00:04:05\", title: Hva vi gjør}]   # for "
               "social media\n"
               "# kit: {facts: [\"Én av fem er ofte alene.\"], questions: [\"Hvem kommer ikke i "
               "dag?\"]}   # poster, cards, sheet\n");
}

static int write_episode(struct session *s, const struct draft *d, struct err *e)
{
    struct str yaml;
    const char *dir = arena_printf(&s->arena, "%s/episodes/%s", s->dir, d->folder);
    str_init(&yaml, STR_MAX);
    write_yaml(&yaml, d);
    int r = fs_replace(fs_join(&s->arena, dir, "notes.md"), episode_new_notes,
                       strlen(episode_new_notes), e);
    if (r >= 0)
        r = fs_replace(fs_join(&s->arena, dir, "episode.yaml"), yaml.p, yaml.len, e);
    str_done(&yaml);
    return r;
}

static int fill(struct session *s, const struct args *args, struct draft *d, struct err *e)
{
    const char *place = args_text(args, "municipality");
    d->guest = args_text(args, "guest");
    if (place && !d->guest)
        return err_usage(e, "--municipality is the guest's: give --guest too");
    d->place = place ? municipality_find(&s->municipalities, place) : NULL;
    if (place && !d->place)
        return err_usage(
            e, "--municipality %s: no municipality of Nordland has that name or number", place);
    d->entry = calendar_at(&s->show.calendar, d->year, d->month);
    d->folder = choose_folder(s, d);
    d->number = next_number(s);
    d->title = args_text(args, "title");
    const char *theme = d->entry && d->entry->theme ? d->entry->theme->nb : NULL;
    if (!d->title && theme)
        d->title = d->place ? arena_printf(&s->arena, "%s i %s", theme, d->place->name) : theme;
    else if (!d->title)
        d->title = d->guest ? arena_printf(&s->arena, "Samtale med %s", d->guest) : d->folder;
    return 0;
}

static void say(const struct env *env, const struct draft *d)
{
    if (env->json) {
        struct json *o = json_new_object();
        json_put_text(o, "episode", d->folder);
        json_put_text(o, "title", d->title);
        json_put_int(o, "number", d->number);
        print_json(o);
        json_free(o);
    } else if (env->verbosity >= 0) {
        printf("made episodes/%s: edit episode.yaml and notes.md\n"
               "next: dgl-episode publish %s RECORDING\n",
               d->folder, d->folder);
        if (!d->entry)
            puts("the calendar has no entry for that month: theme and goals are not set");
    }
}

int cmd_new(const struct env *env, const struct args *args, struct err *e)
{
    struct session s = {.lock_fd = -1};
    struct draft d = {0};
    int r = parse_month(args->words[0], &d, e);
    if (r >= 0)
        r = env_open(env, "new", true, &s, e);
    if (r >= 0)
        r = fill(&s, args, &d, e);
    if (r >= 0)
        r = write_episode(&s, &d, e);
    if (r >= 0)
        say(env, &d);
    session_close(&s);
    return r < 0 ? r : 0;
}
