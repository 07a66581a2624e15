// SPDX-License-Identifier: GPL-3.0-or-later
// hls: the picture in all its sizes, the sound and the captions as an adaptive stream; nothing is
// encoded.
//
// settings: {"language": of the sound}
// in:       {"pictures": [picture.mp4], the highest first, "audio": audio.m4a, "captions":
//           [<language>.vtt], where there are some}
// makes:    master.m3u8 and a folder for each rendition: media/hls.h
// measured: {"bytes": of all files, "files": how many, "target_s", "sizes": ["1920x1080"]}
#include "base/fs.h"
#include "base/str.h"
#include "media/hls.h"
#include "stage/cuefiles.h"

#include <errno.h>

struct hls {
    struct stage_job *job;
    struct hls_params params;
    struct hls_result made;
};

static int read_pictures(struct hls *h, struct err *e)
{
    const struct json *list = json_get(h->job->in, "pictures");
    size_t n = json_count(list);
    const char **paths = arena_array(h->job->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        paths[i] = json_as_text(json_at(list, i));
    h->params.rungs = paths;
    h->params.num_rungs = n;
    h->params.sound = stage_input(h->job->in, "audio");
    return n && h->params.sound ? 0 : err_set(e, -EINVAL, "the job has no pictures or no sound");
}

static int read_captions(struct hls *h, struct err *e)
{
    struct cuefile *files;
    size_t n;
    int r = cuefiles_read(h->job, &files, &n, e);
    struct hls_captions *list = arena_array(h->job->arena, struct hls_captions, n + 1);
    for (size_t i = 0; r >= 0 && i < n; i++)
        list[i] = (struct hls_captions){&files[i].cues, language_name(files[i].language),
                                        files[i].language, false};
    h->params.captions = list;
    h->params.num_captions = r < 0 ? 0 : n;
    return r;
}

static void put_measured(const struct hls *h)
{
    struct json *m = h->job->variants[0].measured, *sizes = json_new_array();
    int64_t bytes = 0;
    for (size_t i = 0; i < h->made.num_files; i++)
        bytes += h->made.files[i].bytes;
    for (size_t i = 0; i < h->params.num_rungs; i++)
        json_push_text(sizes, arena_printf(h->job->arena, "%dx%d", h->made.pictures[i].width,
                                           h->made.pictures[i].height));
    json_put_int(m, "bytes", bytes);
    json_put_int(m, "files", (int64_t)h->made.num_files);
    json_put_int(m, "target_s", h->made.target);
    json_put(m, "sizes", sizes);
}

static int hls_run(struct stage_job *job, struct err *e)
{
    const char *language = json_text_or(job->settings, "language", "und");
    struct hls h = {.job = job,
                    .params = {.dir = job->variants[0].dir,
                               .sound_name = language_name(language),
                               .sound_language = language,
                               .arena = job->arena,
                               .progress = job->progress,
                               .what = "cutting the stream into segments"}};
    int r = read_pictures(&h, e);
    if (r >= 0)
        r = read_captions(&h, e);
    if (r >= 0)
        r = hls_make(&h.params, &h.made, e);
    if (r >= 0)
        put_measured(&h);
    return r < 0 ? r : 0;
}

const struct stage stage_hls = {"hls", hls_run};
