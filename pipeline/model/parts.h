// SPDX-License-Identifier: GPL-3.0-or-later
// The maps and lists inside an episode. Each reads its node into the episode; a NULL node leaves it
// alone.
#pragma once
#include "model/episode.h"

struct parts {
    struct arena *a;
    const struct municipalities *municipalities; // NULL: not checked
    struct episode *ep;                          // dir and language are set
    struct err *e;
};

int parts_people(const struct parts *p, const struct node *n, const char *what, struct person **ret,
                 size_t *ret_n);
int parts_recordings(const struct parts *p, const struct node *n);
int parts_captions(const struct parts *p, const struct node *n);
// n NULL: those that were marked during a broadcast, where there are any.
int parts_chapters(const struct parts *p, const struct node *n);
int parts_cuts(const struct parts *p, const struct node *n);
int parts_clips(const struct parts *p, const struct node *n); // behind the cuts
int parts_soundbites(const struct parts *p, const struct node *n);
int parts_comments(const struct parts *p, const struct node *n);
int parts_credits(const struct parts *p, const struct node *n);
int parts_kit(const struct parts *p, const struct node *n);
int parts_resources(const struct parts *p, const struct node *n);
int parts_described(const struct parts *p, const struct node *n);
int parts_planned(const struct parts *p, const struct node *n);
// A name or number becomes the number; NULL is fine.
int parts_municipality(const struct parts *p, const char **word, const struct node *n);
// A file that belongs to the episode: inside the show, and there.
int parts_file(const struct parts *p, const char *file, const struct node *n);
