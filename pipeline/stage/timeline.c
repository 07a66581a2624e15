// SPDX-License-Identifier: GPL-3.0-or-later
// timeline: the one map from recording time to published time, and the chapters on the published
// clock.
//
// settings: {"chapters": [{"at_ticks", "title", "url"}],
//            "chapters_clock": "recording" or "published"}
// in:       {"facts": facts.json}
// makes:    timeline.json {"length_ticks", "length_s", "kept": [{"from", "to", "at"}],
//           "chapters": [{"start_ticks", "end_ticks", "title", "url"}]}
//           kept: these spans of the recording are heard, from the published tick "at" on
//           chapters: sorted, each ends where the next one starts
// measured: {"length_s", "chapters"}
#include "base/str.h"
#include "model/tick.h"
#include "stage/stage.h"

#include <errno.h>

struct kept {
    tick from, to, at;
};

struct chapter_at {
    tick at; // published
    const char *title, *url;
};

// A moment that is cut out is found again where the sound goes on; past the end: TICK_NONE.
static tick published(const struct kept *kept, size_t n, tick t)
{
    for (size_t i = 0; i < n; i++) {
        if (t < kept[i].from)
            return kept[i].at;
        if (t < kept[i].to)
            return kept[i].at + t - kept[i].from;
    }
    return TICK_NONE;
}

static int past_end(const struct json *chapter, tick at, tick length, struct err *e)
{
    char starts[TICK_TEXT], ends[TICK_TEXT];
    tick_text(at, starts);
    tick_text(length, ends);
    return err_input(e, "chapter '%s' starts at %s, the recording ends at %s",
                     json_text_or(chapter, "title", ""), starts, ends);
}

static int read_chapters(const struct stage_job *job, const struct kept *kept, size_t num_kept,
                         struct chapter_at *ret, size_t *ret_n, struct err *e)
{
    const struct json *list = json_get(job->settings, "chapters");
    bool on_published = str_same(json_text(job->settings, "chapters_clock"), "published");
    tick end = kept[num_kept - 1].to;
    tick length = kept[num_kept - 1].at + end - kept[num_kept - 1].from;
    size_t n = 0;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *c = json_at(list, i);
        tick own = json_int(c, "at_ticks", 0);
        tick at = on_published ? own : published(kept, num_kept, own);
        if (at == TICK_NONE || at >= length)
            return past_end(c, own, on_published ? length : end, e);
        // two that a cut brings together: what is heard is the later one
        n -= n > 0 && ret[n - 1].at == at;
        ret[n++] = (struct chapter_at){at, json_text_or(c, "title", ""), json_text(c, "url")};
    }
    *ret_n = n;
    return 0;
}

static struct json *chapters_json(const struct chapter_at *c, size_t n, tick length)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < n; i++) {
        struct json *o = json_new_object();
        json_put_int(o, "start_ticks", c[i].at);
        json_put_int(o, "end_ticks", i + 1 < n ? c[i + 1].at : length);
        json_put_text(o, "title", c[i].title);
        json_put_text(o, "url", c[i].url);
        json_push(list, o);
    }
    return list;
}

static struct json *kept_json(const struct kept *kept, size_t n)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < n; i++) {
        struct json *o = json_new_object();
        json_put_int(o, "from", kept[i].from);
        json_put_int(o, "to", kept[i].to);
        json_put_int(o, "at", kept[i].at);
        json_push(list, o);
    }
    return list;
}

static int timeline_run(struct stage_job *job, struct err *e)
{
    struct stage_variant *v = &job->variants[0];
    struct json *facts;
    int r = stage_load(job->in, "facts", &facts, e);
    if (r < 0)
        return r;
    tick length = json_int(facts, "length_ticks", 0);
    json_free(facts);
    if (length <= 0)
        return err_set(e, -EINVAL, "the recording has no length");

    struct kept all = {0, length, 0};
    size_t most = json_count(json_get(job->settings, "chapters")), n = 0;
    struct chapter_at *chapters = arena_array(job->arena, struct chapter_at, most + 1);
    r = read_chapters(job, &all, 1, chapters, &n, e);
    if (r < 0)
        return r;
    struct json *o = json_new_object();
    json_put_int(o, "length_ticks", length);
    json_put_real(o, "length_s", tick_to_s(length));
    json_put(o, "kept", kept_json(&all, 1));
    json_put(o, "chapters", chapters_json(chapters, n, length));
    r = json_save(stage_output(job, v, "timeline.json"), o, e);
    json_free(o);
    json_put_real(v->measured, "length_s", tick_to_s(length));
    json_put_int(v->measured, "chapters", (int64_t)n);
    return r < 0 ? r : 0;
}

const struct stage stage_timeline = {"timeline", timeline_run};
