// SPDX-License-Identifier: GPL-3.0-or-later
#include "livewords.h"

#include "base/arena.h"
#include "base/str.h"

static const struct livewords languages[] = {
    {"nb", "Tema", "FNs bærekraftsmål"},
    {"nn", "Tema", "FNs berekraftsmål"},
    {"en", "Theme", "UN goals"},
};

const struct livewords *livewords_in(const char *language)
{
    for (size_t i = 0; language && i < COUNT(languages); i++)
        if (str_starts(language, languages[i].language))
            return &languages[i];
    return &languages[0];
}
