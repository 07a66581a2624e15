// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/urlpart.h"

char *url_part(struct arena *a, CURLU *u, CURLUPart part, unsigned flags)
{
    char *text = NULL, *copy = NULL;
    if (curl_url_get(u, part, &text, flags) == CURLUE_OK)
        copy = arena_strdup(a, text);
    curl_free(text);
    return copy;
}
