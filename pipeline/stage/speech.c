// SPDX-License-Identifier: GPL-3.0-or-later
// speech: the finished sound as speech recognizers want it. A tool of plan/transcribe.c: what it
// makes is not kept.
//
// settings: nothing
// in:       {"master": master.flac}
// makes:    speech.wav: 16 kHz, mono, 16 bit
#include "media/transcode.h"
#include "stage/stage.h"

#include <errno.h>

static int run(struct stage_job *job, struct err *e)
{
    const char *master = stage_input(job->in, "master");
    if (!master)
        return err_set(e, -EINVAL, "the job has no input 'master'");
    struct transcode_output wav = {
        .sink = {.path = stage_output(job, &job->variants[0], "speech.wav"),
                 .codec = "pcm_s16le",
                 .container = "wav",
                 .sample_rate = 16000,
                 .channels = 1},
    };
    return transcode_run(&(struct transcode_params){.path = master,
                                                    .outputs = &wav,
                                                    .num_outputs = 1,
                                                    .threads = job->threads,
                                                    .progress = job->progress,
                                                    .what = "preparing the sound",
                                                    .to = 1},
                         e);
}

const struct stage stage_speech = {"speech", run};
