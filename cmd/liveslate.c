// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fs.h"
#include "base/str.h"
#include "live.h"
#include "plan/facts.h"
#include "plan/store.h"

static const char *const files[] = {"slate.png", "card.png"};

const char *slate_image(struct broadcast *b)
{
    const char *named = b->s.show.live.slate_image;
    if (!b->s.show.live.width || named)
        return named;
    return b->drawn ? fs_join(&b->s.arena, b->folder, files[0]) : NULL;
}

const char *slate_card(struct broadcast *b)
{
    return b->drawn ? fs_join(&b->s.arena, b->folder, files[1]) : NULL;
}

static struct json *make_job(struct broadcast *b, const char *dir)
{
    const struct live *l = &b->s.show.live;
    const struct episode *ep = b->plan.ep;
    struct json *job = json_new_object(), *s = json_new_object(), *list = json_new_array();
    struct json *v = json_new_object();
    json_put_int(s, "width", l->width);
    json_put_int(s, "height", l->height);
    json_put_text(s, "show_title", b->s.show.title);
    json_put_text(s, "title", ep->title);
    if (ep->theme)
        json_put_text(s, "theme", facts_theme(ep->theme, l->language));
    facts_put_goals(&b->plan, s);
    json_put_text(s, "language", l->language);
    json_put_text(job, "stage", "slate");
    json_put_text(job, "show_dir", b->s.dir);
    json_put(job, "settings", s);
    json_put(job, "in", json_new_object());
    json_put_text(v, "dir", dir);
    json_push(list, v);
    json_put(job, "variants", list);
    return job;
}

static int draw_in(struct broadcast *b, const char *dir, struct err *e)
{
    struct json *job = make_job(b, dir), *done = NULL;
    int r = worker_run(b->s.worker, job, b->env->progress, &done, e);
    json_free(job);
    for (size_t i = 0; r >= 0 && i < COUNT(files); i++)
        r = fs_place(fs_join(&b->s.arena, dir, files[i]), fs_join(&b->s.arena, b->folder, files[i]),
                     e);
    json_free(done);
    b->drawn = r >= 0;
    return r;
}

int slate_draw(struct broadcast *b, struct err *e)
{
    struct store_place at = store_place(&b->s.arena, b->s.dir, b->plan.slug, "slate", NULL);
    char *dir = NULL;
    if (!b->s.show.live.width)
        return 0;
    int r = store_begin(&b->s.arena, &at, "drawn", &dir, e);
    if (r < 0)
        return r;
    r = draw_in(b, dir, e);
    fs_remove_tree(at.dir, NULL);
    worker_free(b->s.worker); // its libraries would stay in memory for hours
    b->s.worker = NULL;
    return r < 0 ? r : 0;
}
