// SPDX-License-Identifier: GPL-3.0-or-later
// SHA-256, what protocols want besides, and UUIDs. The only place that knows libcrypto.
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum { HASH_HEX = 65, UUID_TEXT = 37 }; // with the final NUL
enum { SHA256_BYTES = 32, MD5_BYTES = 16 };

struct hash; // running SHA-256
struct hash *hash_new(void);
void hash_add(struct hash *h, const void *data, size_t len);
void hash_add_text(struct hash *h, const char *s); // with its NUL: "a", "b" differs from "ab"
void hash_finish(struct hash *h, char ret_hex[HASH_HEX]); // frees h
void hash_free(struct hash *h);

// MD5, for protocols that find damage with it; it proves nothing about who wrote the bytes.
struct hash *hash_new_md5(void);                                    // for hash_add, hash_free
void hash_finish_md5(struct hash *h, unsigned char ret[MD5_BYTES]); // frees h
void hash_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
                      unsigned char ret[SHA256_BYTES]);         // RFC 2104
void hash_hex(const unsigned char *bytes, size_t n, char *ret); // 2 n digits and a NUL
bool hash_is_hex(const char *text);                             // what hash_finish writes

void hash_bytes(const void *data, size_t len, char ret_hex[HASH_HEX]);
// progress may be NULL; stop (may be NULL) ends with -ECANCELED, kind ERR_INTERRUPTED.
int hash_file(const char *path, char ret_hex[HASH_HEX], const atomic_bool *stop,
              void (*progress)(void *ctx, int64_t done, int64_t total), void *ctx, struct err *e);

// RFC 9562 §5.5.
int uuid_v5(const char *namespace_uuid, const char *name, char ret[UUID_TEXT], struct err *e);
void uuid_v4(const unsigned char random[16], char ret[UUID_TEXT]);
