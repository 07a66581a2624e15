// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of targets share: files of known bytes, a network that fails, and an eye on the place
// a file is to come to. Include behind cmocka.h.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mount.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "net/remote.h"
#include "unit/servers.h"

enum { LARGE = 40 << 20, SMALL = 1 << 20, PATH_SIZE = 512 };

// A file whose bytes no rule can shrink, and which a seed makes again.
struct bytes {
    char path[PATH_SIZE], sha256[HASH_HEX];
    size_t len;
};

static inline void make_bytes(struct bytes *b, const char *dir, const char *name, size_t len,
                              uint64_t seed)
{
    char *data = mem_alloc(len + 8);
    for (size_t i = 0; i < len; i += 8) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        memcpy(data + i, &seed, 8);
    }
    snprintf(b->path, sizeof(b->path), "%s/%s", dir, name);
    b->len = len;
    hash_bytes(data, len, b->sha256);
    FILE *f = fopen(b->path, "w");
    if (!f || fwrite(data, 1, len, f) != len || fclose(f) != 0)
        fail_msg("%s cannot be written", b->path);
    free(data);
}

static inline struct remote_file file_of(const struct bytes *b, const char *path)
{
    return (struct remote_file){.from = b->path,
                                .path = path,
                                .bytes = (int64_t)b->len,
                                .sha256 = b->sha256,
                                .type = "audio/mpeg",
                                .cache = "no-cache"};
}

static inline bool holds(const char *path, const struct bytes *b)
{
    char got[HASH_HEX];
    return fs_size(path) == (int64_t)b->len && hash_file(path, got, NULL, NULL, NULL, NULL) >= 0 &&
           str_same(got, b->sha256);
}

// The folder of the running test, as it was called at first: in a namespace of mounts of one's own
// (small_disk) it may have another name.
static inline const char *self_dir(void)
{
    static char dir[PATH_SIZE - 32];
    if (!*dir)
        assert_true(proc_self_dir(dir, sizeof(dir)) >= 0);
    return dir;
}

// tests/live/faultproxy.c, beside the running test.
struct network {
    struct proc p;
    int port;
};

static inline long long network_tell(struct network *n, const char *line)
{
    long long bytes = -1;
    fprintf(n->p.in, "%s\n", line);
    fflush(n->p.in);
    if (fscanf(n->p.out, " ok %*d %lld", &bytes) != 1)
        fail_msg("the proxy does not answer to %s", line);
    return bytes;
}

// port 0: one that is free. host NULL: 127.0.0.1.
static inline void network_start(struct network *n, int port, int to, const char *host)
{
    char path[PATH_SIZE], here[16], there[16];
    struct err e = {0};
    snprintf(path, sizeof(path), "%s/../live/faultproxy", self_dir());
    n->port = port ? port : free_port();
    snprintf(here, sizeof(here), "%d", n->port);
    snprintf(there, sizeof(there), "%d", to);
    if (proc_start((const char *const[]){path, here, there, host, NULL}, &n->p, &e) < 0)
        fail_msg("%s", e.text);
    network_tell(n, "pass"); // it listens
}

static inline void network_stop(struct network *n)
{
    if (n->p.pid > 0)
        proc_wait(&n->p, NULL); // closes its input, which ends it
}

// Tells the network something a while later; line NULL: nothing.
struct later {
    struct network *n;
    const char *line;
    double seconds;
    pthread_t thread;
};

static inline void *tell_later(void *ctx)
{
    struct later *l = ctx;
    poll(NULL, 0, (int)(l->seconds * 1000));
    network_tell(l->n, l->line);
    return NULL;
}

static inline void later_begin(struct later *l)
{
    if (l->line)
        assert_int_equal(pthread_create(&l->thread, NULL, tell_later, l), 0);
}

static inline void later_end(struct later *l)
{
    if (l->line)
        pthread_join(l->thread, NULL);
}

// Reads the place again and again: what lies there must be whole, and one of two.
struct watcher {
    const char *path;
    const struct bytes *one, *two;
    bool may_lack;
    pthread_t thread;
    atomic_bool ends;
    atomic_int looks, bad, changes;
};

static inline void *watch(void *ctx)
{
    struct watcher *w = ctx;
    const struct bytes *last = NULL;
    while (!atomic_load(&w->ends)) {
        struct arena a = {0};
        char *data = NULL, got[HASH_HEX] = "";
        size_t len = 0;
        bool lacks = fs_read(&a, w->path, STR_MAX, &data, &len, NULL) < 0;
        if (!lacks)
            hash_bytes(data, len, got);
        const struct bytes *now = str_same(got, w->one->sha256)   ? w->one
                                  : str_same(got, w->two->sha256) ? w->two
                                                                  : NULL;
        if (!now && !(lacks && w->may_lack))
            atomic_fetch_add(&w->bad, 1);
        if (now && now != last)
            atomic_fetch_add(&w->changes, 1);
        last = now ? now : last;
        atomic_fetch_add(&w->looks, 1);
        arena_done(&a);
    }
    return NULL;
}

static inline void watch_begin(struct watcher *w)
{
    assert_int_equal(pthread_create(&w->thread, NULL, watch, w), 0);
    while (atomic_load(&w->looks) == 0)
        poll(NULL, 0, 1);
}

// changes: how many whole files it has seen after each other.
static inline void watch_end(struct watcher *w, int changes)
{
    int before = atomic_load(&w->looks);
    while (atomic_load(&w->looks) < before + 2) // what came last is seen, too
        poll(NULL, 0, 1);
    atomic_store(&w->ends, true);
    pthread_join(w->thread, NULL);
    assert_int_equal(atomic_load(&w->bad), 0);
    assert_int_equal(atomic_load(&w->changes), changes);
}

static inline void count_sent(void *ctx, int64_t bytes)
{
    *(int64_t *)ctx += bytes;
}

static inline void well(int r, const struct err *e)
{
    if (r < 0)
        fail_msg("%s", e->text);
}

static inline struct remote *opened(const struct remote_params *p)
{
    struct remote *r = NULL;
    struct err e = {0};
    if (remote_open(p, &r, &e) < 0)
        fail_msg("%s", e.text);
    return r;
}

// In r's place one that waits otherwise. 0: as long as a slow machine may need.
static inline struct remote *again(struct remote *r, const struct remote_params *p,
                                   double timeout_s)
{
    struct remote_params q = *p;
    q.timeout_s = timeout_s;
    remote_close(r);
    return opened(&q);
}

static inline void sent_well(struct remote *r, const struct bytes *b, const char *path)
{
    struct err e = {0};
    const struct remote_file f = file_of(b, path);
    if (remote_put(r, &f, &e) < 0)
        fail_msg("%s", e.text);
}

// By the same handle, as deliveries do it after a failure; a slow machine may let it wait too long
// once or twice.
static inline void sent_at_last(struct remote *r, const struct bytes *b, const char *path)
{
    struct err e = {0};
    const struct remote_file f = file_of(b, path);
    int k = -ETIMEDOUT;
    for (int i = 0; i < 4 && k == -ETIMEDOUT; i++)
        k = remote_put(r, &f, &e);
    if (k < 0)
        fail_msg("%s", e.text);
}

// What comes of it; code 0: any. secret: what no message may hold.
static inline void sent_badly(struct remote *r, const struct bytes *b, const char *path, int code,
                              bool may_mend, const char *text, const char *secret)
{
    struct err e = {0};
    const struct remote_file f = file_of(b, path);
    int k = remote_put(r, &f, &e);
    if (k >= 0 || (code && k != code) || e.code != k || remote_may_mend(&e) != may_mend ||
        !strstr(e.text, text))
        fail_msg("wanted %d and '%s', got %d (%d): %s", code, text, k, e.code, e.text);
    assert_null(strstr(e.text, secret));
}

// Files and folders whose names end so.
static inline size_t count_names(const char *dir, const char *end)
{
    struct arena a = {0};
    char **names;
    size_t n, found = 0;
    assert_true(fs_list(&a, dir, &names, &n, NULL) >= 0);
    for (size_t i = 0; i < n; i++)
        found += str_ends(names[i], end);
    arena_done(&a);
    return found;
}

// A small disk of our own, gone with this program; false: we may not.
static inline bool small_disk(const char *dir, const char *size)
{
    char options[64];
    self_dir();
    snprintf(options, sizeof(options), "mode=777,size=%s", size);
    return fs_mkdirs(dir, NULL) >= 0 && unshare(CLONE_NEWNS) == 0 &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", dir, "tmpfs", 0, options) == 0;
}

// Programs of servers may lie where only root looks.
static inline void look_in_sbin(void)
{
    char path[4096];
    const char *old = getenv("PATH");
    snprintf(path, sizeof(path), "%s:/usr/sbin:/sbin", old ? old : "/usr/bin:/bin");
    setenv("PATH", path, 1);
}

// Names of all kinds are sent, replaced, fetched and removed at the target, which lies in place;
// scratch is a folder of the test's. more, or NULL, looks at what the target says of a file.
static inline void goes_and_comes(const struct remote_params *p, const char *place,
                                  const char *scratch, const struct bytes *small,
                                  const struct bytes *tiny,
                                  void (*more)(const struct remote_facts *there))
{
    static const char *const paths[] = {"feed.xml", "media/2026-02/a-1a2b3c4d.mp3",
                                        "media/2026-02/b.mp3", "møte i Bodø/100 % & mer?.vtt"};
    struct remote *r = opened(p);
    struct err e = {0};
    char at[2 * PATH_SIZE], back[PATH_SIZE];
    snprintf(back, sizeof(back), "%s/back", scratch);
    for (size_t i = 0; i < COUNT(paths); i++) {
        struct remote_facts there;
        snprintf(at, sizeof(at), "%s/%s", place, paths[i]);
        well(remote_look(r, paths[i], &there, &e), &e);
        assert_false(there.there);
        assert_int_equal(remote_get(r, paths[i], back, 5000, &e), -ENOENT);
        assert_int_equal(e.code, 0);
        sent_well(r, small, paths[i]);
        assert_true(holds(at, small));
        sent_well(r, tiny, paths[i]);
        assert_true(holds(at, tiny));
        well(remote_look(r, paths[i], &there, &e), &e);
        assert_true(there.there && there.bytes == 1000);
        if (more)
            more(&there);
        well(remote_get(r, paths[i], back, 1000, &e), &e);
        assert_true(holds(back, tiny));
        assert_int_equal(remote_get(r, paths[i], back, 999, &e), -EFBIG);
        assert_false(remote_may_mend(&e));
        e = (struct err){0};
        well(remote_remove(r, paths[i], NULL, &e), &e);
        assert_false(fs_exists(at));
        *strrchr(at, '/') = '\0';
        assert_int_equal(count_names(at, ".part"), 0);
        well(remote_remove(r, paths[i], NULL, &e), &e);
    }
    remote_close(r);
}
