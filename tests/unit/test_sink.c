// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "media/feed.h"
#include "media/mp3info.h"
#include "media/mp3split.h"
#include "media/sink.h"
#include "scratch.h"
#include "waves.h"

enum { RATE = 48000 };

struct place {
    char dir[SCRATCH_MAX];
    struct arena arena;
};

static void place_new(struct place *p)
{
    *p = (struct place){0};
    scratch_new(p->dir);
}

static void place_done(struct place *p)
{
    scratch_free(p->dir);
    arena_done(&p->arena);
}

static int write_wave(const struct wave *w, const struct sink_params *p, size_t block,
                      struct err *e)
{
    struct sink *s;
    int r = sink_open(p, &s, e);
    if (r < 0)
        return r;
    for (size_t i = 0; i < w->frames; i += block) {
        const float *at[WAVE_CHANNELS];
        for (int c = 0; c < w->channels; c++)
            at[c] = w->plane[c] + i;
        r = sink_write(s, at, w->frames - i < block ? w->frames - i : block, e);
        if (r < 0) {
            sink_abort(s);
            return r;
        }
    }
    return sink_finish(s, e);
}

static void read_wave(const char *path, struct wave *ret)
{
    enum { STEP = 4096 };
    struct err e = {0};
    struct feed *f;
    if (feed_open(&(struct feed_params){.path = path, .track = -1, .threads = 1}, &f, &e) < 0)
        fail_msg("%s", e.text);
    wave_init(ret, feed_rate(f), feed_channels(f));
    for (int r = 1; r > 0;) {
        size_t at = wave_extend(ret, STEP);
        float *to[WAVE_CHANNELS];
        for (int c = 0; c < ret->channels; c++)
            to[c] = ret->plane[c] + at;
        r = feed_read(f, to, STEP, &e);
        if (r < 0)
            fail_msg("%s", e.text);
        ret->frames = at + (size_t)r;
    }
    feed_close(f);
}

static char *read_bytes(struct place *p, const char *path, size_t *ret_len)
{
    char *bytes = NULL;
    assert_int_equal(fs_read(&p->arena, path, 64 << 20, &bytes, ret_len, NULL), 0);
    return bytes;
}

static void assert_same_file(struct place *p, const char *a, const char *b)
{
    size_t len_a, len_b;
    char *bytes_a = read_bytes(p, a, &len_a), *bytes_b = read_bytes(p, b, &len_b);
    assert_int_equal(len_a, len_b);
    assert_memory_equal(bytes_a, bytes_b, len_a);
}

static const struct kind {
    const char *name, *codec, *container;
    int bits, kbps;
    size_t may_add; // samples at the end that the container cannot cut
    double least_snr_db;
} kinds[] = {
    {"a.wav", "pcm_s16le", "wav", 0, 0, 0, 60},    {"a24.wav", "pcm_s24le", "wav", 0, 0, 0, 100},
    {"a.flac", "flac", "flac", 24, 0, 0, 100},     {"a16.flac", "flac", "flac", 16, 0, 0, 60},
    {"a.mp3", "libmp3lame", "mp3", 0, 128, 0, 15}, {"a.m4a", "aac", "ipod", 0, 128, 1024, 15},
    {"a.opus", "libopus", "ogg", 0, 96, 0, 3},
};

static struct sink_params params_of(struct place *p, const struct kind *k, int channels)
{
    return (struct sink_params){
        .path = fs_join(&p->arena, p->dir, k->name),
        .codec = k->codec,
        .container = k->container,
        .sample_rate = RATE,
        .channels = channels,
        .bits = k->bits,
        .bitrate_kbps = k->kbps,
        .threads = 2,
    };
}

// LAME lowers the level by itself; what is compared is the shape.
static double snr_db(const struct wave *a, const struct wave *b)
{
    double aa = 0, ab = 0, bb = 0;
    for (int c = 0; c < a->channels; c++)
        for (size_t i = 0; i < a->frames; i++) {
            aa += (double)a->plane[c][i] * a->plane[c][i];
            ab += (double)a->plane[c][i] * b->plane[c][i];
            bb += (double)b->plane[c][i] * b->plane[c][i];
        }
    return 10 * log10(aa / fmax(aa - ab * ab / bb, 1e-12 * aa));
}

static void every_format_gives_back_the_sound_sample_by_sample(void **state)
{
    (void)state;
    static const size_t lengths[] = {RATE * 3, RATE * 3 / 2 + 17, 19200, 4801};
    struct place p;
    place_new(&p);
    for (size_t i = 0; i < COUNT(kinds) * 2 * COUNT(lengths); i++) {
        const struct kind *k = &kinds[i % COUNT(kinds)];
        struct sink_params sp = params_of(&p, k, 1 + (int)(i / COUNT(kinds)) % 2);
        struct err e = {0};
        struct wave in, out;
        wave_init(&in, RATE, sp.channels);
        wave_voice(&in, 3, 0.4);
        in.frames = lengths[i / COUNT(kinds) / 2];
        if (write_wave(&in, &sp, 1000, &e) < 0)
            fail_msg("%s: %s", k->name, e.text);
        read_wave(sp.path, &out);
        assert_int_equal(out.rate, RATE);
        assert_int_equal(out.channels, sp.channels);
        assert_in_range(out.frames, in.frames, in.frames + k->may_add);
        if (in.frames > RATE && snr_db(&in, &out) < k->least_snr_db)
            fail_msg("%s: %.1f dB", k->name, snr_db(&in, &out));
        wave_done(&in);
        wave_done(&out);
    }
    place_done(&p);
}

static void equal_sound_gives_equal_bytes_however_it_is_cut(void **state)
{
    (void)state;
    struct place p;
    place_new(&p);
    struct wave w;
    wave_init(&w, RATE, 2);
    wave_voice(&w, 2.3, 0.4);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct sink_params sp = params_of(&p, &kinds[i], 2), again = sp;
        struct err e = {0};
        again.path = arena_printf(&p.arena, "%s/again-%s", p.dir, kinds[i].name);
        again.threads = 3;
        assert_int_equal(write_wave(&w, &sp, 4800, &e), 0);
        assert_int_equal(write_wave(&w, &again, 333, &e), 0);
        assert_same_file(&p, sp.path, again.path);
    }
    wave_done(&w);
    place_done(&p);
}

static void wrong_settings_are_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *codec, *container, *option, *text;
        int kbps;
    } rows[] = {
        {"libopus", "ogg", "speed=3", "encoder libopus has no option 'speed'", 96},
        {"libopus", "ogg", "speed", "codec option 'speed' is not of the form key=value", 96},
        {"libmp3lame", "mp3", "speed=3", "encoder libmp3lame has no option 'speed'", 128},
        {"opus-fast", "ogg", NULL, "'opus-fast' is not a codec this program writes", 96},
        {"flac", "flok", NULL, "'flok' is not a container this libavformat writes", 0},
        {"libopus", "ogg", NULL, "48000 Hz, 2 channels, 9000 kbit/s: libopus: Invalid argument",
         9000},
    };
    struct place p;
    place_new(&p);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const options[] = {rows[i].option, NULL};
        struct err e = {0};
        struct sink *s;
        struct sink_params sp = {
            .path = fs_join(&p.arena, p.dir, "x"),
            .codec = rows[i].codec,
            .container = rows[i].container,
            .sample_rate = RATE,
            .channels = 2,
            .bitrate_kbps = rows[i].kbps,
            .options = options,
        };
        assert_true(sink_open(&sp, &s, &e) < 0);
        assert_string_equal(e.text, rows[i].text);
        assert_false(fs_exists(sp.path));
    }
    place_done(&p);
}

static void a_full_disk_names_the_file_and_leaves_none(void **state)
{
    (void)state;
    struct place p;
    place_new(&p);
    struct wave w;
    wave_init(&w, RATE, 2);
    wave_voice(&w, 2, 0.4);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct sink_params sp = params_of(&p, &kinds[i], 2);
        struct err e = {0};
        assert_int_equal(symlink("/dev/full", sp.path), 0);
        assert_int_equal(write_wave(&w, &sp, 4800, &e), -ENOSPC);
        assert_non_null(strstr(e.text, sp.path));
        assert_int_equal(access(sp.path, F_OK), -1);
        sp.path = "/nowhere/at/all";
        assert_int_equal(write_wave(&w, &sp, 4800, &e), -ENOENT);
        assert_non_null(strstr(e.text, sp.path));
    }
    wave_done(&w);
    place_done(&p);
}

static void what_is_given_up_leaves_no_file(void **state)
{
    (void)state;
    struct place p;
    place_new(&p);
    struct wave w;
    wave_init(&w, RATE, 2);
    wave_voice(&w, 0.5, 0.4);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct sink_params sp = params_of(&p, &kinds[i], 2);
        struct sink *s;
        assert_int_equal(sink_open(&sp, &s, NULL), 0);
        assert_int_equal(sink_write(s, (const float *const *)w.plane, w.frames, NULL), 0);
        sink_abort(s);
        assert_false(fs_exists(sp.path));
    }
    sink_abort(NULL);
    wave_done(&w);
    place_done(&p);
}

// ---- MP3 in pieces

static const char *split(struct place *p, const struct wave *w, const char *name, int piece,
                         int threads, int kbps)
{
    struct sink_params sp = {
        .path = fs_join(&p->arena, p->dir, name),
        .codec = "libmp3lame",
        .container = "mp3",
        .sample_rate = w->rate,
        .channels = w->channels,
        .bitrate_kbps = kbps,
        .threads = threads,
    };
    struct err e = {0};
    struct mp3split *m;
    struct mp3split_params mp = {.sink = &sp, .piece_frames = piece};
    if (mp3split_open(&mp, &m, &e) < 0 ||
        mp3split_write(m, (const float *const *)w->plane, w->frames, &e) < 0 ||
        mp3split_finish(m, &e) < 0)
        fail_msg("%s", e.text);
    return sp.path;
}

// MP3 frames in which two files differ, the Info tag aside; the files have as many frames.
static size_t differing(struct place *p, const char *a, const char *b, size_t *ret_frames)
{
    size_t len_a, len_b, differ = 0, frames = 0;
    const uint8_t *x = (uint8_t *)read_bytes(p, a, &len_a),
                  *y = (uint8_t *)read_bytes(p, b, &len_b);
    assert_int_equal(len_a, len_b);
    for (size_t at = mp3info_frame_bytes(x); at < len_a;) {
        size_t size = mp3info_frame_bytes(x + at);
        assert_true(size > 0 && at + size <= len_a);
        assert_int_equal(mp3info_frame_bytes(y + at), size);
        differ += memcmp(x + at, y + at, size) != 0;
        frames++;
        at += size;
    }
    *ret_frames = frames;
    return differ;
}

static void pieces_join_into_the_mp3_that_is_not_cut(void **state)
{
    (void)state;
    struct place p;
    place_new(&p);
    struct wave w, whole, joined;
    wave_init(&w, RATE, 2);
    wave_voice(&w, 24, 0.4);
    size_t frames;
    const char *uncut = split(&p, &w, "uncut.mp3", INT_MAX, 1, 128);
    const char *cut = split(&p, &w, "cut.mp3", 100, 2, 128);
    size_t differ = differing(&p, uncut, cut, &frames);
    assert_in_range(frames, 1000, 1002);
    // ten joins; a frame or two behind each may be quantized otherwise, never shifted or broken
    assert_in_range(differ, 0, 60);
    read_wave(uncut, &whole);
    read_wave(cut, &joined);
    assert_int_equal(whole.frames, w.frames);
    assert_int_equal(joined.frames, w.frames);
    assert_true(snr_db(&whole, &joined) > snr_db(&w, &whole) + 6);
    wave_done(&w);
    wave_done(&whole);
    wave_done(&joined);
    place_done(&p);
}

static void an_mp3_does_not_depend_on_the_number_of_threads(void **state)
{
    (void)state;
    // around the places where a piece of 60 frames is just cut, or just not
    static const int beside[] = {-1153, -1, 0, 1, 1151, 1152, 2000};
    struct place p;
    place_new(&p);
    for (size_t i = 0; i < COUNT(beside); i++) {
        struct wave w, back;
        wave_init(&w, RATE, 1 + (int)i % 2);
        wave_voice(&w, 7, 0.4);
        w.frames = (size_t)((2 * 60 + 4) * 1152 + beside[i]);
        const char *one = split(&p, &w, "one.mp3", 60, 1, 64);
        assert_same_file(&p, one, split(&p, &w, "two.mp3", 60, 2, 64));
        assert_same_file(&p, one, split(&p, &w, "three.mp3", 60, 3, 64));
        assert_same_file(&p, one, split(&p, &w, "four.mp3", 60, 4, 64));
        read_wave(one, &back);
        assert_int_equal(back.frames, w.frames);
        wave_done(&w);
        wave_done(&back);
    }
    place_done(&p);
}

static uint32_t big(const uint8_t *p, int bytes)
{
    uint32_t v = 0;
    for (int i = 0; i < bytes; i++)
        v = v << 8 | p[i];
    return v;
}

static void the_info_tag_tells_the_truth(void **state)
{
    (void)state;
    static const struct {
        int rate, channels, kbps;
        size_t tag_at;
    } rows[] = {
        {48000, 2, 128, 36}, {48000, 1, 96, 21}, {48000, 1, 32, 21}, {44100, 2, 128, 36},
        {32000, 2, 320, 36}, {22050, 2, 64, 21}, {16000, 1, 24, 13}, {8000, 1, 8, 13},
    };
    struct place p;
    place_new(&p);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w, back;
        wave_init(&w, rows[i].rate, rows[i].channels);
        wave_voice(&w, 3, 0.4);
        const char *path = split(&p, &w, "a.mp3", 0, 2, rows[i].kbps);
        size_t len;
        const uint8_t *x = (uint8_t *)read_bytes(&p, path, &len), *tag = x + rows[i].tag_at;
        size_t own = mp3info_frame_bytes(x), unit = rows[i].rate < 32000 ? 576 : 1152;
        assert_memory_equal(tag, "Info", 4);
        assert_int_equal(big(tag + 12, 4), len);
        size_t frames = 0;
        for (size_t at = own; at < len; at += mp3info_frame_bytes(x + at))
            frames++;
        assert_int_equal(big(tag + 8, 4), frames);
        assert_int_equal(tag[16], own * 256 / len);
        for (int k = 1; k < 100; k++)
            assert_true(tag[16 + k] >= tag[16 + k - 1]);
        uint32_t delay = big(tag + 141, 3) >> 12, padding = big(tag + 141, 3) & 0xfff;
        assert_int_equal(frames * unit, delay + w.frames + padding);
        assert_int_equal(big(tag + 148, 4), len);
        assert_int_equal(big(tag + 152, 2), mp3info_crc(0, x + own, len - own));
        assert_int_equal(big(tag + 154, 2), mp3info_crc(0, x, rows[i].tag_at + 154));
        read_wave(path, &back);
        assert_int_equal(back.frames, w.frames);
        wave_done(&w);
        wave_done(&back);
    }
    assert_int_equal(mp3info_crc(0, (const uint8_t *)"123456789", 9), 0xbb3d);
    assert_int_equal(mp3info_frame_bytes((const uint8_t *)"\xff\xfb\x94\x44"), 384);
    assert_int_equal(mp3info_frame_bytes((const uint8_t *)"RIFF"), 0);
    assert_int_equal(mp3info_bytes((const uint8_t *)"\xff\xfb\xf4\x44"), 0);
    place_done(&p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_gives_back_the_sound_sample_by_sample),
        cmocka_unit_test(equal_sound_gives_equal_bytes_however_it_is_cut),
        cmocka_unit_test(wrong_settings_are_refused_by_name),
        cmocka_unit_test(a_full_disk_names_the_file_and_leaves_none),
        cmocka_unit_test(what_is_given_up_leaves_no_file),
        cmocka_unit_test(pieces_join_into_the_mp3_that_is_not_cut),
        cmocka_unit_test(an_mp3_does_not_depend_on_the_number_of_threads),
        cmocka_unit_test(the_info_tag_tells_the_truth),
    };
    return cmocka_run_group_tests_name("sink", tests, NULL, NULL);
}
