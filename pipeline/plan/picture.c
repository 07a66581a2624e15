// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/picture.h"

#include "base/str.h"

#include <errno.h>

int picture_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    const struct episode *ep = p->ep;
    const struct picture_preset *main = &ep->rung[0];
    (void)files;
    (void)e;
    if (!p->has_picture)
        return -ENODATA;
    json_put_int(into, "width", main->width);
    json_put_int(into, "height", main->height);
    json_put_int(into, "rate_num", main->rate_num);
    json_put_int(into, "rate_den", main->rate_den);
    json_put_real(into, "gop_s", main->gop_s);
    json_put_bool(into, "crop", str_same(ep->fit, "crop"));
    json_put_bool(into, "adaptive", ep->hls);
    return 0;
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
