// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/tombstone.h"

#include "base/fs.h"
#include "base/str.h"
#include "model/gone.h"
#include "plan/facts.h"
#include "plan/pages.h"
#include "plan/settings.h"

#include <errno.h>
#include <unistd.h>

const char tombstone_nginx[] = "reports/nginx-410.conf";
static const char *const folders[TOMBSTONE_FOLDERS] = {"episodes", "media", "kit"};

struct json *tombstone_facts(struct plan *p)
{
    const struct episode *ep = p->ep;
    struct json *o = json_new_object();
    json_put_text(o, "slug", p->slug);
    json_put_text(o, "language", ep->language);
    if (ep->month)
        json_put_int(o, "month", ep->month);
    if (ep->theme) {
        json_put_text(o, "theme", ep->theme->id);
        json_put_text(o, "theme_title", facts_theme(ep->theme, p->s->show.language));
    }
    return o;
}

// The words of a tomb's own language, where it is not the pages'.
static int put_words(struct plan *p, struct json *files, const char *language, struct err *e)
{
    const char *name = arena_printf(&p->arena, "strings-%s", language);
    const char *file = arena_printf(&p->arena, "site/strings.%s.json", language);
    const char *const pair[][2] = {{name, file}};
    if (str_same(language, p->s->show.language) || json_get(files, name) ||
        !preset_path(&p->arena, p->s->preset_dirs, file))
        return 0;
    return settings_put_presets(p, files, pair, 1, e);
}

int tombstone_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    static const char *const presets[][2] = {{"stylesheet[]", "site/layout.xsl"},
                                             {"stylesheet[]", "site/tombstone.xsl"}};
    const struct json *tombs = p->catalog ? p->catalog->tombs : NULL;
    const struct step *art = plan_step(p, "art", NULL);
    if (!json_count(tombs))
        return -ENODATA;
    if (!art || art->state != STEP_FRESH)
        return -EAGAIN;
    struct json *show = settings_show(p);
    pages_put_show(p, show);
    json_put(into, "show", show);
    json_put(into, "tombs", json_keep(tombs));
    int r = settings_put_presets(p, files, presets, COUNT(presets), e);
    if (r >= 0)
        r = settings_put_words(p, files, p->s->show.language, e);
    for (size_t i = 0; r >= 0 && i < json_count(tombs); i++)
        r = put_words(p, files, json_text_or(json_at(tombs, i), "language", ""), e);
    return r;
}

bool tombstone_keeps(const char *below)
{
    return str_same(fs_basename(below), gone_file) ||
           (str_starts(below, "episodes/") && str_ends(below, "/index.html") &&
            !str_ends(below, "/embed/index.html"));
}

void tombstone_folders(struct arena *a, const char *slug, const char *ret[TOMBSTONE_FOLDERS + 1])
{
    for (size_t i = 0; i < TOMBSTONE_FOLDERS; i++)
        ret[i] = arena_printf(a, "%s/%s/", folders[i], slug);
    ret[TOMBSTONE_FOLDERS] = NULL;
}

static int clear(struct arena *a, const char *public, const char *below, struct err *e)
{
    const char *dir = fs_join(a, public, below);
    char **names;
    size_t n;
    int r = fs_list(a, dir, &names, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        const char *path = fs_join(a, dir, names[i]);
        if (fs_is_dir(path) && !fs_is_link(path)) // of streams and of the player
            r = fs_remove_tree(path, e);
        else if (!tombstone_keeps(fs_join(a, below, names[i])) && unlink(path) < 0)
            r = errno == ENOENT ? 0 : err_errno(e, -errno, path);
    }
    return r;
}

static int place_one(struct plan *show, const char *slug, struct str *nginx, struct err *e)
{
    struct arena *a = &show->arena;
    const char *html = arena_printf(a, "%s.html", slug);
    struct str said;
    str_init(&said, STR_MAX);
    gone_htaccess(&said, show->s->show.site, slug);
    gone_nginx(nginx, show->s->show.site, slug);
    const char *public = fs_join(a, show->s->dir, "public"), *below[TOMBSTONE_FOLDERS + 1];
    int r = publish_place(show, plan_step(show, "tombstone", NULL), html,
                          arena_printf(a, "episodes/%s/index.html", slug), e);
    tombstone_folders(a, slug, below);
    for (size_t i = 0; r >= 0 && below[i]; i++) {
        r = clear(a, public, below[i], e);
        if (r >= 0)
            r = fs_replace(fs_join(a, public, fs_join(a, below[i], gone_file)), said.p, said.len,
                           e);
    }
    str_done(&said);
    return r;
}

int tombstone_place(struct plan *show, struct err *e)
{
    const struct json *tombs = show->catalog->tombs;
    const char *conf = fs_join(&show->arena, show->s->dir, tombstone_nginx);
    struct str nginx;
    int r = 0;
    str_init(&nginx, STR_MAX);
    str_add(&nginx,
            "# Written by dgl-episode. Into the server { } of nginx: episodes that were taken down "
            "are\n# answered with 410 Gone and the page that says so.\n");
    for (size_t i = 0; r >= 0 && i < json_count(tombs); i++)
        r = place_one(show, json_text_or(json_at(tombs, i), "slug", ""), &nginx, e);
    if (r >= 0 && json_count(tombs))
        r = fs_replace(conf, nginx.p, nginx.len, e);
    else if (r >= 0)
        unlink(conf);
    str_done(&nginx);
    return r < 0 ? r : 0;
}

int tombstone_lift(struct plan *p, struct err *e)
{
    const char *below[TOMBSTONE_FOLDERS + 1];
    tombstone_folders(&p->arena, p->slug, below);
    for (size_t i = 0; json_get(p->published.rest, "retracted") && below[i]; i++) {
        char *text;
        const char *path =
            arena_printf(&p->arena, "%s/public/%s%s", p->s->dir, below[i], gone_file);
        if (fs_read(&p->arena, path, 1 << 16, &text, NULL, NULL) < 0 || !gone_is_ours(text))
            continue;
        if (unlink(path) < 0)
            return err_errno(e, -errno, path);
    }
    return 0;
}
