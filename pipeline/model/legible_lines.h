// SPDX-License-Identifier: GPL-3.0-or-later
// Where a text breaks: into lines, and into blocks of lines, at the places where a reader expects
// it. The words stay as they are and in order.
#pragma once
#include "base/arena.h"
#include <stdbool.h>

size_t legible_chars(const char *text, size_t len); // characters, line ends not counted
bool legible_is_capital(const char *p);             // a letter that begins names and sentences
// A line that begins with a hyphen is another one's reply.
bool legible_is_reply(const char *line);

// The text as blocks of one or two lines within the limits of legible.h, as few as possible; a word
// that is longer than a line stands alone.
size_t legible_break(struct arena *a, const char *text, const char ***ret_blocks);
// The end of a sentence nearest to the middle, as an offset behind its blank; 0: it is one
// sentence.
size_t legible_sentence(const char *text);
// All of it in one line.
char *legible_one_line(struct arena *a, const char *text);
