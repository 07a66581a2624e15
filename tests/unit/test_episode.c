// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/episode.h"
#include "pictures.h"
#include "refusal.h"
#include "scratch.h"

static const char *const presets[] = {"presets", NULL};

struct fixture {
    char dir[SCRATCH_MAX];
    struct arena a;
    struct show show;
    struct goals goals;
    struct municipalities municipalities;
};

static void put(const struct fixture *f, const char *name, const char *text)
{
    char path[SCRATCH_MAX + 80];
    snprintf(path, sizeof(path), "%s/episodes/%s", f->dir, name);
    assert_true(fs_replace(path, text, strlen(text), NULL) >= 0);
}

static int load(const struct fixture *f, struct arena *a, const char *text, struct episode *ep,
                struct err *e)
{
    put(f, "2026-02-x/episode.yaml", text);
    return episode_load(a, &f->show, presets, &f->goals, &f->municipalities, "2026-02-x", ep, e);
}

static void loaded(const struct fixture *f, struct arena *a, const char *text, struct episode *ep)
{
    struct err e = {0};
    int r = load(f, a, text, ep, &e);
    if (r < 0)
        print_error("%s\n", e.text);
    assert_int_equal(r, 0);
}

static void the_least_episode_is_a_title(void **state)
{
    const struct fixture *f = *state;
    struct arena a = {0};
    struct episode ep;
    loaded(f, &a, "title: Trivsel\n", &ep);
    assert_string_equal(ep.title, "Trivsel");
    assert_string_equal(ep.folder, "2026-02-x");
    assert_true(str_ends(ep.dir, "/episodes/2026-02-x") && *ep.dir == '/');
    assert_string_equal(ep.language, "nb");
    assert_string_equal(ep.kind, "full");
    assert_string_equal(ep.license, "CC-BY-4.0");
    assert_int_equal(ep.channels, 2);
    assert_int_equal(ep.num_outputs, 1);
    assert_true(ep.loudness.target_lufs == -16);
    assert_null(ep.theme);
    assert_int_equal(ep.goals, 0);
    assert_int_equal(
        ep.num_chapters + ep.num_captions + ep.num_guests + ep.num_hosts + ep.num_recordings, 0);
    assert_null(ep.notes);
    assert_null(ep.notes_text);
    assert_null(ep.described);
    arena_done(&a);
}

static void a_whole_episode_is_read(void **state)
{
    const struct fixture *f = *state;
    struct arena a = {0};
    struct episode ep;
    char cover[SCRATCH_MAX + 80];
    snprintf(cover, sizeof(cover), "%s/episodes/cover.png", f->dir);
    png_write(cover, 1400);
    put(f, "2026-02-x/captions.nb.vtt", "WEBVTT\n");
    put(f, "2026-02-x/om.md", "\xEF\xBB\xBF# Hei\n\tæ\n");
    loaded(f, &a,
           "title: Trivsel i Meløy\nmonth: 2026-02        # theme and goals from the "
           "calendar\nnumber: 2\nseason: 2026\n"
           "published: 2026-02-12T09:00:00+01:00\nsummary: |\n  En samtale\n  om trivsel\nnotes: "
           "om.md\nkind: bonus\n"
           "host: [{name: Kari Nordmann}]\n"
           "guest: [{name: Ola, role: ordfører, municipality: Meløy, consent: {date: 2026-02-03, "
           "scopes: [live, podcast],"
           " withdrawn: 2026-03-01}}]\n"
           "recordings: [{file: /media/zoom.mp4}, {file: ../../gjest.wav, speaker: guest}, {parts: "
           "[C0001.MP4, C0002.MP4]}]\n"
           "captions: [{file: captions.nb.vtt, made: corrected, clock: published}]\n"
           "chapters: [{at: \"00:00:00\", title: Velkommen}, {at: \"00:03:10.5\", title: Tur, url: "
           "https://example.org/ø}]\n"
           "trim: off\nkit: {facts: [A, B], programme: [{title: C, minutes: 5}], start: "
           "\"18:05\", links: [{title: D, url: https://example.org/d}], contact: {name: K, "
           "municipality: Meløy}}\n"
           "resources: [{kind: tool, title: Verktøy, url: https://example.org/, "
           "municipality: \"1804\"}]\n"
           "described: spoken\nlanguage: no\nlicense: CC0-1.0\nguid: "
           "https://old.example.org/?p=12\nexplicit: true\n"
           "preset: streaming\noutputs: [mp3, opus]\nchannels: 1\naccept_damage: true\ncover: "
           "../cover.png\n",
           &ep);
    assert_int_equal(ep.month, 202602);
    assert_string_equal(ep.theme->id, "trivsel");
    assert_int_equal(ep.goals, SDG(3) | SDG(8) | SDG(11));
    assert_int_equal(ep.num_targets, 0);
    assert_int_equal(ep.published_utc_s, 1770883200);
    assert_string_equal(ep.summary, "En samtale\nom trivsel");
    assert_string_equal(ep.notes, "om.md");
    assert_string_equal(ep.notes_text, "# Hei\n\tæ\n");
    assert_string_equal(ep.hosts[0].name, "Kari Nordmann");
    assert_string_equal(ep.guests[0].municipality, "1837");
    assert_string_equal(ep.guests[0].consent_date, "2026-02-03");
    assert_string_equal(ep.guests[0].withdrawn, "2026-03-01");
    assert_int_equal(ep.guests[0].scopes.count, 2);
    assert_int_equal(ep.num_recordings, 3);
    assert_string_equal(ep.recordings[0].file, "/media/zoom.mp4");
    assert_null(ep.recordings[0].speaker);
    assert_string_equal(ep.recordings[1].speaker, "guest");
    assert_null(ep.recordings[2].file);
    assert_string_equal(ep.recordings[2].parts.items[1], "C0002.MP4");
    assert_string_equal(ep.captions[0].language, "no");
    assert_string_equal(ep.captions[0].made, "corrected");
    assert_true(ep.captions[0].published_clock);
    assert_int_equal(ep.num_chapters, 2);
    assert_true(ep.chapters[1].start == TICKS_PER_SEC * 381 / 2);
    assert_string_equal(ep.chapters[1].url, "https://example.org/%C3%B8");
    assert_false(ep.chapters_published_clock);
    assert_string_equal(ep.resources[0].municipality, "1804");
    assert_string_equal(ep.described, "spoken");
    assert_int_equal(ep.kit->facts.count, 2);
    assert_int_equal(ep.kit->programme[0].minutes, 5);
    assert_int_equal(ep.kit->start_min, 18 * 60 + 5);
    assert_string_equal(ep.kit->links[0].url, "https://example.org/d");
    assert_string_equal(ep.kit->contact->municipality, "1837");
    assert_string_equal(ep.language, "no");
    assert_string_equal(ep.guid, "https://old.example.org/?p=12");
    assert_true(ep.loudness.target_lufs == -14);
    assert_int_equal(ep.num_outputs, 2);
    assert_string_equal(ep.output[1].name, "opus");
    assert_true(ep.is_explicit && ep.accept_damage && ep.channels == 1);
    assert_string_equal(ep.cover, "../cover.png");
    arena_done(&a);
}

static void goals_depart_from_the_calendar_only_when_written(void **state)
{
    const struct fixture *f = *state;
    static const struct {
        const char *text, *theme; // NULL: none
        sdg_set goals;
        size_t targets;
    } rows[] = {
        {"month: 2026-02\n", "trivsel", SDG(3) | SDG(8) | SDG(11), 0},
        {"month: 2026-03\n", "miljo", SDG(12) | SDG(13) | SDG(15), 0}, // the theme's own
        {"month: 2026-04\n", NULL, 0, 0},
        {"month: 2026-04\ngoals: [4]\n", NULL, SDG(4), 0},
        {"month: 2026-02\ngoals: [3, \"3.4\", 11.7, 1.a]\n", "trivsel", SDG(1) | SDG(3) | SDG(11),
         3},
        {"goals: [\"3.4\", 3]\n", NULL, SDG(3), 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct episode ep;
        loaded(f, &a, arena_printf(&a, "title: T\n%s", rows[i].text), &ep);
        assert_true(str_same(ep.theme ? ep.theme->id : NULL, rows[i].theme));
        assert_int_equal(ep.goals, rows[i].goals);
        assert_int_equal(ep.num_targets, rows[i].targets);
        arena_done(&a);
    }
}

static void described_has_three_forms(void **state)
{
    const struct fixture *f = *state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"spoken", "spoken"},
        {"\"not-needed: bare to som prater\"", "not-needed:bare to som prater"},
        {"not-needed:prat", "not-needed:prat"},
        {"{not-needed: bare prat}", "not-needed:bare prat"},
        {"{track: tale.wav}", "track:tale.wav"},
        {"track:tale.wav", "track:tale.wav"},
    };
    put(f, "2026-02-x/tale.wav", "x");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct episode ep;
        loaded(f, &a, arena_printf(&a, "title: T\ndescribed: %s\n", rows[i].text), &ep);
        assert_string_equal(ep.described, rows[i].want);
        arena_done(&a);
    }
}

static void the_first_chapter_begins_at_the_beginning(void **state)
{
    const struct fixture *f = *state;
    struct arena a = {0};
    struct episode ep;
    loaded(f, &a,
           "title: T\nchapters: {clock: published, list: [{at: \"1:00\", title: A}, {at: \"2:00\", "
           "title: B}]}\n",
           &ep);
    assert_true(ep.chapters_published_clock);
    assert_int_equal(ep.num_chapters, 3);
    assert_true(ep.chapters[0].start == 0);
    assert_string_equal(ep.chapters[0].title, "T");
    assert_string_equal(ep.chapters[2].title, "B");
    loaded(f, &a, "title: T\nchapters: [{at: 0, title: A}]\n", &ep);
    assert_int_equal(ep.num_chapters, 1);
    arena_done(&a);
}

static void chapters_past_the_end_are_refused(void **state)
{
    const struct fixture *f = *state;
    struct arena a = {0};
    struct episode ep;
    struct err e = {0};
    loaded(
        f, &a,
        "title: T\nchapters:\n  - {at: \"00:00:00\", title: A}\n  - {at: \"00:41:10\", title: B}\n",
        &ep);
    assert_int_equal(episode_check_length(&ep, 42 * 60 * TICKS_PER_SEC, &e), 0);
    assert_true(episode_check_length(&ep, 2402 * TICKS_PER_SEC, &e) < 0);
    refused(&e,
            "episodes/2026-02-x/episode.yaml:4:10: chapter starts at 00:41:10, the recording ends "
            "at 00:40:02",
            "move the chapter, or delete it");
    assert_true(episode_check_length(&ep, 2470 * TICKS_PER_SEC, &e) < 0); // at the very end
    assert_int_equal(episode_check_length(&ep, 2470 * TICKS_PER_SEC + 1, &e), 0);
    arena_done(&a);
}

static void cuts_lie_in_order_and_within_the_recording(void **state)
{
    const struct fixture *f = *state;
    struct arena a = {0};
    struct episode ep;
    struct err e = {0};
    loaded(
        f, &a,
        "title: T\ntrim: auto\npauses: 1.5\ncuts:\n  - {from: \"00:12:01.5\", to: \"00:12:09\"}\n"
        "  - {from: 10, to: 20}\n  - {from: 20, to: 30}\n",
        &ep);
    assert_string_equal(ep.trim, "auto");
    assert_true(ep.pauses == 1.5);
    assert_int_equal(ep.num_cuts, 3);
    assert_int_equal(ep.cuts[0].span.start, 10 * TICKS_PER_SEC);
    assert_int_equal(ep.cuts[2].span.start, TICKS_PER_SEC * 1443 / 2);
    assert_int_equal(ep.cuts[2].span.end, 729 * TICKS_PER_SEC);
    assert_int_equal(episode_check_length(&ep, 729 * TICKS_PER_SEC, &e), 0);
    assert_true(episode_check_length(&ep, 728 * TICKS_PER_SEC, &e) < 0);
    refused(&e,
            "episodes/2026-02-x/episode.yaml:5:30: the cut ends at 00:12:09.000, the recording at "
            "00:12:08.000",
            "write to: \"00:12:08.000\"");
    loaded(f, &a, "title: T\ncuts: [{from: 0, to: 9.7}]\n", &ep);
    assert_string_equal(ep.trim, "off");
    assert_true(episode_check_length(&ep, 10 * TICKS_PER_SEC, &e) < 0);
    refused(&e, "episodes/2026-02-x/episode.yaml:2:8: the cuts leave nothing of the recording",
            "cut less");
    loaded(f, &a, "title: T\ncuts: []\n", &ep);
    assert_int_equal(ep.num_cuts, 0);
    // how long the finished file is only the timeline knows
    loaded(f, &a,
           "title: T\nintro: x.wav\nchapters: {clock: published, list: [{at: 15, title: A}]}\n",
           &ep);
    assert_int_equal(episode_check_length(&ep, 10 * TICKS_PER_SEC, &e), 0);
    arena_done(&a);
}

static void jingles_are_the_shows_unless_the_episode_says_other(void **state)
{
    struct fixture *f = *state;
    struct arena a = {0};
    struct episode ep;
    struct show was = f->show, *show = &f->show;
    show->intro = (struct jingle_file){"intro.wav", "/show/episodes/intro.wav", NULL};
    show->outro = (struct jingle_file){"outro.wav", "/show/episodes/outro.wav", NULL};
    show->music = (struct jingle_file){"bed.mp3", "/show/episodes/bed.mp3", NULL};
    loaded(f, &a, "title: T\n", &ep);
    assert_string_equal(ep.intro.path, "/show/episodes/intro.wav");
    assert_string_equal(ep.outro.file, "outro.wav");
    assert_string_equal(ep.music.path, "/show/episodes/bed.mp3");
    loaded(f, &a, "title: T\nmusic: own.mp3\n", &ep);
    assert_true(str_ends(ep.music.path, "/episodes/2026-02-x/own.mp3"));
    loaded(f, &a, "title: T\nintro: none\nmusic: none\noutro: ../sommer.wav\n", &ep);
    assert_null(ep.intro.file);
    assert_null(ep.music.path);
    assert_true(str_ends(ep.outro.path, "/episodes/2026-02-x/../sommer.wav"));
    assert_non_null(ep.outro.node);
    *show = was;
    arena_done(&a);
}

static void clips_lie_in_order_and_within_the_recording(void **state)
{
    const struct fixture *f = *state;
    struct arena a = {0};
    struct episode ep;
    struct err e = {0};
    loaded(f, &a,
           "title: T\ncuts: [{from: 30, to: 35}]\nclip:\n"
           "  - {from: 28, to: \"00:00:40.5\", shapes: portrait, title: Åpen dør}\n"
           "  - {from: 10, to: 29}\n"
           "  - {from: 10, to: 20, shapes: [portrait, square]}\n",
           &ep);
    assert_int_equal(ep.num_clips, 3);
    assert_int_equal(ep.clips[0].span.start, 10 * TICKS_PER_SEC);
    assert_int_equal(ep.clips[0].span.end, 20 * TICKS_PER_SEC);
    assert_int_equal(ep.clips[0].shapes, CLIP_SQUARE | CLIP_PORTRAIT);
    assert_int_equal(ep.clips[1].span.end, 29 * TICKS_PER_SEC);
    assert_int_equal(ep.clips[1].shapes, CLIP_SQUARE | CLIP_PORTRAIT);
    assert_string_equal(ep.clips[1].title, "T");
    assert_int_equal(ep.clips[2].span.end, TICKS_PER_SEC * 81 / 2);
    assert_int_equal(ep.clips[2].shapes, CLIP_PORTRAIT);
    assert_string_equal(ep.clips[2].title, "Åpen dør");
    assert_int_equal(episode_check_length(&ep, TICKS_PER_SEC * 81 / 2, &e), 0);
    assert_true(episode_check_length(&ep, 40 * TICKS_PER_SEC, &e) < 0);
    refused(&e,
            "episodes/2026-02-x/episode.yaml:4:20: the clip ends at 00:00:40.500, the recording at "
            "00:00:40.000",
            "write to: \"00:00:40.000\"");
    loaded(f, &a, "title: T\nclip: {from: 9, to: 12}\n", &ep); // one alone is a list of one
    assert_int_equal(ep.num_clips, 1);
    assert_true(episode_check_length(&ep, 9 * TICKS_PER_SEC, &e) < 0);
    refused(&e,
            "episodes/2026-02-x/episode.yaml:2:14: the clip begins behind the end of the recording",
            "set the times right, or delete the clip");
    loaded(f, &a, "title: T\nclip: []\n", &ep);
    assert_int_equal(ep.num_clips, 0);
    // what cuts leave of a clip is 0.4 s and more
    loaded(f, &a, "title: T\ncuts: [{from: 9, to: 11.6}]\nclip: {from: 10, to: 12}\n", &ep);
    assert_int_equal(ep.num_clips, 1);
    arena_done(&a);
}

static void straps_have_times_within_the_recording(void **state)
{
    const struct fixture *f = *state;
    struct arena a = {0};
    struct episode ep;
    struct err e = {0};
    loaded(f, &a,
           "title: T\nhost: {name: Kari, strap: \"00:00:12\"}\n"
           "guest: [{name: Ola, strap: [15, \"00:21:40.5\"]}, {name: Eli}]\n",
           &ep);
    assert_int_equal(ep.hosts[0].num_straps, 1);
    assert_int_equal(ep.hosts[0].straps[0], 12 * TICKS_PER_SEC);
    assert_int_equal(ep.guests[0].num_straps, 2);
    assert_int_equal(ep.guests[0].straps[1], TICKS_PER_SEC * 2601 / 2);
    assert_int_equal(ep.guests[1].num_straps, 0);
    assert_int_equal(episode_check_length(&ep, 1301 * TICKS_PER_SEC, &e), 0);
    assert_true(episode_check_length(&ep, TICKS_PER_SEC * 2601 / 2, &e) < 0);
    refused(&e,
            "episodes/2026-02-x/episode.yaml:3:33: the strap of Ola is shown at 00:21:40, the "
            "recording ends at 00:21:40",
            "set the time right, or delete it");
    assert_true(episode_check_length(&ep, 10 * TICKS_PER_SEC, &e) < 0);
    refused(&e,
            "episodes/2026-02-x/episode.yaml:2:27: the strap of Kari is shown at 00:00:12, the "
            "recording ends at 00:00:10",
            NULL);
    arena_done(&a);
}

static void recordings_say_what_they_are_for(void **state)
{
    const struct fixture *f = *state;
    struct arena a = {0};
    struct episode ep;
    loaded(f, &a,
           "title: T\nrecordings: [{file: a.mp4, use: picture}, {file: b.wav, use: sound}, "
           "{file: c.mkv, sound_track: 2}, {file: d.mp4, use: both}]\n",
           &ep);
    assert_string_equal(ep.recordings[0].use, "picture");
    assert_string_equal(ep.recordings[1].use, "sound");
    assert_null(ep.recordings[2].use); // not said is another thing than both
    assert_string_equal(ep.recordings[3].use, "both");
    assert_int_equal(ep.recordings[0].sound_track, 0);
    assert_int_equal(ep.recordings[2].sound_track, 2);
    arena_done(&a);
}

static void the_picture_is_the_shows_unless_the_episode_says_other(void **state)
{
    struct fixture *f = *state;
    static const struct {
        bool show_has; // 720p, fit: crop, hls, straps, balance
        const char *text, *picture, *fit, *balance;
        size_t rungs;
        unsigned graphics;
        bool hls;
    } rows[] = {
        {false, "", NULL, NULL, "off", 0, 0, false},
        {false, "picture: 1080p25\n", "1080p25", "pad", "off", 3, 0, false},
        {false, "picture: 480p\nhls: true\nfit: crop\n", "480p", "crop", "off", 1, 0, true},
        {true, "", "720p", "crop", "auto", 2, SHOW_STRAPS, true},
        {true, "picture: none\n", NULL, "crop", "auto", 0, SHOW_STRAPS, false},
        {true, "picture: 1080p50\nfit: pad\nhls: false\ngraphics: none\nbalance: off\n", "1080p50",
         "pad", "off", 3, 0, false},
        {true, "graphics: [chips, cards]\n", "720p", "crop", "auto", 2, SHOW_CHIPS | SHOW_CARDS,
         true},
    };
    struct show was = f->show;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct episode ep;
        f->show = was;
        if (rows[i].show_has) {
            struct show *s = &f->show;
            s->picture = "720p";
            s->fit = "crop";
            s->hls = true;
            s->graphics = SHOW_STRAPS;
            s->balance = "auto";
            assert_int_equal(
                picture_preset_named(&a, presets, "720p", NULL, s->rung, &s->num_rungs, &e), 0);
        }
        loaded(f, &a, arena_printf(&a, "title: T\n%s", rows[i].text), &ep);
        assert_true(str_same(ep.picture, rows[i].picture));
        assert_true(str_same(ep.fit, rows[i].fit));
        assert_string_equal(ep.balance, rows[i].balance);
        assert_int_equal(ep.num_rungs, rows[i].rungs);
        assert_int_equal(ep.graphics, rows[i].graphics);
        assert_int_equal(ep.hls, rows[i].hls);
        if (ep.picture)
            assert_string_equal(ep.rung[0].name, ep.picture);
        arena_done(&a);
    }
    f->show = was;
}

static void a_video_brings_its_own_sound_where_none_is_delivered(void **state)
{
    const struct fixture *f = *state;
    static const struct {
        const char *text;
        size_t outputs, encoded;
        int sound; // which output goes into the video; -1: none
    } rows[] = {
        {"", 1, 1, -1},
        {"outputs: [m4a]\n", 1, 1, -1},
        {"picture: 720p\n", 1, 2, 1},
        {"picture: 720p\noutputs: [mp3, opus]\n", 2, 3, 2},
        {"picture: 720p\noutputs: [m4a, mp3]\n", 2, 2, 0},
        {"picture: none\noutputs: [mp3, opus]\n", 2, 2, -1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct episode ep;
        loaded(f, &a, arena_printf(&a, "title: T\n%s", rows[i].text), &ep);
        assert_int_equal(ep.num_outputs, rows[i].outputs);
        assert_int_equal(ep.num_encoded, rows[i].encoded);
        const struct output_preset *sound = episode_video_sound(&ep);
        assert_ptr_equal(sound, rows[i].sound < 0 ? NULL : &ep.output[rows[i].sound]);
        for (size_t k = 0; k < ep.num_encoded; k++)
            assert_int_equal(ep.output[k].inner, k >= ep.num_outputs);
        if (sound)
            assert_string_equal(sound->name, "m4a");
        arena_done(&a);
    }
}

static void notes_are_found_without_being_named(void **state)
{
    const struct fixture *f = *state;
    struct arena a = {0};
    struct episode ep;
    struct err e = {0};
    put(f, "2026-02-x/notes.md", "Hei\n");
    loaded(f, &a, "title: T\n", &ep);
    assert_string_equal(ep.notes, "notes.md");
    assert_string_equal(ep.notes_text, "Hei\n");
    put(f, "2026-02-x/notes.md", "Hei\n\nMel\xF8y\n");
    assert_true(load(f, &a, "title: T\n", &ep, &e) < 0);
    refused(&e,
            "episodes/2026-02-x/notes.md:3:4: byte 0xf8 is not UTF-8 (in Windows-1252 it is \"ø\")",
            "save the file with the encoding UTF-8");
    char path[SCRATCH_MAX + 80];
    snprintf(path, sizeof(path), "%s/episodes/2026-02-x/notes.md", f->dir);
    fs_remove_tree(path, NULL);
    arena_done(&a);
}

#define AT "episodes/2026-02-x/episode.yaml:"
#define T "title: T\n"

static void wrong_episodes_are_refused(void **state)
{
    const struct fixture *f = *state;
    static const struct {
        const char *text, *want, *remedy;
    } rows[] = {
        {"", AT "1:1: the file is empty", NULL},
        {"month: 2026-02\n", AT "1:1: the episode has no title",
         "add title: the episode's name, without its number; for example Trivsel i Meløy"},
        {"title: \"\"\n", AT "1:8: title is empty", NULL},
        {T "tittel: x\n", AT "2:1: unknown key tittel in the episode", "write title"},
        {T "guests: []\n", AT "2:1: unknown key guests in the episode", "write guest"},
        {T "recording: []\n", AT "2:1: unknown key recording in the episode", "write recordings"},
        {T "number: 010\n", AT "2:9: number must be a whole number, here is \"010\"", "write 10"},
        {T "number: \"2\"\n", AT "2:9: number must be a whole number, here is text in quotes",
         NULL},
        {T "published: 2026-02-31T09:00:00+01:00\n",
         AT
         "2:12: published must be a date with time and zone, here is \"2026-02-31T09:00:00+01:00\"",
         NULL},
        {T "published: i morgen\n",
         AT "2:12: published must be a date with time and zone, here is \"i morgen\"", NULL},
        {T "month: februar\n", AT "2:8: month must be a month, here is \"februar\"", NULL},
        {T "kind: ful\n", AT "2:7: kind cannot be \"ful\"", "write full"},
        {T "language: norsk bokmål\n", AT "2:11: \"norsk bokmål\" is not the tag of a language",
         NULL},
        {T "host: Kari\n", AT "2:7: host must be a list", "write host: [{…}]"},
        {T "host: [Kari]\n", AT "2:8: host must be a map of keys",
         "write it as key: value, beginning with name: …"},
        {T "host: []\n", AT "2:7: host is an empty list", NULL},
        {T "host: [{name: Kari}, {name: Kari}]\n", AT "2:29: Kari stands here twice", NULL},
        {T "guest: [{role: x}]\n", AT "2:9: guest has no name", NULL},
        {T "guest: [{name: O, municipality: \"9999\"}]\n",
         AT "2:33: there is no municipality \"9999\" in Nordland", NULL},
        {T "guest: [{name: O, municipality: Melöy}]\n",
         AT "2:33: there is no municipality \"Melöy\" in Nordland", "write Meløy"},
        {T "guest: [{name: O, consent: {date: 2026-02-30, scopes: [live]}}]\n",
         AT "2:35: date must be a day of the calendar, here is \"2026-02-30\"", NULL},
        {T "guest: [{name: O, consent: {date: 2026-02-03, scopes: [lvie]}}]\n",
         AT "2:56: scopes cannot be \"lvie\"", "write live"},
        {T "guest: [{name: O, consent: true}]\n", AT "2:28: consent must be a map of keys", NULL},
        {T "recordings: zoom.mp4\n", AT "2:13: recordings must be a list", NULL},
        {T "recordings: [zoom.mp4]\n", AT "2:14: a recording must be a map of keys", NULL},
        {T "recordings: [{speaker: guest}]\n", AT "2:14: a recording has neither file nor parts",
         NULL},
        {T "recordings: [{file: a, parts: [b]}]\n", AT "2:14: a recording has file and parts",
         NULL},
        {T "recordings: [{parts: []}]\n", AT "2:22: parts is an empty list", NULL},
        {T "recordings: [{file: a}, {file: a}]\n", AT "2:32: recording a stands here twice", NULL},
        {T "recordings: [{parts: [a, b, a]}]\n", AT "2:29: recording a stands here twice", NULL},
        {T "recordings: [{file: \"C:\\\\a.mp4\"}]\n", AT "2:21: file has a backslash", NULL},
        {T "captions: [{file: no.vtt, made: corrected}]\n", AT "2:19: there is no file no.vtt",
         "put the file into episodes/2026-02-x, or delete the line"},
        {T "captions: [{file: \".\", made: corrected}]\n", AT "2:19: . is a folder", NULL},
        {T "captions: [{file: /etc/passwd, made: corrected}]\n",
         AT "2:19: the path leads out of the show", NULL},
        {T "captions: [{file: ../../../x.vtt, made: corrected}]\n",
         AT "2:19: the path leads out of the show", NULL},
        {T "captions: [{file: episode.yaml}]\n", AT "2:12: a captions entry has no made", NULL},
        {T "captions: [{file: episode.yaml, made: auto}]\n", AT "2:39: made cannot be \"auto\"",
         NULL},
        {T "captions: [{file: episode.yaml, made: corrected}, {file: episode.yaml, made: "
           "corrected}]\n",
         AT "2:51: a second captions file in nb", NULL},
        {T "chapters: [{at: \"00:60:00\", title: A}]\n",
         AT "2:17: at must be a time, here is \"00:60:00\"", NULL},
        {T "chapters: [{at: \"00:00:10,5\", title: A}]\n",
         AT "2:17: at must be a time, here is \"00:00:10,5\"", NULL},
        {T "chapters: [{at: 0, title: \"\"}]\n", AT "2:27: title is empty", NULL},
        {T "chapters: [{at: 0}]\n", AT "2:12: a chapter has no title", NULL},
        {T "chapters: [{title: A}]\n", AT "2:12: a chapter has no at", NULL},
        {T "chapters: [{at: 10, title: A}, {at: 5, title: B}]\n",
         AT "2:37: chapter starts at 00:00:05, the one above it at 00:00:10",
         "put the chapters in the order of their times"},
        {T "chapters: [{at: 10, title: A}, {at: 10, title: B}]\n",
         AT "2:37: two chapters start at 00:00:10", NULL},
        {T "chapters: {clock: live, list: [{at: 0, title: A}]}\n",
         AT "2:19: clock cannot be \"live\"", NULL},
        {T "chapters: {clock: published}\n", AT "2:11: chapters has no list", NULL},
        {T "chapters: [{at: 0, title: A, url: javascript:x}]\n",
         AT "2:35: url must be a web address, here is \"javascript:x\"", NULL},
        {T "live: {}\n", AT "2:7: live has no start", NULL},
        {T "live: 2026-12-10\n", AT "2:7: live must be a map of keys", NULL},
        {T "live: {start: 2026-12-10}\n",
         AT "2:15: start must be a date with time and zone, here is \"2026-12-10\"",
         "add the time and the zone: 2026-12-10T09:00:00+01:00"},
        {T "live: {start: 2026-12-10T10:00:00Z, end: 2026-12-10T10:00:00+01:00}\n",
         AT "2:42: the broadcast ends before it begins", "write the later time here"},
        {T "live: {start: 2026-12-10T10:00:00Z, end: 2026-12-12T11:00:00Z}\n",
         AT "2:42: the broadcast takes longer than a day", "check the day"},
        {T "live: {start: 2026-12-10T10:00:00Z, watch: fb.com}\n",
         AT "2:44: watch must be a web address, here is \"fb.com\"", NULL},
        {T "kit: ja\n", AT "2:6: kit must be a map",
         "write kit: {facts: [\"…\"], questions: [\"…\"]}, kit: {} for what is known anyway, or "
         "kit: "
         "none"},
        {T "kit: {fakta: [a]}\n", AT "2:7: unknown key fakta in kit", "write facts"},
        {T "kit: {facts: [\"\"]}\n", AT "2:15: facts is empty", NULL},
        {T "kit: {programme: [{title: A}]}\n",
         AT "2:19: a point of the programme says neither minutes nor at", NULL},
        {T "kit: {programme: [{title: A, minutes: 5, at: \"18:00\"}]}\n",
         AT "2:19: a point of the programme says minutes and at", NULL},
        {T "kit: {programme: [{title: A, minutes: 5}, {title: B, at: \"18:00\"}]}\n",
         AT "2:43: the points of the programme mix minutes and at", NULL},
        {T "kit: {programme: [{title: A, at: \"18:00\"}, {title: B, at: \"17:30\"}]}\n",
         AT "2:59: 17:30 is not later than the point before", "put the points in their order"},
        {T "kit: {programme: [{title: A, at: \"25:00\"}]}\n",
         AT "2:34: \"25:00\" is not a time of the day", "write it like \"18:00\", in quotes"},
        {T "kit: {programme: [{title: A, minutes: 0}]}\n", AT "2:39: minutes must be from 1 to 720",
         NULL},
        {T "kit: {start: \"18:00\"}\n", AT "2:14: there is no programme that could start",
         "write programme: as well, or delete the line"},
        {T "kit: {start: \"18:00\", programme: [{title: A, at: \"18:00\"}]}\n",
         AT "2:14: the points of the programme say themselves when they begin", "delete the line"},
        {T "kit: {links: [{title: A}]}\n", AT "2:15: links has no url", NULL},
        {T "kit: {contact: {name: K, email: k}}\n", AT "2:33: \"k\" is not an e-mail address",
         "write it like podkast@example.org"},
        {T "kit: {contact: {name: K, municipality: Oslo}}\n",
         AT "2:40: there is no municipality \"Oslo\" in Nordland", NULL},
        {T "resources: [{kind: ting, title: A}]\n", AT "2:20: kind cannot be \"ting\"", NULL},
        {T "resources: [{kind: need, title: A, contact: Kari}]\n",
         AT "2:45: \"Kari\" is not an e-mail address", "write it like podkast@example.org"},
        {T "goals: [3, 18]\n", AT "2:12: a goal must be from 1 to 17", NULL},
        {T "goals: [\"3.99\"]\n", AT "2:9: there is no target \"3.99\"", "write 3.9"},
        {T "goals: [\"18.1\"]\n", AT "2:9: there is no target \"18.1\"", "goals run from 1 to 17"},
        {T "goals: [\"3.4\", \"3.4\"]\n", AT "2:16: goal 3.4 stands here twice", NULL},
        {T "goals: 3\n", AT "2:8: goals must be a list of numbers", NULL},
        {T "notes: no.md\n", AT "2:8: there is no file no.md", NULL},
        {T "notes: ../../../x.md\n", AT "2:8: the path leads out of the show", NULL},
        {T "cover: no.png\n", AT "2:8: the cover: no such file or directory",
         "put the picture there, or delete the line: then a cover is drawn"},
        {T "cover: small.png\n", AT "2:8: the cover is 200 x 200 pixels, that is too small", NULL},
        {T "license: fri\n  til bruk\n", AT "2:10: \"fri til bruk\" is not the name of a licence",
         NULL},
        {T "guid: a b\n", AT "2:7: guid has a blank in it", NULL},
        {T "preset: radio\n", AT "2:9: there is no loudness preset radio", NULL},
        {T "outputs: [mp4]\n", AT "2:11: there is no output preset mp4", "write mp3"},
        {T "described: no\n", AT "2:12: described cannot be \"no\"",
         "write spoken, {track: FILE}, or {not-needed: the reason}"},
        {T "described: {not-needed: \"\"}\n", AT "2:12: described does not say the rest", NULL},
        {T "described: [spoken]\n", AT "2:12: described cannot be read", NULL},
        {T "described: {track: no.wav}\n", AT "2:20: there is no file no.wav", NULL},
        {T "described: not-needed: prat\n", AT "2:22: \": \" does not fit here", NULL},
        {T "trim: atuo\n", AT "2:7: trim cannot be \"atuo\"", "write auto"},
        {T "pauses: -1\n", AT "2:9: pauses must be from 0 to 60", NULL},
        {T "pauses: 0.4\n", AT "2:9: pauses under 0.5 seconds would run words together", NULL},
        {T "intro: ../../../x.wav\n", AT "2:8: the path leads out of the show", NULL},
        {T "intro: \"\"\n", AT "2:8: intro is empty", NULL},
        {T "cuts: 00:12:01\n", AT "2:7: cuts must be a list", "write cuts: [{…}]"},
        {T "cuts: [\"00:12:01\"]\n", AT "2:8: a cut must be a map of keys", NULL},
        {T "cuts: [{from: 1}]\n", AT "2:8: a cut has no to", NULL},
        {T "cuts: [{to: 1}]\n", AT "2:8: a cut has no from", NULL},
        {T "cuts: [{from: 1, to: 2, why: x}]\n", AT "2:25: unknown key why in a cut", NULL},
        {T "cuts: [{from: \"0:61\", to: 2}]\n", AT "2:15: from must be a time, here is \"0:61\"",
         NULL},
        {T "cuts: [{from: \"00:12:09\", to: \"00:12:01.5\"}]\n",
         AT "2:31: the cut begins at 00:12:09.000 and ends at 00:12:01.500",
         "write the earlier time behind from"},
        {T "cuts: [{from: 2, to: 2}]\n",
         AT "2:22: the cut begins at 00:00:02.000 and ends at 00:00:02.000", NULL},
        {T "cuts:\n  - {from: 5, to: 9}\n  - {from: 1, to: 5.5}\n",
         AT "3:5: the cut begins at 00:00:05.000, another one in line 4 ends at 00:00:05.500",
         "write them as one cut, or set the times right"},
        {T "picture: 4k\n", AT "2:10: there is no picture preset 4k",
         "known: 1080p, 1080p25, 1080p30, 1080p50, 480p, 720p, 720p25, 720p30, portrait, "
         "square"},
        {T "fit: stretch\n", AT "2:6: fit cannot be \"stretch\"", "known: pad, crop"},
        {T "hls: true\n", AT "2:6: an adaptive stream needs a picture, and this episode has none",
         "add picture: 1080p, or delete the line"},
        {T "picture: none\nhls: true\n",
         AT "3:6: an adaptive stream needs a picture, and this episode has none", NULL},
        {T "graphics: [all, straps]\n", AT "2:12: all stands among others",
         "write it alone, or delete it"},
        {T "balance: on\n", AT "2:10: balance cannot be \"on\"", "known: auto, off"},
        {T "clip: 00:12:01\n", AT "2:7: clip must be a list", "write clip: [{…}]"},
        {T "clip: [{from: 1}]\n", AT "2:8: a clip has no to", NULL},
        {T "clip: [{from: 1, to: 2, shape: square}]\n", AT "2:25: unknown key shape in a clip",
         "write shapes"},
        {T "clip: [{from: 2, to: 1}]\n",
         AT "2:22: the clip begins at 00:00:02.000 and ends at 00:00:01.000",
         "write the earlier time behind from"},
        {T "clip: {from: 1, to: 2, shapes: []}\n", AT "2:32: shapes is an empty list",
         "write shapes: [square, portrait]"},
        {T "clip: {from: 1, to: 2, shapes: [squre]}\n", AT "2:33: shapes cannot be \"squre\"",
         "write square"},
        {T "clip: {from: 1, to: 2, shapes: [square, square]}\n",
         AT "2:41: shape square stands here twice", "keep one of the two"},
        {T "clip:\n  - {from: 1, to: 2, shapes: square}\n  - {from: 1, to: 2, shapes: portrait}\n",
         AT "4:5: the same clip stands in line 3",
         "write both shapes into one: shapes: [square, portrait]"},
        {T "clip: [{from: 0, to: 99}, {from: 1, to: 99}, {from: 2, to: 99}, {from: 3, to: 99}, "
           "{from: 4, to: 99}, {from: 5, to: 99}, "
           "{from: 6, to: 99}, {from: 7, to: 99}, {from: 8, to: 99}, {from: 9, to: 99}, {from: 10, "
           "to: 99}, {from: 11, to: 99}, {from: 12, to: 99}]\n",
         AT "2:238: more than 12 clips of one episode", "keep the best of them"},
        {T "clip: {from: 10, to: 12}\ncuts: [{from: 9, to: 11}, {from: 11, to: 11.7}]\n",
         AT "2:7: the cuts leave nothing of the clip", "choose another piece, or cut less"},
        {T "host: {name: K, strap: no}\n", AT "2:24: strap must be a time, here is \"no\"", NULL},
        {T "host: {name: K, strap: []}\n", AT "2:24: strap is an empty list",
         "write strap: \"00:00:12\", or delete the line"},
        {T "host: {name: K, strap: {at: 1}}\n", AT "2:24: strap must be a time, here is a map",
         NULL},
        {T "host: {name: K, strap: [5, 5]}\n", AT "2:28: the strap's times do not rise",
         "put the times in their order"},
        {T "recordings: [{file: a, use: film}]\n", AT "2:29: use cannot be \"film\"",
         "known: both, picture, sound"},
        {T "recordings: [{file: a, use: picture}, {file: b, use: picture}]\n",
         AT "2:29: no recording gives the sound",
         "add the recording that holds the sound, or write use: both"},
        {T "recordings: [{file: a, sound_track: 0}]\n", AT "2:37: sound_track must be from 1 to 99",
         NULL},
        {T "resources: [{kind: tool}]\n", AT "2:13: a resource has no title", NULL},
        {T "channels: 0\n", AT "2:11: channels must be from 1 to 2", NULL},
    };
    char small[SCRATCH_MAX + 80];
    snprintf(small, sizeof(small), "%s/episodes/2026-02-x/small.png", f->dir);
    png_write(small, 200);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct episode ep;
        int r = load(f, &a, rows[i].text, &ep, &e);
        if (r >= 0)
            print_error("not refused: %s\n", rows[i].text);
        assert_true(r < 0);
        refused(&e, rows[i].want, rows[i].remedy);
        arena_done(&a);
    }
}

static void too_many_chapters_are_refused(void **state)
{
    const struct fixture *f = *state;
    struct arena a = {0};
    struct episode ep;
    struct err e = {0};
    struct str s;
    str_init(&s, STR_MAX);
    str_add(&s, "title: T\nchapters:\n");
    for (int i = 0; i < 254; i++)
        str_addf(&s, "- {at: %d, title: A}\n", i + 1);
    loaded(f, &a, s.p, &ep);
    assert_int_equal(ep.num_chapters, 255);
    str_add(&s, "- {at: 999, title: A}\n");
    assert_true(load(f, &a, s.p, &ep, &e) < 0);
    refused(&e, AT "257:3: more than 254 chapters", NULL);
    str_done(&s);
    arena_done(&a);
}

static void unreadable_episodes_are_refused(void **state)
{
    const struct fixture *f = *state;
    struct arena a = {0};
    struct err e = {0};
    struct episode ep;
    char path[SCRATCH_MAX + 80];
    snprintf(path, sizeof(path), "%s/episodes/2026-02-x", f->dir);
    put(f, "2026-02-x/episode.yaml", T);
    assert_int_equal(chmod(path, 0), 0);
    bool root = geteuid() == 0;
    if (root)
        assert_int_equal(seteuid(65534), 0);
    int r =
        episode_load(&a, &f->show, presets, &f->goals, &f->municipalities, "2026-02-x", &ep, &e);
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(path, 0700), 0);
    assert_int_equal(r, -EACCES);
    refused(&e, "episodes/2026-02-x/episode.yaml: permission denied", NULL);
    assert_int_equal(episode_load(&a, &f->show, presets, NULL, NULL, "nothing", &ep, &e), -ENOENT);
    refused(&e, "episodes/nothing/episode.yaml: no such file or directory", NULL);
    arena_done(&a);
}

static void episodes_are_found_by_the_beginning_of_their_name(void **state)
{
    const struct fixture *f = *state;
    struct arena a = {0};
    put(f, "2026-02-x/episode.yaml", T);
    put(f, "2026-03-a/episode.yaml", T);
    put(f, "2026-03-ab/episode.yaml", T);
    put(f, "2027-empty/notes.md", "x");
    char whole[SCRATCH_MAX + 80], file[SCRATCH_MAX + 80], elsewhere[SCRATCH_MAX + 80];
    snprintf(whole, sizeof(whole), "%s/episodes/2026-03-ab/", f->dir);
    snprintf(file, sizeof(file), "%s/episodes/2026-02-x/episode.yaml", f->dir);
    snprintf(elsewhere, sizeof(elsewhere), "%s/../2026-02-x", f->dir);
    const struct {
        const char *word, *want; // NULL: refused
    } rows[] = {
        {"2026-02-x", "2026-02-x"},
        {"2026-02", "2026-02-x"},
        {"2026-03-a", "2026-03-a"},
        {"2026-03-ab", "2026-03-ab"},
        {whole, "2026-03-ab"},
        {file, "2026-02-x"},
        {"2026-03", NULL},
        {"2025", NULL},
        {"", NULL},
        {elsewhere, NULL},
        {"2027", NULL},
        {"/", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        char *folder = NULL;
        int r = episode_find(&a, f->dir, rows[i].word, &folder, &e);
        assert_true(str_same(folder, rows[i].want));
        assert_int_equal(r < 0, rows[i].want == NULL);
    }
    struct err e = {0};
    char *folder;
    assert_true(episode_find(&a, f->dir, "2026-03", &folder, &e) < 0);
    assert_string_equal(e.text, "2026-03: may be any of\n  2026-03-a\n  2026-03-ab");
    assert_int_equal(e.kind, ERR_INPUT);
    assert_true(episode_find(&a, f->dir, "2025", &folder, &e) < 0);
    assert_string_equal(
        e.text,
        "2025: there is no such episode; there are\n  2026-02-x\n  2026-03-a\n  2026-03-ab");
    char **names;
    size_t n;
    assert_int_equal(episode_folders(&a, f->dir, &names, &n, &e), 0);
    assert_int_equal(n, 3);
    assert_int_equal(episode_folders(&a, "/nowhere/at/all", &names, &n, &e), 0);
    assert_int_equal(n, 0);
    arena_done(&a);
}

static void a_broadcast_is_planned(void **state)
{
    const struct fixture *f = *state;
    struct arena a = {0};
    struct episode ep;
    loaded(f, &a, T, &ep);
    assert_int_equal(ep.planned.start_utc_s, 0);
    loaded(f, &a, T "live: {start: 2026-12-10T10:00:00+01:00}\n", &ep);
    assert_int_equal(ep.planned.start_utc_s, 1796893200);
    assert_int_equal(ep.planned.end_utc_s, 0);
    assert_null(ep.planned.watch);
    loaded(f, &a,
           T "live:\n  start: 2026-12-10T10:00:00+01:00\n  end: 2026-12-10T11:30:00+01:00\n"
             "  watch: https://example.org/direkte\n",
           &ep);
    assert_int_equal(ep.planned.end_utc_s - ep.planned.start_utc_s, 5400);
    assert_string_equal(ep.planned.watch, "https://example.org/direkte");
    arena_done(&a);
}

static void chapters_may_stand_in_a_file(void **state)
{
    const struct fixture *f = *state;
    struct arena a = {0};
    struct err e = {0};
    struct episode ep;
    char path[SCRATCH_MAX + 80];
    put(f, "2026-02-x/kap.yaml", "chapters: [{at: 0, title: K}, {at: 9, title: L}]\n");
    put(f, "2026-02-x/tull.yaml", "chapters: kap.yaml\n");
    put(f, "2026-02-x/chapters.live.yaml",
        "# marked\nchapters:\n  - {at: \"00:00:03.000\", title: Live}\n");
    // what was marked in a broadcast, where nothing else is said
    loaded(f, &a, T, &ep);
    assert_int_equal(ep.num_chapters, 2);
    assert_string_equal(ep.chapters[1].title, "Live");
    assert_false(ep.chapters_published_clock);
    loaded(f, &a, T "chapters: []\n", &ep);
    assert_int_equal(ep.num_chapters, 0);
    loaded(f, &a, T "chapters: [{at: 0, title: A}]\n", &ep);
    assert_string_equal(ep.chapters[0].title, "A");
    loaded(f, &a, T "chapters: kap.yaml\n", &ep);
    assert_string_equal(ep.chapters[1].title, "L");
    assert_true(load(f, &a, T "chapters: tull.yaml\n", &ep, &e) < 0);
    refused(&e, "episodes/2026-02-x/tull.yaml:1:11: chapters must be a list here", NULL);
    assert_true(load(f, &a, T "chapters: no.yaml\n", &ep, &e) < 0);
    refused(&e, AT "2:11: there is no file no.yaml", NULL);
    put(f, "2026-02-x/chapters.live.yaml",
        "chapters:\n  - {at: 5, title: A}\n  - {at: 5, title: B}\n");
    assert_true(load(f, &a, T, &ep, &e) < 0);
    refused(&e, "episodes/2026-02-x/chapters.live.yaml:3:10: two chapters start at 00:00:05", NULL);
    snprintf(path, sizeof(path), "%s/episodes/2026-02-x/chapters.live.yaml", f->dir);
    unlink(path);
    arena_done(&a);
}

static void all_keys_explain_themselves(void **state)
{
    (void)state;
    for (size_t i = 0; i < num_episode_keys; i++) {
        assert_non_null(episode_keys[i].help);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(episode_keys[i].name, episode_keys[k].name);
    }
    for (size_t t = 0; t < num_episode_tables; t++) {
        for (size_t i = 0; i < episode_tables[t].count; i++)
            assert_non_null(episode_tables[t].keys[i].help);
    }
    for (size_t i = 0; i < planned_table.count; i++)
        assert_non_null(planned_table.keys[i].help);
    for (size_t t = 0; t < num_piece_tables; t++) {
        for (size_t i = 0; i < piece_tables[t].count; i++)
            assert_non_null(piece_tables[t].keys[i].help);
    }
}

static void damaged_episodes_are_read_or_refused(void **state)
{
    const struct fixture *f = *state;
    static const char whole[] =
        T "month: 2026-02\nguest: [{name: Ola, municipality: Meløy}]\n"
          "recordings: [{file: a}, {parts: [b, c]}]\ncaptions: [{file: episode.yaml, made: "
          "corrected}]\n"
          "chapters: [{at: 0, title: A}, {at: 1, title: B}]\ngoals: [3, \"3.4\"]\ndescribed: "
          "{not-needed: x}\npicture: 720p\nhls: true\ngraphics: [straps, cards]\n"
          "clip: [{from: 1, to: 9, shapes: [square]}]\nhost: {name: K, strap: [1, 2]}\n";
    unsigned seed = 4711;
    for (int round = 0; round < 300; round++) {
        struct arena a = {0};
        struct err e = {0};
        struct episode ep;
        char text[1024];
        size_t len = sizeof(whole) - 1;
        memcpy(text, whole, len);
        damage(text, &len, &seed);
        char path[SCRATCH_MAX + 80];
        snprintf(path, sizeof(path), "%s/episodes/2026-02-x/episode.yaml", f->dir);
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        fwrite(text, 1, len, file);
        fclose(file);
        int r = episode_load(&a, &f->show, presets, &f->goals, &f->municipalities, "2026-02-x", &ep,
                             &e);
        assert_true(r >= 0 || (e.kind == ERR_INPUT && str_starts(e.text, AT)));
        arena_done(&a);
    }
}

static int set_up(void **state)
{
    static struct fixture f;
    struct err e = {0};
    scratch_new(f.dir);
    put(&f, "show.yaml",
        "title: Det gode liv i nord\nsite: https://example.org/\nauthor: Nordland\n"
        "owner: {name: K, email: a@example.org}\nsummary: S\n");
    put(&f, "calendar.yaml",
        "themes:\n- {id: trivsel, nb: Trivsel, goals: [1]}\n"
        "- {id: miljo, nb: Miljø, goals: [12, 13, 15]}\n"
        "months:\n- {month: 2, theme: trivsel, goals: [3, 8, 11]}\n- {month: 3, theme: miljo}\n");
    if (show_load(&f.a, f.dir, presets, &f.show, &e) < 0 ||
        goals_load(&f.a, "presets/goals.json", &f.goals, &e) < 0 ||
        municipalities_load(&f.a, "presets/municipalities.json", &f.municipalities, &e) < 0) {
        print_error("%s\n", e.text);
        return -1;
    }
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    scratch_free(f->dir);
    arena_done(&f->a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_episode_is_a_title),
        cmocka_unit_test(a_whole_episode_is_read),
        cmocka_unit_test(goals_depart_from_the_calendar_only_when_written),
        cmocka_unit_test(described_has_three_forms),
        cmocka_unit_test(the_first_chapter_begins_at_the_beginning),
        cmocka_unit_test(chapters_past_the_end_are_refused),
        cmocka_unit_test(cuts_lie_in_order_and_within_the_recording),
        cmocka_unit_test(jingles_are_the_shows_unless_the_episode_says_other),
        cmocka_unit_test(clips_lie_in_order_and_within_the_recording),
        cmocka_unit_test(straps_have_times_within_the_recording),
        cmocka_unit_test(recordings_say_what_they_are_for),
        cmocka_unit_test(the_picture_is_the_shows_unless_the_episode_says_other),
        cmocka_unit_test(a_video_brings_its_own_sound_where_none_is_delivered),
        cmocka_unit_test(notes_are_found_without_being_named),
        cmocka_unit_test(wrong_episodes_are_refused),
        cmocka_unit_test(too_many_chapters_are_refused),
        cmocka_unit_test(unreadable_episodes_are_refused),
        cmocka_unit_test(episodes_are_found_by_the_beginning_of_their_name),
        cmocka_unit_test(a_broadcast_is_planned),
        cmocka_unit_test(chapters_may_stand_in_a_file),
        cmocka_unit_test(all_keys_explain_themselves),
        cmocka_unit_test(damaged_episodes_are_read_or_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
