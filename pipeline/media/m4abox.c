// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/m4abox.h"

#include <errno.h>
#include <string.h>

void box_bytes(struct boxes *b, const void *data, size_t size)
{
    b->at += (int64_t)size;
    if (!b->file || b->error)
        return;
    errno = 0;
    if (fwrite(data, 1, size, b->file) != size)
        b->error = errno ? -errno : -EIO;
}

void box_seek(struct boxes *b, int64_t at)
{
    b->at = at;
    if (b->file && !b->error && fseeko(b->file, at, SEEK_SET) != 0)
        b->error = -errno;
}

static void put_number(struct boxes *b, uint64_t v, size_t bytes)
{
    uint8_t big[8];
    for (size_t i = 0; i < bytes; i++)
        big[i] = (uint8_t)(v >> 8 * (bytes - 1 - i));
    box_bytes(b, big, bytes);
}

void box_u8(struct boxes *b, unsigned v)
{
    put_number(b, v, 1);
}

void box_u16(struct boxes *b, unsigned v)
{
    put_number(b, v, 2);
}

void box_u32(struct boxes *b, uint32_t v)
{
    put_number(b, v, 4);
}

void box_u64(struct boxes *b, uint64_t v)
{
    put_number(b, v, 8);
}

void box_zeros(struct boxes *b, size_t n)
{
    static const uint8_t zeros[64];
    for (; n > sizeof zeros; n -= sizeof zeros)
        box_bytes(b, zeros, sizeof zeros);
    box_bytes(b, zeros, n);
}

void box_type(struct boxes *b, const char type[5])
{
    box_bytes(b, type, 4);
}

void box_open(struct boxes *b, const char type[5])
{
    b->open[b->depth++] = b->at;
    box_u32(b, 0);
    box_type(b, type);
}

void box_open_full(struct boxes *b, const char type[5], int version, unsigned flags)
{
    box_open(b, type);
    box_u32(b, (uint32_t)version << 24 | flags);
}

void box_close(struct boxes *b)
{
    int64_t start = b->open[--b->depth], end = b->at;
    box_seek(b, start);
    box_u32(b, (uint32_t)(end - start));
    box_seek(b, end);
}
