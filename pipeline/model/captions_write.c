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

void captions_write_vtt(struct str *out, const struct captions *c)
{
    str_add(out, "WEBVTT\n");
    for (size_t i = 0; i < c->count; i++) {
        const struct cue *cue = &c->cues[i];
        str_addc(out, '\n');
        add_times(out, cue, '.');
        if (cue->speaker) {
            str_add(out, "<v ");
            add_escaped(out, cue->speaker);
            str_addc(out, '>');
        }
        add_escaped(out, cue->text);
        str_addc(out, '\n');
    }
}

// SubRip has no voices: a name stands in front of the text where the speaker changes.
void captions_write_srt(struct str *out, const struct captions *c)
{
    const char *before = NULL;
    for (size_t i = 0; i < c->count; i++) {
        const struct cue *cue = &c->cues[i];
        if (i > 0)
            str_addc(out, '\n');
        str_addf(out, "%zu\n", i + 1);
        add_times(out, cue, ',');
        if (cue->speaker && !str_same(cue->speaker, before))
            str_addf(out, "%s: ", cue->speaker);
        const char *text = cue->text;
        for (const char *arrow; (arrow = strstr(text, "-->")) != NULL; text = arrow + 3) {
            str_addn(out, text, (size_t)(arrow - text));
            str_add(out, "->"); // three signs would be read as times
        }
        str_addf(out, "%s\n", text);
        before = cue->speaker;
    }
}
