// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/showsite.h"

#include "base/fs.h"
#include "base/str.h"
#include "model/contrast.h"
#include "model/word.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SVG_MAX = 4 << 20 }; // bytes

// What presets/site/style.css paints behind text, in light and in dark: --paper, --card.
static const uint32_t light_backs[] = {0xfbfaf7, 0xffffff};
static const uint32_t dark_backs[] = {0x11181e, 0x1a242c};

struct colors_text {
    const char *accent, *accent_dark;
};
static const struct key color_keys[] = {
    {"accent", KEY_TEXT, offsetof(struct colors_text, accent), true, 0, 7, NULL,
     "colour of links and buttons on light pages, which must be readable on them (4.5:1); for "
     "example \"#0b5a7d\""},
    {"accent_dark", KEY_TEXT, offsetof(struct colors_text, accent_dark), false, 0, 7, NULL,
     "the same on dark pages; default: the lightened accent; for example \"#8ccdea\""},
};

struct directories_text {
    const char *url[DIRECTORY_MOST];
};
#define DIRECTORY(name, i, title)                                                    \
    {                                                                                \
        name, KEY_URL, offsetof(struct directories_text, url[i]), false, 0, 0, NULL, \
            "the show's page at " title "; default: no button"                       \
    }
static const struct key directory_keys[] = {
    DIRECTORY("apple", 0, "Apple Podcasts"),
    DIRECTORY("spotify", 1, "Spotify"),
    DIRECTORY("youtube", 2, "YouTube"),
    DIRECTORY("pocketcasts", 3, "Pocket Casts"),
    DIRECTORY("overcast", 4, "Overcast"),
    DIRECTORY("podcastindex", 5, "Podcast Index"),
    DIRECTORY("podimo", 6, "Podimo"),
    DIRECTORY("amazon", 7, "Amazon Music"),
    DIRECTORY("deezer", 8, "Deezer"),
    DIRECTORY("antennapod", 9, "AntennaPod"),
    DIRECTORY("podcastaddict", 10, "Podcast Addict"),
    DIRECTORY("facebook", 11, "Facebook"),
};
static const char *const directory_titles[] = {
    "Apple Podcasts", "Spotify",      "YouTube", "Pocket Casts", "Overcast",       "Podcast Index",
    "Podimo",         "Amazon Music", "Deezer",  "AntennaPod",   "Podcast Addict", "Facebook",
};
_Static_assert(COUNT(directory_keys) == DIRECTORY_MOST, "a key for each");
_Static_assert(COUNT(directory_titles) == DIRECTORY_MOST, "a title for each");

#define S(field) offsetof(struct show_site, field)
static const struct key accessibility_keys[] = {
    {"statement", KEY_URL, S(statement), false, 0, 0, NULL,
     "address of the accessibility statement; default none; for example "
     "https://uustatus.no/nb/erklaringer/publisert/1234"},
    {"feedback", KEY_TEXT, S(feedback), false, 0, 0, NULL,
     "e-mail or web address for whoever meets a barrier; default: the owner's e-mail"},
    {"known", KEY_TEXTS, S(known), false, 0, 400, NULL,
     "what is known not to conform, one sentence each; default none; for example [Eldre episoder "
     "mangler synstolking.]"},
};
const struct key_table site_tables[] = {
    {"site_colors", color_keys, COUNT(color_keys)},
    {"directories", directory_keys, COUNT(directory_keys)},
    {"accessibility", accessibility_keys, COUNT(accessibility_keys)},
};
const size_t num_site_tables = COUNT(site_tables);

static bool is_color(const char *text)
{
    return *text == '#' && strlen(text) == 7 && strspn(text + 1, "0123456789abcdefABCDEF") == 6;
}

static int check_color(struct arena *a, const struct node *n, const char *text,
                       const uint32_t *backs, uint32_t towards, struct err *e)
{
    if (!is_color(text))
        return node_error(n, e, "write it as \"#0b5a7d\", in quotes", "%s is not a colour", text);
    uint32_t color = color_of(text, 0);
    double worst = color_contrast(color, backs[0]), other = color_contrast(color, backs[1]);
    worst = other < worst ? other : worst;
    if (worst >= CONTRAST_READABLE)
        return 0;
    const char *better =
        arena_printf(a, "write \"#%06x\", which is near, or another that is %s",
                     (unsigned)color_readable(color, towards, backs, COUNT(light_backs)),
                     towards ? "lighter" : "darker");
    return node_error(n, e, better,
                      "%s has a contrast of %.2f:1 on the pages, and the law asks for 4.5:1", text,
                      worst);
}

static int read_colors(struct arena *a, const struct node *n, struct show_site *s, struct err *e)
{
    struct colors_text t = {0};
    int r = n ? keys_read(a, n, color_keys, COUNT(color_keys), "site_colors", &t, e) : 0;
    if (r < 0 || !n)
        return r;
    r = check_color(a, node_of(n, "accent"), t.accent, light_backs, 0, e);
    if (r >= 0 && t.accent_dark)
        r = check_color(a, node_of(n, "accent_dark"), t.accent_dark, dark_backs, 0xffffff, e);
    if (!t.accent_dark)
        t.accent_dark = arena_printf(a, "#%06x",
                                     (unsigned)color_readable(color_of(t.accent, 0), 0xffffff,
                                                              dark_backs, COUNT(dark_backs)));
    s->accent = t.accent;
    s->accent_dark = t.accent_dark;
    return r;
}

static int read_directories(struct arena *a, const struct node *n, struct show_site *s,
                            struct err *e)
{
    struct directories_text t = {0};
    int r = n ? keys_read(a, n, directory_keys, COUNT(directory_keys), "directories", &t, e) : 0;
    for (size_t i = 0; r >= 0 && i < COUNT(t.url); i++)
        if (t.url[i])
            s->directory[s->num_directories++] = (struct directory){directory_titles[i], t.url[i]};
    return r;
}

static int read_accessibility(struct arena *a, const struct node *n, struct show_site *s,
                              struct err *e)
{
    int r =
        n ? keys_read(a, n, accessibility_keys, COUNT(accessibility_keys), "accessibility", s, e)
          : 0;
    if (r < 0 || !s->feedback || str_starts(s->feedback, "https://") ||
        str_starts(s->feedback, "http://"))
        return r;
    return word_email(s->feedback, node_of(n, "feedback"), e);
}

// An address as a browser takes it: without blanks and control characters, with what is written as
// a number (&#106;) read.
static bool names_javascript(const char *svg)
{
    struct str s;
    str_init(&s, SVG_MAX + 1);
    for (const char *p = svg; *p; p++) {
        unsigned long c = (unsigned char)*p;
        if (str_starts(p, "&#")) {
            bool hex = (p[2] | 32) == 'x';
            char *end;
            c = strtoul(p + (hex ? 3 : 2), &end, hex ? 16 : 10);
            p = *end == ';' ? end : end - 1;
        }
        if (c > ' ' && c < 0x7f)
            str_addc(&s, (char)c);
    }
    bool found = strcasestr(s.p, "javascript:") != NULL;
    str_done(&s);
    return found;
}

// Whether the SVG may hold code: opened alone it is a page of the site. Names with a prefix, as in
// <svg:script>, and entities that spell one in numbers count.
static bool may_run(const char *svg)
{
    static const char *const parts[] = {"<script", ":script", "<foreignobject", ":foreignobject",
                                        "<?xml-stylesheet"};
    for (size_t i = 0; i < COUNT(parts); i++)
        if (strcasestr(svg, parts[i]))
            return true;
    if (names_javascript(svg) || (strcasestr(svg, "<!entity") && strstr(svg, "&#")))
        return true;
    for (const char *p = svg; (p = strpbrk(p, " \t\r\n/\"'")); p++) {
        size_t n = strncasecmp(p + 1, "on", 2) ? 0 : 2;
        while (n && ((p[1 + n] | 32) >= 'a' && (p[1 + n] | 32) <= 'z'))
            n++;
        if (n > 2 && p[1 + n + strspn(p + 1 + n, " \t\r\n")] == '=')
            return true;
    }
    return false;
}

static int check_svg(struct arena *a, const char *path, const struct node *n, struct err *e)
{
    char *svg;
    size_t len;
    int r = fs_read(a, path, SVG_MAX, &svg, &len, e);
    if (r < 0)
        return r;
    if (strlen(svg) == len && !may_run(svg))
        return 0;
    return node_error(n, e, "save it as plain SVG in UTF-8, or as PNG",
                      "logo: the SVG holds a script, or may do so");
}

static int check_logo(struct arena *a, const char *episodes, const struct node *n,
                      struct show_site *s, struct err *e)
{
    static const char *const kinds[] = {"svg", "png", "jpg", "webp"};
    if (!n)
        return 0;
    int r = node_path_inside(n, s->logo, 1, e);
    if (r < 0)
        return r;
    s->logo_path = fs_join(a, episodes, s->logo);
    if (!fs_exists(s->logo_path) || fs_is_dir(s->logo_path))
        return node_error(n, e, "put the file there, or delete the line",
                          "logo: there is no file episodes/%s", s->logo);
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (str_same(fs_extension(s->logo), kinds[i]))
            return i == 0 ? check_svg(a, s->logo_path, n, e) : 0;
    return node_error(n, e, "save it as .svg, .png, .jpg or .webp", "logo: browsers show no .%s",
                      fs_extension(s->logo));
}

int show_site_read(struct arena *a, const char *episodes, const struct node *root,
                   struct show_site *s, struct err *e)
{
    int r = read_colors(a, node_of(root, "site_colors"), s, e);
    if (r >= 0)
        r = check_logo(a, episodes, node_of(root, "logo"), s, e);
    if (r >= 0)
        r = read_directories(a, node_of(root, "directories"), s, e);
    if (r >= 0)
        r = read_accessibility(a, node_of(root, "accessibility"), s, e);
    return r;
}
