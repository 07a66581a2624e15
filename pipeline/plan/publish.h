// SPDX-License-Identifier: GPL-3.0-or-later
// From results to what is public: the record in published.json, and the files in public/, each by
// rename: media first, then pages, then the feed.
#pragma once
#include "plan/plan.h"

struct catalog_entry {
    const char *folder, *guid;
    int64_t published_utc_s;
    const char *item_path, *item_hash;   // item.xml in the store, and its SHA-256
    const char *video_path, *video_hash; // video.xml; NULL: there is no film
    // Where the next three are, when they are not read yet: catalog_fill().
    int64_t more_at, more_bytes;
    struct json *entry;   // for the pages
    struct json *texts;   // {language: path of the transcript in the store}
    struct json *kit;     // as kit_entry has it; NULL: nothing
    struct json *trailer; // of CHANNEL in doc/channel.h; NULL: it is none
    // What it belongs to; a place is named by a guest or a resource.
    const char *theme_id, *theme; // NULL: none
    sdg_set goals;
    int64_t season; // 0: none
    const struct municipality **places;
    size_t num_places;
};
struct subfeed;
struct subfeeds { // plan/feeds.h; by their files' names
    struct subfeed *items;
    size_t count, cap;
};
struct catalog { // published episodes whose time has come, newest first
    struct catalog_entry *entries;
    size_t count, cap;
    struct subfeeds feeds; // filled where the show's steps are looked at
    size_t waiting;        // published, but their time has not come
    struct json *agenda;   // [BROADCAST of stage/calendar.c]; NULL: none
    struct json *live;     // {slug: LIVE of doc/facts.h}; NULL: nothing is broadcast
    struct json *tombs;    // of stage/tombstone.c; NULL: nothing was taken down
    const char *not_ready; // a folder whose entry must be made first; NULL: none
};

const char *plan_guid(
    struct plan *p); // the published one, the episode's own, or one made from the slug
int64_t plan_published_utc_s(
    const struct plan *p); // what the feed says: episode.yaml, else when it first was
const char *plan_cover_path(
    struct plan *p); // below public/; the name changes with what shapes the cover

// What published.json writes down: whole milliseconds; "25" or "30000/1001" of "rate_num" and
// "rate_den".
tick publish_ms(tick t);
const char *publish_rate(struct plan *p, const struct json *measured);
// A step's file (as store_output) to that place below public/; without one nothing is done.
int publish_place(struct plan *p, const struct step *step, const char *file, const char *below,
                  struct err *e);
// Fills p->published from the results of the episode's stages; nothing is written.
int publish_record(struct plan *p, struct err *e);
// plan_look_all, and of words and pages as the next publish would see them.
int publish_look(struct plan *p, const char *until, struct err *e);
// Puts the episode's files and its page into public/ and writes published.json between the two.
int publish_episode_files(struct plan *p, struct err *e);
// Puts the report, where it is made, beside public/.
int publish_report(struct plan *p, struct err *e);
const char *publish_report_dir(struct plan *p); // below the show: "reports/<slug>"
// The catalogue of the show; makes and places what is stale of words and pages of every published
// episode.
int catalog_make(struct session *s, struct arena *a, struct catalog *ret, struct err *e);
// For status, which makes nothing: adds an episode that publish_look has looked at; then looks at
// the steps of the show.
void catalog_look(struct catalog *c, struct arena *a, struct plan *p);
int catalog_look_show(struct catalog *c, struct plan *show, struct err *e);
// Refuses what would stop catalog_make later: a file that cannot be read, one guid used twice.
// Cheap.
int catalog_check(struct session *s, struct err *e);
void catalog_done(struct catalog *c);
int catalog_fill(struct session *s, struct catalog *c,
                 struct err *e); // reads what is left of the entries
// Feed and index from the catalogue into public/, the feed last; until "feed": the feeds alone.
// `show` is opened with plan_open_show.
int publish_show(struct plan *show, struct catalog *c, const char *until, struct err *e);

struct tidy {
    int master_days; // older masters go; < 0: none
    bool only_count; // drops nothing
    int64_t freed;   // bytes, added up
};
// Drops results that no step of the plan names any more, and an old master.
int publish_tidy(struct plan *p, struct tidy *t, struct err *e);
// Drops the excerpts of normalize --preview.
int publish_tidy_previews(struct session *s, struct tidy *t, struct err *e);
// Drops results of folders that are no episode any more.
int publish_tidy_gone(struct session *s, struct tidy *t, struct err *e);
