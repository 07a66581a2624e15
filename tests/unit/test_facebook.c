// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "graphserver.h"
#include "live/facebook.h"
#include "live/facebookstate.h"
#include "live/facebookwatch.h"

#define TITLE "Trivsel i Meløy: \"det gode liv\""
#define PAGE "1234567890"

static const struct graph_patience hasty = {
    .first_s = 0.02, .most_s = 0.05, .later_s = 0.05, .total_s = 5, .settle_s = 0.02};
static const struct graph_patience hastier = {
    .first_s = 0.02, .most_s = 0.05, .later_s = 0.05, .total_s = 0.3, .settle_s = 0.02};

static struct facebook_params params(struct far_side *f, const char *scenario)
{
    return (struct facebook_params){
        .api = far_side_api(f, scenario),
        .page = PAGE,
        .title = TITLE,
        .description = "Tema & mål: 3, 8, 11",
        .state_file = arena_printf(&f->arena, "%s/%s.json", f->dir, scenario),
        .patience = &hasty,
    };
}

static int64_t now(void)
{
    return time(NULL);
}

static struct facebook_state state_of(struct far_side *f, const struct facebook_params *p)
{
    struct facebook_state s;
    struct err e = {0};
    if (facebook_state_load(&f->arena, p->state_file, &s, &e) < 0)
        fail_msg("%s", e.text);
    return s;
}

static int creates(struct far_side *f, const char *scenario)
{
    return calls(f, "POST", scenario, PAGE "/live_videos", "");
}

static void began(int r, const struct err *e, const char *what)
{
    if (r < 0)
        fail_msg("%s: %d %s", what, r, e->text);
}

static void no_secret_in(const char *text)
{
    assert_null(strstr(text, TOKEN));
    assert_null(strstr(text, KEY_CANARY));
    assert_null(strstr(text, "s_bl=1"));
}

struct begin_row {
    const char *scenario;
    int creates, ends;
    enum facebook_phase phase;
    const char *says; // NULL: it begins
    enum err_kind kind;
};
static const struct begin_row begin_rows[] = {
    {"ok", 1, 0, FACEBOOK_CREATED, NULL, 0},
    {"slashes", 1, 0, FACEBOOK_CREATED, NULL, 0},
    {"port", 1, 0, FACEBOOK_CREATED, NULL, 0},
    {"number", 1, 0, FACEBOOK_CREATED, NULL, 0},
    {"later-url", 1, 0, FACEBOOK_CREATED, NULL, 0},
    {"plain", 1, 1, FACEBOOK_ENDED, "not rtmps://", ERR_INPUT},
    {"streamless", 1, 1, FACEBOOK_ENDED, "not rtmps://", ERR_INPUT},
    // nothing was made: tried again
    {"html", 2, 0, FACEBOOK_CREATED, NULL, 0},
    {"empty", 2, 0, FACEBOOK_CREATED, NULL, 0},
    {"list-like", 2, 0, FACEBOOK_CREATED, NULL, 0},
    {"drop", 2, 0, FACEBOOK_CREATED, NULL, 0},
    {"timeout", 2, 0, FACEBOOK_CREATED, NULL, 0},
    {"500", 3, 0, FACEBOOK_CREATED, NULL, 0},
    {"502", 3, 0, FACEBOOK_CREATED, NULL, 0},
    {"503", 3, 0, FACEBOOK_CREATED, NULL, 0},
    {"code-1", 3, 0, FACEBOOK_CREATED, NULL, 0},
    {"code-2", 3, 0, FACEBOOK_CREATED, NULL, 0},
    {"code-4", 3, 0, FACEBOOK_CREATED, NULL, 0},
    {"code-17", 3, 0, FACEBOOK_CREATED, NULL, 0},
    {"code-32", 3, 0, FACEBOOK_CREATED, NULL, 0},
    {"code-613", 3, 0, FACEBOOK_CREATED, NULL, 0},
    {"transient", 3, 0, FACEBOOK_CREATED, NULL, 0},
    // it was made, though the answer does not say so: never a second one
    {"html-made", 1, 0, FACEBOOK_CREATED, NULL, 0},
    {"truncated-made", 1, 0, FACEBOOK_CREATED, NULL, 0},
    {"empty-made", 1, 0, FACEBOOK_CREATED, NULL, 0},
    {"idless", 1, 0, FACEBOOK_CREATED, NULL, 0},
    {"reset-made", 1, 0, FACEBOOK_CREATED, NULL, 0},
    {"drop-made", 1, 0, FACEBOOK_CREATED, NULL, 0},
    {"timeout-made", 1, 0, FACEBOOK_CREATED, NULL, 0},
    {"500-made", 1, 0, FACEBOOK_CREATED, NULL, 0},
    {"lost", 1, 0, FACEBOOK_CREATING, "--end-stale clears this", ERR_INPUT},
    {"lost-off", 1, 0, FACEBOOK_CREATING, "--end-stale clears this", ERR_REMOTE},
    // refused
    {"200-error", 1, 0, FACEBOOK_NONE, "says: Blocked: You can't post.", ERR_INPUT},
    {"expired", 1, 0, FACEBOOK_NONE, "the token has expired: make a new token", ERR_INPUT},
    {"young", 1, 0, FACEBOOK_NONE, "says: Not Eligible: Your profile is too new.", ERR_INPUT},
    {"followers", 1, 0, FACEBOOK_NONE, "says: 100 followers needed.", ERR_INPUT},
    {"permission", 1, 0, FACEBOOK_NONE, "pages_manage_posts", ERR_INPUT},
    {"invalid", 1, 0, FACEBOOK_NONE, "Invalid  [31mparameter", ERR_INPUT},
    {"blocked", 1, 0, FACEBOOK_NONE, "says: Du er sperret. (code 368", ERR_INPUT},
    {"limit", 1, 0, FACEBOOK_NONE, "a pause of minutes", ERR_REMOTE},
};

static void a_live_video_is_made_once_or_refused(void **state)
{
    struct far_side *f = *state;
    for (size_t i = 0; i < COUNT(begin_rows); i++) {
        const struct begin_row *row = &begin_rows[i];
        struct facebook_params p = params(f, row->scenario);
        struct facebook *live = NULL;
        struct err e = {0};
        if (row->phase == FACEBOOK_CREATING || strcmp(row->scenario, "limit") == 0)
            p.patience = &hastier;
        int r = facebook_begin(&p, now(), &live, &e);
        struct facebook_state s = state_of(f, &p);
        int ends = calls(f, "POST", row->scenario, "1", "\tend_live_video=true");
        bool good = row->says ? r < 0 && e.kind == row->kind && strstr(e.text, row->says) : r == 0;
        if (!good || s.phase != row->phase || creates(f, row->scenario) != row->creates ||
            ends != row->ends)
            fail_msg("%s: %d, kind %d, %s, %d created, %d ended: %s", row->scenario, r, e.kind,
                     facebook_phases[s.phase], creates(f, row->scenario), ends, e.text);
        if (r == 0) {
            const struct stream_address *to = facebook_address(live);
            assert_true(graph_id_is(s.live_id));
            assert_true(str_starts(to->server, "rtmps://rtmp-api.facebook.com"));
            assert_true(str_ends(to->server, "/rtmp"));
            assert_true(str_starts(to->key, s.live_id));
        }
        no_secret_in(e.text);
        char *file = NULL;
        assert_int_equal(fs_read(&f->arena, p.state_file, STR_MAX, &file, NULL, NULL), 0);
        no_secret_in(file);
        facebook_free(live);
    }
}

static void what_is_sent_is_what_was_meant(void **state)
{
    struct far_side *f = *state;
    struct facebook_params p = params(f, "sent");
    struct facebook *live = NULL;
    struct err e = {0};
    began(facebook_begin(&p, now(), &live, &e), &e, "sent");
    assert_string_equal(facebook_address(live)->server, "rtmps://rtmp-api.facebook.com:443/rtmp");
    assert_true(str_ends(facebook_address(live)->key, "&a=Abx" KEY_CANARY "%2F/x"));
    facebook_free(live);
    static const char *const parts[] = {
        "\tBearer " TOKEN "\t",
        "\tstatus=LIVE_NOW&",
        "&title=Trivsel%20i%20Mel%C3%B8y%3A%20%22det%20gode%20liv%22&",
        "&description=Tema%20%26%20m%C3%A5l%3A%203%2C%208%2C%2011&",
        "&stop_on_delete_stream=false",
    };
    for (size_t i = 0; i < COUNT(parts); i++)
        if (calls(f, "POST", "sent", PAGE "/live_videos", parts[i]) != 1)
            fail_msg("not sent: %s", parts[i]);
}

static void two_never_stand_open_at_once(void **state)
{
    struct far_side *f = *state;
    struct facebook_params p = params(f, "open");
    struct facebook *live = NULL, *again = NULL;
    struct err e = {0};
    began(facebook_begin(&p, now(), &live, &e), &e, "open");
    char *key = arena_strdup(&f->arena, facebook_address(live)->key);
    facebook_free(live);
    assert_int_equal(facebook_begin(&p, now(), &again, &e), -EINVAL);
    assert_non_null(strstr(e.text, "--resume goes on with it, --end-stale ends it"));
    // the same video, the same key
    began(facebook_resume(&p, now(), &live, &e), &e, "resume");
    assert_string_equal(facebook_address(live)->key, key);
    assert_int_equal(creates(f, "open"), 1);
    began(facebook_end(live, now(), &e), &e, "end");
    facebook_free(live);
    assert_int_equal(facebook_resume(&p, now(), &again, &e), -EINVAL);
    assert_non_null(strstr(e.text, "has ended"));
    // and the next broadcast has one of its own
    began(facebook_begin(&p, now(), &live, &e), &e, "next");
    assert_int_equal(creates(f, "open"), 2);
    facebook_free(live);
}

// A process of its own that begins, and is killed without warning.
static void killed_while_live(const struct facebook_params *p, double after_s)
{
    pid_t child = fork();
    if (child == 0) {
        struct facebook *live = NULL;
        facebook_begin(p, now(), &live, NULL);
        raise(SIGKILL);
    }
    assert_true(child > 0);
    if (after_s > 0) {
        usleep((useconds_t)(after_s * 1e6));
        kill(child, SIGKILL);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

static void what_a_killed_run_left_is_ended(void **state)
{
    (void)state;
    static const struct {
        const char *scenario;
        double after_s;
        enum facebook_phase before;
        const char *says;
        int ends;
    } rows[] = {
        {"kill-live", 0, FACEBOOK_CREATED, "ended live video 102", 1},
        {"timeout-made", 0.4, FACEBOOK_CREATING, "ended live video 102", 1},
        {"lost", 0, FACEBOOK_CREATING, "does not show the Page's list", 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct far_side fresh;
        far_side_start(&fresh);
        struct facebook_params p = params(&fresh, rows[i].scenario);
        struct err e = {0};
        struct str said;
        str_init(&said, 1000);
        killed_while_live(&p, rows[i].after_s);
        assert_int_equal(state_of(&fresh, &p).phase, rows[i].before);
        began(facebook_end_stale(&p, now(), &said, &e), &e, rows[i].scenario);
        assert_int_equal(state_of(&fresh, &p).phase, FACEBOOK_ENDED);
        if (!strstr(said.p, rows[i].says))
            fail_msg("%s: %s", rows[i].scenario, said.p);
        assert_int_equal(calls(&fresh, "POST", rows[i].scenario, "1", "end_live_video=true"),
                         rows[i].ends);
        str_clear(&said);
        began(facebook_end_stale(&p, now(), &said, &e), &e, rows[i].scenario);
        assert_string_equal(said.p, "no live video was left open");
        str_done(&said);
        far_side_stop(&fresh);
    }
}

static void an_unanswered_create_is_found_again(void **state)
{
    struct far_side *f = *state;
    struct facebook_params p = params(f, "lost-once");
    struct facebook *live = NULL;
    struct err e = {0};
    // the Page's list is not to be had at first, and nothing more is made while that is so
    assert_int_equal(facebook_begin(&p, now(), &live, &e), -EACCES);
    assert_int_equal(state_of(f, &p).phase, FACEBOOK_CREATING);
    began(facebook_resume(&p, now(), &live, &e), &e, "lost-once");
    assert_int_equal(creates(f, "lost-once"), 1);
    assert_true(str_starts(facebook_address(live)->key, state_of(f, &p).live_id));
    facebook_free(live);
}

static void others_with_another_title_are_left_alone(void **state)
{
    struct far_side *f = *state;
    struct facebook_params p = params(f, "drop");
    struct facebook *live = NULL;
    struct err e = {0};
    p.title = "Another broadcast of the same Page";
    p.state_file = arena_printf(&f->arena, "%s/drop-other.json", f->dir);
    struct facebook_state s = {
        .phase = FACEBOOK_CREATING, .title = "Nobody's title", .page = PAGE, .asked_utc_s = now()};
    assert_int_equal(facebook_state_save(p.state_file, &s, NULL), 0);
    int before = creates(f, "drop");
    began(facebook_begin(&p, now(), &live, &e), &e, "drop");
    assert_int_equal(creates(f, "drop"), before + 1);
    facebook_free(live);
}

static void ending_is_asked_until_it_is_true(void **state)
{
    struct far_side *f = *state;
    static const struct {
        const char *scenario;
        int asked;        // -1: not looked at
        const char *says; // NULL: ended
        enum err_kind kind;
    } rows[] = {
        {"end-ok", 1, NULL, 0},
        {"end-500", 3, NULL, 0},
        {"end-500-done", 2, NULL, 0},
        {"end-gone", 1, NULL, 0},
        {"end-missing", 1, NULL, 0},
        {"end-hidden", 1, "the token may not see it", ERR_INPUT},
        {"end-refused", 1, "a permission is missing", ERR_INPUT},
        {"end-off", -1, "HTTP 503", ERR_REMOTE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct facebook_params p = params(f, rows[i].scenario);
        struct facebook *live = NULL;
        struct err e = {0};
        if (rows[i].asked < 0)
            p.patience = &hastier;
        began(facebook_begin(&p, now(), &live, &e), &e, rows[i].scenario);
        int r = facebook_end(live, now(), &e);
        int asked = calls(f, "POST", rows[i].scenario, "1", "\tend_live_video=true");
        bool good =
            rows[i].says ? r < 0 && e.kind == rows[i].kind && strstr(e.text, rows[i].says) : r == 0;
        if (!good || (rows[i].asked >= 0 && asked != rows[i].asked))
            fail_msg("%s: %d, kind %d, asked %d: %s", rows[i].scenario, r, e.kind, asked, e.text);
        assert_int_equal(state_of(f, &p).phase, r < 0 ? FACEBOOK_CREATED : FACEBOOK_ENDED);
        facebook_free(live);
    }
}

static bool truth(const void *ctx)
{
    return *(const bool *)ctx;
}

static void a_stop_of_the_show_does_not_keep_it_from_ending(void **state)
{
    struct far_side *f = *state;
    struct facebook_params p = params(f, "stop");
    struct facebook *live = NULL;
    struct err e = {0};
    bool stop = false;
    p.api.stopped = truth;
    p.api.stopped_ctx = &stop;
    began(facebook_begin(&p, now(), &live, &e), &e, "stop");
    stop = true;
    began(facebook_end(live, now(), &e), &e, "stop");
    assert_int_equal(calls(f, "POST", "stop", "1", "\tend_live_video=true"), 1);
    facebook_free(live);
    // nor is anything begun after it
    assert_int_equal(facebook_begin(&p, now(), &live, &e), -ECANCELED);
    assert_int_equal(e.kind, ERR_INTERRUPTED);
    assert_int_equal(state_of(f, &p).phase, FACEBOOK_NONE);
    assert_int_equal(creates(f, "stop"), 1);
}

static void health_is_read_and_the_pace_follows_the_limits(void **state)
{
    struct far_side *f = *state;
    static const struct {
        const char *scenario;
        double first_s, second_s, usage;
    } rows[] = {
        {"healthy", 10, 10, 0}, {"moody", 20, 10, 0},       {"calm", 10, 10, 89},
        {"busy", 120, 120, 95}, {"business", 420, 420, 99},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct facebook_params p = params(f, rows[i].scenario);
        struct facebook *live = NULL;
        struct err e = {0};
        double next = 0;
        began(facebook_begin(&p, now(), &live, &e), &e, rows[i].scenario);
        int r = facebook_poll(live, now(), &next, &e);
        assert_int_equal(r < 0, strcmp(rows[i].scenario, "moody") == 0);
        assert_true(next == rows[i].first_s);
        // what the server has to tell comes with its second look
        for (int look = 0; look < 2; look++)
            began(facebook_poll(live, now(), &next, &e), &e, rows[i].scenario);
        assert_true(next == rows[i].second_s);
        struct json *j = facebook_json(live);
        const struct json *h = json_get(j, "health");
        assert_string_equal(json_text(j, "status"), "LIVE");
        assert_true(str_starts(json_text(j, "permalink"), "https://www.facebook.com/page/videos/"));
        assert_string_equal(json_text(j, "live_id"), state_of(f, &p).live_id);
        assert_int_equal(json_int(j, "viewers", 0), 42);
        assert_true(json_bool(h, "receiving", false));
        assert_true(fabs(json_number(h, "video_kbps", 0) - 2304.48175) < 1e-6);
        assert_true(fabs(json_number(h, "audio_kbps", 0) - 118.1498828125) < 1e-6);
        assert_true(fabs(json_number(h, "fps", 0) - 27.586206436157) < 1e-9);
        assert_true(json_number(h, "gop_s", 0) == 2);
        assert_int_equal(json_int(h, "height", 0), 700);
        assert_true(json_number(j, "usage_percent", -1) == rows[i].usage);
        assert_null(json_get(j, "warning"));
        assert_string_equal(json_text(j, "why"), "");
        struct str text;
        str_init(&text, STR_MAX);
        json_write(&text, j, false);
        no_secret_in(text.p);
        str_done(&text);
        json_free(j);
        facebook_free(live);
    }
}

static void what_facebook_sees_is_warned_of(void **state)
{
    (void)state;
    static const struct {
        const char *status;
        struct live_health h;
        const char *says; // NULL: all is well
    } rows[] = {
        {"LIVE", {true, 3000, 128, 25, 2000, 1280, 720}, NULL},
        {"LIVE", {true, 3000, 128, 25, 4000, 1280, 720}, NULL},
        {"LIVE", {true, 3000, 128, 0, 0, 0, 0}, NULL},
        {"LIVE", {false, 0, 0, 0, 0, 0, 0}, "receives nothing"},
        {"LIVE", {true, 3000, 0, 25, 2000, 1280, 720}, "no sound"},
        {"LIVE", {true, 0, 128, 0, 0, 0, 0}, "no picture"},
        {"LIVE", {true, 3000, 128, 25, 5000, 1280, 720}, "key frames"},
        {"LIVE", {true, 3000, 128, 11, 2000, 1280, 720}, "fewer than 20"},
        {"VOD", {true, 3000, 128, 25, 2000, 1280, 720}, "has ended at Facebook"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = facebook_warning(rows[i].status, &rows[i].h);
        if ((got != NULL) != (rows[i].says != NULL) || (got && !strstr(got, rows[i].says)))
            fail_msg("row %zu: %s", i, got ? got : "nothing");
    }
}

static void a_scheduled_one_is_taken_when_its_time_comes(void **state)
{
    struct far_side *f = *state;
    struct facebook_params p = params(f, "plan");
    struct facebook *live = NULL;
    struct err e = {0};
    double next = 0;
    int64_t start = now() + 3600, wrong[] = {now() - 1, now() + 7 * 24 * 3600 + 60};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        p.start_utc_s = wrong[i];
        assert_int_equal(facebook_schedule(&p, now(), &e), -EINVAL);
    }
    p.start_utc_s = start;
    began(facebook_schedule(&p, now(), &e), &e, "plan");
    began(facebook_schedule(&p, now(), &e), &e, "plan, again");
    assert_int_equal(state_of(f, &p).phase, FACEBOOK_SCHEDULED);
    assert_int_equal(creates(f, "plan"), 1);
    char event[100];
    snprintf(event, sizeof(event), "&event_params=%%7B%%22start_time%%22%%3A%lld%%7D&",
             (long long)start);
    assert_int_equal(calls(f, "POST", "plan", PAGE "/live_videos", event), 1);
    assert_int_equal(calls(f, "POST", "plan", PAGE "/live_videos", "status=SCHEDULED_UNPUBLISHED"),
                     1);
    began(facebook_begin(&p, now(), &live, &e), &e, "begin");
    assert_int_equal(creates(f, "plan"), 1);
    assert_int_equal(state_of(f, &p).phase, FACEBOOK_CREATED);
    // before its time it stays hidden, though the stream arrives
    for (int i = 0; i < 3; i++)
        began(facebook_poll(live, start - 1, &next, &e), &e, "early");
    assert_int_equal(calls(f, "POST", "plan", "1", "\tstatus=LIVE_NOW"), 0);
    began(facebook_poll(live, start, &next, &e), &e, "in time");
    began(facebook_poll(live, start + 10, &next, &e), &e, "later");
    assert_int_equal(calls(f, "POST", "plan", "102", "\tstatus=LIVE_NOW"), 1);
    facebook_free(live);
}

static void a_damaged_state_stops_everything(void **state)
{
    struct far_side *f = *state;
    static const char *const texts[] = {"", "{", "[]", "{\"phase\":\"perhaps\"}",
                                        "{\"phase\":\"created\"}"};
    struct facebook_params p = params(f, "damaged");
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct facebook *live = NULL;
        struct err e = {0};
        struct str said;
        str_init(&said, 100);
        assert_true(fs_replace(p.state_file, texts[i], strlen(texts[i]), NULL) >= 0);
        assert_int_equal(facebook_begin(&p, now(), &live, &e), -EINVAL);
        assert_non_null(strstr(e.text, "facebook.com/live/producer"));
        assert_int_equal(facebook_end_stale(&p, now(), &said, &e), -EINVAL);
        str_done(&said);
    }
    assert_int_equal(creates(f, "damaged"), 0);
}

static void the_state_is_on_disk_before_anything_is_sent(void **state)
{
    struct far_side *f = *state;
    struct facebook_params p = params(f, "unwritable");
    struct facebook *live = NULL;
    struct err e = {0};
    p.state_file = "/proc/dgl/state.json";
    assert_true(facebook_begin(&p, now(), &live, &e) < 0);
    assert_int_equal(creates(f, "unwritable"), 0);
}

static void no_token_stands_in_an_address(void **state)
{
    struct far_side *f = *state;
    int requests = logged(f, "GET ", "") + logged(f, "POST ", "");
    assert_true(requests > 100);
    assert_int_equal(logged(f, "GET ", "\tBearer " TOKEN "\t") +
                         logged(f, "POST ", "\tBearer " TOKEN "\t"),
                     requests);
    char *end;
    for (char *line = log_read(f); *line; line = end + (*end != '\0')) {
        end = line + strcspn(line, "\n");
        char *target = arena_strndup(&f->arena, line, strcspn(line, "\t\n"));
        assert_null(strstr(target, "canary"));
        assert_null(strstr(target, "access_token"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_live_video_is_made_once_or_refused),
        cmocka_unit_test(what_is_sent_is_what_was_meant),
        cmocka_unit_test(two_never_stand_open_at_once),
        cmocka_unit_test(what_a_killed_run_left_is_ended),
        cmocka_unit_test(an_unanswered_create_is_found_again),
        cmocka_unit_test(others_with_another_title_are_left_alone),
        cmocka_unit_test(ending_is_asked_until_it_is_true),
        cmocka_unit_test(a_stop_of_the_show_does_not_keep_it_from_ending),
        cmocka_unit_test(health_is_read_and_the_pace_follows_the_limits),
        cmocka_unit_test(what_facebook_sees_is_warned_of),
        cmocka_unit_test(a_scheduled_one_is_taken_when_its_time_comes),
        cmocka_unit_test(a_damaged_state_stops_everything),
        cmocka_unit_test(the_state_is_on_disk_before_anything_is_sent),
        cmocka_unit_test(no_token_stands_in_an_address),
    };
    return cmocka_run_group_tests_name("facebook", tests, far_side_begin, far_side_end);
}
