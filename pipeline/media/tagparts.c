// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/tagparts.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COVER_MAX = 16 << 20, COPY_BLOCK = 1 << 16 };

enum tag_kind tagparts_kind(const char *path)
{
    FILE *f = fopen(path, "rbe");
    unsigned char b[12] = {0};
    size_t n = f ? fread(b, 1, sizeof(b), f) : 0;

    if (f)
        fclose(f);
    if (n != sizeof(b))
        return TAG_NONE;
    if (memcmp(b, "OggS", 4) == 0)
        return TAG_OPUS;
    if (memcmp(b + 4, "ftyp", 4) == 0)
        return TAG_M4A;
    if (memcmp(b, "ID3", 3) == 0 || (b[0] == 0xff && (b[1] & 0xe6) == 0xe2)) // layer III
        return TAG_MP3;
    return TAG_NONE;
}

void tagparts_title(const char *title, char ret[TAG_TITLE + 1])
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    size_t n = title ? strlen(title) : 0;
    bool cut = n > TAG_TITLE;

    if (cut) {
        n = TAG_TITLE - (sizeof(ellipsis) - 1);
        while (n > 0 && ((unsigned char)title[n] & 0xc0) == 0x80)
            n--;
    }
    if (n)
        memcpy(ret, title, n);
    memcpy(ret + n, cut ? ellipsis : "", cut ? sizeof(ellipsis) : 1);
}

void tagparts_language(const char *bcp47, char ret[4])
{
    static const char rows[][2][4] = {
        {"nb", "nob"}, {"nn", "nno"}, {"no", "nor"}, {"se", "sme"}, {"en", "eng"}, {"sv", "swe"},
        {"da", "dan"}, {"fi", "fin"}, {"is", "isl"}, {"fo", "fao"}, {"de", "deu"}, {"fr", "fra"},
        {"es", "spa"}, {"it", "ita"}, {"nl", "nld"}, {"pl", "pol"}, {"pt", "por"}, {"ru", "rus"},
        {"uk", "ukr"}, {"lt", "lit"}, {"lv", "lav"}, {"et", "est"}, {"ar", "ara"}, {"fa", "fas"},
        {"so", "som"}, {"ti", "tir"}, {"tr", "tur"}, {"vi", "vie"}, {"zh", "zho"}, {"ur", "urd"},
    };
    size_t n = strcspn(bcp47, "-_");

    memcpy(ret, "und", 4);
    if (n == 3) // sma, smj, sms, fkv and the like are the same in both
        memcpy(ret, bcp47, 3);
    for (size_t i = 0; n == 2 && i < COUNT(rows); i++) {
        if (memcmp(rows[i][0], bcp47, 2) == 0)
            memcpy(ret, rows[i][1], 4);
    }
}

// ---- the cover

static int be16(const unsigned char *p)
{
    return p[0] << 8 | p[1];
}

// Width and height stand in a PNG's first chunk, in a JPEG's start of frame.
static void measure(struct tag_cover *c)
{
    const unsigned char *d = c->data;

    if (c->png && c->size > 24) {
        c->width = be16(d + 18);
        c->height = be16(d + 22);
    }
    for (size_t at = 2; !c->png && at + 9 < c->size;) {
        if (d[at + 1] == 0xff) { // fill
            at++;
            continue;
        }
        unsigned char marker = d[at + 1];
        bool frame =
            marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame) {
            c->height = be16(d + at + 5);
            c->width = be16(d + at + 7);
            return;
        }
        at += 2 + (size_t)be16(d + at + 2);
    }
}

int tagparts_cover(const char *path, struct tag_cover *ret, struct err *e)
{
    struct arena a = {0};
    struct tag_cover c = {0};
    char *data;
    int r;

    r = fs_read(&a, path, COVER_MAX, &data, &c.size, e);
    if (r == -EFBIG)
        r = err_input(e, "%s: too large for a cover, 16 MB is the most", path);
    if (r >= 0) {
        c.png = c.size > 8 && memcmp(data, "\x89PNG", 4) == 0;
        if (!c.png && (c.size < 4 || memcmp(data, "\xff\xd8\xff", 3) != 0))
            r = err_input(e, "%s: neither a JPEG nor a PNG picture", path);
    }
    if (r >= 0) {
        c.data = mem_alloc(c.size);
        memcpy(c.data, data, c.size);
        measure(&c);
        *ret = c;
    }
    arena_done(&a);
    return r < 0 ? r : 0;
}

void tagparts_cover_done(struct tag_cover *c)
{
    free(c->data);
    *c = (struct tag_cover){0};
}

// ---- MP3

static bool read_at(FILE *f, int64_t at, void *to, size_t n)
{
    return at >= 0 && fseeko(f, at, SEEK_SET) == 0 && fread(to, 1, n, f) == n;
}

static int64_t syncsafe(const unsigned char *p)
{
    return (p[0] & 127) << 21 | (p[1] & 127) << 14 | (p[2] & 127) << 7 | (p[3] & 127);
}

// Bytes of an ID3v1 or APE tag that ends at `end`.
static int64_t tag_behind(FILE *f, int64_t end)
{
    unsigned char b[32];

    if (read_at(f, end - 128, b, 3) && memcmp(b, "TAG", 3) == 0)
        return 128;
    if (read_at(f, end - 32, b, 32) && memcmp(b, "APETAGEX", 8) == 0)
        return (b[12] | b[13] << 8 | b[14] << 16) + (b[23] & 0x80 ? 32 : 0);
    return 0;
}

static void find_sound(FILE *f, int64_t *ret_start, int64_t *ret_end)
{
    unsigned char b[10];
    int64_t start = 0, end, n;

    while (read_at(f, start, b, sizeof(b)) && memcmp(b, "ID3", 3) == 0)
        start += 10 + syncsafe(b + 6) + (b[5] & 16 ? 10 : 0);
    end = fseeko(f, 0, SEEK_END) == 0 ? ftello(f) : 0;
    while (end > start && (n = tag_behind(f, end)) > 0)
        end -= n;
    *ret_start = start;
    *ret_end = end;
}

static int copy_range(FILE *in, int64_t start, int64_t end, FILE *out)
{
    char *block = mem_alloc(COPY_BLOCK);
    int r = fseeko(in, start, SEEK_SET) == 0 ? 0 : -errno;

    for (int64_t left = end - start; r == 0 && left > 0;) {
        size_t want = left < COPY_BLOCK ? (size_t)left : COPY_BLOCK;
        size_t n = fread(block, 1, want, in);
        if (n == 0)
            r = -EIO;
        else if (fwrite(block, 1, n, out) != n)
            r = -errno;
        left -= (int64_t)n;
    }
    free(block);
    return r;
}

int tagparts_write_mp3(const char *from, const char *to, const void *tag, size_t size,
                       struct err *e)
{
    FILE *in = fopen(from, "rbe"), *out;
    int64_t start, end;
    int r;

    if (!in)
        return err_errno(e, -errno, from);
    find_sound(in, &start, &end);
    if (end <= start) {
        fclose(in);
        return err_set(e, -EINVAL, "%s: an MP3 without sound", from);
    }
    out = fopen(to, "wbxe");
    r = out ? 0 : -errno;
    if (r == 0 && fwrite(tag, 1, size, out) != size)
        r = -errno;
    if (r == 0)
        r = copy_range(in, start, end, out);
    if (out && fclose(out) != 0 && r == 0)
        r = -errno;
    fclose(in);
    return r < 0 ? err_errno(e, r, to) : 0;
}
