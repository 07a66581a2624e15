// SPDX-License-Identifier: GPL-3.0-or-later
// WebVTT and SubRip in any encoding: what was read can be mended, and written and read again.
#include "fuzz.h"

#include "doc/transcript.h"
#include "model/captions.h"
#include "model/legible.h"

static void whole(const struct captions *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct cue *q = &c->cues[i];
        FUZZ_HOLD(q->start >= 0 && q->start < q->end);
        FUZZ_HOLD(q->text && str_is_utf8(q->text, strlen(q->text), NULL));
        FUZZ_HOLD(captions_block(c, i) >= 1 && captions_block(c, i) <= c->count - i);
    }
}

static void again(struct arena *a, const struct captions *c)
{
    struct captions back;
    struct err e = {0};
    struct str s;
    str_init(&s, STR_MAX);
    captions_write_vtt(&s, c);
    if (c->count && captions_parse(a, s.p, s.len, "again.vtt", &back, &e) < 0) {
        fprintf(stderr, "%s\n%s\n", e.text, s.p);
        FUZZ_HOLD(!"reads the VTT it wrote");
    }
    str_clear(&s);
    captions_write_srt(&s, c);
    str_done(&s);
}

static void as_words(struct arena *a, const struct captions *c)
{
    struct turns t;
    struct err e = {0};
    struct captions back;
    struct str s;
    str_init(&s, STR_MAX);
    transcript_turns(a, c, NULL, 0, &t);
    transcript_text(&s, &t);
    str_clear(&s);
    transcript_html(&s, &t, "nb", "T");
    FUZZ_HOLD(!strstr(s.p, "<script"));
    str_done(&s);
    struct json *j = transcript_json(c, "nb", "corrected");
    FUZZ_HOLD(transcript_read(a, j, &back, &e) >= 0);
    FUZZ_HOLD(back.count == c->count);
    json_free(j);
}

FUZZ(captions)
{
    struct arena a = {0};
    struct err e = {0};
    struct captions c;
    struct legible_findings f;
    struct legible_mended m;
    char *text = fuzz_text(data, size);
    if (captions_parse(&a, text, size, "x.vtt", &c, &e) < 0) {
        fuzz_refusal(&e);
    } else {
        whole(&c);
        again(&a, &c);
        as_words(&a, &c);
        legible_find(&a, &c, &f);
        legible_mend(&a, &c, 0, &m);
        whole(&c);
        again(&a, &c);
    }
    free(text);
    arena_done(&a);
    return 0;
}
