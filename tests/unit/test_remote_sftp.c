// SPDX-License-Identifier: GPL-3.0-or-later
// Against OpenSSH's server, through a proxy that breaks what passes.
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "net/remote.h"

#include "unit/sftphouse.h"

enum { MEGA = 1000000, LARGE = 40 * MEGA, SMALL_FILES = 100 };
#define CANARY "tromme-7b1f"

static struct sftp_house house;

static int build(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    if (sftp_house_build(&house))
        sftp_house_start(&house, INTERNAL_SFTP);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (house.port)
        sftp_house_free(&house);
    return 0;
}

#define NEEDS_SSHD()     \
    do {                 \
        if (!house.port) \
            skip();      \
    } while (0)

// What the target was told to have been sent, and when to stop.
struct told {
    int64_t sent, most, stop_at, cut_at; // 0: never
    struct fault_proxy *proxy;           // cuts it
};

static void sent(void *ctx, int64_t bytes)
{
    struct told *t = ctx;
    t->sent += bytes;
    if (t->sent > t->most)
        t->most = t->sent;
    if (t->cut_at && t->sent >= t->cut_at) {
        fault_proxy_tell(t->proxy, "cut");
        t->cut_at = 0;
    }
}

static bool stopped(const void *ctx)
{
    const struct told *t = ctx;
    return t->stop_at && t->sent >= t->stop_at;
}

static const char *url_of(struct arena *a, int port, const char *below)
{
    return arena_printf(a, "sftp://127.0.0.1:%d%s/%s", port, house.root, below);
}

static struct remote_params params(struct arena *a, int port, struct told *t)
{
    return (struct remote_params){
        .kind = "sftp",
        .url = url_of(a, port, ""),
        .user = house.user,
        .known_hosts = house.known,
        .identity = house.key,
        .sent = sent,
        .stopped = stopped,
        .ctx = t,
    };
}

static struct remote *opened(const struct remote_params *p)
{
    struct remote *r = NULL;
    struct err e = {0};
    if (remote_open(p, &r, &e) < 0)
        fail_msg("%s", e.text);
    return r;
}

// A file of so many bytes that no line compresses; like the store's results nobody may write it.
static struct remote_file made(struct arena *a, const char *name, const char *path, int64_t bytes,
                               unsigned seed)
{
    char *data = arena_alloc(a, (size_t)bytes + 1), *sha = arena_alloc(a, HASH_HEX);
    for (int64_t i = 0; i < bytes; i++) {
        seed = seed * 1664525u + 1013904223u;
        data[i] = (char)(seed >> 24);
    }
    const char *from = fs_join(a, house.dir, name);
    unlink(from);
    assert_true(fs_replace(from, data, (size_t)bytes, NULL) >= 0);
    chmod(from, 0444);
    hash_bytes(data, (size_t)bytes, sha);
    return (struct remote_file){.from = from, .path = path, .bytes = bytes, .sha256 = sha};
}

static void assert_is_there(struct arena *a, const struct remote_file *f)
{
    char got[HASH_HEX];
    struct err e = {0};
    struct stat st;
    const char *at = fs_join(a, house.root, f->path);
    if (hash_file(at, got, NULL, NULL, NULL, &e) < 0)
        fail_msg("%s", e.text);
    assert_string_equal(got, f->sha256);
    assert_int_equal(stat(at, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
}

static size_t parts_left(struct arena *a)
{
    char **names;
    size_t n, parts = 0;
    assert_true(fs_list_tree(a, house.root, &names, &n, NULL) >= 0);
    for (size_t i = 0; i < n; i++)
        parts += str_ends(names[i], ".part");
    return parts;
}

static void no_secret(const struct err *e)
{
    assert_null(strstr(e->text, CANARY));
}

static const char *const awkward[] = {
    "plain.txt",
    "media/2026-02/one two.mp3",
    "a'b\"c.txt",
    "brackets[1]{2}*?.txt",
    "-dash/-rf",
    "#hash.txt",
    "Meløy/Bodø på Ås.mp3",
    "~tilde/$HOME;`id`&|<>!().txt",
    "a/b/c/d/e/f.html",
    " blank ",
};

static void round_trip(const char *path, unsigned seed)
{
    struct arena a = {0};
    struct told t = {0};
    struct err e = {0};
    struct remote_params p = params(&a, house.port, &t);
    struct remote *r = opened(&p);
    const char *back = fs_join(&a, house.dir, "back");
    struct remote_facts there;
    for (int again = 0; again < 2; again++) { // the second time it replaces
        struct remote_file f = made(&a, path[0] == ' ' ? "b l'\"[*{a,b}" : "from", path,
                                    1000 + again, seed + (unsigned)again);
        t.sent = 0;
        if (remote_put(r, &f, &e) < 0)
            fail_msg("%s: %s", path, e.text);
        assert_is_there(&a, &f);
        assert_int_equal(t.sent, f.bytes);
        assert_int_equal(remote_look(r, path, &there, &e), 0);
        assert_true(there.there);
        assert_int_equal(there.bytes, f.bytes);
        if (remote_get(r, path, back, 2000, &e) < 0)
            fail_msg("%s: %s", path, e.text);
        char got[HASH_HEX];
        assert_true(hash_file(back, got, NULL, NULL, NULL, NULL) >= 0);
        assert_string_equal(got, f.sha256);
    }
    assert_int_equal(remote_get(r, path, back, 10, &e), -EFBIG);
    // what broke off goes with it, and only that
    const char *beside = fs_join(&a, house.root, path);
    const char *part = remote_part_name(&a, beside, "0123456789abcdef0123");
    const char *other = remote_part_name(&a, arena_printf(&a, "%s.x", beside), "0123456789abcdef");
    assert_true(fs_replace(part, "half", 4, NULL) >= 0 && fs_replace(other, "half", 4, NULL) >= 0);
    if (remote_remove(r, path, NULL, &e) < 0)
        fail_msg("%s: %s", path, e.text);
    assert_false(fs_exists(part));
    assert_true(fs_exists(other) && unlink(other) == 0);
    assert_int_equal(remote_look(r, path, &there, &e), 0);
    assert_false(there.there);
    e = (struct err){0};
    assert_int_equal(remote_get(r, path, back, 10, &e), -ENOENT);
    assert_int_equal(e.code, 0);
    assert_int_equal(remote_remove(r, path, NULL, &e), 0);
    remote_close(r);
    arena_done(&a);
}

static void every_name_goes_and_comes_back(void **state)
{
    (void)state;
    NEEDS_SSHD();
    struct arena a = {0};
    char **left;
    size_t n;
    for (size_t i = 0; i < COUNT(awkward); i++)
        round_trip(awkward[i], (unsigned)i * 10);
    assert_true(fs_list(&a, house.root, &left, &n, NULL) >= 0);
    assert_int_equal(n, 0); // empty folders are gone, too
    arena_done(&a);
}

// The second through the program that other machines start, as root, where there is one to log in.
static void a_server_that_is_a_program_works_as_well(void **state)
{
    (void)state;
    NEEDS_SSHD();
    char user[sizeof(house.user)];
    if (access(SFTP_SERVER, X_OK) < 0)
        skip();
    snprintf(user, sizeof(user), "%s", house.user);
    sftp_house_stop(&house);
    sftp_house_start(&house, SFTP_SERVER);
    if (geteuid() == 0)
        snprintf(house.user, sizeof(house.user), "root"); // nobody has no shell
    round_trip("media/2026-02/one two.mp3", 7);
    snprintf(house.user, sizeof(house.user), "%s", user);
    sftp_house_stop(&house);
    sftp_house_start(&house, INTERNAL_SFTP);
}

static void folders_can_be_read_by_a_web_server(void **state)
{
    (void)state;
    NEEDS_SSHD();
    struct arena a = {0};
    struct told t = {0};
    struct err e = {0};
    struct stat st;
    sftp_house_stop(&house);
    sftp_house_start(&house, INTERNAL_SFTP " -u 077");
    struct remote_params p = params(&a, house.port, &t);
    struct remote *r = opened(&p);
    struct remote_file f = made(&a, "from", "new/folder/x", 10, 1);
    assert_int_equal(remote_put(r, &f, &e), 0);
    assert_is_there(&a, &f);
    assert_int_equal(stat(fs_join(&a, house.root, "new/folder"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0755);
    assert_int_equal(remote_remove(r, f.path, NULL, &e), 0);
    remote_close(r);
    sftp_house_stop(&house);
    sftp_house_start(&house, INTERNAL_SFTP);
    arena_done(&a);
}

static void a_server_that_cannot_replace_or_flush_does_it_in_two_steps(void **state)
{
    (void)state;
    NEEDS_SSHD();
    sftp_house_stop(&house);
    sftp_house_start(&house, INTERNAL_SFTP " -P posix-rename,fsync");
    round_trip("feed.xml", 3);
    sftp_house_stop(&house);
    sftp_house_start(&house, INTERNAL_SFTP);
}

// Looks all the time whether the file in its place is the old or the new one, whole.
struct watcher {
    const char *path;
    int64_t old_bytes, new_bytes;
    atomic_bool ends;
    atomic_int looks, faults;
    pthread_t thread;
};

static void *watch(void *ctx)
{
    struct watcher *w = ctx;
    while (!w->ends) {
        int64_t bytes = fs_size(w->path);
        w->looks++;
        w->faults += bytes != w->old_bytes && bytes != w->new_bytes;
        poll(NULL, 0, 1);
    }
    return NULL;
}

static void what_broke_in_the_middle_goes_on_there(void **state)
{
    (void)state;
    NEEDS_SSHD();
    struct arena a = {0};
    struct told t = {0};
    struct err e = {0};
    struct fault_proxy proxy;
    fault_proxy_start(&proxy, house.port);
    sftp_house_know(&house, proxy.port, NULL);
    struct remote_params p = params(&a, proxy.port, &t);
    struct remote *r = opened(&p);
    struct remote_file old = made(&a, "old", "media/x.mp3", 1000, 5);
    struct remote_file f = made(&a, "from", "media/x.mp3", LARGE, 6);
    assert_int_equal(remote_put(r, &old, &e), 0);
    struct watcher w = {
        .path = fs_join(&a, house.root, f.path), .old_bytes = old.bytes, .new_bytes = f.bytes};
    pthread_create(&w.thread, NULL, watch, &w);
    t = (struct told){.cut_at = LARGE / 2, .proxy = &proxy};
    fault_proxy_tell(&proxy, "rate 30000000");
    assert_true(remote_put(r, &f, &e) < 0);
    assert_true(remote_may_mend(&e));
    assert_int_equal(t.sent, 0); // nothing of it counts until the next try has looked
    int64_t part = fs_size(arena_printf(&a, "%s/media/.x.mp3.%.16s.part", house.root, f.sha256));
    print_message("# cut with %lld bytes there, %lld told\n", (long long)part, (long long)t.most);
    assert_in_range(part, LARGE / 4, LARGE - LARGE / 4);
    assert_true(t.most - part < 5 * MEGA && part - t.most < 5 * MEGA);
    long long before = fault_proxy_tell(&proxy, "pass");
    if (remote_put(r, &f, &e) < 0)
        fail_msg("%s", e.text);
    long long again = fault_proxy_tell(&proxy, "look") - before;
    print_message("# the rest of %lld bytes took %lld\n", (long long)(LARGE - part), again);
    assert_true((double)again < 1.2 * (double)(LARGE - part));
    assert_int_equal(t.sent, LARGE);
    assert_is_there(&a, &f);
    assert_int_equal(parts_left(&a), 0);
    w.ends = true;
    pthread_join(w.thread, NULL);
    assert_true(w.looks > 20);
    assert_int_equal(w.faults, 0);
    assert_int_equal(remote_remove(r, f.path, NULL, &e), 0);
    remote_close(r);
    fault_proxy_stop(&proxy);
    sftp_house_know(&house, house.port, NULL);
    arena_done(&a);
}

// After a power cut of the far machine: what the name promises is not what is there.
static void a_part_that_is_not_ours_to_its_end_begins_anew(void **state)
{
    (void)state;
    NEEDS_SSHD();
    static const struct {
        int64_t bytes;
        bool zeros;
    } rows[] = {{10 * MEGA, true}, {LARGE / 4 + 7, true}, {LARGE / 4 + 7, false}};
    struct arena a = {0};
    struct told t = {0};
    struct err e = {0};
    struct remote_params p = params(&a, house.port, &t);
    struct remote *r = opened(&p);
    struct remote_file f = made(&a, "from", "x.mp3", LARGE / 4, 6);
    const char *part = arena_printf(&a, "%s/.x.mp3.%.16s.part", house.root, f.sha256);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(fs_copy(f.from, part, 0644, NULL) >= 0);
        int fd = open(part, O_WRONLY);
        assert_int_equal(ftruncate(fd, rows[i].bytes - 4096), 0);
        assert_int_equal(ftruncate(fd, rows[i].bytes), 0);
        close(fd);
        struct passwd *user = getpwnam(house.user);
        assert_true(geteuid() != 0 || chown(part, user->pw_uid, user->pw_gid) == 0);
        t.sent = 0;
        if (remote_put(r, &f, &e) < 0)
            fail_msg("%s", e.text);
        assert_is_there(&a, &f);
        assert_int_equal(t.sent, f.bytes);
    }
    assert_int_equal(remote_remove(r, f.path, NULL, &e), 0);
    remote_close(r);
    arena_done(&a);
}

static void a_server_that_hangs_is_left_and_a_stop_is_heard(void **state)
{
    (void)state;
    NEEDS_SSHD();
    struct arena a = {0};
    struct told t = {0};
    struct err e = {0};
    struct fault_proxy proxy;
    fault_proxy_start(&proxy, house.port);
    sftp_house_know(&house, proxy.port, NULL);
    struct remote_params p = params(&a, proxy.port, &t);
    p.timeout_s = 3;
    struct remote *r = opened(&p), *none = NULL;
    struct remote_file f = made(&a, "from", "x.mp3", LARGE, 8);
    fault_proxy_tell(&proxy, "hang");
    double began = clock_monotonic();
    assert_int_equal(remote_put(r, &f, &e), -ETIMEDOUT);
    print_message("# left after %.1f s: %s\n", clock_monotonic() - began, e.text);
    assert_true(clock_monotonic() - began < 15);
    assert_true(remote_may_mend(&e));
    began = clock_monotonic();
    assert_int_equal(remote_open(&p, &none, &e), -ETIMEDOUT);
    assert_true(clock_monotonic() - began < 15);
    fault_proxy_tell(&proxy, "rate 2000000");
    t = (struct told){.stop_at = 2 * MEGA};
    began = clock_monotonic();
    assert_int_equal(remote_put(r, &f, &e), -ECANCELED);
    assert_int_equal(e.kind, ERR_INTERRUPTED);
    assert_false(remote_may_mend(&e));
    print_message("# stopped after %.1f s\n", clock_monotonic() - began);
    assert_true(clock_monotonic() - began < 20);
    t = (struct told){0};
    fault_proxy_tell(&proxy, "refuse");
    assert_true(remote_put(r, &f, &e) < 0);
    assert_true(remote_may_mend(&e));
    fault_proxy_tell(&proxy, "pass");
    if (remote_put(r, &f, &e) < 0)
        fail_msg("%s", e.text);
    assert_is_there(&a, &f);
    assert_int_equal(remote_remove(r, f.path, NULL, &e), 0);
    remote_close(r);
    fault_proxy_stop(&proxy);
    sftp_house_know(&house, house.port, NULL);
    arena_done(&a);
}

// A connection that was lost while nothing was sent: an error, and the next try connects again.
static void a_lost_connection_is_made_anew(void **state)
{
    (void)state;
    NEEDS_SSHD();
    struct arena a = {0};
    struct told t = {0};
    struct err e = {0};
    struct fault_proxy proxy;
    fault_proxy_start(&proxy, house.port);
    sftp_house_know(&house, proxy.port, NULL);
    struct remote_params p = params(&a, proxy.port, &t);
    struct remote *r = opened(&p);
    struct remote_file f = made(&a, "from", "x.mp3", 100, 8);
    fault_proxy_tell(&proxy, "cut");
    assert_true(remote_put(r, &f, &e) < 0);
    assert_int_equal(e.code, -ECONNRESET);
    assert_true(remote_may_mend(&e));
    assert_int_equal(remote_put(r, &f, &e), 0);
    assert_int_equal(remote_remove(r, f.path, NULL, &e), 0);
    remote_close(r);
    fault_proxy_stop(&proxy);
    sftp_house_know(&house, house.port, NULL);
    arena_done(&a);
}

struct refusal {
    const char *of;
    int code;
    bool mends;
    const char *says[4];
};

static void assert_refusal(const struct refusal *row, int r, const struct err *e)
{
    print_message("# %s: %s\n", row->of, e->text);
    assert_int_equal(r, row->code);
    assert_int_equal(e->code, row->code);
    assert_int_equal(remote_may_mend(e), row->mends);
    for (size_t i = 0; i < COUNT(row->says) && row->says[i]; i++)
        if (!strstr(e->text, row->says[i]))
            fail_msg("it does not say: %s", row->says[i]);
    no_secret(e);
}

static void what_does_not_open_says_what_would_mend_it(void **state)
{
    (void)state;
    NEEDS_SSHD();
    struct arena a = {0};
    struct told t = {0};
    const struct remote_params good = params(&a, house.port, &t);
    struct remote_params at[14];
    for (size_t i = 0; i < COUNT(at); i++)
        at[i] = good;
    at[0].secret = CANARY;
    at[1].identity = fs_join(&a, house.dir, "stranger");
    at[2].identity = fs_join(&a, house.dir, "none");
    at[3].known_hosts = "/dev/null";
    at[4].known_hosts = fs_join(&a, house.dir, "changed");
    at[5].url = arena_printf(&a, "sftp://127.0.0.1:%d/x/", free_port());
    at[6].url = "sftp://nowhere.invalid/x/";
    at[7].url = url_of(&a, house.port, "none/");
    at[8].url = "sftp://kari:" CANARY "@127.0.0.1/x/";
    at[9].url = "https://127.0.0.1/x/";
    at[10].user = "kari nordmann";
    at[11].user = "kari-who-is-not-there";
    at[12].url = "sftp://kari:" CANARY "/x@127.0.0.1/x/";
    at[13].url = "sftp://kari:22/" CANARY "%00@127.0.0.1/x/";
    static const struct refusal rows[] = {
        {"a password", -EINVAL, false, {"ssh-keygen -t ed25519", "ssh-copy-id -i", "identity:"}},
        {"another's key", -EACCES, false, {"ssh-copy-id -i ", "/stranger -p ", "ssh-add"}},
        {"no key", -EINVAL, false, {"there is no such key", "ssh-keygen"}},
        {"unknown host",
         -EKEYREJECTED,
         false,
         {"ssh-keygen -lf -", "ssh-keyscan -H -p ", " >> /dev/null"}},
        {"changed host", -EKEYREJECTED, false, {"another key", "-R '[127.0.0.1]:", "ssh-keyscan"}},
        {"refused", -ECONNREFUSED, true, {"127.0.0.1", "does ssh run there"}},
        {"no such name", -EHOSTUNREACH, true, {"nowhere.invalid", "no computer"}},
        {"no folder", -ENOENT, false, {"/none", "is not there"}},
        {"login in the address", -EINVAL, false, {"user: NAME"}},
        {"other scheme", -EINVAL, false, {"sftp://"}},
        {"a blank in the user", -EINVAL, false, {"user:"}},
        {"no such user", -EACCES, false, {"kari-who-is-not-there", "ssh-copy-id"}},
        {"a login that is not read as one", -EINVAL, false, {"must be like sftp://"}},
        {"a path with a character of none", -EINVAL, false, {"must be like sftp://"}},
    };
    sftp_house_know(&house, house.port, "other");
    assert_true(fs_copy(house.known, at[4].known_hosts, 0644, NULL) >= 0);
    sftp_house_know(&house, house.port, NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        struct remote *r = NULL;
        assert_refusal(&rows[i], remote_open(&at[i], &r, &e), &e);
        assert_null(r);
    }
    arena_done(&a);
}

static void without_sftp_it_says_what_to_install(void **state)
{
    (void)state;
    NEEDS_SSHD();
    struct arena a = {0};
    struct told t = {0};
    struct err e = {0};
    struct remote *r = NULL;
    struct remote_params p = params(&a, house.port, &t);
    const char *path = arena_strdup(&a, getenv("PATH"));
    static const struct refusal row = {
        "no sftp", -EPERM, false, {"sudo apt install openssh-client"}};
    setenv("PATH", house.root, 1);
    int k = remote_open(&p, &r, &e);
    setenv("PATH", path, 1);
    assert_refusal(&row, k, &e);
    arena_done(&a);
}

static void what_cannot_be_put_says_why(void **state)
{
    (void)state;
    NEEDS_SSHD();
    struct arena a = {0};
    struct told t = {0};
    struct remote_params p = params(&a, house.port, &t);
    struct remote *r = opened(&p);
    struct remote_file f = made(&a, "from", "x", 100000, 9);
    static const struct refusal rows[] = {
        {"locked/x", -EACCES, false, {"locked/x", "may not write"}},
        {"locked/new/x", -EACCES, false, {"locked/new", "may make no folder"}},
        {"folder", -EISDIR, false, {"folder", "is a folder there"}},
        {"full", -ENOSPC, false, {"full", "disk"}},
        {"file/x", -ENOENT, false, {"file/x"}},
        {"line\nend", -EINVAL, false, {"character"}},
        {"back\\slash", -EINVAL, false, {"leads out of the target"}},
    };
    const char *locked = fs_join(&a, house.root, "locked"), *file = fs_join(&a, house.root, "file");
    assert_true(fs_mkdirs(fs_join(&a, house.root, "folder/below"), NULL) >= 0);
    assert_true(fs_replace(file, "x", 1, NULL) >= 0);
    assert_true(fs_mkdirs(locked, NULL) >= 0);
    chmod(locked, 0555);
    assert_int_equal(
        symlink("/dev/full", arena_printf(&a, "%s/.full.%.16s.part", house.root, f.sha256)), 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        f.path = rows[i].of;
        assert_refusal(&rows[i], remote_put(r, &f, &e), &e);
        assert_int_equal(t.sent, 0);
    }
    struct err e = {0};
    f.path = "after";
    assert_int_equal(remote_put(r, &f, &e), 0); // the target is usable still
    assert_is_there(&a, &f);
    remote_close(r);
    chmod(locked, 0755);
    assert_true(fs_remove_tree(house.root, NULL) >= 0);
    assert_true(fs_mkdirs(house.root, NULL) >= 0);
    struct passwd *user = getpwnam(house.user);
    assert_true(geteuid() != 0 || chown(house.root, user->pw_uid, user->pw_gid) == 0);
    arena_done(&a);
}

static void many_small_files_go_over_one_connection(void **state)
{
    (void)state;
    NEEDS_SSHD();
    struct arena a = {0};
    struct told t = {0};
    struct err e = {0};
    struct fault_proxy proxy;
    fault_proxy_start(&proxy, house.port);
    sftp_house_know(&house, proxy.port, NULL);
    int first = 0; // with those of who looked whether it listens
    struct remote_params p = params(&a, proxy.port, &t);
    double began = clock_monotonic();
    struct remote *r = opened(&p);
    double connected = clock_monotonic();
    for (unsigned i = 0; i < SMALL_FILES; i++) {
        struct remote_file f =
            made(&a, "from", arena_printf(&a, "pages/%u/index.html", i % 10), 8000, i);
        f.path = arena_printf(&a, "pages/%u/%u.html", i % 10, i);
        if (remote_put(r, &f, &e) < 0)
            fail_msg("%s", e.text);
        assert_is_there(&a, &f);
        if (i == 0) {
            fault_proxy_tell(&proxy, "look");
            first = proxy.connections;
        }
    }
    print_message("# connected in %.2f s, %d files in %.2f s\n", connected - began, SMALL_FILES,
                  clock_monotonic() - connected);
    fault_proxy_tell(&proxy, "look");
    assert_true(first > 0);
    assert_int_equal(proxy.connections, first);
    remote_close(r);
    fault_proxy_stop(&proxy);
    sftp_house_know(&house, house.port, NULL);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_goes_and_comes_back),
        cmocka_unit_test(a_server_that_is_a_program_works_as_well),
        cmocka_unit_test(folders_can_be_read_by_a_web_server),
        cmocka_unit_test(a_server_that_cannot_replace_or_flush_does_it_in_two_steps),
        cmocka_unit_test(what_broke_in_the_middle_goes_on_there),
        cmocka_unit_test(a_part_that_is_not_ours_to_its_end_begins_anew),
        cmocka_unit_test(a_server_that_hangs_is_left_and_a_stop_is_heard),
        cmocka_unit_test(a_lost_connection_is_made_anew),
        cmocka_unit_test(what_does_not_open_says_what_would_mend_it),
        cmocka_unit_test(without_sftp_it_says_what_to_install),
        cmocka_unit_test(what_cannot_be_put_says_why),
        cmocka_unit_test(many_small_files_go_over_one_connection),
    };
    return cmocka_run_group_tests(tests, build, tear_down);
}
