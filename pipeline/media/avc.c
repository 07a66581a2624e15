// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/avc.h"

#include <string.h>

enum { SEQUENCE = 7, PICTURE = 8, CONFIG_HEAD = 7, DEPTH_SIZE = 4, LENGTH = 4 };

struct unit {
    const uint8_t *at;
    size_t size;
};

bool avc_has_start_codes(const uint8_t *data, size_t size)
{
    return size >= 4 && data[0] == 0 && data[1] == 0 &&
           (data[2] == 1 || (data[2] == 0 && data[3] == 1));
}

size_t avc_room(size_t size)
{
    return size + size / 3 + CONFIG_HEAD + DEPTH_SIZE; // a start code may be one byte shorter
}

// The next 00 00 01; the end where there is none.
static const uint8_t *start_code(const uint8_t *p, const uint8_t *end)
{
    while (end - p >= 3) {
        const uint8_t *one = memchr(p + 2, 1, (size_t)(end - p - 2));
        if (!one)
            break;
        if (one[-1] == 0 && one[-2] == 0)
            return one - 2;
        p = one - 1;
    }
    return end;
}

// False: that was the last one. *p goes behind it.
static bool next_unit(const uint8_t **p, const uint8_t *end, struct unit *ret)
{
    for (const uint8_t *code = start_code(*p, end); end - code > 3;) {
        const uint8_t *next = start_code(code + 3, end), *last = next;
        while (last > code + 3 && last[-1] == 0) // zeros belong to the next start code
            last--;
        *p = next;
        *ret = (struct unit){code + 3, (size_t)(last - code - 3)};
        if (ret->size)
            return true;
        code = next;
    }
    return false;
}

static size_t put_big(uint8_t *to, size_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        to[i] = (uint8_t)(v >> 8 * (bytes - 1 - i));
    return bytes;
}

static size_t put_unit(uint8_t *to, struct unit u, size_t length_bytes)
{
    size_t n = put_big(to, u.size, length_bytes);
    memcpy(to + n, u.at, u.size);
    return n + u.size;
}

size_t avc_lengths(const uint8_t *data, size_t size, uint8_t *ret)
{
    const uint8_t *p = data, *end = data + size;
    size_t n = 0;
    for (struct unit u; next_unit(&p, end, &u);)
        n += put_unit(ret + n, u, LENGTH);
    return n;
}

// All of one kind; their number goes into *count.
static size_t put_sets(const uint8_t *data, size_t size, int kind, uint8_t *ret, unsigned *count)
{
    const uint8_t *p = data, *end = data + size;
    size_t n = 0;
    *count = 0;
    for (struct unit u; next_unit(&p, end, &u);) {
        if ((u.at[0] & 31) != kind || u.size > UINT16_MAX || *count == 31)
            continue;
        n += put_unit(ret + n, u, 2);
        ++*count;
    }
    return n;
}

static bool states_depth(uint8_t profile)
{
    return profile != 66 && profile != 77 && profile != 88;
}

size_t avc_config(const uint8_t *data, size_t size, struct avc_depth depth, uint8_t *ret)
{
    uint8_t *p = ret + 6;
    unsigned sequences, pictures;
    p += put_sets(data, size, SEQUENCE, p, &sequences);
    if (!sequences || p - ret < 6 + 2 + 4)
        return 0;
    uint8_t *count = p++;
    p += put_sets(data, size, PICTURE, p, &pictures);
    if (!pictures)
        return 0;
    *count = (uint8_t)pictures;
    ret[0] = 1;                  // version
    memcpy(ret + 1, ret + 9, 3); // profile, what it keeps to, level
    ret[4] = 0xfc | (LENGTH - 1);
    ret[5] = (uint8_t)(0xe0 | sequences);
    if (states_depth(ret[1])) {
        *p++ = (uint8_t)(0xfc | depth.chroma);
        *p++ = (uint8_t)(0xf8 | (depth.bits - 8));
        *p++ = (uint8_t)(0xf8 | (depth.bits - 8));
        *p++ = 0; // extensions of sequence sets
    }
    return (size_t)(p - ret);
}

bool avc_config_whole(const uint8_t *config, size_t size)
{
    size_t at = 6;
    if (size < CONFIG_HEAD || config[0] != 1)
        return false;
    unsigned sequences = config[5] & 31;
    for (unsigned i = 0; i < sequences; i++) {
        if (at + 2 > size)
            return false;
        at += 2 + (size_t)(config[at] << 8 | config[at + 1]);
    }
    return sequences && at < size && config[at] > 0;
}
