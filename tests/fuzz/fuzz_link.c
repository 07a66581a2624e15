// SPDX-License-Identifier: GPL-3.0-or-later
// An address that is allowed is no program, whatever a browser makes of it.
#include "fuzz.h"

#include <strings.h>

#include "doc/link.h"

// As a browser reads it: control characters and blanks in front are nothing, tabs and line ends
// nowhere are anything.
static void as_browsers_do(const char *href, struct str *ret)
{
    while (*href && (unsigned char)*href <= 0x20)
        href++;
    for (; *href; href++)
        if (*href != '\t' && *href != '\n' && *href != '\r')
            str_addc(ret, *href);
}

FUZZ(link)
{
    static const char *const never[] = {"javascript:", "data:", "vbscript:", "file:", "blob:"};
    struct str seen, out;
    char *href = fuzz_text(data, size);
    str_init(&seen, STR_MAX);
    str_init(&out, STR_MAX);
    if (link_allowed(href)) {
        link_write(&out, href, NULL);
        FUZZ_HOLD(link_is_ascii(out.p));
        as_browsers_do(out.p, &seen);
        for (size_t i = 0; seen.p && i < COUNT(never); i++)
            FUZZ_HOLD(strncasecmp(seen.p, never[i], strlen(never[i])) != 0);
        str_clear(&out);
        link_write(&out, href, "https://example.org/x/");
        FUZZ_HOLD(link_is_ascii(out.p));
        FUZZ_HOLD(strchr(href, ':') || str_starts(out.p, "https://example.org/"));
    }
    str_done(&seen);
    str_done(&out);
    free(href);
    return 0;
}
