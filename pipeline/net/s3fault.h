// SPDX-License-Identifier: GPL-3.0-or-later
// What the refusals of S3-compatible stores mean: whether waiting may mend them, and what people
// can do. A plain function on what was answered.
#pragma once
#include <stddef.h>

struct err;

struct s3fault {
    const char *host;   // for the message
    int status;         // of HTTP
    const char *body;   // an <Error> document, or whatever came
    size_t len;         //
    const char *region; // x-amz-bucket-region; "": not there
    const char *asked;  // the region that was signed for
};
// ERR_REMOTE, as remote_may_mend has it: -EACCES keys, -EINVAL address, region or bucket, -ENOSPC,
// -EFBIG; -EAGAIN overloaded or broken for now, -EBADMSG bytes that did not arrive as sent, -ESTALE
// an upload in parts that is not there or cannot be put together, -ENOENT no such object.
int s3fault_say(const struct s3fault *f, struct err *e);
