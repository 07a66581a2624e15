// SPDX-License-Identifier: GPL-3.0-or-later
// Chapters as a broadcast's marks write them, in a file of their own.
#include "fuzz.h"

#include "model/parts.h"

FUZZ(chapters)
{
    struct arena a = {0};
    struct err e = {0};
    const char *path = fuzz_put("c/chapters.live.yaml", data, size);
    struct episode ep = {.folder = "x", .language = "nb", .title = "T"};
    ep.dir = arena_strndup(&a, path, (size_t)(strrchr(path, '/') - path));
    struct parts p = {&a, NULL, &ep, &e};
    if (parts_chapters(&p, NULL) < 0)
        fuzz_refusal(&e);
    for (size_t i = 0; !e.code && i < ep.num_chapters; i++) {
        FUZZ_HOLD(ep.chapters[i].title && ep.chapters[i].title[0]);
        FUZZ_HOLD(i ? ep.chapters[i].start > ep.chapters[i - 1].start : !ep.chapters[i].start);
    }
    arena_done(&a);
    return 0;
}
