// SPDX-License-Identifier: GPL-3.0-or-later
// measure [--plot OUT.svg] FILE…
#include "base/fs.h"
#include "base/str.h"
#include "cmd.h"
#include "model/preset.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void print_level(const char *label, const struct json *f, const char *key, const char *unit)
{
    double v = json_number(f, key, NAN);
    if (isnan(v))
        printf("  %-22s none\n", label);
    else
        printf("  %-22s %7.1f %s\n", label, v, unit);
}

static void print_file(const struct json *f)
{
    printf("%s\n", json_text_or(f, "file", ""));
    if (json_text(f, "error")) {
        printf("  %s\n", json_text(f, "error"));
        return;
    }
    double s = json_number(f, "duration_s", 0);
    printf("  %02d:%02d:%06.3f, %s, %d Hz, %d channel%s\n", (int)s / 3600, (int)s / 60 % 60,
           fmod(s, 60), json_text_or(f, "codec", "?"), (int)json_int(f, "sample_rate", 0),
           (int)json_int(f, "channels", 0), json_int(f, "channels", 0) == 1 ? "" : "s");
    print_level("integrated loudness", f, "integrated_lufs", "LUFS");
    print_level("loudness range", f, "range_lu", "LU");
    print_level("largest short-term", f, "max_short_term_lufs", "LUFS");
    print_level("largest momentary", f, "max_momentary_lufs", "LUFS");
    print_level("true peak", f, "true_peak_dbtp", "dBTP");
    print_level("sample peak", f, "sample_peak_dbfs", "dBFS");
    const struct json *faults = json_get(f, "faults");
    if (json_text(f, "remark"))
        printf("  %s: %s\n", json_bool(f, "damaged", false) ? "damaged" : "remark",
               json_text(f, "remark"));
    for (size_t i = 0; i < json_count(faults); i++) {
        char text[FAULT_TEXT];
        if (fault_text(json_at(faults, i), text))
            printf("  %s\n", text);
    }
}

// The target that is drawn is that of a loudness preset.
static int plot_settings(const struct env *env, const struct args *args, struct json *into,
                         struct err *e)
{
    const char *svg = args_text(args, "plot"), *name = args_text(args, "preset");
    if (!svg)
        return name ? err_usage(e, "--preset is for --plot OUT.svg") : 0;
    if (!str_ends(svg, ".svg"))
        return err_usage(e,
                         "--plot %s: the picture's name ends in .svg\n"
                         "usage: dgl-episode measure --plot OUT.svg FILE",
                         svg);
    if (args->num_words != 1)
        return err_usage(e, "one plot takes one file\n"
                            "usage: dgl-episode measure --plot OUT.svg FILE");
    struct arena a = {0};
    struct loudness_preset preset;
    int r = loudness_preset_load(&a, session_preset_dirs(&a, NULL, env->presets_dir),
                                 name ? name : "podcast", &preset, e);
    if (r >= 0) {
        struct json *plot = json_new_object();
        json_put_real(plot, "target_lufs", preset.target_lufs);
        json_put_real(plot, "tolerance_lu", preset.tolerance_lu);
        json_put_real(plot, "ceiling_dbtp", preset.ceiling_dbtp);
        json_put(into, "plot", plot);
    }
    arena_done(&a);
    return r;
}

static int save_plot(const struct args *args, const struct json *measured, struct err *e)
{
    const char *svg = json_text(measured, "plot");
    return svg ? fs_replace(args_text(args, "plot"), svg, strlen(svg), e) : 0;
}

static bool print_files(const struct env *env, const struct json *list)
{
    bool bad = false;
    if (env->json)
        print_json(list);
    for (size_t i = 0; i < json_count(list); i++) {
        if (!env->json)
            print_file(json_at(list, i));
        bad |= json_text(json_at(list, i), "error") != NULL;
    }
    return bad;
}

int cmd_measure(const struct env *env, const struct args *args, struct err *e)
{
    struct json *settings = json_new_object();
    int r = plot_settings(env, args, settings, e);
    if (r < 0) {
        json_free(settings);
        return r;
    }
    struct json *in = json_new_object(), *files = json_new_array(), *measured = NULL;
    for (size_t i = 0; i < args->num_words; i++)
        json_push_text(files, args->words[i]);
    json_put(in, "files", files);
    r = tool_run(env, "measure", settings, in, &measured, e);
    if (r < 0)
        return r;
    bool bad = print_files(env, json_get(measured, "files"));
    r = save_plot(args, measured, e);
    if (r >= 0 && json_text(measured, "plot") && !env->json && env->verbosity >= 0)
        printf("  plot                   %s\n", args_text(args, "plot"));
    json_free(measured);
    return r < 0 ? r : bad ? 3 : 0;
}
