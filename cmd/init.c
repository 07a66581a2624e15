// SPDX-License-Identifier: GPL-3.0-or-later
// init DIR: a show that publishes as it stands.
#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name, *question, *example;
} questions[] = {
    {"title", "The show's title", "Det gode liv i nord"},
    {"site", "The address where it will be served", "https://example.org/detgodeliv/"},
    {"author", "Who is behind it", "Nordland fylkeskommune"},
    {"owner", "Whom directories write to", "Kari Nordmann <kari@example.org>"},
    {"summary", "What it is about, in a sentence",
     "Kommunene i Nordland forteller hvordan de jobber med det gode liv."},
};
enum { TITLE, SITE, AUTHOR, OWNER, SUMMARY, NUM_QUESTIONS };

static char *ask(struct arena *a, const char *question, const char *example)
{
    char *line = NULL;
    size_t cap = 0;
    fprintf(stderr, "%s (e.g. %s): ", question, example);
    ssize_t n = getline(&line, &cap, stdin);
    char *answer = n > 0 ? arena_strndup(a, line, strcspn(line, "\r\n")) : NULL;
    free(line);
    return answer;
}

static int take_answers(struct arena *a, const struct args *args, const char *answer[NUM_QUESTIONS],
                        struct err *e)
{
    bool can_ask = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
    for (int i = 0; i < NUM_QUESTIONS; i++) {
        answer[i] = args_text(args, questions[i].name);
        if (!answer[i] && can_ask)
            answer[i] = ask(a, questions[i].question, questions[i].example);
        if (!answer[i] || !*answer[i])
            return err_usage(e, "%s is missing: --%s \"%s\"", questions[i].question,
                             questions[i].name, questions[i].example);
        if (!str_is_utf8(answer[i], strlen(answer[i]), NULL))
            return err_usage(e, "--%s is not UTF-8", questions[i].name);
    }
    return 0;
}

static int check_site(struct arena *a, const char **site, struct err *e)
{
    if (!str_starts(*site, "https://") && !str_starts(*site, "http://"))
        return err_usage(e, "--site %s: an address such as https://example.org/detgodeliv/", *site);
    if (!str_ends(*site, "/"))
        *site = arena_printf(a, "%s/", *site);
    return 0;
}

static int split_owner(struct arena *a, const char *owner, char **name, char **mail, struct err *e)
{
    const char *open = strchr(owner, '<'), *close = open ? strchr(open, '>') : NULL;
    if (!open || !close || !memchr(open, '@', (size_t)(close - open)))
        return err_usage(
            e, "--owner \"%s\": name and address, such as \"Kari Nordmann <kari@example.org>\"",
            owner);
    size_t len = (size_t)(open - owner);
    while (len && owner[len - 1] == ' ')
        len--;
    *name = arena_strndup(a, owner, len);
    *mail = arena_strndup(a, open + 1, (size_t)(close - open) - 1);
    return 0;
}

static void add_text(struct str *s, const char *key, const char *value)
{
    // A JSON string is a YAML string: quotes and line ends in an answer stay harmless.
    struct json *text = json_new_text(value);
    str_addf(s, "%s: ", key);
    json_write(s, text, false);
    str_addc(s, '\n');
    json_free(text);
}

// podcast:guid is UUIDv5 of the feed's address without scheme, frozen for life from here on.
static int feed_guid(struct arena *a, const char *site, char ret[UUID_TEXT], struct err *e)
{
    const char *bare = strstr(site, "://") + 3;
    return uuid_v5("ead4c236-bf58-58c6-a2c6-a6b28d128cb6", arena_printf(a, "%sfeed.xml", bare), ret,
                   e);
}

static int write_show(struct arena *a, const char *dir, const char *answer[NUM_QUESTIONS],
                      struct err *e)
{
    char guid[UUID_TEXT], *name = NULL, *mail = NULL;
    int r = check_site(a, &answer[SITE], e);
    if (r >= 0)
        r = split_owner(a, answer[OWNER], &name, &mail, e);
    if (r >= 0)
        r = feed_guid(a, answer[SITE], guid, e);
    if (r < 0)
        return r;
    struct str s;
    str_init(&s, STR_MAX);
    str_add(&s, "# The show. Every key is explained in: man dgl-episode\n");
    add_text(&s, "title", answer[TITLE]);
    add_text(&s, "site", answer[SITE]);
    add_text(&s, "author", answer[AUTHOR]);
    str_add(&s, "owner:\n");
    add_text(&s, "  name", name);
    add_text(&s, "  email", mail);
    add_text(&s, "summary", answer[SUMMARY]);
    str_add(&s, "language: nb\ncategories: [Government]\nlicense: CC-BY-4.0\nexplicit: false\n"
                "preset: podcast\noutputs: [mp3, m4a, opus]\n"
                "# picture: 1080p25   # video as well\ncalendar: calendar.yaml\n"
                "# The show's identity in directories; it never changes.\n");
    add_text(&s, "guid", guid);
    r = fs_replace(fs_join(a, dir, "episodes/show.yaml"), s.p, s.len, e);
    str_done(&s);
    return r;
}

static int write_rest(struct arena *a, const struct env *env, const char *dir, struct err *e)
{
    static const char ignore[] = "/.dgl/\n/exports/\n/originals/\n/public/\n/reports/\n";
    const char *const *presets = session_preset_dirs(a, NULL, env->presets_dir);
    const char *example = preset_path(a, presets, "calendar-example.yaml");
    char *text;
    size_t len;
    if (!example)
        return err_set(e, -ENOENT,
                       "the folder presets is missing: the program is not installed completely");
    int r = fs_read(a, example, 1 << 20, &text, &len, e);
    if (r >= 0)
        r = fs_replace(fs_join(a, dir, "episodes/calendar.yaml"), text, len, e);
    if (r >= 0 && !fs_exists(fs_join(a, dir, ".gitignore")))
        r = fs_replace(fs_join(a, dir, ".gitignore"), ignore, sizeof ignore - 1, e);
    return r;
}

// Reading it back is the proof that it publishes as it stands.
static int read_back(const struct env *env, const char *dir, struct err *e)
{
    struct session s;
    int r =
        session_open(&s,
                     &(struct session_params){
                         .dir = dir, .presets_dir = env->presets_dir, .now_utc_s = env->now_utc_s},
                     e);
    session_close(&s);
    return r;
}

int cmd_init(const struct env *env, const struct args *args, struct err *e)
{
    struct arena a = {0};
    const char *answer[NUM_QUESTIONS];
    char *dir = fs_join(&a, env->dir, args->words[0]);
    char *show = fs_join(&a, dir, "episodes/show.yaml");
    int r = 0;
    if (fs_exists(show))
        r = err_input(e, "%s is there already: edit it", show);
    if (r >= 0)
        r = take_answers(&a, args, answer, e);
    if (r >= 0)
        r = write_rest(&a, env, dir, e);
    if (r >= 0)
        r = write_show(&a, dir, answer, e);
    if (r >= 0)
        r = read_back(env, dir, e);
    if (r >= 0 && env->json) {
        struct json *o = json_new_object();
        json_put_text(o, "show", fs_absolute(&a, show));
        print_json(o);
        json_free(o);
    } else if (r >= 0 && env->verbosity >= 0) {
        printf("made %s and calendar.yaml beside it (an example: edit it)\n"
               "next: cd %s && dgl-episode new YYYY-MM --guest NAME --municipality NAME\n",
               show, dir);
    }
    arena_done(&a);
    return r < 0 ? r : 0;
}
