// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/flow.h"

#include "base/str.h"

#define IN(...) ((const struct flow_input[]){__VA_ARGS__, {NULL, NULL, NULL, OF_STAGE, false}})

const char flow_last_media[] = "kit";
static const char facts[] = "facts.json";
static const char timeline[] = "timeline.json";
static const char tracks[] = "tracks.json";

const struct flow flow_table[] = {
    {"ingest", "verify the recording and keep the original", 5, FLOW_MEDIA, NULL},
    {"align", "put several tracks on one clock", 1, FLOW_MEDIA,
     IN({"facts", "ingest", facts, OF_STAGE, false})},
    {"timeline", "lay recording and chapters on the published clock", 1, FLOW_MEDIA,
     IN({"facts", "ingest", facts, OF_STAGE, false}, {"tracks", "align", tracks, OF_STAGE, false})},
    {"art", "draw the cover, or take the one that is named", 1, 0, NULL},
    {"captions", "captions and transcript on the published clock", 4, 0, NULL},
    {"sound", "normalize the sound into a lossless master", 4, FLOW_MEDIA,
     IN({"facts", "ingest", facts, OF_STAGE, false}, {"tracks", "align", tracks, OF_STAGE, false},
        {"timeline", "timeline", timeline, OF_STAGE, false})},
    {"transcribe", "captions by the show's speech-to-text program", 1, FLOW_MEDIA | FLOW_PROGRAM,
     IN({"master", "sound", "master.flac", OF_STAGE, false})},
    {"screen", "draw names, goals and cards for the picture", 1, FLOW_MEDIA | FLOW_VIDEO,
     IN({"timeline", "timeline", timeline, OF_STAGE, false})},
    {"picture", "normalize the picture, or copy it where it is right", 2,
     FLOW_MEDIA | FLOW_PICTURES | FLOW_VIDEO | FLOW_BESIDE,
     IN({"facts", "ingest", facts, OF_STAGE, false}, {"tracks", "align", tracks, OF_STAGE, false},
        {"timeline", "timeline", timeline, OF_STAGE, false},
        {"screen", "screen", "screen.json", OF_STAGE, false},
        {"pieces", "screen", "*.png", OF_STAGE, false})},
    {"wave", "draw the moving picture of an episode that is sound alone", 2,
     FLOW_MEDIA | FLOW_PICTURES | FLOW_VIDEO,
     IN({"timeline", "timeline", timeline, OF_STAGE, false},
        {"master", "sound", "master.flac", OF_STAGE, false},
        {"screen", "screen", "screen.json", OF_STAGE, false},
        {"pieces", "screen", "*.png", OF_STAGE, false})},
    {"encode", "encode the master and measure what came out", 1, FLOW_MEDIA | FLOW_ENCODED,
     IN({"master", "sound", "master.flac", OF_STAGE, false},
        {"sound", "sound", "sound.json", OF_STAGE, false})},
    {"tag", "titles, theme, goals, chapters and cover into the files", 1,
     FLOW_MEDIA | FLOW_OUTPUTS | FLOW_DELIVERED,
     IN({"audio", "encode", "*", OF_SAME_VARIANT, false},
        {"timeline", "timeline", timeline, OF_STAGE, false},
        {"cover", "art", "cover-small.*", OF_STAGE, false})},
    {"package", "picture, sound, captions and words in one MP4", 2,
     FLOW_MEDIA | FLOW_VIDEO | FLOW_DELIVERED,
     IN({"picture", "picture", "picture.mp4", OF_PICTURE, false},
        {"audio", "encode", "*", OF_VIDEO_SOUND, false},
        {"timeline", "timeline", timeline, OF_STAGE, false},
        {"cover", "art", "cover-small.*", OF_STAGE, false},
        {"captions", "captions", "*.vtt", OF_STAGE, true})},
    {"hls", "the same as an adaptive stream", 1, FLOW_MEDIA | FLOW_HLS | FLOW_DELIVERED,
     IN({"pictures", "picture", "picture.mp4", OF_PICTURES, false},
        {"audio", "encode", "*", OF_VIDEO_SOUND, false},
        {"captions", "captions", "*.vtt", OF_STAGE, true})},
    {"clip", "pieces for social media, with captions in the picture", 1,
     FLOW_MEDIA | FLOW_CLIPS | FLOW_DELIVERED,
     IN({"facts", "ingest", facts, OF_STAGE, false}, {"tracks", "align", tracks, OF_STAGE, false},
        {"timeline", "timeline", timeline, OF_STAGE, false},
        {"master", "sound", "master.flac", OF_STAGE, false},
        {"captions", "captions", "*.vtt", OF_STAGE, true})},
    {"kit", "material for municipalities: poster, cards, a sheet, all in one ZIP", 1,
     FLOW_MEDIA | FLOW_KIT,
     IN({"audio", "tag", "*", OF_FIRST, false}, {"clip", "clip", "*.mp4", OF_FIRST, true},
        {"captions", "captions", "*.vtt", OF_STAGE, true},
        {"subtitles", "captions", "*.srt", OF_STAGE, true},
        {"texts", "captions", "*.txt", OF_STAGE, true})},
    {"item", "the episode's entry in the feed", 2, 0, NULL},
    {"page", "the episode's page", 2, 0, IN({"transcripts", "captions", "*.json", OF_STAGE, true})},
    {"report", "how it sounds and looks, before and after; not public", 2, FLOW_MEDIA,
     IN({"facts", "ingest", facts, OF_STAGE, false}, {"tracks", "align", tracks, OF_STAGE, false},
        {"timeline", "timeline", timeline, OF_STAGE, false},
        {"sound", "sound", "sound.json", OF_STAGE, false},
        {"levelling", "sound", "levelling.json", OF_STAGE, false},
        {"master_blocks", "sound", "master-blocks.bin", OF_STAGE, false},
        {"stills", "picture", "*.jpg", OF_PICTURE, true})},
    {"feed", "the feeds of all published episodes", 2, FLOW_SHOW, NULL},
    {"themekit", "material of all episodes of a theme", 1, FLOW_SHOW, NULL},
    {"calendar", "broadcasts and themes, for calendars to subscribe to", 1, FLOW_SHOW, NULL},
    {"site", "the pages of the show", 2, FLOW_SHOW, NULL},
    {"tombstone", "the pages of episodes that were taken down", 1, FLOW_SHOW, NULL},
    {NULL, NULL, 0, 0, NULL},
};

const struct flow *flow_find(const char *name)
{
    for (const struct flow *f = flow_table; f->name; f++)
        if (str_same(f->name, name))
            return f;
    return NULL;
}

size_t flow_count(void)
{
    size_t n = 0;
    while (flow_table[n].name)
        n++;
    return n;
}
