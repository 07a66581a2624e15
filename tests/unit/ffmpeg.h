// SPDX-License-Identifier: GPL-3.0-or-later
// Material made by the ffmpeg command, for tests that read what others write. Include behind
// cmocka.h.
#pragma once
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/proc.h"

enum { FFMPEG_PATH = 512, FFMPEG_ARGS = 100 };

// False: it is not installed, and the test is to be skipped.
static inline bool ffmpeg_find(char ret[FFMPEG_PATH])
{
    const char *dirs = getenv("PATH");
    for (const char *p = dirs ? dirs : ""; *p;) {
        size_t n = strcspn(p, ":");
        snprintf(ret, FFMPEG_PATH, "%.*s/ffmpeg", (int)n, p);
        if (access(ret, X_OK) == 0)
            return true;
        p += n + (p[n] == ':');
    }
    return false;
}

// args end with NULL, the output is the last one.
static inline void ffmpeg_make(const char *const *args)
{
    char path[FFMPEG_PATH];
    const char *argv[FFMPEG_ARGS] = {path, "-v", "error", "-nostdin", "-y"};
    struct proc p;
    struct err e = {0};
    int status = -1;
    size_t n = 5;
    while (*args && n + 1 < FFMPEG_ARGS)
        argv[n++] = *args++;
    assert_null(*args);
    assert_true(ffmpeg_find(path));
    if (proc_start(argv, &p, &e) < 0)
        fail_msg("%s", e.text);
    proc_wait(&p, &status);
    assert_int_equal(status, 0);
}
