// SPDX-License-Identifier: GPL-3.0-or-later
// ftyp mdat moov, or ftyp moov mdat. The titles of chapters are the first bytes of mdat: an app
// that plays while it loads has them when it needs them.
#include "media/m4a.h"

#include "base/arena.h"
#include "base/err.h"
#include "media/m4aindex.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEAD = 8, LARGE_HEAD = 16, FIRST_ROOM = 4096 };

struct m4a {
    char *path;
    struct boxes out;
    struct m4a_index index;
    bool whole;      // the index is in front
    uint16_t *sizes; // where it is not
    size_t room, packets;
    int64_t mdat_at;
};

static void m4a_free(struct m4a *m)
{
    if (m->out.file)
        fclose(m->out.file);
    free(m->sizes);
    free(m->path);
    free(m);
}

void m4a_abort(struct m4a *m)
{
    if (!m)
        return;
    if (m->out.file)
        unlink(m->path);
    m4a_free(m);
}

static int check_track(const char *path, const struct m4a_track *t, struct err *e)
{
    if (t->sample_rate < 1 || t->channels < 1 || t->frame_size < 1 || t->priming < 0 ||
        t->config_size < 2 || t->config_size > M4A_CONFIG_MAX)
        return err_set(e, -EINVAL, "%s: no AAC that an M4A can hold", path);
    return 0;
}

static int check_length(const char *path, const struct m4a_track *t, struct err *e)
{
    if (!t->num_packets || t->samples < 1)
        return err_set(e, -EINVAL, "%s: there is no sound to write", path);
    if (t->samples > (int64_t)t->num_packets * t->frame_size - t->priming)
        return err_set(e, -EINVAL, "%s: the packets end before the sound does", path);
    return 0;
}

static int status(const struct m4a *m, struct err *e)
{
    return m->out.error ? err_errno(e, m->out.error, m->path) : 0;
}

static void put_ftyp(struct boxes *b)
{
    box_open(b, "ftyp");
    box_type(b, "M4A ");
    box_u32(b, 0);
    box_type(b, "M4A ");
    box_type(b, "mp42");
    box_type(b, "isom");
    box_type(b, "iso2");
    box_close(b);
}

static void put_mdat_head(struct boxes *b, int64_t payload, bool large)
{
    box_u32(b, large ? 1 : (uint32_t)(HEAD + payload));
    box_type(b, "mdat");
    if (large)
        box_u64(b, (uint64_t)(LARGE_HEAD + payload));
}

static int open_file(const char *path, const struct m4a_track *t, struct m4a **ret, struct err *e)
{
    int r = check_track(path, t, e);
    if (r < 0)
        return r;
    FILE *f = fopen(path, "wbe");
    if (!f)
        return err_errno(e, -errno, path);
    struct m4a *m = mem_alloc(sizeof *m);
    m->path = strdup(path);
    if (!m->path)
        mem_fail();
    m->out.file = f;
    m->index.track = *t;
    put_ftyp(&m->out);
    *ret = m;
    return 0;
}

// A small mdat has an empty box in front; where it becomes large, its length takes that place.
static void mend_mdat_head(struct m4a *m)
{
    int64_t end = m->out.at, payload = end - m->mdat_at - LARGE_HEAD;
    bool large = payload > UINT32_MAX - HEAD;
    box_seek(&m->out, m->mdat_at);
    if (!large) {
        box_open(&m->out, "free");
        box_close(&m->out);
    }
    put_mdat_head(&m->out, payload, large);
    box_seek(&m->out, end);
}

int m4a_open(const char *path, const struct m4a_track *track, struct m4a **ret, struct err *e)
{
    struct m4a *m;
    int r = open_file(path, track, &m, e);
    if (r < 0)
        return r;
    m->index.track.num_packets = 0;
    m->mdat_at = m->out.at;
    box_zeros(&m->out, LARGE_HEAD);
    m->index.sound_at = m->out.at;
    *ret = m;
    return 0;
}

static void leave_out_late_chapters(struct m4a_index *x)
{
    tick end = tick_from_samples(x->track.samples, x->track.sample_rate);
    while (x->words.num_chapters && x->words.chapters[x->words.num_chapters - 1].start >= end)
        x->words.num_chapters--;
}

// How long the parts are is known before they are written, so where each lies is as well.
static void put_front(struct m4a *m)
{
    struct m4a_index *x = &m->index;
    struct boxes titles = {0}, moov = {.at = m->out.at};
    int64_t payload = 0;
    for (size_t i = 0; i < x->track.num_packets; i++)
        payload += x->track.sizes[i];
    m4aindex_put_titles(&titles, x);
    payload += titles.at;
    m4aindex_put(&moov, x);
    x->large = moov.at + HEAD + payload > UINT32_MAX;
    if (x->large) {
        moov.at = m->out.at;
        m4aindex_put(&moov, x);
    }
    x->titles_at = moov.at + (x->large ? LARGE_HEAD : HEAD);
    x->sound_at = x->titles_at + titles.at;
    m4aindex_put(&m->out, x);
    put_mdat_head(&m->out, payload, x->large);
    m4aindex_put_titles(&m->out, x);
}

int m4a_open_whole(const char *path, const struct m4a_track *track, const struct m4a_words *words,
                   struct m4a **ret, struct err *e)
{
    struct m4a *m;
    int r = check_length(path, track, e);
    if (r >= 0)
        r = open_file(path, track, &m, e);
    if (r < 0)
        return r;
    m->whole = true;
    m->index.words = *words;
    leave_out_late_chapters(&m->index);
    put_front(m);
    r = status(m, e);
    if (r < 0)
        m4a_abort(m);
    else
        *ret = m;
    return r;
}

static void keep_size(struct m4a *m, size_t size)
{
    if (m->packets == m->room) {
        m->room = m->room ? 2 * m->room : FIRST_ROOM;
        m->sizes = mem_grow(m->sizes, m->room * sizeof *m->sizes);
    }
    m->sizes[m->packets] = (uint16_t)size;
}

int m4a_packet(struct m4a *m, const void *data, size_t size, struct err *e)
{
    const struct m4a_track *t = &m->index.track;
    if (!size || size > M4A_PACKET_MAX)
        return err_set(e, -EINVAL, "%s: a packet of %zu bytes is no AAC", m->path, size);
    if (m->whole && (m->packets == t->num_packets || t->sizes[m->packets] != size))
        return err_set(e, -EINVAL, "%s: a packet that was not announced", m->path);
    if (!m->whole)
        keep_size(m, size);
    m->packets++;
    box_bytes(&m->out, data, size);
    return status(m, e);
}

static int close_file(struct m4a *m, struct err *e)
{
    FILE *f = m->out.file;
    int r = m->out.error;
    if (r == 0 && (fflush(f) != 0 || fsync(fileno(f)) < 0))
        r = -errno;
    m->out.file = NULL;
    if (fclose(f) != 0 && r == 0)
        r = -errno;
    if (r == 0)
        return 0;
    unlink(m->path);
    return err_errno(e, r, m->path);
}

int m4a_finish(struct m4a *m, int64_t samples, struct err *e)
{
    struct m4a_track *t = &m->index.track;
    int r = 0;
    if (m->whole && (m->packets < t->num_packets || samples != t->samples))
        r = err_set(e, -EINVAL, "%s: the packets end before the sound does", m->path);
    if (!m->whole) {
        t->sizes = m->sizes;
        t->num_packets = m->packets;
        t->samples = samples;
        r = check_length(m->path, t, e);
    }
    if (r < 0) {
        m4a_abort(m);
        return r;
    }
    if (!m->whole) {
        mend_mdat_head(m);
        m->index.large = m->out.at > UINT32_MAX;
        m4aindex_put(&m->out, &m->index);
    }
    r = close_file(m, e);
    m4a_free(m);
    return r;
}
