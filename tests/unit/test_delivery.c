// SPDX-License-Identifier: GPL-3.0-or-later
// deliver in show.yaml: what is read, and each refusal with its remedy.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fs.h"
#include "model/show.h"
#include "refusal.h"
#include "scratch.h"

static char dir[SCRATCH_MAX];
static const char *const presets[] = {"presets", NULL};

#define LEAST                                                                             \
    "title: Det gode liv i nord\nsite: https://example.org/detgodeliv\nauthor: Nordland " \
    "fylkeskommune\n"                                                                     \
    "owner: {name: Kari Nordmann, email: podkast@example.org}\nsummary: Samtaler om folkehelse\n"

static int load(struct arena *a, const char *lines, struct show *ret, struct err *e)
{
    char path[SCRATCH_MAX + 60];
    const char *text = arena_printf(a, LEAST "%s\n", lines);
    snprintf(path, sizeof(path), "%s/episodes/show.yaml", dir);
    assert_true(fs_replace(path, text, strlen(text), NULL) >= 0);
    *e = (struct err){0};
    return show_load(a, dir, presets, ret, e);
}

static void what_is_not_written_has_its_default(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e;
    struct show s;
    assert_int_equal(load(&a, "", &s, &e), 0);
    assert_int_equal(s.delivery.num_targets, 0);
    assert_false(s.delivery.automatic);
    if (load(&a,
             "deliver:\n"
             "  targets:\n"
             "    - {name: web, kind: sftp, url: \"sftp://web.example.org/podkast\", user: ola}\n"
             "    - {name: disk, kind: folder, url: ../web}\n"
             "    - {name: here, kind: s3, url: \"http://localhost:9000/b\", secret: s3}\n",
             &s, &e) < 0)
        fail_msg("%s", e.text);
    const struct delivery *d = &s.delivery;
    assert_int_equal(d->num_targets, 3);
    assert_string_equal(d->targets[0].url, "sftp://web.example.org/podkast/");
    assert_string_equal(d->targets[0].site, s.site);
    assert_string_equal(d->targets[1].url, arena_printf(&a, "%s/../web/", dir));
    assert_null(d->targets[1].site);
    assert_int_equal(d->targets[0].at_once, 4);
    assert_int_equal(d->targets[2].part_mib, 16);
    assert_true(d->targets[0].timeout_s == 30);
    assert_true(d->checks && !d->automatic);
    assert_int_equal(d->tries, 5);
    assert_int_equal(d->num_webhooks, 0);
    assert_null(d->podping.url);
    arena_done(&a);
}

#define SFTP "name: web, kind: sftp, url: \"sftp://web.example.org/podkast/\", user: ola"
#define S3 "name: web, kind: s3, url: \"https://s3.example.org/bucket/\", secret: s3"
#define TWO(a, b) "deliver: {targets: [{" a "}, {" b "}]}"
#define ONE(a) "deliver: {targets: [{" a "}]}"
#define MORE(more) "deliver: {targets: [{" SFTP "}], " more "}"

static void each_wrong_line_is_refused_with_what_would_be_right(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *message, *remedy; // remedy NULL: there is none to say
    } rows[] = {
        {"deliver: yes", "deliver", NULL},
        {"deliver: {automatic: true}", "targets", NULL},
        {"deliver: {targets: []}", "target", NULL},
        {"deliver: {targets: web}", "target", NULL},
        {ONE("name: web"), "kind", NULL},
        {ONE("kind: sftp, url: \"sftp://a.example.org/\""), "name", NULL},
        {ONE("name: web, kind: ftp, url: \"ftp://a.example.org/\""), "kind cannot be \"ftp\"",
         "write sftp"},
        {ONE("name: Web, kind: folder, url: ../web"), "a target's name has letters a-z",
         "for example web"},
        {ONE("name: \"../x\", kind: folder, url: ../web"), "a target's name has letters a-z",
         "for example web"},
        {ONE("name: \"-n\", kind: folder, url: ../web"), "a target's name has letters a-z",
         "for example web"},
        {TWO(SFTP, SFTP), "two targets are called web", NULL},
        {TWO(SFTP, "name: b, kind: sftp, url: \"sftp://web.example.org/podkast\", user: ola"),
         "the targets web and b are the same place", NULL},
        {TWO("name: a, kind: folder, url: ../web", "name: b, kind: folder, url: ../web/"),
         "the targets a and b are the same place", NULL},
        {ONE("name: web, kind: sftp, url: \"ftp://a.example.org/\""),
         "the address of a target of kind sftp begins with sftp://",
         "like sftp://web.example.org/var/www/podkast/"},
        {ONE("name: web, kind: s3, url: \"http://s3.example.org/b\", secret: s3"),
         "the address of a target of kind s3 begins with https://",
         "like https://s3.example.org/bucket/"},
        {ONE("name: web, kind: s3, url: \"http://127.0.0.1.example.org/b\", secret: s3"),
         "the address of a target of kind s3 begins with https://", NULL},
        {ONE("name: web, kind: webdav, url: \"sftp://a.example.org/\""),
         "the address of a target of kind webdav begins with https://",
         "like https://example.org/dav/podkast/"},
        {ONE("name: web, kind: ftps, url: \"ftp://a.example.org/\", user: ola, secret: f"),
         "the address of a target of kind ftps begins with ftps://",
         "like ftps://ftp.example.org/podkast/"},
        {ONE("name: web, kind: folder, url: \"https://example.org/web\""),
         "a target of kind folder has a path, not an address", "like /mnt/web/podkast"},
        {ONE("name: web, kind: folder, url: public"), "public/ cannot be delivered into itself",
         NULL},
        {ONE("name: web, kind: sftp, url: \"sftp:///var/www\""), "the address names no server",
         "like sftp://"},
        {ONE("name: web, kind: sftp, url: \"sftp://ola:hem/melig@a.example.org/\""),
         "a login does not belong into the address", "an @ of a folder's name is %40"},
        {ONE("name: web, kind: sftp, url: \"sftp://ola:hemmelig@a.example.org/\""),
         "a login does not belong into the address",
         "write user: NAME, and the password as a line of the secrets file"},
        {ONE("name: web, kind: webdav, url: \"https://a.example.org/x?y=1\""),
         "has neither '?' nor '#'", "like https://"},
        {ONE("name: web, kind: s3, url: \"https://s3.example.org/bucket/\""),
         "a target of kind s3 needs secret", NULL},
        {ONE("name: web, kind: ftps, url: \"ftps://a.example.org/\""),
         "a target of kind ftps needs user", NULL},
        {ONE("name: web, kind: ftps, url: \"ftps://a.example.org/\", user: ola"),
         "a target of kind ftps needs secret", NULL},
        {ONE("name: web, kind: webdav, url: \"https://a.example.org/\", user: ola"),
         "a target of kind webdav needs secret", NULL},
        {ONE(SFTP ", secret: web"), "sftp logs in with a key, not with a password",
         "ssh-keygen -t ed25519"},
        {ONE(S3 ", at_once: 17"), "at_once", NULL},
        {ONE(S3 ", part_mib: 4"), "part_mib", NULL},
        {ONE(S3 ", timeout: 0"), "timeout", NULL},
        {ONE(S3 ", buckit: x"), "buckit", NULL},
        {MORE("tries: 0"), "tries", NULL},
        {MORE("retry: 301"), "retry", NULL},
        {MORE("check: perhaps"), "check", NULL},
        {MORE("webhooks: [{secret: x}]"), "url", NULL},
        {MORE("webhooks: [{url: \"http://example.org/hook\"}]"),
         "whoever is told of an episode is told over https://", "write https://"},
        {MORE("podping: {url: \"http://127.0.0.1.example.org/\"}"),
         "whoever is told of an episode is told over https://", "write https://"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena a = {0};
        struct err e;
        struct show s;
        int r = load(&a, rows[i].lines, &s, &e);
        const char *first = arena_strndup(&a, e.text, strcspn(e.text, "\n"));
        if (r >= 0 || e.kind != ERR_INPUT || !strstr(first, "episodes/show.yaml:6:") ||
            !strstr(first, rows[i].message) ||
            (rows[i].remedy && !strstr(e.text + strlen(first), rows[i].remedy)))
            fail_msg("%s\nwanted: %s\n%s\ngot: %s", rows[i].lines, rows[i].message,
                     rows[i].remedy ? rows[i].remedy : "", e.text);
        assert_null(strstr(first, "hemmelig"));
        arena_done(&a);
    }
}

static void nine_targets_are_one_too_many(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e;
    struct show s;
    struct str lines;
    str_init(&lines, 10000);
    str_add(&lines, "deliver:\n  targets:\n");
    for (int i = 1; i <= DELIVERY_MAX_TARGETS; i++)
        str_addf(&lines, "    - {name: disk-%d, kind: folder, url: ../web-%d}\n", i, i);
    assert_int_equal(load(&a, lines.p, &s, &e), 0);
    str_add(&lines, "    - {name: disk, kind: folder, url: ../web}\n");
    assert_true(load(&a, lines.p, &s, &e) < 0);
    assert_non_null(strstr(e.text, "at most 8 targets"));
    str_done(&lines);
    arena_done(&a);
}

static int set_up(void **state)
{
    (void)state;
    scratch_new(dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_free(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_written_has_its_default),
        cmocka_unit_test(each_wrong_line_is_refused_with_what_would_be_right),
        cmocka_unit_test(nine_targets_are_one_too_many),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
