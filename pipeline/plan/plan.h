// SPDX-License-Identifier: GPL-3.0-or-later
// What is stale and why, and running it in order. `status` and `publish` use the same comparison.
#pragma once
#include "model/published.h"
#include "plan/flow.h"
#include "plan/session.h"
#include "plan/store.h"

struct catalog;

enum { PLAN_MAX_STEPS = 96 };
_Static_assert(3 * (SHOW_MAX_OUTPUTS + 1) + 2 * PICTURE_MAX_RUNGS + CLIP_MOST * CLIP_SHAPES + 20 <=
                   PLAN_MAX_STEPS,
               "room for every variant");

enum step_state {
    STEP_FRESH,    // its result is in place
    STEP_STALE,    // must run; `why` says what changed
    STEP_WAITS,    // an earlier step must run first; `why` names it
    STEP_LEFT_OUT, // not for this episode; `why`
};

struct step {
    const struct flow *flow;
    const char *variant;                // its name; NULL: the stage has none
    const struct output_preset *output; // of a variant that is one; NULL: none
    const struct picture_preset *rung;  // the same
    const struct clip *clip;            // the same, and its shape: of clip_shapes
    size_t shape;
    enum step_state state;
    const char *why;
    char fingerprint[HASH_HEX];
    struct json *settings, *inputs; // what the fingerprint was made of (inputs: name -> sha256)
    struct store_place place;
    struct json *record; // FRESH
    const char *dir;     // FRESH: where the result is
    bool whole;          // FRESH: all its files are there (masters may have been dropped)
    bool ran;
    double seconds;
};

struct plan {
    struct session *s;
    struct arena arena;
    struct episode *ep;         // NULL: a plan of the show
    const char *slug;           // "_show" for the show
    struct published published; // guid NULL: never published
    struct json *timeline;      // of the published clock: from its stage, else from published.json
    bool has_picture;           // a recording has one that may be used; once ingest has run
    tick recorded;              // length of the recording, once ingest has run; 0: not known
    struct step step[PLAN_MAX_STEPS];
    size_t num_steps;
    bool replaces_recordings; // episode.yaml names others, see recordings_take
    const char **read;        // files whose content was asked for, in order; may repeat
    size_t num_read, cap_read;
    const struct catalog *catalog; // show plans: what feed and site list; see publish.h
};

// The plan of the show itself: feed, site, cover.
void plan_open_show(struct plan *p, struct session *s);
// Loads the episode and its published record.
int plan_open(struct plan *p, struct session *s, const char *folder, struct err *e);
void plan_close(struct plan *p); // {0} is fine

// Looks at one step; every earlier one must have been looked at.
int plan_look(struct plan *p, struct step *step, struct err *e);
// Looks at all steps up to and with `until` (NULL: all): for status and --dry-run.
int plan_look_all(struct plan *p, const char *until, struct err *e);
// Runs what is stale of words and drawings: what needs no recording.
int plan_run_words(struct plan *p, struct err *e);
// Looks and runs what is stale, in order, up to and with `until`. remake: all of it.
int plan_run(struct plan *p, const char *from, const char *until, bool remake, struct err *e);

struct step *plan_step(struct plan *p, const char *stage, const char *variant); // NULL: none
// i-th maker of a step's input; NULL: there are no more.
struct step *plan_maker(struct plan *p, const struct step *step, const struct flow_input *in,
                        size_t i);
const char *plan_output_path(struct plan *p, const struct step *step,
                             const char *file); // NULL: none
bool plan_is_stale(const struct plan *p);       // a step that was looked at must run again
// What the maker's next reader needs of it has been given back, and must be made again.
bool plan_lacks(struct plan *p, const struct step *maker, const struct flow_input *in);
const char *step_name(struct arena *a, const struct step *step); // "encode.mp3"
