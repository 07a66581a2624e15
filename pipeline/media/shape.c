// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/shape.h"

#include "base/arena.h"
#include "base/str.h"

#include <libavutil/mastering_display_metadata.h>
#include <libavutil/pixdesc.h>
#include <math.h>

// ITU-R BT.2408: reference white of HLG and PQ, and the peak that is taken where nothing is said.
static const double reference_nits = 203, usual_peak_nits = 1000;
// Up to this share of reference white light stays as it is, above it highlights are bent.
static const double knee = 0.5;
enum { SD_LINES = 576 };

// ---- turning

static const struct {
    int a, b, c, d; // signs of the matrix: x' = ax + cy, y' = bx + dy, y downwards
    const char *name, *filter;
} turns[] = {
    [TURN_NONE] = {1, 0, 0, 1, "none", ""},
    [TURN_CLOCK] = {0, 1, -1, 0, "90", "transpose=clock,"},
    [TURN_HALF] = {-1, 0, 0, -1, "180", "hflip,vflip,"},
    [TURN_COUNTER] = {0, -1, 1, 0, "270", "transpose=cclock,"},
    [TURN_MIRROR] = {-1, 0, 0, 1, "mirrored", "hflip,"},
    [TURN_FLIP] = {1, 0, 0, -1, "flipped", "vflip,"},
    [TURN_TRANSPOSE] = {0, 1, 1, 0, "transposed", "transpose=cclock_flip,"},
    [TURN_CROSS] = {0, -1, -1, 0, "transposed crosswise", "transpose=clock_flip,"},
};

static int sign(int32_t v)
{
    return (v > 32768) - (v < -32768); // half of 1.0 in 16.16
}

enum turn turn_of_matrix(const int32_t *m)
{
    for (size_t i = 0; m && i < COUNT(turns); i++)
        if (sign(m[0]) == turns[i].a && sign(m[1]) == turns[i].b && sign(m[3]) == turns[i].c &&
            sign(m[4]) == turns[i].d)
            return (enum turn)i;
    return TURN_NONE;
}

const char *turn_name(enum turn t)
{
    return turns[t].name;
}

enum turn turn_named(const char *name)
{
    for (size_t i = 0; i < COUNT(turns); i++)
        if (str_same(turns[i].name, name))
            return (enum turn)i;
    return TURN_NONE;
}

bool turn_on_side(enum turn t)
{
    return turns[t].a == 0;
}

// ---- colours

static bool is_rgb(const AVFrame *f)
{
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(f->format);
    return d && d->flags & AV_PIX_FMT_FLAG_RGB;
}

static bool is_yuvj(const AVFrame *f)
{
    return f->format == AV_PIX_FMT_YUVJ420P || f->format == AV_PIX_FMT_YUVJ422P ||
           f->format == AV_PIX_FMT_YUVJ444P || f->format == AV_PIX_FMT_YUVJ440P;
}

struct colours colours_of(const AVFrame *f)
{
    struct colours c = {f->colorspace, f->color_primaries, f->color_trc, false};
    bool sd = f->height <= SD_LINES;
    c.full_range = f->color_range == AVCOL_RANGE_JPEG || is_yuvj(f) || is_rgb(f);
    if (c.matrix == AVCOL_SPC_UNSPECIFIED || c.matrix == AVCOL_SPC_RESERVED)
        c.matrix = sd ? AVCOL_SPC_SMPTE170M : AVCOL_SPC_BT709;
    if (c.primaries == AVCOL_PRI_UNSPECIFIED || c.primaries == AVCOL_PRI_RESERVED)
        c.primaries = c.matrix == AVCOL_SPC_BT2020_NCL ? AVCOL_PRI_BT2020 : AVCOL_PRI_BT709;
    return c;
}

bool colours_are_hdr(const struct colours *c)
{
    return c->transfer == AVCOL_TRC_ARIB_STD_B67 || c->transfer == AVCOL_TRC_SMPTE2084;
}

struct matrix_names {
    enum AVColorSpace matrix;
    const char *scale, *zscale; // in these filters' options; 240M is misspelt in zscale's
};

static const struct matrix_names *matrix_names(enum AVColorSpace m)
{
    static const struct matrix_names rows[] = {
        {AVCOL_SPC_BT709, "bt709", "709"},       {AVCOL_SPC_SMPTE170M, "smpte170m", "170m"},
        {AVCOL_SPC_BT470BG, "bt470", "470bg"},   {AVCOL_SPC_FCC, "fcc", "fcc"},
        {AVCOL_SPC_SMPTE240M, "smpte240m", "7"}, {AVCOL_SPC_BT2020_NCL, "bt2020", "2020_ncl"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].matrix == m)
            return &rows[i];
    return &rows[0];
}

// In zscale's options; NULL: those of BT.709, or unknown.
static const char *other_primaries(enum AVColorPrimaries p)
{
    static const struct {
        enum AVColorPrimaries primaries;
        const char *name;
    } rows[] = {
        {AVCOL_PRI_BT470M, "bt470m"},       {AVCOL_PRI_BT470BG, "bt470bg"},
        {AVCOL_PRI_SMPTE170M, "smpte170m"}, {AVCOL_PRI_SMPTE240M, "smpte240m"},
        {AVCOL_PRI_SMPTE432, "smpte432"},   {AVCOL_PRI_EBU3213, "ebu3213"},
        {AVCOL_PRI_BT2020, "bt2020"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].primaries == p)
            return rows[i].name;
    return NULL;
}

static double peak_of(const AVFrame *f)
{
    double nits = usual_peak_nits;
    const AVFrameSideData *light = av_frame_get_side_data(f, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL);
    const AVFrameSideData *screen =
        av_frame_get_side_data(f, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA);
    if (f->color_trc == AVCOL_TRC_ARIB_STD_B67)
        return usual_peak_nits / reference_nits;
    if (screen && ((const AVMasteringDisplayMetadata *)(void *)screen->data)->has_luminance)
        nits = av_q2d(((const AVMasteringDisplayMetadata *)(void *)screen->data)->max_luminance);
    if (light && ((const AVContentLightMetadata *)(void *)light->data)->MaxCLL)
        nits = ((const AVContentLightMetadata *)(void *)light->data)->MaxCLL;
    return fmax(nits, reference_nits) / reference_nits;
}

static void add_hdr(struct str *s, const struct colours *c, double peak)
{
    str_addf(s,
             "zscale=tin=%s:min=2020_ncl:pin=2020:rin=limited:t=linear:npl=%g,format=gbrpf32le,"
             "zscale=p=709,tonemap=tonemap=mobius:param=%g:desat=0:peak=%g,"
             "zscale=t=709:m=709:r=limited,format=yuv420p,",
             c->transfer == AVCOL_TRC_SMPTE2084 ? "smpte2084" : "arib-std-b67", reference_nits,
             knee, peak);
}

// Other primaries at the usual light: standard definition, or ultra high without HDR.
static void add_primaries(struct str *s, const struct colours *c)
{
    str_addf(s,
             "zscale=tin=709:min=%s:pin=%s:rin=limited:t=709:m=709:p=709:r=limited,format=yuv420p,",
             matrix_names(c->matrix)->zscale, other_primaries(c->primaries));
}

// ---- size

struct fit {
    int width, height; // of the picture when scaled
};

static int even(double v)
{
    return 2 * (int)lround(fmin(v, 65536) / 2); // of absurd pixels, too
}

// A bar of a pixel or two is a rounding and not wanted.
static int snug(double v, int whole)
{
    int n = even(v);
    return n >= whole - 4 && n <= whole + 4 ? whole : n;
}

static struct fit fit_of(const struct shape *s, const AVFrame *f)
{
    AVRational sar = s->pixel_aspect.num > 0 ? s->pixel_aspect : f->sample_aspect_ratio;
    double wide = f->width, high = f->height;
    if (sar.num > 0 && sar.den > 0)
        wide *= av_q2d(sar);
    if (turn_on_side(s->turn)) {
        double w = wide;
        wide = high;
        high = w;
    }
    double x = s->width / wide, y = s->height / high;
    double scale = s->crop ? fmax(x, y) : fmin(x, y);
    struct fit fit = {snug(wide * scale, s->width), snug(high * scale, s->height)};
    fit.width = fit.width < 2 ? 2 : fit.width;
    fit.height = fit.height < 2 ? 2 : fit.height;
    return fit;
}

static bool is_right_already(const struct shape *s, const AVFrame *f, const struct colours *c)
{
    struct fit fit = fit_of(s, f);
    return s->turn == TURN_NONE && f->format == AV_PIX_FMT_YUV420P && !c->full_range &&
           c->matrix == AVCOL_SPC_BT709 && !other_primaries(c->primaries) && !colours_are_hdr(c) &&
           f->width == s->width && f->height == s->height && fit.width == s->width &&
           fit.height == s->height;
}

// Without a number of its own the filter's output has the frame's pixel aspect.
static void add_frame(const struct shape *s, const struct fit *fit, struct str *ret)
{
    if (fit->width > s->width || fit->height > s->height)
        str_addf(ret, "crop=%d:%d,", s->width, s->height);
    if (fit->width < s->width || fit->height < s->height)
        str_addf(ret, "pad=%d:%d:%d:%d:black,", s->width, s->height,
                 (s->width - fit->width) / 4 * 2, (s->height - fit->height) / 4 * 2);
    str_add(ret, "setsar=1");
}

void shape_describe(const struct shape *s, const AVFrame *f, struct str *ret)
{
    struct colours c = colours_of(f);
    if (is_right_already(s, f, &c))
        return;
    struct fit fit = fit_of(s, f);
    bool hdr = colours_are_hdr(&c), others = !hdr && !is_rgb(f) && other_primaries(c.primaries);
    str_add(ret, turns[s->turn].filter);
    str_addf(ret, "scale=%d:%d:flags=bicubic+accurate_rnd+full_chroma_int:in_range=%s:out_range=tv",
             fit.width, fit.height, c.full_range ? "pc" : "tv");
    if (hdr || others) { // size and range alone: colours are set right in light, below
        str_add(ret, ",format=yuv420p10,");
        hdr ? add_hdr(ret, &c, peak_of(f)) : add_primaries(ret, &c);
    } else {
        if (!is_rgb(f))
            str_addf(ret, ":in_color_matrix=%s", matrix_names(c.matrix)->scale);
        str_add(ret, ":out_color_matrix=bt709,format=yuv420p,");
    }
    add_frame(s, &fit, ret);
}
