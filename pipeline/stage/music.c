// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/music.h"

#include "base/fs.h"

#include <math.h>

static const tick shortest = TICKS_PER_SEC * 2;

static int judge(const char *name, const struct survey *heard, struct err *e)
{
    char damage[SOURCE_DAMAGE_TEXT];
    if (source_damage(&heard->facts, damage))
        return err_input(e, "music: %s is damaged: %s", name, damage);
    if (heard->facts.length < shortest)
        return err_input(e, "music: %s is only %.2f s long; it takes at least 2 s", name,
                         tick_to_s(heard->facts.length));
    if (!isfinite(heard->sound.integrated_lufs))
        return err_input(e, "music: %s contains only silence", name);
    return 1;
}

int music_read(const struct stage_job *job, const struct mix_params *mix, struct master_music *ret,
               struct err *e)
{
    const char *path = stage_input(job->in, "music");
    *ret = (struct master_music){.file = {.path = path,
                                          .track = -1,
                                          .sample_rate = mix->sample_rate,
                                          .channels = mix->channels,
                                          .threads = 1}};
    if (!path)
        return 0;
    struct progress stop = {.stop = job->progress ? job->progress->stop : NULL};
    progress_update(job->progress, "listening to the music", 0, -1);
    int r = survey_feed(&(struct survey_params){.progress = &stop}, &ret->file, &ret->heard, e);
    if (r < 0)
        return e->kind == ERR_INPUT ? err_wrap(e, "music") : r;
    return judge(fs_basename(path), &ret->heard, e);
}
