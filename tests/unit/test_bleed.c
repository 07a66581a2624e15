// SPDX-License-Identifier: GPL-3.0-or-later
// Two people in one room, each with a microphone: what each of them hears of either is known.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/bleed.h"
#include "unit/talks.h"
#include "unit/waves.h"

enum { RATE = 16000, BLOCK = RATE / 50, SECONDS = 120, PEOPLE = 2, MOST_TURNS = 64 };

struct said {
    size_t from, to; // samples
    int who;
};
struct scene {
    float *own[PEOPLE], *other[PEOPLE]; // in microphone i: its own voice, the other one
    struct wave microphone[PEOPLE];     // both, and noise
    size_t n;
    struct said said[MOST_TURNS];
    size_t turns;
};

static void voice(struct wave *w, const char *name, int nr)
{
    struct wave file;
    wave_init(w, RATE, 1);
    if (wave_load(&file, name)) {
        wave_extend(w, (size_t)((double)file.frames * RATE / file.rate) - 2);
        for (size_t i = 0; i < w->frames; i++) {
            double at = (double)i * file.rate / RATE;
            size_t k = (size_t)at;
            w->plane[0][i] = file.plane[0][k];
        }
        wave_done(&file);
    } else {
        struct talker talker = {.random = 77 + (uint32_t)nr, .pitch = nr ? 190 : 110};
        wave_extend(w, 50 * RATE);
        talk_speak(&talker, w->plane[0], w->frames, RATE);
    }
    struct meter_result r;
    wave_measure(w, &r);
    wave_scale(w, 0, -24 - r.integrated_lufs);
}

// What a microphone hears of a voice across the room: softer, later, duller, with an echo.
static void across(const float *from, float *to, size_t n, double db)
{
    float gain = (float)wave_linear(db), held = 0;
    static const size_t path[] = {RATE * 6 / 1000, RATE * 19 / 1000, RATE * 43 / 1000};
    static const float part[] = {1, 0.4f, 0.2f};
    for (size_t i = 0; i < n; i++) {
        float sum = 0;
        for (size_t k = 0; k < 3; k++)
            sum += i >= path[k] ? part[k] * from[i - path[k]] : 0;
        held += 0.5f * (sum - held);
        to[i] = gain * held;
    }
}

// Turns of 2..9 s, every third of them begun before the other one is over.
static void scene_make(struct scene *s, double bleed_db, double noise_db)
{
    struct wave v[PEOPLE];
    size_t at[PEOPLE] = {0, 0}, pos = RATE / 2;
    uint32_t seed = 4711, noise = 99;
    *s = (struct scene){.n = SECONDS * RATE};
    voice(&v[0], "speech-en-60s.wav", 0);
    voice(&v[1], "speech-en-sonnet-53s.wav", 1);
    for (int i = 0; i < PEOPLE; i++) {
        s->own[i] = mem_alloc(s->n * sizeof(float));
        s->other[i] = mem_alloc(s->n * sizeof(float));
    }
    for (;;) {
        int who = (int)(s->turns % PEOPLE);
        size_t n = (size_t)((5.5 + 3.5 * wave_random(&seed)) * RATE);
        if (pos + n > s->n || s->turns == MOST_TURNS)
            break;
        at[who] = at[who] + n > v[who].frames ? 0 : at[who];
        memcpy(s->own[who] + pos, v[who].plane[0] + at[who], n * sizeof(float));
        s->said[s->turns++] = (struct said){pos, pos + n, who};
        at[who] += n;
        pos += n;
        pos = s->turns % 3 == 0 ? pos - RATE / 2 : pos + RATE / 3;
    }
    for (int i = 0; i < PEOPLE; i++) {
        across(s->own[1 - i], s->other[i], s->n, bleed_db);
        wave_init(&s->microphone[i], RATE, 1);
        wave_extend(&s->microphone[i], s->n);
        for (size_t k = 0; k < s->n; k++)
            s->microphone[i].plane[0][k] = s->own[i][k] + s->other[i][k] +
                                           (float)(wave_linear(noise_db) * wave_random(&noise));
    }
    wave_done(&v[0]);
    wave_done(&v[1]);
}

static void scene_done(struct scene *s)
{
    for (int i = 0; i < PEOPLE; i++) {
        free(s->own[i]);
        free(s->other[i]);
        wave_done(&s->microphone[i]);
    }
}

static void find(const struct wave *const *w, size_t n, struct bleed_gate *g)
{
    struct blocks b[PEOPLE];
    const struct blocks *tracks[PEOPLE];
    for (size_t i = 0; i < n; i++) {
        struct meter *m = wave_meter(w[i]);
        blocks_take(m, NULL, &b[i]);
        meter_free(m);
        tracks[i] = &b[i];
    }
    bleed_find(tracks, n, g);
    for (size_t i = 0; i < n; i++)
        blocks_done(&b[i]);
}

static void find_scene(const struct scene *s, struct bleed_gate *g)
{
    const struct wave *w[PEOPLE] = {&s->microphone[0], &s->microphone[1]};
    find(w, PEOPLE, g);
}

// x behind a gate.
static float *gated(const float *x, size_t n, const struct bleed_gate *g)
{
    float *y = mem_alloc(n * sizeof *y);
    memcpy(y, x, n * sizeof *y);
    struct leveller *l = leveller_new(&g->curve, RATE, 1);
    leveller_run(l, &y, n);
    leveller_free(l);
    return y;
}

static double energy(const float *x, size_t from, size_t to)
{
    double sum = 1e-12;
    for (size_t i = from; i < to; i++)
        sum += (double)x[i] * x[i];
    return sum;
}

static double lost_db(const float *before, const float *after, size_t from, size_t to)
{
    return 10 * log10(energy(before, from, to) / energy(after, from, to));
}

// How much softer the other voice is in microphone i, while it speaks alone.
static double alone_db(const struct scene *s, int i, const float *after)
{
    double was = 0, is = 0;
    for (size_t t = 0; t < s->turns; t++) {
        if (s->said[t].who == i)
            continue;
        size_t from = s->said[t].from + RATE, to = s->said[t].to - RATE;
        was += energy(s->other[i], from, to);
        is += energy(after, from, to);
    }
    return 10 * log10(was / is);
}

static void the_other_voice_is_closed_out_and_ones_own_is_not(void **state)
{
    (void)state;
    static const struct {
        double bleed_db, most_lost_db; // of a turn's first second, also where it falls into a word
    } rows[] = {{-12, 3}, {-18, 2}, {-26, 1}};
    for (size_t k = 0; k < COUNT(rows); k++) {
        struct scene s;
        struct bleed_gate g[PEOPLE];
        scene_make(&s, rows[k].bleed_db, -66);
        find_scene(&s, g);
        double worst = 0;
        for (int i = 0; i < PEOPLE; i++) {
            float *own = gated(s.own[i], s.n, &g[i]), *other = gated(s.other[i], s.n, &g[i]);
            double better = alone_db(&s, i, other);
            double own_lost = lost_db(s.own[i], own, 0, s.n);
            for (size_t t = 0; t < s.turns; t++) {
                size_t from = s.said[t].from;
                if (s.said[t].who == i)
                    worst = fmax(worst, lost_db(s.own[i], own, from, from + RATE));
            }
            print_message("# bleed %.0f dB, microphone %d: heard at %.1f, the other voice %.1f dB "
                          "softer, its own %.3f dB, closed %.0f %%\n",
                          rows[k].bleed_db, i, g[i].heard_db, better, own_lost,
                          100 * g[i].closed_share);
            assert_true(fabs(g[i].heard_db - rows[k].bleed_db) < 6);
            assert_true(better > 20);
            assert_true(own_lost < 0.05);
            free(own);
            free(other);
            bleed_done(&g[i]);
        }
        print_message("#   worst first second of a turn: %.2f dB lost\n", worst);
        assert_true(worst < rows[k].most_lost_db);
        scene_done(&s);
    }
}

static void tracks_that_do_not_hear_each_other_are_left_alone(void **state)
{
    (void)state;
    struct scene s;
    struct bleed_gate g[PEOPLE];
    scene_make(&s, -120, -66);
    find_scene(&s, g);
    for (int i = 0; i < PEOPLE; i++) {
        assert_int_equal(g[i].curve.n, 0);
        assert_true(isinf(g[i].heard_db));
        bleed_done(&g[i]);
    }
    scene_done(&s);
}

// Who only listens has a microphone too.
static void the_microphone_of_one_who_never_speaks_is_closed(void **state)
{
    (void)state;
    struct scene s;
    struct bleed_gate g[PEOPLE];
    scene_make(&s, -15, -66);
    for (size_t k = 0; k < s.n; k++) {
        s.microphone[0].plane[0][k] -= s.other[0][k];
        s.microphone[1].plane[0][k] -= s.own[1][k];
    }
    find_scene(&s, g);
    float *other = gated(s.other[1], s.n, &g[1]);
    assert_int_equal(g[0].curve.n, 0);
    assert_true(g[1].closed_share > 0.3);
    assert_true(alone_db(&s, 1, other) > 20);
    free(other);
    bleed_done(&g[0]);
    bleed_done(&g[1]);
    scene_done(&s);
}

// Remote recordings often hold nothing at all between the words.
static void recorders_that_cut_out_silence_are_left_alone(void **state)
{
    (void)state;
    struct scene s;
    struct bleed_gate g[PEOPLE];
    scene_make(&s, -120, -66);
    for (int i = 0; i < PEOPLE; i++)
        for (size_t at = 0; at + BLOCK <= s.n; at += BLOCK) {
            bool words = energy(s.own[i], at, at + BLOCK) > BLOCK * 1e-6;
            float *x = s.microphone[i].plane[0] + at;
            for (size_t k = 0; k < BLOCK; k++)
                x[k] = words ? x[k] : 0;
        }
    find_scene(&s, g);
    for (int i = 0; i < PEOPLE; i++) {
        assert_int_equal(g[i].curve.n, 0);
        bleed_done(&g[i]);
    }
    scene_done(&s);
}

// Music beside a voice, more and less even.
static void a_sound_with_ways_of_its_own_is_left_alone(void **state)
{
    (void)state;
    static const double swings_db[] = {0.5, 1, 2, 3, 4, 5, 6, 8, 12};
    static const double levels_db[] = {-20, -30, -40};
    struct scene s;
    scene_make(&s, -120, -66);
    for (size_t k = 0; k < COUNT(swings_db) * COUNT(levels_db); k++) {
        struct bleed_gate g[PEOPLE];
        double swing = swings_db[k / COUNT(levels_db)], db = 0;
        uint32_t seed = 5 + (uint32_t)k, noise = 17;
        for (size_t i = 0; i < s.n; i++) {
            if (i % (RATE / 10) == 0) // a mean of 0 and a spread of `swing`
                db = 0.8 * db + 0.6 * swing * sqrt(3) * wave_random(&seed);
            s.microphone[1].plane[0][i] =
                (float)(wave_linear(levels_db[k % COUNT(levels_db)] + db) * wave_random(&noise));
        }
        find_scene(&s, g);
        if (g[0].curve.n || g[1].curve.n)
            fail_msg("a swing of %g dB at %g dB: closed %.0f and %.0f %%", swing,
                     levels_db[k % COUNT(levels_db)], 100 * g[0].closed_share,
                     100 * g[1].closed_share);
        bleed_done(&g[0]);
        bleed_done(&g[1]);
    }
    scene_done(&s);
}

static void the_same_sound_twice_and_a_track_alone_are_left_alone(void **state)
{
    (void)state;
    struct scene s;
    struct bleed_gate g[PEOPLE];
    scene_make(&s, -18, -66);
    const struct wave *twice[PEOPLE] = {&s.microphone[0], &s.microphone[0]};
    for (size_t n = 1; n <= PEOPLE; n++) {
        find(twice, n, g);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(g[i].curve.n, 0);
            bleed_done(&g[i]);
        }
    }
    scene_done(&s);
}

// While nobody speaks, some microphone is open: the room goes on sounding.
static void the_room_is_never_shut(void **state)
{
    (void)state;
    struct scene s;
    struct bleed_gate g[PEOPLE];
    scene_make(&s, -18, -66);
    find_scene(&s, g);
    for (size_t i = 0; i < s.n / BLOCK; i++) {
        double most = fmax(leveller_at(&g[0].curve, (double)i + 0.5),
                           leveller_at(&g[1].curve, (double)i + 0.5));
        assert_true(most > -0.01);
    }
    bleed_done(&g[0]);
    bleed_done(&g[1]);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_other_voice_is_closed_out_and_ones_own_is_not),
        cmocka_unit_test(tracks_that_do_not_hear_each_other_are_left_alone),
        cmocka_unit_test(the_microphone_of_one_who_never_speaks_is_closed),
        cmocka_unit_test(recorders_that_cut_out_silence_are_left_alone),
        cmocka_unit_test(a_sound_with_ways_of_its_own_is_left_alone),
        cmocka_unit_test(the_same_sound_twice_and_a_track_alone_are_left_alone),
        cmocka_unit_test(the_room_is_never_shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
