// SPDX-License-Identifier: GPL-3.0-or-later
// What the targets have in common. A target is one function, FUZZ(name), that is given any bytes
// and must neither crash nor break what it promises: FUZZ_HOLD(promise). It writes into memory or
// into fuzz_dir() only, and ends as it began: nothing of one input is left for the next one.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define FUZZ(name)                                     \
    int fuzz_##name(const uint8_t *data, size_t size); \
    int fuzz_##name(const uint8_t *data, size_t size)

// NDEBUG does not switch it off.
#define FUZZ_HOLD(promise)                                                               \
    do {                                                                                 \
        if (!(promise)) {                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #promise); \
            abort();                                                                     \
        }                                                                                \
    } while (0)

// A copy with a NUL behind it, whose end a sanitizer watches; free it.
char *fuzz_text(const uint8_t *data, size_t size);
// A file in memory that holds these bytes, only its owner may read it; its path is valid until the
// next call.
const char *fuzz_file(const uint8_t *data, size_t size);
// A folder of this process, in memory where there is one; gone when the process ends in order.
const char *fuzz_dir(void);
// dir/name with these bytes, folders above it are made; the path is valid until the next call.
const char *fuzz_put(const char *name, const void *data, size_t size);
// The root of the sources, where presets and the example show are.
extern const char *const fuzz_presets[];
// A refusal says something, and what it says may stand on a terminal and in JSON.
void fuzz_refusal(const struct err *e);
// "a\nb\nc" cut at its line ends: the next part, or NULL. For targets that take several texts.
char *fuzz_part(char **rest, char end);
// Well-formed XML once it stands inside one element.
bool fuzz_is_xml(const char *markup, size_t len);
