// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/input.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    PROBE_BYTES = 5000000,
    MAX_STREAMS = 64,
    MIN_RATE = 8000,
    MAX_RATE = 192000,
    WAV_PACKET = 65536, // libavformat's 4096 bytes cost more in calls than in samples
};

void input_close(struct input *in)
{
    avcodec_free_context(&in->codec);
    avformat_close_input(&in->format);
    avio_closep(&in->io);
    if (in->log_ready)
        libav_log_done(&in->log);
    free(in->path);
    *in = (struct input){0};
}

// ---- opening

static int check_file(struct input *in, struct err *e)
{
    struct stat st;

    if (stat(in->path, &st) < 0)
        return err_errno(e, -errno, in->path);
    if (!S_ISREG(st.st_mode))
        return err_input(e, "%s: not a file but a folder or device", in->path);
    if (st.st_size == 0)
        return err_input(e, "%s: an empty file", in->path);
    in->size = st.st_size;
    return 0;
}

// A play list or a reference inside a file could name any other file or address.
static int refuse_other_files(AVFormatContext *format, AVIOContext **io, const char *url, int flags,
                              AVDictionary **options)
{
    (void)format, (void)io, (void)url, (void)flags, (void)options;
    return AVERROR(EPERM);
}

static int not_media(struct input *in, struct err *e)
{
    static const struct {
        const char *said, *meaning;
    } rows[] = {
        {"moov atom not found", "damaged: its table of contents is missing (moov), because the "
                                "recording was cut off before it was closed; export or copy it "
                                "once more"},
        {"partial file", "damaged: cut off before any sound"},
        {"not on whitelist", "not a sound or video file but a list of other files, a picture, or a "
                             "kind that is not read here; export it as WAV, FLAC, M4A or MP4"},
    };
    char said[160];

    libav_log_take(&in->log, said, sizeof(said));
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (strstr(said, rows[i].said))
            return err_input(e, "%s: %s", in->path, rows[i].meaning);
    }
    if (said[0])
        return err_input(e, "%s: not a sound or video file that can be read (%s)", in->path, said);
    return err_input(e, "%s: not a sound or video file that can be read", in->path);
}

// One picture of 16K takes half a gigabyte to decode, and a decoder keeps several.
static int check_pictures(const struct input *in, struct err *e)
{
    for (unsigned i = 0; i < in->format->nb_streams; i++) {
        const AVCodecParameters *p = in->format->streams[i]->codecpar;
        if ((int64_t)p->width * p->height > INPUT_MAX_PIXELS)
            return err_input(e,
                             "%s: a picture of %d x %d; up to 8192 x 4608 can be used: export it "
                             "smaller",
                             in->path, p->width, p->height);
    }
    return 0;
}

static int open_format(struct input *in, struct err *e)
{
    AUTO(dict) AVDictionary *options = NULL;
    struct str url;
    int r;

    str_init(&url, 65536);
    str_addf(&url, "file:%s", in->path); // a colon in a name is no protocol
    r = avio_open2(&in->io, url.p, AVIO_FLAG_READ, NULL, NULL);
    str_done(&url);
    if (r < 0)
        return err_errno(e, r, in->path);
    in->format = avformat_alloc_context();
    if (!in->format)
        return libav_error(e, AVERROR(ENOMEM), in->path);
    in->format->pb = in->io;
    in->format->opaque = &in->log;
    in->format->io_open = refuse_other_files;
    in->format->max_streams = MAX_STREAMS;
    in->format->probesize = PROBE_BYTES;
    av_dict_set_int(&options, "max_size", WAV_PACKET, 0);
    r = libav_open_file(&in->format, in->path, &options);
    if (r < 0)
        return not_media(in, e);
    r = check_pictures(in, e); // before any of them is decoded
    if (r < 0)
        return r;
    r = avformat_find_stream_info(in->format, NULL);
    return r < 0 ? not_media(in, e) : check_pictures(in, e);
}

// ---- choosing the track

bool input_is_picture(const AVStream *st)
{
    return st->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
           !(st->disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS));
}

static int count_tracks(struct input *in, int wanted, struct source_facts *f)
{
    int found = -1;

    for (unsigned i = 0; i < in->format->nb_streams; i++) {
        const AVStream *st = in->format->streams[i];
        if (st->codecpar->codec_type == AVMEDIA_TYPE_AUDIO && f->num_sound_tracks++ == wanted)
            found = (int)i;
        if (!input_is_picture(st) || f->has_picture)
            continue;
        f->has_picture = true;
        f->width = st->codecpar->width;
        f->height = st->codecpar->height;
        in->picture_start = libav_tick(st->start_time, st->time_base);
    }
    return found;
}

static int no_decoder(const struct input *in, struct err *e)
{
    enum AVCodecID id = AV_CODEC_ID_NONE;

    for (unsigned i = 0; i < in->format->nb_streams && id == AV_CODEC_ID_NONE; i++) {
        const AVCodecParameters *p = in->format->streams[i]->codecpar;
        id = p->codec_type == AVMEDIA_TYPE_AUDIO ? p->codec_id : id;
    }
    return err_input(e, "%s: its sound (%s) cannot be decoded here; export it as WAV, FLAC or M4A",
                     in->path, avcodec_get_name(id));
}

static int choose(struct input *in, int wanted, struct source_facts *f, struct err *e)
{
    const AVCodec *codec = NULL;
    int i = count_tracks(in, wanted, f);

    if (!f->num_sound_tracks)
        return err_input(e, "%s: no sound in it", in->path);
    if (wanted >= 0 && i < 0)
        return err_input(e, "%s: no sound track %d, it has %d", in->path, wanted + 1,
                         f->num_sound_tracks);
    if (wanted < 0)
        i = av_find_best_stream(in->format, AVMEDIA_TYPE_AUDIO, -1, -1, &codec, 0);
    if (i < 0)
        return no_decoder(in, e);
    in->stream = in->format->streams[i];
    for (int k = 0; k < i; k++)
        f->sound_track += in->format->streams[k]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
    return 0;
}

static int check_sound(const struct input *in, struct err *e)
{
    const AVCodecParameters *p = in->stream->codecpar;

    if (p->codec_tag == MKTAG('d', 'r', 'm', 's') || p->codec_tag == MKTAG('e', 'n', 'c', 'a') ||
        p->codec_tag == MKTAG('a', 'a', 'v', 'd'))
        return err_input(e, "%s: protected against copying; export it without protection",
                         in->path);
    if (p->ch_layout.nb_channels < 1 || p->sample_rate < 1)
        return err_input(e, "%s: damaged: nothing of its sound (%s) can be decoded", in->path,
                         avcodec_get_name(p->codec_id));
    if (p->ch_layout.nb_channels > METER_MAX_CHANNELS)
        return err_input(e, "%s: %d channels; up to %d can be used", in->path,
                         p->ch_layout.nb_channels, METER_MAX_CHANNELS);
    if (p->codec_id == AV_CODEC_ID_FLAC && p->bits_per_raw_sample > 24 &&
        avcodec_version() < AV_VERSION_INT(60, 0, 0))
        return err_input(e, "%s: %d-bit FLAC, which cannot be decoded here; export it with 24 bits",
                         in->path, p->bits_per_raw_sample);
    if (p->sample_rate < MIN_RATE || p->sample_rate > MAX_RATE)
        return err_input(e, "%s: a sample rate of %d Hz; from %d to %d can be used", in->path,
                         p->sample_rate, MIN_RATE, MAX_RATE);
    return 0;
}

static int open_codec(struct input *in, int threads, struct err *e)
{
    const AVCodec *codec = avcodec_find_decoder(in->stream->codecpar->codec_id);
    int r;

    if (!codec)
        return no_decoder(in, e);
    in->codec = avcodec_alloc_context3(codec);
    if (!in->codec)
        return libav_error(e, AVERROR(ENOMEM), in->path);
    r = avcodec_parameters_to_context(in->codec, in->stream->codecpar);
    if (r < 0)
        return libav_error(e, r, in->path);
    in->codec->pkt_timebase = in->stream->time_base;
    in->codec->opaque = &in->log;
    // Frames that are sound on their own (FLAC, ALAC, WavPack) are decoded side by side.
    in->codec->thread_count =
        codec->capabilities & AV_CODEC_CAP_FRAME_THREADS && threads > 1 ? threads : 1;
    in->codec->thread_type = FF_THREAD_FRAME;
    if (codec->id == AV_CODEC_ID_FLAC) // without this a damaged frame is loud noise
        in->codec->err_recognition |= AV_EF_CRCCHECK | AV_EF_EXPLODE;
    r = avcodec_open2(in->codec, codec, NULL);
    if (r < 0)
        return err_input(e, "%s: damaged: its sound (%s) cannot be decoded", in->path, codec->name);
    // Phones put several AMR frames into one sample of a 3GP; the decoder sees only the first.
    in->splits = codec->id == AV_CODEC_ID_AMR_NB || codec->id == AV_CODEC_ID_AMR_WB;
    return 0;
}

// ---- what is known before decoding

static bool is_mov(const struct input *in)
{
    return strcmp(in->format->iformat->name, "mov,mp4,m4a,3gp,3g2,mj2") == 0;
}

static void first_name(char *ret, size_t size, const char *names)
{
    snprintf(ret, size, "%.*s", (int)strcspn(names, ","), names);
}

static const struct {
    const char *format; // libavformat's name
    const char *name;   // ours; NULL: the first of theirs
    const char *usual;  // extension
    const char *others;
} containers[] = {
    {"wav", NULL, "wav", "wave bwf"},
    {"w64", NULL, "w64", ""},
    {"mp3", NULL, "mp3", "mp2 mpga"},
    {"mov,mp4,m4a,3gp,3g2,mj2", "mp4", "mp4", "mov m4a m4v m4b 3gp 3g2 qt"},
    {"matroska,webm", NULL, "mkv", "mka webm"},
    {"ogg", NULL, "ogg", "oga opus ogv spx"},
    {"flac", NULL, "flac", ""},
    {"aiff", NULL, "aiff", "aif aifc"},
    {"aac", "adts", "aac", ""},
    {"amr", NULL, "amr", ""},
    {"avi", NULL, "avi", ""},
    {"mpegts", NULL, "ts", "mts m2ts"},
    {"mpeg", NULL, "mpg", "mpeg vob"},
    {"asf", NULL, "wma", "wmv asf"},
    {"flv", NULL, "flv", ""},
    {"caf", NULL, "caf", ""},
    {"mxf", NULL, "mxf", ""},
};

static bool has_word(const char *words, const char *word)
{
    size_t n = strlen(word);

    for (const char *p = words; n && (p = strstr(p, word)); p++) {
        if ((p == words || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
            return true;
    }
    return false;
}

static void name_container(const struct input *in, struct source_facts *f)
{
    const char *format = in->format->iformat->name, *dot = strrchr(in->path, '.');
    const AVDictionaryEntry *brand = av_dict_get(in->format->metadata, "major_brand", NULL, 0);
    char had[sizeof(f->extension)] = "";

    for (size_t i = 0; dot && dot[i + 1] && i + 1 < sizeof(had); i++)
        had[i] = dot[i + 1] >= 'A' && dot[i + 1] <= 'Z' ? (char)(dot[i + 1] + 32) : dot[i + 1];
    if (dot && strlen(dot) > sizeof(had))
        had[0] = '\0';
    first_name(f->container, sizeof(f->container), format);
    snprintf(f->extension, sizeof(f->extension), "bin");
    for (size_t i = 0; i < COUNT(containers); i++) {
        if (strcmp(containers[i].format, format) != 0)
            continue;
        if (containers[i].name)
            snprintf(f->container, sizeof(f->container), "%s", containers[i].name);
        snprintf(f->extension, sizeof(f->extension), "%s",
                 has_word(containers[i].others, had) ? had : containers[i].usual);
    }
    if (brand && strcmp(brand->value, "qt  ") == 0 && strcmp(f->container, "mp4") == 0) {
        snprintf(f->container, sizeof(f->container), "mov");
        if (strcmp(f->extension, "mp4") == 0)
            snprintf(f->extension, sizeof(f->extension), "mov");
    }
}

// BS.1770-5: surrounds at the sides count 1.41, the low frequency channel nothing.
static void weigh(const AVChannelLayout *layout, double *weight)
{
    bool sides = av_channel_layout_index_from_channel(layout, AV_CHAN_SIDE_LEFT) >= 0;

    for (int c = 0; c < layout->nb_channels; c++) {
        switch (av_channel_layout_channel_from_index(layout, (unsigned)c)) {
        case AV_CHAN_LOW_FREQUENCY:
        case AV_CHAN_LOW_FREQUENCY_2:
            weight[c] = 0;
            break;
        case AV_CHAN_SIDE_LEFT:
        case AV_CHAN_SIDE_RIGHT:
            weight[c] = 1.41;
            break;
        case AV_CHAN_BACK_LEFT:
        case AV_CHAN_BACK_RIGHT:
            weight[c] = sides ? 1.0 : 1.41;
            break;
        default:
            weight[c] = 1.0;
        }
    }
}

static void describe_sound(const struct input *in, struct source_facts *f)
{
    const AVCodecParameters *p = in->stream->codecpar;
    const AVCodecDescriptor *d = avcodec_descriptor_get(p->codec_id);
    AVChannelLayout layout = {0};

    // Plain WAV says only "2 channels".
    if (p->ch_layout.order != AV_CHANNEL_ORDER_NATIVE ||
        av_channel_layout_copy(&layout, &p->ch_layout) < 0)
        av_channel_layout_default(&layout, p->ch_layout.nb_channels);
    av_channel_layout_describe(&layout, f->layout, sizeof(f->layout));
    weigh(&layout, f->weight);
    av_channel_layout_uninit(&layout);
    snprintf(f->codec, sizeof(f->codec), "%s", avcodec_get_name(p->codec_id));
    f->sample_rate = p->sample_rate;
    f->channels = p->ch_layout.nb_channels;
    f->bit_rate = p->bit_rate > 0 ? p->bit_rate : 0;
    if (d && d->props & AV_CODEC_PROP_LOSSLESS && !(d->props & AV_CODEC_PROP_LOSSY))
        f->bits =
            p->bits_per_raw_sample ? p->bits_per_raw_sample : av_get_bits_per_sample(p->codec_id);
    if (d && d->props & AV_CODEC_PROP_LOSSLESS && !f->bits)
        f->bits = 8 * av_get_bytes_per_sample(p->format);
}

// Where packets simply follow each other a gap in the time stamps is a loss, never a pause.
static bool has_no_pauses(const struct input *in)
{
    static const char *const rows[] = {"wav", "w64", "aiff", "au", "caf", "flac", "mp3",
                                       "aac", "ac3", "amr",  "wv", "tta", "ape",  "tak"};

    for (size_t i = 0; i < COUNT(rows); i++) {
        if (strcmp(rows[i], in->format->iformat->name) == 0)
            return true;
    }
    return false;
}

static const char *word(const struct input *in, const char *key)
{
    const AVDictionaryEntry *found = av_dict_get(in->format->metadata, key, NULL, 0);

    for (unsigned i = 0; !found && i < in->format->nb_streams; i++)
        found = av_dict_get(in->format->streams[i]->metadata, key, NULL, 0);
    return found ? found->value : NULL;
}

static void read_clocks(const struct input *in, struct source_facts *f)
{
    static const int64_t sane =
        946684800; // 2000: devices whose clock was never set say 1904 or 1970
    const char *created = word(in, "creation_time"), *code = word(in, "timecode");
    const char *samples = word(in, "time_reference");
    int64_t utc, n, hour, minute, second, frame = 0;
    AVRational fps = {25, 1};
    char iso[24];

    f->created_utc_s = INT64_MIN;
    f->clock = TICK_NONE;
    if (created && strlen(created) >= 19) {
        snprintf(iso, sizeof(iso), "%.19sZ", created);
        if (clock_parse_iso(iso, &utc, NULL) && utc > sane)
            f->created_utc_s = utc;
    }
    if (samples && str_to_int(samples, &n) && n > 0 && n / f->sample_rate < 86400)
        f->clock = tick_from_samples(n, f->sample_rate);
    for (unsigned i = 0; i < in->format->nb_streams; i++) {
        AVRational rate = in->format->streams[i]->avg_frame_rate;
        if (input_is_picture(in->format->streams[i]) && av_q2d(rate) >= 1)
            fps = rate;
    }
    if (code &&
        sscanf(code, "%2" SCNd64 ":%2" SCNd64 ":%2" SCNd64 "%*[:;.]%3" SCNd64, &hour, &minute,
               &second, &frame) >= 3 &&
        hour < 24 && minute < 60 && second < 60)
        f->clock = (hour * 3600 + minute * 60 + second) * TICKS_PER_SEC +
                   (tick)((double)frame / av_q2d(fps) * (double)TICKS_PER_SEC);
}

// Only what the container states counts; libavformat also guesses from bit rate or last page.
static void read_claim(struct input *in, struct source_facts *f)
{
    static const char *const exact[] = {"flac", "aiff", "au",  "wv",  "tta",          "ape",
                                        "tak",  "avi",  "asf", "ogg", "matroska,webm"};
    const AVFormatContext *format = in->format;

    f->claimed = TICK_NONE;
    claim_read(in->path, format->iformat->name, f->sample_rate, &in->claim);
    if (in->claim.length != TICK_NONE ||
        format->duration_estimation_method != AVFMT_DURATION_FROM_STREAM)
        return;
    in->fragmented = is_mov(in) && in->stream->nb_frames == 0;
    in->open_ended = in->fragmented || strcmp(format->iformat->name, "ogg") == 0;
    for (size_t i = 0; i < COUNT(exact); i++)
        in->claim.exact = in->claim.exact || strcmp(exact[i], format->iformat->name) == 0;
    if (in->stream->duration > 0) {
        f->claimed = libav_tick(in->stream->duration, in->stream->time_base);
        in->claims_track = f->claimed != TICK_NONE;
    } else if (format->duration > 0) {
        f->claimed = libav_tick(format->duration, AV_TIME_BASE_Q);
    }
}

int input_open_file(const char *path, struct input *ret, struct err *e)
{
    size_t n = strlen(path) + 1;
    int r;

    libav_quiet();
    libav_log_init(&ret->log);
    ret->log_ready = true;
    ret->path = mem_alloc(n);
    memcpy(ret->path, path, n);
    ret->picture_start = ret->last_seen = TICK_NONE;
    r = check_file(ret, e);
    return r < 0 ? r : open_format(ret, e);
}

int input_open(const struct source_params *p, struct input *ret, struct source_facts *facts,
               struct err *e)
{
    int r = input_open_file(p->path, ret, e);

    if (r >= 0)
        r = choose(ret, p->track, facts, e);
    if (r >= 0)
        r = check_sound(ret, e);
    if (r >= 0)
        r = open_codec(ret, p->threads, e);
    if (r < 0)
        return r;
    describe_sound(ret, facts);
    name_container(ret, facts);
    read_clocks(ret, facts);
    read_claim(ret, facts);
    ret->no_pauses = has_no_pauses(ret);
    ret->raw = strcmp(facts->container, "mp3") == 0 || strcmp(facts->container, "adts") == 0;
    for (unsigned i = 0; i < ret->format->nb_streams; i++) {
        // Where only the whole file claims a length, the picture tells whether it was reached.
        if (ret->format->streams[i] != ret->stream &&
            (facts->claimed == TICK_NONE || ret->claims_track))
            ret->format->streams[i]->discard = AVDISCARD_ALL;
    }
    ret->log.text[0] = '\0';
    return 0;
}

// ---- while reading

void input_saw(struct input *in, const AVPacket *packet)
{
    const AVStream *st = in->format->streams[packet->stream_index];
    tick t = libav_tick(packet->pts, st->time_base);

    if (t != TICK_NONE)
        t += libav_length(packet->duration, st->time_base);
    if (t != TICK_NONE && (in->last_seen == TICK_NONE || t > in->last_seen))
        in->last_seen = t;
}

bool input_index_cut(const struct input *in)
{
    int n = avformat_index_get_entries_count(in->stream);

    if (!is_mov(in))
        return false;
    for (int i = 0; i < n; i++) {
        const AVIndexEntry *x = avformat_index_get_entry(in->stream, i);
        if (x && x->pos + x->size > in->size)
            return true;
    }
    return false;
}

int input_first_frame(const struct input *in, const AVPacket *packet)
{
    static const int narrow[16] = {13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1};
    static const int wide[16] = {18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1};
    int mode, size;

    if (!in->splits || packet->size < 1)
        return packet->size;
    mode = packet->data[0] >> 3 & 15;
    size = in->codec->codec_id == AV_CODEC_ID_AMR_NB ? narrow[mode] : wide[mode];
    return size < packet->size ? size : packet->size;
}
