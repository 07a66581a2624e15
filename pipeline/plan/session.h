// SPDX-License-Identifier: GPL-3.0-or-later
// What every command of a show needs at hand: the show, the presets, the worker, the remembered
// hashes.
#pragma once
#include "base/arena.h"
#include "base/progress.h"
#include "model/episode.h"
#include "plan/hashes.h"
#include "plan/worker.h"

struct session {
    struct arena arena;
    const char *dir;                // of the show, absolute
    const char *const *preset_dirs; // NULL at the end
    struct show show;
    struct goals goals;
    struct municipalities municipalities;
    int64_t now_utc_s;
    struct hashes *hashes;
    struct remembered *remembered; // NULL until the catalogue is asked for
    char **folders;                // of all episodes, once the catalogue has asked for them
    size_t num_folders;
    struct worker *worker;
    const struct progress *progress;
    int lock_fd;  // -1: not held
    bool unswept; // something of a killed run is still there
};

struct session_params {
    const char *dir;         // where to begin looking upwards for episodes/show.yaml
    const char *presets_dir; // --presets; NULL: none
    const char *lock_for;    // the command's name when it writes; NULL: only reads
    const struct progress *progress;
    int64_t now_utc_s;
};
int session_open(struct session *s, const struct session_params *p, struct err *e);
void session_close(struct session *s); // {.lock_fd = -1} is fine

// Folders that may hold presets and the worker, by where the program lies: beside it, else
// installed.
const char *const *session_preset_dirs(struct arena *a, const char *show_dir,
                                       const char *presets_dir);
char *session_worker_path(struct arena *a);
char *session_net_path(struct arena *a); // what speaks with servers: cmd/net.c
// The nearest folder upwards from `from` that holds episodes/show.yaml. ERR_INPUT: none.
int session_find_show(struct arena *a, const char *from, char **ret, struct err *e);
