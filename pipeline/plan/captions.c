// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/captions.h"

#include "base/fs.h"
#include "base/str.h"

#include <errno.h>

int captions_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    (void)e;
    if (!p->ep->num_captions)
        return -ENODATA;
    if (!p->timeline)
        return -EAGAIN;
    struct json *list = json_new_array();
    for (size_t i = 0; i < p->ep->num_captions; i++) {
        const struct caption_file *c = &p->ep->captions[i];
        struct json *one = json_new_object();
        json_put_text(one, "language", c->language);
        json_put_text(one, "made", c->made);
        json_put_text(one, "clock", c->published_clock ? "published" : "recording");
        json_put_text(one, "repair", c->is_kept ? "off" : NULL);
        json_put_text(one, "file", c->file);
        json_push(list, one);
        json_put(files, arena_printf(&p->arena, "caption-%s", c->language),
                 json_new_text(fs_join(&p->arena, p->ep->dir, c->file)));
    }
    json_put(into, "captions", list);
    json_put_text(into, "slug", p->slug);
    json_put_text(into, "title", p->ep->title);
    static const char *const keys[] = {"length_ticks", "recorded_ticks", "kept"};
    for (size_t i = 0; i < COUNT(keys); i++) {
        const struct json *value = json_get(p->timeline, keys[i]);
        json_put(into, keys[i], value ? json_keep(value) : NULL);
    }
    return 0;
}

int transcribe_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    const struct texts *words = &p->s->show.transcribe;
    (void)files;
    (void)e;
    if (!words->count || p->ep->num_captions)
        return -ENODATA;
    struct json *program = json_new_array();
    for (size_t i = 0; i < words->count; i++)
        json_push_text(program, words->items[i]);
    json_put(into, "program", program);
    json_put_text(into, "language", p->ep->language);
    return 0;
}

int captions_put_facts(struct plan *p, struct json *into)
{
    const struct step *captions = plan_step(p, "captions", NULL);
    if (!captions || captions->state == STEP_LEFT_OUT)
        return 0;
    if (captions->state != STEP_FRESH)
        return -EAGAIN;
    const struct json *list = json_get(json_get(captions->record, "measured"), "captions");
    json_put(into, "captions", list ? json_keep(list) : NULL);
    return 0;
}
