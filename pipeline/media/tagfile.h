// SPDX-License-Identifier: GPL-3.0-or-later
// Titles, cover and chapters in delivery files (MP3: ID3v2.4; M4A; Opus). TagLib behind a C border;
// MP4 chapters are muxed by tagfile_write's stream copy, because TagLib 1.13 has none.
#pragma once
#include "model/tick.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct tag_chapter { // url NULL: none
    tick start, end;
    const char *title, *url;
};
struct tag_field { // UTF-8
    const char *key, *value;
};

struct tag_set { // NULL or 0: not written
    const char *title, *show, *artist, *album_artist;
    const char *description, *summary, *copyright, *license_url;
    const char *genre;    // "Podcast"
    const char *date;     // ISO 8601, e.g. 2026-02-12
    const char *language; // BCP 47; written as ISO 639-2 where the format wants that
    const char *page_url, *feed_url, *guid, *category;
    int number, season;
    const char *encoded_by;
    // Named fields: TXXX, ----:com.apple.iTunes:KEY, Vorbis KEY; several of one key are kept.
    struct tag_field custom[24];
    size_t num_custom;
    const struct tag_chapter *chapters; // sorted by start
    size_t num_chapters;
    const char *cover_path; // JPEG or PNG, by content
    const char *cover_type; // what the caller takes it for; not needed
};
// Copies `from` to `to` (which must not exist) with all former words, pictures and chapters dropped
// and these written. Nothing is re-encoded: the sound packets are the same bytes, which is
// verified. Equal input, equal bytes. On failure there is no `to`. Chapters: MP3 all of them (an
// ID3 table of contents holds 255, more are nested in tables of 255); M4A all of them in the text
// track, the first 255 in Nero's list; Opus the first 1000. Titles hold TAG_TITLE bytes
// (media/tagparts.h), in Opus any number.
int tagfile_write(const char *from, const char *to, const struct tag_set *tags, struct err *e);
// Words and cover into an MP4 that has none yet, such as media/pack.h writes; its chapters are
// there already. On failure the file is not to be used.
int tagfile_add(const char *path, const struct tag_set *tags, struct err *e);
