// SPDX-License-Identifier: GPL-3.0-or-later
// The remedy for a mistyped word: the known one that fewest strokes away.
#include "base/str.h"
#include "model/yaml.h"

#include <string.h>

enum { WORD_MAX = 64 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static int least(int a, int b, int c)
{
    int m = a < b ? a : b;
    return m < c ? m : c;
}

// Strokes from a to b: insert, delete, replace, or swap two neighbours; case does not count.
static int distance(const char *a, const char *b)
{
    size_t na = strlen(a), nb = strlen(b);
    if (na > WORD_MAX || nb > WORD_MAX)
        return WORD_MAX;
    int rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= na; i++) {
        int *now = rows[i % 3];
        const int *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= nb; j++) {
            char x = lower(a[i - 1]), y = lower(b[j - 1]);
            now[j] = least(above[j] + 1, now[j - 1] + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == lower(b[j - 2]) && y == lower(a[i - 2]) &&
                two_above[j - 2] + 1 < now[j])
                now[j] = two_above[j - 2] + 1;
        }
    }
    return rows[na % 3][nb];
}

const char *nearest_of(const char *word, const char *const *names, size_t n)
{
    const char *best = NULL;
    int least_so_far = WORD_MAX;
    for (size_t i = 0; i < n; i++) {
        int d = distance(word, names[i]);
        if (d < least_so_far) {
            least_so_far = d;
            best = names[i];
        }
    }
    size_t len = strlen(word);
    int allowed = len < 3 ? 1 : len < 7 ? 2 : (int)(len / 3);
    return least_so_far <= allowed ? best : NULL;
}

char *nearest_remedy(struct arena *a, const char *word, const char *const *names, size_t n)
{
    const char *near = nearest_of(word, names, n);
    if (near)
        return arena_printf(a, "write %s", near);
    struct str s;
    str_init(&s, 600);
    str_add(&s, "known: ");
    for (size_t i = 0; i < n; i++)
        str_addf(&s, "%s%s", i > 0 ? ", " : "", names[i]);
    char *remedy = arena_strdup(a, s.p);
    str_done(&s);
    return remedy;
}
