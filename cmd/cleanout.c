// SPDX-License-Identifier: GPL-3.0-or-later
#include "cleanout.h"

#include "base/arena.h"
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// What commands print to colour a line.
static const char *const ours[] = {"\033[1;31m", "\033[0m"};
enum { HELD_MAX = 8 }; // bytes of the longest of them, and of any character

struct cleanout {
    char held[HELD_MAX]; // what the next bytes may complete
    size_t num_held;
};

static int write_all(const char *p, size_t len)
{
    while (len > 0) {
        ssize_t n = write(STDOUT_FILENO, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

// Bytes of a colour of ours at p; 0: none. ret_begun: the text ends within one.
static size_t color_at(const char *p, size_t left, bool *ret_begun)
{
    for (size_t i = 0; i < COUNT(ours); i++) {
        size_t len = strlen(ours[i]), n = len < left ? len : left;
        if (memcmp(p, ours[i], n) != 0)
            continue;
        *ret_begun = n < len;
        return n == len ? len : 0;
    }
    return 0;
}

// How many bytes at the end may be the beginning of a character.
static size_t unfinished(const char *text, size_t len)
{
    for (size_t n = 1; n <= 3 && n <= len; n++) {
        unsigned char c = (unsigned char)text[len - n];
        if ((c & 0xc0) != 0x80)
            return c >= 0xc0 && n < (c >= 0xf0 ? 4u : c >= 0xe0 ? 3u : 2u) ? n : 0;
    }
    return 0;
}

// Adds what can be decided; the answer is how many bytes at the end cannot yet.
static size_t add_clean(struct str *out, const char *text, size_t len)
{
    size_t tail = unfinished(text, len), from = 0;
    len -= tail;
    for (size_t i = 0; i < len;) {
        bool begun = false;
        size_t color = text[i] == '\033' ? color_at(text + i, len - i, &begun) : 0;
        if (color || begun) {
            str_add_shown(out, text + from, i - from);
            from = i + color;
        }
        if (begun)
            return len - i + tail;
        str_addn(out, text + i, color);
        i += color ? color : 1;
    }
    str_add_shown(out, text + from, len - from);
    return tail;
}

static ssize_t take(void *ctx, const char *text, size_t len)
{
    struct cleanout *c = ctx;
    struct str all, clean;
    str_init(&all, SIZE_MAX / 2);
    str_init(&clean, SIZE_MAX / 2);
    str_addn(&all, c->held, c->num_held);
    str_addn(&all, text, len);
    c->num_held = add_clean(&clean, all.p, all.len);
    memcpy(c->held, all.p + all.len - c->num_held, c->num_held);
    int r = write_all(clean.p, clean.len);
    str_done(&all);
    str_done(&clean);
    return r < 0 ? 0 : (ssize_t)len;
}

void cleanout_begin(void)
{
    static struct cleanout state; // of the one standard output
    FILE *clean = fopencookie(&state, "w", (cookie_io_functions_t){.write = take});
    if (!clean)
        return;
    setvbuf(clean, NULL, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, BUFSIZ);
    stdout = clean;
}
