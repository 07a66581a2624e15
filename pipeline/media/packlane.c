// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/packlane.h"

#include "media/mp4box.h"

static int64_t size_of(const struct packlane *lane, size_t i)
{
    return lane->sizes ? lane->sizes[i] : lane->short_sizes[i];
}

void packlane_cut(struct arena *a, struct packlane *lane)
{
    struct pack_chunk *last = NULL;
    size_t room = 0;
    int64_t at = 0;
    for (size_t i = 0; i < lane->count; i++) {
        tick t = lane->start + tick_from_samples(at, (int)lane->rate);
        int64_t second = t < 0 ? 0 : t / TICKS_PER_SEC;
        if (!last || second != last->second) {
            lane->chunks =
                arena_grow(a, lane->chunks, lane->num_chunks, &room, sizeof *lane->chunks);
            last = &lane->chunks[lane->num_chunks++];
            *last = (struct pack_chunk){.second = second};
        }
        last->samples++;
        last->bytes += size_of(lane, i);
        at += lane->lengths ? lane->lengths[i] : lane->each;
    }
}

struct packlane *packlane_turn(struct packlane *lanes, size_t n)
{
    struct packlane *best = NULL;
    for (size_t i = 0; i < n; i++) {
        struct packlane *l = &lanes[i];
        if (l->turn < l->num_chunks &&
            (!best || l->chunks[l->turn].second < best->chunks[best->turn].second))
            best = l;
    }
    if (best)
        best->turn++;
    for (size_t i = 0; !best && i < n; i++)
        lanes[i].turn = 0;
    return best;
}

int64_t packlane_place(struct packlane *lanes, size_t n, int64_t at)
{
    for (struct packlane *l; (l = packlane_turn(lanes, n));) {
        l->chunks[l->turn - 1].at = at;
        at += l->chunks[l->turn - 1].bytes;
    }
    return at;
}

static bool same_as_before(const struct packlane *lane, size_t i)
{
    return i > 0 && lane->chunks[i].samples == lane->chunks[i - 1].samples;
}

void packlane_put_chunks(struct boxes *b, const struct packlane *lane, bool large)
{
    uint32_t runs = 0;
    for (size_t i = 0; i < lane->num_chunks; i++)
        runs += !same_as_before(lane, i);
    box_open_full(b, "stsc", 0, 0);
    box_u32(b, runs);
    for (size_t i = 0; i < lane->num_chunks; i++) {
        if (same_as_before(lane, i))
            continue;
        box_u32(b, (uint32_t)i + 1);
        box_u32(b, lane->chunks[i].samples);
        box_u32(b, 1);
    }
    box_close(b);
    mp4_open_offsets(b, large, lane->num_chunks);
    for (size_t i = 0; i < lane->num_chunks; i++)
        mp4_time(b, large, lane->chunks[i].at);
    box_close(b);
}
