// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "media/av.h"
#include "media/m4aread.h"
#include "media/tagparts.h"
#include "refusal.h"
#include "scratch.h"

enum { UNIT = 1024, MANY = 1000, FILE_MAX = 64 << 20 };

struct desk {
    char dir[SCRATCH_MAX];
    struct arena arena;
    struct err e;
};

static int set_up(void **state)
{
    struct desk *d = mem_alloc(sizeof *d);
    scratch_new(d->dir);
    *state = d;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *d = *state;
    scratch_free(d->dir);
    arena_done(&d->arena);
    free(d);
    return 0;
}

static const char *place(struct desk *d, const char *name)
{
    return fs_join(&d->arena, d->dir, name);
}

static void good(struct desk *d, int r)
{
    if (r < 0)
        fail_msg("%s", d->e.text);
}

// ---- what is written

// Packets of every size, whose bytes tell which packet they are of.
static void fill(uint8_t *data, size_t packet, size_t size)
{
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(packet * 131 + i * 7 + (packet >> 8));
}

static struct m4a_track track_of(struct desk *d, size_t packets, int64_t padding)
{
    uint16_t *sizes = arena_array(&d->arena, uint16_t, packets + 1);
    unsigned seed = 3;
    for (size_t i = 0; i < packets; i++)
        sizes[i] = (uint16_t)(i == 2 ? M4A_PACKET_MAX : 1 + mishap(&seed) % 700);
    return (struct m4a_track){
        .sample_rate = 48000,
        .channels = 2,
        .frame_size = UNIT,
        .priming = UNIT,
        .config = {0x11, 0x90, 0x56, 0xe5, 0},
        .config_size = 5,
        .sizes = sizes,
        .num_packets = packets,
        .samples = ((int64_t)packets - 1) * UNIT - padding,
    };
}

static void put_packets(struct desk *d, struct m4a *m, const struct m4a_track *t)
{
    uint8_t *data = mem_alloc(M4A_PACKET_MAX);
    for (size_t i = 0; i < t->num_packets; i++) {
        fill(data, i, t->sizes[i]);
        good(d, m4a_packet(m, data, t->sizes[i], &d->e));
    }
    free(data);
}

// words NULL: the index behind.
static const char *write_m4a(struct desk *d, const char *name, const struct m4a_track *t,
                             const struct m4a_words *words)
{
    const char *path = place(d, name);
    struct m4a *m;
    good(d, words ? m4a_open_whole(path, t, words, &m, &d->e) : m4a_open(path, t, &m, &d->e));
    put_packets(d, m, t);
    good(d, m4a_finish(m, t->samples, &d->e));
    return path;
}

static char *slurp(struct desk *d, const char *path, size_t *ret_len)
{
    char *data;
    good(d, fs_read(&d->arena, path, FILE_MAX, &data, ret_len, &d->e));
    return data;
}

static size_t offset_of(const char *data, size_t len, const char *word)
{
    const char *at = memmem(data, len, word, strlen(word));
    return at ? (size_t)(at - data) : SIZE_MAX;
}

// ---- what libavformat makes of it

static AVFormatContext *open_av(const char *path)
{
    AVFormatContext *f = NULL;
    libav_quiet();
    assert_int_equal(avformat_open_input(&f, path, NULL, NULL), 0);
    return f;
}

// All but those behind the sound, and the last one only as long as there is sound in it.
static void check_packets(AVFormatContext *f, const struct m4a_track *t)
{
    AUTO(packet) AVPacket *p = av_packet_alloc();
    uint8_t *want = mem_alloc(M4A_PACKET_MAX);
    size_t n = 0;
    while (av_read_frame(f, p) >= 0) {
        if (p->stream_index == 0) {
            assert_true(n < t->num_packets);
            fill(want, n, t->sizes[n]);
            assert_int_equal(p->size, t->sizes[n]);
            assert_memory_equal(p->data, want, t->sizes[n]);
            int64_t pts = (int64_t)n * t->frame_size - t->priming, left = t->samples - pts;
            assert_int_equal(p->pts, pts);
            assert_int_equal(p->duration, left < t->frame_size ? left : t->frame_size);
            n++;
        }
        av_packet_unref(p);
    }
    assert_int_equal(n, (t->priming + t->samples + t->frame_size - 1) / t->frame_size);
    free(want);
}

static void check_track(const AVFormatContext *f, const struct m4a_track *t)
{
    const AVStream *s = f->streams[0];
    const AVCodecParameters *c = s->codecpar;
    assert_int_equal(c->codec_id, AV_CODEC_ID_AAC);
    assert_int_equal(c->sample_rate, t->sample_rate);
    assert_int_equal(c->ch_layout.nb_channels, t->channels);
    assert_int_equal(c->extradata_size, t->config_size);
    assert_memory_equal(c->extradata, t->config, t->config_size);
    assert_int_equal(s->time_base.den, t->sample_rate);
    assert_int_equal(s->duration, t->samples);
}

static const struct {
    size_t packets;
    int64_t padding;
    int rate, channels;
} lengths[] = {{2, 0, 48000, 2},     {3, 1023, 48000, 1}, {47, 17, 44100, 2},
               {48, 0, 32000, 2},    {49, 5, 48000, 2},   {96, 1500, 22050, 1},
               {97, 1023, 96000, 2}, {1000, 1, 48000, 6}, {2, 1023, 8000, 1}};

static struct m4a_track row_track(struct desk *d, size_t i)
{
    struct m4a_track t = track_of(d, lengths[i].packets, lengths[i].padding);
    t.sample_rate = lengths[i].rate;
    t.channels = lengths[i].channels;
    // 14496-3: object type 2, index of the rate, channels
    static const int rates[] = {96000, 88200, 64000, 48000, 44100, 32000,
                                24000, 22050, 16000, 12000, 11025, 8000};
    unsigned rate = 0;
    while (rates[rate] != t.sample_rate)
        rate++;
    t.config[0] = (uint8_t)(2 << 3 | rate >> 1);
    t.config[1] = (uint8_t)(rate << 7 | (unsigned)t.channels << 3);
    t.config_size = 2;
    return t;
}

static void the_same_packets_and_length_are_read_back_by_libavformat(void **state)
{
    struct desk *d = *state;
    struct m4a_words words = {0};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct m4a_track t = row_track(d, i);
        for (int whole = 0; whole < 2; whole++) {
            AUTO(input)
            AVFormatContext *f = open_av(write_m4a(d, "a.m4a", &t, whole ? &words : NULL));
            assert_int_equal(f->nb_streams, 1);
            check_track(f, &t);
            check_packets(f, &t);
        }
    }
}

static void the_index_stands_in_front_where_all_is_known(void **state)
{
    struct desk *d = *state;
    struct m4a_track t = track_of(d, 100, 0);
    for (int whole = 0; whole < 2; whole++) {
        size_t len;
        char *data =
            slurp(d, write_m4a(d, "a.m4a", &t, whole ? &(struct m4a_words){0} : NULL), &len);
        size_t moov = offset_of(data, len, "moov"), mdat = offset_of(data, len, "mdat");
        assert_int_equal(moov < mdat, whole);
        assert_memory_equal(data + 4, "ftypM4A ", 8);
    }
}

static void equal_input_gives_equal_bytes(void **state)
{
    struct desk *d = *state;
    struct m4a_track t = track_of(d, 300, 12);
    static const struct tag_chapter c[] = {{0, TICKS_PER_SEC, "Velkommen", NULL}};
    struct m4a_words words = {c, 1, "nob"};
    for (int whole = 0; whole < 2; whole++) {
        size_t len, again;
        char *one = slurp(d, write_m4a(d, "a.m4a", &t, whole ? &words : NULL), &len);
        char *two = slurp(d, write_m4a(d, "b.m4a", &t, whole ? &words : NULL), &again);
        assert_int_equal(len, again);
        assert_memory_equal(one, two, len);
    }
}

static uint64_t big(const char *p, int bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++)
        v = v << 8 | (uint8_t)p[i];
    return v;
}

static void the_bit_rates_are_those_of_the_packets(void **state)
{
    struct desk *d = *state;
    struct m4a_track t = track_of(d, 470, 0);
    uint16_t *sizes = arena_array(&d->arena, uint16_t, t.num_packets);
    for (size_t i = 0; i < t.num_packets; i++)
        sizes[i] = i >= 200 && i < 247 ? 400 : 300; // one second of 47 packets is louder
    t.sizes = sizes;
    size_t len;
    char *data = slurp(d, write_m4a(d, "a.m4a", &t, NULL), &len);
    char *decoder = data + offset_of(data, len, "esds") + 8 + 8 + 5;
    assert_int_equal(big(decoder, 2), 0x4015);
    assert_int_equal(big(decoder + 5, 4), 47 * 400 * 8);
    assert_int_equal(big(decoder + 9, 4), 310 * 8 * 48000 / UNIT);
}

// ---- chapters

static struct tag_chapter *chapters(struct desk *d, size_t n, tick first, tick each)
{
    struct tag_chapter *c = arena_array(&d->arena, struct tag_chapter, n + 1);
    for (size_t i = 0; i < n; i++) {
        c[i].start = first + (tick)i * each;
        c[i].end = c[i].start + each;
        c[i].title = arena_printf(&d->arena, "Kapittel %zu: æøå", i);
    }
    return c;
}

static int64_t ms(tick t)
{
    return t / (TICKS_PER_SEC / 1000);
}

static void check_chapters(const AVFormatContext *f, const struct m4a_track *t,
                           const struct tag_chapter *c, size_t n)
{
    char title[TAG_TITLE + 1];
    assert_int_equal(f->nb_chapters, n);
    for (size_t i = 0; i < n; i++) {
        const AVChapter *got = f->chapters[i];
        int64_t end = i + 1 < n ? ms(c[i + 1].start) : t->samples * 1000 / t->sample_rate;
        tagparts_title(c[i].title, title);
        assert_int_equal(got->time_base.den, 1000);
        assert_int_equal(got->start, ms(c[i].start));
        if (i + 1 < n || c[0].start == 0) // it forgets what is in front of the first one
            assert_int_equal(got->end, end);
        assert_string_equal(av_dict_get(got->metadata, "title", NULL, 0)->value, title);
    }
}

static void check_nero(struct desk *d, const char *path, size_t n)
{
    size_t len;
    char *data = slurp(d, path, &len);
    size_t at = offset_of(data, len, "chpl");
    assert_int_equal(at == SIZE_MAX, n == 0);
    if (n)
        assert_int_equal((uint8_t)data[at + 12], n < 255 ? n : 255);
}

static void every_chapter_is_read_back_by_libavformat(void **state)
{
    static const struct {
        size_t given, kept;
        tick first, each;
    } rows[] = {
        {0, 0, 0, 0},
        {1, 1, 0, TICKS_PER_SEC},
        {3, 3, 0, TICKS_PER_SEC * 5 / 2},
        {3, 3, TICKS_PER_SEC / 3, TICKS_PER_SEC * 7 / 3}, // what is in front has no title
        {255, 255, 0, TICKS_PER_SEC / 30},
        {256, 256, 0, TICKS_PER_SEC / 30},
        {MANY, MANY, 0, TICKS_PER_SEC / 200},
        {12, 11, 0, TICKS_PER_SEC}, // the last one starts behind the end
        {4, 4, 0, 0},
    };
    struct desk *d = *state;
    struct m4a_track t = track_of(d, 500, 100); // 10.6 s
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tag_chapter *c = chapters(d, rows[i].given, rows[i].first, rows[i].each);
        struct m4a_words words = {c, rows[i].given, "nob"};
        const char *path = write_m4a(d, "a.m4a", &t, &words);
        AUTO(input) AVFormatContext *f = open_av(path);
        check_track(f, &t);
        check_packets(f, &t);
        check_chapters(f, &t, c, rows[i].kept);
        check_nero(d, path, rows[i].kept);
    }
}

static void titles_of_any_length_find_room(void **state)
{
    struct desk *d = *state;
    struct m4a_track t = track_of(d, 200, 0);
    struct tag_chapter *c = chapters(d, 4, 0, TICKS_PER_SEC);
    char *title = arena_alloc(&d->arena, 4001);
    memset(title, 'o', 4000);
    c[0].title = NULL;
    c[1].title = "";
    c[2].title = title;
    AUTO(input)
    AVFormatContext *f = open_av(write_m4a(d, "a.m4a", &t, &(struct m4a_words){c, 4, NULL}));
    check_chapters(f, &t, c, 4);
}

static void players_of_podcasts_find_the_chapters(void **state)
{
    struct desk *d = *state;
    struct m4a_track t = track_of(d, 200, 0);
    struct tag_chapter *c = chapters(d, 2, 0, TICKS_PER_SEC);
    struct m4a_words words = {c, 2, "nob"};
    size_t len;
    const char *path = write_m4a(d, "a.m4a", &t, &words);
    char *data = slurp(d, path, &len);
    size_t chap = offset_of(data, len, "chap"), mdat = offset_of(data, len, "mdat");
    assert_int_equal(big(data + chap - 4, 4), 12);
    assert_int_equal(big(data + chap + 4, 4), 2); // the second track
    // an app that plays while it loads has the titles before the sound
    assert_true(offset_of(data + mdat, len - mdat, "Kapittel 0") == 4 + 2);
    AUTO(input) AVFormatContext *f = open_av(path);
    assert_int_equal(f->nb_streams, 2);
    for (unsigned i = 0; i < f->nb_streams; i++)
        assert_string_equal(av_dict_get(f->streams[i]->metadata, "language", NULL, 0)->value,
                            "nob");
    assert_int_equal(f->streams[1]->codecpar->codec_tag, MKTAG('t', 'e', 'x', 't'));
    assert_int_equal(f->streams[1]->duration, t.samples * 1000 / t.sample_rate);
}

// ---- beyond 32 bits

static void long_recordings_have_long_times(void **state)
{
    struct desk *d = *state;
    struct m4a_track t = track_of(d, 5000, 3);
    t.frame_size = 1 << 20; // 30 hours
    t.samples = ((int64_t)t.num_packets - 1) * t.frame_size - 3;
    t.priming = 1 << 20;
    struct tag_chapter c[] = {{0, 0, "Først", NULL}, {25 * 3600 * TICKS_PER_SEC, 0, "Sist", NULL}};
    struct m4a_words words = {c, 2, NULL};
    assert_true(t.samples > UINT32_MAX);
    for (int whole = 0; whole < 2; whole++) {
        const char *path = write_m4a(d, "a.m4a", &t, whole ? &words : NULL);
        AUTO(input) AVFormatContext *f = open_av(path);
        check_track(f, &t);
        check_packets(f, &t);
        check_chapters(f, &t, c, whole ? 2 : 0);
        struct m4aread *m;
        good(d, m4aread_open(path, &m, &d->e));
        assert_int_equal(m4aread_track(m)->samples, t.samples);
        m4aread_close(m);
    }
}

// Only the head is written; what would follow is a hole.
static void large_files_have_large_offsets(void **state)
{
    struct desk *d = *state;
    struct m4a_track t = track_of(d, 70000, 0);
    struct m4a_words words = {chapters(d, 2, 0, TICKS_PER_SEC), 2, NULL};
    uint16_t *sizes = arena_array(&d->arena, uint16_t, t.num_packets);
    uint8_t *data = arena_alloc(&d->arena, M4A_PACKET_MAX), head[16];
    const char *path = place(d, "a.m4a");
    struct m4a *m;
    for (size_t i = 0; i < t.num_packets; i++)
        sizes[i] = M4A_PACKET_MAX;
    t.sizes = sizes;
    good(d, m4a_open_whole(path, &t, &words, &m, &d->e));
    fill(data, 0, M4A_PACKET_MAX);
    for (int i = 0; i < 2; i++)
        good(d, m4a_packet(m, data, M4A_PACKET_MAX, &d->e));
    FILE *f = fopen(path, "rb");
    char *front = arena_alloc(&d->arena, 1 << 20);
    size_t got = fread(front, 1, 1 << 20, f);
    int64_t mdat = (int64_t)offset_of(front, got, "mdat") - 4;
    memcpy(head, front + mdat, 16);
    fclose(f);
    assert_int_equal(big((char *)head, 4), 1);
    int64_t end = mdat + (int64_t)big((char *)head + 8, 8);
    assert_true(end > INT64_C(70000) * M4A_PACKET_MAX);
    if (truncate(path, end) < 0)
        skip(); // a file system without holes or with a limit
    AUTO(input) AVFormatContext *av = open_av(path);
    AVStream *s = av->streams[0];
    assert_int_equal(avformat_index_get_entries_count(s), t.num_packets);
    assert_int_equal(avformat_index_get_entry(s, 69999)->pos, end - M4A_PACKET_MAX);
    assert_int_equal(av->nb_chapters, 2);
    AUTO(packet) AVPacket *p = av_packet_alloc();
    assert_int_equal(av_read_frame(av, p), 0);
    assert_memory_equal(p->data, data, M4A_PACKET_MAX);
    struct m4aread *in;
    good(d, m4aread_open(path, &in, &d->e));
    assert_int_equal(m4aread_track(in)->num_packets, t.num_packets);
    m4aread_close(in);
    m4a_abort(m);
}

// ---- our own reader

static void check_reader(struct desk *d, const char *path, const struct m4a_track *t)
{
    uint8_t *want = mem_alloc(M4A_PACKET_MAX);
    const uint8_t *data;
    size_t size;
    struct m4aread *m;
    good(d, m4aread_open(path, &m, &d->e));
    const struct m4a_track *got = m4aread_track(m);
    assert_int_equal(got->sample_rate, t->sample_rate);
    assert_int_equal(got->channels, t->channels);
    assert_int_equal(got->frame_size, t->frame_size);
    assert_int_equal(got->priming, t->priming);
    assert_int_equal(got->samples, t->samples);
    assert_int_equal(got->config_size, t->config_size);
    assert_memory_equal(got->config, t->config, t->config_size);
    assert_int_equal(got->num_packets, t->num_packets);
    assert_memory_equal(got->sizes, t->sizes, t->num_packets * sizeof *t->sizes);
    for (size_t i = 0; i < t->num_packets; i++) {
        assert_int_equal(m4aread_packet(m, &data, &size, &d->e), 1);
        fill(want, i, t->sizes[i]);
        assert_int_equal(size, t->sizes[i]);
        assert_memory_equal(data, want, size);
    }
    assert_int_equal(m4aread_packet(m, &data, &size, &d->e), 0);
    m4aread_close(m);
    free(want);
}

static void our_own_reader_gives_back_the_track(void **state)
{
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct m4a_track t = row_track(d, i);
        struct m4a_words words = {chapters(d, 3, 0, TICKS_PER_SEC / 100), 3, "nob"};
        check_reader(d, write_m4a(d, "a.m4a", &t, NULL), &t);
        check_reader(d, write_m4a(d, "a.m4a", &t, &words), &t);
    }
}

static void mux_by_libavformat(const char *path, const struct m4a_track *t)
{
    AVFormatContext *f = NULL;
    assert_int_equal(avformat_alloc_output_context2(&f, NULL, "ipod", path) >= 0, 1);
    AVStream *s = avformat_new_stream(f, NULL);
    AVCodecParameters *c = s->codecpar;
    c->codec_type = AVMEDIA_TYPE_AUDIO;
    c->codec_id = AV_CODEC_ID_AAC;
    c->sample_rate = t->sample_rate;
    c->frame_size = t->frame_size;
    c->initial_padding = t->priming;
    av_channel_layout_default(&c->ch_layout, t->channels);
    c->extradata = av_mallocz(t->config_size + AV_INPUT_BUFFER_PADDING_SIZE);
    memcpy(c->extradata, t->config, t->config_size);
    c->extradata_size = (int)t->config_size;
    s->time_base = (AVRational){1, t->sample_rate};
    assert_true(avio_open(&f->pb, path, AVIO_FLAG_WRITE) >= 0);
    assert_true(avformat_write_header(f, NULL) >= 0);
    AUTO(packet) AVPacket *p = av_packet_alloc();
    for (size_t i = 0; i < t->num_packets; i++) {
        assert_int_equal(av_new_packet(p, t->sizes[i]), 0);
        fill(p->data, i, t->sizes[i]);
        p->pts = p->dts = (int64_t)i * t->frame_size - t->priming;
        p->duration = i + 1 < t->num_packets ? t->frame_size : t->samples - p->pts;
        p->flags = AV_PKT_FLAG_KEY;
        assert_true(av_write_frame(f, p) >= 0);
        av_packet_unref(p);
    }
    assert_true(av_write_trailer(f) >= 0);
    avio_closep(&f->pb);
    avformat_free_context(f);
}

static void an_m4a_of_libavformat_is_read_as_well(void **state)
{
    struct desk *d = *state;
    struct m4a_track t = track_of(d, 9000, 77); // several of its chunks
    const char *path = place(d, "av.m4a");
    mux_by_libavformat(path, &t);
    check_reader(d, path, &t);
}

// ---- what goes wrong

static void what_an_m4a_cannot_hold_is_refused(void **state)
{
    struct desk *d = *state;
    const char *path = place(d, "a.m4a");
    struct m4a_track t = track_of(d, 3, 0), bad;
    struct m4a *m;
    static const uint8_t data[70000];
    bad = t;
    bad.config_size = 0;
    assert_int_equal(m4a_open(path, &bad, &m, &d->e), -EINVAL);
    assert_false(fs_exists(path));
    bad = t;
    bad.samples = 2 * UNIT + 1;
    assert_int_equal(m4a_open_whole(path, &bad, &(struct m4a_words){0}, &m, &d->e), -EINVAL);
    assert_false(fs_exists(path));

    good(d, m4a_open(path, &t, &m, &d->e));
    assert_int_equal(m4a_packet(m, data, 0, &d->e), -EINVAL);
    assert_int_equal(m4a_packet(m, data, 70000, &d->e), -EINVAL);
    assert_int_equal(m4a_finish(m, 1, &d->e), -EINVAL);
    assert_non_null(strstr(d->e.text, "there is no sound to write"));
    assert_false(fs_exists(path));

    good(d, m4a_open(path, &t, &m, &d->e));
    put_packets(d, m, &t);
    assert_int_equal(m4a_finish(m, 2 * UNIT + 1, &d->e), -EINVAL);
    assert_non_null(strstr(d->e.text, "the packets end before the sound does"));
    assert_false(fs_exists(path));

    good(d, m4a_open_whole(path, &t, &(struct m4a_words){0}, &m, &d->e));
    assert_int_equal(m4a_packet(m, data, t.sizes[0] + 1u, &d->e), -EINVAL);
    assert_int_equal(m4a_finish(m, t.samples, &d->e), -EINVAL);
    assert_false(fs_exists(path));

    good(d, m4a_open_whole(path, &t, &(struct m4a_words){0}, &m, &d->e));
    put_packets(d, m, &t);
    assert_int_equal(m4a_packet(m, data, 1, &d->e), -EINVAL);
    good(d, m4a_packet(m, data, 1, NULL) < 0 ? m4a_finish(m, t.samples, &d->e) : -1);
    assert_true(fs_exists(path));
}

static int write_all(const char *path, const struct m4a_track *t, bool whole, struct err *e)
{
    static const uint8_t data[M4A_PACKET_MAX];
    struct m4a *m;
    int r =
        whole ? m4a_open_whole(path, t, &(struct m4a_words){0}, &m, e) : m4a_open(path, t, &m, e);
    if (r < 0)
        return r;
    for (size_t i = 0; r >= 0 && i < t->num_packets; i++)
        r = m4a_packet(m, data, t->sizes[i], e);
    if (r >= 0)
        return m4a_finish(m, t->samples, e);
    m4a_abort(m);
    return r;
}

static void a_full_disk_names_the_file_and_leaves_none(void **state)
{
    static const size_t packets[] = {2, 3, 5000}; // it shows when closing, and before
    struct desk *d = *state;
    const char *path = place(d, "full.m4a");
    for (size_t i = 0; i < COUNT(packets) * 2; i++) {
        struct m4a_track t = track_of(d, packets[i / 2], 0);
        assert_int_equal(symlink("/dev/full", path), 0);
        assert_int_equal(write_all(path, &t, i % 2, &d->e), -ENOSPC);
        assert_non_null(strstr(d->e.text, path));
        assert_int_equal(access(path, F_OK), -1);
        assert_int_equal(write_all("/nowhere/at/all", &t, i % 2, &d->e), -ENOENT);
    }
}

static void what_is_given_up_leaves_no_file(void **state)
{
    struct desk *d = *state;
    struct m4a_track t = track_of(d, 100, 0);
    const char *path = place(d, "a.m4a");
    struct m4a *m;
    for (int whole = 0; whole < 2; whole++) {
        good(d, whole ? m4a_open_whole(path, &t, &(struct m4a_words){0}, &m, &d->e)
                      : m4a_open(path, &t, &m, &d->e));
        put_packets(d, m, &t);
        m4a_abort(m);
        assert_false(fs_exists(path));
    }
    m4a_abort(NULL);
    m4aread_close(NULL);
}

static void write_bytes(const char *path, const char *data, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static int read_all(const char *path, struct err *e)
{
    const uint8_t *data;
    size_t size;
    struct m4aread *m;
    int r = m4aread_open(path, &m, e);
    if (r < 0)
        return r;
    while ((r = m4aread_packet(m, &data, &size, e)) > 0)
        ;
    m4aread_close(m);
    return r;
}

static void a_broken_file_is_an_error_not_a_crash(void **state)
{
    struct desk *d = *state;
    struct m4a_track t = track_of(d, 150, 9);
    struct m4a_words words = {chapters(d, 3, 0, TICKS_PER_SEC / 2), 3, "nob"};
    const char *path = place(d, "broken.m4a");
    unsigned seed = 5;
    size_t len;
    char *whole = slurp(d, write_m4a(d, "a.m4a", &t, &words), &len), *data = mem_alloc(len);
    size_t index = offset_of(whole, len, "mdat");
    for (int i = 0; i < 2000; i++) {
        memcpy(data, whole, len);
        for (unsigned n = mishap(&seed) % 4 + 1; n > 0; n--)
            data[mishap(&seed) % index] = (char)mishap(&seed);
        write_bytes(path, data, i % 7 ? len : mishap(&seed) % len);
        read_all(path, &d->e);
    }
    free(data);
}

static void a_file_that_ends_early_is_refused(void **state)
{
    static const double parts[] = {0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.999};
    struct desk *d = *state;
    struct m4a_track t = track_of(d, 150, 9);
    const char *path = place(d, "short.m4a");
    for (size_t i = 0; i < COUNT(parts) * 2; i++) {
        size_t len;
        char *data =
            slurp(d, write_m4a(d, "a.m4a", &t, i % 2 ? &(struct m4a_words){0} : NULL), &len);
        write_bytes(path, data, (size_t)((double)len * parts[i / 2]));
        assert_int_equal(read_all(path, &d->e), -EINVAL);
        assert_non_null(strstr(d->e.text, path));
    }
    assert_int_equal(read_all(place(d, "missing.m4a"), &d->e), -ENOENT);
}

#define DESK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        DESK(the_same_packets_and_length_are_read_back_by_libavformat),
        DESK(the_index_stands_in_front_where_all_is_known),
        DESK(equal_input_gives_equal_bytes),
        DESK(the_bit_rates_are_those_of_the_packets),
        DESK(every_chapter_is_read_back_by_libavformat),
        DESK(titles_of_any_length_find_room),
        DESK(players_of_podcasts_find_the_chapters),
        DESK(long_recordings_have_long_times),
        DESK(large_files_have_large_offsets),
        DESK(our_own_reader_gives_back_the_track),
        DESK(an_m4a_of_libavformat_is_read_as_well),
        DESK(what_an_m4a_cannot_hold_is_refused),
        DESK(a_full_disk_names_the_file_and_leaves_none),
        DESK(what_is_given_up_leaves_no_file),
        DESK(a_broken_file_is_an_error_not_a_crash),
        DESK(a_file_that_ends_early_is_refused),
    };
    return cmocka_run_group_tests_name("m4a", tests, NULL, NULL);
}
