// SPDX-License-Identifier: GPL-3.0-or-later
// What is drawn over a film's frames: pieces that come and go, loaded once.
#pragma once
#include "model/tick.h"
#include "picture/image.h"
#include <stdbool.h>
#include <stddef.h>

struct AVFrame;
struct err;

struct film_piece {
    const char *path;       // PNG with alpha
    int x, y;               // upper left
    tick from, to;          // published
    tick fade_in, fade_out; // within that time
};
struct filmdraw;
int filmdraw_new(const struct film_piece *pieces, size_t n, struct filmdraw **ret, struct err *e);
void filmdraw_free(struct filmdraw *d);                 // NULL is fine
bool filmdraw_shows(const struct filmdraw *d, tick at); // anything
void filmdraw_draw(const struct filmdraw *d, tick at, struct image *into);
// f's planes as an image of yuv420p; f stays the owner.
struct image filmdraw_image(const struct AVFrame *f);
