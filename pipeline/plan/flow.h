// SPDX-License-Identifier: GPL-3.0-or-later
// The way of the data: every stage, what it reads and who made it, in the order they run. What a
// stage may know of the episode is its settings (plan/settings.h) and these inputs, and nothing
// else.
#pragma once
#include <stdbool.h>
#include <stddef.h>

// Which of the maker's results.
enum flow_of {
    OF_STAGE,        // the only one
    OF_SAME_VARIANT, // that of the same variant
    OF_PICTURE,      // the picture in its main size
    OF_PICTURES,     // in all sizes, as a list
    OF_VIDEO_SOUND,  // the sound that goes into a video
    OF_FIRST,        // that of the first variant
};

struct flow_input {
    const char *name;  // under which the stage finds it
    const char *stage; // its maker; NULL ends the list
    const char *file; // in the maker's folder; "*.json": a list of all that match; "cover-small.*":
                      // the one that matches; "*": the one that is no .json
    enum flow_of of;
    bool optional; // left out where the maker has not made it
};

enum flow_flags {
    FLOW_OUTPUTS = 1 << 0,   // one result for each output of the show
    FLOW_ENCODED = 1 << 1,   // and one for what goes into another file
    FLOW_PICTURES = 1 << 2,  // one result for each size of the picture
    FLOW_VIDEO = 1 << 3,     // only where the episode is to have a video
    FLOW_HLS = 1 << 4,       // only where it is to be an adaptive stream as well
    FLOW_MEDIA = 1 << 5,     // needs the recording; a show without its media does without it
    FLOW_DELIVERED = 1 << 6, // makes files that become public
    FLOW_SHOW = 1 << 7,      // of the show, not of an episode
    FLOW_PROGRAM = 1 << 8, // run by a program that show.yaml names (plan/transcribe.h); its failure
                           // is told and stops nothing
    FLOW_CLIPS = 1 << 9,   // one result for each clip and shape
    FLOW_BESIDE =
        1 << 10,        // goes on beside those behind it, until one comes that reads what it makes
    FLOW_KIT = 1 << 11, // only where the episode is to have a kit; its files become public
};

struct flow {
    const char *name, *summary;
    unsigned version; // raise it when equal inputs would give another result
    unsigned flags;
    const struct flow_input *in; // NULL: none; files of the episode's folder come with the settings
};
extern const struct flow flow_table[]; // ends with name NULL
const struct flow *flow_find(const char *name);
size_t flow_count(void);
extern const char flow_last_media[]; // the last one that makes files to deliver
