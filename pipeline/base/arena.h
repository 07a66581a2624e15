// SPDX-License-Identifier: GPL-3.0-or-later
// Memory that lives and dies together: one arena a command, one scratch arena a stage.
// Running out of memory for small things ends the program with a message (untested rollback is
// worse).
#pragma once
#include <stdarg.h>
#include <stddef.h>

struct arena {
    struct arena_block *blocks; // {0} is an empty arena
};

void *arena_alloc(struct arena *a, size_t size);    // zeroed, aligned for any type, never NULL
char *arena_strdup(struct arena *a, const char *s); // NULL stays NULL
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
// Grows an array of *cap items of `size` bytes so that one more fits behind `used`; returns the
// array.
void *arena_grow(struct arena *a, void *items, size_t used, size_t *cap, size_t size);
void arena_done(struct arena *a); // frees everything; the arena is empty and usable again

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc((a), (n) * sizeof(type)))

// For the few allocations outside an arena: never NULL.
void *mem_alloc(size_t size); // zeroed; release with free()
void *mem_grow(void *p, size_t size);
void mem_fail(void) __attribute__((noreturn)); // says "out of memory" and ends the program

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
