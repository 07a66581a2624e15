// SPDX-License-Identifier: GPL-3.0-or-later
// Giving disk back: results that no step names any more, and masters that can be made again.
#include "base/fs.h"
#include "base/str.h"
#include "plan/publish.h"

#include <unistd.h>

enum { DAY_S = 86400 };

static void drop_master(struct plan *p, struct step *sound, int master_days, int64_t *freed)
{
    double age_s = (double)p->s->now_utc_s - json_number(sound->record, "made_at", 0);
    const char *path = plan_output_path(p, sound, "master.flac");
    if (!path || !sound->whole || age_s < (double)master_days * DAY_S)
        return;
    int64_t bytes = fs_size(path);
    if (unlink(path) == 0 && bytes > 0) {
        *freed += bytes;
        sound->whole = false;
    }
}

int publish_tidy(struct plan *p, int master_days, int64_t *freed, struct err *e)
{
    int r = 0;
    bool all_fresh = true;
    for (size_t i = 0; r >= 0 && i < p->num_steps; i++) {
        struct step *step = &p->step[i];
        if (step->state == STEP_FRESH)
            r = store_drop_others(&p->arena, &step->place, step->fingerprint, freed, e);
        all_fresh &= step->state == STEP_FRESH || step->state == STEP_LEFT_OUT;
    }
    struct step *sound = plan_step(p, "sound", NULL);
    if (r >= 0 && master_days >= 0 && all_fresh && sound && sound->state == STEP_FRESH)
        drop_master(p, sound, master_days, freed);
    return r;
}

int64_t publish_droppable(struct plan *p)
{
    int64_t sum = 0;
    for (size_t i = 0; i < p->num_steps; i++) {
        const struct step *step = &p->step[i];
        if (step->state == STEP_FRESH)
            sum += store_tree_bytes(step->place.dir) - store_tree_bytes(step->dir);
    }
    struct step *sound = plan_step(p, "sound", NULL);
    const char *master = sound ? plan_output_path(p, sound, "master.flac") : NULL;
    return sum + (master && sound->whole ? fs_size(master) : 0);
}
