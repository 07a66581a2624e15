// SPDX-License-Identifier: GPL-3.0-or-later
// Files. A file appears by rename, complete and synced, or not at all.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct arena;
struct err;

// Whole file, NUL-terminated behind *ret_len bytes (ret_len may be NULL). -EFBIG above max bytes.
int fs_read(struct arena *a, const char *path, size_t max, char **ret, size_t *ret_len,
            struct err *e);
// The one way to replace a file: writes path.tmp-XXXXXX beside it, syncs, renames, syncs the
// folder. Equal content is left alone (result 0; 1 when the file changed). Folders above are made.
// Permissions of a file that was there are kept.
int fs_replace(const char *path, const void *data, size_t len, struct err *e);

int fs_mkdirs(const char *path, struct err *e);
int fs_remove_tree(const char *path, struct err *e); // missing is fine; follows no symlink
int fs_sync_tree(const char *dir, struct err *e);    // every file and folder below, and dir itself
int fs_sync_dir(const char *dir, struct err *e);
bool fs_exists(const char *path);
bool fs_is_dir(const char *path);
bool fs_is_link(const char *path); // symbolic, wherever it leads
int64_t fs_size(const char *path); // bytes; -errno
// Reflink where the file system can, else a copy; synced; `to` must not exist and gets mode.
int fs_copy(const char *from, const char *to, mode_t mode, struct err *e);
// The same; ends with -ECANCELED, kind ERR_INTERRUPTED, soon after stopped(ctx) is true.
int fs_copy_until(const char *from, const char *to, mode_t mode, bool (*stopped)(const void *ctx),
                  const void *ctx, struct err *e);
// Hard link, else a copy with the same time, put in place of `to` by rename. 1 when `to` changed, 0
// when it already was that file, or that copy. Folders above are made.
int fs_place(const char *from, const char *to, struct err *e);
int64_t fs_free_bytes(const char *path); // where path lies, or will lie once made; -errno
// Refuses with the bytes missing: kind ERR_FAILED, -ENOSPC.
int fs_need_room(const char *path, int64_t bytes, struct err *e);

// Names in a folder without . and .., sorted; in the arena. Missing folder: *ret_n 0.
int fs_list(struct arena *a, const char *dir, char ***ret, size_t *ret_n, struct err *e);
// Files in dir and in the folders below it, "sub/file", in order; no folders. A link is listed as a
// file is, and not followed.
int fs_list_tree(struct arena *a, const char *dir, char ***ret, size_t *ret_n, struct err *e);
char *fs_join(struct arena *a, const char *dir, const char *name); // absolute name wins
// "a/b": from wherever it is joined to it leads down; no "..", ".", empty part, "/" or "\\" ahead.
bool fs_leads_down(const char *path);
char *fs_dirname(struct arena *a, const char *path);
const char *fs_basename(const char *path);
const char *fs_extension(const char *path);           // without the dot, "" where there is none
char *fs_home(struct arena *a, const char *path);     // "~/x" below $HOME; NULL: it is not set
char *fs_absolute(struct arena *a, const char *path); // realpath; falls back to cwd/path
// path seen from dir ("../x"), both absolute and normalized.
char *fs_relative(struct arena *a, const char *path, const char *dir);
