// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/screenwords.h"

#include "base/arena.h"
#include "base/str.h"

static const struct screenwords languages[] = {
    {"nb", "Programleder", "Gjest", "Takk til", "Hør alle episodene", "Lisens",
     "Vi er straks tilbake"},
    {"nn", "Programleiar", "Gjest", "Takk til", "Høyr alle episodane", "Lisens",
     "Vi er straks tilbake"},
    {"en", "Host", "Guest", "Thanks to", "Hear all episodes", "Licence", "We will be right back"},
};

const struct screenwords *screenwords_in(const char *language)
{
    for (size_t i = 0; language && i < COUNT(languages); i++)
        if (str_starts(language, languages[i].language))
            return &languages[i];
    return &languages[0];
}
