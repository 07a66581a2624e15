// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/pathlist.h"

#include "base/arena.h"
#include "base/fs.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

enum { RUN_LEAST = 3, RUN_MOST = 100000, DIGITS_MOST = 9 };

// "a/00012.m4s": head 2, digits 5, number 12. No digits before the extension: digits 0.
struct numbered {
    size_t head, digits;
    unsigned long number;
    const char *tail;
};

static struct numbered look(const char *path)
{
    const char *extension = fs_extension(path);
    size_t end = *extension ? (size_t)(extension - path) - 1 : strlen(path), at = end;
    while (at > 0 && end - at < DIGITS_MOST && path[at - 1] >= '0' && path[at - 1] <= '9')
        at--;
    return (struct numbered){at, end - at, at < end ? strtoul(path + at, NULL, 10) : 0, path + end};
}

static bool follows(const char *a, const char *b)
{
    struct numbered x = look(a), y = look(b);
    return x.digits && x.digits == y.digits && x.head == y.head && y.number == x.number + 1 &&
           !strncmp(a, b, x.head) && str_same(x.tail, y.tail);
}

static int by_text(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static size_t sorted(struct arena *a, const struct json *paths, const char ***ret)
{
    size_t n = 0, kept = 0;
    const char **all = arena_array(a, const char *, json_count(paths) + 1);
    for (size_t i = 0; i < json_count(paths); i++)
        if (json_as_text(json_at(paths, i)))
            all[n++] = json_as_text(json_at(paths, i));
    qsort(all, n, sizeof *all, by_text);
    for (size_t i = 0; i < n; i++)
        if (!kept || !str_same(all[kept - 1], all[i]))
            all[kept++] = all[i];
    *ret = all;
    return kept;
}

struct json *pathlist_fold(const struct json *paths)
{
    struct arena a = {0};
    const char **all;
    size_t n = sorted(&a, paths, &all);
    struct json *list = json_new_array();
    for (size_t i = 0, run; i < n; i += run) {
        struct numbered from = look(all[i]);
        for (run = 1; i + run < n && run < RUN_MOST && follows(all[i + run - 1], all[i + run]);)
            run++;
        if (run < RUN_LEAST) {
            run = 1;
            json_push_text(list, all[i]);
        } else {
            int width = (int)from.digits;
            json_push_text(list,
                           arena_printf(&a, "%.*s{%0*lu..%0*lu}%s", (int)from.head, all[i], width,
                                        from.number, width, from.number + run - 1, from.tail));
        }
    }
    arena_done(&a);
    return list;
}

static void push(struct json *list, const char *path)
{
    if (fs_leads_down(path))
        json_push_text(list, path);
}

static size_t digits_at(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return n <= DIGITS_MOST ? n : 0;
}

static void unfold(struct arena *a, const char *entry, struct json *list)
{
    const char *open = strchr(entry, '{'), *from = open ? open + 1 : entry;
    size_t digits = open ? digits_at(from) : 0;
    const char *to = from + digits + 2, *close = to + digits;
    bool run =
        digits && str_starts(from + digits, "..") && digits_at(to) == digits && *close == '}';
    unsigned long first = run ? strtoul(from, NULL, 10) : 0, last = run ? strtoul(to, NULL, 10) : 0;
    if (!run) {
        push(list, entry);
        return;
    }
    for (unsigned long i = first; last - first < RUN_MOST && first <= last && i <= last; i++)
        push(list,
             arena_printf(a, "%.*s%0*lu%s", (int)(open - entry), entry, (int)digits, i, close + 1));
}

struct json *pathlist_unfold(const struct json *folded)
{
    struct arena a = {0};
    struct json *list = json_new_array();
    for (size_t i = 0; i < json_count(folded); i++)
        if (json_as_text(json_at(folded, i)))
            unfold(&a, json_as_text(json_at(folded, i)), list);
    arena_done(&a);
    return list;
}
