// SPDX-License-Identifier: GPL-3.0-or-later
// The stages timeline and captions, run as the worker runs them, with what is cut and put in front.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "media/sink.h"
#include "model/timeline.h"
#include "scratch.h"
#include "sound/blocks.h"
#include "stage/stage.h"
#include "waves.h"

enum { RATE = 48000 };
#define S TICKS_PER_SEC

struct desk {
    char dir[SCRATCH_MAX];
    struct arena a;
    struct json *timeline; // the last one
    char *warnings;        // since the beginning
};

static void desk_new(struct desk *d)
{
    *d = (struct desk){.warnings = strdup("")};
    scratch_new(d->dir);
}

static void desk_done(struct desk *d)
{
    json_free(d->timeline);
    free(d->warnings);
    scratch_free(d->dir);
    arena_done(&d->a);
}

static char *at(struct desk *d, const char *name)
{
    return fs_join(&d->a, d->dir, name);
}

static struct json *json_of(const char *text) // ' for "
{
    struct json *j;
    struct err e = {0};
    char *copy = strdup(text);
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    if (json_parse(copy, strlen(copy), "test", &j, &e) < 0)
        fail_msg("%s: %s", e.text, text);
    free(copy);
    return j;
}

static void hear_warning(void *ctx, const char *text)
{
    struct desk *d = ctx;
    free(d->warnings);
    d->warnings = strdup(text);
}

static int run(struct desk *d, const char *stage, const char *settings, const char *in,
               struct err *e)
{
    struct arena scratch = {0};
    struct json *s = json_of(settings), *i = json_of(in);
    struct stage_variant v = {.name = "", .dir = d->dir, .measured = json_new_object()};
    struct progress progress = {.warn = hear_warning, .ctx = d};
    struct stage_job job = {.show_dir = d->dir,
                            .settings = s,
                            .in = i,
                            .variants = &v,
                            .num_variants = 1,
                            .threads = 1,
                            .arena = &scratch,
                            .progress = &progress};
    int r = stage_find(stage)->run(&job, e);
    json_free(v.measured);
    arena_done(&scratch);
    json_free(s);
    json_free(i);
    return r;
}

static int lay(struct desk *d, const char *settings, const char *jingles, struct err *e)
{
    int r = run(d, "timeline", settings,
                arena_printf(&d->a, "{'facts':'%s','tracks':'%s'%s}", at(d, "facts.json"),
                             at(d, "tracks.json"), jingles),
                e);
    json_free(d->timeline);
    d->timeline = NULL;
    if (r >= 0)
        assert_int_equal(json_load(at(d, "timeline.json"), &d->timeline, NULL), 0);
    return r;
}

static void laid(struct desk *d, const char *settings, const char *jingles)
{
    struct err e = {0};
    if (lay(d, settings, jingles, &e) < 0)
        fail_msg("%s", e.text);
}

// Sound and silence in turns, one part; the blocks beside facts.json.
static const char *part(struct desk *d, const char *name, const double *seconds, size_t n)
{
    struct wave w;
    struct blocks b;
    struct meter_table t;
    wave_init(&w, RATE, 1);
    for (size_t i = 0; i < n; i++)
        if (i % 2)
            wave_tone(&w, seconds[i], 400, -20);
        else
            wave_silence(&w, seconds[i]);
    struct meter *m = wave_meter(&w);
    meter_table(m, &t);
    blocks_copy(&t, NULL, &b);
    assert_true(blocks_save(&b, at(d, name), NULL) >= 0);
    meter_free(m);
    blocks_done(&b);
    const char *text = arena_printf(&d->a, "{'blocks':'%s','length_ticks':%lld}", name,
                                    (long long)tick_from_samples((int64_t)w.frames, RATE));
    wave_done(&w);
    return text;
}

static void facts(struct desk *d, double seconds, const char *tracks)
{
    struct json *j = json_of(arena_printf(&d->a, "{'length_ticks':%lld,'tracks':[%s]}",
                                          (long long)(seconds * (double)S), tracks));
    assert_true(json_save(at(d, "facts.json"), j, NULL) >= 0);
    assert_true(json_save(at(d, "tracks.json"), j, NULL) >= 0); // as long, and begun together
    json_free(j);
}

static const char *span(struct desk *d, double from, double to)
{
    return arena_printf(&d->a, "{'from_ticks':%lld,'to_ticks':%lld}", (long long)(from * (double)S),
                        (long long)(to * (double)S));
}

static const char *chapter(struct desk *d, double at_s, const char *title)
{
    return arena_printf(&d->a, "{'at_ticks':%lld,'title':'%s'}", (long long)(at_s * (double)S),
                        title);
}

// The kept spans and the chapters as text, in seconds.
static void looks(struct desk *d, const char *kept, const char *chapters)
{
    struct str k, c;
    struct timeline t;
    str_init(&k, STR_MAX);
    str_init(&c, STR_MAX);
    assert_true(timeline_read(&d->a, d->timeline, &t));
    for (size_t i = 0; i < t.count; i++)
        str_addf(&k, "%s%.2f-%.2f", i ? " " : "", tick_to_s(t.kept[i].from),
                 tick_to_s(t.kept[i].to));
    const struct json *list = json_get(d->timeline, "chapters");
    for (size_t i = 0; i < json_count(list); i++)
        str_addf(&c, "%s%s %.2f-%.2f", i ? " " : "", json_text(json_at(list, i), "title"),
                 tick_to_s(json_int(json_at(list, i), "start_ticks", -1)),
                 tick_to_s(json_int(json_at(list, i), "end_ticks", -1)));
    assert_string_equal(k.p, kept);
    assert_string_equal(c.p ? c.p : "", chapters);
    str_done(&k);
    str_done(&c);
}

static void chapters_follow_the_cuts(void **state)
{
    (void)state;
    struct desk d;
    desk_new(&d);
    facts(&d, 60, "{}");
    const char *chapters =
        arena_printf(&d.a, "'chapters':[%s,%s,%s,%s,%s]", chapter(&d, 0, "A"), chapter(&d, 12, "B"),
                     chapter(&d, 15, "C"), chapter(&d, 40, "D"), chapter(&d, 59, "E"));
    laid(&d,
         arena_printf(&d.a, "{%s,'cuts':[%s,%s,%s]}", chapters, span(&d, 0, 1), span(&d, 10, 20),
                      span(&d, 58, 60)),
         "");
    // B and C lie in one cut: what is heard then is C; E is cut off the end
    looks(&d, "1.00-10.00 20.00-58.00", "A 0.00-9.00 C 9.00-29.00 D 29.00-47.00");
    assert_non_null(strstr(d.warnings, "chapter 'E' lies in what is cut off the end"));
    assert_int_equal(json_int(json_get(d.timeline, "removed"), "cut_ticks", 0), 13 * S);
    assert_int_equal(json_int(d.timeline, "recorded_ticks", 0), 60 * S);
    laid(&d,
         arena_printf(
             &d.a, "{%s,'chapters_clock':'published','cuts':[%s]}",
             arena_printf(&d.a, "'chapters':[%s,%s]", chapter(&d, 0, "A"), chapter(&d, 12, "B")),
             span(&d, 5, 15)),
         "");
    looks(&d, "0.00-5.00 15.00-60.00", "A 0.00-12.00 B 12.00-50.00");

    struct err e = {0};
    assert_true(lay(&d, arena_printf(&d.a, "{'cuts':[%s]}", span(&d, 0, 59.7)), "", &e) < 0);
    assert_int_equal(e.kind, ERR_INPUT);
    assert_string_equal(e.text, "trim, cuts and pauses leave nothing of the recording\ncut less");
    desk_done(&d);
}

static void dead_air_and_pauses_go_where_all_tracks_are_silent(void **state)
{
    (void)state;
    static const double host[] = {3, 4, 8, 2}, guest[] = {2.5, 3, 3.5, 1, 12};
    struct desk d;
    desk_new(&d);
    const char *one = arena_printf(&d.a, "{'parts':[%s]}", part(&d, "a.blocks", host, 4));
    const char *two = arena_printf(&d.a, "{'parts':[%s]}", part(&d, "b.blocks", guest, 5));
    facts(&d, 22, arena_printf(&d.a, "%s,%s", one, two));
    // sounds: 3-7, 15-17 of the host; 2.5-5.5, 9-10 of the guest; nobody from 17 to 22
    laid(&d,
         arena_printf(&d.a, "{'trim':'auto','chapters':[%s,%s]}", chapter(&d, 0, "A"),
                      chapter(&d, 15, "B")),
         "");
    looks(&d, "2.18-17.82", "A 0.00-12.82 B 12.82-15.64");
    const struct json *removed = json_get(d.timeline, "removed");
    assert_true(fabs(tick_to_s(json_int(removed, "start_ticks", 0)) - 2.18) < 1e-6);
    assert_true(fabs(tick_to_s(json_int(removed, "end_ticks", 0)) - 4.18) < 1e-6);
    laid(&d, "{'trim':'auto','pauses_ticks':705600000}", "");
    looks(&d, "2.18-7.54 8.48-10.54 14.48-17.82", "");
    assert_int_equal(json_int(json_get(d.timeline, "removed"), "pauses", 0), 2);
    // a cut at the start and one inside a pause count with what is silent beside them
    laid(&d,
         arena_printf(&d.a, "{'trim':'auto','pauses_ticks':705600000,'cuts':[%s,%s]}",
                      span(&d, 0, 4), span(&d, 6.5, 9.5)),
         "");
    looks(&d, "4.00-6.50 9.50-10.54 14.48-17.82", "");
    facts(&d, 22, "{'parts':[{'length_ticks':1}]}");
    struct err e = {0};
    assert_true(lay(&d, "{'trim':'auto'}", "", &e) < 0);
    assert_non_null(strstr(e.text, "ingest the recording again"));
    desk_done(&d);
}

static const char *jingle(struct desk *d, const char *name, double seconds, double dbfs)
{
    struct wave w;
    wave_init(&w, 44100, 2);
    if (dbfs < 0)
        wave_tone(&w, seconds, 1000, dbfs);
    else
        wave_silence(&w, seconds);
    struct sink *sink;
    struct sink_params sp = {.path = at(d, name),
                             .codec = "pcm_s16le",
                             .container = "wav",
                             .sample_rate = 44100,
                             .channels = 2};
    assert_int_equal(sink_open(&sp, &sink, NULL), 0);
    assert_int_equal(sink_write(sink, (const float *const *)w.plane, w.frames, NULL), 0);
    assert_int_equal(sink_finish(sink, NULL), 0);
    wave_done(&w);
    return sp.path;
}

static void an_intro_moves_everything_behind_it(void **state)
{
    (void)state;
    struct desk d;
    desk_new(&d);
    facts(&d, 60, "{}");
    const char *files = arena_printf(&d.a, ",'intro':'%s','outro':'%s'",
                                     jingle(&d, "in.wav", 8, -20), jingle(&d, "out.wav", 2, -30));
    laid(&d,
         arena_printf(&d.a, "{'chapters':[%s,%s],'cuts':[%s]}", chapter(&d, 0, "A"),
                      chapter(&d, 30, "B"), span(&d, 10, 20)),
         files);
    looks(&d, "0.00-10.00 20.00-60.00", "A 0.00-26.50 B 26.50-58.00");
    struct timeline t;
    assert_true(timeline_read(&d.a, d.timeline, &t));
    assert_int_equal(t.length, 8 * S - S * 3 / 2 + 50 * S + 2 * S - S / 2);
    assert_int_equal(t.kept[0].at, S * 13 / 2);
    assert_int_equal(t.intro.overlap, S * 3 / 2);
    assert_int_equal(t.outro.overlap, S / 2);
    assert_true(fabs(t.intro.integrated_lufs + 20) < 0.2 &&
                fabs(t.outro.integrated_lufs + 30) < 0.2);
    assert_true(fabs(t.intro.true_peak_dbtp + 20) < 0.1);
    desk_done(&d);
}

static void what_is_no_jingle_is_refused(void **state)
{
    (void)state;
    struct desk d;
    desk_new(&d);
    facts(&d, 60, "{}");
    assert_true(fs_replace(at(&d, "text.wav"), "hei\n", 4, NULL) >= 0);
    const struct {
        const char *which, *path, *want;
    } rows[] = {
        {"intro", at(&d, "text.wav"), "intro: "},
        {"outro", jingle(&d, "short.wav", 0.3, -20),
         "outro: short.wav is only 0.30 s long; it "
         "takes at least 0.4 s"},
        {"outro", jingle(&d, "silent.wav", 3, 0), "outro: silent.wav contains only silence"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        assert_true(
            lay(&d, "{}", arena_printf(&d.a, ",'%s':'%s'", rows[i].which, rows[i].path), &e) < 0);
        assert_int_equal(e.kind, ERR_INPUT);
        assert_true(str_starts(e.text, rows[i].want));
    }
    desk_done(&d);
}

// ---- captions

static const char captions[] =
    "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nen\n\n00:00:09.000 --> 00:00:12.000\nto\n\n"
    "00:00:12.000 --> 00:00:14.000\ntre\n\n00:00:18.000 --> 00:00:24.000\nfem\n\n"
    "00:00:19.950 --> 00:00:20.050\nfire\n\n00:00:59.000 --> 00:01:00.500\nseks\n";

static void caption(struct desk *d, const char *clock, const char *settings, const char *want)
{
    char *got;
    struct err e = {0};
    assert_true(fs_replace(at(d, "c.vtt"), captions, strlen(captions), NULL) >= 0);
    const char *all = arena_printf(
        &d->a, "{'captions':[{'language':'nb','made':'corrected','clock':'%s','file':'c.vtt'}]%s}",
        clock, settings);
    if (run(d, "captions", all, arena_printf(&d->a, "{'caption-nb':'%s'}", at(d, "c.vtt")), &e) < 0)
        fail_msg("%s", e.text);
    assert_true(fs_read(&d->a, at(d, "nb.vtt"), 1 << 20, &got, NULL, NULL) >= 0);
    struct str lines;
    str_init(&lines, STR_MAX);
    for (char *p = got; *p;) {
        size_t len = strcspn(p, "\n");
        if (len && strncmp(p, "WEBVTT", 6) != 0)
            str_addf(&lines, "%s%.*s", strstr(p, "-->") && strstr(p, "-->") < p + len ? "|" : " ",
                     (int)len, p);
        p += len + (p[len] == '\n');
    }
    assert_string_equal(lines.p, want);
    str_done(&lines);
}

static void captions_follow_the_cuts(void **state)
{
    (void)state;
    struct desk d;
    desk_new(&d);
    // nothing overlaps, 80 ms lie between two, nothing is shorter than 1.2 s: model/legible.h
    caption(&d, "recording", "",
            "|00:00:01.000 --> 00:00:03.000 en|00:00:09.000 --> 00:00:11.920 to"
            "|00:00:12.000 --> 00:00:14.000 tre|00:00:18.000 --> 00:00:19.870 fem"
            "|00:00:19.950 --> 00:00:21.150 fire|00:00:59.000 --> 00:01:00.500 seks");
    // 10..20 is cut, and the published clock begins 5 s before the recording
    const char *cut = arena_printf(
        &d.a,
        ",'length_ticks':%lld,'kept':[{'from':0,'to':%lld,'at':%lld},{'from':%lld,'to':%lld,"
        "'at':%lld}]",
        (long long)(55 * S), (long long)(10 * S), (long long)(5 * S), (long long)(20 * S),
        (long long)(60 * S), (long long)(15 * S));
    caption(&d, "recording", cut,
            "|00:00:06.000 --> 00:00:08.000 en|00:00:14.000 --> 00:00:15.000 to"
            "|00:00:15.080 --> 00:00:19.000 fem|00:00:54.000 --> 00:00:55.000 seks");
    caption(&d, "published", ",'length_ticks':42336000000,'kept':[{'from':0,'to':1,'at':0}]",
            "|00:00:01.000 --> 00:00:03.000 en|00:00:09.000 --> 00:00:11.920 to"
            "|00:00:12.000 --> 00:00:14.000 tre|00:00:18.000 --> 00:00:19.870 fem"
            "|00:00:19.950 --> 00:00:21.150 fire|00:00:59.000 --> 00:01:00.000 seks");
    static const char *const clocks[] = {"recording", "published"};
    for (size_t i = 0; i < COUNT(clocks); i++) { // 59 s, and a second of patience
        struct err e = {0};
        const char *all = arena_printf(
            &d.a,
            "{'captions':[{'language':'nb','clock':'%s','file':'c.vtt'}],'length_ticks':%lld,"
            "'kept':[{'from':0,'to':%lld,'at':0}]}",
            clocks[i], (long long)(59 * S), (long long)(59 * S));
        assert_true(run(&d, "captions", all,
                        arena_printf(&d.a, "{'caption-nb':'%s'}", at(&d, "c.vtt")), &e) < 0);
        assert_non_null(strstr(
            e.text, "c.vtt: the caption at 00:00:59.000 ends behind the episode, which ends at "
                    "00:00:59.000"));
    }
    desk_done(&d);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(chapters_follow_the_cuts),
        cmocka_unit_test(dead_air_and_pauses_go_where_all_tracks_are_silent),
        cmocka_unit_test(an_intro_moves_everything_behind_it),
        cmocka_unit_test(what_is_no_jingle_is_refused),
        cmocka_unit_test(captions_follow_the_cuts),
    };
    return cmocka_run_group_tests_name("cuts", tests, NULL, NULL);
}
