// SPDX-License-Identifier: GPL-3.0-or-later
#include "liveview.h"

#include "base/arena.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define RED "\033[1;31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define BOLD "\033[1m"
#define DIM "\033[2m"
#define REVERSE "\033[7m"

enum { BAR_MAX = 60, BAR_LEFT = 15, SCALE_BELOW = 24, SCALE_ABOVE = 9 };

struct sheet {
    struct str *out;
    const struct view_look *look;
    int line, column;
    bool full; // the last line is reached, which is not for everybody
};

// As much as fits, one column a character; what a terminal would obey is taken out of foreign
// texts.
static void add(struct sheet *s, const char *color, const char *text)
{
    if (s->full)
        return;
    if (color && s->look->color)
        str_add(s->out, color);
    struct str shown;
    str_init(&shown, STR_MAX);
    str_add_shown(&shown, text, strlen(text));
    for (const char *c = shown.p; *c; c++) {
        bool inside = (*c & 0xC0) == 0x80;
        if (!inside && s->column == s->look->width)
            break;
        s->column += !inside;
        str_addc(s->out, *c == '\n' || *c == '\t' ? ' ' : *c);
    }
    str_done(&shown);
    if (color && s->look->color)
        str_add(s->out, "\033[0m");
}

__attribute__((format(printf, 3, 4))) static void addf(struct sheet *s, const char *color,
                                                       const char *fmt, ...)
{
    struct str text = {0};
    va_list ap;
    str_init(&text, 4000);
    va_start(ap, fmt);
    str_addv(&text, fmt, ap);
    va_end(ap);
    add(s, color, text.p ? text.p : "");
    str_done(&text);
}

static void to_column(struct sheet *s, int column)
{
    while (s->column < column && s->column < s->look->width)
        add(s, NULL, " ");
}

static void end_line(struct sheet *s)
{
    if (s->full)
        return;
    str_add(s->out, "\033[K\r\n");
    s->column = 0;
    s->full = ++s->line >= s->look->height - 1;
}

static void clock_text(double seconds, char ret[32])
{
    long t = seconds > 0 && seconds < 1e8 ? lround(floor(seconds)) : 0;
    snprintf(ret, 32, "%02ld:%02ld:%02ld", t / 3600, t / 60 % 60, t % 60);
}

static void head(struct sheet *s, const struct view_facts *f)
{
    char clock[32];
    bool slate = json_bool(f->state, "on_slate", false);
    const char *state = f->phase ? f->phase : slate ? "SLATE" : f->state ? "ON AIR" : "STARTING";
    clock_text(json_number(f->state, "elapsed_s", 0), clock);
    int right = s->look->width - (int)strlen(state) - (int)strlen(clock) - 3;
    struct view_look narrow = *s->look;
    narrow.width = right > 0 ? right : 0;
    struct sheet left = {s->out, &narrow, 0, 0, s->full};
    add(&left, BOLD, f->title);
    add(&left, NULL, " · ");
    add(&left, DIM, f->show);
    s->column = left.column;
    to_column(s, right + 1);
    add(s, slate && !f->phase ? RED : BOLD, state);
    addf(s, NULL, " %s", clock);
    end_line(s);
}

const struct json *view_source(const struct json *state)
{
    const struct json *list = json_get(state, "sources");
    for (size_t i = 0; i < json_count(list); i++)
        if (json_bool(json_at(list, i), "on_air", false))
            return json_at(list, i);
    return json_at(list, 0);
}

static void source(struct sheet *s, const struct view_facts *f)
{
    const struct json *o = view_source(f->state);
    const char *state = json_text_or(o, "state", "waiting");
    bool live = strcmp(state, "live") == 0;
    add(s, DIM, "source");
    to_column(s, BAR_LEFT);
    addf(s, BOLD, "%s ", json_text_or(o, "name", "–"));
    addf(s, live ? GREEN : RED, "%s  ", state);
    if (json_bool(f->state, "on_slate", false))
        addf(s, RED, "the slate is on air, %.0f s in all  ", json_number(f->state, "slate_s", 0));
    add(s, DIM, json_text_or(o, "format", ""));
    end_line(s);
    to_column(s, BAR_LEFT);
    const char *title = json_text(f->state, "title");
    if (title && *title)
        addf(s, DIM, "“%s”", title);
    end_line(s);
}

// From 24 LU below the target to 9 above, with a mark at the target.
static void bar(struct sheet *s, const struct view_facts *f, double lufs)
{
    int room = s->look->width - BAR_LEFT - 1;
    room = room > BAR_MAX ? BAR_MAX : room;
    if (room < 10)
        return;
    double scale = (double)room / (SCALE_BELOW + SCALE_ABOVE);
    int mark = (int)(SCALE_BELOW * scale);
    int full = isfinite(lufs) ? (int)lround((lufs - f->target_lufs + SCALE_BELOW) * scale) : 0;
    for (int i = 0; i < room; i++) {
        const char *color = i > mark + (int)(3 * scale) ? RED : i > mark ? YELLOW : GREEN;
        add(s, i < full ? color : DIM, i == mark ? "|" : i < full ? "█" : "·");
    }
}

static void level(struct sheet *s, const struct view_facts *f, const char *name, const char *key,
                  bool with_bar)
{
    double lufs = json_number(json_get(f->state, "loudness"), key, NAN);
    add(s, DIM, name);
    if (isfinite(lufs))
        addf(s, BOLD, " %6.1f LUFS", lufs);
    else
        add(s, DIM, "      – LUFS");
    to_column(s, BAR_LEFT);
    if (with_bar)
        bar(s, f, lufs);
}

static void loudness(struct sheet *s, const struct view_facts *f)
{
    const struct json *l = json_get(f->state, "loudness");
    double peak = json_number(l, "true_peak_dbtp", NAN);
    level(s, f, "M", "momentary_lufs", true);
    end_line(s);
    level(s, f, "S", "short_term_lufs", true);
    end_line(s);
    level(s, f, "I", "integrated_lufs", false);
    addf(s, NULL, "target %.1f", f->target_lufs);
    if (isfinite(peak))
        addf(s, peak > f->ceiling_dbtp + 0.1 ? RED : NULL, "  true peak %.1f dBTP", peak);
    addf(s, NULL, "  gain %+.1f dB", json_number(l, "gain_db", 0));
    end_line(s);
}

static const char *state_color(const char *state)
{
    static const struct {
        const char *state, *color;
    } rows[] = {{"live", GREEN}, {"waiting", YELLOW}, {"connecting", YELLOW}, {"refused", RED}};
    for (size_t i = 0; i < COUNT(rows); i++)
        if (str_same(rows[i].state, state))
            return rows[i].color;
    return DIM;
}

// What the far side says of itself: listeners or viewers, and how it receives.
static void far_side(struct sheet *s, const struct json *o)
{
    const struct json *health = json_get(o, "health");
    const char *warning = json_text(o, "warning"), *status = json_text(o, "status");
    if (!health && !warning && !status)
        return;
    addf(s, DIM, "  there: %s", status ? status : "");
    if (json_get(health, "receiving"))
        add(s, json_bool(health, "receiving", false) ? GREEN : RED,
            json_bool(health, "receiving", false) ? " receives" : " receives nothing");
    if (json_number(health, "video_kbps", 0) > 0)
        addf(s, NULL, " %.0f + %.0f kbit/s", json_number(health, "video_kbps", 0),
             json_number(health, "audio_kbps", 0));
    if (json_number(health, "fps", 0) > 0)
        addf(s, NULL, " %.0f fps", json_number(health, "fps", 0));
    if (warning)
        addf(s, YELLOW, " %s", warning);
    end_line(s);
}

static void endpoint(struct sheet *s, const struct json *o)
{
    const char *state = json_text_or(o, "state", ""), *why = json_text_or(o, "why", "");
    int again = (int)json_int_in(o, "connections", 0, INT_MAX, 0) - 1;
    double heard = json_number(o, "listeners", json_number(o, "viewers", -1));
    bool live = strcmp(state, "live") == 0;
    addf(s, BOLD, "%.14s", json_text_or(o, "name", ""));
    to_column(s, 15);
    add(s, state_color(state), state);
    to_column(s, 25);
    addf(s, NULL, "%7.0f", json_number(o, "kbps", 0));
    addf(s, NULL, "%6.1f s", json_number(o, "queue_s", 0));
    addf(s, json_number(o, "dropped", 0) > 0 ? YELLOW : NULL, "%6.0f",
         json_number(o, "dropped", 0));
    addf(s, NULL, "%6d", again > 0 ? again : 0);
    if (heard >= 0)
        addf(s, NULL, "%6.0f", heard);
    end_line(s);
    if (!live && *why) {
        double next = json_number(o, "next_try_s", 0);
        addf(s, state_color(state), "  %s", why);
        if (next > 0)
            addf(s, DIM, "; next try in %.0f s", next);
        end_line(s);
    }
    far_side(s, o);
}

static void endpoints(struct sheet *s, const struct view_facts *f)
{
    const struct json *list = json_get(f->state, "endpoints");
    end_line(s);
    add(s, DIM, "endpoint       state      kbit/s   queue drops again heard");
    end_line(s);
    for (size_t i = 0; i < json_count(list); i++)
        endpoint(s, json_at(list, i));
}

static void recordings(struct sheet *s, const struct view_facts *f)
{
    const struct json *list = json_get(f->state, "recordings"),
                      *marks = json_get(f->state, "marks");
    size_t n = json_count(marks);
    end_line(s);
    for (size_t i = 0; i < json_count(list); i++) {
        const char *path = json_text_or(json_at(list, i), "path", ""), *slash = strrchr(path, '/');
        addf(s, DIM, "%s ", slash ? slash + 1 : path);
        addf(s, NULL, "%.1f MB   ", json_number(json_at(list, i), "bytes", 0) / 1e6);
    }
    end_line(s);
    if (n)
        addf(s, DIM, "chapters: %zu, last “%s”", n,
             json_text_or(json_at(marks, n - 1), "title", ""));
    end_line(s);
}

static void last_lines(struct sheet *s, const struct view_facts *f)
{
    int lines = s->look->height - 2 - s->line;
    size_t room = lines > 0 ? (size_t)lines : 0;
    end_line(s);
    for (size_t i = f->num_said > room ? f->num_said - room : 0; i < f->num_said; i++) {
        add(s, DIM, f->said[i]);
        end_line(s);
    }
    while (!s->full)
        end_line(s);
    s->full = false;
    if (f->question)
        addf(s, REVERSE, " %s ", f->question);
    else
        add(s, DIM, "m chapter   t title   Ctrl-C end the broadcast");
    str_add(s->out, "\033[K");
}

void view_render(struct str *out, const struct view_look *look, const struct view_facts *f)
{
    // what does not fit is left out, but the last line always shows
    struct sheet s = {out, look, 0, 0, look->height < 2};
    head(&s, f);
    source(&s, f);
    loudness(&s, f);
    endpoints(&s, f);
    recordings(&s, f);
    last_lines(&s, f);
}
