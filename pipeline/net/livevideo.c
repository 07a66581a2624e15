// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/livevideo.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "net/http.h"
#include "net/streamaddress.h"

#define FIELDS "id,title,status,permalink_url,secure_stream_url,creation_time"
#define WATCHED "id,status,permalink_url,secure_stream_url,creation_time,live_views,ingest_streams"
#define SITE "https://www.facebook.com"

enum { FORM_MAX = 256 * 1024, LISTED = 50 };

// Characters as Facebook may count them: UTF-16, which is never fewer than those of Unicode.
static size_t units(unsigned char first)
{
    return (first & 0xc0) == 0x80 ? 0 : first >= 0xf0 ? 2 : 1;
}

void live_video_title(struct str *out, const char *title)
{
    struct str clean;
    str_init(&clean, FORM_MAX);
    str_add_utf8(&clean, title);
    size_t count = 0, fits = 0, word = 0;
    for (size_t i = 0; i < clean.len; i++) {
        size_t more = units((unsigned char)clean.p[i]);
        // what is shorter by one leaves room for the dots
        if (more > 0 && count + more <= LIVE_TITLE_MAX - 1)
            fits = i;
        if (clean.p[i] == ' ' && fits == i)
            word = i;
        count += more;
    }
    if (count <= LIVE_TITLE_MAX) {
        str_add(out, clean.p);
    } else {
        // a very long word is cut inside; the character at `fits` still fits
        size_t cut = word;
        if (cut < fits / 2)
            for (cut = fits + 1; (clean.p[cut] & 0xc0) == 0x80; cut++)
                ;
        while (cut > 0 && strchr(" ,;:-", clean.p[cut - 1]))
            cut--;
        str_addn(out, clean.p, cut);
        str_add(out, "…");
    }
    str_done(&clean);
}

// "2026-12-01T18:00:00+0000", as Facebook writes it; 0: not a time.
static int64_t time_of(const char *text)
{
    char iso[CLOCK_TEXT] = "";
    int64_t ret = 0;
    size_t n = text ? strlen(text) : 0;
    if (n < 5 || n + 2 > sizeof(iso))
        return 0;
    memcpy(iso, text, n);
    if (strchr("+-", text[n - 5])) {
        memcpy(iso + n - 2, ":", 1);
        memcpy(iso + n - 1, text + n - 2, 2);
    }
    return clock_parse_iso(iso, &ret, NULL) ? ret : 0;
}

static void health_read(const struct json *streams, struct live_health *ret)
{
    const struct json *main = json_at(streams, 0);
    for (size_t i = 0; i < json_count(streams); i++)
        if (json_bool(json_at(streams, i), "is_master", false))
            main = json_at(streams, i);
    const struct json *h = json_get(main, "stream_health");
    *ret = (struct live_health){
        .video_kbps = json_number(h, "video_bitrate", 0) / 1000,
        .audio_kbps = json_number(h, "audio_bitrate", 0) / 1000,
        .fps = json_number(h, "video_framerate", 0),
        .gop_ms = json_number(h, "video_gop_size", 0),
        .width = (int)json_number_in(h, "video_width", 0, INT_MAX, 0),
        .height = (int)json_number_in(h, "video_height", 0, INT_MAX, 0),
    };
    ret->receiving = ret->video_kbps > 0 || ret->audio_kbps > 0;
}

// Ids are texts of digits; a number is read as the digits it has.
static const char *id_of(struct arena *a, const struct json *o)
{
    const char *text = json_text(o, "id");
    int64_t number = json_int(o, "id", -1);
    if (!text && number >= 0)
        return arena_printf(a, "%lld", (long long)number);
    return graph_id_is(text) ? arena_strdup(a, text) : NULL;
}

static bool encrypted(const char *url)
{
    return url && strncasecmp(url, "rtmps://", 8) == 0;
}

static void video_read(const struct graph_api *g, struct arena *a, const struct json *o,
                       struct live_video *ret)
{
    const char *secure = json_text(o, "secure_stream_url"), *other = json_text(o, "stream_url");
    const char *path = json_text(o, "permalink_url");
    *ret = (struct live_video){
        .id = id_of(a, o),
        .title = arena_strdup(a, json_text(o, "title")),
        .status = arena_strdup(a, json_text(o, "status")),
        .secure_url = arena_strdup(a, secure || !encrypted(other) ? secure : other),
        .created_utc_s = time_of(json_text(o, "creation_time")),
        .viewers = json_int(o, "live_views", -1),
    };
    if (!ret->secure_url)
        ret->secure_url = arena_strdup(a, other);
    if (path)
        ret->permalink = arena_printf(a, "%s%s", *path == '/' ? SITE : "", path);
    health_read(json_get(o, "ingest_streams"), &ret->health);
    struct stream_address to;
    if (g->redactor && ret->secure_url &&
        stream_address_split(a, ret->secure_url, true, &to, NULL) >= 0)
        redactor_add(g->redactor, to.key);
}

static int no_id(struct graph_answer *answer, struct err *e)
{
    answer->kind = GRAPH_AGAIN;
    answer->unsure = true;
    return err_remote(e, -EPROTO, "facebook: the answer holds no id of a live video");
}

static const char *page_of(const char *page)
{
    return page && *page ? page : "me";
}

static int page_check(const char *page, struct err *e)
{
    if (str_same(page_of(page), "me") || graph_id_is(page))
        return 0;
    return err_input(e,
                     "facebook: page \"%s\": write the Page's number, digits only; it stands at "
                     "facebook.com under About, Page transparency",
                     page);
}

// False: no word we know.
static bool add_privacy(struct str *form, const char *word)
{
    static const struct {
        const char *word, *value;
    } rows[] = {
        {"everyone", "{\"value\":\"EVERYONE\"}"},
        {"friends", "{\"value\":\"ALL_FRIENDS\"}"},
        {"self", "{\"value\":\"SELF\"}"},
    };
    for (size_t i = 0; word && i < COUNT(rows); i++)
        if (str_same(rows[i].word, word)) {
            http_form_add(form, "privacy", rows[i].value);
            return true;
        }
    return !word;
}

static int create_form(struct str *form, const struct live_video_params *p, struct err *e)
{
    struct str text;
    str_init(&text, FORM_MAX);
    live_video_title(&text, p->title ? p->title : "");
    http_form_add(form, "status", p->start_utc_s ? "SCHEDULED_UNPUBLISHED" : "LIVE_NOW");
    http_form_add(form, "title", text.p);
    if (p->description)
        http_form_add(form, "description", p->description);
    bool known = add_privacy(form, p->privacy);
    str_clear(&text);
    str_addf(&text, "{\"start_time\":%lld}", (long long)p->start_utc_s);
    if (p->start_utc_s)
        http_form_add(form, "event_params", text.p);
    // our RTMP library says deleteStream at each close, also before it connects again
    http_form_add(form, "stop_on_delete_stream", "false");
    str_done(&text);
    if (!known)
        return err_input(e, "facebook: privacy \"%s\": write everyone, friends or self",
                         p->privacy);
    return form->over ? err_input(e, "facebook: the description is too long") : 0;
}

int live_video_create(const struct graph_api *g, struct arena *a, const struct live_video_params *p,
                      struct live_video *ret, struct graph_answer *answer, struct err *e)
{
    struct str form;
    *ret = (struct live_video){0};
    *answer = (struct graph_answer){.kind = GRAPH_STOP};
    str_init(&form, FORM_MAX);
    int r = page_check(p->page, e);
    if (r >= 0)
        r = create_form(&form, p, e);
    if (r >= 0) {
        const char *path = arena_printf(a, "%s/live_videos", page_of(p->page));
        r = graph_ask(g, &(struct graph_call){.path = path, .form = form.p}, answer, e);
        if (r >= 0)
            video_read(g, a, answer->json, ret);
        if (r >= 0 && !ret->id)
            r = no_id(answer, e);
    }
    str_done(&form);
    return r < 0 ? r : 0;
}

int live_video_get(const struct graph_api *g, struct arena *a, const char *id,
                   const struct graph_patience *p, struct live_video *ret,
                   struct graph_answer *answer, struct err *e)
{
    int r = graph_insist(g, &(struct graph_call){.path = id, .fields = WATCHED}, p, answer, e);
    if (r >= 0) {
        video_read(g, a, answer->json, ret);
        r = ret->id ? 0 : no_id(answer, e);
    }
    return r;
}

int live_video_list(const struct graph_api *g, struct arena *a, const char *page,
                    const struct graph_patience *p, struct live_video **ret, size_t *ret_n,
                    struct graph_answer *answer, struct err *e)
{
    *answer = (struct graph_answer){.kind = GRAPH_STOP};
    int r = page_check(page, e);
    if (r < 0)
        return r;
    const char *path = arena_printf(a, "%s/live_videos", page_of(page));
    r = graph_insist(g, &(struct graph_call){.path = path, .fields = FIELDS}, p, answer, e);
    if (r < 0)
        return r;
    const struct json *data = json_get(answer->json, "data");
    size_t n = 0;
    *ret = arena_array(a, struct live_video, json_count(data) + 1);
    for (size_t i = 0; i < json_count(data) && n < LISTED; i++) {
        video_read(g, a, json_at(data, i), *ret + n);
        n += (*ret)[n].id != NULL;
    }
    *ret_n = n;
    return data ? 0 : no_id(answer, e);
}

static int set(const struct graph_api *g, const char *id, const char *key, const char *value,
               const struct graph_patience *p, struct graph_answer *answer, struct err *e)
{
    struct str form;
    str_init(&form, STR_MAX);
    http_form_add(&form, key, value);
    int r = graph_insist(g, &(struct graph_call){.path = id, .form = form.p}, p, answer, e);
    str_done(&form);
    return r;
}

int live_video_start(const struct graph_api *g, const char *id, const struct graph_patience *p,
                     struct err *e)
{
    struct graph_answer answer;
    int r = set(g, id, "status", "LIVE_NOW", p, &answer, e);
    graph_answer_done(&answer);
    return r;
}

int live_video_retitle(const struct graph_api *g, const char *id, const char *title,
                       const struct graph_patience *p, struct err *e)
{
    struct graph_answer answer;
    struct str text;
    str_init(&text, STR_MAX);
    live_video_title(&text, title);
    int r = set(g, id, "title", text.p, p, &answer, e);
    graph_answer_done(&answer);
    str_done(&text);
    return r;
}

static bool listed(const char *const *words, size_t n, const char *word)
{
    for (size_t i = 0; word && i < n; i++)
        if (str_same(words[i], word))
            return true;
    return false;
}

bool live_video_is_over(const char *status)
{
    static const char *const over[] = {"LIVE_STOPPED", "PROCESSING", "VOD", "SCHEDULED_CANCELED",
                                       "SCHEDULED_EXPIRED"};
    return listed(over, COUNT(over), status);
}

bool live_video_is_waiting(const char *status)
{
    static const char *const waiting[] = {"UNPUBLISHED", "SCHEDULED_UNPUBLISHED", "SCHEDULED_LIVE"};
    return listed(waiting, COUNT(waiting), status);
}

// Facebook refuses to end what has ended; code 100/33 says "not there, or not for this token". A
// token that is the Page's own may see all that the Page has, so then it is not there.
static bool is_over(const struct graph_api *g, const char *id, const char *page,
                    const struct graph_patience *p)
{
    struct arena a = {0};
    struct live_video video;
    struct graph_answer answer, me = {0};
    bool over = live_video_get(g, &a, id, p, &video, &answer, NULL) >= 0
                    ? live_video_is_over(video.status)
                    : answer.kind == GRAPH_GONE;
    if (!over && answer.code == 100 && answer.subcode == 33) {
        struct graph_call ask = {.path = "me", .fields = "id,category"};
        over = graph_insist(g, &ask, p, &me, NULL) >= 0 && json_text(me.json, "category") &&
               (!graph_id_is(page) || str_same(json_text(me.json, "id"), page));
        graph_answer_done(&me);
    }
    graph_answer_done(&answer);
    arena_done(&a);
    return over;
}

int live_video_end(const struct graph_api *g, const char *id, const char *page,
                   const struct graph_patience *p, struct err *e)
{
    struct graph_answer answer;
    int r = set(g, id, "end_live_video", "true", p, &answer, e);
    bool refused = answer.kind == GRAPH_STOP && answer.code != 0;
    if (answer.kind == GRAPH_GONE || (r < 0 && refused && is_over(g, id, page, p)))
        r = 0;
    graph_answer_done(&answer);
    return r;
}
