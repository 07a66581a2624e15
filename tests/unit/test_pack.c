// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures are made by the ffmpeg command with libx264, once for all tests, which are skipped where
// that is not to be had: black frames and one white one, FLASH seconds after the start. The sound
// beeps at the same time.
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/proc.h"
#include "base/progress.h"
#include "media/av.h"
#include "media/pack.h"
#include "media/remux.h"
#include "media/sink.h"
#include "scratch.h"

enum { FPS = 25, FRAMES = 8 * FPS, KEYS = 50, FLASH = 3, RATE = 48000, FILE_MAX = 64 << 20 };
static const tick second = TICKS_PER_SEC;

struct desk {
    char dir[SCRATCH_MAX];
    struct arena arena;
    struct err e;
    bool can; // there is material
    struct pack_params p;
    struct pack_result result;
};

static const char *place(struct desk *d, const char *name)
{
    return fs_join(&d->arena, d->dir, name);
}

static void good(struct desk *d, int r)
{
    if (r < 0)
        fail_msg("%s", d->e.text);
}

// ---- material

// In the desk's folder; words are separated by blanks.
static bool ffmpeg(struct desk *d, const char *words)
{
    const char *argv[80] = {"/usr/bin/env", "-C", d->dir, "ffmpeg", "-v", "error", "-nostdin"};
    size_t n = 7;
    char *line = arena_strdup(&d->arena, words), *rest = line;
    for (char *word; (word = strsep(&rest, " ")) && n < COUNT(argv) - 1;)
        argv[n++] = word;
    struct proc p;
    int status = -1;
    if (proc_start(argv, &p, &d->e) < 0)
        return false;
    proc_wait(&p, &status);
    return status == 0;
}

static void write_sound(struct desk *d, const char *name, double seconds)
{
    struct sink_params p = {
        .path = place(d, name),
        .codec = "aac",
        .container = "ipod",
        .sample_rate = RATE,
        .channels = 1,
        .bitrate_kbps = 96,
    };
    size_t n = (size_t)(seconds * RATE);
    float *samples = mem_alloc(n * sizeof *samples);
    const float *planes[] = {samples};
    struct sink *s;
    for (size_t i = FLASH * RATE; i < FLASH * RATE + RATE / 10 && i < n; i++)
        samples[i] = (float)(0.5 * sin(0.13 * (double)i));
    good(d, sink_open(&p, &s, &d->e));
    good(d, sink_write(s, planes, n, &d->e));
    good(d, sink_finish(s, &d->e));
    free(samples);
}

#define PICTURE                                    \
    "-f lavfi -i color=c=black:s=160x90:r=25:d=8," \
    "geq=lum='if(eq(N\\,75)\\,235\\,16+mod(N*5+X\\,24))':cb=128:cr=128 "
#define X264                                      \
    "-c:v libx264 -pix_fmt yuv420p -x264-params " \
    "keyint=50:min-keyint=50:scenecut=0:bframes=3:b-adapt=0:b-pyramid=normal "

static bool make_pictures(struct desk *d)
{
    static const char *const rows[] = {
        PICTURE X264 "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv "
                     "-metadata location=+67.28+014.40/ -metadata title=Ferie "
                     "-metadata com.android.model=Telefon -metadata creation_time=2026-02-01 "
                     "-movflags use_metadata_tags p.mp4",
        "-i p.mp4 -c copy p.mkv",
        "-i p.mp4 -c copy p.ts",
        "-i p.mp4 -c copy -movflags frag_keyframe+empty_moov fragments.mp4",
        "-i p.mp4 -c copy -movflags faststart front.mp4",
        "-ss 1.3 -i p.mp4 -c copy edit.mp4",
        "-stream_loop 3 -i p.mp4 -c copy loop.mp4",
        "-i loop.mp4 -c copy loop.mkv",
        "-itsoffset 0.4 -i p.mp4 -i s.m4a -map 0:v -map 1:a -c copy late.mkv",
        "-itsoffset -0.6 -i p.mp4 -c copy -avoid_negative_ts disabled early.mp4",
        "-i p.mp4 -c copy -muxdelay 5 -muxpreload 5 -output_ts_offset 3600 hour.ts",
        PICTURE X264 "-flags -cgop -x264opts open-gop=1 open.mp4",
        "-f lavfi -i color=c=black:s=160x90:r=25:d=1 -c:v mpeg4 other.mp4",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (!ffmpeg(d, rows[i]))
            return false;
    }
    return true;
}

static int make_material(void **state)
{
    struct desk *d = mem_alloc(sizeof *d);
    scratch_new(d->dir);
    libav_quiet();
    write_sound(d, "s.m4a", 8);
    write_sound(d, "long.m4a", 9.5);
    write_sound(d, "short.m4a", 4.25);
    d->can = make_pictures(d);
    *state = d;
    return 0;
}

static int drop_material(void **state)
{
    struct desk *d = *state;
    scratch_free(d->dir);
    arena_done(&d->arena);
    free(d);
    return 0;
}

// A result in place.
static struct desk *open_desk(void **state)
{
    struct desk *d = *state;
    if (!d->can)
        skip();
    unlink(place(d, "out.mp4"));
    d->p = (struct pack_params){
        .picture = place(d, "p.mp4"),
        .track = -1,
        .picture_from = TICK_NONE,
        .picture_to = TICK_NONE,
        .sound = place(d, "s.m4a"),
        .language = "nb",
        .path = place(d, "out.mp4"),
    };
    return d;
}

static void pack(struct desk *d)
{
    unlink(d->p.path);
    good(d, pack_mp4(&d->p, &d->result, &d->e));
    assert_int_equal(fs_size(d->p.path), d->result.bytes);
}

static char *slurp(struct desk *d, const char *path, size_t *ret_len)
{
    char *data;
    good(d, fs_read(&d->arena, path, FILE_MAX, &data, ret_len, &d->e));
    return data;
}

// ---- what libavformat makes of a file

static AVFormatContext *open_av(const char *path)
{
    AVFormatContext *f = NULL;
    assert_int_equal(avformat_open_input(&f, path, NULL, NULL), 0);
    assert_true(avformat_find_stream_info(f, NULL) >= 0);
    return f;
}

struct seen { // packets of one kind
    size_t n;
    struct {
        int64_t pts_us, size;
        int flags;
        uint32_t sum;
    } all[2 * FRAMES];
};

static uint32_t sum_of(const uint8_t *data, size_t n)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ data[i]) * 16777619u;
    return h;
}

// slices: only those are summed, so that a transport stream's own units do not count.
static uint32_t slices_of(const uint8_t *data, size_t n)
{
    uint32_t h = 0;
    for (size_t at = 0; at + 4 < n;) {
        size_t size = (size_t)data[at] << 24 | (size_t)data[at + 1] << 16 |
                      (size_t)data[at + 2] << 8 | data[at + 3];
        assert_true(size > 0 && at + 4 + size <= n);
        int kind = data[at + 4] & 31;
        if (kind == 1 || kind == 5)
            h = h * 31 + sum_of(data + at + 4, size);
        at += 4 + size;
    }
    return h;
}

static struct seen *look(struct desk *d, const char *path, bool slices)
{
    AUTO(input) AVFormatContext *f = open_av(path);
    AUTO(packet) AVPacket *p = av_packet_alloc();
    struct seen *s = arena_new(&d->arena, struct seen);
    int track = av_find_best_stream(f, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    while (av_read_frame(f, p) >= 0) {
        if (p->stream_index == track) {
            assert_true(s->n < COUNT(s->all));
            size_t size = (size_t)p->size;
            s->all[s->n].pts_us =
                av_rescale_q(p->pts, f->streams[track]->time_base, AV_TIME_BASE_Q);
            s->all[s->n].size = p->size;
            s->all[s->n].flags = p->flags & (AV_PKT_FLAG_KEY | AV_PKT_FLAG_DISCARD);
            s->all[s->n].sum = slices ? slices_of(p->data, size) : sum_of(p->data, size);
            s->n++;
        }
        av_packet_unref(p);
    }
    return s;
}

static int64_t first_shown_us(const struct seen *s)
{
    int64_t first = INT64_MAX;
    for (size_t i = 0; i < s->n; i++) {
        if (!(s->all[i].flags & AV_PKT_FLAG_DISCARD) && s->all[i].pts_us < first)
            first = s->all[i].pts_us;
    }
    return first;
}

static double brightness(const AVFrame *f)
{
    double sum = 0;
    for (int y = 0; y < f->height; y++) {
        for (int x = 0; x < f->width; x++)
            sum += f->data[0][y * f->linesize[0] + x];
    }
    return sum / (f->width * f->height);
}

static double loudness(const AVFrame *f)
{
    double most = 0;
    for (int i = 0; i < f->nb_samples; i++)
        most = fmax(most, fabs(((const float *)f->data[0])[i]));
    return most;
}

static double loud_from(const AVFrame *f, double start)
{
    for (int i = 0; i < f->nb_samples; i++) {
        if (fabsf(((const float *)f->data[0])[i]) > 0.2)
            return start + (double)i / RATE;
    }
    return start;
}

struct heard { // seconds; -1: never
    double flash, beep, first_frame, first_sample;
    int frames, samples;
};

static void note_frame(struct heard *h, const AVFrame *f, AVRational base, bool picture)
{
    double t = (double)f->pts * av_q2d(base);
    if (picture) {
        h->first_frame = h->frames++ ? h->first_frame : t;
        h->flash = h->flash < 0 && brightness(f) > 150 ? t : h->flash;
    } else {
        h->first_sample = h->samples ? h->first_sample : t;
        h->samples += f->nb_samples;
        h->beep = h->beep < 0 && loudness(f) > 0.2 ? loud_from(f, t) : h->beep;
    }
}

static struct heard play(const char *path, enum AVMediaType type, struct heard h)
{
    AUTO(input) AVFormatContext *f = open_av(path);
    AUTO(packet) AVPacket *p = av_packet_alloc();
    AUTO(frame) AVFrame *frame = av_frame_alloc();
    const AVCodec *codec;
    int track = av_find_best_stream(f, type, -1, -1, &codec, 0);
    AUTO(codec) AVCodecContext *c = avcodec_alloc_context3(codec);
    avcodec_parameters_to_context(c, f->streams[track]->codecpar);
    c->pkt_timebase = f->streams[track]->time_base;
    assert_int_equal(avcodec_open2(c, codec, NULL), 0);
    for (bool more = true; more;) {
        more = av_read_frame(f, p) >= 0;
        if (more && p->stream_index == track)
            avcodec_send_packet(c, p);
        else if (!more)
            avcodec_send_packet(c, NULL);
        while (avcodec_receive_frame(c, frame) >= 0) {
            note_frame(&h, frame, c->pkt_timebase, type == AVMEDIA_TYPE_VIDEO);
            av_frame_unref(frame);
        }
        av_packet_unref(p);
    }
    return h;
}

static struct heard play_both(const char *path)
{
    struct heard h = {.flash = -1, .beep = -1};
    return play(path, AVMEDIA_TYPE_AUDIO, play(path, AVMEDIA_TYPE_VIDEO, h));
}

// ---- the picture

static void the_packets_are_the_bytes_of_the_source(void **state)
{
    static const char *const rows[] = {"p.mp4", "p.mkv", "fragments.mp4", "edit.mp4", "late.mkv"};
    struct desk *d = open_desk(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        d->p.picture = place(d, rows[i]);
        pack(d);
        struct seen *from = look(d, d->p.picture, false), *to = look(d, d->p.path, false);
        assert_int_equal(to->n, FRAMES);
        assert_int_equal(d->result.frames, FRAMES);
        int64_t off = from->all[0].pts_us - to->all[0].pts_us;
        for (size_t k = 0; k < to->n; k++) {
            assert_int_equal(to->all[k].size, from->all[k].size);
            assert_int_equal(to->all[k].sum, from->all[k].sum);
            assert_int_equal(to->all[k].flags, from->all[k].flags);
            assert_in_range(to->all[k].pts_us + off - from->all[k].pts_us + 1000, 0, 2000);
        }
        struct packet_sum before, after;
        good(d, remux_sum(d->p.sound, &before, &d->e));
        good(d, remux_sum(d->p.path, &after, &d->e));
        assert_memory_equal(&before, &after, sizeof before);
    }
}

static void a_transport_stream_gives_the_same_pictures(void **state)
{
    static const char *const rows[] = {"p.ts", "hour.ts"};
    struct desk *d = open_desk(state);
    struct seen *from = look(d, place(d, "p.mp4"), true);
    for (size_t i = 0; i < COUNT(rows); i++) {
        d->p.picture = place(d, rows[i]);
        pack(d);
        struct seen *to = look(d, d->p.path, true);
        assert_int_equal(to->n, FRAMES);
        for (size_t k = 0; k < to->n; k++) {
            assert_int_equal(to->all[k].sum, from->all[k].sum);
            assert_int_equal(to->all[k].flags, from->all[k].flags);
            assert_in_range(to->all[k].pts_us - from->all[k].pts_us + 20, 0, 40);
        }
    }
}

static void flash_and_beep_come_together(void **state)
{
    static const struct {
        const char *picture;
        double from, at, flash; // flash: on the published clock
    } rows[] = {
        {"p.mp4", -1, 0, 3},       {"p.mkv", -1, 0, 3},
        {"p.ts", -1, 0, 3},        {"hour.ts", -1, 0, 3},
        {"front.mp4", -1, 1, 4},   {"fragments.mp4", -1, 0.5, 3.5},
        {"edit.mp4", -1, 1.32, 3}, {"late.mkv", 0.421, 0.4, 3.4},
        {"early.mp4", -1, 0.6, 3}, {"p.mp4", 2, 2, 3},
        {"p.mkv", 2, 2, 3},        {"p.ts", 2, 0, 1},
        {"hour.ts", 2, 2, 3},      {"loop.mp4", 26, 2, 3},
        {"loop.mkv", 26, 2, 3},
    };
    struct desk *d = open_desk(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        d->p.picture = place(d, rows[i].picture);
        d->p.picture_from =
            rows[i].from < 0 ? TICK_NONE : (tick)(rows[i].from * (double)second + 0.5);
        d->p.picture_at = (tick)(rows[i].at * (double)second + 0.5);
        pack(d);
        struct heard h = play_both(d->p.path);
        int64_t first = first_shown_us(look(d, d->p.path, false));
        if (fabs(h.flash - rows[i].flash) > 0.0005 || fabs(h.beep - FLASH) > 0.02 ||
            fabs(h.first_frame - rows[i].at) > 0.0001 || h.first_sample != 0 ||
            llabs(first - (int64_t)(rows[i].at * 1e6 + 0.5)) > 1)
            fail_msg("%s: flash %.4f beep %.4f first %.4f %.4f", rows[i].picture, h.flash, h.beep,
                     h.first_frame, h.first_sample);
    }
}

static void only_what_is_in_the_range_is_shown(void **state)
{
    static const struct {
        const char *picture;
        double from, to, length;
        int kept, shown;
    } rows[] = {
        {"p.mp4", 2, 4, 2, 50, 50},       {"p.mkv", 2, 4, 2, 50, 50},
        {"p.ts", 4, 6, 2, 50, 50},        {"p.mp4", 2, 4.24, 2.24, 58, 56},
        {"p.mkv", 2, 4.24, 2.24, 58, 56}, {"p.mp4", 6, 99, 2, 50, 50},
        {"p.mp4", 0, 2.01, 2.01, 51, 51},
    };
    struct desk *d = open_desk(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        d->p.picture = place(d, rows[i].picture);
        d->p.picture_from = (tick)(rows[i].from * (double)second);
        d->p.picture_to = (tick)(rows[i].to * (double)second + 0.5);
        d->p.picture_at = second;
        pack(d);
        int shown = play_both(d->p.path).frames;
        double length = tick_to_s(d->result.picture.end - d->result.picture.start);
        if (d->result.frames != rows[i].kept || shown != rows[i].shown ||
            fabs(length - rows[i].length) > 0.0001)
            fail_msg("row %zu: %d of %d frames, %.4f s", i, shown, (int)d->result.frames, length);
        assert_true(llabs(d->result.from.start - d->p.picture_from) < second / 1000);
    }
}

// Pictures that lead in to a key frame are decoded after it.
static void what_leads_in_from_before_the_start_is_left_out(void **state)
{
    struct desk *d = open_desk(state);
    d->p.picture = place(d, "open.mp4");
    struct seen *from = look(d, d->p.picture, false), *to;
    size_t key = 1, after = 0, leading = 0;
    while (key < from->n && !(from->all[key].flags & AV_PKT_FLAG_KEY))
        key++;
    assert_true(key < from->n);
    int64_t start_us = from->all[key].pts_us;
    for (size_t i = 0; i < from->n; i++) {
        after += from->all[i].pts_us >= start_us;
        leading += i > key && from->all[i].pts_us < start_us;
    }
    assert_true(leading > 0);
    d->p.picture_from = start_us * (second / 1000000);
    pack(d);
    to = look(d, d->p.path, false);
    assert_int_equal(to->n, after);
    assert_int_equal(to->all[0].sum, from->all[key].sum);
    struct heard h = play_both(d->p.path);
    assert_int_equal(h.frames, after);
    assert_true(h.first_frame == 0 && fabs(h.flash - FLASH + (double)start_us / 1e6) < 0.0005);
}

static void the_start_is_a_key_frame(void **state)
{
    struct desk *d = open_desk(state);
    d->p.picture_from = second * 23 / 10;
    assert_int_equal(pack_mp4(&d->p, NULL, &d->e), -EINVAL);
    assert_string_equal(strrchr(d->e.text, '/') + 1,
                        "p.mp4: no key frame at 00:00:02.300; the nearest is at 00:00:02.000");
    assert_false(fs_exists(d->p.path));
}

// ---- sound

static void what_is_longer_is_kept_whole(void **state)
{
    static const struct {
        const char *sound;
        double seconds, length;
    } rows[] = {{"long.m4a", 9.5, 9.5}, {"short.m4a", 4.25, 8}, {NULL, 0, 8}};
    struct desk *d = open_desk(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        d->p.sound = rows[i].sound ? place(d, rows[i].sound) : NULL;
        pack(d);
        AUTO(input) AVFormatContext *f = open_av(d->p.path);
        assert_int_equal(f->nb_streams, rows[i].sound ? 2 : 1);
        assert_int_equal(f->duration, (int64_t)(rows[i].length * AV_TIME_BASE));
        assert_int_equal(d->result.length, (tick)(rows[i].length * (double)second));
        if (rows[i].sound) {
            struct heard h = play_both(d->p.path);
            assert_int_equal(h.frames, FRAMES);
            assert_in_range(h.samples, rows[i].seconds * RATE, rows[i].seconds * RATE + 1024);
            assert_int_equal(f->streams[1]->duration, (int64_t)(rows[i].seconds * RATE));
        }
    }
}

// ---- captions and chapters

static const struct cue cues[] = {
    {TICKS_PER_SEC, TICKS_PER_SEC * 5 / 2, "Kari", "Hei på deg\nČáhci ŋ đ ŧ"},
    {TICKS_PER_SEC * 4, TICKS_PER_SEC * 5, NULL, "Slutt"},
    {TICKS_PER_SEC * 5, TICKS_PER_SEC * 60, NULL, "nå"},
};

struct text {
    int64_t start, end; // milliseconds
    const char *text;
};

static void check_captions(const char *path, int track, const struct text *want, size_t n)
{
    AUTO(input) AVFormatContext *f = open_av(path);
    AUTO(packet) AVPacket *p = av_packet_alloc();
    size_t seen = 0;
    while (av_read_frame(f, p) >= 0) {
        if (p->stream_index == track) {
            assert_true(seen < n);
            size_t len = strlen(want[seen].text);
            assert_int_equal(p->pts, want[seen].start);
            assert_int_equal(p->pts + p->duration, want[seen].end);
            assert_int_equal(p->size, 2 + len);
            assert_int_equal(p->data[0] << 8 | p->data[1], len);
            assert_memory_equal(p->data + 2, want[seen].text, len);
            seen++;
        }
        av_packet_unref(p);
    }
    assert_int_equal(seen, n);
}

static void captions_stand_where_they_are_spoken(void **state)
{
    static const struct text want[] = {
        {0, 1000, ""},      {1000, 2500, "Kari: Hei på deg\nČáhci ŋ đ ŧ"},
        {2500, 4000, ""},   {4000, 5000, "Slutt"},
        {5000, 8000, "nå"},
    };
    static const struct text empty[] = {{0, 8000, ""}};
    struct desk *d = open_desk(state);
    struct captions c = {(struct cue *)cues, COUNT(cues), NULL}, none = {NULL, 0, NULL};
    struct pack_captions captions[] = {{"nb-NO", "Norsk", &c}, {"smj", NULL, &none}};
    d->p.captions = captions;
    d->p.num_captions = 2;
    pack(d);
    check_captions(d->p.path, 2, want, COUNT(want));
    check_captions(d->p.path, 3, empty, 1);
}

static const char *tag_of(const AVStream *s, const char *key)
{
    const AVDictionaryEntry *found = av_dict_get(s->metadata, key, NULL, 0);
    return found ? found->value : "";
}

static void captions_are_off_and_stand_for_each_other(void **state)
{
    static const struct {
        const char *tag, *title, *language, *name;
    } rows[] = {{"nb", "Norsk", "nob", "Norsk"},
                {"nn", NULL, "nno", "captions"},
                {"se", "Davvisámegiella", "sme", "Davvisámegiella"},
                {"smj", "", "smj", "captions"},
                {"sma", NULL, "sma", "captions"},
                {"tlh-Latn", NULL, "tlh", "captions"},
                {"xx", NULL, "und", "captions"},
                {NULL, NULL, "und", "captions"}};
    struct desk *d = open_desk(state);
    struct captions c = {(struct cue *)cues, 1, NULL};
    struct pack_captions captions[COUNT(rows)];
    for (size_t i = 0; i < COUNT(rows); i++)
        captions[i] = (struct pack_captions){rows[i].tag, rows[i].title, &c};
    d->p.captions = captions;
    d->p.num_captions = COUNT(rows);
    pack(d);
    AUTO(input) AVFormatContext *f = open_av(d->p.path);
    assert_int_equal(f->nb_streams, 2 + COUNT(rows));
    assert_string_equal(tag_of(f->streams[1], "language"), "nob");
    for (size_t i = 0; i < 2; i++)
        assert_true(f->streams[i]->disposition & AV_DISPOSITION_DEFAULT);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const AVStream *s = f->streams[2 + i];
        assert_int_equal(s->codecpar->codec_id, AV_CODEC_ID_MOV_TEXT);
        assert_string_equal(tag_of(s, "language"), rows[i].language);
        assert_string_equal(tag_of(s, "handler_name"), rows[i].name);
        assert_false(s->disposition & AV_DISPOSITION_DEFAULT);
    }
    size_t len;
    char *data = slurp(d, d->p.path, &len), *at = data;
    for (unsigned track = 1; (at = memmem(at, len - (size_t)(at - data), "tkhd", 4)); track++) {
        assert_int_equal(at[7], track <= 2 ? 3 : 2);          // shown, or only there
        assert_int_equal(at[4 + 34 + 1], track <= 2 ? 0 : 2); // alternate group
        at++;
    }
    assert_non_null(memmem(data, len, "elng\0\0\0\0tlh-Latn", 17));
}

static void chapters_are_read_back(void **state)
{
    static const struct tag_chapter chapters[] = {{0, 0, "Velkommen til Meløy", NULL},
                                                  {TICKS_PER_SEC * 5 / 2, 0, "Sámi álbmot", NULL},
                                                  {TICKS_PER_SEC * 6, 0, NULL, NULL},
                                                  {TICKS_PER_SEC * 9, 0, "behind the end", NULL}};
    static const int64_t starts[] = {0, 2500, 6000, 8000};
    struct desk *d = open_desk(state);
    d->p.chapters = chapters;
    d->p.num_chapters = COUNT(chapters);
    pack(d);
    AUTO(input) AVFormatContext *f = open_av(d->p.path);
    assert_int_equal(f->nb_chapters, 3);
    for (int i = 0; i < 3; i++) {
        const char *title = chapters[i].title ? chapters[i].title : "";
        assert_int_equal(f->chapters[i]->start, starts[i]);
        assert_int_equal(f->chapters[i]->end, starts[i + 1]);
        assert_string_equal(av_dict_get(f->chapters[i]->metadata, "title", NULL, 0)->value, title);
    }
    size_t len;
    char *data = slurp(d, d->p.path, &len), *nero = memmem(data, len, "chpl", 4);
    assert_non_null(nero);
    assert_int_equal(nero[12], 3);
    assert_string_equal(tag_of(f->streams[2], "language"), "nob");
}

// ---- the file

static size_t offset_of(const char *data, size_t len, const char *word)
{
    const char *at = memmem(data, len, word, strlen(word));
    return at ? (size_t)(at - data) : SIZE_MAX;
}

static void nothing_of_the_camera_is_left_and_equal_input_gives_equal_bytes(void **state)
{
    static const char *const gone[] = {"+67.28", "Ferie", "Telefon", "android",
                                       "Lavf",   "Lavc",  "2026"};
    static const uint8_t made[12] = {0};
    struct desk *d = open_desk(state);
    size_t len, again;
    pack(d);
    char *one = slurp(d, d->p.path, &len);
    pack(d);
    char *two = slurp(d, d->p.path, &again);
    assert_int_equal(len, again);
    assert_memory_equal(one, two, len);
    char *source = slurp(d, d->p.picture, &again);
    assert_true(offset_of(source, again, "Telefon") != SIZE_MAX);
    size_t mdat = offset_of(one, len, "mdat");
    for (size_t i = 0; i < COUNT(gone); i++)
        assert_true(offset_of(one, mdat, gone[i]) == SIZE_MAX);
    assert_memory_equal(one + offset_of(one, len, "mvhd") + 4, made, 12);
}

static void players_find_the_index_in_front_and_the_colours_in_it(void **state)
{
    static const char colour[] = "colrnclx\0\1\0\1\0\1\0";
    struct desk *d = open_desk(state);
    size_t len;
    pack(d);
    char *data = slurp(d, d->p.path, &len);
    assert_memory_equal(data + 4, "ftypmp42", 8);
    assert_true(offset_of(data, len, "moov") < offset_of(data, len, "mdat"));
    assert_non_null(memmem(data, len, colour, sizeof colour));
    assert_true(offset_of(data, len, "avc1") != SIZE_MAX);
    AUTO(input) AVFormatContext *f = open_av(d->p.path);
    const AVCodecParameters *c = f->streams[0]->codecpar;
    assert_int_equal(c->codec_tag, MKTAG('a', 'v', 'c', '1'));
    assert_int_equal(c->color_space, AVCOL_SPC_BT709);
    assert_int_equal(c->color_range, AVCOL_RANGE_MPEG);
    assert_int_equal(f->streams[0]->avg_frame_rate.num, FPS * f->streams[0]->avg_frame_rate.den);
    assert_int_equal(f->streams[0]->nb_side_data, 0);
}

// ---- what goes wrong

static void refused(struct desk *d, int code, const char *path, const char *words)
{
    int r = pack_mp4(&d->p, NULL, &d->e);
    if (r != code || !strstr(d->e.text, path) || !strstr(d->e.text, words))
        fail_msg("%d: %s", r, d->e.text);
    if (code != -EEXIST)
        assert_int_equal(access(d->p.path, F_OK), -1);
}

static const char *cut(struct desk *d, const char *from, const char *to, double part)
{
    size_t len;
    const char *path = place(d, to);
    char *data = slurp(d, place(d, from), &len);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    len = (size_t)((double)len * part);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
    return path;
}

static void a_source_that_is_cut_off_is_refused(void **state)
{
    static const struct {
        const char *name, *words;
    } rows[] = {
        {"front.mp4", "cut off"}, {"fragments.mp4", ""}, {"p.mkv", "cut off"}, {"p.mp4", ""}};
    static const double parts[] = {0.6, 0.9};
    struct desk *d = open_desk(state);
    for (size_t i = 0; i < COUNT(rows) * 2; i++) {
        d->p.picture = cut(d, rows[i / 2].name, "cut.mp4", parts[i % 2]);
        refused(d, -EINVAL, d->p.picture, rows[i / 2].words);
    }
    d->p.picture = place(d, "p.mp4");
    d->p.sound = cut(d, "s.m4a", "cut.m4a", 0.6);
    refused(d, -EINVAL, d->p.sound, "not an M4A");
}

static void what_cannot_be_copied_is_refused(void **state)
{
    struct desk *d = open_desk(state);
    d->p.picture = place(d, "other.mp4");
    refused(d, -EINVAL, d->p.picture, "its picture is mpeg4; only H.264 can be copied");
    assert_int_equal(d->e.kind, ERR_INPUT);
    d->p.picture = place(d, "s.m4a");
    refused(d, -EINVAL, d->p.picture, "no picture in it");
    d->p.picture = place(d, "p.mp4");
    d->p.track = 1;
    refused(d, -EINVAL, d->p.picture, "no picture track 2, it has 1");
    d->p.track = 0;
    d->p.picture_at = -1;
    refused(d, -EINVAL, d->p.path, "a picture before the start");
    d->p.picture_at = 0;
    d->p.picture = place(d, "missing.mp4");
    refused(d, -ENOENT, d->p.picture, "no such file");
}

static void a_full_disk_names_the_file_and_leaves_none(void **state)
{
    struct desk *d = open_desk(state);
    struct rlimit whole, little;
    pack(d);
    const rlim_t most[] = {0, 2000, (rlim_t)d->result.bytes / 2, (rlim_t)d->result.bytes - 1};
    unlink(d->p.path);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &whole), 0);
    for (size_t i = 0; i < COUNT(most); i++) {
        little = (struct rlimit){most[i], whole.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
        int r = pack_mp4(&d->p, NULL, &d->e);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &whole), 0);
        if (r != -EFBIG)
            fail_msg("%d bytes are room for all", (int)most[i]);
        assert_non_null(strstr(d->e.text, d->p.path));
        assert_false(fs_exists(d->p.path));
    }
    pack(d);
    int64_t size = fs_size(d->p.path);
    refused(d, -EEXIST, d->p.path, "exists");
    assert_int_equal(fs_size(d->p.path), size);
    d->p.path = "/nowhere/at/all.mp4";
    refused(d, -ENOENT, d->p.path, "no such file");
}

static void update(void *ctx, const char *what, double done, double media_s)
{
    (void)what, (void)media_s;
    if (done > 0.75)
        atomic_store((atomic_bool *)ctx, true);
}

static void who_stops_it_finds_no_file(void **state)
{
    struct desk *d = open_desk(state);
    atomic_bool stop = false;
    struct progress progress = {.stop = &stop, .update = update, .ctx = &stop};
    d->p.progress = &progress;
    refused(d, -ECANCELED, "", "interrupted");
    assert_int_equal(d->e.kind, ERR_INTERRUPTED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_packets_are_the_bytes_of_the_source),
        cmocka_unit_test(a_transport_stream_gives_the_same_pictures),
        cmocka_unit_test(flash_and_beep_come_together),
        cmocka_unit_test(only_what_is_in_the_range_is_shown),
        cmocka_unit_test(what_leads_in_from_before_the_start_is_left_out),
        cmocka_unit_test(the_start_is_a_key_frame),
        cmocka_unit_test(what_is_longer_is_kept_whole),
        cmocka_unit_test(captions_stand_where_they_are_spoken),
        cmocka_unit_test(captions_are_off_and_stand_for_each_other),
        cmocka_unit_test(chapters_are_read_back),
        cmocka_unit_test(nothing_of_the_camera_is_left_and_equal_input_gives_equal_bytes),
        cmocka_unit_test(players_find_the_index_in_front_and_the_colours_in_it),
        cmocka_unit_test(a_source_that_is_cut_off_is_refused),
        cmocka_unit_test(what_cannot_be_copied_is_refused),
        cmocka_unit_test(a_full_disk_names_the_file_and_leaves_none),
        cmocka_unit_test(who_stops_it_finds_no_file),
    };
    return cmocka_run_group_tests_name("pack", tests, make_material, drop_material);
}
