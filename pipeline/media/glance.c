// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/glance.h"

#include "base/err.h"
#include "media/reel.h"
#include "picture/look.h"
#include "picture/still.h"

#include <errno.h>

static void show(const struct glance_params *p, const AVFrame *frame, tick at)
{
    struct image m = filmdraw_image(frame);
    if (p->look)
        look_add(p->look, &m, at);
    if (p->stills)
        stills_add(p->stills, &m, at);
}

static int look_through(const struct glance_params *p, struct reel *r, AVFrame *frame,
                        struct err *e)
{
    tick at;
    int code = 0;
    while (code >= 0 && (code = reel_read(r, frame, &at, e)) > 0) {
        if (at >= p->from && at < p->to && frame->format == AV_PIX_FMT_YUV420P)
            show(p, frame, p->at + at - p->from);
        av_frame_unref(frame);
        progress_update(p->progress, "looking at the picture",
                        (double)(at - p->from) / (double)(p->to - p->from), tick_to_s(at));
        code = progress_check(p->progress, e);
    }
    return code < 0 ? code : 0;
}

int glance_at(const struct glance_params *p, struct err *e)
{
    AUTO(frame) AVFrame *frame = av_frame_alloc();
    struct reel *r;
    if (!frame)
        return libav_error(e, AVERROR(ENOMEM), p->part->path);
    int code = reel_open(
        &(struct reel_params){
            .path = p->part->path, .zero = p->part->zero, .keys_only = true, .threads = p->threads},
        &r, e);
    if (code < 0)
        return code;
    code = look_through(p, r, frame, e);
    reel_close(r);
    return code;
}
