// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/flacfile.h"

#include "base/arena.h"
#include "base/err.h"
#include "media/sink.h"

#include <FLAC/stream_encoder.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// libFLAC has it for its own tool's --no-md5-sum, and in no public header; weak, because a build of
// the library may hide it, and then the sum is made.
extern FLAC__bool FLAC__stream_encoder_set_do_md5(FLAC__StreamEncoder *enc, FLAC__bool value)
    __attribute__((weak));

// Level 1 chooses by the sum of a frame's residuals whether the channels are coded apart; what
// higher levels save of a 24-bit voice is two per cent, for half the speed.
enum { LEVEL = 1, PIECE = 4096 };

struct flacfile {
    char *path;
    FILE *file;
    FLAC__StreamEncoder *encoder;
    bool started;
    int channels, error; // error: errno of the file
    float scale, low, high;
    int32_t *piece[FLAC__MAX_CHANNELS];
};

static FLAC__StreamEncoderWriteStatus put(const FLAC__StreamEncoder *enc, const FLAC__byte data[],
                                          size_t n, uint32_t samples, uint32_t frame, void *ctx)
{
    (void)enc;
    (void)samples;
    (void)frame;
    struct flacfile *f = ctx;
    if (fwrite(data, 1, n, f->file) == n)
        return FLAC__STREAM_ENCODER_WRITE_STATUS_OK;
    f->error = errno ? -errno : -EIO;
    return FLAC__STREAM_ENCODER_WRITE_STATUS_FATAL_ERROR;
}

static FLAC__StreamEncoderSeekStatus seek(const FLAC__StreamEncoder *enc, FLAC__uint64 at,
                                          void *ctx)
{
    (void)enc;
    struct flacfile *f = ctx;
    if (fseeko(f->file, (off_t)at, SEEK_SET) == 0)
        return FLAC__STREAM_ENCODER_SEEK_STATUS_OK;
    f->error = -errno;
    return FLAC__STREAM_ENCODER_SEEK_STATUS_ERROR;
}

static FLAC__StreamEncoderTellStatus tell(const FLAC__StreamEncoder *enc, FLAC__uint64 *at,
                                          void *ctx)
{
    (void)enc;
    off_t now = ftello(((struct flacfile *)ctx)->file);
    *at = (FLAC__uint64)(now < 0 ? 0 : now);
    return now < 0 ? FLAC__STREAM_ENCODER_TELL_STATUS_ERROR : FLAC__STREAM_ENCODER_TELL_STATUS_OK;
}

static void flacfile_free(struct flacfile *f)
{
    if (f->encoder)
        FLAC__stream_encoder_delete(f->encoder);
    if (f->file)
        fclose(f->file);
    for (int c = 0; c < f->channels; c++)
        free(f->piece[c]);
    free(f->path);
    free(f);
}

void flacfile_abort(struct flacfile *f)
{
    if (!f)
        return;
    if (f->file)
        unlink(f->path);
    flacfile_free(f);
}

static int failed(const struct flacfile *f, struct err *e)
{
    if (f->error)
        return err_errno(e, f->error, f->path);
    return err_set(e, -EIO, "%s: %s", f->path,
                   FLAC__stream_encoder_get_resolved_state_string(f->encoder));
}

static int start(struct flacfile *f, const struct sink_params *p, struct err *e)
{
    f->encoder = FLAC__stream_encoder_new();
    if (!f->encoder)
        mem_fail();
    FLAC__StreamEncoder *enc = f->encoder;
    FLAC__stream_encoder_set_channels(enc, (uint32_t)p->channels);
    FLAC__stream_encoder_set_bits_per_sample(enc, (uint32_t)p->bits);
    FLAC__stream_encoder_set_sample_rate(enc, (uint32_t)p->sample_rate);
    FLAC__stream_encoder_set_compression_level(enc, LEVEL);
    if (FLAC__stream_encoder_set_do_md5)
        FLAC__stream_encoder_set_do_md5(enc, false);
    f->file = fopen(p->path, "wbe");
    if (!f->file)
        return err_errno(e, -errno, p->path);
    if (FLAC__stream_encoder_init_stream(enc, put, seek, tell, NULL, f) !=
        FLAC__STREAM_ENCODER_INIT_STATUS_OK)
        return failed(f, e);
    f->started = true;
    return 0;
}

int flacfile_open(const struct sink_params *p, struct flacfile **ret, struct err *e)
{
    if ((p->bits != 16 && p->bits != 24) || p->channels < 1 ||
        p->channels > (int)FLAC__MAX_CHANNELS)
        return err_input(e, "%s: FLAC of %d bits in %d channels", p->path, p->bits, p->channels);
    struct flacfile *f = mem_alloc(sizeof *f);
    f->path = strdup(p->path);
    if (!f->path)
        mem_fail();
    f->channels = p->channels;
    f->scale = p->bits == 16 ? 32768.0f : 8388608.0f;
    f->low = -f->scale;
    f->high = f->scale - 1;
    for (int c = 0; c < f->channels; c++)
        f->piece[c] = mem_alloc(PIECE * sizeof(int32_t));
    int r = start(f, p, e);
    if (r < 0) {
        flacfile_abort(f);
        return r;
    }
    *ret = f;
    return 0;
}

static void round_off(const struct flacfile *f, const float *restrict in, size_t n,
                      int32_t *restrict out)
{
    for (size_t i = 0; i < n; i++) {
        float v = in[i] * f->scale;
        v = v < f->low ? f->low : v;
        v = v > f->high ? f->high : v;
        out[i] = (int32_t)(v + (v < 0 ? -0.5f : 0.5f));
    }
}

int flacfile_write(struct flacfile *f, const float *const *planes, size_t frames, struct err *e)
{
    for (size_t at = 0; at < frames;) {
        size_t n = frames - at < PIECE ? frames - at : PIECE;
        for (int c = 0; c < f->channels; c++)
            round_off(f, planes[c] + at, n, f->piece[c]);
        const int32_t *const *piece = (const int32_t *const *)f->piece;
        if (!FLAC__stream_encoder_process(f->encoder, piece, (uint32_t)n))
            return failed(f, e);
        at += n;
    }
    return 0;
}

int flacfile_finish(struct flacfile *f, struct err *e)
{
    int r = FLAC__stream_encoder_finish(f->encoder) ? 0 : failed(f, e);
    if (r >= 0 && (fflush(f->file) != 0 || fsync(fileno(f->file)) < 0))
        r = err_errno(e, -errno, f->path);
    if (fclose(f->file) != 0 && r >= 0)
        r = err_errno(e, -errno, f->path);
    f->file = NULL;
    if (r < 0)
        unlink(f->path);
    flacfile_free(f);
    return r;
}
