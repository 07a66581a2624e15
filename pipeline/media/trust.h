// SPDX-License-Identifier: GPL-3.0-or-later
// TLS by libav, with servers that an authority vouches for and with nobody else.
#pragma once
#include "media/av.h"

// Opens url for f. libav looks at no certificate unless it is told so, and hands a format's options
// on to its first connection alone, while HLS opens one for each piece: so this is what f's io_open
// must call. ca_file: the authorities; NULL: the system's. o may be NULL.
int trust_open(AVFormatContext *f, const char *ca_file, const char *url, int flags,
               AVDictionary **o, AVIOContext **ret);
