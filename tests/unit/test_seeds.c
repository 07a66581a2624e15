// SPDX-License-Identifier: GPL-3.0-or-later
// Every target of tests/fuzz, fed with its seeds once: what fuzzing found stays mended, with every
// compiler. Each target has a process of its own, because a broken promise ends it.
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"

enum { SEED_MAX = 8 << 20, PATIENCE_S = 120 };

#define TARGET(name) int fuzz_##name(const unsigned char *data, size_t size);
#include "fuzz/targets.h"
#undef TARGET

static const struct {
    const char *name;
    int (*run)(const unsigned char *data, size_t size);
} targets[] = {
#define TARGET(name) {#name, fuzz_##name},
#include "fuzz/targets.h"
};

static char *at; // shared with the process that is fed: the seed it has before it

// How many there were.
static size_t feed_from(const char *folder, size_t i)
{
    struct arena a = {0};
    struct err e = {0};
    char **names, *bytes, *dir = arena_printf(&a, "%s/%s", folder, targets[i].name);
    size_t n, len;
    if (fs_list(&a, dir, &names, &n, &e) < 0)
        exit(2);
    for (size_t k = 0; k < n; k++) {
        snprintf(at, 200, "%s/%s", targets[i].name, names[k]);
        if (fs_read(&a, fs_join(&a, dir, names[k]), SEED_MAX, &bytes, &len, &e) < 0)
            exit(3);
        // Of its own size, so that a sanitizer sees what reads behind its end.
        unsigned char *data = mem_alloc(len ? len : 1);
        for (size_t b = 0; b < len; b++)
            data[b] = (unsigned char)bytes[b];
        targets[i].run(data, len);
        free(data);
    }
    arena_done(&a);
    return n;
}

static void feed(size_t i)
{
    char made[400];
    const char *build = getenv("DGL_BUILD");
    snprintf(made, sizeof made, "%s/fuzz/made", build ? build : "build");
    alarm(PATIENCE_S);
    // without a single one it says nothing
    exit(feed_from("tests/fuzz/seeds", i) + feed_from(made, i) ? 0 : 2);
}

int main(void)
{
    int failures = 0;
    at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return 1;
    printf("1..%zu\n", COUNT(targets));
    for (size_t i = 0; i < COUNT(targets); i++) {
        int status = -1;
        fflush(stdout);
        at[0] = '\0';
        pid_t pid = fork();
        if (pid == 0)
            feed(i);
        if (pid < 0 || waitpid(pid, &status, 0) < 0)
            status = -1;
        failures += status != 0;
        printf("%sok %zu - %s holds on every seed\n", status ? "not " : "", i + 1, targets[i].name);
        if (status)
            printf("# ended with %d at the seed %s\n", status, at[0] ? at : targets[i].name);
    }
    return failures > 0;
}
