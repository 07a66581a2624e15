// SPDX-License-Identifier: GPL-3.0-or-later
// episodes/show.yaml
#pragma once
#include "model/calendar.h"
#include "model/delivery.h"
#include "model/feeding.h"
#include "model/live.h"
#include "model/picturepreset.h"
#include "model/preset.h"
#include "model/showsite.h"

enum { SHOW_MAX_OUTPUTS = 8 };

struct jingle_file {
    const char *file; // as written; NULL: none
    const char *path; // absolute; looked for when it is needed
    const struct node *node;
};

enum show_graphics { SHOW_STRAPS = 1 << 0, SHOW_CHIPS = 1 << 1, SHOW_CARDS = 1 << 2 };

struct show {
    const char *dir; // absolute folder that holds episodes/
    const struct yaml_file *file;
    const char *title, *summary, *author, *language, *site, *license; // site ends in '/'
    const char *copyright, *cover; // NULL: none; cover as written, from episodes/
    const char *owner_name, *owner_email;
    const char *guid;         // podcast:guid; made by init, else UUIDv5 of the feed's address
    const char *preset;       // default "podcast"
    const char *artist;       // of the tagged files; default: author
    struct texts categories;  // "Health & Fitness > Mental Health"
    struct texts outputs;     // default: mp3
    struct texts transcribe;  // program and arguments; none: captions come from people
    bool is_explicit, locked; // defaults false, true
    int64_t channels;         // default 2
    bool accept_damage;
    const char *trim;                       // "auto" or "off"
    double pauses;                          // seconds; 0: as they are
    const char *cleaning;                   // auto or off
    double leveller;                        // per cent; below 0: the preset's
    struct jingle_file intro, outro, music; // from episodes/
    const char *calendar_path;              // absolute; NULL: the show has none
    struct calendar calendar;
    struct loudness_preset loudness;
    struct output_preset output[SHOW_MAX_OUTPUTS];
    size_t num_outputs;
    const char *picture;                           // name of a preset; NULL: no video
    struct picture_preset rung[PICTURE_MAX_RUNGS]; // the picture itself, then its ladder
    size_t num_rungs;                              // 0: no video
    const char *fit;                               // "pad" or "crop"; NULL: the preset's
    bool hls;                                      // an adaptive stream as well
    struct texts graphics_words;                   // as written
    unsigned graphics;                             // set of enum show_graphics
    const char *balance;                           // auto or off
    bool kit;                                      // material for every episode
    struct live live;
    struct feeding feeding;
    struct show_site pages; // what only the pages use
    const char *secrets;    // absolute path of the secrets file; NULL: none
    const char *backup;     // absolute folder of the originals' copies; NULL: not said
    struct delivery delivery;
};
extern const struct key show_keys[];
extern const size_t num_show_keys;
extern const char *const show_trims[];
extern const char *const show_cleanings[];
extern const char *const show_balances[];
extern const char *const show_graphics_words[]; // what the key may say
extern const struct key_table show_tables[];    // the maps inside: owner, live
extern const size_t num_show_tables;

// dir holds episodes/show.yaml. preset_dirs: folders named presets, NULL at the end.
int show_load(struct arena *a, const char *dir, const char *const *preset_dirs, struct show *ret,
              struct err *e);
// Both readers of these keys: what the table cannot say of them, and where the file lies, from dir.
int show_check_pauses(double pauses, const struct node *n, struct err *e); // n NULL: not written
int show_jingle(struct arena *a, const char *dir, int levels, const struct node *n,
                struct jingle_file *j, struct err *e);
// What graphics says, as a set; n NULL: not written, and *ret stays as it is.
int show_read_graphics(const struct texts *words, const struct node *n, unsigned *ret,
                       struct err *e);
// The preset that picture names; "none", or not written anywhere: none. n NULL: nothing changes.
int show_read_picture(struct arena *a, const char *const *preset_dirs, const struct node *n,
                      const char **picture, struct picture_preset rung[PICTURE_MAX_RUNGS],
                      size_t *num_rungs, struct err *e);
char *show_feed_url(struct arena *a, const struct show *s); // site + "feed.xml"
// podcast:guid of a feed of this show by the namespace's rule: UUIDv5 of its address without
// scheme.
int show_feed_guid(struct arena *a, const struct show *s, const char *file, const char **ret,
                   struct err *e);
