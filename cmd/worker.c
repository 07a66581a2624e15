// SPDX-License-Identifier: GPL-3.0-or-later
// dgl-episode-worker: runs stages for plan/worker.c. One job a line on standard input:
//   {"stage","show_dir","settings","in","threads","variants":[{"name","settings","in","dir"}]}
// A tool's job has no show_dir; "write_below" is the one folder that it may write to.
// Answers are lines on standard output: {"progress","what","media_s"}, with "frames" where pictures
// are made, {"warning"}, and at last
// {"done":{"variants":[{"name","measured","outputs"}],"versions"}} or
// {"error":{"kind","code","text"}}.
#include "answer.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/sandbox.h"
#include "base/str.h"
#include "base/workers.h"
#include "media/library.h"
#include "stage/stage.h"

#include <malloc.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_bool stop;

static void on_signal(int number)
{
    (void)number;
    atomic_store(&stop, true);
}

struct sealing { // files of one variant, hashed side by side
    const char *dir;
    const char *before; // an earlier result, whose files may be among them; NULL: none
    struct json *known; // {file: SHA-256} of those
    char **names;
    char (*hex)[HASH_HEX];
};

static bool is_same_file(const char *x, const char *y)
{
    struct stat a, b;
    return stat(x, &a) == 0 && stat(y, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

static int seal_one(void *ctx, size_t i, struct err *e)
{
    struct sealing *s = ctx;
    struct arena a = {0};
    const char *path = fs_join(&a, s->dir, s->names[i]), *known = json_text(s->known, s->names[i]);
    int r = 0;
    if (known && is_same_file(path, fs_join(&a, s->before, s->names[i])))
        snprintf(s->hex[i], HASH_HEX, "%s", known);
    else
        r = hash_file(path, s->hex[i], &stop, NULL, NULL, e);
    arena_done(&a);
    return r;
}

static struct json *read_known(struct arena *a, const char *before)
{
    struct json *record = NULL, *known = json_new_object();
    if (before && json_load(fs_join(a, before, "record.json"), &record, NULL) >= 0) {
        const struct json *outputs = json_get(record, "outputs");
        for (size_t i = 0; i < json_count(outputs); i++)
            json_put_text(known, json_text_or(json_at(outputs, i), "file", ""),
                          json_text(json_at(outputs, i), "sha256"));
    }
    json_free(record);
    return known;
}

// before: a file of an earlier result; NULL: there is none.
static int list_outputs(struct arena *a, const char *dir, const char *before, int threads,
                        struct json **ret, struct err *e)
{
    struct sealing s = {.dir = dir, .before = before ? fs_dirname(a, before) : NULL};
    size_t n;
    int r = fs_list_tree(a, dir, &s.names, &n, e);
    if (r < 0)
        return r;
    s.hex = arena_alloc(a, n * sizeof *s.hex + 1);
    s.known = read_known(a, s.before);
    r = workers_run(n, threads, seal_one, &s, e);
    json_free(s.known);
    if (r < 0)
        return r;
    *ret = json_new_array();
    for (size_t i = 0; i < n; i++) {
        struct json *o = json_new_object();
        json_put_text(o, "file", s.names[i]);
        json_put_int(o, "bytes", fs_size(fs_join(a, dir, s.names[i])));
        json_put_text(o, "sha256", s.hex[i]);
        json_push(*ret, o);
    }
    return 0;
}

static struct json *versions(void)
{
    struct json *v = json_new_object();
    json_put_text(v, "dgl-episode", DGL_VERSION);
    json_put_text(v, "libav", library_versions());
    return v;
}

static int answer_done(struct stage_job *job, struct err *e)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < job->num_variants; i++) {
        struct stage_variant *v = &job->variants[i];
        struct json *one = json_new_object(), *outputs = NULL;
        json_put_text(one, "name", v->name);
        json_put(one, "measured", json_keep(v->measured));
        int r = v->dir ? list_outputs(job->arena, v->dir, json_text(job->in, "before"),
                                      job->threads, &outputs, e)
                       : 0;
        json_put(one, "outputs", outputs);
        json_push(list, one);
        if (r < 0) {
            json_free(list);
            return r;
        }
    }
    struct json *line = json_new_object(), *done = json_new_object();
    json_put(done, "variants", list);
    json_put(done, "versions", versions());
    json_put(line, "done", done);
    answer_line(line);
    return 0;
}

static void read_variants(struct stage_job *job, const struct json *list)
{
    job->num_variants = json_count(list);
    job->variants = arena_array(job->arena, struct stage_variant, job->num_variants + 1);
    for (size_t i = 0; i < job->num_variants; i++) {
        const struct json *v = json_at(list, i);
        job->variants[i] = (struct stage_variant){
            .name = json_text_or(v, "name", ""),
            .settings = json_get(v, "settings"),
            .in = json_get(v, "in"),
            .dir = json_text(v, "dir"),
            .measured = json_new_object(),
        };
    }
}

// The first job names the show; a tool's job has none, and mostly writes nothing.
static void enclose(const char *show_dir, const char *write_below)
{
    static bool done;
    if (done)
        return;
    done = true;
    struct arena a = {0};
    const char *dirs[] = {NULL, NULL, "/dev/null", write_below, NULL};
    if (show_dir) {
        // Made here, because a folder that is not there cannot be allowed.
        fs_mkdirs(fs_join(&a, show_dir, "originals"), NULL);
        dirs[0] = fs_join(&a, show_dir, "originals");
        dirs[1] = fs_join(&a, show_dir, ".dgl/store");
    }
    sandbox_write_only_below(show_dir ? dirs : dirs + 2);
    arena_done(&a);
}

static int run_job(const struct json *message, struct err *e)
{
    const char *name = json_text_or(message, "stage", "");
    const struct stage *stage = stage_find(name);
    if (!stage)
        return err_set(e, -EINVAL, "there is no stage '%s'", name);
    struct arena arena = {0};
    struct answer_teller teller;
    enclose(json_text(message, "show_dir"), json_text(message, "write_below"));
    struct progress progress = answer_progress(&teller, &stop);
    int threads = (int)json_int(message, "threads", 0);
    struct stage_job job = {
        .show_dir = json_text_or(message, "show_dir", "."),
        .settings = json_get(message, "settings"),
        .in = json_get(message, "in"),
        .threads = threads > 0 ? threads : workers_cpus(),
        .arena = &arena,
        .progress = &progress,
    };
    read_variants(&job, json_get(message, "variants"));
    int r = stage->run(&job, e);
    if (r >= 0)
        r = answer_done(&job, e);
    for (size_t i = 0; i < job.num_variants; i++)
        json_free(job.variants[i].measured);
    arena_done(&arena);
    return r;
}

static int handle_line(const char *line, size_t len)
{
    struct err e = {0};
    struct json *message = NULL;
    int r = json_parse(line, len, "the job", &message, &e);
    if (r >= 0)
        r = run_job(message, &e);
    json_free(message);
    (void)malloc_trim(0); // what one stage needed is not the next one's burden
    if (r < 0)
        answer_error(&e);
    return r;
}

enum { MEMORY_GIB = 8 }; // address space, not use: threads and mapped libraries count too

int main(void)
{
    sandbox_enter((unsigned long long)MEMORY_GIB << 30);
    struct sigaction on = {.sa_handler = on_signal};
    sigaction(SIGTERM, &on, NULL);
    sigaction(SIGINT, &on, NULL);
    signal(SIGPIPE, SIG_IGN);
    // Tables of a long recording come from the system and go back to it; the heap stays whole.
    mallopt(M_MMAP_THRESHOLD, 256 << 10);
    mallopt(M_TRIM_THRESHOLD, 4 << 20);
    setenv("TZ", "UTC0", 1); // a ZIP's times are local ones: the same everywhere
    library_begin();
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    while (!atomic_load(&stop) && (len = getline(&line, &cap, stdin)) > 0)
        handle_line(line, (size_t)len);
    free(line);
    return 0;
}
