// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/episode.h"

#include "base/fs.h"
#include "base/str.h"
#include "model/cover.h"
#include "model/parts.h"
#include "model/spot.h"
#include "model/word.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { NOTES_MAX = 1 << 20 };

#define E(field) offsetof(struct episode, field)
#define ASIDE KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL

const char episode_new_notes[] =
    "Skriv her hva episoden handler om, med lenker til det gjesten viser fram.\n";
const char episode_live_chapters[] = "chapters.live.yaml";

static const char *const kinds[] = {"full", "trailer", "bonus", NULL};

const struct key episode_keys[] = {
    {"title", KEY_TEXT, E(title), true, 0, 0, NULL,
     "the episode's name, without its number; for example Trivsel i Meløy"},
    {"month", KEY_MONTH, E(month), false, 0, 0, NULL,
     "takes theme and goals from the calendar; default: none; for example 2026-02"},
    {"number", KEY_INT, E(number), false, 1, 99999, NULL,
     "of the episode; default: not numbered; for example 2"},
    {"season", KEY_INT, E(season), false, 1, 9999, NULL, "default none; for example 2026"},
    {"published", KEY_DATE, E(published_utc_s), false, 0, 0, NULL,
     "not in the feed before; default: when it is first published; for example "
     "2026-02-12T09:00:00+01:00"},
    {"summary", KEY_PROSE, E(summary), false, 0, 4000, NULL,
     "a few sentences for lists of episodes; default none"},
    {"notes", KEY_FILE, E(notes), false, 0, 0, NULL,
     "show notes in Markdown, from the episode's folder; default notes.md where it is there"},
    {"kind", KEY_CHOICE, E(kind), false, 0, 0, kinds, "full, trailer or bonus; default full"},
    {"language", KEY_TEXT, E(language), false, 0, 0, NULL,
     "tag of the language; default: the show's; for example nn"},
    {"cover", KEY_FILE, E(cover), false, 0, 0, NULL,
     "square picture as in show.yaml, from the episode's folder; default: one is drawn"},
    {"host", ASIDE, "who leads the talk; default none; for example [{name: Kari Nordmann}]"},
    {"guest", ASIDE,
     "who is invited; default none; for example [{name: Ola Nordmann, role: ordfører, "
     "municipality: Meløy}]"},
    {"recordings", ASIDE,
     "the sound, several tracks with one start; default: named to publish; for example [{file: "
     "zoom.mp4}]"},
    {"captions", ASIDE,
     "subtitles and transcript; default none; for example [{file: captions.nb.vtt, language: nb, "
     "made: corrected}]"},
    {"chapters", ASIDE,
     "times from the start of the first recording, or the name of a file that holds chapters: […]; "
     "default chapters.live.yaml, of what was marked in a broadcast, where it is there; for "
     "example "
     "[{at: \"00:00:00\", title: Velkommen}]"},
    {"goals", ASIDE, "only to depart from the calendar; for example [3, 8, \"11.7\"]"},
    {"resources", ASIDE,
     "what listeners can use; default none; for example [{kind: tool, title: Verktøykasse, url: "
     "\"https://example.org/\"}]"},
    {"described", ASIDE,
     "how what is only seen is told: spoken, {track: FILE} or {not-needed: reason}; default: not "
     "said"},
    {"license", KEY_TEXT, E(license), false, 0, 128, NULL,
     "as SPDX names it; default: the show's; for example CC-BY-4.0"},
    {"guid", KEY_TEXT, E(guid), false, 0, 0, NULL,
     "identifier from another host, to keep it; default: one is made; never changed"},
    {"explicit", KEY_BOOL, E(is_explicit), false, 0, 0, NULL,
     "true: not for children; default: the show's"},
    {"preset", KEY_TEXT, E(preset), false, 0, 40, NULL,
     "loudness preset; default: the show's; for example broadcast"},
    {"outputs", KEY_TEXTS, E(outputs), false, 0, 40, NULL,
     "delivery files; default: the show's; for example [mp3, opus]"},
    {"channels", KEY_INT, E(channels), false, 1, 2, NULL,
     "of the delivery files; default: the show's"},
    {"accept_damage", KEY_BOOL, E(accept_damage), false, 0, 0, NULL,
     "true: publish what can be used of a damaged recording; default: the show's"},
    {"trim", KEY_CHOICE, E(trim), false, 0, 0, show_trims,
     "auto: dead air goes at both ends, 0.3 s stay in front of the first sound and 0.8 s behind "
     "the "
     "last; default: the show's"},
    {"cuts", ASIDE,
     "pieces to leave out, by the recording's clock; chapters and captions follow; default none; "
     "for example [{from: \"00:12:01.5\", to: \"00:12:09\"}]"},
    {"pauses", KEY_REAL, E(pauses), false, 0, 60, NULL,
     "seconds to which longer pauses are shortened, at least 0.5; 0: as they are; default: the "
     "show's; for example 1.5"},
    {"intro", KEY_FILE, E(intro.file), false, 0, 0, NULL,
     "sound in front, from the episode's folder; none: also without the show's; default: the "
     "show's; for example intro.wav"},
    {"outro", KEY_FILE, E(outro.file), false, 0, 0, NULL,
     "sound behind, in the same manner; default: the show's; for example none"},
    {"music", KEY_FILE, E(music.file), false, 0, 0, NULL,
     "music under the whole episode but intro and outro, from the episode's folder, at least 20 dB "
     "below whoever speaks; none: also without the show's; default: the show's; for example "
     "bed.mp3"},
    {"picture", KEY_TEXT, E(picture), false, 0, 40, NULL,
     "picture preset: video as well; none: without, also where the show has one; default: the "
     "show's; for example 1080p25"},
    {"fit", KEY_CHOICE, E(fit), false, 0, 0, picture_fits,
     "a picture of another shape gets bars (pad) or loses its edges (crop); default: the show's"},
    {"hls", KEY_BOOL, E(hls), false, 0, 0, NULL,
     "true: also an adaptive stream of the picture; default: the show's"},
    {"graphics", KEY_TEXTS, E(graphics_words), false, 0, 0, show_graphics_words,
     "what is drawn into the picture, as in show.yaml: with any of them the picture is encoded "
     "anew, never copied; default: the show's; for example all"},
    {"balance", KEY_CHOICE, E(balance), false, 0, 0, show_balances,
     "auto: a film's shots are brought to one brightness and one white, as in show.yaml: the "
     "picture is encoded anew, never copied; default: the show's"},
    {"clip", ASIDE,
     "pieces for social media, by the recording's clock, each a video with captions in the "
     "picture; default none; for example [{from: \"00:03:10\", to: \"00:04:05\", title: Ei åpen "
     "dør}]"},
    {"soundbites", ASIDE,
     "passages that apps play as a foretaste, by the recording's clock, 15 to 120 seconds each; "
     "default none; for example [{from: \"00:07:40\", to: \"00:08:10\", title: Ei åpen dør}]"},
    {"comments", ASIDE,
     "the post below which people talk about the episode; default none; for example "
     "https://sosial.example.org/@dgl/1"},
    {"credits", ASIDE,
     "who worked on it and is not heard; default none; for example [{name: Per Nordmann, role: "
     "producer}]"},
    {"live", ASIDE,
     "when it is broadcast, so that apps announce it; default: not announced; for example {start: "
     "2026-12-10T10:00:00+01:00}"},
    {"waivers", ASIDE,
     "rules that check names and this episode is let off, each with a reason, which stands on its "
     "page; default none; for example [{rule: described, reason: Opptaket blir synstolket i mars, "
     "by: Kari Nordmann, until: 2026-03-31}]"},
    {"kit", ASIDE,
     "material for municipalities: poster, cards, a sheet for a meeting, all in one ZIP; {}: of "
     "what is known anyway; none: also where the show has it; default: the show's; for example "
     "{facts: [\"Én av fem er ofte alene.\"], questions: [\"Hvem kommer ikke i dag?\"]}"},
    {"cleaning", KEY_CHOICE, E(cleaning), false, 0, 0, show_cleanings,
     "auto: hum, rumble, noise, clicks, cut peaks and other speakers' voices go where they are "
     "measured; default: the show's"},
    {"leveller", KEY_SHARE, E(leveller), false, 0, 0, NULL,
     "per cent to which the speakers are brought to one loudness, or off; default: the show's"},
};
const size_t num_episode_keys = COUNT(episode_keys);

struct loading {
    struct arena *a;
    const struct show *show;
    const char *const *dirs;
    const struct goals *goals;
    const struct node *root;
    struct episode *ep;
    struct err *e;
};

static int read_parts(const struct loading *l, const struct municipalities *m)
{
    struct parts p = {l->a, m, l->ep, l->e};
    int r = parts_people(&p, node_of(l->root, "host"), "host", &l->ep->hosts, &l->ep->num_hosts);
    if (r >= 0)
        r = parts_people(&p, node_of(l->root, "guest"), "guest", &l->ep->guests,
                         &l->ep->num_guests);
    if (r >= 0)
        r = parts_recordings(&p, node_of(l->root, "recordings"));
    if (r >= 0)
        r = parts_captions(&p, node_of(l->root, "captions"));
    if (r >= 0)
        r = parts_chapters(&p, node_of(l->root, "chapters"));
    if (r >= 0)
        r = parts_cuts(&p, node_of(l->root, "cuts"));
    if (r >= 0)
        r = parts_clips(&p, node_of(l->root, "clip"));
    if (r >= 0)
        r = parts_soundbites(&p, node_of(l->root, "soundbites"));
    if (r >= 0)
        r = parts_comments(&p, node_of(l->root, "comments"));
    if (r >= 0)
        r = parts_credits(&p, node_of(l->root, "credits"));
    if (r >= 0)
        r = parts_resources(&p, node_of(l->root, "resources"));
    if (r >= 0)
        r = parts_kit(&p, node_of(l->root, "kit"));
    if (r >= 0)
        r = parts_described(&p, node_of(l->root, "described"));
    if (r >= 0)
        r = parts_planned(&p, node_of(l->root, "live"));
    if (r >= 0)
        r = waivers_read(l->a, node_of(l->root, "waivers"), &l->ep->waivers, &l->ep->num_waivers,
                         l->e);
    return r;
}

static int read_goals(const struct loading *l)
{
    struct episode *ep = l->ep;
    if (ep->month) {
        const struct calendar_month *m =
            calendar_at(&l->show->calendar, (int)(ep->month / 100), (int)(ep->month % 100));
        ep->theme = m ? m->theme : NULL;
        ep->goals = calendar_goals(m);
    }
    const struct node *n = node_of(l->root, "goals");
    if (!n)
        return 0;
    struct texts codes;
    int r = calendar_goals_read(l->a, n, l->goals, &ep->goals, &codes, l->e);
    if (r < 0)
        return r;
    ep->target_codes = codes.items;
    ep->num_targets = codes.count;
    return 0;
}

static int read_notes(const struct loading *l)
{
    struct episode *ep = l->ep;
    const struct node *n = node_of(l->root, "notes");
    if (n) {
        struct parts p = {l->a, NULL, ep, l->e};
        int r = parts_file(&p, ep->notes, n);
        if (r < 0)
            return r;
    } else {
        if (!fs_exists(fs_join(l->a, ep->dir, "notes.md")))
            return 0;
        ep->notes = "notes.md";
        int r = node_path_inside(l->root, ep->notes, 2, l->e);
        if (r < 0)
            return r;
    }
    char *text;
    size_t len;
    int r = spot_read(l->a, fs_join(l->a, ep->dir, ep->notes),
                      arena_printf(l->a, "episodes/%s/%s", ep->folder, ep->notes), NOTES_MAX,
                      SPOT_TABS, &text, &len, l->e);
    if (r < 0)
        return r;
    if (!str_same(text, episode_new_notes))
        ep->notes_text = text;
    return 0;
}

static int read_jingle(const struct loading *l, const char *key, struct jingle_file *j)
{
    const struct node *n = node_of(l->root, key);
    if (n && strcmp(j->file, "none") == 0) {
        *j = (struct jingle_file){0};
        return 0;
    }
    return n ? show_jingle(l->a, l->ep->dir, 2, n, j, l->e) : 0;
}

static int read_sound(const struct loading *l)
{
    int r = show_check_pauses(l->ep->pauses, node_of(l->root, "pauses"), l->e);
    if (r >= 0)
        r = read_jingle(l, "intro", &l->ep->intro);
    if (r >= 0)
        r = read_jingle(l, "outro", &l->ep->outro);
    if (r >= 0)
        r = read_jingle(l, "music", &l->ep->music);
    return r;
}

static int check_cover(const struct loading *l)
{
    const struct node *n = node_of(l->root, "cover");
    if (!n)
        return 0;
    int r = node_path_inside(n, l->ep->cover, 2, l->e);
    return r < 0 ? r : cover_check(fs_join(l->a, l->ep->dir, l->ep->cover), n, l->e);
}

static int check_guid(const struct episode *ep, const struct node *n, struct err *e)
{
    if (ep->guid && strchr(ep->guid, ' '))
        return node_error(n, e, "copy it from the feed of the other host",
                          "guid has a blank in it");
    return 0;
}

static int read_presets(const struct loading *l)
{
    struct episode *ep = l->ep;
    int r = 0;
    if (ep->preset)
        r = loudness_preset_named(l->a, l->dirs, ep->preset, node_of(l->root, "preset"),
                                  &ep->loudness, l->e);
    const struct node *outputs = node_of(l->root, "outputs");
    if (r >= 0 && outputs)
        r = output_presets_named(l->a, l->dirs, &ep->outputs, outputs, ep->output, SHOW_MAX_OUTPUTS,
                                 &ep->num_outputs, l->e);
    return r;
}

static int read_picture(const struct loading *l)
{
    struct episode *ep = l->ep;
    const struct node *hls = node_of(l->root, "hls");
    int r = show_read_picture(l->a, l->dirs, node_of(l->root, "picture"), &ep->picture, ep->rung,
                              &ep->num_rungs, l->e);
    if (r >= 0)
        r = show_read_graphics(&ep->graphics_words, node_of(l->root, "graphics"), &ep->graphics,
                               l->e);
    if (r < 0)
        return r;
    if (hls && ep->hls && !ep->picture)
        return node_error(hls, l->e, "add picture: 1080p, or delete the line",
                          "an adaptive stream needs a picture, and this episode has none");
    if (!ep->picture)
        ep->hls = false;
    else if (!ep->fit)
        ep->fit = ep->rung[0].fit;
    return 0;
}

// A clip is posted among those of others, whatever the show's own loudness is: it has the podcasts'
// loudness, and by itself, because nothing of the episode is heard around it.
static int read_clip_presets(const struct loading *l)
{
    struct episode *ep = l->ep;
    struct picture_preset rung[PICTURE_MAX_RUNGS];
    size_t n;
    int r = 0;
    for (size_t i = 0; r >= 0 && i < CLIP_SHAPES; i++) {
        r = picture_preset_named(l->a, l->dirs, clip_shapes[i], NULL, rung, &n, l->e);
        ep->of_clips.shape[i] = rung[0];
    }
    if (r >= 0)
        r = output_preset_load(l->a, l->dirs, "m4a", &ep->of_clips.sound, l->e);
    return r < 0 ? r : loudness_preset_load(l->a, l->dirs, "podcast", &ep->of_clips.loudness, l->e);
}

static bool is_aac_in_mp4(const struct output_preset *o)
{
    return strcmp(o->codec, "aac") == 0 &&
           (strcmp(o->container, "ipod") == 0 || strcmp(o->container, "mp4") == 0);
}

const struct output_preset *episode_video_sound(const struct episode *ep)
{
    for (size_t i = 0; ep->picture && i < ep->num_encoded; i++) {
        if (is_aac_in_mp4(&ep->output[i]))
            return &ep->output[i];
    }
    return NULL;
}

// A video's sound is AAC: where no output makes it, one more is encoded.
static int add_inner(const struct loading *l)
{
    struct episode *ep = l->ep;
    ep->num_encoded = ep->num_outputs;
    if (!ep->picture || episode_video_sound(ep))
        return 0;
    struct output_preset *inner = &ep->output[ep->num_outputs];
    int r = output_preset_load(l->a, l->dirs, "m4a", inner, l->e);
    if (r < 0)
        return r;
    inner->inner = true;
    ep->num_encoded++;
    return 0;
}

static const struct kit kit_of_show = {.start_min = -1};

static struct episode from_show(struct arena *a, const struct show *s, const char *folder)
{
    struct episode ep = {
        .show = s,
        .folder = arena_strdup(a, folder),
        .dir = arena_printf(a, "%s/episodes/%s", s->dir, folder),
        .language = s->language,
        .license = s->license,
        .kind = "full",
        .loudness = s->loudness,
        .num_outputs = s->num_outputs,
        .picture = s->picture,
        .num_rungs = s->num_rungs,
        .fit = s->fit,
        .hls = s->hls,
        .graphics = s->graphics,
        .balance = s->balance,
        .channels = s->channels,
        .trim = s->trim,
        .pauses = s->pauses,
        .cleaning = s->cleaning,
        .leveller = s->leveller,
        .intro = s->intro,
        .outro = s->outro,
        .music = s->music,
        .kit = s->kit ? &kit_of_show : NULL,
        .is_explicit = s->is_explicit,
        .accept_damage = s->accept_damage,
    };
    memcpy(ep.output, s->output, sizeof(s->output));
    memcpy(ep.rung, s->rung, sizeof(ep.rung));
    return ep;
}

int episode_load(struct arena *a, const struct show *s, const char *const *preset_dirs,
                 const struct goals *g, const struct municipalities *m, const char *folder,
                 struct episode *ret, struct err *e)
{
    struct episode ep = from_show(a, s, folder);
    const char *shown = arena_printf(a, "episodes/%s/episode.yaml", folder);
    struct yaml_file *f;
    int r = yaml_load(a, fs_join(a, ep.dir, "episode.yaml"), shown, &f, e);
    if (r < 0)
        return r;
    if (!f->root)
        return err_input(e, "%s:1:1: the file is empty\nwrite at least a title", shown);
    ep.file = f;
    r = keys_read(a, f->root, episode_keys, num_episode_keys, "the episode", &ep, e);
    struct loading l = {a, s, preset_dirs, g, f->root, &ep, e};
    if (r >= 0)
        r = word_language(ep.language, node_of(f->root, "language"), e);
    if (r >= 0)
        r = word_license(ep.license, node_of(f->root, "license"), e);
    if (r >= 0)
        r = check_guid(&ep, node_of(f->root, "guid"), e);
    if (r >= 0)
        r = read_parts(&l, m);
    if (r >= 0)
        r = read_sound(&l);
    if (r >= 0)
        r = read_goals(&l);
    if (r >= 0)
        r = read_presets(&l);
    if (r >= 0)
        r = read_picture(&l);
    if (r >= 0)
        r = add_inner(&l);
    if (r >= 0 && ep.num_clips)
        r = read_clip_presets(&l);
    if (r >= 0)
        r = check_cover(&l);
    if (r >= 0)
        r = read_notes(&l);
    if (r < 0)
        return r;
    *ret = ep;
    return 0;
}
