// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/receipt.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"

enum { JOURNAL_MAX = 64 << 20 };

// Of a path, without one of them.
static struct json *parts_without(const struct receipt *r, const char *path, const char *sha256)
{
    const struct json *had = json_get(json_get(r->files, path), "parts");
    struct json *parts = json_new_array();
    for (size_t i = 0; i < json_count(had); i++) {
        const char *part = json_as_text(json_at(had, i));
        if (part && hash_is_hex(part) && !str_same(part, sha256))
            json_push_text(parts, part);
    }
    return parts;
}

static void put_parts(struct json *o, struct json *parts)
{
    if (json_count(parts))
        json_put(o, "parts", parts);
    else
        json_free(parts);
}

// As net/delivering.h has them. What is gone has neither "sha256" nor "maybe".
static void take_line(struct receipt *r, char *line)
{
    char *bytes = strchr(line, ' '), *path = bytes ? strchr(bytes + 1, ' ') : NULL;
    int64_t n = 0;
    if (!path)
        return;
    *bytes++ = *path++ = '\0';
    struct json *o = json_new_object();
    if (hash_is_hex(line) && str_to_int(bytes, &n)) {
        json_put_text(o, "sha256", line);
        json_put_int(o, "bytes", n);
    } else if (strcmp(line, "-") != 0) {
        const char *sha256 = *line == '?' && hash_is_hex(line + 1) ? line + 1 : NULL;
        struct json *parts = parts_without(r, path, sha256);
        if (sha256)
            json_push_text(parts, sha256);
        json_put_bool(o, "maybe", true);
        put_parts(o, parts);
    }
    json_put(r->files, path, o);
}

// Its first line says of which target it is; another's is no use.
static void take_journal(struct receipt *r)
{
    struct arena a = {0};
    char *text, *end;
    size_t head = strlen(r->head);
    if (fs_read(&a, r->journal, JOURNAL_MAX, &text, NULL, NULL) >= 0 && str_starts(text, r->head)) {
        for (char *line = text + head; (end = strchr(line, '\n')) != NULL; line = end + 1) {
            *end = '\0';
            take_line(r, line);
        }
    }
    arena_done(&a);
}

void receipt_open(struct session *s, const struct delivery_target *t, struct receipt *ret)
{
    struct json *o = NULL;
    struct arena *a = &s->arena;
    const char *dir = fs_join(a, s->dir, ".dgl/delivered");
    *ret = (struct receipt){0};
    ret->path = arena_printf(a, "%s/%s.json", dir, t->name);
    ret->journal = arena_printf(a, "%s/%s.journal", dir, t->name);
    bool ours = json_load(ret->path, &o, NULL) >= 0 && str_same(json_text(o, "url"), t->url) &&
                str_same(json_text(o, "kind"), t->kind);
    ret->files = json_get(o, "files") && ours ? json_keep(json_get(o, "files")) : json_new_object();
    json_free(o);
    ret->head = arena_printf(a, "%s %s\n", t->kind, t->url);
    take_journal(ret);
}

const char *receipt_of(const struct receipt *r, const char *path)
{
    return json_text(json_get(r->files, path), "sha256");
}

bool receipt_may_have(const struct receipt *r, const char *path)
{
    return receipt_of(r, path) || json_bool(json_get(r->files, path), "maybe", false);
}

void receipt_add_parts(const struct receipt *r, const char *path, struct json *to)
{
    put_parts(to, parts_without(r, path, NULL));
}

int receipt_close(struct receipt *r, const struct delivery_target *t, struct err *e)
{
    struct json *o = json_new_object(), *files = json_new_object();
    take_journal(r);
    for (size_t i = 0; i < json_count(r->files); i++) {
        const char *path = json_key_at(r->files, i);
        if (receipt_may_have(r, path))
            json_put(files, path, json_keep(json_get(r->files, path)));
    }
    json_put_text(o, "kind", t->kind);
    json_put_text(o, "url", t->url);
    json_put(o, "files", files);
    int k = json_save(r->path, o, e);
    json_free(o);
    if (k >= 0)
        unlink(r->journal);
    return k < 0 ? k : 0;
}

int receipt_begin(struct receipt *r, const struct delivery_target *t, struct err *e)
{
    int k = receipt_close(r, t, e);
    return k < 0 ? k : fs_replace(r->journal, r->head, strlen(r->head), e);
}

void receipt_done(struct receipt *r)
{
    json_free(r->files);
    r->files = NULL;
}
