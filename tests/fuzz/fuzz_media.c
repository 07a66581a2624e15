// SPDX-License-Identifier: GPL-3.0-or-later
// A recording of anybody's, whatever its name says: opened, probed and decoded as the worker does.
#include "fuzz.h"

#include "media/library.h"
#include "media/source.h"

FUZZ(media)
{
    enum { MOST_FRAMES = 480000 };
    struct err e = {0};
    struct source *s = NULL;
    library_begin();
    struct source_params p = {
        .path = fuzz_file(data, size), .track = -1, .tolerate_damage = true, .threads = 1};
    if (source_open(&p, &s, &e) < 0) {
        fuzz_refusal(&e);
        source_close(s);
        return 0;
    }
    struct source_facts f;
    const float *const *planes;
    size_t n, all = 0;
    int r = 0;
    while (all < MOST_FRAMES && (r = source_read(s, &planes, &n, &e)) > 0)
        all += n;
    if (r < 0)
        fuzz_refusal(&e);
    source_facts(s, &f);
    FUZZ_HOLD(f.channels >= 1 && f.channels <= METER_MAX_CHANNELS);
    FUZZ_HOLD(f.sample_rate >= 8000 && f.sample_rate <= 192000);
    FUZZ_HOLD(f.num_faults >= 0 && f.num_faults <= SOURCE_FAULTS);
    source_close(s);
    return 0;
}
