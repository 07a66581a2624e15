// SPDX-License-Identifier: GPL-3.0-or-later
// Loops without branches on one and two channels, because nearly every recording has so many; the
// compiler makes vectors of them.
#include "sound/samples.h"
#include <stdint.h>
#include <string.h>

#define MONO(type, expr)                                                               \
    static void mono_##type(const type *restrict in, size_t frames, float *restrict a) \
    {                                                                                  \
        for (size_t i = 0; i < frames; i++) {                                          \
            const type x = in[i];                                                      \
            a[i] = (expr);                                                             \
        }                                                                              \
    }

#define STEREO(type, expr)                                                               \
    static void stereo_##type(const type *restrict in, size_t frames, float *restrict a, \
                              float *restrict b)                                         \
    {                                                                                    \
        for (size_t i = 0; i < frames; i++) {                                            \
            type x = in[2 * i];                                                          \
            a[i] = (expr);                                                               \
            x = in[2 * i + 1];                                                           \
            b[i] = (expr);                                                               \
        }                                                                                \
    }

#define UNPACK(type, expr)                                                                      \
    MONO(type, expr)                                                                            \
    STEREO(type, expr)                                                                          \
    static void unpack_##type(const void *from, size_t frames, int channels, float *const *out) \
    {                                                                                           \
        const type *in = from;                                                                  \
        if (channels == 1) {                                                                    \
            mono_##type(in, frames, out[0]);                                                    \
            return;                                                                             \
        }                                                                                       \
        if (channels == 2) {                                                                    \
            stereo_##type(in, frames, out[0], out[1]);                                          \
            return;                                                                             \
        }                                                                                       \
        for (int c = 0; c < channels; c++) {                                                    \
            for (size_t i = 0; i < frames; i++) {                                               \
                const type x = in[i * (size_t)channels + (size_t)c];                            \
                out[c][i] = (expr);                                                             \
            }                                                                                   \
        }                                                                                       \
    }

UNPACK(uint8_t, (float)(x - 128) * 0x1p-7f)
UNPACK(int16_t, (float)x * 0x1p-15f)
UNPACK(int32_t, (float)x * 0x1p-31f)
UNPACK(int64_t, (float)x * 0x1p-63f)
UNPACK(float, x)
UNPACK(double, (float)x)

void samples_unpack(enum sample_kind kind, const void *in, size_t frames, int channels,
                    float *const *out)
{
    static void (*const unpack[])(const void *, size_t, int, float *const *) = {
        [SAMPLE_U8] = unpack_uint8_t,  [SAMPLE_S16] = unpack_int16_t, [SAMPLE_S32] = unpack_int32_t,
        [SAMPLE_S64] = unpack_int64_t, [SAMPLE_F32] = unpack_float,   [SAMPLE_F64] = unpack_double,
    };
    unpack[kind](in, frames, channels, out);
}

bool samples_finite(const float *p, size_t n)
{
    uint32_t bad = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &p[i], sizeof(bits));
        bad |= (bits & 0x7f800000u) == 0x7f800000u; // the exponent of nan and infinity
    }
    return !bad;
}

size_t samples_mend(float *p, size_t n, float limit)
{
    size_t changed = 0;

    for (size_t i = 0; i < n; i++) {
        float x = p[i];
        float y = x != x ? 0 : x > limit ? limit : x < -limit ? -limit : x;
        changed += !(x == y);
        p[i] = y;
    }
    return changed;
}
