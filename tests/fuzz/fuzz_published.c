// SPDX-License-Identifier: GPL-3.0-or-later
// published.json: what is read is written the same, and names no file outside public/.
#include "fuzz.h"

#include "model/published.h"

static void inside(const char *path)
{
    FUZZ_HOLD(path[0] != '/' && strcmp(path, "..") != 0 && !str_starts(path, "../"));
    FUZZ_HOLD(!strstr(path, "/../") && !str_ends(path, "/.."));
}

static void look(const struct published *p)
{
    for (size_t i = 0; i < p->num_files; i++)
        inside(p->files[i].path);
    for (size_t i = 0; i < p->num_clips; i++)
        inside(p->clips[i].file.path);
    for (size_t i = 0; i < p->num_kit; i++)
        inside(p->kit[i].path);
    for (size_t i = 0; i < p->num_former; i++)
        inside(p->former[i].path);
}

FUZZ(published)
{
    struct arena a = {0};
    struct err e = {0};
    struct published p, again;
    if (published_load(&a, fuzz_file(data, size), &p, &e) < 0) {
        fuzz_refusal(&e);
        arena_done(&a);
        return 0;
    }
    look(&p);
    struct json *j = published_json(&p);
    struct str s;
    str_init(&s, STR_MAX);
    json_write(&s, j, true);
    if (published_load(&a, fuzz_file((const uint8_t *)s.p, s.len), &again, &e) < 0) {
        fprintf(stderr, "%s\n%s\n", s.p, e.text);
        FUZZ_HOLD(!"reads what it wrote");
    }
    struct json *k = published_json(&again);
    FUZZ_HOLD(json_same(j, k));
    published_done(&again);
    published_done(&p);
    json_free(j);
    json_free(k);
    str_done(&s);
    arena_done(&a);
    return 0;
}
