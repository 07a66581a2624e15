// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/slate.h"
#include "base/arena.h"
#include <stdlib.h>
#include <string.h>
struct slate { struct slate_params p; };
int slate_new(const struct slate_params *p, struct slate **ret, struct err *e)
{ (void)e; *ret = mem_alloc(sizeof **ret); (*ret)->p = *p; return 0; }
void slate_free(struct slate *s) { free(s); }
void slate_frame(struct slate *s, tick at, AVFrame **ret)
{
    AVFrame *f = av_frame_alloc();
    f->width = s->p.width; f->height = s->p.height; f->format = AV_PIX_FMT_YUV420P;
    av_frame_get_buffer(f, 0);
    for (int i = 0; i < 3; i++)
        memset(f->data[i], i ? 128 : 60, (size_t)f->linesize[i] * (size_t)(i ? f->height / 2 : f->height));
    int x = (int)(tick_to_s(at) * 100) % s->p.width & ~31;
    for (int y = f->height / 2; y < f->height / 2 + 16; y++)
        memset(f->data[0] + y * f->linesize[0] + x, 220, 32);
    *ret = f;
}
void slate_wave(struct slate *s, const float *const *planes, size_t n, AVFrame **ret)
{ (void)planes; (void)n; slate_frame(s, 0, ret); }
void slate_sound(struct slate *s, bool silent, float *const *out, size_t n)
{ (void)s; (void)silent; for (int c = 0; c < 2; c++) memset(out[c], 0, n * sizeof(float)); }
