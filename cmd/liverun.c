// SPDX-License-Identifier: GPL-3.0-or-later
// Starts the relay, hands it the job, and shows what it says until it ends. The relay goes on when
// this program or its terminal is gone; `live status`, `mark` and `stop` still reach it.
#include "base/clock.h"
#include "base/fs.h"
#include "base/proc.h"
#include "base/str.h"
#include "live.h"
#include "live/job.h"
#include "livefeed.h"
#include "liveterm.h"
#include "livetalk.h"
#include "plan/liveitem.h"
#include "term.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// END_MAX_S: Facebook alone is asked for a minute.
enum { LOOK_MS = 250, ASK_S = 5, END_MAX_S = 120, SAID = 20 };

static atomic_int interrupts, terminations, hang_ups;

static void on_signal(int number)
{
    atomic_fetch_add(number == SIGINT    ? &interrupts
                     : number == SIGTERM ? &terminations
                                         : &hang_ups,
                     1);
}

static void on_resize(int number)
{
    (void)number; // only wakes the poll
}

enum phase { PHASE_RUNNING, PHASE_ASKED, PHASE_ENDING, PHASE_ENDING_ASKED };

struct run {
    struct broadcast *b;
    struct proc relay;
    bool running;
    struct str in; // read and not yet used
    struct view *view;
    struct livefeed *feed;
    const char *socket;
    struct json *state, *report; // NULL: not said yet
    struct err error;            // what the relay said it ends with; code 0: nothing
    enum phase phase;
    double asked, ending; // clock_monotonic
    int seen_interrupts, seen_terminations;
    char said[SAID][400];
    size_t num_said;
};

// ---- words

static void clean_line(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++)
        *c = *c < 0x20 || *c == 0x7f ? ' ' : *c;
}

static void tell(struct run *r, bool warn, const char *text)
{
    long t = (long)json_number_in(r->state, "elapsed_s", 0, INT_MAX, 0);
    char line[400];
    snprintf(line, sizeof line, "%02ld:%02ld:%02ld  %s", t / 3600, t / 60 % 60, t % 60, text);
    clean_line(line);
    if (r->view) {
        if (r->num_said == SAID)
            memmove(r->said[0], r->said[1], sizeof r->said - sizeof r->said[0]);
        else
            r->num_said++;
        snprintf(r->said[r->num_said - 1], sizeof r->said[0], "%s", line);
    } else if (warn) {
        progress_warn(r->b->env->progress, "%s", line);
    } else if (r->b->env->verbosity >= 0) {
        term_text(line);
        fputc('\n', stderr);
    }
}

static void tell_of_feed(void *ctx, const char *text)
{
    tell(ctx, true, text);
}

static void draw(struct run *r)
{
    static const char *const phases[] = {NULL, NULL, "ENDING", "ENDING"};
    static const char *const questions[] = {
        NULL, "end the broadcast for everybody? press Ctrl-C again within 5 s",
        "ending in order; what is recorded is kept",
        "give up waiting for the far ends? press Ctrl-C again within 5 s"};
    const char *said[SAID];
    if (!r->view)
        return;
    for (size_t i = 0; i < r->num_said; i++)
        said[i] = r->said[i];
    view_draw(r->view, &(struct view_facts){
                           .state = r->state,
                           .show = r->b->s.show.title,
                           .title = r->b->plan.ep->title,
                           .target_lufs = r->b->s.show.live.target_lufs,
                           .ceiling_dbtp = r->b->s.show.live.ceiling_dbtp,
                           .phase = phases[r->phase],
                           .question = questions[r->phase],
                           .said = said,
                           .num_said = r->num_said,
                       });
}

// ---- what the relay says

static void take_event(struct run *r, const struct json *o)
{
    const char *text = json_text_or(o, "text", "");
    char line[600];
    snprintf(line, sizeof line, "%s%s%s%s%s%s%s", json_text_or(o, "event", ""),
             json_text(o, "name") ? " " : "", json_text_or(o, "name", ""),
             json_text(o, "state") ? ": " : "", json_text_or(o, "state", ""), *text ? ": " : "",
             text);
    tell(r, false, line);
}

static void keep(struct json **at, const struct json *o)
{
    json_free(*at);
    *at = json_keep(o);
}

static void take_answer(struct run *r, const struct json *o)
{
    const struct json *error = json_get(o, "error");
    if (json_text(o, "event")) // its "state" is a word
        take_event(r, o);
    else if (json_get(o, "state"))
        keep(&r->state, json_get(o, "state"));
    if (json_text(o, "warning"))
        tell(r, true, json_text(o, "warning"));
    if (json_get(o, "done"))
        keep(&r->report, json_get(o, "done"));
    if (json_get(o, "check"))
        keep(&r->report, o);
    if (error) {
        int64_t code = json_int(error, "code", -EIO);
        err_set(&r->error, code < 0 ? (int)code : -EIO, "%s",
                json_text_or(error, "text", "unknown error"));
        r->error.kind = (enum err_kind)json_int(error, "kind", ERR_FAILED);
    }
}

// One line, without its end. The relay has a redactor of its own; this one is for what it forgot.
static void take_line(struct run *r, const char *line, size_t len)
{
    struct json *o = NULL, *clean = NULL;
    struct err why = {0};
    if (json_parse(line, len, "the relay's line", &o, &why) < 0) {
        redact_text(r->b->redactor, why.text, sizeof why.text);
        tell(r, true, why.text);
    } else {
        clean = redact_json(r->b->redactor, o);
        take_answer(r, clean);
    }
    json_free(clean);
    json_free(o);
}

// false: it has ended.
static bool read_lines(struct run *r)
{
    char chunk[65536];
    ssize_t n = read(fileno(r->relay.out), chunk, sizeof chunk);
    if (n < 0 && errno == EINTR)
        return true;
    if (n <= 0)
        return false;
    str_addn(&r->in, chunk, (size_t)n);
    char *line = r->in.p, *end;
    while ((end = memchr(line, '\n', r->in.len - (size_t)(line - r->in.p))) != NULL) {
        take_line(r, line, (size_t)(end - line));
        line = end + 1;
    }
    size_t rest = r->in.len - (size_t)(line - r->in.p);
    memmove(r->in.p, line, rest);
    r->in.len = rest;
    r->in.p[rest] = '\0';
    return !r->in.over;
}

// ---- what we tell the relay

static void ask(struct run *r, const char *what, const char *title)
{
    struct json *answer = NULL;
    struct err e = {0};
    if (talk_ask(r->socket, talk_question(what, title), &answer, &e) < 0)
        tell(r, true, e.text);
    json_free(answer);
}

static void end_in_order(struct run *r)
{
    struct json *answer = NULL;
    r->phase = PHASE_ENDING;
    r->ending = clock_monotonic();
    draw(r);
    // a relay that does not answer yet, or any more, knows the signal
    if (!r->socket || talk_ask(r->socket, talk_question("stop", NULL), &answer, NULL) < 0)
        kill(r->relay.pid, SIGTERM);
    json_free(answer);
}

static void give_up(struct run *r)
{
    tell(r, true, "the far ends were not waited for any longer");
    kill(-r->relay.pid, SIGKILL);
}

// On a terminal the first Ctrl-C asks and the second ends; elsewhere there is nobody to ask.
static void interrupted(struct run *r)
{
    bool again = clock_monotonic() - r->asked <= ASK_S;
    bool asking = r->phase == PHASE_ASKED || r->phase == PHASE_ENDING_ASKED;
    if (asking && again) {
        if (r->phase == PHASE_ASKED)
            end_in_order(r);
        else
            give_up(r);
    } else if (r->phase == PHASE_RUNNING && !r->view) {
        end_in_order(r);
    } else {
        r->phase = r->phase == PHASE_ENDING ? PHASE_ENDING_ASKED : PHASE_ASKED;
        r->asked = clock_monotonic();
        if (!r->view)
            tell(r, false, "ending; press Ctrl-C again to give up waiting for the far ends");
    }
}

static void look_at_signals(struct run *r)
{
    double now = clock_monotonic();
    if (atomic_load(&hang_ups) && r->view) { // the terminal is gone, the broadcast is not
        view_free(r->view);
        r->view = NULL;
    }
    if ((r->phase == PHASE_ASKED || r->phase == PHASE_ENDING_ASKED) && now - r->asked > ASK_S)
        r->phase = r->phase == PHASE_ASKED ? PHASE_RUNNING : PHASE_ENDING;
    int count = atomic_load(&interrupts);
    for (; r->seen_interrupts < count; r->seen_interrupts++)
        interrupted(r);
    count = atomic_load(&terminations);
    for (; r->seen_terminations < count; r->seen_terminations++) {
        if (r->phase < PHASE_ENDING)
            end_in_order(r);
        else
            give_up(r);
    }
    if (r->phase >= PHASE_ENDING && now - r->ending > END_MAX_S)
        give_up(r);
}

static void look_at_keys(struct run *r)
{
    const char *text = NULL;
    switch (view_take_keys(r->view, &text)) {
    case VIEW_MARK:
        ask(r, "mark", text);
        break;
    case VIEW_TITLE:
        ask(r, "title", text);
        break;
    case VIEW_END:
        interrupted(r);
        break;
    case VIEW_NOTHING:
        break;
    }
}

static void follow(struct run *r)
{
    double drawn = 0;
    for (bool more = true; more;) {
        struct pollfd fds[] = {{fileno(r->relay.out), POLLIN, 0},
                               {view_keys_fd(r->view), POLLIN, 0}};
        int n = poll(fds, 2, LOOK_MS);
        if (n > 0 && fds[0].revents)
            more = read_lines(r);
        if (n > 0 && fds[1].revents & POLLIN && r->view)
            look_at_keys(r);
        look_at_signals(r);
        livefeed_look(r->feed);
        double now = clock_monotonic();
        if (n <= 0 || fds[1].revents || now - drawn > LOOK_MS / 1000.0) {
            draw(r);
            drawn = now;
        }
    }
}

// ---- beginning and end

// Its terminal is never asked for anything, and what libraries print goes into a file.
static int open_log(struct broadcast *b, struct err *e)
{
    bool kept = b->mode == LIVE_BROADCAST || b->mode == LIVE_REHEARSE;
    const char *dir = kept ? b->folder : b->root;
    const char *path = fs_join(&b->s.arena, dir, kept ? "relay.log" : "check.log");
    int r = fs_mkdirs(dir, e);
    if (r < 0)
        return r;
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return fd < 0 ? err_errno(e, -errno, path) : fd;
}

static char *relay_path(struct broadcast *b)
{
    char *dir = fs_dirname(&b->s.arena, session_worker_path(&b->s.arena));
    return fs_join(&b->s.arena, dir, "dgl-episode-live");
}

static int send_job(struct run *r, const struct json *job, struct err *e)
{
    struct str line;
    str_init(&line, STR_MAX);
    json_write(&line, job, false);
    str_addc(&line, '\n');
    bool ok = fwrite(line.p, 1, line.len, r->relay.in) == line.len && fflush(r->relay.in) == 0;
    explicit_bzero(line.p, line.cap);
    str_done(&line);
    fclose(r->relay.in);
    r->relay.in = NULL;
    return ok ? 0 : err_set(e, -EPIPE, "the relay ended before it had read its job");
}

static int start(struct run *r, const struct json *job, struct err *e)
{
    struct broadcast *b = r->b;
    const char *argv[] = {relay_path(b), NULL};
    if (!fs_exists(argv[0]))
        return err_set(e, -ENOENT, "%s is missing: the program is not installed completely",
                       argv[0]);
    int log = open_log(b, e);
    if (log < 0)
        return log;
    int s = proc_start_apart(argv, log, &r->relay, e);
    close(log);
    r->running = s >= 0;
    return s < 0 ? s : send_job(r, job, e);
}

static void watch_signals(void)
{
    struct sigaction on = {.sa_handler = on_signal}, resize = {.sa_handler = on_resize};
    sigaction(SIGINT, &on, NULL);
    sigaction(SIGTERM, &on, NULL);
    sigaction(SIGHUP, &on, NULL);
    sigaction(SIGWINCH, &resize, NULL);
    signal(SIGTSTP, SIG_IGN); // Ctrl-Z would leave the relay's lines unread
    signal(SIGTTOU, SIG_IGN); // drawing must not stop us where we are in the background
}

static int ended(struct run *r, int status, struct err *e)
{
    struct broadcast *b = r->b;
    if (r->error.code) {
        if (e)
            *e = r->error;
        return r->error.code;
    }
    if (r->report && WIFEXITED(status))
        return 0;
    const char *how = WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "too early";
    return err_set(
        e, -EPIPE,
        "the relay ended (%s); what was recorded until then is in %s\n"
        "go on with the same broadcast: dgl-episode live %s --resume …, or close what is "
        "left open: dgl-episode live %s --end-stale",
        how, b->folder, b->plan.ep->folder, b->plan.ep->folder);
}

static bool asked_again(const void *ctx)
{
    const struct run *r = ctx;
    return atomic_load(&interrupts) != r->seen_interrupts ||
           atomic_load(&terminations) != r->seen_terminations;
}

// What a relay that was killed left open is closed in the feed as well.
static void finish_feed(struct run *r)
{
    struct err why = {0};
    if (r->b->mode == LIVE_END_STALE && liveitem_end(&r->b->plan, &why) < 0)
        tell(r, true, why.text);
    livefeed_finish(r->feed, asked_again, r);
    livefeed_free(r->feed);
}

int live_run(struct broadcast *b, struct json *job, struct json **ret_report, struct err *e)
{
    struct run r = {.b = b, .socket = json_text(job, "socket")};
    bool shown = b->mode == LIVE_BROADCAST || b->mode == LIVE_REHEARSE;
    int status = 0;
    str_init(&r.in, LIVE_LINE_MAX);
    watch_signals();
    r.feed = livefeed_new(b, tell_of_feed, &r);
    int s = start(&r, job, e);
    if (s >= 0 && shown && !b->env->json && b->env->verbosity >= 0)
        r.view = view_new();
    if (s >= 0)
        follow(&r);
    if (r.running)
        proc_wait(&r.relay, &status);
    view_free(r.view);
    r.view = NULL;
    if (s >= 0)
        s = ended(&r, status, e);
    finish_feed(&r);
    *ret_report = json_keep(r.report);
    json_free(r.report);
    json_free(r.state);
    str_done(&r.in);
    return s;
}
