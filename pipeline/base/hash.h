// SPDX-License-Identifier: GPL-3.0-or-later
// SHA-256 and UUIDs. The only place that knows libcrypto.
#pragma once
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum { HASH_HEX = 65, UUID_TEXT = 37 }; // with the final NUL

struct hash; // running SHA-256
struct hash *hash_new(void);
void hash_add(struct hash *h, const void *data, size_t len);
void hash_add_text(struct hash *h, const char *s); // with its NUL: "a", "b" differs from "ab"
void hash_finish(struct hash *h, char ret_hex[HASH_HEX]); // frees h
void hash_free(struct hash *h);

void hash_bytes(const void *data, size_t len, char ret_hex[HASH_HEX]);
// progress may be NULL; stop (may be NULL) ends with -ECANCELED, kind ERR_INTERRUPTED.
int hash_file(const char *path, char ret_hex[HASH_HEX], const atomic_bool *stop,
              void (*progress)(void *ctx, int64_t done, int64_t total), void *ctx, struct err *e);

// RFC 9562 §5.5.
int uuid_v5(const char *namespace_uuid, const char *name, char ret[UUID_TEXT], struct err *e);
void uuid_v4(const unsigned char random[16], char ret[UUID_TEXT]);
