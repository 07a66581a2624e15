// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/graph.h"

#include "base/arena.h"
#include "base/err.h"

#include <errno.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/mem.h>
#include <stdlib.h>

struct graph {
    AVFilterGraph *all;
    AVFilterContext *from, *to; // in all
    int format, width, height;
};

void graph_close(struct graph *g)
{
    if (!g)
        return;
    avfilter_graph_free(&g->all);
    free(g);
}

static int add_ends(struct graph *g, const AVFrame *like, AVRational time_base)
{
    AVBufferSrcParameters *p = av_buffersrc_parameters_alloc();
    if (!p)
        return AVERROR(ENOMEM);
    p->format = like->format;
    p->time_base = time_base;
    p->width = like->width;
    p->height = like->height;
    p->sample_aspect_ratio = like->sample_aspect_ratio;
    g->from = avfilter_graph_alloc_filter(g->all, avfilter_get_by_name("buffer"), "from");
    int r = g->from ? av_buffersrc_parameters_set(g->from, p) : AVERROR(ENOMEM);
    av_free(p);
    if (r >= 0)
        r = avfilter_init_str(g->from, NULL);
    if (r < 0)
        return r;
    return avfilter_graph_create_filter(&g->to, avfilter_get_by_name("buffersink"), "to", NULL,
                                        NULL, g->all);
}

static int add_chain(struct graph *g, const char *description)
{
    AVFilterInOut *out = avfilter_inout_alloc(), *in = avfilter_inout_alloc();
    int r = AVERROR(ENOMEM);
    if (out && in) {
        *out = (AVFilterInOut){av_strdup("in"), g->from, 0, NULL};
        *in = (AVFilterInOut){av_strdup("out"), g->to, 0, NULL};
        r = avfilter_graph_parse_ptr(g->all, description, &in, &out, NULL);
    }
    avfilter_inout_free(&out);
    avfilter_inout_free(&in);
    return r < 0 ? r : avfilter_graph_config(g->all, NULL);
}

int graph_open(const char *description, const AVFrame *like, AVRational time_base, int threads,
               struct graph **ret, struct err *e)
{
    libav_quiet();
    struct graph *g = mem_alloc(sizeof *g);
    g->format = like->format;
    g->width = like->width;
    g->height = like->height;
    g->all = avfilter_graph_alloc();
    int r = g->all ? 0 : AVERROR(ENOMEM);
    if (r >= 0) {
        g->all->nb_threads = threads;
        r = add_ends(g, like, time_base);
    }
    if (r >= 0)
        r = add_chain(g, description);
    if (r < 0) {
        graph_close(g);
        return libav_error(e, r, description);
    }
    *ret = g;
    return 0;
}

bool graph_fits(const struct graph *g, const AVFrame *f)
{
    return f->format == g->format && f->width == g->width && f->height == g->height;
}

int graph_push(struct graph *g, AVFrame *in, struct err *e)
{
    int r = av_buffersrc_add_frame(g->from, in);
    return r < 0 ? libav_error(e, r, "filtering the picture") : 0;
}

int graph_pull(struct graph *g, AVFrame *ret, struct err *e)
{
    int r = av_buffersink_get_frame(g->to, ret);
    if (r == AVERROR(EAGAIN) || r == AVERROR_EOF)
        return 0;
    return r < 0 ? libav_error(e, r, "filtering the picture") : 1;
}
