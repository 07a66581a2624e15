// SPDX-License-Identifier: GPL-3.0-or-later
// The folder kind on this machine's disks.
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "unit/remotes.h"

static char dir[SCRATCH_MAX], root[300], full[300];
static bool full_disk;
static struct bytes large, small, tiny;

static int set_up(void **state)
{
    (void)state;
    scratch_new(dir);
    snprintf(root, sizeof(root), "%s/disk", dir);
    snprintf(full, sizeof(full), "%s/full", dir);
    assert_true(fs_mkdirs(root, NULL) >= 0);
    full_disk = small_disk(full, "8m");
    make_bytes(&large, dir, "large", LARGE, 1);
    make_bytes(&small, dir, "small", SMALL, 2);
    make_bytes(&tiny, dir, "tiny", 1000, 3);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (full_disk)
        umount(full);
    scratch_free(dir);
    return 0;
}

// Of root; more below it.
static const char *at(const char *path)
{
    static char ret[2 * PATH_SIZE];
    snprintf(ret, sizeof(ret), "%s/%s", root, path);
    return ret;
}

static void there_and_back(void **state)
{
    static const char *const paths[] = {"feed.xml", "media/2026-02/a.mp3", "møte i Bodø/100 %.vtt"};
    (void)state;
    struct remote *r = opened(&(struct remote_params){.kind = "folder", .url = root});
    struct err e = {0};
    char back[PATH_SIZE];
    snprintf(back, sizeof(back), "%s/back", dir);
    for (size_t i = 0; i < COUNT(paths); i++) {
        struct remote_facts there;
        well(remote_look(r, paths[i], &there, &e), &e);
        assert_false(there.there);
        assert_int_equal(remote_get(r, paths[i], back, 5000, &e), -ENOENT);
        assert_int_equal(e.code, 0);
        sent_well(r, &small, paths[i]);
        sent_well(r, &tiny, paths[i]);
        assert_true(holds(at(paths[i]), &tiny));
        well(remote_look(r, paths[i], &there, &e), &e);
        assert_true(there.there && there.bytes == 1000);
        well(remote_get(r, paths[i], back, 1000, &e), &e);
        assert_true(holds(back, &tiny));
        assert_int_equal(remote_get(r, paths[i], back, 999, &e), -EFBIG);
        e = (struct err){0};
        well(remote_remove(r, paths[i], NULL, &e), &e);
        well(remote_remove(r, paths[i], NULL, &e), &e);
        assert_false(fs_exists(at(paths[i])));
    }
    // what held them is gone, but not the target itself
    assert_true(fs_is_dir(root));
    assert_int_equal(count_names(root, ""), 0);
    remote_close(r);
}

static void a_disk_that_is_not_there(void **state)
{
    (void)state;
    struct remote *r = NULL;
    struct err e = {0};
    const char *bad[] = {at("not/plugged/in/"), tiny.path};
    for (size_t i = 0; i < COUNT(bad); i++) {
        int k = remote_open(&(struct remote_params){.kind = "folder", .url = bad[i]}, &r, &e);
        assert_int_equal(k, -ENOTDIR);
        assert_non_null(strstr(e.text, "there is no such folder"));
        assert_null(r);
    }
    assert_false(fs_exists(at("not")));
}

// It is noticed whatever is asked for, and nothing is written on the disk below it.
static void is_away(struct remote *r, const char *text)
{
    struct remote_facts there;
    struct err e[3] = {{0}};
    char back[PATH_SIZE];
    snprintf(back, sizeof(back), "%s/back", dir);
    sent_badly(r, &small, "media/b.mp3", -ENOTDIR, false, text, "\n");
    assert_int_equal(remote_look(r, "media/a.mp3", &there, &e[0]), -ENOTDIR);
    assert_int_equal(remote_get(r, "media/a.mp3", back, SMALL, &e[1]), -ENOTDIR);
    assert_int_equal(remote_remove(r, "media/a.mp3", NULL, &e[2]), -ENOTDIR);
    for (size_t i = 0; i < COUNT(e); i++)
        assert_non_null(strstr(e[i].text, text));
}

static void a_disk_that_goes_away(void **state)
{
    (void)state;
    char disk[PATH_SIZE], gone[PATH_SIZE];
    snprintf(disk, sizeof(disk), "%s/usb", dir);
    snprintf(gone, sizeof(gone), "%s/usb-gone", dir);
    assert_true(fs_mkdirs(disk, NULL) >= 0);
    struct remote *r = opened(&(struct remote_params){.kind = "folder", .url = disk});
    sent_well(r, &small, "media/a.mp3");
    assert_int_equal(rename(disk, gone), 0);
    is_away(r, "there is no such folder");
    assert_false(fs_exists(disk));
    assert_int_equal(rename(gone, disk), 0);
    sent_well(r, &tiny, "media/a.mp3");
    remote_close(r);
}

// Where it was mounted a folder stays that can be written into.
static void a_disk_that_is_unmounted(void **state)
{
    (void)state;
    char disk[PATH_SIZE];
    snprintf(disk, sizeof(disk), "%s/stick", dir);
    if (!small_disk(disk, "8m"))
        skip();
    struct remote *r = opened(&(struct remote_params){.kind = "folder", .url = disk});
    sent_well(r, &small, "media/a.mp3");
    assert_int_equal(umount(disk), 0);
    is_away(r, "its disk has gone away");
    assert_int_equal(count_names(disk, ""), 0);
    remote_close(r);
}

static bool after_half(const void *ctx)
{
    return *(const int64_t *)ctx >= LARGE / 2;
}

// Stopped in the middle; the next try goes on there, and the place has the old file until then.
static void goes_on_at_the_byte(void **state)
{
    (void)state;
    int64_t sent = 0;
    struct remote_params p = {.kind = "folder", .url = root, .sent = count_sent, .ctx = &sent};
    char place[PATH_SIZE], part[PATH_SIZE];
    snprintf(place, sizeof(place), "%s/feed.xml", root);
    snprintf(part, sizeof(part), "%s/.feed.xml.%.16s.part", root, large.sha256);
    struct remote *r = opened(&p);
    sent_well(r, &small, "feed.xml");
    remote_close(r);
    struct watcher w = {.path = place, .one = &small, .two = &large};
    watch_begin(&w);
    p.stopped = after_half;
    sent = 0;
    r = opened(&p);
    sent_badly(r, &large, "feed.xml", -ECANCELED, false, "feed.xml", "\n");
    remote_close(r);
    assert_int_equal(sent, 0);
    assert_int_equal(fs_size(part), LARGE / 2);
    assert_true(holds(place, &small));
    p.stopped = NULL;
    r = opened(&p);
    sent_well(r, &large, "feed.xml");
    remote_close(r);
    watch_end(&w, 2);
    assert_int_equal(sent, LARGE);
    assert_true(holds(place, &large));
    assert_int_equal(count_names(root, ".part"), 0);
}

// A part that is there is trusted for its name, and found out.
static void parts_that_lie(void **state)
{
    static const size_t lens[] = {SMALL / 2, SMALL, 2 * SMALL};
    (void)state;
    struct remote *r = opened(&(struct remote_params){.kind = "folder", .url = root});
    char part[PATH_SIZE];
    snprintf(part, sizeof(part), "%s/.lies.mp3.%.16s.part", root, small.sha256);
    for (size_t i = 0; i < COUNT(lens); i++) {
        struct bytes other;
        make_bytes(&other, root, strrchr(part, '/') + 1, lens[i], 9);
        // what is longer than the file was never its beginning
        if (lens[i] <= SMALL)
            sent_badly(r, &small, "lies.mp3", -EBADMSG, true, "other bytes", "\n");
        sent_well(r, &small, "lies.mp3");
        assert_true(holds(at("lies.mp3"), &small));
        assert_int_equal(count_names(root, ".part"), 0);
    }
    remote_close(r);
}

// What broke off goes with what it was to become, and only that.
static void what_is_removed_leaves_no_part(void **state)
{
    (void)state;
    struct remote *r = opened(&(struct remote_params){.kind = "folder", .url = root});
    struct err e = {0};
    sent_well(r, &tiny, "gone/a.mp3");
    RUN("cp", small.path, at("gone/.a.mp3.0123456789abcdef.part"));
    RUN("cp", small.path, at("gone/.a.mp3.x.0123456789abcdef.part"));
    well(remote_remove(r, "gone/a.mp3", NULL, &e), &e);
    assert_int_equal(count_names(at("gone"), ""), 1);
    well(remote_remove(r, "gone/a.mp3.x", NULL, &e), &e);
    assert_false(fs_exists(at("gone")));
    remote_close(r);
}

// Who may write there must not lead us to write elsewhere.
static void a_link_in_the_way(void **state)
{
    (void)state;
    struct remote *r = opened(&(struct remote_params){.kind = "folder", .url = root});
    char part[PATH_SIZE];
    snprintf(part, sizeof(part), "%s/.link.mp3.%.16s.part", root, small.sha256);
    assert_int_equal(symlink(tiny.path, part), 0);
    sent_badly(r, &small, "link.mp3", -ELOOP, false, "link.mp3", "\n");
    assert_true(holds(tiny.path, &tiny));
    assert_false(fs_exists(at("link.mp3")));
    unlink(part);
    // a link in the place itself gives way to the file
    assert_int_equal(symlink(tiny.path, at("link.mp3")), 0);
    sent_well(r, &small, "link.mp3");
    assert_true(holds(tiny.path, &tiny));
    assert_true(holds(at("link.mp3"), &small));
    remote_close(r);
}

static void a_folder_in_the_place(void **state)
{
    (void)state;
    struct remote *r = opened(&(struct remote_params){.kind = "folder", .url = root});
    sent_well(r, &tiny, "place/kept.mp3");
    sent_badly(r, &small, "place", -EISDIR, false, "place", "\n");
    assert_true(holds(at("place/kept.mp3"), &tiny));
    sent_badly(r, &small, "place/kept.mp3/a.mp3", -ENOTDIR, false, "kept.mp3", "\n");
    remote_close(r);
}

static void full_and_read_only(void **state)
{
    (void)state;
    if (!full_disk)
        skip();
    char place[PATH_SIZE];
    snprintf(place, sizeof(place), "%s/a.mp3", full);
    struct remote *r = opened(&(struct remote_params){.kind = "folder", .url = full});
    sent_well(r, &small, "a.mp3");
    sent_badly(r, &large, "a.mp3", -ENOSPC, false, "no space left on the disk", "\n");
    assert_true(holds(place, &small));
    RUN("find", full, "-name", ".*.part", "-delete");
    assert_int_equal(mount("tmpfs", full, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=8m"), 0);
    sent_badly(r, &tiny, "a.mp3", -EROFS, false, "read-only", "\n");
    struct err e = {0};
    assert_int_equal(remote_remove(r, "a.mp3", NULL, &e), -EROFS);
    assert_true(holds(place, &small));
    assert_int_equal(mount("tmpfs", full, "tmpfs", MS_REMOUNT, "size=8m"), 0);
    sent_well(r, &tiny, "a.mp3");
    assert_true(holds(place, &tiny));
    remote_close(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(a_disk_that_is_not_there),
        cmocka_unit_test(goes_on_at_the_byte),
        cmocka_unit_test(parts_that_lie),
        cmocka_unit_test(a_disk_that_goes_away),
        cmocka_unit_test(a_disk_that_is_unmounted),
        cmocka_unit_test(what_is_removed_leaves_no_part),
        cmocka_unit_test(a_link_in_the_way),
        cmocka_unit_test(a_folder_in_the_place),
        cmocka_unit_test(full_and_read_only),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
