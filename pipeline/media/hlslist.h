// SPDX-License-Identifier: GPL-3.0-or-later
// The texts of an HLS package, without any media: playlists, the segments of captions, names of
// codecs and bit rates. Rules: RFC 8216 and its second edition (draft-pantos-hls-rfc8216bis), and
// Apple's HLS Authoring Specification.
#pragma once
#include "base/str.h"
#include "model/captions.h"
#include "model/tick.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One segment, or one I-frame in it. It lasts until the next one, or the end, of its track.
struct hls_piece {
    tick start;    // as presented; the first is at 0
    unsigned file; // number of the segment's file, from 1
    int64_t at;    // I-frames: where in the file
    int64_t bytes;
};
struct hls_track {
    struct hls_piece *pieces;
    size_t count, cap;
    tick end;
};

// Seconds as EXT-X-TARGETDURATION has them: the longest piece, rounded. At least 1.
int hlslist_target(const struct hls_track *t);

struct hls_rate {
    int64_t peak, average; // bits a second, rounded up
};
// peak: the largest of any pieces in a row that last 0.5 to 1.5 target durations together; of all
// of them where the track is shorter.
struct hls_rate hlslist_rate(const struct hls_track *t, int target);

// suffix: of the segments' names, "m4s" or "vtt"; map: whether they need init.mp4.
void hlslist_put_media(struct str *out, const struct hls_track *t, int target, const char *suffix,
                       bool map);
void hlslist_put_iframes(struct str *out, const struct hls_track *t);
enum { HLS_NAME = 16 };
void hlslist_segment_name(unsigned file, const char *suffix, char ret[HLS_NAME]); // 00001.m4s

// The cues that are to be seen between from and to; those across an end are in both segments. Their
// times are those of the whole, and sound and picture begin at 0 as well.
void hlslist_put_vtt(struct str *out, const struct captions *c, tick from, tick to);

// RFC 6381. False: it is not what it should be, or an object type that nobody plays over HLS.
enum { HLS_CODEC = 16 };
bool hlslist_avc(const uint8_t *avcc, size_t size, char ret[HLS_CODEC]);   // avc1.640028
bool hlslist_aac(const uint8_t *config, size_t size, char ret[HLS_CODEC]); // mp4a.40.2

// ---- the master playlist. URIs are those of the media playlists.

struct hls_picture {
    char codec[HLS_CODEC];
    int width, height; // as shown
    double frame_rate;
    struct hls_rate rate, iframe_rate;
    const char *uri, *iframes_uri;
};
struct hls_voice { // a rendition of the sound
    char codec[HLS_CODEC];
    const char *name, *language; // for people; BCP 47
    int channels;
    struct hls_rate rate;
    const char *uri;
};
struct hls_words { // of the captions
    const char *name, *language;
    bool shown; // without being asked for
    struct hls_rate rate;
    const char *uri;
};
struct hls_master {
    const struct hls_picture *pictures; // highest first
    size_t num_pictures;
    const struct hls_voice *voice;
    const struct hls_words *words;
    size_t num_words;
};
// Players begin with the variant that stands first, so that is the one nearest to 2 Mbit/s, which
// most connections carry at once. The others follow, highest first, and the sound alone as the
// last.
void hlslist_put_master(struct str *out, const struct hls_master *m);
