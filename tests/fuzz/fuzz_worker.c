// SPDX-License-Identifier: GPL-3.0-or-later
// A line that the worker, or the program that speaks with servers, says back.
#include "fuzz.h"

#include "plan/worker.h"

FUZZ(worker)
{
    struct err e = {0};
    struct json *done = NULL;
    char *line = fuzz_text(data, size);
    int r = worker_take(line, strlen(line), NULL, &done, &e);
    FUZZ_HOLD((r == 1) == (done != NULL));
    if (r < 0) {
        FUZZ_HOLD(e.code < 0);
        FUZZ_HOLD(err_exit_code(&e) > 0);
    }
    json_free(done);
    free(line);
    return 0;
}
