// SPDX-License-Identifier: GPL-3.0-or-later
// A chain of small machines: packets -> frames -> the frame's place on the clock -> planes. What is
// missing in front of a frame is handed out as silence before it; `frame` waits meanwhile.
#include "media/source.h"
#include "base/arena.h"
#include "base/err.h"
#include "media/av.h"
#include "media/claim.h"
#include "media/damage.h"
#include "media/input.h"
#include "media/planes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SILENCE_FRAMES = 8192,
    READ_ERRORS = 8, // so many in a row, and the rest of the file is given up
    JUNK_MAX = 64 << 10,
    AMR_FRAME_MS = 20,
};

static const tick jump = TICKS_PER_SEC / 25; // 40 ms
static const tick jitter =
    TICKS_PER_SEC / 125; // 8 ms: a step smaller than that is rounding or drift
static const tick overlap_max = TICKS_PER_SEC; // a longer one is a clock that started again
static const tick complaint_lasts = 10 * TICKS_PER_SEC;
static const tick start_min = TICKS_PER_SEC / 100;

struct source {
    struct input in;
    AVPacket *packet; // may hold frames that are still to be sent
    AVPacket *piece;
    AVFrame *frame;
    bool tolerate, draining, ended, frame_waits, finished;
    int read_errors;
    struct source_facts facts;

    // the clock; positions are of the file, `given` are samples handed out
    int64_t given;
    tick zero;       // time stamp of position 0; TICK_NONE until the first frame
    tick previous;   // where the last frame ended by its time stamps; TICK_NONE
    int64_t silence; // to be handed out in front of `frame`
    int64_t cut;     // to be dropped from the front of `frame`

    // decode errors since the last good frame
    int errors;
    tick errors_from;           // time stamp of the first; TICK_NONE
    int complaints;             // of the demuxer, so far
    tick complained;            // where the last one was; TICK_NONE
    int64_t sent_pts, sent_end; // of the last packet: time stamp, byte behind it
    int64_t good_end;           // sent_end when the last frame came; -1

    struct planes planes;
};

static tick position(const struct source *s)
{
    return tick_from_samples(s->given + s->silence, s->facts.sample_rate);
}

void source_close(struct source *s)
{
    if (!s)
        return;
    av_packet_free(&s->packet);
    av_packet_free(&s->piece);
    av_frame_free(&s->frame);
    input_close(&s->in);
    planes_done(&s->planes);
    free(s);
}

int source_open(const struct source_params *p, struct source **ret, struct err *e)
{
    struct source *s = mem_alloc(sizeof(*s));
    int r;

    s->tolerate = p->tolerate_damage;
    s->zero = s->previous = s->errors_from = s->complained = s->facts.zero = TICK_NONE;
    s->sent_pts = AV_NOPTS_VALUE;
    s->sent_end = s->good_end = -1;
    r = input_open(p, &s->in, &s->facts, e);
    if (r >= 0) {
        s->packet = av_packet_alloc();
        s->piece = av_packet_alloc();
        s->frame = av_frame_alloc();
        if (!s->packet || !s->piece || !s->frame)
            r = libav_error(e, AVERROR(ENOMEM), p->path);
    }
    if (r < 0) {
        source_close(s);
        return r;
    }
    s->planes.sample_rate = s->facts.sample_rate;
    s->planes.channels = s->facts.channels;
    *ret = s;
    return 0;
}

void source_facts(const struct source *s, struct source_facts *ret)
{
    *ret = s->facts;
}

// ---- packets and frames

static void note_error(struct source *s, int64_t pts)
{
    if (!s->errors++)
        s->errors_from = libav_tick(pts, s->in.stream->time_base);
}

// Decode errors become a fault once it is known what came after them.
static void flush_errors(struct source *s, tick lost)
{
    struct source_fault fault = {.at = position(s), .lost = lost, .count = s->errors};

    if (!s->errors)
        return;
    libav_log_take(&s->in.log, fault.text, sizeof(fault.text));
    if (!fault.text[0])
        snprintf(fault.text, sizeof(fault.text), "sound that cannot be read");
    damage_note(&s->facts, &fault);
    s->errors = 0;
    s->errors_from = TICK_NONE;
}

static int read_packet(struct source *s, struct err *e)
{
    for (;;) {
        int r = av_read_frame(s->in.format, s->packet);
        if (r < 0 && s->in.io->error < 0 && s->in.io->error != AVERROR_EOF)
            return libav_error(e, s->in.io->error, s->in.path); // the disk, not the recording
        if (r == AVERROR_EOF || (r < 0 && ++s->read_errors >= READ_ERRORS)) {
            s->in.ended_early = s->in.ended_early || r != AVERROR_EOF;
            return 0;
        }
        if (r < 0)
            continue;
        s->read_errors = 0;
        input_saw(&s->in, s->packet);
        if (s->packet->stream_index == s->in.stream->index)
            return 1;
        av_packet_unref(s->packet);
    }
}

static int send(struct source *s, const AVPacket *packet, struct err *e)
{
    int r = avcodec_send_packet(s->in.codec, packet);

    if (r == AVERROR(ENOMEM))
        return libav_error(e, r, s->in.path);
    if (r < 0)
        note_error(s, packet->pts);
    s->sent_pts = packet->pts;
    s->sent_end = packet->pos >= 0 ? packet->pos + packet->size : -1;
    return 0;
}

// Takes the first frame off s->packet and sends it.
static int send_piece(struct source *s, struct err *e)
{
    AVPacket *p = s->packet;
    int n = input_first_frame(&s->in, p), r;

    r = av_packet_ref(s->piece, p);
    if (r < 0)
        return libav_error(e, r, s->in.path);
    s->piece->size = n;
    r = send(s, s->piece, e);
    av_packet_unref(s->piece);
    p->data += n;
    p->size -= n;
    if (p->pts != AV_NOPTS_VALUE)
        p->pts += av_rescale_q(AMR_FRAME_MS, (AVRational){1, 1000}, s->in.stream->time_base);
    if (p->size <= 0)
        av_packet_unref(p);
    return r;
}

// Gives the decoder one packet, or the end.
static int feed(struct source *s, struct err *e)
{
    int r;

    if (s->packet->size)
        return send_piece(s, e);
    r = read_packet(s, e);
    if (r < 0)
        return r;
    if (r == 0) {
        s->draining = true;
        r = avcodec_send_packet(s->in.codec, NULL);
        return r < 0 && r != AVERROR_EOF ? libav_error(e, r, s->in.path) : 0;
    }
    if (s->packet->flags & AV_PKT_FLAG_CORRUPT) {
        if (avio_feof(s->in.io))
            s->in.ended_early = true; // shorter than it should be; what is there may do
        else
            note_error(s, s->packet->pts);
    }
    if (!s->packet->size) {
        av_packet_unref(s->packet);
        return 0;
    }
    return send_piece(s, e);
}

// 1: s->frame holds sound; 0: the end.
static int next_frame(struct source *s, struct err *e)
{
    while (!s->ended) {
        int r = avcodec_receive_frame(s->in.codec, s->frame);
        if (r == 0 && s->frame->nb_samples > 0) {
            if (s->frame->flags & AV_FRAME_FLAG_CORRUPT || s->frame->decode_error_flags)
                note_error(s, s->frame->pts);
            s->good_end = s->sent_end;
            return 1;
        }
        if (r == 0)
            continue;
        if (r == AVERROR_EOF || (r < 0 && s->draining && r != AVERROR(EAGAIN))) {
            s->ended = true;
            break;
        }
        if (r != AVERROR(EAGAIN))
            note_error(s, s->sent_pts);
        r = feed(s, e);
        if (r < 0)
            return r;
    }
    return 0;
}

// ---- the clock

static void start_clock(struct source *s, tick at)
{
    tick from =
        s->errors && s->errors_from != TICK_NONE && s->errors_from < at ? s->errors_from : at;
    tick lead;

    // Sound alone starts where it starts; beside a picture both have one beginning.
    s->zero = from;
    if (s->in.picture_start != TICK_NONE && s->in.picture_start < from &&
        from - s->in.picture_start < LIBAV_BELIEVABLE)
        s->zero = s->in.picture_start;
    lead = from - s->zero;
    if (lead < start_min) {
        s->zero = from;
        lead = 0;
    }
    s->facts.starts = lead;
    s->facts.zero = s->zero;
    s->silence = tick_to_samples(lead, s->facts.sample_rate);
}

static void note_jump(struct source *s, tick lost, const char *text)
{
    struct source_fault fault = {.at = position(s), .lost = lost};

    snprintf(fault.text, sizeof(fault.text), "%s", text);
    damage_note(&s->facts, &fault);
}

// A gap that the demuxer complained about shortly before (it reads ahead) is a loss, one it is
// silent about is a pause.
static bool complained(struct source *s)
{
    int n = libav_log_complaints(&s->in.log);

    if (n > s->complaints)
        s->complained = position(s);
    s->complaints = n;
    return s->complained != TICK_NONE && position(s) - s->complained < complaint_lasts;
}

static void fill_gap(struct source *s, tick missing, bool complaint)
{
    if (!s->errors && complaint)
        note_error(s, AV_NOPTS_VALUE);
    if (s->errors)
        flush_errors(s, missing);
    else
        note_jump(s, missing, "no sound is recorded here, silence stands in its place");
    s->silence += tick_to_samples(missing, s->facts.sample_rate);
}

// Where the frame lies tells what is missing in front of it or what of it is there already.
static void place(struct source *s)
{
    const AVFrame *f = s->frame;
    int64_t pts = f->pts != AV_NOPTS_VALUE ? f->pts : f->best_effort_timestamp;
    tick at = libav_tick(pts, s->in.stream->time_base), off, step;
    bool complaint = complained(s) || s->in.no_pauses;

    s->silence = s->cut = 0;
    if (at == TICK_NONE) {
        flush_errors(s, 0);
        return;
    }
    if (s->zero == TICK_NONE)
        start_clock(s, at);
    off = at - s->zero - position(s);
    step = s->previous == TICK_NONE ? off : at - s->previous;
    if (off > LIBAV_BELIEVABLE || off < -overlap_max) {
        note_jump(s, 0, "the time stamps jump and are not believed from here on");
        s->zero += off;
    } else if (step > jitter && (off > jump || (s->errors && off > 0))) {
        fill_gap(s, off, complaint);
    } else if (step < -jitter && off < -jump) {
        note_jump(s, 0, "sound overlaps by its time stamps and was cut");
        s->cut = tick_to_samples(-off, f->sample_rate);
    }
    flush_errors(s, 0);
    s->previous = at + tick_from_samples(f->nb_samples, f->sample_rate);
}

// ---- samples

static int deliver_frame(struct source *s, size_t *ret_frames, struct err *e)
{
    struct source_fault fault = {
        .at = position(s), .count = 1, .text = "samples that are no numbers"};
    bool changed;
    int r = planes_take(&s->planes, s->frame, (size_t)s->cut, ret_frames, &changed, e);

    if (r >= 0)
        r = planes_mend(&s->planes, *ret_frames, e);
    if (r < 0)
        return err_wrap(e, "%s", s->in.path);
    if (r > 0)
        damage_note(&s->facts, &fault);
    if (changed)
        note_jump(s, 0, "the sound changes its rate or channels here");
    s->frame_waits = false;
    return 0;
}

static int deliver_silence(struct source *s, size_t *ret_frames, struct err *e)
{
    size_t frames = s->silence < SILENCE_FRAMES ? (size_t)s->silence : SILENCE_FRAMES;
    int r = planes_silence(&s->planes, frames, e);

    if (r < 0)
        return err_wrap(e, "%s", s->in.path);
    s->silence -= (int64_t)frames;
    *ret_frames = frames;
    return 0;
}

// ---- the end

// Bytes behind the last sound are a tag or junk; many of them are sound that was overwritten.
static bool rest_is_lost(const struct source *s)
{
    int64_t rest = s->in.size - s->good_end;

    return s->good_end > 0 && rest > JUNK_MAX && rest > s->in.size / 20;
}

// Where no length is claimed, only the bytes tell.
static void judge_bytes(struct source *s, bool errors)
{
    struct source_facts *f = &s->facts;

    f->incomplete = s->in.claim.cut || (s->in.fragmented && s->in.ended_early) ||
                    (s->in.fragmented && !f->has_picture && rest_is_lost(s));
    if (s->in.raw && errors && rest_is_lost(s)) {
        f->claimed = (tick)((double)f->length / (double)s->good_end * (double)s->in.size);
        f->truncated = true;
    }
}

// Without time stamps only the length tells what errors in the middle have cost.
static void count_unseen(struct source *s, tick missing)
{
    const struct source_fault *first = &s->facts.faults[0];
    bool middle = s->facts.num_faults && first->count && first->at < s->facts.length - jump;

    if (s->in.raw && s->in.claim.exact && middle && missing > 0)
        s->facts.lost += missing;
}

static void judge_claim(struct source *s, bool errors)
{
    struct source_facts *f = &s->facts;
    tick slack = f->claimed / 100 > TICKS_PER_SEC / 2 ? f->claimed / 100 : TICKS_PER_SEC / 2;
    tick reached = f->length;
    tick start = libav_tick(s->in.stream->start_time, s->in.stream->time_base);

    if (s->in.claims_track && s->zero != TICK_NONE && start != TICK_NONE)
        f->claimed += start - s->zero;
    // The claim of a whole file is met where the picture goes on for so long.
    if (!s->in.claims_track && s->in.last_seen != TICK_NONE && s->zero != TICK_NONE &&
        s->in.last_seen - s->zero > reached)
        reached = s->in.last_seen - s->zero;
    f->truncated =
        f->claimed - reached > slack && (s->in.claim.exact || s->in.claim.cut || errors ||
                                         s->in.ended_early || input_index_cut(&s->in));
    if (!f->truncated)
        count_unseen(s, f->claimed - reached);
}

static void finish(struct source *s)
{
    struct source_facts *f = &s->facts;
    bool errors = s->errors > 0;

    f->frames = s->given;
    f->length = tick_from_samples(s->given, f->sample_rate);
    flush_errors(s, 0);
    if (s->in.claim.length != TICK_NONE)
        f->claimed = s->in.claim.length;
    if (f->claimed != TICK_NONE)
        judge_claim(s, errors);
    if (f->claimed == TICK_NONE || (s->in.open_ended && !f->truncated))
        judge_bytes(s, errors);
}

int source_read(struct source *s, const float *const **ret_planes, size_t *ret_frames,
                struct err *e)
{
    char damage[SOURCE_DAMAGE_TEXT];
    int r = 0;

    *ret_planes = s->planes.at;
    *ret_frames = 0;
    while (r == 0 && *ret_frames == 0 && !(s->ended && !s->frame_waits)) {
        if (!s->frame_waits) {
            r = next_frame(s, e);
            if (r <= 0)
                break;
            s->frame_waits = true;
            place(s);
        }
        r = s->silence ? deliver_silence(s, ret_frames, e) : deliver_frame(s, ret_frames, e);
    }
    if (r < 0)
        return r;
    s->given += (int64_t)*ret_frames;
    if (s->given / s->facts.sample_rate >= RECORDING_MAX_S)
        return err_input(e, "%s: longer than %d hours", s->in.path, RECORDING_MAX_S / 3600);
    if (*ret_frames)
        return 1;
    if (!s->finished)
        finish(s);
    s->finished = true;
    if (!s->tolerate && source_damage(&s->facts, damage))
        return err_input(e, "%s: damaged: %s", s->in.path, damage);
    return 0;
}
