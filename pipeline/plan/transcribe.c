// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/transcribe.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "model/captions.h"
#include "model/timeline.h"
#include "plan/program.h"
#include "plan/publish.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char wav_name[] = "speech.wav", vtt_name[] = "speech.vtt";

enum {
    TIMES_LENGTH = 10, // slower than that is taken for hanging
    LOADING_S = 600,   // for its model
    CORRECT_DAYS = 14, // what was live counts as prerecorded from then on (Uutilsynet)
    DAY_S = 86400,
    YAML_MAX = 1 << 20,
};

// ---- running it

static int make_wav(struct plan *p, const struct json *job, const char *dir,
                    const struct progress *progress, struct err *e)
{
    struct json *own = json_new_object(), *list = json_new_array(), *v = json_new_object();
    struct json *done = NULL;
    json_put_text(own, "stage", "speech");
    json_put_text(own, "show_dir", p->s->dir);
    json_put(own, "settings", json_new_object());
    json_put(own, "in", json_keep(json_get(job, "in")));
    json_put_text(v, "name", "");
    json_put_text(v, "dir", dir);
    json_push(list, v);
    json_put(own, "variants", list);
    int r = worker_run(p->s->worker, own, progress, &done, e);
    json_free(own);
    json_free(done);
    return r;
}

// The argument with its placeholders filled.
static const char *filled(struct arena *a, const char *word, const char *const (*with)[2], size_t n)
{
    struct str s;
    str_init(&s, STR_MAX);
    while (*word) {
        size_t used = 0;
        for (size_t i = 0; i < n && !used; i++) {
            if (!str_starts(word, with[i][0]))
                continue;
            str_add(&s, with[i][1]);
            used = strlen(with[i][0]);
        }
        if (!used)
            str_addc(&s, *word);
        word += used ? used : 1;
    }
    const char *text = arena_strdup(a, s.p ? s.p : "");
    str_done(&s);
    return text;
}

static int run_program(struct plan *p, const struct json *settings, const char *dir,
                       const struct progress *progress, struct err *e)
{
    struct arena *a = &p->arena;
    const struct json *words = json_get(settings, "program");
    const char *const with[][2] = {
        {"{wav}", fs_join(a, dir, wav_name)},
        {"{vtt}", fs_join(a, dir, vtt_name)},
        {"{dir}", dir},
        {"{language}", json_text_or(settings, "language", "")},
    };
    size_t n = json_count(words);
    const char **argv = arena_array(a, const char *, n + 1);
    const char *name = json_as_text(json_at(words, 0));
    argv[0] = program_find(a, name, p->s->dir);
    if (!argv[0])
        return err_set(e, -ENOENT,
                       "there is no program %s: install it, or name it with its whole path", name);
    for (size_t i = 1; i < n; i++)
        argv[i] = filled(a, json_as_text(json_at(words, i)), with, COUNT(with));
    double length_s = json_number(p->timeline, "length_s", 0);
    return program_run(
        &(struct program_params){.argv = argv,
                                 .limit_s = TIMES_LENGTH * length_s + LOADING_S,
                                 .progress = progress,
                                 .what = arena_printf(a, "%s listens", fs_basename(argv[0]))},
        e);
}

// It must have written captions; everything else goes.
static int look_at_result(struct plan *p, const char *dir, struct err *e)
{
    struct arena *a = &p->arena;
    char **names;
    size_t n;
    const char *other = NULL;
    bool found = false;
    int r = fs_list(a, dir, &names, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        if (str_same(names[i], vtt_name)) {
            found = true;
            continue;
        }
        other = str_same(names[i], wav_name) ? other : names[i];
        r = fs_remove_tree(fs_join(a, dir, names[i]), e);
    }
    if (r < 0)
        return r;
    if (!found)
        return err_set(e, -ENOENT, "it ended well and wrote no %s%s%s", vtt_name,
                       other ? ", but " : "", other ? other : "");
    struct captions c;
    return captions_load(a, fs_join(a, dir, vtt_name), "what it wrote", &c, e);
}

static int put_output(struct plan *p, const char *dir, struct json **ret, struct err *e)
{
    const char *path = fs_join(&p->arena, dir, vtt_name);
    const struct progress *progress = p->s->progress;
    char hex[HASH_HEX];
    int r = hash_file(path, hex, progress ? progress->stop : NULL, NULL, NULL, e);
    if (r < 0)
        return r;
    struct json *done = json_new_object(), *list = json_new_array(), *v = json_new_object();
    struct json *outputs = json_new_array(), *o = json_new_object();
    json_put_text(o, "file", vtt_name);
    json_put_int(o, "bytes", fs_size(path));
    json_put_text(o, "sha256", hex);
    json_push(outputs, o);
    json_put(v, "outputs", outputs);
    json_push(list, v);
    json_put(done, "variants", list);
    *ret = done;
    return 0;
}

int transcribe_run(struct plan *p, const struct json *job, const char *dir,
                   const struct progress *progress, struct json **ret, struct err *e)
{
    int r = make_wav(p, job, dir, progress, e);
    if (r >= 0)
        r = run_program(p, json_get(job, "settings"), dir, progress, e);
    if (r >= 0)
        r = look_at_result(p, dir, e);
    return r < 0 ? r : put_output(p, dir, ret, e);
}

// ---- taking what it wrote

// Recognizers work in windows and end a little behind the sound.
static int end_with_sound(struct captions *c, tick length, struct err *e)
{
    for (size_t i = 0; length > 0 && i < c->count; i++) {
        char at[TICK_TEXT];
        tick_text_ms(c->cues[i].start, at);
        if (c->cues[i].start >= length)
            return err_input(e, "it wrote a caption at %s, behind the end of the sound", at);
        c->cues[i].end = c->cues[i].end > length ? length : c->cues[i].end;
    }
    return 0;
}

// False: some of it is said in intro or outro, which the recording's clock does not have.
static bool to_recording(struct arena *a, const struct captions *c, const struct timeline *t,
                         struct captions *ret)
{
    *ret = (struct captions){.cues = arena_array(a, struct cue, c->count + 1), .count = c->count};
    for (size_t i = 0; i < c->count; i++) {
        struct cue *to = &ret->cues[i];
        *to = c->cues[i];
        tick last = timeline_recorded(t, to->end - 1);
        to->start = timeline_recorded(t, to->start);
        if (to->start == TICK_NONE || last == TICK_NONE)
            return false;
        to->end = last + 1;
    }
    return true;
}

static int write_captions(struct plan *p, const struct captions *c, const char **ret_file,
                          struct err *e)
{
    const char *language = p->ep->language,
               *file = arena_printf(&p->arena, "captions.%s.vtt", language);
    for (int i = 2; fs_exists(fs_join(&p->arena, p->ep->dir, file)); i++)
        file = arena_printf(&p->arena, "captions-%d.%s.vtt", i, language);
    struct str text;
    str_init(&text, STR_MAX);
    captions_write_vtt(&text, c);
    int r = fs_replace(fs_join(&p->arena, p->ep->dir, file), text.p, text.len, e);
    str_done(&text);
    *ret_file = file;
    return r;
}

static int note(struct plan *p, const struct caption_file *c, struct err *e)
{
    const char *path = fs_join(&p->arena, p->ep->dir, "episode.yaml");
    char *was;
    size_t len;
    int r = fs_read(&p->arena, path, YAML_MAX, &was, &len, e); // recordings may be noted by now
    if (r < 0)
        return r;
    struct str text;
    str_init(&text, STR_MAX);
    str_addn(&text, was, len);
    if (len && was[len - 1] != '\n')
        str_addc(&text, '\n');
    str_addf(&text, "captions:\n  - {file: %s, language: %s, made: automatic%s}\n", c->file,
             c->language, c->published_clock ? ", clock: published" : "");
    r = fs_replace(path, text.p, text.len, e);
    str_done(&text);
    return r;
}

static void ask_for_correction(struct plan *p, const struct caption_file *c)
{
    struct civil day;
    clock_civil(plan_published_utc_s(p) + (int64_t)CORRECT_DAYS * DAY_S, &day);
    progress_warn(
        p->s->progress,
        "the captions are automatic and nobody has read them: correct episodes/%s/%s, then "
        "write made: corrected in episode.yaml, by %04d-%02d-%02d (%d days; WCAG 1.2.1 and "
        "1.2.2)",
        p->ep->folder, c->file, day.year, day.month, day.day, CORRECT_DAYS);
}

int transcribe_take(struct plan *p, const struct step *step, struct err *e)
{
    struct captions made, recorded;
    struct timeline t;
    int r =
        captions_load(&p->arena, plan_output_path(p, step, vtt_name), "what it wrote", &made, e);
    if (r >= 0)
        r = end_with_sound(&made, json_int(p->timeline, "length_ticks", 0), e);
    if (r < 0)
        return r;
    bool moves = timeline_read(&p->arena, p->timeline, &t);
    bool follows = !moves || to_recording(&p->arena, &made, &t, &recorded);
    struct caption_file *c = arena_new(&p->arena, struct caption_file);
    *c = (struct caption_file){
        .language = p->ep->language, .made = "automatic", .published_clock = !follows};
    r = write_captions(p, moves && follows ? &recorded : &made, &c->file, e);
    if (r >= 0)
        r = note(p, c, e);
    if (r < 0)
        return r;
    p->ep->captions = c;
    p->ep->num_captions = 1;
    ask_for_correction(p, c);
    return 0;
}
