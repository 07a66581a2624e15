// SPDX-License-Identifier: GPL-3.0-or-later
// OpenSSH's server on a loopback port, with keys of its own. Include behind cmocka.h.
#pragma once
#include <fcntl.h>

#include "unit/servers.h"

#define INTERNAL_SFTP "internal-sftp"
#define SFTP_SERVER "/usr/lib/openssh/sftp-server"

struct sftp_house {
    char dir[SCRATCH_MAX]; // keys and list of hosts; root/ is what the user may write
    char root[300], key[300], known[300], user[64];
    int port;
    struct proc p;
};

// The program runs as root, the user is another one: whom nothing is forbidden proves nothing.
static inline void sftp_house_start(struct sftp_house *h, const char *subsystem)
{
    char path[PROGRAM_PATH], config[300], text[2000];
    struct err e = {0};
    if (!program_find("sshd", path))
        snprintf(path, sizeof(path), "/usr/sbin/sshd");
    snprintf(text, sizeof(text),
             "Port %d\nListenAddress 127.0.0.1\nHostKey %s/host\nAuthorizedKeysFile %s/key.pub\n"
             "StrictModes no\nUsePAM no\nPidFile none\nMaxStartups 100\nPermitRootLogin yes\n"
             "PasswordAuthentication no\nKbdInteractiveAuthentication no\nSubsystem sftp %s\n",
             h->port, h->dir, h->dir, subsystem);
    snprintf(config, sizeof(config), "%s/sshd_config", h->dir);
    assert_true(fs_replace(config, text, strlen(text), NULL) >= 0);
    if (geteuid() == 0)
        assert_true(fs_mkdirs("/run/sshd", NULL) >= 0); // where it wants to lock itself in
    if (proc_start((const char *const[]){path, "-D", "-q", "-f", config, NULL}, &h->p, &e) < 0)
        fail_msg("%s", e.text);
    wait_port(h->port);
}

static inline void sftp_house_stop(struct sftp_house *h)
{
    if (h->p.pid > 0)
        proc_end(&h->p);
    h->p.pid = 0;
}

// What known_hosts says of the server at that port; key NULL: the server's own.
static inline void sftp_house_know(struct sftp_house *h, int port, const char *key)
{
    char file[320], *text, line[1000];
    struct arena a = {0};
    snprintf(file, sizeof(file), "%s/%s.pub", h->dir, key ? key : "host");
    assert_true(fs_read(&a, file, 1000, &text, NULL, NULL) >= 0);
    snprintf(line, sizeof(line), "[127.0.0.1]:%d %s", port, text);
    assert_true(fs_replace(h->known, line, strlen(line), NULL) >= 0);
    arena_done(&a);
}

// False: there is no sshd.
static inline bool sftp_house_build(struct sftp_house *h)
{
    static const char *const keys[] = {"host", "other", "key", "stranger"};
    char path[PROGRAM_PATH], file[320];
    if ((access("/usr/sbin/sshd", X_OK) < 0 && !program_find("sshd", path)) ||
        !program_find("sftp", path))
        return false;
    *h = (struct sftp_house){0};
    scratch_new(h->dir);
    chmod(h->dir, 0755);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        snprintf(file, sizeof(file), "%s/%s", h->dir, keys[i]);
        RUN("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file);
    }
    snprintf(h->root, sizeof(h->root), "%s/root", h->dir);
    snprintf(h->key, sizeof(h->key), "%s/key", h->dir);
    snprintf(h->known, sizeof(h->known), "%s/known hosts", h->dir);
    struct passwd *user = geteuid() == 0 ? getpwnam("nobody") : getpwuid(geteuid());
    assert_non_null(user);
    snprintf(h->user, sizeof(h->user), "%s", user->pw_name);
    assert_true(fs_mkdirs(h->root, NULL) >= 0);
    if (geteuid() == 0)
        assert_int_equal(chown(h->root, user->pw_uid, user->pw_gid), 0);
    h->port = free_port();
    sftp_house_know(h, h->port, NULL);
    return true;
}

static inline void sftp_house_free(struct sftp_house *h)
{
    sftp_house_stop(h);
    scratch_free(h->dir);
}

// tests/live/faultproxy.c before a server.
struct fault_proxy {
    int port;
    int connections; // that were made, when it was told something last
    struct proc p;
};

static inline void fault_proxy_start(struct fault_proxy *f, int target)
{
    char path[PROGRAM_PATH], from[16], to[16];
    struct err e = {0};
    const char *build = getenv("DGL_BUILD");
    snprintf(path, sizeof(path), "%s/live/faultproxy", build ? build : "build");
    f->port = free_port();
    snprintf(from, sizeof(from), "%d", f->port);
    snprintf(to, sizeof(to), "%d", target);
    if (proc_start((const char *const[]){path, from, to, NULL}, &f->p, &e) < 0)
        fail_msg("%s", e.text);
    wait_port(f->port);
}

// Bytes that came from the client so far.
static inline long long fault_proxy_tell(struct fault_proxy *f, const char *line)
{
    char answer[100] = "";
    long long bytes = -1;
    fprintf(f->p.in, "%s\n", line);
    fflush(f->p.in);
    if (!fgets(answer, sizeof(answer), f->p.out) ||
        sscanf(answer, "ok %d %lld", &f->connections, &bytes) != 2)
        fail_msg("the proxy does not answer");
    return bytes;
}

static inline void fault_proxy_stop(struct fault_proxy *f)
{
    proc_end(&f->p);
}
