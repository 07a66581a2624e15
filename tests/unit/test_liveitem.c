// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "plan/liveitem.h"
#include "scratch.h"

#define GONE "999999999" // above what Linux gives to a process

static struct live_endpoint endpoints[] = {
    {.name = "side", .kind = "facebook", .page = "123"},
    {.name = "strøm", .kind = "hls", .audience = "https://cdn.example.org/live.m3u8"},
    {.name = "opus",
     .kind = "icecast",
     .format = "opus",
     .url = "https://r.example.org/o",
     .bitrate_kbps = 96},
    {.name = "radio",
     .kind = "icecast",
     .format = "mp3",
     .url = "https://r.example.org/m",
     .bitrate_kbps = 128},
    {.name = "meg", .kind = "facebook", .page = "me"},
    {.name = "lokal", .kind = "hls", .url = NULL}, // below public/, see set_up
    {.name = "put", .kind = "hls", .url = "https://s.example.org/live.m3u8"},
    {.name = "kopi", .kind = "file", .url = "/srv/kopi.mkv"},
};

struct fixture {
    char dir[SCRATCH_MAX], local[SCRATCH_MAX + 80];
    struct session s;
    struct episode ep;
    struct plan p;
};

static int64_t at(const char *iso)
{
    int64_t t = 0;
    assert_true(clock_parse_iso(iso, &t, NULL));
    return t;
}

// state NULL: nothing was ever broadcast
static void tell(const struct fixture *f, const char *state)
{
    struct arena a = {0};
    char *path = arena_printf(&a, "%s/.dgl/live/x/state.json", f->dir);
    unlink(path);
    if (state)
        assert_true(fs_replace(path, state, strlen(state), NULL) >= 0);
    arena_done(&a);
}

#define REACHED "\"endpoints\":[{\"name\":\"radio\",\"kind\":\"icecast\",\"connections\":1}],"
#define ALONE                                                                     \
    "\"endpoints\":[{\"name\":\"radio\",\"kind\":\"icecast\",\"connections\":0}," \
    "{\"name\":\"kopi\",\"kind\":\"file\",\"connections\":1}],"
#define TOLD(began, said) "\"started\":\"" began "\",\"said\":\"" said "\",\"pid\":"

static void the_status_follows_plan_and_relay(void **state)
{
    struct fixture *f = *state;
    static const char start[] = "2026-12-10T10:00:00Z", end[] = "2026-12-10T11:00:00Z";
    static const struct {
        const char *name, *start, *end, *told, *now, *published;
        enum liveitem_status want;
    } rows[] = {
        {"nothing", NULL, NULL, NULL, start, NULL, LIVEITEM_NONE},
        {"days before", start, NULL, NULL, "2026-12-01T10:00:00Z", NULL, LIVEITEM_PENDING},
        {"late", start, end, NULL, "2026-12-10T10:40:00Z", NULL, LIVEITEM_PENDING},
        {"never begun", start, end, NULL, "2026-12-10T12:00:01Z", NULL, LIVEITEM_ENDED},
        {"never begun, without an end", start, NULL, NULL, "2026-12-10T13:59:00Z", NULL,
         LIVEITEM_PENDING},
        {"hours and one more", start, NULL, NULL, "2026-12-10T14:00:01Z", NULL, LIVEITEM_ENDED},
        {"connecting", start, end,
         "{" ALONE TOLD("2026-12-10T10:00:00Z", "2026-12-10T10:00:04Z") "1}",
         "2026-12-10T10:00:05Z", NULL, LIVEITEM_PENDING},
        {"reached", start, end,
         "{" REACHED TOLD("2026-12-10T10:00:00Z", "2026-12-10T10:00:04Z") GONE "}",
         "2026-12-10T10:00:05Z", NULL, LIVEITEM_LIVE},
        {"unplanned", NULL, NULL,
         "{" REACHED TOLD("2026-12-10T10:00:00Z", "2026-12-10T10:00:04Z") "1}",
         "2026-12-10T10:00:05Z", NULL, LIVEITEM_LIVE},
        {"unplanned, not reached", NULL, NULL,
         "{" ALONE TOLD("2026-12-10T10:00:00Z", "2026-12-10T10:00:04Z") "1}",
         "2026-12-10T10:00:05Z", NULL, LIVEITEM_NONE},
        {"silent for minutes, running", start, end,
         "{" REACHED TOLD("2026-12-10T10:00:00Z", "2026-12-10T10:10:00Z") "1}",
         "2026-12-10T10:30:00Z", NULL, LIVEITEM_LIVE},
        {"silent for a minute, gone", start, end,
         "{" REACHED TOLD("2026-12-10T10:00:00Z", "2026-12-10T10:10:00Z") GONE "}",
         "2026-12-10T10:11:00Z", NULL, LIVEITEM_LIVE},
        {"silent for minutes, gone", start, end,
         "{" REACHED TOLD("2026-12-10T10:00:00Z", "2026-12-10T10:10:00Z") GONE "}",
         "2026-12-10T10:15:01Z", NULL, LIVEITEM_ENDED},
        {"an hour after its end", start, end,
         "{" REACHED TOLD("2026-12-10T10:00:00Z", "2026-12-10T12:00:00Z") "1}",
         "2026-12-10T12:00:01Z", NULL, LIVEITEM_ENDED},
        {"ended", start, end,
         "{" REACHED TOLD("2026-12-10T10:00:00Z", "2026-12-10T10:58:00Z") "1,\"ended\":true}",
         "2026-12-10T10:58:01Z", NULL, LIVEITEM_ENDED},
        {"a try before", start, end,
         "{" REACHED TOLD("2026-12-10T09:00:00Z", "2026-12-10T09:05:00Z") "1,\"ended\":true}",
         "2026-12-10T09:10:00Z", NULL, LIVEITEM_PENDING},
        {"begun early", start, end,
         "{" REACHED TOLD("2026-12-10T09:55:00Z", "2026-12-10T09:58:00Z") "1}",
         "2026-12-10T09:58:01Z", NULL, LIVEITEM_LIVE},
        {"weeks later, not published", start, end,
         "{" REACHED TOLD("2026-12-10T10:00:00Z", "2026-12-10T10:58:00Z") "1,\"ended\":true}",
         "2027-01-05T10:00:00Z", NULL, LIVEITEM_ENDED},
        {"more than a month later", start, end,
         "{" REACHED TOLD("2026-12-10T10:00:00Z", "2026-12-10T10:58:00Z") "1,\"ended\":true}",
         "2027-01-10T10:00:00Z", NULL, LIVEITEM_NONE},
        {"published on the day", start, end,
         "{" REACHED TOLD("2026-12-10T10:00:00Z", "2026-12-10T10:58:00Z") "1,\"ended\":true}",
         "2026-12-10T20:00:00Z", "published", LIVEITEM_ENDED},
        {"published, days later", start, end,
         "{" REACHED TOLD("2026-12-10T10:00:00Z", "2026-12-10T10:58:00Z") "1,\"ended\":true}",
         "2026-12-12T10:00:00Z", "published", LIVEITEM_NONE},
        {"retracted", start, end, NULL, "2026-12-10T09:00:00Z", "retracted", LIVEITEM_NONE},
        {"half a state", start, end, "{\"epis", "2026-12-10T09:00:00Z", NULL, LIVEITEM_PENDING},
        {"a state without times", start, end, "{" REACHED "\"pid\":1}", "2026-12-10T10:00:00Z",
         NULL, LIVEITEM_PENDING},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        f->ep.planned.start_utc_s = rows[i].start ? at(rows[i].start) : 0;
        f->ep.planned.end_utc_s = rows[i].end ? at(rows[i].end) : 0;
        f->p.published.guid = rows[i].published ? "g" : NULL;
        f->p.published.state = rows[i].published;
        f->p.published.first_published_utc_s = at("2026-12-10T19:00:00Z");
        tell(f, rows[i].told);
        enum liveitem_status got = liveitem_status(&f->p, at(rows[i].now));
        if (got != rows[i].want)
            fail_msg("%s: %s, not %s", rows[i].name, liveitem_statuses[got],
                     liveitem_statuses[rows[i].want]);
    }
    f->p.published = (struct published){0};
}

// The texts of one key, in one line.
static void equal_list(const struct json *list, const char *key, const char *want)
{
    struct str s;
    str_init(&s, 4000);
    for (size_t i = 0; i < json_count(list); i++)
        str_addf(&s, "%s%s", i ? " " : "", json_text_or(json_at(list, i), key, "?"));
    assert_string_equal(s.p ? s.p : "", want);
    str_done(&s);
}

static void players_get_every_address_and_an_mp3_first(void **state)
{
    struct fixture *f = *state;
    f->ep.planned = (struct planned){.start_utc_s = at("2026-12-10T10:00:00Z")};
    f->s.now_utc_s = at("2026-12-09T10:00:00Z");
    tell(f, NULL);
    struct json *live = liveitem_make(&f->p);
    assert_string_equal(json_text(live, "status"), "pending");
    assert_int_equal(json_int(live, "end_utc_s", -1), -1);
    equal_list(json_get(live, "files"), "url",
               "https://r.example.org/m https://cdn.example.org/live.m3u8 https://r.example.org/o "
               "https://example.org/a%20b/live.m3u8");
    equal_list(json_get(live, "files"), "type",
               "audio/mpeg application/vnd.apple.mpegurl audio/ogg application/vnd.apple.mpegurl");
    equal_list(json_get(live, "pages"), "url", "https://www.facebook.com/123");
    const struct json *ep = json_get(live, "episode");
    assert_string_equal(json_text(ep, "guid"), liveitem_guid(&f->p));
    assert_string_not_equal(json_text(ep, "guid"), f->s.show.guid);
    assert_null(json_text(ep, "notes"));
    json_free(live);
    // once it has begun, what takes part in it
    tell(f, "{" REACHED TOLD("2026-12-10T10:00:00Z", "2026-12-10T10:00:04Z") "1}");
    f->s.now_utc_s = at("2026-12-10T10:00:05Z");
    f->ep.planned.watch = NULL;
    live = liveitem_make(&f->p);
    assert_string_equal(json_text(live, "status"), "live");
    equal_list(json_get(live, "files"), "url", "https://r.example.org/m");
    equal_list(json_get(live, "pages"), "url", "https://example.org/");
    json_free(live);
    f->ep.planned.watch = "https://example.org/direkte";
    live = liveitem_make(&f->p);
    equal_list(json_get(live, "pages"), "url", "https://example.org/direkte");
    json_free(live);
}

static void what_a_dead_relay_left_can_be_ended(void **state)
{
    struct fixture *f = *state;
    struct err e = {0};
    f->ep.planned = (struct planned){.start_utc_s = at("2026-12-10T10:00:00Z")};
    tell(f, NULL);
    assert_int_equal(liveitem_end(&f->p, &e), 0);
    tell(f, "{" REACHED TOLD("2026-12-10T10:00:00Z", "2026-12-10T10:10:00Z") GONE "}");
    assert_int_equal(liveitem_status(&f->p, at("2026-12-10T10:10:01Z")), LIVEITEM_LIVE);
    assert_int_equal(liveitem_end(&f->p, &e), 0);
    assert_int_equal(liveitem_status(&f->p, at("2026-12-10T10:10:01Z")), LIVEITEM_ENDED);
}

static int set_up(void **state)
{
    static struct fixture f;
    scratch_new(f.dir);
    snprintf(f.local, sizeof f.local, "%s/public/a b/live.m3u8", f.dir);
    endpoints[5].url = f.local;
    f.s = (struct session){
        .dir = f.dir,
        .show = {.title = "Det gode liv",
                 .site = "https://example.org/",
                 .guid = "ead4c236-bf58-58c6-a2c6-a6b28d128cb6",
                 .live = {.endpoints = endpoints, .num_endpoints = COUNT(endpoints), .hours = 3}}};
    f.ep = (struct episode){
        .title = "Trivsel", .language = "nb", .kind = "full", .notes_text = "Skriv her"};
    f.p = (struct plan){.s = &f.s, .ep = &f.ep, .slug = "x"};
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    scratch_free(f->dir);
    arena_done(&f->p.arena);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_follows_plan_and_relay),
        cmocka_unit_test(players_get_every_address_and_an_mp3_first),
        cmocka_unit_test(what_a_dead_relay_left_can_be_ended),
    };
    return cmocka_run_group_tests_name("liveitem", tests, set_up, tear_down);
}
