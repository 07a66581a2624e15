// SPDX-License-Identifier: GPL-3.0-or-later
// The WebDAV kind against nginx, and against Apache with digest logins behind nginx.
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

static char dir[SCRATCH_MAX], www[300], ca[PATH_SIZE];
static struct proc nginx, apache;
static struct network net;
static int port, plain_port, apache_port;
static bool full_disk;
static struct bytes large, small, tiny;

static const char server_form[] =
    "server { listen 127.0.0.1:%d ssl; server_name localhost; root %s/www;\n"
    " ssl_certificate %s/%s.pem; ssl_certificate_key %s/%s.pem;\n"
    " access_log %s/%s.access;\n"
    " client_max_body_size 100m; auth_basic dgl; auth_basic_user_file %s/users;\n"
    " dav_methods PUT DELETE MKCOL MOVE;\n"
    " location /narrow/ { client_max_body_size 1k; }\n"
    " location /plain/ { dav_methods off; }\n"
    " location /not/ { deny all; }\n"
    " location /locked/ { return 423; }\n"
    " location /full/ { root %s/apache; }\n"
    " location /busy/ { add_header Retry-After 7 always; return 503; }\n"
    " location /later/ { add_header Retry-After 'Fri, 31 Dec 2100 23:59:59 GMT' always;"
    " return 429; }\n"
    " location /broken/ { return 500; }\n"
    " location /old/ { return 308 https://new.example.org/dav$uri?key=" SECRET "; }\n"
    " location /apache/ { auth_basic off; proxy_pass http://127.0.0.1:%d;"
    " proxy_set_header Host $host:$server_port; proxy_request_buffering off; }\n"
    "}\n";

static void add_server(struct str *s, int at, const char *certificate)
{
    str_addf(s, server_form, at, dir, dir, certificate, dir, certificate, dir, certificate, dir,
             dir, apache_port);
}

static int bad_port[3];
static const char *const bad_names[] = {"unknown", "expired", "other"};

static void write_file(const char *name, const char *text)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    assert_true(fs_replace(path, text, strlen(text), NULL) >= 0);
}

static bool start_nginx(void)
{
    char path[PROGRAM_PATH], conf[PATH_SIZE], log[PATH_SIZE];
    struct str s;
    struct err e = {0};
    if (!program_find("nginx", path))
        return false;
    str_init(&s, 100000);
    str_addf(&s,
             "daemon off; master_process off; pid %s/pid; error_log %s/errors;\n"
             "events {}\nhttp { access_log %s/access; types { audio/mpeg mp3; }\n"
             " client_body_temp_path %s/tmp; proxy_temp_path %s/tmp2; fastcgi_temp_path %s/tmp3;\n"
             " uwsgi_temp_path %s/tmp4; scgi_temp_path %s/tmp5;\n",
             dir, dir, dir, dir, dir, dir, dir, dir);
    port = free_port();
    add_server(&s, port, "good");
    for (size_t i = 0; i < COUNT(bad_port); i++) {
        bad_port[i] = free_port();
        add_server(&s, bad_port[i], bad_names[i]);
    }
    plain_port = free_port();
    str_addf(&s,
             "server { listen 127.0.0.1:%d; root %s/www; client_max_body_size 100m;"
             " dav_methods PUT DELETE MKCOL MOVE; }\n}\n",
             plain_port, dir);
    write_file("nginx.conf", s.p);
    str_done(&s);
    write_file("users", "ola:{PLAIN}" SECRET "\n");
    snprintf(conf, sizeof(conf), "%s/nginx.conf", dir);
    snprintf(log, sizeof(log), "%s/errors", dir);
    if (proc_start_heard((const char *const[]){path, "-c", conf, "-e", log, NULL}, &nginx, &e) < 0)
        fail_msg("%s", e.text);
    wait_port(port);
    return true;
}

// Digest logins, in clear text for nginx alone.
static void start_apache(void)
{
    static const char form[] =
        "ServerRoot %s\nListen 127.0.0.1:%d\nServerName localhost\nPidFile %s/apache.pid\n"
        "ErrorLog %s/apache.errors\nMutex file:%s default\nUser nobody\nGroup nogroup\n%s"
        "DocumentRoot %s\nDavLockDB %s/apache.locks\n<Directory %s/apache>\nDav On\n"
        "AuthType Digest\nAuthName dgl\nAuthUserFile %s/digests\nRequire valid-user\n"
        "</Directory>\n";
    static const char *const modules[] = {"mpm_event", "authn_core", "authn_file",  "authz_core",
                                          "dav",       "dav_fs",     "auth_digest", "authz_user"};
    char path[PROGRAM_PATH], conf[PATH_SIZE], sum[40] = "";
    struct str s, load;
    struct err e = {0};
    apache_port = free_port();
    if (!program_find("apache2", path))
        return;
    str_init(&load, 4000);
    str_init(&s, 10000);
    for (size_t i = 0; i < COUNT(modules); i++)
        str_addf(&load, "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n", modules[i],
                 modules[i]);
    str_addf(&s, form, dir, apache_port, dir, dir, dir, load.p, dir, dir, dir, dir);
    write_file("apache.conf", s.p);
    chmod(dir, 0777);
    struct proc md5;
    char openssl[PROGRAM_PATH];
    assert_true(program_find("openssl", openssl));
    assert_true(proc_start((const char *const[]){openssl, "md5", "-r", NULL}, &md5, &e) >= 0);
    fputs("ola:dgl:" SECRET, md5.in);
    fclose(md5.in);
    md5.in = NULL;
    assert_int_equal(fread(sum, 1, 32, md5.out), 32);
    proc_wait(&md5, NULL);
    str_clear(&s);
    str_addf(&s, "ola:dgl:%s\n", sum);
    write_file("digests", s.p);
    str_done(&s);
    str_done(&load);
    snprintf(conf, sizeof(conf), "%s/apache.conf", dir);
    if (proc_start_heard((const char *const[]){path, "-f", conf, "-DFOREGROUND", NULL}, &apache,
                         &e) < 0)
        fail_msg("%s", e.text);
    wait_port(apache_port);
}

static int set_up(void **state)
{
    static const char *const folders[] = {"plain", "narrow", "not", "locked", "busy"};
    char path[PATH_SIZE];
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    look_in_sbin();
    scratch_new(dir);
    make_certificates(dir);
    snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
    snprintf(www, sizeof(www), "%s/www", dir);
    for (size_t i = 0; i < COUNT(folders); i++) {
        snprintf(path, sizeof(path), "%s/%s", www, folders[i]);
        assert_true(fs_mkdirs(path, NULL) >= 0);
    }
    snprintf(path, sizeof(path), "%s/apache/full", dir);
    full_disk = small_disk(path, "8m");
    snprintf(path, sizeof(path), "%s/apache", dir);
    chmod(path, 0777);
    make_bytes(&large, dir, "large", LARGE, 1);
    make_bytes(&small, dir, "small", SMALL, 2);
    make_bytes(&tiny, dir, "tiny", 1000, 3);
    start_apache();
    if (start_nginx())
        network_start(&net, 0, port, NULL);
    return 0;
}

static int tear_down(void **state)
{
    char path[PATH_SIZE];
    (void)state;
    network_stop(&net);
    for (struct proc *p = &nginx; p; p = p == &nginx ? &apache : NULL) {
        if (p->pid <= 0)
            continue;
        proc_end(p);
        proc_wait(p, NULL);
    }
    snprintf(path, sizeof(path), "%s/apache/full", dir);
    if (full_disk)
        umount(path);
    scratch_free(dir);
    return 0;
}

static void need_nginx(void)
{
    if (!nginx.pid)
        skip();
}

// The target below path of the server, through the network at `at`.
static struct remote_params target(int at, const char *path)
{
    static char url[PATH_SIZE];
    snprintf(url, sizeof(url), "https://localhost:%d/%s", at, path);
    return (struct remote_params){
        .kind = "webdav", .url = url, .user = "ola", .secret = SECRET, .ca_file = ca};
}

static void has_an_etag(const struct remote_facts *there)
{
    assert_true(*there->etag && *there->etag != '"');
}

static void there_and_back(const char *below, const char *folder)
{
    const struct remote_params p = target(port, below);
    goes_and_comes(&p, folder, dir, &small, &tiny, has_an_etag);
}

static void goes_there_and_back(void **state)
{
    (void)state;
    need_nginx();
    there_and_back("", www);
}

// Apache knows itself by http:// and asks for a digest.
static void apache_behind_a_proxy(void **state)
{
    (void)state;
    char folder[PATH_SIZE];
    need_nginx();
    if (!apache.pid)
        skip();
    snprintf(folder, sizeof(folder), "%s/apache", dir);
    there_and_back("apache/", folder);
    struct remote_params p = target(port, "apache/");
    p.secret = SECRET "-not";
    struct remote *r = opened(&p);
    sent_badly(r, &tiny, "a", -EACCES, false, "look at this target's user and secret", SECRET);
    remote_close(r);
}

static void a_folder_that_goes_away(void **state)
{
    (void)state;
    char folder[2 * PATH_SIZE];
    need_nginx();
    const struct remote_params p = target(port, "");
    struct remote *r = opened(&p);
    sent_well(r, &tiny, "away/from/here.mp3");
    snprintf(folder, sizeof(folder), "%s/away", www);
    assert_true(fs_remove_tree(folder, NULL) >= 0);
    sent_well(r, &tiny, "away/from/here.mp3");
    remote_close(r);
}

// Each fault ends the call in time and is one that may mend; the place keeps what it had until the
// next try is through.
static void the_network_fails(void **state)
{
    static const struct {
        const char *faults[2]; // the second one a while later
        int code;
    } rows[] = {
        {{"reset 20000000", NULL}, -EPROTO},
        {{"end 20000000", NULL}, -EPROTO},
        {{"refuse", NULL}, 0},
        {{"hang", NULL}, -ETIMEDOUT},
        {{"rate 2000000", "refuse"}, 0},
        {{"rate 2000000", "hang"}, -ETIMEDOUT},
        {{"rate 2000000", "deaf"}, -ETIMEDOUT},
    };
    (void)state;
    need_nginx();
    char at[2 * PATH_SIZE];
    int64_t sent = 0;
    snprintf(at, sizeof(at), "%s/feed.xml", www);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct remote_params p = target(net.port, "");
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
        network_tell(&net, rows[i].faults[0]);
        struct later l = {.n = &net, .line = rows[i].faults[1], .seconds = 1};
        later_begin(&l);

        sent_badly(r, &large, "feed.xml", rows[i].code, true, "localhost", SECRET);
        later_end(&l);
        // 2 s, and the 5 s over which libcurl counts how fast it goes
        assert_true(clock_monotonic() - begin < 10);
        assert_int_equal(sent, 0);
        assert_true(holds(at, &small));
        network_tell(&net, "pass");
        sent_at_last(r, &large, "feed.xml");
        watch_end(&w, 2);
        assert_int_equal(sent, large.len);
        assert_true(holds(at, &large));
        assert_int_equal(count_names(www, ".part"), 0);
        remote_close(r);
    }
}

// What broke off goes with what it was to become.
static void what_is_removed_leaves_no_part(void **state)
{
    static const char *const below[] = {"", "apache/"};
    (void)state;
    need_nginx();
    for (size_t i = 0; i < (apache.pid ? 2 : 1); i++) {
        char at[PATH_SIZE], part[2 * PATH_SIZE];
        const struct remote_params p = target(port, below[i]);
        struct err e = {0};
        struct remote *r = opened(&p);
        snprintf(at, sizeof(at), "%s/%sgone", i ? dir : www, below[i]);
        sent_well(r, &tiny, "gone/b l.mp3");
        snprintf(part, sizeof(part), "%s/.b l.mp3.%.16s.part", at, large.sha256);
        RUN("cp", small.path, part);
        const char *const parts[] = {small.sha256, large.sha256, NULL};
        well(remote_remove(r, "gone/b l.mp3", parts, &e), &e);
        assert_int_equal(count_names(at, ""), 0);
        remote_close(r);
    }
}

// Before the server: loses the answer to the first MOVE, and its connection.
struct loser {
    int fd, port;
    atomic_int to_lose;
    pthread_t thread;
};

static void pass_on(struct loser *l, int client)
{
    static char data[1 << 16];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)plain_port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct pollfd ends[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    bool moves = false, good = connect(server, (struct sockaddr *)&to, sizeof(to)) == 0;
    while (good && poll(ends, 2, -1) > 0) {
        int from = ends[0].revents ? 0 : 1;
        ssize_t n = read(ends[from].fd, data, sizeof(data)), sent = 0;
        if (from == 0)
            moves = n > 5 && !memcmp(data, "MOVE ", 5);
        good = n > 0 && !(from == 1 && moves && atomic_fetch_sub(&l->to_lose, 1) > 0);
        while (good && sent < n) {
            ssize_t w = write(ends[1 - from].fd, data + sent, (size_t)(n - sent));
            good = w > 0;
            sent += w;
        }
    }
    close(server);
    close(client);
}

static void *lose(void *ctx)
{
    struct loser *l = ctx;
    for (int client; (client = accept(l->fd, NULL, NULL)) >= 0;)
        pass_on(l, client);
    return NULL;
}

// libcurl asks again by itself, and the part is not there any more.
static void an_answer_to_a_move_that_is_lost(void **state)
{
    (void)state;
    need_nginx();
    char url[PATH_SIZE], at[2 * PATH_SIZE];
    int64_t sent = 0;
    struct loser l = {.to_lose = 1};
    l.fd = listen_local(&l.port);
    assert_int_equal(pthread_create(&l.thread, NULL, lose, &l), 0);
    snprintf(url, sizeof(url), "http://localhost:%d/", l.port);
    snprintf(at, sizeof(at), "%s/lost/a.mp3", www);
    struct remote_params p = {.kind = "webdav", .url = url, .sent = count_sent, .ctx = &sent};
    struct remote *r = opened(&p);
    for (int replaces = 0; replaces < 2; replaces++) {
        const struct bytes *b = replaces ? &small : &tiny;
        atomic_store(&l.to_lose, 1);
        sent = 0;
        sent_well(r, b, "lost/a.mp3");
        assert_true(holds(at, b) && sent == (int64_t)b->len);
        assert_true(atomic_load(&l.to_lose) < 1);
    }
    remote_close(r);
    shutdown(l.fd, SHUT_RDWR);
    pthread_join(l.thread, NULL);
    close(l.fd);
}

static bool at_once(const void *ctx)
{
    return *(const int64_t *)ctx > 0;
}

static void stopped(void **state)
{
    (void)state;
    need_nginx();
    int64_t sent = 0;
    struct remote_params p = target(net.port, "");
    p.sent = count_sent;
    p.stopped = at_once;
    p.ctx = &sent;
    struct remote *r = opened(&p);
    network_tell(&net, "rate 1000000");
    sent_badly(r, &large, "stopped.mp3", -ECANCELED, false, "stopped", SECRET);
    network_tell(&net, "pass");
    remote_close(r);
}

static void answers(void **state)
{
    static const struct {
        const char *path;
        int code;
        bool may_mend;
        const char *text;
        double asked_s; // -1: long
    } rows[] = {
        {"narrow/", -EFBIG, false, "raise the limit", 0},
        {"plain/", -EINVAL, false, "is it WebDAV?", 0},
        {"not/", -EACCES, false, "may not do that", 0},
        {"locked/", -EBUSY, true, "locked", 0},
        {"busy/", -EAGAIN, true, "for the moment", 7},
        {"later/", -EAGAIN, true, "asks to wait", -1},
        {"broken/", -EAGAIN, true, "its log says why", 0},
        {"no/such/", -EINVAL, false, "the folder that url names is not there", 0},
        {"old/", -EINVAL, false, "write url: https://new.example.org/dav/old/", 0},
    };
    (void)state;
    need_nginx();
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct remote_params p = target(port, rows[i].path);
        struct remote *r = opened(&p);
        sent_badly(r, &large, "media/a.mp3", rows[i].code, rows[i].may_mend, rows[i].text, SECRET);
        double asked_s = remote_asked_s(r);
        assert_true(rows[i].asked_s < 0 ? asked_s > 1e8 : asked_s == rows[i].asked_s);
        remote_close(r);
    }
}

static void logins_and_addresses(void **state)
{
    (void)state;
    need_nginx();
    struct remote_params p = target(port, "");
    p.secret = SECRET "-not";
    struct remote *r = opened(&p);
    sent_badly(r, &tiny, "a.mp3", -EACCES, false, "look at this target's user and secret", SECRET);
    remote_close(r);
    p.user = NULL;
    r = opened(&p);
    sent_badly(r, &tiny, "a.mp3", -EACCES, false, "look at this target's user and secret", SECRET);
    remote_close(r);
    p.url = "http://dav.example.org/";
    r = opened(&p);
    sent_badly(r, &tiny, "a.mp3", -EINVAL, false, "use https://", SECRET);
    remote_close(r);
}

// Nothing is said to a server whose certificate is not good.
static void certificates(void **state)
{
    (void)state;
    need_nginx();
    char log[PATH_SIZE];
    for (size_t i = 0; i < COUNT(bad_port); i++) {
        const struct remote_params p = target(bad_port[i], "");
        struct remote *r = opened(&p);
        sent_badly(r, &tiny, "a.mp3", -EKEYREJECTED, false, "localhost", SECRET);
        remote_close(r);
        snprintf(log, sizeof(log), "%s/%s.access", dir, bad_names[i]);
        assert_int_equal(fs_size(log), 0);
    }
}

// MOVE onto a folder would remove what is in it.
static void a_folder_in_the_place(void **state)
{
    (void)state;
    need_nginx();
    char at[2 * PATH_SIZE];
    const struct remote_params p = target(port, "");
    struct remote *r = opened(&p);
    sent_well(r, &tiny, "place/kept.mp3");
    sent_badly(r, &tiny, "place", -EISDIR, false, "is a folder there", SECRET);
    snprintf(at, sizeof(at), "%s/place/kept.mp3", www);
    assert_true(holds(at, &tiny));
    assert_int_equal(count_names(www, ".part"), 0);
    remote_close(r);
}

// nginx says that something failed, Apache says what.
static void full(void **state)
{
    static const struct {
        const char *path, *text;
        int code;
    } rows[] = {
        {"full/", "a full disk is one reason", -EAGAIN},
        {"apache/full/", "no space is left", -ENOSPC},
    };
    (void)state;
    need_nginx();
    if (!full_disk)
        skip();
    for (size_t i = 0; i < (apache.pid ? 2 : 1); i++) {
        char at[PATH_SIZE];
        const struct remote_params p = target(port, rows[i].path);
        struct remote *r = opened(&p);
        snprintf(at, sizeof(at), "%s/apache/full/a.mp3", dir);
        sent_well(r, &small, "a.mp3");
        sent_badly(r, &large, "a.mp3", rows[i].code, i == 0, rows[i].text, SECRET);
        assert_true(holds(at, &small));
        // nginx leaves what it was copying from its folder for bodies.
        RUN("find", dir, "-name", ".*.part.??????????", "-delete");
        sent_well(r, &tiny, "a.mp3");
        assert_true(holds(at, &tiny));
        *strrchr(at, '/') = '\0';
        assert_int_equal(count_names(at, ".part"), 0);
        assert_int_equal(remote_remove(r, "a.mp3", NULL, NULL), 0);
        remote_close(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_there_and_back),
        cmocka_unit_test(apache_behind_a_proxy),
        cmocka_unit_test(a_folder_that_goes_away),
        cmocka_unit_test(the_network_fails),
        cmocka_unit_test(what_is_removed_leaves_no_part),
        cmocka_unit_test(an_answer_to_a_move_that_is_lost),
        cmocka_unit_test(stopped),
        cmocka_unit_test(answers),
        cmocka_unit_test(logins_and_addresses),
        cmocka_unit_test(certificates),
        cmocka_unit_test(a_folder_in_the_place),
        cmocka_unit_test(full),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
