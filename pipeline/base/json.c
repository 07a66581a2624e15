// SPDX-License-Identifier: GPL-3.0-or-later
#include <jansson.h>

#include "base/json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"

static json_t *in(const struct json *j)
{
    return (json_t *)j;
}

// jansson answers NULL only for want of memory where this is used.
static struct json *made(json_t *j)
{
    if (!j)
        mem_fail();
    return (struct json *)j;
}

struct json *json_new_object(void)
{
    return made(json_object());
}

struct json *json_new_array(void)
{
    return made(json_array());
}

struct json *json_new_text(const char *utf8)
{
    if (!utf8)
        return NULL;
    size_t len = strlen(utf8);
    if (str_is_utf8(utf8, len, NULL))
        return made(json_stringn_nocheck(utf8, len));
    struct str s;
    str_init(&s, SIZE_MAX / 2);
    str_add_utf8(&s, utf8);
    struct json *j = made(json_stringn_nocheck(s.p, s.len));
    str_done(&s);
    return j;
}

struct json *json_new_real(double v)
{
    return made(isfinite(v) ? json_real(v) : json_null());
}

struct json *json_keep(const struct json *j)
{
    return (struct json *)json_incref(in(j));
}

void json_free(struct json *j)
{
    json_decref(in(j));
}

int json_parse(const char *text, size_t len, const char *name, struct json **ret, struct err *e)
{
    json_error_t bad;
    json_t *j = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &bad);
    if (!j)
        return err_input(e, "%s:%d:%d: not valid JSON: %s", name, bad.line, bad.column, bad.text);
    *ret = (struct json *)j;
    return 0;
}

int json_load(const char *path, struct json **ret, struct err *e)
{
    if (!fs_exists(path))
        return -ENOENT;
    struct arena a = {0};
    char *text = NULL;
    size_t len = 0;
    int r = fs_read(&a, path, STR_MAX, &text, &len, e);
    if (r >= 0)
        r = json_parse(text, len, path, ret, e);
    arena_done(&a);
    return r;
}

static void write_text(struct str *s, const char *text, size_t len)
{
    static const char named[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    str_addc(s, '"');
    for (size_t i = 0; i < len; i++) {
        const char *at = text[i] ? strchr(named, text[i]) : NULL;
        unsigned code;
        if (at) {
            str_addc(s, '\\');
            str_addc(s, names[at - named]);
        } else if (str_hidden_at(text + i, len - i, &code)) { // a terminal might obey it
            str_addf(s, "\\u%04x", code);
            i += code < 0x80 ? 0 : code < 0x800 ? 1 : 2;
        } else {
            str_addc(s, text[i]);
        }
    }
    str_addc(s, '"');
}

// The fewest digits that read back as the same number; always with a point or an exponent, so that
// a real stays one.
static void write_real(struct str *s, double v)
{
    struct str digits;
    str_init(&digits, 64);
    for (int precision = 15; precision <= 17; precision++) {
        double back = NAN;
        str_clear(&digits);
        str_addf(&digits, "%.*g", precision, v);
        if (str_to_real(digits.p, &back) && back == v)
            break;
    }
    if (!strpbrk(digits.p, ".e"))
        str_add(&digits, ".0");
    str_add(s, digits.p);
    str_done(&digits);
}

struct style {
    bool pretty, sorted;
};
static void write_value(struct str *s, json_t *j, struct style style, int depth);

static void line(struct str *s, struct style style, int depth)
{
    if (style.pretty)
        str_addf(s, "\n%*s", 2 * depth, "");
}

static int key_order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void write_object(struct str *s, json_t *o, struct style style, int depth)
{
    size_t n = 0;
    const char **keys = mem_alloc(json_object_size(o) * sizeof(*keys));
    for (void *at = json_object_iter(o); at; at = json_object_iter_next(o, at))
        keys[n++] = json_object_iter_key(at);
    if (style.sorted)
        qsort(keys, n, sizeof(*keys), key_order);
    str_addc(s, '{');
    for (size_t i = 0; i < n; i++) {
        str_add(s, i ? "," : NULL);
        line(s, style, depth + 1);
        write_text(s, keys[i], strlen(keys[i]));
        str_add(s, style.pretty ? ": " : ":");
        write_value(s, json_object_get(o, keys[i]), style, depth + 1);
    }
    if (n > 0)
        line(s, style, depth);
    str_addc(s, '}');
    free(keys);
}

static void write_array(struct str *s, json_t *a, struct style style, int depth)
{
    size_t n = json_array_size(a);
    str_addc(s, '[');
    for (size_t i = 0; i < n; i++) {
        str_add(s, i ? "," : NULL);
        line(s, style, depth + 1);
        write_value(s, json_array_get(a, i), style, depth + 1);
    }
    if (n > 0)
        line(s, style, depth);
    str_addc(s, ']');
}

static void write_value(struct str *s, json_t *j, struct style style, int depth)
{
    switch (json_typeof(j)) {
    case JSON_OBJECT:
        write_object(s, j, style, depth);
        break;
    case JSON_ARRAY:
        write_array(s, j, style, depth);
        break;
    case JSON_STRING:
        write_text(s, json_string_value(j), json_string_length(j));
        break;
    case JSON_INTEGER:
        str_addf(s, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
        break;
    case JSON_REAL:
        write_real(s, json_real_value(j));
        break;
    case JSON_TRUE:
        str_add(s, "true");
        break;
    case JSON_FALSE:
        str_add(s, "false");
        break;
    case JSON_NULL:
        str_add(s, "null");
        break;
    }
}

void json_write(struct str *s, const struct json *j, bool pretty)
{
    if (j)
        write_value(s, in(j), (struct style){.pretty = pretty}, 0);
}

void json_canonical(struct str *s, const struct json *j)
{
    if (j)
        write_value(s, in(j), (struct style){.sorted = true}, 0);
}

int json_save(const char *path, const struct json *j, struct err *e)
{
    struct str s;
    str_init(&s, STR_MAX);
    json_write(&s, j, true);
    str_addc(&s, '\n');
    int r = s.over ? err_set(e, -EFBIG, "%s: would be larger than %u bytes", path, STR_MAX)
                   : fs_replace(path, s.p, s.len, e);
    str_done(&s);
    return r;
}

void json_put(struct json *o, const char *key, struct json *value)
{
    if (value)
        json_object_set_new(in(o), key, in(value));
}

void json_put_text(struct json *o, const char *key, const char *text)
{
    json_put(o, key, json_new_text(text));
}

void json_put_int(struct json *o, const char *key, int64_t v)
{
    json_put(o, key, made(json_integer(v)));
}

void json_put_real(struct json *o, const char *key, double v)
{
    json_put(o, key, json_new_real(v));
}

void json_put_bool(struct json *o, const char *key, bool v)
{
    json_put(o, key, made(json_boolean(v)));
}

void json_push(struct json *array, struct json *value)
{
    if (value)
        json_array_append_new(in(array), in(value));
}

void json_push_text(struct json *array, const char *text)
{
    json_push(array, json_new_text(text));
}

void json_push_int(struct json *array, int64_t v)
{
    json_push(array, made(json_integer(v)));
}

const struct json *json_get(const struct json *o, const char *key)
{
    return (const struct json *)json_object_get(in(o), key);
}

const struct json *json_at(const struct json *array, size_t i)
{
    return (const struct json *)json_array_get(in(array), i);
}

size_t json_count(const struct json *j)
{
    return json_is_object(in(j)) ? json_object_size(in(j)) : json_array_size(in(j));
}

const char *json_key_at(const struct json *o, size_t i)
{
    void *at = json_object_iter(in(o));
    for (; at && i > 0; i--)
        at = json_object_iter_next(in(o), at);
    return json_object_iter_key(at);
}

const char *json_as_text(const struct json *j)
{
    return json_string_value(in(j));
}

double json_as_real(const struct json *j, double otherwise)
{
    return json_is_number(in(j)) ? json_number_value(in(j)) : otherwise;
}

const char *json_text(const struct json *o, const char *key)
{
    return json_as_text(json_get(o, key));
}

const char *json_text_or(const struct json *o, const char *key, const char *otherwise)
{
    const char *text = json_text(o, key);
    return text ? text : otherwise;
}

int64_t json_int(const struct json *o, const char *key, int64_t otherwise)
{
    json_t *j = in(json_get(o, key));
    return json_is_integer(j) ? json_integer_value(j) : otherwise;
}

double json_number(const struct json *o, const char *key, double otherwise)
{
    return json_as_real(json_get(o, key), otherwise);
}

double json_number_in(const struct json *o, const char *key, double lo, double hi, double otherwise)
{
    double n = json_number(o, key, otherwise);
    return n >= lo && n <= hi ? n : otherwise;
}

int64_t json_int_in(const struct json *o, const char *key, int64_t lo, int64_t hi,
                    int64_t otherwise)
{
    int64_t n = json_int(o, key, otherwise);
    return n >= lo && n <= hi ? n : otherwise;
}

int64_t json_bytes(const struct json *o)
{
    return json_int_in(o, "bytes", 0, INT64_C(1) << 50, -1);
}

bool json_bool(const struct json *o, const char *key, bool otherwise)
{
    json_t *j = in(json_get(o, key));
    return json_is_boolean(j) ? json_is_true(j) : otherwise;
}

bool json_same(const struct json *a, const struct json *b)
{
    return a == b || json_equal(in(a), in(b));
}
