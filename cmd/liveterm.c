// SPDX-License-Identifier: GPL-3.0-or-later
#include "liveterm.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum {
    COLUMNS = 80,
    LINES = 24,
    TYPED_MAX = 200,
    CTRL_D = 4,
    BACKSPACE = 8,
    ESCAPE = 27,
    DEL = 127
};

struct view {
    int out, keys;
    bool color, keys_ours; // keys_ours: opened here
    struct termios cooked;
    enum view_wish typing; // what the text is for; VIEW_NOTHING: nothing is typed
    struct str typed;
    char question[TYPED_MAX + 40];
};

static bool write_all(int fd, const char *p, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

static void say(const struct view *v, const char *codes)
{
    write_all(v->out, codes, strlen(codes));
}

// Letters come one by one and unseen; Ctrl-C stays a signal.
static void take_keyboard(struct view *v)
{
    v->keys =
        isatty(STDIN_FILENO) ? STDIN_FILENO : open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
    v->keys_ours = v->keys > STDIN_FILENO;
    if (v->keys < 0 || tcgetattr(v->keys, &v->cooked) < 0) {
        v->keys = v->keys_ours ? (close(v->keys), -1) : -1;
        return;
    }
    struct termios raw = v->cooked;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    tcsetattr(v->keys, TCSADRAIN, &raw);
}

struct view *view_new(void)
{
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    if (!isatty(STDERR_FILENO) || !term || str_same(term, "dumb"))
        return NULL;
    struct view *v = mem_alloc(sizeof *v);
    *v = (struct view){.out = STDERR_FILENO, .keys = -1, .color = !(no_color && *no_color)};
    str_init(&v->typed, TYPED_MAX);
    take_keyboard(v);
    say(v, "\033[?1049h\033[?25l\033[?7l\033[2J");
    return v;
}

void view_free(struct view *v)
{
    if (!v)
        return;
    say(v, "\033[?7h\033[?25h\033[?1049l");
    if (v->keys >= 0)
        tcsetattr(v->keys, TCSADRAIN, &v->cooked);
    if (v->keys_ours && v->keys >= 0)
        close(v->keys);
    str_done(&v->typed);
    free(v);
}

int view_keys_fd(const struct view *v)
{
    return v ? v->keys : -1;
}

static struct view_look look_of(const struct view *v)
{
    struct winsize size = {0};
    struct view_look look = {COLUMNS, LINES, v->color};
    if (ioctl(v->out, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        look.width = size.ws_col;
        look.height = size.ws_row;
    }
    return look;
}

void view_draw(struct view *v, const struct view_facts *f)
{
    struct pollfd writable = {.fd = v->out, .events = POLLOUT};
    struct view_look look = look_of(v);
    struct view_facts shown = *f;
    struct str s;
    if (poll(&writable, 1, 0) != 1 || !(writable.revents & POLLOUT))
        return; // stopped with Ctrl-S, or gone
    if (v->typing != VIEW_NOTHING) {
        snprintf(v->question, sizeof v->question, "%s: %s_",
                 v->typing == VIEW_MARK ? "chapter" : "title", v->typed.p ? v->typed.p : "");
        shown.question = f->question ? f->question : v->question;
    }
    str_init(&s, 1 << 20);
    str_add(&s, "\033[H");
    view_render(&s, &look, &shown);
    str_add(&s, "\033[J");
    write_all(v->out, s.p, s.len);
    str_done(&s);
}

static void drop_letter(struct str *s)
{
    while (s->len > 0 && (s->p[s->len - 1] & 0xC0) == 0x80)
        s->len--;
    if (s->len > 0)
        s->len--;
    if (s->p)
        s->p[s->len] = '\0';
}

static void begin(struct view *v, enum view_wish typing)
{
    v->typing = typing;
    str_clear(&v->typed);
}

static enum view_wish take_letter(struct view *v, char c)
{
    enum view_wish wish = v->typing;
    if (wish == VIEW_NOTHING) {
        if (c == 'm' || c == 't')
            begin(v, c == 'm' ? VIEW_MARK : VIEW_TITLE);
        return c == 'q' ? VIEW_END : VIEW_NOTHING;
    }
    if (c == '\r' || c == '\n') {
        v->typing = VIEW_NOTHING;
        return v->typed.len && str_is_utf8(v->typed.p, v->typed.len, NULL) ? wish : VIEW_NOTHING;
    }
    if (c == ESCAPE || c == CTRL_D)
        v->typing = VIEW_NOTHING;
    else if (c == DEL || c == BACKSPACE)
        drop_letter(&v->typed);
    else if ((unsigned char)c >= ' ')
        str_addc(&v->typed, c);
    return VIEW_NOTHING;
}

enum view_wish view_take_keys(struct view *v, const char **ret_text)
{
    char keys[64];
    ssize_t n = read(v->keys, keys, sizeof keys);
    // an arrow or function key is one sequence, and means nothing here
    if (n > 1 && keys[0] == ESCAPE)
        return VIEW_NOTHING;
    for (ssize_t i = 0; i < n; i++) {
        enum view_wish wish = take_letter(v, keys[i]);
        if (wish == VIEW_NOTHING)
            continue;
        *ret_text = v->typed.p;
        return wish;
    }
    return VIEW_NOTHING;
}
