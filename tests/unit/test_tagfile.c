// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"
#include "media/remux.h"
#include "media/sink.h"
#include "media/source.h"
#include "media/tagfile.h"
#include "media/tagparts.h"
#include "pictures.h"
#include "scratch.h"

enum { RATE = 48000, FRAMES = 3 * RATE + 777, FILE_MAX = 4 << 20, MANY = 1000 };

static const struct kind {
    const char *name, *codec, *container;
    int kbps;
} kinds[] = {{"a.mp3", "libmp3lame", "mp3", 96},
             {"a.m4a", "aac", "ipod", 96},
             {"a.opus", "libopus", "ogg", 64}};

struct desk {
    char dir[SCRATCH_MAX];
    struct arena arena;
    struct err e;
};

static int set_up(void **state)
{
    struct desk *d = mem_alloc(sizeof(*d));
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

static const char *make_sound(struct desk *d, const struct kind *k)
{
    const char *path = place(d, k->name);
    struct sink_params p = {.path = path,
                            .codec = k->codec,
                            .container = k->container,
                            .sample_rate = RATE,
                            .channels = 2,
                            .bitrate_kbps = k->kbps,
                            .threads = 1};
    struct sink *s;
    float *plane = mem_alloc(FRAMES * sizeof(float));
    const float *planes[2] = {plane, plane};
    for (size_t i = 0; i < FRAMES; i++)
        plane[i] = (float)(0.4 * sin(0.03 * (double)i));
    assert_int_equal(sink_open(&p, &s, &d->e), 0);
    assert_int_equal(sink_write(s, planes, FRAMES, &d->e), 0);
    assert_int_equal(sink_finish(s, &d->e), 0);
    free(plane);
    return path;
}

static const char *make_cover(struct desk *d, bool png)
{
    const char *path = place(d, png ? "cover.png" : "cover.jpg");
    unsigned char *bytes = mem_alloc(200000);
    size_t n = png ? png_bytes(bytes, 1400, 1401, 2, 0) : jpeg_bytes(bytes, 1400, 1401, 3);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fwrite(bytes, 1, n + 100000, f); // pages of an Ogg hold 65 kB
    assert_int_equal(fclose(f), 0);
    free(bytes);
    return path;
}

static char *slurp(struct desk *d, const char *path, size_t *ret_len)
{
    char *data;
    int r = fs_read(&d->arena, path, FILE_MAX, &data, ret_len, &d->e);
    if (r < 0)
        print_error("%s\n", d->e.text);
    assert_int_equal(r, 0);
    return data;
}

static int count(const char *data, size_t len, const char *word)
{
    int n = 0;
    size_t size = strlen(word);
    for (const char *p = data; (p = memmem(p, len - (size_t)(p - data), word, size)); p += size)
        n++;
    return n;
}

static int64_t length_of(const char *path)
{
    struct source *s;
    struct source_facts f;
    const float *const *planes;
    size_t n;
    assert_int_equal(source_open(&(struct source_params){.path = path, .track = -1}, &s, NULL), 0);
    while (source_read(s, &planes, &n, NULL) > 0)
        ;
    source_facts(s, &f);
    source_close(s);
    assert_int_equal(f.decode_errors, 0);
    return f.frames;
}

static struct tag_set full_set(void)
{
    static const struct tag_chapter chapters[] = {
        {0, TICKS_PER_SEC, "Velkommen til M\xc3\xb8re", NULL},
        {TICKS_PER_SEC, TICKS_PER_SEC * 5 / 2, "Gjesten", "https://example.org/gjest"},
        {TICKS_PER_SEC * 5 / 2, TICKS_PER_SEC * 3, "Slutt", NULL},
    };
    return (struct tag_set){
        .title = "Trivsel i Mel\xc3\xb8y",
        .show = "Det gode liv i nord",
        .artist = "Vert, Gjest",
        .album_artist = "Fylkeskommunen",
        .description = "En samtale om trivsel",
        .copyright = "Fylkeskommunen",
        .license_url = "https://creativecommons.org/licenses/by/4.0/",
        .genre = "Podcast",
        .date = "2026-02-12",
        .language = "nb",
        .page_url = "https://example.org/side",
        .feed_url = "https://example.org/feed.xml",
        .guid = "guid-0001",
        .category = "Government",
        .number = 2,
        .season = 2026,
        .encoded_by = "dgl-episode",
        .custom = {{"THEME", "Trivsel"},
                   {"SDG", "http://metadata.un.org/sdg/3"},
                   {"SDG", "http://metadata.un.org/sdg/11"}},
        .num_custom = 3,
        .chapters = chapters,
        .num_chapters = COUNT(chapters),
    };
}

static const char *tag(struct desk *d, const char *from, const char *name, const struct tag_set *t)
{
    const char *to = place(d, name);
    int r = tagfile_write(from, to, t, &d->e);
    if (r < 0)
        print_error("%s\n", d->e.text);
    assert_int_equal(r, 0);
    return to;
}

static void every_word_is_in_every_carrier(void **state)
{
    static const char *const words[][24] = {
        {"ID3\x04", "TIT2", "TALB", "TPE1", "TPE2", "TCON", "TCOP", "WCOP",
         "TDRC",    "TDRL", "TLAN", "nob",  "TRCK", "TPOS", "TDES", "PCST",
         "WFED",    "TGID", "TCAT", "WXXX", "TXXX", "CTOC", "APIC"},
        {"\251nam",
         "\251alb",
         "\251ART",
         "aART",
         "\251day",
         "\251gen",
         "desc",
         "ldes",
         "cprt",
         "purl",
         "egid",
         "catg",
         "trkn",
         "disk",
         "stik",
         "pcst",
         "covr",
         "----",
         "com.apple.iTunes",
         "chpl",
         "LANGUAGE"},
        {"TITLE=",
         "ALBUM=",
         "ARTIST=",
         "ALBUMARTIST=",
         "DATE=",
         "GENRE=",
         "DESCRIPTION=",
         "COPYRIGHT=",
         "LICENSE=",
         "LANGUAGE=nb",
         "TRACKNUMBER=2",
         "DISCNUMBER=2026",
         "PODCASTURL=",
         "PODCASTID=",
         "METADATA_BLOCK_PICTURE=",
         "CHAPTER000=00:00:00.000",
         "CHAPTER001=00:00:01.000",
         "CHAPTER002=00:00:02.500",
         "CHAPTER001NAME=Gjesten",
         "CHAPTER001URL=https://example.org/gjest"},
    };
    static const char *const values[] = {"Trivsel i Mel\xc3\xb8y",
                                         "Det gode liv i nord",
                                         "Vert, Gjest",
                                         "Fylkeskommunen",
                                         "En samtale om trivsel",
                                         "https://creativecommons.org/licenses/by/4.0/",
                                         "2026-02-12",
                                         "https://example.org/side",
                                         "https://example.org/feed.xml",
                                         "guid-0001",
                                         "Government",
                                         "dgl-episode",
                                         "http://metadata.un.org/sdg/3",
                                         "http://metadata.un.org/sdg/11",
                                         "Velkommen til M\xc3\xb8re",
                                         "Gjesten",
                                         "Slutt"};
    struct desk *d = *state;
    struct tag_set t = full_set();
    t.cover_path = make_cover(d, true);
    for (size_t k = 0; k < COUNT(kinds); k++) {
        size_t len;
        const char *to = tag(d, make_sound(d, &kinds[k]), "out", &t);
        char *data = slurp(d, to, &len);
        for (size_t i = 0; i < COUNT(words[k]) && words[k][i]; i++) {
            if (!count(data, len, words[k][i]))
                fail_msg("%s has no %s", kinds[k].name, words[k][i]);
        }
        for (size_t i = 0; i < COUNT(values); i++) {
            if (!count(data, len, values[i]))
                fail_msg("%s has no %s", kinds[k].name, values[i]);
        }
        assert_int_equal(remove(to), 0);
    }
}

static void the_sound_stays_the_same_to_the_byte_and_the_sample(void **state)
{
    struct desk *d = *state;
    struct tag_set t = full_set();
    t.cover_path = make_cover(d, false);
    for (size_t k = 0; k < COUNT(kinds); k++) {
        struct packet_sum before, after;
        const char *from = make_sound(d, &kinds[k]);
        const char *to = tag(d, from, "out", &t);
        assert_int_equal(remux_sum(from, &before, &d->e), 0);
        assert_int_equal(remux_sum(to, &after, &d->e), 0);
        assert_true(before.count > 10);
        assert_int_equal(before.count, after.count);
        assert_memory_equal(before.md5, after.md5, sizeof(after.md5));
        assert_int_equal(length_of(from), length_of(to));
        assert_in_range(length_of(to), FRAMES, FRAMES + (k == 1 ? 1024 : 0));
        assert_int_equal(remove(to), 0);
    }
}

static void an_mp3_is_its_tag_and_then_the_old_file(void **state)
{
    struct desk *d = *state;
    struct tag_set t = full_set();
    size_t from_len, len;
    const char *from = make_sound(d, &kinds[0]);
    char *old = slurp(d, from, &from_len);
    char *data = slurp(d, tag(d, from, "out", &t), &len);
    assert_true(len > from_len);
    assert_memory_equal(data + len - from_len, old, from_len); // so the Info frame comes first
    assert_true(count(old, 200, "Info") || count(old, 200, "Xing"));
}

static void equal_input_gives_equal_bytes_and_a_second_run_changes_nothing(void **state)
{
    struct desk *d = *state;
    struct tag_set t = full_set();
    t.cover_path = make_cover(d, true);
    for (size_t k = 0; k < COUNT(kinds); k++) {
        const char *from = make_sound(d, &kinds[k]);
        const char *paths[] = {tag(d, from, "one", &t), tag(d, from, "two", &t),
                               tag(d, place(d, "one"), "again", &t)};
        size_t len, other;
        char *data = slurp(d, paths[0], &len);
        for (size_t i = 0; i < COUNT(paths); i++) {
            char *same = slurp(d, paths[i], &other);
            assert_int_equal(len, other);
            assert_memory_equal(data, same, len);
            assert_int_equal(remove(paths[i]), 0);
        }
    }
}

static void nothing_of_the_former_words_survives(void **state)
{
    static const char *const gone[] = {"Trivsel",   "Det gode liv", "Gjest", "sdg/3",
                                       "guid-0001", "feed.xml",     "chpl",  "CHAP",
                                       "APIC",      "PNG",          "SDG"};
    struct desk *d = *state;
    struct tag_set t = full_set(), bare = {.title = "Ny"};
    t.cover_path = make_cover(d, true);
    for (size_t k = 0; k < COUNT(kinds); k++) {
        size_t len, bare_len;
        const char *from = make_sound(d, &kinds[k]);
        const char *once = tag(d, from, "once", &t);
        char *data = slurp(d, tag(d, once, "twice", &bare), &len);
        slurp(d, tag(d, from, "bare", &bare), &bare_len);
        assert_int_equal(len, bare_len);
        for (size_t i = 0; i < COUNT(gone); i++) {
            if (count(data, len, gone[i]))
                fail_msg("%s still has %s", kinds[k].name, gone[i]);
        }
        remove(place(d, "once"));
        remove(place(d, "twice"));
        remove(place(d, "bare"));
    }
}

static void tags_of_any_age_around_an_mp3_are_dropped(void **state)
{
    struct desk *d = *state;
    struct tag_set bare = {.title = "Ny"};
    size_t len, before, after;
    char *sound = slurp(d, make_sound(d, &kinds[0]), &len);
    slurp(d, tag(d, place(d, "a.mp3"), "plain", &bare), &before);
    FILE *f = fopen(place(d, "old.mp3"), "wb");
    assert_non_null(f);
    fwrite("ID3\3\0\0\0\0\0\x0a"
           "0123456789"
           "ID3\4\0\0\0\0\0\x02"
           "ab",
           1, 32, f);
    fwrite(sound, 1, len, f);
    char ape[32 + 20] = "GAMMELT TAGG 0123456";
    memcpy(ape + 20, "APETAGEX\xd0\7\0\0\x34\0\0\0\1\0\0\0\0\0\0\0", 24); // 52 bytes with its foot
    fwrite(ape, 1, sizeof(ape), f);
    char v1[128] = "TAGGammel tittel";
    fwrite(v1, 1, sizeof(v1), f);
    assert_int_equal(fclose(f), 0);
    char *data = slurp(d, tag(d, place(d, "old.mp3"), "new", &bare), &after);
    assert_int_equal(after, before);
    assert_memory_equal(data + after - len, sound, len);
}

// ---- chapters

static struct tag_chapter *many(struct arena *a)
{
    struct tag_chapter *c = arena_array(a, struct tag_chapter, MANY);
    for (int i = 0; i < MANY; i++) {
        c[i].start = i * TICKS_PER_SEC * 3 / MANY;
        c[i].end = (i + 1) * TICKS_PER_SEC * 3 / MANY;
        c[i].title = arena_printf(a, "Kapittel nummer %d", i);
    }
    return c;
}

static void a_thousand_chapters_find_room(void **state)
{
    static const struct {
        size_t chapters;
        int tables, nero;
    } rows[] = {{1, 1, 1}, {255, 1, 255}, {256, 3, 255}, {MANY, 5, 255}};
    struct desk *d = *state;
    struct tag_set t = full_set();
    t.chapters = many(&d->arena);
    for (size_t i = 0; i < COUNT(rows) * COUNT(kinds); i++) {
        size_t k = i % COUNT(kinds), len;
        int chapters = (int)rows[i / COUNT(kinds)].chapters;
        t.num_chapters = (size_t)chapters;
        char *data = slurp(d, tag(d, make_sound(d, &kinds[k]), "out", &t), &len);
        int titles = count(data, len, "Kapittel nummer ");
        if (k == 0) {
            assert_int_equal(count(data, len, "CHAP"), chapters);
            assert_int_equal(count(data, len, "CTOC"), rows[i / COUNT(kinds)].tables);
            assert_int_equal(titles, chapters);
        } else if (k == 1) {
            assert_int_equal(titles, chapters + rows[i / COUNT(kinds)].nero);
        } else { // the heads of pages lie between some letters
            assert_in_range(titles, chapters - chapters / 50, chapters);
        }
        remove(place(d, "out"));
    }
}

static void long_titles_end_between_characters(void **state)
{
    (void)state;
    char title[400], got[TAG_TITLE + 1];
    size_t bad;
    for (size_t n = 0; n < 130; n++) { // two-byte letters behind 0 to 1 single bytes
        memset(title, 0, sizeof(title));
        size_t len = 0;
        if (n & 1)
            title[len++] = 'x';
        for (size_t i = 0; i < n; i++, len += 2)
            memcpy(title + len, "\xc3\xa6", 2);
        tagparts_title(title, got);
        assert_true(strlen(got) <= TAG_TITLE);
        assert_true(str_is_utf8(got, strlen(got), &bad));
        if (len <= TAG_TITLE)
            assert_string_equal(got, title);
        else
            assert_true(str_ends(got, "\xe2\x80\xa6") && strlen(got) >= TAG_TITLE - 2);
    }
    tagparts_title(NULL, got);
    assert_string_equal(got, "");
}

// ---- the parts

static void languages_are_written_in_three_letters(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"nb", "nob"},    {"nn", "nno"},  {"no", "nor"},  {"nb-NO", "nob"}, {"nn_NO", "nno"},
        {"en", "eng"},    {"se", "sme"},  {"smj", "smj"}, {"sma", "sma"},   {"sma-NO", "sma"},
        {"en-GB", "eng"}, {"fkv", "fkv"}, {"xx", "und"},  {"", "und"},      {"norsk", "und"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char got[4];
        tagparts_language(rows[i][0], got);
        assert_string_equal(got, rows[i][1]);
    }
}

static void the_size_of_a_cover_is_read(void **state)
{
    struct desk *d = *state;
    for (int png = 0; png < 2; png++) {
        struct tag_cover c;
        assert_int_equal(tagparts_cover(make_cover(d, png), &c, &d->e), 0);
        assert_int_equal(c.png, png);
        assert_int_equal(c.width, 1400);
        assert_int_equal(c.height, 1401);
        tagparts_cover_done(&c);
    }
}

static void what_cannot_be_tagged_leaves_nothing_behind(void **state)
{
    struct desk *d = *state;
    struct tag_set t = full_set();
    const char *good = make_sound(d, &kinds[0]), *text = place(d, "text.mp3");
    const char *to = place(d, "out");
    FILE *f = fopen(text, "wb");
    assert_non_null(f);
    fputs("this is no sound at all, only words", f);
    assert_int_equal(fclose(f), 0);
    const char *png = make_cover(d, true); // a picture: TagLib takes one for an MP3
    assert_true(tagfile_write(text, to, &t, &d->e) < 0);
    assert_non_null(strstr(d->e.text, "neither MP3, M4A nor Opus"));
    assert_true(tagfile_write(png, to, &t, &d->e) < 0);
    assert_true(tagfile_write(place(d, "missing.mp3"), to, &t, &d->e) < 0);
    t.cover_path = place(d, "missing.png");
    assert_true(tagfile_write(good, to, &t, &d->e) < 0);
    assert_non_null(strstr(d->e.text, "missing.png"));
    t.cover_path = text;
    assert_true(tagfile_write(good, to, &t, &d->e) < 0);
    assert_int_equal(d->e.kind, ERR_INPUT);
    assert_non_null(strstr(d->e.text, "neither a JPEG nor a PNG picture"));
    assert_false(fs_exists(to));
    t.cover_path = NULL;
    assert_int_equal(tagfile_write(good, text, &t, &d->e), -EEXIST);
    size_t len;
    char *data = slurp(d, text, &len);
    assert_int_equal(count(data, len, "only words"), 1);
}

static void a_broken_delivery_file_is_an_error_not_a_crash(void **state)
{
    struct desk *d = *state;
    struct tag_set t = full_set();
    unsigned seed = 1;
    for (int i = 0; i < 60; i++) {
        const struct kind *k = &kinds[i % (int)COUNT(kinds)];
        const char *from = place(d, "broken");
        size_t len;
        char *data = slurp(d, make_sound(d, k), &len);
        for (int n = 0; n < 8; n++) {
            seed = seed * 1664525u + 1013904223u;
            data[(seed >> 8) % (i < 30 ? 400 : len)] = (char)(seed >> 24);
        }
        FILE *f = fopen(from, "wb");
        assert_non_null(f);
        fwrite(data, 1, i % 5 ? len : len / 2, f);
        assert_int_equal(fclose(f), 0);
        int r = tagfile_write(from, place(d, "out"), &t, &d->e);
        assert_int_equal(fs_exists(place(d, "out")), r == 0);
        remove(place(d, "out"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_word_is_in_every_carrier, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_sound_stays_the_same_to_the_byte_and_the_sample, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_mp3_is_its_tag_and_then_the_old_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            equal_input_gives_equal_bytes_and_a_second_run_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_of_the_former_words_survives, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tags_of_any_age_around_an_mp3_are_dropped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_thousand_chapters_find_room, set_up, tear_down),
        cmocka_unit_test(long_titles_end_between_characters),
        cmocka_unit_test(languages_are_written_in_three_letters),
        cmocka_unit_test_setup_teardown(the_size_of_a_cover_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_tagged_leaves_nothing_behind, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_broken_delivery_file_is_an_error_not_a_crash, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("tagfile", tests, NULL, NULL);
}
