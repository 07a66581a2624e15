// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/plot.h"
#include "stage/reporting.h"

#include <math.h>

struct picture {
    struct reporting *r;
    struct arena *a;
    struct plot plot;
    struct curve_params c;
};

static const char *word(const struct picture *p, const char *key)
{
    return json_text_or(p->r->strings, key, key);
}

static void put_words(struct picture *p)
{
    const struct json *input = json_get(p->r->sound, "input");
    p->c.words = (struct curve_words){
        .title = word(p, "picture"),
        .momentary = word(p, "momentary"),
        .short_term = word(p, "short-term"),
        .integrated = word(p, "integrated"),
        .target = word(p, "target"),
        .gain = word(p, "gain-curve"),
        .voices = word(p, "voices"),
        .chapters = word(p, "chapters"),
        .true_peak = word(p, "peaks"),
        .ceiling = word(p, "ceiling"),
        .cut = word(p, "cut"),
        .decimal = word(p, "decimal"),
    };
    p->c.words.desc =
        arena_printf(p->a, "%s %.1f LUFS. %s %.1f LUFS.", word(p, "before"),
                     json_number(input, "integrated_lufs", 0), word(p, "after"),
                     json_number(json_get(p->r->sound, "master"), "integrated_lufs", 0));
}

static int put_sounds(struct picture *p, struct err *e)
{
    const char *after = stage_input(p->r->job->in, "master_blocks");
    const struct json *input = json_get(p->r->sound, "input");
    const struct json *master = json_get(p->r->sound, "master");
    p->c.num_sounds = 2;
    p->c.sound[0] = (struct curve_sound){
        .label = word(p, "before"),
        .blocks = tracks_together(&p->r->tracks),
        .starts_s = tick_to_s(p->r->tracks.timeline.kept[0].at),
        .integrated_lufs = json_number(input, "integrated_lufs", -HUGE_VAL),
        .true_peak_dbtp = json_number(input, "true_peak_dbtp", -HUGE_VAL),
    };
    p->c.sound[1] = (struct curve_sound){
        .label = word(p, "after"),
        .blocks = &p->r->after,
        .integrated_lufs = json_number(master, "integrated_lufs", -HUGE_VAL),
        .true_peak_dbtp = json_number(master, "true_peak_dbtp", -HUGE_VAL),
    };
    return blocks_load(after, &p->r->after, e);
}

static void put_tracks(struct picture *p)
{
    p->plot = (struct plot){.a = p->a,
                            .timeline = &p->r->tracks.timeline,
                            .voice = word(p, "voice"),
                            .music = word(p, "music")};
    size_t n = json_count(p->r->levelling);
    for (size_t i = 0; i < n; i++) {
        const struct json *track = json_at(p->r->levelling, i);
        const char *name = json_text(track, "speaker");
        if (!name && n > 1)
            name = arena_printf(p->a, "%s %zu", word(p, "track"), i + 1);
        plot_track(&p->plot, track, json_at(p->r->spoken, i), name);
    }
    p->c.lanes = p->plot.lanes;
    p->c.num_lanes = p->plot.num_lanes;
    p->c.gains = p->plot.gains;
    p->c.num_gains = p->plot.num_gains;
}

// Where something is missing: between two kept spans.
static void put_cuts(struct picture *p)
{
    const struct timeline *t = &p->r->tracks.timeline;
    struct curve_mark *cuts = arena_array(p->a, struct curve_mark, t->count + 1);
    for (size_t i = 0; i + 1 < t->count; i++) {
        double s = tick_to_s(t->kept[i + 1].from - t->kept[i].to);
        cuts[i].at_s = tick_to_s(t->kept[i + 1].at);
        cuts[i].length_s = s;
        cuts[i].label = arena_printf(p->a, "−%d:%02d", (int)s / 60, (int)s % 60);
    }
    p->c.cuts = cuts;
    p->c.num_cuts = t->count - 1;
}

static void put_chapters(struct picture *p)
{
    const struct json *list = json_get(p->r->line, "chapters");
    size_t n = json_count(list);
    struct curve_mark *chapters = arena_array(p->a, struct curve_mark, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct json *c = json_at(list, i);
        tick from = json_int(c, "start_ticks", 0);
        chapters[i].at_s = tick_to_s(from);
        chapters[i].length_s = tick_to_s(json_int(c, "end_ticks", from) - from);
        chapters[i].label = json_text_or(c, "title", "");
    }
    p->c.chapters = chapters;
    p->c.num_chapters = n > 1 ? n : 0;
}

int reporting_picture(struct reporting *r, struct str *svg, struct err *e)
{
    const struct json *loudness = json_get(r->job->settings, "loudness");
    struct picture p = {.r = r, .a = r->job->arena};
    p.c.length_s = tick_to_s(r->tracks.timeline.length);
    p.c.target_lufs = json_number(loudness, "target_lufs", NAN);
    p.c.tolerance_lu = json_number(loudness, "tolerance_lu", 0);
    p.c.ceiling_dbtp = json_number(loudness, "ceiling_dbtp", NAN);
    put_words(&p);
    int code = put_sounds(&p, e);
    if (code < 0)
        return code;
    put_tracks(&p);
    put_cuts(&p);
    put_chapters(&p);
    return curve_draw(&p.c, svg, e);
}
