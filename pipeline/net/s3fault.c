// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/s3fault.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "net/s3answer.h"

#define NEW_KEYS "get new ones where the store gives out keys, and put them into the secrets"
#define BOTH_KEYS "the secret is KEY:SECRET, both as the store showed them"
#define RIGHTS                                                                                   \
    "these keys may not do that in this bucket: whoever runs the store must allow them to list " \
    "it, "                                                                                       \
    "and to read, write and delete what is in it"
#define BUSY "the store is overloaded at the moment"
#define BROKEN "the store has a fault of its own"
#define FULL "the store has no room left: free some there, or have the quota raised"
#define DAMAGED "the bytes did not arrive as they were sent"
#define NO_BUCKET                                                                 \
    "there is no such bucket: look at the url, which is https://HOST/BUCKET/ or " \
    "https://BUCKET.HOST/, and make the bucket at the store if there is none yet"
#define NO_STORE                                                                                 \
    "this is not how an S3 store answers: look at the url, it is the address programs use, not " \
    "that of the store's pages"

static const struct fault {
    const char *name;
    int code;
    const char *text;
} faults[] = {
    {"AccessDenied", -EACCES, RIGHTS},
    {"AllAccessDisabled", -EACCES, "the store has closed this bucket: ask whoever runs it"},
    {"AccountProblem", -EACCES, "the store has closed this account: ask whoever runs it"},
    {"InvalidAccessKeyId", -EACCES, "the store does not know this access key: " BOTH_KEYS},
    {"SignatureDoesNotMatch", -EACCES,
     "the keys do not fit, most likely their second half: " BOTH_KEYS},
    {"ExpiredToken", -EACCES, "the keys have expired: " NEW_KEYS},
    {"TokenRefreshRequired", -EACCES, "the keys have expired: " NEW_KEYS},
    {"InvalidToken", -EACCES, "the token behind the keys is wrong: " NEW_KEYS},
    {"InvalidSecurity", -EACCES, "the keys are not accepted: " NEW_KEYS},
    {"RequestTimeTooSkewed", -EACCES,
     "the clock of this machine is wrong, and the store does not trust it: set the time"},
    {"NoSuchBucket", -EINVAL, NO_BUCKET},
    {"InvalidBucketName", -EINVAL, NO_BUCKET},
    {"KeyTooLongError", -EINVAL, "the name of the file is too long for the store"},
    {"EntityTooLarge", -EFBIG, "the file is too large for the store"},
    {"QuotaExceeded", -ENOSPC, FULL},
    {"InsufficientStorage", -ENOSPC, FULL},
    {"XMinioStorageFull", -ENOSPC, FULL},
    {"NoSuchKey", -ENOENT, "there is no such object"},
    {"NoSuchUpload", -ESTALE, "the parts that were sent are gone"},
    {"InvalidPart", -ESTALE, "a part that was sent is gone"},
    {"InvalidPartOrder", -ESTALE, "the parts that were sent cannot be put together"},
    {"EntityTooSmall", -ESTALE, "the parts that were sent are too small for the store"},
    {"SlowDown", -EAGAIN, BUSY},
    {"TooManyRequests", -EAGAIN, BUSY},
    {"ServiceUnavailable", -EAGAIN, BUSY},
    {"InternalError", -EAGAIN, BROKEN},
    {"OperationAborted", -EAGAIN, "something else is being done to the bucket"},
    {"RequestTimeout", -EAGAIN, "the store waited too long for bytes"},
    {"IncompleteBody", -EBADMSG, DAMAGED},
    {"BadDigest", -EBADMSG, DAMAGED},
    {"XAmzContentSHA256Mismatch", -EBADMSG, DAMAGED},
    {"NotImplemented", -EINVAL, "the store cannot do this"},
};

// Where the code is not known, or there is none.
static const struct {
    int first, last, code;
    const char *text;
} statuses[] = {
    {507, 507, -ENOSPC, FULL},
    {501, 501, -EINVAL, "the store cannot do this"},
    {503, 503, -EAGAIN, BUSY},
    {500, 599, -EAGAIN, BROKEN},
    {429, 429, -EAGAIN, BUSY},
    {408, 408, -EAGAIN, "the store waited too long for bytes"},
    {401, 403, -EACCES, RIGHTS},
    {404, 404, -ENOENT, "there is no such object"},
    {413, 413, -EFBIG, "the file is too large for the store"},
    {400, 499, -EINVAL, "the store refuses it"},
    {300, 399, -EINVAL, "the store says it is elsewhere: look at the url"},
    {0, 999, -EPROTO, NO_STORE},
};

// The text of an element, without what would move a terminal's cursor.
static const char *plain(struct arena *a, const struct s3answer *s, const char *path)
{
    char *text = arena_strdup(a, s3answer_text(s, path));
    for (char *p = text; p && *p; p++)
        if (strchr("\t\r\n", *p))
            *p = ' ';
    return text;
}

static bool of_region(const struct s3fault *f, const char *name)
{
    return (f->status >= 300 && f->status < 400) ||
           str_same(name, "AuthorizationHeaderMalformed") || str_same(name, "PermanentRedirect") ||
           str_same(name, "IllegalLocationConstraintException");
}

static int say_region(const struct s3fault *f, const char *region, const char *endpoint,
                      const char *said, struct err *e)
{
    if (region && *region && !str_same(region, f->asked))
        return err_remote(e, -EINVAL,
                          "%s: the bucket is in the region %s, not %s: write 'region: %s' for this "
                          "target%s%s%s",
                          f->host, region, f->asked, region, endpoint ? ", and " : "",
                          endpoint ? endpoint : "", endpoint ? " as the host in its url" : "");
    if (endpoint)
        return err_remote(e, -EINVAL,
                          "%s: the bucket is at %s: write that host in the url of this target",
                          f->host, endpoint);
    return err_remote(e, -EINVAL,
                      "%s: the region %s is wrong: write 'region: NAME' for this target, with the "
                      "name the store gives its region%s%s",
                      f->host, f->asked, said ? "; it says: " : "", said ? said : "");
}

int s3fault_say(const struct s3fault *f, struct err *e)
{
    struct arena a = {0};
    struct s3answer s = {0};
    bool xml = s3answer_read(&a, f->body, f->len, &s) >= 0 && str_same(s.root, "Error");
    const char *name = xml ? plain(&a, &s, "Code") : NULL, *text = NULL;
    const char *said = xml ? plain(&a, &s, "Message") : NULL;
    int code = 0;
    for (size_t i = 0; name && i < COUNT(faults); i++)
        if (str_same(faults[i].name, name))
            code = faults[i].code, text = faults[i].text;
    for (size_t i = 0; !text && i < COUNT(statuses); i++)
        if (f->status >= statuses[i].first && f->status <= statuses[i].last)
            code = statuses[i].code, text = statuses[i].text;
    // A web page that refuses is no store, but for what a machine in front of one says.
    if (!xml && f->len > 0 && code == -EINVAL)
        text = NO_STORE;
    if (of_region(f, name)) {
        const char *region = xml ? plain(&a, &s, "Region") : NULL;
        code = say_region(f, region ? region : f->region, xml ? plain(&a, &s, "Endpoint") : NULL,
                          said, e);
    } else if (name) {
        code = err_remote(e, code, "%s: %s (%s%s%s)", f->host, text, name, said ? ": " : "",
                          said ? said : "");
    } else {
        code = err_remote(e, code, "%s: %s (HTTP %d)", f->host, text, f->status);
    }
    arena_done(&a);
    return code;
}
