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

#include "model/contrast.h"
#include "model/show.h"
#include "pictures.h"
#include "refusal.h"
#include "scratch.h"

static char dir[SCRATCH_MAX];
static const char *const presets[] = {"presets", NULL};

static void put(const char *name, const char *text)
{
    char path[SCRATCH_MAX + 60];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    assert_true(fs_replace(path, text, strlen(text), NULL) >= 0);
}

#define LEAST                                                                             \
    "title: Det gode liv i nord\nsite: https://example.org/detgodeliv\nauthor: Nordland " \
    "fylkeskommune\n"                                                                     \
    "owner: {name: Kari Nordmann, email: podkast@example.org}\nsummary: Samtaler om folkehelse\n"

static void the_least_show_has_all_defaults(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    struct show s;
    put("episodes/show.yaml", LEAST);
    int r = show_load(&a, dir, presets, &s, &e);
    if (r < 0)
        print_error("%s\n", e.text);
    assert_int_equal(r, 0);
    assert_string_equal(s.title, "Det gode liv i nord");
    assert_string_equal(s.site, "https://example.org/detgodeliv/");
    assert_string_equal(show_feed_url(&a, &s), "https://example.org/detgodeliv/feed.xml");
    assert_string_equal(s.owner_email, "podkast@example.org");
    assert_string_equal(s.language, "nb");
    assert_string_equal(s.license, "CC-BY-4.0");
    assert_string_equal(s.artist, "Nordland fylkeskommune");
    assert_string_equal(s.categories.items[0], "Government");
    assert_true(s.loudness.target_lufs == -16);
    assert_int_equal(s.num_outputs, 1);
    assert_string_equal(s.output[0].name, "mp3");
    assert_int_equal(s.channels, 2);
    assert_true(s.locked && !s.is_explicit && !s.accept_damage);
    assert_null(s.cover);
    assert_null(s.calendar_path);
    assert_null(calendar_at(&s.calendar, 2026, 2));
    assert_null(s.picture);
    assert_int_equal(s.num_rungs, 0);
    assert_null(s.fit);
    assert_int_equal(s.graphics, 0);
    assert_false(s.hls);
    assert_string_equal(s.balance, "off");
    arena_done(&a);
}

static void the_guid_is_that_of_the_feeds_address(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    struct show s;
    put("episodes/show.yaml", LEAST);
    assert_int_equal(show_load(&a, dir, presets, &s, &e), 0);
    // python3: uuid.uuid5(uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6"),
    // "example.org/detgodeliv/feed.xml")
    assert_string_equal(s.guid, "d8e41218-b3ce-5d35-8d73-28211233f5d3");
    put("episodes/show.yaml", LEAST "guid: 917393e3-1b1e-5cef-ace4-edaa54e1f810\n");
    assert_int_equal(show_load(&a, dir, presets, &s, &e), 0);
    assert_string_equal(s.guid, "917393e3-1b1e-5cef-ace4-edaa54e1f810");
    arena_done(&a);
}

static void a_whole_show_is_read(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    struct show s;
    char cover[SCRATCH_MAX + 40];
    snprintf(cover, sizeof(cover), "%s/episodes/cover.png", dir);
    png_write(cover, 1400);
    put("episodes/plan/år.yaml",
        "themes: [{id: mat, nb: Mat}]\nmonths: [{month: 2, theme: mat}]\n");
    put("episodes/show.yaml", LEAST
        "language: no\ncover: cover.png\nlicense: NLOD-2.0\nexplicit: true\nlocked: "
        "false\npreset: broadcast\n"
        "categories: [Health & Fitness>Mental Health, Government]\noutputs: [opus, "
        "mp3]\nchannels: 1\n"
        "calendar: plan/år.yaml\nartist: DGL\ncopyright: Nordland\naccept_damage: true\n"
        "live: {endpoints: [{name: fylket, kind: rtmp, url: \"rtmps://a.example.org/app\", secret: "
        "k}]}\ndeliver: {targets: {name: web, "
        "kind: s3, url: \"https://s3.example.org/b\", secret: s3}}\nsecrets: ~/.config/x\n");
    int r = show_load(&a, dir, presets, &s, &e);
    if (r < 0)
        print_error("%s\n", e.text);
    assert_int_equal(r, 0);
    assert_string_equal(s.language, "no");
    assert_string_equal(s.cover, "cover.png");
    assert_true(s.loudness.target_lufs == -23);
    assert_string_equal(s.categories.items[0], "Health & Fitness > Mental Health");
    assert_string_equal(s.output[0].name, "opus");
    assert_string_equal(s.output[1].name, "mp3");
    assert_string_equal(calendar_at(&s.calendar, 2026, 2)->theme->id, "mat");
    assert_true(str_ends(s.calendar_path, "/episodes/plan/år.yaml") && *s.calendar_path == '/');
    assert_true(s.is_explicit && !s.locked && s.accept_damage && s.channels == 1);
    assert_string_equal(s.live.endpoints[0].name, "fylket");
    assert_true(str_ends(s.secrets, "/.config/x"));
    assert_int_equal(s.delivery.num_targets, 1);
    assert_string_equal(s.delivery.targets[0].url, "https://s3.example.org/b/");
    fs_remove_tree(cover, NULL);
    arena_done(&a);
}

static void the_picture_is_a_preset_and_what_is_done_to_it(void **state)
{
    (void)state;
    static const struct {
        const char *text, *picture, *fit; // NULL: none
        size_t rungs;
        unsigned graphics;
        bool hls;
    } rows[] = {
        {"picture: none\n", NULL, NULL, 0, 0, false},
        {"picture: 1080p25\n", "1080p25", NULL, 3, 0, false},
        {"picture: 720p\nfit: crop\nhls: true\ngraphics: all\n", "720p", "crop", 2,
         SHOW_STRAPS | SHOW_CHIPS | SHOW_CARDS, true},
        {"graphics: [cards, straps]\n", NULL, NULL, 0, SHOW_STRAPS | SHOW_CARDS, false},
        {"graphics: none\nhls: true\nfit: pad\n", NULL, "pad", 0, 0, true},
        {"graphics: chips\n", NULL, NULL, 0, SHOW_CHIPS, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct show s;
        put("episodes/show.yaml", arena_printf(&a, "%sbalance: auto\n%s", LEAST, rows[i].text));
        if (show_load(&a, dir, presets, &s, &e) < 0)
            fail_msg("%s", e.text);
        assert_true(str_same(s.picture, rows[i].picture));
        assert_true(str_same(s.fit, rows[i].fit));
        assert_int_equal(s.num_rungs, rows[i].rungs);
        assert_int_equal(s.graphics, rows[i].graphics);
        assert_int_equal(s.hls, rows[i].hls);
        assert_string_equal(s.balance, "auto");
        if (s.picture)
            assert_string_equal(s.rung[0].name, s.picture);
        arena_done(&a);
    }
}

#define OWNER "owner: {name: K, email: a@b.no}\n"
#define AT "episodes/show.yaml:"

static void wrong_shows_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want, *remedy;
    } rows[] = {
        {"", AT "1:1: the file is empty", NULL},
        {"title: x\n", AT "1:1: the show has no summary", NULL},
        {LEAST "categories: [Mental Health]\n", AT "6:14: there is no category \"Mental Health\"",
         "write Health & Fitness > Mental Health"},
        {LEAST "categories: [Goverment]\n", AT "6:14: there is no category \"Goverment\"",
         "write Government"},
        {LEAST "categories: [Kids & family]\n", AT "6:14: there is no category \"Kids & family\"",
         "write Kids & Family"},
        {LEAST "categories: [\"Society & Culture > Documentry\"]\n",
         AT "6:14: there is no category \"Society & Culture > Documentry\"",
         "write Society & Culture > Documentary"},
        {LEAST "categories: [Government > Documentary]\n",
         AT "6:14: there is no category \"Government > Documentary\"",
         "write Society & Culture > Documentary"},
        {LEAST "categories: [Government, Government]\n",
         AT "6:26: category Government stands here twice", NULL},
        {LEAST "categories: [Arts, Music, History, Comedy]\n", AT "6:36: more than 3 categories",
         NULL},
        {LEAST "categories: []\n", AT "6:13: categories is an empty list",
         "write categories: [Government]"},
        {LEAST "preset: podkast\n", AT "6:9: there is no loudness preset podkast", "write podcast"},
        {LEAST "outputs: [mp3, mp4]\n", AT "6:16: there is no output preset mp4", "write mp3"},
        {LEAST "outputs: [mp3, mp3]\n", AT "6:16: output mp3 stands here twice", NULL},
        {LEAST "outputs: []\n", AT "6:10: outputs is an empty list", "write outputs: [mp3]"},
        {LEAST "language: Norsk\n", AT "6:11: \"Norsk\" is not the tag of a language", NULL},
        {LEAST "language: norsk\n", AT "6:11: \"norsk\" is not the tag of a language", NULL},
        {LEAST "language: nb_NO\n", AT "6:11: \"nb_NO\" is not the tag of a language", NULL},
        {LEAST "license: CC BY 4.0\n", AT "6:10: \"CC BY 4.0\" is not the name of a licence", NULL},
        {LEAST "guid: 917393E3-1b1e-5cef-ace4-edaa54e1f810\n",
         AT "6:7: \"917393E3-1b1e-5cef-ace4-edaa54e1f810\" is not a UUID in small letters", NULL},
        {LEAST "guid: 917393e3\n", AT "6:7: \"917393e3\" is not a UUID in small letters", NULL},
        {LEAST "channels: 6\n", AT "6:11: channels must be from 1 to 2", NULL},
        {LEAST "intro: ../../x.wav\n", AT "6:8: the path leads out of the show", NULL},
        {LEAST "outro: [a.wav]\n", AT "6:8: outro must be the name of a file, here is a list",
         NULL},
        {LEAST "trim: true\n", AT "6:7: trim cannot be \"true\"", "known: auto, off"},
        {LEAST "pauses: 0.2\n", AT "6:9: pauses under 0.5 seconds would run words together",
         "write 0 to leave them as they are, or 0.5 and more"},
        {LEAST "pauses: 1,5\n", AT "6:9: pauses must be a number, here is \"1,5\"",
         "write a point instead of the comma"},
        {LEAST "picture: 1080\n", AT "6:10: there is no picture preset 1080", "write 1080p"},
        {LEAST "picture: [720p]\n", AT "6:10: picture must be text, here is a list", NULL},
        {LEAST "fit: padd\n", AT "6:6: fit cannot be \"padd\"", "write pad"},
        {LEAST "hls: ja\n", AT "6:6: hls must be true or false, here is \"ja\"", "write true"},
        {LEAST "graphics: chip\n", AT "6:11: graphics cannot be \"chip\"", "write chips"},
        {LEAST "graphics: [chips, cards, chips]\n", AT "6:26: chips stands here twice",
         "keep one of the two"},
        {LEAST "graphics: [chips, none]\n", AT "6:19: none stands among others",
         "write it alone, or delete it"},
        {LEAST "graphics: []\n", AT "6:11: graphics is an empty list", "write graphics: none"},
        {LEAST "balance: true\n", AT "6:10: balance cannot be \"true\"", "known: auto, off"},
        {LEAST "kit: {}\n", AT "6:6: kit must be true or false, here is a map", NULL},
        {LEAST "cover: cover.png\n", AT "6:8: the cover: no such file or directory",
         "put the picture there, or delete the line: then a cover is drawn"},
        {LEAST "cover: ../../x.png\n", AT "6:8: the path leads out of the show", NULL},
        {LEAST "cover: small.png\n", AT "6:8: the cover is 200 x 200 pixels, that is too small",
         NULL},
        {LEAST "calendar: kalender.yaml\n", AT "6:11: there is no episodes/kalender.yaml",
         "write the calendar, or delete the line"},
        {LEAST "explicit: nei\n", AT "6:11: explicit must be true or false, here is \"nei\"",
         "write false"},
        {"title: x\nsummary: x\nauthor: x\nsite: https://example.org/?x\n" OWNER,
         AT "4:7: site has a ? or # in it", "name the folder alone"},
        {"title: x\nsummary: x\nauthor: x\nsite: https://example.org\nowner: Kari\n",
         AT "5:8: owner must be a map of keys", NULL},
        {"title: x\nsummary: x\nauthor: x\nsite: https://example.org\nowner: {name: Kari}\n",
         AT "5:8: owner has no email", NULL},
        {"title: x\nsummary: x\nauthor: x\nsite: https://example.org\nowner: {name: K, email: k}\n",
         AT "5:25: \"k\" is not an e-mail address", "write it like podkast@example.org"},
    };
    char small[SCRATCH_MAX + 40];
    snprintf(small, sizeof(small), "%s/episodes/small.png", dir);
    png_write(small, 200);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct show s;
        put("episodes/show.yaml", rows[i].text);
        int r = show_load(&a, dir, presets, &s, &e);
        if (r >= 0)
            print_error("not refused: %s\n", rows[i].text);
        assert_true(r < 0);
        refused(&e, rows[i].want, rows[i].remedy);
        arena_done(&a);
    }
}

static void what_the_pages_use_is_read(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    struct show s;
    put("episodes/logo.svg", "<svg/>");
    put("episodes/show.yaml", LEAST
        "logo: logo.svg\nsite_colors: {accent: \"#0b5a7d\"}\n"
        "directories: {spotify: \"https://s.example.org/\", apple: \"https://a.example.org/\"}\n"
        "accessibility: {feedback: hjelp@example.org, known: [Kart.]}\n");
    assert_int_equal(show_load(&a, dir, presets, &s, &e), 0);
    assert_true(str_ends(s.pages.logo_path, "/episodes/logo.svg"));
    assert_int_equal(s.pages.num_directories, 2);
    assert_string_equal(s.pages.directory[0].title, "Apple Podcasts");
    assert_string_equal(s.pages.directory[1].url, "https://s.example.org/");
    assert_string_equal(s.pages.feedback, "hjelp@example.org");
    assert_string_equal(s.pages.known.items[0], "Kart.");
    // chosen for dark pages, since none is named: lighter, and readable on both backs
    uint32_t dark = color_of(s.pages.accent_dark, 0);
    assert_true(color_contrast(dark, 0x11181e) >= CONTRAST_READABLE);
    assert_true(color_contrast(dark, 0x1a242c) >= CONTRAST_READABLE);
    arena_done(&a);
}

static void a_logo_runs_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *svg;
        bool fine;
    } rows[] = {
        {"<svg viewBox='0 0 2 2'><path d='M0 0' id=\"one\" class='on'/></svg>", true},
        {"<!DOCTYPE svg [<!ENTITY ns \"http://example.org/\">]><svg/>", true},
        {"<svg><script>alert(1)</script></svg>", false},
        {"<s:svg xmlns:s='http://www.w3.org/2000/svg'><s:ScRiPt/></s:svg>", false},
        {"<svg onload='x'/>", false},
        {"<svg\nonClick = 'x'/>", false},
        {"<svg width='1'onload='x'/>", false},
        {"<svg><a href='JavaScript:x'/></svg>", false},
        {"<svg><a href='&#106;ava&#x73;cript:x'/></svg>", false},
        {"<svg><a href='java\n script:x'/></svg>", false},
        {"<?xml-stylesheet href='x.xsl'?><svg/>", false},
        {"<svg><desc>&#169; &#x2014; &# &#; &#1</desc></svg>", true},
        {"<svg><foreignObject/></svg>", false},
        {"<!DOCTYPE svg [<!ENTITY x \"&#60;script>\">]><svg>&x;</svg>", false},
    };
    put("episodes/show.yaml", LEAST "logo: a.svg\n");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct show s;
        put("episodes/a.svg", rows[i].svg);
        int r = show_load(&a, dir, presets, &s, &e);
        if ((r >= 0) != rows[i].fine)
            fail_msg("%s: %d %s", rows[i].svg, r, e.text);
        if (r < 0)
            assert_non_null(strstr(e.text, "logo: the SVG holds a script"));
        arena_done(&a);
    }
}

static void what_the_pages_cannot_use_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want, *remedy;
    } rows[] = {
        {LEAST "site_colors: {accent: blue}\n", AT "6:23: blue is not a colour",
         "write it as \"#0b5a7d\", in quotes"},
        {LEAST "site_colors: {accent: \"#777777\"}\n",
         AT "6:23: #777777 has a contrast of 4.29:1 on the pages, and the law asks for 4.5:1",
         "write \"#737373\", which is near, or another that is darker"},
        {LEAST "site_colors: {accent: \"#0b5a7d\", accent_dark: \"#0b5a7d\"}\n",
         AT "6:47: #0b5a7d has a contrast of 2.08:1 on the pages, and the law asks for 4.5:1",
         "write \"#5d92a9\", which is near, or another that is lighter"},
        {LEAST "logo: nei.svg\n", AT "6:7: logo: there is no file episodes/nei.svg",
         "put the file there, or delete the line"},
        {LEAST "logo: show.yaml\n", AT "6:7: logo: browsers show no .yaml",
         "save it as .svg, .png, .jpg or .webp"},
        {LEAST "directories: {aple: \"https://a.example.org/\"}\n",
         AT "6:15: unknown key aple in directories", "write apple"},
        {LEAST "accessibility: {feedback: hjelp}\n", AT "6:27: \"hjelp\" is not an e-mail address",
         "write it like podkast@example.org"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct show s;
        put("episodes/show.yaml", rows[i].text);
        assert_true(show_load(&a, dir, presets, &s, &e) < 0);
        refused(&e, rows[i].want, rows[i].remedy);
        arena_done(&a);
    }
}

static void a_calendar_beside_the_show_is_taken(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    struct show s;
    put("episodes/show.yaml", LEAST);
    put("episodes/calendar.yaml",
        "themes: [{id: mat, nb: Mat}]\nmonths: [{month: 2, theme: mat}]\n");
    assert_int_equal(show_load(&a, dir, presets, &s, &e), 0);
    assert_non_null(calendar_at(&s.calendar, 2026, 2));
    put("episodes/calendar.yaml",
        "themes: [{id: mat, nb: Mat}]\nmonths: [{month: 2, theme: matt}]\n");
    assert_true(show_load(&a, dir, presets, &s, &e) < 0);
    refused(&e, "episodes/calendar.yaml:2:28: there is no theme matt", "write mat");
    put("episodes/calendar.yaml", "");
    char path[SCRATCH_MAX + 40];
    snprintf(path, sizeof(path), "%s/episodes/calendar.yaml", dir);
    fs_remove_tree(path, NULL);
    arena_done(&a);
}

static void a_folder_without_a_show_says_how_to_make_one(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    struct show s;
    char empty[SCRATCH_MAX];
    scratch_new(empty);
    assert_true(show_load(&a, empty, presets, &s, &e) < 0);
    assert_true(str_starts(e.text, "there is no show in /"));
    assert_true(str_ends(e.text, "\nmake one with dgl-episode init DIR"));
    assert_int_equal(err_exit_code(&e), 3);
    scratch_free(empty);
    arena_done(&a);
}

// Root reads everything, so the test steps down for a moment.
static void unreadable_folders_are_refused(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err e = {0};
    struct show s;
    put("episodes/show.yaml", LEAST);
    char path[SCRATCH_MAX + 40];
    snprintf(path, sizeof(path), "%s/episodes", dir);
    assert_int_equal(chmod(path, 0), 0);
    bool root = geteuid() == 0;
    if (root)
        assert_int_equal(seteuid(65534), 0);
    int r = show_load(&a, dir, presets, &s, &e);
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(path, 0700), 0);
    assert_int_equal(r, -EACCES);
    refused(&e, "episodes/show.yaml: permission denied", NULL);
    arena_done(&a);
}

static void all_keys_explain_themselves(void **state)
{
    (void)state;
    for (size_t i = 0; i < num_show_keys; i++) {
        assert_non_null(show_keys[i].help);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(show_keys[i].name, show_keys[k].name);
    }
    for (size_t t = 0; t < num_site_tables; t++) {
        for (size_t i = 0; i < site_tables[t].count; i++)
            assert_non_null(site_tables[t].keys[i].help);
    }
    for (size_t t = 0; t < num_show_tables; t++) {
        for (size_t i = 0; i < show_tables[t].count; i++)
            assert_non_null(show_tables[t].keys[i].help);
    }
}

static int set_up(void **state)
{
    (void)state;
    scratch_new(dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_free(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_show_has_all_defaults),
        cmocka_unit_test(the_guid_is_that_of_the_feeds_address),
        cmocka_unit_test(a_whole_show_is_read),
        cmocka_unit_test(the_picture_is_a_preset_and_what_is_done_to_it),
        cmocka_unit_test(wrong_shows_are_refused),
        cmocka_unit_test(what_the_pages_use_is_read),
        cmocka_unit_test(a_logo_runs_nothing),
        cmocka_unit_test(what_the_pages_cannot_use_is_refused),
        cmocka_unit_test(a_calendar_beside_the_show_is_taken),
        cmocka_unit_test(a_folder_without_a_show_says_how_to_make_one),
        cmocka_unit_test(unreadable_folders_are_refused),
        cmocka_unit_test(all_keys_explain_themselves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
