// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/stage.h"

#include "base/fs.h"
#include "base/str.h"

#include <errno.h>

extern const struct stage stage_ingest, stage_align, stage_timeline, stage_art, stage_captions,
    stage_sound, stage_encode, stage_picture, stage_package, stage_hls, stage_screen, stage_wave,
    stage_tag, stage_item, stage_page, stage_feed, stage_site, stage_measure, stage_check,
    stage_report, stage_preview, stage_speech, stage_clip, stage_slate, stage_kit, stage_themekit,
    stage_calendar, stage_tombstone, stage_export;

const struct stage *const stage_table[] = {
    &stage_ingest,   &stage_align,    &stage_timeline,  &stage_art,    &stage_captions,
    &stage_sound,    &stage_encode,   &stage_tag,       &stage_item,   &stage_page,
    &stage_feed,     &stage_site,     &stage_measure,   &stage_check,  &stage_report,
    &stage_preview,  &stage_picture,  &stage_package,   &stage_hls,    &stage_screen,
    &stage_wave,     &stage_clip,     &stage_speech,    &stage_slate,  &stage_kit,
    &stage_themekit, &stage_calendar, &stage_tombstone, &stage_export, NULL,
};

const struct stage *stage_find(const char *name)
{
    for (const struct stage *const *s = stage_table; *s; s++)
        if (str_same((*s)->name, name))
            return *s;
    return NULL;
}

const char *stage_input(const struct json *in, const char *name)
{
    return json_text(in, name);
}

int stage_load(const struct json *in, const char *name, struct json **ret, struct err *e)
{
    const char *path = stage_input(in, name);
    if (!path)
        return err_set(e, -EINVAL, "the job has no input '%s'", name);
    int r = json_load(path, ret, e);
    return r == -ENOENT ? err_errno(e, r, path) : r;
}

char *stage_output(struct stage_job *job, const struct stage_variant *v, const char *file)
{
    return fs_join(job->arena, v->dir, file);
}
