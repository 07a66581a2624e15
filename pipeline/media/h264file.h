// SPDX-License-Identifier: GPL-3.0-or-later
// A picture encoded with x264 into an MP4 of its own, without sound and words: BT.709 limited
// range, square pixels, constant frame rate, closed groups of pictures of one length. No dates in
// it.
#pragma once
#include "media/av.h"

struct h264_params {
    const char *path;
    int width, height;
    AVRational rate;           // frames a second
    double crf;                // x264's constant rate factor
    const char *speed;         // x264's preset
    int level;                 // 42: 4.2
    int max_kbps, buffer_kbit; // VBV; 0: none
    int group_frames;          // from one key frame to the next
    int threads;
};
struct h264file;
int h264file_open(const struct h264_params *p, struct h264file **ret, struct err *e);
// f: yuv420p of that size; stays the caller's. Frames are counted, their time stamps not looked at.
int h264file_write(struct h264file *h, const AVFrame *f, struct err *e);
int h264file_finish(struct h264file *h, struct err *e); // closes; frees h, also on error
void h264file_abort(struct h264file *h);                // drops the file; NULL is fine
