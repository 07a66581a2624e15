// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/bag.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/str.h"

enum { PIECE = 1 << 20, TAG_FILES = 4 };
static const char bagit[] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

struct writer {
    struct bag *b;
    struct archive *a;
    char *piece;
    int64_t done, total;
    struct bag_file tag[TAG_FILES]; // as they come: two before the payload, two behind
    size_t num_tags;
};

static int fault(struct archive *a, const char *path, struct err *e)
{
    int code = archive_errno(a);
    const char *why = archive_error_string(a);
    if (code == ENOSPC || code == EDQUOT)
        return err_errno(e, -code, path);
    return err_set(e, code > 0 ? -code : -EIO, "%s: %s", path, why ? why : "cannot be written");
}

static int tell(struct writer *w, const char *what, int64_t n, struct err *e)
{
    w->done += n;
    progress_update(w->b->progress, what, w->total ? (double)w->done / (double)w->total : 1, -1);
    return progress_check(w->b->progress, e);
}

static int begin(const struct writer *w, const struct bag_file *f, struct err *e)
{
    struct arena scratch = {0};
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname_utf8(entry, arena_printf(&scratch, "%s/%s", w->b->name, f->name));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, w->b->utc_s, 0);
    archive_entry_set_size(entry, f->bytes);
    int r = archive_write_header(w->a, entry) == ARCHIVE_OK ? 0 : fault(w->a, w->b->to, e);
    archive_entry_free(entry);
    arena_done(&scratch);
    return r;
}

static int put(struct writer *w, struct hash *h, const void *data, size_t len, struct err *e)
{
    hash_add(h, data, len);
    if (archive_write_data(w->a, data, len) != (la_ssize_t)len)
        return fault(w->a, w->b->to, e);
    return tell(w, "packing", (int64_t)len, e);
}

static int put_bytes(struct writer *w, const struct bag_file *f, struct hash *h, struct err *e)
{
    if (f->text)
        return f->bytes ? put(w, h, f->text, (size_t)f->bytes, e) : 0;
    int fd = open(f->path, O_RDONLY | O_CLOEXEC), r = 0;
    if (fd < 0)
        return err_errno(e, -errno, f->path);
    for (int64_t left = f->bytes; r >= 0 && left > 0;) {
        ssize_t n = read(fd, w->piece, left < PIECE ? (size_t)left : PIECE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            r = err_set(e, n < 0 ? -errno : -EIO, "%s: cannot be read to its end", f->path);
        else
            r = put(w, h, w->piece, (size_t)n, e);
        left -= n > 0 ? n : 0;
    }
    close(fd);
    return r;
}

static int put_file(struct writer *w, struct bag_file *f, struct err *e)
{
    int r = begin(w, f, e);
    if (r < 0)
        return r;
    struct hash *h = hash_new();
    r = put_bytes(w, f, h, e);
    hash_finish(h, f->hex);
    if (r >= 0 && f->sha256 && !str_same(f->sha256, f->hex))
        return err_set(e, -EBADMSG,
                       "%s: is damaged: its bytes are not those that were recorded (sha256 "
                       "%.16s…, it was %.16s…); put it back from a backup",
                       f->path, f->hex, f->sha256);
    return r;
}

static int put_tag(struct writer *w, const char *name, const char *text, struct err *e)
{
    struct bag_file *f = &w->tag[w->num_tags++];
    *f = (struct bag_file){.name = name, .text = text, .bytes = (int64_t)strlen(text)};
    w->total += f->bytes;
    int r = put_file(w, f, e);
    f->text = NULL;
    return r;
}

static void add_sum(struct str *s, const struct bag_file *f)
{
    str_addf(s, "%s  %s\n", f->hex, f->name);
}

static int put_manifests(struct writer *w, struct err *e)
{
    struct str sums, tags;
    str_init(&sums, STR_MAX);
    str_init(&tags, STR_MAX);
    for (size_t i = 0; i < w->b->num_files; i++)
        add_sum(&sums, &w->b->files[i]);
    int r = put_tag(w, "manifest-sha256.txt", sums.p, e);
    for (size_t i = 0; i < w->num_tags; i++)
        add_sum(&tags, &w->tag[i]);
    if (r >= 0)
        r = put_tag(w, "tagmanifest-sha256.txt", tags.p, e);
    str_done(&sums);
    str_done(&tags);
    return r;
}

static int put_all(struct writer *w, struct err *e)
{
    struct bag *b = w->b;
    struct str info;
    int r = 0;
    for (size_t i = 0; r >= 0 && i < b->num_files; i++) {
        struct bag_file *f = &b->files[i];
        f->bytes = f->text ? (int64_t)strlen(f->text) : fs_size(f->path);
        if (f->bytes < 0)
            r = err_errno(e, (int)f->bytes, f->path);
        w->total += f->bytes > 0 ? f->bytes : 0;
    }
    str_init(&info, STR_MAX);
    str_addf(&info, "%sPayload-Oxum: %lld.%zu\n", b->info, (long long)w->total, b->num_files);
    if (r >= 0)
        r = put_tag(w, "bagit.txt", bagit, e);
    if (r >= 0)
        r = put_tag(w, "bag-info.txt", info.p, e);
    for (size_t i = 0; r >= 0 && i < b->num_files; i++)
        r = put_file(w, &b->files[i], e);
    str_done(&info);
    return r < 0 ? r : put_manifests(w, e);
}

static int write_tar(struct writer *w, int fd, struct err *e)
{
    w->a = archive_write_new();
    int r = archive_write_set_format_pax_restricted(w->a);
    if (r == ARCHIVE_OK)
        r = archive_write_set_bytes_per_block(w->a, PIECE);
    if (r == ARCHIVE_OK) // as tar itself ends
        r = archive_write_set_bytes_in_last_block(w->a, 10240);
    if (r == ARCHIVE_OK)
        r = archive_write_open_fd(w->a, fd);
    r = r == ARCHIVE_OK ? put_all(w, e) : fault(w->a, w->b->to, e);
    if (r >= 0 && archive_write_close(w->a) != ARCHIVE_OK)
        r = fault(w->a, w->b->to, e);
    archive_write_free(w->a);
    w->a = NULL;
    // What is read back should come from the disk.
    if (r >= 0 && fsync(fd) < 0)
        r = err_errno(e, -errno, w->b->to);
    if (r >= 0)
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    return r;
}

struct reader {
    int fd;
    struct hash *whole;
    char *piece;
};

static la_ssize_t read_piece(struct archive *a, void *ctx, const void **ret)
{
    struct reader *r = ctx;
    ssize_t n;
    do
        n = read(r->fd, r->piece, PIECE);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        archive_set_error(a, errno, "cannot be read back");
    if (n > 0)
        hash_add(r->whole, r->piece, (size_t)n);
    *ret = r->piece;
    return n;
}

// The i-th entry of the tar.
static const struct bag_file *nth(const struct writer *w, size_t i)
{
    size_t n = w->b->num_files;
    if (i < 2)
        return &w->tag[i];
    return i < 2 + n ? &w->b->files[i - 2] : i < n + TAG_FILES ? &w->tag[i - n] : NULL;
}

static int check_entry(struct writer *w, struct archive *a, struct archive_entry *entry,
                       const struct bag_file *f, struct err *e)
{
    char got[HASH_HEX];
    struct arena scratch = {0};
    const char *name = archive_entry_pathname_utf8(entry);
    bool is_it = f && str_same(name, arena_printf(&scratch, "%s/%s", w->b->name, f->name));
    arena_done(&scratch);
    if (!is_it)
        return err_set(e, -EBADMSG, "%s: holds %s, which was not put there", w->b->to,
                       name ? name : "something");
    struct hash *h = hash_new();
    la_ssize_t n;
    int r = 0;
    while (r >= 0 && (n = archive_read_data(a, w->piece, PIECE)) != 0) {
        if (n < 0) {
            r = fault(a, w->b->to, e);
            break;
        }
        hash_add(h, w->piece, (size_t)n);
        r = tell(w, "reading back", n, e);
    }
    hash_finish(h, got);
    if (r >= 0 && !str_same(got, f->hex))
        r = err_set(e, -EBADMSG, "%s: %s reads back with other bytes: is the disk failing?",
                    w->b->to, f->name);
    return r;
}

static int read_back(struct writer *w, int fd, char ret_hex[HASH_HEX], struct err *e)
{
    struct reader in = {fd, hash_new(), mem_alloc(PIECE)};
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    size_t i = 0;
    int k = ARCHIVE_OK, r = lseek(fd, 0, SEEK_SET) < 0 ? err_errno(e, -errno, w->b->to) : 0;
    w->done = 0;
    archive_read_support_format_tar(a);
    if (r >= 0 && archive_read_open(a, &in, NULL, read_piece, NULL) != ARCHIVE_OK)
        r = fault(a, w->b->to, e);
    while (r >= 0 && (k = archive_read_next_header(a, &entry)) == ARCHIVE_OK)
        r = check_entry(w, a, entry, nth(w, i++), e);
    if (r >= 0 && k != ARCHIVE_EOF)
        r = fault(a, w->b->to, e);
    if (r >= 0 && nth(w, i))
        r = err_set(e, -EBADMSG, "%s: %s is missing when it is read back", w->b->to,
                    nth(w, i)->name);
    const void *rest;
    while (r >= 0 && read_piece(a, &in, &rest) > 0) // of what pads its end
        ;
    archive_read_free(a);
    hash_finish(in.whole, ret_hex);
    free(in.piece);
    return r;
}

static int write_and_read(struct bag *b, char ret_hex[HASH_HEX], struct err *e)
{
    int fd = open(b->to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return err_errno(e, -errno, b->to);
    struct writer w = {.b = b, .piece = mem_alloc(PIECE)};
    int r = write_tar(&w, fd, e);
    if (r >= 0)
        r = read_back(&w, fd, ret_hex, e);
    if (close(fd) < 0 && r >= 0)
        r = err_errno(e, -errno, b->to);
    if (r < 0)
        unlink(b->to);
    free(w.piece);
    return r < 0 ? r : 0;
}

// libarchive asks the locale what the bytes of a name are, and falls over one that cannot be said
// in it.
int bag_write(struct bag *b, char ret_hex[HASH_HEX], struct err *e)
{
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (!utf8)
        return err_set(e, -errno, "this machine has no locale C.UTF-8");
    locale_t before = uselocale(utf8);
    int r = write_and_read(b, ret_hex, e);
    uselocale(before);
    freelocale(utf8);
    return r;
}

const char *bag_library(void)
{
    return archive_version_string();
}
