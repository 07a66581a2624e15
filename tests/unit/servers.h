// SPDX-License-Identifier: GPL-3.0-or-later
// Servers of others that a test starts on loopback ports of its own. Include behind cmocka.h.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/proc.h"
#include "base/str.h"

#include "unit/scratch.h"

enum { PROGRAM_PATH = 512 };

// False: it is not installed, and the test is to be skipped.
static inline bool program_find(const char *name, char ret[PROGRAM_PATH])
{
    const char *dirs = getenv("PATH");
    for (const char *p = dirs ? dirs : ""; *p;) {
        size_t n = strcspn(p, ":");
        snprintf(ret, PROGRAM_PATH, "%.*s/%s", (int)n, p, name);
        if (access(ret, X_OK) == 0)
            return true;
        p += n + (p[n] == ':');
    }
    return false;
}

// A socket on 127.0.0.1: listening at *port (0: one that is free, returned).
static inline int listen_local(int *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    socklen_t len = sizeof(a);
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&a, len) < 0 || listen(fd, 16) < 0 ||
        getsockname(fd, (struct sockaddr *)&a, &len) < 0)
        fail_msg("no port to listen at");
    *port = ntohs(a.sin_port);
    return fd;
}

static inline int free_port(void)
{
    int port = 0;
    close(listen_local(&port));
    return port;
}

// Until somebody listens; a server that is not there after 10 s fails the test.
static inline void wait_listening(const char *host, int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, host, &a.sin_addr);
    for (int i = 0; i < 1000; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int r = connect(fd, (struct sockaddr *)&a, sizeof(a));
        struct sockaddr_in own = {0};
        socklen_t len = sizeof(own);
        getsockname(fd, (struct sockaddr *)&own, &len);
        close(fd);
        if (r == 0 && own.sin_port != a.sin_port) // else TCP has met itself
            return;
        poll(NULL, 0, 10);
    }
    fail_msg("nobody listens at port %d", port);
}

static inline void wait_port(int port)
{
    wait_listening("127.0.0.1", port);
}

// argv[0] is a name; it must end well.
static inline void run(const char *const *argv)
{
    const char *with_path[40] = {0};
    char path[PROGRAM_PATH], heard[500];
    struct proc p;
    struct err e = {0};
    int status = -1;
    assert_true(program_find(argv[0], path));
    with_path[0] = path;
    for (size_t i = 1; argv[i]; i++)
        with_path[i] = argv[i];
    if (proc_start_heard(with_path, &p, &e) < 0)
        fail_msg("%s", e.text);
    size_t n = fread(heard, 1, sizeof(heard) - 1, p.out);
    heard[n] = '\0';
    proc_wait(&p, &status);
    if (status != 0)
        fail_msg("%s %s: %s", argv[0], argv[1], heard);
}

#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

// DIR/ca.pem; DIR/good.pem: for localhost, signed by it; expired.pem; other.pem: for another name;
// unknown.pem: signed by itself. Each holds its key.
static inline void make_certificates(const char *dir)
{
    static const struct {
        const char *name, *alt, *days;
    } rows[] = {
        {"good", "subjectAltName=DNS:localhost", "2"},
        {"expired", "subjectAltName=DNS:localhost", "-1"},
        {"other", "subjectAltName=DNS:radio.example.org", "2"},
        {"unknown", "subjectAltName=DNS:localhost", "2"},
    };
    char ca[300], ca_key[300];
    snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
    snprintf(ca_key, sizeof(ca_key), "%s/ca.key", dir);
    RUN("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", ca_key, "-out", ca,
        "-days", "2", "-subj", "/CN=test");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char pem[300], csr[300], ext[300], both[700],
            cat[] = "cat \"$0\" >>\"$1\"; chmod 644 \"$1\"";
        char key[300];
        bool own = i == 3;
        snprintf(pem, sizeof(pem), "%s/%s.pem", dir, rows[i].name);
        snprintf(key, sizeof(key), "%s/%s.key", dir, rows[i].name);
        snprintf(csr, sizeof(csr), "%s/%s.csr", dir, rows[i].name);
        snprintf(ext, sizeof(ext), "%s/%s.ext", dir, rows[i].name);
        snprintf(both, sizeof(both), "%s\n", rows[i].alt);
        assert_true(fs_replace(ext, both, strlen(both), NULL) >= 0);
        RUN("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", csr, "-subj",
            "/CN=test");
        if (own)
            RUN("openssl", "x509", "-req", "-in", csr, "-signkey", key, "-days", rows[i].days,
                "-extfile", ext, "-out", pem);
        else
            RUN("openssl", "x509", "-req", "-in", csr, "-CA", ca, "-CAkey", ca_key,
                "-CAcreateserial", "-days", rows[i].days, "-extfile", ext, "-out", pem);
        RUN("sh", "-c", cat, key, pem);
    }
}

// A TLS server with one of make_certificates' certificates, which records what it is told after the
// handshake and says nothing.
struct recorder {
    struct proc p;
    int port;
};

static inline void recorder_start(struct recorder *t, const char *dir, const char *certificate)
{
    char openssl[PROGRAM_PATH], pem[300], port[16];
    struct err e = {0};
    assert_true(program_find("openssl", openssl));
    t->port = free_port();
    snprintf(pem, sizeof(pem), "%s/%s.pem", dir, certificate);
    snprintf(port, sizeof(port), "127.0.0.1:%d", t->port);
    const char *argv[] = {openssl, "s_server", "-quiet", "-accept", port,
                          "-cert", pem,        "-key",   pem,       NULL};
    assert_true(proc_start(argv, &t->p, &e) >= 0);
    wait_port(t->port);
}

static inline void recorder_stop(struct recorder *t, char *ret, size_t size)
{
    kill(t->p.pid, SIGTERM);
    ret[fread(ret, 1, size - 1, t->p.out)] = '\0';
    proc_wait(&t->p, NULL);
}

#define ICECAST_SECRET "tromme-7b1f" // a canary: no message may hold it

struct icecast_house {
    char dir[SCRATCH_MAX];
    int port, tls_port;
    struct proc p;
};

static inline void icecast_start(struct icecast_house *h, int sources)
{
    static const char form[] =
        "<icecast><limits><clients>100</clients><sources>%d</sources><source-timeout>4"
        "</source-timeout><burst-size>65535</burst-size></limits><authentication>"
        "<source-password>" ICECAST_SECRET "</source-password><admin-user>admin</admin-user>"
        "<admin-password>x</admin-password></authentication><hostname>localhost</hostname>"
        "<listen-socket><port>%d</port><bind-address>127.0.0.1</bind-address></listen-socket>"
        "<listen-socket><port>%d</port><bind-address>127.0.0.1</bind-address><ssl>1</ssl>"
        "</listen-socket><paths><basedir>%s</basedir><logdir>%s/log</logdir>"
        "<webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin"
        "</adminroot><ssl-certificate>%s/good.pem</ssl-certificate></paths><logging>"
        "<accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>3</loglevel>"
        "</logging><security><chroot>0</chroot>%s</security></icecast>\n";
    const char *as = "<changeowner><user>nobody</user><group>nogroup</group></changeowner>";
    char path[PROGRAM_PATH], xml[3000], file[300], log[300];
    struct err e = {0};
    assert_true(program_find("icecast2", path));
    h->port = free_port();
    h->tls_port = free_port();
    bool root = geteuid() == 0;
    snprintf(xml, sizeof(xml), form, sources, h->port, h->tls_port, h->dir, h->dir, h->dir,
             root ? as : "");
    snprintf(file, sizeof(file), "%s/icecast.xml", h->dir);
    snprintf(log, sizeof(log), "%s/log", h->dir);
    assert_true(fs_replace(file, xml, strlen(xml), NULL) >= 0);
    assert_true(fs_mkdirs(log, NULL) >= 0);
    struct passwd *nobody = root ? getpwnam("nobody") : NULL;
    if (nobody)
        assert_int_equal(chown(log, nobody->pw_uid, nobody->pw_gid), 0);
    chmod(h->dir, 0755);
    chmod(file, 0644);
    if (proc_start_heard((const char *const[]){path, "-c", file, NULL}, &h->p, &e) < 0)
        fail_msg("%s", e.text);
    wait_port(h->port);
    wait_port(h->tls_port);
}

// Also one that is frozen, or was never started.
static inline void icecast_stop(struct icecast_house *h)
{
    if (h->p.pid <= 0)
        return;
    kill(h->p.pid, SIGCONT);
    proc_end(&h->p);
    proc_wait(&h->p, NULL);
}

// Hundredths of a second of processor time.
static inline long ticks_of(pid_t pid)
{
    char path[64], text[1024] = "";
    long user = 0, kernel = 0;
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    if (f) {
        text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
        fclose(f);
    }
    const char *p = strrchr(text, ')');
    if (!p ||
        sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &kernel) != 2)
        fail_msg("%s cannot be read", path);
    return (user + kernel) * 100 / sysconf(_SC_CLK_TCK);
}
