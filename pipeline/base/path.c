// SPDX-License-Identifier: GPL-3.0-or-later
// The part of fs.h that is about names.
#include "base/fs.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

char *fs_join(struct arena *a, const char *dir, const char *name)
{
    size_t len = strlen(dir);
    if (name[0] == '/' || len == 0 || strcmp(dir, ".") == 0)
        return arena_strdup(a, name);
    if (!*name)
        return arena_strdup(a, dir);
    return arena_printf(a, "%s%s%s", dir, dir[len - 1] == '/' ? "" : "/", name);
}

bool fs_leads_down(const char *path)
{
    bool bad = !*path || strchr(path, '\\');
    for (const char *p = path; *p && !bad;) {
        size_t len = strcspn(p, "/");
        bad = len == 0 || (len == 1 && *p == '.') || (len == 2 && p[0] == '.' && p[1] == '.');
        p += len + (p[len] == '/');
    }
    return !bad;
}

char *fs_dirname(struct arena *a, const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    while (n > 0 && path[n - 1] != '/')
        n--;
    if (n == 0)
        return arena_strdup(a, ".");
    while (n > 1 && path[n - 1] == '/')
        n--;
    return arena_strndup(a, path, n);
}

const char *fs_basename(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *fs_extension(const char *path)
{
    const char *name = fs_basename(path), *dot = strrchr(name, '.');
    return dot && dot != name ? dot + 1 : "";
}

char *fs_home(struct arena *a, const char *path)
{
    const char *home = getenv("HOME");
    if (path[0] != '~' || (path[1] && path[1] != '/'))
        return arena_strdup(a, path);
    return home && *home == '/' ? fs_join(a, home, path + 1 + strspn(path + 1, "/")) : NULL;
}

// An absolute path without empty parts, "." and "..", as it is written.
static char *normalized(struct arena *a, const char *path)
{
    char *out = arena_alloc(a, strlen(path) + 2);
    size_t len = 0;
    while (*path) {
        path += strspn(path, "/");
        size_t n = strcspn(path, "/");
        if (n == 2 && path[0] == '.' && path[1] == '.') {
            while (len > 0 && out[--len] != '/')
                ;
        } else if (n > 0 && !(n == 1 && path[0] == '.')) {
            out[len++] = '/';
            memcpy(out + len, path, n);
            len += n;
        }
        path += n;
    }
    if (len == 0)
        out[len++] = '/';
    out[len] = '\0';
    return out;
}

char *fs_absolute(struct arena *a, const char *path)
{
    char real[PATH_MAX];
    if (realpath(path, real))
        return arena_strdup(a, real);
    if (path[0] != '/' && getcwd(real, sizeof(real)))
        path = fs_join(a, real, path);
    char *whole = normalized(a, path);
    // the folder that exists is resolved, so that both sides of a later comparison are
    for (size_t n = strlen(whole); n > 1; n--) {
        char *slash = whole + n - 1;
        if (*slash != '/')
            continue;
        *slash = '\0';
        bool found = realpath(whole, real);
        *slash = '/';
        if (found)
            return fs_join(a, real, slash + 1);
    }
    return whole;
}

char *fs_relative(struct arena *a, const char *path, const char *dir)
{
    size_t same = 0; // length of the folders both share
    for (size_t i = 0;; i++) {
        bool path_ends = path[i] == '/' || !path[i], dir_ends = dir[i] == '/' || !dir[i];
        if (path_ends && dir_ends)
            same = i;
        if (path[i] != dir[i] || !path[i])
            break;
    }
    char *up = arena_strdup(a, "");
    for (const char *p = dir + same; *p;) {
        p += strspn(p, "/");
        if (*p)
            up = arena_printf(a, "%s../", up);
        p += strcspn(p, "/");
    }
    const char *rest = path + same;
    rest += strspn(rest, "/");
    char *out = arena_printf(a, "%s%s", up, rest);
    size_t len = strlen(out);
    if (len == 0)
        return arena_strdup(a, ".");
    if (!*rest)
        out[len - 1] = '\0';
    return out;
}
