// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/site.h"

#include <errno.h>
#include <string.h>

#include "doc/jsonld.h"
#include "doc/markdown.h"
#include "doc/sitepage.h"

static void write_files(struct xml *x, const struct words *w, const struct fact_episode *ep)
{
    for (size_t i = 0; i < ep->num_files; i++) {
        struct str size;
        str_init(&size, 64);
        words_size(&size, w, ep->files[i].bytes);
        xml_open(x, "file");
        sitepage_path(x, "path", ep->files[i].path);
        xml_attr(x, "type", ep->files[i].type);
        xml_attr(x, "output", ep->files[i].output);
        xml_attr(x, "size", size.p);
        if (ep->files[i].width) {
            xml_attr_int(x, "width", ep->files[i].width);
            xml_attr_int(x, "height", ep->files[i].height);
        }
        xml_close(x);
        str_done(&size);
    }
}

static void write_clips(struct xml *x, const struct words *w, const struct fact_episode *ep)
{
    for (size_t i = 0; i < ep->num_clips; i++) {
        const struct fact_clip *c = &ep->clips[i];
        struct str size, length;
        str_init(&size, 64);
        str_init(&length, 64);
        words_size(&size, w, c->bytes);
        words_length(&length, w, c->duration);
        xml_open(x, "clip");
        sitepage_path(x, "path", c->path);
        xml_attr(x, "shape", c->shape);
        xml_attr(x, "size", size.p);
        xml_attr(x, "length", length.p);
        sitepage_path(x, "captions", c->captions);
        xml_leaf(x, "title", c->title);
        xml_leaf(x, "text", c->text);
        xml_close(x);
        str_done(&size);
        str_done(&length);
    }
}

static void write_resources(struct sitepage *p, const struct fact_episode *ep)
{
    for (size_t i = 0; i < ep->num_resources; i++)
        sitepage_resource(p, &ep->resources[i], NULL);
}

static void write_waivers(struct xml *x, const struct fact_episode *ep)
{
    for (size_t i = 0; i < ep->num_waivers; i++) {
        xml_open(x, "waiver");
        xml_attr(x, "rule", ep->waivers[i].rule);
        xml_text(x, ep->waivers[i].reason);
        xml_close(x);
    }
}

static void attr_times(struct xml *x, tick t, bool hours)
{
    struct str at;
    str_init(&at, 32);
    words_clock(&at, t, hours);
    xml_attr_int(x, "seconds", t / TICKS_PER_SEC);
    xml_attr(x, "at", at.p);
    str_done(&at);
}

static void write_chapters(struct xml *x, const struct fact_episode *ep)
{
    bool hours = ep->length >= 3600 * TICKS_PER_SEC;
    for (size_t i = 0; i < ep->num_chapters; i++) {
        xml_open(x, "chapter");
        attr_times(x, ep->chapters[i].start, hours);
        xml_attr(x, "url", ep->chapters[i].url);
        xml_text(x, ep->chapters[i].title);
        xml_close(x);
    }
}

static void write_turn(struct xml *x, const struct turn *turn, bool hours)
{
    xml_open(x, "turn");
    attr_times(x, turn->start, hours);
    xml_attr(x, "speaker", turn->speaker);
    xml_text(x, turn->text);
    xml_close(x);
}

// <transcript><part title><turn/>…: a part is a chapter, without title where there are none.
static void write_transcript(struct arena *a, struct xml *x, const struct fact_episode *ep,
                             const struct site_text *text)
{
    bool hours = ep->length >= 3600 * TICKS_PER_SEC;
    tick *breaks = arena_array(a, tick, ep->num_chapters + 1);
    for (size_t i = 0; i < ep->num_chapters; i++)
        breaks[i] = ep->chapters[i].start;
    struct turns turns;
    transcript_turns(a, &text->captions, breaks, ep->num_chapters, &turns);
    xml_open(x, "transcript");
    xml_attr(x, "lang", text->language);
    xml_attr(x, "made", text->made);
    for (size_t i = 0; i < ep->num_transcripts; i++) {
        if (!str_same(ep->transcripts[i].language, text->language))
            continue;
        sitepage_path(x, "vtt", ep->transcripts[i].vtt);
        sitepage_path(x, "srt", ep->transcripts[i].srt);
    }
    size_t chapter = 0, open = SIZE_MAX;
    for (size_t i = 0; i < turns.count; i++) {
        while (chapter + 1 < ep->num_chapters && breaks[chapter + 1] <= turns.items[i].start)
            chapter++;
        if (chapter != open && open != SIZE_MAX)
            xml_close(x);
        if (chapter != open) {
            xml_open(x, "part");
            xml_attr(x, "title", ep->num_chapters > 1 ? ep->chapters[chapter].title : NULL);
            open = chapter;
        }
        write_turn(x, &turns.items[i], hours);
    }
    if (open != SIZE_MAX)
        xml_close(x);
    xml_close(x);
}

static int write_notes(struct xml *x, const char *notes, struct err *e)
{
    if (!notes)
        return 0;
    struct str html;
    str_init(&html, STR_MAX);
    int r = markdown_html(&html, notes, MARKDOWN_PAGE, NULL, e);
    if (r >= 0) {
        xml_open(x, "notes");
        xml_raw(x, html.p);
        xml_close(x);
    }
    str_done(&html);
    return r;
}

static void open_episode(struct sitepage *p, struct str *out, const struct words *w,
                         const struct sitepage_head *h, const struct fact_episode *ep)
{
    sitepage_open(p, out, w, h);
    xml_open(&p->x, "episode");
    sitepage_entry(p, ep);
    write_files(&p->x, w, ep);
}

int site_episode(struct arena *a, struct str *out, const struct words *w,
                 const struct fact_show *show, const struct fact_episode *ep,
                 const struct site_text *texts, size_t num_texts, struct err *e)
{
    struct sitepage p;
    open_episode(&p, out, w,
                 &(struct sitepage_head){.kind = "episode",
                                         .lang = ep->language,
                                         .root = "../../",
                                         .path = arena_printf(a, "episodes/%s/", ep->slug),
                                         .show = show,
                                         .about = jsonld_episode(show, ep)},
                 ep);
    write_clips(&p.x, w, ep);
    for (size_t i = 0; i < ep->num_kit; i++)
        sitepage_kit(&p, &ep->kit[i]);
    write_chapters(&p.x, ep);
    write_resources(&p, ep);
    write_waivers(&p.x, ep);
    sitepage_license(&p.x, ep->license ? ep->license : show->license);
    for (size_t i = 0; i < num_texts; i++)
        write_transcript(a, &p.x, ep, &texts[i]);
    int r = write_notes(&p.x, ep->notes, e);
    xml_close(&p.x);
    sitepage_close(&p);
    if (r >= 0 && out->over)
        r = err_set(e, -EFBIG, "the page is too large");
    return r;
}

void site_embed(struct str *out, const struct words *w, const struct fact_show *show,
                const struct fact_episode *ep)
{
    struct sitepage p;
    open_episode(&p, out, w,
                 &(struct sitepage_head){
                     .kind = "embed", .lang = ep->language, .root = "../../../", .show = show},
                 ep);
    write_chapters(&p.x, ep);
    for (size_t i = 0; i < ep->num_transcripts; i++) {
        xml_open(&p.x, "transcript");
        xml_attr(&p.x, "lang", ep->transcripts[i].language);
        sitepage_path(&p.x, "vtt", ep->transcripts[i].vtt);
        xml_close(&p.x);
    }
    xml_close(&p.x);
    sitepage_close(&p);
}
