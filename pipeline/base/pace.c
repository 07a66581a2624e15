// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/pace.h"

#include <math.h>

// At first an encoder only fills its queues, so counting begins a little later; a change of speed
// is believed after some seconds.
static const double warm_s = 2, least_s = 4, least_done = 0.001, slow_s = 12;
static const double frames_s = 1,
                    frames_slow = 0.4; // a mark a second, of which the last ones count

void pace_begin(struct pace *p, double now, double done)
{
    *p = (struct pace){
        .began = now, .done_began = done, .at = now, .done = done, .marked = now, .frames = -1};
}

static void add_frames(struct pace *p, double now, int64_t frames)
{
    if (p->frames < 0 || frames < p->frames) {
        p->marked = now;
        p->frames_marked = frames;
        p->fps = 0;
    }
    p->frames = frames;
    double spent = now - p->marked;
    if (spent < frames_s)
        return;
    double fps = (double)(frames - p->frames_marked) / spent;
    p->fps = p->fps > 0 ? p->fps + frames_slow * (fps - p->fps) : fps;
    p->marked = now;
    p->frames_marked = frames;
}

void pace_add(struct pace *p, double now, double done, int64_t frames)
{
    if (done < p->done)
        pace_begin(p, now, done);
    if (!p->warm && now - p->began >= warm_s) {
        p->warm = true;
        p->began = now;
        p->done_began = done;
    }
    double spent = now - p->began, gained = done - p->done_began;
    if (frames >= 0)
        add_frames(p, now, frames);
    if (p->warm && spent >= least_s && gained >= least_done) {
        double ends = now + spent * (1 - done) / gained;
        double share = p->ends > 0 ? 1 - exp(-(now - p->at) / slow_s) : 1;
        p->ends += share * (ends - p->ends);
    }
    p->at = now;
    p->done = done;
}

double pace_left(const struct pace *p, double now)
{
    return p->ends > 0 ? fmax(p->ends - now, 0) : -1;
}

double pace_fps(const struct pace *p)
{
    return p->fps;
}
