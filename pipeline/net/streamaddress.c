// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/streamaddress.h"

#include <string.h>
#include <strings.h>

static const char secure[] = "rtmps://", readable[] = "rtmp://";

int stream_address_split(struct arena *a, const char *url, bool plain, struct stream_address *ret,
                         struct err *e)
{
    const char *host = NULL;
    if (strncasecmp(url, secure, strlen(secure)) == 0)
        host = url + strlen(secure);
    else if (plain && strncasecmp(url, readable, strlen(readable)) == 0)
        host = url + strlen(readable);
    if (!host)
        return err_input(e,
                         "the address for the stream is not %s: the stream key could be read "
                         "on the way, so nothing is sent",
                         secure);
    for (const char *c = url; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            return err_input(e, "the address for the stream holds a blank");
    // a signature in the query may hold '/', too
    const char *end = host + strcspn(host, "?#");
    const char *path = memchr(host, '/', (size_t)(end - host));
    const char *last = path ? memrchr(host, '/', (size_t)(end - host)) : NULL;
    if (!last || path == host || last == path || last + 1 == end)
        return err_input(e, "the address for the stream holds no stream key");
    *ret = (struct stream_address){
        .server = arena_strndup(a, url, (size_t)(last - url)),
        .key = arena_strdup(a, last + 1),
    };
    return 0;
}
