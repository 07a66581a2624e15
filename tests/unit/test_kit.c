// SPDX-License-Identifier: GPL-3.0-or-later
// Posters, cards and sheets: that everything on them fits and can be read.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/proc.h"
#include "doc/chip.h"
#include "doc/color.h"
#include "doc/kitart.h"
#include "doc/kitsheet.h"
#include "doc/pdf.h"
#include "doc/scene.h"
#include "doc/sheetpdf.h"
#include "doc/zip.h"
#include "scratch.h"

enum { WORDS_MAX = 4000 };
static const int64_t day = 1770883200; // 2026-02-12T08:00:00Z

static struct fact_goal goals[] = {
    {3, NULL, "God helse og livskvalitet", "#4C9F38", "black"},
    {8, NULL, "Anstendig arbeid og økonomisk vekst", "#A21942", "white"},
    {11, NULL, "Bærekraftige byer og lokalsamfunn", "#FD9D24", "black"},
    {16, NULL, "Fred, rettferdighet og velfungerende institusjoner", "#00689D", "white"},
    {5, NULL, "Likestilling mellom kjønnene", "#FF3A21", "black"},
    {13, NULL, "Stoppe klimaendringene", "#3F7E44", "white"},
    {17, NULL, "Samarbeid for å nå målene", "#19486A", "white"},
};
static struct fact_person guests[] = {
    {.name = "Terje Fagerheim", .role = "frivillig", .place = {.name = "Meløy"}},
    {.name = "Áile Ŋuorra Čáhci", .role = "ráđđeaddi", .place = {.name = "Hábmer - Hamarøy"}},
    {.name = "Øyvind Đorđi-Ŧuolla", .role = "folkehelsekoordinator"},
};
static const struct {
    const char *title, *theme;
    size_t num_goals, num_guests;
} rows[] = {
    {"Trivsel i Meløy", "Tema: trivsel", 3, 1},
    {"Hvordan et lite lag i Meløy fikk førti mennesker til å møtes over kaffe, fluebinding og "
     "lange samtaler gjennom mørketida – og hva de andre kommunene kan lære",
     "Tema: inkludering", 7, 3},
    {"Bures boahtin Gáivuotnii: Ŋuorra, Čáhci, Đorđi, Ŧuolla, Žalmmi", "Tema: miljø", 4, 0},
    {"Mat", NULL, 0, 2},
    {"Folkehelsekoordinatorsamarbeidsavtalen", "Theme: aktivitet", 5, 1},
};

static struct kit_art art_of(size_t i)
{
    return (struct kit_art){.words = {.show = "Det gode liv i nord",
                                      .title = rows[i].title,
                                      .theme = rows[i].theme,
                                      .goals = goals,
                                      .num_goals = rows[i].num_goals},
                            .guests = guests,
                            .num_guests = rows[i].num_guests,
                            .when = "Episode 2 · 12. februar 2026",
                            .hear = "Hør episoden",
                            .address = "example.org/detgodeliv",
                            .url = "https://example.org/detgodeliv/episodes/2026-02-trivsel/"};
}

// ---- what poppler reads of a PDF

struct word {
    double left, top, right, bottom;
    char text[80];
};
struct words {
    struct word *items;
    size_t count;
    char *all; // with single blanks between
};

static const char *pdftotext(void)
{
    return access("/usr/bin/pdftotext", X_OK) == 0 ? "/usr/bin/pdftotext" : NULL;
}

static char *run_reader(struct arena *a, const char *path, const char *option)
{
    const char *text = arena_printf(a, "%s.txt", path);
    const char *argv[] = {pdftotext(), option, path, text, NULL};
    struct proc p;
    struct err e = {0};
    int status = -1;
    char *read;
    if (proc_start(argv, &p, &e) < 0)
        fail_msg("%s", e.text);
    proc_wait(&p, &status);
    assert_int_equal(status, 0);
    assert_true(fs_read(a, text, 1 << 24, &read, NULL, &e) >= 0);
    return read;
}

static double number_at(const char **p, const char *key)
{
    const char *at = strstr(*p, key);
    assert_non_null(at);
    *p = at + strlen(key);
    return strtod(*p, NULL);
}

static struct words words_of(struct arena *a, const char *path)
{
    struct words w = {.items = arena_array(a, struct word, WORDS_MAX)};
    const char *p = run_reader(a, path, "-bbox");
    struct str all;
    str_init(&all, STR_MAX);
    while ((p = strstr(p, "<word "))) {
        struct word *one = &w.items[w.count++];
        assert_true(w.count < WORDS_MAX);
        one->left = number_at(&p, "xMin=\"");
        one->top = number_at(&p, "yMin=\"");
        one->right = number_at(&p, "xMax=\"");
        one->bottom = number_at(&p, "yMax=\"");
        p = strchr(p, '>') + 1;
        size_t len = strcspn(p, "<");
        assert_true(len < sizeof one->text);
        memcpy(one->text, p, len);
        str_add(&all, all.len ? " " : "");
        str_addn(&all, p, len);
    }
    w.all = arena_strdup(a, all.p);
    str_done(&all);
    return w;
}

static void has_words(const struct words *w, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, " \n");
        bool found = len == 0;
        for (size_t i = 0; i < w->count && !found; i++)
            found = strlen(w->items[i].text) == len && !strncmp(w->items[i].text, text, len);
        if (!found)
            fail_msg("\"%.*s\" is not in: %s", (int)len, text, w->all);
        text += len + (text[len] != '\0');
    }
}

// The letters themselves: a font's box is larger.
static struct word letters(const struct word *w)
{
    double high = w->bottom - w->top;
    struct word l = *w;
    l.top += 0.3 * high;
    l.bottom -= 0.25 * high;
    return l;
}

static void nothing_overlaps(const struct words *w)
{
    for (size_t i = 0; i < w->count; i++)
        for (size_t k = 0; k < i; k++) {
            struct word a = letters(&w->items[i]), b = letters(&w->items[k]);
            if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
                fail_msg("\"%s\" lies on \"%s\" in: %s", a.text, b.text, w->all);
        }
}

static void draw_pdf(const char *path, enum kit_shape shape, const struct kit_art *art)
{
    struct pdf f;
    struct err e = {0};
    pdf_open(&f, kit_sizes[shape].width, kit_sizes[shape].height,
             &(struct pdf_words){art->words.title, "Nordland", NULL, "nb", day});
    kit_art_draw(f.cr, shape, art);
    if (pdf_save(&f, path, &e) < 0)
        fail_msg("%s", e.text);
    pdf_close(&f);
}

static void everything_is_on_every_shape_and_nothing_overlaps(void **state)
{
    (void)state;
    char dir[SCRATCH_MAX];
    if (!pdftotext())
        skip();
    scratch_new(dir);
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int shape = 0; shape < KIT_SHAPES; shape++) {
            struct arena a = {0};
            const struct kit_art art = art_of(i);
            const struct kit_size *size = &kit_sizes[shape];
            const char *path = arena_printf(&a, "%s/%zu-%d.pdf", dir, i, shape);
            draw_pdf(path, shape, &art);
            struct words w = words_of(&a, path);
            double side = 0.02 * size->width, above = shape == KIT_TALL ? 240 : 0;
            double below = size->height - (shape == KIT_TALL ? 300 : 0);
            for (size_t k = 0; k < w.count; k++) {
                struct word l = letters(&w.items[k]);
                if (l.left < side || l.right > size->width - side || l.top < above ||
                    l.bottom > below)
                    fail_msg("row %zu, shape %d: \"%s\" lies outside", i, shape, l.text);
            }
            nothing_overlaps(&w);
            has_words(&w, art.words.title);
            has_words(&w, art.words.show);
            has_words(&w, art.when);
            has_words(&w, art.address);
            for (size_t k = 0; k < art.num_guests; k++)
                has_words(&w,
                          art.guests[k].place.name ? art.guests[k].place.name : art.guests[k].role);
            for (size_t k = 0; k < art.words.num_goals; k++)
                has_words(&w, art.words.goals[k].title);
            assert_null(strstr(w.all, "…"));
            arena_done(&a);
        }
    scratch_free(dir);
}

static void words_can_be_read_in_every_palette(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 16; i++) {
        const struct scene_colors *c = scene_palette(i << 16);
        const uint32_t backs[] = {c->sky[0], c->sky[1], c->sea};
        for (size_t k = 0; k < COUNT(backs); k++) {
            assert_true(color_contrast(c->ink, backs[k]) >= COLOR_READABLE);
            assert_true(color_contrast(c->soft, backs[k]) >= COLOR_READABLE);
        }
        assert_true(color_contrast(c->sea, 0xffffff) >= COLOR_READABLE);
    }
    for (size_t i = 0; i < COUNT(goals); i++)
        assert_true(color_contrast(chip_ink(&goals[i]), chip_back(&goals[i])) >= COLOR_READABLE);
}

// ---- PDF

static char *bytes_of(struct arena *a, const char *path, size_t *ret_len)
{
    char *bytes;
    struct err e = {0};
    if (fs_read(a, path, 1 << 26, &bytes, ret_len, &e) < 0)
        fail_msg("%s", e.text);
    return bytes;
}

static bool holds(const char *bytes, size_t len, const char *text)
{
    return memmem(bytes, len, text, strlen(text)) != NULL;
}

static void a_pdf_says_language_title_and_date_and_is_the_same_twice(void **state)
{
    (void)state;
    char dir[SCRATCH_MAX];
    struct arena a = {0};
    scratch_new(dir);
    const struct kit_art art = art_of(2);
    const char *one = arena_printf(&a, "%s/1.pdf", dir), *two = arena_printf(&a, "%s/2.pdf", dir);
    size_t len_one, len_two;
    draw_pdf(one, KIT_POSTER, &art);
    draw_pdf(two, KIT_POSTER, &art);
    const char *b = bytes_of(&a, one, &len_one), *c = bytes_of(&a, two, &len_two);
    assert_int_equal(len_one, len_two);
    assert_memory_equal(b, c, len_one);
    assert_true(holds(b, len_one, "/Lang (nb)"));
    assert_true(holds(b, len_one, "/DisplayDocTitle true"));
    assert_true(holds(b, len_one, "/Marked true"));
    assert_true(holds(b, len_one, "(D:20260212080000"));
    scratch_free(dir);
    arena_done(&a);
}

static struct json *strings_of(const char *language)
{
    struct arena a = {0};
    struct json *j;
    struct err e = {0};
    if (json_load(arena_printf(&a, "presets/kit/strings.%s.json", language), &j, &e) < 0)
        fail_msg("%s", e.text);
    arena_done(&a);
    return j;
}

static void all_languages_have_the_same_strings(void **state)
{
    (void)state;
    static const char *const languages[] = {"nn", "en"};
    struct json *nb = strings_of("nb");
    for (size_t i = 0; i < COUNT(languages); i++) {
        struct json *j = strings_of(languages[i]);
        assert_int_equal(json_count(j), json_count(nb));
        for (size_t k = 0; k < json_count(nb); k++)
            assert_string_equal(json_key_at(j, k), json_key_at(nb, k));
        assert_int_equal(json_count(json_get(j, "months")), 12);
        for (size_t k = 0; k < json_count(j); k++) { // names of files are plain ASCII
            const char *key = json_key_at(j, k), *text = json_text(j, key);
            if (!str_starts(key, "file"))
                continue;
            assert_int_equal(strspn(text, "abcdefghijklmnopqrstuvwxyzADEGILMRS-"), strlen(text));
        }
        json_free(j);
    }
    json_free(nb);
}

static const struct fact_show show = {.title = "Det gode liv i nord",
                                      .author = "Nordland",
                                      .site = "https://example.org/pod/",
                                      .license = "CC-BY-4.0",
                                      .language = "nb"};
static struct fact_resource resources[] = {
    {"need", "Fluestenger", "Vi mangler ti.", NULL, "a@example.org", {.name = "Meløy"}},
    {"offer", "Besøk", NULL, "https://example.org/besok", "b@example.org", {.name = "Bodø"}},
    {"tool", "Sjekkliste", NULL, "https://example.org/liste", NULL, {.name = NULL}},
    {"need", "Lokale", NULL, NULL, NULL, {.name = "Bodø"}},
    {"need", "Penger", NULL, NULL, NULL, {.name = NULL}},
};
static struct fact_episode episode(void)
{
    return (struct fact_episode){.slug = "x",
                                 .title = "Trivsel i Meløy",
                                 .summary = "Om å bo.",
                                 .language = "nb",
                                 .theme = "trivsel",
                                 .published_utc_s = day,
                                 .number = 2,
                                 .goals = goals,
                                 .num_goals = 2,
                                 .guests = guests,
                                 .num_guests = 1,
                                 .resources = resources,
                                 .num_resources = COUNT(resources)};
}

static void find_in_order(const char *text, const char *const *wanted, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *at = strstr(text, wanted[i]);
        if (!at)
            fail_msg("\"%s\" is not behind the others in:\n%s", wanted[i], text);
        text = at + strlen(wanted[i]);
    }
}

static void a_sheet_says_all_in_its_order(void **state)
{
    (void)state;
    static const char *facts[] = {"Én av fem."}, *questions[] = {"Hvem mangler?", "Hvorfor?"};
    struct kit_moment points[] = {{"Velkommen", 1080, 1095}, {"Samtale", 1095, -1}};
    struct kit_facts k = {.facts = facts,
                          .num_facts = 1,
                          .questions = questions,
                          .num_questions = 2,
                          .points = points,
                          .num_points = 2,
                          .clock = true,
                          .contact = {.name = "Kari", .role = "rådgiver"},
                          .email = "kari@example.org"};
    static const char *const wanted[] = {"Trivsel i Meløy\r\n=",
                                         "Om episoden",
                                         "Om å bo.",
                                         "* Én av fem.",
                                         "1. Hvem mangler?",
                                         "2. Hvorfor?",
                                         "18.00–18.15  Velkommen",
                                         "18.15  Samtale",
                                         "* Sjekkliste, Verktøy",
                                         "Dette trengs",
                                         "* Fluestenger, Meløy",
                                         "Vi mangler ti.",
                                         "a@example.org",
                                         "* Lokale, Bodø",
                                         "Dette tilbys",
                                         "* Besøk, Bodø · b@example.org",
                                         "https://example.org/besok",
                                         "* Kari, rådgiver",
                                         "kari@example.org",
                                         "https://example.org/pod/episodes/x/",
                                         "CC BY 4.0"};
    struct arena a = {0};
    struct json *strings = strings_of("nb");
    struct kit_source from = {&show, strings};
    struct fact_episode ep = episode();
    struct sheet s;
    struct str text;
    kit_sheet(&a, &from, &ep, &k, &s);
    str_init(&text, STR_MAX);
    sheet_text(&text, &s);
    find_in_order(text.p, wanted, COUNT(wanted));
    k.clock = false;
    points[0].from_min = 0;
    points[0].to_min = 15;
    kit_sheet(&a, &from, &ep, &k, &s);
    str_clear(&text);
    sheet_text(&text, &s);
    assert_non_null(strstr(text.p, "0–15 min  Velkommen"));
    str_done(&text);
    json_free(strings);
    arena_done(&a);
}

static void a_theme_gathers_needs_by_municipality(void **state)
{
    (void)state;
    static const char *const wanted[] = {"Tema: trivsel", "* Trivsel i Meløy, Episode 2",
                                         "Dette trengs",  "Bodø\r\n----",
                                         "* Lokale",      "Meløy\r\n-----",
                                         "* Fluestenger", "Uten kommune\r\n---",
                                         "* Penger",      "Dette tilbys",
                                         "Bodø\r\n----",  "* Besøk"};
    struct arena a = {0};
    struct json *strings = strings_of("nb");
    struct kit_source from = {&show, strings};
    struct fact_episode ep = episode();
    struct kit_theme theme = {"trivsel", "trivsel", &ep, 1, day};
    struct sheet s;
    struct str text;
    str_init(&text, STR_MAX);
    kit_theme_sheet(&a, &from, &theme, &s);
    sheet_text(&text, &s);
    find_in_order(text.p, wanted, COUNT(wanted));
    str_done(&text);
    json_free(strings);
    arena_done(&a);
}

static void a_long_sheet_goes_on_over_pages_and_loses_no_word(void **state)
{
    (void)state;
    char dir[SCRATCH_MAX];
    struct arena a = {0};
    struct err e = {0};
    struct sheet s = {.language = "nb",
                      .show = "Vis",
                      .title = rows[1].title,
                      .line = "Tema",
                      .goals = goals,
                      .num_goals = 7,
                      .date_utc_s = day,
                      .hear = "Hør",
                      .url = "https://example.org/it's/",
                      .foot = "Fot"};
    struct str long_text;
    if (!pdftotext())
        skip();
    scratch_new(dir);
    str_init(&long_text, STR_MAX);
    for (int i = 0; i < 900; i++) // longer than a page
        str_addf(&long_text, "ord%d ", i);
    sheet_heading(&a, &s, "Overskrift");
    sheet_add(&a, &s, &(struct sheet_block){.kind = BLOCK_TEXT, .text = long_text.p});
    for (int i = 0; i < 60; i++)
        sheet_add(&a, &s,
                  &(struct sheet_block){.kind = i < 30 ? BLOCK_NUMBER : BLOCK_ENTRY,
                                        .text = arena_printf(&a, "punkt%d", i),
                                        .note = i % 2 ? long_text.p : NULL,
                                        .url = "https://example.org/a/b?c=1"});
    const char *path = arena_printf(&a, "%s/s.pdf", dir);
    int pages = sheet_pdf(&s, "Side", NULL, path, &e);
    if (pages < 0)
        fail_msg("%s", e.text);
    assert_true(pages > 3);
    const char *read = run_reader(&a, path, "-raw");
    const char *last = arena_printf(&a, "Side %d", pages);
    static const char *const words[] = {"ord0 ", "ord899", "punkt29", "punkt59", "Side 1"};
    for (size_t i = 0; i < COUNT(words); i++)
        assert_non_null(strstr(read, words[i]));
    assert_non_null(strstr(read, last));
    str_done(&long_text);
    scratch_free(dir);
    arena_done(&a);
}

static void lines_are_wrapped_between_words(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", "* "},
        {"kort", "* kort\r\n"},
        {"to  blanke", "* to blanke\r\n"},
        {"en\nlinje", "* en\r\n  linje\r\n"},
        {"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 ååååååååå",
         "* 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\r\n"
         "  ååååååååå\r\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str s;
        str_init(&s, STR_MAX);
        sheet_wrap(&s, cases[i].text, "* ", "  ");
        assert_string_equal(s.p, cases[i].want);
        str_done(&s);
    }
}

static void a_zip_is_the_same_twice_and_whole_or_not_there(void **state)
{
    (void)state;
    char dir[SCRATCH_MAX];
    struct arena a = {0};
    struct err e = {0};
    struct str text;
    size_t len[2];
    const char *bytes[2];
    scratch_new(dir);
    str_init(&text, STR_MAX);
    for (int i = 0; i < 2000; i++)
        str_add(&text, "det samme ");
    const char *file = arena_printf(&a, "%s/a.mp3", dir);
    assert_true(fs_replace(file, text.p, text.len, &e) >= 0);
    struct zip_entry entries[] = {{"x/LES-MEG.txt", NULL, &text},
                                  {"x/a.mp3", file, NULL},
                                  {"x/æ.txt", NULL, &text},
                                  {"x/gone.pdf", arena_printf(&a, "%s/gone", dir), NULL}};
    for (int i = 0; i < 2; i++) {
        const char *path = arena_printf(&a, "%s/%d.zip", dir, i);
        if (zip_write(path, entries, 3, day, NULL, &e) < 0)
            fail_msg("%s", e.text);
        bytes[i] = bytes_of(&a, path, &len[i]);
    }
    assert_int_equal(len[0], len[1]);
    assert_memory_equal(bytes[0], bytes[1], len[0]);
    assert_true(len[0] > text.len && len[0] < 2 * text.len); // sound is stored, text deflated
    const char *broken = arena_printf(&a, "%s/broken.zip", dir);
    assert_true(zip_write(broken, entries, 4, day, NULL, &e) < 0);
    assert_non_null(strstr(e.text, "gone"));
    assert_false(fs_exists(broken));
    str_done(&text);
    scratch_free(dir);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_on_every_shape_and_nothing_overlaps),
        cmocka_unit_test(words_can_be_read_in_every_palette),
        cmocka_unit_test(a_pdf_says_language_title_and_date_and_is_the_same_twice),
        cmocka_unit_test(all_languages_have_the_same_strings),
        cmocka_unit_test(a_sheet_says_all_in_its_order),
        cmocka_unit_test(a_theme_gathers_needs_by_municipality),
        cmocka_unit_test(a_long_sheet_goes_on_over_pages_and_loses_no_word),
        cmocka_unit_test(lines_are_wrapped_between_words),
        cmocka_unit_test(a_zip_is_the_same_twice_and_whole_or_not_there),
    };
    return cmocka_run_group_tests_name("kit", tests, NULL, NULL);
}
