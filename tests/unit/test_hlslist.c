// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "media/hlslist.h"

#define S TICKS_PER_SEC

static struct str text;

static int set_up(void **state)
{
    (void)state;
    str_init(&text, STR_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    str_done(&text);
    return 0;
}

static void the_target_is_the_longest_piece_rounded(void **state)
{
    (void)state;
    static const struct {
        tick first, second;
        int want;
    } rows[] = {
        {6 * S, 6 * S, 6},
        {6 * S + S / 2 - 1, 3 * S, 6},
        {2 * S, 6 * S + S / 2, 7},
        {S / 10, S / 10, 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct hls_piece p[] = {{.start = 0}, {.start = rows[i].first}};
        struct hls_track t = {p, 2, 2, rows[i].first + rows[i].second};
        assert_int_equal(hlslist_target(&t), rows[i].want);
    }
}

static void the_peak_is_that_of_pieces_of_some_length(void **state)
{
    (void)state;
    static const struct {
        tick starts[4], end;
        int64_t bytes[4], peak, average;
    } rows[] = {
        // plain
        {{0, 6 * S, 12 * S, 18 * S}, 24 * S, {6000, 12000, 6000, 6000}, 16000, 10000},
        // what is shorter than half a target counts only with its neighbour: 9000 bytes in 8 s
        {{0, 6 * S, 12 * S, 18 * S}, 20 * S, {6000, 6000, 6000, 3000}, 9000, 8400},
        // two that are not longer than one and a half together
        {{0, 4 * S, 8 * S, 14 * S}, 20 * S, {4000, 4000, 6000, 1500}, 8000, 6200},
        // the same two where they are longer
        {{0, 2 * S, 10 * S, 18 * S}, 24 * S, {4000, 10000, 8000, 6000}, 10000, 9334},
        // rounded up
        {{0, 6 * S, 12 * S, 18 * S}, 24 * S, {1, 1, 1, 1}, 2, 2},
        // shorter than half a target altogether
        {{0, S, S * 3 / 2, 2 * S}, S * 5 / 2, {1000, 100, 100, 50}, 4000, 4000},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct hls_piece p[4];
        for (size_t k = 0; k < 4; k++)
            p[k] = (struct hls_piece){.start = rows[i].starts[k], .bytes = rows[i].bytes[k]};
        struct hls_rate r = hlslist_rate(&(struct hls_track){p, 4, 4, rows[i].end}, 6);
        assert_int_equal(r.peak, rows[i].peak);
        assert_int_equal(r.average, rows[i].average);
    }
}

static void media_playlists_are_written(void **state)
{
    (void)state;
    struct hls_piece p[] = {{.start = 0, .file = 1}, {.start = S * 6 + S / 3, .file = 2}};
    struct hls_track t = {p, 2, 2, S * 7};
    hlslist_put_media(&text, &t, 6, "m4s", true);
    assert_string_equal(text.p, "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n"
                                "#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-PLAYLIST-TYPE:VOD\n"
                                "#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"init.mp4\"\n"
                                "#EXTINF:6.333333,\n00001.m4s\n#EXTINF:0.666667,\n00002.m4s\n"
                                "#EXT-X-ENDLIST\n");
    str_clear(&text);
    hlslist_put_media(&text, &t, 60, "vtt", false);
    assert_string_equal(text.p, "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:60\n"
                                "#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-PLAYLIST-TYPE:VOD\n"
                                "#EXTINF:6.333333,\n00001.vtt\n#EXTINF:0.666667,\n00002.vtt\n"
                                "#EXT-X-ENDLIST\n");
}

static void iframe_playlists_name_bytes(void **state)
{
    (void)state;
    struct hls_piece p[] = {{.start = 0, .file = 1, .at = 24, .bytes = 1000},
                            {.start = 2 * S, .file = 1, .at = 5000000000, .bytes = 7}};
    hlslist_put_iframes(&text, &(struct hls_track){p, 2, 2, 4 * S + S / 25});
    assert_string_equal(text.p, "#EXTM3U\n#EXT-X-VERSION:5\n#EXT-X-TARGETDURATION:2\n"
                                "#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-PLAYLIST-TYPE:VOD\n"
                                "#EXT-X-I-FRAMES-ONLY\n#EXT-X-MAP:URI=\"init.mp4\"\n"
                                "#EXTINF:2.000000,\n#EXT-X-BYTERANGE:1000@24\n00001.m4s\n"
                                "#EXTINF:2.040000,\n#EXT-X-BYTERANGE:7@5000000000\n00001.m4s\n"
                                "#EXT-X-ENDLIST\n");
}

// The times of 30000/1001 frames a second end nowhere; ten hours of them do not drift.
static void lengths_add_up_to_the_whole(void **state)
{
    (void)state;
    enum { PIECES = 6000 };
    struct hls_piece *p = mem_alloc(PIECES * sizeof *p);
    for (int i = 0; i < PIECES; i++)
        p[i] = (struct hls_piece){.start = i * (S * 1001 * 180 / 30000), .file = (unsigned)i + 1};
    struct hls_track t = {p, PIECES, PIECES, PIECES * (S * 1001 * 180 / 30000)};
    hlslist_put_media(&text, &t, 6, "m4s", true);
    int64_t us = 0;
    for (const char *at = text.p; (at = strstr(at, "#EXTINF:")) != NULL;) {
        at += strlen("#EXTINF:");
        us += strtoll(at, NULL, 10) * 1000000 + strtoll(strchr(at, '.') + 1, NULL, 10);
    }
    assert_int_equal(us, INT64_C(6000) * 6006000);
    free(p);
}

static void a_segment_has_the_cues_that_are_seen_in_it(void **state)
{
    (void)state;
    struct cue cues[] = {{S, 2 * S, NULL, "først"},
                         {2 * S, 61 * S, "Kari", "lang & <god>"},
                         {59 * S, 60 * S, NULL, "til slutt"},
                         {60 * S, 62 * S, NULL, "etter"}};
    struct captions c = {cues, COUNT(cues), NULL};
    hlslist_put_vtt(&text, &c, 60 * S, 120 * S);
    assert_string_equal(text.p, "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n"
                                "\n00:00:02.000 --> 00:01:01.000\n<v Kari>lang &amp; &lt;god&gt;\n"
                                "\n00:01:00.000 --> 00:01:02.000\netter\n");
    str_clear(&text);
    hlslist_put_vtt(&text, &c, 0, 60 * S);
    assert_non_null(strstr(text.p, "til slutt"));
    assert_null(strstr(text.p, "etter"));
    str_clear(&text);
    hlslist_put_vtt(&text, &c, 120 * S, 180 * S);
    assert_string_equal(text.p, "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n");
}

static void codecs_are_named(void **state)
{
    (void)state;
    static const struct {
        uint8_t config[8];
        size_t size;
        const char *avc, *aac;
    } rows[] = {
        {{1, 0x64, 0, 0x28, 0xff, 0xe1, 0}, 7, "avc1.640028", NULL},
        {{1, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0}, 7, "avc1.42c01e", NULL},
        {{0, 0, 0, 1, 0x67, 0x64, 0, 0x28}, 8, NULL, NULL},
        {{1, 0x64, 0}, 3, NULL, NULL},
        {{0x11, 0x90}, 2, NULL, "mp4a.40.2"},
        {{0x11, 0x90, 0x56, 0xe5, 0}, 5, NULL, "mp4a.40.2"},
        {{0x2b, 0x11, 0x88}, 3, NULL, "mp4a.40.5"},
        {{0x11}, 1, NULL, NULL},
        {{0xf8, 0xe6}, 2, NULL, NULL}, // USAC
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char avc[HLS_CODEC], aac[HLS_CODEC];
        bool is_avc = hlslist_avc(rows[i].config, rows[i].size, avc);
        bool is_aac = hlslist_aac(rows[i].config, rows[i].size, aac);
        assert_true(is_avc == (rows[i].avc != NULL) && is_aac == (rows[i].aac != NULL));
        if (is_avc)
            assert_string_equal(avc, rows[i].avc);
        if (is_aac)
            assert_string_equal(aac, rows[i].aac);
    }
}

static const struct hls_picture pictures[] = {
    {"avc1.640028", 1920, 1080, 25, {6000000, 5000000}, {900, 800}, "v1/x.m3u8", "v1/i.m3u8"},
    {"avc1.64001f", 1280, 720, 25, {3000000, 2500000}, {700, 600}, "v2/x.m3u8", "v2/i.m3u8"},
    {"avc1.64001e", 854, 480, 30000 / 1001.0, {1000000, 900000}, {5, 4}, "v3/x.m3u8", "v3/i.m3u8"},
};
static const struct hls_voice voice = {"mp4a.40.2", "Norsk \"bokmål\"\n", "nb",
                                       2,           {130000, 128000},     "s/x.m3u8"};
static const struct hls_words words[] = {
    {"Norsk", "nb", true, {500, 300}, "t1/x.m3u8"},
    {"English", "en", false, {700, 200}, "t2/x.m3u8"},
};

static void the_master_playlist_is_written(void **state)
{
    (void)state;
    hlslist_put_master(&text, &(struct hls_master){pictures, 3, &voice, words, 2});
    assert_string_equal(
        text.p,
        "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"Norsk 'bokmål' \",LANGUAGE=\"nb\","
        "DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"s/x.m3u8\"\n"
        "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"text\",NAME=\"Norsk\",LANGUAGE=\"nb\",DEFAULT=YES,"
        "AUTOSELECT=YES,FORCED=NO,"
        "CHARACTERISTICS=\"public.accessibility.transcribes-spoken-dialog\",URI=\"t1/x.m3u8\"\n"
        "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"text\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=NO,"
        "AUTOSELECT=YES,FORCED=NO,URI=\"t2/x.m3u8\"\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=3130700,AVERAGE-BANDWIDTH=2628300,"
        "CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1280x720,FRAME-RATE=25.000,"
        "CLOSED-CAPTIONS=NONE,AUDIO=\"sound\",SUBTITLES=\"text\"\nv2/x.m3u8\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=6130700,AVERAGE-BANDWIDTH=5128300,"
        "CODECS=\"avc1.640028,mp4a.40.2\",RESOLUTION=1920x1080,FRAME-RATE=25.000,"
        "CLOSED-CAPTIONS=NONE,AUDIO=\"sound\",SUBTITLES=\"text\"\nv1/x.m3u8\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=1130700,AVERAGE-BANDWIDTH=1028300,"
        "CODECS=\"avc1.64001e,mp4a.40.2\",RESOLUTION=854x480,FRAME-RATE=29.970,"
        "CLOSED-CAPTIONS=NONE,AUDIO=\"sound\",SUBTITLES=\"text\"\nv3/x.m3u8\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=130700,AVERAGE-BANDWIDTH=128300,CODECS=\"mp4a.40.2\","
        "CLOSED-CAPTIONS=NONE,AUDIO=\"sound\",SUBTITLES=\"text\"\ns/x.m3u8\n"
        "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=900,AVERAGE-BANDWIDTH=800,CODECS=\"avc1.640028\","
        "RESOLUTION=1920x1080,URI=\"v1/i.m3u8\"\n"
        "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=700,AVERAGE-BANDWIDTH=600,CODECS=\"avc1.64001f\","
        "RESOLUTION=1280x720,URI=\"v2/i.m3u8\"\n"
        "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=5,AVERAGE-BANDWIDTH=4,CODECS=\"avc1.64001e\","
        "RESOLUTION=854x480,URI=\"v3/i.m3u8\"\n");
}

static void without_captions_there_is_no_group_of_them(void **state)
{
    (void)state;
    hlslist_put_master(&text, &(struct hls_master){pictures, 1, &voice, NULL, 0});
    assert_null(strstr(text.p, "SUBTITLES"));
    assert_non_null(strstr(text.p, "CLOSED-CAPTIONS=NONE,AUDIO=\"sound\"\nv1/x.m3u8\n"));
}

int main(void)
{
#define LIST_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        LIST_TEST(the_target_is_the_longest_piece_rounded),
        LIST_TEST(the_peak_is_that_of_pieces_of_some_length),
        LIST_TEST(media_playlists_are_written),
        LIST_TEST(iframe_playlists_name_bytes),
        LIST_TEST(lengths_add_up_to_the_whole),
        LIST_TEST(a_segment_has_the_cues_that_are_seen_in_it),
        LIST_TEST(codecs_are_named),
        LIST_TEST(the_master_playlist_is_written),
        LIST_TEST(without_captions_there_is_no_group_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
