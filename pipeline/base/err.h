// SPDX-License-Identifier: GPL-3.0-or-later
// One shape for every error: a negative result and a text. Each level adds only what the level
// below could not know; only cmd/ prints.
#pragma once
#include <stdarg.h>
#include <stddef.h>

enum err_kind {
    ERR_FAILED,      // a stage or the machine failed: exit code 1
    ERR_USAGE,       // wrong usage: 2
    ERR_INPUT,       // input refused, nothing changed: 3
    ERR_REMOTE,      // a remote end failed: 4
    ERR_INTERRUPTED, // stopped by a signal: 130
};

struct err {
    int code; // negative errno or AVERROR; 0: no error
    enum err_kind kind;
    // UTF-8, lower case, no full stop at the end; may hold several lines, no other control
    // characters
    char text[4096];
};

// Each sets *e (NULL: only the code is returned) and returns code, which must be negative.
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int err_setv(struct err *e, enum err_kind kind, int code, const char *fmt, va_list ap)
    __attribute__((format(printf, 4, 0)));
// Input that people can mend: kind ERR_INPUT, code -EINVAL.
int err_input(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
// The far side's doing: kind ERR_REMOTE.
int err_remote(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int err_usage(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
// "path: text of errno"; a full disk says so.
int err_errno(struct err *e, int negative_errno, const char *path);
// Puts "what: " in front of the text that is there; keeps code and kind. Returns e->code.
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

int err_exit_code(const struct err *e); // the documented exit code

// Clang's analyser sees one file at a time: here it learns that these are always negative.
#if defined(__clang_analyzer__) && !defined(ERR_ITSELF)
#define err_set(...) (err_set(__VA_ARGS__), -1)
#define err_input(...) (err_input(__VA_ARGS__), -1)
#define err_remote(...) (err_remote(__VA_ARGS__), -1)
#define err_usage(...) (err_usage(__VA_ARGS__), -1)
#define err_errno(...) (err_errno(__VA_ARGS__), -1)
#define err_wrap(...) (err_wrap(__VA_ARGS__), -1)
#endif
