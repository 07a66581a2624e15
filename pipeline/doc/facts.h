// SPDX-License-Identifier: GPL-3.0-or-later
// What feeds and pages say, read from a stage's settings: two JSON objects. Keys that do not apply
// are left out (never null, never ""). Paths are below public/; times are seconds UTC or ticks.
//
// SHOW: title, summary, author, language, site (ends in '/'), guid, license ("CC-BY-4.0"),
//   copyright, owner_name, owner_email, categories (["Health & Fitness > Mental Health"]),
//   explicit, locked, cover ("cover.png"), cover_width (pixels), logo ("logo.svg"),
//   calendar ("calendar.ics"),
//   directories [{title, url}]: where it can be followed
//   Required: title, site; of the feed also summary, author, guid, categories, cover.
//
// EPISODE: slug, guid, title, summary, language, published_utc_s, length_ticks, notes (Markdown),
//   month (202602), number, season, kind ("full", "trailer", "bonus"; default full), explicit,
//   license,
//   theme {id, title}
//   goals [{number, iri, title, color "#4C9F38", text_color "black" or "white"}]
//   targets [{code "3.4", iri}]
//   hosts, guests [{name, role, url, municipality {number, name, lat, lon, osm}}]
//   resources [{kind "tool", "contact", "need", "offer", "video", "document" or "link", title,
//     text, url, contact: an e-mail address, municipality {…}}]
//   cover ("episodes/<slug>/cover.png"), cover_width (pixels)
//   files [{output "mp3", path "media/<slug>/…", type "audio/mpeg", bytes, sha256,
//     duration_ticks, width, height (pixels, of a video)}], the feed's enclosure first
//   poster ("episodes/<slug>/poster-….jpg", of a video)
//   clips [{shape "square" or "portrait", title, path, bytes, duration_ticks, text: what is said in
//     it, captions: path of a file for Facebook}], on the page alone
//   kit [{title, path "kit/<slug>/…", type "application/zip", bytes}]: material for municipalities,
//   the
//     page of it (text/html) first, on the page alone
//   chapters [{start_ticks, title, url}], on the published clock, sorted, the first at 0
//   transcripts [{language, made "automatic" or "corrected", vtt, srt, json, html}]: paths
//   soundbites [{start_ticks, end_ticks, title}], on the published clock
//   comments [{url, protocol, account}], credits [{name, role, group, url}], as apps know them
//   waivers [{rule "described", reason}]: what is missing, and why, on the page alone
//   Required: slug, guid, title, language, published_utc_s, length_ticks, at least one file.
//
// LIVE, a broadcast: status "pending", "live" or "ended", start_utc_s, end_utc_s
//   episode EPISODE, whose guid is the broadcast's own; length_ticks and files do not apply
//   files [{url, type, bitrate_kbps}], absolute, the feed's enclosure first
//   pages [{url, title}], absolute, where it is seen in a browser
//   Required: status, start_utc_s, episode with guid, at least one page.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "model/tick.h"

struct fact_place {
    const char *number, *name, *osm; // osm "R408166"; NULL: not known
    double lat, lon;
    bool has_point;
};
struct fact_person {
    const char *name, *role, *url;
    struct fact_place place; // name NULL: none
};
struct fact_goal {
    int64_t number;
    const char *iri, *title, *color, *text_color;
};
struct fact_target {
    const char *code, *iri;
};
struct fact_file {
    const char *output, *path, *type, *sha256;
    int64_t bytes;
    tick duration;
    int64_t width, height; // 0: sound alone
};
struct fact_chapter {
    tick start;
    const char *title, *url;
};
struct fact_transcript {
    const char *language, *made, *vtt, *srt;
    const char *json, *html; // NULL: none
};
struct fact_soundbite {
    struct span span;
    const char *title;
};
struct fact_comments {
    const char *url, *protocol, *account; // account NULL: not said
};
struct fact_credit {
    const char *name, *role, *group, *url; // url NULL: none
};
struct fact_clip {
    const char *shape, *title, *path;
    const char *text, *captions; // NULL: without captions
    int64_t bytes;
    tick duration;
};
struct fact_waiver {
    const char *rule, *reason;
};
struct fact_resource {
    const char *kind, *title, *text, *url, *contact; // all but title may be NULL
    struct fact_place place;
};
struct fact_download {
    const char *title, *path, *type;
    int64_t bytes;
};

struct fact_link {
    const char *url, *title;
};

struct fact_show {
    const char *title, *summary, *author, *language, *site, *guid, *license, *copyright;
    const char *owner_name, *owner_email, *cover;
    const char **categories;
    size_t num_categories;
    int64_t cover_width; // 0: not known
    bool is_explicit, locked;
    const char *logo, *calendar; // NULL: none
    struct fact_link *directories;
    size_t num_directories;
};

struct fact_episode {
    const char *slug, *guid, *title, *summary, *notes, *language, *kind, *license, *cover;
    const char *poster;                                   // NULL: none
    const char *theme_id, *theme;                         // NULL: none
    int64_t published_utc_s, number, season, cover_width; // number, season, cover_width 0: none
    int64_t month;                                        // 202602; 0: none
    tick length;
    bool is_explicit;
    struct fact_goal *goals;
    size_t num_goals;
    struct fact_target *targets;
    size_t num_targets;
    struct fact_person *hosts, *guests;
    size_t num_hosts, num_guests;
    struct fact_resource *resources;
    size_t num_resources;
    struct fact_file *files;
    size_t num_files;
    struct fact_clip *clips;
    size_t num_clips;
    struct fact_download *kit;
    size_t num_kit;
    struct fact_chapter *chapters;
    size_t num_chapters;
    struct fact_transcript *transcripts;
    size_t num_transcripts;
    struct fact_soundbite *soundbites;
    size_t num_soundbites;
    struct fact_comments *comments;
    size_t num_comments;
    struct fact_credit *credits;
    size_t num_credits;
    struct fact_waiver *waivers;
    size_t num_waivers;
};

struct fact_stream {
    const char *url, *type;
    int64_t bitrate_kbps; // 0: not known
};
struct fact_live {
    const char *status;
    int64_t start_utc_s, end_utc_s; // end_utc_s INT64_MIN: not said
    struct fact_episode ep;
    struct fact_stream *files;
    size_t num_files;
    struct fact_link *pages;
    size_t num_pages;
};

// The strings stay the JSON's, arrays are in the arena. A missing or wrong key: ERR_FAILED.
int facts_show(struct arena *a, const struct json *j, struct fact_show *ret, struct err *e);
int facts_episode(struct arena *a, const struct json *j, struct fact_episode *ret, struct err *e);
// An entry in a list of episodes: guid and length may be missing, files are not read.
int facts_entry(struct arena *a, const struct json *j, struct fact_episode *ret, struct err *e);
// Links: url and title.
int facts_links(struct arena *a, const struct json *array, const char *what, struct fact_link **ret,
                size_t *ret_n, struct err *e);
int facts_live(struct arena *a, const struct json *j, struct fact_live *ret, struct err *e);
int facts_people(struct arena *a, const struct json *array, struct fact_person **ret, size_t *ret_n,
                 struct err *e);
int facts_goals(struct arena *a, const struct json *array, struct fact_goal **ret, size_t *ret_n,
                struct err *e);

// The places of the guests, then of the resources, each once; at most `room`.
size_t facts_places(const struct fact_episode *ep, const struct fact_place **ret, size_t room);
