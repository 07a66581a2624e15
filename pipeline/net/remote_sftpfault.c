// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/remote_sftpfault.h"

#include <errno.h>
#include <string.h>

// What is said of a fault stands in remedy(), where it takes more than a sentence.
enum remedy { SAY, KEY_UNKNOWN, KEY_CHANGED, LOGIN, KEY_OPEN };

// In this order: a login that fails also closes the connection.
static const struct {
    const char *said;
    int code;
    enum remedy remedy;
    const char *text;
} faults[] = {
    {"REMOTE HOST IDENTIFICATION HAS CHANGED", -EKEYREJECTED, KEY_CHANGED, NULL},
    {"host key is known for", -EKEYREJECTED, KEY_UNKNOWN, NULL},
    {"Host key verification failed", -EKEYREJECTED, KEY_UNKNOWN, NULL},
    {"UNPROTECTED PRIVATE KEY FILE", -EACCES, KEY_OPEN, NULL},
    {"Permission denied (", -EACCES, LOGIN, NULL},
    {"Too many authentication failures", -EACCES, LOGIN, NULL},
    {"Could not resolve hostname", -EHOSTUNREACH, SAY, "no computer of this name is known"},
    {"Connection refused", -ECONNREFUSED, SAY, "refuses the connection: does ssh run there?"},
    {"No route to host", -EHOSTUNREACH, SAY, "cannot be reached"},
    {"Network is unreachable", -EHOSTUNREACH, SAY, "cannot be reached: is this machine online?"},
    {"onnection timed out", -ETIMEDOUT, SAY, "does not answer in time"},
    {"Timeout, server", -ETIMEDOUT, SAY, "does not answer any more"},
    {"subsystem request failed", -EPERM, SAY,
     "lets this user in, but offers no SFTP: ask who runs it to allow it"},
    {"Received message too long", -EPERM, SAY,
     "says something at login that is not SFTP: the user's .bashrc there must print nothing"},
    {"Bad configuration option", -EINVAL, SAY, "ssh does not understand your ~/.ssh/config"},
    {"Bad owner or permissions", -EINVAL, SAY,
     "ssh refuses your ~/.ssh/config: chmod 600 ~/.ssh/config"},
    {"Permission denied", -EACCES, SAY, "this user may not write there"},
    {"Read-only file system", -EROFS, SAY, "nothing can be written there"},
    {"No such file", -ENOENT, SAY, "the folder is not there"},
    {"not found", -ENOENT, SAY, "is not there"},
    {"Not a directory", -ENOTDIR, SAY, "a part of the path is no folder"},
    {"Failure", -EIO, SAY, "the server could not do it, and does not say why"},
};

// For a shell.
static void add_path(struct str *s, const char *path)
{
    const char *mark = strpbrk(path, " ()&;$") ? "'" : "";
    str_addf(s, "%s%s%s", mark, path, mark);
}

static void add_scan(struct str *s, const struct sftptalk_params *p, bool hashed)
{
    str_add(s, hashed ? "ssh-keyscan -H " : "ssh-keyscan ");
    if (p->port)
        str_addf(s, "-p %d ", p->port);
    str_add(s, p->host);
}

static void add_key_remedy(struct str *s, const struct sftptalk_params *p, bool changed)
{
    const char *list = p->known_hosts ? p->known_hosts : "~/.ssh/known_hosts";
    str_add(s, changed ? "shows another key than before: either it was set up anew, or somebody "
                         "stands between; nothing was sent"
                       : "its key is not known yet; nothing was sent");
    str_add(s, "\n  compare what this shows with what those who run the server say its key is: ");
    add_scan(s, p, false);
    str_add(s, " | ssh-keygen -lf -");
    if (changed) {
        str_add(s, "\n  then forget the old one: ssh-keygen -f ");
        add_path(s, list);
        if (p->port && p->port != 22)
            str_addf(s, " -R '[%s]:%d'", p->host, p->port);
        else
            str_addf(s, " -R %s", p->host);
    }
    str_add(s, changed ? "\n  and keep the new one: " : "\n  then keep it: ");
    add_scan(s, p, true);
    str_add(s, " >> ");
    add_path(s, list);
}

static void add_login_remedy(struct str *s, const struct sftptalk_params *p)
{
    str_addf(s, "does not take the key%s%s", p->user ? " of user " : "", p->user ? p->user : "");
    if (!p->identity)
        str_add(s, "\n  make one: ssh-keygen -t ed25519");
    str_add(s, "\n  let the server know it: ssh-copy-id ");
    if (p->identity) {
        str_add(s, "-i ");
        add_path(s, p->identity);
        str_addc(s, ' ');
    }
    if (p->port)
        str_addf(s, "-p %d ", p->port);
    str_addf(s, "%s%s%s", p->user ? p->user : "", p->user ? "@" : "", p->host);
    str_add(s, "\n  a key with a passphrase must be in the agent: ssh-add");
    if (p->identity) {
        str_addc(s, ' ');
        add_path(s, p->identity);
    }
}

// The last line of sftp's own that says something, without what it adds at every end.
static void add_last_line(struct str *s, const char *said)
{
    size_t end = strlen(said);
    while (end > 0) {
        size_t start = end;
        while (start > 0 && said[start - 1] != '\n')
            start--;
        size_t len = strcspn(said + start, "\r\n");
        if (len > 0 && !str_starts(said + start, "Connection closed")) {
            str_addn(s, said + start, len);
            return;
        }
        end = start > 0 ? start - 1 : 0;
    }
}

int sftpfault_set(struct err *e, const struct sftptalk_params *p, const char *said)
{
    struct str s;
    int code = -ECONNRESET;
    str_init(&s, 3000);
    str_addf(&s, "%s: ", p->host);
    size_t i = 0;
    while (i < COUNT(faults) && !strstr(said, faults[i].said))
        i++;
    if (i == COUNT(faults)) {
        str_add(&s, "the connection was lost");
    } else {
        code = faults[i].code;
        if (faults[i].remedy == KEY_UNKNOWN || faults[i].remedy == KEY_CHANGED)
            add_key_remedy(&s, p, faults[i].remedy == KEY_CHANGED);
        else if (faults[i].remedy == LOGIN)
            add_login_remedy(&s, p);
        else if (faults[i].remedy == KEY_OPEN)
            str_addf(&s, "ssh does not use a key that others can read: chmod 600 %s",
                     p->identity ? p->identity : "~/.ssh/id_*");
        else
            str_add(&s, faults[i].text);
    }
    if (i == COUNT(faults) || faults[i].remedy == SAY) {
        size_t before = s.len;
        str_add(&s, " (");
        add_last_line(&s, said);
        if (s.len == before + 2)
            s.p[s.len = before] = '\0';
        else
            str_addc(&s, ')');
    }
    err_remote(e, code, "%s", s.p);
    str_done(&s);
    return code;
}
