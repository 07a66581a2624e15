// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/gone.h"

#include <string.h>

const char gone_file[] = ".htaccess";
static const char mark[] = "# taken down, written by dgl-episode\n";

// "https://example.org/podkast/": "/podkast/"
static const char *path_of(const char *site)
{
    const char *host = strstr(site, "://");
    const char *path = strchr(host ? host + 3 : site, '/');
    return path ? path : "/";
}

// RedirectMatch, because rewriting needs options that a host may not give. The page that is shown
// with 410 comes by an inner redirect, which must pass.
void gone_htaccess(struct str *out, const char *site, const char *slug)
{
    str_add(out, mark);
    str_addf(out, "ErrorDocument 410 %sepisodes/%s/index.html\n", path_of(site), slug);
    str_add(out, "<If \"-z reqenv('REDIRECT_STATUS')\">\n"
                 "RedirectMatch 410 \".\"\n"
                 "</If>\n");
}

bool gone_is_ours(const char *text)
{
    return str_starts(text, mark);
}

void gone_nginx(struct str *out, const char *site, const char *slug)
{
    static const char *const folders[] = {"episodes", "media", "kit"};
    const char *path = path_of(site);
    str_addf(out, "location @gone-%s { try_files %sepisodes/%s/index.html =410; }\n", slug, path,
             slug);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        str_addf(out, "location ^~ %s%s/%s/ { error_page 410 @gone-%s; return 410; }\n", path,
                 folders[i], slug, slug);
}
