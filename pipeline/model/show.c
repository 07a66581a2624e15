// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/show.h"

#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "model/category.h"
#include "model/cover.h"
#include "model/word.h"

#include <errno.h>
#include <string.h>

// The namespace of podcast:guid, fixed by the podcast namespace.
#define PODCAST_NAMESPACE "ead4c236-bf58-58c6-a2c6-a6b28d128cb6"
#define SHOWN "episodes/show.yaml"

enum { GRAPHICS_ALONE = 3 }; // from here on words of the list below stand for all the others

#define S(field) offsetof(struct show, field)

const char *const show_trims[] = {"auto", "off", NULL};
const char *const show_cleanings[] = {"auto", "off", NULL};
const char *const show_balances[] = {"auto", "off", NULL};
const char *const show_graphics_words[] = {"straps", "chips", "cards", "all", "none", NULL};

const struct key show_keys[] = {
    {"title", KEY_TEXT, S(title), true, 0, 0, NULL,
     "the show's name; for example Det gode liv i nord"},
    {"summary", KEY_PROSE, S(summary), true, 0, 4000, NULL,
     "what the show is about, as directories print it; for example Samtaler om folkehelse i "
     "Nordland"},
    {"site", KEY_URL, S(site), true, 0, 0, NULL,
     "address under which public/ is served; for example https://example.org/detgodeliv/"},
    {"author", KEY_TEXT, S(author), true, 0, 0, NULL,
     "who publishes; for example Nordland fylkeskommune"},
    {"owner", KEY_NODE, KEY_NOWHERE, true, 0, 0, NULL,
     "whom directories write to; for example {name: Kari Nordmann, email: podkast@example.org}"},
    {"language", KEY_TEXT, S(language), false, 0, 0, NULL,
     "tag of the language; default nb; for example nn"},
    {"categories", KEY_TEXTS, S(categories), false, 0, 0, NULL,
     "one to three of Apple's, in their English words; default Government; for example "
     "[Government, Health & Fitness > Mental Health]"},
    {"cover", KEY_FILE, S(cover), false, 0, 0, NULL,
     "square picture, 1400 to 3000 pixels, JPEG or PNG, from episodes/; default: one is drawn; for "
     "example cover.png"},
    {"license", KEY_TEXT, S(license), false, 0, 128, NULL,
     "of what is published, as SPDX names it; default CC-BY-4.0; for example CC-BY-SA-4.0"},
    {"copyright", KEY_TEXT, S(copyright), false, 0, 0, NULL,
     "line for the feed, without sign and year; default none; for example Nordland fylkeskommune"},
    {"explicit", KEY_BOOL, S(is_explicit), false, 0, 0, NULL,
     "true: not for children; default false"},
    {"locked", KEY_BOOL, S(locked), false, 0, 0, NULL,
     "true: other hosts may not take the feed over; default true"},
    {"guid", KEY_TEXT, S(guid), false, 0, 0, NULL,
     "the show's own identifier, never changed; default: made from the feed's address; for example "
     "917393e3-1b1e-5cef-ace4-edaa54e1f810"},
    {"artist", KEY_TEXT, S(artist), false, 0, 0, NULL,
     "artist in the tags of files; default: author; for example Det gode liv i nord"},
    {"preset", KEY_TEXT, S(preset), false, 0, 40, NULL,
     "loudness preset; default podcast; for example broadcast"},
    {"outputs", KEY_TEXTS, S(outputs), false, 0, 40, NULL,
     "delivery files, the first is the feed's; default [mp3]; for example [mp3, m4a, opus]"},
    {"channels", KEY_INT, S(channels), false, 1, 2, NULL,
     "of the delivery files; default 2; for example 1"},
    {"accept_damage", KEY_BOOL, S(accept_damage), false, 0, 0, NULL,
     "true: publish what can be used of damaged recordings; default false"},
    {"calendar", KEY_FILE, S(calendar_path), false, 0, 0, NULL,
     "themes and goals by month, from episodes/; default calendar.yaml where it is there; for "
     "example calendar.yaml"},
    {"live", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "where live broadcasts go and come from; default none; for example {endpoints: [{name: "
     "fylket, kind: icecast, url: \"https://stream.example.org:8443/dgl.mp3\", secret: icecast}]}"},
    {"deliver", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "where public/ is uploaded to, and whom to tell; default: nowhere; for example {targets: "
     "[{name: web, kind: sftp, url: \"sftp://web.example.org/var/www/podkast/\", user: podkast}]}"},
    {"secrets", KEY_FILE, S(secrets), false, 0, 0, NULL,
     "file of passwords and keys outside the show, lines \"name = value\", which only its owner "
     "may "
     "read; default none; for example ~/.config/dgl-episode/secrets"},
    {"backup", KEY_FILE, S(backup), false, 0, 0, NULL,
     "folder on another disk where you keep copies of originals/ (or of the whole show): status "
     "says what is not there yet; the program copies nothing; default: not said, and status warns; "
     "for example /mnt/nas/detgodeliv"},
    {"trim", KEY_CHOICE, S(trim), false, 0, 0, show_trims,
     "auto: dead air goes at both ends, 0.3 s stay in front of the first sound and 0.8 s behind "
     "the "
     "last; default off"},
    {"pauses", KEY_REAL, S(pauses), false, 0, 60, NULL,
     "seconds to which longer pauses are shortened, at least 0.5; 0: as they are; default 0; for "
     "example 1.5"},
    {"intro", KEY_FILE, S(intro.file), false, 0, 0, NULL,
     "sound in front of each episode, from episodes/, which it overlaps by up to 1.5 s; default "
     "none; for example intro.wav"},
    {"outro", KEY_FILE, S(outro.file), false, 0, 0, NULL,
     "sound behind each episode in the same manner; default none; for example outro.wav"},
    {"music", KEY_FILE, S(music.file), false, 0, 0, NULL,
     "music under each episode, from episodes/, at least 20 dB below whoever speaks, and repeated "
     "where it is too short; default none; for example bed.mp3"},
    {"picture", KEY_TEXT, S(picture), false, 0, 40, NULL,
     "picture preset: video as well, of the recording's picture, or of a moving curve over the "
     "cover where it has none; default none; for example 1080p25"},
    {"fit", KEY_CHOICE, S(fit), false, 0, 0, picture_fits,
     "a picture of another shape gets bars (pad) or loses its edges (crop); default: the picture "
     "preset's"},
    {"hls", KEY_BOOL, S(hls), false, 0, 0, NULL,
     "true: also an adaptive stream of the picture, with the preset's ladder; default false"},
    {"graphics", KEY_TEXTS, S(graphics_words), false, 0, 0, show_graphics_words,
     "what is drawn into the picture: straps (who speaks), chips (theme and goals), cards (title "
     "and chapters), all or none; with any of them the picture is encoded anew, never copied; "
     "default none; for example [straps, chips]"},
    {"balance", KEY_CHOICE, S(balance), false, 0, 0, show_balances,
     "auto: a film's shots are brought to one brightness and one white, by one stop of light and "
     "15 "
     "% of blue and red at most; the picture is looked through once more for it and encoded anew, "
     "never copied; default off"},
    {"transcribe", KEY_TEXTS, S(transcribe), false, 0, 1024, NULL,
     "a speech-to-text program and its arguments, run without a shell for episodes without "
     "captions, on this machine and with your rights: name only a program you trust. In arguments "
     "\"{wav}\" is the finished sound (16 kHz, mono, 16 bit), \"{vtt}\" the WebVTT file it must "
     "write, \"{dir}\" the folder of both (speech.wav, speech.vtt) and \"{language}\" the "
     "episode's language. What it writes becomes captions.LANGUAGE.vtt in the episode's folder, "
     "made: automatic, to be corrected; default none; for example [whisper, \"{wav}\", "
     "--language, \"{language}\", --output_format, vtt, --output_dir, \"{dir}\"]"},
    {"site_colors", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "colours of the pages; default: a blue; for example {accent: \"#0b5a7d\"}"},
    {"logo", KEY_FILE, S(pages.logo), false, 0, 0, NULL,
     "picture for the top of each page, SVG, PNG, JPEG or WebP, from episodes/; default none; for "
     "example logo.svg"},
    {"directories", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "where the show can be followed, as buttons on the pages; default none; for example {apple: "
     "\"https://podcasts.apple.com/no/podcast/id123\"}"},
    {"accessibility", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "what the page about the show says of accessibility: {statement, feedback, known}; default: "
     "the owner's e-mail and what the program knows"},
    {"kit", KEY_BOOL, S(kit), false, 0, 0, NULL,
     "true: every episode gets material for municipalities, also where its episode.yaml has no "
     "kit; default false"},
    {"cleaning", KEY_CHOICE, S(cleaning), false, 0, 0, show_cleanings,
     "auto: hum, rumble, noise, clicks, cut peaks and other speakers' voices go where they are "
     "measured; default: auto; or off"},
    {"leveller", KEY_SHARE, S(leveller), false, 0, 0, NULL,
     "per cent to which the speakers are brought to one loudness, or off; default: the preset's "
     "(100); for example 50"},
    {"feed_entries", KEY_INT, S(feeding.entries), false, 1, 1000, NULL,
     "how many episodes stand in feed.xml, and in each archive of older ones behind it; default "
     "100"},
    {"funding", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "where listeners can give money; default none; for example {url: "
     "\"https://example.org/stott\", text: Støtt oss}"},
    {"verify", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "codes by which a directory sees that the show is yours; default none; for example [{purpose: "
     "applepodcastsverify, text: 8f1a2b3c}]"},
    {"block", KEY_TEXTS, S(feeding.block), false, 0, 0, feeding_services,
     "services that may not show the podcast, or all; default none; for example [amazon]"},
    {"podroll", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "other podcasts that you recommend; default none; for example [{guid: "
     "917393e3-1b1e-5cef-ace4-edaa54e1f810, title: Folkehelse i nord}]"},
    {"publisher", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "the feed of whoever publishes several podcasts; default none; for example {guid: "
     "003af0a0-6a45-55cf-b765-68e3d349551a, url: \"https://example.org/utgiver.xml\"}"},
    {"websub", KEY_NODE, KEY_NOWHERE, false, 0, 0, NULL,
     "hubs that tell apps of a new episode at once, and which you tell; default none; for example "
     "[\"https://hub.example.org/\"]"},
    {"moved_to", KEY_URL, S(feeding.moved_to), false, 0, 0, NULL,
     "the feed's new address, for as long as the old one is still read; default: it has not moved; "
     "for example https://ny.example.org/feed.xml"},
    {"complete", KEY_BOOL, S(feeding.complete), false, 0, 0, NULL,
     "true: there will be no more episodes, and directories stop asking; default false"},
};
const size_t num_show_keys = COUNT(show_keys);

static const struct key owner_keys[] = {
    {"name", KEY_TEXT, S(owner_name), true, 0, 0, NULL,
     "a person or an office; for example Kari Nordmann"},
    {"email", KEY_TEXT, S(owner_email), true, 0, 0, NULL,
     "an address that is read; for example podkast@example.org"},
};
const struct key_table show_tables[] = {{"owner", owner_keys, COUNT(owner_keys)}};
const size_t num_show_tables = COUNT(show_tables);

static int check_site(struct arena *a, struct show *s, const struct node *n, struct err *e)
{
    if (strpbrk(s->site, "?#"))
        return node_error(n, e, "name the folder alone", "site has a ? or # in it");
    if (!str_ends(s->site, "/"))
        s->site = arena_printf(a, "%s/", s->site);
    return 0;
}

char *show_feed_url(struct arena *a, const struct show *s)
{
    return arena_printf(a, "%sfeed.xml", s->site);
}

int show_feed_guid(struct arena *a, const struct show *s, const char *file, const char **ret,
                   struct err *e)
{
    const char *site = strstr(s->site, "://") + 3; // read_url let nothing else pass
    char guid[UUID_TEXT];
    int r = uuid_v5(PODCAST_NAMESPACE, arena_printf(a, "%s%s", site, file), guid, e);
    if (r >= 0)
        *ret = arena_strdup(a, guid);
    return r;
}

static int check_words(struct arena *a, struct show *s, const struct node *root, struct err *e)
{
    int r = word_language(s->language, node_of(root, "language"), e);
    if (r >= 0)
        r = word_license(s->license, node_of(root, "license"), e);
    if (r >= 0)
        r = word_uuid(s->guid, node_of(root, "guid"), e);
    if (r >= 0)
        r = check_site(a, s, node_of(root, "site"), e);
    if (r >= 0)
        r = keys_read(a, node_of(root, "owner"), owner_keys, COUNT(owner_keys), "owner", s, e);
    if (r >= 0)
        r = word_email(s->owner_email, node_of(node_of(root, "owner"), "email"), e);
    return r;
}

static bool names(const struct texts *t, const char *placeholder)
{
    for (size_t i = 1; i < t->count; i++)
        if (strstr(t->items[i], placeholder))
            return true;
    return false;
}

static int check_transcribe(const struct texts *t, const struct node *n, struct err *e)
{
    static const char remedy[] = "write transcribe: [program, \"{wav}\", \"{vtt}\"], in quotes";
    if (!n)
        return 0;
    if (!t->count || !*t->items[0])
        return node_error(n, e, remedy, "transcribe is an empty list");
    if (!names(t, "{wav}"))
        return node_error(n, e, remedy, "no argument of transcribe holds {wav}, the sound");
    if (!names(t, "{vtt}") && !names(t, "{dir}"))
        return node_error(n, e, remedy,
                          "no argument of transcribe holds {vtt}, the file to write, or {dir}, its "
                          "folder");
    return 0;
}

static int check_cover(struct arena *a, const char *episodes, const struct show *s,
                       const struct node *n, struct err *e)
{
    if (!s->cover)
        return 0;
    int r = node_path_inside(n, s->cover, 1, e);
    return r < 0 ? r : cover_check(fs_join(a, episodes, s->cover), n, e);
}

static int load_calendar(struct arena *a, const char *episodes, struct show *s,
                         const struct node *n, struct err *e)
{
    const char *name = s->calendar_path ? s->calendar_path : "calendar.yaml";
    int r = n ? node_path_inside(n, name, 1, e) : 0;
    if (r < 0)
        return r;
    const char *path = fs_join(a, episodes, name);
    if (!fs_exists(path)) {
        s->calendar_path = NULL;
        return n ? node_error(n, e, "write the calendar, or delete the line",
                              "there is no episodes/%s", name)
                 : 0;
    }
    s->calendar_path = path;
    return calendar_load(a, path, arena_printf(a, "episodes/%s", name), &s->calendar, e);
}

int show_check_pauses(double pauses, const struct node *n, struct err *e)
{
    if (!n || pauses == 0 || pauses >= 0.5)
        return 0;
    return node_error(n, e, "write 0 to leave them as they are, or 0.5 and more",
                      "pauses under 0.5 seconds would run words together");
}

int show_jingle(struct arena *a, const char *dir, int levels, const struct node *n,
                struct jingle_file *j, struct err *e)
{
    j->node = n;
    if (!n)
        return 0;
    j->path = fs_join(a, dir, j->file);
    return node_path_inside(n, j->file, levels, e);
}

static int check_sound(struct arena *a, const char *episodes, struct show *s,
                       const struct node *root, struct err *e)
{
    int r = show_check_pauses(s->pauses, node_of(root, "pauses"), e);
    if (r >= 0)
        r = show_jingle(a, episodes, 1, node_of(root, "intro"), &s->intro, e);
    if (r >= 0)
        r = show_jingle(a, episodes, 1, node_of(root, "outro"), &s->outro, e);
    if (r >= 0)
        r = show_jingle(a, episodes, 1, node_of(root, "music"), &s->music, e);
    return r;
}

int show_read_graphics(const struct texts *words, const struct node *n, unsigned *ret,
                       struct err *e)
{
    static const unsigned sets[] = {SHOW_STRAPS, SHOW_CHIPS, SHOW_CARDS,
                                    SHOW_STRAPS | SHOW_CHIPS | SHOW_CARDS, 0};
    unsigned set = 0;
    for (size_t i = 0; i < words->count; i++) {
        size_t k = 0;
        while (strcmp(show_graphics_words[k], words->items[i]) != 0)
            k++;
        if (k >= GRAPHICS_ALONE && words->count > 1)
            return node_error(words->nodes[i], e, "write it alone, or delete it",
                              "%s stands among others", words->items[i]);
        if (set & sets[k])
            return node_error(words->nodes[i], e, "keep one of the two", "%s stands here twice",
                              words->items[i]);
        set |= sets[k];
    }
    if (n && words->count == 0)
        return node_error(n, e, "write graphics: none", "graphics is an empty list");
    if (n)
        *ret = set;
    return 0;
}

int show_read_picture(struct arena *a, const char *const *preset_dirs, const struct node *n,
                      const char **picture, struct picture_preset rung[PICTURE_MAX_RUNGS],
                      size_t *num_rungs, struct err *e)
{
    if (!n)
        return 0;
    if (strcmp(*picture, "none") != 0)
        return picture_preset_named(a, preset_dirs, *picture, n, rung, num_rungs, e);
    *picture = NULL;
    *num_rungs = 0;
    return 0;
}

static int check_picture(struct arena *a, const char *const *dirs, struct show *s,
                         const struct node *root, struct err *e)
{
    int r = show_read_picture(a, dirs, node_of(root, "picture"), &s->picture, s->rung,
                              &s->num_rungs, e);
    return r < 0
               ? r
               : show_read_graphics(&s->graphics_words, node_of(root, "graphics"), &s->graphics, e);
}

static struct texts one_text(struct arena *a, const char *text)
{
    struct texts t = {arena_array(a, const char *, 1), arena_array(a, const struct node *, 1), 1};
    t.items[0] = text;
    return t;
}

static int load_presets(struct arena *a, const char *const *dirs, struct show *s,
                        const struct node *root, struct err *e)
{
    if (!node_of(root, "outputs"))
        s->outputs = one_text(a, "mp3");
    if (!node_of(root, "categories"))
        s->categories = one_text(a, "Government");
    else if (s->categories.count == 0)
        return node_error(node_of(root, "categories"), e, "write categories: [Government]",
                          "categories is an empty list");
    int r = categories_check(a, dirs, &s->categories, e);
    if (r >= 0)
        r = loudness_preset_named(a, dirs, s->preset, node_of(root, "preset"), &s->loudness, e);
    if (r >= 0)
        r = output_presets_named(a, dirs, &s->outputs, node_of(root, "outputs"), s->output,
                                 SHOW_MAX_OUTPUTS, &s->num_outputs, e);
    return r;
}

static int check_secrets(struct arena *a, struct show *s, const struct node *n, struct err *e)
{
    static const char remedy[] = "write secrets: ~/.config/dgl-episode/secrets, and put it there";
    if (!n)
        return 0;
    char *path = fs_home(a, s->secrets);
    if (!path)
        return node_error(n, e, "write the whole path", "~ is not known: HOME is not set");
    if (*path != '/')
        return node_error(n, e, remedy, "secrets must be a path with / or ~/ in front");
    s->secrets = fs_absolute(a, path);
    const char *parts = fs_relative(a, s->secrets, s->dir);
    if (!str_starts(parts, "../"))
        return node_error(n, e, remedy,
                          "secrets lie in the show's folder, which is copied and kept in git");
    return 0;
}

static int check_backup(struct arena *a, struct show *s, const struct node *n, struct err *e)
{
    char *path = n ? fs_home(a, s->backup) : NULL;
    if (!n)
        return 0;
    if (!path || *path != '/')
        return node_error(n, e, "write backup: /mnt/disk/folder",
                          "backup must be a path with / or ~/ in front");
    s->backup = fs_absolute(a, path);
    if (!str_starts(fs_relative(a, s->backup, s->dir), "../"))
        return node_error(n, e, "name a folder on another disk",
                          "the copies would lie in the show itself");
    return 0;
}

static int read_live(struct arena *a, const char *const *preset_dirs, struct show *s,
                     const struct node *root, struct err *e)
{
    struct live_context c = {s->dir, preset_dirs, s->language, &s->loudness};
    int r = live_read(a, &c, node_of(root, "live"), &s->live, e);
    if (r >= 0)
        r = check_backup(a, s, node_of(root, "backup"), e);
    return r < 0 ? r : check_secrets(a, s, node_of(root, "secrets"), e);
}

int show_load(struct arena *a, const char *dir, const char *const *preset_dirs, struct show *ret,
              struct err *e)
{
    struct show s = {
        .dir = fs_absolute(a, dir),
        .language = "nb",
        .license = "CC-BY-4.0",
        .preset = "podcast",
        .trim = "off",
        .cleaning = "auto",
        .balance = "off",
        .leveller = -1,
        .locked = true,
        .channels = 2,
        .feeding.entries = FEED_ENTRIES,
    };
    const char *episodes = fs_join(a, s.dir, "episodes");
    const char *path = fs_join(a, episodes, "show.yaml");
    struct yaml_file *f;
    int r = yaml_load(a, path, SHOWN, &f, e);
    if (r == -ENOENT)
        return err_input(e, "there is no show in %s\nmake one with dgl-episode init DIR", s.dir);
    if (r < 0)
        return r;
    if (!f->root)
        return err_input(
            e,
            SHOWN ":1:1: the file is empty\nwrite at least title, summary, site, author and owner");
    s.file = f;
    r = keys_read(a, f->root, show_keys, num_show_keys, "the show", &s, e);
    if (r >= 0)
        r = check_words(a, &s, f->root, e);
    if (r >= 0)
        r = load_presets(a, preset_dirs, &s, f->root, e);
    if (r >= 0)
        r = check_sound(a, episodes, &s, f->root, e);
    if (r >= 0)
        r = check_picture(a, preset_dirs, &s, f->root, e);
    if (r >= 0)
        r = read_live(a, preset_dirs, &s, f->root, e);
    if (r >= 0)
        r = feeding_read(a, f->root, &s.feeding, e);
    if (r >= 0)
        r = delivery_read(a, node_of(f->root, "deliver"), s.dir, s.site, &s.delivery, e);
    if (r >= 0)
        r = check_transcribe(&s.transcribe, node_of(f->root, "transcribe"), e);
    if (r >= 0)
        r = check_cover(a, episodes, &s, node_of(f->root, "cover"), e);
    if (r >= 0)
        r = show_site_read(a, episodes, f->root, &s.pages, e);
    if (r >= 0)
        r = load_calendar(a, episodes, &s, node_of(f->root, "calendar"), e);
    if (r >= 0 && !s.guid)
        r = show_feed_guid(a, &s, "feed.xml", &s.guid, e);
    if (r < 0)
        return r;
    if (!s.artist)
        s.artist = s.author;
    *ret = s;
    return 0;
}
