// SPDX-License-Identifier: GPL-3.0-or-later
// episode.yaml of a show that has a calendar; the files it may name are there, and empty.
#include "fuzz.h"

#include "base/fs.h"
#include "model/episode.h"

struct fixture {
    struct arena a;
    struct show show;
    struct goals goals;
    struct municipalities places;
};

static const char show_yaml[] = "title: Det gode liv i nord\nsite: https://example.org/x/\n"
                                "author: A\nowner: {name: B, email: c@example.org}\n"
                                "summary: S\ncalendar: calendar.yaml\n";

static const struct fixture *fixture(void)
{
    static struct fixture f;
    static const char *const files[] = {"opptak.wav", "guest.wav", "captions.nb.vtt", "notes.md"};
    struct err e = {0};
    if (f.show.title)
        return &f;
    char *text;
    size_t len;
    if (fs_read(&f.a, "episodes/calendar.yaml", 1 << 20, &text, &len, &e) < 0)
        abort();
    fuzz_put("e/episodes/calendar.yaml", text, len);
    fuzz_put("e/episodes/show.yaml", show_yaml, sizeof show_yaml - 1);
    for (size_t i = 0; i < COUNT(files); i++)
        fuzz_put(arena_printf(&f.a, "e/episodes/x/%s", files[i]), "", 0);
    FUZZ_HOLD(goals_load(&f.a, "presets/goals.json", &f.goals, &e) >= 0);
    FUZZ_HOLD(municipalities_load(&f.a, "presets/municipalities.json", &f.places, &e) >= 0);
    FUZZ_HOLD(show_load(&f.a, arena_printf(&f.a, "%s/e", fuzz_dir()), fuzz_presets, &f.show, &e) >=
              0);
    return &f;
}

FUZZ(episode)
{
    const struct fixture *f = fixture();
    struct arena a = {0};
    struct err e = {0};
    struct episode ep;
    fuzz_put("e/episodes/x/episode.yaml", data, size);
    if (episode_load(&a, &f->show, fuzz_presets, &f->goals, &f->places, "x", &ep, &e) < 0) {
        fuzz_refusal(&e);
    } else {
        FUZZ_HOLD(ep.title && ep.title[0] && ep.language);
        for (size_t i = 0; i < ep.num_chapters; i++)
            FUZZ_HOLD(ep.chapters[i].start >= (i ? ep.chapters[i - 1].start + 1 : 0));
        for (size_t i = 0; i < ep.num_cuts; i++) {
            const struct span *s = &ep.cuts[i].span;
            FUZZ_HOLD(s->start < s->end);
            FUZZ_HOLD(i == 0 || ep.cuts[i - 1].span.end <= s->start);
        }
    }
    arena_done(&a);
    return 0;
}
