// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/library.h"

#include "media/av.h"

void library_begin(void)
{
    libav_quiet();
}

const char *library_versions(void)
{
    return LIBAVCODEC_IDENT ", " LIBAVFORMAT_IDENT ", " LIBSWRESAMPLE_IDENT;
}
