// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// With AddressSanitizer each piece is a block of its own, so that it sees where a piece ends.
#if defined(__SANITIZE_ADDRESS__)
enum { BLOCK_ROOM = 0 };
#else
enum { BLOCK_ROOM = 16 * 1024 };
#endif

struct arena_block {
    struct arena_block *next;
    size_t used, room;
    max_align_t data[];
};

void mem_fail(void)
{
    static const char text[] = "dgl-episode: out of memory\n";
    ssize_t r = write(STDERR_FILENO, text, sizeof(text) - 1);
    (void)r;
    _exit(1);
}

void *mem_alloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);
    if (!p)
        mem_fail();
    return p;
}

void *mem_grow(void *p, size_t size)
{
    void *grown = realloc(p, size ? size : 1);
    if (!grown)
        mem_fail();
    return grown;
}

static struct arena_block *block_new(size_t room)
{
    if (room > SIZE_MAX - sizeof(struct arena_block))
        mem_fail();
    struct arena_block *b = mem_alloc(sizeof(*b) + room);
    b->room = room;
    return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    size_t align = _Alignof(max_align_t);
    if (size > SIZE_MAX - align)
        mem_fail();
    size = size ? (size + align - 1) / align * align : align;
    struct arena_block *b = a->blocks;
    if (!b || size > b->room - b->used) {
        size_t room = size > BLOCK_ROOM / 4 ? size : BLOCK_ROOM;
        b = block_new(room);
        // a large piece has its own block, behind the one that still has room
        struct arena_block **at = a->blocks && room == size ? &a->blocks->next : &a->blocks;
        b->next = *at;
        *at = b;
    }
    void *p = (char *)b->data + b->used;
    b->used += size;
    return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
    char *copy = arena_alloc(a, len + 1);
    if (len > 0)
        memcpy(copy, s, len);
    return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len < 0)
        mem_fail();
    char *text = arena_alloc(a, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, fmt, ap);
    return text;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return text;
}

void *arena_grow(struct arena *a, void *items, size_t used, size_t *cap, size_t size)
{
    if (used < *cap)
        return items;
    size_t more = *cap ? *cap * 2 : 8;
    if (more <= used || more > SIZE_MAX / size)
        mem_fail();
    void *grown = arena_alloc(a, more * size);
    if (used > 0)
        memcpy(grown, items, used * size);
    *cap = more;
    return grown;
}

void arena_done(struct arena *a)
{
    struct arena_block *b = a->blocks;
    while (b) {
        struct arena_block *next = b->next;
        free(b);
        b = next;
    }
    a->blocks = NULL;
}
