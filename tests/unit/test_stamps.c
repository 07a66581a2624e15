// SPDX-License-Identifier: GPL-3.0-or-later
// What is noticed of files that were changed.
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/str.h"
#include "plan/stamps.h"
#include "scratch.h"

static void put(struct arena *a, const char *dir, const char *path, const char *text)
{
    assert_true(fs_replace(fs_join(a, dir, path), text, strlen(text), NULL) >= 0);
}

// Each change but the first, which is none.
static void a_changed_preset_is_noticed_wherever_it_lies(void **state)
{
    static const struct {
        const char *path, *text; // path NULL: nothing is changed
    } changes[] = {
        {NULL, NULL},
        {"presets/a.yaml", "longer"},
        {"presets/sub/b.yaml", "longer"},
        {"shared/c.yaml", "longer"}, // presets/linked leads to its folder
        {"shared/d.yaml", "new"},
        {"one.yaml", "longer"}, // presets/one.yaml is a link
    };
    (void)state;
    struct arena a = {0};
    char dir[SCRATCH_MAX];
    scratch_new(dir);
    const char *presets[] = {fs_join(&a, dir, "presets"), NULL};
    struct yaml_file file = {.path = "episodes/show.yaml"};
    struct session s = {.dir = dir, .preset_dirs = presets, .show.file = &file};
    char before[STAMPS_KEY + 1], now[STAMPS_KEY + 1];
    put(&a, dir, "episodes/show.yaml", "x");
    put(&a, dir, "presets/a.yaml", "x");
    put(&a, dir, "presets/sub/b.yaml", "x");
    put(&a, dir, "shared/c.yaml", "x");
    put(&a, dir, "one.yaml", "x");
    assert_int_equal(symlink("../shared", fs_join(&a, dir, "presets/linked")), 0);
    assert_int_equal(symlink("../one.yaml", fs_join(&a, dir, "presets/one.yaml")), 0);
    assert_int_equal(symlink("../presets", fs_join(&a, dir, "presets/itself")), 0);
    stamps_world(&s, before);
    for (size_t i = 0; i < COUNT(changes); i++) {
        // in place, as an editor does that keeps the file: the folder's time stays
        FILE *f = changes[i].path ? fopen(fs_join(&a, dir, changes[i].path), "w") : NULL;
        if (f) {
            fputs(changes[i].text, f);
            fclose(f);
        }
        stamps_world(&s, now);
        if ((strcmp(before, now) != 0) != (changes[i].path != NULL))
            fail_msg("%s", changes[i].path ? changes[i].path : "nothing was changed");
        memcpy(before, now, sizeof before);
    }
    scratch_free(dir);
    arena_done(&a);
}

// Below each of the folders that are held open, and beside them.
static void a_changed_file_of_an_episode_is_noticed_wherever_it_lies(void **state)
{
    static const char *const paths[] = {
        "episodes/x/episode.yaml",
        "episodes/x/../cover.jpg",
        ".dgl/store/x/item/1/item.xml",
        "public/episodes/x",
        "public/media/x",
        "public/kit/x", // public/kit comes last of all
        "shared.yaml",
    };
    (void)state;
    struct arena a = {0};
    char dir[SCRATCH_MAX], before[STAMPS_KEY + 1], now[STAMPS_KEY + 1];
    struct str all;
    scratch_new(dir);
    str_init(&all, STR_MAX);
    for (size_t i = 0; i < COUNT(paths); i++)
        str_addf(&all, "%s%s", i ? ";" : "", paths[i]);
    str_addf(&all, ";%s", fs_join(&a, dir, "whole.yaml"));
    put(&a, dir, "episodes/x/notes.md", "x");
    put(&a, dir, "public/episodes/x/a", "x");
    put(&a, dir, "public/media/x/a", "x");
    for (size_t i = 0; i < COUNT(paths); i++) { // a clock may tick once in all that follows
        const struct timespec old[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};
        if (fs_exists(fs_join(&a, dir, paths[i])))
            assert_int_equal(utimensat(AT_FDCWD, fs_join(&a, dir, paths[i]), old, 0), 0);
    }
    struct stamps_show *show = stamps_open(dir);
    assert_non_null(show);
    assert_true(stamps_key(show, all.p, before) > 0);
    for (size_t i = 0; i <= COUNT(paths); i++) {
        const char *path = i < COUNT(paths) ? paths[i] : "whole.yaml";
        bool folder = str_starts(path, "public/");
        put(&a, dir, folder ? arena_printf(&a, "%s/b", path) : path, "new");
        for (int k = 0; k < 2; k++) { // by who saw it come, and by who did not
            struct stamps_show *late = k ? stamps_open(dir) : NULL;
            stamps_key(late ? late : show, all.p, now);
            stamps_close(late);
            if (strcmp(before, now) == 0)
                fail_msg("%s%s", path, k ? ", opened anew" : "");
        }
        memcpy(before, now, sizeof before);
    }
    stamps_key(show, all.p, now);
    assert_string_equal(before, now);
    stamps_close(show);
    assert_null(stamps_open(fs_join(&a, dir, "none")));
    str_done(&all);
    scratch_free(dir);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_file_of_an_episode_is_noticed_wherever_it_lies),
        cmocka_unit_test(a_changed_preset_is_noticed_wherever_it_lies),
    };
    return cmocka_run_group_tests_name("stamps", tests, NULL, NULL);
}
