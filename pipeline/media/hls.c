// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/hls.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "media/hlspack.h"

#include <errno.h>

#define WORDS_SEGMENT (60 * TICKS_PER_SEC) // a minute of text is a kilobyte or two

struct package {
    struct hls_pack pack;
    struct hls_strand rungs[HLS_RUNGS_MAX], sound;
    struct hls_picture pictures[HLS_RUNGS_MAX];
    struct hls_voice voice;
    struct hls_words *words;
    int target; // of pictures and sound alike, as RFC 8216bis wants it
};

static struct arena *arena_of(const struct package *g)
{
    return g->pack.p->arena;
}

static int make_folder(const struct package *g, const char *name, struct err *e)
{
    return fs_mkdirs(fs_join(arena_of(g), g->pack.p->dir, name), e);
}

// ---- segments

static int copy_rung(struct package *g, size_t i, struct err *e)
{
    const struct hls_params *p = g->pack.p;
    struct hls_strand *s = &g->rungs[i];
    struct hls_picture *v = &g->pictures[i];
    *s = (struct hls_strand){.pack = &g->pack};
    s->folder = arena_printf(arena_of(g), "video%zu", i + 1);
    v->uri = arena_printf(arena_of(g), "%s/index.m3u8", s->folder);
    v->iframes_uri = arena_printf(arena_of(g), "%s/iframes.m3u8", s->folder);
    int r = make_folder(g, s->folder, e);
    double share = 1.0 / (double)p->num_rungs;
    if (r >= 0)
        r = hlsvideo_copy(s, p->rungs[i], (double)i * share, (double)(i + 1) * share, v, e);
    return r;
}

static int copy_sound(struct package *g, struct err *e)
{
    const struct hls_params *p = g->pack.p;
    g->sound = (struct hls_strand){.pack = &g->pack, .folder = "sound"};
    g->voice = (struct hls_voice){
        .name = p->sound_name, .language = p->sound_language, .uri = "sound/index.m3u8"};
    int r = make_folder(g, g->sound.folder, e);
    return r < 0 ? r : hlssound_copy(&g->sound, p->sound, &g->voice, e);
}

static int copy_media(struct package *g, struct err *e)
{
    int r = 0;
    for (size_t i = 0; i < g->pack.p->num_rungs && r >= 0; i++)
        r = copy_rung(g, i, e);
    if (r >= 0)
        r = copy_sound(g, e);
    return r;
}

// ---- captions

static int put_words_segment(struct package *g, const struct captions *c, const char *path,
                             tick from, tick to, struct err *e)
{
    struct str s;
    str_init(&s, STR_MAX);
    hlslist_put_vtt(&s, c, from, to);
    int r = hlspack_text(&g->pack, path, HLS_TYPE_WORDS, &s, e);
    str_done(&s);
    return r;
}

static int put_list(struct package *g, const char *path, const struct hls_track *t, int target,
                    const char *suffix, struct err *e)
{
    struct str s;
    str_init(&s, STR_MAX);
    if (suffix)
        hlslist_put_media(&s, t, target, suffix, str_same(suffix, "m4s"));
    else
        hlslist_put_iframes(&s, t);
    int r = hlspack_text(&g->pack, path, HLS_TYPE_LIST, &s, e);
    str_done(&s);
    return r;
}

static int put_words(struct package *g, size_t i, struct err *e)
{
    const struct hls_captions *c = &g->pack.p->captions[i];
    const char *folder = arena_printf(arena_of(g), "text%zu", i + 1);
    struct hls_track t = {.end = g->rungs[0].segments.end};
    int r = make_folder(g, folder, e);
    for (tick from = 0; from < t.end && r >= 0; from += WORDS_SEGMENT) {
        char name[HLS_NAME];
        unsigned number = (unsigned)t.count + 1;
        hlslist_segment_name(number, "vtt", name);
        tick to = from + WORDS_SEGMENT < t.end ? from + WORDS_SEGMENT : t.end;
        r = put_words_segment(g, c->captions, fs_join(arena_of(g), folder, name), from, to, e);
        int64_t bytes = g->pack.files[g->pack.num_files - 1].bytes;
        hlspack_add(&g->pack, &t,
                    (struct hls_piece){.start = from, .file = number, .bytes = bytes});
    }
    int target = hlslist_target(&t);
    const char *uri = arena_printf(arena_of(g), "%s/index.m3u8", folder);
    g->words[i] = (struct hls_words){c->name, c->language, c->shown, hlslist_rate(&t, target), uri};
    return r < 0 ? r : put_list(g, uri, &t, target, "vtt", e);
}

// ---- playlists

static void find_target(struct package *g)
{
    g->target = hlslist_target(&g->sound.segments);
    for (size_t i = 0; i < g->pack.p->num_rungs; i++) {
        int target = hlslist_target(&g->rungs[i].segments);
        g->target = target > g->target ? target : g->target;
    }
}

static int put_rung_lists(struct package *g, size_t i, struct err *e)
{
    struct hls_picture *v = &g->pictures[i];
    const struct hls_strand *s = &g->rungs[i];
    v->rate = hlslist_rate(&s->segments, g->target);
    v->iframe_rate = hlslist_rate(&s->iframes, hlslist_target(&s->iframes));
    int r = put_list(g, v->uri, &s->segments, g->target, "m4s", e);
    return r < 0 ? r : put_list(g, v->iframes_uri, &s->iframes, 0, NULL, e);
}

static int put_master(struct package *g, struct err *e)
{
    struct hls_master m = {g->pictures, g->pack.p->num_rungs, &g->voice, g->words,
                           g->pack.p->num_captions};
    struct str s;
    str_init(&s, STR_MAX);
    hlslist_put_master(&s, &m);
    int r = hlspack_text(&g->pack, "master.m3u8", HLS_TYPE_LIST, &s, e);
    str_done(&s);
    return r;
}

static int put_lists(struct package *g, struct err *e)
{
    int r = 0;
    find_target(g);
    g->words = arena_array(arena_of(g), struct hls_words, g->pack.p->num_captions + 1);
    for (size_t i = 0; i < g->pack.p->num_captions && r >= 0; i++)
        r = put_words(g, i, e);
    for (size_t i = 0; i < g->pack.p->num_rungs && r >= 0; i++)
        r = put_rung_lists(g, i, e);
    g->voice.rate = hlslist_rate(&g->sound.segments, g->target);
    if (r >= 0)
        r = put_list(g, g->voice.uri, &g->sound.segments, g->target, "m4s", e);
    return r < 0 ? r : put_master(g, e);
}

static void report(const struct package *g, struct hls_result *ret)
{
    *ret = (struct hls_result){.files = g->pack.files,
                               .num_files = g->pack.num_files,
                               .length = g->rungs[0].segments.end,
                               .target = g->target,
                               .voice = g->voice};
    for (size_t i = 0; i < g->pack.p->num_rungs; i++)
        ret->pictures[i] = g->pictures[i];
}

int hls_make(const struct hls_params *p, struct hls_result *ret, struct err *e)
{
    if (p->num_rungs < 1 || p->num_rungs > HLS_RUNGS_MAX)
        return err_set(e, -EINVAL, "%zu rungs; HLS is made of 1 to %d", p->num_rungs,
                       HLS_RUNGS_MAX);
    struct package *g = arena_new(p->arena, struct package);
    hlspack_init(&g->pack, p);
    int r = copy_media(g, e);
    if (r >= 0)
        r = put_lists(g, e);
    if (r >= 0)
        report(g, ret);
    hlspack_done(&g->pack);
    return r;
}
