// SPDX-License-Identifier: GPL-3.0-or-later
// themekit: of every theme an overview of its episodes, needs and offers, and a ZIP that gathers
// their posters, cards and sheets.
//
// settings: {"show": SHOW as in doc/facts.h, "themes": [{"id", "title", "episodes": [{"episode":
//            EPISODE there, without files; "files": how many of the input are its}]}]}, episodes
//            newest first
// in:       {"stylesheet": sheet.xsl, "style": sheet.css, "strings": strings.<language>.json;
//            all of presets/kit/;
//            "files": what is gathered, theme by theme, episode by episode, where there are any}
// makes:    tema-<id>.zip, tema-<id>.pdf, tema-<id>.html, which says where the other two are,
//           sheet.css
// measured: {"files": [{"id": of the theme, "file", "title", "type"}]}
#include <errno.h>
#include <string.h>

#include "base/fs.h"
#include "doc/kitsheet.h"
#include "doc/sheetpdf.h"
#include "stage/kitparts.h"
#include "stage/texts.h"

struct gathering {
    struct stage_job *job;
    struct fact_show show;
    struct kit_parts parts;
    const char **files; // those that are still to be gathered
    struct json *measured;
};

// A public name without the digits of its content: "plakat-1a2b3c4d.pdf" is "plakat.pdf".
static const char *plain_name(struct arena *a, const char *path)
{
    const char *name = fs_basename(path), *extension = fs_extension(name);
    size_t stem = strlen(name) - strlen(extension) - 1;
    if (stem > 9 && name[stem - 9] == '-')
        stem -= 9;
    return arena_printf(a, "%.*s.%s", (int)stem, name, extension);
}

static int read_theme(struct gathering *g, const struct json *j, struct kit_theme *ret,
                      struct err *e)
{
    struct arena *a = g->job->arena;
    const struct json *list = json_get(j, "episodes");
    size_t n = json_count(list);
    struct fact_episode *episodes = arena_array(a, struct fact_episode, n + 1);
    int r = 0;
    *ret = (struct kit_theme){json_text(j, "title"), json_text(j, "id"), episodes, n, 0};
    if (!ret->title || !ret->id)
        return err_set(e, -EINVAL, "settings of themekit: a theme has no id or title");
    for (size_t i = 0; r >= 0 && i < n; i++) {
        const struct json *one = json_at(list, i);
        r = facts_entry(a, json_get(one, "episode"), &episodes[i], e);
        for (int64_t k = json_int(one, "files", 0); r >= 0 && k > 0 && *g->files; k--) {
            const char *path = *g->files++;
            const char *name = arena_printf(a, "%s/%s", episodes[i].slug, plain_name(a, path));
            kit_parts_file(&g->parts, name, path, NULL);
        }
        if (r >= 0 && episodes[i].published_utc_s > ret->date_utc_s)
            ret->date_utc_s = episodes[i].published_utc_s;
    }
    return r;
}

static const char *word(const struct gathering *g, const char *key)
{
    return kit_word(g->parts.strings, key);
}

static int write_zip(struct gathering *g, const struct kit_theme *t, const struct sheet *s,
                     const char *base, const struct str *html, struct err *e)
{
    struct arena *a = g->job->arena;
    struct str readme;
    const char *overview = word(g, "fileOverview"), *pdf = arena_printf(a, "%s.pdf", base);
    struct kit_readme r = {
        .title = s->title,
        .intro = kit_fill(a, word(g, "readmeTheme"), "{title}", t->title),
        .credit = arena_printf(a, "%s%s%s", g->show.title, g->show.author ? ", " : "",
                               g->show.author ? g->show.author : ""),
        .url = g->show.site,
    };
    r.license = kit_license(&g->show, NULL, &r.license_url);
    kit_parts_told(&g->parts, word(g, "filePoster"), "whatPoster");
    kit_parts_told(&g->parts, word(g, "fileCard"), "whatCards");
    kit_parts_told(&g->parts, word(g, "fileSheet"), "whatSheet");
    kit_parts_file(&g->parts, arena_printf(a, "%s.pdf", overview), kit_parts_path(&g->parts, pdf),
                   "whatOverview");
    kit_parts_text(&g->parts, arena_printf(a, "%s.html", overview), html, "whatOverview");
    str_init(&readme, STR_MAX);
    kit_parts_readme(&g->parts, s, &r, &readme);
    int code =
        kit_parts_zip(&g->parts, base, arena_printf(a, "%s.zip", base), &readme, t->date_utc_s, e);
    str_done(&readme);
    return code;
}

static void note(struct gathering *g, const struct kit_theme *t, const char *base)
{
    static const char *const files[][3] = {{"zip", "titleZip", "application/zip"},
                                           {"pdf", "titleOverview", "application/pdf"},
                                           {"html", "titleOverview", "text/html"}};
    for (size_t i = 0; i < COUNT(files); i++) {
        struct json *one = json_new_object();
        json_put_text(one, "id", t->id);
        json_put_text(one, "file", arena_printf(g->job->arena, "%s.%s", base, files[i][0]));
        json_put_text(one, "title", word(g, files[i][1]));
        json_put_text(one, "type", files[i][2]);
        json_push(g->measured, one);
    }
}

static int write_page(struct gathering *g, const struct sheet *s, const char *base, struct err *e)
{
    struct arena *a = g->job->arena;
    struct sheet_file files[] = {
        {word(g, "titleZip"), arena_printf(a, "%s.zip", base), "ZIP", 0},
        {word(g, "titleOverview"), arena_printf(a, "%s.pdf", base), "PDF", 0},
    };
    struct str html;
    for (size_t i = 0; i < COUNT(files); i++)
        files[i].bytes = fs_size(kit_parts_path(&g->parts, files[i].path));
    str_init(&html, STR_MAX);
    int r = kit_parts_page(&g->parts, s, files, COUNT(files), &html, e);
    if (r >= 0)
        r = texts_save(g->job, arena_printf(a, "%s.html", base), &html, e);
    str_done(&html);
    return r;
}

static int make_theme(struct gathering *g, const struct json *j, struct err *e)
{
    struct arena *a = g->job->arena;
    struct kit_source from = {&g->show, g->parts.strings};
    struct kit_theme theme;
    struct sheet s;
    struct str html;
    g->parts.num_entries = 0;
    int r = read_theme(g, j, &theme, e);
    if (r < 0)
        return r;
    const char *base = arena_printf(a, "tema-%s", theme.id);
    kit_theme_sheet(a, &from, &theme, &s);
    str_init(&html, STR_MAX);
    r = sheet_pdf(&s, word(g, "page"), word(g, "overviewSubject"),
                  kit_parts_path(&g->parts, arena_printf(a, "%s.pdf", base)), e);
    if (r >= 0)
        r = kit_parts_page(&g->parts, &s, NULL, 0, &html, e);
    if (r >= 0)
        r = write_zip(g, &theme, &s, base, &html, e);
    str_done(&html);
    if (r >= 0)
        r = write_page(g, &s, base, e);
    if (r >= 0)
        note(g, &theme, base);
    return r;
}

static int run(struct stage_job *job, struct err *e)
{
    const struct json *themes = json_get(job->settings, "themes");
    struct gathering g = {.job = job, .measured = json_new_array()};
    g.files = texts_paths(job, "files");
    int r = texts_show(job, &g.show, e);
    if (r >= 0)
        r = kit_parts_open(&g.parts, job, e);
    for (size_t i = 0; r >= 0 && i < json_count(themes); i++)
        r = make_theme(&g, json_at(themes, i), e);
    kit_parts_close(&g.parts);
    if (r >= 0)
        json_put(job->variants[0].measured, "files", g.measured);
    else
        json_free(g.measured);
    return r < 0 ? r : 0;
}

const struct stage stage_themekit = {"themekit", run};
