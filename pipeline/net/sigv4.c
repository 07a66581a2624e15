// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/sigv4.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/str.h"

enum { DAY = 8, TEXT_MAX = 64 << 10 };

void sigv4_time(int64_t utc_s, char ret[SIGV4_TIME])
{
    struct civil c;
    clock_civil(utc_s, &c);
    snprintf(ret, SIGV4_TIME, "%04u%02u%02uT%02u%02u%02uZ", (unsigned)c.year % 10000,
             (unsigned)c.month % 100, (unsigned)c.day % 100, (unsigned)c.hour % 100,
             (unsigned)c.minute % 100, (unsigned)c.second % 100);
}

// A list in order, its texts ready to be written.
struct list {
    struct arena a;
    struct sigv4_pair pairs[SIGV4_PAIRS];
    size_t n;
};

static char *encoded(struct arena *a, const char *text)
{
    struct str s;
    str_init(&s, TEXT_MAX);
    str_add_url_part(&s, text);
    char *ret = arena_strdup(a, s.p);
    str_done(&s);
    return ret;
}

static char *lower(struct arena *a, const char *text)
{
    char *ret = arena_strdup(a, text);
    for (char *p = ret; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return ret;
}

// Without blanks at the ends, and one for several within.
static char *trimmed(struct arena *a, const char *text)
{
    char *ret = arena_strdup(a, text), *to = ret;
    for (const char *p = ret; *p; p++)
        if (*p != ' ' || (to > ret && to[-1] != ' '))
            *to++ = *p;
    if (to > ret && to[-1] == ' ')
        to--;
    *to = '\0';
    return ret;
}

static int by_name(const void *a, const void *b)
{
    const struct sigv4_pair *x = a, *y = b;
    int r = strcmp(x->name, y->name);
    return r ? r : strcmp(x->value, y->value);
}

static void sorted(struct list *l, const struct sigv4_pair *from,
                   char *(*name)(struct arena *a, const char *text),
                   char *(*value)(struct arena *a, const char *text))
{
    *l = (struct list){.n = 0};
    for (; from && from->name && l->n < SIGV4_PAIRS; from++, l->n++)
        l->pairs[l->n] = (struct sigv4_pair){name(&l->a, from->name), value(&l->a, from->value)};
    qsort(l->pairs, l->n, sizeof(l->pairs[0]), by_name);
}

void sigv4_query(struct str *s, const struct sigv4_pair *query)
{
    struct list l;
    sorted(&l, query, encoded, encoded);
    for (size_t i = 0; i < l.n; i++) {
        str_add(s, i > 0 ? "&" : "");
        str_add(s, l.pairs[i].name);
        str_addc(s, '=');
        str_add(s, l.pairs[i].value);
    }
    arena_done(&l.a);
}

static void add_names(struct str *s, const struct list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        str_add(s, i > 0 ? ";" : "");
        str_add(s, l->pairs[i].name);
    }
}

void sigv4_canonical(struct str *s, const struct sigv4_request *q)
{
    struct list l;
    sorted(&l, q->headers, lower, trimmed);
    str_add(s, q->method);
    str_addc(s, '\n');
    str_add_url(s, q->path);
    str_addc(s, '\n');
    sigv4_query(s, q->query);
    str_addc(s, '\n');
    for (size_t i = 0; i < l.n; i++) {
        str_add(s, l.pairs[i].name);
        str_addc(s, ':');
        str_add(s, l.pairs[i].value);
        str_addc(s, '\n');
    }
    str_addc(s, '\n');
    add_names(s, &l);
    str_addc(s, '\n');
    str_add(s, q->payload_sha256);
    arena_done(&l.a);
}

static void add_scope(struct str *s, const struct sigv4_key *k, const char *time)
{
    str_addn(s, time, DAY);
    str_addc(s, '/');
    str_add(s, k->region);
    str_addc(s, '/');
    str_add(s, k->service);
    str_add(s, "/aws4_request");
}

void sigv4_to_sign(struct str *s, const struct sigv4_key *k, const char *time,
                   const char *canonical)
{
    char hex[HASH_HEX];
    hash_bytes(canonical, strlen(canonical), hex);
    str_add(s, "AWS4-HMAC-SHA256\n");
    str_add(s, time);
    str_addc(s, '\n');
    add_scope(s, k, time);
    str_addc(s, '\n');
    str_add(s, hex);
}

static void sign(const struct sigv4_key *k, const char *time, const struct str *text,
                 char ret_hex[HASH_HEX])
{
    unsigned char key[SHA256_BYTES], next[SHA256_BYTES];
    const char *const chain[] = {k->region, k->service, "aws4_request"};
    struct str begin;
    str_init(&begin, TEXT_MAX);
    str_add(&begin, "AWS4");
    str_add(&begin, k->secret);
    hash_hmac_sha256(begin.p, begin.len, time, DAY, key);
    explicit_bzero(begin.p, begin.len);
    str_done(&begin);
    for (size_t i = 0; i < COUNT(chain); i++) {
        hash_hmac_sha256(key, sizeof(key), chain[i], strlen(chain[i]), next);
        memcpy(key, next, sizeof(key));
    }
    hash_hmac_sha256(key, sizeof(key), text->p, text->len, next);
    hash_hex(next, sizeof(next), ret_hex);
}

void sigv4_authorization(struct str *s, const struct sigv4_key *k, const char *time,
                         const struct sigv4_request *q)
{
    struct str canonical, to_sign;
    struct list l;
    char hex[HASH_HEX];
    str_init(&canonical, TEXT_MAX);
    str_init(&to_sign, TEXT_MAX);
    sigv4_canonical(&canonical, q);
    sigv4_to_sign(&to_sign, k, time, canonical.p);
    sign(k, time, &to_sign, hex);
    str_add(s, "AWS4-HMAC-SHA256 Credential=");
    str_add(s, k->id);
    str_addc(s, '/');
    add_scope(s, k, time);
    str_add(s, ", SignedHeaders=");
    sorted(&l, q->headers, lower, trimmed);
    add_names(s, &l);
    str_add(s, ", Signature=");
    str_add(s, hex);
    arena_done(&l.a);
    str_done(&canonical);
    str_done(&to_sign);
}
