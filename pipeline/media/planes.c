// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/planes.h"
#include "base/arena.h"
#include "base/err.h"
#include "media/resample.h"
#include "sound/samples.h"
#include <stdlib.h>
#include <string.h>

enum { CHANNELS = METER_MAX_CHANNELS };

static const float loudest = 64.0f; // +36 dBFS; more is noise in a float file

void planes_done(struct planes *p)
{
    resample_close(p->resample);
    for (int c = 0; c < CHANNELS; c++)
        free(p->own[c]);
    *p = (struct planes){0};
}

// For all channels: a later frame may have more of them than the first.
static int make_room(struct planes *p, size_t frames, struct err *e)
{
    if (frames <= p->room)
        return 0;
    p->room = 0;
    for (int c = 0; c < CHANNELS; c++) {
        free(p->own[c]);
        p->own[c] = malloc(frames * sizeof(float));
        if (!p->own[c])
            return err_set(e, -ENOMEM, "no memory for %zu samples", frames);
    }
    p->room = frames;
    return 0;
}

static int kind_of(enum AVSampleFormat format)
{
    static const struct {
        enum AVSampleFormat packed;
        enum sample_kind kind;
    } rows[] = {{AV_SAMPLE_FMT_U8, SAMPLE_U8},   {AV_SAMPLE_FMT_S16, SAMPLE_S16},
                {AV_SAMPLE_FMT_S32, SAMPLE_S32}, {AV_SAMPLE_FMT_S64, SAMPLE_S64},
                {AV_SAMPLE_FMT_FLT, SAMPLE_F32}, {AV_SAMPLE_FMT_DBL, SAMPLE_F64}};

    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].packed == av_get_packed_sample_fmt(format))
            return (int)rows[i].kind;
    }
    return -1;
}

// The frame's own planes where it is planar float already.
static int unpack(struct planes *p, const AVFrame *f, struct err *e)
{
    int channels = f->ch_layout.nb_channels, kind = kind_of(f->format), r;
    size_t frames = (size_t)f->nb_samples;

    if (kind < 0 || channels < 1 || channels > CHANNELS)
        return err_input(e, "the sound changes to %d channels in the middle", channels);
    if (f->format == AV_SAMPLE_FMT_FLTP) {
        for (int c = 0; c < channels; c++)
            p->at[c] = (const float *)f->extended_data[c];
        return 0;
    }
    r = make_room(p, frames, e);
    if (r < 0)
        return r;
    if (av_sample_fmt_is_planar(f->format)) {
        for (int c = 0; c < channels; c++)
            samples_unpack((enum sample_kind)kind, f->extended_data[c], frames, 1, &p->own[c]);
    } else {
        samples_unpack((enum sample_kind)kind, f->extended_data[0], frames, channels, p->own);
    }
    for (int c = 0; c < channels; c++)
        p->at[c] = p->own[c];
    return 0;
}

// A recording that changes its format in the middle goes on in the format it began with.
static int adapt(struct planes *p, const AVFrame *f, size_t *frames, bool *changed, struct err *e)
{
    const float *const *planes;
    int r, channels = f->ch_layout.nb_channels;

    if (f->sample_rate == p->sample_rate && channels == p->channels)
        return 0;
    if (!p->resample || p->from_rate != f->sample_rate || p->from_channels != channels) {
        resample_close(p->resample);
        p->resample = NULL;
        r = resample_open(&(struct resample_params){.in_rate = f->sample_rate,
                                                    .in_channels = channels,
                                                    .in_layout = "",
                                                    .out_rate = p->sample_rate,
                                                    .out_channels = p->channels},
                          &p->resample, e);
        if (r < 0)
            return r;
        p->from_rate = f->sample_rate;
        p->from_channels = channels;
        *changed = true;
    }
    r = resample_run(p->resample, p->at, *frames, &planes, frames, e);
    if (r < 0)
        return r;
    for (int c = 0; c < p->channels; c++)
        p->at[c] = planes[c];
    return 0;
}

int planes_take(struct planes *p, const AVFrame *f, size_t cut, size_t *ret_frames,
                bool *ret_changed, struct err *e)
{
    size_t frames = (size_t)f->nb_samples;
    int r = unpack(p, f, e);

    if (r < 0)
        return r;
    cut = cut < frames ? cut : frames;
    for (int c = 0; c < f->ch_layout.nb_channels; c++)
        p->at[c] += cut;
    frames -= cut;
    *ret_changed = false;
    r = adapt(p, f, &frames, ret_changed, e);
    *ret_frames = frames;
    return r;
}

int planes_silence(struct planes *p, size_t frames, struct err *e)
{
    int r = make_room(p, frames, e);

    for (int c = 0; r >= 0 && c < p->channels; c++) {
        memset(p->own[c], 0, frames * sizeof(float));
        p->at[c] = p->own[c];
    }
    return r;
}

int planes_mend(struct planes *p, size_t frames, struct err *e)
{
    bool fine = true;
    int r;

    for (int c = 0; fine && c < p->channels; c++)
        fine = samples_finite(p->at[c], frames);
    if (fine)
        return 0;
    r = make_room(p, frames, e); // nothing happens where they lie there already
    if (r < 0)
        return r;
    for (int c = 0; c < p->channels; c++) {
        memmove(p->own[c], p->at[c], frames * sizeof(float));
        samples_mend(p->own[c], frames, loudest);
        p->at[c] = p->own[c];
    }
    return 1;
}
