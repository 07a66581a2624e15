// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/hlslist.h"

#include "base/arena.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// EXT-X-VERSION: what each kind of playlist needs at least.
enum { VERSION_FRACTIONS = 3, VERSION_IFRAMES = 5, VERSION_MAP = 6 };
enum { FIRST_RATE = 2000000 }; // bits a second

#define TICKS_PER_10_US (TICKS_PER_SEC / 100000)

static tick piece_end(const struct hls_track *t, size_t i)
{
    return i + 1 < t->count ? t->pieces[i + 1].start : t->end;
}

int hlslist_target(const struct hls_track *t)
{
    tick longest = TICKS_PER_SEC;
    for (size_t i = 0; i < t->count; i++) {
        tick length = piece_end(t, i) - t->pieces[i].start;
        longest = length > longest ? length : longest;
    }
    return (int)((longest + TICKS_PER_SEC / 2) / TICKS_PER_SEC);
}

static int64_t rate_of(int64_t bytes, tick length)
{
    return length > 0 ? (int64_t)ceil((double)bytes * 8 / tick_to_s(length)) : 0;
}

struct hls_rate hlslist_rate(const struct hls_track *t, int target)
{
    tick shortest = target * TICKS_PER_SEC / 2, longest = 3 * shortest;
    int64_t all = 0, peak = 0;
    for (size_t i = 0; i < t->count; i++) {
        int64_t bytes = 0;
        tick length = 0;
        for (size_t k = i; k < t->count && length <= longest; k++) {
            bytes += t->pieces[k].bytes;
            length = piece_end(t, k) - t->pieces[i].start;
            int64_t rate = rate_of(bytes, length);
            if (length >= shortest && length <= longest && rate > peak)
                peak = rate;
        }
        all += t->pieces[i].bytes;
    }
    int64_t average = rate_of(all, t->end);
    return (struct hls_rate){peak ? peak : average, average};
}

// ---- media playlists

// Times are rounded, not durations: however many there are, they add up to the whole.
static int64_t microseconds(tick t)
{
    return (t * 10 + TICKS_PER_10_US / 2) / TICKS_PER_10_US;
}

static void put_head(struct str *out, int version, int target)
{
    str_addf(out,
             "#EXTM3U\n#EXT-X-VERSION:%d\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:1\n"
             "#EXT-X-PLAYLIST-TYPE:VOD\n",
             version, target);
}

static void put_length(struct str *out, const struct hls_track *t, size_t i)
{
    int64_t us = microseconds(piece_end(t, i)) - microseconds(t->pieces[i].start);
    str_addf(out, "#EXTINF:%" PRId64 ".%06" PRId64 ",\n", us / 1000000, us % 1000000);
}

void hlslist_segment_name(unsigned file, const char *suffix, char ret[HLS_NAME])
{
    snprintf(ret, HLS_NAME, "%05u.%s", file, suffix);
}

static void put_name(struct str *out, unsigned file, const char *suffix)
{
    char name[HLS_NAME];
    hlslist_segment_name(file, suffix, name);
    str_addf(out, "%s\n", name);
}

void hlslist_put_media(struct str *out, const struct hls_track *t, int target, const char *suffix,
                       bool map)
{
    put_head(out, map ? VERSION_MAP : VERSION_FRACTIONS, target);
    if (map)
        str_add(out, "#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"init.mp4\"\n");
    for (size_t i = 0; i < t->count; i++) {
        put_length(out, t, i);
        put_name(out, t->pieces[i].file, suffix);
    }
    str_add(out, "#EXT-X-ENDLIST\n");
}

void hlslist_put_iframes(struct str *out, const struct hls_track *t)
{
    put_head(out, VERSION_IFRAMES, hlslist_target(t));
    str_add(out, "#EXT-X-I-FRAMES-ONLY\n#EXT-X-MAP:URI=\"init.mp4\"\n");
    for (size_t i = 0; i < t->count; i++) {
        const struct hls_piece *p = &t->pieces[i];
        put_length(out, t, i);
        str_addf(out, "#EXT-X-BYTERANGE:%" PRId64 "@%" PRId64 "\n", p->bytes, p->at);
        put_name(out, p->file, "m4s");
    }
    str_add(out, "#EXT-X-ENDLIST\n");
}

void hlslist_put_vtt(struct str *out, const struct captions *c, tick from, tick to)
{
    static const char head[] = "WEBVTT\n";
    struct captions some = {.cues = mem_alloc((c->count + 1) * sizeof *some.cues), .count = 0};
    struct str s;
    for (size_t i = 0; i < c->count; i++) {
        const struct cue *cue = &c->cues[i];
        if (cue->start < to && cue->end > from)
            some.cues[some.count++] = *cue;
    }
    str_init(&s, out->max);
    captions_write_vtt(&s, &some);
    str_add(out, head);
    str_add(out, "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n");
    if (s.len > sizeof head - 1)
        str_add(out, s.p + sizeof head - 1);
    out->over = out->over || s.over;
    str_done(&s);
    free(some.cues);
}

// ---- codecs

bool hlslist_avc(const uint8_t *avcc, size_t size, char ret[HLS_CODEC])
{
    if (size < 7 || avcc[0] != 1) // a start code: not as MP4 has it
        return false;
    snprintf(ret, HLS_CODEC, "avc1.%02x%02x%02x", avcc[1], avcc[2], avcc[3]);
    return true;
}

bool hlslist_aac(const uint8_t *config, size_t size, char ret[HLS_CODEC])
{
    enum { LC = 2, SBR = 5, PS = 29 };
    int type = size >= 2 ? config[0] >> 3 : 0;
    if (type != LC && type != SBR && type != PS)
        return false;
    snprintf(ret, HLS_CODEC, "mp4a.40.%d", type);
    return true;
}

// ---- the master playlist

// A quoted string has no way to hold a quotation mark, nor a line's end.
static void put_quoted(struct str *out, const char *key, const char *text)
{
    str_addf(out, ",%s=\"", key);
    for (const char *p = text; *p; p++) {
        if (*p == '"')
            str_addc(out, '\'');
        else
            str_addc(out, (unsigned char)*p < ' ' || *p == 0x7f ? ' ' : *p);
    }
    str_addc(out, '"');
}

static void put_rates(struct str *out, struct hls_rate a, struct hls_rate b, struct hls_rate c)
{
    str_addf(out, "BANDWIDTH=%" PRId64 ",AVERAGE-BANDWIDTH=%" PRId64, a.peak + b.peak + c.peak,
             a.average + b.average + c.average);
}

static const char *yes(bool is)
{
    return is ? "YES" : "NO";
}

static void put_voice(struct str *out, const struct hls_voice *v)
{
    str_add(out, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\"");
    put_quoted(out, "NAME", v->name);
    put_quoted(out, "LANGUAGE", v->language);
    str_addf(out, ",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"%d\"", v->channels);
    put_quoted(out, "URI", v->uri);
    str_addc(out, '\n');
}

// Captions in the language that is spoken are what people read who do not hear.
static void put_words(struct str *out, const struct hls_words *w, const struct hls_voice *v)
{
    str_add(out, "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"text\"");
    put_quoted(out, "NAME", w->name);
    put_quoted(out, "LANGUAGE", w->language);
    str_addf(out, ",DEFAULT=%s,AUTOSELECT=YES,FORCED=NO", yes(w->shown));
    if (str_same(w->language, v->language))
        put_quoted(out, "CHARACTERISTICS", "public.accessibility.transcribes-spoken-dialog");
    put_quoted(out, "URI", w->uri);
    str_addc(out, '\n');
}

// Of the captions that cost most: only one is played at a time.
static struct hls_rate words_rate(const struct hls_master *m)
{
    struct hls_rate most = {0, 0};
    for (size_t i = 0; i < m->num_words; i++) {
        const struct hls_rate *r = &m->words[i].rate;
        most.peak = r->peak > most.peak ? r->peak : most.peak;
        most.average = r->average > most.average ? r->average : most.average;
    }
    return most;
}

static void put_groups(struct str *out, const struct hls_master *m, const char *uri)
{
    str_add(out, ",CLOSED-CAPTIONS=NONE,AUDIO=\"sound\"");
    if (m->num_words)
        str_add(out, ",SUBTITLES=\"text\"");
    str_addf(out, "\n%s\n", uri);
}

static void put_variant(struct str *out, const struct hls_master *m, const struct hls_picture *p)
{
    str_add(out, "#EXT-X-STREAM-INF:");
    put_rates(out, p->rate, m->voice->rate, words_rate(m));
    str_addf(out, ",CODECS=\"%s,%s\",RESOLUTION=%dx%d,FRAME-RATE=", p->codec, m->voice->codec,
             p->width, p->height);
    str_add_real(out, p->frame_rate, 3);
    put_groups(out, m, p->uri);
}

static void put_sound_alone(struct str *out, const struct hls_master *m)
{
    str_add(out, "#EXT-X-STREAM-INF:");
    put_rates(out, m->voice->rate, words_rate(m), (struct hls_rate){0, 0});
    str_addf(out, ",CODECS=\"%s\"", m->voice->codec);
    put_groups(out, m, m->voice->uri);
}

static void put_iframes(struct str *out, const struct hls_picture *p)
{
    str_add(out, "#EXT-X-I-FRAME-STREAM-INF:");
    put_rates(out, p->iframe_rate, (struct hls_rate){0, 0}, (struct hls_rate){0, 0});
    str_addf(out, ",CODECS=\"%s\",RESOLUTION=%dx%d", p->codec, p->width, p->height);
    put_quoted(out, "URI", p->iframes_uri);
    str_addc(out, '\n');
}

static size_t first_variant(const struct hls_master *m)
{
    int64_t beside = m->voice->rate.average + words_rate(m).average, nearest = INT64_MAX;
    size_t first = 0;
    for (size_t i = 0; i < m->num_pictures; i++) {
        int64_t off = llabs(m->pictures[i].rate.average + beside - FIRST_RATE);
        if (off < nearest) {
            nearest = off;
            first = i;
        }
    }
    return first;
}

void hlslist_put_master(struct str *out, const struct hls_master *m)
{
    size_t first = first_variant(m);
    str_addf(out, "#EXTM3U\n#EXT-X-VERSION:%d\n#EXT-X-INDEPENDENT-SEGMENTS\n", VERSION_MAP);
    put_voice(out, m->voice);
    for (size_t i = 0; i < m->num_words; i++)
        put_words(out, &m->words[i], m->voice);
    put_variant(out, m, &m->pictures[first]);
    for (size_t i = 0; i < m->num_pictures; i++) {
        if (i != first)
            put_variant(out, m, &m->pictures[i]);
    }
    put_sound_alone(out, m);
    for (size_t i = 0; i < m->num_pictures; i++)
        put_iframes(out, &m->pictures[i]);
}
