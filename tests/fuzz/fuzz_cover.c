// SPDX-License-Identifier: GPL-3.0-or-later
// PNG and JPEG: the header alone, and what is put into tags.
#include "fuzz.h"

#include "media/tagparts.h"
#include "model/cover.h"

FUZZ(cover)
{
    struct arena a = {0};
    struct err e = {0};
    struct cover_head h;
    struct cover_facts f;
    struct tag_cover c;
    const char *remedy;
    char *text = fuzz_text(data, size);
    cover_read(text, size, &h);
    free(text);
    if (h.facts.type) {
        FUZZ_HOLD(h.facts.width > 0 && h.facts.height > 0);
        FUZZ_HOLD(h.channels == 1 || h.channels == 3 || h.channels == 4);
        cover_fault(&a, "cover.png", &h, &remedy);
    }
    const char *path = fuzz_file(data, size);
    bool known = cover_facts(path, &f, &e) >= 0;
    FUZZ_HOLD(known == (h.facts.type != NULL));
    if (cover_check(path, NULL, &e) < 0)
        fuzz_refusal(&e);
    if (tagparts_cover(path, &c, &e) >= 0) {
        FUZZ_HOLD(c.size == size && memcmp(c.data, data, size) == 0);
        tagparts_cover_done(&c);
    }
    arena_done(&a);
    return 0;
}
