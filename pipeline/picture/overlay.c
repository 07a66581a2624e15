// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture/overlay.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "picture/ycbcr.h"

// Values carry 6 bits behind the point, alpha 14: their product stays in 32 bits, and both factors
// in 16, which is what vectors multiply best.
enum { VALUE_BITS = 6, ALPHA_BITS = 14, ALPHA_ONE = 1 << ALPHA_BITS };

struct layer {
    int width, height;
    int16_t *value, *alpha;
    int *from, *to; // of each row: beyond lies nothing
};

struct overlay {
    int width, height;
    struct layer plane[3]; // Cb and Cr share alpha and ends
};

static int16_t fixed(double v, int one)
{
    return (int16_t)lrint(v * one);
}

static void layer_room(struct layer *l, int width, int height)
{
    size_t n = (size_t)width * (size_t)height;
    l->width = width;
    l->height = height;
    l->value = mem_alloc(n * sizeof *l->value);
    if (l->alpha)
        return;
    l->alpha = mem_alloc(n * sizeof *l->alpha);
    l->from = mem_alloc((size_t)height * sizeof *l->from);
    l->to = mem_alloc((size_t)height * sizeof *l->to);
}

static void layer_ends(struct layer *l)
{
    for (int y = 0; y < l->height; y++) {
        const int16_t *a = l->alpha + (size_t)y * (size_t)l->width;
        int from = 0, to = l->width;
        while (from < to && a[from] == 0)
            from++;
        while (to > from && a[to - 1] == 0)
            to--;
        l->from[y] = from;
        l->to[y] = to;
    }
}

static const uint8_t *pixel(const uint8_t *rgba, int stride, int x, int y)
{
    return rgba + (ptrdiff_t)y * stride + 4 * (ptrdiff_t)x;
}

static void convert_luma(struct layer *l, const uint8_t *rgba, int stride)
{
    for (int y = 0; y < l->height; y++)
        for (int x = 0; x < l->width; x++) {
            const uint8_t *p = pixel(rgba, stride, x, y);
            size_t at = (size_t)y * (size_t)l->width + (size_t)x;
            l->value[at] = fixed(ycbcr_709(p[0], p[1], p[2]).y, 1 << VALUE_BITS);
            l->alpha[at] = fixed(p[3] / 255.0, ALPHA_ONE);
        }
}

// Chroma lies beside every second pixel of a row and between two rows, as H.264 has it by default:
// two rows of three pixels weigh 1, 2, 1, and each counts as much as it covers. Returns the cover.
static double chroma_at(const struct overlay *o, const uint8_t *rgba, int stride, int x, int y,
                        struct ycbcr *ret)
{
    double r = 0, g = 0, b = 0, cover = 0, weights = 0;
    for (int i = 0; i < 6; i++) {
        int px = 2 * x + i % 3 - 1, py = 2 * y + i / 3;
        if (px < 0 || px >= o->width || py >= o->height)
            continue;
        const uint8_t *p = pixel(rgba, stride, px, py);
        double weight = i % 3 == 1 ? 2 : 1, part = weight * p[3] / 255.0;
        weights += weight;
        cover += part;
        r += part * p[0];
        g += part * p[1];
        b += part * p[2];
    }
    double one = cover > 0 ? cover : 1;
    *ret = ycbcr_709(r / one, g / one, b / one);
    return cover / weights;
}

static void convert_chroma(struct overlay *o, const uint8_t *rgba, int stride)
{
    struct layer *cb = &o->plane[1], *cr = &o->plane[2];
    for (int y = 0; y < cb->height; y++)
        for (int x = 0; x < cb->width; x++) {
            size_t at = (size_t)y * (size_t)cb->width + (size_t)x;
            struct ycbcr v;
            cb->alpha[at] = fixed(chroma_at(o, rgba, stride, x, y, &v), ALPHA_ONE);
            cb->value[at] = fixed(v.cb, 1 << VALUE_BITS);
            cr->value[at] = fixed(v.cr, 1 << VALUE_BITS);
        }
}

struct overlay *overlay_new(const uint8_t *rgba, int width, int height, int stride)
{
    struct overlay *o = mem_alloc(sizeof *o);
    struct layer *p = o->plane;
    o->width = width;
    o->height = height;
    layer_room(&p[0], width, height);
    convert_luma(&p[0], rgba, stride);
    layer_ends(&p[0]);
    layer_room(&p[1], (width + 1) / 2, (height + 1) / 2);
    p[2] = (struct layer){.alpha = p[1].alpha, .from = p[1].from, .to = p[1].to};
    layer_room(&p[2], p[1].width, p[1].height);
    convert_chroma(o, rgba, stride);
    layer_ends(&p[1]);
    return o;
}

void overlay_free(struct overlay *o)
{
    if (!o)
        return;
    for (int i = 0; i < 3; i++)
        free(o->plane[i].value);
    for (int i = 0; i < 2; i++) {
        free(o->plane[i].alpha);
        free(o->plane[i].from);
        free(o->plane[i].to);
    }
    free(o);
}

int overlay_width(const struct overlay *o)
{
    return o->width;
}

int overlay_height(const struct overlay *o)
{
    return o->height;
}

static void blend_row(uint8_t *restrict to, const int16_t *restrict value,
                      const int16_t *restrict alpha, int n)
{
    enum { SHIFT = VALUE_BITS + ALPHA_BITS };
    for (int i = 0; i < n; i++) {
        int16_t apart = (int16_t)(value[i] - (to[i] << VALUE_BITS));
        int32_t by = (int32_t)apart * alpha[i];
        to[i] = (uint8_t)(to[i] + ((by + (1 << (SHIFT - 1))) >> SHIFT));
    }
}

static void fade_row(uint8_t *restrict to, const int16_t *restrict value,
                     const int16_t *restrict alpha, int n, int16_t alpha_256)
{
    enum { SHIFT = VALUE_BITS + ALPHA_BITS };
    for (int i = 0; i < n; i++) {
        int16_t apart = (int16_t)(value[i] - (to[i] << VALUE_BITS));
        int16_t part = (int16_t)(((int32_t)alpha[i] * alpha_256 + 128) >> 8);
        int32_t by = (int32_t)apart * part;
        to[i] = (uint8_t)(to[i] + ((by + (1 << (SHIFT - 1))) >> SHIFT));
    }
}

// x, y: of this plane.
static void blend_layer(const struct layer *l, uint8_t *plane, int stride, int width, int height,
                        int x, int y, int alpha_256)
{
    int first = y < 0 ? -y : 0, last = y > height - l->height ? height - y : l->height;
    for (int row = first; row < last; row++) {
        int from = l->from[row], to = l->to[row];
        from = from < -x ? -x : from;
        to = to > width - x ? width - x : to;
        if (from >= to)
            continue;
        size_t at = (size_t)row * (size_t)l->width + (size_t)from;
        uint8_t *out = plane + (ptrdiff_t)(y + row) * stride + x + from;
        if (alpha_256 == OVERLAY_OPAQUE)
            blend_row(out, l->value + at, l->alpha + at, to - from);
        else
            fade_row(out, l->value + at, l->alpha + at, to - from, (int16_t)alpha_256);
    }
}

void overlay_blend(const struct overlay *o, struct image *into, int x, int y, int alpha_256)
{
    // far outside, where sums with x and y could overflow
    if (x <= -o->width - 1 || y <= -o->height - 1 || x >= into->width || y >= into->height)
        return;
    if (alpha_256 <= 0)
        return;
    alpha_256 = alpha_256 > OVERLAY_OPAQUE ? OVERLAY_OPAQUE : alpha_256;
    x -= x & 1;
    y -= y & 1;
    blend_layer(&o->plane[0], into->plane[0], into->stride[0], into->width, into->height, x, y,
                alpha_256);
    for (int i = 1; i < 3; i++)
        blend_layer(&o->plane[i], into->plane[i], into->stride[i], into->width / 2,
                    into->height / 2, x / 2, y / 2, alpha_256);
}
