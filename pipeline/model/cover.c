// SPDX-License-Identifier: GPL-3.0-or-later
// Only the headers of PNG and JPEG are read, so no picture library is needed to refuse a picture.
#include "model/cover.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { SIDE_MIN = 1400, SIDE_MAX = 3000, MAX_PARTS = 4096 };

static unsigned be16(const unsigned char *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static unsigned long be32(const unsigned char *p)
{
    return (unsigned long)be16(p) << 16 | be16(p + 2);
}

static bool get(FILE *f, void *buf, size_t n)
{
    return fread(buf, 1, n, f) == n;
}

// A PNG's colours may also be made transparent by a tRNS chunk in front of the picture data.
static bool png_has_trns(FILE *f)
{
    unsigned char head[8];
    for (int i = 0; i < MAX_PARTS && get(f, head, 8); i++) {
        unsigned long len = be32(head);
        if (memcmp(head + 4, "tRNS", 4) == 0)
            return true;
        if (memcmp(head + 4, "IDAT", 4) == 0 || len > 0x7FFFFFFF ||
            fseek(f, (long)len + 4, SEEK_CUR) != 0)
            return false;
    }
    return false;
}

static bool read_png(FILE *f, struct cover_head *ret)
{
    unsigned char b[25]; // IHDR: length, name, width, height, depth, colour type, …, CRC
    if (!get(f, b, 25) || memcmp(b + 4, "IHDR", 4) != 0 || be32(b + 8) > INT32_MAX ||
        be32(b + 12) > INT32_MAX)
        return false;
    ret->facts = (struct cover_facts){"image/png", (int)be32(b + 8), (int)be32(b + 12)};
    int color_type = b[17];
    ret->alpha = (color_type & 4) != 0 || png_has_trns(f);
    ret->channels = color_type & 2 ? 3 : 1;
    return true;
}

static bool is_frame_header(int marker) // SOF0 to SOF15 without DHT, JPG and DAC
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static bool read_jpeg(FILE *f, struct cover_head *ret)
{
    unsigned char b[8];
    for (int i = 0; i < MAX_PARTS; i++) {
        int c = getc(f);
        if (c != 0xFF)
            return false;
        while (c == 0xFF)
            c = getc(f);
        if (c == EOF || c == 0xD9 || c == 0xDA || !get(f, b, 2) || be16(b) < 2)
            return false;
        if (!is_frame_header(c)) {
            if (fseek(f, (long)be16(b) - 2, SEEK_CUR) != 0)
                return false;
            continue;
        }
        if (!get(f, b, 6))
            return false;
        ret->facts = (struct cover_facts){"image/jpeg", (int)be16(b + 3), (int)be16(b + 1)};
        ret->channels = b[5];
        ret->alpha = false;
        return b[5] == 1 || b[5] == 3 || b[5] == 4;
    }
    return false;
}

static void read_head(FILE *f, struct cover_head *ret)
{
    unsigned char magic[8] = {0};
    size_t n = fread(magic, 1, 8, f);
    bool known = false;
    *ret = (struct cover_head){0};
    if (n == 8 && memcmp(magic, "\x89PNG\r\n\x1a\n", 8) == 0)
        known = read_png(f, ret);
    else if (n >= 2 && memcmp(magic, "\xFF\xD8", 2) == 0 && fseek(f, 2, SEEK_SET) == 0)
        known = read_jpeg(f, ret);
    if (!known || ret->facts.width < 1 || ret->facts.height < 1)
        *ret = (struct cover_head){0};
}

// -errno when the file cannot be read.
static int read_picture(const char *path, struct cover_head *ret)
{
    FILE *f = fopen(path, "rbe");
    if (!f)
        return -errno;
    read_head(f, ret);
    int r = !ret->facts.type && ferror(f) ? -EIO : 0;
    fclose(f);
    return r;
}

void cover_read(const void *bytes, size_t len, struct cover_head *ret)
{
    *ret = (struct cover_head){0};
    FILE *f = len ? fmemopen((void *)(uintptr_t)bytes, len, "rb") : NULL;
    if (!f)
        return;
    read_head(f, ret);
    fclose(f);
}

static bool extension_fits(const char *path, const char *type)
{
    const char *dot = strrchr(path, '.');
    if (!dot)
        return false;
    if (strcmp(type, "image/png") == 0)
        return strcasecmp(dot, ".png") == 0;
    return strcasecmp(dot, ".jpg") == 0 || strcasecmp(dot, ".jpeg") == 0;
}

static int refuse(const char *path, const struct node *n, struct err *e, const char *remedy,
                  const char *why)
{
    return n ? node_error(n, e, remedy, "%s", why) : err_input(e, "%s: %s\n%s", path, why, remedy);
}

const char *cover_fault(struct arena *a, const char *file, const struct cover_head *h,
                        const char **ret_remedy)
{
    int width = h->facts.width, height = h->facts.height;
    *ret_remedy = "export it square, 1400 to 3000 pixels, as JPEG or as PNG without transparency";
    if (!h->facts.type)
        return "the cover is neither a JPEG nor a PNG picture";
    if (width != height || width < SIDE_MIN || width > SIDE_MAX)
        return arena_printf(a, "the cover is %d x %d pixels, %s", width, height,
                            width != height    ? "it must be square"
                            : width < SIDE_MIN ? "that is too small"
                                               : "that is too large");
    if (h->alpha)
        return "the cover has transparency, which directories refuse";
    if (h->channels > 3) {
        *ret_remedy = "export it in RGB";
        return "the cover is in the colours of print (CMYK)";
    }
    if (extension_fits(file, h->facts.type))
        return NULL;
    bool png = strcmp(h->facts.type, "image/png") == 0;
    *ret_remedy = png ? "let its name end in .png" : "let its name end in .jpg";
    return png ? "the cover is a PNG picture by another name"
               : "the cover is a JPEG picture by another name";
}

int cover_check(const char *path, const struct node *n, struct err *e)
{
    struct cover_head h = {0};
    struct arena a = {0};
    const char *remedy;
    int r = read_picture(path, &h);
    if (r < 0) {
        struct err reason = {0};
        err_errno(&reason, r, "the cover");
        return refuse(path, n, e,
                      "put the picture there, or delete the line: then a cover is drawn",
                      reason.text);
    }
    const char *why = cover_fault(&a, path, &h, &remedy);
    r = why ? refuse(path, n, e, remedy, why) : 0;
    arena_done(&a);
    return r;
}

int cover_facts(const char *path, struct cover_facts *ret, struct err *e)
{
    struct cover_head p = {0};
    int r = read_picture(path, &p);
    if (r < 0)
        return err_errno(e, r, path);
    if (!p.facts.type)
        return err_input(e, "%s: neither a JPEG nor a PNG picture", path);
    *ret = p.facts;
    return 0;
}
