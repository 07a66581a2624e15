// SPDX-License-Identifier: GPL-3.0-or-later
// Secrets are only ever added, in front of a list: readers need no lock, in any thread. Every
// secret is looked for at every place, character by character, in each way of writing; what
// overlaps is replaced together, so that nothing of either is left over.
#include "base/redact.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"

enum { LEAST = 4, LONGEST_CHARACTER = 12 }; // of one character's writing: \uD83D\uDE00
enum writing { PLAIN, PERCENT, JSON, WRITINGS };
static const char shown[] = "[secret]";

struct known {
    struct known *next;
    size_t len;
    char text[];
};
struct redactor {
    _Atomic(struct known *) first;
};

struct redactor *redactor_new(void)
{
    return mem_alloc(sizeof(struct redactor));
}

void redactor_free(struct redactor *r)
{
    if (!r)
        return;
    struct known *k = atomic_load(&r->first);
    while (k) {
        struct known *next = k->next;
        explicit_bzero(k->text, k->len);
        free(k);
        k = next;
    }
    free(r);
}

void redactor_add(struct redactor *r, const char *secret)
{
    size_t len = strlen(secret);
    if (len < LEAST)
        return;
    for (struct known *k = atomic_load(&r->first); k; k = k->next)
        if (str_same(k->text, secret))
            return;
    struct known *new = mem_alloc(sizeof *new + len + 1);
    new->len = len;
    memcpy(new->text, secret, len + 1);
    new->next = atomic_load(&r->first);
    while (!atomic_compare_exchange_weak(&r->first, &new->next, new))
        ;
}

void redactor_add_login(struct redactor *r, const char *user, const char *password)
{
    struct str plain, coded;
    str_init(&plain, STR_MAX);
    str_init(&coded, STR_MAX);
    str_addf(&plain, "%s:%s", user, password);
    str_add_base64(&coded, plain.p, plain.len);
    redactor_add(r, coded.p);
    redactor_add(r, password);
    explicit_bzero(plain.p, plain.len);
    explicit_bzero(coded.p, coded.len);
    str_done(&plain);
    str_done(&coded);
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

// The value of n hexadecimal digits; -1: there are fewer.
static int hex_value(const char *p, const char *end, int n)
{
    int v = 0;
    if (end - p < n)
        return -1;
    for (int i = 0; i < n; i++) {
        if (hex(p[i]) < 0)
            return -1;
        v = v << 4 | hex(p[i]);
    }
    return v;
}

// The character that \uXXXX means, two of them for one above U+FFFF; *ret_len: of the escape.
static int unicode_escape(const char *p, const char *end, size_t *ret_len)
{
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    int v = hex_value(p + 2, end, 4);
    *ret_len = 6;
    if (v < 0xD800 || v > 0xDBFF)
        return v;
    if (end - p < 12 || p[6] != '\\' || p[7] != 'u')
        return -1;
    int low = hex_value(p + 8, end, 4);
    *ret_len = 12;
    return low < 0xDC00 || low > 0xDFFF ? -1 : 0x10000 + ((v & 0x3FF) << 10 | (low & 0x3FF));
}

// What one character of a secret looks like: how many bytes of the secret it is, of the text.
struct step {
    size_t secret, text;
};

static bool as_unicode(const char *secret, const char *p, const char *end, struct step *ret)
{
    size_t len;
    int code = unicode_escape(p, end, &len);
    if (code <= 0)
        return false;
    struct str s;
    str_init(&s, 4);
    str_add_code(&s, (unsigned)code);
    *ret = (struct step){s.len, len};
    bool same = str_starts(secret, s.p);
    str_done(&s);
    return same;
}

static bool as_escape(char c, const char *p, const char *end)
{
    static const char escapes[][2] = {
        {'"', '"'},  {'\\', '\\'}, {'/', '/'},  {'\n', 'n'},
        {'\t', 't'}, {'\r', 'r'},  {'\b', 'b'}, {'\f', 'f'},
    };
    if (end - p < 2 || p[0] != '\\')
        return false;
    for (size_t i = 0; i < COUNT(escapes); i++)
        if (escapes[i][0] == c && escapes[i][1] == p[1])
            return true;
    return false;
}

static bool step_at(enum writing w, const char *secret, const char *p, const char *end,
                    struct step *ret)
{
    unsigned char c = (unsigned char)*secret;
    *ret = (struct step){1, 3};
    if (w == PERCENT && *p == '%' && hex_value(p + 1, end, 2) == c)
        return true;
    if (w == JSON && as_unicode(secret, p, end, ret))
        return true;
    *ret = (struct step){1, 2};
    if (w == JSON && as_escape(*secret, p, end))
        return true;
    *ret = (struct step){1, 1};
    static const char never_plain[WRITINGS] = {[PERCENT] = '%', [JSON] = '\\'};
    return (*p == *secret && *p != never_plain[w]) || (w == PERCENT && c == ' ' && *p == '+');
}

struct text {
    const char *end;
    bool cut; // it may end inside a secret
};

// How much of the text from p on is the secret; 0: it is not.
static size_t match(const struct known *k, enum writing w, const char *p, const struct text *t)
{
    size_t done = 0, at = 0;
    struct step s;
    while (done < k->len && p + at < t->end && step_at(w, k->text + done, p + at, t->end, &s)) {
        done += s.secret;
        at += s.text;
    }
    if (done == k->len)
        return at;
    ptrdiff_t left = t->end - (p + at);
    bool escape = left > 0 && left < LONGEST_CHARACTER && (p[at] == '%' || p[at] == '\\');
    return t->cut && done >= LEAST && (left == 0 || escape) ? (size_t)(t->end - p) : 0;
}

// Only a place that could be the first character is worth a look.
static bool may_begin(const struct known *k, char c)
{
    return c == k->text[0] || c == '%' || c == '\\' || (c == '+' && k->text[0] == ' ');
}

// The end of the secrets that begin at p; p: none does.
static const char *secret_end(const struct redactor *r, const char *p, const struct text *t)
{
    size_t most = 0;
    for (const struct known *k = atomic_load(&r->first); k; k = k->next)
        for (enum writing w = 0; w < WRITINGS && may_begin(k, *p); w++) {
            size_t n = match(k, w, p, t);
            most = n > most ? n : most;
        }
    return p + most;
}

// Adds the text without its secrets. False: there were none, and nothing is added.
static bool add_redacted(const struct redactor *r, const char *p, const struct text *t,
                         struct str *out)
{
    const char *plain = p; // what is not added yet begins here
    bool any = false;
    while (p < t->end) {
        const char *until = secret_end(r, p, t);
        if (until == p) {
            p++;
            continue;
        }
        for (const char *q = p + 1; q < until; q++) {
            const char *next = secret_end(r, q, t);
            until = next > until ? next : until;
        }
        str_addn(out, plain, (size_t)(p - plain));
        str_add(out, shown);
        plain = p = until;
        any = true;
    }
    if (any)
        str_addn(out, plain, (size_t)(t->end - plain));
    return any;
}

void redact(const struct redactor *r, struct str *text)
{
    if (!r || !text->p)
        return;
    struct text t = {text->p + text->len, text->over};
    struct str out;
    str_init(&out, text->max);
    if (!add_redacted(r, text->p, &t, &out)) {
        str_done(&out);
        return;
    }
    out.over |= text->over;
    explicit_bzero(text->p, text->len);
    str_done(text);
    *text = out;
}

void redact_text(const struct redactor *r, char *text, size_t size)
{
    if (!r || size == 0)
        return;
    size_t len = strnlen(text, size - 1);
    enum { CHARACTER = 4 }; // texts are cut between two of them
    struct text t = {text + len, len + CHARACTER >= size};
    struct str out;
    text[len] = '\0';
    str_init(&out, STR_MAX);
    if (add_redacted(r, text, &t, &out)) {
        size_t n = out.len < size ? out.len : size - 1;
        while (n > 0 && n < out.len && ((unsigned char)out.p[n] & 0xC0) == 0x80)
            n--; // cut between two characters
        explicit_bzero(text, len);
        memcpy(text, out.p, n);
        text[n] = '\0';
    }
    str_done(&out);
}

struct json *redact_json(const struct redactor *r, const struct json *j)
{
    const char *text = json_as_text(j);
    if (text) {
        struct str s;
        str_init(&s, STR_MAX);
        str_add(&s, text);
        redact(r, &s);
        struct json *clean = json_new_text(s.p ? s.p : "");
        str_done(&s);
        return clean;
    }
    size_t n = json_count(j);
    if (n == 0)
        return json_keep(j);
    bool object = json_key_at(j, 0) != NULL;
    struct json *clean = object ? json_new_object() : json_new_array();
    for (size_t i = 0; i < n; i++) {
        const char *key = object ? json_key_at(j, i) : NULL;
        struct json *value = redact_json(r, key ? json_get(j, key) : json_at(j, i));
        if (key)
            json_put(clean, key, value);
        else
            json_push(clean, value);
    }
    return clean;
}
