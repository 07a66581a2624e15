// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/clipsound.h"

#include "base/fs.h"
#include "media/excerpt.h"
#include "media/survey.h"
#include "media/transcode.h"
#include "sound/blocks.h"
#include "sound/gain.h"

#include <math.h>
#include <unistd.h>

enum { TRIES = 3 };
static const tick fade = TICKS_PER_SEC * 3 / 100;
static const double aim_below_dbtp = 0.1; // a corrected ceiling aims a little lower

struct aim {
    double target_lufs, tolerance_lu, ceiling_dbtp; // of the file
    double above_db, limit_dbtp;                    // what is asked of gain and limiter
};

static const char *const *read_options(struct arena *a, const struct json *list)
{
    size_t n = json_count(list);
    const char **options = arena_array(a, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        options[i] = json_as_text(json_at(list, i));
    return options;
}

static int encode(struct stage_job *job, const struct clip_sound *s, double gain_db,
                  double ceiling_dbtp, struct err *e)
{
    struct transcode_output out = {
        .sink = {.path = s->coded,
                 .codec = json_text_or(s->how, "codec", "aac"),
                 .container = json_text_or(s->how, "container", "ipod"),
                 .sample_rate = (int)json_int(s->how, "sample_rate_hz", 48000),
                 .channels = (int)json_int(s->how, "channels", 2),
                 .bitrate_kbps = (int)json_int(s->how, "bitrate_kbps", 128),
                 .options = read_options(job->arena, json_get(s->how, "options"))},
        .gain_db = gain_db,
        .ceiling_dbtp = ceiling_dbtp,
    };
    struct transcode_params tp = {.path = s->lossless,
                                  .outputs = &out,
                                  .num_outputs = 1,
                                  .threads = job->threads,
                                  .progress = job->progress,
                                  .what = "encoding the sound of a clip",
                                  .to = 1};
    return transcode_run(&tp, e);
}

static int listen(struct stage_job *job, const char *path, struct blocks *blocks,
                  struct survey *ret, struct err *e)
{
    struct survey_params sp = {.path = path,
                               .threads = job->threads,
                               .progress = job->progress,
                               .what = "measuring the sound of a clip",
                               .blocks = blocks};
    return survey_file(&sp, ret, e);
}

// 0: the file is right; 1: another try may make it so.
static int judge(struct aim *aim, const struct meter_result *m)
{
    double off = aim->target_lufs - m->integrated_lufs,
           over = m->true_peak_dbtp - aim->ceiling_dbtp;
    if (!isfinite(m->integrated_lufs) || (fabs(off) <= aim->tolerance_lu / 2 && over <= 0))
        return 0;
    aim->above_db += off;
    if (over > 0)
        aim->limit_dbtp -= over + aim_below_dbtp;
    return 1;
}

static int reach(struct stage_job *job, struct clip_sound *s, const struct blocks *b,
                 struct aim *aim, struct err *e)
{
    struct meter_table table = blocks_table(b);
    struct survey heard;
    for (int i = 0, again = 1; again && i < TRIES; i++) {
        struct gain_problem p = {.target_lufs = aim->target_lufs + aim->above_db,
                                 .ceiling_dbtp = aim->limit_dbtp};
        struct gain_solution solved = {0}; // nothing to hear: as it is
        gain_solve(&table, &p, &solved);
        unlink(s->coded);
        int r = encode(job, s, solved.gain_db, aim->limit_dbtp, e);
        if (r >= 0)
            r = listen(job, s->coded, NULL, &heard, e);
        if (r < 0)
            return r;
        again = judge(aim, &heard.sound);
    }
    s->integrated_lufs = heard.sound.integrated_lufs;
    s->true_peak_dbtp = heard.sound.true_peak_dbtp;
    return 0;
}

static void warn(const struct stage_job *job, const struct clip_sound *s, const struct aim *aim)
{
    char at[TICK_TEXT];
    tick_text(s->part.start, at);
    if (!isfinite(s->integrated_lufs))
        progress_warn(job->progress, "the clip at %s of the episode contains only silence", at);
    else if (fabs(s->integrated_lufs - aim->target_lufs) > aim->tolerance_lu)
        progress_warn(job->progress, "the clip at %s of the episode comes to %.1f LUFS, not %.1f",
                      at, s->integrated_lufs, aim->target_lufs);
}

int clip_sound_make(struct stage_job *job, const char *master, struct clip_sound *s, struct err *e)
{
    struct aim aim = {
        .target_lufs = json_number(s->how, "target_lufs", -16),
        .tolerance_lu = json_number(s->how, "tolerance_lu", 0.2),
        .ceiling_dbtp = json_number(s->how, "ceiling_dbtp", -1),
        .above_db = json_number(s->how, "start_gain_db", 0),
    };
    aim.limit_dbtp = aim.ceiling_dbtp - json_number(s->how, "start_headroom_db", 0);
    struct excerpt_params xp = {master, s->lossless, s->part, fade, job->progress};
    struct blocks blocks = {0};
    struct survey survey;
    int r = excerpt_cut(&xp, e);
    if (r >= 0)
        r = listen(job, s->lossless, &blocks, &survey, e);
    if (r >= 0)
        r = reach(job, s, &blocks, &aim, e);
    if (r >= 0)
        warn(job, s, &aim);
    blocks_done(&blocks);
    return r < 0 ? r : 0;
}
