// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "media/damage.h"
#include "media/sink.h"
#include "media/source.h"
#include "scratch.h"

enum { RATE = 48000, ROOM = 4 << 20, MOST = 9 * RATE };

struct desk {
    char dir[SCRATCH_MAX];
    char path[SCRATCH_MAX + 64];
    unsigned char *bytes; // a file in the making
    size_t len;
    float *heard[8]; // what was read
    size_t frames;
    struct source_facts facts;
    struct err e;
    char damage[SOURCE_DAMAGE_TEXT];
};

static int set_up(void **state)
{
    struct desk *d = mem_alloc(sizeof(*d));
    scratch_new(d->dir);
    d->bytes = mem_alloc(ROOM);
    for (int c = 0; c < 8; c++)
        d->heard[c] = mem_alloc(MOST * sizeof(float));
    *state = d;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *d = *state;
    scratch_free(d->dir);
    for (int c = 0; c < 8; c++)
        free(d->heard[c]);
    free(d->bytes);
    free(d);
    return 0;
}

static const char *place(struct desk *d, const char *name)
{
    snprintf(d->path, sizeof(d->path), "%s/%s", d->dir, name);
    return d->path;
}

static void save(struct desk *d, const char *name)
{
    FILE *f = fopen(place(d, name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(d->bytes, 1, d->len, f), d->len);
    assert_int_equal(fclose(f), 0);
}

static void load(struct desk *d, const char *name)
{
    FILE *f = fopen(place(d, name), "rb");
    assert_non_null(f);
    d->len = fread(d->bytes, 1, ROOM, f);
    fclose(f);
}

// Decodes d->path to the end. Negative: what source_open or source_read said.
static int listen_with(struct desk *d, bool tolerate)
{
    struct source *s;
    const float *const *planes;
    size_t n;
    int r;
    d->frames = 0;
    d->e = (struct err){0};
    r = source_open(
        &(struct source_params){
            .path = d->path, .track = -1, .tolerate_damage = tolerate, .threads = 1},
        &s, &d->e);
    if (r < 0)
        return r;
    source_facts(s, &d->facts);
    while ((r = source_read(s, &planes, &n, &d->e)) > 0) {
        size_t keep = d->frames + n < MOST ? n : MOST - d->frames;
        for (int c = 0; c < d->facts.channels; c++)
            memcpy(d->heard[c] + d->frames, planes[c], keep * sizeof(float));
        d->frames += keep;
    }
    source_facts(s, &d->facts);
    source_damage(&d->facts, d->damage);
    source_close(s);
    return r;
}

static bool listen_to(struct desk *d) // true: damaged
{
    int r = listen_with(d, true);
    if (r < 0)
        print_error("%s\n", d->e.text);
    assert_int_equal(r, 0);
    return source_damage(&d->facts, d->damage);
}

// ---- WAV files by hand

static void put(struct desk *d, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        d->bytes[d->len++] = (unsigned char)(v >> 8 * i);
}

static void put_text(struct desk *d, const char *s)
{
    memcpy(d->bytes + d->len, s, strlen(s));
    d->len += strlen(s);
}

static void wav_head(struct desk *d, int format, int bits, int channels, int rate, uint32_t claimed)
{
    d->len = 0;
    put_text(d, "RIFF");
    put(d, claimed + 36, 4);
    put_text(d, "WAVEfmt ");
    put(d, 16, 4);
    put(d, (uint64_t)format, 2);
    put(d, (uint64_t)channels, 2);
    put(d, (uint64_t)rate, 4);
    put(d, (uint64_t)(rate * channels * bits / 8), 4);
    put(d, (uint64_t)(channels * bits / 8), 2);
    put(d, (uint64_t)bits, 2);
    put_text(d, "data");
    put(d, claimed, 4);
}

static double tone(size_t i, int c)
{
    return 0.5 * sin(0.05 * (double)i * (c + 1));
}

static void put_sample(struct desk *d, int format, int bits, double v)
{
    if (format == 3 && bits == 32) {
        float f = (float)v;
        uint32_t u;
        memcpy(&u, &f, 4);
        put(d, u, 4);
    } else if (format == 3) {
        uint64_t u;
        memcpy(&u, &v, 8);
        put(d, u, 8);
    } else if (bits == 8) {
        put(d, (uint64_t)(lrint(v * 128) + 128), 1);
    } else {
        put(d, (uint64_t)llrint(v * (double)(INT64_C(1) << (bits - 1))), bits / 8);
    }
}

static void wav_tone(struct desk *d, int format, int bits, int channels, size_t frames)
{
    wav_head(d, format, bits, channels, RATE, (uint32_t)(frames * (size_t)(channels * bits / 8)));
    for (size_t i = 0; i < frames; i++) {
        for (int c = 0; c < channels; c++)
            put_sample(d, format, bits, tone(i, c));
    }
}

static void every_kind_of_sample_reads_alike(void **state)
{
    static const struct {
        int format, bits, told;
    } rows[] = {{1, 8, 8}, {1, 16, 16}, {1, 24, 24}, {1, 32, 32}, {3, 32, 32}, {3, 64, 64}};
    static const int counts[] = {1, 2, 3, 6, 8};
    struct desk *d = *state;
    for (size_t k = 0; k < COUNT(rows) * COUNT(counts); k++) {
        int bits = rows[k / COUNT(counts)].bits, channels = counts[k % COUNT(counts)];
        double step = bits > 24 ? 1e-6 : 1.01 / (double)(INT64_C(1) << (bits - 1));
        wav_tone(d, rows[k / COUNT(counts)].format, bits, channels, 5001);
        save(d, "a.wav");
        assert_false(listen_to(d));
        assert_int_equal(d->facts.frames, 5001);
        assert_int_equal(d->facts.channels, channels);
        assert_int_equal(d->facts.bits, rows[k / COUNT(counts)].told);
        assert_int_equal(d->facts.length, tick_from_samples(5001, RATE));
        for (size_t i = 0; i < d->frames; i++) {
            for (int c = 0; c < channels; c++)
                assert_true(fabs(d->heard[c][i] - tone(i, c)) <= step);
        }
    }
}

static void a_plain_wav_gets_its_usual_layout_and_weights(void **state)
{
    static const struct {
        int channels;
        const char *layout;
        double last, lfe; // weight of the last channel and of the fourth
    } rows[] = {{1, "mono", 1, -1}, {2, "stereo", 1, -1}, {6, "5.1", 1.41, 0}, {8, "7.1", 1.41, 0}};
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        wav_tone(d, 1, 16, rows[i].channels, 480);
        save(d, "a.wav");
        listen_to(d);
        assert_string_equal(d->facts.layout, rows[i].layout);
        assert_true(d->facts.weight[rows[i].channels - 1] == rows[i].last);
        if (rows[i].lfe >= 0)
            assert_true(d->facts.weight[3] == rows[i].lfe);
    }
}

static void the_length_in_a_wav_header_is_believed_only_where_it_is_one(void **state)
{
    static const struct {
        uint32_t claimed; // bytes; 192000 are there: 2 s
        bool damaged;
        const char *text;
    } rows[] = {
        {192000, false, ""},
        {192000 + 40000, false, ""}, // less than 0.5 s
        {960000, true, "ends at 00:02 of 00:10"},
        {0, false, ""},          // never closed
        {0xffffffff, false, ""}, // written into a pipe
        {0x7fffffff, false, ""},
    };
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        wav_tone(d, 1, 16, 1, 2 * RATE);
        d->len = 40;
        put(d, rows[i].claimed, 4);
        d->len = 44 + 192000;
        save(d, "a.wav");
        assert_int_equal(listen_to(d), rows[i].damaged);
        assert_string_equal(d->damage, rows[i].text);
        assert_int_equal(d->facts.frames, 2 * RATE);
        assert_int_equal(listen_with(d, false), rows[i].damaged ? -EINVAL : 0);
        assert_int_equal(d->e.kind == ERR_INPUT, rows[i].damaged);
    }
}

static void the_ending_of_the_name_is_not_believed(void **state)
{
    static const struct {
        const char *name, *kept;
    } rows[] = {{"a.wav", "wav"}, {"A.WAVE", "wave"}, {"a.mp3", "wav"}, {"noise", "wav"}};
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        wav_tone(d, 1, 16, 1, 480);
        save(d, rows[i].name);
        listen_to(d);
        assert_string_equal(d->facts.container, "wav");
        assert_string_equal(d->facts.extension, rows[i].kept);
    }
}

static void what_is_no_recording_is_refused_with_the_reason(void **state)
{
    static const struct {
        int channels, rate;
        const char *reason;
    } rows[] = {{9, 48000, "9 channels; up to 8 can be used"},
                {64, 48000, "64 channels"},
                {1, 384000, "a sample rate of 384000 Hz; from 8000 to 192000 can be used"},
                {1, 4000, "a sample rate of 4000 Hz"}};
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        wav_head(d, 1, 16, rows[i].channels, rows[i].rate, 4608);
        d->len += 4608;
        save(d, "a.wav");
        assert_int_equal(listen_with(d, true), -EINVAL);
        assert_int_equal(d->e.kind, ERR_INPUT);
        assert_non_null(strstr(d->e.text, rows[i].reason));
    }
    d->len = 0;
    save(d, "empty.wav");
    assert_int_equal(listen_with(d, true), -EINVAL);
    assert_non_null(strstr(d->e.text, "empty.wav: an empty file"));
    put_text(d, "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/hostname\n");
    save(d, "list.wav");
    assert_int_equal(listen_with(d, true), -EINVAL);
    assert_non_null(strstr(d->e.text, "not a sound or video file"));
    place(d, "missing.wav");
    assert_int_equal(listen_with(d, true), -ENOENT);
    place(d, ".");
    assert_int_equal(listen_with(d, true), -EINVAL);
    assert_non_null(strstr(d->e.text, "not a file"));
}

static void samples_that_are_no_numbers_become_silence_and_a_fault(void **state)
{
    struct desk *d = *state;
    wav_tone(d, 3, 32, 2, RATE);
    memcpy(d->bytes + 44 + 8000, "\0\0\xc0\x7f\0\0\x80\x7f", 8); // nan, infinity
    save(d, "a.wav");
    listen_to(d);
    assert_int_equal(d->facts.frames, RATE);
    assert_true(d->heard[0][1000] == 0 && isfinite(d->heard[1][1000]));
    assert_int_equal(d->facts.num_faults, 1);
    assert_string_equal(d->facts.faults[0].text, "samples that are no numbers");
}

// ---- coded files

static const struct coded {
    const char *name, *codec, *container;
    int kbps, more; // samples that the format may add at the end
} coded[] = {
    {"a.mp3", "libmp3lame", "mp3", 128, 0},
    {"a.opus", "libopus", "ogg", 96, 0},
    {"a.flac", "flac", "flac", 0, 0},
    {"a.m4a", "aac", "ipod", 128, 1024},
};
enum { SECONDS = 4, FRAMES = SECONDS * RATE - 1000 }; // no whole number of frames of any coder

// A voice-like tone, so that each coder spends bytes on it.
static void code_channels(struct desk *d, const struct coded *k, int channels)
{
    struct sink_params p = {.path = place(d, k->name),
                            .codec = k->codec,
                            .container = k->container,
                            .sample_rate = RATE,
                            .channels = channels,
                            .bits = 16,
                            .bitrate_kbps = k->kbps,
                            .threads = 1};
    struct sink *s;
    float *planes[2];
    for (int c = 0; c < 2; c++) {
        planes[c] = mem_alloc(FRAMES * sizeof(float));
        uint32_t noise = 1;
        for (size_t i = 0; i < FRAMES; i++) {
            noise = noise * 1664525u + 1013904223u;
            planes[c][i] = (float)(tone(i, c) + 0.05 * ((noise >> 8) / 8388608.0 - 1));
        }
    }
    assert_int_equal(sink_open(&p, &s, &d->e), 0);
    assert_int_equal(sink_write(s, (const float *const *)planes, FRAMES, &d->e), 0);
    assert_int_equal(sink_finish(s, &d->e), 0);
    for (int c = 0; c < 2; c++)
        free(planes[c]);
    load(d, k->name);
}

static void code(struct desk *d, const struct coded *k)
{
    code_channels(d, k, 2);
}

static void a_coded_file_gives_back_every_sample_that_went_in(void **state)
{
    struct desk *d = *state;
    for (size_t k = 0; k < COUNT(coded); k++) {
        code(d, &coded[k]);
        assert_false(listen_to(d));
        assert_string_equal(d->damage, "");
        assert_in_range(d->facts.frames, FRAMES, FRAMES + coded[k].more);
        assert_int_equal(d->facts.starts, 0);
        double error = 0;
        for (size_t i = 2000; i < FRAMES - 2000; i++)
            error += fabs(d->heard[0][i] - tone(i, 0)) / FRAMES;
        assert_true(error < 0.06); // 1 sample off: more than 0.1
    }
}

static void a_file_that_was_cut_off_says_where(void **state)
{
    struct desk *d = *state;
    for (size_t k = 0; k < COUNT(coded); k++) {
        code(d, &coded[k]);
        if (strcmp(coded[k].container, "ipod") == 0)
            continue; // its index is at the end: nothing can be read
        d->len = d->len * 6 / 10;
        save(d, coded[k].name);
        assert_true(listen_to(d));
        assert_true(d->facts.truncated || d->facts.incomplete);
        if (!strstr(d->damage, "ends at 00:0"))
            fail_msg("%s: %s", coded[k].name, d->damage);
        assert_int_equal(listen_with(d, false), -EINVAL);
        assert_non_null(strstr(d->e.text, "damaged: "));
    }
}

static void a_hole_says_where_and_the_rest_keeps_its_place(void **state)
{
    struct desk *d = *state;
    for (size_t k = 0; k < COUNT(coded); k++) {
        code(d, &coded[k]);
        memset(d->bytes + d->len * 3 / 10, 0x55, d->len / 20);
        save(d, coded[k].name);
        bool damaged = listen_to(d);
        if (!damaged || !d->facts.decode_errors || !strstr(d->damage, " from 00:0"))
            fail_msg("%s: %s", coded[k].name, d->damage);
        if (strcmp(coded[k].container, "mp3") == 0)
            continue; // it has no time stamps
        assert_in_range(d->facts.frames, FRAMES - 960, FRAMES + 1024);
    }
}

static void junk_behind_the_sound_costs_nothing(void **state)
{
    struct desk *d = *state;
    for (size_t k = 0; k < COUNT(coded); k++) {
        code(d, &coded[k]);
        uint32_t noise = 1;
        for (int i = 0; i < 20000; i++) {
            noise = noise * 1664525u + 1013904223u;
            d->bytes[d->len++] = (unsigned char)(noise >> 24);
        }
        save(d, coded[k].name);
        assert_false(listen_to(d));
        assert_in_range(d->facts.frames, FRAMES - 1152, FRAMES + 1152);
    }
}

// Pages of an Ogg file: where the n-th begins.
static size_t page_at(const struct desk *d, int n)
{
    size_t at = 0;
    for (; n > 0; n--) {
        size_t size = 27 + d->bytes[at + 26];
        for (int i = 0; i < d->bytes[at + 26]; i++)
            size += d->bytes[at + 27 + i];
        at += size;
    }
    return at;
}

static void a_page_that_is_missing_is_a_pause_and_a_spoilt_one_is_damage(void **state)
{
    struct desk *d = *state;
    code(d, &coded[1]);
    size_t from = page_at(d, 3), to = page_at(d, 4);
    d->bytes[(from + to) / 2] ^= 0xff;
    save(d, "spoilt.opus");
    assert_true(listen_to(d));
    assert_in_range(d->facts.frames, FRAMES - 10, FRAMES + 10);
    memmove(d->bytes + from, d->bytes + to, d->len - to);
    d->len -= to - from;
    save(d, "missing.opus");
    assert_false(listen_to(d));
    assert_in_range(d->facts.frames, FRAMES - 10, FRAMES + 10);
    assert_int_equal(d->facts.num_faults, 1);
    assert_int_equal(d->facts.faults[0].count, 0);
    assert_true(d->facts.faults[0].lost > TICKS_PER_SEC / 2);
    size_t at = (size_t)tick_to_samples(d->facts.faults[0].at, RATE);
    for (size_t i = at + 1000; i < at + 10000; i++)
        assert_true(d->heard[0][i] == 0);
}

static void a_recording_that_changes_its_channels_goes_on_in_the_first(void **state)
{
    static const struct coded rows[] = {{"a.mp3", "libmp3lame", "mp3", 128, 0},
                                        {"a.oga", "flac", "ogg", 0, 0}};
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows) * 2; i++) {
        const struct coded *k = &rows[i / 2];
        int first = 1 + (int)(i % 2);
        code_channels(d, k, first);
        size_t len = d->len;
        unsigned char *bytes = mem_alloc(len);
        memcpy(bytes, d->bytes, len);
        code_channels(d, k, 3 - first);
        memmove(d->bytes + len, d->bytes, d->len);
        memcpy(d->bytes, bytes, len);
        d->len += len;
        free(bytes);
        save(d, k->name);
        listen_to(d);
        assert_int_equal(d->facts.channels, first);
        assert_in_range(d->facts.frames, 2 * FRAMES - 2400, 2 * FRAMES + 4800);
    }
}

// ---- the verdict

static void the_verdict_weighs_where_errors_are_and_what_they_cost(void **state)
{
    (void)state;
    static const tick ms = TICKS_PER_SEC / 1000;
    static const struct {
        const char *why;
        int64_t at_ms, lost_ms;
        int count;
        bool truncated, bad;
        const char *text;
    } rows[] = {
        {"nothing", 0, 0, 0, false, false, ""},
        {"the first packets", 0, 40, 2, false, false, "2 decode errors from 00:00"},
        {"a start that is gone", 0, 4000, 2, false, true, "2 decode errors from 00:00, 4.00 s"},
        {"one short dropout", 5000, 23, 1, false, false, "1 decode error from 00:05, 0.02 s"},
        {"many", 4000, 0, 890, false, true, "890 decode errors from 00:04"},
        {"one long dropout", 5000, 500, 1, false, true, "1 decode error from 00:05, 0.50 s"},
        {"behind the end", 10000, 0, 1143, false, false, "what follows the last sound, at 00:10"},
        {"at an end that is early", 10000, 0, 5, true, true, "ends at 00:10 of 00:45"},
        {"a pause", 5000, 3000, 0, false, false, ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct source_facts f = {.frames = 1, .length = 10000 * ms, .truncated = rows[i].truncated};
        char text[SOURCE_DAMAGE_TEXT];
        f.claimed = rows[i].truncated ? 45000 * ms : f.length;
        if (rows[i].count || rows[i].lost_ms)
            damage_note(&f, &(struct source_fault){.at = rows[i].at_ms * ms,
                                                   .lost = rows[i].lost_ms * ms,
                                                   .count = rows[i].count});
        bool bad = source_damage(&f, text);
        if (bad != rows[i].bad || !strstr(text, rows[i].text))
            fail_msg("%s: %d %s", rows[i].why, bad, text);
    }
}

static void hours_stand_in_times_from_an_hour_on(void **state)
{
    (void)state;
    struct source_facts f = {.frames = 1, .truncated = true};
    char text[SOURCE_DAMAGE_TEXT];
    f.length = 723 * TICKS_PER_SEC;
    f.claimed = 2700 * TICKS_PER_SEC;
    source_damage(&f, text);
    assert_string_equal(text, "ends at 12:03 of 45:00");
    f.claimed = 3600 * TICKS_PER_SEC;
    source_damage(&f, text);
    assert_string_equal(text, "ends at 00:12:03 of 01:00:00");
}

static void errors_near_each_other_are_one_fault_and_no_list_overflows(void **state)
{
    (void)state;
    struct source_facts f = {.frames = 1, .length = 1000 * TICKS_PER_SEC};
    char text[SOURCE_DAMAGE_TEXT];
    for (int i = 0; i < 10; i++)
        damage_note(&f, &(struct source_fault){.at = i * TICKS_PER_SEC / 2, .count = 1});
    assert_int_equal(f.num_faults, 1);
    assert_int_equal(f.faults[0].count, 10);
    for (int i = 0; i < 100; i++) // pauses, however many, are no damage
        damage_note(&f, &(struct source_fault){.at = (100 + i) * TICKS_PER_SEC, .lost = 99999999});
    assert_int_equal(f.num_faults, SOURCE_FAULTS);
    assert_int_equal(f.decode_errors, 10);
    f = (struct source_facts){.frames = 1, .length = 1000 * TICKS_PER_SEC};
    for (int i = 0; i < 100; i++)
        damage_note(&f, &(struct source_fault){.at = i * 3 * TICKS_PER_SEC, .lost = 99999999});
    assert_false(source_damage(&f, text));
    for (int i = 0; i < 4; i++)
        damage_note(&f, &(struct source_fault){.at = (400 + i * 3) * TICKS_PER_SEC, .count = 1});
    assert_true(source_damage(&f, text));
    assert_string_equal(text, "4 decode errors");
}

// ---- real recordings

static void real_recordings_have_these_samples(void **state)
{
    static const struct {
        const char *name, *container, *extension, *codec;
        int64_t frames;
        int rate, channels;
        bool picture;
    } rows[] = {
        // five AMR frames in each sample of the container
        {"phone-video-amr.3gp", "mp4", "3gp", "amr_nb", 40000, 8000, 1, true},
        {"amr-nb.amr", "amr", "amr", "amr_nb", 34880, 8000, 1, false},
        {"phone-vfr-11s.mp4", "mp4", "mp4", "aac", 496681, 44100, 1,
         true}, // sound comes 0.19 s late
        {"video-srt-inside.mkv", "matroska", "mkv", "ac3", 47278, 44100, 1, true},
        {"video-pcm.mov", "mov", "mov", "pcm_s16le", 96000, 48000, 2, true},
        {"video-5.1-aac.mp4", "mp4", "mp4", "aac", 254976, 48000, 6, true},
        {"speech-coverart-png.mp3", "mp3", "mp3", "mp3", 111744, 44100, 2, false}, // a cover
        {"speech-en-16k.mp3", "mp3", "mp3", "mp3", 176000, 16000, 1, false},
        {"mp3-no-seek-table-vbr.mp3", "mp3", "mp3", "mp3", 134784, 48000, 2, false},
        {"damaged-trailing-garbage.mp3", "mp3", "mp3", "mp3", 44975, 44100, 1, false},
        {"flac-no-length.flac", "flac", "flac", "flac", 131568, 48000, 2, false},
        {"speech-en-audio-only.webm", "matroska", "webm", "vorbis", 397504, 44100, 2, false},
        {"video-transport-stream.ts", "mpegts", "ts", "aac", 440320, 44100, 2, true},
    };
    struct desk *d = *state;
    const char *media = getenv("DGL_MEDIA");
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(d->path, sizeof(d->path), "%s/%s", media ? media : "../shared/media",
                 rows[i].name);
        if (!fs_exists(d->path))
            continue;
        assert_false(listen_to(d));
        assert_string_equal(d->facts.container, rows[i].container);
        assert_string_equal(d->facts.extension, rows[i].extension);
        assert_string_equal(d->facts.codec, rows[i].codec);
        assert_int_equal(d->facts.frames, rows[i].frames);
        assert_int_equal(d->facts.sample_rate, rows[i].rate);
        assert_int_equal(d->facts.channels, rows[i].channels);
        assert_int_equal(d->facts.has_picture, rows[i].picture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_kind_of_sample_reads_alike, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_plain_wav_gets_its_usual_layout_and_weights, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_length_in_a_wav_header_is_believed_only_where_it_is_one,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_ending_of_the_name_is_not_believed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_recording_is_refused_with_the_reason, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(samples_that_are_no_numbers_become_silence_and_a_fault,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_coded_file_gives_back_every_sample_that_went_in, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_was_cut_off_says_where, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_hole_says_where_and_the_rest_keeps_its_place, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(junk_behind_the_sound_costs_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_page_that_is_missing_is_a_pause_and_a_spoilt_one_is_damage, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_recording_that_changes_its_channels_goes_on_in_the_first,
                                        set_up, tear_down),
        cmocka_unit_test(the_verdict_weighs_where_errors_are_and_what_they_cost),
        cmocka_unit_test(hours_stand_in_times_from_an_hour_on),
        cmocka_unit_test(errors_near_each_other_are_one_fault_and_no_list_overflows),
        cmocka_unit_test_setup_teardown(real_recordings_have_these_samples, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
