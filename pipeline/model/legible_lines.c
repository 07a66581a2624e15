// SPDX-License-Identifier: GPL-3.0-or-later
// A break costs the less the more natural it is; the cheapest way from the first word to the last
// is found word by word.
#include "model/legible_lines.h"

#include "base/str.h"
#include "model/legible.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { // costs; one is a character by which two lines differ in length, times two
    AT_SENTENCE = 0,
    AT_COMMA = 6,
    AT_CLAUSE = 12,
    AT_PHRASE = 16,
    ANYWHERE = 24,
    TORN = 70,     // article and noun, first and last name, number and unit
    A_BLOCK = 120, // as few as possible
    SCANT = 30,    // a block of few characters
    SCANT_CHARS = 14,
    BLOCK_WEIGHT = 3, // a break between blocks is felt more than one between lines
};

struct word {
    const char *p;
    size_t len;  // bytes
    size_t ends; // characters of all words up to and with this one
    int cost;    // of a break behind it
};

size_t legible_chars(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xC0) != 0x80 && text[i] != '\n';
    return n;
}

bool legible_is_capital(const char *p)
{
    static const unsigned char sami[] = {0x8C, 0x90, 0x8A, 0xA0, 0xA6, 0xBD}; // Č Đ Ŋ Š Ŧ Ž
    unsigned char c = (unsigned char)p[0], d = c ? (unsigned char)p[1] : 0;
    if (c == 0xC3)
        return d >= 0x80 && d <= 0x9E && d != 0x97;
    return isupper(c) || ((c == 0xC4 || c == 0xC5) && memchr(sami, d, sizeof sami));
}

static size_t dash_bytes(const char *p)
{
    if (*p == '-')
        return 1;
    return str_starts(p, "–") ? sizeof "–" - 1 : 0;
}

bool legible_is_reply(const char *line)
{
    size_t n = dash_bytes(line);
    unsigned char next = n ? (unsigned char)line[n] : 0;
    return next == ' ' || isalpha(next) || next >= 0x80;
}

// ---- where it may break

// Words that bind what follows, and words that begin something new; Norwegian and English.
static const char *const binding[] = {
    "en",    "ei",   "et",   "ein",  "eit",   "den",  "det",  "de",     "dei",   "å",     "og",
    "eller", "men",  "at",   "som",  "i",     "på",   "til",  "med",    "av",    "fra",   "frå",
    "om",    "for",  "ved",  "hos",  "mot",   "min",  "mitt", "mine",   "din",   "ditt",  "dine",
    "sin",   "sitt", "sine", "vår",  "vårt",  "våre", "hans", "hennes", "deres", "denne", "dette",
    "disse", "noen", "noe",  "alle", "ingen", "kl.",  "nr.",  "ca.",    "dr.",   "the",   "a",
    "an",    "of",   "to",   "and",  "or",    "my",   "your", "his",    "her",   "our",   "their",
};
static const char *const clauses[] = {
    "og", "men", "eller", "for", "så",  "at", "som",  "når",   "hvis",    "viss", "fordi", "da",
    "då", "enn", "mens",  "and", "but", "or", "that", "which", "because", "when", "if",
};
static const char *const phrases[] = {
    "i",   "på",   "til",  "med",   "av",  "fra",    "frå", "om", "over", "under", "ved",  "hos",
    "mot", "uten", "utan", "etter", "før", "mellom", "in",  "on", "of",   "to",    "with", "from",
};

static bool is_among(const struct word *w, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(list[i]) == w->len && strncasecmp(list[i], w->p, w->len) == 0)
            return true;
    return false;
}

// The word's last sign in front of closing quotes and brackets; 0 for letters.
static char final_sign(const struct word *w)
{
    static const char *const closing[] = {"\"", "'", ")", "»", "”", "’"};
    size_t len = w->len;
    for (size_t i = 0; i < COUNT(closing); i++) {
        size_t n = strlen(closing[i]);
        if (len > n && memcmp(w->p + len - n, closing[i], n) == 0) {
            len -= n;
            i = (size_t)-1;
        }
    }
    if (len >= 3 && memcmp(w->p + len - 3, "…", 3) == 0)
        return '.';
    return strchr(".!?,;:", w->p[len - 1]) ? w->p[len - 1] : 0;
}

static bool begins_sentence(const struct word *w)
{
    static const char *const opening[] = {"\"", "«", "“", "("};
    for (size_t i = 0; i < COUNT(opening); i++)
        if (str_starts(w->p, opening[i]))
            return true;
    return legible_is_capital(w->p) || legible_is_reply(w->p);
}

static bool ends_sentence(const struct word *w, const struct word *next)
{
    char sign = final_sign(w);
    return sign && strchr(".!?", sign) && !is_among(w, binding, COUNT(binding)) &&
           begins_sentence(next);
}

static bool is_torn(const struct word *w, const struct word *next)
{
    bool number = true;
    for (size_t i = 0; i < w->len; i++)
        number &= isdigit((unsigned char)w->p[i]) || w->p[i] == '.' || w->p[i] == ',';
    bool name = legible_is_capital(w->p) && legible_is_capital(next->p);
    return number || name || is_among(w, binding, COUNT(binding));
}

static int break_cost(const struct word *w, const struct word *next)
{
    char sign = final_sign(w);
    if (ends_sentence(w, next))
        return AT_SENTENCE;
    if (sign && strchr(",;:", sign))
        return AT_COMMA;
    if (dash_bytes(w->p) == w->len)
        return TORN;
    int cost = is_among(next, clauses, COUNT(clauses))   ? AT_CLAUSE
               : is_among(next, phrases, COUNT(phrases)) ? AT_PHRASE
                                                         : ANYWHERE;
    return is_torn(w, next) ? cost + TORN : cost;
}

static size_t find_words(struct arena *a, const char *text, struct word **ret)
{
    size_t n = 0, cap = 0, chars = 0;
    struct word *w = NULL;
    for (const char *p = text + strspn(text, " \t\n"); *p; p += strspn(p, " \t\n")) {
        size_t len = strcspn(p, " \t\n");
        chars += legible_chars(p, len);
        w = arena_grow(a, w, n, &cap, sizeof *w);
        w[n++] = (struct word){p, len, chars, 0};
        p += len;
    }
    for (size_t i = 0; i + 1 < n; i++)
        w[i].cost = break_cost(&w[i], &w[i + 1]);
    *ret = w;
    return n;
}

// ---- the cheapest way

// Characters of words from..to-1 in one line.
static size_t width(const struct word *w, size_t from, size_t to)
{
    return w[to - 1].ends - (from ? w[from - 1].ends : 0) + (to - from - 1);
}

static bool fits(const struct word *w, size_t from, size_t to)
{
    return to == from + 1 || width(w, from, to) <= LEGIBLE_LINE_CHARS;
}

// A block of the words from..to-1. *ret_mid: where its second line begins, `to` where it has one
// line; -1: it does not fit.
static int block_cost(const struct word *w, size_t from, size_t to, size_t *ret_mid)
{
    int best = fits(w, from, to) ? 0 : -1;
    *ret_mid = to;
    for (size_t mid = to - 1; best != 0 && mid > from && fits(w, mid, to); mid--) {
        if (!fits(w, from, mid))
            continue;
        int upper = (int)width(w, from, mid), lower = (int)width(w, mid, to);
        int cost = w[mid - 1].cost + abs(upper - lower) / 2 + 1;
        if (best < 0 || cost < best) {
            best = cost;
            *ret_mid = mid;
        }
    }
    if (best < 0)
        return -1;
    return best + A_BLOCK + (width(w, from, to) < SCANT_CHARS ? SCANT : 0);
}

struct way { // to the words in front of one
    int64_t cost;
    size_t from, mid; // its last block
};

static char *make_block(struct arena *a, const struct word *w, const struct way *way, size_t to)
{
    struct str s;
    str_init(&s, STR_MAX);
    for (size_t i = way->from; i < to; i++) {
        if (i > way->from)
            str_addc(&s, i == way->mid ? '\n' : ' ');
        str_addn(&s, w[i].p, w[i].len);
    }
    char *text = arena_strndup(a, s.p, s.len);
    str_done(&s);
    return text;
}

size_t legible_break(struct arena *a, const char *text, const char ***ret_blocks)
{
    struct word *w;
    size_t n = find_words(a, text, &w), blocks = 0;
    struct way *way = arena_array(a, struct way, n + 1);
    for (size_t to = 1; to <= n; to++) {
        way[to].cost = INT64_MAX;
        for (size_t from = to; from-- > 0;) {
            struct way x = {.from = from};
            int cost = block_cost(w, from, to, &x.mid);
            if (cost < 0)
                break; // nor with one word more
            x.cost = way[from].cost + cost + (to < n ? BLOCK_WEIGHT * w[to - 1].cost : 0);
            if (x.cost < way[to].cost)
                way[to] = x;
        }
    }
    for (size_t to = n; to > 0; to = way[to].from)
        blocks++;
    *ret_blocks = arena_array(a, const char *, blocks + 1);
    size_t at = blocks;
    for (size_t to = n; to > 0; to = way[to].from)
        (*ret_blocks)[--at] = make_block(a, w, &way[to], to);
    return blocks;
}

size_t legible_sentence(const char *text)
{
    struct arena a = {0};
    struct word *w;
    size_t n = find_words(&a, text, &w), best = 0, off = SIZE_MAX;
    size_t half = n ? w[n - 1].ends / 2 : 0;
    for (size_t i = 0; i + 1 < n; i++) {
        size_t away = w[i].ends > half ? w[i].ends - half : half - w[i].ends;
        if (!ends_sentence(&w[i], &w[i + 1]) || away >= off)
            continue;
        off = away;
        best = (size_t)(w[i + 1].p - text);
    }
    arena_done(&a);
    return best;
}

char *legible_one_line(struct arena *a, const char *text)
{
    char *line = arena_strdup(a, text);
    for (char *p = line; (p = strchr(p, '\n')) != NULL;)
        *p = ' ';
    return line;
}
