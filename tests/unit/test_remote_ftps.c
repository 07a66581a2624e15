// SPDX-License-Identifier: GPL-3.0-or-later
// The FTPS kind against proftpd. It lives at 127.0.0.2, and both its connections, commands and
// data, go through a network at the same ports of 127.0.0.1.
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

#define SECRET "tromme-7b1f" // a canary
#define SERVER "127.0.0.2"

struct house {
    struct proc p;
    struct network commands, data[2]; // proftpd wants two ports
    int port, data_port;
};

static char dir[SCRATCH_MAX], home[300], ca[300];
static struct house good, odd, plain, fixed, narrow, bad[3];
static const char *const bad_names[] = {"unknown", "expired", "other"};
static bool full_disk;
static struct bytes large, small, tiny;

static void write_file(const char *name, const char *text, mode_t mode)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    assert_true(fs_replace(path, text, strlen(text), NULL) >= 0);
    assert_int_equal(chmod(path, mode), 0);
}

// A user of the server's own: the system knows none.
static void make_user(void)
{
    char openssl[PROGRAM_PATH], hash[200] = "", line[700];
    struct proc p;
    struct err e = {0};
    bool root = geteuid() == 0;
    assert_true(program_find("openssl", openssl));
    if (proc_start((const char *const[]){openssl, "passwd", "-6", "-stdin", NULL}, &p, &e) < 0)
        fail_msg("%s", e.text);
    fputs(SECRET "\n", p.in);
    fclose(p.in);
    p.in = NULL;
    assert_non_null(fgets(hash, sizeof(hash), p.out));
    hash[strcspn(hash, "\n")] = '\0';
    proc_wait(&p, NULL);
    snprintf(line, sizeof(line), "ola:%s:%u:%u::%s:/bin/false\n", hash, root ? 65534u : geteuid(),
             root ? 65534u : getegid(), home);
    write_file("users", line, 0600);
    snprintf(line, sizeof(line), "ola:x:%u:\n", root ? 65534u : getegid());
    write_file("groups", line, 0600);
}

static const char form[] =
    "LoadModule mod_tls.c\nLoadModule mod_digest.c\nModulePath /usr/lib/proftpd\n"
    "ServerType standalone\nSocketBindTight on\nDefaultServer on\nDefaultAddress " SERVER
    "\nServerName dgl\n"
    "Port %d\nPassivePorts %d %d\nUseIPv6 off\nUser %s\nGroup %s\nPidFile %s/%s.pid\n"
    "ScoreboardFile %s/%s.board\nSystemLog %s/%s.log\nTransferLog none\nWtmpLog off\n"
    "UseReverseDNS off\nDelayEngine off\nAuthOrder mod_auth_file.c\n"
    "AuthUserFile %s/users\nAuthGroupFile %s/groups\nRequireValidShell off\nDefaultRoot ~\n"
    "AllowStoreRestart on\nAllowRetrieveRestart on\nUmask 022\nTimeoutLogin 20\n%s"
    "TLSEngine %s\nTLSRequired %s\nTLSLog %s/%s.tls\nTLSRSACertificateFile %s/%s.pem\n"
    "TLSRSACertificateKeyFile %s/%s.pem\n";

static int free_pair(void)
{
    for (;;) {
        int one = 0, fd = listen_local(&one), two = one + 1;
        struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)two)};
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int next = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool both = bind(next, (struct sockaddr *)&a, sizeof(a)) == 0;
        close(fd);
        close(next);
        if (both)
            return one;
    }
}

// lines: more of its configuration.
static void start(struct house *h, const char *name, const char *lines, bool tls,
                  const char *certificate)
{
    char path[PROGRAM_PATH], conf[PATH_SIZE];
    struct str s;
    struct err e = {0};
    bool root = geteuid() == 0;
    const char *user = root ? "nobody" : getpwuid(geteuid())->pw_name;
    const char *group = root ? "nogroup" : "users";
    assert_true(program_find("proftpd", path));
    h->port = free_port();
    h->data_port = free_pair();
    const char *on = tls ? "on" : "off";
    str_init(&s, 20000);
    str_addf(&s, form, h->port, h->data_port, h->data_port + 1, user, group, dir, name, dir, name,
             dir, name, dir, dir, lines, on, on, dir, name, dir, certificate, dir, certificate);
    snprintf(conf, sizeof(conf), "%s.conf", name);
    write_file(conf, s.p, 0600);
    str_done(&s);
    snprintf(conf, sizeof(conf), "%s/%s.conf", dir, name);
    if (proc_start_heard((const char *const[]){path, "-n", "-q", "-c", conf, NULL}, &h->p, &e) < 0)
        fail_msg("%s", e.text);
    for (int i = 0; i < 2; i++)
        network_start(&h->data[i], h->data_port + i, h->data_port + i, SERVER);
    wait_listening(SERVER, h->port);
    network_start(&h->commands, h->port, h->port, SERVER);
}

static void stop(struct house *h)
{
    if (h->p.pid <= 0)
        return;
    proc_end(&h->p);
    proc_wait(&h->p, NULL);
    network_stop(&h->commands);
    network_stop(&h->data[0]);
    network_stop(&h->data[1]);
}

static int set_up(void **state)
{
    static const char replace[] = "AllowOverwrite on\n";
    char path[PATH_SIZE];
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    look_in_sbin();
    scratch_new(dir);
    chmod(dir, 0755);
    snprintf(home, sizeof(home), "%s/home", dir);
    snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
    if (!program_find("proftpd", path))
        return 0;
    make_certificates(dir);
    snprintf(path, sizeof(path), "%s/full", home);
    full_disk = small_disk(path, "8m");
    assert_true(fs_mkdirs(path, NULL) >= 0);
    chmod(home, 0777);
    make_bytes(&large, dir, "large", LARGE, 1);
    make_bytes(&small, dir, "small", SMALL, 2);
    make_bytes(&tiny, dir, "tiny", 1000, 3);
    make_user();
    for (size_t i = 0; i < COUNT(bad); i++)
        start(&bad[i], bad_names[i], replace, true, bad_names[i]);
    start(&good, "good", replace, true, "good");
    start(&plain, "plain", replace, false, "good");
    start(&odd, "odd", "AllowOverwrite off\nDigestEngine off\n", true, "good");
    start(&fixed, "fixed", "AllowOverwrite on\n<Limit RNFR>\nDenyAll\n</Limit>\n", true, "good");
    start(&narrow, "narrow", "AllowOverwrite on\nMaxClientsPerUser 1\n", true, "good");
    return 0;
}

static int tear_down(void **state)
{
    struct house *all[] = {&good, &odd, &plain, &fixed, &narrow, &bad[0], &bad[1], &bad[2]};
    char path[PATH_SIZE];
    (void)state;
    for (size_t i = 0; i < COUNT(all); i++)
        stop(all[i]);
    snprintf(path, sizeof(path), "%s/full", home);
    if (full_disk)
        umount(path);
    scratch_free(dir);
    return 0;
}

static void need_proftpd(void)
{
    if (!good.p.pid)
        skip();
}

static struct remote_params target(const struct house *h, const char *path)
{
    static char url[PATH_SIZE];
    snprintf(url, sizeof(url), "ftps://localhost:%d/%s", h->port, path);
    return (struct remote_params){
        .kind = "ftps", .url = url, .user = "ola", .secret = SECRET, .ca_file = ca};
}

static void there_and_back(const struct house *h, const char *below)
{
    const struct remote_params p = target(h, below);
    char place[PATH_SIZE];
    snprintf(place, sizeof(place), "%s/%s", home, below);
    goes_and_comes(&p, place, dir, &small, &tiny, NULL);
}

static void goes_there_and_back(void **state)
{
    (void)state;
    need_proftpd();
    there_and_back(&good, "");
    there_and_back(&good, "srv/www/");
}

// One that renames onto nothing that is there, and makes no hashes.
static void an_odd_server(void **state)
{
    (void)state;
    need_proftpd();
    there_and_back(&odd, "odd/");
}

// What is public stays so.
static void a_server_that_renames_nothing(void **state)
{
    (void)state;
    need_proftpd();
    char at[PATH_SIZE];
    const struct remote_params there = target(&good, "fixed/");
    struct remote *r = opened(&there);
    sent_well(r, &tiny, "feed.xml");
    remote_close(r);
    const struct remote_params p = target(&fixed, "fixed/");
    r = opened(&p);
    sent_badly(r, &small, "feed.xml", -EACCES, false, "may not do that", SECRET);
    snprintf(at, sizeof(at), "%s/fixed/feed.xml", home);
    assert_true(holds(at, &tiny));
    remote_close(r);
}

// A second connection is refused with the reply of a wrong password.
static void a_server_that_takes_one_connection(void **state)
{
    (void)state;
    need_proftpd();
    const struct remote_params p = target(&narrow, "narrow/");
    struct remote *one = opened(&p), *two = opened(&p);
    sent_well(one, &tiny, "a.mp3");
    sent_badly(two, &tiny, "b.mp3", -EAGAIN, true, "write at_once: 1 for this target", SECRET);
    remote_close(one);
    for (int i = 0; i < 100; i++) { // the server is in no hurry to see that one has gone
        struct err e = {0};
        const struct remote_file f = file_of(&tiny, "b.mp3");
        if (remote_put(two, &f, &e) >= 0)
            break;
        assert_int_equal(e.code, -EAGAIN);
        poll(NULL, 0, 50);
    }
    sent_well(two, &tiny, "b.mp3");
    remote_close(two);
}

static void a_folder_that_goes_away(void **state)
{
    (void)state;
    char folder[PATH_SIZE];
    need_proftpd();
    const struct remote_params p = target(&good, "");
    struct remote *r = opened(&p);
    sent_well(r, &tiny, "away/from/here.mp3");
    snprintf(folder, sizeof(folder), "%s/away", home);
    assert_true(fs_remove_tree(folder, NULL) >= 0);
    sent_well(r, &tiny, "away/from/here.mp3");
    remote_close(r);
}

// Both the ports for data.
static long long tell_data(struct house *h, const char *line)
{
    return network_tell(&h->data[0], line) + network_tell(&h->data[1], line);
}

static void part_of(char ret[2 * PATH_SIZE], const char *place, const struct bytes *b)
{
    const char *name = strrchr(place, '/') + 1;
    snprintf(ret, 2 * PATH_SIZE, "%.*s.%s.%.16s.part", (int)(name - place), place, name, b->sha256);
}

// The place keeps what it had until the next try is through, and that one sends but the rest.
static void the_network_fails(void **state)
{
    static const struct {
        const char *data[2]; // the second one a while later, for all connections
        const char *commands;
        int code; // 0: as the system sees it
    } rows[] = {
        {{"reset 20000000", NULL}, NULL, -EPROTO},
        {{"end 20000000", NULL}, NULL, 0},
        {{"refuse", NULL}, NULL, 0},
        {{"hang", NULL}, NULL, -ETIMEDOUT},
        {{"rate 4000000", NULL}, "cut", 0},
        {{"rate 4000000", "hang"}, NULL, -ETIMEDOUT},
        {{"rate 4000000", "deaf"}, NULL, -ETIMEDOUT},
        {{"pass", NULL}, "hang", -ETIMEDOUT},
        {{"pass", NULL}, "refuse", 0},
    };
    (void)state;
    need_proftpd();
    char at[PATH_SIZE], part[2 * PATH_SIZE];
    int64_t sent = 0;
    snprintf(at, sizeof(at), "%s/feed.xml", home);
    part_of(part, at, &large);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct remote_params p = target(&good, "");
        p.sent = count_sent;
        p.ctx = &sent;
        struct remote *r = opened(&p);
        sent_well(r, &small, "feed.xml");
        if (rows[i].code != -EPROTO) {
            r = again(r, &p, 2);
            sent_at_last(r, &tiny, "warm"); // a connection that was good until then
        }
        sent = 0;
        struct watcher w = {.path = at, .one = &small, .two = &large};
        watch_begin(&w);
        double begin = clock_monotonic();
        tell_data(&good, rows[i].data[0]);
        bool early = rows[i].commands && str_same(rows[i].data[0], "pass");
        if (early)
            network_tell(&good.commands, rows[i].commands);
        struct later l[] = {
            {.n = &good.data[0], .line = rows[i].data[1], .seconds = 1},
            {.n = &good.data[1], .line = rows[i].data[1], .seconds = 1},
            {.n = &good.commands, .line = early ? NULL : rows[i].commands, .seconds = 1},
        };
        for (size_t k = 0; k < COUNT(l); k++)
            later_begin(&l[k]);
        sent_badly(r, &large, "feed.xml", rows[i].code, true, "", SECRET);
        for (size_t k = 0; k < COUNT(l); k++)
            later_end(&l[k]);
        assert_true(clock_monotonic() - begin < 15);
        assert_int_equal(sent, 0);
        assert_true(holds(at, &small));
        network_tell(&good.commands, "pass");
        long long before = tell_data(&good, "pass");
        int64_t lies = fs_size(part);
        sent_at_last(r, &large, "feed.xml");
        watch_end(&w, 2);
        long long went = tell_data(&good, "look") - before;
        if (i == 0)
            assert_true(lies > LARGE / 4);
        assert_true(went < LARGE - (lies > 0 ? lies : 0) + LARGE / 20);
        assert_int_equal(sent, large.len);
        assert_true(holds(at, &large));
        assert_int_equal(count_names(home, ".part"), 0);
        remote_close(r);
    }
}

// A part that is there is trusted for its name, and found out.
static void parts_that_lie(void **state)
{
    static const struct {
        size_t len;
    } rows[] = {{SMALL / 2}, {SMALL}, {2 * SMALL}};
    (void)state;
    need_proftpd();
    char at[PATH_SIZE], part[2 * PATH_SIZE];
    snprintf(at, sizeof(at), "%s/lies.mp3", home);
    part_of(part, at, &small);
    const struct remote_params p = target(&good, "");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct remote *r = opened(&p);
        struct bytes other;
        make_bytes(&other, dir, "other.bytes", rows[i].len, 9);
        RUN("cp", other.path, part);
        assert_int_equal(chmod(part, 0666), 0);
        // what is longer than the file was never its beginning
        if (rows[i].len <= SMALL)
            sent_badly(r, &small, "lies.mp3", -EBADMSG, true, "other bytes", SECRET);
        assert_int_equal(fs_exists(part), rows[i].len > SMALL);
        poll(NULL, 0, 1100); // proftpd remembers a hash by name and second
        sent_well(r, &small, "lies.mp3");
        assert_true(holds(at, &small));
        remote_close(r);
    }
}

// What broke off goes with what it was to become.
static void what_is_removed_leaves_no_part(void **state)
{
    (void)state;
    need_proftpd();
    char at[PATH_SIZE], part[2 * PATH_SIZE];
    const struct remote_params p = target(&good, "");
    struct err e = {0};
    struct remote *r = opened(&p);
    snprintf(at, sizeof(at), "%s/media/gone/gone.mp3", home);
    part_of(part, at, &large);
    sent_well(r, &tiny, "media/gone/gone.mp3");
    tell_data(&good, "reset 20000000");
    sent_badly(r, &large, "media/gone/gone.mp3", 0, true, "", SECRET);
    tell_data(&good, "pass");
    assert_true(fs_size(part) > 0);
    const char *const parts[] = {small.sha256, large.sha256, NULL};
    well(remote_remove(r, "media/gone/gone.mp3", parts, &e), &e);
    assert_false(fs_exists(part) || fs_exists(at));
    const char *const none[] = {"../../feed.xml", NULL};
    assert_int_equal(remote_remove(r, "a.mp3", none, &e), -EINVAL);
    remote_close(r);
}

static void logins_and_addresses(void **state)
{
    static const struct {
        const char *url, *text;
    } rows[] = {
        {"https://localhost/a/", "must be like ftps://"},
        {"ftp://localhost/a/", "must be like ftps://"},
        {"ftps://ola:" SECRET "@localhost/a/", "write user: and secret:"},
        {"ftps://", "must be like ftps://"},
    };
    (void)state;
    need_proftpd();
    struct remote_params p = target(&good, "");
    struct remote *r;
    p.secret = SECRET "-not";
    r = opened(&p);
    sent_badly(r, &tiny, "a.mp3", -EACCES, false, "look at this target's user and secret", SECRET);
    remote_close(r);
    p = target(&plain, "");
    r = opened(&p);
    sent_badly(r, &tiny, "a.mp3", -EINVAL, false, "offers no TLS", SECRET);
    remote_close(r);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        p.url = rows[i].url;
        assert_int_equal(remote_open(&p, &r, &e), -EINVAL);
        assert_non_null(strstr(e.text, rows[i].text));
        assert_null(strstr(e.text, SECRET));
    }
    p = target(&good, "");
    r = opened(&p);
    sent_badly(r, &tiny, "a\r\nDELE feed.xml", -EINVAL, false, "control character", SECRET);
    remote_close(r);
}

static void certificates(void **state)
{
    (void)state;
    need_proftpd();
    for (size_t i = 0; i < COUNT(bad); i++) {
        const struct remote_params p = target(&bad[i], "");
        struct remote *r = opened(&p);
        sent_badly(r, &tiny, "a.mp3", -EKEYREJECTED, false, "localhost", SECRET);
        remote_close(r);
    }
}

// What may not be written, or is no file.
static void places(void **state)
{
    (void)state;
    need_proftpd();
    char at[PATH_SIZE];
    struct err e = {0};
    struct remote_facts there;
    const struct remote_params p = target(&good, "");
    struct remote *r = opened(&p);
    sent_well(r, &tiny, "place/kept.mp3");
    sent_badly(r, &tiny, "place", -EISDIR, false, "is no file", SECRET);
    snprintf(at, sizeof(at), "%s/place/kept.mp3", home);
    assert_true(holds(at, &tiny));
    assert_int_equal(remote_look(r, "place", &there, &e), -EISDIR);
    assert_true(remote_remove(r, "place", NULL, &e) < 0);
    if (geteuid() == 0) { // the server has another user than us
        snprintf(at, sizeof(at), "%s/ours", home);
        assert_true(fs_mkdirs(at, NULL) >= 0);
        snprintf(at, sizeof(at), "%s/ours/a.mp3", home);
        RUN("cp", tiny.path, at);
        sent_badly(r, &small, "ours/a.mp3", -EACCES, false, "may not do that", SECRET);
        assert_int_equal(remote_remove(r, "ours/a.mp3", NULL, &e), -EACCES);
        assert_true(holds(at, &tiny));
    }
    remote_close(r);
}

static void full(void **state)
{
    (void)state;
    need_proftpd();
    if (!full_disk)
        skip();
    char at[PATH_SIZE];
    const struct remote_params p = target(&good, "full/");
    struct remote *r = opened(&p);
    snprintf(at, sizeof(at), "%s/full/a.mp3", home);
    sent_well(r, &small, "a.mp3");
    sent_badly(r, &large, "a.mp3", -ENOSPC, false, "no space is left", SECRET);
    assert_true(holds(at, &small));
    RUN("find", dir, "-name", ".*.part", "-delete");
    sent_well(r, &tiny, "a.mp3");
    assert_true(holds(at, &tiny));
    remote_close(r);
}

static bool is_some(const void *ctx)
{
    return *(const int64_t *)ctx > 0;
}

static void stopped(void **state)
{
    (void)state;
    need_proftpd();
    int64_t sent = 0;
    struct remote_params p = target(&good, "");
    p.sent = count_sent;
    p.stopped = is_some;
    p.ctx = &sent;
    struct remote *r = opened(&p);
    tell_data(&good, "rate 1000000");
    sent_badly(r, &large, "stopped.mp3", -ECANCELED, false, "stopped", SECRET);
    tell_data(&good, "pass");
    remote_close(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_there_and_back),
        cmocka_unit_test(an_odd_server),
        cmocka_unit_test(a_server_that_renames_nothing),
        cmocka_unit_test(a_server_that_takes_one_connection),
        cmocka_unit_test(a_folder_that_goes_away),
        cmocka_unit_test(the_network_fails),
        cmocka_unit_test(parts_that_lie),
        cmocka_unit_test(what_is_removed_leaves_no_part),
        cmocka_unit_test(logins_and_addresses),
        cmocka_unit_test(certificates),
        cmocka_unit_test(places),
        cmocka_unit_test(full),
        cmocka_unit_test(stopped),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
