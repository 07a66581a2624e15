// SPDX-License-Identifier: GPL-3.0-or-later
// measure FILE…
#include "base/fs.h"
#include "base/str.h"
#include "cmd.h"

#include <math.h>
#include <stdio.h>

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

int cmd_measure(const struct env *env, const struct args *args, struct err *e)
{
    struct json *in = json_new_object(), *files = json_new_array(), *measured = NULL;
    for (size_t i = 0; i < args->num_words; i++)
        json_push_text(files, args->words[i]);
    json_put(in, "files", files);
    int r = tool_run(env, "measure", json_new_object(), in, &measured, e);
    if (r < 0)
        return r;
    const struct json *list = json_get(measured, "files");
    bool bad = false;
    if (env->json)
        print_json(list);
    for (size_t i = 0; i < json_count(list); i++) {
        if (!env->json)
            print_file(json_at(list, i));
        bad |= json_text(json_at(list, i), "error") != NULL;
    }
    json_free(measured);
    return bad ? 3 : 0;
}
