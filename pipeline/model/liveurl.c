// SPDX-License-Identifier: GPL-3.0-or-later
// Secrets where none belong: in addresses, and in the place of a secret's name.
#include "base/str.h"
#include "model/live.h"

#include <stdio.h>
#include <string.h>

enum { KEY_ANYWAY = 16, KEY_WITH_DIGIT = 8 };

// Long, or shorter with digits in it: "FB-1234567-0-Ab…", "x7f2-kk03", never "live2", "primary".
static bool like_a_key(const char *s, size_t len)
{
    bool digit = false, letter = false;
    for (size_t i = 0; i < len; i++) {
        digit |= s[i] >= '0' && s[i] <= '9';
        letter |= (s[i] | 32) >= 'a' && (s[i] | 32) <= 'z';
    }
    return letter && (len >= KEY_ANYWAY || (len >= KEY_WITH_DIGIT && digit));
}

static bool has_login(const char *authority)
{
    size_t len = strcspn(authority, "/?#");
    return memchr(authority, '@', len) != NULL;
}

// A value behind '?', that is named as a secret or looks like one.
static bool query_has_secret(const char *query)
{
    static const char *const words[] = {"pass", "key", "token", "secret", "pw", "a="};
    while (query) {
        const char *equals = strchr(query, '='), *next = strchr(query, '&');
        size_t len = next ? (size_t)(next - query) : strlen(query);
        for (size_t i = 0; i < COUNT(words); i++)
            if (strncasecmp(query, words[i], strlen(words[i])) == 0)
                return true;
        if (equals && equals < query + len &&
            like_a_key(equals + 1, len - (size_t)(equals - query) - 1))
            return true;
        query = next ? next + 1 : NULL;
    }
    return false;
}

// Behind rtmp://host/app/ only a key can be long.
static bool path_has_key(const char *path)
{
    size_t len = strcspn(path, "/?#");
    for (path += len; *path == '/'; path += len) {
        path++;
        len = strcspn(path, "/?#");
        if (like_a_key(path, len))
            return true;
    }
    return false;
}

bool live_url_has_secret(const char *url, const char **ret_what)
{
    const char *behind = strstr(url, "://");
    if (!behind)
        return false;
    behind += 3;
    const char *path = behind + strcspn(behind, "/?#"), *query = strchr(behind, '?');
    if (has_login(behind))
        *ret_what = "a password";
    else if (query && query_has_secret(query + 1))
        *ret_what = "a key or a password";
    else if (str_starts(url, "rtmp") && path[0] == '/' && path_has_key(path + 1))
        *ret_what = "a stream key";
    else
        return false;
    return true;
}

static bool is_name(const char *s)
{
    size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-");
    return len > 0 && s[len] == '\0' && len <= 40;
}

// The place, without the line that spot.h would show.
static int hidden(const struct node *n, struct err *e, const char *key, const char *fault,
                  const char *remedy)
{
    return err_input(e, "%s:%d:%d: %s %s (the line is not shown)\n%s", n->file->path, n->line,
                     n->column, key, fault, remedy);
}

static int hide_address(const struct node *item, const char *key, struct err *e)
{
    static const char remedy[] =
        "write the address without it and secret: NAME beside it, and into the secrets file a line "
        "\"NAME = …\"; it has been seen here, so have a new one made";
    const struct node *n = node_of(item, key);
    const char *what;
    if (!n || n->kind != NODE_SCALAR || !live_url_has_secret(n->text, &what))
        return 0;
    char fault[60];
    snprintf(fault, sizeof fault, "has %s in it", what);
    return hidden(n, e, key, fault, remedy);
}

static int hide_item(const struct node *item, struct err *e)
{
    const struct node *n = node_of(item, "secret");
    if (n && n->kind == NODE_SCALAR && *n->text && !is_name(n->text))
        return hidden(n, e, "secret", "is not the name of a line in the secrets file",
                      "write a name of small letters, digits, '.', '_' and '-', and the secret "
                      "itself into the secrets file as \"NAME = …\"");
    int r = hide_address(item, "url", e);
    return r < 0 ? r : hide_address(item, "listen", e);
}

int live_hide_secrets(const struct node *live, struct err *e)
{
    static const char *const lists[] = {"endpoints", "sources"};
    int r = 0;
    for (size_t i = 0; r >= 0 && i < COUNT(lists); i++) {
        const struct node *n = node_of(live, lists[i]);
        if (n && n->kind == NODE_MAP)
            r = hide_item(n, e);
        for (size_t k = 0; r >= 0 && n && n->kind == NODE_LIST && k < n->count; k++)
            r = hide_item(n->items[k], e);
    }
    return r;
}
