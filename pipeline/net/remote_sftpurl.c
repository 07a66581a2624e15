// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/remote_sftpurl.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>

#include "base/fs.h"
#include "base/str.h"
#include "net/urlpart.h"

static const double default_timeout_s = 30;

// A login in the address is not repeated: it may hold a password.
static int read_url(struct arena *a, const char *url, struct sftptalk_params *to, const char **dir,
                    struct err *e)
{
    int64_t number = 0;
    CURLU *u = curl_url();
    if (!u)
        mem_fail();
    int r = curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK ? 0 : -EINVAL;
    const char *scheme = url_part(a, u, CURLUPART_SCHEME, 0);
    const char *host = url_part(a, u, CURLUPART_HOST, 0);
    const char *path = url_part(a, u, CURLUPART_PATH, CURLU_URLDECODE);
    const char *port = url_part(a, u, CURLUPART_PORT, 0);
    bool has_login = url_part(a, u, CURLUPART_USER, 0) != NULL;
    curl_url_cleanup(u);
    if (has_login)
        return err_input(e, "no login belongs into the address of a target: write user: NAME");
    if (r < 0 || !str_same(scheme, "sftp") || !host || host[0] == '-' || !path ||
        (port && !str_to_int(port, &number)))
        return err_input(e, "the url of a target of kind sftp must be like "
                            "sftp://web.example.org/srv/www/");
    for (const char *c = path; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return err_input(e, "%s: the path of its url holds a character that sftp cannot take",
                             host);
    size_t len = strlen(host);
    to->host = host[0] == '[' ? arena_strndup(a, host + 1, len - 2) : host;
    to->port = (int)number;
    *dir = str_starts(path, "/~/") ? path + 3 : path;
    return 0;
}

int sftpurl_read(struct arena *a, const struct remote_params *p, struct sftptalk_params *to,
                 const char **dir, struct err *e)
{
    int r = read_url(a, p->url, to, dir, e);
    if (r < 0)
        return r;
    const char *user = p->user ? p->user : "USER", *host = to->host;
    if (p->secret)
        return err_input(e,
                         "sftp is let in by a key, not by a password; make one and let the server "
                         "know it:\n  ssh-keygen -t ed25519 -f ~/.ssh/dgl-episode\n  ssh-copy-id "
                         "-i ~/.ssh/dgl-episode %s@%s\nthen write identity: ~/.ssh/dgl-episode "
                         "instead of secret",
                         user, host);
    for (const char *c = p->user ? user : ""; *c; c++)
        if ((unsigned char)*c <= ' ' || strchr("\"\\'%@", *c))
            return err_input(e, "user: '%c' is in no user's name", *c);
    if (p->identity && fs_size(p->identity) < 0)
        return err_input(e, "%s: there is no such key; make one: ssh-keygen -t ed25519 -f %s",
                         p->identity, p->identity);
    to->user = p->user;
    to->known_hosts = p->known_hosts;
    to->identity = p->identity;
    to->timeout_s = p->timeout_s > 0 ? p->timeout_s : default_timeout_s;
    return 0;
}
