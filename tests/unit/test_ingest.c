// SPDX-License-Identifier: GPL-3.0-or-later
// The stages ingest and measure: what is refused, what is warned about, what is kept.
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "model/tick.h"
#include "scratch.h"
#include "stage/stage.h"

enum { RATE = 48000, WARNINGS = 4096 };

struct desk {
    char dir[SCRATCH_MAX];
    struct arena arena;
    struct json *in, *settings, *recordings, *paths, *measured, *facts;
    char warned[WARNINGS]; // all of them, a line each
    struct err e;
    int made;
};

static int set_up(void **state)
{
    struct desk *d = mem_alloc(sizeof(*d));
    scratch_new(d->dir);
    *state = d;
    return 0;
}

static void clear(struct desk *d)
{
    json_free(d->in);
    json_free(d->settings);
    json_free(d->measured);
    json_free(d->facts);
    d->in = json_new_object();
    d->settings = json_new_object();
    d->recordings = json_new_array();
    d->paths = json_new_array();
    d->measured = json_new_object();
    d->facts = NULL;
    d->warned[0] = '\0';
    d->e = (struct err){0};
    json_put(d->settings, "recordings", d->recordings);
    json_put(d->in, "recordings", d->paths);
}

static int tear_down(void **state)
{
    struct desk *d = *state;
    clear(d);
    json_free(d->in);
    json_free(d->settings);
    json_free(d->measured);
    scratch_free(d->dir);
    arena_done(&d->arena);
    free(d);
    return 0;
}

static void warn(void *ctx, const char *text)
{
    struct desk *d = ctx;
    size_t n = strlen(d->warned);
    snprintf(d->warned + n, sizeof(d->warned) - n, "%s\n", text);
}

static void put(FILE *f, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        fputc((int)(v >> 8 * i & 255), f);
}

// A tone at peak (0: silence). claimed: seconds its header promises. clock_s: time of day in a
// broadcast recorder's chunk; < 0: none.
static const char *wav(struct desk *d, double seconds, double claimed, double peak, double clock_s)
{
    char *path = arena_printf(&d->arena, "%s/opptak%d.wav", d->dir, d->made++);
    uint64_t frames = (uint64_t)lround(seconds * RATE);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs("RIFF", f);
    put(f, 36 + (uint64_t)lround(claimed * RATE) * 4, 4);
    fputs("WAVEfmt ", f);
    put(f, 16, 4);
    put(f, 1, 2);
    put(f, 2, 2);
    put(f, RATE, 4);
    put(f, RATE * 4, 4);
    put(f, 4, 2);
    put(f, 16, 2);
    if (clock_s >= 0) {
        fputs("bext", f);
        put(f, 602, 4);
        for (int i = 0; i < 338; i++)
            fputc(0, f);
        put(f, (uint64_t)lround(clock_s * RATE), 8);
        for (int i = 0; i < 256; i++)
            fputc(0, f);
    }
    fputs("data", f);
    put(f, (uint64_t)lround(claimed * RATE) * 4, 4);
    for (uint64_t i = 0; i < frames; i++) {
        int16_t v = (int16_t)lrint(peak * 32767 * sin(0.1 * (double)i));
        put(f, (uint16_t)v, 2);
        put(f, (uint16_t)(v / 2), 2);
    }
    assert_int_equal(fclose(f), 0);
    return path;
}

static void add(struct desk *d, const char *path, int track, int part)
{
    struct json *x = json_new_object();
    char hex[HASH_HEX];
    assert_int_equal(hash_file(path, hex, NULL, NULL, NULL, &d->e), 0);
    json_put_int(x, "track", track);
    json_put_int(x, "part", part);
    json_put_text(x, "name", fs_basename(path));
    json_put_text(x, "sha256", hex);
    json_push(d->recordings, x);
    json_push_text(d->paths, path);
}

static int run(struct desk *d, const char *name)
{
    const char *out = fs_join(&d->arena, d->dir, "out");
    struct stage_variant v = {.name = "", .dir = out, .measured = d->measured};
    struct progress progress = {.warn = warn, .ctx = d};
    struct stage_job job = {.show_dir = d->dir,
                            .settings = d->settings,
                            .in = d->in,
                            .variants = &v,
                            .num_variants = 1,
                            .threads = 2,
                            .arena = &d->arena,
                            .progress = &progress};
    fs_remove_tree(out, NULL);
    assert_int_equal(fs_mkdirs(out, &d->e), 0);
    int r = stage_find(name)->run(&job, &d->e);
    if (r >= 0 && fs_exists(fs_join(&d->arena, out, "facts.json")))
        assert_int_equal(json_load(fs_join(&d->arena, out, "facts.json"), &d->facts, &d->e), 0);
    return r;
}

static size_t originals(struct desk *d)
{
    char **names;
    size_t n;
    fs_list(&d->arena, fs_join(&d->arena, d->dir, "originals"), &names, &n, NULL);
    return n;
}

static const struct json *part(const struct desk *d, size_t track, size_t i)
{
    return json_at(json_get(json_at(json_get(d->facts, "tracks"), track), "parts"), i);
}

static void a_good_recording_is_kept_and_described(void **state)
{
    struct desk *d = *state;
    clear(d);
    const char *path = wav(d, 5, 5, 0.1, -1);
    add(d, path, 0, 0);
    assert_int_equal(run(d, "ingest"), 0);
    assert_string_equal(d->warned, "");
    const struct json *p = part(d, 0, 0);
    const char *original = fs_join(&d->arena, d->dir, json_text(p, "original"));
    char hex[HASH_HEX];
    struct stat st;
    assert_int_equal(hash_file(original, hex, NULL, NULL, NULL, &d->e), 0);
    assert_string_equal(hex, json_text(p, "sha256"));
    assert_true(str_ends(original, ".wav"));
    assert_int_equal(stat(original, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0444);
    assert_int_equal(st.st_nlink, 1); // no hard link: a new export would change it
    assert_int_equal(json_int(p, "frames", 0), 5 * RATE);
    assert_int_equal(json_int(d->facts, "length_ticks", 0), 5 * TICKS_PER_SEC);
    assert_string_equal(json_text(p, "codec"), "pcm_s16le");
    assert_true(fabs(json_number(json_get(d->facts, "input"), "sample_peak_dbfs", 0) + 20) < 0.1);
    assert_true(json_number(d->measured, "length_s", 0) == 5);
    assert_true(originals(d) == 1);
    // once more, from the original, when the recording was unplugged
    clear(d);
    assert_int_equal(remove(path), 0);
    add(d, original, 0, 0);
    assert_int_equal(run(d, "ingest"), 0);
    assert_true(originals(d) == 1);
}

static void what_is_refused_says_why_and_changes_nothing(void **state)
{
    static const struct {
        double seconds, claimed, peak;
        const char *reason, *remedy;
    } rows[] = {
        {5, 60, 0.1, ": damaged: ends at 00:05 of 01:00",
         "\nexport the recording again, or set accept_damage: true in episode.yaml"},
        {5, 5, 0, " contains only silence", "check which microphone"},
        {5, 5, 0.0002, " contains only silence", "check which microphone"}, // -74 dB
        {0.3, 0.3, 0.1, ": only 0.30 s long", "at least 0.4 s"},
    };
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        clear(d);
        const char *path = wav(d, rows[i].seconds, rows[i].claimed, rows[i].peak, -1);
        add(d, path, 0, 0);
        assert_int_equal(run(d, "ingest"), -EINVAL);
        assert_int_equal(d->e.kind, ERR_INPUT);
        const char *begin = arena_printf(&d->arena, "%s%s", fs_basename(path), rows[i].reason);
        if (!str_starts(d->e.text, begin) || !strstr(d->e.text, rows[i].remedy))
            fail_msg("%s", d->e.text);
        assert_string_equal(d->warned, "");
        assert_true(originals(d) == 0);
    }
}

static void accepted_damage_stands_in_the_record(void **state)
{
    struct desk *d = *state;
    clear(d);
    add(d, wav(d, 5, 60, 0.1, -1), 0, 0);
    json_put_bool(d->settings, "accept_damage", true);
    assert_int_equal(run(d, "ingest"), 0);
    assert_non_null(strstr(d->warned, "damaged, accepted: ends at 00:05 of 01:00"));
    assert_string_equal(json_text(part(d, 0, 0), "damage"), "ends at 00:05 of 01:00");
    assert_int_equal(json_int(d->facts, "length_ticks", 0), 5 * TICKS_PER_SEC);
    clear(d); // silence is no damage
    add(d, wav(d, 5, 5, 0, -1), 0, 0);
    json_put_bool(d->settings, "accept_damage", true);
    assert_int_equal(run(d, "ingest"), -EINVAL);
}

static void a_short_recording_is_taken_with_a_warning(void **state)
{
    struct desk *d = *state;
    clear(d);
    add(d, wav(d, 1.5, 1.5, 0.1, -1), 0, 0);
    assert_int_equal(run(d, "ingest"), 0);
    assert_non_null(strstr(d->warned, ": only 1.5 s long"));
}

static void tracks_and_parts_keep_their_order(void **state)
{
    struct desk *d = *state;
    clear(d);
    add(d, wav(d, 4, 4, 0.1, 36000), 0, 0);
    add(d, wav(d, 3, 3, 0, 36010), 0, 1); // 6 s later, silent
    add(d, wav(d, 3, 3, 0.1, 36013), 0, 2);
    add(d, wav(d, 5, 5, 0.2, -1), 1, 0);
    assert_int_equal(run(d, "ingest"), 0);
    assert_int_equal(json_count(json_get(d->facts, "tracks")), 2);
    assert_int_equal(json_int(part(d, 0, 1), "gap_before_ticks", -1), 6 * TICKS_PER_SEC);
    assert_int_equal(json_int(part(d, 0, 2), "gap_before_ticks", -1), 0);
    assert_int_equal(json_int(d->facts, "length_ticks", 0), 10 * TICKS_PER_SEC);
    assert_non_null(strstr(d->warned, "opptak1.wav begins 6.0 s after opptak0.wav ended"));
    assert_non_null(strstr(d->warned, "opptak1.wav contains only silence"));
    assert_null(strstr(d->warned, "opptak2.wav"));
    assert_true(originals(d) == 4);
    clear(d); // a track that is silent as a whole is refused without a word on the others
    add(d, wav(d, 2, 2, 0.1, -1), 0, 0);
    add(d, wav(d, 0.5, 0.5, 0, -1), 0, 1);
    const char *silent = wav(d, 5, 5, 0, -1);
    add(d, silent, 1, 0);
    assert_int_equal(run(d, "ingest"), -EINVAL);
    assert_true(str_starts(d->e.text, fs_basename(silent)));
    assert_string_equal(d->warned, "");
}

static void a_recording_that_changes_meanwhile_is_not_kept(void **state)
{
    struct desk *d = *state;
    clear(d);
    const char *path = wav(d, 4, 4, 0.1, -1);
    add(d, path, 0, 0);
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    fseek(f, 100000, SEEK_SET);
    fputs("other words", f);
    assert_int_equal(fclose(f), 0);
    assert_true(run(d, "ingest") < 0);
    assert_int_equal(d->e.kind, ERR_FAILED);
    assert_non_null(strstr(d->e.text, "the copy differs from the recording"));
    assert_true(originals(d) == 0);
}

static void measure_tells_of_each_file_in_order(void **state)
{
    struct desk *d = *state;
    clear(d);
    struct json *files = json_new_array();
    const char *paths[] = {wav(d, 4, 4, 0.1, -1), "/no/such/file.wav", wav(d, 4, 4, 0, -1),
                           wav(d, 4, 60, 0.1, -1)};
    for (size_t i = 0; i < COUNT(paths); i++)
        json_push_text(files, paths[i]);
    json_put(d->in, "files", files);
    assert_int_equal(run(d, "measure"), 0);
    const struct json *list = json_get(d->measured, "files");
    assert_int_equal(json_count(list), COUNT(paths));
    for (size_t i = 0; i < COUNT(paths); i++)
        assert_string_equal(json_text(json_at(list, i), "file"), paths[i]);
    assert_true(isfinite(json_number(json_at(list, 0), "integrated_lufs", NAN)));
    assert_true(json_number(json_at(list, 0), "duration_s", 0) == 4);
    assert_non_null(strstr(json_text_or(json_at(list, 1), "error", ""), "/no/such/file.wav"));
    assert_true(isnan(json_number(json_at(list, 2), "integrated_lufs", NAN)));
    assert_true(isnan(json_number(json_at(list, 2), "true_peak_dbtp", NAN)));
    assert_false(json_bool(json_at(list, 2), "damaged", true));
    assert_true(json_bool(json_at(list, 3), "damaged", false));
    assert_string_equal(json_text(json_at(list, 3), "remark"), "ends at 00:04 of 01:00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_good_recording_is_kept_and_described, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_refused_says_why_and_changes_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(accepted_damage_stands_in_the_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_short_recording_is_taken_with_a_warning, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tracks_and_parts_keep_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_recording_that_changes_meanwhile_is_not_kept, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(measure_tells_of_each_file_in_order, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("ingest", tests, NULL, NULL);
}
