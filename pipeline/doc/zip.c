// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fs.h"

struct writer {
    struct archive *a;
    const char *path;
    int64_t utc_s, done, total;
    const struct progress *progress;
};

static int fault(const struct writer *w, struct err *e)
{
    int code = archive_errno(w->a);
    const char *why = archive_error_string(w->a);
    return err_set(e, code > 0 ? -code : -EIO, "%s: %s", w->path, why ? why : "cannot be written");
}

// By the name's ending: what shrinks.
static bool is_text(const char *name)
{
    static const char *const endings[] = {".txt", ".vtt", ".srt", ".html", ".csv", ".json"};
    for (size_t i = 0; i < COUNT(endings); i++)
        if (str_ends(name, endings[i]))
            return true;
    return false;
}

static int begin(const struct writer *w, const struct zip_entry *z, int64_t bytes, struct err *e)
{
    struct archive_entry *entry = archive_entry_new();
    int r = is_text(z->name) ? archive_write_zip_set_compression_deflate(w->a)
                             : archive_write_zip_set_compression_store(w->a);
    archive_entry_set_pathname_utf8(entry, z->name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, w->utc_s, 0);
    archive_entry_set_size(entry, bytes);
    if (r == ARCHIVE_OK)
        r = archive_write_header(w->a, entry);
    archive_entry_free(entry);
    return r == ARCHIVE_OK ? 0 : fault(w, e);
}

static int put(struct writer *w, const void *data, size_t len, struct err *e)
{
    if (archive_write_data(w->a, data, len) != (la_ssize_t)len)
        return fault(w, e);
    w->done += (int64_t)len;
    progress_update(w->progress, "packing", w->total ? (double)w->done / (double)w->total : 1, -1);
    return progress_check(w->progress, e);
}

static int put_file(struct writer *w, const struct zip_entry *z, struct err *e)
{
    static const size_t room = 1 << 18;
    int fd = open(z->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, -errno, z->path);
    int64_t left = fs_size(z->path);
    int r = left < 0 ? err_errno(e, (int)left, z->path) : begin(w, z, left, e);
    char *buffer = mem_alloc(room);
    while (r >= 0 && left > 0) {
        ssize_t n = read(fd, buffer, left < (int64_t)room ? (size_t)left : room);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            r = err_set(e, n < 0 ? -errno : -EIO, "%s: cannot be read to its end", z->path);
        else
            r = put(w, buffer, (size_t)n, e);
        left -= n > 0 ? n : 0;
    }
    free(buffer);
    close(fd);
    return r;
}

static int put_entry(struct writer *w, const struct zip_entry *z, struct err *e)
{
    if (z->path)
        return put_file(w, z, e);
    int r = begin(w, z, (int64_t)z->text->len, e);
    return r < 0 || !z->text->len ? r : put(w, z->text->p, z->text->len, e);
}

int zip_write(const char *path, const struct zip_entry *entries, size_t n, int64_t utc_s,
              const struct progress *progress, struct err *e)
{
    struct writer w = {archive_write_new(), path, utc_s, 0, 0, progress};
    for (size_t i = 0; i < n; i++)
        w.total += entries[i].path ? fs_size(entries[i].path) : (int64_t)entries[i].text->len;
    int r = archive_write_set_format_zip(w.a);
    if (r == ARCHIVE_OK) // names in UTF-8 are marked as such where they are not ASCII
        r = archive_write_set_options(w.a, "zip:hdrcharset=UTF-8");
    if (r == ARCHIVE_OK)
        r = archive_write_open_filename(w.a, path);
    r = r == ARCHIVE_OK ? 0 : fault(&w, e);
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = put_entry(&w, &entries[i], e);
    if (r >= 0 && archive_write_close(w.a) != ARCHIVE_OK)
        r = fault(&w, e);
    archive_write_free(w.a);
    if (r < 0)
        unlink(path);
    return r < 0 ? r : 0;
}
