// SPDX-License-Identifier: GPL-3.0-or-later
// The calendar: years with months, each with its theme, goals, broadcasts and episodes. The months
// of this year carry the shape of their part of the wheel:
//   <year number wheel="yes"><month number name short d x y>…
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "doc/jsonld.h"
#include "doc/sitepage.h"

// The wheel, drawn around 0,0; the style sheet gives it 640 by 640.
enum { OUTER = 312, INNER = 140, WORDS_AT = 232 };
static const double gap_rad = 0.008;
static const double turn_rad = 6.283185307179586;

struct slot {
    int year, month;
};

static struct slot slot_of(const struct fact_episode *ep)
{
    struct day d = day_in_norway(ep->published_utc_s);
    if (ep->month)
        return (struct slot){(int)(ep->month / 100), (int)(ep->month % 100)};
    return (struct slot){d.year, d.month};
}

static struct slot slot_of_live(const struct fact_live *live)
{
    struct day d = day_in_norway(live->start_utc_s);
    return (struct slot){d.year, d.month};
}

static int compare(const void *a, const void *b)
{
    const struct slot *x = a, *y = b;
    return x->year != y->year ? x->year - y->year : x->month - y->month;
}

// Every month of which there is something to say, and all of this year's; sorted, each once.
static size_t slots(struct arena *a, const struct site_facts *f, struct slot **ret)
{
    size_t n = 0, kept = 0;
    struct slot *all =
        arena_array(a, struct slot, f->num_months + f->num_episodes + f->num_lives + 12);
    for (int month = 1; month <= 12; month++)
        all[n++] = (struct slot){f->year, month};
    for (size_t i = 0; i < f->num_months; i++)
        all[n++] = (struct slot){f->months[i].year, f->months[i].month};
    for (size_t i = 0; i < f->num_episodes; i++)
        all[n++] = slot_of(&f->episodes[i]);
    for (size_t i = 0; i < f->num_lives; i++)
        all[n++] = slot_of_live(&f->lives[i]);
    qsort(all, n, sizeof(*all), compare);
    for (size_t i = 0; i < n; i++)
        if (!kept || compare(&all[kept - 1], &all[i]) != 0)
            all[kept++] = all[i];
    *ret = all;
    return kept;
}

static void add_point(struct str *s, const char *command, double radius, double angle)
{
    str_add(s, command);
    str_add_real(s, radius * cos(angle), 1);
    str_addc(s, ' ');
    str_add_real(s, radius * sin(angle), 1);
}

static void attr_real(struct xml *x, const char *name, double value)
{
    struct str s;
    str_init(&s, 32);
    str_add_real(&s, value, 1);
    xml_attr(x, name, s.p);
    str_done(&s);
}

// January begins at the top, and the year runs as a clock does.
static void attr_shape(struct xml *x, int month)
{
    struct str d;
    double from = turn_rad * (month - 1) / 12 - turn_rad / 4 + gap_rad;
    double to = turn_rad * month / 12 - turn_rad / 4 - gap_rad, middle = (from + to) / 2;
    str_init(&d, 256);
    add_point(&d, "M", OUTER, from);
    str_addf(&d, "A%d %d 0 0 1 ", OUTER, OUTER);
    add_point(&d, "", OUTER, to);
    add_point(&d, "L", INNER, to);
    str_addf(&d, "A%d %d 0 0 0 ", INNER, INNER);
    add_point(&d, "", INNER, from);
    str_addc(&d, 'Z');
    xml_attr(x, "d", d.p);
    attr_real(x, "x", WORDS_AT * cos(middle));
    attr_real(x, "y", WORDS_AT * sin(middle));
    str_done(&d);
}

static const struct site_month *month_at(const struct site_facts *f, struct slot at)
{
    for (size_t i = 0; i < f->num_months; i++)
        if (f->months[i].year == at.year && f->months[i].month == at.month)
            return &f->months[i];
    return NULL;
}

static void write_month(struct sitepage *p, const struct site_facts *f, struct slot at)
{
    const struct site_month *m = month_at(f, at);
    struct xml *x = &p->x;
    char cut[12]; // three letters, of two bytes at most
    const char *name = words_month(p->w, at.month);
    size_t len = 0;
    for (int letters = 0; letters < 3 && name[len]; letters++)
        for (len++; ((unsigned char)name[len] & 0xc0) == 0x80; len++)
            ;
    str_fit(cut, len + 1 < sizeof(cut) ? len + 1 : sizeof(cut), name);
    xml_open(x, "month");
    xml_attr_int(x, "number", at.month);
    xml_attr(x, "name", name);
    xml_attr(x, "short", cut);
    xml_attr(x, "lang", words_language(p->w, "months"));
    if (at.year == f->year)
        attr_shape(x, at.month);
    if (m && m->theme) {
        xml_open(x, "theme");
        xml_attr(x, "id", m->theme->id);
        xml_attr_int(x, "hue", (m->theme - f->themes) % 8 + 1);
        xml_text(x, m->theme->title);
        xml_close(x);
    }
    sitepage_goal_set(p, f, m ? m->goals : 0);
    for (size_t i = 0; i < f->num_lives; i++) {
        struct slot own = slot_of_live(&f->lives[i]);
        if (compare(&own, &at) == 0 && !str_same(f->lives[i].status, "ended"))
            sitepage_live(p, &f->lives[i]);
    }
    for (size_t i = f->num_episodes; i-- > 0;) {
        struct slot own = slot_of(&f->episodes[i]);
        if (compare(&own, &at) == 0)
            sitepage_listed(p, &f->episodes[i]);
    }
    xml_close(x);
}

static void write_year(struct sitepage *p, const struct site_facts *f, const struct slot *all,
                       size_t n, int year)
{
    xml_open(&p->x, "year");
    xml_attr_int(&p->x, "number", year);
    xml_attr(&p->x, "wheel", year == f->year ? "yes" : NULL);
    for (size_t i = 0; i < n; i++)
        if (all[i].year == year)
            write_month(p, f, all[i]);
    xml_close(&p->x);
}

// This year, the years to come, then those gone by, the last one first.
void site_calendar(struct arena *a, struct str *out, const struct words *w,
                   const struct site_facts *f)
{
    struct sitepage p;
    struct slot *all;
    size_t n = slots(a, f, &all);
    sitepage_open(
        &p, out, w,
        &(struct sitepage_head){.kind = "calendar",
                                .lang = f->show.language,
                                .root = "../",
                                .path = "kalender/",
                                .show = &f->show,
                                .about = jsonld_broadcasts(&f->show, f->lives, f->num_lives)});
    for (int year = f->year; year <= all[n - 1].year; year++)
        write_year(&p, f, all, n, year);
    for (int year = f->year - 1; year >= all[0].year; year--)
        write_year(&p, f, all, n, year);
    sitepage_close(&p);
}
