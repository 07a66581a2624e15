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
#include "base/hash.h"
#include "ffmpeg.h"
#include "media/av.h"
#include "media/hls.h"
#include "media/m4aread.h"
#include "media/remux.h"
#include "scratch.h"

#define S TICKS_PER_SEC
enum { FILE_MAX = 64 << 20, RUNGS = 3, RATE = 44100 };

struct desk {
    char dir[SCRATCH_MAX];
    struct arena arena;
    struct err e;
    const char *rungs[RUNGS], *sound;
};

static const char *place(struct desk *d, const char *name)
{
    return fs_join(&d->arena, d->dir, name);
}

#define FFMPEG(...) ffmpeg_make((const char *const[]){__VA_ARGS__, NULL})
#define GOP_2S "-bf", "2", "-g", "50", "-keyint_min", "50", "-sc_threshold", "0"
#define X264 "-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-pix_fmt", "yuv420p"

// Twenty seconds: the sound's frames of 44.1 kHz never begin where a picture does.
static void make_material(struct desk *d)
{
    static const char *const sizes[RUNGS] = {"scale=320:180", "scale=212:120", "scale=106:60"};
    static const char *const names[RUNGS] = {"high.mp4", "middle.mp4", "low.mp4"};
    for (int i = 0; i < RUNGS; i++) {
        d->rungs[i] = place(d, names[i]);
        FFMPEG("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=20", "-vf", sizes[i], X264, GOP_2S,
               d->rungs[i]);
    }
    const char *raw = place(d, "raw.m4a");
    FFMPEG("-f", "lavfi", "-i", "sine=f=300:r=44100:d=20.1", "-c:a", "aac", raw);
    d->sound = place(d, "sound.m4a");
    assert_int_equal(remux_m4a(raw, d->sound, NULL, 0, NULL, &d->e), 0);
}

static int set_up(void **state)
{
    char ffmpeg[FFMPEG_PATH];
    struct desk *d = mem_alloc(sizeof *d);
    scratch_new(d->dir);
    libav_quiet();
    if (ffmpeg_find(ffmpeg))
        make_material(d);
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

static struct desk *desk_of(void **state)
{
    struct desk *d = *state;
    if (!d->sound)
        skip(); // the ffmpeg command is not installed
    return d;
}

static const struct cue cues[] = {{S, 3 * S, "Kari", "Hei"}, {18 * S, 20 * S, NULL, "Hade"}};
static const struct captions captions = {(struct cue *)(uintptr_t)cues, COUNT(cues), NULL};

static int make(struct desk *d, const char *dir, const char *const *rungs, size_t n,
                struct hls_result *ret)
{
    struct hls_captions c = {&captions, "Norsk", "nb", false};
    struct hls_params p = {
        .dir = place(d, dir),
        .rungs = rungs,
        .num_rungs = n,
        .sound = d->sound,
        .sound_name = "Norsk",
        .sound_language = "nb",
        .captions = &c,
        .num_captions = 1,
        .arena = &d->arena,
    };
    return hls_make(&p, ret, &d->e);
}

static void make_well(struct desk *d, const char *dir, const char *const *rungs, size_t n,
                      struct hls_result *ret)
{
    if (make(d, dir, rungs, n, ret) < 0)
        fail_msg("%s", d->e.text);
}

static char *slurp(struct desk *d, const char *path, size_t *ret_len)
{
    char *data;
    if (fs_read(&d->arena, path, FILE_MAX, &data, ret_len, &d->e) < 0)
        fail_msg("%s", d->e.text);
    return data;
}

// ---- packages, read by their playlists

struct entry {
    int64_t us, at, bytes; // bytes 0: all
    const char *name;
};
struct list {
    struct entry *entries;
    size_t count, cap;
    int target;
    int64_t us;
};

static int64_t microseconds(const char *p)
{
    char *point;
    int64_t s = strtoll(p, &point, 10);
    assert_true(*point == '.' && strlen(point) > 6);
    return s * 1000000 + strtoll(point + 1, NULL, 10);
}

static struct list read_list(struct desk *d, const char *path)
{
    struct list l = {0};
    struct entry now = {0};
    char *save = NULL, *text = slurp(d, path, NULL);
    for (char *p = strtok_r(text, "\n", &save); p; p = strtok_r(NULL, "\n", &save)) {
        if (str_starts(p, "#EXTINF:")) {
            now.us = microseconds(p + 8);
        } else if (str_starts(p, "#EXT-X-BYTERANGE:")) {
            now.bytes = strtoll(p + 17, NULL, 10);
            now.at = strtoll(strchr(p, '@') + 1, NULL, 10);
        } else if (str_starts(p, "#EXT-X-TARGETDURATION:")) {
            l.target = (int)strtol(p + 22, NULL, 10);
        } else if (*p != '#') {
            now.name = p;
            l.entries = arena_grow(&d->arena, l.entries, l.count, &l.cap, sizeof *l.entries);
            l.entries[l.count++] = now;
            l.us += now.us;
            now = (struct entry){0};
        }
    }
    return l;
}

// init.mp4 and some of the entries in one file, as a player has them.
static const char *join(struct desk *d, const char *folder, const struct list *l, size_t from,
                        size_t to)
{
    const char *path = place(d, "joined.mp4");
    FILE *f = fopen(path, "wb");
    size_t len;
    char *data = slurp(d, fs_join(&d->arena, folder, "init.mp4"), &len);
    assert_int_equal(fwrite(data, 1, len, f), len);
    for (size_t i = from; i < to; i++) {
        const struct entry *x = &l->entries[i];
        data = slurp(d, fs_join(&d->arena, folder, x->name), &len);
        size_t n = x->bytes ? (size_t)x->bytes : len;
        assert_true((size_t)x->at + n <= len);
        assert_int_equal(fwrite(data + x->at, 1, n, f), n);
    }
    assert_int_equal(fclose(f), 0);
    return path;
}

// ---- what libavformat and libavcodec make of it

struct content {
    char data[HASH_HEX], times[HASH_HEX]; // of all packets: their bytes; when they are shown
    int64_t packets, keys, end;           // end in ticks
    tick first;
    bool key_first;
};

static void look_at(struct content *c, const AVPacket *p, AVRational base)
{
    tick at = libav_tick(p->pts, base), end = at + libav_tick(p->duration, base);
    bool key = p->flags & AV_PKT_FLAG_KEY;
    if (!c->packets++) {
        c->first = at;
        c->key_first = key;
    }
    c->keys += key;
    c->end = end > c->end ? end : c->end;
}

static struct content read_content(const char *path)
{
    struct content c = {0};
    struct hash *data = hash_new(), *times = hash_new();
    AUTO(input) AVFormatContext *f = NULL;
    AUTO(packet) AVPacket *p = av_packet_alloc();
    assert_int_equal(avformat_open_input(&f, path, NULL, NULL), 0);
    assert_int_equal(f->nb_streams, 1);
    while (av_read_frame(f, p) >= 0) {
        tick at = libav_tick(p->pts, f->streams[0]->time_base);
        hash_add(data, p->data, (size_t)p->size);
        hash_add(times, &at, sizeof at);
        look_at(&c, p, f->streams[0]->time_base);
        av_packet_unref(p);
    }
    hash_finish(data, c.data);
    hash_finish(times, c.times);
    return c;
}

static int count_frames(AVCodecContext *codec, AVFrame *frame)
{
    int n = 0;
    for (; avcodec_receive_frame(codec, frame) >= 0; n++) {
        assert_true(frame->key_frame && frame->pict_type == AV_PICTURE_TYPE_I);
        assert_int_equal(frame->decode_error_flags, 0);
    }
    return n;
}

static int decode(const char *path)
{
    AUTO(input) AVFormatContext *f = NULL;
    AUTO(codec) AVCodecContext *codec = avcodec_alloc_context3(NULL);
    AUTO(packet) AVPacket *p = av_packet_alloc();
    AUTO(frame) AVFrame *frame = av_frame_alloc();
    int n = 0;
    assert_int_equal(avformat_open_input(&f, path, NULL, NULL), 0);
    assert_true(avcodec_parameters_to_context(codec, f->streams[0]->codecpar) >= 0);
    assert_true(avcodec_open2(codec, avcodec_find_decoder(codec->codec_id), NULL) >= 0);
    while (av_read_frame(f, p) >= 0) {
        assert_int_equal(avcodec_send_packet(codec, p), 0);
        av_packet_unref(p);
        n += count_frames(codec, frame);
    }
    avcodec_send_packet(codec, NULL);
    return n + count_frames(codec, frame);
}

// ---- what is promised

static void check_segments(struct desk *d, const char *folder, const struct list *l)
{
    int64_t us = 0;
    for (size_t i = 0; i < l->count; i++) {
        struct content c = read_content(join(d, folder, l, i, i + 1));
        assert_true(c.key_first);
        assert_int_equal((c.first * 10 + 3528) / 7056, us);
        us += l->entries[i].us;
    }
}

static void a_rung_holds_the_packets_of_its_source(void **state)
{
    struct desk *d = desk_of(state);
    struct hls_result r;
    make_well(d, "a", d->rungs, RUNGS, &r);
    assert_int_equal(r.target, 6);
    assert_int_equal(r.length, 20 * S);
    for (int i = 0; i < RUNGS; i++) {
        const char *folder = place(d, arena_printf(&d->arena, "a/video%d", i + 1));
        struct list l = read_list(d, fs_join(&d->arena, folder, "index.m3u8"));
        struct content now = read_content(join(d, folder, &l, 0, l.count));
        struct content was = read_content(d->rungs[i]);
        assert_int_equal(now.packets, 500);
        assert_int_equal(now.keys, 10);
        assert_int_equal(now.first, 0);
        assert_string_equal(now.data, was.data);
        assert_string_equal(now.times, was.times);
        assert_int_equal(l.count, 4); // 6, 6, 6, 2
        assert_int_equal(l.us, 20000000);
        assert_int_equal(l.entries[3].us, 2000000);
        assert_int_equal(l.target, 6);
        check_segments(d, folder, &l);
    }
}

static void iframes_are_one_key_frame_each(void **state)
{
    struct desk *d = desk_of(state);
    struct hls_result r;
    make_well(d, "a", d->rungs, RUNGS, &r);
    for (int i = 0; i < RUNGS; i++) {
        const char *folder = place(d, arena_printf(&d->arena, "a/video%d", i + 1));
        struct list l = read_list(d, fs_join(&d->arena, folder, "iframes.m3u8"));
        assert_int_equal(l.count, 10);
        assert_int_equal(l.us, 20000000);
        check_segments(d, folder, &l);
        for (size_t k = 0; k < l.count; k++) {
            const char *path = join(d, folder, &l, k, k + 1);
            assert_int_equal(read_content(path).packets, 1);
            assert_int_equal(decode(path), 1);
        }
    }
}

// The source through m4aread, which leaves nothing out.
static void hash_sound(struct desk *d, int64_t packets, char ret[HASH_HEX])
{
    struct m4aread *m;
    const uint8_t *data;
    size_t size;
    struct hash *h = hash_new();
    assert_int_equal(m4aread_open(d->sound, &m, &d->e), 0);
    for (int64_t i = 0; i < packets && m4aread_packet(m, &data, &size, &d->e) > 0; i++)
        hash_add(h, data, size);
    m4aread_close(m);
    hash_finish(h, ret);
}

static int64_t samples_of(struct desk *d)
{
    struct m4aread *m;
    assert_int_equal(m4aread_open(d->sound, &m, &d->e), 0);
    int64_t samples = m4aread_track(m)->samples;
    assert_true(m4aread_track(m)->priming > 0);
    m4aread_close(m);
    return samples;
}

static void the_sound_is_cut_with_the_picture_and_keeps_its_length(void **state)
{
    struct desk *d = desk_of(state);
    struct hls_result r;
    make_well(d, "a", d->rungs, 1, &r);
    const char *folder = place(d, "a/sound");
    struct list l = read_list(d, fs_join(&d->arena, folder, "index.m3u8"));
    struct content c = read_content(join(d, folder, &l, 0, l.count));
    char want[HASH_HEX];
    hash_sound(d, c.packets, want);
    assert_string_equal(c.data, want);
    int64_t samples = samples_of(d), us = 0;
    assert_int_equal(samples, (int64_t)(20.1 * RATE));
    assert_int_equal(l.us, (samples * 1000000 + RATE / 2) / RATE);
    assert_int_equal(c.packets, (samples + 1024 + 1023) / 1024);
    assert_int_equal(c.first, tick_from_samples(-1024, RATE)); // the priming
    assert_int_equal(l.count, 4);
    assert_int_equal(l.target, r.target);
    for (size_t i = 0; i < l.count; i++) {
        assert_true(llabs(us - (int64_t)i * 6000000) <= 512 * INT64_C(1000000) / RATE + 1);
        struct content s = read_content(join(d, folder, &l, i, i + 1));
        tick start = i ? s.first : s.first + tick_from_samples(1024, RATE);
        assert_int_equal((start * 10 + 3528) / 7056, us);
        us += l.entries[i].us;
    }
}

static void sound_that_outlasts_the_picture_goes_on(void **state)
{
    struct desk *d = desk_of(state);
    struct hls_result r;
    const char *rung = place(d, "short.mp4");
    FFMPEG("-i", d->rungs[2], "-t", "4", "-c", "copy", rung);
    make_well(d, "long", &rung, 1, &r);
    struct list l = read_list(d, place(d, "long/sound/index.m3u8"));
    assert_int_equal(l.count, 3); // 6, 6, 8.1
    assert_int_equal(l.us, (samples_of(d) * 1000000 + RATE / 2) / RATE);
    assert_int_equal(l.target, 8);
    assert_int_equal(read_list(d, place(d, "long/video1/index.m3u8")).target, 8);
}

static void every_file_is_named_with_its_length_and_type(void **state)
{
    struct desk *d = desk_of(state);
    struct hls_result r;
    make_well(d, "a", d->rungs, RUNGS, &r);
    static const struct {
        const char *end, *type;
    } types[] = {{"m3u8", "application/vnd.apple.mpegurl"},
                 {"mp4", "video/mp4"},
                 {"m4s", "video/iso.segment"},
                 {"vtt", "text/vtt"}};
    size_t seen[COUNT(types)] = {0};
    for (size_t i = 0; i < r.num_files; i++) {
        const struct hls_file *f = &r.files[i];
        const char *path = fs_join(&d->arena, place(d, "a"), f->path);
        assert_int_equal(fs_size(path), f->bytes);
        for (size_t k = 0; k < COUNT(types); k++) {
            if (str_same(fs_extension(f->path), types[k].end)) {
                assert_string_equal(f->type, types[k].type);
                seen[k]++;
            }
        }
    }
    assert_int_equal(seen[0], 1 + 3 * 2 + 1 + 1);
    assert_int_equal(seen[1], 4);
    assert_int_equal(seen[2], 4 * 4);
    assert_int_equal(seen[3], 1);
    assert_int_equal(seen[0] + seen[1] + seen[2] + seen[3], r.num_files);
    assert_string_equal(r.files[r.num_files - 1].path, "master.m3u8");
}

static void equal_input_gives_equal_bytes(void **state)
{
    struct desk *d = desk_of(state);
    struct hls_result one, two;
    make_well(d, "one", d->rungs, RUNGS, &one);
    make_well(d, "two", d->rungs, RUNGS, &two);
    assert_int_equal(one.num_files, two.num_files);
    for (size_t i = 0; i < one.num_files; i++) {
        size_t len, again;
        const char *path = one.files[i].path;
        char *a = slurp(d, fs_join(&d->arena, place(d, "one"), path), &len);
        char *b = slurp(d, fs_join(&d->arena, place(d, "two"), path), &again);
        assert_string_equal(path, two.files[i].path);
        assert_int_equal(len, again);
        assert_memory_equal(a, b, len);
        assert_null(memmem(a, len, d->dir, strlen(d->dir)));
    }
}

// A camera's key frames come when they come.
static void segments_end_at_the_nearest_key_frames(void **state)
{
    struct desk *d = desk_of(state);
    struct hls_result r;
    const char *rung = place(d, "camera.mov");
    FFMPEG("-f", "lavfi", "-i", "testsrc2=s=106x60:r=30000/1001:d=24", "-f", "lavfi", "-i",
           "sine=d=24", X264, "-bf", "3", "-g", "900", "-sc_threshold", "0", "-force_key_frames",
           "expr:eq(n,40)+eq(n,147)+eq(n,240)+eq(n,405)+eq(n,603)", "-c:a", "aac", rung);
    make_well(d, "camera", &rung, 1, &r);
    struct list l = read_list(d, place(d, "camera/video1/index.m3u8"));
    static const int frames[] = {0, 147, 405, 603};
    int64_t us = 0;
    assert_int_equal(l.count, COUNT(frames));
    for (size_t i = 0; i < l.count; i++) {
        assert_int_equal(us, (frames[i] * INT64_C(1001000000) / 30000 * 2 + 1) / 2);
        us += l.entries[i].us;
    }
    assert_int_equal(l.target, 9);
    assert_int_equal(r.target, 9);
    check_segments(d, place(d, "camera/video1"), &l);
    AUTO(input) AVFormatContext *f = NULL;
    assert_int_equal(avformat_open_input(&f, rung, NULL, NULL), 0);
    assert_int_equal(f->nb_streams, 2); // the sound in it is left out
    assert_true(r.pictures[0].frame_rate > 29.96 && r.pictures[0].frame_rate < 29.98);
}

static void pictures_keep_their_shape_and_stand_upright(void **state)
{
    struct desk *d = desk_of(state);
    struct hls_result r;
    const char *wide = place(d, "wide.mp4"), *turned = place(d, "turned.mp4");
    FFMPEG("-f", "lavfi", "-i", "testsrc2=s=120x60:d=1", "-vf", "setsar=4/3", "-colorspace",
           "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", X264, wide);
    FFMPEG("-i", wide, "-c", "copy", "-metadata:s:v:0", "rotate=90", turned);
    make_well(d, "shape", &turned, 1, &r);
    assert_int_equal(r.pictures[0].width, 60);
    assert_int_equal(r.pictures[0].height, 160);
    struct list l = read_list(d, place(d, "shape/video1/index.m3u8"));
    AUTO(input) AVFormatContext *was = NULL;
    AUTO(input) AVFormatContext *now = NULL;
    assert_int_equal(avformat_open_input(&was, turned, NULL, NULL), 0);
    const char *path = join(d, place(d, "shape/video1"), &l, 0, l.count);
    assert_int_equal(avformat_open_input(&now, path, NULL, NULL), 0);
    size_t old = 0, new = 0;
    AVStream *s = was->streams[0], *t = now->streams[0];
    void *one = av_stream_get_side_data(s, AV_PKT_DATA_DISPLAYMATRIX, &old);
    void *two = av_stream_get_side_data(t, AV_PKT_DATA_DISPLAYMATRIX, &new);
    assert_true(old && old == new);
    assert_memory_equal(one, two, old);
    assert_int_equal(t->sample_aspect_ratio.num, 4);
    assert_int_equal(t->sample_aspect_ratio.den, 3);
    assert_int_equal(t->codecpar->color_space, AVCOL_SPC_BT709);
}

static void refused(struct desk *d, const char *const *rungs, size_t n, const char *why)
{
    struct hls_result r;
    d->e = (struct err){0};
    int got = make(d, "refused", rungs, n, &r);
    if (got >= 0 || d->e.kind != ERR_INPUT || !strstr(d->e.text, why))
        print_error("wanted: %s\ngot: %s\n", why, d->e.text);
    assert_true(got < 0 && d->e.code == got && d->e.kind == ERR_INPUT && strstr(d->e.text, why));
}

static void what_cannot_be_copied_is_refused(void **state)
{
    struct desk *d = desk_of(state);
    const char *open = place(d, "open.mp4"), *mpeg4 = place(d, "mpeg4.mp4");
    const char *pieces = place(d, "pieces.mp4"), *other = place(d, "other.mp4");
    const char *mkv = place(d, "a.mkv"), *hidden = place(d, "hidden.mp4");
    const char *cut = place(d, "cut.mp4"), *pair[] = {d->rungs[0], other};
    FFMPEG("-i", d->rungs[2], X264, "-x264-params",
           "open-gop=1:bframes=3:b-adapt=0:keyint=50:min-keyint=50:scenecut=0", open);
    FFMPEG("-i", d->rungs[2], "-c:v", "mpeg4", mpeg4);
    FFMPEG("-i", d->rungs[2], "-c", "copy", "-movflags", "frag_keyframe+empty_moov", pieces);
    FFMPEG("-i", d->rungs[2], X264, "-g", "40", "-sc_threshold", "0", other);
    FFMPEG("-i", d->rungs[2], "-c", "copy", mkv);
    FFMPEG("-ss", "1", "-i", d->rungs[2], "-c", "copy", hidden);
    FFMPEG("-i", d->rungs[2], "-c", "copy", "-movflags", "faststart", cut);
    assert_int_equal(truncate(cut, fs_size(cut) / 2), 0);
    refused(d, &open, 1, "refer to each other");
    refused(d, &mpeg4, 1, "not H.264");
    refused(d, &pieces, 1, "no index of the whole");
    refused(d, pair, 2, "key frames are not where");
    refused(d, &mkv, 1, "only MP4 and MOV");
    refused(d, &hidden, 1, "hides frames");
    refused(d, &cut, 1, "ends before its picture does");
    refused(d, &d->sound, 1, "no picture");
}

static void wrong_use_and_missing_files_are_errors(void **state)
{
    struct desk *d = desk_of(state);
    struct hls_result r;
    const char *none = place(d, "none.mp4");
    assert_true(make(d, "x", d->rungs, 0, &r) < 0);
    assert_int_equal(make(d, "x", &none, 1, &r), -ENOENT);
    assert_non_null(strstr(d->e.text, none));
    assert_true(make(d, "sound.m4a", d->rungs, 1, &r) < 0); // a file is where the folder should be
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rung_holds_the_packets_of_its_source),
        cmocka_unit_test(iframes_are_one_key_frame_each),
        cmocka_unit_test(the_sound_is_cut_with_the_picture_and_keeps_its_length),
        cmocka_unit_test(sound_that_outlasts_the_picture_goes_on),
        cmocka_unit_test(every_file_is_named_with_its_length_and_type),
        cmocka_unit_test(equal_input_gives_equal_bytes),
        cmocka_unit_test(segments_end_at_the_nearest_key_frames),
        cmocka_unit_test(pictures_keep_their_shape_and_stand_upright),
        cmocka_unit_test(what_cannot_be_copied_is_refused),
        cmocka_unit_test(wrong_use_and_missing_files_are_errors),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
