// SPDX-License-Identifier: GPL-3.0-or-later
// kit: what a municipality needs to make something of an episode: a poster, cards to share, a sheet
// for a meeting, and all of it with sound, clip, captions and transcript in one ZIP.
//
// settings: {"show": SHOW as in doc/facts.h, "episode": EPISODE there, without files,
//            "kit": KIT as in doc/kitfacts.h}
// in:       {"stylesheet": sheet.xsl, "style": sheet.css, "strings": strings.<language>.json;
//            all of presets/kit/;
//            "audio": the first delivery file, "clip": [clip.mp4], "captions": [<language>.vtt],
//            "subtitles": [<language>.srt and Facebook's], "texts": [<language>.txt], all but audio
//            where there are any}
// makes:    index.html: the sheet as a page, with what can be downloaded, sheet.css; and, each with
// eight
//           digits of its content in its name, <slug>.zip, the poster as PDF and PNG, the sheet as
//           PDF, three cards as PNG
// measured: {"files": [{"file", "title", "type"}], index.html first, "pages": of the sheet}
#include <string.h>

#include "base/fs.h"
#include "doc/kitart.h"
#include "doc/kitsheet.h"
#include "doc/pdf.h"
#include "doc/sheetpdf.h"
#include "doc/zip.h"
#include "stage/kitparts.h"
#include "stage/texts.h"

struct kit_job {
    struct stage_job *job;
    struct fact_show show;
    struct fact_episode ep;
    struct kit_facts facts;
    struct kit_parts parts;
    struct sheet sheet;
    struct str summary, readme, handout; // what goes into the ZIP as text
};

static const char *word(const struct kit_job *k, const char *key)
{
    return kit_word(k->parts.strings, key);
}

static int read_job(struct kit_job *k, struct err *e)
{
    struct stage_job *job = k->job;
    int r = texts_show(job, &k->show, e);
    if (r >= 0)
        r = facts_entry(job->arena, json_get(job->settings, "episode"), &k->ep, e);
    if (r >= 0)
        r = kit_facts(job->arena, json_get(job->settings, "kit"), &k->facts, e);
    if (r >= 0)
        r = kit_parts_open(&k->parts, job, e);
    if (r < 0)
        return r;
    struct kit_source from = {&k->show, k->parts.strings};
    kit_sheet(job->arena, &from, &k->ep, &k->facts, &k->sheet);
    return 0;
}

// ---- what is drawn

static struct kit_art art_of(const struct kit_job *k)
{
    struct arena *a = k->job->arena;
    const struct json *strings = k->parts.strings;
    return (struct kit_art){
        .words = {.show = k->show.title,
                  .title = k->ep.title,
                  .theme = kit_theme_words(a, strings, k->ep.theme),
                  .goals = k->ep.goals,
                  .num_goals = k->ep.num_goals},
        .guests = k->ep.guests,
        .num_guests = k->ep.num_guests,
        .when = kit_when(a, strings, &k->ep),
        .hear = word(k, "hear"),
        .address = kit_typed(a, k->show.site),
        .url = kit_url(a, &k->show, &k->ep),
    };
}

static int draw_poster(struct kit_job *k, const struct kit_art *art, struct err *e)
{
    const struct kit_size *size = &kit_sizes[KIT_POSTER];
    const char *title = word(k, "titlePoster"), *name = word(k, "filePoster");
    const char *pdf_name = arena_printf(k->job->arena, "%s.pdf", name);
    struct pdf f;
    pdf_open(&f, PDF_A3_WIDTH, PDF_A3_HEIGHT,
             &(struct pdf_words){k->ep.title, k->show.author, word(k, "posterSubject"),
                                 k->ep.language, k->ep.published_utc_s});
    cairo_scale(f.cr, PDF_A3_WIDTH / size->width, PDF_A3_HEIGHT / size->height);
    kit_art_draw(f.cr, KIT_POSTER, art);
    int r = pdf_save(&f, kit_parts_path(&k->parts, pdf_name), e);
    pdf_close(&f);
    if (r >= 0)
        r = kit_parts_add(&k->parts, pdf_name, title, "application/pdf", e);
    const char *png = arena_printf(k->job->arena, "%s.png", name);
    if (r >= 0)
        r = kit_art_png(KIT_POSTER, art, kit_parts_path(&k->parts, png), e);
    return r < 0 ? r : kit_parts_add(&k->parts, png, word(k, "titlePosterPicture"), "image/png", e);
}

static int draw_cards(struct kit_job *k, const struct kit_art *art, struct err *e)
{
    static const struct {
        enum kit_shape shape;
        const char *title;
    } cards[] = {{KIT_WIDE, "titleWide"}, {KIT_SQUARE, "titleSquare"}, {KIT_TALL, "titleTall"}};
    int r = 0;
    for (size_t i = 0; r >= 0 && i < COUNT(cards); i++) {
        const struct kit_size *size = &kit_sizes[cards[i].shape];
        const char *name = arena_printf(k->job->arena, "%s-%dx%d.png", word(k, "fileCard"),
                                        size->width, size->height);
        r = kit_art_png(cards[i].shape, art, kit_parts_path(&k->parts, name), e);
        if (r >= 0)
            r = kit_parts_add(&k->parts, name, word(k, cards[i].title), "image/png", e);
        if (r >= 0)
            r = progress_check(k->job->progress, e);
    }
    return r;
}

static int write_sheet(struct kit_job *k, struct err *e)
{
    const char *name = arena_printf(k->job->arena, "%s.pdf", word(k, "fileSheet"));
    int pages = sheet_pdf(&k->sheet, word(k, "page"), word(k, "sheetSubject"),
                          kit_parts_path(&k->parts, name), e);
    if (pages < 0)
        return pages;
    json_put_int(k->job->variants[0].measured, "pages", pages);
    return kit_parts_add(&k->parts, name, word(k, "titleSheet"), "application/pdf", e);
}

// ---- what is written

// What can be seen, for those who cannot: what cards and poster say.
static const char *text_alternative(const struct kit_job *k)
{
    struct str s;
    str_init(&s, STR_MAX);
    str_addf(&s, "%s: %s.", k->show.title, k->ep.title);
    if (k->ep.theme)
        str_addf(&s, " %s.", kit_theme_words(k->job->arena, k->parts.strings, k->ep.theme));
    for (size_t i = 0; i < k->ep.num_guests; i++)
        str_addf(&s, "%s%s%s%s", i ? "; " : " ", k->ep.guests[i].name,
                 k->ep.guests[i].place.name ? ", " : "",
                 k->ep.guests[i].place.name ? k->ep.guests[i].place.name : "");
    str_add(&s, k->ep.num_guests ? "." : "");
    for (size_t i = 0; i < k->ep.num_goals; i++)
        str_addf(&s, "%s %d %s", i ? "," : arena_printf(k->job->arena, " %s", word(k, "goals")),
                 (int)k->ep.goals[i].number, k->ep.goals[i].title);
    str_add(&s, k->ep.num_goals ? "." : "");
    const char *text = arena_strdup(k->job->arena, s.p);
    str_done(&s);
    return text;
}

static void write_readme(struct kit_job *k)
{
    struct arena *a = k->job->arena;
    const char *credit = arena_printf(
        a, "%s, %s", kit_fill(a, word(k, "quoted"), "{title}", k->ep.title), k->show.title);
    if (k->show.author)
        credit = arena_printf(a, "%s, %s", credit, k->show.author);
    struct kit_readme readme = {
        .title = k->ep.title,
        .intro = kit_fill(a, word(k, "readmeIntro"), "{title}", k->ep.title),
        .alternative = text_alternative(k),
        .credit = credit,
        .url = kit_url(a, &k->show, &k->ep),
    };
    readme.license = kit_license(&k->show, &k->ep, &readme.license_url);
    kit_parts_readme(&k->parts, &k->sheet, &readme, &k->readme);
}

static void write_summary(struct kit_job *k)
{
    const char *text = k->facts.summary ? k->facts.summary : k->ep.summary;
    sheet_wrap(&k->summary, k->ep.title, "", "");
    str_add(&k->summary, "\r\n");
    if (text) {
        sheet_wrap(&k->summary, text, "", "");
        str_add(&k->summary, "\r\n");
    }
    str_addf(&k->summary, "%s: %s\r\n", k->sheet.hear, k->sheet.url);
}

// The files that other stages made.
static void collect(struct kit_job *k)
{
    struct arena *a = k->job->arena;
    struct kit_parts *p = &k->parts;
    const char *audio = stage_input(k->job->in, "audio");
    kit_parts_file(p, arena_printf(a, "%s.%s", k->ep.slug, fs_extension(audio)), audio,
                   "whatAudio");
    const char **clip = texts_paths(k->job, "clip");
    if (*clip)
        kit_parts_file(p, arena_printf(a, "%s.mp4", word(k, "fileClip")), *clip, "whatClip");
    static const char *const inputs[][3] = {{"captions", "fileSubtitles", "whatSubtitles"},
                                            {"subtitles", "fileSubtitles", "whatSubtitles"},
                                            {"texts", "fileTranscript", "whatTranscript"}};
    for (size_t i = 0; i < COUNT(inputs); i++)
        for (const char **path = texts_paths(k->job, inputs[i][0]); *path; path++) {
            const char *name = fs_basename(*path);
            if (strchr(strchr(name, '.') + 1, '.')) // for Facebook, the same once more
                continue;
            kit_parts_file(p, arena_printf(a, "%s.%s", word(k, inputs[i][1]), name), *path,
                           inputs[i][2]);
        }
}

static int make_zip(struct kit_job *k, struct err *e)
{
    struct kit_parts *p = &k->parts;
    struct arena *a = k->job->arena;
    int r = kit_parts_page(p, &k->sheet, NULL, 0, &k->handout, e);
    if (r < 0)
        return r;
    write_summary(k);
    kit_parts_told(p, word(k, "filePoster"), "whatPoster");
    kit_parts_told(p, word(k, "fileCard"), "whatCards");
    kit_parts_told(p, word(k, "fileSheet"), "whatSheet");
    kit_parts_text(p, arena_printf(a, "%s.html", word(k, "fileSheet")), &k->handout, "whatSheet");
    kit_parts_text(p, arena_printf(a, "%s.txt", word(k, "fileSummary")), &k->summary,
                   "whatSummary");
    collect(k);
    write_readme(k);
    const char *name = arena_printf(a, "%s.zip", k->ep.slug);
    r = kit_parts_zip(p, k->ep.slug, name, &k->readme, k->ep.published_utc_s, e);
    return r < 0 ? r : kit_parts_add_first(p, name, word(k, "titleZip"), "application/zip", e);
}

static int make_page(struct kit_job *k, struct err *e)
{
    struct kit_parts *p = &k->parts;
    struct str html;
    str_init(&html, STR_MAX);
    int r = kit_parts_page(p, &k->sheet, p->files, p->num_files, &html, e);
    if (r >= 0)
        r = texts_save(k->job, "index.html", &html, e);
    str_done(&html);
    if (r >= 0)
        kit_parts_list(p, "index.html", word(k, "titlePage"), "text/html");
    if (r >= 0)
        kit_parts_measured(p);
    return r;
}

static int make(struct kit_job *k, struct err *e)
{
    const char *audio;
    int r = texts_need(k->job, "audio", &audio, e);
    if (r >= 0)
        r = read_job(k, e);
    if (r < 0)
        return r;
    struct kit_art art = art_of(k);
    progress_update(k->job->progress, "drawing the poster", 0, -1);
    r = draw_poster(k, &art, e);
    if (r >= 0)
        r = write_sheet(k, e);
    if (r >= 0)
        r = draw_cards(k, &art, e);
    if (r >= 0)
        r = make_zip(k, e);
    return r < 0 ? r : make_page(k, e);
}

static int run(struct stage_job *job, struct err *e)
{
    struct kit_job k = {.job = job};
    str_init(&k.summary, STR_MAX);
    str_init(&k.readme, STR_MAX);
    str_init(&k.handout, STR_MAX);
    int r = make(&k, e);
    kit_parts_close(&k.parts);
    str_done(&k.summary);
    str_done(&k.readme);
    str_done(&k.handout);
    return r < 0 ? r : 0;
}

const struct stage stage_kit = {"kit", run};
