// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"
#include "scratch.h"

struct place {
    char dir[SCRATCH_MAX];
    struct arena a;
};

static int start(void **state)
{
    struct place *p = mem_alloc(sizeof(*p));
    scratch_new(p->dir);
    *state = p;
    return 0;
}

static int stop(void **state)
{
    struct place *p = *state;
    scratch_free(p->dir);
    arena_done(&p->a);
    free(p);
    return 0;
}

static const char *at(struct place *p, const char *name)
{
    return fs_join(&p->a, p->dir, name);
}

static void put(struct place *p, const char *name, const char *text)
{
    assert_true(fs_replace(at(p, name), text, strlen(text), NULL) >= 0);
}

static void assert_holds(struct place *p, const char *name, const char *want)
{
    char *text = NULL;
    struct err e = {0};
    if (fs_read(&p->a, at(p, name), 1 << 20, &text, NULL, &e) < 0)
        fail_msg("%s", e.text);
    assert_string_equal(text, want);
}

// The names in a folder in one line: what was left behind shows.
static void assert_names(struct place *p, const char *name, const char *want)
{
    char **names = NULL;
    size_t n = 0;
    struct str s;
    str_init(&s, 10000);
    assert_int_equal(fs_list(&p->a, at(p, name), &names, &n, NULL), 0);
    for (size_t i = 0; i < n; i++)
        str_addf(&s, "%s%s", i ? " " : "", names[i]);
    assert_string_equal(s.p, want);
    str_done(&s);
}

static struct stat stat_of(struct place *p, const char *name)
{
    struct stat st;
    assert_int_equal(lstat(at(p, name), &st), 0);
    return st;
}

// Files of this process end after so many bytes: a stand-in for a full disk.
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void files_are_read_whole_or_refused(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    char *text = NULL;
    size_t len = 0;
    assert_int_equal(fs_replace(at(p, "zero"), "a\0b", 3, &e), 1);
    assert_int_equal(fs_read(&p->a, at(p, "zero"), 3, &text, &len, &e), 0);
    assert_int_equal(len, 3);
    assert_memory_equal(text, "a\0b", 4);
    assert_int_equal(fs_read(&p->a, at(p, "zero"), 2, &text, &len, &e), -EFBIG);
    assert_int_equal(fs_replace(at(p, "empty"), "", 0, &e), 1);
    assert_int_equal(fs_read(&p->a, at(p, "empty"), 0, &text, &len, &e), 0);
    assert_int_equal(len, 0);
    assert_string_equal(text, "");
    // its size says 0, and it is not
    assert_int_equal(fs_read(&p->a, "/proc/self/status", 1 << 20, &text, &len, &e), 0);
    assert_true(len > 100 && strlen(text) == len);
    assert_int_equal(fs_read(&p->a, "/dev/zero", 100000, &text, &len, &e), -EFBIG);
    assert_int_equal(fs_read(&p->a, at(p, "none"), 9, &text, &len, &e), -ENOENT);
    assert_true(str_ends(e.text, "none: no such file or directory"));
    assert_int_equal(fs_read(&p->a, p->dir, 9, &text, &len, &e), -EISDIR);
}

static void replacing_leaves_equal_content_alone(void **state)
{
    struct place *p = *state;
    const char *path = at(p, "a/b/feed.xml");
    assert_int_equal(fs_replace(path, "one", 3, NULL), 1);
    ino_t before = stat_of(p, "a/b/feed.xml").st_ino;
    assert_int_equal(fs_replace(path, "one", 3, NULL), 0);
    assert_int_equal(stat_of(p, "a/b/feed.xml").st_ino, before);
    assert_int_equal(fs_replace(path, "two", 3, NULL), 1);
    assert_holds(p, "a/b/feed.xml", "two");
    assert_int_equal(fs_replace(path, "twofold", 7, NULL), 1);
    assert_holds(p, "a/b/feed.xml", "twofold");
    assert_names(p, "a/b", "feed.xml");
}

static void replacing_keeps_permissions_and_ends_links(void **state)
{
    struct place *p = *state;
    put(p, "secrets", "a = 1");
    assert_int_equal(chmod(at(p, "secrets"), 0600), 0);
    put(p, "secrets", "a = 2");
    assert_int_equal(stat_of(p, "secrets").st_mode & 0777, 0600);
    assert_int_equal(symlink("secrets", at(p, "link")), 0);
    put(p, "link", "b = 1");
    assert_true(S_ISREG(stat_of(p, "link").st_mode));
    assert_holds(p, "secrets", "a = 2");
}

static void a_failed_replace_leaves_no_trace(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    put(p, "folder/inside", "x");
    put(p, "old", "old");
    assert_int_equal(fs_replace(at(p, "folder"), "x", 1, &e), -EISDIR);
    assert_int_equal(fs_replace(at(p, "old/below"), "x", 1, &e), -ENOTDIR);
    char *big = mem_alloc(100000);
    limit_files(50000);
    int r = fs_replace(at(p, "old"), big, 100000, &e);
    int copied = fs_copy("/proc/self/exe", at(p, "copy"), 0644, &e);
    limit_files(RLIM_INFINITY);
    free(big);
    assert_int_equal(r, -EFBIG);
    assert_int_equal(copied, -EFBIG);
    assert_holds(p, "old", "old");
    assert_names(p, ".", "folder old");
}

static void long_names_can_be_replaced(void **state)
{
    struct place *p = *state;
    char name[256];
    memset(name, 'n', sizeof(name) - 1);
    name[255] = '\0';
    put(p, name, "x");
    assert_holds(p, name, "x");
    assert_names(p, ".", name);
}

static void copies_have_their_mode_and_never_overwrite(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    size_t len = (3 << 20) + 5;
    char *big = mem_alloc(len);
    for (size_t i = 0; i < len; i++)
        big[i] = (char)('a' + i % 23);
    assert_int_equal(fs_replace(at(p, "from"), big, len, &e), 1);
    assert_int_equal(fs_copy(at(p, "from"), at(p, "to"), 0444, &e), 0);
    assert_int_equal(stat_of(p, "to").st_mode & 0777, 0444);
    assert_int_not_equal(stat_of(p, "to").st_ino, stat_of(p, "from").st_ino);
    assert_int_equal(fs_replace(at(p, "to"), big, len, &e), 0); // the same bytes
    put(p, "from", "changed");
    assert_int_equal(fs_copy(at(p, "from"), at(p, "to"), 0444, &e), -EEXIST);
    assert_int_equal(fs_size(at(p, "to")), len);
    assert_int_equal(fs_copy(at(p, "none"), at(p, "to2"), 0444, &e), -ENOENT);
    assert_int_equal(fs_copy(p->dir, at(p, "to2"), 0444, &e), -EISDIR);
    // no reflink and no copy inside the kernel here
    assert_int_equal(fs_copy("/proc/self/status", at(p, "status"), 0644, &e), 0);
    assert_true(fs_size(at(p, "status")) > 100);
    assert_names(p, ".", "from status to");
    free(big);
}

static void placing_links_once(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    put(p, "store/a.mp3", "sound");
    put(p, "store/b.mp3", "other");
    assert_int_equal(fs_place(at(p, "store/a.mp3"), at(p, "public/media/x.mp3"), &e), 1);
    assert_int_equal(stat_of(p, "public/media/x.mp3").st_ino, stat_of(p, "store/a.mp3").st_ino);
    assert_int_equal(fs_place(at(p, "store/a.mp3"), at(p, "public/media/x.mp3"), &e), 0);
    assert_int_equal(fs_place(at(p, "store/b.mp3"), at(p, "public/media/x.mp3"), &e), 1);
    assert_holds(p, "public/media/x.mp3", "other");
    assert_holds(p, "store/a.mp3", "sound");
    assert_names(p, "public/media", "x.mp3");
}

static void placing_takes_the_place_of_a_symlink(void **state)
{
    struct place *p = *state;
    put(p, "a", "sound");
    assert_int_equal(symlink("a", at(p, "b")), 0);
    assert_int_equal(fs_place(at(p, "a"), at(p, "b"), NULL), 1);
    assert_true(S_ISREG(stat_of(p, "b").st_mode));
    assert_names(p, ".", "a b");
}

static void a_failed_place_leaves_no_trace(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    put(p, "a", "sound");
    put(p, "b/inside", "x");
    assert_int_equal(fs_place(at(p, "a"), at(p, "b"), &e), -EISDIR);
    assert_int_equal(fs_place(at(p, "none"), at(p, "c"), &e), -ENOENT);
    assert_true(str_ends(e.text, "none: no such file or directory"));
    assert_names(p, ".", "a b");
}

static void placing_across_file_systems_copies_once(void **state)
{
    struct place *p = *state, other = {.dir = "/dev/shm/dgl-unit-XXXXXX"};
    struct stat here, there;
    if (!mkdtemp(other.dir))
        return;
    stat(p->dir, &here);
    stat(other.dir, &there);
    if (here.st_dev != there.st_dev) {
        put(p, "a", "sound");
        chmod(at(p, "a"), 0444);
        assert_int_equal(fs_place(at(p, "a"), at(&other, "b"), NULL), 1);
        assert_holds(&other, "b", "sound");
        assert_int_equal(stat_of(&other, "b").st_mode & 0777, 0444);
        assert_int_equal(fs_place(at(p, "a"), at(&other, "b"), NULL), 0);
        put(p, "a", "SOUND"); // as long, but of another time
        assert_int_equal(fs_place(at(p, "a"), at(&other, "b"), NULL), 1);
        assert_holds(&other, "b", "SOUND");
        assert_names(&other, ".", "b");
    }
    scratch_free(other.dir);
    arena_done(&other.a);
}

static void trees_are_removed_without_following_links(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    put(p, "kept/file", "kept");
    put(p, "tree/a/b/c", "x");
    put(p, "tree/d", "x");
    assert_int_equal(symlink("../kept", at(p, "tree/link")), 0);
    assert_int_equal(chmod(at(p, "tree/a"), 0555), 0);
    assert_int_equal(fs_sync_tree(at(p, "tree"), &e), 0);
    assert_int_equal(fs_remove_tree(at(p, "tree"), &e), 0);
    assert_int_equal(fs_remove_tree(at(p, "tree"), &e), 0);
    assert_int_equal(symlink("kept", at(p, "link")), 0);
    assert_int_equal(fs_remove_tree(at(p, "link"), &e), 0);
    assert_names(p, ".", "kept");
    assert_holds(p, "kept/file", "kept");
    assert_int_equal(fs_remove_tree(at(p, "kept/file"), &e), 0);
    assert_names(p, "kept", "");
    assert_int_equal(fs_sync_tree(at(p, "none"), &e), -ENOENT);
}

static void folders_are_made_as_needed(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    assert_int_equal(fs_mkdirs(at(p, "a//b/c/"), &e), 0);
    assert_int_equal(fs_mkdirs(at(p, "a/b/c"), &e), 0);
    assert_true(fs_is_dir(at(p, "a/b/c")));
    put(p, "file", "x");
    assert_false(fs_is_dir(at(p, "file")));
    assert_int_equal(fs_mkdirs(at(p, "file/below"), &e), -ENOTDIR);
    assert_true(str_ends(e.text, "file: not a directory"));
}

static void lists_are_sorted_and_a_missing_folder_is_empty(void **state)
{
    struct place *p = *state;
    char **names = NULL;
    size_t n = 99;
    struct err e = {0};
    put(p, "b", "");
    put(p, ".a", "");
    put(p, "c", "");
    put(p, "B", "");
    assert_names(p, ".", ".a B b c");
    assert_int_equal(fs_list(&p->a, at(p, "none"), &names, &n, &e), 0);
    assert_int_equal(n, 0);
    assert_int_equal(fs_list(&p->a, at(p, "b"), &names, &n, &e), -ENOTDIR);
}

static void trees_are_listed_without_following_links(void **state)
{
    struct place *p = *state;
    char **names = NULL;
    size_t n = 0;
    struct err e = {0};
    put(p, "kept/file", "");
    put(p, "tree/a/b", "");
    assert_int_equal(symlink("../kept", at(p, "tree/far")), 0);
    assert_int_equal(symlink(".", at(p, "tree/loop")), 0);
    assert_int_equal(symlink("tree", at(p, "way")), 0);
    assert_int_equal(fs_list_tree(&p->a, at(p, "way"), &names, &n, &e), 0);
    assert_int_equal(n, 3);
    assert_string_equal(names[0], "a/b");
    assert_string_equal(names[1], "far");
    assert_string_equal(names[2], "loop");
    assert_true(fs_is_link(at(p, "way")) && fs_is_link(at(p, "tree/far")));
    assert_false(fs_is_link(at(p, "tree/a")) || fs_is_link(at(p, "none")));
}

static void room_is_asked_for_before_it_is_needed(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    assert_true(fs_free_bytes(p->dir) >= 0);
    assert_true(fs_free_bytes(at(p, "not/yet/made")) >= 0);
    assert_int_equal(fs_need_room(p->dir, 0, &e), 0);
    assert_int_equal(fs_need_room(at(p, "not/yet"), INT64_MAX / 2, &e), -ENOSPC);
    assert_int_equal(err_exit_code(&e), 1);
    assert_non_null(strstr(e.text, "no space left on the disk"));
    assert_non_null(strstr(e.text, "bytes missing"));
}

static void names_are_joined_and_taken_apart(void **state)
{
    struct place *p = *state;
    static const struct {
        const char *dir, *name, *joined;
    } joins[] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"a", "/b", "/b"}, {".", "b", "b"},
        {"", "b", "b"},    {"/", "b", "/b"},   {"a", "", "a"},
    };
    for (size_t i = 0; i < COUNT(joins); i++)
        assert_string_equal(fs_join(&p->a, joins[i].dir, joins[i].name), joins[i].joined);
    static const struct {
        const char *path, *dir, *name, *extension;
    } rows[] = {
        {"a/b.tar.gz", "a", "b.tar.gz", "gz"},
        {"b", ".", "b", ""},
        {"/b.mp3", "/", "b.mp3", "mp3"},
        {"/a/b", "/a", "b", ""},
        {"a//b", "a", "b", ""},
        {"a.b/c", "a.b", "c", ""},
        {".hidden", ".", ".hidden", ""},
        {"end.", ".", "end.", ""},
        {"/", "/", "", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(fs_dirname(&p->a, rows[i].path), rows[i].dir);
        assert_string_equal(fs_basename(rows[i].path), rows[i].name);
        assert_string_equal(fs_extension(rows[i].path), rows[i].extension);
    }
    assert_string_equal(fs_dirname(&p->a, "a/b/"), "a");
}

static void paths_are_seen_from_elsewhere(void **state)
{
    struct place *p = *state;
    static const struct {
        const char *path, *dir, *want;
    } rows[] = {
        {"/a/b/c", "/a/b", "c"},   {"/a/b/c", "/a", "b/c"},
        {"/a/b", "/a/b/c", ".."},  {"/a/bb", "/a/b", "../bb"},
        {"/a/b", "/a/bb", "../b"}, {"/a/b", "/a/b", "."},
        {"/x", "/a/b", "../../x"}, {"/", "/a", ".."},
        {"/a", "/", "a"},          {"/a/b/d/e", "/a/b/c/f", "../../d/e"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(fs_relative(&p->a, rows[i].path, rows[i].dir), rows[i].want);
}

static void absolute_paths_resolve_what_exists(void **state)
{
    struct place *p = *state;
    char real[4096];
    assert_non_null(realpath(p->dir, real));
    put(p, "a/b", "x");
    put(p, "deep/a/c", "x");
    assert_int_equal(symlink("a", at(p, "link")), 0);
    assert_int_equal(symlink("deep/a", at(p, "below")), 0);
    assert_string_equal(fs_absolute(&p->a, at(p, "link/../a/./b")), fs_join(&p->a, real, "a/b"));
    assert_string_equal(fs_absolute(&p->a, at(p, "below/../a")), fs_join(&p->a, real, "deep/a"));
    assert_string_equal(fs_absolute(&p->a, at(p, "link/none/../new//x")),
                        fs_join(&p->a, real, "a/new/x"));
    assert_string_equal(fs_absolute(&p->a, "/none-such/../x-none"), "/x-none");
    assert_non_null(getcwd(real, sizeof(real)));
    assert_string_equal(fs_absolute(&p->a, "none-such"), fs_join(&p->a, real, "none-such"));
    assert_string_equal(fs_absolute(&p->a, "."), real);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        IN_SCRATCH(files_are_read_whole_or_refused),
        IN_SCRATCH(replacing_leaves_equal_content_alone),
        IN_SCRATCH(replacing_keeps_permissions_and_ends_links),
        IN_SCRATCH(a_failed_replace_leaves_no_trace),
        IN_SCRATCH(long_names_can_be_replaced),
        IN_SCRATCH(copies_have_their_mode_and_never_overwrite),
        IN_SCRATCH(placing_links_once),
        IN_SCRATCH(placing_takes_the_place_of_a_symlink),
        IN_SCRATCH(a_failed_place_leaves_no_trace),
        IN_SCRATCH(placing_across_file_systems_copies_once),
        IN_SCRATCH(trees_are_removed_without_following_links),
        IN_SCRATCH(folders_are_made_as_needed),
        IN_SCRATCH(lists_are_sorted_and_a_missing_folder_is_empty),
        IN_SCRATCH(trees_are_listed_without_following_links),
        IN_SCRATCH(room_is_asked_for_before_it_is_needed),
        IN_SCRATCH(names_are_joined_and_taken_apart),
        IN_SCRATCH(paths_are_seen_from_elsewhere),
        IN_SCRATCH(absolute_paths_resolve_what_exists),
    };
    return cmocka_run_group_tests_name("fs", tests, NULL, NULL);
}
