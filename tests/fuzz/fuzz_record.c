// SPDX-License-Identifier: GPL-3.0-or-later
// A result's record.json, damaged: the result counts as not there, or as what the record says.
#include "fuzz.h"

#include "plan/store.h"

FUZZ(record)
{
    struct arena a = {0};
    struct err e = {0};
    struct json *record = NULL;
    fuzz_put("s/.dgl/store/x/sound/0123/master.flac", "abc", 3);
    fuzz_put("s/.dgl/store/x/sound/0123/record.json", data, size);
    struct store_place p =
        store_place(&a, arena_printf(&a, "%s/s", fuzz_dir()), "x", "sound", NULL);
    if (store_load(&a, &p, "0123", &record, &e) >= 0) {
        store_whole(store_dir(&a, &p, "0123"), record);
        store_output(record, "*.flac");
    }
    json_free(record);
    json_free(store_newest(&a, &p));
    arena_done(&a);
    return 0;
}
