// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/preset.h"

#include "base/fs.h"
#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double least_above_lu = 1; // speech is never so level that less would do

#define L(field) offsetof(struct loudness_preset, field)
#define O(field) offsetof(struct output_preset, field)

static const struct key loudness_keys[] = {
    {"about", KEY_TEXT, L(about), true, 0, 0, NULL, "what it is for; for example podcasts"},
    {"target_lufs", KEY_REAL, L(target_lufs), true, -40, -5, NULL,
     "loudness of the delivered file; for example -16"},
    {"tolerance_lu", KEY_REAL, L(tolerance_lu), true, 0, 3, NULL,
     "how far off it may be; for example 0.2"},
    {"ceiling_dbtp", KEY_REAL, L(ceiling_dbtp), true, -20, 0, NULL,
     "highest true peak of the delivered file; for example -1"},
    {"max_short_term_lufs", KEY_REAL, L(max_short_term_lufs), false, -40, 0, NULL,
     "the loudest 3 s of the delivered file, above target_lufs; default no limit; for example -18"},
    {"max_range_lu", KEY_REAL, L(max_range_lu), false, 1, 40, NULL,
     "widest loudness range (EBU Tech 3342) of the delivered file; default no limit; for example "
     "15"},
    {"leveller_percent", KEY_SHARE, L(leveller_percent), false, 0, 0, NULL,
     "how much the speakers are brought to one loudness; default 100; off: not at all"},
};
static const struct key output_keys[] = {
    {"about", KEY_TEXT, O(about), true, 0, 0, NULL, "what it is; for example MP3 (LAME)"},
    {"extension", KEY_TEXT, O(extension), true, 0, 8, NULL, "of the file; for example mp3"},
    {"mime", KEY_TEXT, O(mime), true, 0, 80, NULL, "the type in the feed; for example audio/mpeg"},
    {"codec", KEY_TEXT, O(codec), true, 0, 40, NULL, "libavcodec's name; for example libmp3lame"},
    {"container", KEY_TEXT, O(container), true, 0, 40, NULL, "libavformat's name; for example mp3"},
    {"sample_rate_hz", KEY_INT, O(sample_rate_hz), true, 8000, 192000, NULL, "for example 48000"},
    {"bitrate_kbps_stereo", KEY_INT, O(bitrate_kbps_stereo), true, 0, 1000, NULL,
     "with two channels, 0: the codec has none; for example 128"},
    {"bitrate_kbps_mono", KEY_INT, O(bitrate_kbps_mono), true, 0, 1000, NULL,
     "with one channel; for example 96"},
    {"start_gain_db", KEY_REAL, O(start_gain_db), false, -6, 6, NULL,
     "made up for what coding takes, before the first try; default 0; for example 0.05"},
    {"start_headroom_db", KEY_REAL, O(start_headroom_db), false, 0, 6, NULL,
     "the coder's usual overshoot, kept below the ceiling; default 0; for example 0.5"},
    {"options", KEY_TEXTS, O(options), false, 0, 0, NULL,
     "further options of the codec; default none; for example [compression_level=5]"},
};
const struct key_table preset_tables[] = {
    {"loudness", loudness_keys, COUNT(loudness_keys)},
    {"output", output_keys, COUNT(output_keys)},
};
const size_t num_preset_tables = COUNT(preset_tables);

char *preset_path(struct arena *a, const char *const *dirs, const char *name)
{
    for (size_t i = 0; dirs && dirs[i]; i++) {
        char *path = fs_join(a, dirs[i], name);
        if (fs_exists(path) && !fs_is_dir(path))
            return path;
    }
    return NULL;
}

static bool is_name(const char *name)
{
    return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == strlen(name) &&
           *name != '.';
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// The names below dirs, each once; folders that cannot be read hold none.
static size_t known_names(struct arena *a, const char *const *dirs, const char *kind,
                          const char ***ret)
{
    const char **names = NULL;
    size_t n = 0, cap = 0;
    for (size_t i = 0; dirs && dirs[i]; i++) {
        char **files;
        size_t count;
        if (fs_list(a, fs_join(a, dirs[i], kind), &files, &count, NULL) < 0)
            continue;
        for (size_t k = 0; k < count; k++) {
            if (!str_ends(files[k], ".yaml"))
                continue;
            names = arena_grow(a, names, n, &cap, sizeof(*names));
            names[n++] = arena_strndup(a, files[k], strlen(files[k]) - strlen(".yaml"));
        }
    }
    if (n > 0)
        qsort(names, n, sizeof(*names), by_name);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || strcmp(names[kept - 1], names[i]) != 0)
            names[kept++] = names[i];
    }
    *ret = names;
    return kept;
}

static int unknown_preset(struct arena *a, const char *const *dirs, const char *kind,
                          const char *name, const struct node *n, struct err *e)
{
    const char **names;
    size_t count = known_names(a, dirs, kind, &names);
    if (count == 0)
        return err_input(e, "no folder with presets/%s is found\nname one with --presets", kind);
    const char *remedy = nearest_remedy(a, name, names, count);
    if (n)
        return node_error(n, e, remedy, "there is no %s preset %.60s", kind, name);
    return err_input(e, "there is no %s preset %.60s\n%s", kind, name, remedy);
}

int preset_read(struct arena *a, const char *const *dirs, const struct key_table *t,
                const char *name, const struct node *at, void *out, const struct node **ret_root,
                struct err *e)
{
    char *path =
        is_name(name) ? preset_path(a, dirs, arena_printf(a, "%s/%s.yaml", t->name, name)) : NULL;
    if (!path)
        return unknown_preset(a, dirs, t->name, name, at, e);
    struct yaml_file *f;
    int r = yaml_load(a, path, path, &f, e);
    if (r < 0)
        return r;
    if (!f->root)
        return err_input(e, "%s:1:1: the preset is empty", path);
    *ret_root = f->root;
    return keys_read(a, f->root, t->keys, t->count, "a preset", out, e);
}

static int load_loudness(struct arena *a, const char *const *dirs, const char *name,
                         const struct node *at, struct loudness_preset *ret, struct err *e)
{
    struct loudness_preset p = {.name = arena_strdup(a, name),
                                .max_short_term_lufs = HUGE_VAL,
                                .max_range_lu = HUGE_VAL,
                                .leveller_percent = 100};
    const struct node *root;
    int r = preset_read(a, dirs, &preset_tables[0], name, at, &p, &root, e);
    if (r < 0)
        return r;
    if (p.max_short_term_lufs < p.target_lufs + least_above_lu)
        return node_error(
            node_of(root, "max_short_term_lufs"), e,
            arena_printf(a, "write %g or more, or delete the line", p.target_lufs + least_above_lu),
            "the loudest 3 s lie above the loudness of the whole, which is to be %g LUFS",
            p.target_lufs);
    *ret = p;
    return 0;
}

static int load_output(struct arena *a, const char *const *dirs, const char *name,
                       const struct node *at, struct output_preset *ret, struct err *e)
{
    struct output_preset p = {.name = arena_strdup(a, name)};
    const struct node *root;
    int r = preset_read(a, dirs, &preset_tables[1], name, at, &p, &root, e);
    if (r < 0)
        return r;
    for (size_t i = 0; i < p.options.count; i++) {
        if (!strchr(p.options.items[i], '='))
            return node_error(p.options.nodes[i], e, "write name=value",
                              "an option of the codec without =");
    }
    *ret = p;
    return 0;
}

int loudness_preset_load(struct arena *a, const char *const *dirs, const char *name,
                         struct loudness_preset *ret, struct err *e)
{
    return load_loudness(a, dirs, name, NULL, ret, e);
}

int output_preset_load(struct arena *a, const char *const *dirs, const char *name,
                       struct output_preset *ret, struct err *e)
{
    return load_output(a, dirs, name, NULL, ret, e);
}

int loudness_preset_named(struct arena *a, const char *const *dirs, const char *name,
                          const struct node *n, struct loudness_preset *ret, struct err *e)
{
    return load_loudness(a, dirs, name, n, ret, e);
}

int output_presets_named(struct arena *a, const char *const *dirs, const struct texts *names,
                         const struct node *n, struct output_preset *ret, size_t max, size_t *ret_n,
                         struct err *e)
{
    if (names->count == 0)
        return node_error(n, e, "write outputs: [mp3]", "outputs is an empty list");
    if (names->count > max)
        return node_error(n, e, NULL, "more than %zu outputs", max);
    for (size_t i = 0; i < names->count; i++) {
        const struct node *at = names->nodes ? names->nodes[i] : NULL;
        for (size_t k = 0; k < i; k++) {
            if (strcmp(names->items[k], names->items[i]) == 0)
                return node_error(at, e, "keep one of the two", "output %s stands here twice",
                                  names->items[i]);
        }
        int r = load_output(a, dirs, names->items[i], at, &ret[i], e);
        if (r < 0)
            return r;
    }
    *ret_n = names->count;
    return 0;
}
