// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/delivery.h"

#include "base/fs.h"
#include "base/str.h"

#include <string.h>

#define T(field) offsetof(struct delivery_target, field)
#define W(field) offsetof(struct webhook, field)
#define D(field) offsetof(struct delivery, field)

const char *const target_kinds[] = {"s3", "sftp", "webdav", "ftps", "folder", NULL};

static const struct {
    const char *kind, *scheme, *example;
} schemes[] = {
    {"s3", "https://", "https://s3.example.org/bucket/"},
    {"sftp", "sftp://", "sftp://web.example.org/var/www/podkast/"},
    {"webdav", "https://", "https://example.org/dav/podkast/"},
    {"ftps", "ftps://", "ftps://ftp.example.org/podkast/"},
};

static const struct key delivery_keys[] = {
    {"targets", KEY_NODE, KEY_NOWHERE, true, 0, 0, NULL,
     "where public/ is uploaded to, one or several; for example [{name: web, kind: sftp, url: "
     "\"sftp://web.example.org/var/www/podkast/\", user: podkast}]"},
    {"automatic", KEY_BOOL, D(automatic), false, 0, 0, NULL,
     "publish delivers, too; default false"},
    {"check", KEY_BOOL, D(checks), false, 0, 0, NULL,
     "after a delivery the public feed is fetched and every file it names is asked for, as a "
     "directory would; default true"},
    {"tries", KEY_INT, D(tries), false, 1, 20, NULL,
     "of each file, before it counts as failed; default 5"},
    {"retry", KEY_REAL, D(retry_s), false, 0, 300, NULL,
     "seconds before the second try, doubled each time; a server that asks for more gets it; "
     "default 2"},
    {"webhooks", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "who is told of a published, changed or withdrawn episode, as JSON by POST; default nobody; "
     "for example [{url: \"https://example.org/hook\", secret: hook}]"},
    {"podping", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "the front of the podping network that is told of a changed feed; default none; for example "
     "{url: \"https://podping.cloud/\", secret: podping}"},
};
static const struct key target_keys[] = {
    {"name", KEY_TEXT, T(name), true, 0, 40, NULL,
     "in messages and in deliver --target, letters a-z, digits and '-'; for example web"},
    {"kind", KEY_CHOICE, T(kind), true, 0, 0, target_kinds,
     "s3: any S3-compatible store; sftp: OpenSSH; webdav; ftps: FTP with TLS; folder: on this "
     "machine, or mounted"},
    {"url", KEY_TEXT, T(url), true, 0, 1000, NULL,
     "the place of public/'s files; of s3 with the bucket in it, of a folder its path, from the "
     "show's folder or absolute; for example https://s3.example.org/bucket/podkast/"},
    {"region", KEY_TEXT, T(region), false, 0, 60, NULL,
     "of s3; default us-east-1; for example eu-north-1"},
    {"user", KEY_TEXT, T(user), false, 0, 100, NULL,
     "of sftp, webdav and ftps; for example podkast"},
    {"secret", KEY_TEXT, T(secret), false, 0, 60, NULL,
     "the name of a line of the secrets file: KEY:SECRET for s3, the password for webdav and ftps; "
     "sftp logs in with a key and has none; for example web"},
    {"ca", KEY_FILE, T(ca), false, 0, 0, NULL,
     "certificate (PEM) of an authority of your own, from episodes/; default: the system's"},
    {"known_hosts", KEY_FILE, T(known_hosts), false, 0, 0, NULL,
     "of sftp, the host keys that are trusted, from episodes/; default: ssh's own file"},
    {"identity", KEY_FILE, T(identity), false, 0, 0, NULL,
     "of sftp, the file of a private key outside the show; default: ssh's agent and keys; for "
     "example ~/.ssh/podkast"},
    {"site", KEY_URL, T(site), false, 0, 0, NULL,
     "where what lies there is seen by everybody; default: the show's site, for the first target"},
    {"at_once", KEY_INT, T(at_once), false, 1, DELIVERY_MAX_CONNECTIONS, NULL,
     "connections at the same time; default 4"},
    {"part_mib", KEY_INT, T(part_mib), false, 5, 1024, NULL,
     "of s3: files above so many MiB go in parts of that size, and after a break only the parts "
     "that are missing; default 16"},
    {"timeout", KEY_REAL, T(timeout_s), false, 1, 600, NULL,
     "seconds for which nothing may move before a connection counts as broken; default 30"},
};
static const struct key webhook_keys[] = {
    {"url", KEY_URL, W(url), true, 0, 0, NULL,
     "where to; https://, or http:// on this machine; for example https://example.org/hook"},
    {"secret", KEY_TEXT, W(secret), false, 0, 60, NULL,
     "the name of a line of the secrets file: its value is sent as \"Authorization: Bearer …\" "
     "(podping: as Authorization alone)"},
};
const struct key_table delivery_tables[] = {
    {"deliver", delivery_keys, COUNT(delivery_keys)},
    {"deliver: targets", target_keys, COUNT(target_keys)},
    {"deliver: webhooks, podping", webhook_keys, COUNT(webhook_keys)},
};
const size_t num_delivery_tables = COUNT(delivery_tables);

static const char *with_slash(struct arena *a, const char *text)
{
    return str_ends(text, "/") ? text : arena_printf(a, "%s/", text);
}

// Without TLS nothing leaves this machine.
static bool is_safe(const char *url)
{
    static const char *const here[] = {"http://127.0.0.1", "http://[::1]", "http://localhost"};
    for (size_t i = 0; i < COUNT(here); i++)
        if (str_starts(url, here[i]) && strchr(":/", url[strlen(here[i])]))
            return true;
    return !str_starts(url, "http://");
}

static int check_address(struct arena *a, const struct delivery_target *t, const char *scheme,
                         const char *example, struct err *e)
{
    const struct node *n = node_of(t->node, "url");
    const char *like = arena_printf(a, "like %s", example);
    bool plain = str_same(scheme, "https://") && str_starts(t->url, "http://") && is_safe(t->url);
    if (!str_starts(t->url, scheme) && !plain)
        return node_error(n, e, like, "the address of a target of kind %s begins with %s", t->kind,
                          scheme);
    const char *host = strstr(t->url, "://") + 3, *slash = strchr(host, '/');
    if (strchr(host, '@')) // a password may hold a '/'
        return node_error(n, e,
                          "write user: NAME, and the password as a line of the secrets file; an @ "
                          "of a folder's name is %40 here",
                          "a login does not belong into the address");
    if (!*host || slash == host)
        return node_error(n, e, like, "the address names no server");
    return strpbrk(t->url, "?#\r\n")
               ? node_error(n, e, like, "the address of a target has neither '?' nor '#'")
               : 0;
}

static int check_url(struct arena *a, const struct delivery_target *t, struct err *e)
{
    const struct node *n = node_of(t->node, "url");
    for (size_t i = 0; i < COUNT(schemes); i++)
        if (str_same(schemes[i].kind, t->kind))
            return check_address(a, t, schemes[i].scheme, schemes[i].example, e);
    if (strstr(t->url, "://"))
        return node_error(n, e, "like /mnt/web/podkast, or another kind: s3, sftp, webdav, ftps",
                          "a target of kind folder has a path, not an address");
    return str_same(t->url, "public") || str_same(t->url, "public/")
               ? node_error(n, e, NULL, "public/ cannot be delivered into itself")
               : 0;
}

// Both would write the same files at once.
static int check_place(const struct delivery *d, const struct delivery_target *t, struct err *e)
{
    for (size_t i = 0; i < d->num_targets; i++)
        if (str_same(d->targets[i].kind, t->kind) && str_same(d->targets[i].url, t->url))
            return node_error(node_of(t->node, "url"), e, NULL,
                              "the targets %s and %s are the same place", d->targets[i].name,
                              t->name);
    return 0;
}

static int check_name(const struct delivery *d, const struct delivery_target *t, struct err *e)
{
    const struct node *n = node_of(t->node, "name");
    if (t->name[strspn(t->name, "abcdefghijklmnopqrstuvwxyz0123456789-")] || *t->name == '-')
        return node_error(n, e, "for example web",
                          "a target's name has letters a-z, digits and '-'");
    for (size_t i = 0; i < d->num_targets; i++)
        if (str_same(d->targets[i].name, t->name))
            return node_error(n, e, NULL, "two targets are called %s", t->name);
    return 0;
}

static int needs(const struct delivery_target *t, const char *key, const char *value, struct err *e)
{
    return value ? 0 : node_error(t->node, e, NULL, "a target of kind %s needs %s", t->kind, key);
}

static int check_login(const struct delivery_target *t, struct err *e)
{
    int r = 0;
    if (str_same(t->kind, "s3"))
        r = needs(t, "secret", t->secret, e);
    if (str_same(t->kind, "ftps"))
        r = needs(t, "user", t->user, e);
    if (r >= 0 && t->user && !str_same(t->kind, "sftp") && !str_same(t->kind, "folder"))
        r = needs(t, "secret", t->secret, e);
    if (r >= 0 && t->secret && str_same(t->kind, "sftp"))
        r = node_error(node_of(t->node, "secret"), e,
                       "make a key: ssh-keygen -t ed25519 -f ~/.ssh/podkast, and let the server "
                       "know it: ssh-copy-id -i ~/.ssh/podkast USER@HOST; then write identity: "
                       "~/.ssh/podkast",
                       "sftp logs in with a key, not with a password");
    return r;
}

static const char *file_of(struct arena *a, const char *episodes, const char *path)
{
    const char *home = path && str_starts(path, "~/") ? fs_home(a, path) : NULL;
    return !path ? NULL : home ? home : fs_join(a, episodes, path);
}

static int read_target(struct arena *a, const struct node *n, const char *show_dir,
                       struct delivery *d, struct err *e)
{
    struct delivery_target t = {.at_once = 4, .part_mib = 16, .timeout_s = 30, .node = n};
    const char *episodes = fs_join(a, show_dir, "episodes");
    int r = keys_read(a, n, target_keys, COUNT(target_keys), "target", &t, e);
    if (r >= 0)
        r = check_name(d, &t, e);
    if (r >= 0)
        r = check_url(a, &t, e);
    if (r >= 0)
        r = check_login(&t, e);
    if (r < 0)
        return r;
    t.url = with_slash(a, str_same(t.kind, "folder") ? file_of(a, show_dir, t.url) : t.url);
    r = check_place(d, &t, e);
    t.ca = file_of(a, episodes, t.ca);
    t.known_hosts = file_of(a, episodes, t.known_hosts);
    t.identity = file_of(a, episodes, t.identity);
    t.site = t.site ? with_slash(a, t.site) : NULL;
    d->targets[d->num_targets++] = t;
    return r;
}

static int read_targets(struct arena *a, const struct node *n, const char *show_dir,
                        struct delivery *d, struct err *e)
{
    const struct node *const *items;
    size_t count;
    int r = node_maps(a, n, "target", &items, &count, e);
    if (r >= 0 && count > DELIVERY_MAX_TARGETS)
        r = node_error(n, e, NULL, "at most %d targets", DELIVERY_MAX_TARGETS);
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = read_target(a, items[i], show_dir, d, e);
    return r;
}

// what: "webhook" or "podping".
static int read_hook(struct arena *a, const struct node *n, const char *what, struct webhook *ret,
                     struct err *e)
{
    ret->node = n;
    int r = keys_read(a, n, webhook_keys, COUNT(webhook_keys), what, ret, e);
    return r >= 0 && !is_safe(ret->url)
               ? node_error(node_of(n, "url"), e, "write https://",
                            "whoever is told of an episode is told over https://")
               : r;
}

static int read_webhooks(struct arena *a, const struct node *n, struct delivery *d, struct err *e)
{
    const struct node *const *items;
    int r = node_maps(a, n, "webhook", &items, &d->num_webhooks, e);
    if (r < 0)
        return r;
    d->webhooks = arena_array(a, struct webhook, d->num_webhooks);
    for (size_t i = 0; r >= 0 && i < d->num_webhooks; i++)
        r = read_hook(a, items[i], "webhook", &d->webhooks[i], e);
    return r;
}

int delivery_read(struct arena *a, const struct node *n, const char *show_dir, const char *site,
                  struct delivery *ret, struct err *e)
{
    *ret = (struct delivery){.checks = true, .tries = 5, .retry_s = 2};
    if (!n)
        return 0;
    int r = keys_read(a, n, delivery_keys, COUNT(delivery_keys), "deliver", ret, e);
    if (r >= 0)
        r = read_targets(a, node_of(n, "targets"), show_dir, ret, e);
    if (r >= 0 && !ret->targets[0].site)
        ret->targets[0].site = site;
    if (r >= 0 && node_of(n, "webhooks"))
        r = read_webhooks(a, node_of(n, "webhooks"), ret, e);
    const struct node *podping = node_of(n, "podping");
    return r >= 0 && podping ? read_hook(a, podping, "podping", &ret->podping, e) : r;
}
