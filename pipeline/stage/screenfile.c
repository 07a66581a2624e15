// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/screenfile.h"

#include "base/err.h"
#include "base/fs.h"

#include <errno.h>

struct json *screen_piece_json(const char *file, const struct film_piece *p)
{
    struct json *o = json_new_object();
    json_put_text(o, "file", file);
    json_put_int(o, "x", p->x);
    json_put_int(o, "y", p->y);
    json_put_int(o, "from_ticks", p->from);
    json_put_int(o, "to_ticks", p->to);
    json_put_int(o, "fade_in_ticks", p->fade_in);
    json_put_int(o, "fade_out_ticks", p->fade_out);
    return o;
}

static void read_piece(struct arena *a, const char *dir, const struct json *o,
                       struct film_piece *ret)
{
    *ret = (struct film_piece){
        .path = fs_join(a, dir, json_text_or(o, "file", "")),
        .x = (int)json_int(o, "x", 0),
        .y = (int)json_int(o, "y", 0),
        .from = json_int(o, "from_ticks", 0),
        .to = json_int(o, "to_ticks", 0),
        .fade_in = json_int(o, "fade_in_ticks", 0),
        .fade_out = json_int(o, "fade_out_ticks", 0),
    };
}

int screen_read(struct arena *a, const char *path, struct film_params *ret, struct err *e)
{
    struct json *o;
    int r = json_load(path, &o, e);
    if (r < 0)
        return r == -ENOENT ? err_errno(e, r, path) : r;
    const struct json *list = json_get(o, "pieces"), *wave = json_get(o, "wave");
    const char *dir = fs_dirname(a, path), *background = json_text(o, "background");
    size_t n = json_count(list);
    struct film_piece *pieces = arena_array(a, struct film_piece, n + 1);
    for (size_t i = 0; i < n; i++)
        read_piece(a, dir, json_at(list, i), &pieces[i]);
    ret->pieces = pieces;
    ret->num_pieces = n;
    ret->background = background ? fs_join(a, dir, background) : NULL;
    ret->wave.x = (int)json_int(wave, "x", 0);
    ret->wave.y = (int)json_int(wave, "y", 0);
    ret->wave.width = (int)json_int(wave, "width", 0);
    ret->wave.height = (int)json_int(wave, "height", 0);
    json_free(o);
    return 0;
}
