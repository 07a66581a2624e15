// SPDX-License-Identifier: GPL-3.0-or-later
// What a request's first line and headers say: no path leaves the folder, no range the file.
#include "fuzz.h"

#include <strings.h>

#include "net/httprule.h"

FUZZ(httprule)
{
    char path[HTTP_PATH], *text = fuzz_text(data, size);
    int64_t first, last, utc_s;
    if (http_path(text, path)) {
        FUZZ_HOLD(path[0] != '/' && path[0] != '.');
        FUZZ_HOLD(!strstr(path, "//") && !strstr(path, "/.") && !strchr(path, '\\'));
    }
    static const int64_t sizes[] = {0, 1, 1000, INT64_MAX};
    for (size_t i = 0; i < COUNT(sizes); i++)
        if (http_range_of(text, sizes[i], &first, &last) == RANGE_PART)
            FUZZ_HOLD(first >= 0 && first <= last && last < sizes[i]);
    http_date_parse(text, &utc_s);
    http_etag_listed(text, "\"abc\"", false);
    http_etag_listed(text, "\"abc\"", true);
    if (http_host_is_local(text))
        FUZZ_HOLD(str_starts(text, "127.0.0.1") || strncasecmp(text, "localhost", 9) == 0 ||
                  str_starts(text, "[::1]"));
    free(text);
    return 0;
}
