// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/trust.h"

int trust_open(AVFormatContext *f, const char *ca_file, const char *url, int flags,
               AVDictionary **o, AVIOContext **ret)
{
    AVDictionary *own = NULL, **options = o ? o : &own;
    av_dict_set(options, "tls_verify", "1", 0);
    av_dict_set(options, "ca_file", ca_file ? ca_file : "/etc/ssl/certs/ca-certificates.crt", 0);
    if (f->protocol_whitelist) // of an HLS list: its pieces are no local files
        av_dict_set(options, "protocol_whitelist", f->protocol_whitelist, 0);
    if (f->protocol_blacklist)
        av_dict_set(options, "protocol_blacklist", f->protocol_blacklist, 0);
    int r = avio_open2(ret, url, flags, &f->interrupt_callback, options);
    av_dict_free(&own);
    return r;
}
