// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/blocks.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"

// The head, then energies, peaks, crossings and bands, one after the other.
enum { COLUMNS = 4, ROW = sizeof(float) + (METER_BLOCK_PEAKS + 1) * sizeof(uint16_t) };
static const char magic[8] = "dglblk2";

struct head {
    char magic[sizeof(magic)];
    uint64_t n, looks;
};

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

void blocks_take(struct meter *m, const struct bands *bands, struct blocks *ret)
{
    struct meter_rows rows;
    size_t n = meter_give(m, &rows), looks = 0;
    const uint8_t *codes = bands ? bands_table(bands, &looks) : NULL;
    *ret = (struct blocks){.n = n,
                           .energy = rows.energy,
                           .peak = rows.peak,
                           .crossings = rows.crossings,
                           .looks = looks,
                           .bands = mem_alloc((looks + 1) * BANDS)};
    if (looks)
        memcpy(ret->bands, codes, looks * BANDS);
}

// ---- the file

static void turn_round(void *data, size_t bytes, size_t size)
{
    unsigned char *at = data;
    for (size_t i = 0; i + size <= bytes; i += size)
        for (size_t k = 0; k < size / 2; k++) {
            unsigned char other = at[i + k];
            at[i + k] = at[i + size - 1 - k];
            at[i + size - 1 - k] = other;
        }
}

static const bool turned = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

struct column {
    void *data;
    size_t bytes, size; // size of a number
};

// What follows the head.
static void columns(const struct blocks *b, struct column *ret)
{
    ret[0] = (struct column){b->energy, b->n * sizeof(*b->energy), sizeof(*b->energy)};
    ret[1] =
        (struct column){b->peak, b->n * METER_BLOCK_PEAKS * sizeof(*b->peak), sizeof(*b->peak)};
    ret[2] = (struct column){b->crossings, b->n * sizeof(*b->crossings), sizeof(*b->crossings)};
    ret[3] = (struct column){b->bands, b->looks * BANDS, 1};
}

static bool put_all(FILE *f, const struct blocks *b)
{
    struct head head = {.n = b->n, .looks = b->looks};
    memcpy(head.magic, magic, sizeof(magic));
    struct column column[COLUMNS];
    columns(b, column);
    if (turned)
        turn_round(&head.n, sizeof(head) - sizeof(magic), sizeof(head.n));
    bool good = fwrite(&head, sizeof(head), 1, f) == 1;
    for (int i = 0; good && i < COLUMNS; i++) {
        struct column *c = &column[i];
        if (turned)
            turn_round(c->data, c->bytes, c->size);
        good = !c->bytes || fwrite(c->data, c->bytes, 1, f) == 1;
        if (turned)
            turn_round(c->data, c->bytes, c->size);
    }
    return good;
}

int blocks_save(const struct blocks *b, const char *path, struct err *e)
{
    FILE *f = fopen(path, "wbe");
    if (!f)
        return err_errno(e, -errno, path);
    int r = put_all(f, b) ? 0 : -errno;
    if (fclose(f) != 0 && r == 0)
        r = -errno;
    return r < 0 ? err_errno(e, r, path) : 0;
}

static bool get_all(FILE *f, int64_t size, struct blocks *ret)
{
    struct head head;
    if (fread(&head, sizeof(head), 1, f) != 1 || memcmp(head.magic, magic, sizeof(magic)) != 0)
        return false;
    if (turned)
        turn_round(&head.n, sizeof(head) - sizeof(magic), sizeof(head.n));
    uint64_t most = (uint64_t)size;
    if (head.n > most / ROW || head.looks > most / BANDS ||
        most != sizeof(head) + head.n * ROW + head.looks * BANDS)
        return false;
    make_room(ret, head.n, head.looks);
    struct column column[COLUMNS];
    columns(ret, column);
    for (int i = 0; i < COLUMNS; i++) {
        if (column[i].bytes && fread(column[i].data, column[i].bytes, 1, f) != 1)
            return false;
        if (turned)
            turn_round(column[i].data, column[i].bytes, column[i].size);
    }
    return true;
}

int blocks_load(const char *path, struct blocks *ret, struct err *e)
{
    FILE *f = fopen(path, "rbe");
    if (!f)
        return err_errno(e, -errno, path);
    int r = 0;
    *ret = (struct blocks){0};
    if (!get_all(f, fs_size(path), ret)) {
        r = err_set(e, -EINVAL, "%s: not a table of blocks", path);
        blocks_done(ret);
    }
    fclose(f);
    return r;
}
