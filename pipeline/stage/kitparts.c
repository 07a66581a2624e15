// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/kitparts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fs.h"
#include "base/hash.h"
#include "doc/html.h"
#include "doc/kitsheet.h"
#include "stage/texts.h"

enum { STYLE_MAX = 1 << 20 };

int kit_parts_open(struct kit_parts *p, struct stage_job *job, struct err *e)
{
    const char *style;
    char *text;
    *p = (struct kit_parts){.job = job};
    int r = stage_load(job->in, "strings", &p->strings, e);
    if (r >= 0)
        r = texts_need(job, "style", &style, e);
    if (r >= 0)
        r = fs_read(job->arena, style, STYLE_MAX, &text, NULL, e);
    if (r >= 0)
        p->style = text;
    return r;
}

void kit_parts_close(struct kit_parts *p)
{
    json_free(p->strings);
    p->strings = NULL;
}

const char *kit_parts_path(const struct kit_parts *p, const char *name)
{
    return stage_output(p->job, &p->job->variants[0], name);
}

static void list(struct kit_parts *p, const struct kit_made *m, bool first)
{
    p->made = arena_grow(p->job->arena, p->made, p->num_made, &p->cap_made, sizeof *p->made);
    size_t at = first ? 0 : p->num_made;
    memmove(p->made + at + 1, p->made + at, (p->num_made - at) * sizeof *p->made);
    p->made[at] = *m;
    p->num_made++;
}

void kit_parts_list(struct kit_parts *p, const char *file, const char *title, const char *type)
{
    list(p, &(struct kit_made){file, title, type}, true);
}

void kit_parts_measured(struct kit_parts *p)
{
    struct json *files = json_new_array();
    for (size_t i = 0; i < p->num_made; i++) {
        struct json *one = json_new_object();
        json_put_text(one, "file", p->made[i].file);
        json_put_text(one, "title", p->made[i].title);
        json_put_text(one, "type", p->made[i].type);
        json_push(files, one);
    }
    json_put(p->job->variants[0].measured, "files", files);
}

static void add_entry(struct kit_parts *p, const struct kit_entry *entry)
{
    p->entries =
        arena_grow(p->job->arena, p->entries, p->num_entries, &p->cap_entries, sizeof *p->entries);
    p->entries[p->num_entries++] = *entry;
}

static const char *upper(struct arena *a, const char *text)
{
    char *copy = arena_strdup(a, text);
    for (char *c = copy; *c; c++)
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    return copy;
}

static int add_named(struct kit_parts *p, const char *name, const char *title, const char *type,
                     bool first, const char **ret_path, struct err *e)
{
    struct arena *a = p->job->arena;
    const char *path = kit_parts_path(p, name), *extension = fs_extension(name);
    char hex[HASH_HEX];
    int r = hash_file(path, hex, p->job->progress ? p->job->progress->stop : NULL, NULL, NULL, e);
    if (r < 0)
        return r;
    int stem = (int)(strlen(name) - strlen(extension) - 1);
    const char *file = arena_printf(a, "%.*s-%.8s.%s", stem, name, hex, extension);
    *ret_path = kit_parts_path(p, file);
    if (rename(path, *ret_path) < 0)
        return err_errno(e, -errno, path);
    list(p, &(struct kit_made){file, title, type}, first);
    p->files = arena_grow(a, p->files, p->num_files, &p->cap_files, sizeof *p->files);
    size_t at = first ? 0 : p->num_files;
    memmove(p->files + at + 1, p->files + at, (p->num_files - at) * sizeof *p->files);
    p->files[at] = (struct sheet_file){title, file, upper(a, extension), fs_size(*ret_path)};
    p->num_files++;
    return 0;
}

int kit_parts_add(struct kit_parts *p, const char *name, const char *title, const char *type,
                  struct err *e)
{
    const char *path;
    int r = add_named(p, name, title, type, false, &path, e);
    if (r >= 0)
        kit_parts_file(p, name, path, NULL);
    return r;
}

int kit_parts_add_first(struct kit_parts *p, const char *name, const char *title, const char *type,
                        struct err *e)
{
    const char *path;
    return add_named(p, name, title, type, true, &path, e);
}

void kit_parts_file(struct kit_parts *p, const char *name, const char *path, const char *what)
{
    add_entry(p, &(struct kit_entry){{.name = name, .path = path}, what});
}

void kit_parts_text(struct kit_parts *p, const char *name, const struct str *text, const char *what)
{
    add_entry(p, &(struct kit_entry){{.name = name, .text = text}, what});
}

void kit_parts_told(struct kit_parts *p, const char *stem, const char *what)
{
    for (size_t i = 0; i < p->num_entries; i++)
        if (!p->entries[i].what && str_starts(fs_basename(p->entries[i].file.name), stem))
            p->entries[i].what = what;
}

// ---- the readme

static bool told_before(const struct kit_parts *p, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (str_same(p->entries[k].what, p->entries[i].what))
            return true;
    return false;
}

// "plakat.pdf, plakat.png: plakat til å henge opp."
static void tell(struct kit_parts *p, struct sheet *s, const char *what)
{
    struct str line;
    str_init(&line, STR_MAX);
    for (size_t i = 0; i < p->num_entries; i++)
        if (str_same(p->entries[i].what, what))
            str_addf(&line, "%s%s", line.len ? ", " : "", p->entries[i].file.name);
    str_addf(&line, ": %s", kit_word(p->strings, what));
    sheet_add(
        p->job->arena, s,
        &(struct sheet_block){.kind = BLOCK_BULLET, .text = arena_strdup(p->job->arena, line.p)});
    str_done(&line);
}

static void text(struct kit_parts *p, struct sheet *s, const char *words)
{
    sheet_add(p->job->arena, s, &(struct sheet_block){.kind = BLOCK_TEXT, .text = words});
}

static void license(struct kit_parts *p, struct sheet *s, const struct kit_readme *r)
{
    struct arena *a = p->job->arena;
    const char *named = r->license;
    if (r->license_url)
        named = arena_printf(a, "%s (%s)", r->license, r->license_url);
    sheet_heading(a, s, kit_word(p->strings, "readmeLicense"));
    if (named) {
        text(p, s, kit_fill(a, kit_word(p->strings, "readmeLicenseText"), "{license}", named));
        text(p, s, kit_word(p->strings, "readmePeople"));
    }
    text(p, s, kit_word(p->strings, "readmeCredit"));
    text(p, s,
         arena_printf(a, "%s%s%s. %s", r->credit, r->license ? ", " : "",
                      r->license ? r->license : "", r->url));
}

void kit_parts_readme(struct kit_parts *p, const struct sheet *like, const struct kit_readme *r,
                      struct str *out)
{
    struct arena *a = p->job->arena;
    struct sheet s = *like;
    s.title = arena_printf(a, "%s: %s", kit_word(p->strings, "readmeTitle"), r->title);
    s.num_goals = s.num_blocks = s.cap = 0;
    s.blocks = NULL;
    text(p, &s, r->intro);
    sheet_heading(a, &s, kit_word(p->strings, "readmeWhat"));
    for (size_t i = 0; i < p->num_entries; i++)
        if (p->entries[i].what && !told_before(p, i))
            tell(p, &s, p->entries[i].what);
    if (r->alternative) {
        sheet_heading(a, &s, kit_word(p->strings, "readmeAlt"));
        text(p, &s, kit_fill(a, kit_word(p->strings, "readmeAltText"), "{text}", r->alternative));
    }
    license(p, &s, r);
    sheet_text(out, &s);
}

int kit_parts_zip(struct kit_parts *p, const char *folder, const char *name,
                  const struct str *readme, int64_t utc_s, struct err *e)
{
    struct arena *a = p->job->arena;
    struct zip_entry *z = arena_array(a, struct zip_entry, p->num_entries + 1);
    z[0] = (struct zip_entry){
        .name = arena_printf(a, "%s/%s.txt", folder, kit_word(p->strings, "fileReadme")),
        .text = readme};
    for (size_t i = 0; i < p->num_entries; i++) {
        z[i + 1] = p->entries[i].file;
        z[i + 1].name = arena_printf(a, "%s/%s", folder, p->entries[i].file.name);
    }
    return zip_write(kit_parts_path(p, name), z, p->num_entries + 1, utc_s, p->job->progress, e);
}

int kit_parts_page(struct kit_parts *p, const struct sheet *s, const struct sheet_file *files,
                   size_t n, struct str *out, struct err *e)
{
    struct str document;
    str_init(&document, STR_MAX);
    sheet_document(&document, s, p->strings, n ? NULL : p->style, files, n);
    int r = html_render(p->job->arena, texts_paths(p->job, "stylesheet"), &document, out, e);
    if (r >= 0 && n)
        r = fs_replace(kit_parts_path(p, "sheet.css"), p->style, strlen(p->style), e);
    str_done(&document);
    return r < 0 ? r : 0;
}

const char *kit_fill(struct arena *a, const char *pattern, const char *name, const char *value)
{
    const char *at = strstr(pattern, name);
    return at ? arena_printf(a, "%.*s%s%s", (int)(at - pattern), pattern, value, at + strlen(name))
              : pattern;
}
