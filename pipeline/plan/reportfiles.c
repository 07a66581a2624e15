// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/reportfiles.h"

#include "base/str.h"

// Of a video: what encode measured of the sound in it, but the bit rate, which is the whole file's.
static void put_sound(struct plan *p, const struct published_file *f, struct json *o)
{
    bool seen = f->width > 0;
    const struct step *encode =
        plan_step(p, "encode", seen ? episode_video_sound(p->ep)->name : f->output);
    const struct json *measured = encode ? json_get(encode->record, "measured") : NULL;
    for (size_t i = 0; i < json_count(measured); i++) {
        const char *key = json_key_at(measured, i);
        if (!seen || !str_same(key, "bitrate_kbps"))
            json_put(o, key, json_keep(json_get(measured, key)));
    }
    if (f->bit_rate_kbps)
        json_put_int(o, "bitrate_kbps", f->bit_rate_kbps);
}

struct json *reportfiles(struct plan *p)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < p->published.num_files; i++) {
        const struct published_file *f = &p->published.files[i];
        const struct step *hls = str_same(f->output, "hls") ? plan_step(p, "hls", NULL) : NULL;
        struct json *o = json_new_object();
        put_sound(p, f, o);
        json_put_text(o, "output", f->output);
        json_put_text(o, "path", arena_printf(&p->arena, "public/%s", f->path));
        json_put_text(o, "type", f->type);
        json_put_int(o, "bytes", f->bytes);
        if (hls) // its address is that of a list of many files
            json_put_int(o, "all_bytes", json_int(json_get(hls->record, "measured"), "bytes", 0));
        json_put_text(o, "sha256", f->sha256);
        json_put_real(o, "duration_s", tick_to_s(f->duration));
        json_push(list, o);
    }
    return list;
}
