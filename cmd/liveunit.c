// SPDX-License-Identifier: GPL-3.0-or-later
// --unit: presets/systemd/dgl-episode-live.service, filled in.
#include "base/fs.h"
#include "base/proc.h"
#include "base/str.h"
#include "live.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { UNIT_MAX = 64 << 10 };
static const char name[] = "systemd/dgl-episode-live.service";

// The text with these characters twice: systemd.unit(5) has a meaning of its own for them.
static void add_doubled(struct str *s, const char *text, const char *twice)
{
    for (const char *c = text; *c; c++) {
        if (strchr(twice, *c))
            str_addc(s, *c);
        str_addc(s, *c);
    }
}

// A word as systemd.syntax(7) reads it, in quotes.
static void add_quoted(struct str *s, const char *word, const char *twice)
{
    str_addc(s, '"');
    for (const char *c = word; *c; c++) {
        if (*c == '"' || *c == '\\')
            str_addc(s, '\\');
        add_doubled(s, (const char[]){*c, '\0'}, twice);
    }
    str_addc(s, '"');
}

// The same, without quotes where the name needs none.
static void add_name(struct str *s, const char *text, const char *twice)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789/._-";
    if (*text && *text != '-' && strspn(text, plain) == strlen(text))
        str_add(s, text);
    else
        add_quoted(s, text, twice);
}

static void add_credentials(struct str *s, struct broadcast *b)
{
    const char *seen[64];
    size_t n = 0;
    for (size_t i = 0; i < b->num_endpoints + b->num_sources; i++) {
        const char *secret = i < b->num_endpoints ? b->endpoints[i]->secret
                                                  : b->sources[i - b->num_endpoints].secret;
        bool again = !secret || n == COUNT(seen);
        for (size_t k = 0; !again && k < n; k++)
            again = str_same(seen[k], secret);
        if (again)
            continue;
        str_addf(s, "%sLoadCredential=%s:/etc/dgl-episode/%s", n ? "\n" : "", secret, secret);
        seen[n++] = secret;
    }
}

static void add_value(struct str *s, struct broadcast *b, const char *key, size_t len)
{
    char self[PATH_MAX] = "";
    const struct passwd *who = getpwuid(geteuid());
    proc_self_dir(self, sizeof self);
    if (strncmp(key, "NAME", len) == 0)
        str_addf(s, "dgl-episode-live-%s", b->plan.slug);
    else if (strncmp(key, "EPISODE", len) == 0)
        add_name(s, b->plan.ep->folder, "%$");
    else if (strncmp(key, "ABOUT", len) == 0)
        add_doubled(s, b->plan.ep->folder, "%");
    else if (strncmp(key, "USER", len) == 0)
        str_add(s, who ? who->pw_name : "root");
    else if (strncmp(key, "SHOW", len) == 0)
        add_name(s, b->s.dir, "%$");
    else if (strncmp(key, "FOLDER", len) == 0)
        add_doubled(s, b->s.dir, "%"); // a whole line's value: no quotes there
    else if (strncmp(key, "WRITES", len) == 0)
        add_name(s, b->s.dir, "%");
    else if (strncmp(key, "PROGRAM", len) == 0)
        add_name(s, fs_join(&b->s.arena, self, "dgl-episode"), "%");
    else if (strncmp(key, "CREDENTIALS", len) == 0)
        add_credentials(s, b);
    for (size_t i = 0; strncmp(key, "FROM", len) == 0 && i < b->num_sources; i++) {
        str_add(s, " --from ");
        add_quoted(s, b->sources[i].node ? b->sources[i].name : b->sources[i].url, "%$");
    }
}

// A unit is lines: what has a line break in it would begin one of its own.
static int check_lines(const struct broadcast *b, struct err *e)
{
    const char *bad = strpbrk(b->s.dir, "\n\r") || strpbrk(b->plan.ep->folder, "\n\r")
                          ? "the show's or the episode's folder"
                          : NULL;
    for (size_t i = 0; i < b->num_sources; i++)
        if (!b->sources[i].node && strpbrk(b->sources[i].url, "\n\r"))
            bad = "the source";
    return bad ? err_input(e, "%s has a line break in its name: no unit can hold it", bad) : 0;
}

int unit_print(struct broadcast *b, struct err *e)
{
    const char *path = preset_path(&b->s.arena, b->s.preset_dirs, name);
    char *text;
    struct str s;
    if (!path)
        return err_set(e, -ENOENT, "presets/%s is missing: the program is not installed completely",
                       name);
    int r = check_lines(b, e);
    if (r < 0)
        return r;
    r = fs_read(&b->s.arena, path, UNIT_MAX, &text, NULL, e);
    if (r < 0)
        return r;
    str_init(&s, 2 * UNIT_MAX);
    while (*text) {
        size_t len = strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        bool is_key = *text == '@' && len > 0 && text[1 + len] == '@';
        if (is_key)
            add_value(&s, b, text + 1, len);
        else
            str_addc(&s, *text);
        text += is_key ? len + 2 : 1;
    }
    fputs(s.p, stdout);
    str_done(&s);
    return 0;
}
