// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/parts.h"

#include "base/arena.h"
#include "base/fs.h"
#include "base/str.h"
#include "base/workers.h"
#include "live/outlets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const double gop_s = 2;   // Facebook's
static const double merge_s = 1; // a stream that stands still is not waited for longer
static const double endpoint_queue_s = 10, file_queue_s = 30;

static void endpoint_changed(void *ctx, const char *name, enum endpoint_state state,
                             const char *why)
{
    telling_event(ctx, "endpoint", name, endpoint_states[state], why);
}

static void intake_changed(void *ctx, const char *name, enum intake_state state, const char *text)
{
    telling_event(ctx, "source", name, intake_states[state], text);
}

// ---- encoders and feeds: one for all that are alike

static int picture_encoder(struct relay *r, struct encoder **ret, struct err *e)
{
    const struct json *p = json_get(r->job, "picture");
    struct encoder_picture ep = {
        .width = r->width,
        .height = r->height,
        .rate_num = r->rate_num,
        .rate_den = r->rate_den,
        .bitrate_kbps = (int)json_int(p, "bitrate_kbps", 3000),
        .speed = json_text_or(p, "speed", "veryfast"),
        .gop_s = gop_s,
        .threads = workers_cpus(),
    };
    return encoder_picture(&ep, ret, e);
}

// codec "h264" is the picture's.
static int encoder_for(struct relay *r, const char *codec, int kbps, struct encoder **ret,
                       struct err *e)
{
    for (size_t i = 0; i < r->num_encoders; i++)
        if (str_same(r->encoders[i].codec, codec) && r->encoders[i].kbps == kbps) {
            *ret = r->encoders[i].encoder;
            return 0;
        }
    if (r->num_encoders == RELAY_ENCODERS)
        return err_input(e, "more than %d different formats at once", RELAY_ENCODERS);
    bool picture = str_same(codec, "h264");
    struct encoder_sound es = {codec, SAMPLE_RATE, kbps};
    int c = picture ? picture_encoder(r, ret, e) : encoder_sound(&es, ret, e);
    if (c < 0)
        return c;
    r->program_encoders[r->num_encoders] = *ret;
    r->encodes_picture[r->num_encoders] = picture;
    r->encoders[r->num_encoders++] = (struct relay_encoder){codec, kbps, *ret};
    return 0;
}

static int feed_for(struct relay *r, bool picture, const char *codec, int kbps,
                    struct relay_feed **ret, struct err *e)
{
    const char *name =
        arena_printf(&r->arena, "%s%s %d kbit/s", picture ? "h264+" : "", codec, kbps);
    for (size_t i = 0; i < r->num_feeds; i++)
        if (str_same(r->feeds[i].feed.name, name)) {
            *ret = &r->feeds[i];
            return 0;
        }
    if (r->num_feeds == RELAY_FEEDS)
        return err_input(e, "more than %d different formats at once", RELAY_FEEDS);
    struct relay_feed *f = &r->feeds[r->num_feeds];
    struct encoder *sound, *film = NULL;
    int c = encoder_for(r, codec, kbps, &sound, e);
    if (c >= 0 && picture)
        c = encoder_for(r, "h264", 0, &film, e);
    if (c < 0)
        return c;
    f->feed = (struct feed){.name = name, .bitrate_kbps = kbps};
    f->feed.codec[FEED_AUDIO] = encoder_codec(sound);
    f->feed.codec[FEED_VIDEO] = film ? encoder_codec(film) : NULL;
    f->out = outfeed_new(&f->feed, merge_s);
    encoder_feed(sound, f->out);
    if (film) {
        encoder_feed(film, f->out);
        f->feed.bitrate_kbps += json_number(json_get(r->job, "picture"), "bitrate_kbps", 3000);
    }
    r->num_feeds++;
    *ret = f;
    return 0;
}

// ---- endpoints

static int add_endpoint(struct relay *r, const char *name, const struct relay_feed *f,
                        const struct outlet *outlet, void *ctx, double queue_s,
                        struct relay_endpoint **ret, struct err *e)
{
    struct relay_endpoint *to = &r->endpoints[r->num_endpoints];
    *to = (struct relay_endpoint){.name = name, .outlet = outlet, .ctx = ctx};
    struct endpoint_params ep = {
        .name = name,
        .outlet = outlet,
        .ctx = ctx,
        .feed = &f->feed,
        .queue_s = queue_s,
        .seed = (unsigned)r->started_utc_s + (unsigned)r->num_endpoints,
        .changed = endpoint_changed,
        .changed_ctx = r,
    };
    int c = endpoint_start(&ep, &to->endpoint, e);
    if (c < 0) {
        outlet->free(ctx);
        return c;
    }
    r->num_endpoints++;
    outfeed_add(f->out, to->endpoint);
    *ret = to;
    return 0;
}

static int add_endpoints(struct relay *r, struct err *e)
{
    const struct json *list = json_get(r->job, "endpoints");
    r->endpoints = arena_array(&r->arena, struct relay_endpoint, json_count(list) + 1);
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *o = json_at(list, i);
        struct outlet_made made;
        struct relay_feed *f;
        struct relay_endpoint *to;
        int c = outlets_make(&r->arena, o, r->job, r->p->redactor, &made, e);
        if (c < 0)
            return err_wrap(e, "%s", json_text_or(o, "name", ""));
        bool picture = made.wants_picture && r->width;
        if (made.wants_picture && !r->width && made.needs_picture)
            c = err_input(e, "%s: needs a picture", json_text_or(o, "name", ""));
        if (c >= 0)
            c = feed_for(r, picture, made.codec, made.kbps, &f, e);
        if (c < 0) {
            made.outlet->free(made.ctx);
            return c;
        }
        c = add_endpoint(r, json_text_or(o, "name", ""), f, made.outlet, made.ctx, endpoint_queue_s,
                         &to, e);
        if (c < 0)
            return c;
        to->more = made.more;
        to->title = made.title;
    }
    return 0;
}

static int add_aired(struct relay *r, struct err *e)
{
    if (!json_bool(json_get(r->job, "record"), "aired", true))
        return 0;
    struct relay_feed *f;
    struct relay_endpoint *to;
    int c = feed_for(r, r->width, "aac", 128, &f, e);
    if (c < 0)
        return c;
    const char *path = fs_join(&r->arena, json_text_or(r->job, "folder", "."), "aired.mkv");
    r->aired = muxer_new(&(struct muxer_params){MUXER_FILE, path, NULL, NULL});
    return add_endpoint(r, "recording", f, muxer_outlet(MUXER_FILE), r->aired, file_queue_s, &to,
                        e);
}

// ---- sources

static int add_source(struct relay *r, const struct json *o, struct err *e)
{
    if (r->num_intakes == RELAY_SOURCES)
        return err_input(e, "more than %d sources", RELAY_SOURCES);
    bool first = r->num_intakes == 0;
    const char *name =
        arena_strdup(&r->arena, json_text_or(o, "name", first ? "source" : "backup"));
    struct intake_params ip = {
        .name = name,
        .inlet = {.url = json_text_or(o, "url", ""),
                  .format = json_text_or(o, "format", ""),
                  .listen = json_bool(o, "listen", false),
                  .secret = json_text(o, "secret"),
                  .ca_file = json_text(o, "ca_file"),
                  .width = r->width,
                  .height = r->height,
                  .rate_num = r->rate_num,
                  .rate_den = r->rate_den,
                  .sample_rate = SAMPLE_RATE},
        .threads = 1,
        .recorder = first ? r->recorder : NULL,
        .changed = intake_changed,
        .changed_ctx = r,
    };
    int c = intake_start(&ip, &r->intakes[r->num_intakes], e);
    if (c < 0)
        return c;
    r->source_names[r->num_intakes++] = name;
    return 0;
}

// ---- all of it

static void read_picture(struct relay *r)
{
    const struct json *p = json_get(r->job, "picture");
    r->width = (int)json_int(p, "width", 0);
    r->height = (int)json_int(p, "height", 0);
    r->rate_num = (int)json_int(p, "rate_num", 25);
    r->rate_den = (int)json_int(p, "rate_den", 1);
}

static int make_sound(struct relay *r, struct err *e)
{
    const struct json *l = json_get(r->job, "loudness");
    r->ride = ride_new(&(struct ride_params){
        .sample_rate = SAMPLE_RATE,
        .channels = 2,
        .target_lufs = json_number(l, "target_lufs", -16),
        .ceiling_dbtp = json_number(l, "ceiling_dbtp", -1.5),
        .start_gain_db = json_number(l, "start_gain_db", 0),
    });
    return r->ride ? 0 : err_input(e, "loudness: out of range");
}

static int make_slates(struct relay *r, struct err *e)
{
    const struct json *s = json_get(r->job, "slate");
    int c = slatesound_open(json_text_or(s, "sound", ""), SAMPLE_RATE, 2, &r->slatesound, e);
    if (c >= 0 && r->width)
        c = slate_new(r->width, r->height, json_text_or(s, "image", ""), &r->slate, e);
    if (c >= 0 && r->width)
        c = slate_new(r->width, r->height, json_text_or(r->job, "card", ""), &r->card, e);
    return c;
}

static double elapsed_s(void *ctx)
{
    struct relay *r = ctx;
    struct program_state s = {0};
    if (r->program)
        program_state(r->program, &s);
    return s.elapsed_s;
}

int wiring_make(struct relay *r, struct err *e)
{
    const char *folder = json_text_or(r->job, "folder", ".");
    read_picture(r);
    int c = fs_mkdirs(folder, e);
    if (c >= 0)
        c = make_sound(r, e);
    if (c >= 0)
        c = make_slates(r, e);
    if (c >= 0)
        c = add_endpoints(r, e);
    if (c >= 0)
        c = add_aired(r, e);
    if (c >= 0 && json_bool(json_get(r->job, "record"), "received", true))
        r->recorder = recorder_new(&(struct recorder_params){fs_join(&r->arena, folder, "received"),
                                                             file_queue_s, elapsed_s, r});
    for (size_t i = 0; c >= 0 && i < r->num_encoders; i++)
        c = encoder_begin(r->encoders[i].encoder, e);
    return c;
}

int wiring_start(struct relay *r, struct err *e)
{
    const struct json *sources = json_get(r->job, "sources");
    int c = 0;
    for (size_t i = 0; c >= 0 && i < json_count(sources); i++)
        c = add_source(r, json_at(sources, i), e);
    if (c < 0)
        return c;
    struct program_params pp = {
        .intakes = r->intakes,
        .names = r->source_names,
        .num_intakes = r->num_intakes,
        .width = r->width,
        .height = r->height,
        .rate_num = r->rate_num,
        .rate_den = r->rate_den,
        .sample_rate = SAMPLE_RATE,
        .slate = r->slate,
        .card = r->card,
        .slatesound = r->slatesound,
        .ride = r->ride,
        .encoders = r->program_encoders,
        .encodes_picture = r->encodes_picture,
        .num_encoders = r->num_encoders,
        .changed = NULL,
        .ctx = r,
    };
    return program_start(&pp, &r->program, e);
}

void wiring_stop(struct relay *r, double grace_s)
{
    if (r->program)
        program_stop(r->program);
    for (size_t i = 0; i < r->num_encoders; i++)
        encoder_finish(r->encoders[i].encoder);
    for (size_t i = 0; i < r->num_endpoints; i++)
        endpoint_finish(r->endpoints[i].endpoint, grace_s);
    for (size_t i = 0; i < r->num_intakes; i++) {
        intake_free(r->intakes[i]);
        r->intakes[i] = NULL;
    }
    for (size_t i = 0; i < r->num_endpoints; i++)
        endpoint_wait(r->endpoints[i].endpoint);
}

void wiring_free(struct relay *r)
{
    program_free(r->program);
    for (size_t i = 0; i < r->num_intakes; i++)
        intake_free(r->intakes[i]);
    for (size_t i = 0; i < r->num_encoders; i++)
        encoder_free(r->encoders[i].encoder);
    for (size_t i = 0; i < r->num_endpoints; i++)
        endpoint_free(r->endpoints[i].endpoint);
    for (size_t i = 0; i < r->num_feeds; i++)
        outfeed_free(r->feeds[i].out);
    recorder_free(r->recorder);
    slate_free(r->slate);
    slate_free(r->card);
    slatesound_close(r->slatesound);
    ride_free(r->ride);
}
