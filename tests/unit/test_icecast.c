// SPDX-License-Identifier: GPL-3.0-or-later
// The outlet to Icecast against icecast2 itself.
#include "base/arena.h"
#include "base/clock.h"
#include "live/to_icecast.h"
#include "media/coder.h"
#include "net/icecast.h"
#include "net/icestatus.h"
#include "net/iceway.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include <cmocka.h>

#include "unit/ffmpeg.h"
#include "unit/servers.h"

enum { PACKETS_MAX = 2000, SECONDS = 10, RATE = 48000 };

// What an encoder of the relay would have made.
struct reel {
    const char *codec;
    AVCodecParameters *par;
    struct feed feed;
    AVPacket *pkts[PACKETS_MAX];
    size_t count;
    AVRational base;
};

static struct icecast_house house, small;
static struct reel reels[] = {
    {.codec = "libmp3lame"}, {.codec = "libopus"}, {.codec = "libvorbis"}, {.codec = "aac"}};
enum { MP3, OPUS, VORBIS, AAC };

// libshout 2.4.6 keeps a reference to the server's certificate where it looks at it twice; nothing
// here calls libcrypto itself.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libcrypto\n";
}

static int keep(void *ctx, AVPacket *pkt, struct err *e)
{
    struct reel *r = ctx;
    (void)e;
    assert_true(r->count < PACKETS_MAX);
    AVPacket *p = r->pkts[r->count++] = av_packet_clone(pkt);
    p->stream_index = FEED_AUDIO;
    return 0;
}

static void from_zero(struct reel *r)
{
    int64_t first = r->pkts[0]->pts;
    for (size_t i = 0; i < r->count; i++) {
        r->pkts[i]->pts -= first;
        r->pkts[i]->dts = r->pkts[i]->pts;
        av_packet_rescale_ts(r->pkts[i], r->base, FEED_TIME_BASE);
    }
    r->feed = (struct feed){.name = r->codec, .codec[FEED_AUDIO] = r->par, .bitrate_kbps = 128};
}

static void make_reel(struct reel *r)
{
    const struct sink_params sp = {
        .codec = r->codec, .sample_rate = RATE, .channels = 2, .bitrate_kbps = 128};
    const struct coder_params cp = {.sink = &sp, .global_header = true, .packet = keep, .ctx = r};
    struct coder *c = NULL;
    struct err e = {0};
    float tone[RATE / 10];
    const float *const planes[] = {tone, tone};
    for (size_t i = 0; i < COUNT(tone); i++)
        tone[i] = 0.25f * sinf((float)i * 2 * 3.14159265f * 440 / RATE);
    if (coder_open(&cp, &c, &e) < 0)
        fail_msg("%s", e.text);
    for (int i = 0; i < SECONDS * 10; i++)
        assert_true(coder_write(c, planes, COUNT(tone), &e) >= 0);
    assert_true(coder_flush(c, &e) >= 0);
    r->base = coder_context(c)->time_base;
    r->par = avcodec_parameters_alloc();
    avcodec_parameters_from_context(r->par, coder_context(c));
    coder_close(c);
    from_zero(r);
}

// No encoder of ours writes Vorbis.
static void make_vorbis(struct reel *r)
{
    char path[300];
    AVFormatContext *in = NULL;
    AVPacket *pkt = av_packet_alloc();
    snprintf(path, sizeof(path), "%s/tone.ogg", house.dir);
    ffmpeg_make((const char *const[]){"-f", "lavfi", "-i", "sine=sample_rate=48000:duration=10",
                                      "-ac", "2", "-c:a", "libvorbis", path, NULL});
    assert_int_equal(avformat_open_input(&in, path, NULL, NULL), 0);
    r->par = avcodec_parameters_alloc();
    avcodec_parameters_copy(r->par, in->streams[0]->codecpar);
    r->base = in->streams[0]->time_base;
    for (; av_read_frame(in, pkt) >= 0; av_packet_unref(pkt))
        keep(r, pkt, NULL);
    avformat_close_input(&in);
    av_packet_free(&pkt);
    from_zero(r);
}

static int set_up(void **state)
{
    char path[PROGRAM_PATH];
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    libav_quiet();
    scratch_new(house.dir);
    make_certificates(house.dir);
    for (size_t i = 0; i < COUNT(reels); i++)
        if (i != VORBIS)
            make_reel(&reels[i]);
    if (ffmpeg_find(path))
        make_vorbis(&reels[VORBIS]);
    if (program_find("icecast2", path))
        icecast_start(&house, 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(reels); i++) {
        for (size_t k = 0; k < reels[i].count; k++)
            av_packet_free(&reels[i].pkts[k]);
        avcodec_parameters_free(&reels[i].par);
    }
    icecast_stop(&house);
    icecast_stop(&small);
    scratch_free(house.dir);
    return 0;
}

static void need_icecast(void)
{
    if (!house.port)
        skip();
}

static void *caster(const struct icecast_house *h, bool tls, const char *mount,
                    const char *password)
{
    char url[200], ca[300];
    void *ctx = NULL;
    struct err e = {0};
    snprintf(url, sizeof(url), "%s://localhost:%d%s", tls ? "https" : "http",
             tls ? h->tls_port : h->port, mount);
    snprintf(ca, sizeof(ca), "%s/ca.pem", house.dir);
    if (to_icecast_new(&(struct to_icecast_params){.url = url,
                                                   .password = password,
                                                   .ca_file = ca,
                                                   .name = "Det gode liv i nord",
                                                   .genre = "Talk"},
                       &ctx, &e) < 0)
        fail_msg("%s", e.text);
    return ctx;
}

// Again, as the relay does it, where the mount was ours a moment ago: its page may say that it is
// free before the server lets go of it.
static void opened(void *c, const struct reel *r)
{
    struct err e = {0};
    int k = -EAGAIN;
    for (int i = 0; i < 4 && k == -EAGAIN; i++) {
        poll(NULL, 0, 100 * i);
        k = to_icecast.open(c, &r->feed, &e);
    }
    if (k < 0)
        fail_msg("%s", e.text);
}

static void no_secret(const struct err *e)
{
    assert_null(strstr(e->text, ICECAST_SECRET));
}

// Sends from packet *at on, `speed` times as fast as real time, until p has ended or the reel has.
static void play(void *c, const struct reel *r, size_t *at, double speed, const struct proc *p)
{
    const double begin = clock_monotonic();
    const tick from = r->pkts[*at]->pts;
    struct err e = {0};
    for (; *at < r->count && !(p && proc_ended(p)); ++*at) {
        double due = begin + tick_to_s(r->pkts[*at]->pts - from) / speed;
        while (clock_monotonic() < due)
            poll(NULL, 0, 5);
        if (to_icecast.send(c, r->pkts[*at], &e) < 0)
            fail_msg("%s", e.text);
    }
}

// The server's word on a mount, asked until it is `up` or not, as wanted. Its page comes behind: a
// mount that has just begun is not there yet, so who waits for its end waits for its begin first.
static struct icestatus status_until(const struct icecast_house *h, const char *mount, bool up)
{
    const struct icecast_server s = {.host = "127.0.0.1", .port = h->port, .mount = mount};
    struct icestatus got = {0};
    struct err e = {0};
    for (int i = 0; i < 40; i++) {
        if (icestatus_get(&s, &got, &e) >= 0 && got.up == up)
            return got;
        poll(NULL, 0, 50);
    }
    fail_msg("%s is %s %s", mount, up ? "not there" : "still there", e.text);
    return got;
}

static void listen_to(const char *mount, size_t reel, bool tls)
{
    char ffmpeg[FFMPEG_PATH], url[200], wav[300];
    struct proc p;
    struct err e = {0};
    size_t at = 0;
    int status = -1;
    assert_true(ffmpeg_find(ffmpeg));
    void *c = caster(&house, tls, mount, ICECAST_SECRET);
    opened(c, &reels[reel]);
    while (at < 50) // the burst that a player begins with
        assert_true(to_icecast.send(c, reels[reel].pkts[at++], &e) >= 0);
    assert_true(status_until(&house, mount, true).up);
    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", house.port, mount);
    snprintf(wav, sizeof(wav), "%s/%s.raw", house.dir, mount + 1);
    const char *argv[] = {ffmpeg, "-v",    "error", "-nostdin", "-xerror", "-i", url, "-t", "3",
                          "-f",   "s16le", "-ar",   "48000",    "-ac",     "2",  wav, NULL};
    assert_true(proc_start(argv, &p, &e) >= 0);
    play(c, &reels[reel], &at, 2.5, &p);
    to_icecast.close(c, false);
    proc_wait(&p, &status);
    assert_int_equal(status, 0);
    // A player's clock begins with the burst: it may miss an encoder's delay, no more.
    assert_true(fs_size(wav) > (int64_t)(2.9 * RATE * 4));
    status_until(&house, mount, false);
    to_icecast.free(c);
}

static void mounts_play(void **state)
{
    static const struct {
        const char *mount;
        size_t reel;
        bool tls;
    } rows[] = {
        {"/plain.mp3", MP3, false}, {"/plain.opus", OPUS, false}, {"/plain.ogg", VORBIS, false},
        {"/plain.aac", AAC, false}, {"/tls.mp3", MP3, true},      {"/tls.opus", OPUS, true},
        {"/tls.aac", AAC, true},
    };
    char ffmpeg[FFMPEG_PATH];
    (void)state;
    need_icecast();
    if (!ffmpeg_find(ffmpeg))
        skip();
    for (size_t i = 0; i < COUNT(rows); i++)
        listen_to(rows[i].mount, rows[i].reel, rows[i].tls);
}

static int open_files(void)
{
    int n = 0;
    for (int fd = 0; fd < FD_SETSIZE; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

// Over TLS the mount is free at once, the server rests, and the next connection stands.
static void tls_ends_well(void **state)
{
    static const size_t kinds[] = {MP3, OPUS, AAC};
    (void)state;
    need_icecast();
    for (size_t i = 0; i < COUNT(kinds); i++) {
        int files = open_files();
        void *c = caster(&house, true, "/end", ICECAST_SECRET);
        struct err e = {0};
        for (int turn = 0; turn < 3; turn++) {
            opened(c, &reels[kinds[i]]);
            for (size_t at = 0; at < 60; at++)
                assert_true(to_icecast.send(c, reels[kinds[i]].pkts[at], &e) >= 0);
            status_until(&house, "/end", true);
            to_icecast.close(c, turn == 1);
            status_until(&house, "/end", false);
        }
        long before = ticks_of(house.p.pid);
        poll(NULL, 0, 1000);
        long spent = ticks_of(house.p.pid) - before;
        if (spent > 20)
            fail_msg("icecast spins: %ld hundredths in a second", spent);
        to_icecast.free(c);
        assert_int_equal(open_files(), files);
    }
}

static void wrong_password(void **state)
{
    static const size_t kinds[] = {MP3, AAC};
    (void)state;
    need_icecast();
    for (size_t i = 0; i < COUNT(kinds); i++) {
        void *c = caster(&house, false, "/pass", ICECAST_SECRET "-not");
        struct err e = {0};
        assert_int_equal(to_icecast.open(c, &reels[kinds[i]].feed, &e), -EACCES);
        assert_int_equal(e.kind, ERR_INPUT);
        assert_non_null(strstr(e.text, "<source-password>"));
        no_secret(&e);
        to_icecast.free(c);
    }
}

static void in_use_until_free(void **state)
{
    (void)state;
    need_icecast();
    void *first = caster(&house, false, "/one", ICECAST_SECRET);
    void *second = caster(&house, false, "/one", ICECAST_SECRET);
    struct err e = {0};
    opened(first, &reels[MP3]);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(to_icecast.open(second, &reels[i ? AAC : MP3].feed, &e), -EBUSY);
        assert_int_equal(e.kind, ERR_REMOTE);
    }
    // As if the first one's computer had gone: silent, until the server's source-timeout of 4 s.
    double begin = clock_monotonic();
    int r;
    while ((r = to_icecast.open(second, &reels[MP3].feed, &e)) < 0) {
        assert_int_equal(e.kind, ERR_REMOTE);
        assert_true(clock_monotonic() - begin < 8);
        poll(NULL, 0, 300);
    }
    assert_true(clock_monotonic() - begin > 2);
    to_icecast.close(second, true);
    to_icecast.close(first, true);
    to_icecast.free(first);
    to_icecast.free(second);
}

static void third_source(void **state)
{
    (void)state;
    need_icecast();
    struct icecast_house *two = &small;
    void *c[3];
    struct err e = {0};
    memcpy(two->dir, house.dir, sizeof(two->dir));
    icecast_start(two, 2);
    for (int i = 0; i < 3; i++) {
        char mount[16];
        snprintf(mount, sizeof(mount), "/n%d", i);
        c[i] = caster(two, false, mount, ICECAST_SECRET);
        if (i < 2)
            opened(c[i], &reels[MP3]);
    }
    assert_int_equal(to_icecast.open(c[2], &reels[MP3].feed, &e), -EUSERS);
    assert_int_equal(e.kind, ERR_INPUT);
    assert_non_null(strstr(e.text, "raise <sources> in /etc/icecast2/icecast.xml"));
    status_until(two, "/n0", true);
    to_icecast.close(c[0], false);
    status_until(two, "/n0", false);
    opened(c[2], &reels[MP3]);
    status_until(two, "/n2", true);
    to_icecast.close(c[2], false);
    status_until(two, "/n2", false);
    opened(c[0], &reels[MP3]);
    // Once it has worked, a full server is worth another try.
    assert_int_equal(to_icecast.open(c[2], &reels[MP3].feed, &e), -EUSERS);
    assert_int_equal(e.kind, ERR_REMOTE);
    for (int i = 0; i < 3; i++)
        to_icecast.free(c[i]);
}

// The server stops reading: sending ends 5 s after the last byte went through.
static void frozen_server(void **state)
{
    static const struct {
        size_t reel;
        bool tls;
    } rows[] = {{MP3, false}, {MP3, true}, {AAC, true}};
    (void)state;
    need_icecast();
    void *c[COUNT(rows)];
    struct err e = {0};
    int r[COUNT(rows)] = {0};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char mount[16];
        snprintf(mount, sizeof(mount), "/f%zu", i);
        c[i] = caster(&house, rows[i].tls, mount, ICECAST_SECRET);
        opened(c[i], &reels[rows[i].reel]);
    }
    kill(house.p.pid, SIGSTOP);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct reel *from = &reels[rows[i].reel];
        double moved = clock_monotonic(), begin = moved;
        size_t backlog = 0;
        for (size_t at = 0; r[i] >= 0 && clock_monotonic() - begin < 30; at++) {
            r[i] = to_icecast.send(c[i], from->pkts[at % from->count], &e);
            size_t now = to_icecast.backlog(c[i]);
            if (at < 2 || now < backlog || now == 0)
                moved = clock_monotonic();
            backlog = now;
        }
        double took = clock_monotonic() - begin;
        print_message("# %s%s: back after %.2f s\n", from->codec, rows[i].tls ? " over TLS" : "",
                      took);
        assert_int_equal(r[i], -ETIMEDOUT);
        assert_int_equal(e.kind, ERR_REMOTE);
        assert_true(took > 4.5 && took < 6.5);
        begin = clock_monotonic();
        to_icecast.close(c[i], true);
        assert_true(clock_monotonic() - begin < 0.2);
        // The system accepts, the server does not answer.
        begin = clock_monotonic();
        assert_int_equal(to_icecast.open(c[i], &from->feed, &e), -ETIMEDOUT);
        took = clock_monotonic() - begin;
        print_message("# %s: open gives up after %.2f s\n", from->codec, took);
        assert_true(took < 6);
    }
    kill(house.p.pid, SIGCONT);
    for (size_t i = 0; i < COUNT(rows); i++)
        to_icecast.free(c[i]);
}

static int no_answer(const struct icecast_params *p, const struct iceway *way)
{
    void *link = NULL;
    struct err e = {0};
    int r = way->open(p, clock_monotonic() + 1.5, &link, &e);
    assert_null(link);
    return r;
}

static void certificates(void **state)
{
    static const char *const names[] = {"unknown", "expired", "other", "good"};
    char ca[300], told[4000];
    (void)state;
    snprintf(ca, sizeof(ca), "%s/ca.pem", house.dir);
    for (size_t i = 0; i < COUNT(names); i++) {
        struct recorder t;
        struct err e = {0};
        bool good = i == 3;
        recorder_start(&t, house.dir, names[i]);
        struct icecast_params p = {.server = {.tls = true,
                                              .host = "localhost",
                                              .port = t.port,
                                              .mount = "/x",
                                              .password = ICECAST_SECRET,
                                              .ca_file = ca}};
        for (int way = 0; way < 2 && !good; way++) {
            struct icecast *ic = NULL;
            p.format = way ? ICECAST_AAC : ICECAST_MP3;
            assert_int_equal(icecast_open(&p, &ic, &e), -EKEYREJECTED);
            assert_int_equal(e.kind, ERR_INPUT);
            print_message("# %s: %s\n", names[i], e.text);
        }
        // libshout by itself, which could have been led to another server meanwhile.
        p.format = ICECAST_MP3;
        assert_int_equal(no_answer(&p, &iceway_shout), good ? -ETIMEDOUT : -EKEYREJECTED);
        // The PUT sends its login with the request, so the recorder proves that it hears.
        assert_int_equal(no_answer(&p, &iceway_put), good ? -ETIMEDOUT : -EKEYREJECTED);
        recorder_stop(&t, told, sizeof(told));
        if (good) {
            assert_non_null(strstr(told, "SOURCE /x"));
            assert_non_null(strstr(told, "Authorization: Basic c291cmNlOnRyb21tZS03YjFm"));
        } else {
            assert_string_equal(told, "");
        }
    }
}

// Takes who only looks whether it is there, breaks the login off, and says to the next why.
static void *hang_up(void *ctx)
{
    static const char full[] = "HTTP/1.0 403 too many sources connected\r\n"
                               "Content-Length: 16\r\n\r\ntoo many sources";
    static const struct linger reset = {.l_onoff = 1};
    char text[2000];
    int fd;
    for (int i = 0; (fd = accept(*(int *)ctx, NULL, NULL)) >= 0; i++) {
        bool asked = read(fd, text, sizeof(text)) > 0;
        if (i == 1)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        else if (asked)
            (void)!write(fd, full, sizeof(full) - 1);
        close(fd);
    }
    return NULL;
}

static void what_hangs_up_is_asked_why(void **state)
{
    (void)state;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    pthread_t t;
    assert_int_equal(pthread_create(&t, NULL, hang_up, &fd), 0);
    const struct icecast_params p = {.server = {.host = "127.0.0.1",
                                                .port = ntohs(at.sin_port),
                                                .mount = "/x",
                                                .password = ICECAST_SECRET}};
    struct icecast *ic = NULL;
    struct err e = {0};
    assert_int_equal(icecast_open(&p, &ic, &e), -EUSERS);
    assert_non_null(strstr(e.text, "raise <sources>"));
    shutdown(fd, SHUT_RDWR);
    pthread_join(t, NULL);
    close(fd);
}

static void titles_and_listeners(void **state)
{
    (void)state;
    need_icecast();
    void *c = caster(&house, false, "/title.mp3", ICECAST_SECRET);
    struct icestatus s = {0};
    struct err e = {0};
    size_t at = 0;
    to_icecast_title(c, "Kapittel: «Trivsel & ro» på Meløy / 100%");
    for (int turn = 0; turn < 2; turn++) { // and after a reconnect
        opened(c, &reels[MP3]);
        double begin = clock_monotonic();
        while (!*s.title && clock_monotonic() - begin < 4) {
            assert_true(to_icecast.send(c, reels[MP3].pkts[at++ % reels[MP3].count], &e) >= 0);
            s = status_until(&house, "/title.mp3", true);
        }
        assert_string_equal(s.title, "Kapittel: «Trivsel & ro» på Meløy / 100%");
        begin = clock_monotonic(); // they are asked for behind the title
        while (to_icecast_listeners(c) < 0 && clock_monotonic() - begin < 4)
            poll(NULL, 0, 20);
        assert_int_equal(to_icecast_listeners(c), 0);
        to_icecast.close(c, false);
        status_until(&house, "/title.mp3", false);
        s.title[0] = '\0';
    }
    to_icecast.free(c);
    const struct icecast_server v = {
        .host = "127.0.0.1", .port = house.port, .mount = "/o", .password = ICECAST_SECRET};
    c = caster(&house, false, "/o", ICECAST_SECRET);
    assert_true(icestatus_title(&v, "x", &e) < 0); // no source there
    opened(c, &reels[OPUS]);
    status_until(&house, "/o", true);
    assert_int_equal(icestatus_title(&v, "x", &e), -EOPNOTSUPP);
    to_icecast.free(c);
}

static void *interrupt_soon(void *c)
{
    poll(NULL, 0, 300);
    to_icecast.interrupt(c);
    return NULL;
}

// Somebody accepts and says nothing.
static void interrupted(void **state)
{
    static const size_t kinds[] = {MP3, AAC};
    (void)state;
    for (size_t i = 0; i < COUNT(kinds) * 2; i++) {
        struct icecast_house hole = {.port = 0};
        pthread_t t;
        struct err e = {0};
        int fd = listen_local(&hole.port);
        hole.tls_port = hole.port;
        void *c = caster(&hole, i % 2, "/x", ICECAST_SECRET);
        double begin = clock_monotonic();
        pthread_create(&t, NULL, interrupt_soon, c);
        assert_true(to_icecast.open(c, &reels[kinds[i / 2]].feed, &e) < 0);
        assert_true(clock_monotonic() - begin < 2);
        pthread_join(t, NULL);
        to_icecast.free(c);
        close(fd);
    }
}

// Nobody listens at any address, by libshout itself.
static void all_refuse(void)
{
    int files = open_files();
    const struct icecast_params p = {
        .server = {
            .host = "localhost", .port = free_port(), .mount = "/x", .password = ICECAST_SECRET}};
    assert_int_equal(no_answer(&p, &iceway_shout), -ECONNREFUSED);
    assert_int_equal(open_files(), files);
}

// At ::1 somebody listens whose queue is full: the system drops who comes then. At 127.0.0.1 is the
// server, and it asks for the login, so that libshout comes twice.
static void first_is_mute(void)
{
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)house.port)};
    at.sin6_addr = in6addr_loopback;
    int on = 1, fd[4];
    for (size_t i = 0; i < COUNT(fd); i++) {
        fd[i] = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        assert_true(fd[i] >= 0);
        if (i > 0) {
            connect(fd[i], (const struct sockaddr *)&at, sizeof(at));
            continue;
        }
        setsockopt(fd[i], IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
        setsockopt(fd[i], SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        assert_int_equal(bind(fd[i], (const struct sockaddr *)&at, sizeof(at)), 0);
        assert_int_equal(listen(fd[i], 0), 0);
    }
    poll(NULL, 0, 100);
    // Two seconds for ::1 the first time, and none the second.
    const struct icecast_params p = {
        .server = {
            .host = "localhost", .port = house.port, .mount = "/mute", .password = ICECAST_SECRET}};
    void *link = NULL;
    struct err e = {0};
    double begin = clock_monotonic();
    if (iceway_shout.open(&p, begin + 3.8, &link, &e) < 0)
        fail_msg("%s", e.text);
    assert_true(clock_monotonic() - begin > 1); // or there was nothing to wait for
    iceway_shout.close(link);
    for (size_t i = 0; i < COUNT(fd); i++)
        close(fd[i]);
}

// As Debian's own /etc/hosts has it, ::1 comes first; the server knows IPv4 alone. The last test:
// the hosts of this process are its own from there on.
static void each_address_is_tried(void **state)
{
    static const char names[] = "127.0.0.1 localhost\n::1 localhost\n";
    static const size_t kinds[] = {MP3, AAC};
    (void)state;
    need_icecast();
    char hosts[PATH_MAX];
    struct addrinfo *all = NULL;
    snprintf(hosts, sizeof(hosts), "%s/hosts", house.dir);
    assert_true(fs_replace(hosts, names, strlen(names), NULL) >= 0);
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount(hosts, "/etc/hosts", NULL, MS_BIND, NULL) < 0)
        skip();
    assert_int_equal(getaddrinfo("localhost", NULL, NULL, &all), 0);
    bool first_v6 = all->ai_family == AF_INET6;
    freeaddrinfo(all);
    if (!first_v6) // a kernel without IPv6
        skip();
    for (size_t i = 0; i < COUNT(kinds) * 2; i++) {
        void *c = caster(&house, i % 2, "/both", ICECAST_SECRET);
        opened(c, &reels[kinds[i / 2]]);
        status_until(&house, "/both", true);
        to_icecast.free(c);
        status_until(&house, "/both", false);
    }
    all_refuse();
    first_is_mute();
}

static void addresses(void **state)
{
    static const struct {
        const char *url, *host, *mount; // host NULL: refused
        int port;
        bool tls;
    } rows[] = {
        {"https://stream.example.org:8443/dgl.mp3", "stream.example.org", "/dgl.mp3", 8443, true},
        {"http://10.0.0.1:8000/a/b", "10.0.0.1", "/a/b", 8000, false},
        {"https://radio.example.org/x", "radio.example.org", "/x", 443, true},
        {"http://[::1]:8000/x", "::1", "/x", 8000, false},
        {"https://source:tromme@x.example.org/x", NULL, NULL, 0, false},
        {"https://x.example.org/", NULL, NULL, 0, false},
        {"https://x.example.org", NULL, NULL, 0, false},
        {"https://x.example.org/x?key=1", NULL, NULL, 0, false},
        {"rtmp://x.example.org/x", NULL, NULL, 0, false},
        {"icecast://x.example.org/x", NULL, NULL, 0, false},
        {"stream", NULL, NULL, 0, false},
        {"", NULL, NULL, 0, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct icecast_server s;
        struct err e = {0};
        int r = icecast_server_parse(&a, rows[i].url, &s, &e);
        if ((r >= 0) != (rows[i].host != NULL))
            fail_msg("%s: %s", rows[i].url, r >= 0 ? "taken" : e.text);
        if (r >= 0) {
            assert_string_equal(s.host, rows[i].host);
            assert_string_equal(s.mount, rows[i].mount);
            assert_int_equal(s.port, rows[i].port);
            assert_int_equal(s.tls, rows[i].tls);
        } else {
            assert_int_equal(e.kind, ERR_INPUT);
            assert_non_null(strstr(e.text, "https://stream.example.org:8443/show.mp3"));
            assert_null(strstr(e.text, "tromme"));
        }
        arena_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(mounts_play),
        cmocka_unit_test(tls_ends_well),
        cmocka_unit_test(wrong_password),
        cmocka_unit_test(in_use_until_free),
        cmocka_unit_test(third_source),
        cmocka_unit_test(what_hangs_up_is_asked_why),
        cmocka_unit_test(titles_and_listeners),
        cmocka_unit_test(certificates),
        cmocka_unit_test(interrupted),
        cmocka_unit_test(frozen_server),
        cmocka_unit_test(each_address_is_tried),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
