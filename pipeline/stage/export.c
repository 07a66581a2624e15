// SPDX-License-Identifier: GPL-3.0-or-later
// export: packs an episode for an archive. A tool: what it makes lies outside the store.
//
// settings: {"to": the tar file, which must not be there, "name": of the folder in it,
//            "utc_s": the time of its entries, "info": lines of bag-info.txt,
//            "files": [{"name" below data/, "path" or "text", "sha256" where it is known}]}
// in:       nothing
// makes:    nothing
// measured: {"sha256", "bytes": of the tar file, "files": [{name, bytes, sha256}], "library"}
#include "base/fs.h"
#include "base/str.h"
#include "doc/bag.h"
#include "stage/stage.h"

static struct json *listed(const struct bag *b)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < b->num_files; i++) {
        struct json *o = json_new_object();
        json_put_text(o, "name", b->files[i].name);
        json_put_int(o, "bytes", b->files[i].bytes);
        json_put_text(o, "sha256", b->files[i].hex);
        json_push(list, o);
    }
    return list;
}

static int run(struct stage_job *job, struct err *e)
{
    const struct json *files = json_get(job->settings, "files");
    size_t n = json_count(files);
    char hex[HASH_HEX];
    struct bag b = {
        .to = json_text_or(job->settings, "to", ""),
        .name = json_text_or(job->settings, "name", "bag"),
        .info = json_text_or(job->settings, "info", ""),
        .utc_s = json_int(job->settings, "utc_s", 0),
        .files = arena_array(job->arena, struct bag_file, n + 1),
        .num_files = n,
        .progress = job->progress,
    };
    for (size_t i = 0; i < n; i++) {
        const struct json *f = json_at(files, i);
        b.files[i] = (struct bag_file){
            .name = arena_printf(job->arena, "data/%s", json_text_or(f, "name", "")),
            .path = json_text(f, "path"),
            .text = json_text(f, "text"),
            .sha256 = json_text(f, "sha256"),
        };
    }
    int r = bag_write(&b, hex, e);
    if (r < 0)
        return r;
    struct json *measured = job->variants[0].measured;
    json_put_text(measured, "sha256", hex);
    json_put_int(measured, "bytes", fs_size(b.to));
    json_put(measured, "files", listed(&b));
    json_put_text(measured, "library", bag_library());
    return 0;
}

const struct stage stage_export = {"export", run};
