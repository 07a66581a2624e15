// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/resample.h"
#include "base/arena.h"
#include "base/err.h"
#include "media/av.h"
#include <libavutil/opt.h>
#include <stdlib.h>

enum { MAX_PLANES = 8 };

struct resample {
    SwrContext *swr; // NULL: nothing to do but to hand on
    int in_rate, out_channels;
    int made; // channels libswresample makes; one where two are the same
    float *buffer[MAX_PLANES];
    size_t room;
    const float *planes[MAX_PLANES];
};

void resample_close(struct resample *r)
{
    if (!r)
        return;
    swr_free(&r->swr);
    for (int c = 0; c < MAX_PLANES; c++)
        free(r->buffer[c]);
    free(r);
}

static void layout_of(AVChannelLayout *ret, const char *name, int channels)
{
    if (name && *name && av_channel_layout_from_string(ret, name) >= 0) {
        if (ret->nb_channels == channels && ret->order != AV_CHANNEL_ORDER_UNSPEC)
            return;
        av_channel_layout_uninit(ret);
    }
    av_channel_layout_default(ret, channels);
}

static int set_up(struct resample *r, const struct resample_params *p)
{
    AVChannelLayout in = {0}, out = {0};
    int ret;

    layout_of(&in, p->in_layout, p->in_channels);
    av_channel_layout_default(&out, r->made);
    ret = swr_alloc_set_opts2(&r->swr, &out, AV_SAMPLE_FMT_FLTP, p->out_rate, &in,
                              AV_SAMPLE_FMT_FLTP, p->in_rate, 0, NULL);
    av_channel_layout_uninit(&in);
    av_channel_layout_uninit(&out);
    if (ret < 0)
        return ret;
    // The pass band reaches 97 % of the lower half rate: 21.4 kHz for 44.1 kHz.
    av_opt_set_int(r->swr, "filter_size", 64, 0);
    av_opt_set_double(r->swr, "cutoff", 0.97, 0);
    // A sum of channels never exceeds full scale; libswresample leaves float as it is otherwise.
    av_opt_set_double(r->swr, "rematrix_maxval", 1.0, 0);
    return swr_init(r->swr);
}

int resample_open(const struct resample_params *p, struct resample **ret, struct err *e)
{
    struct resample *r;
    int code;

    if (p->in_channels < 1 || p->in_channels > MAX_PLANES || p->out_channels < 1 ||
        p->out_channels > MAX_PLANES || p->in_rate < 1 || p->out_rate < 1)
        return err_set(e, -EINVAL, "no way from %d Hz %d channels to %d Hz %d channels", p->in_rate,
                       p->in_channels, p->out_rate, p->out_channels);
    libav_quiet();
    r = mem_alloc(sizeof(*r));
    r->in_rate = p->in_rate;
    r->out_channels = p->out_channels;
    r->made = p->in_channels == 1 ? 1 : p->out_channels;
    if (r->made != p->in_channels || p->in_rate != p->out_rate) {
        code = set_up(r, p);
        if (code < 0) {
            resample_close(r);
            return libav_error(e, code, "resampling");
        }
    }
    *ret = r;
    return 0;
}

static void spread(struct resample *r, const float *const *made)
{
    for (int c = 0; c < r->out_channels; c++)
        r->planes[c] = made[r->made == 1 ? 0 : c];
}

static int make_room(struct resample *r, size_t frames)
{
    if (frames <= r->room)
        return 0;
    for (int c = 0; c < r->made; c++) {
        free(r->buffer[c]);
        r->buffer[c] = malloc(frames * sizeof(float));
        if (!r->buffer[c])
            return -ENOMEM;
    }
    r->room = frames;
    return 0;
}

int resample_run(struct resample *r, const float *const *in, size_t frames,
                 const float *const **ret_planes, size_t *ret_frames, struct err *e)
{
    int room, got;

    *ret_planes = r->planes;
    if (!r->swr) {
        if (in)
            spread(r, in);
        *ret_frames = in ? frames : 0;
        return 0;
    }
    room = swr_get_out_samples(r->swr, in ? (int)frames : 0);
    if (room < 0 || make_room(r, (size_t)room + 1) < 0)
        return libav_error(e, room < 0 ? room : AVERROR(ENOMEM), "resampling");
    got = swr_convert(r->swr, (uint8_t **)r->buffer, room, (const uint8_t **)in,
                      in ? (int)frames : 0);
    if (got < 0)
        return libav_error(e, got, "resampling");
    spread(r, (const float *const *)r->buffer);
    *ret_frames = (size_t)got;
    return 0;
}
