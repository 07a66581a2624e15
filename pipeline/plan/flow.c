// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/flow.h"

#include "base/str.h"

#define IN(...) ((const struct flow_input[]){__VA_ARGS__, {NULL, NULL, NULL, false, false}})

static const char facts[] = "facts.json";
static const char timeline[] = "timeline.json";
static const char tracks[] = "tracks.json";

const struct flow flow_table[] = {
    {"ingest", "verify the recording and keep the original", 3, FLOW_MEDIA, NULL},
    {"align", "put several tracks on one clock", 1, FLOW_MEDIA,
     IN({"facts", "ingest", facts, false, false})},
    {"timeline", "lay recording and chapters on the published clock", 1, FLOW_MEDIA,
     IN({"facts", "ingest", facts, false, false}, {"tracks", "align", tracks, false, false})},
    {"art", "draw the cover, or take the one that is named", 1, 0, NULL},
    {"captions", "captions and transcript on the published clock", 2, 0, NULL},
    {"sound", "normalize the sound into a lossless master", 4, FLOW_MEDIA,
     IN({"facts", "ingest", facts, false, false}, {"tracks", "align", tracks, false, false},
        {"timeline", "timeline", timeline, false, false})},
    {"transcribe", "captions by the show's speech-to-text program", 1, FLOW_MEDIA | FLOW_PROGRAM,
     IN({"master", "sound", "master.flac", false, false})},
    {"encode", "encode the master and measure what came out", 1, FLOW_MEDIA | FLOW_VARIANTS,
     IN({"master", "sound", "master.flac", false, false},
        {"sound", "sound", "sound.json", false, false})},
    {"tag", "titles, theme, goals, chapters and cover into the files", 1,
     FLOW_MEDIA | FLOW_VARIANTS,
     IN({"audio", "encode", "*", true, false}, {"timeline", "timeline", timeline, false, false},
        {"cover", "art", "cover-small.*", false, false})},
    {"item", "the episode's entry in the feed", 1, 0, NULL},
    {"page", "the episode's page", 1, 0, IN({"transcripts", "captions", "*.json", false, true})},
    {"report", "how it sounds, before and after; not public", 1, FLOW_MEDIA,
     IN({"facts", "ingest", facts, false, false}, {"tracks", "align", tracks, false, false},
        {"timeline", "timeline", timeline, false, false},
        {"sound", "sound", "sound.json", false, false},
        {"levelling", "sound", "levelling.json", false, false},
        {"master_blocks", "sound", "master-blocks.bin", false, false})},
    {"feed", "the feed of all published episodes", 1, FLOW_SHOW, NULL},
    {"site", "the pages of the show", 1, FLOW_SHOW, NULL},
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
