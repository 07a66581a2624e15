// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/progress.h"

enum { SHA1_BYTES = 20, UUID_BYTES = 16, READ_BYTES = 1 << 20 };

struct hash {
    EVP_MD_CTX *md;
};

// libcrypto refuses only for want of memory, or when it was built without SHA-2.
static void must(int ok)
{
    if (ok != 1)
        mem_fail();
}

static struct hash *begin(const EVP_MD *kind)
{
    struct hash *h = mem_alloc(sizeof(*h));
    h->md = EVP_MD_CTX_new();
    must(h->md && EVP_DigestInit_ex(h->md, kind, NULL));
    return h;
}

static EVP_MD *sha256;

static void fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

// EVP_sha256() would be looked for at each begin, which takes as long as to hash 500 bytes.
struct hash *hash_new(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fetch);
    return begin(sha256);
}

struct hash *hash_new_md5(void)
{
    return begin(EVP_md5());
}

void hash_add(struct hash *h, const void *data, size_t len)
{
    must(EVP_DigestUpdate(h->md, data, len));
}

void hash_add_text(struct hash *h, const char *s)
{
    hash_add(h, s, strlen(s) + 1);
}

void hash_hex(const unsigned char *bytes, size_t n, char *ret)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        ret[2 * i] = digits[bytes[i] >> 4];
        ret[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret[2 * n] = '\0';
}

bool hash_is_hex(const char *text)
{
    return strlen(text) == HASH_HEX - 1 && strspn(text, "0123456789abcdef") == HASH_HEX - 1;
}

void hash_finish(struct hash *h, char ret_hex[HASH_HEX])
{
    unsigned char bytes[SHA256_BYTES];
    must(EVP_DigestFinal_ex(h->md, bytes, NULL));
    hash_hex(bytes, sizeof(bytes), ret_hex);
    hash_free(h);
}

void hash_finish_md5(struct hash *h, unsigned char ret[MD5_BYTES])
{
    must(EVP_DigestFinal_ex(h->md, ret, NULL));
    hash_free(h);
}

void hash_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
                      unsigned char ret[SHA256_BYTES])
{
    must(HMAC(EVP_sha256(), key, (int)key_len, data, len, ret, NULL) != NULL);
}

void hash_free(struct hash *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->md);
    free(h);
}

void hash_bytes(const void *data, size_t len, char ret_hex[HASH_HEX])
{
    struct hash *h = hash_new();
    hash_add(h, data, len);
    hash_finish(h, ret_hex);
}

struct watch {
    const atomic_bool *stop;
    void (*progress)(void *ctx, int64_t done, int64_t total);
    void *ctx;
};

static int add_file(struct hash *h, int fd, const char *path, const struct watch *w, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return err_errno(e, -errno, path);
    posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    const struct progress stop = {.stop = w->stop};
    unsigned char *buffer = mem_alloc(READ_BYTES);
    int64_t done = 0;
    int r = 0;
    while (r == 0) {
        ssize_t n = read(fd, buffer, READ_BYTES);
        if (n == 0)
            break;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            r = err_errno(e, -errno, path);
            break;
        }
        hash_add(h, buffer, (size_t)n);
        done += n;
        if (w->progress)
            w->progress(w->ctx, done, st.st_size);
        r = progress_check(&stop, e);
    }
    free(buffer);
    return r;
}

int hash_file(const char *path, char ret_hex[HASH_HEX], const atomic_bool *stop,
              void (*progress)(void *ctx, int64_t done, int64_t total), void *ctx, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, -errno, path);
    struct hash *h = hash_new();
    int r = add_file(h, fd, path, &(struct watch){stop, progress, ctx}, e);
    if (r < 0)
        hash_free(h);
    else
        hash_finish(h, ret_hex);
    close(fd);
    return r;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)((at - digits) % 16) : -1;
}

static bool uuid_parse(const char *s, unsigned char ret[UUID_BYTES])
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    int nibbles = 0;
    memset(ret, 0, UUID_BYTES);
    for (size_t i = 0; i < sizeof(form); i++) { // with its NUL
        int v = form[i] == 'x' ? hex_digit(s[i]) : -1;
        if (form[i] == 'x' ? v < 0 : s[i] != form[i])
            return false;
        if (v >= 0) {
            ret[nibbles / 2] = (unsigned char)(ret[nibbles / 2] << 4 | v);
            nibbles++;
        }
    }
    return true;
}

static void uuid_write(const unsigned char from[UUID_BYTES], int version, char ret[UUID_TEXT])
{
    unsigned char b[UUID_BYTES];
    memcpy(b, from, sizeof(b));
    b[6] = (unsigned char)((b[6] & 0x0f) | version << 4);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    static const size_t groups[] = {4, 2, 2, 2, 6};
    for (size_t i = 0, at = 0; i < COUNT(groups); at += groups[i++]) {
        if (i > 0)
            *ret++ = '-';
        hash_hex(b + at, groups[i], ret);
        ret += 2 * groups[i];
    }
}

int uuid_v5(const char *namespace_uuid, const char *name, char ret[UUID_TEXT], struct err *e)
{
    unsigned char space[UUID_BYTES], digest[SHA1_BYTES];
    if (!uuid_parse(namespace_uuid, space))
        return err_input(e, "\"%s\" is not a UUID such as ead4c236-bf58-58c6-a2c6-a6b28d128cb6",
                         namespace_uuid);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    must(md && EVP_DigestInit_ex(md, EVP_sha1(), NULL));
    must(EVP_DigestUpdate(md, space, sizeof(space)));
    must(EVP_DigestUpdate(md, name, strlen(name)));
    must(EVP_DigestFinal_ex(md, digest, NULL));
    EVP_MD_CTX_free(md);
    uuid_write(digest, 5, ret);
    return 0;
}

void uuid_v4(const unsigned char random[UUID_BYTES], char ret[UUID_TEXT])
{
    uuid_write(random, 4, ret);
}
