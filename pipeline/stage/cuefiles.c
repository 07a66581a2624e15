// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/cuefiles.h"

#include "base/fs.h"
#include "base/str.h"

#include <string.h>

enum { CAPTIONS_MAX = 16 << 20 };

int cuefiles_read(const struct stage_job *job, struct cuefile **ret, size_t *ret_n, struct err *e)
{
    struct arena *a = job->arena;
    const struct json *paths = json_get(job->in, "captions");
    size_t n = json_count(paths);
    int r = 0;
    *ret = arena_array(a, struct cuefile, n + 1);
    *ret_n = n;
    for (size_t i = 0; r >= 0 && i < n; i++) {
        const char *path = json_as_text(json_at(paths, i)), *name = fs_basename(path);
        char *text;
        size_t len;
        r = fs_read(a, path, CAPTIONS_MAX, &text, &len, e);
        if (r >= 0)
            r = captions_parse(a, text, len, path, &(*ret)[i].cues, e);
        (*ret)[i].language = arena_strndup(a, name, strcspn(name, "."));
    }
    return r < 0 ? r : 0;
}

const char *language_name(const char *bcp47)
{
    static const char *const rows[][2] = {
        {"nb", "Norsk bokmål"},
        {"nn", "Norsk nynorsk"},
        {"no", "Norsk"},
        {"en", "English"},
        {"se", "Davvisámegiella"},
        {"smj", "Julevsámegiella"},
        {"sma", "Åarjelsaemien gïele"},
        {"sv", "Svenska"},
        {"da", "Dansk"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (str_same(rows[i][0], bcp47))
            return rows[i][1];
    return bcp47;
}
