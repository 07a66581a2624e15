// SPDX-License-Identifier: GPL-3.0-or-later
// ftyp moov mdat. The picture is read twice, first for its index: to write it once and copy nothing
// to make room in front is the shorter way. The titles of chapters are the first bytes of mdat.
#include "media/pack.h"

#include "base/err.h"
#include "base/fs.h"
#include "base/progress.h"
#include "media/m4aread.h"
#include "media/packindex.h"
#include "media/tagparts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { HEAD = 8, LARGE_HEAD = 16, SOUNDLESS_RATE = 48000, FILE_BUFFER = 1 << 18 };

struct cursor { // in the samples of captions
    const struct packcues *cues;
    size_t sample, at;
};

struct pack {
    const struct pack_params *params;
    struct arena arena;
    struct packpicture *picture;
    struct m4aread *sound;
    struct packindex index;
    struct packlane *lanes; // captions, picture, sound
    size_t num_lanes;
    struct boxes out;
    int64_t bytes; // of the whole file
};

static void pack_done(struct pack *k)
{
    packpicture_close(k->picture);
    m4aread_close(k->sound);
    arena_done(&k->arena);
}

// ---- lanes

static int next_caption(void *ctx, const uint8_t **ret, size_t *ret_size, struct err *e)
{
    struct cursor *c = ctx;
    (void)e;
    *ret = (const uint8_t *)c->cues->bytes + c->at;
    *ret_size = c->cues->sizes[c->sample++];
    c->at += *ret_size;
    return 0;
}

static int next_picture(void *ctx, const uint8_t **ret, size_t *ret_size, struct err *e)
{
    return packpicture_packet(ctx, ret, ret_size, e);
}

static int next_sound(void *ctx, const uint8_t **ret, size_t *ret_size, struct err *e)
{
    int r = m4aread_packet(ctx, ret, ret_size, e);
    return r < 0 ? r : 0;
}

static struct packlane picture_lane(const struct pack *k)
{
    const struct picture_index *p = k->index.picture;
    return (struct packlane){
        .rate = p->times.rate,
        .start = k->params->picture_at - tick_from_samples(p->shown_from, (int)p->times.rate),
        .count = p->count,
        .sizes = p->sizes,
        .lengths = p->times.lengths,
        .next = next_picture,
        .ctx = k->picture,
    };
}

static struct packlane sound_lane(const struct pack *k)
{
    const struct m4a_track *t = k->index.sound;
    return (struct packlane){
        .rate = (uint32_t)t->sample_rate,
        .start = tick_from_samples(-t->priming, t->sample_rate),
        .count = t->num_packets,
        .short_sizes = t->sizes,
        .each = (uint32_t)t->frame_size,
        .next = next_sound,
        .ctx = k->sound,
    };
}

static struct packlane captions_lane(struct pack *k, const struct captions *c, tick end)
{
    struct packcues *cues = arena_new(&k->arena, struct packcues);
    struct cursor *cursor = arena_new(&k->arena, struct cursor);
    packcues_make(&k->arena, c, end, cues);
    cursor->cues = cues;
    return (struct packlane){
        .rate = PACKCUES_RATE,
        .count = cues->count,
        .sizes = cues->sizes,
        .lengths = cues->lengths,
        .next = next_caption,
        .ctx = cursor,
    };
}

static void make_captions(struct pack *k, tick end)
{
    const struct pack_params *p = k->params;
    struct packindex_captions *all =
        arena_array(&k->arena, struct packindex_captions, p->num_captions + 1);
    for (size_t i = 0; i < p->num_captions; i++) {
        struct packlane *lane = &k->lanes[k->num_lanes++];
        *lane = captions_lane(k, p->captions[i].cues, end);
        all[i] = (struct packindex_captions){lane, p->captions[i].language, p->captions[i].title};
    }
    k->index.captions = all;
    k->index.num_captions = p->num_captions;
}

static void make_lanes(struct pack *k, tick end)
{
    k->lanes = arena_array(&k->arena, struct packlane, k->params->num_captions + 2);
    make_captions(k, end);
    k->index.picture_lane = &k->lanes[k->num_lanes];
    k->lanes[k->num_lanes++] = picture_lane(k);
    if (k->sound) {
        k->index.sound_lane = &k->lanes[k->num_lanes];
        k->lanes[k->num_lanes++] = sound_lane(k);
    }
    for (size_t i = 0; i < k->num_lanes; i++)
        packlane_cut(&k->arena, &k->lanes[i]);
}

// ---- what is known before anything is written

static int open_inputs(struct pack *k, struct err *e)
{
    const struct pack_params *p = k->params;
    struct picture_range range = {
        .path = p->picture,
        .track = p->track,
        .from = p->picture_from,
        .to = p->picture_to,
        .progress = p->progress,
    };
    if (p->picture_at < 0)
        return err_set(e, -EINVAL, "%s: a picture before the start", p->path);
    if (fs_exists(p->path))
        return err_errno(e, -EEXIST, p->path);
    int r = p->sound ? m4aread_open(p->sound, &k->sound, e) : 0;
    if (r >= 0)
        r = packpicture_open(&range, &k->picture, e);
    return r;
}

static void make_titles(struct pack *k, tick end)
{
    const struct pack_params *p = k->params;
    char *language = arena_alloc(&k->arena, 4);
    size_t n = p->num_chapters;
    while (n && p->chapters[n - 1].start >= end)
        n--;
    tagparts_language(p->language ? p->language : "", language);
    k->index.words_room = k->params->words_room;
    k->index.titles = (struct mp4_titles){
        .chapters = p->chapters,
        .count = n,
        .language = language,
        .end_ms = end / (TICKS_PER_SEC / 1000),
    };
}

static tick describe(struct pack *k)
{
    struct packindex *x = &k->index;
    x->picture = packpicture_index(k->picture);
    x->picture_at = k->params->picture_at;
    x->sound = k->sound ? m4aread_track(k->sound) : NULL;
    x->rate = x->sound ? (uint32_t)x->sound->sample_rate : SOUNDLESS_RATE;
    x->language = k->params->language;
    tick end = tick_from_samples(packindex_length(x), (int)x->rate);
    make_titles(k, end);
    make_lanes(k, end);
    return end;
}

// ---- the file

static void put_ftyp(struct boxes *b)
{
    box_open(b, "ftyp");
    box_type(b, "mp42");
    box_u32(b, 0);
    box_type(b, "mp42");
    box_type(b, "isom");
    box_type(b, "iso2");
    box_type(b, "avc1");
    box_close(b);
}

// How long the parts are is known before they are written, so where each lies is as well.
static int64_t place(struct pack *k)
{
    struct boxes count = {0};
    put_ftyp(&count);
    packindex_put(&count, &k->index);
    int64_t head = k->index.large ? LARGE_HEAD : HEAD, mdat = count.at;
    k->index.titles.at = mdat + head;
    struct boxes titles = {0};
    mp4titles_put_bytes(&titles, &k->index.titles);
    k->bytes = packlane_place(k->lanes, k->num_lanes, k->index.titles.at + titles.at);
    return k->bytes - mdat;
}

static void put_front(struct pack *k)
{
    int64_t mdat = place(k);
    if (k->bytes > UINT32_MAX) {
        k->index.large = true;
        mdat = place(k);
    }
    put_ftyp(&k->out);
    packindex_put(&k->out, &k->index);
    box_u32(&k->out, k->index.large ? 1 : (uint32_t)mdat);
    box_type(&k->out, "mdat");
    if (k->index.large)
        box_u64(&k->out, (uint64_t)mdat);
    mp4titles_put_bytes(&k->out, &k->index.titles);
}

static int copy_chunk(struct pack *k, const struct packlane *lane, struct err *e)
{
    const struct pack_chunk *c = &lane->chunks[lane->turn - 1];
    const uint8_t *data;
    size_t size;
    for (uint32_t i = 0; i < c->samples; i++) {
        int r = lane->next(lane->ctx, &data, &size, e);
        if (r < 0)
            return r;
        box_bytes(&k->out, data, size);
        if (k->out.error)
            return err_errno(e, k->out.error, k->params->path);
    }
    return 0;
}

static int write_all(struct pack *k, struct err *e)
{
    const struct progress *progress = k->params->progress;
    put_front(k);
    for (struct packlane *lane; (lane = packlane_turn(k->lanes, k->num_lanes));) {
        int r = progress_check(progress, e);
        if (r >= 0)
            r = copy_chunk(k, lane, e);
        if (r < 0)
            return r;
        double seconds = (double)lane->chunks[lane->turn - 1].second;
        progress_update(progress, "putting the video together",
                        0.5 + 0.5 * (double)k->out.at / (double)k->bytes, seconds);
    }
    return 0;
}

static int close_file(struct pack *k, int r, struct err *e)
{
    FILE *f = k->out.file;
    int closing = k->out.error;
    if (r >= 0 && closing == 0 && (fflush(f) != 0 || fsync(fileno(f)) < 0))
        closing = -errno;
    if (fclose(f) != 0 && closing == 0)
        closing = -errno;
    if (r >= 0 && closing < 0)
        r = err_errno(e, closing, k->params->path);
    if (r < 0)
        unlink(k->params->path);
    return r;
}

static int write_file(struct pack *k, struct err *e)
{
    k->out.file = fopen(k->params->path, "wbxe");
    if (!k->out.file)
        return err_errno(e, -errno, k->params->path);
    setvbuf(k->out.file, NULL, _IOFBF, FILE_BUFFER);
    int r = write_all(k, e);
    return close_file(k, r, e);
}

int pack_mp4(const struct pack_params *p, struct pack_result *ret, struct err *e)
{
    struct pack k = {.params = p};
    tick end = 0;
    int r = open_inputs(&k, e);
    if (r >= 0) {
        end = describe(&k);
        r = write_file(&k, e);
    }
    if (r >= 0 && ret) {
        const struct picture_index *x = k.index.picture;
        *ret = (struct pack_result){
            .picture = {p->picture_at, p->picture_at + x->span.end - x->span.start},
            .from = x->span,
            .frames = (int64_t)x->count,
            .length = end,
            .bytes = k.bytes,
        };
    }
    pack_done(&k);
    return r < 0 ? r : 0;
}
