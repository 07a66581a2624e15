// SPDX-License-Identifier: GPL-3.0-or-later
// The stages from the recording to the delivery files, run as the worker runs them.
#include <ebur128.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/str.h"
#include "media/feed.h"
#include "media/sink.h"
#include "model/preset.h"
#include "scratch.h"
#include "stage/stage.h"
#include "waves.h"

enum { RATE = 48000, MOST = 3 };

static const char *const outputs[MOST] = {"mp3", "m4a", "opus"};
static const char *const presets[] = {"presets", NULL};

struct desk {
    char dir[SCRATCH_MAX];
    struct arena arena;
    struct json *input[16]; // built by hand, freed at the end
    size_t num_inputs;
    int threads;
    const struct progress *progress;
    struct stage_variant variant[MOST];
};

static void desk_new(struct desk *d)
{
    *d = (struct desk){.threads = 2};
    scratch_new(d->dir);
}

static void forget(struct desk *d)
{
    for (size_t i = 0; i < MOST; i++) {
        json_free(d->variant[i].measured);
        d->variant[i].measured = NULL;
    }
}

static void desk_done(struct desk *d)
{
    forget(d);
    for (size_t i = 0; i < d->num_inputs; i++)
        json_free(d->input[i]);
    scratch_free(d->dir);
    arena_done(&d->arena);
}

static char *at(struct desk *d, const char *name)
{
    return fs_join(&d->arena, d->dir, name);
}

// JSON with ' for ".
static struct json *json_of(const char *text)
{
    struct json *j;
    struct err e = {0};
    char *copy = strdup(text);
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    if (json_parse(copy, strlen(copy), "test", &j, &e) < 0)
        fail_msg("%s", e.text);
    free(copy);
    return j;
}

static void save(struct desk *d, const char *name, const char *text)
{
    struct json *j = json_of(text);
    assert_true(json_save(at(d, name), j, NULL) >= 0);
    json_free(j);
}

static int run(struct desk *d, const char *name, const char *settings, const char *in, size_t n,
               struct err *e)
{
    struct arena scratch = {0};
    struct json *s = json_of(settings), *i = json_of(in);
    struct stage_job job = {
        .show_dir = d->dir,
        .settings = s,
        .in = i,
        .variants = d->variant,
        .num_variants = n,
        .threads = d->threads,
        .arena = &scratch,
        .progress = d->progress,
    };
    int r = stage_find(name)->run(&job, e);
    arena_done(&scratch);
    json_free(s);
    json_free(i);
    return r;
}

static void one_variant(struct desk *d, const char *dir)
{
    forget(d);
    assert_int_equal(fs_mkdirs(at(d, dir), NULL), 0);
    d->variant[0] =
        (struct stage_variant){.name = "", .dir = at(d, dir), .measured = json_new_object()};
}

// facts.json and an original as ingest leaves them, of tracks with one part each.
static void ingest(struct desk *d, const char *const *paths, size_t n)
{
    struct str list, in;
    struct err e = {0};
    str_init(&list, STR_MAX);
    str_init(&in, STR_MAX);
    for (size_t i = 0; i < n; i++) {
        char hex[HASH_HEX];
        assert_int_equal(hash_file(paths[i], hex, NULL, NULL, NULL, &e), 0);
        str_addf(&list, "%s{'track':%zu,'part':0,'name':'r','sha256':'%s'}", i ? "," : "", i, hex);
        str_addf(&in, "%s'%s'", i ? "," : "", paths[i]);
    }
    one_variant(d, "ingest");
    const char *settings =
        arena_printf(&d->arena, "{'recordings':[%s],'accept_damage':true,'channels':2}", list.p);
    const char *input = arena_printf(&d->arena, "{'recordings':[%s]}", in.p);
    if (run(d, "ingest", settings, input, 1, &e) < 0)
        fail_msg("%s", e.text);
    str_done(&list);
    str_done(&in);
}

static int make_timeline(struct desk *d, const char *settings, struct err *e)
{
    const char *facts = at(d, "ingest/facts.json"), *tracks = at(d, "align/tracks.json");
    one_variant(d, "align");
    int r = run(d, "align", "{}", arena_printf(&d->arena, "{'facts':'%s'}", facts), 1, e);
    if (r < 0)
        return r;
    one_variant(d, "timeline");
    return run(d, "timeline", settings,
               arena_printf(&d->arena, "{'facts':'%s','tracks':'%s'}", facts, tracks), 1, e);
}

static int make_sound(struct desk *d, int channels, struct err *e)
{
    one_variant(d, "sound");
    const char *settings =
        arena_printf(&d->arena,
                     "{'loudness':{'target_lufs':-16,'ceiling_dbtp':-1},'sample_rate':48000,"
                     "'channels':%d}",
                     channels);
    const char *in = arena_printf(&d->arena, "{'facts':'%s','tracks':'%s','timeline':'%s'}",
                                  at(d, "ingest/facts.json"), at(d, "align/tracks.json"),
                                  at(d, "timeline/timeline.json"));
    return run(d, "sound", settings, in, 1, e);
}

// The presets as shipped, but for what `change` says.
static struct json *encode_settings(struct desk *d, const char *name, int channels,
                                    const char *change)
{
    struct output_preset p;
    struct err e = {0};
    struct str s;
    if (output_preset_load(&d->arena, presets, name, &p, &e) < 0)
        fail_msg("%s", e.text);
    str_init(&s, STR_MAX);
    str_addf(&s, "{'codec':'%s','container':'%s','extension':'%s','sample_rate_hz':%d,", p.codec,
             p.container, p.extension, (int)p.sample_rate_hz);
    str_addf(&s, "'channels':%d,'bitrate_kbps':%d,'start_gain_db':", channels,
             (int)(channels == 1 ? p.bitrate_kbps_mono : p.bitrate_kbps_stereo));
    str_add_real(&s, p.start_gain_db, 3);
    str_add(&s, ",'start_headroom_db':");
    str_add_real(&s, p.start_headroom_db, 3);
    str_add(&s, ",'options':[");
    for (size_t i = 0; i < p.options.count; i++)
        str_addf(&s, "%s'%s'", i ? "," : "", p.options.items[i]);
    str_add(&s, "],'target_lufs':-16,'tolerance_lu':0.2,'ceiling_dbtp':-1}");
    struct json *j = json_of(s.p), *other = json_of(change);
    for (size_t i = 0; i < json_count(other); i++) {
        const char *key = json_key_at(other, i);
        json_put(j, key, json_keep(json_get(other, key)));
    }
    json_free(other);
    str_done(&s);
    d->input[d->num_inputs++] = j;
    return j;
}

static int make_encode(struct desk *d, const char *const *names, size_t n, int channels,
                       const char *change, struct err *e)
{
    forget(d);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(fs_mkdirs(at(d, names[i]), NULL), 0);
        d->variant[i] =
            (struct stage_variant){.name = names[i],
                                   .dir = at(d, names[i]),
                                   .measured = json_new_object(),
                                   .settings = encode_settings(d, names[i], channels, change)};
    }
    const char *in = arena_printf(&d->arena, "{'master':'%s','sound':'%s'}",
                                  at(d, "sound/master.flac"), at(d, "sound/sound.json"));
    return run(d, "encode", "{}", in, n, e);
}

// What a voice hits the microphone with now and then; gives the limiters something to do.
static void add_pops(struct wave *w, double peak)
{
    enum { EVERY = RATE * 7 / 10, LENGTH = RATE / 200 };
    for (size_t i = EVERY / 2; i < w->frames; i++)
        if (i % EVERY < LENGTH)
            for (int c = 0; c < w->channels; c++)
                w->plane[c][i] += (float)(2 * peak * sin(wave_turn * 900 * (double)i / RATE));
}

static const char *write_voice(struct desk *d, const char *name, int channels, double seconds,
                               double peak)
{
    struct wave w;
    struct sink *s;
    struct sink_params sp = {.path = at(d, name),
                             .codec = "pcm_s16le",
                             .container = "wav",
                             .sample_rate = RATE,
                             .channels = channels};
    wave_init(&w, RATE, channels);
    wave_voice(&w, seconds, peak);
    add_pops(&w, peak);
    assert_int_equal(sink_open(&sp, &s, NULL), 0);
    assert_int_equal(sink_write(s, (const float *const *)w.plane, w.frames, NULL), 0);
    assert_int_equal(sink_finish(s, NULL), 0);
    wave_done(&w);
    return sp.path;
}

struct heard { // by the reference meter
    double lufs, dbtp;
    int64_t frames;
};

static struct heard reference(const char *path)
{
    enum { STEP = 4800 };
    struct err e = {0};
    struct feed *f;
    if (feed_open(&(struct feed_params){.path = path, .track = -1, .threads = 1}, &f, &e) < 0)
        fail_msg("%s", e.text);
    int channels = feed_channels(f);
    ebur128_state *m = ebur128_init((unsigned)channels, (unsigned long)feed_rate(f),
                                    EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
    float plane[2][STEP], both[2 * STEP], *planes[] = {plane[0], plane[1]};
    struct heard h = {0};
    double peak = 0;
    for (int r; (r = feed_read(f, planes, STEP, &e)) > 0; h.frames += r) {
        for (int i = 0; i < r * channels; i++)
            both[i] = plane[i % channels][i / channels];
        ebur128_add_frames_float(m, both, (size_t)r);
    }
    ebur128_loudness_global(m, &h.lufs);
    for (int c = 0; c < channels; c++) {
        double own;
        ebur128_true_peak(m, (unsigned)c, &own);
        peak = own > peak ? own : peak;
    }
    h.dbtp = 20 * log10(peak);
    ebur128_destroy(&m);
    feed_close(f);
    return h;
}

static double measured(const struct desk *d, size_t i, const char *key)
{
    return json_number(d->variant[i].measured, key, NAN);
}

// What the record promises, and what another meter hears in the file.
static void assert_delivered(struct desk *d, size_t n, int channels, int64_t frames)
{
    for (size_t i = 0; i < n; i++) {
        const char *path =
            arena_printf(&d->arena, "%s/audio.%s", d->variant[i].dir, d->variant[i].name);
        struct heard h = reference(path);
        double off = h.lufs + 16, extra = (double)(h.frames - frames);
        double more = str_same(d->variant[i].name, "m4a") ? 1024 : 0;
        if (fabs(off) > 0.2 || h.dbtp > -1 || extra < 0 || extra > more)
            fail_msg("%s: %.3f LUFS, %.3f dBTP, %+.0f samples", path, h.lufs, h.dbtp, extra);
        assert_true(fabs(measured(d, i, "integrated_lufs") - h.lufs) < 0.05);
        assert_true(measured(d, i, "true_peak_dbtp") <= -1);
        assert_true(measured(d, i, "duration_s") * RATE - (double)frames < more + 1);
        assert_true(measured(d, i, "bytes") == (double)fs_size(path));
        assert_in_range((int)measured(d, i, "tries"), 1, 3);
        assert_int_equal((int)measured(d, i, "sample_rate"), RATE);
        assert_int_equal((int)measured(d, i, "channels"), channels);
    }
}

static void make_all(struct desk *d, int channels)
{
    struct err e = {0};
    if (make_timeline(d, "{'chapters':[]}", &e) < 0 || make_sound(d, channels, &e) < 0)
        fail_msg("%s", e.text);
    struct heard h = reference(at(d, "sound/master.flac"));
    if (fabs(h.lufs + 16) > 0.15 || h.dbtp > -0.95)
        fail_msg("master: %.3f LUFS, %.3f dBTP", h.lufs, h.dbtp);
    if (make_encode(d, outputs, MOST, channels, "{}", &e) < 0)
        fail_msg("%s", e.text);
    assert_delivered(d, MOST, channels, h.frames);
}

static void a_recording_is_delivered_at_its_loudness(void **state)
{
    (void)state;
    static const struct {
        int in, out;
        double seconds, peak;
    } rows[] = {{2, 2, 12, 0.9}, {1, 2, 7.3, 0.02}, {2, 1, 5, 0.3}, {1, 1, 0.7, 0.5}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct desk d;
        desk_new(&d);
        const char *path = write_voice(&d, "r.wav", rows[i].in, rows[i].seconds, rows[i].peak);
        ingest(&d, &path, 1);
        make_all(&d, rows[i].out);
        desk_done(&d);
    }
}

static void every_real_recording_is_delivered_at_its_loudness(void **state)
{
    (void)state;
    static const char *const names[] = {
        "speech-en-60s.wav",
        "speech-en-sonnet-53s.wav",
        "conversation-meeting-a-float.wav",
        "conversation-meeting-b-float.wav",
        "speech-en-24bit.flac",
        "speech-en-16k.mp3",
        "speech-en-short.opus",
        "speech-coverart-png.mp3",
        "speech-fr.aiff",
        "speech-en-24bit-stereo.wav",
        "speech-en-8bit.wav",
        "speech-en-librispeech.ogg",
        "speech-en.aac",
        "speech-en.aiff",
        "speech-en-audio-only.mp4",
        "speech-en-audio-only.webm",
        "speech-en-noise-speech-noise.wav",
        "speech-en-librivox-16k.wav",
        "speech-two-channel-11k.wav",
        "speech-nb-letter-ae.ogg",
        "speech-nb-letter-oe.ogg",
        "speech-nb-letter-aa.ogg",
        "speech-nn-word.opus",
        "speech-nn-word2.opus",
        "phone-video-amr.3gp",
        "phone-vfr-11s.mp4",
        "video-5.1-aac.mp4",
        "noise-only-cc0.wav",
        "music-jingle-coverart.ogg",
    };
    const char *media = getenv("DGL_MEDIA");
    for (size_t i = 0; i < COUNT(names); i++) {
        struct desk d;
        desk_new(&d);
        const char *path = fs_join(&d.arena, media ? media : "../shared/media", names[i]);
        if (fs_exists(path)) {
            ingest(&d, &path, 1);
            make_all(&d, 2);
        }
        desk_done(&d);
    }
}

static void tracks_of_different_levels_are_summed_at_the_same_loudness(void **state)
{
    (void)state;
    struct desk d;
    desk_new(&d);
    const char *paths[] = {write_voice(&d, "host.wav", 2, 6, 0.5),
                           write_voice(&d, "guest.wav", 1, 6, 0.05)};
    ingest(&d, paths, 2);
    make_all(&d, 2);
    struct json *sound;
    assert_int_equal(json_load(at(&d, "sound/sound.json"), &sound, NULL), 0);
    const struct json *tracks = json_get(sound, "tracks");
    double host = json_number(json_at(tracks, 0), "gain_db", 0);
    double guest = json_number(json_at(tracks, 1), "gain_db", 0);
    if (fabs(guest - host - 20) > 0.5)
        fail_msg("host %+.2f dB, guest %+.2f dB", host, guest);
    json_free(sound);
    assert_int_equal(reference(at(&d, "sound/master.flac")).frames, 6 * RATE);
    desk_done(&d);
}

static void one_voice_in_two_channels_is_seen(void **state)
{
    (void)state;
    static const struct {
        int in, out;
        bool mono;
    } rows[] = {{1, 2, true}, {2, 2, false}, {2, 1, true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct desk d;
        struct err e = {0};
        desk_new(&d);
        const char *path = write_voice(&d, "r.wav", rows[i].in, 2, 0.3);
        ingest(&d, &path, 1);
        assert_int_equal(make_timeline(&d, "{}", &e), 0);
        assert_int_equal(make_sound(&d, rows[i].out, &e), 0);
        assert_int_equal(json_bool(d.variant[0].measured, "mono", !rows[i].mono), rows[i].mono);
        desk_done(&d);
    }
}

// ---- the timeline

static void chapters_lie_on_the_published_clock(void **state)
{
    (void)state;
    struct desk d;
    struct err e = {0};
    desk_new(&d);
    assert_int_equal(fs_mkdirs(at(&d, "ingest"), NULL), 0);
    save(&d, "ingest/facts.json", "{'tracks':[{'parts':[{'length_ticks':7056000000}]}]}");
    assert_int_equal(make_timeline(&d,
                                   "{'chapters':[{'at_ticks':0,'title':'A'},{'at_ticks':"
                                   "705600000,'title':'Ø','url':'https://a/'}]}",
                                   &e),
                     0);
    struct json *got,
        *want = json_of(
            "{'length_ticks':7056000000,'length_s':10.0,'kept':[{'from':0,'to':7056000000,'at':0}],"
            "'chapters':[{'start_ticks':0,'end_ticks':705600000,'title':'A'},"
            "{'start_ticks':705600000,'end_ticks':7056000000,'title':'Ø','url':'https://a/'}]}");
    assert_int_equal(json_load(at(&d, "timeline/timeline.json"), &got, NULL), 0);
    assert_true(json_same(got, want));
    json_free(got);
    json_free(want);

    static const char *const clocks[] = {"recording", "published"};
    for (size_t i = 0; i < COUNT(clocks); i++) {
        const char *settings = arena_printf(
            &d.arena,
            "{'chapters_clock':'%s','chapters':[{'at_ticks':7056000000,'title':'Slutt'}]}",
            clocks[i]);
        assert_true(make_timeline(&d, settings, &e) < 0);
        assert_string_equal(
            e.text,
            arena_printf(&d.arena, "chapter 'Slutt' starts at 00:00:10, the %s ends at 00:00:10",
                         i ? "episode" : "recording"));
        assert_int_equal(e.kind, ERR_INPUT);
    }
    save(&d, "ingest/facts.json", "{}");
    assert_true(make_timeline(&d, "{}", &e) < 0);
    unlink(at(&d, "ingest/facts.json"));
    assert_int_equal(make_timeline(&d, "{}", &e), -ENOENT);
    desk_done(&d);
}

// ---- words

static void prepare(struct desk *d);

static void titles_change_no_sound(void **state)
{
    (void)state;
    static const char settings[] =
        "{'slug':'2026-02-ærlig','title':'Ærlig talt','show':'S','artist':'Fylket','number':2,"
        "'season':2026,'date':'2026-02-12','language':'nb','theme':'Trivsel','hosts':[{'name':"
        "'Kari'}],'guests':[{'name':'Ola'},{'name':'Åse'}],'goals':[{'iri':"
        "'http://metadata.un.org/sdg/3'},{'iri':'http://metadata.un.org/sdg/8'}]}";
    struct desk d;
    struct err e = {0};
    prepare(&d);
    assert_true(make_encode(&d, outputs, MOST, 2, "{}", &e) >= 0);
    forget(&d);
    for (size_t i = 0; i < MOST; i++) {
        const char *dir = arena_printf(&d.arena, "tag-%s", outputs[i]);
        assert_int_equal(fs_mkdirs(at(&d, dir), NULL), 0);
        d.variant[i].dir = at(&d, dir);
        d.variant[i].measured = json_new_object();
        d.variant[i].in = d.input[d.num_inputs++] = json_of(
            arena_printf(&d.arena, "{'audio':'%s/%s/audio.%s'}", d.dir, outputs[i], outputs[i]));
    }
    save(&d, "timeline/timeline.json",
         "{'chapters':[{'start_ticks':0,'end_ticks':705600000,'title':'Å'},"
         "{'start_ticks':705600000,'end_ticks':2822400000,'title':'Ø'}]}");
    const char *in = arena_printf(&d.arena, "{'timeline':'%s'}", at(&d, "timeline/timeline.json"));
    if (run(&d, "tag", settings, in, MOST, &e) < 0)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < MOST; i++) {
        const char *path =
            arena_printf(&d.arena, "%s/2026-02-ærlig.%s", d.variant[i].dir, outputs[i]);
        struct heard before =
            reference(arena_printf(&d.arena, "%s/%s/audio.%s", d.dir, outputs[i], outputs[i]));
        struct heard after = reference(path);
        assert_true(before.lufs == after.lufs && before.dbtp == after.dbtp);
        assert_int_equal(before.frames, after.frames);
        assert_true(measured(&d, i, "bytes") == (double)fs_size(path));
        assert_int_equal((int)measured(&d, i, "chapters"), 2);
    }
    assert_int_equal(run(&d, "tag", "{'title':'T'}", in, 1, &e), -EINVAL);
    desk_done(&d);
}

// ---- when it goes wrong

static void prepare(struct desk *d)
{
    struct err e = {0};
    desk_new(d);
    const char *path = write_voice(d, "r.wav", 2, 4, 0.3);
    ingest(d, &path, 1);
    if (make_timeline(d, "{}", &e) < 0 || make_sound(d, 2, &e) < 0)
        fail_msg("%s", e.text);
}

static void what_misses_is_corrected_and_made_again(void **state)
{
    (void)state;
    static const char *const starts[] = {"{'start_gain_db':-1.5,'start_headroom_db':0}",
                                         "{'start_gain_db':1,'start_headroom_db':0}",
                                         "{'start_gain_db':0,'start_headroom_db':-2.5}"};
    struct desk d;
    prepare(&d);
    for (size_t i = 0; i < COUNT(starts); i++) {
        struct err e = {0};
        d.num_inputs = 0;
        if (make_encode(&d, outputs, MOST, 2, starts[i], &e) < 0)
            fail_msg("%s", e.text);
        assert_delivered(&d, MOST, 2, 4 * RATE);
        for (size_t k = 0; k < MOST; k++) {
            assert_in_range((int)measured(&d, k, "tries"), i < 2 ? 2 : 1, 3);
            json_free(d.input[k]);
        }
        d.num_inputs = 0;
    }
    desk_done(&d);
}

static void what_cannot_be_held_fails_and_says_what_came_out(void **state)
{
    (void)state;
    struct desk d;
    struct err e = {0};
    prepare(&d);
    assert_int_equal(make_encode(&d, outputs, 1, 2, "{'tolerance_lu':0.01}", &e), -ERANGE);
    assert_int_equal(e.kind, ERR_FAILED);
    assert_non_null(strstr(e.text, "mp3: 3 tries came to -1"));
    assert_non_null(strstr(e.text, "wanted are -16.0 ±0.0 LUFS and at most -1.0 dBTP"));
    desk_done(&d);
}

static void a_file_over_a_limit_fails_and_says_which(void **state)
{
    (void)state;
    static const struct {
        const char *limit, *figure, *wanted;
    } rows[] = {
        {"{'max_short_term_lufs':-18}", "mp3: the loudest 3 s come to -1", "at most -18.0 LUFS"},
        {"{'max_range_lu':-1}", "mp3: the loudness range comes to ", "at most -1.0 LU"},
    };
    struct desk d;
    prepare(&d);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        assert_int_equal(make_encode(&d, outputs, 1, 2, rows[i].limit, &e), -ERANGE);
        assert_int_equal(e.kind, ERR_FAILED);
        assert_non_null(strstr(e.text, rows[i].figure));
        assert_non_null(strstr(e.text, rows[i].wanted));
        assert_non_null(strstr(e.text, "in the loudness preset"));
    }
    desk_done(&d);
}

static void one_variant_alone_is_the_same_file_on_any_number_of_threads(void **state)
{
    (void)state;
    struct desk d;
    struct err e = {0};
    prepare(&d);
    assert_true(make_encode(&d, outputs, MOST, 2, "{}", &e) >= 0);
    for (size_t i = 0; i < MOST; i++) {
        char together[HASH_HEX], alone[HASH_HEX];
        const char *path = arena_printf(&d.arena, "%s/%s/audio.%s", d.dir, outputs[i], outputs[i]);
        assert_int_equal(hash_file(path, together, NULL, NULL, NULL, &e), 0);
        unlink(path);
        d.threads = 1 + 3 * (int)i;
        assert_true(make_encode(&d, outputs + i, 1, 2, "{}", &e) >= 0);
        assert_int_equal(hash_file(path, alone, NULL, NULL, NULL, &e), 0);
        assert_string_equal(alone, together);
    }
    desk_done(&d);
}

static void stop_at_once(void *ctx, const char *what, double done, double media_s)
{
    (void)what;
    (void)done;
    (void)media_s;
    atomic_store((atomic_bool *)ctx, true);
}

static bool empty(struct desk *d, const char *dir)
{
    char **names;
    size_t n;
    assert_int_equal(fs_list(&d->arena, at(d, dir), &names, &n, NULL), 0);
    return n == 0;
}

static void a_stop_leaves_no_file(void **state)
{
    (void)state;
    struct desk d;
    struct err e = {0};
    atomic_bool stop = false;
    struct progress p = {.stop = &stop, .update = stop_at_once, .ctx = &stop};
    desk_new(&d);
    const char *path = write_voice(&d, "r.wav", 2, 30, 0.3);
    ingest(&d, &path, 1);
    assert_int_equal(make_timeline(&d, "{}", &e), 0);
    d.progress = &p;
    assert_int_equal(make_sound(&d, 2, &e), -ECANCELED);
    assert_int_equal(e.kind, ERR_INTERRUPTED);
    assert_true(empty(&d, "sound"));
    d.progress = NULL;
    assert_int_equal(make_sound(&d, 2, &e), 0);
    d.progress = &p;
    atomic_store(&stop, false);
    assert_int_equal(make_encode(&d, outputs, MOST, 2, "{}", &e), -ECANCELED);
    for (size_t i = 0; i < MOST; i++)
        assert_true(empty(&d, outputs[i]));
    desk_done(&d);
}

static void a_full_disk_names_the_file(void **state)
{
    (void)state;
    struct desk d;
    struct err e = {0};
    prepare(&d);
    for (size_t i = 0; i < MOST; i++) {
        const char *path = arena_printf(&d.arena, "%s/%s/audio.%s", d.dir, outputs[i], outputs[i]);
        assert_int_equal(fs_mkdirs(at(&d, outputs[i]), NULL), 0);
        assert_int_equal(symlink("/dev/full", path), 0);
        assert_int_equal(make_encode(&d, outputs + i, 1, 2, "{}", &e), -ENOSPC);
        assert_non_null(strstr(e.text, path));
        assert_true(empty(&d, outputs[i]));
    }
    unlink(at(&d, "sound/master.flac"));
    assert_int_equal(symlink("/dev/full", at(&d, "sound/master.flac")), 0);
    assert_int_equal(make_sound(&d, 2, &e), -ENOSPC);
    assert_non_null(strstr(e.text, "sound/master.flac"));
    desk_done(&d);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recording_is_delivered_at_its_loudness),
        cmocka_unit_test(every_real_recording_is_delivered_at_its_loudness),
        cmocka_unit_test(tracks_of_different_levels_are_summed_at_the_same_loudness),
        cmocka_unit_test(one_voice_in_two_channels_is_seen),
        cmocka_unit_test(chapters_lie_on_the_published_clock),
        cmocka_unit_test(titles_change_no_sound),
        cmocka_unit_test(what_misses_is_corrected_and_made_again),
        cmocka_unit_test(what_cannot_be_held_fails_and_says_what_came_out),
        cmocka_unit_test(a_file_over_a_limit_fails_and_says_which),
        cmocka_unit_test(one_variant_alone_is_the_same_file_on_any_number_of_threads),
        cmocka_unit_test(a_stop_leaves_no_file),
        cmocka_unit_test(a_full_disk_names_the_file),
    };
    return cmocka_run_group_tests_name("encode", tests, NULL, NULL);
}
