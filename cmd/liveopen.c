// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "live.h"
#include "plan/retract.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const struct live *live_of(const struct broadcast *b)
{
    return &b->s.show.live;
}

// ---- sources

static int known_sources(struct broadcast *b, const char *word, struct err *e)
{
    struct str names;
    str_init(&names, 2000);
    for (size_t i = 0; i < live_of(b)->num_sources; i++)
        str_addf(&names, "%s%s", i ? ", " : "", live_of(b)->sources[i].name);
    int r =
        err_input(e,
                  "--from %s: there is no such file, and no source of that name in show.yaml%s%s\n"
                  "a file, an address, alsa:default, pulse:default, v4l2:/dev/video0, or - for "
                  "standard input",
                  word, names.len ? "; there are: " : "", names.p ? names.p : "");
    str_done(&names);
    return r;
}

// The relay reads it itself: its own standard input is where the job comes from.
static int take_input(struct broadcast *b, struct live_source *s, struct err *e)
{
    if (b->input >= 0)
        return err_usage(e, "--from - stands here twice");
    b->input = fcntl(STDIN_FILENO, F_DUPFD, 3);
    if (b->input < 0)
        return err_input(e, "--from -: there is no standard input");
    s->url = arena_printf(&b->s.arena, "/dev/fd/%d", b->input);
    return 0;
}

static int take_source(struct broadcast *b, const char *word, struct live_source *s, struct err *e)
{
    static const char *const as_is[] = {"alsa:", "pulse:", "v4l2:"};
    const char *what;
    for (size_t i = 0; i < live_of(b)->num_sources; i++)
        if (str_same(live_of(b)->sources[i].name, word)) {
            *s = live_of(b)->sources[i];
            return 0;
        }
    *s = (struct live_source){.url = word};
    s->name =
        b->num_sources == 0 ? "source" : arena_printf(&b->s.arena, "backup%zu", b->num_sources);
    if (str_same(word, "-"))
        return take_input(b, s, e);
    if (live_url_has_secret(word, &what))
        return err_usage(e,
                         "--from: the address has %s in it, which everybody on this machine can "
                         "read\nwrite it into show.yaml, live: sources: [{name, url, secret}], and "
                         "say --from NAME",
                         what);
    for (size_t i = 0; i < COUNT(as_is); i++)
        if (str_starts(word, as_is[i]))
            return 0;
    if (strstr(word, "://"))
        return 0;
    if (!fs_exists(word))
        return known_sources(b, word, e);
    s->url = fs_absolute(&b->s.arena, word);
    return 0;
}

static int take_sources(struct broadcast *b, const struct args *args, struct err *e)
{
    bool given = false;
    for (size_t i = 0; i < args->num_given; i++) {
        if (!str_same(args->given[i]->name, "from"))
            continue;
        given = true;
        if (b->num_sources == LIVE_MAX_FROM)
            return err_usage(e, "--from: at most %d sources", LIVE_MAX_FROM);
        int r = take_source(b, args->values[i], &b->sources[b->num_sources], e);
        if (r < 0)
            return r;
        b->num_sources++;
    }
    if (b->mode == LIVE_REHEARSE) {
        b->sources[0] = (struct live_source){.name = "rehearsal", .url = "pattern:"};
        b->num_sources = 1;
        return given ? err_usage(e, "--rehearse sends a test pattern: leave --from away") : 0;
    }
    for (size_t i = 0; !given && i < live_of(b)->num_sources && i < LIVE_MAX_FROM; i++)
        b->sources[b->num_sources++] = live_of(b)->sources[i];
    if (b->num_sources || b->mode != LIVE_BROADCAST)
        return 0;
    return err_usage(e,
                     "where does it come from?\nadd --from: a file, an address, alsa:default, or "
                     "the name of a source in show.yaml");
}

// ---- endpoints

static const struct live_endpoint *endpoint_named(const struct live *l, const char *name,
                                                  size_t len)
{
    for (size_t i = 0; i < l->num_endpoints; i++)
        if (strlen(l->endpoints[i].name) == len && !strncmp(l->endpoints[i].name, name, len))
            return &l->endpoints[i];
    return NULL;
}

static bool is_taken(const struct broadcast *b, const struct live_endpoint *ep)
{
    for (size_t i = 0; i < b->num_endpoints; i++)
        if (b->endpoints[i] == ep)
            return true;
    return false;
}

static int take_only(struct broadcast *b, const char *names, struct err *e)
{
    while (*names) {
        size_t len = strcspn(names, ",");
        const struct live_endpoint *ep = endpoint_named(live_of(b), names, len);
        if (!ep) {
            const char **known =
                arena_array(&b->s.arena, const char *, live_of(b)->num_endpoints + 1);
            for (size_t i = 0; i < live_of(b)->num_endpoints; i++)
                known[i] = live_of(b)->endpoints[i].name;
            const char *word = arena_strndup(&b->s.arena, names, len);
            return err_usage(e, "--only %s: there is no endpoint of that name\n%s", word,
                             nearest_remedy(&b->s.arena, word, known, live_of(b)->num_endpoints));
        }
        if (!is_taken(b, ep))
            b->endpoints[b->num_endpoints++] = ep;
        names += len + (names[len] == ',');
    }
    return 0;
}

static int take_endpoints(struct broadcast *b, const struct args *args, struct err *e)
{
    const struct live *l = live_of(b);
    bool only = false;
    b->endpoints = arena_array(&b->s.arena, const struct live_endpoint *, l->num_endpoints + 1);
    for (size_t i = 0; i < args->num_given; i++) {
        if (!str_same(args->given[i]->name, "only"))
            continue;
        only = true;
        int r = take_only(b, args->values[i], e);
        if (r < 0)
            return r;
    }
    if (b->mode == LIVE_REHEARSE && !only)
        return err_usage(e,
                         "a rehearsal must not reach the audience by mistake: choose with --only "
                         "NAME where the test pattern may be seen");
    for (size_t i = 0; !only && i < l->num_endpoints; i++)
        b->endpoints[b->num_endpoints++] = &l->endpoints[i];
    if (b->num_endpoints || b->mode == LIVE_END_STALE)
        return 0;
    return err_input(e,
                     "%s: there is nowhere to send to\n"
                     "add live: endpoints: [{name, kind, url, secret}]; see man dgl-episode",
                     b->s.show.file->path);
}

// ---- all of it

static int take_mode(struct broadcast *b, const struct args *args, struct err *e)
{
    static const struct {
        const char *option;
        enum live_mode mode;
    } modes[] = {{"check", LIVE_CHECK},
                 {"rehearse", LIVE_REHEARSE},
                 {"end-stale", LIVE_END_STALE},
                 {"announce", LIVE_ANNOUNCE}};
    const char *first = NULL;
    for (size_t i = 0; i < COUNT(modes); i++) {
        if (!args_has(args, modes[i].option))
            continue;
        if (first)
            return err_usage(e, "--%s and --%s do not go together", first, modes[i].option);
        first = modes[i].option;
        b->mode = modes[i].mode;
    }
    b->resume = args_has(args, "resume");
    if (b->resume && first)
        return err_usage(e, "--resume and --%s do not go together", first);
    return args_int(args, "metrics", 1, 65535, &b->metrics_port, e);
}

// A rehearsal leaves nothing that could be taken for a broadcast.
// Named by the second it begins in, or the next one that is not taken.
static void choose_folder(struct broadcast *b)
{
    b->root = arena_printf(&b->s.arena, "%s/.dgl/live/%s%s", b->s.dir, b->plan.slug,
                           b->mode == LIVE_REHEARSE ? "/rehearsal" : "");
    for (int64_t at = b->s.now_utc_s; !b->folder || fs_exists(b->folder); at++) {
        char now[CLOCK_TEXT], name[CLOCK_TEXT];
        size_t len = 0;
        clock_iso(at, now);
        for (const char *c = now; *c; c++)
            if (*c != ':')
                name[len++] = *c;
        name[len] = '\0';
        b->folder = arena_printf(&b->s.arena, "%s/%s", b->root, name);
    }
}

const char *broadcast_state_file(struct broadcast *b)
{
    return fs_join(&b->s.arena, b->root, "state.json");
}

const char *broadcast_report_file(struct broadcast *b)
{
    return fs_join(&b->s.arena, b->folder, "report.json");
}

int broadcast_open(struct broadcast *b, const struct env *env, const struct args *args,
                   struct err *e)
{
    char *episode = NULL;
    *b = (struct broadcast){.env = env, .input = -1};
    int r = env_open(env, "live", false, &b->s, e);
    if (r >= 0)
        r = take_mode(b, args, e);
    if (r >= 0)
        r = episode_find(&b->s.arena, b->s.dir, args->words[0], &episode, e);
    if (r >= 0)
        r = plan_open(&b->plan, &b->s, episode, e);
    if (r >= 0)
        r = retract_refuse(&b->plan, e);
    if (r >= 0)
        r = take_endpoints(b, args, e);
    if (r >= 0)
        r = take_sources(b, args, e);
    if (r < 0)
        return r;
    choose_folder(b);
    b->redactor = redactor_new();
    return 0;
}

int broadcast_secrets(struct broadcast *b, const struct args *args, struct err *e)
{
    int64_t fd = -1;
    int r = args_int(args, "secrets-fd", 0, 1023, &fd, e);
    if (r >= 0 && fd >= 0) {
        r = secrets_fd(&b->s.arena, (int)fd, &b->secrets[0], e);
        close((int)fd); // the relay inherits what is open
    }
    if (r >= 0)
        r = secrets_credentials(&b->s.arena, &b->secrets[1], e);
    if (r >= 0 && b->s.show.secrets)
        r = secrets_file(&b->s.arena, b->s.show.secrets, &b->secrets[2], e);
    return r;
}

void broadcast_close(struct broadcast *b)
{
    if (!b->env)
        return;
    if (b->input >= 0)
        close(b->input);
    redactor_free(b->redactor);
    plan_close(&b->plan);
    session_close(&b->s);
    *b = (struct broadcast){0};
}
