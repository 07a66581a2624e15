// SPDX-License-Identifier: GPL-3.0-or-later
// .dgl/hashes, damaged: it is only a memory, and what it does not know is looked at again.
#include "fuzz.h"

#include "plan/hashes.h"

FUZZ(hashes)
{
    static const char head[] = "dgl-episode hashes 1\n";
    struct err e = {0};
    char hex[HASH_HEX], dir[300];
    struct str s;
    str_init(&s, STR_MAX);
    str_add(&s, head);
    str_addn(&s, (const char *)data, size);
    fuzz_put("h/.dgl/hashes", s.p, s.len);
    str_done(&s);
    snprintf(dir, sizeof dir, "%s/h", fuzz_dir());
    const char *file = fuzz_put("h/file", "abc", 3);
    struct hashes *h = hashes_open(dir);
    hashes_last(h, "a");
    FUZZ_HOLD(hashes_get(h, file, hex, NULL, &e) >= 0);
    FUZZ_HOLD(strcmp(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0);
    hashes_close(h, true);
    h = hashes_open(dir); // what was learnt can be read
    FUZZ_HOLD(hashes_last(h, file));
    hashes_close(h, false);
    return 0;
}
