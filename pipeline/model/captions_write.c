// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/captions.h"

#include <string.h>

static void add_escaped(struct str *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            str_add(out, "&amp;");
        else if (*text == '<')
            str_add(out, "&lt;");
        else if (*text == '>')
            str_add(out, "&gt;");
        else
            str_addc(out, *text);
    }
}

// Times in front of 0 can come from moving; no player wants them.
static void add_stamp(struct str *out, tick t, char sign)
{
    char text[TICK_TEXT];
    tick_text_ms(t > 0 ? t : 0, text);
    char *point = strchr(text, '.');
    if (point)
        *point = sign;
    str_add(out, text);
}

static void add_times(struct str *out, const struct cue *c, char sign)
{
    add_stamp(out, c->start, sign);
    str_add(out, " --> ");
    add_stamp(out, c->end, sign);
    str_addc(out, '\n');
}

size_t captions_block(const struct captions *c, size_t first)
{
    const struct cue *f = &c->cues[first];
    size_t n = 1;
    while (f->speaker && first + n < c->count && c->cues[first + n].speaker &&
           c->cues[first + n].start == f->start && c->cues[first + n].end == f->end)
        n++;
    return n;
}

void captions_write_vtt(struct str *out, const struct captions *c)
{
    str_add(out, "WEBVTT\n");
    for (size_t i = 0, n; i < c->count; i += n) {
        n = captions_block(c, i);
        str_addc(out, '\n');
        add_times(out, &c->cues[i], '.');
        for (const struct cue *cue = &c->cues[i]; cue < &c->cues[i + n]; cue++) {
            if (cue->speaker) {
                str_add(out, "<v ");
                add_escaped(out, cue->speaker);
                str_addc(out, '>');
            }
            str_add(out, n > 1 ? "- " : NULL);
            add_escaped(out, cue->text);
            str_addc(out, '\n');
        }
    }
}

void captions_name_speakers(struct arena *a, const struct captions *c, struct captions *ret)
{
    struct captions named = {.cues = arena_array(a, struct cue, c->count + 1)};
    const char *before = NULL;
    struct str s;
    str_init(&s, STR_MAX);
    for (size_t i = 0, n; i < c->count; i += n) {
        n = captions_block(c, i);
        str_clear(&s);
        for (const struct cue *cue = &c->cues[i]; cue < &c->cues[i + n]; cue++) {
            str_add(&s, s.len ? "\n" : NULL);
            str_add(&s, n > 1 ? "- " : NULL);
            if (cue->speaker && !str_same(cue->speaker, before))
                str_addf(&s, "%s: ", cue->speaker);
            str_add(&s, cue->text);
            before = cue->speaker;
        }
        named.cues[named.count++] =
            (struct cue){c->cues[i].start, c->cues[i].end, NULL, arena_strndup(a, s.p, s.len)};
    }
    str_done(&s);
    *ret = named;
}

void captions_write_srt(struct str *out, const struct captions *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct cue *cue = &c->cues[i];
        str_addf(out, "%s%zu\n", i > 0 ? "\n" : "", i + 1);
        add_times(out, cue, ',');
        const char *text = cue->text;
        for (const char *arrow; (arrow = strstr(text, "-->")) != NULL; text = arrow + 3) {
            str_addn(out, text, (size_t)(arrow - text));
            str_add(out, "->"); // three signs would be read as times
        }
        str_addf(out, "%s\n", text);
    }
}

const char *captions_facebook(const char *language)
{
    // `no` is not among them: it does not tell bokmål from nynorsk, and Facebook has both. Of the
    // Sámi languages none is known to be taken.
    static const char *const codes[][2] = {
        {"nb", "nb_NO"},    {"nn", "nn_NO"},    {"en", "en_US"}, {"en-US", "en_US"},
        {"en-GB", "en_GB"}, {"da", "da_DK"},    {"sv", "sv_SE"}, {"fi", "fi_FI"},
        {"de", "de_DE"},    {"fr", "fr_FR"},    {"es", "es_ES"}, {"pl", "pl_PL"},
        {"nb-NO", "nb_NO"}, {"nn-NO", "nn_NO"},
    };
    for (size_t i = 0; i < COUNT(codes); i++)
        if (str_same(language, codes[i][0]))
            return codes[i][1];
    return NULL;
}
