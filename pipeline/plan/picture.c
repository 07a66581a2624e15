// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/picture.h"

#include "base/str.h"
#include "plan/facts.h"

#include <errno.h>

static void put_straps(struct json *into, const char *key, const struct person *list, size_t n)
{
    struct json *all = json_new_array();
    for (size_t i = 0; i < n; i++) {
        struct json *times = json_new_array();
        for (size_t k = 0; k < list[i].num_straps; k++)
            json_push(times, json_new_real((double)list[i].straps[k]));
        json_push(all, times);
    }
    json_put(into, key, all);
}

// A picture that is not shown lengthens nothing.
int align_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    (void)files;
    (void)e;
    json_put_bool(into, "picture", p->has_picture && p->ep->num_rungs > 0);
    return 0;
}

int screen_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    const struct episode *ep = p->ep;
    (void)files;
    (void)e;
    json_put_int(into, "width", ep->rung[0].width);
    json_put_int(into, "height", ep->rung[0].height);
    json_put_text(into, "language", ep->language);
    json_put_text(into, "show_title", p->s->show.title);
    json_put_text(into, "title", ep->title);
    if (ep->theme)
        json_put_text(into, "theme", facts_theme(ep->theme, ep->language));
    facts_put_number(into, "number", ep->number);
    json_put_text(into, "site", p->s->show.site);
    json_put_text(into, "license", ep->license);
    facts_put_goals(p, into);
    facts_put_people(p, into, "hosts", ep->hosts, ep->num_hosts);
    facts_put_people(p, into, "guests", ep->guests, ep->num_guests);
    put_straps(into, "host_straps_ticks", ep->hosts, ep->num_hosts);
    put_straps(into, "guest_straps_ticks", ep->guests, ep->num_guests);
    json_put_bool(into, "straps", ep->graphics & SHOW_STRAPS);
    json_put_bool(into, "chips", ep->graphics & SHOW_CHIPS);
    json_put_bool(into, "cards", ep->graphics & SHOW_CARDS);
    json_put_bool(into, "captions", ep->num_captions > 0);
    json_put_bool(into, "filmed", p->has_picture);
    return 0;
}

static void put_sizes(const struct plan *p, struct json *into)
{
    const struct picture_preset *main = &p->ep->rung[0];
    json_put_int(into, "width", main->width);
    json_put_int(into, "height", main->height);
    json_put_int(into, "rate_num", main->rate_num);
    json_put_int(into, "rate_den", main->rate_den);
    json_put_real(into, "gop_s", main->gop_s);
}

int picture_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    (void)files;
    (void)e;
    if (!p->has_picture)
        return -ENODATA;
    put_sizes(p, into);
    json_put_bool(into, "crop", str_same(p->ep->fit, "crop"));
    if (str_same(p->ep->balance, "auto")) // said only where it is used: others keep their prints
        json_put_bool(into, "balance", true);
    return 0;
}

int wave_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    (void)files;
    (void)e;
    if (p->has_picture)
        return -ENODATA;
    put_sizes(p, into);
    return 0;
}

struct step *picture_step(struct plan *p, const struct picture_preset *rung)
{
    struct step *filmed = plan_step(p, "picture", rung->name);
    struct step *drawn = plan_step(p, "wave", rung->name);
    return p->has_picture || !drawn ? filmed : drawn;
}

static struct json *measured_of(const struct step *step)
{
    const struct json *m =
        step && step->state == STEP_FRESH ? json_get(step->record, "measured") : NULL;
    return m ? json_keep(m) : NULL;
}

void picture_put_facts(struct plan *p, struct json *into)
{
    const struct episode *ep = p->ep;
    size_t n = ep->hls ? ep->num_rungs : ep->num_rungs ? 1 : 0;
    struct json *main = n ? measured_of(picture_step(p, &ep->rung[0])) : NULL;
    if (!main)
        return;
    struct json *o = json_new_object(), *rungs = json_new_array();
    json_put(o, "main", main);
    for (size_t i = 0; i < n; i++) {
        struct json *one = json_new_object();
        json_put_text(one, "name", ep->rung[i].name);
        json_put(one, "measured", measured_of(picture_step(p, &ep->rung[i])));
        facts_put_number(one, "max_kbps", ep->rung[i].max_bitrate_kbps);
        json_push(rungs, one);
    }
    json_put(o, "rungs", rungs);
    json_put(o, "package", measured_of(plan_step(p, "package", NULL)));
    json_put(into, "video", o);
}

int hls_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    (void)files;
    (void)e;
    json_put_text(into, "language", p->ep->language);
    return 0;
}

struct json *picture_variant(const struct plan *p, const struct picture_preset *rung)
{
    struct json *v = json_new_object();
    json_put_int(v, "width", rung->width);
    json_put_int(v, "height", rung->height);
    json_put_real(v, "crf", rung->crf);
    json_put_text(v, "speed", rung->speed);
    json_put_text(v, "level", rung->level);
    json_put_int(v, "max_bitrate_kbps", rung->max_bitrate_kbps);
    json_put_int(v, "buffer_kbit", rung->buffer_kbit);
    json_put_bool(v, "main", rung == p->ep->rung);
    return v;
}
