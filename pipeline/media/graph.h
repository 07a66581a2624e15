// SPDX-License-Identifier: GPL-3.0-or-later
// A chain of libavfilter's picture filters with one way in and one way out. The description is made
// of our own words and numbers, never of a text that somebody wrote.
#pragma once
#include "media/av.h"

struct graph;
// like: the first frame; later ones must be of its size and format (graph_fits). Frames keep their
// time stamps.
int graph_open(const char *description, const AVFrame *like, AVRational time_base, int threads,
               struct graph **ret, struct err *e);
void graph_close(struct graph *g); // NULL is fine
bool graph_fits(const struct graph *g, const AVFrame *f);
// in: taken over, empty afterwards; NULL: the end.
int graph_push(struct graph *g, AVFrame *in, struct err *e);
// 1: a frame; 0: none before the next push, or at the end none any more.
int graph_pull(struct graph *g, AVFrame *ret, struct err *e);
