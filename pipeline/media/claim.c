// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/claim.h"
#include "base/arena.h"
#include <stdio.h>
#include <stdlib.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

struct reader {
    FILE *f;
    uint64_t size;
    int sample_rate;
};

static uint32_t le32(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t le64(const unsigned char *p)
{
    return le32(p) | (uint64_t)le32(p + 4) << 32;
}

static uint32_t be32(const unsigned char *p)
{
    return p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 24;
}

// What no recording lasts is no length either, and would not fit.
static tick claimed(double seconds)
{
    const double most_s = 1e9;
    return seconds >= 0 && seconds < most_s ? (tick)(seconds * (double)TICKS_PER_SEC) : TICK_NONE;
}

static bool get(struct reader *r, uint64_t at, void *to, size_t n)
{
    return at + n <= r->size && fseeko(r->f, (off_t)at, SEEK_SET) == 0 &&
           fread(to, 1, n, r->f) == n;
}

// Recorders that were switched off and programs that write into a pipe leave these.
static bool size_unknown(uint64_t size)
{
    return size == 0 || size >= 0xffff0000u || (size >= 0x7fff0000u && size <= 0x80000000u);
}

static void wav(struct reader *r, struct claim *ret)
{
    unsigned char head[12], chunk[8], body[24];
    uint32_t byte_rate = 0;
    uint64_t size64 = 0, at = 12;

    if (!get(r, 0, head, sizeof(head)) || memcmp(head + 8, "WAVE", 4) != 0)
        return;
    for (int i = 0; i < 1000 && get(r, at, chunk, sizeof(chunk)); i++) {
        uint64_t size = le32(chunk + 4);
        at += sizeof(chunk);
        if (memcmp(chunk, "ds64", 4) == 0 && get(r, at, body, 24))
            size64 = le64(body + 8);
        if (memcmp(chunk, "fmt ", 4) == 0 && get(r, at, body, 16))
            byte_rate = le32(body + 8);
        if (memcmp(chunk, "data", 4) == 0) {
            uint64_t data = size == 0xffffffffu && size64 ? size64 : size;
            bool known = data == size64 ? data < UINT64_C(1) << 50 : !size_unknown(data);
            if (!known || !byte_rate)
                return;
            ret->cut = data > r->size - at;
            ret->exact = true;
            ret->length = claimed((double)data / byte_rate);
            return;
        }
        at += size + (size & 1);
    }
}

// Samples that the encoder put in front and behind, and that players take away.
static int64_t mp3_extra(const unsigned char *info, size_t n)
{
    static const char *const writers[] = {"LAME", "Lavf", "Lavc"};
    uint32_t flags = be32(info + 4);
    size_t at =
        8 + (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);

    for (size_t i = 0; i < COUNT(writers) && at + 24 <= n; i++) {
        const unsigned char *p = info + at + 21;
        if (memcmp(info + at, writers[i], 4) == 0)
            return (p[0] << 4 | p[1] >> 4) + ((p[1] & 15) << 8 | p[2]);
    }
    return 0;
}

// The frame that LAME and others put first says how many follow.
static void mp3(struct reader *r, struct claim *ret)
{
    unsigned char buffer[2048], id3[10];
    int64_t spf = r->sample_rate >= 32000 ? 1152 : 576;
    uint64_t at = 0;
    size_t n;

    while (get(r, at, id3, sizeof(id3)) && memcmp(id3, "ID3", 3) == 0)
        at += 10 +
              ((uint64_t)(id3[6] & 127) << 21 | (id3[7] & 127) << 14 | (id3[8] & 127) << 7 |
               (id3[9] & 127)) +
              (id3[5] & 16 ? 10 : 0);
    n = r->size > at ? r->size - at : 0;
    n = n < sizeof(buffer) ? n : sizeof(buffer);
    if (n < 64 || !get(r, at, buffer, n))
        return;
    for (size_t i = 0; i + 12 <= n; i++) {
        const unsigned char *info = buffer + i;
        if (memcmp(info, "Xing", 4) != 0 && memcmp(info, "Info", 4) != 0)
            continue;
        if (!(be32(info + 4) & 1) || !be32(info + 8))
            return;
        ret->length =
            tick_from_samples(be32(info + 8) * spf - mp3_extra(info, n - i), r->sample_rate);
        ret->exact = true;
        return;
    }
}

static void ogg(struct reader *r, struct claim *ret)
{
    enum { TAIL = 2 * 65536 };
    static const unsigned char capture[5] = {'O', 'g', 'g', 'S', 0};
    unsigned char *tail = mem_alloc(TAIL);
    size_t n = r->size < TAIL ? r->size : TAIL;

    if (get(r, r->size - n, tail, n)) {
        ret->cut = r->size > TAIL; // unless a page is found: zeros or junk in place of sound
        for (size_t i = n; i-- > 0;) {
            if (n - i < sizeof(capture) || memcmp(tail + i, capture, sizeof(capture)) != 0)
                continue;
            size_t page = 27;
            for (size_t k = 0; n - i > 26 && k < tail[i + 26]; k++)
                page += 1 + (i + 27 + k < n ? tail[i + 27 + k] : 0);
            ret->cut = n - i < page;
            break;
        }
    }
    free(tail);
}

static void caf(struct reader *r, struct claim *ret)
{
    unsigned char head[8], chunk[12], body[32];
    uint64_t at = 8, size;
    uint32_t bytes = 0, frames = 0;

    if (!get(r, 0, head, sizeof(head)) || memcmp(head, "caff", 4) != 0)
        return;
    for (int i = 0; i < 1000 && get(r, at, chunk, sizeof(chunk)); i++) {
        size = (uint64_t)be32(chunk + 4) << 32 | be32(chunk + 8);
        at += sizeof(chunk);
        if (memcmp(chunk, "desc", 4) == 0 && get(r, at, body, 32)) {
            bytes = be32(body + 16);
            frames = be32(body + 20);
        }
        if (memcmp(chunk, "data", 4) == 0) {
            if (size > UINT64_C(1) << 50 || size < 4 || !bytes || !frames)
                return;
            ret->cut = size > r->size - at;
            ret->exact = true;
            if (claimed((double)((size - 4) / bytes) * frames / r->sample_rate) != TICK_NONE)
                ret->length =
                    tick_from_samples((int64_t)((size - 4) / bytes * frames), r->sample_rate);
            return;
        }
        if (size > r->size)
            return;
        at += size;
    }
}

// Sony's WAV with 64-bit sizes: names are 16 bytes, sizes count their own 24.
static void w64(struct reader *r, struct claim *ret)
{
    unsigned char chunk[24], body[16];
    uint32_t byte_rate = 0;
    uint64_t at = 40;

    for (int i = 0; i < 1000 && get(r, at, chunk, sizeof(chunk)); i++) {
        uint64_t size = le64(chunk + 16);
        if (memcmp(chunk, "fmt ", 4) == 0 && get(r, at + 24, body, 16))
            byte_rate = le32(body + 8);
        if (memcmp(chunk, "data", 4) == 0 && byte_rate && size > 24 && size < UINT64_C(1) << 50) {
            ret->cut = size > r->size - at;
            ret->exact = true;
            ret->length = claimed((double)(size - 24) / byte_rate);
        }
        if (size < 24 || size > r->size || ret->exact)
            return;
        at += (size + 7) & ~UINT64_C(7);
    }
}

// An EBML number; with_marker keeps the length bits, as in an id.
static int ebml(struct reader *r, uint64_t at, bool with_marker, uint64_t *ret)
{
    unsigned char b[8];
    int len = 1;

    if (!get(r, at, b, 1) || !b[0])
        return -1;
    while (!(b[0] & 0x80 >> (len - 1)))
        len++;
    if (!get(r, at, b, (size_t)len))
        return -1;
    *ret = with_marker ? b[0] : b[0] & (0xff >> len);
    for (int i = 1; i < len; i++)
        *ret = *ret << 8 | b[i];
    if (!with_marker && *ret == (UINT64_C(1) << 7 * len) - 1)
        *ret = UINT64_MAX; // unknown: a stream that was written on the fly
    return len;
}

static void matroska(struct reader *r, struct claim *ret)
{
    uint64_t at = 0, id, size;

    for (int i = 0; i < 8; i++) {
        int n = ebml(r, at, true, &id);
        int m = n < 0 ? -1 : ebml(r, at + (uint64_t)n, false, &size);
        if (m < 0 || size == UINT64_MAX)
            return;
        at += (uint64_t)(n + m);
        if (id == 0x18538067) {
            ret->cut = size > r->size - at;
            return;
        }
        if (size > r->size)
            return;
        at += size;
    }
}

void claim_read(const char *path, const char *format, int sample_rate, struct claim *ret)
{
    static const struct {
        const char *format;
        void (*read)(struct reader *r, struct claim *ret);
    } kinds[] = {{"wav", wav}, {"w64", w64}, {"caf", caf},
                 {"mp3", mp3}, {"ogg", ogg}, {"matroska,webm", matroska}};
    struct reader r = {.sample_rate = sample_rate};
    struct stat st;

    *ret = (struct claim){.length = TICK_NONE};
    r.f = fopen(path, "rbe");
    if (!r.f)
        return;
    if (fstat(fileno(r.f), &st) == 0 && st.st_size > 0) {
        r.size = (uint64_t)st.st_size;
        for (size_t i = 0; i < COUNT(kinds); i++) {
            if (strcmp(kinds[i].format, format) == 0)
                kinds[i].read(&r, ret);
        }
    }
    fclose(r.f);
}
