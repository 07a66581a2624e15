// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/m4aread.h"

#include "base/arena.h"
#include "base/err.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BUFFER = 1 << 16, ESDS_MAX = 256 };

struct box { // what is in it
    int64_t at, end;
};
struct run { // of chunks with as many packets
    uint32_t first, packets;
};

struct m4aread {
    char *path;
    FILE *file;
    int64_t size;
    struct m4a_track track;
    uint16_t *sizes;
    int64_t *chunks; // where each begins
    size_t num_chunks;
    struct run *runs;
    size_t num_runs;
    int64_t movie_rate, edit_length; // 0: no edit
    int64_t coded;                   // samples of all packets
    // reading
    size_t packet, chunk, run, left; // left: packets of this chunk
    uint8_t *buffer;
};

void m4aread_close(struct m4aread *m)
{
    if (!m)
        return;
    if (m->file)
        fclose(m->file);
    free(m->path);
    free(m->sizes);
    free(m->chunks);
    free(m->runs);
    free(m->buffer);
    free(m);
}

const struct m4a_track *m4aread_track(const struct m4aread *m)
{
    return &m->track;
}

// ---- numbers and boxes; false: the file ends, or is not what it should be

static uint64_t big(const uint8_t *p, int bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++)
        v = v << 8 | p[i];
    return v;
}

static bool read_at(const struct m4aread *m, int64_t at, void *to, size_t n)
{
    return fseeko(m->file, at, SEEK_SET) == 0 && fread(to, 1, n, m->file) == n;
}

static bool next_number(const struct m4aread *m, int bytes, uint64_t *ret)
{
    uint8_t raw[8];
    if (fread(raw, 1, (size_t)bytes, m->file) != (size_t)bytes)
        return false;
    *ret = big(raw, bytes);
    return true;
}

static bool number_at(const struct m4aread *m, struct box b, int64_t at, int bytes, uint64_t *ret)
{
    return at + bytes <= b.end - b.at && fseeko(m->file, b.at + at, SEEK_SET) == 0 &&
           next_number(m, bytes, ret);
}

// The box of this type in `in`, from *at on; *at goes behind it.
static bool next_box(const struct m4aread *m, struct box in, int64_t *at, const char *type,
                     struct box *ret)
{
    while (*at + 8 <= in.end) {
        uint8_t head[16];
        if (!read_at(m, *at, head, 8))
            return false;
        int64_t head_size = 8, size = (int64_t)big(head, 4), from = *at;
        if (size == 1 && read_at(m, from + 8, head + 8, 8)) {
            head_size = 16;
            size = (int64_t)big(head + 8, 8);
        }
        if (size == 0)
            size = in.end - from;
        if (size < head_size || size > in.end - from)
            return false;
        *at = from + size;
        if (memcmp(head + 4, type, 4) == 0) {
            *ret = (struct box){from + head_size, from + size};
            return true;
        }
    }
    return false;
}

// "mdia minf stbl": one in the other.
static bool find(const struct m4aread *m, struct box in, const char *path, struct box *ret)
{
    for (const char *p = path; *p; p += p[4] ? 5 : 4) {
        int64_t at = in.at;
        if (!next_box(m, in, &at, p, &in))
            return false;
    }
    *ret = in;
    return true;
}

// ---- the index

static bool find_sound(const struct m4aread *m, struct box moov, struct box *ret)
{
    struct box trak, hdlr;
    uint64_t type;
    for (int64_t at = moov.at; next_box(m, moov, &at, "trak", &trak);) {
        if (find(m, trak, "mdia hdlr", &hdlr) && number_at(m, hdlr, 8, 4, &type) &&
            type == big((const uint8_t *)"soun", 4)) {
            *ret = trak;
            return true;
        }
    }
    return false;
}

// mvhd and mdhd begin alike.
static bool read_rate(const struct m4aread *m, struct box in, const char *path, int64_t *ret)
{
    struct box b;
    uint64_t version, rate;
    if (!find(m, in, path, &b) || !number_at(m, b, 0, 1, &version) ||
        !number_at(m, b, version ? 20 : 12, 4, &rate) || rate < 1 || rate > INT32_MAX)
        return false;
    *ret = (int64_t)rate;
    return true;
}

// Descriptors: a tag, and a length in up to four times seven bits.
static bool open_tag(const uint8_t *p, size_t size, size_t *at, unsigned tag, size_t *ret_size)
{
    if (*at >= size || p[*at] != tag)
        return false;
    size_t n = 0;
    for (int i = 0; i < 4; i++) {
        if (++*at >= size)
            return false;
        n = n << 7 | (p[*at] & 0x7f);
        if (!(p[*at] & 0x80))
            break;
    }
    ++*at;
    *ret_size = n;
    return *at + n <= size;
}

static bool read_config(struct m4aread *m, const uint8_t *p, size_t size)
{
    size_t at = 4, n;
    if (!open_tag(p, size, &at, 3, &n) || at + 3 > size || p[at + 2])
        return false; // its flags announce what an M4A has no use for
    at += 3;
    if (!open_tag(p, size, &at, 4, &n) || n < 13 || p[at] != 0x40)
        return false;
    at += 13;
    if (!open_tag(p, size, &at, 5, &n) || n < 2 || n > M4A_CONFIG_MAX)
        return false;
    memcpy(m->track.config, p + at, n);
    m->track.config_size = n;
    return true;
}

static bool read_format(struct m4aread *m, struct box stbl)
{
    enum { ENTRY = 8, CHANNELS = 16, FIELDS = 28 }; // in stsd; in its first entry
    struct box stsd, mp4a, esds;
    uint64_t channels;
    uint8_t raw[ESDS_MAX];
    if (!find(m, stbl, "stsd", &stsd) || stsd.end - stsd.at < ENTRY)
        return false;
    stsd.at += ENTRY;
    if (!find(m, stsd, "mp4a", &mp4a) || !number_at(m, mp4a, CHANNELS, 2, &channels) || !channels)
        return false;
    mp4a.at += FIELDS;
    if (!find(m, mp4a, "esds", &esds) || esds.end - esds.at > ESDS_MAX)
        return false;
    size_t size = (size_t)(esds.end - esds.at);
    m->track.channels = (int)channels;
    return read_at(m, esds.at, raw, size) && read_config(m, raw, size);
}

// Goes to the first of n rows of a table; n rows of this size are in it.
static bool open_table(const struct m4aread *m, struct box in, const char *type, int64_t row,
                       struct box *ret, size_t *ret_n)
{
    uint64_t n;
    if (!find(m, in, type, ret) || !number_at(m, *ret, 4, 4, &n))
        return false;
    *ret_n = (size_t)n;
    return (int64_t)n <= (ret->end - ret->at - 8) / row;
}

// All packets are as long, the last one may be shorter.
static bool read_times(struct m4aread *m, struct box stbl)
{
    struct box b;
    size_t n;
    uint64_t count, each;
    if (!open_table(m, stbl, "stts", 8, &b, &n) || !n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!next_number(m, 4, &count) || !next_number(m, 4, &each) || each > INT32_MAX)
            return false;
        if (i == 0)
            m->track.frame_size = (int)each;
        bool last = i + 1 == n && count == 1 && each <= (uint64_t)m->track.frame_size;
        if (each != (uint64_t)m->track.frame_size && !last)
            return false;
        m->track.num_packets += (size_t)count;
        if (__builtin_add_overflow(m->coded, (int64_t)(count * each), &m->coded))
            return false;
    }
    return m->track.frame_size > 0;
}

static bool read_sizes(struct m4aread *m, struct box stbl)
{
    struct box b;
    uint64_t same, n;
    int64_t bytes = 0;
    if (!find(m, stbl, "stsz", &b) || !number_at(m, b, 4, 4, &same) || !next_number(m, 4, &n) ||
        n != m->track.num_packets || (int64_t)n > (same ? m->size : (b.end - b.at - 12) / 4))
        return false;
    m->sizes = mem_alloc((size_t)n * sizeof *m->sizes + 1);
    for (size_t i = 0; i < n; i++) {
        uint64_t size = same;
        if ((!same && !next_number(m, 4, &size)) || !size || size > M4A_PACKET_MAX)
            return false;
        m->sizes[i] = (uint16_t)size;
        bytes += (int64_t)size;
    }
    m->track.sizes = m->sizes;
    return bytes <= m->size;
}

static bool read_offsets(struct m4aread *m, struct box stbl)
{
    struct box b;
    bool large = find(m, stbl, "co64", &b);
    int bytes = large ? 8 : 4;
    uint64_t at;
    if (!open_table(m, stbl, large ? "co64" : "stco", bytes, &b, &m->num_chunks))
        return false;
    m->chunks = mem_alloc(m->num_chunks * sizeof *m->chunks + 1);
    for (size_t i = 0; i < m->num_chunks; i++) {
        if (!next_number(m, bytes, &at) || at > (uint64_t)m->size)
            return false;
        m->chunks[i] = (int64_t)at;
    }
    return true;
}

static bool read_runs(struct m4aread *m, struct box stbl)
{
    struct box b;
    uint64_t first, packets, format, all = 0;
    if (!open_table(m, stbl, "stsc", 12, &b, &m->num_runs) || !m->num_runs ||
        m->num_runs > m->num_chunks)
        return false;
    m->runs = mem_alloc(m->num_runs * sizeof *m->runs);
    for (size_t i = 0; i < m->num_runs; i++) {
        if (!next_number(m, 4, &first) || !next_number(m, 4, &packets) ||
            !next_number(m, 4, &format) || first > m->num_chunks || !packets ||
            (i ? first <= m->runs[i - 1].first : first != 1))
            return false;
        m->runs[i] = (struct run){(uint32_t)first, (uint32_t)packets};
        if (i)
            all += (first - m->runs[i - 1].first) * m->runs[i - 1].packets;
    }
    const struct run *last = &m->runs[m->num_runs - 1];
    return all + (m->num_chunks + 1 - last->first) * last->packets == m->track.num_packets;
}

// Without an edit all is sound.
static bool read_edit(struct m4aread *m, struct box trak)
{
    struct box b, edts;
    size_t n;
    uint64_t version, length, from;
    if (!find(m, trak, "edts elst", &b))
        return true;
    if (!find(m, trak, "edts", &edts) || !number_at(m, b, 0, 1, &version) ||
        !open_table(m, edts, "elst", version ? 20 : 12, &b, &n) || n != 1)
        return false;
    int bytes = version ? 8 : 4;
    if (!next_number(m, bytes, &length) || !next_number(m, bytes, &from) ||
        from > (uint64_t)m->coded || from > INT32_MAX || length > INT64_MAX)
        return false;
    m->edit_length = (int64_t)length;
    m->track.priming = (int)from;
    return true;
}

// A clock that does not count samples rounds, and then the rest of the packets says it better.
static bool count_samples(struct m4aread *m)
{
    int64_t rest = m->coded - m->track.priming;
    bool exact = m->movie_rate == m->track.sample_rate && m->edit_length;
    m->track.samples = exact && m->edit_length < rest ? m->edit_length : rest;
    return m->track.samples > 0;
}

static bool read_index(struct m4aread *m)
{
    struct box file = {0, m->size}, moov, trak, stbl;
    int64_t rate;
    if (!find(m, file, "moov", &moov) || !find_sound(m, moov, &trak) ||
        !find(m, trak, "mdia minf stbl", &stbl) || !read_rate(m, moov, "mvhd", &m->movie_rate) ||
        !read_rate(m, trak, "mdia mdhd", &rate))
        return false;
    m->track.sample_rate = (int)rate;
    return read_format(m, stbl) && read_times(m, stbl) && read_sizes(m, stbl) &&
           read_offsets(m, stbl) && read_runs(m, stbl) && read_edit(m, trak) && count_samples(m);
}

int m4aread_open(const char *path, struct m4aread **ret, struct err *e)
{
    FILE *f = fopen(path, "rbe");
    if (!f)
        return err_errno(e, -errno, path);
    struct m4aread *m = mem_alloc(sizeof *m);
    m->file = f;
    m->path = strdup(path);
    m->buffer = mem_alloc(M4A_PACKET_MAX);
    if (!m->path)
        mem_fail();
    m->size = fseeko(f, 0, SEEK_END) == 0 ? ftello(f) : -1;
    bool good = m->size > 0 && read_index(m);
    if (good && fseeko(f, m->chunks[0], SEEK_SET) == 0) {
        *ret = m;
        return 0;
    }
    int r = ferror(f) ? err_errno(e, -EIO, path)
                      : err_set(e, -EINVAL, "%s: not an M4A with AAC and a whole index", path);
    m4aread_close(m);
    return r;
}

// ---- packets

static bool next_chunk(struct m4aread *m)
{
    if (m->run + 1 < m->num_runs && m->chunk + 1 == m->runs[m->run + 1].first)
        m->run++;
    m->left = m->runs[m->run].packets;
    int64_t at = m->chunks[m->chunk++];
    return ftello(m->file) == at || fseeko(m->file, at, SEEK_SET) == 0;
}

int m4aread_packet(struct m4aread *m, const uint8_t **ret, size_t *ret_size, struct err *e)
{
    if (m->packet == m->track.num_packets)
        return 0;
    size_t size = m->sizes[m->packet];
    if ((!m->left && !next_chunk(m)) || fread(m->buffer, 1, size, m->file) != size) {
        if (ferror(m->file))
            return err_errno(e, -EIO, m->path);
        return err_set(e, -EINVAL, "%s: ends before its sound does", m->path);
    }
    m->left--;
    m->packet++;
    *ret = m->buffer;
    *ret_size = size;
    return 1;
}
