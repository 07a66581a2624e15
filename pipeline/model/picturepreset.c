// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/picturepreset.h"

#include "base/str.h"

#include <inttypes.h>
#include <string.h>

enum { MACROBLOCK = 16, MAX_FPS = 60 }; // MAX_FPS: also what "source" may turn out to be

#define P(field) offsetof(struct picture_preset, field)

const char *const picture_fits[] = {"pad", "crop", NULL};
static const char *const speeds[] = {"ultrafast", "superfast", "veryfast", "faster",   "fast",
                                     "medium",    "slow",      "slower",   "veryslow", NULL};
static const char *const profiles[] = {"high", "main", NULL};
static const char *const level_names[] = {"4.0", "4.1", "4.2", NULL};

// ITU-T H.264, table A-1, for the profile main; high may have a quarter more bits.
static const struct level {
    const char *name;
    int64_t blocks_per_s, blocks; // macroblocks
    int64_t kbps, kbit;
} levels[] = {
    {"4.0", 245760, 8192, 20000, 25000},
    {"4.1", 245760, 8192, 50000, 62500},
    {"4.2", 522240, 8704, 50000, 62500},
};

static const struct key keys[] = {
    {"about", KEY_TEXT, P(about), true, 0, 0, NULL, "what it is for; for example Full HD"},
    {"width_px", KEY_INT, P(width), true, 128, 4096, NULL,
     "of the delivered picture, an even number; for example 1920"},
    {"height_px", KEY_INT, P(height), true, 128, 4096, NULL,
     "of the delivered picture, an even number; for example 1080"},
    {"frame_rate_fps", KEY_TEXT, P(frame_rate), true, 0, 20, NULL,
     "frames a second, constant; source: the nearest usual rate of the recording; for example 25 "
     "or 30000/1001"},
    {"fit", KEY_CHOICE, P(fit), true, 0, 0, picture_fits,
     "a recording of another shape gets bars (pad) or loses its edges (crop)"},
    {"crf", KEY_REAL, P(crf), true, 1, 51, NULL,
     "x264's constant quality, smaller is better; for example 21"},
    {"speed", KEY_CHOICE, P(speed), true, 0, 0, speeds,
     "x264's preset, slower ones make smaller files; for example medium"},
    {"max_bitrate_kbps", KEY_INT, P(max_bitrate_kbps), true, 100, 50000, NULL,
     "what a line must carry, through the buffer below; for example 6000"},
    {"buffer_kbit", KEY_INT, P(buffer_kbit), true, 100, 62500, NULL,
     "what a player holds (VBV); for example 9000"},
    {"profile", KEY_CHOICE, P(profile), false, 0, 0, profiles, "of H.264; default high"},
    {"level", KEY_CHOICE, P(level), true, 0, 0, level_names,
     "of H.264, what a decoder must be made for; for example \"4.0\""},
    {"gop_s", KEY_REAL, P(gop_s), true, 1, 10, NULL,
     "seconds from one key frame to the next; for example 2"},
    {"ladder", KEY_TEXTS, P(ladder), false, 0, 40, NULL,
     "smaller picture presets of an adaptive stream, which get this one's frame rate; default "
     "none; for example [720p, 480p]"},
};
const struct key_table picture_preset_tables[] = {{"picture", keys, COUNT(keys)}};
const size_t num_picture_preset_tables = COUNT(picture_preset_tables);

bool picture_rate(struct arena *a, const char *text, int *ret_num, int *ret_den)
{
    int64_t num, den = 1;
    const char *slash = strchr(text, '/');
    if (slash && !str_to_int(slash + 1, &den))
        return false;
    if (!str_to_int(slash ? arena_strndup(a, text, (size_t)(slash - text)) : text, &num))
        return false;
    if (num < 1 || den < 1 || num > MAX_FPS * 1001 || den > 1001 || num < den ||
        num > MAX_FPS * den)
        return false;
    // every frame begins at a tick
    if (TICKS_PER_SEC * den % num != 0)
        return false;
    *ret_num = (int)num;
    *ret_den = (int)den;
    return true;
}

static int read_rate(struct arena *a, const struct node *n, struct picture_preset *p, struct err *e)
{
    static const struct {
        const char *rounded, *exact;
    } usual[] = {
        {"23.98", "24000/1001"}, {"23.976", "24000/1001"}, {"29.97", "30000/1001"},
        {"59.94", "60000/1001"}, {"25.0", "25"},           {"30.0", "30"},
    };
    p->rate_num = 0;
    p->rate_den = 1;
    if (strcmp(p->frame_rate, "source") == 0 ||
        picture_rate(a, p->frame_rate, &p->rate_num, &p->rate_den))
        return 0;
    const char *remedy = "write source, 24, 25, 30, 50, or a fraction such as 30000/1001";
    for (size_t i = 0; i < COUNT(usual); i++) {
        if (strcmp(p->frame_rate, usual[i].rounded) == 0)
            remedy = arena_printf(a, "write %s", usual[i].exact);
    }
    return node_error(n, e, remedy, "frame_rate_fps cannot be \"%.60s\"", p->frame_rate);
}

static bool holds(const struct level *l, const struct picture_preset *p)
{
    int64_t blocks =
        (p->width + MACROBLOCK - 1) / MACROBLOCK * ((p->height + MACROBLOCK - 1) / MACROBLOCK);
    int64_t num = p->rate_num ? p->rate_num : MAX_FPS, den = p->rate_den;
    return blocks <= l->blocks && blocks * num <= l->blocks_per_s * den &&
           p->max_bitrate_kbps <= l->kbps && p->buffer_kbit <= l->kbit;
}

static int check_level(struct arena *a, const struct picture_preset *p, const struct node *root,
                       struct err *e)
{
    const char *remedy = NULL;
    for (size_t i = 0; i < COUNT(levels); i++) {
        bool good = holds(&levels[i], p);
        if (good && strcmp(levels[i].name, p->level) == 0)
            return 0;
        if (good && !remedy)
            remedy = arena_printf(a, "write level: \"%s\"", levels[i].name);
    }
    return node_error(node_of(root, "level"), e,
                      remedy ? remedy : "make the picture smaller, or the frames fewer",
                      "level %s does not hold %" PRId64 " x %" PRId64 " at %s frames a second, "
                      "%" PRId64 " kbit/s and a buffer of %" PRId64 " kbit",
                      p->level, p->width, p->height, p->rate_num ? p->frame_rate : "up to 60",
                      p->max_bitrate_kbps, p->buffer_kbit);
}

static int check_even(struct arena *a, const struct node *root, const char *key, int64_t pixels,
                      struct err *e)
{
    if (pixels % 2 == 0)
        return 0;
    return node_error(node_of(root, key), e, arena_printf(a, "write %" PRId64, pixels + 1),
                      "%s must be even, since two pixels share a colour", key);
}

// All but the level, which depends on the frame rate that a rung gets.
static int read_preset(struct arena *a, const char *const *dirs, const char *name,
                       const struct node *at, struct picture_preset *ret,
                       const struct node **ret_root, struct err *e)
{
    struct picture_preset p = {.name = arena_strdup(a, name), .profile = "high"};
    const struct node *root;
    int r = preset_read(a, dirs, &picture_preset_tables[0], name, at, &p, &root, e);
    if (r >= 0)
        r = read_rate(a, node_of(root, "frame_rate_fps"), &p, e);
    if (r >= 0)
        r = check_even(a, root, "width_px", p.width, e);
    if (r >= 0)
        r = check_even(a, root, "height_px", p.height, e);
    if (r < 0)
        return r;
    *ret = p;
    *ret_root = root;
    return 0;
}

static int read_rung(struct arena *a, const char *const *dirs, const struct picture_preset *main,
                     const struct picture_preset *above, const char *name, const struct node *at,
                     struct picture_preset *ret, struct err *e)
{
    const struct node *root;
    int r = read_preset(a, dirs, name, at, ret, &root, e);
    if (r < 0)
        return r;
    if (ret->width >= above->width || ret->height >= above->height)
        return node_error(at, e, "write the rungs from large to small, below the preset itself",
                          "%.40s is not smaller than %.40s", name, above->name);
    ret->frame_rate = main->frame_rate;
    ret->rate_num = main->rate_num;
    ret->rate_den = main->rate_den;
    return check_level(a, ret, root, e);
}

int picture_preset_named(struct arena *a, const char *const *dirs, const char *name,
                         const struct node *n, struct picture_preset rung[PICTURE_MAX_RUNGS],
                         size_t *ret_n, struct err *e)
{
    const struct node *root;
    int r = read_preset(a, dirs, name, n, &rung[0], &root, e);
    if (r >= 0)
        r = check_level(a, &rung[0], root, e);
    if (r < 0)
        return r;
    const struct texts *ladder = &rung[0].ladder;
    if (ladder->count >= PICTURE_MAX_RUNGS)
        return node_error(ladder->nodes[PICTURE_MAX_RUNGS - 1], e, NULL,
                          "more than %d rungs below the preset itself", PICTURE_MAX_RUNGS - 1);
    for (size_t i = 0; i < ladder->count; i++) {
        r = read_rung(a, dirs, &rung[0], &rung[i], ladder->items[i], ladder->nodes[i], &rung[i + 1],
                      e);
        if (r < 0)
            return r;
    }
    *ret_n = 1 + ladder->count;
    return 0;
}
