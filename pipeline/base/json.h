// SPDX-License-Identifier: GPL-3.0-or-later
// JSON values. The only place that knows jansson. Objects keep the order keys were put in;
// json_canonical sorts. A getter on NULL or on the wrong type answers its default.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct str;
struct json;

struct json *json_new_object(void);
struct json *json_new_array(void);
struct json *json_new_text(const char *utf8); // invalid UTF-8 becomes U+FFFD
struct json *json_new_real(double v);         // nan and infinities become null
struct json *json_keep(const struct json *j); // one more reference; json_free each
void json_free(struct json *j);               // NULL is fine

// name: for messages.
int json_parse(const char *text, size_t len, const char *name, struct json **ret, struct err *e);
// -ENOENT and e untouched when missing.
int json_load(const char *path, struct json **ret, struct err *e);
void json_write(struct str *s, const struct json *j, bool pretty); // without a final line feed
// Sorted keys, no blanks: what fingerprints hash.
void json_canonical(struct str *s, const struct json *j);
// Pretty, with a final line feed, by fs_replace; 1 when changed.
int json_save(const char *path, const struct json *j, struct err *e);

// Put into an object; the value is taken over. NULL, as a text or a value, puts nothing.
void json_put(struct json *o, const char *key, struct json *value);
void json_put_text(struct json *o, const char *key, const char *text);
void json_put_int(struct json *o, const char *key, int64_t v);
void json_put_real(struct json *o, const char *key, double v); // nan, inf: null
void json_put_bool(struct json *o, const char *key, bool v);
void json_push(struct json *array, struct json *value); // takes value
void json_push_text(struct json *array, const char *text);
void json_push_int(struct json *array, int64_t v);

const struct json *json_get(const struct json *o, const char *key); // borrowed; NULL: not there
const struct json *json_at(const struct json *array, size_t i);
size_t json_count(const struct json *array_or_object);
const char *json_key_at(const struct json *o, size_t i);      // i-th key in order of insertion
const char *json_text(const struct json *o, const char *key); // NULL: none
const char *json_text_or(const struct json *o, const char *key, const char *otherwise);
int64_t json_int(const struct json *o, const char *key, int64_t otherwise);
// Whole numbers too.
double json_number(const struct json *o, const char *key, double otherwise);
// A number from lo to hi that fits where it goes; otherwise: not there, no number, or beyond.
double json_number_in(const struct json *o, const char *key, double lo, double hi,
                      double otherwise);
int64_t json_int_in(const struct json *o, const char *key, int64_t lo, int64_t hi,
                    int64_t otherwise);
int64_t json_bytes(const struct json *o); // a file's; -1: not there, or no file is as large
bool json_bool(const struct json *o, const char *key, bool otherwise);
const char *json_as_text(const struct json *j); // the value itself; NULL unless text
double json_as_real(const struct json *j, double otherwise);
bool json_same(const struct json *a, const struct json *b);

// jansson has a json_real of its own, which would link in place of json_number.
#ifndef JANSSON_H
#pragma GCC poison json_real
#endif
