// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/pdf.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fs.h"
#include "doc/canvas.h"

static cairo_status_t collect(void *out, const unsigned char *data, unsigned len)
{
    str_addn(out, (const char *)data, len);
    return CAIRO_STATUS_SUCCESS;
}

static void put(struct pdf *f, cairo_pdf_metadata_t what, const char *text)
{
    struct str clean;
    str_init(&clean, STR_MAX);
    str_add_utf8(&clean, text ? text : "");
    if (clean.len)
        cairo_pdf_surface_set_metadata(f->surface, what, clean.p);
    str_done(&clean);
}

void pdf_open(struct pdf *f, double width, double height, const struct pdf_words *w)
{
    char date[CLOCK_TEXT];
    str_init(&f->bytes, STR_MAX);
    f->language = w->language;
    f->surface = cairo_pdf_surface_create_for_stream(collect, &f->bytes, width, height);
    cairo_pdf_surface_restrict_to_version(f->surface, CAIRO_PDF_VERSION_1_5);
    clock_iso(w->created_utc_s, date);
    put(f, CAIRO_PDF_METADATA_TITLE, w->title);
    put(f, CAIRO_PDF_METADATA_AUTHOR, w->author);
    put(f, CAIRO_PDF_METADATA_SUBJECT, w->subject);
    put(f, CAIRO_PDF_METADATA_CREATOR, "dgl-episode");
    put(f, CAIRO_PDF_METADATA_CREATE_DATE, date);
    f->cr = cairo_create(f->surface);
    canvas_letters(f->cr);
    pdf_begin(f->cr, "Document");
}

void pdf_close(struct pdf *f)
{
    if (f->cr)
        cairo_destroy(f->cr);
    if (f->surface)
        cairo_surface_destroy(f->surface);
    str_done(&f->bytes);
    *f = (struct pdf){0};
}

// The last place of a text; NULL: none.
static const char *last_of(const struct str *s, const char *text)
{
    size_t n = strlen(text);
    for (size_t i = s->len + 1 > n ? s->len + 1 - n : 0; i-- > 0;)
        if (!memcmp(s->p + i, text, n))
            return s->p + i;
    return NULL;
}

static long number_behind(const char *at, const char *key)
{
    const char *p = at ? strstr(at, key) : NULL;
    return p ? strtol(p + strlen(key), NULL, 10) : -1;
}

// The dictionary of an object, from behind "<<" to ">>" before "endobj".
static const char *dictionary(const struct str *s, long object, size_t *ret_len)
{
    struct str head;
    str_init(&head, 64);
    str_addf(&head, "\n%ld 0 obj\n<<", object);
    const char *begin = last_of(s, head.p);
    begin = begin ? begin + head.len : NULL;
    str_done(&head);
    const char *end = begin ? strstr(begin, "endobj") : NULL;
    while (end && end > begin && memcmp(end, ">>", 2) != 0)
        end--;
    if (!end || end == begin)
        return NULL;
    *ret_len = (size_t)(end - begin);
    return begin;
}

// An object once more, behind the end: *ret_at is where. `more` goes into its dictionary; a date
// there gets the mark that cairo 1.16 forgets.
static bool write_again(struct str *s, long object, const char *more, size_t *ret_at)
{
    static const char date[] = "/CreationDate (", mark[] = "D:";
    size_t len = 0;
    const char *old = object > 0 ? dictionary(s, object, &len) : NULL;
    if (!old)
        return false;
    const char *at = memmem(old, len, date, strlen(date));
    size_t head = at ? (size_t)(at - old) + strlen(date) : len;
    bool marked = at && str_starts(old + head, mark);
    struct str again;
    str_init(&again, STR_MAX);
    str_addf(&again, "%ld 0 obj\n<<", object);
    str_addn(&again, old, head);
    str_add(&again, at && !marked ? mark : "");
    str_addn(&again, old + head, len - head);
    str_addf(&again, "%s>>\nendobj\n", more);
    *ret_at = s->len;
    str_addn(s, again.p, again.len);
    str_done(&again);
    return true;
}

// cairo cannot say the language: the catalogue is written once more behind the end, which is how a
// PDF is changed without moving anything.
static int add_language(struct pdf *f, const char *path, struct err *e)
{
    struct str *s = &f->bytes, more;
    const char *trailer = last_of(s, "trailer");
    long root = number_behind(trailer, "/Root "), size = number_behind(trailer, "/Size ");
    long info = number_behind(trailer, "/Info "), start = number_behind(trailer, "startxref\n");
    size_t root_at, info_at;
    str_init(&more, 256);
    str_addf(&more, "   /Lang (%s)\n   /ViewerPreferences << /DisplayDocTitle true >>\n",
             f->language);
    bool good = size > 0 && start > 0 && write_again(s, root, more.p, &root_at) &&
                write_again(s, info, "", &info_at);
    str_done(&more);
    if (!good)
        return err_set(e, -EIO, "%s: the PDF's catalogue is not where it should be", path);
    size_t table = s->len;
    str_addf(s, "xref\n%ld 1\n%010zu 00000 n \n%ld 1\n%010zu 00000 n \n", info, info_at, root,
             root_at);
    str_addf(s, "trailer\n<< /Size %ld\n   /Root %ld 0 R\n   /Info %ld 0 R\n   /Prev %ld\n>>\n",
             size, root, info, start);
    str_addf(s, "startxref\n%zu\n%%%%EOF\n", table);
    return 0;
}

int pdf_save(struct pdf *f, const char *path, struct err *e)
{
    pdf_end(f->cr, "Document");
    cairo_status_t status = cairo_status(f->cr);
    cairo_surface_finish(f->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(f->surface);
    if (status != CAIRO_STATUS_SUCCESS)
        return err_set(e, -EIO, "%s: %s", path, cairo_status_to_string(status));
    int r = add_language(f, path, e);
    if (r >= 0 && f->bytes.over)
        r = err_set(e, -EFBIG, "%s is larger than %u MB", path, STR_MAX >> 20);
    if (r >= 0)
        r = fs_replace(path, f->bytes.p, f->bytes.len, e);
    return r < 0 ? r : 0;
}

void pdf_begin(cairo_t *cr, const char *role)
{
    cairo_tag_begin(cr, role, NULL);
}

void pdf_end(cairo_t *cr, const char *role)
{
    cairo_tag_end(cr, role);
}

void pdf_link_begin(cairo_t *cr, const char *url)
{
    struct str s;
    str_init(&s, STR_MAX);
    str_add(&s, "uri='");
    for (; *url; url++) {
        if (*url == '\'' || *url == '\\')
            str_addc(&s, '\\');
        str_addc(&s, *url);
    }
    str_addc(&s, '\'');
    cairo_tag_begin(cr, CAIRO_TAG_LINK, s.p);
    str_done(&s);
}

void pdf_link_end(cairo_t *cr)
{
    cairo_tag_end(cr, CAIRO_TAG_LINK);
}
