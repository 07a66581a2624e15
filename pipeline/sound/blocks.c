// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/blocks.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"

// magic, numbers of blocks and of looks (8 bytes each), then energies, peaks, crossings and bands,
// one after the other
enum { HEAD = 24, ROW = sizeof(float) + (METER_BLOCK_PEAKS + 1) * sizeof(uint16_t) };
static const char magic[8] = "dglblk2";
static const size_t most_bytes = (size_t)2 << 30;

void blocks_done(struct blocks *b)
{
    free(b->energy);
    free(b->peak);
    free(b->crossings);
    free(b->bands);
    *b = (struct blocks){0};
}

static void make_room(struct blocks *b, size_t n, size_t looks)
{
    b->n = n;
    b->looks = looks;
    b->bands = mem_alloc((looks + 1) * BANDS);
    b->energy = mem_alloc((n + 1) * sizeof(*b->energy));
    b->peak = mem_alloc((n + 1) * METER_BLOCK_PEAKS * sizeof(*b->peak));
    b->crossings = mem_alloc((n + 1) * sizeof(*b->crossings));
}

void blocks_copy(const struct meter_table *t, const struct bands *bands, struct blocks *ret)
{
    size_t looks = 0;
    const uint8_t *codes = bands ? bands_table(bands, &looks) : NULL;
    make_room(ret, t->num_blocks, looks);
    if (looks)
        memcpy(ret->bands, codes, looks * BANDS);
    if (!ret->n)
        return;
    memcpy(ret->energy, t->energy, ret->n * sizeof(*ret->energy));
    memcpy(ret->peak, t->peak, ret->n * METER_BLOCK_PEAKS * sizeof(*ret->peak));
    memcpy(ret->crossings, t->crossings, ret->n * sizeof(*ret->crossings));
}

struct meter_table blocks_table(const struct blocks *b)
{
    return (struct meter_table){.num_blocks = b->n,
                                .energy = b->energy,
                                .peak = b->peak,
                                .peaks_per_block = METER_BLOCK_PEAKS,
                                .crossings = b->crossings};
}

static unsigned char *put(unsigned char *at, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *at++ = (unsigned char)(v >> 8 * i);
    return at;
}

static uint64_t get(const unsigned char **at, int bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++)
        v |= (uint64_t) * (*at)++ << 8 * i;
    return v;
}

int blocks_save(const struct blocks *b, const char *path, struct err *e)
{
    size_t len = HEAD + b->n * ROW + b->looks * BANDS;
    unsigned char *bytes = mem_alloc(len), *at = bytes + sizeof(magic);
    memcpy(bytes, magic, sizeof(magic));
    at = put(at, b->n, 8);
    at = put(at, b->looks, 8);
    for (size_t i = 0; i < b->n; i++) {
        uint32_t bits;
        memcpy(&bits, &b->energy[i], sizeof(bits));
        at = put(at, bits, 4);
    }
    for (size_t i = 0; i < b->n * METER_BLOCK_PEAKS; i++)
        at = put(at, b->peak[i], 2);
    for (size_t i = 0; i < b->n; i++)
        at = put(at, b->crossings[i], 2);
    memcpy(at, b->bands, b->looks * BANDS);
    int r = fs_replace(path, bytes, len, e);
    free(bytes);
    return r < 0 ? r : 0;
}

static void take(const unsigned char *at, struct blocks *b)
{
    for (size_t i = 0; i < b->n; i++) {
        uint32_t bits = (uint32_t)get(&at, 4);
        memcpy(&b->energy[i], &bits, sizeof(bits));
    }
    for (size_t i = 0; i < b->n * METER_BLOCK_PEAKS; i++)
        b->peak[i] = (uint16_t)get(&at, 2);
    for (size_t i = 0; i < b->n; i++)
        b->crossings[i] = (uint16_t)get(&at, 2);
    memcpy(b->bands, at, b->looks * BANDS);
}

static bool is_table(const char *bytes, size_t len, uint64_t *ret_n, uint64_t *ret_looks)
{
    const unsigned char *at = (const unsigned char *)bytes + sizeof(magic);
    if (len < HEAD || memcmp(bytes, magic, sizeof(magic)) != 0)
        return false;
    *ret_n = get(&at, 8);
    *ret_looks = get(&at, 8);
    return *ret_n <= len / ROW && *ret_looks <= len / BANDS &&
           len == HEAD + *ret_n * ROW + *ret_looks * BANDS;
}

int blocks_load(const char *path, struct blocks *ret, struct err *e)
{
    struct arena a = {0};
    char *bytes = NULL;
    size_t len = 0;
    int r = fs_read(&a, path, most_bytes, &bytes, &len, e);
    uint64_t n = 0, looks = 0;
    if (r >= 0 && !is_table(bytes, len, &n, &looks))
        r = err_set(e, -EINVAL, "%s: not a table of blocks", path);
    if (r >= 0) {
        make_room(ret, n, looks);
        take((const unsigned char *)bytes + HEAD, ret);
    }
    arena_done(&a);
    return r < 0 ? r : 0;
}
