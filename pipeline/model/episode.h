// SPDX-License-Identifier: GPL-3.0-or-later
// episodes/<folder>/episode.yaml
#pragma once
#include "model/kit.h"
#include "model/law.h"
#include "model/show.h"

// municipality: its number, whatever was written; NULL: none
struct person {
    const char *name, *role, *municipality, *url, *consent_date, *withdrawn;
    const char *consent_until; // last day; NULL: none
    struct texts scopes;
    tick *straps;             // when the name is shown, on the recording's clock, in order
    size_t num_straps;        // 0: the program chooses
    const struct node *strap; // as written
    const struct node *node;
};
struct recording {
    const char *file;    // one file, or
    struct texts parts;  // several, one after the other
    const char *speaker; // NULL: a mix
    const char *use;     // both|picture|sound; NULL: not said
    int64_t sound_track; // of a file with several, from 1; 0: not said
    const struct node *node;
};
struct caption_file {
    const char *file, *language, *made; // made: automatic|corrected
    bool published_clock;
    bool is_kept; // as it is: repair: off
    const struct node *node;
};
struct chapter {
    tick start;
    const char *title, *url; // url NULL: none
    const struct node *node;
};
struct cut {
    struct span span; // of the recording
    const struct node *node;
};
enum clip_shape { CLIP_SQUARE = 1 << 0, CLIP_PORTRAIT = 1 << 1 };
enum { CLIP_SHAPES = 2, CLIP_MOST = 12 };
extern const char *const clip_shapes[]; // square, portrait: also the names of their presets
// A piece of the recording as a video of its own, with captions in the picture.
struct clip {
    struct span span;  // of the recording
    unsigned shapes;   // set of enum clip_shape, never empty
    const char *title; // default: the episode's
    const struct node *node;
};
// A passage that apps play as a foretaste.
struct soundbite {
    struct span span;  // of the recording
    const char *title; // NULL: the episode's
    const struct node *node;
};
// Where people talk about it: the post that began it.
struct comments {
    const char *url, *protocol, *account; // account NULL: not said
};
// Who worked on it and is not heard, in the words of the podcast namespace's taxonomy.
struct credit {
    const char *name, *role, *url; // url NULL: none
};
struct resource {
    const char *kind, *title, *text, *url, *contact, *municipality; // NULL: none; contact: e-mail
};
// The broadcast of it, as it is announced.
struct planned {
    int64_t start_utc_s, end_utc_s; // 0: not said
    const char *watch;              // NULL: not said
    const char *status;             // confirmed, tentative or cancelled; NULL: no broadcast
};

struct episode {
    const struct show *show;
    const struct yaml_file *file;
    const char *folder;                            // name below episodes/
    const char *dir;                               // absolute
    const char *title, *language, *license, *kind; // kind: full|trailer|bonus
    const char *summary, *notes, *cover, *guid;    // NULL: none; files as written, from dir
    const char *described;     // "spoken", "track:FILE", "not-needed:REASON"; NULL: not said
    int64_t month;             // 202602; 0: none
    int64_t number, season;    // 0: none
    int64_t published_utc_s;   // 0: not given
    const struct theme *theme; // NULL: none
    sdg_set goals;
    const char **target_codes; // "3.4"
    size_t num_targets;
    struct person *hosts, *guests;
    size_t num_hosts, num_guests;
    struct recording *recordings;
    size_t num_recordings;
    struct caption_file *captions;
    size_t num_captions;
    struct chapter *chapters;
    size_t num_chapters; // sorted, the first at 0 (one is put in front where it is missing)
    bool chapters_published_clock;
    struct cut *cuts; // in order of time, none overlaps another
    size_t num_cuts;
    struct clip *clips; // in order of time; they may overlap
    size_t num_clips;
    struct {
        struct picture_preset shape[CLIP_SHAPES]; // as clip_shapes
        struct output_preset sound;
        struct loudness_preset loudness;
    } of_clips;                             // filled where there is a clip
    const char *trim;                       // "auto" or "off"
    double pauses;                          // seconds; 0: as they are
    const char *cleaning;                   // auto or off
    double leveller;                        // per cent; below 0: the preset's
    struct jingle_file intro, outro, music; // the episode's own, the show's, or none
    struct resource *resources;
    size_t num_resources;
    struct soundbite *soundbites;
    size_t num_soundbites;
    struct comments *comments;
    size_t num_comments;
    struct credit *credits;
    size_t num_credits;
    const struct kit *kit; // NULL: none is made
    struct planned planned;
    struct waiver *waivers; // one a rule
    size_t num_waivers;
    const char *preset; // NULL: the show's
    struct loudness_preset loudness;
    struct texts outputs; // as written; none: the show's
    struct output_preset output[SHOW_MAX_OUTPUTS + 1];
    size_t num_outputs;  // delivered: the first of output[]
    size_t num_encoded;  // with the inner one behind them, where there is one
    const char *picture; // name of a preset; NULL: no video
    struct picture_preset rung[PICTURE_MAX_RUNGS]; // the picture itself, then its ladder
    size_t num_rungs;                              // 0: no video
    const char *fit;                               // "pad" or "crop"; NULL: no video, and not said
    bool hls;                    // an adaptive stream as well; false without video
    struct texts graphics_words; // as written
    unsigned graphics;           // set of enum show_graphics
    const char *balance;         // auto or off
    int64_t channels;
    bool is_explicit, accept_damage;
    const char *notes_text; // content of notes.md, NULL: none, or nobody has written any yet
};
extern const struct key episode_keys[];
extern const size_t num_episode_keys;
extern const struct key_table episode_tables[]; // the maps inside: host, recordings, chapters, …
extern const size_t num_episode_tables;
extern const struct key_table piece_tables[]; // the same: cuts, clip
extern const size_t num_piece_tables;
extern const struct key_table planned_table;
extern const struct key_table credit_tables[]; // the same: comments, credits
extern const size_t num_credit_tables;
const char *credit_group(const char *role); // the taxonomy's, as "audio post-production"
// What a broadcast's marks are written into, and chapters are read from where episode.yaml has
// none.
// What `new` writes into notes.md for the author to replace; it is never public.
extern const char episode_new_notes[];
extern const char episode_live_chapters[];

int episode_load(struct arena *a, const struct show *s, const char *const *preset_dirs,
                 const struct goals *g, const struct municipalities *m, const char *folder,
                 struct episode *ret, struct err *e);
// The output whose AAC goes into the video: delivered itself, or inner; NULL without video.
const struct output_preset *episode_video_sound(const struct episode *ep);
// What only the recording's length can tell: a chapter, cut, clip or strap past the end is refused,
// and cuts that leave nothing.
int episode_check_length(const struct episode *ep, tick length, struct err *e);
// The folder a user means: its name, any unambiguous beginning, or a path. ERR_INPUT lists what
// there is.
int episode_find(struct arena *a, const char *show_dir, const char *word, char **ret_folder,
                 struct err *e);
// Those with an episode.yaml, sorted.
int episode_folders(struct arena *a, const char *show_dir, char ***ret, size_t *ret_n,
                    struct err *e);
// is_one: whether that is known of a folder already, and need not be looked at.
int episode_folders_but(struct arena *a, const char *show_dir,
                        bool (*is_one)(void *ctx, const char *folder), void *ctx, char ***ret,
                        size_t *ret_n, struct err *e);
