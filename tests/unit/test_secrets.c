// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
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

#include "base/secrets.h"
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

static const char *put(struct place *p, const char *name, const char *text, size_t len, mode_t mode)
{
    const char *path = fs_join(&p->a, p->dir, name);
    assert_true(fs_replace(path, text, len, NULL) >= 0);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static void lines_are_names_and_values(void **state)
{
    struct place *p = *state;
    static const char text[] = "\xef\xbb\xbf# of the show\r\n"
                               "icecast = hack me = #1 \r\n"
                               "\n"
                               "\tface book=EAA\xc3\xa6|b\\c\"\n"
                               "  # last = no\n"
                               "reserve-key=x";
    struct secrets s;
    struct err e = {0};
    const char *path = put(p, "secrets", text, sizeof text - 1, 0600);
    assert_int_equal(secrets_file(&p->a, path, &s, &e), 0);
    assert_int_equal(s.count, 3);
    assert_string_equal(secrets_get(&s, "icecast"), "hack me = #1");
    assert_string_equal(secrets_get(&s, "face book"), "EAA\xc3\xa6|b\\c\"");
    assert_string_equal(secrets_get(&s, "reserve-key"), "x");
    assert_null(secrets_get(&s, "last"));
    assert_null(secrets_get(&s, "Icecast"));
    path = put(p, "none", "# none yet\n", 11, 0400);
    assert_int_equal(secrets_file(&p->a, path, &s, &e), 0);
    assert_int_equal(s.count, 0);
    assert_null(secrets_get(&s, "icecast"));
}

// The text without its folder must be this, the code and kind as well, and no word of the file.
static void assert_refused(struct place *p, int r, int code, const struct err *e, const char *want)
{
    struct str s;
    str_init(&s, sizeof e->text);
    for (const char *t = e->text; *t; t++) {
        size_t n = strlen(p->dir);
        if (!strncmp(t, p->dir, n))
            t += n + 1;
        str_addc(&s, *t);
    }
    assert_string_equal(s.p, want);
    str_done(&s);
    assert_int_equal(r, code);
    assert_int_equal(e->code, code);
    assert_int_equal(e->kind, ERR_INPUT);
    assert_null(strstr(e->text, "CANARY"));
}

static void what_is_no_line_is_refused_and_not_shown(void **state)
{
    struct place *p = *state;
    static const struct {
        const char *text;
        size_t len; // 0: of the text
        const char *want;
    } rows[] = {
        {"a = 1\nCANARY\n", 0,
         "s:2: there is no '=' in this line\nwrite one secret a line: name = value"},
        {"= CANARY\n", 0,
         "s:1: there is no name before the '='\nwrite one secret a line: name = value"},
        {"#\n\nCANARY =  \n", 0,
         "s:3: there is no value behind the '='\nwrite one secret a line: name = value"},
        {"k = CANARY\nb = 2\nk = CANARY2", 0,
         "s:3: this name stands in line 1 already\ndrop one of the two lines"},
        {"a = CANARY\xff\n", 0, "s: this is no text in UTF-8"},
        {"a = CAN\0ARY\n", 12, "s: this is no text in UTF-8"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct secrets s;
        struct err e = {0};
        size_t len = rows[i].len ? rows[i].len : strlen(rows[i].text);
        const char *path = put(p, "s", rows[i].text, len, 0600);
        assert_refused(p, secrets_file(&p->a, path, &s, &e), -EINVAL, &e, rows[i].want);
        assert_int_equal(secrets_file(&p->a, path, &s, NULL), -EINVAL);
    }
}

static void only_its_owner_may_read_it(void **state)
{
    struct place *p = *state;
    static const struct {
        mode_t mode;
        bool good;
    } rows[] = {{0600, true},  {0400, true},  {0700, true},  {0640, false}, {0604, false},
                {0620, false}, {0602, false}, {0610, false}, {0601, false}, {0644, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct secrets s;
        struct err e = {0};
        const char *path = put(p, "s", "a = CANARY", 10, rows[i].mode);
        int r = secrets_file(&p->a, path, &s, &e);
        if (rows[i].good)
            assert_int_equal(r, 0);
        else
            assert_refused(p, r, -EACCES, &e,
                           "s: others can read or change this file with secrets\nchmod 600 s");
    }
}

static void a_link_counts_as_what_it_leads_to(void **state)
{
    struct place *p = *state;
    struct secrets s;
    struct err e = {0};
    const char *link = fs_join(&p->a, p->dir, "link");
    put(p, "closed", "a = 1", 5, 0600);
    put(p, "open", "a = CANARY", 10, 0644);
    assert_int_equal(symlink("closed", link), 0);
    assert_int_equal(secrets_file(&p->a, link, &s, &e), 0);
    assert_int_equal(unlink(link), 0);
    assert_int_equal(symlink("open", link), 0);
    assert_refused(p, secrets_file(&p->a, link, &s, &e), -EACCES, &e,
                   "link: others can read or change this file with secrets\nchmod 600 link");
}

static void what_is_anothers_is_refused(void **state)
{
    struct place *p = *state;
    struct secrets s;
    struct err e = {0};
    const char *path = put(p, "s", "a = CANARY", 10, 0600);
    if (chown(path, 12345, (gid_t)-1) < 0)
        skip(); // only root gives files away
    assert_refused(p, secrets_file(&p->a, path, &s, &e), -EACCES, &e,
                   "s: this file with secrets belongs to somebody else\n"
                   "make one of your own: install -m 600 /dev/null FILE");
}

static void what_is_no_file_is_refused_at_once(void **state)
{
    struct place *p = *state;
    struct secrets s;
    struct err e = {0};
    const char *pipe_path = fs_join(&p->a, p->dir, "pipe");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_refused(p, secrets_file(&p->a, pipe_path, &s, &e), -EINVAL, &e, "pipe: this is no file");
    assert_int_equal(secrets_file(&p->a, p->dir, &s, &e), -EINVAL);
    assert_refused(p, secrets_file(&p->a, fs_join(&p->a, p->dir, "gone"), &s, &e), -ENOENT, &e,
                   "gone: there is no such file\n"
                   "make it, for you alone: install -m 600 /dev/null gone");
    char *long_text = arena_alloc(&p->a, 70000);
    memset(long_text, '#', 70000);
    assert_refused(p, secrets_file(&p->a, put(p, "s", long_text, 70000, 0600), &s, &e), -EFBIG, &e,
                   "s: more than 64 KiB; is this a file of secrets?");
    assert_int_equal(secrets_file(&p->a, put(p, "s", long_text, 65536, 0600), &s, &e), 0);
}

static void a_descriptor_is_read_to_its_end(void **state)
{
    struct place *p = *state;
    struct secrets s;
    struct err e = {0};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "a = 1\nb = two", 13), 13);
    close(ends[1]);
    assert_int_equal(secrets_fd(&p->a, ends[0], &s, &e), 0);
    close(ends[0]);
    assert_int_equal(s.count, 2);
    assert_string_equal(secrets_get(&s, "b"), "two");
    assert_true(secrets_fd(&p->a, ends[0], &s, &e) < 0); // it is closed
    int fd = open(put(p, "s", "CANARY", 6, 0644), O_RDONLY | O_CLOEXEC);
    int r = secrets_fd(&p->a, fd, &s, &e);
    char want[128];
    snprintf(want, sizeof want, "descriptor %d:1: there is no '=' in this line\n%s", fd,
             "write one secret a line: name = value");
    assert_refused(p, r, -EINVAL, &e, want);
    close(fd);
}

static void systemds_credentials_are_a_file_a_name(void **state)
{
    struct place *p = *state;
    struct secrets s;
    struct err e = {0};
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_int_equal(secrets_credentials(&p->a, &s, &e), 0);
    assert_int_equal(s.count, 0);
    setenv("CREDENTIALS_DIRECTORY", p->dir, 1);
    put(p, "icecast", "hack = me\n", 10, 0440);
    put(p, "facebook", " EAA ", 5, 0400);
    assert_int_equal(mkdir(fs_join(&p->a, p->dir, "folder"), 0700), 0);
    assert_int_equal(secrets_credentials(&p->a, &s, &e), 0);
    assert_int_equal(s.count, 2);
    assert_string_equal(secrets_get(&s, "icecast"), "hack = me");
    assert_string_equal(secrets_get(&s, "facebook"), "EAA");
    put(p, "nothing", "\n", 1, 0400);
    assert_refused(p, secrets_credentials(&p->a, &s, &e), -EINVAL, &e,
                   "nothing: this credential is empty");
    put(p, "nothing", "a\r\nX-Evil: 1\n", 13, 0400);
    assert_refused(p, secrets_credentials(&p->a, &s, &e), -EINVAL, &e,
                   "nothing: a credential is one line without control characters");
    unsetenv("CREDENTIALS_DIRECTORY");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
        TEST(lines_are_names_and_values),      TEST(what_is_no_line_is_refused_and_not_shown),
        TEST(only_its_owner_may_read_it),      TEST(a_link_counts_as_what_it_leads_to),
        TEST(what_is_anothers_is_refused),     TEST(what_is_no_file_is_refused_at_once),
        TEST(a_descriptor_is_read_to_its_end), TEST(systemds_credentials_are_a_file_a_name),
    };
    return cmocka_run_group_tests_name("secrets", tests, NULL, NULL);
}
