// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/av.h"
#include "base/err.h"
#include "base/str.h"
#include <libavutil/mem.h>
#include <stdio.h>
#include <string.h>

enum { MAX_ALLOC = 512 << 20 };

int libav_error(struct err *e, int code, const char *what)
{
    char text[AV_ERROR_MAX_STRING_SIZE] = "";

    if (code == AVERROR_INVALIDDATA)
        return err_set(e, code, "%s: the data is not what its format demands", what);
    av_strerror(code, text, sizeof(text));
    return err_set(e, code, "%s: %s", what, text);
}

int libav_open_file(AVFormatContext **io, const char *path, AVDictionary **options)
{
    // Names of libavformat's demuxers; one that is not built in does no harm.
    static const char formats[] =
        "wav,w64,aiff,au,caf,flac,wv,tta,ape,tak,mp3,aac,ac3,eac3,dts,amr,amrnb,amrwb,dsf,ogg,"
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,asf,asf_o,flv,mpegts,mpeg,mxf,dv,dss,voc,mpc,"
        "mpc8";
    AUTO(dict) AVDictionary *own = NULL;
    struct str url;

    str_init(&url, 65536);
    str_addf(&url, "file:%s", path); // a colon in a name is no protocol
    options = options ? options : &own;
    av_dict_set(options, "format_whitelist", formats, 0);
    av_dict_set(options, "protocol_whitelist", "file", 0);
    int r = avformat_open_input(io, url.p, NULL, options);
    str_done(&url);
    return r;
}

void libav_log_init(struct libav_log *l)
{
    *l = (struct libav_log){.text = ""};
    pthread_mutex_init(&l->lock, NULL);
}

void libav_log_done(struct libav_log *l)
{
    pthread_mutex_destroy(&l->lock);
}

void libav_log_take(struct libav_log *l, char *ret, size_t size)
{
    pthread_mutex_lock(&l->lock);
    snprintf(ret, size, "%s", l->text);
    l->text[0] = '\0';
    pthread_mutex_unlock(&l->lock);
}

int libav_log_complaints(struct libav_log *l)
{
    int n;

    pthread_mutex_lock(&l->lock);
    n = l->complaints;
    pthread_mutex_unlock(&l->lock);
    return n;
}

// Only our own contexts carry a log in `opaque`; both kinds are told by the name of their class.
static _Thread_local struct libav_log *heard;

void libav_log_hear(struct libav_log *l)
{
    heard = l;
}

static struct libav_log *log_of(void *context)
{
    const AVClass *class = context ? *(const AVClass **)context : NULL;

    if (!class || !class->class_name)
        return heard;
    if (strcmp(class->class_name, "AVFormatContext") == 0)
        return ((AVFormatContext *)context)->opaque;
    if (strcmp(class->class_name, "AVCodecContext") == 0)
        return ((AVCodecContext *)context)->opaque;
    return heard;
}

static bool is_format(void *context)
{
    const AVClass *class = context ? *(const AVClass **)context : NULL;

    return class && class->class_name && strcmp(class->class_name, "AVFormatContext") == 0;
}

static void tidy(char *text)
{
    for (size_t n = strlen(text); n > 0 && strchr(" .\n\r", text[n - 1]); n--)
        text[n - 1] = '\0';
    for (char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e)
            *c = '?'; // it may quote bytes of the file
    }
    if (text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z')
        text[0] = (char)(text[0] - 'A' + 'a');
}

static void keep(void *context, int level, const char *fmt, va_list ap)
{
    struct libav_log *l = level <= AV_LOG_WARNING ? log_of(context) : NULL;

    // Its authors' request for samples is not for the producer.
    if (!l || strstr(fmt, "upload a sample") || strstr(fmt, "If you want to help") ||
        strstr(fmt, "is not implemented"))
        return;
    pthread_mutex_lock(&l->lock);
    if (!strstr(l->text, "ertificate")) { // all that follows is said because of that
        int len = vsnprintf(l->text, sizeof(l->text), fmt, ap);
        char *last = strrchr(l->text, ' ');
        if (len >= (int)sizeof(l->text))
            *(last ? last : l->text) = '\0';
        tidy(l->text);
    }
    l->complaints += level <= AV_LOG_ERROR && is_format(context);
    pthread_mutex_unlock(&l->lock);
}

static void quiet_once(void)
{
    av_log_set_callback(keep);
    av_max_alloc(MAX_ALLOC);
}

void libav_quiet(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, quiet_once);
}
