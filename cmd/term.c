// SPDX-License-Identifier: GPL-3.0-or-later
#include "term.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/pace.h"
#include "base/str.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Short work needs no progress; a faster redraw only costs time.
#define QUIET_S 1.0
#define REDRAW_S 0.1

struct term {
    struct progress progress;
    int verbosity;
    bool is_tty, color, drawn;
    char what[200]; // behind a tab: figures that change
    double began, redrawn;
    struct pace pace; // of the stage
    int64_t frames;   // that go with the next update; < 0: none
    bool announced;
};

static void print_clean(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        fputc((*c < 0x20 && *c != '\n') || *c == 0x7f ? '?' : *c, stderr);
}

static void erase(struct term *t)
{
    if (t->drawn)
        fputs("\r\033[K", stderr);
    t->drawn = false;
}

// Above a minute in steps of five seconds: more is not known.
static void add_left(struct str *line, double left)
{
    long s = left < 60 ? (long)(left + 0.5) : (long)(left / 5 + 0.5) * 5;
    if (s >= 3600)
        str_addf(line, "  %ld:%02ld:%02ld left", s / 3600, s / 60 % 60, s % 60);
    else
        str_addf(line, "  %ld:%02ld left", s / 60, s % 60);
}

static void draw(struct term *t, double done, double media_s, double now)
{
    double spent = now - t->began, fps = pace_fps(&t->pace), left = pace_left(&t->pace, now);
    struct str line;
    str_init(&line, STR_MAX);
    size_t words = strcspn(t->what, "\t");
    str_addf(&line, "%.*s  %3.0f %%", (int)words, t->what, floor(done * 100));
    if (t->what[words])
        str_addf(&line, "  %s", t->what + words + 1);
    if (fps > 0)
        str_addf(&line, "  %.*f fps", fps < 10, fps);
    if (media_s > 0 && spent > 0.2)
        str_addf(&line, "  %.*f× real time", media_s < 10 * spent, media_s / spent);
    if (left >= 0)
        add_left(&line, left);
    fputs("\r\033[K", stderr);
    print_clean(line.p);
    str_done(&line);
    fflush(stderr);
    t->drawn = true;
    t->redrawn = now;
}

static void on_frames(void *ctx, int64_t n)
{
    struct term *t = ctx;
    t->frames = n;
}

static bool same_words(const char *a, const char *b)
{
    size_t n = strcspn(a, "\t");
    return n == strcspn(b, "\t") && !strncmp(a, b, n);
}

static bool same_stage(const char *a, const char *b)
{
    size_t n = strcspn(a, ":");
    return n == strcspn(b, ":") && !strncmp(a, b, n);
}

static void on_update(void *ctx, const char *what, double done, double media_s)
{
    struct term *t = ctx;
    double now = clock_monotonic();
    if (t->verbosity < 0)
        return;
    if (!same_words(t->what, what ? what : "")) {
        if (!same_stage(t->what, what ? what : ""))
            pace_begin(&t->pace, now, done);
        t->began = now;
        t->announced = false;
    }
    snprintf(t->what, sizeof t->what, "%s", what ? what : "");
    pace_add(&t->pace, now, done, t->frames);
    t->frames = -1;
    if (!*t->what) {
        erase(t);
    } else if (t->is_tty) {
        if (now - t->began >= QUIET_S && now - t->redrawn >= REDRAW_S)
            draw(t, done, media_s, now);
    } else if (!t->announced && (t->verbosity > 0 || now - t->began >= QUIET_S)) {
        t->what[strcspn(t->what, "\t")] = '\0';
        print_clean(t->what);
        fputc('\n', stderr);
        t->announced = true;
    }
}

static void print_label(struct term *t, const char *color, const char *label)
{
    erase(t);
    fprintf(stderr, "dgl-episode: %s%s%s: ", t->color ? color : "", label,
            t->color ? "\033[0m" : "");
}

static void on_warning(void *ctx, const char *text)
{
    struct term *t = ctx;
    print_label(t, "\033[33m", "warning");
    print_clean(text);
    fputc('\n', stderr);
}

void term_error(struct term *t, const struct err *e)
{
    erase(t);
    if (e->kind == ERR_INTERRUPTED) {
        fputs("dgl-episode: interrupted; nothing is half-done, the next run goes on from here\n",
              stderr);
        return;
    }
    print_label(t, "\033[31m", "error");
    print_clean(*e->text ? e->text : "unknown error");
    fputc('\n', stderr);
}

static bool takes_colors(bool is_tty)
{
    const char *no_color = getenv("NO_COLOR");
    return is_tty && !(no_color && *no_color);
}

static bool is_terminal(int fd)
{
    const char *term = getenv("TERM");
    return isatty(fd) && term && !str_same(term, "dumb");
}

bool term_colors(void)
{
    return takes_colors(is_terminal(STDOUT_FILENO));
}

struct term *term_new(int verbosity, const atomic_bool *stop)
{
    struct term *t = mem_alloc(sizeof *t);
    *t = (struct term){.verbosity = verbosity, .began = clock_monotonic(), .frames = -1};
    t->is_tty = is_terminal(STDERR_FILENO);
    t->color = takes_colors(t->is_tty);
    t->progress = (struct progress){stop, on_update, on_warning, t, on_frames};
    return t;
}

void term_free(struct term *t)
{
    if (!t)
        return;
    erase(t);
    free(t);
}

const struct progress *term_progress(struct term *t)
{
    return &t->progress;
}
